"""A reader writes: what is stored, what is refused in words, and what nobody ever learns."""

import datetime as dt
import re
from html import unescape

import pytest
from django.core.management import call_command
from django.db import DatabaseError, OperationalError, connection
from django.db.backends.utils import CursorWrapper
from django.test import Client
from django.utils import timezone

from posts.comments import deciding, views, writing
from posts.comments.models import Ban, Comment, Discussion, Entry, Policy, Word
from posts.limiting import TooOften
from posts.models import Attempt, PrefixKey
from tests.factories import keep_open, make_comment, make_post
from tests.posts.comments.conftest import Reader

pytestmark = pytest.mark.django_db


def form_text(page: str) -> str:
    """Return what stands in the box for the text."""
    return unescape(re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.S)[1])


class TestSending:
    def test_a_comment_is_stored_held_and_shown_to_its_writer_only(self, reader, post, client):
        page = reader.write("So *glad* to read this.", name="Ida")
        comment = Comment.objects.get()
        assert (comment.state, comment.name, comment.post) == ("held", "Ida", post)
        assert "Thank you: your comment is stored" in page
        assert "So <em>glad</em> to read this." in page
        assert "A moderator reads it first" in page
        for address in (post.get_absolute_url(), "/comments/feed/", f"{post.get_absolute_url()}feed/", "/"):
            assert "glad" not in client.get(address).content.decode()
        assert client.get(f"/comments/{comment.pk}/").status_code == 404

    def test_no_cookie_is_set_and_none_is_needed(self, reader):
        reader.write()
        assert not reader.client.cookies

    def test_the_link_to_ones_own_comment_lives_ten_minutes(self, reader, monkeypatch):
        response = reader.send()
        assert "no-store" in reader.client.get(response["Location"])["Cache-Control"]
        monkeypatch.setattr(views, "SEEN_FOR", -1)
        late = reader.client.get(response["Location"])
        assert late.status_code == 410
        assert "quiet word" not in late.content.decode()

    def test_a_forged_link_shows_nothing(self, reader):
        response = reader.send()
        assert reader.client.get(response["Location"].replace("sent/", "sent/9")).status_code == 404

    def test_name_and_address_may_stay_away(self, reader):
        assert "No name" in reader.write()
        comment = Comment.objects.get()
        assert (comment.name, comment.email) == ("", "")

    def test_the_honest_writer_has_nothing_against_them(self, reader, slowly):
        reader.write()
        assert Comment.objects.get().reasons == []

    def test_a_get_leads_back_to_the_form(self, reader, post):
        response = reader.client.get(f"{reader.url}comment/")
        assert response["Location"] == f"{post.get_absolute_url()}#respond"

    def test_another_site_cannot_send_the_form(self, reader):
        response = reader.client.post(f"{reader.url}comment/", {"text": "x"}, headers={"Sec-Fetch-Site": "cross-site"})
        assert response.status_code == 403
        assert not Comment.objects.exists()


class TestOnce:
    def test_a_form_sent_twice_is_stored_once(self, reader):
        form = reader.open()
        first, second = reader.send(form=form), reader.send(form=form)
        assert (first.status_code, second.status_code) == (303, 303)
        assert Comment.objects.count() == 1

    def test_a_form_that_was_changed_is_another_comment(self, reader, settings):
        settings.LIMITS = False
        form = reader.open()
        reader.send("One.", form=form)
        reader.send("One, and another.", form=form)
        assert Comment.objects.count() == 2

    def test_two_who_say_the_same_are_two(self, post):
        Reader(post).write("Thank you.")
        Reader(post).write("Thank you.")
        assert Comment.objects.count() == 2

    def test_without_a_stamp_the_network_stands_for_the_form(self, reader):
        for _ in range(2):
            assert reader.send(form={}).status_code == 303
        assert Comment.objects.count() == 1
        assert Comment.objects.get().reasons[0][0] == "stamp"

    def test_the_second_of_two_clicks_is_not_told_that_it_is_too_soon(self, reader, monkeypatch):
        form = reader.open()
        reader.send(form=form)
        # It looked before the first was stored, and then waited for it.
        looks = iter([None, None])
        find = writing.find_stored
        monkeypatch.setattr(writing, "find_stored", lambda once: next(looks, find(once)))
        monkeypatch.setattr(views, "find_stored", lambda once: None)

        def take_turn(*args):
            next(looks)
            raise TooOften(15)

        monkeypatch.setattr(writing.limiting, "take_turn", take_turn)
        assert reader.send(form=form).status_code == 303
        assert Comment.objects.count() == 1

    @pytest.mark.parametrize("change", ["parent", "closed"])
    def test_what_is_stored_is_said_to_be_whatever_happened_since(self, reader, post, change):
        parent = make_comment(post)
        form = reader.open(f"?reply={parent.pk}")
        assert reader.send(form=form).status_code == 303
        if change == "parent":
            Comment.objects.filter(pk=parent.pk).update(state="spam")
        else:
            Discussion.objects.update(opening="closed")
        assert reader.send(form=form).status_code == 303
        assert Comment.objects.exclude(pk=parent.pk).count() == 1

    def test_a_stamp_of_another_site_is_none(self, reader):
        reader.write(stamp="abc:def:ghi")
        assert Comment.objects.get().reasons[0][0] == "stamp"


