"""The ledger against a real server that is slow, refuses, drops, is down: each message arrives once."""

import datetime as dt
import smtplib
import time
from collections import Counter

import pytest
from django.utils import timezone

from posts.outbox import delivering, smtp
from posts.outbox.composing import Message, composes
from posts.outbox.ledger import LOST_TWICE
from posts.outbox.models import Delivery
from tests.posts.outbox.conftest import queue, states

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("mail_by_smtp"),
    # A connection that the server itself aborts is closed by nobody else.
    pytest.mark.filterwarnings("ignore:.*StreamWriter.*:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:.*StreamWriter.*:pytest.PytestUnraisableExceptionWarning"),
]


class Clock:
    """Time as an argument: the clock's job and the worker's, at that moment."""

    def __init__(self) -> None:
        self.now = timezone.now()

    def pass_time(self, **time: float) -> None:
        self.now += dt.timedelta(**time)

    def tick(self) -> int:
        Delivery.objects.return_stuck(self.now)
        queued = Delivery.objects.filter(state="queued").in_turn()
        return delivering.deliver(list(queued.values_list("pk", flat=True)), self.now)


class TestAWellServer:
    def test_many_messages_share_one_connection(self, server):
        assert delivering.deliver(queue(20)) == 20
        assert server.connections == 1
        assert len(set(server.ids)) == 20
        assert states() == {"sent": 20}

    def test_it_keeps_to_the_rate(self, server, settings):
        settings.EMAIL_RATE = 20
        pks = queue(10)
        begin = time.monotonic()
        delivering.deliver(pks)
        # Nine waits of a twentieth of a second, and the machine may only make it longer.
        assert time.monotonic() - begin > 0.4

    def test_a_connection_that_ended_between_two_messages_is_opened_anew(self, server):
        server.drops_after = 3

        pks = queue(3)
        with smtp.Line() as line:
            for pk in pks:
                delivery = Delivery.objects.get(pk=pk)
                line.send(delivering.as_email(delivery, Message("Hello", "Hello", "<p>Hello</p>")))
            time.sleep(0.3)
            delivery = Delivery.objects.get(pk=pks[0])
            line.send(delivering.as_email(delivery, Message("Again", "Again", "<p>Again</p>")))
        assert server.connections == 2
        assert len(server.accepted) == 4


class TestASlowServer:
    def test_each_arrives_once(self, server):
        server.seconds = 0.2
        assert delivering.deliver(queue(5)) == 5
        assert len(server.ids) == len(set(server.ids)) == 5


class TestARefusingServer:
    def test_an_unknown_mailbox_is_given_up_and_the_others_get_theirs(self, server):
        server.rcpt = lambda address: "550 5.1.1 no such user" if address.startswith("r1@") else None
        assert delivering.deliver(queue(3)) == 2
        assert server.connections == 1
        refused = Delivery.objects.get(key="greet:1")
        assert (refused.state, refused.is_refused, refused.error) == ("failed", True, "550 5.1.1 no such user")

    def test_451_is_tried_again_with_patience(self, server):
        tries = Counter()

        def greylist(address):
            tries[address] += 1
            return "451 4.7.1 try again later" if tries[address] < 3 else None

        server.rcpt = greylist
        queue(3)
        clock = Clock()
        assert clock.tick() == 0
        clock.pass_time(minutes=1)
        assert clock.tick() == 0
        assert set(tries.values()) == {1}  # not before its time
        clock.pass_time(minutes=1, seconds=1)
        assert clock.tick() == 0
        clock.pass_time(minutes=6, seconds=1)
        assert clock.tick() == 3
        assert len(server.ids) == 3

    def test_spam_at_the_end_of_the_data_is_final_and_says_nothing_against_the_mailbox(self, server):
        server.data = lambda message: "554 5.7.1 spam"
        assert delivering.deliver(queue(1)) == 0
        delivery = Delivery.objects.get()
        assert (delivery.state, delivery.is_refused) == ("failed", False)

    def test_a_full_disk_over_there_is_for_now(self, server):
        server.data = lambda message: "452 4.3.1 full"
        delivering.deliver(queue(1))
        server.data = lambda message: None
        clock = Clock()
        clock.pass_time(minutes=3)
        assert clock.tick() == 1

    def test_a_mailbox_that_no_server_takes_is_given_up_at_once(self, server):
        Delivery.objects.queue("odd", "greet", "jürgen@reader.example")
        assert delivering.deliver(Delivery.objects.values_list("pk", flat=True)) == 0
        assert Delivery.objects.get().state == "failed"
        assert server.connections == 0


