"""Letters at the desk: what they say, one to oneself, a post told again."""

import datetime as dt
import re

import pytest
from django.contrib.auth.models import Group, User
from django.utils import timezone

from posts.outbox.composing import NotWanted
from posts.outbox.models import Delivery
from posts.subscriptions.models import Announcement, Entry, Subscriber
from posts.subscriptions.testing import MADE_UP_TOKEN, Letter, compose_letter
from tests.factories import make_post, make_subscriber

pytestmark = pytest.mark.django_db

LETTERS = "/admin/subscriptions/announcement/letters/"


@pytest.fixture
def desk(client, editor):
    editor.email = "edith@desk.example"
    editor.save()
    client.force_login(editor)
    return client


def shown(client, **query) -> str:
    response = client.get(LETTERS, query)
    assert response.status_code == 200
    return response.content.decode()


def letter_in(page: str) -> str:
    return re.search(r'<pre class="letter"[^>]*>(.*?)</pre>', page, re.S)[1]


def old_post(title: str = "The long way", **fields):
    return make_post(title, at=timezone.now() - dt.timedelta(days=9), **fields)


def tell(client, post, last: int, **fields) -> str:
    data = {"what": "post", "post": post.pk, "last": last, "mean_it": "on", **fields}
    return client.post(f"{LETTERS}tell-again/", data, follow=True).content.decode()


class TestLooking:
    def test_the_first_letter(self, desk):
        page = shown(desk)
        assert "Please confirm: letters from Human Traffic Watch" in page
        assert f"/subscribe/confirm/{MADE_UP_TOKEN}/" in letter_in(page)

    @pytest.mark.parametrize("what", ["daily", "weekly", "monthly"])
    def test_digests_of_what_was_lately_published(self, desk, what):
        make_post("Years ago")
        make_post("Just now", at=timezone.now() - dt.timedelta(hours=1))
        page = letter_in(shown(desk, what=what))
        assert "Just now" in page
        assert "Years ago" not in page

    def test_where_nothing_is_new_a_digest_shows_the_last_posts(self, desk):
        make_post("Years ago")
        assert "Years ago" in letter_in(shown(desk, what="daily"))

    def test_where_nothing_is_published_there_is_a_sentence(self, desk):
        make_post("Only a draft", draft=True)
        assert "Nothing is published yet" in shown(desk, what="weekly")
        assert desk.get(f"{LETTERS}html/", {"what": "weekly"}).status_code == 404

    def test_a_posts_letter_a_draft_too(self, desk):
        post = make_post("Not out yet", draft=True, body="Quite *new* words.")
        page = shown(desk, post=post.pk)
        assert '<strong dir="auto">Not out yet</strong>' in page
        assert "new" in letter_in(page)
        assert "It is not published: nobody is told of it." in page

    def test_the_posts_form_leads_to_its_letter(self, desk):
        post = make_post("The long way")
        form = desk.get(f"/admin/posts/post/{post.pk}/change/").content.decode()
        link = re.search(r'href="([^"]+)">Letter …', form)[1].replace("&amp;", "&")
        assert "The long way" in letter_in(desk.get(link).content.decode())

    def test_a_discreet_letter_names_nothing_outside(self, desk):
        post = make_post("The long way")
        page = shown(desk, what="post", post=post.pk, discreet="on")
        head = page.partition("<dl")[2].partition("</dl>")[0]
        assert "Your newsletter" in head
        assert "Newsletter &lt;" in head
        assert "The long way" not in head
        assert "The long way" in letter_in(page)

    def test_headers_stand_as_they_go_out(self, desk):
        page = shown(desk, what="post", post=make_post().pk)
        for words in ("List-Unsubscribe", f"/u/{MADE_UP_TOKEN}/", "Auto-Submitted", "auto-generated", "List-Id"):
            assert words in page

    def test_no_subscribers_token_stands_anywhere(self, desk):
        subscriber, post = make_subscriber(), make_post()
        for what in ("ask", "post", "daily"):
            assert subscriber.token not in shown(desk, what=what, post=post.pk)

    @pytest.mark.parametrize("query", [{"what": "nonsense"}, {"post": "x"}, {"what": "post", "post": "9" * 30},
                                       {"what": "post"}, {"what": "post", "post": "999"}])  # fmt: skip
    def test_odd_questions_have_an_answer(self, desk, query):
        shown(desk, **query)

    def test_a_choice_may_be_made_without_a_post(self, desk):
        make_post("To be chosen")
        page = shown(desk, what="post")
        assert "Choose the post that the letter is about." in page
        assert "To be chosen (Published)" in page