class TestRefusals:
    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"text": ""}, "the comment is empty"),
            ({"text": "  \n\t "}, "the comment is empty"),
            ({"text": "\u202e\u202e"}, "the comment is empty"),
            ({"text": "> "}, "the comment is empty"),
            ({"text": "\u200b\u2060"}, "the comment is empty"),
            ({"text": "\u3164 \u2800"}, "the comment is empty"),
            ({"text": "x" * 5001}, "may have 5,000 characters; this one has 5,001"),
            ({"text": "x" * 1_000_000}, "this one has 1,000,000"),
            ({"text": "Fine.", "name": "n" * 81}, "A name may have 80 characters; this one has 81"),
            ({"text": "Fine.", "email": "a" * 280 + "@b.example"}, "An address may have 254 characters"),
            ({"text": "Fine.", "email": "no address"}, "This is no e-mail address"),
            ({"text": "Fine.", "email": "a@b.example\nBcc: c@d.example"}, "This is no e-mail address"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_typed_is_lost(self, reader, fields, words):
        response = reader.send(**fields)
        page = response.content.decode()
        assert response.status_code == 400
        assert words in page
        if fields["text"].isprintable():
            assert form_text(page) == fields["text"]
        assert not Comment.objects.exists()

    def test_too_soon_says_how_long_and_keeps_the_text(self, reader):
        reader.write("One.")
        response = reader.send("Two, with <b>marks</b> & signs.")
        assert response.status_code == 429
        assert 0 < int(response["Retry-After"]) <= 15
        assert form_text(response.content.decode()) == "Two, with <b>marks</b> & signs."
        assert Comment.objects.count() == 1

    def test_twenty_an_hour(self, reader):
        for number in range(20):
            reader.write(f"Number {number}.")
            Attempt.objects.update(made_at=timezone.now() - dt.timedelta(seconds=20 + number))
        response = reader.send("One more.")
        assert response.status_code == 429
        assert int(response["Retry-After"]) > 3000

    def test_neighbours_share_a_limit_and_strangers_do_not(self, post):
        Reader(post, "203.0.113.5").write()
        assert Reader(post, "203.0.113.6").send().status_code == 429
        assert Reader(post, "198.51.100.5").send().status_code == 303

    def test_a_database_that_cannot_store_is_not_thanked_for(self, reader, monkeypatch):
        def fail(*args, **kwargs):
            raise DatabaseError("database or disk is full")

        form = reader.open()
        monkeypatch.setattr(Comment, "save", fail)
        response = reader.send("All that I typed.", form=form)
        assert response.status_code == 503
        assert response["Retry-After"]
        assert form_text(response.content.decode()) == "All that I typed."
        monkeypatch.undo()
        assert reader.send("All that I typed.", form=form).status_code == 303

    def test_a_database_that_does_not_answer_at_all_loses_no_text(self, reader, monkeypatch, settings):
        def fail(*args, **kwargs):
            raise OperationalError("server closed the connection")

        form = reader.open()
        monkeypatch.setattr(CursorWrapper, "execute", fail)
        response = reader.send("All that I typed.", form=form, name="Ann")
        monkeypatch.undo()
        assert response.status_code == 503
        page = response.content.decode()
        assert form_text(page) == "All that I typed."
        again = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
        assert reader.send("All that I typed.", form=again).status_code == 303
        assert Comment.objects.get().name == "Ann"

    def test_closed_comments_take_nothing_and_lose_nothing(self, reader, post):
        form = reader.open()
        Discussion.objects.update(opening="closed")
        response = reader.send("All that I typed.", form=form)
        assert response.status_code == 403
        assert "closed" in response.content.decode()
        assert form_text(response.content.decode()) == "All that I typed."

    def test_no_post_no_comment(self, client):
        draft = make_post(draft=True)
        assert client.post(f"/2013/03/31/{draft.pk}/comment/", {"text": "x"}).status_code == 404
        assert client.post("/2013/13/31/x/comment/", {"text": "x"}).status_code == 404

    def test_a_comment_under_a_post_to_come_is_not_taken(self, client):
        post = keep_open(make_post(at=timezone.now() + dt.timedelta(days=2)))
        assert client.post(f"{post.get_absolute_url()}comment/", {"text": "x"}).status_code == 404


class TestHostileText:
    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("<script>alert(1)</script> words", "&lt;script&gt;alert(1)&lt;/script&gt; words"),
            ("[x](javascript:alert(1)) words", "[x](javascript:alert(1)) words"),
            ("zero\x00byte \x07bell", "zerobyte bell"),
            ("a\u202egpj.exe", "agpj.exe"),
            ("![picture](https://elsewhere.example/p.png)", "https://elsewhere.example/p.png"),
            ("[" * 5000, "[[["),
            ("# no heading", "# no heading"),
        ],
    )
    def test_it_is_shown_as_text(self, reader, text, shown):
        page = reader.write(text)
        assert shown in page
        assert "<script>" not in page
        assert "<img" not in page

    def test_names_stay_names(self, reader):
        page = reader.write(name="Ann\r\nBcc: x@y.example \u202e<b>")
        assert Comment.objects.get().name == "Ann Bcc: x@y.example <b>"
        assert "&lt;b&gt;" in page

    @pytest.mark.parametrize("parent", ["999999", "-1", "x", "9" * 40, "1.0", "\u0661"])
    def test_a_parent_that_is_none_is_refused_or_ignored(self, reader, parent):
        assert reader.send(parent=parent).status_code in (303, 409)

    def test_a_parent_under_another_post_is_refused(self, reader):
        elsewhere = make_comment()
        assert reader.send(parent=elsewhere.pk).status_code == 409
        assert not Comment.objects.exclude(pk=elsewhere.pk).exists()

    def test_a_held_comment_cannot_be_answered(self, reader, post):
        held = make_comment(post, state="held")
        assert reader.send(parent=held.pk).status_code == 409

    def test_bytes_that_are_no_utf_8(self, reader):
        response = reader.client.post(
            f"{reader.url}comment/", b"text=%ff%fe+words", content_type="application/x-www-form-urlencoded"
        )
        assert response.status_code == 303