class TestALostAnswer:
    def test_it_is_sent_once_more_under_the_same_message_id(self, server):
        server.data = lambda message: "drop"
        queue(1)
        clock = Clock()
        assert clock.tick() == 0
        assert Delivery.objects.get().is_doubtful
        server.data = lambda message: None
        clock.pass_time(minutes=29)
        assert clock.tick() == 0
        clock.pass_time(minutes=2)
        assert clock.tick() == 1
        assert len(server.accepted) == 2
        assert len(set(server.ids)) == 1
        assert states() == {"sent": 1}

    def test_and_never_a_third_time(self, server):
        server.data = lambda message: "drop"
        queue(1)
        clock = Clock()
        for _ in range(12):
            clock.tick()
            clock.pass_time(hours=12)
        assert len(server.accepted) == 2
        delivery = Delivery.objects.get()
        assert delivery.state == "failed"
        assert delivery.error.startswith(LOST_TWICE)

    def test_the_others_of_the_batch_arrive_once(self, server):
        dropped = []

        def drop_one(message):
            if "r2@" in message["To"] and not dropped:
                dropped.append(message)
                return "drop"
            return None

        server.data = drop_one
        queue(5)
        clock = Clock()
        assert clock.tick() == 4
        clock.pass_time(minutes=31)
        assert clock.tick() == 1
        assert Counter(server.recipients) == {f"r{n}@reader.example": 2 if n == 2 else 1 for n in range(5)}


class TestAServerThatIsDown:
    def test_for_an_hour_loses_and_doubles_nothing(self, server, settings, caplog):
        port = settings.MAILERS["default"]["OPTIONS"]["port"]
        settings.MAILERS["default"]["OPTIONS"]["port"] = 1
        queue(30)
        clock = Clock()
        for _ in range(30):
            assert clock.tick() == 0
            clock.pass_time(minutes=2)
        # One letter knocked each time, not all of them, and none is charged for it.
        assert set(Delivery.objects.values_list("attempts", flat=True)) == {0}
        assert Delivery.objects.exclude(error="").count() == 30
        settings.MAILERS["default"]["OPTIONS"]["port"] = port
        for _ in range(12):
            clock.pass_time(hours=1)
            clock.tick()
        assert states() == {"sent": 30}
        assert len(server.ids) == len(set(server.ids)) == 30
        assert "reader.example" not in caplog.text

    def test_one_that_takes_nothing_from_us_holds_all_up_for_a_little(self, server, monkeypatch):
        def refuse(self, *args, **kwargs):
            raise smtplib.SMTPSenderRefused(451, b"4.7.0 too many", "htwatch@watch.example")

        monkeypatch.setattr(smtplib.SMTP, "sendmail", refuse)
        queue(5)
        clock = Clock()
        assert clock.tick() == 0
        assert set(Delivery.objects.values_list("attempts", flat=True)) == {0}
        assert Delivery.objects.exclude(error="").count() == 1
        monkeypatch.undo()

    def test_for_half_a_day_keeps_nobody_waiting_once_it_is_back(self, server, settings):
        port = settings.MAILERS["default"]["OPTIONS"]["port"]
        settings.MAILERS["default"]["OPTIONS"]["port"] = 1
        queue(3)
        clock = Clock()
        for _ in range(13 * 30):
            assert clock.tick() == 0
            clock.pass_time(minutes=2)
        settings.MAILERS["default"]["OPTIONS"]["port"] = port
        sent = clock.tick()
        clock.pass_time(minutes=4)
        assert sent + clock.tick() == 3

    def test_for_days_ends_what_waited(self, settings):
        settings.MAILERS["default"]["OPTIONS"]["port"] = 1
        queue(2)
        clock = Clock()
        clock.pass_time(days=4, hours=23)
        assert clock.tick() == 0
        assert states() == {"queued": 2}
        clock.pass_time(hours=2)
        clock.tick()
        clock.pass_time(minutes=4)
        clock.tick()
        assert states() == {"failed": 2}

    @pytest.mark.parametrize("answer", ["drop", "421 4.3.0 bye"])
    @pytest.mark.parametrize("number", [1, 4])
    @pytest.mark.parametrize("minutes", [1, 4, 10])
    def test_letters_at_which_it_hangs_up_do_not_hold_up_the_others(self, server, answer, number, minutes):
        server.rcpt = lambda address: answer if int(address[1 : address.index("@")]) < number else None
        queue(20)
        clock = Clock()
        for _ in range(0, 60, minutes):
            clock.tick()
            clock.pass_time(minutes=minutes)
        assert states() == {"sent": 20 - number, "queued": number}
        assert set(Delivery.objects.filter(state="queued").values_list("attempts", flat=True)) == {0}


