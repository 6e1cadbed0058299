"""Whose letters came back, and what follows."""

import datetime as dt
import itertools

import pytest
from django.utils import timezone

from posts.outbox.models import Delivery
from posts.subscriptions.bounces import COMPLAINT, HARD, SOFT, Notice
from posts.subscriptions.bouncing import Counts, look_at_ledger, record
from posts.subscriptions.models import Bounce, Consent, Subscriber

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
_numbers = itertools.count(1)


def make_reader(email: str = "ann@reader.example", since: dt.datetime = NOW - 100 * DAY) -> Subscriber:
    return Subscriber.objects.create(email=email, made_at=since, state_since=since)


def make_letter(
    recipient: str = "ann@reader.example", kind: str = "subscriptions.post", at: dt.datetime = NOW - HOUR
) -> Delivery:
    columns = {"key": f"letter:{next(_numbers)}", "kind": kind, "recipient": recipient}
    return Delivery.objects.create(state="sent", sent_at=at, queued_at=at, claimed_at=at, **columns)


def make_refused(error: str, recipient: str = "ann@reader.example", **columns) -> Delivery:
    key, at = f"letter:{next(_numbers)}", NOW - HOUR
    columns = {"kind": "subscriptions.post", "queued_at": at, "claimed_at": at, "state": "failed", **columns}
    return Delivery.objects.create(key=key, recipient=recipient, error=error, is_refused=True, **columns)


def notice(letter: Delivery | None = None, kind: str = HARD, **fields) -> Notice:
    told = {
        "recipient": "ann@reader.example",
        "message_id": letter.message_id if letter else "",
        "kind": kind,
        "code": "5.1.1",
        "words": "550 5.1.1 nobody",
        "at": NOW - HOUR,
        "key": f"report:{next(_numbers)}",
    }
    return Notice(**{**told, **fields})


def reason(reader: Subscriber) -> str:
    reader.refresh_from_db()
    return reader.reason


class TestWhose:
    def test_a_letter_that_came_back_suspends_its_reader(self):
        reader, letter = make_reader(), make_letter()
        assert record([notice(letter)], NOW) == Counts(recorded=1, suspended=1)
        assert (reason(reader), reader.state_since) == ("bounced", NOW)
        bounce = Bounce.objects.get()
        assert (bounce.email, bounce.kind, bounce.code) == ("ann@reader.example", "hard", "5.1.1")
        assert (bounce.words, bounce.at) == ("550 5.1.1 nobody", NOW - HOUR)

    def test_the_ledger_knows_the_recipient_better_than_the_report(self):
        reader, other = make_reader(), make_reader("bob@reader.example")
        make_letter("bob@reader.example")
        record([notice(make_letter(), recipient="bob@reader.example")], NOW)
        assert (reason(reader), reason(other)) == ("bounced", "")

    def test_a_letter_that_is_none_of_ours_suspends_nobody(self):
        reader = make_reader()
        make_letter()
        assert record([notice(make_letter(kind="comments.answer"))], NOW) == Counts(others=1)
        assert reason(reader) == ""
        assert not Bounce.objects.exists()

    def test_without_a_letter_the_address_counts_to_which_one_went_lately(self):
        reader = make_reader()
        make_letter(at=NOW - 13 * DAY)
        assert record([notice(message_id="<unknown@elsewhere.example>")], NOW) == Counts(recorded=1, suspended=1)
        assert reason(reader) == "bounced"

    @pytest.mark.parametrize(
        "letter",
        [
            {"at": NOW - 15 * DAY},
            {"at": NOW + 2 * DAY},
            {"recipient": "bob@reader.example"},
            {"kind": "comments.answer"},
        ],
    )
    def test_a_forged_report_silences_nobody_to_whom_nothing_went(self, letter):
        reader = make_reader()
        make_letter(**letter)
        assert record([notice(), notice(recipient="")], NOW) == Counts(others=2)
        assert reason(reader) == ""

    def test_a_letter_that_was_never_sent_cannot_have_come_back(self):
        reader = make_reader()
        Delivery.objects.create(key="x", kind="subscriptions.post", recipient=reader.email)
        assert record([notice()], NOW) == Counts(others=1)

    def test_of_whoever_is_no_subscriber_nothing_is_kept(self):
        assert record([notice(make_letter(kind="subscriptions.ask"))], NOW) == Counts(others=1)
        assert not Bounce.objects.exists()


class TestOnce:
    def test_the_same_report_twice_is_one(self):
        make_reader()
        letter = make_letter()
        report = notice(letter)
        assert record([report, report], NOW) == Counts(recorded=1, suspended=1, known=1)
        assert record([report], NOW) == Counts(known=1)
        assert record([notice(letter)], NOW) == Counts(known=1)
        assert Bounce.objects.count() == 1

    def test_who_has_confirmed_again_is_not_suspended_by_what_is_read_again(self):
        reader, report = make_reader(), notice(make_letter(), at=None)
        record([report], NOW)
        reader.resume(NOW + HOUR)
        record([report], NOW + DAY)
        assert reason(reader) == ""

    def test_a_report_that_is_worse_counts_beside_the_first(self):
        reader, letter = make_reader(), make_letter()
        assert record([notice(letter, SOFT)], NOW) == Counts(recorded=1)
        assert record([notice(letter, HARD)], NOW) == Counts(recorded=1, suspended=1)
        assert reason(reader) == "bounced"