class TestPreview:
    def test_it_shows_the_text_its_length_and_stores_nothing(self, reader):
        form = reader.open()
        page = reader.send("So *glad*.", form=form, name="Ida", preview="1").content.decode()
        assert "So <em>glad</em>." in page
        assert "10 of 5,000 characters" in page
        assert 'value="Ida"' in page
        assert form["stamp"] in page
        assert not Comment.objects.exists()

    def test_an_answer_stays_an_answer_though_something_was_wrong(self, reader, post):
        parent = make_comment(post, name="Ann")
        page = reader.send(form=reader.open(f"?reply={parent.pk}"), email="a@b").content.decode()
        assert f'name="parent" value="{parent.pk}"' in page
        assert "Answer <bdi>Ann</bdi>" in page

    def test_an_answer_stays_an_answer(self, reader, post):
        parent = make_comment(post)
        form = reader.open(f"?reply={parent.pk}")
        page = reader.send(form=form, preview="1").content.decode()
        assert f'name="parent" value="{parent.pk}"' in page


class TestWhatIsLookedAt:
    def test_watched_and_disallowed_words_and_their_hits(self, post):
        for pattern, kind in (("loan*", "disallowed"), ("visa", "watched")):
            word = Word(pattern=pattern, kind=kind)
            word.full_clean()
            word.save()
        Reader(post).write("Cheap Loans for a visa.")
        Reader(post).write("My visa came.")
        first, second = Comment.objects.order_by("pk")
        assert (first.state, second.state) == ("spam", "held")
        assert ["disallowed", "Disallowed word: loan*"] in first.reasons
        assert list(Word.objects.order_by("pattern_key").values_list("hits", flat=True)) == [1, 2]

    @pytest.mark.parametrize(
        ("kind", "pattern"), [("name", "best loans"), ("host", "loans.example"), ("network", None)]
    )
    def test_bans(self, post, kind, pattern):
        reader = Reader(post, "203.0.113.5")
        if pattern is None:
            reader.write("Before the ban.")
            pattern = Comment.objects.get().writer
            Attempt.objects.all().delete()
        soon = timezone.now() + dt.timedelta(hours=1)
        ban = Ban.objects.create(kind=kind, pattern=pattern, until=soon)
        reader.write("See https://www.loans.example/now", name="BEST loans")
        assert Comment.objects.latest("pk").state == "spam"
        ban.refresh_from_db()
        assert ban.hits == 1
        Ban.objects.update(until=timezone.now())
        Attempt.objects.all().delete()
        reader.write("See https://www.loans.example/later", name="BEST loans")
        assert Comment.objects.latest("pk").state == "held"

    def test_the_same_text_again(self, post):
        for _ in range(4):
            Reader(post).write("Read all about it at our place, dear friends.")
        assert list(Comment.objects.order_by("pk").values_list("state", flat=True)) == ["held"] * 3 + ["spam"]

    def test_a_trusted_writer_appears_at_once(self, post, slowly):
        Policy(trusts_known_writers=True).save()
        for _ in range(2):
            make_comment(post, email="ann@reader.example")
        page = Reader(post).write(email="Ann@Reader.example")
        assert "Your comment has appeared" in page
        assert Comment.objects.latest("pk").state == "approved"

    def test_the_trap_is_spam_and_says_thank_you(self, reader):
        assert "Thank you" in reader.write(website="https://loans.example/")
        assert Comment.objects.get().state == "spam"