class TestAnAnswerThatIsNone:
    @pytest.mark.parametrize("answer", [b"251 accepted\r\n", b"200 fine\r\n", b"250", b"250-so\r\n250 OK\r\n"])
    def test_all_that_begins_with_a_two_is_yes(self, blunt, answer):
        blunt.at_end = answer
        assert delivering.deliver(queue(1)) == 1
        assert states() == {"sent": 1}
        assert blunt.contents == 1

    @pytest.mark.parametrize(
        "answer", [b"", b"25", b"garbage\r\n", b"250-so\r\n", b"354 go on\r\n", b"\x00\r\n", b"5" * 9000]
    )
    @pytest.mark.parametrize("hangs_up", [True, False])
    def test_whatever_else_leaves_it_in_doubt_and_is_sent_once_more(self, blunt, settings, answer, hangs_up):
        settings.MAILERS["default"]["OPTIONS"]["timeout"] = 0.3
        blunt.at_end, blunt.hangs_up = answer, hangs_up
        queue(1)
        clock = Clock()
        for _ in range(20):
            assert clock.tick() == 0
            clock.pass_time(hours=3)
        assert blunt.contents == 2
        assert Delivery.objects.get().error.startswith(LOST_TWICE)

    @pytest.mark.parametrize("answer", [b"451 later\r\n", b"554 spam\r\n"])
    def test_a_refusal_is_one_even_if_it_hangs_up_then(self, blunt, answer):
        blunt.at_end = answer
        delivering.deliver(queue(1))
        assert not Delivery.objects.get().is_doubtful
        assert Delivery.objects.get().error == answer.decode().strip()

    @pytest.mark.parametrize("answer", [None, b"garbage\r\n", b"250 OK\r\n"])
    def test_before_the_content_it_is_no_doubt(self, blunt, answer):
        blunt.at_data = answer
        [pk] = queue(1)
        delivering.deliver([pk])
        row = Delivery.objects.get()
        assert (row.state, row.attempts, row.is_doubtful) == ("queued", 0, False)
        blunt.at_data = b"354 go on\r\n"
        clock = Clock()
        clock.pass_time(minutes=4)
        assert clock.tick() == 1

    def test_while_the_content_goes_out_it_is_no_doubt(self, blunt):
        @composes("greet")
        def compose(data):
            return Message("Long", "All work and no play.\n" * 1_000_000, "<p>Long</p>")

        blunt.takes = 1000
        delivering.deliver(queue(1))
        row = Delivery.objects.get()
        assert (row.state, row.attempts, row.is_doubtful) == ("queued", 0, False)

    def test_one_that_never_ends_does_not_hold_the_worker(self, blunt, monkeypatch):
        monkeypatch.setattr(smtp, "LONGEST_ANSWER", 0.5)
        blunt.at_end = b"250-and\r\n" * 20
        blunt.pause = 0.1
        begin = time.monotonic()
        delivering.deliver(queue(1))
        assert time.monotonic() - begin < 1.5
        assert Delivery.objects.get().is_doubtful


