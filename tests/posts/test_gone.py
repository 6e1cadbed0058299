"""What readers meet where a post was: gone, moved, or not there for them."""

import datetime as dt
from urllib.parse import unquote

import pytest
from django.contrib.auth.models import Group, User
from django.utils import timezone

from posts.comments.models import Comment
from posts.life import Reason
from posts.models import FormerAddress, Post
from tests.factories import keep_open, make_comment, make_post, moment

pytestmark = pytest.mark.django_db

NESTED = ["comment/", "feed/", "feed/atom/", "feed/json/"]


def make_secret(**fields) -> Post:
    return make_post("Zanzibar", body="Okapi words.", excerpt="Tapir.", slug="quiet", **fields)


def move(post: Post, slug: str = "elsewhere", at: str = "") -> str:
    """Give it another address; return the one it had."""
    before = post.get_absolute_url()
    post = Post.objects.get(pk=post.pk)
    post.slug, post.published_at = slug, moment(at) if at else post.published_at
    post.full_clean()
    post.save()
    return before


def trash(post: Post) -> None:
    post.trash()


def withdraw(post: Post) -> None:
    post.withdraw(Reason.PROTECTION)


def take_down(post: Post) -> None:
    post.take_down(Reason.LEGAL)


def delete(post: Post) -> None:
    Post.objects.get(pk=post.pk).delete()


ENDINGS = [withdraw, take_down, trash, delete]


class TestGone:
    @pytest.mark.parametrize("end", ENDINGS)
    def test_its_address_says_that_it_is_gone_and_not_a_word_of_it(self, client, end):
        post = make_secret(tags=["numbat"])
        url = post.get_absolute_url()
        end(post)
        response = client.get(url)
        page = response.content.decode()
        assert response.status_code == 410
        assert "This post is no longer here" in page
        assert "masthead" in page
        assert '<a href="/archive/">' in page
        for word in ("Zanzibar", "Okapi", "Tapir", "numbat", "quiet"):
            assert word not in page
        assert response["X-Robots-Tag"] == "noindex"
        assert '<meta name="robots" content="noindex">' in page
        assert "no-cache" in response["Cache-Control"]
        assert client.head(url).status_code == 410

    @pytest.mark.parametrize("reason", Reason)
    def test_a_withdrawn_one_says_why_and_when(self, client, reason):
        post = make_secret()
        post.withdraw(reason)
        Post.objects.filter(pk=post.pk).update(ended_at=moment("2014-05-06 23:30"))
        page = client.get(post.get_absolute_url()).content.decode()
        assert "It was withdrawn on" in page
        assert '<time datetime="2014-05-06">May 6, 2014</time>' in page
        assert f"The reason: {reason.label}." in page

    def test_one_that_was_taken_down_says_so(self, client):
        post = make_secret()
        url = post.get_absolute_url()
        take_down(post)
        page = client.get(url).content.decode()
        assert "It was taken down on" in page
        assert "for legal reasons" in page

    def test_a_note_of_the_desk_is_not_shown(self, client):
        post = make_secret()
        post.withdraw(Reason.OTHER, note="Her brother called")
        assert "brother" not in client.get(post.get_absolute_url()).content.decode()

    @pytest.mark.parametrize("end", ENDINGS)
    @pytest.mark.parametrize("part", NESTED)
    def test_nothing_is_shown_or_taken_under_it(self, client, end, part):
        post = keep_open(make_secret())
        make_comment(post, "Axolotl")
        url = post.get_absolute_url()
        end(post)
        for response in (client.get(url + part), client.post(url + part, {"text": "Hello there"})):
            assert response.status_code in (410, 405)
            assert b"Axolotl" not in response.content
        assert not Comment.objects.filter(body="Hello there").exists()

    def test_it_comes_back_when_it_is_published_again(self, client):
        post = make_secret()
        post.withdraw()
        post.publish(at=moment("2013-03-31 15:17"))
        assert client.get(post.get_absolute_url()).status_code == 200

    def test_back_to_draft_there_is_nothing_at_its_address(self, client):
        post = make_secret()
        url = post.get_absolute_url()
        post.withdraw()
        post.redraft()
        assert client.get(url).status_code == 404

    def test_a_scheduled_one_in_the_trash_was_never_there(self, client):
        post = make_post("Tomorrow", at=timezone.now() + dt.timedelta(days=1))
        url = post.get_absolute_url()
        post.trash()
        assert client.get(url).status_code == 404


