"""Signed calls: what goes out, what comes back, and when it is tried again."""

import base64
import datetime as dt
import hashlib
import hmac
import json
import re
import socket
import textwrap
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from posts.outbox.ledger import MOST_ATTEMPTS
from posts.webhooks import calling
from posts.webhooks.models import Answer, Call, Endpoint
from tests.posts.webhooks.conftest import make_call, make_endpoint, wait

pytestmark = pytest.mark.django_db

README = Path(__file__).parents[3] / "README.md"


def send(call: Call, at: dt.datetime | None = None) -> Call:
    calling.call([call.pk], at)
    call.refresh_from_db()
    return call


def free_address() -> str:
    """Return an address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"http://127.0.0.1:{free.getsockname()[1]}/"


class TestSending:
    def test_who_receives_it_can_check_the_signature(self, receiver, endpoint):
        send(make_call(endpoint))
        [(headers, body)] = receiver.came
        key = base64.b64decode(endpoint.secret.split("_", 1)[1])
        signed = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
        expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        assert headers["webhook-signature"] == f"v1,{expected}"
        assert len(key) >= 24

    def test_the_lines_that_the_readme_gives_to_check_it(self, receiver, endpoint):
        send(make_call(endpoint))
        [(headers, body)] = receiver.came
        lines = re.search(
            r"^    import base64.*?(?=^\S)", README.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
        )
        given: dict = {}
        exec(textwrap.dedent(lines[0]), given)  # noqa: S102  ours
        assert given["is_theirs"](headers, body, endpoint.secret)
        assert not given["is_theirs"](headers, body + b" ", endpoint.secret)
        assert not given["is_theirs"]({**headers, "webhook-timestamp": "1700000000"}, body, endpoint.secret)

    def test_the_example_of_the_reference_implementation(self):
        body = b'{"test": 2432232314}'
        signature = calling.sign(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body
        )
        assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

    def test_what_is_said(self, receiver, endpoint):
        call = send(make_call(endpoint))
        [(headers, body)] = receiver.came
        said = json.loads(body)
        assert said == {"type": "test", "timestamp": call.body["timestamp"], "data": {"site": "https://watch.example"}}
        assert headers["content-type"] == "application/json"
        assert headers["user-agent"].startswith("htwatch")
        assert headers["webhook-id"] == call.message_id[1:-1]
        assert abs(int(headers["webhook-timestamp"]) - timezone.now().timestamp()) < 5

    def test_what_is_taken_is_recorded_with_its_answer(self, receiver, endpoint):
        receiver.status, receiver.words = 204, b""
        call = send(make_call(endpoint))
        assert (call.state, call.attempts, call.error) == ("sent", 1, "")
        answer = call.answers.get()
        assert answer.status == 204
        assert 0 <= answer.seconds < 5

    def test_of_an_answer_the_beginning_is_kept(self, receiver, endpoint):
        receiver.words = b"\x00\xff" + b"x" * 1000
        assert send(make_call(endpoint)).answers.get().words == "\ufffd" + "x" * 499

    def test_the_status_is_enough_however_much_is_said_beside_it(self, receiver, endpoint):
        receiver.words = b"x" * 100_000
        call = send(make_call(endpoint))
        assert (call.state, call.attempts, call.error) == ("sent", 1, "")
        assert call.answers.get().words == "x" * 500

    def test_and_however_it_is_packed(self, receiver, endpoint):
        receiver.headers = {"Content-Encoding": "br"}
        call = send(make_call(endpoint))
        assert (call.state, call.answers.get().words) == ("sent", "")

    @pytest.mark.parametrize("status", [500, 404])
    def test_a_fault_stays_one_however_much_is_said_beside_it(self, receiver, endpoint, status):
        receiver.status, receiver.words = status, b"x" * 100_000
        call = send(make_call(endpoint))
        assert (call.state, call.error) == ("queued", f"It answered {status}.")

    def test_twice_run_once_sent(self, receiver, endpoint):
        call = make_call(endpoint)
        assert calling.call([call.pk]) == 1
        assert calling.call([call.pk, call.pk]) == 0
        assert len(receiver.came) == 1

    def test_what_another_has_claimed_is_left_alone(self, receiver, endpoint):
        call = make_call(endpoint)
        assert Call.objects.get(pk=call.pk).claim()
        assert calling.call([call.pk]) == 0
        assert receiver.came == []

    def test_the_task_sends_what_was_committed(self, receiver, endpoint, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            call = make_call(endpoint)
        asked = DBTaskResult.objects.get()
        assert asked.args_kwargs["args"] == [[call.pk]]
        assert asked.task.call(*asked.args_kwargs["args"]) == 1

    def test_a_new_secret_signs_from_the_next_attempt_on(self, receiver, endpoint):
        call, old = make_call(endpoint), endpoint.secret
        endpoint.renew_secret()
        send(call)
        [(headers, body)] = receiver.came
        mark = (headers["webhook-id"], int(headers["webhook-timestamp"]), body)
        assert headers["webhook-signature"] == calling.sign(endpoint.secret, *mark) != calling.sign(old, *mark)


class TestFailing:
    def test_a_fault_there_is_tried_again_under_the_same_id(self, receiver, endpoint):
        receiver.status, receiver.words = 500, b"out of order"
        call = send(make_call(endpoint))
        assert (call.state, call.error) == ("queued", "It answered 500.")
        assert call.next_try_at > timezone.now() + dt.timedelta(minutes=1)
        receiver.status = 200
        wait()
        call = send(call, timezone.now() + dt.timedelta(minutes=2))
        assert call.state == "sent"
        assert receiver.ids == [call.webhook_id] * 2
        first, second = (int(headers["webhook-timestamp"]) for headers, _ in receiver.came)
        assert second - first >= 119
        assert [(answer.status, answer.words) for answer in call.answers.all()] == [
            (500, "out of order"),
            (200, "out of order"),
        ]

    def test_where_nobody_listens_it_is_tried_again_under_the_same_id(self, receiver, endpoint):
        Endpoint.objects.update(address=free_address())
        call = send(make_call(endpoint))
        assert call.state == "queued"
        answer = call.answers.get()
        assert answer.status is None
        assert "refused" in answer.words
        Endpoint.objects.update(address=receiver.address)
        wait()
        assert send(call).state == "sent"
        assert receiver.ids == [call.webhook_id]

    def test_it_is_given_up_at_last(self, receiver, endpoint):
        receiver.status = 503
        call = make_call(endpoint)
        for _ in range(MOST_ATTEMPTS + 1):
            wait()
            send(call)
        assert call.state == "failed"
        assert len(receiver.came) == call.answers.count() == MOST_ATTEMPTS

    def test_gone_is_for_good_and_switches_the_endpoint_off(self, receiver, endpoint):
        Endpoint.objects.update(note="Ask Ben.")
        receiver.status = 410
        first, second = make_call(endpoint), make_call(endpoint)
        assert send(first).state == "failed"
        endpoint.refresh_from_db()
        assert (endpoint.is_active, endpoint.listens_since) == (False, None)
        assert endpoint.note.startswith("Ask Ben.\nSwitched off on ")
        assert endpoint.note.endswith("it answered 410 Gone.")
        Call.objects.filter(pk=second.pk).update(kind="post.published")
        assert send(second).error == calling.SWITCHED_OFF
        assert len(receiver.came) == 1

    def test_a_redirect_is_not_followed(self, receiver, endpoint):
        receiver.status, receiver.headers = 307, {"Location": f"{receiver.address}/elsewhere"}
        call = send(make_call(endpoint))
        assert call.state == "queued"
        assert "redirect" in call.error
        assert call.answers.get().words.startswith(f"Location: {receiver.address}/elsewhere")
        assert len(receiver.came) == 1

    def test_a_private_address_is_not_asked_and_the_log_says_why(self, receiver, endpoint, settings):
        settings.FETCH_ALLOW = []
        Endpoint.objects.update(address="http://127.0.0.1/")
        call = send(make_call(endpoint))
        assert receiver.came == []
        assert call.answers.get().words == "127.0.0.1 leads to an address that is not on the public network."

    def test_it_waits_no_longer_than_it_says(self, receiver, endpoint, monkeypatch):
        monkeypatch.setattr(calling, "SECONDS", 0.2)
        receiver.seconds = 1
        assert send(make_call(endpoint)).answers.get().seconds < 1

    def test_a_fault_of_ours_loses_nothing_and_stops_nobody(self, receiver, endpoint, monkeypatch, caplog):
        first, second = make_call(endpoint), make_call(endpoint)
        Call.objects.filter(pk=first.pk).update(body={"not": "told"})
        dumps = json.dumps

        def dump(body, **options):
            if "not" in body:
                raise TypeError("no JSON")
            return dumps(body, **options)

        monkeypatch.setattr(calling.json, "dumps", dump)
        assert calling.call([first.pk, second.pk]) == 1
        first.refresh_from_db()
        assert (first.state, first.error) == ("queued", "TypeError: no JSON")
        assert f"Call {first.pk} was not sent" in caplog.text

    def test_one_that_does_not_answer_is_asked_once_and_holds_nobody_up(self, receiver, endpoint):
        dead = make_endpoint(free_address())
        calls = [make_call(which) for which in (dead, dead, endpoint, dead)]
        assert calling.call([call.pk for call in calls]) == 1
        assert Answer.objects.filter(call__endpoint=dead).count() == 1
        waiting = Call.objects.filter(endpoint=dead, state="queued", next_try_at__gt=timezone.now())
        assert sorted(waiting.values_list("attempts", flat=True)) == [0, 0, 1]

    def test_a_slow_one_has_its_share_of_a_batch_and_no_more(self, receiver, endpoint, monkeypatch):
        monkeypatch.setattr(calling, "PATIENCE", 1.8)
        receiver.seconds = 1.0
        assert calling.call([make_call(endpoint).pk for _ in range(4)]) == 2

    def test_what_a_killed_worker_handed_over_is_sent_again_after_an_hour_under_the_same_id(self, receiver, endpoint):
        call, at = make_call(endpoint), timezone.now()
        dying = Call.objects.get(pk=call.pk)
        assert dying.claim(at)
        assert dying.hand_over(at)
        calling._post(dying, at)  # and there it was killed
        Call.objects.return_stuck(at + dt.timedelta(minutes=59))
        assert send(call).state == "sending"
        Call.objects.return_stuck(at + dt.timedelta(minutes=61))
        wait()
        assert send(call).state == "sent"
        assert call.is_doubtful
        assert receiver.ids == [call.webhook_id] * 2


class TestSendingAgain:
    def test_a_sent_one_goes_out_anew_under_the_same_id(self, receiver, endpoint):
        call = send(make_call(endpoint))
        assert call.try_again()
        call.refresh_from_db()
        assert (call.state, call.sent_at, call.attempts) == ("queued", None, 0)
        assert send(call).state == "sent"
        assert receiver.ids == [call.webhook_id] * 2

    def test_a_failed_one_too(self, receiver, endpoint):
        receiver.status = 410
        call = send(make_call(endpoint))
        receiver.status = 200
        assert call.try_again()
        assert send(call).state == "sent"

    def test_one_that_waits_is_left_alone(self, endpoint):
        assert not make_call(endpoint).try_again()


class TestTheClock:
    def test_what_is_due_is_asked_for_once(self, endpoint, django_capture_on_commit_callbacks):
        make_call(endpoint)
        Call.objects.update(nudged_at=None)
        with django_capture_on_commit_callbacks() as asked:
            call_command("call")
            call_command("call")
        assert len(asked) == 1

    def test_tidy_forgets_what_came_to_its_end_a_while_ago_with_its_answers(self, receiver, endpoint):
        old, new = (send(make_call(endpoint)) for _ in range(2))
        waiting = make_call(endpoint)
        Call.objects.exclude(pk=new.pk).update(queued_at=timezone.now() - dt.timedelta(days=41))
        call_command("tidy")
        assert set(Call.objects.all()) == {new, waiting}
        assert set(Answer.objects.values_list("call", flat=True)) == {new.pk}
        assert old.pk not in Call.objects.values_list("pk", flat=True)


def test_the_database_knows_when_an_active_endpoint_began_to_listen(endpoint):
    with pytest.raises(IntegrityError), transaction.atomic():
        Endpoint.objects.update(listens_since=None)


def test_what_is_due_is_read_from_an_index():
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        assert "call_due" in Call.objects.due().explain()
