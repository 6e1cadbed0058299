"""Of many tries at once no more get a turn than would one after the other."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import RequestFactory

from htwatch.login import waiting
from htwatch.login.models import FailedSeries

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite in memory has one connection for all"),
]


def test_of_twenty_at_once_five_get_a_turn():
    request = RequestFactory().post("/admin/login/")
    taken, refused = [], []
    gate = threading.Barrier(20)

    def attempt() -> None:
        gate.wait()
        try:
            taken.append(waiting.take_turn(request, "edith"))
        except ValidationError as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(taken), len(refused)) == (5, 15)
    assert sorted(turn.failures for turn in taken) == [1, 2, 3, 4, 5]
    assert FailedSeries.objects.get().failures == 5
