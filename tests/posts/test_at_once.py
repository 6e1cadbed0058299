"""Several editors at the same moment: nobody is shown a fault, and nothing is there twice."""

import threading

import pytest
from django.contrib.auth.models import User
from django.contrib.flatpages.models import FlatPage
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from posts.models import Post, Tag
from posts.search.models import SearchDocument
from sources.models import Source
from tests.factories import make_post

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite in memory has one connection for all"),
]


def at_once(*acts) -> list[int]:
    """Run these at the same moment; return the statuses of their answers."""
    barrier, statuses = threading.Barrier(len(acts)), []

    def run(act) -> None:
        barrier.wait()
        try:
            statuses.append(act().status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def logged_in() -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get_or_create(username="root", is_staff=True, is_superuser=True)[0])
    return client


def test_one_title_and_one_unknown_outlet_by_many():
    data = {
        "title": "The same", "slug": "", "body": "Words.", "excerpt": "", "_publish": "1", "published_at_0": "",
        "published_at_1": "", "original_address": "https://harbour.example/story", "tags": ["boats"],
    }  # fmt: skip
    clients = [logged_in() for _ in range(8)]
    statuses = at_once(*(lambda client=client: client.post("/admin/posts/post/add/", data) for client in clients))
    assert statuses == [302] * 8
    assert len(set(Post.objects.values_list("slug", flat=True))) == 8
    assert Source.objects.get().tally.count == 8


def test_one_page_by_many():
    data = {"title": "About", "url": "/about/", "content": "We."}
    clients = [logged_in() for _ in range(6)]
    statuses = at_once(
        *(lambda client=client: client.post("/admin/flatpages/flatpage/add/", data) for client in clients)
    )
    assert sorted(statuses) == [200] * 5 + [302]
    assert FlatPage.objects.get().url == "/about/"


def test_merges_crosswise():
    for name in ("one", "two"):
        make_post(tags=[name])
    one, two = Tag.objects.get(name="one"), Tag.objects.get(name="two")

    def merge(client: Client, kept: Tag):
        data = {
            "action": "merge",
            "_selected_action": [one.pk, two.pk],
            "index": "0",
            "kept": kept.pk,
            "kept_asked": "1",
        }
        return client.post("/admin/posts/tag/", data)

    first, second = logged_in(), logged_in()
    statuses = at_once(lambda: merge(first, one), lambda: merge(second, two))
    assert all(status < 500 for status in statuses)
    assert Tag.objects.get().tally.count == 2


def test_two_rebuild_the_index_while_others_search():
    for number in range(250):
        make_post(f"Boat {number}")

    def rebuild() -> HttpResponse:
        call_command("reindex", verbosity=0)
        return HttpResponse()

    statuses = at_once(rebuild, rebuild, rebuild, lambda: Client().get("/search/", {"q": "boat"}))
    assert statuses == [200] * 4
    assert SearchDocument.objects.count() == 250