class TestAServerThatHasEnough:
    @pytest.mark.parametrize(
        ("command", "answer"),
        [
            (command, answer)
            for command in ("MAIL", "RCPT", "DATA")
            for answer in ("421 4.7.0 enough", "452 4.5.3 enough", "drop")
            if (command, answer) != ("DATA", "drop")  # that is a lost answer
        ],
    )
    def test_of_one_connection_is_asked_over_another(self, server, settings, command, answer):
        settings.EMAIL_RATE = 10_000
        server.most, server.enough_at, server.enough = 10, command, answer
        assert delivering.deliver(queue(100)) == 100
        assert server.connections == 10
        assert set(Delivery.objects.values_list("state", "attempts")) == {("sent", 1)}
        assert len(server.ids) == len(set(server.ids)) == 100

    def test_from_the_first_on_is_unusable(self, server):
        server.mail = lambda address: "421 4.7.0 go away"
        delivering.deliver(queue(3))
        assert server.connections == 1
        assert set(Delivery.objects.values_list("state", "attempts")) == {("queued", 0)}

    def test_452_for_one_mailbox_is_its_own_delay(self, server):
        server.rcpt = lambda address: "452 4.2.2 over quota" if address.startswith("r1@") else None
        assert delivering.deliver(queue(3)) == 2
        row = Delivery.objects.get(key="greet:1")
        assert (row.state, row.attempts) == ("queued", 1)


class TestALetterThatIsTooLong:
    @pytest.mark.parametrize("answer", ["552 too much", "552 5.3.4 too big", "554 message size exceeds the limit"])
    def test_fails_alone(self, server, answer):
        seen = []
        server.mail = lambda address: answer if not seen and not seen.append(1) else None
        assert delivering.deliver(queue(3)) == 2
        assert states() == {"failed": 1, "sent": 2}
        assert not Delivery.objects.get(state="failed").is_refused

    def test_to_everybody_fails_alone_too(self, server):
        server.mail = lambda address: "552 too much"
        delivering.deliver(queue(5, "reader{}.example"))
        assert states() == {"failed": 5}

    @pytest.mark.parametrize("answer", ["552 5.2.2 you have sent too much", "550 who are you", "452 full"])
    def test_other_words_against_the_sender_hold_all_up(self, server, answer):
        server.mail = lambda address: answer
        assert delivering.deliver(queue(3)) == 0
        assert set(Delivery.objects.values_list("state", "attempts")) == {("queued", 0)}


class TestARelayThatDoesNotKnowUs:
    @pytest.mark.parametrize(
        "answer",
        [
            "550 relay not permitted",
            "554 5.7.1 <{}>: Relay access denied",
            "550 5.7.1 relaying denied",
            "530 5.7.0 Authentication required",
            "535 no",
        ],
    )
    def test_costs_nobody_anything(self, server, answer, caplog):
        server.rcpt = answer.format
        queue(10, "reader{}.example")
        clock = Clock()
        for _ in range(12):
            assert clock.tick() == 0
            clock.pass_time(hours=4)
        assert set(Delivery.objects.values_list("state", "attempts")) == {("queued", 0)}
        assert "@reader" not in caplog.text
        server.rcpt = lambda address: None
        assert clock.tick() == 10

    @pytest.mark.parametrize("answer", ["550 no", "550 <{}> no", "554 5.0.0 no", "550 blocked, see ref {}"])
    def test_and_says_only_no_costs_nobody(self, server, answer):
        server.rcpt = answer.format
        queue(10, "reader{}.example")
        clock = Clock()
        for _ in range(12):
            assert clock.tick() == 0
            clock.pass_time(hours=4)
        assert states() == {"queued": 10}
        assert not Delivery.objects.filter(is_refused=True).exists()
        server.rcpt = lambda address: None
        assert clock.tick() == 10

    def test_mailboxes_that_are_gone_are_gone(self, server):
        server.rcpt = lambda address: "550 5.1.1 no such user"
        delivering.deliver(queue(10, "reader{}.example"))
        assert states() == {"failed": 10}

    def test_same_words_with_a_success_between_are_believed(self, server):
        server.rcpt = lambda address: "550 no" if address[1] in "0134679" else None
        delivering.deliver(queue(10, "reader{}.example"))
        assert states() == {"failed": 7, "sent": 3}

    def test_a_policy_may_pass(self, server):
        server.rcpt = lambda address: "550 5.7.1 listed at a blocklist"
        delivering.deliver(queue(1))
        row = Delivery.objects.get()
        assert (row.state, row.attempts, row.is_refused) == ("queued", 1, False)