class TestNobodyLearnsWhere:
    MARKED = "198.18.77.66"

    def test_a_marked_address_is_found_nowhere(self, post, caplog, delivered, client):
        caplog.set_level(0)
        reader = Reader(post, self.MARKED)
        reader.write("Marked.", email="ann@reader.example", name="Ann")
        reader.send("Too soon.")
        comment = make_comment(post)
        reader.client.post(f"/comments/{comment.pk}/report/", {"reason": "abuse"})
        reader.client.post("/comments/privacy/", {"email": "ann@reader.example"})
        reader.client.post(f"{reader.url}comment/", {"text": "x"}, headers={"X-Forwarded-For": self.MARKED})
        sent = "".join(message.message().as_string() for message in delivered())
        assert "ann@reader.example" in sent
        call_command("tick")
        for place in (sent, caplog.text, _whole_database()):
            assert self.MARKED not in place
            assert "198.18.77" not in place

    def test_hashes_die_within_two_days(self, reader):
        reader.write()
        assert Comment.objects.get().writer
        Comment.objects.update(written_at=timezone.now() - dt.timedelta(hours=47))
        PrefixKey.objects.update(day=timezone.now().date() - dt.timedelta(days=3))
        call_command("tidy")
        assert Comment.objects.get().writer == ""
        assert not PrefixKey.objects.exists()


def _whole_database() -> str:
    """Return every value of every row of every table."""
    values = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608  our own tables
            values += cursor.fetchall()
    return repr(values)


class TestRetention:
    @pytest.mark.parametrize(("state", "days"), [("held", 30), ("spam", 14)])
    def test_what_nobody_let_through_is_deleted(self, post, state, days):
        old, new = make_comment(post, state=state), make_comment(post, state=state)
        Comment.objects.filter(pk=old.pk).update(state_since=timezone.now() - dt.timedelta(days=days, minutes=1))
        Comment.objects.filter(pk=new.pk).update(state_since=timezone.now() - dt.timedelta(days=days - 1))
        call_command("tidy")
        assert list(Comment.objects.all()) == [new]

    def test_where_answers_hang_on_it_an_empty_stub_stays(self, post):
        spam = make_comment(post, "Loans!", state="spam", name="Best", email="a@b.example")
        answer = make_comment(post, "Go away.", parent=spam)
        Comment.objects.filter(pk=spam.pk).update(state_since=timezone.now() - dt.timedelta(days=15))
        call_command("tidy")
        spam.refresh_from_db()
        assert (spam.state, spam.name, spam.email, spam.body, spam.body_html) == ("removed", "", "", "", "")
        answer.refresh_from_db()
        assert answer.parent == spam

    def test_an_old_comment_that_was_marked_just_now_can_still_be_taken_back(self, post, moderator):
        comment = make_comment(post, written_at=timezone.now() - dt.timedelta(days=400))
        outcome = deciding.decide([comment.pk], Entry.Act.SPAM, moderator)
        call_command("tidy")
        deciding.undo(outcome.batch, moderator)
        comment.refresh_from_db()
        assert comment.state == "approved"

    def test_the_hash_of_a_banned_network_goes_with_its_key(self):
        later = timezone.now() + dt.timedelta(days=900)
        made_at = timezone.now() - dt.timedelta(hours=48)
        Ban.objects.create(kind="network", pattern="ab" * 32, until=later, made_at=made_at)
        call_command("tidy")
        assert not Ban.objects.exists()

    def test_bans_that_are_over_go(self):
        Ban.objects.create(kind="name", pattern="x", until=timezone.now())
        call_command("tidy")
        assert not Ban.objects.exists()


def test_csrf_is_not_asked_for(reader):
    assert Client(enforce_csrf_checks=True).post(f"{reader.url}comment/", {"text": "Words."}).status_code == 303


def test_a_form_of_thousands_of_fields_is_refused_and_no_news_for_the_operator(reader, caplog):
    response = reader.client.post(
        f"{reader.url}comment/", "a=1&" * 1500, content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code == 400
    assert b"masthead" in response.content
    assert not [record for record in caplog.records if record.levelname != "WARNING"]
