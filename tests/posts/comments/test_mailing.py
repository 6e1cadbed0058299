"""Told of answers: asked first, told once, and never again after leaving."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from posts.comments import deciding
from posts.comments.models import Comment, Entry, Follow, Policy
from posts.outbox.models import Delivery
from tests.factories import keep_open, make_comment, make_post
from tests.posts.comments.conftest import Reader

pytestmark = pytest.mark.django_db

ANN = "ann@reader.example"


def link_in(message) -> str:
    return re.search(r"https://watch\.example(/c/[\w-]{22}/)", message.body)[1]


@pytest.fixture
def asked(post, reader, delivered, slowly) -> str:
    """Ann has written with her address, and got the question; return its link."""
    reader.write("Does anybody know?", email=ANN, name="Ann")
    [message] = delivered()
    return link_in(message)


@pytest.fixture
def following(asked, client, moderator) -> Comment:
    client.post(asked, {"confirm": "1"})
    comment = Comment.objects.get()
    deciding.decide([comment.pk], Entry.Act.APPROVE, moderator)
    return comment


class TestBeingAsked:
    def test_the_question_goes_to_the_address_and_says_nothing_of_the_comment(self, post, reader, delivered):
        reader.write("Secret words.", email=ANN)
        [message] = delivered()
        assert message.to == [ANN]
        assert "The long way" in message.body
        assert "Secret words" not in message.message().as_string()

    def test_opening_the_link_changes_nothing(self, asked, client):
        page = client.get(asked).content.decode()
        assert "Do you want to be told of answers?" in page
        assert Follow.objects.get().confirmed_at is None
        assert client.head(asked).status_code == 200
        assert Follow.objects.get().confirmed_at is None

    def test_the_button_confirms(self, asked):
        browser = Client(enforce_csrf_checks=True)
        assert "You will be told of answers" in browser.post(asked, {"confirm": "1"}).content.decode()
        assert Follow.objects.get().confirmed_at

    def test_one_question_a_day_however_much_is_written(self, post, delivered):
        for _ in range(3):
            Reader(post).write(email=ANN.upper())
        assert len(delivered()) == 1
        assert Follow.objects.count() == 3

    def test_five_questions_an_hour_from_one_network(self, post, delivered, settings):
        reader = Reader(post)
        for number in range(7):
            reader.write(f"Number {number}.", email=f"reader{number}@example.org")
            from posts.models import Attempt

            Attempt.objects.filter(kind="comment").delete()
        assert len(delivered()) == 5

    def test_spam_asks_nobody(self, reader, delivered):
        reader.write(email=ANN, website="x")
        assert delivered() == []

    def test_spam_that_was_none_asks_when_it_is_approved(self, reader, delivered, moderator):
        reader.write(email=ANN, website="x")
        deciding.decide([Comment.objects.get().pk], Entry.Act.APPROVE, moderator)
        assert len(delivered()) == 1

    @pytest.mark.parametrize("trusts", [False, True])
    def test_who_does_not_answer_is_forgotten_in_a_week(self, asked, trusts):
        Policy(trusts_known_writers=trusts).save()
        Follow.objects.update(asked_at=timezone.now() - dt.timedelta(days=8))
        call_command("tidy")
        assert not Follow.objects.exists()
        assert Comment.objects.get().email == (ANN if trusts else "")

    def test_confirming_one_confirms_all_of_that_address(self, asked, client):
        Reader(keep_open(make_post("Another"))).write(email=ANN)
        client.post(asked, {"confirm": "1"})
        assert Follow.objects.filter(confirmed_at=None).count() == 0


class TestBeingTold:
    def test_an_answer_is_told_once_in_both_parts(self, following, delivered, moderator):
        answer = make_comment(following.post, "It is *known*.", name="Ben", parent=following, state="held")
        for _ in range(2):
            deciding.decide([answer.pk], Entry.Act.APPROVE, moderator)
            deciding.decide([answer.pk], Entry.Act.HOLD, moderator)
        deciding.decide([answer.pk], Entry.Act.APPROVE, moderator)
        [message] = delivered()
        assert message.to == [ANN]
        assert message.subject == "An answer to your comment on “The long way”"
        assert "It is *known*." in message.body
        assert "It is <em>known</em>." in message.alternatives[0].content
        assert f"https://watch.example{answer.get_absolute_url()}" in message.body

    def test_nobody_is_told_before_they_confirmed(self, asked, delivered, moderator):
        comment = Comment.objects.get()
        deciding.answer(comment, "Here.", moderator)
        assert [message.subject for message in delivered() if "An answer" in message.subject] == []

    def test_the_desk_answering_tells_too(self, following, delivered, editor):
        deciding.answer(following, "We have asked.", editor)
        assert len(delivered()) == 1

    def test_an_answer_that_was_removed_before_it_was_sent_is_not_sent(self, following, delivered, moderator):
        answer = deciding.answer(following, "Hasty.", moderator)
        deciding.decide([answer.pk], Entry.Act.REMOVE, moderator, reason="other")
        assert delivered() == []

    def test_nobody_is_told_of_their_own_answer(self, following, delivered, moderator):
        own = make_comment(following.post, parent=following, email=ANN.upper(), state="held")
        deciding.decide([own.pk], Entry.Act.APPROVE, moderator)
        assert delivered() == []

    def test_it_is_told_once_though_the_ledger_has_forgotten(self, following, delivered, moderator):
        answer = make_comment(following.post, parent=following, state="held")
        deciding.decide([answer.pk], Entry.Act.APPROVE, moderator)
        assert len(delivered()) == 1
        Delivery.objects.all().delete()
        Comment.objects.filter(pk=answer.pk).update(open_reports=1)
        for act in (Entry.Act.APPROVE, Entry.Act.HOLD, Entry.Act.APPROVE):
            deciding.decide([answer.pk], act, moderator)
        assert delivered() == []

    def test_an_approval_that_was_taken_back_and_given_again_tells(self, following, delivered, moderator):
        answer = make_comment(following.post, parent=following, state="held")
        outcome = deciding.decide([answer.pk], Entry.Act.APPROVE, moderator)
        deciding.undo(outcome.batch, moderator)
        assert delivered() == []
        deciding.decide([answer.pk], Entry.Act.APPROVE, moderator)
        assert len(delivered()) == 1

    def test_who_said_yes_is_told_of_answers_to_what_they_write_later(self, following, delivered, moderator):
        reader = Reader(following.post)
        reader.write("One thing more.", email=ANN)
        second = Comment.objects.latest("pk")
        deciding.decide([second.pk], Entry.Act.APPROVE, moderator)
        assert delivered() == []  # not asked again
        deciding.answer(second, "Here.", moderator)
        assert len(delivered()) == 1

    def test_headers_on_the_raw_bytes(self, following, delivered, moderator):
        deciding.answer(following, "Here.", moderator)
        [message] = delivered()
        head = message.message().as_bytes().partition(b"\n\n")[0].decode()
        assert re.search(r"^List-Unsubscribe: <https://watch\.example/c/[\w-]{22}/>$", head, re.M)
        assert re.search(r"^List-Unsubscribe-Post: List-Unsubscribe=One-Click$", head, re.M)
        assert re.search(r"^Auto-Submitted: auto-generated$", head, re.M)

    def test_a_title_with_line_breaks_breaks_no_header(self, following, delivered, moderator):
        type(following.post).objects.update(title="Two\nBcc: x@y.example")
        deciding.answer(following, "Here.", moderator)
        [message] = delivered()
        assert message.message()["Bcc"] is None


class TestLeaving:
    @pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart"])
    def test_one_click_by_bare_post(self, following, asked, kind):
        mailbox = Client(enforce_csrf_checks=True)
        data = {"List-Unsubscribe": "One-Click"}
        for _ in range(2):  # idempotent
            if kind == "multipart":
                response = mailbox.post(asked, data)
            else:
                response = mailbox.post(asked, "List-Unsubscribe=One-Click", content_type=kind)
            assert response.status_code == 200
            assert not response.cookies
        assert not Follow.objects.exists()

    def test_after_leaving_nothing_comes(self, following, asked, client, delivered, moderator):
        deciding.answer(following, "Queued already.", moderator)
        client.post(asked, {"leave": "1"})
        deciding.answer(following, "Later.", moderator)
        assert delivered() == []
        assert client.get(asked).status_code == 404
        assert not Comment.objects.exclude(email="").exists()

    def test_who_has_left_is_not_asked_again_by_an_approval(self, asked, client, delivered, moderator):
        client.post(asked)
        Delivery.objects.all().delete()
        deciding.decide([Comment.objects.get().pk], Entry.Act.APPROVE, moderator)
        assert delivered() == []

    def test_a_get_does_not_leave(self, following, asked, client):
        client.get(asked)
        assert Follow.objects.exists()

    def test_an_unknown_token_is_told_nothing(self, client):
        assert client.get(f"/c/{'x' * 22}/").status_code == 404
        assert client.post(f"/c/{'x' * 22}/").status_code == 200


class TestPrivacy:
    def ask(self, client, delivered, address: str = ANN) -> str:
        client.post("/comments/privacy/", {"email": address})
        [message] = delivered()
        return re.search(r"https://watch\.example(/comments/privacy/[\w-]+/)", message.body)[1]

    def test_the_answer_is_the_same_for_known_and_unknown(self, client, post):
        make_comment(post, email=ANN)
        known = client.post("/comments/privacy/", {"email": ANN})
        unknown = Client(REMOTE_ADDR="10.9.9.9").post("/comments/privacy/", {"email": "nobody@reader.example"})
        assert known.content == unknown.content
        assert known.status_code == unknown.status_code == 200

    def test_all_that_is_kept_is_shown_and_can_be_taken(self, client, post, delivered):
        make_comment(post, "Held words.", email=ANN.upper(), state="held")
        make_comment(post, "Spam words.", email=ANN, state="spam")
        make_comment(post, "Of somebody else.", email="ben@reader.example")
        link = self.ask(client, delivered)
        page = client.get(link)
        assert "no-store" in page["Cache-Control"]
        assert "Held words." in page.content.decode()
        assert "somebody else" not in page.content.decode()
        copy = client.get(f"{link}?download=1").json()
        assert [row["text"] for row in copy["comments"]] == ["Held words.", "Spam words."]

    def test_erasing_leaves_nothing_anywhere(self, client, post, delivered, following):
        from tests.posts.comments.test_writing import _whole_database

        make_comment(post, "Answer of Ben.", name="Ben", parent=following)
        link = self.ask(client, delivered)
        client.get(link)
        assert Follow.objects.exists()
        response = client.post(link, {"erase": "1"})
        assert "Everything is erased" in response.content.decode()
        everything = _whole_database()
        assert "ann@" not in everything.lower()
        assert "Does anybody know?" not in everything
        page = client.get(post.get_absolute_url()).content.decode()
        assert "A comment was removed here." in page
        assert "Answer of Ben." in page
        assert client.get(link).status_code == 404
        mail.outbox.clear()

    def test_a_link_holds_for_a_day(self, client, post, delivered):
        from posts.comments.models import Proof

        link = self.ask(client, delivered)
        Proof.objects.update(made_at=timezone.now() - dt.timedelta(hours=25))
        assert client.get(link).status_code == 404

    def test_a_flood_of_requests_for_a_strangers_address_sends_one_letter(self, delivered, db):
        for number in range(30):
            Client(REMOTE_ADDR=f"10.{number}.1.1").post("/comments/privacy/", {"email": ANN})
        assert len(delivered()) == 1

    def test_one_network_may_not_ask_for_many(self, client, db):
        codes = [client.post("/comments/privacy/", {"email": f"a{n}@b.example"}).status_code for n in range(7)]
        assert codes == [200] * 5 + [429] * 2

    @pytest.mark.parametrize("address", ["", "x", "a@b", "a" * 280 + "@b.example", "a@b.example\nBcc: c@d.example"])
    def test_no_address_no_letter(self, client, address, db):
        response = client.post("/comments/privacy/", {"email": address})
        assert response.status_code == 400
        assert not Delivery.objects.exists()


class TestReminding:
    def wait(self, post, hours: int = 2) -> Comment:
        comment = make_comment(post, state="held")
        Comment.objects.filter(pk=comment.pk).update(written_at=timezone.now() - dt.timedelta(hours=hours))
        return comment

    @pytest.fixture
    def mo(self, moderator):
        moderator.email = "mo@watch.example"
        moderator.save()
        return moderator

    def test_moderators_are_told_once_a_day_that_comments_wait(self, post, mo, editor, delivered):
        editor.email = "edith@watch.example"
        editor.save()
        self.wait(post)
        for _ in range(3):
            call_command("remind_moderators")
        [message] = delivered()
        assert message.to == ["mo@watch.example"]
        assert message.subject == "1 comment waits on Human Traffic Watch"
        assert "https://watch.example/admin/comments/comment/" in message.body

    def test_nobody_is_told_of_what_has_just_come_or_is_done(self, post, mo, moderator, delivered):
        fresh = self.wait(post, hours=0)
        call_command("remind_moderators")
        assert delivered() == []
        Comment.objects.filter(pk=fresh.pk).update(written_at=timezone.now() - dt.timedelta(hours=2))
        call_command("remind_moderators")
        deciding.decide([fresh.pk], Entry.Act.APPROVE, mo)
        assert delivered() == []

    def test_the_rules_switch_it_off(self, post, mo, delivered):
        Policy(reminds_moderators=False).save()
        self.wait(post)
        call_command("tick")
        assert delivered() == []