class TestAsHtml:
    def test_it_stands_in_a_box_of_its_own(self, desk):
        response = desk.get(f"{LETTERS}html/", {"what": "post", "post": make_post("The long way").pk})
        assert "The long way" in response.content.decode()
        policy = set(response["Content-Security-Policy"].split("; "))
        assert {"default-src 'none'", "img-src 'self'", "style-src 'unsafe-inline'", "sandbox",
                "frame-ancestors 'none'"} <= policy  # fmt: skip
        assert not any("script" in each for each in policy)
        assert response["X-Frame-Options"] == "DENY"

    def test_the_page_around_keeps_the_strict_policy(self, desk):
        assert "unsafe-inline" not in desk.get(LETTERS)["Content-Security-Policy"]
        page = shown(desk, what="post", post=make_post().pk)
        content = page.partition('id="content-main"')[2].partition("</main>")[0]
        assert "style=" not in content


class TestATest:
    def test_it_comes_to_who_asks_each_time(self, desk, delivered):
        post = make_post("The long way")
        for _ in range(2):
            page = desk.post(f"{LETTERS}test/", {"what": "post", "post": post.pk}, follow=True).content.decode()
            assert "It goes to edith@desk.example in a moment." in page
        first, second = delivered()
        assert first.to == second.to == ["edith@desk.example"]
        assert first.subject == "[Test] The long way"
        assert MADE_UP_TOKEN in first.body

    def test_a_discreet_one(self, desk, delivered):
        desk.post(f"{LETTERS}test/", {"what": "ask", "discreet": "on"})
        [sent] = delivered()
        assert sent.subject == "[Test] Please confirm"
        assert sent.from_email.startswith("Newsletter")

    def test_who_has_no_address_is_told_so(self, client, editor):
        client.force_login(editor)
        assert "ask an administrator to add one" in shown(client)
        page = client.post(f"{LETTERS}test/", {"what": "ask"}, follow=True).content.decode()
        assert "You have no e-mail address" in page
        assert not Delivery.objects.exists()

    def test_who_may_change_users_is_led_to_their_own(self, client):
        root = User.objects.create_superuser("root")
        client.force_login(root)
        assert f'href="/admin/auth/user/{root.pk}/change/"' in shown(client)

    def test_of_nothing_no_letter_is_sent(self, desk):
        page = desk.post(f"{LETTERS}test/", {"what": "post", "post": "999"}, follow=True).content.decode()
        assert "Choose the post" in page
        assert not Delivery.objects.exists()

    def test_a_look_sends_nothing(self, desk):
        assert desk.get(f"{LETTERS}test/").status_code == 405
        assert desk.get(f"{LETTERS}tell-again/").status_code == 405


