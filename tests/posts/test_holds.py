"""A post that is held back: no reader meets it by any way, and afterwards by all of them again."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone

from posts.comments import mailing
from posts.comments.models import Comment, Follow
from posts.life import Reason
from posts.models import AlsoReported, Post
from posts.outbox.models import Delivery
from posts.subscriptions.announcing import announce, tell_again
from posts.subscriptions.digesting import send_digests
from posts.subscriptions.models import Announcement
from posts.subscriptions.testing import TESTS
from tests.factories import keep_open, make_category, make_comment, make_link, make_post, make_source, make_subscriber

pytestmark = pytest.mark.django_db

# Each stands in one thing that belongs to the post and nowhere else.
SECRETS = {
    "title": "Zanzibar", "slug": "ibex", "former slug": "pangolin", "text": "Quokka", "tag": "Okapi",
    "category": "Numbat", "outlet": "Wombat", "original": "Tamarin", "also": "Dugong", "comment": "Axolotl",
    "correction": "Narwhal",
}  # fmt: skip


@pytest.fixture
def post(db) -> Post:
    """A post with everything, and others around it."""
    make_post("Before", at="2012-05-05 10:00", tags=["shared"])
    make_post("After", at="2014-05-05 10:00", tags=["shared"])
    outlet = make_source("Wombat Post")
    post = make_post(
        "Zanzibar",
        at="2013-03-31 15:17",
        slug="pangolin",
        body="Quokka words.",
        tags=["Okapi", "shared"],
        categories=[make_category("Numbat")],
        link=make_link(outlet, headline="Tamarin headline"),
    )
    post = Post.objects.get(pk=post.pk)
    post.slug = "ibex"
    post.full_clean()
    post.save()
    AlsoReported.objects.create(post=post, link=make_link(make_source("Dugong Daily"), "https://dugong.example/a"))
    keep_open(post)
    make_comment(post, "Axolotl says.")
    post.correct("Narwhal was wrong.")
    return Post.objects.get(pk=post.pk)


def addresses(post: Post) -> list[str]:
    """Return every public address at which something of the post could stand."""
    listings = [
        "/", "/tag/okapi/", "/tag/shared/", "/tag/okapi+shared/", "/tag/okapi,shared/", "/category/numbat/",
        "/source/wombat-post/", "/corrections/", "/comments/",
    ]  # fmt: skip
    return [
        *listings,
        *(f"{each}feed/{kind}" for each in listings for kind in ("", "atom/", "json/")),
        *("/tag/", "/category/", "/source/", "/archive/", "/2013/", "/2013/03/", "/2013/03/31/", "/2012/", "/2014/"),
        *(f"/2013/03/31/{slug}/{part}" for slug in ("ibex", "pangolin") for part in ("", "comment/", "feed/")),
        *(f"/2013/03/31/ibex/feed/{kind}/" for kind in ("atom", "json")),
        *("/2012/05/05/before/", "/2014/05/05/after/"),
        *(f"/comments/{pk}/{part}" for pk in Comment.objects.values_list("pk", flat=True) for part in ("", "report/")),
        f"/preview/{post.pk}/",
        *("/sitemap.xml", "/robots.txt", "/subscribe/"),
        *(f"/sitemap-{section}.xml" for section in ("posts", "tags", "categories", "sources", "pages")),
    ]  # fmt: skip


def walk(client: Client, post: Post) -> dict[str, set[str]]:
    """Return which of the secrets are met at which address, in its answer or where it leads."""
    met = {}
    for address in addresses(post):
        response = client.get(address)
        assert response.status_code in (200, 301, 302, 404, 410), address
        told = f"{response.content.decode()} {response.get('Location', '')}"
        met[address] = {name for name, word in SECRETS.items() if re.search(word, told, re.IGNORECASE)}
    return met


def hold(post: Post) -> None:
    post.review_on = dt.date(2030, 1, 1)
    post.save()


def release(post: Post) -> None:
    post.review_on = None
    post.save()


def withdraw(post: Post) -> None:
    post.withdraw(Reason.PROTECTION)


def take_down(post: Post) -> None:
    post.take_down(Reason.LEGAL)


def trash(post: Post) -> None:
    post.trash()


def redraft(post: Post) -> None:
    post.withdraw()
    post.redraft()


def postpone(post: Post) -> None:
    redraft(post)
    post.publish(at=timezone.now() + dt.timedelta(days=1))


def withdraw_and_hold(post: Post) -> None:
    post.withdraw()
    hold(post)


class TestReaders:
    def test_what_is_public_is_met_everywhere(self, client, post):
        met = walk(client, post)
        assert set.union(*met.values()) == set(SECRETS) - {"former slug"}
        assert met["/2013/03/31/pangolin/"] == {"slug"}
        assert "title" in met["/2012/05/05/before/"]
        assert "tag" in met["/tag/shared/"]

    @pytest.mark.parametrize(
        "hide", [hold, withdraw, take_down, trash, redraft, postpone, withdraw_and_hold], ids=lambda f: f.__name__
    )
    def test_what_is_not_public_is_met_nowhere(self, client, post, hide):
        hide(post)
        assert {address: met for address, met in walk(client, post).items() if met} == {}

    @pytest.mark.parametrize("hide", [hold, withdraw_and_hold])
    def test_a_held_one_leaves_no_trace_at_its_addresses(self, client, post, hide):
        hide(post)
        unknown = client.get("/2013/03/31/nothing/")
        for address in ("ibex/", "pangolin/", "ibex/feed/", "ibex/comment/", "pangolin/feed/"):
            response = client.get(f"/2013/03/31/{address}")
            assert response.status_code == 404, address
            assert response.content == unknown.content
        for address in ("ibex/", "pangolin/"):
            assert client.get(f"/2013/03/31/{address}").headers == unknown.headers
        for address in ("/tag/okapi/", "/category/numbat/", "/source/wombat-post/", "/2013/", "/2013/03/31/"):
            assert client.get(address).status_code == 404, address

    def test_a_held_one_takes_no_comment(self, client, post):
        hold(post)
        assert client.post("/2013/03/31/ibex/comment/", {"text": "Hello there"}).status_code == 404
        assert Comment.objects.count() == 1

    def test_released_it_is_met_where_it_was(self, client, post):
        before = walk(client, post)
        hold(post)
        walk(client, post)
        release(post)
        assert walk(client, post) == before

    def test_the_counts_leave_it_out(self, client, post):
        hold(post)
        assert "2 posts" in client.get("/tag/shared/").content.decode()
        assert "/2013/" not in client.get("/archive/").content.decode()

    @pytest.mark.parametrize("address", ["/2013/03/31/ibex/", "/2013/03/31/pangolin/"])
    def test_even_editors_meet_a_held_one_in_the_admin_alone(self, editor_client, post, address):
        hold(post)
        assert editor_client.get(address).status_code == 404
        assert editor_client.get(f"/preview/{post.pk}/").status_code == 404
        assert editor_client.get(f"/admin/posts/post/{post.pk}/change/").status_code == 200

    def test_a_held_draft_has_no_preview(self, editor_client):
        post = make_post("Zanzibar", draft=True, review_on=dt.date(2030, 1, 1))
        assert editor_client.get(f"/preview/{post.pk}/").status_code == 404

    def test_a_held_one_stays_hidden_after_its_day(self, client, post):
        post.review_on = timezone.localdate() - dt.timedelta(days=30)
        post.save()
        assert client.get("/2013/03/31/ibex/").status_code == 404


class TestLetters:
    @pytest.mark.parametrize("hide", [hold, withdraw, take_down, trash], ids=lambda f: f.__name__)
    def test_one_that_was_announced_before_goes_out_to_nobody(self, delivered, hide):
        make_subscriber()
        post = make_post("Zanzibar", at=timezone.now())
        list(announce())
        assert Delivery.objects.count() == 1
        hide(post)
        assert delivered() == []

    def test_what_is_held_is_not_announced(self, delivered):
        make_subscriber()
        hold(make_post("Zanzibar", at=timezone.now()))
        list(announce())
        assert not Announcement.objects.exists()
        assert delivered() == []

    def test_telling_again_tells_nobody_while_it_is_held(self, delivered):
        make_subscriber()
        post = make_post("Zanzibar")
        hold(post)
        tell_again(post, "edith")
        list(announce())
        assert delivered() == []

    def test_a_digest_leaves_it_out(self, delivered):
        ago = timezone.now() - dt.timedelta(hours=30)
        make_subscriber("", "/=daily", since=ago - dt.timedelta(days=3))
        held = make_post("Zanzibar", at=ago)
        make_post("Shown", at=ago)
        list(announce(ago + dt.timedelta(hours=1)))
        list(send_digests())
        hold(held)
        [letter] = delivered()
        assert "Shown" in letter.body
        for text in (letter.subject, letter.body, letter.alternatives[0][0]):
            assert "Zanzibar" not in text

    def test_a_letter_to_try_out_does_not_name_it(self, delivered, editor):
        post = make_post("Zanzibar")
        Delivery.objects.queue("x", TESTS, "edith@watch.example", what="post", post=post.pk, is_discreet=False)
        hold(post)
        assert delivered() == []

    def test_those_who_commented_get_no_letter_that_names_it(self, delivered):
        post = keep_open(make_post("Zanzibar"))
        mailing.ask(make_comment(post, email="ann@reader.example"))
        asked = make_comment(post, email="bob@reader.example")
        Follow.objects.create(comment=asked, confirmed_at=timezone.now())
        mailing.tell(make_comment(post, parent=asked))
        assert Delivery.objects.count() >= 2
        hold(post)
        assert delivered() == []

    def test_their_own_pages_do_not_name_it(self, client):
        post = keep_open(make_post("Zanzibar"))
        comment = make_comment(post, email="ann@reader.example")
        for confirmed_at in (None, timezone.now()):
            follow, _ = Follow.objects.update_or_create(comment=comment, defaults={"confirmed_at": confirmed_at})
            assert "Zanzibar" in client.get(f"/c/{follow.token}/").content.decode()
            hold(post)
            assert "anzibar" not in client.get(f"/c/{follow.token}/").content.decode()
            release(post)

    def test_what_is_kept_of_them_does_not_name_it(self, client, delivered):
        from posts.comments.models import Proof

        post = make_post("Zanzibar")
        make_comment(post, email="ann@reader.example")
        address = f"/comments/privacy/{Proof.objects.create(email='ann@reader.example').token}/"
        assert "Zanzibar" in client.get(address).content.decode()
        hold(post)
        for query in ("", "?download=1"):
            assert "anzibar" not in client.get(address + query).content.decode()

    def test_the_page_that_thanks_for_a_comment_does_not_lead_there(self, client):
        post = keep_open(make_post("Zanzibar", at=timezone.now()))
        from posts.comments.writing import new_stamp

        data = {"text": "Well said, and true.", "stamp": new_stamp()}
        response = client.post(f"{post.get_absolute_url()}comment/", data)
        assert response.status_code == 303
        hold(post)
        page = client.get(response["Location"])
        assert page.status_code == 200
        assert "zanzibar" not in page.content.decode()
