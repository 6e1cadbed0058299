"""Several clocks, workers and readers at the same moment: told once, asked once, subscribed once."""

import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from posts.outbox import delivering
from posts.outbox.models import Delivery
from posts.subscriptions import announcing, asking
from posts.subscriptions.asking import Wish
from posts.subscriptions.importing import Row, Terms, invite_all
from posts.subscriptions.models import Announcement, Consent, Subscriber, Subscription
from tests.factories import make_post, make_subscriber

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite in memory has one connection for all"),
]


def at_once(*acts: Callable[[], object]) -> None:
    """Run these at the same moment; raise what one of them raised."""
    barrier, errors = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            act()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_three_clocks_and_two_workers_tell_each_reader_once(monkeypatch, mailoutbox):
    monkeypatch.setattr(announcing, "SLICE", 7)
    for _ in range(60):
        make_subscriber()
    for _ in range(2):
        make_post(at=timezone.now())

    def tick() -> None:
        call_command("announce", verbosity=0)

    def work() -> None:
        for _ in range(5):
            delivering.deliver(list(Delivery.objects.filter(state="queued").values_list("pk", flat=True)))

    at_once(tick, tick, tick, work, work)
    tick()
    work()
    assert Announcement.objects.filter(finished_at=None).count() == 0
    assert [each.told for each in Announcement.objects.all()] == [60, 60]
    told = Counter((letter.to[0], letter.subject) for letter in mailoutbox)
    assert len(told) == 120
    assert set(told.values()) == {1}


def test_three_clocks_write_one_digest_each():
    since = timezone.now() - dt.timedelta(days=40)
    for _ in range(20):
        make_subscriber("", "/=daily", since=since)
    post = make_post(at=timezone.now() - dt.timedelta(hours=30))
    Announcement.objects.create(post=post, made_at=post.published_at, finished_at=post.published_at)
    at_once(*[lambda: call_command("announce", verbosity=0)] * 3)
    letters = Counter(Delivery.objects.filter(kind="subscriptions.digest").values_list("recipient", flat=True))
    assert len(letters) == 20
    assert set(letters.values()) == {1}


def test_of_two_digests_of_one_minute_a_post_stands_in_one():
    since = timezone.now() - dt.timedelta(days=40)
    make_post("x", tags=["a", "b"], slug="x")
    for _ in range(150):
        make_subscriber("", "/tag/a/=daily", "/tag/b/=weekly", since=since)
    post = make_post(at=timezone.now() - dt.timedelta(days=8), tags=["a", "b"])
    Announcement.objects.create(post=post, made_at=post.published_at, finished_at=post.published_at)
    at_once(*[lambda: call_command("announce", verbosity=0)] * 4)
    letters = Counter(Delivery.objects.values_list("recipient", flat=True))
    assert len(letters) == 150
    assert set(letters.values()) == {1}


def test_saving_and_leaving_at_once_is_no_fault():
    make_post(tags=["a"])
    for _ in range(6):
        reader = make_subscriber("", "/=weekly", "/tag/a/=daily")
        address, saved = f"/u/{reader.token}/", {"save": "1", "whole": "1", "hour": "9", "tags": "a"}
        answers = []

        def save(address=address, saved=saved, answers=answers) -> None:
            answers.append(Client().post(address, saved).status_code)

        def leave(address=address, answers=answers) -> None:
            answers.append(Client().post(address).status_code)

        at_once(save, leave, save)
        assert set(answers) <= {200, 404}
    assert not Subscriber.objects.exists()


def test_one_list_brought_twice_at_once_is_asked_once():
    rows = [Row(f"r{number}@reader.example") for number in range(120)]
    terms = Terms({"/": "weekly"}, "A list", "Signed.")
    at_once(lambda: invite_all(rows, terms), lambda: invite_all(rows[::-1], terms))
    assert Delivery.objects.count() == 120


def test_many_who_ask_for_one_address_leave_one_asking_and_one_letter():
    wish = Wish("ann@reader.example", {"/": "post"})

    @transaction.atomic
    def ask() -> None:
        asking.send_letter(asking._note(wish))

    at_once(*[ask] * 6)
    assert Consent.objects.count() == 1
    assert Delivery.objects.count() == 1


def test_a_button_pressed_twice_at_once_subscribes_once():
    consent = Consent.objects.create(email="ann@reader.example", scopes={"/": "post"})
    answers = []

    def press() -> None:
        answers.append(Client().post(f"/subscribe/confirm/{consent.token}/", {"confirm": "1"}).status_code)

    at_once(*[press] * 4)
    assert answers == [200] * 4
    assert Subscriber.objects.count() == Subscription.objects.count() == 1


def test_leaving_while_letters_are_written_and_sent(mailoutbox):
    readers = [make_subscriber() for _ in range(20)]
    make_post(at=timezone.now())

    def leave() -> None:
        for reader in readers:
            assert Client().post(f"/u/{reader.token}/").status_code == 200

    def tick() -> None:
        call_command("announce", verbosity=0)
        delivering.deliver(list(Delivery.objects.filter(state="queued").values_list("pk", flat=True)))

    at_once(leave, tick, tick)
    assert not Subscriber.objects.exists()
    tick()
    assert len({letter.to[0] for letter in mailoutbox}) == len(mailoutbox)