class Killed(BaseException):
    """What a kill looks like from within: nothing after it runs."""


STEPS = {
    "before it is claimed": ("posts.outbox.models.Delivery", "claim", "before"),
    "after it was claimed": ("posts.outbox.models.Delivery", "claim", "after"),
    "before it is composed": ("posts.outbox.delivering", "compose", "before"),
    "after it was composed": ("posts.outbox.delivering", "as_email", "after"),
    "before the connection": ("posts.outbox.smtp.Line", "open", "before"),
    "before it is handed over": ("posts.outbox.models.Delivery", "hand_over", "before"),
    "after it was handed over": ("posts.outbox.models.Delivery", "hand_over", "after"),
    "before it is sent": ("posts.outbox.smtp.Line", "send", "before"),
    "after the server took it": ("posts.outbox.smtp.Line", "send", "after"),
    "before that is recorded": ("posts.outbox.models.Delivery", "record_sent", "before"),
    "after it was recorded": ("posts.outbox.models.Delivery", "record_sent", "after"),
}


class TestAKilledWorker:
    @pytest.mark.parametrize("step", STEPS)
    def test_at_any_step_loses_nothing_and_doubles_nothing(self, server, monkeypatch, step):
        from django.utils.module_loading import import_string

        owner, name, when = STEPS[step]
        owner = import_string(owner) if owner[owner.rindex(".") + 1].isupper() else delivering
        whole = getattr(owner, name)
        calls = []

        def killed(*args, **kwargs):
            calls.append(name)
            if len(calls) != 2:  # the second message of three
                return whole(*args, **kwargs)
            if when == "after":
                whole(*args, **kwargs)
            raise Killed

        queue(3)
        clock = Clock()
        with monkeypatch.context() as patched:
            patched.setattr(owner, name, killed)
            with pytest.raises(Killed):
                clock.tick()
        for minutes in (1, 30, 31, 60):
            clock.pass_time(minutes=minutes)
            clock.tick()
        assert states() == {"sent": 3}
        assert set(server.recipients) == {f"r{n}@reader.example" for n in range(3)}
        # Mailboxes fold what has the same Message-ID: three messages, whatever was sent twice.
        assert len(set(server.ids)) == 3
        in_doubt = step in ("after the server took it", "before that is recorded")
        assert len(server.ids) == (4 if in_doubt else 3)

    def test_twice_after_the_server_took_it_is_not_sent_a_third_time(self, server):
        [pk] = queue()
        clock = Clock()
        for _ in range(4):
            delivery = Delivery.objects.get(pk=pk)
            if delivery.claim(clock.now):
                delivery.hand_over(clock.now)
                with smtp.Line() as line:
                    line.send(delivering.as_email(delivery, Message("Hello", "Hello", "<p>Hello</p>")))
            clock.pass_time(minutes=61)
            Delivery.objects.return_stuck(clock.now)
        assert len(server.accepted) == 2
        assert Delivery.objects.get().error == LOST_TWICE

    def test_one_that_dies_of_it_each_time_is_given_up(self, server):
        [pk] = queue()
        clock = Clock()
        for _ in range(20):
            Delivery.objects.get(pk=pk).claim(clock.now)
            clock.pass_time(minutes=61)
            Delivery.objects.return_stuck(clock.now)
        assert Delivery.objects.get().state == "failed"