class TestTellingAgain:
    def test_the_numbers_are_those_of_the_letters(self, desk, announced):
        post = old_post(tags=["Korea"])
        Announcement.objects.create(post=post, told=1, finished_at=timezone.now())
        make_subscriber("ann@reader.example", "/tag/korea/=post")
        make_subscriber("ben@reader.example", "/=post", "/tag/korea/=daily")
        make_subscriber("cy@reader.example", "/=weekly")
        make_subscriber("dee@reader.example").suspend("desk")
        page = shown(desk, what="post", post=post.pk)
        assert "2 readers get a letter now, 1 finds it in their next digest" in page
        assert "The letters are written within a minute" in tell(desk, post, 1)
        assert sorted(mail.to[0][:3] for mail in announced()) == ["ann", "ben"]
        again = Announcement.objects.get(number=2)
        assert (again.asked_by, again.told) == ("edith", 2)
        assert [(each.act, each.words) for each in Entry.objects.all()] == [("tell", f"Post {post.pk}")]

    def test_it_wants_to_be_meant(self, desk):
        post = old_post()
        data = {"what": "post", "post": post.pk, "last": 0}
        assert "Tick “I mean it”" in desk.post(f"{LETTERS}tell-again/", data, follow=True).content.decode()
        assert not Announcement.objects.exists()
        assert not Entry.objects.exists()

    def test_pressed_twice_it_is_told_once(self, desk):
        post = old_post()
        tell(desk, post, 0)
        assert "just being told" in tell(desk, post, 0)
        Announcement.objects.update(finished_at=timezone.now())
        assert "Somebody had it told meanwhile" in tell(desk, post, 0)
        assert Announcement.objects.count() == 1

    @pytest.mark.parametrize(
        ("make", "words"),
        [
            (lambda: make_post(draft=True), "It is not published: nobody is told of it."),
            (lambda: make_post(at=timezone.now() + dt.timedelta(days=1)), "It is told when it appears, on"),
        ],
    )
    def test_what_is_not_public_is_told_to_nobody(self, desk, make, words):
        post = make()
        page = shown(desk, what="post", post=post.pk)
        assert words in page
        assert "I mean it" not in page
        assert "not public" in tell(desk, post, 0)
        assert not Announcement.objects.exists()

    @pytest.mark.parametrize(
        ("make", "words", "may"),
        [
            (lambda: old_post(is_quiet=True), "marked “tell nobody”", True),
            (old_post, "its date lay more than 48 hours back", True),
            (lambda: make_post(at=None), "It is about to be told", False),
        ],
    )
    def test_why_nobody_was_told_is_said(self, desk, make, words, may):
        post = make()
        page = shown(desk, what="post", post=post.pk)
        assert words in page
        assert ("I mean it" in page) is may

    def test_a_quiet_post_can_be_told_after_all(self, desk, announced):
        post = old_post(is_quiet=True)
        make_subscriber("ann@reader.example", "/=post")
        assert "1 reader gets a letter now, 0 find it" in shown(desk, what="post", post=post.pk)
        tell(desk, post, 0)
        assert [mail.to for mail in announced()] == [["ann@reader.example"]]

    def test_what_was_told_is_shown(self, desk):
        post = old_post()
        Announcement.objects.create(post=post, told=41, finished_at=timezone.now())
        Announcement.objects.create(post=post, number=2, told=42, asked_by="ada")
        page = shown(desk, what="post", post=post.pk)
        for words in ("by itself, when it appeared", "41", "ada", "42", "being written"):
            assert words in page
        assert "I mean it" not in page


class TestWhoMayWhat:
    def test_moderators_see_no_letters(self, moderator_client):
        post = old_post()
        assert moderator_client.get(LETTERS).status_code == 403
        assert moderator_client.get(f"{LETTERS}html/").status_code == 403
        assert moderator_client.post(f"{LETTERS}test/", {"what": "ask"}).status_code == 403
        data = {"what": "post", "post": post.pk, "last": 0, "mean_it": "on"}
        assert moderator_client.post(f"{LETTERS}tell-again/", data).status_code == 403
        assert not Announcement.objects.exists()
        assert not Entry.objects.exists()

    def test_who_only_looks_does_not_have_it_told_again(self, client):
        from django.contrib.auth.models import Permission

        user = User.objects.create_user("vi", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename="view_announcement"))
        client.force_login(user)
        post = old_post()
        assert "I mean it" not in shown(client, what="post", post=post.pk)
        data = {"what": "post", "post": post.pk, "last": 0, "mean_it": "on"}
        assert client.post(f"{LETTERS}tell-again/", data).status_code == 403
        assert not Announcement.objects.exists()

    @pytest.mark.parametrize("group", ["Editors", "Administrators"])
    def test_editors_and_administrators_find_the_letters(self, client, group):
        user = User.objects.create_user("someone", is_staff=True)
        user.groups.set(Group.objects.filter(name=group))
        client.force_login(user)
        assert f'href="{LETTERS}"' in client.get("/admin/").content.decode()
        assert f'href="{LETTERS}"' in client.get("/admin/subscriptions/announcement/").content.decode()
        assert client.get(LETTERS).status_code == 200


def test_a_letter_to_look_at_reads_no_subscriber():
    assert not Subscriber.objects.exists()
    assert len(MADE_UP_TOKEN) == 22
    with pytest.raises(NotWanted):
        compose_letter(Letter("post", 999))
