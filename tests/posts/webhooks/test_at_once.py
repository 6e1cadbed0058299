"""Several workers, or an administrator and a worker, at one endpoint."""

import threading

import pytest
from django.db import connection

from posts.webhooks import calling
from posts.webhooks.models import Answer, Call, Endpoint
from tests.posts.webhooks.conftest import make_call

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite in memory has one connection for all")
def test_of_two_workers_one_sends(receiver, endpoint):
    calls, barrier, taken = [make_call(endpoint).pk for _ in range(5)], threading.Barrier(2), []

    def work() -> None:
        barrier.wait()
        try:
            taken.append(calling.call(calls))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(taken) == len(receiver.came) == len(set(receiver.ids)) == 5


def test_an_endpoint_that_is_deleted_while_it_is_called_is_no_fault(receiver, endpoint, monkeypatch):
    call, post = make_call(endpoint), calling._post

    def delete(row, at):
        answer = post(row, at)
        Endpoint.objects.all().delete()
        return answer

    monkeypatch.setattr(calling, "_post", delete)
    assert calling.call([call.pk]) == 0
    assert not Call.objects.exists()
    assert not Answer.objects.exists()
