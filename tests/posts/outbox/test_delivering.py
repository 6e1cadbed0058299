"""The mail ledger: one message, one row, sent once."""

import datetime as dt
import email
import email.policy
import smtplib

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from posts.outbox import composing, delivering, ledger
from posts.outbox.composing import Message, NotWanted, composes, render_message
from posts.outbox.ledger import MOST_ATTEMPTS
from posts.outbox.models import Delivery

pytestmark = pytest.mark.django_db


@pytest.fixture
def greet(monkeypatch):
    """A kind of message of our own; what it says, or raises, can be changed."""
    monkeypatch.setattr(composing, "_composers", {})
    said: dict[str, object] = {"now": Message("Hello", "Hello, plain", "<p>Hello</p>", {"List-Id": "<x.example>"})}

    @composes("greet")
    def compose(data):
        if isinstance(said["now"], Exception):
            raise said["now"]
        return said["now"]

    return said


def queue(key: str = "greet:1", **data) -> Delivery | None:
    return Delivery.objects.queue(key, "greet", "ann@reader.example", **data)


def fail_with(monkeypatch, error: Exception) -> None:
    def send(self):
        raise error

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", send)


@pytest.mark.usefixtures("greet")
class TestSending:
    def test_a_message_goes_out_with_both_parts_and_its_headers(self):
        delivery = queue()
        assert delivering.deliver([delivery.pk])
        [sent] = mail.outbox
        raw = sent.message()
        assert sent.to == ["ann@reader.example"]
        assert [part.get_content_type() for part in raw.walk()] == ["multipart/alternative", "text/plain", "text/html"]
        assert raw["Auto-Submitted"] == "auto-generated"
        assert raw["List-Id"] == "<x.example>"
        assert raw["Message-ID"] == delivery.message_id
        assert delivery.message_id.endswith("@watch.example>")
        delivery.refresh_from_db()
        assert (delivery.state, delivery.attempts) == ("sent", 1)
        assert delivery.sent_at is not None

    def test_twice_run_once_sent(self):
        delivery = queue()
        assert delivering.deliver([delivery.pk])
        assert not delivering.deliver([delivery.pk])
        assert len(mail.outbox) == 1

    def test_a_row_that_goes_while_it_is_claimed_is_no_fault(self, monkeypatch):
        delivery, claimed = queue(), Delivery.refresh_from_db

        def leave(self):
            Delivery.objects.all().delete()
            claimed(self)

        monkeypatch.setattr(Delivery, "refresh_from_db", leave)
        assert not delivering.deliver([delivery.pk])
        assert mail.outbox == []

    def test_what_another_has_claimed_is_left_alone(self):
        delivery = queue()
        assert Delivery.objects.get(pk=delivery.pk).claim()
        assert not delivering.deliver([delivery.pk])
        assert mail.outbox == []

    def test_one_key_one_message(self):
        assert queue()
        assert queue() is None
        assert queue("greet:2")
        assert Delivery.objects.count() == 2

    def test_the_task_sends_what_was_committed(self, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            delivery = queue()
        assert mail.outbox == []  # nobody waits for it
        asked = DBTaskResult.objects.get()
        assert asked.args_kwargs["args"] == [delivery.pk]
        assert asked.task.call(*asked.args_kwargs["args"])
        assert len(mail.outbox) == 1

    def test_a_message_of_a_rolled_back_transaction_does_not_exist(self):
        with transaction.atomic():
            queue()
            transaction.set_rollback(True)
        assert not Delivery.objects.exists()


class TestFailing:
    def test_it_is_tried_again_with_growing_patience_and_then_given_up(self, greet, monkeypatch):
        fail_with(monkeypatch, OSError("no route"))
        delivery, waits = queue(), []
        for _ in range(MOST_ATTEMPTS):
            Delivery.objects.update(next_try_at=timezone.now())
            before = timezone.now()
            assert not delivering.deliver([delivery.pk])
            delivery.refresh_from_db()
            waits.append(round((delivery.next_try_at - before).total_seconds() / 60))
        assert waits[:5] == [2, 6, 18, 54, 162]
        assert (delivery.state, delivery.attempts) == ("failed", MOST_ATTEMPTS)
        assert "no route" in delivery.error

    def test_it_is_not_sent_before_its_time(self, greet, monkeypatch):
        delivery = queue()
        fail_with(monkeypatch, OSError("no route"))
        delivering.deliver([delivery.pk])
        monkeypatch.undo()
        assert not delivering.deliver([delivery.pk])
        assert mail.outbox == []

    @pytest.mark.parametrize(
        ("error", "state"),
        [
            (smtplib.SMTPRecipientsRefused({"ann@reader.example": (550, b"no such user")}), "failed"),
            (smtplib.SMTPRecipientsRefused({"ann@reader.example": (451, b"greylisted")}), "queued"),
            (smtplib.SMTPDataError(554, b"spam"), "failed"),
            (smtplib.SMTPDataError(452, b"full"), "queued"),
            (smtplib.SMTPAuthenticationError(535, b"who are you"), "queued"),
            (smtplib.SMTPServerDisconnected("gone"), "queued"),
        ],
    )
    def test_for_good_or_for_now(self, greet, monkeypatch, error, state):
        fail_with(monkeypatch, error)
        delivery = queue()
        delivering.deliver([delivery.pk])
        delivery.refresh_from_db()
        assert delivery.state == state
        assert delivery.error

    def test_what_is_not_wanted_any_longer_is_not_sent(self, greet):
        greet["now"] = NotWanted("They left.")
        delivery = queue()
        assert not delivering.deliver([delivery.pk])
        assert mail.outbox == []
        assert not Delivery.objects.exists()
        greet["now"] = Message("Hello", "plain", "<p>html</p>")
        assert delivering.deliver([queue().pk])

    def test_a_fault_in_composing_loses_nothing(self, greet, caplog):
        greet["now"] = KeyError("post")
        delivery = queue()
        assert not delivering.deliver([delivery.pk])
        delivery.refresh_from_db()
        assert delivery.state == "queued"
        assert "ann@" not in caplog.text

    def test_a_kind_that_nobody_knows_waits_for_its_app(self):
        delivery = Delivery.objects.queue("x", "of.an.app.that.left", "ann@reader.example")
        assert not delivering.deliver([delivery.pk])
        delivery.refresh_from_db()
        assert delivery.state == "queued"
        assert "of.an.app.that.left" in delivery.error

    def test_stuck_ones_return_after_an_hour_under_the_same_message_id(self, greet):
        delivery = queue()
        delivery.claim()
        Delivery.objects.return_stuck(timezone.now() + dt.timedelta(minutes=59))
        assert not delivering.deliver([delivery.pk])
        Delivery.objects.return_stuck(timezone.now() + dt.timedelta(minutes=61))
        Delivery.objects.update(next_try_at=timezone.now())
        assert delivering.deliver([delivery.pk])
        assert mail.outbox[0].message()["Message-ID"] == delivery.message_id

    def test_one_who_was_taken_for_lost_records_nothing(self, greet):
        delivery = queue()
        delivery.claim()
        Delivery.objects.update(state="queued")
        delivery.record_sent()
        assert Delivery.objects.get().state == "queued"

    def test_a_failed_one_can_be_tried_again(self, greet):
        delivery = queue()
        delivery.claim()
        delivery.record_failure("Refused.", is_final=True)
        assert not delivering.deliver([delivery.pk])
        delivery.try_again()
        assert delivering.deliver([delivery.pk])


@pytest.mark.usefixtures("greet")
class TestTheClock:
    def test_deliver_asks_for_what_is_due_and_only_once(self, django_capture_on_commit_callbacks):
        queue()
        Delivery.objects.update(nudged_at=None)
        with django_capture_on_commit_callbacks() as asked:
            call_command("deliver")
            call_command("deliver")
        assert len(asked) == 1

    def test_one_that_nobody_came_for_is_asked_for_again(self, django_capture_on_commit_callbacks):
        queue()
        Delivery.objects.update(nudged_at=timezone.now() - dt.timedelta(minutes=11))
        with django_capture_on_commit_callbacks() as asked:
            call_command("deliver")
        assert len(asked) == 1

    def test_where_no_worker_comes_tasks_do_not_pile_up(self, django_capture_on_commit_callbacks, monkeypatch):
        monkeypatch.setattr(ledger, "BATCH", 2)
        monkeypatch.setattr(ledger, "MOST_WAITING", 5)
        rows = [Delivery(key=f"greet:{n}", kind="greet", recipient="ann@reader.example") for n in range(40)]
        Delivery.objects.bulk_create(rows)
        at = timezone.now()
        for _ in range(20):
            at += dt.timedelta(minutes=11)
            with django_capture_on_commit_callbacks(execute=True):
                Delivery.objects.nudge_due(at)
        assert DBTaskResult.objects.count() == 5
        DBTaskResult.objects.filter(pk=DBTaskResult.objects.first().pk).update(status="SUCCESSFUL")
        with django_capture_on_commit_callbacks(execute=True):
            Delivery.objects.nudge_due(at + dt.timedelta(minutes=11))
        assert DBTaskResult.objects.ready().count() == 5

    def test_tasks_of_others_take_no_room(self, django_capture_on_commit_callbacks, monkeypatch):
        monkeypatch.setattr(ledger, "MOST_WAITING", 1)
        with django_capture_on_commit_callbacks(execute=True):
            queue()
        DBTaskResult.objects.update(task_path="posts.webhooks.tasks.call")
        Delivery.objects.update(nudged_at=None)
        with django_capture_on_commit_callbacks() as asked:
            call_command("deliver")
        assert len(asked) == 1

    def test_tidy_forgets_tasks_whose_worker_was_killed(self, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            old, new, _waiting = queue("old"), queue("new"), queue("waiting")
        started = {old.pk: dt.timedelta(hours=25), new.pk: dt.timedelta(hours=23)}
        for task in DBTaskResult.objects.all():
            [pk] = task.args_kwargs["args"]
            if pk in started:
                DBTaskResult.objects.filter(pk=task.pk).update(
                    status="RUNNING", started_at=timezone.now() - started[pk]
                )
        call_command("tidy")
        assert sorted(DBTaskResult.objects.values_list("status", flat=True)) == ["READY", "RUNNING"]

    def test_tidy_forgets_what_came_to_its_end_a_while_ago(self):
        for key in ("old", "new"):
            delivering.deliver([queue(key).pk])
        queue("waiting")
        Delivery.objects.exclude(key="new").update(queued_at=timezone.now() - dt.timedelta(days=41))
        call_command("tidy")
        assert set(Delivery.objects.values_list("key", flat=True)) == {"new", "waiting"}


def test_the_database_knows_the_states():
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(key="a", kind="b", recipient="c@d.example", state="lost")


def test_what_is_due_is_read_from_an_index():
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        assert "delivery_due" in Delivery.objects.due().explain()


def test_a_subject_is_one_line():
    message = render_message("comment_proof", "Two\r\nBcc: x@y.example\nlines", {"url": "https://watch.example/"})
    assert message.subject == "Two Bcc: x@y.example lines"


@pytest.mark.parametrize(
    "typed", ["=?utf-8?q?Evil?= title", "a =?utf-8?b?RXZpbA==?=", "=?x?= =?utf-8?q?E?=" * 9, "é =?=?"]
)
def test_a_subject_is_shown_as_it_was_typed(greet, typed):
    greet["now"] = Message(typed, "plain", "<p>html</p>")
    delivering.deliver([queue().pk])
    raw = mail.outbox[0].message().as_bytes()
    shown = email.message_from_bytes(raw, policy=email.policy.default)["Subject"]
    assert shown == typed.replace("=?", "=\u200b?")
