"""Links that show a post to somebody outside before it is public."""

import datetime as dt
import re

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from posts.life import Act, Reason
from posts.models import Post, PostEntry, PreviewLink
from tests.factories import make_category, make_link, make_post, make_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(db) -> Post:
    return make_post(
        "The long way", body="Some *words*.", draft=True, tags=["china"], link=make_link(make_source()),
        categories=[make_category("Awareness")],
    )  # fmt: skip


def share(post: Post, **fields) -> PreviewLink:
    return post.previews.create(**fields)


def page_of(post: Post, *more: str) -> str:
    return "/".join([f"/admin/posts/post/{post.pk}/previews", *more, ""])


def ago(**time: int) -> dt.datetime:
    return timezone.now() - dt.timedelta(**time)


def leads_nowhere(response) -> bool:
    return response.status_code == 404 and "This link does not lead anywhere" in response.content.decode()


class TestTheLink:
    def test_it_shows_the_real_page_to_anybody_and_says_until_when(self, client, draft):
        link = share(draft)
        response = client.get(link.get_absolute_url())
        page = response.content.decode()
        assert re.fullmatch(r"/preview/[\w-]{22}/", link.get_absolute_url())
        assert response.status_code == 200
        assert "<em>words</em>" in page
        assert "Preview, not published; this link ends on" in page
        assert dt.timedelta(days=7) - (link.expires_at - link.made_at) < dt.timedelta(seconds=5)

    def test_nobody_keeps_it_indexes_it_or_passes_its_address_on(self, client, draft):
        for token in (share(draft).token, "x" * 22):
            response = client.get(f"/preview/{token}/")
            assert response["Cache-Control"] == "no-store"
            assert response["X-Robots-Tag"] == "noindex, nofollow"
            assert response["Referrer-Policy"] == "no-referrer"
            assert not response.has_header("ETag")
            assert not response.cookies

    @pytest.mark.parametrize("is_logged_in", [False, True])
    def test_nothing_stands_there_that_belongs_to_a_public_page(self, client, editor, draft, is_logged_in):
        if is_logged_in:
            client.force_login(editor)
        page = client.get(share(draft).get_absolute_url()).content.decode()
        for word in ('class="respond"', "ld+json", "canonical", "/admin/", "only editors"):
            assert word not in page

    def test_a_scheduled_post_is_shown_until_its_moment_and_then_leads_to_its_address(self, client, draft):
        draft.publish(at=timezone.now() + dt.timedelta(hours=1))
        link = share(draft)
        assert "The long way" in client.get(link.get_absolute_url()).content.decode()
        Post.objects.filter(pk=draft.pk).update(published_at=ago(minutes=1))
        response = client.get(link.get_absolute_url())
        assert (response.status_code, response["Location"]) == (302, Post.objects.get().get_absolute_url())
        assert response["Cache-Control"] == "no-store"

    @pytest.mark.parametrize(
        "end",
        [
            lambda post, link: PreviewLink.objects.update(revoked_at=timezone.now()),
            lambda post, link: PreviewLink.objects.update(expires_at=timezone.now()),
            lambda post, link: Post.objects.update(review_on=timezone.localdate()),
            lambda post, link: post.trash(),
            lambda post, link: (post.publish(), post.take_down(Reason.PROTECTION)),
            lambda post, link: (post.publish(), post.withdraw(Reason.PROTECTION)),
            lambda post, link: (post.publish(), Post.objects.update(review_on=timezone.localdate())),
            lambda post, link: post.delete(),
        ],
        ids=["revoked", "expired", "held", "trash", "taken down", "withdrawn", "public and held", "deleted"],
    )
    def test_it_leads_nowhere_and_does_not_say_why(self, client, draft, end):
        link = share(draft)
        assert client.get(link.get_absolute_url()).status_code == 200
        end(draft, link)
        response, unknown = client.get(link.get_absolute_url()), client.get(f"/preview/{'x' * 22}/")
        assert leads_nowhere(response)
        assert response.content == unknown.content
        assert {**response.headers} == {**unknown.headers}

    def test_a_link_that_ended_does_not_lead_to_the_address_either(self, client, draft):
        link = share(draft, revoked_at=timezone.now())
        draft.publish()
        assert leads_nowhere(client.get(link.get_absolute_url()))

    def test_a_hold_that_is_over_opens_it_again(self, client, draft):
        link = share(draft)
        Post.objects.update(review_on=timezone.localdate())
        assert leads_nowhere(client.get(link.get_absolute_url()))
        Post.objects.update(review_on=None)
        assert client.get(link.get_absolute_url()).status_code == 200

    def test_it_is_told_from_others_letter_by_letter(self, client, draft):
        link = share(draft, token="abcdefghijklmnopqrstuv")
        assert client.get(link.get_absolute_url()).status_code == 200
        assert leads_nowhere(client.get("/preview/ABCDEFGHIJKLMNOPQRSTUV/"))

    @pytest.mark.parametrize("token", ["1" * 22, "-" * 22, "_" * 22])
    def test_any_22_characters_are_looked_up(self, client, draft, token):
        assert leads_nowhere(client.get(f"/preview/{token}/"))
        share(draft, token=token)
        assert client.get(f"/preview/{token}/").status_code == 200

    @pytest.mark.parametrize("token", ["x" * 21, "x" * 23, "1" * 40, "%00" * 22, "é" * 22, "..%2f" + "x" * 17])
    def test_anything_else_is_no_page(self, client, token):
        assert client.get(f"/preview/{token}/").status_code == 404

    def test_it_is_only_looked_at(self, client, draft):
        address = share(draft).get_absolute_url()
        assert client.head(address).status_code == 200
        assert client.head(address).content == b""
        for method in (client.post, client.put, client.delete):
            assert method(address).status_code == 405

    def test_editors_keep_their_own_preview(self, editor_client, draft):
        assert "only editors see this page" in editor_client.get(f"/preview/{draft.pk}/").content.decode()
        assert Client().get(f"/preview/{draft.pk}/").status_code == 404


