"""A reader who finds nothing waits for nobody who writes."""

import datetime as dt
import sqlite3

import pytest
from django.db import connection, connections
from django.utils import timezone

from tests.posts.wordpress.test_misses import counted

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="one writer at a time is SQLite’s way")
def test_a_reader_does_not_wait_for_who_writes(client):
    name = connections["default"].settings_dict["NAME"]
    client.get("/lost/")
    other = sqlite3.connect(name, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        start = timezone.now()
        assert client.get("/lost/").status_code == 404
        assert timezone.now() - start < dt.timedelta(seconds=5)
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert counted() == {"/lost/": 1}
    client.get("/lost/")
    assert counted() == {"/lost/": 2}
