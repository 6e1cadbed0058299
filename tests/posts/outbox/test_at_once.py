"""Several workers and clocks at the same moment."""

import threading

import pytest
from django.db import connection

from posts.outbox import delivering
from posts.outbox.models import Delivery
from tests.posts.outbox.conftest import queue, states

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("mail_by_smtp"),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite in memory has one connection for all"),
    pytest.mark.filterwarnings("ignore:.*StreamWriter.*:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:.*StreamWriter.*:pytest.PytestUnraisableExceptionWarning"),
]


def test_two_workers_and_three_clocks_send_each_once(server):
    pks = queue(40)
    server.seconds = 0.005
    errors = []

    def work(reverse: bool) -> None:
        try:
            delivering.deliver(pks[::-1] if reverse else pks)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    def tick() -> None:
        try:
            Delivery.objects.nudge_due()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[False]), threading.Thread(target=work, args=[True])]
    threads += [threading.Thread(target=tick) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(server.recipients) == sorted(f"r{n}@reader.example" for n in range(40))
    assert states() == {"sent": 40}
