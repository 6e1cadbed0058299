"""Addresses at which people find nothing are counted, and nothing of who asked."""

import datetime as dt
from urllib.parse import quote

import pytest
from django.db import connection
from django.utils import timezone

from posts.wordpress import tidying
from posts.wordpress.addresses import misses
from posts.wordpress.models import Kind, Miss
from tests.factories import make_post
from tests.posts.wordpress.test_addresses import make_imported

pytestmark = pytest.mark.django_db


def counted() -> dict[str, int]:
    return dict(Miss.objects.values_list("path", "count"))


def test_an_address_is_counted_each_time_it_is_missed(client):
    for address in ("/2013/03/lost/", "/2013/03/lost", "/2013/03/Lost/?utm_source=mail&who=ann", "/?p=77"):
        assert client.get(address).status_code == 404
    client.head("/2013/03/lost/")
    assert counted() == {"/2013/03/lost/": 4, "/?p=77": 1}
    miss = Miss.objects.get(path="/?p=77")
    assert miss.first_on == miss.last_on == timezone.localdate()


def test_nothing_of_who_asked_is_kept(client):
    client.get("/lost/?email=ann@reader.example", headers={"referer": "https://x.example/secret", "user-agent": "Ann"})
    assert Miss.objects.values_list().get()[1:3] == ("/lost/", 1)
    assert {field.name for field in Miss._meta.fields} == {"id", "path", "count", "first_on", "last_on", "is_ignored"}


@pytest.mark.parametrize(
    "address",
    ["/wp-login.php", "/wp-admin/", "/xmlrpc.php5", "/.env", "/.git/config", "/wp-json/wp/v2/users", "/phpmyadmin/",
     "/index.asp", "/backup.zip", "/a/.env", "/static/x.js", "/media/x.png", "/admin/x/", "/vendor/phpunit/x",
     "/author/ann/", "/?author=1", "/api/v1/users", "/etc/passwd", "/a/../b", "/<script>", "/a'b", "/preview/1/",
     "/u/aaaaaaaaaaaaaaaaaaaaaa/", "/c/aaaaaaaaaaaaaaaaaaaaaa/", "/comments/sent/secret/", "/subscribe/x/y/z.php",
     "/subscribe/confirm/aaaaaaaaaaaaaaaaaaaaaa/", "/comments/privacy/aaaaaaaaaaaaaaaaaaaaaa/", "/%00/",
     "/wp-content/plugins/x/readme.txt", "/x" * 300, "/comments/99999/"],
)  # fmt: skip
def test_what_no_reader_follows_is_not_counted(client, address):
    client.get(address)
    assert counted() == {}


@pytest.mark.parametrize(
    "address",
    [
        "/lost/",
        "/2013/03/31/lost/",
        "/tag/lost/",
        "/lost.html",
        "/wp-content/uploads/2013/03/lost.pdf",
        "/" + quote("탈북") + "/",
    ],
)
def test_what_readers_follow_is(client, address):
    client.get(address)
    assert len(counted()) == 1


def test_forms_and_people_of_the_desk_are_not_counted(client, editor_client, editor):
    from django.test import Client

    Client().post("/lost/")
    editor_client.get("/lost/")
    assert counted() == {}


def test_a_page_that_is_there_or_leads_somewhere_is_not_counted(client):
    make_post("Here")
    for address in ("/", "/2013/03/31/here/", "/2013/3/31/here", "/2013/03/31/here/?share=x", "/rss/"):
        client.get(address)
    assert counted() == {}


def test_no_cookie_is_set(client):
    assert not client.get("/lost/").cookies


def test_when_the_table_is_full_the_rarest_and_oldest_make_room(client, monkeypatch):
    monkeypatch.setattr(misses, "MOST", 30)
    monkeypatch.setattr(misses, "MAKES_ROOM", 10)
    day = timezone.localdate()
    for number in range(30):
        Miss.objects.create(path=f"/lost-{number}/", count=1 + (number % 3), last_on=day - dt.timedelta(days=number))
    Miss.objects.create(path="/often/", count=100, last_on=day - dt.timedelta(days=300))
    client.get("/new/")
    assert Miss.objects.count() == 21
    assert {"/often/", "/new/"} <= counted().keys()
    assert Miss.objects.filter(count=1).exclude(path="/new/").count() == 0


def test_a_database_that_takes_nothing_does_not_break_the_page(client):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE wordpress_miss RENAME TO wordpress_miss_away")
    assert client.get("/lost/").status_code == 404


def test_tidying_forgets_what_was_not_met_for_a_year_and_what_leads_somewhere_by_now():
    now = timezone.now()
    Miss.objects.create(path="/old/", last_on=(now - dt.timedelta(days=366)).date())
    Miss.objects.create(path="/found/")
    Miss.objects.create(path="/?p=12")
    Miss.objects.create(path="/2013/03/31/here/")
    Miss.objects.create(path="/lost/", count=3)
    post = make_post("Here")
    make_imported(Kind.POST, post, number=12, path="/found")
    tidying.tidy(now)
    assert counted() == {"/lost/": 3}