class TestEditors:
    def test_a_withdrawn_post_is_shown_to_them_with_a_note_and_kept_by_nobody(self, editor_client):
        post = make_secret()
        post.withdraw()
        response = editor_client.get(post.get_absolute_url())
        page = response.content.decode()
        assert response.status_code == 200
        assert "Okapi" in page
        assert "Withdrawn: only editors see this page." in page
        assert "no-store" in response["Cache-Control"]
        assert response["X-Robots-Tag"] == "noindex"

    def test_one_in_the_trash_is_shown_at_its_preview(self, editor_client):
        post = make_secret()
        post.trash()
        assert "In the trash" in editor_client.get(f"/preview/{post.pk}/").content.decode()

    def test_of_one_that_was_taken_down_they_see_what_readers_see(self, editor_client):
        post = make_secret()
        url = post.get_absolute_url()
        take_down(post)
        assert editor_client.get(url).status_code == 410
        assert editor_client.get(f"/preview/{post.pk}/").status_code == 404

    def test_the_preview_of_a_post_with_a_permalink_leads_there(self, editor_client):
        post = make_secret()
        assert editor_client.get(f"/preview/{post.pk}/")["Location"] == post.get_absolute_url()

    def test_writers_see_their_own_drafts_and_nobody_elses(self, client):
        writer = User.objects.create_user("wanda", is_staff=True)
        writer.groups.set(Group.objects.filter(name="Writers"))
        client.force_login(writer)
        own, other = make_post(draft=True, editor=writer), make_post(draft=True)
        assert client.get(f"/preview/{own.pk}/").status_code == 200
        assert client.get(f"/preview/{other.pk}/").status_code == 404


class TestFormerAddresses:
    @pytest.mark.parametrize("slug", ["elsewhere", "북한-소식", "über_alles"])
    def test_one_hop_leads_to_where_it_is_now(self, client, slug):
        post = make_secret()
        first = move(post, "second")
        second = move(Post.objects.get(), slug, at="2014-01-02 10:00")
        now = Post.objects.get().get_absolute_url()
        assert unquote(now) == f"/2014/01/02/{slug}/"
        for address in (first, second):
            response = client.get(address)
            assert (response.status_code, response["Location"]) == (301, now)
        assert client.get(now).status_code == 200

    def test_a_unicode_address_is_found_in_each_of_its_forms(self, client):
        post = make_post("북한 소식")
        before = move(post)
        assert client.get(unquote(before))["Location"] == "/2013/03/31/elsewhere/"
        assert client.get(before.lower()).status_code == 301

    def test_whoever_keeps_the_redirect_asks_again_for_it_may_move_back(self, client):
        post = make_secret()
        first = move(post)
        second = move(Post.objects.get(), "quiet")
        assert client.get(first).status_code == 200
        response = client.get(second)
        assert response["Location"] == first
        assert "no-cache" in response["Cache-Control"]

    @pytest.mark.parametrize("end", ENDINGS)
    def test_where_the_post_is_gone_it_says_so(self, client, end):
        post = make_secret()
        before = move(post)
        end(Post.objects.get())
        response = client.get(before)
        assert response.status_code == 410
        assert b"Zanzibar" not in response.content
        assert client.get(f"{before}feed/").status_code == 410

    def test_of_a_draft_or_a_held_post_there_is_nothing(self, client):
        post = make_secret()
        before = move(post)
        post = Post.objects.get()
        post.review_on = dt.date(2030, 1, 1)
        post.save()
        assert client.get(before).status_code == 404
        post.review_on = None
        post.save()
        post.withdraw()
        post.redraft()
        assert client.get(before).status_code == 404

    def test_of_a_scheduled_post_there_is_nothing_until_its_minute(self, client):
        post = make_secret()
        before = post.get_absolute_url()
        post.withdraw()
        post.redraft()
        post.publish(at=timezone.now() + dt.timedelta(days=1))
        assert client.get(before).status_code == 404

    def test_comments_and_their_feed_move_along(self, client):
        post = keep_open(make_secret())
        make_comment(post, "Axolotl")
        before = move(post)
        now = Post.objects.get().get_absolute_url()
        assert client.get(f"{before}feed/")["Location"] == f"{now}feed/"
        assert client.get(f"{before}comment/")["Location"] == f"{now}#respond"

    def test_another_post_may_take_an_address_that_only_says_gone(self, client):
        post = make_secret()
        url = post.get_absolute_url()
        delete(post)
        assert client.get(url).status_code == 410
        make_post("Another", slug="quiet")
        assert client.get(url).status_code == 200
        assert not FormerAddress.objects.exists()


@pytest.mark.parametrize("path", ["/2013/03/31/%00/", "/2013/02/31/quiet/", "/0000/01/01/quiet/", "/9999/12/31/x/"])
@pytest.mark.parametrize("part", ["", *NESTED])
def test_an_odd_address_is_not_found_and_never_an_error(client, path, part):
    assert client.get(path + part).status_code == 404
