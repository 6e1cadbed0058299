"""Subscribers as a table: what spreadsheets open, and the import reads."""

import csv
import io

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from posts.spreadsheets import guard, unguard
from posts.subscriptions import exporting
from posts.subscriptions.exporting import COLUMNS, export
from posts.subscriptions.importing import read_list
from posts.subscriptions.models import Consent, Entry, Subscriber
from posts.subscriptions.scopes import find_scope
from tests.factories import make_post, make_subscriber

EXPORT = "/admin/subscriptions/subscriber/export/"


@pytest.fixture
def desk(client, db):
    user = User.objects.create_user("ada", is_staff=True)
    user.groups.set(Group.objects.filter(name="Administrators"))
    client.force_login(user)
    return client


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def fetched(response) -> str:
    return b"".join(response.streaming_content).decode()


@pytest.mark.django_db
class TestTheTable:
    def test_a_row_says_what_is_known(self):
        make_post(tags=["North Korea"])
        subscriber = make_subscriber("ann@reader.example", "/tag/north-korea/=daily", "/=weekly", is_discreet=True)
        [row] = table("".join(export(Subscriber.objects.all())))
        consent = subscriber.consents.get()
        assert row == {
            "email": "ann@reader.example", "state": "active", "follows": "/tag/north-korea/=daily;/=weekly",
            "hour": "8", "discreet": "yes", "asked_at": consent.asked_at.isoformat(),
            "confirmed_at": consent.confirmed_at.isoformat(), "wording": "1", "asked_on": "/", "proof": "",
        }  # fmt: skip
        assert list(row) == COLUMNS

    def test_who_is_suspended_is_there_with_the_reason(self):
        make_subscriber().suspend("complained")
        assert table("".join(export(Subscriber.objects.all())))[0]["state"] == "complained"

    def test_cells_that_a_spreadsheet_would_run_are_guarded(self):
        make_subscriber("=cmd@reader.example")
        Consent.objects.update(came_from="@sum(1)")
        [row] = table("".join(export(Subscriber.objects.all())))
        assert (row["email"], row["asked_on"]) == ("'=cmd@reader.example", "'@sum(1)")

    def test_what_was_exported_can_be_imported(self):
        make_post(tags=["Größe; & co"])
        make_post(tags=["Plain"])
        make_subscriber("+ann@reader.example", "/tag/plain/=daily", "/=monthly", hour=17, is_discreet=True)
        make_subscriber("'=ben@reader.example", "/=post")
        reading = read_list("".join(export(Subscriber.objects.order_by("pk"))).encode(), find_scope)
        assert reading.errors == []
        first, second = reading.rows
        assert (first.email, first.hour, first.is_discreet) == ("+ann@reader.example", 17, True)
        assert first.follows == {"/tag/plain/": "daily", "/": "monthly"}
        assert (second.email, second.follows, second.is_discreet) == ("'=ben@reader.example", {"/": "post"}, False)

    def test_memory_and_queries_follow_the_chunks_and_not_the_rows(self, monkeypatch):
        monkeypatch.setattr(exporting, "CHUNK", 5)
        for _ in range(10):
            make_subscriber()
        with CaptureQueriesContext(connection) as captured:
            assert len(list(export(Subscriber.objects.all()))) == 11
        assert len(captured) <= 5


@pytest.mark.django_db
class TestTheFile:
    def test_it_is_streamed_and_noted_in_numbers(self, desk):
        make_subscriber("ann@reader.example")
        make_subscriber("ben@reader.example")
        response = desk.get(EXPORT)
        assert response.streaming
        assert response["Content-Type"] == "text/csv; charset=utf-8"
        assert response["Content-Disposition"].startswith('attachment; filename="subscribers-')
        assert {row["email"] for row in table(fetched(response))} == {"ann@reader.example", "ben@reader.example"}
        assert [(each.act, each.words) for each in Entry.objects.all()] == [("export", "2 subscribers")]

    def test_what_the_filters_let_through_on_every_page(self, desk):
        make_subscriber("ann@reader.example")
        make_subscriber("ben@reader.example").suspend("desk")
        rows = table(fetched(desk.get(EXPORT, {"state": "suspended", "p": "1"})))
        assert [row["email"] for row in rows] == ["ben@reader.example"]
        rows = table(fetched(desk.get(EXPORT, {"q": "ann@"})))
        assert [row["email"] for row in rows] == ["ann@reader.example"]

    def test_a_selection(self, desk):
        chosen = make_subscriber("ann@reader.example")
        make_subscriber("ben@reader.example")
        data = {"action": "export_selected", "_selected_action": [chosen.pk]}
        response = desk.post("/admin/subscriptions/subscriber/", data)
        assert [row["email"] for row in table(fetched(response))] == ["ann@reader.example"]
        assert Entry.objects.get().words == "1 subscriber"

    def test_odd_filters_lead_to_the_list(self, desk):
        assert desk.get(EXPORT, {"email__nonsense": "x"}).status_code == 302


@given(st.text(alphabet="'=+-@\t\r\nab", max_size=6))
def test_guarding_loses_nothing_and_lets_no_formula_through(cell):
    guarded = guard(cell)
    assert unguard(guarded) == cell
    assert not guarded.startswith(("=", "+", "-", "@", "\t", "\r"))