class TestTheDesk:
    def test_a_link_is_made_listed_and_logged(self, editor_client, draft):
        response = editor_client.post(page_of(draft), {"label": "Anna & Bob"}, follow=True)
        link = PreviewLink.objects.get()
        page = response.content.decode()
        assert (link.label, link.by.username, link.is_open) == ("Anna & Bob", "edith", True)
        assert "Anna &amp; Bob" in page
        assert f"https://watch.example{link.get_absolute_url()}" in page
        entry = PostEntry.objects.get(act=Act.PREVIEW)
        assert (entry.post_id, entry.actor, entry.note) == (draft.pk, "edith", "for Anna & Bob")

    def test_every_link_is_listed_with_its_state_and_only_open_ones_to_copy(self, editor_client, draft):
        links = [
            share(draft, label="open"),
            share(draft, label="over", expires_at=ago(days=1)),
            share(draft, label="ended", revoked_at=ago(days=1)),
        ]
        page = editor_client.get(page_of(draft)).content.decode()
        assert [link.token in page for link in links] == [True, False, False]
        for words in ("open until", "expired on", "revoked on", "Revoke all"):
            assert words in page

    def test_the_form_lists_the_open_ones(self, editor_client, draft):
        link, ended = share(draft, label="for Ann"), share(draft, revoked_at=timezone.now())
        page = editor_client.get(f"/admin/posts/post/{draft.pk}/change/").content.decode()
        assert f"https://watch.example{link.get_absolute_url()}" in page
        assert ended.token not in page
        assert page_of(draft) in page

    def test_the_form_for_a_new_post_has_none(self, editor_client):
        assert "Preview links" not in editor_client.get("/admin/posts/post/add/").content.decode()

    def test_one_link_is_revoked(self, client, editor_client, draft):
        one, other = share(draft, label="Ann"), share(draft)
        editor_client.post(page_of(draft, "revoke"), {"link": one.pk})
        assert leads_nowhere(client.get(one.get_absolute_url()))
        assert client.get(other.get_absolute_url()).status_code == 200
        entry = PostEntry.objects.get(act=Act.REVOKE)
        assert (entry.actor, entry.note) == ("edith", "for Ann")

    def test_all_are_revoked_at_once_each_with_its_entry(self, editor_client, draft):
        ended = share(draft, revoked_at=ago(days=1))
        elsewhere = share(make_post("Other", draft=True))
        for _ in range(3):
            share(draft)
        response = editor_client.post(page_of(draft, "revoke"), {"link": "all"}, follow=True)
        assert "3 links lead nowhere any longer." in response.content.decode()
        assert list(PreviewLink.objects.open()) == [elsewhere]
        assert PreviewLink.objects.get(pk=ended.pk).revoked_at == ended.revoked_at
        assert PostEntry.objects.filter(act=Act.REVOKE).count() == 3

    @pytest.mark.parametrize("link", [None, "", "x", "\x00", "0", "-1", "²", "9" * 18, "9" * 400])
    def test_a_link_that_is_not_there_is_no_fault(self, editor_client, draft, link):
        share(draft)
        response = editor_client.post(page_of(draft, "revoke"), {} if link is None else {"link": link}, follow=True)
        assert "Nothing was open any longer." in response.content.decode()
        assert PreviewLink.objects.open().count() == 1

    def test_a_link_of_another_post_is_not_revoked_from_here(self, editor_client, draft):
        link = share(make_post("Other", draft=True))
        editor_client.post(page_of(draft, "revoke"), {"link": link.pk})
        assert PreviewLink.objects.get().is_open

    def test_a_double_click_makes_one(self, editor_client, draft):
        for _ in range(2):
            editor_client.post(page_of(draft), {"label": "Ann"})
        editor_client.post(page_of(draft), {"label": "Bob"})
        assert PreviewLink.objects.count() == 2

    @pytest.mark.parametrize("label", ["x" * 101, "a\x00b"])
    def test_a_bad_name_is_refused_at_its_box_and_stays_there(self, editor_client, draft, label):
        response = editor_client.post(page_of(draft), {"label": label})
        assert response.status_code == 400
        assert "errorlist" in response.content.decode()
        assert not PreviewLink.objects.exists()

    @pytest.mark.parametrize(
        "end",
        [
            lambda post: post.publish(),
            lambda post: post.trash(),
            lambda post: (post.publish(), post.withdraw()),
            lambda post: Post.objects.update(review_on=timezone.localdate()),
        ],
    )
    def test_none_is_made_where_it_would_lead_nowhere(self, editor_client, draft, end):
        end(draft)
        assert "New link" not in editor_client.get(page_of(draft)).content.decode()
        editor_client.post(page_of(draft), {"label": "Ann"})
        assert not PreviewLink.objects.exists()

    def test_other_methods_do_nothing(self, editor_client, draft):
        share(draft)
        assert editor_client.get(page_of(draft, "revoke")).status_code == 405
        assert editor_client.delete(page_of(draft)).status_code == 405
        assert PreviewLink.objects.open().count() == 1

    def test_a_writer_lends_their_own_drafts_only(self, client, draft):
        writer = User.objects.create_user("will", is_staff=True)
        writer.groups.set(Group.objects.filter(name="Writers"))
        client.force_login(writer)
        mine = make_post("Mine", draft=True, editor=writer)
        client.post(page_of(mine), {"label": "Ann"})
        assert mine.previews.count() == 1
        other = share(draft)
        assert client.post(page_of(draft), {"label": "Ann"}).status_code == 404
        assert client.post(page_of(draft, "revoke"), {"link": "all"}).status_code == 404
        assert list(draft.previews.open()) == [other]
        mine.publish()
        assert client.post(page_of(mine), {"label": "Bob"}).status_code == 403

    def test_nobody_else_does(self, client, moderator, draft):
        share(draft)
        assert client.get(page_of(draft)).status_code == 302
        client.force_login(User.objects.create_user("staff", is_staff=True))
        assert client.get(page_of(draft)).status_code == 404
        assert client.post(page_of(draft, "revoke"), {"link": "all"}).status_code == 404
        assert PreviewLink.objects.open().count() == 1

    def test_another_site_makes_and_revokes_none(self, editor, draft):
        client = Client(enforce_csrf_checks=True)
        client.force_login(editor)
        assert client.post(page_of(draft), {"label": "x"}).status_code == 403
        assert not PreviewLink.objects.exists()

    def test_the_number_of_queries_does_not_grow(self, editor_client, editor, draft):
        def queries(address: str) -> int:
            with CaptureQueriesContext(connection) as captured:
                editor_client.get(address)
            return len(captured)

        addresses = [page_of(draft), f"/admin/posts/post/{draft.pk}/change/"]
        share(draft, by=editor)
        for address in addresses:
            queries(address)
        before = [queries(address) for address in addresses]
        for _ in range(10):
            share(draft, by=editor)
        assert [queries(address) for address in addresses] == before


def test_tidying_deletes_links_a_month_after_their_end(draft):
    kept = [
        share(draft),
        share(draft, expires_at=ago(days=29)),
        share(draft, revoked_at=ago(days=29)),
    ]
    share(draft, expires_at=ago(days=31))
    share(draft, revoked_at=ago(days=31), expires_at=ago(days=25))
    call_command("tidy")
    assert set(PreviewLink.objects.all()) == set(kept)