class TestWhatFollows:
    def test_a_complaint_suspends_at_once(self):
        reader = make_reader()
        record([notice(make_letter(), COMPLAINT, code="", words="abuse")], NOW)
        assert reason(reader) == "complained"

    def test_three_letters_that_came_back_for_now_within_two_weeks_suspend(self):
        reader, letters = make_reader(), [make_letter() for _ in range(3)]
        # In any order: a mailbox is no diary.
        moments = [NOW - 14 * DAY, NOW, NOW - 5 * DAY]
        reports = [notice(letter, SOFT, at=at) for letter, at in zip(letters, moments, strict=True)]
        assert record(reports[:2], NOW) == Counts(recorded=2)
        assert reason(reader) == ""
        assert record(reports[2:], NOW) == Counts(recorded=1, suspended=1)
        assert reason(reader) == "bounced"

    def test_three_reports_of_one_letter_do_not(self):
        reader, letter = make_reader(), make_letter()
        record([notice(letter, SOFT) for _ in range(3)], NOW)
        record([notice(message_id="<unknown@elsewhere.example>", kind=SOFT) for _ in range(3)], NOW)
        assert Bounce.objects.count() == 2
        assert reason(reader) == ""

    def test_nor_do_three_letters_with_more_time_between(self):
        reader = make_reader()
        moments = [NOW - 15 * DAY, NOW - 7 * DAY, NOW]
        record([notice(make_letter(), SOFT, at=at) for at in moments], NOW)
        assert Bounce.objects.count() == 3
        assert reason(reader) == ""

    @pytest.mark.parametrize("kind", [HARD, COMPLAINT])
    def test_what_came_back_before_they_confirmed_does_not_count(self, kind):
        reader = make_reader(since=NOW - DAY)
        assert record([notice(make_letter(), kind, at=NOW - 2 * DAY)], NOW) == Counts(recorded=1)
        assert reason(reader) == ""

    def test_nor_what_came_back_before_an_active_reader_confirmed_once_more(self):
        reader = make_reader()
        Consent.objects.create(email=reader.email, subscriber=reader, confirmed_at=NOW - HOUR)
        assert record([notice(make_letter(), at=NOW - DAY)], NOW) == Counts(recorded=1)
        assert reason(reader) == ""

    def test_nor_what_came_back_before_they_were_resumed(self):
        reader = make_reader()
        reader.suspend(Subscriber.Reason.DESK, NOW - 3 * DAY)
        reader.resume(NOW - DAY)
        record([notice(make_letter(), SOFT, at=NOW - 2 * DAY) for _ in range(2)], NOW)
        record([notice(make_letter(), SOFT)], NOW)
        assert Bounce.objects.count() == 3
        assert reason(reader) == ""
        record([notice(make_letter())], NOW)
        assert reason(reader) == "bounced"

    def test_whom_the_desk_suspended_stays_so(self):
        reader = make_reader()
        reader.suspend(Subscriber.Reason.DESK, NOW - 3 * DAY)
        assert record([notice(make_letter())], NOW) == Counts(recorded=1)
        assert reason(reader) == "desk"


class TestLookingAtTheLedger:
    @pytest.mark.parametrize(
        ("error", "kind", "code"),
        [
            ("550 5.1.1 no such user", "hard", "5.1.1"),
            ("550 no such user", "hard", ""),
            ("551 elsewhere", "hard", ""),
            ("553 no", "hard", ""),
            ("552 full", "soft", ""),
            ("554 no", "soft", ""),
            ("550 5.7.1 we do not like you", "soft", "5.7.1"),
            ("552 5.2.2 full", "soft", "5.2.2"),
            ("550 5.6.7 The name before the @ has letters that our mail cannot carry (RFC 6531).", "soft", "5.6.7"),
        ],
    )
    def test_a_refused_recipient_is_a_letter_that_came_back(self, error, kind, code):
        reader, letter = make_reader(), make_refused(error)
        is_hard = kind == "hard"
        assert look_at_ledger(NOW) == Counts(recorded=1, suspended=int(is_hard))
        assert reason(reader) == ("bounced" if is_hard else "")
        bounce = Bounce.objects.get()
        assert (bounce.key, bounce.kind, bounce.code, bounce.words) == (f"delivery:{letter.pk}", kind, code, error)
        assert bounce.at == NOW - HOUR
        assert look_at_ledger(NOW) == Counts()

    def test_three_letters_that_were_refused_for_now_suspend(self):
        reader = make_reader()
        for _ in range(3):
            make_refused("552 5.2.2 full")
        assert look_at_ledger(NOW) == Counts(recorded=3, suspended=1)
        assert reason(reader) == "bounced"

    def test_other_letters_and_strangers_are_left_alone(self):
        make_reader()
        make_refused("550 5.1.1 nobody", kind="comments.answer")
        make_refused("550 5.1.1 nobody", "bob@reader.example")
        make_refused("550 5.1.1 nobody", state="queued")
        assert look_at_ledger(NOW) == Counts()
        assert not Bounce.objects.exists()

    def test_a_refusal_before_they_confirmed_does_not_count(self):
        reader = make_reader(since=NOW - DAY)
        make_refused("550 5.1.1 nobody", kind="subscriptions.ask", claimed_at=NOW - 2 * DAY)
        assert look_at_ledger(NOW) == Counts(recorded=1)
        assert reason(reader) == ""

    def test_it_asks_once_where_nothing_is_new(self, django_assert_num_queries):
        make_reader()
        for number in range(3):
            make_refused("550 5.1.1 nobody")
            make_refused("550 5.1.1 nobody", f"{number}@stranger.example")
            look_at_ledger(NOW)
            with django_assert_num_queries(1):
                look_at_ledger(timezone.now())
