"""Corrections: above the text, and all of them on a page of their own with its feeds."""

import datetime as dt
import json
import re
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from posts.models import Correction, Post
from tests.factories import make_post, make_subscriber, moment

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
FEEDS = ["/corrections/feed/", "/corrections/feed/atom/", "/corrections/feed/json/"]


def make_corrected(title: str | None = None, *notes: str, **fields) -> Post:
    post = make_post(title, **fields)
    for note in notes or ["It was Tuesday."]:
        post.correct(note)
    return post


def make_many(number: int) -> Post:
    post = make_post()
    Correction.objects.bulk_create(
        Correction(post=post, text=f"Note {n}.", made_at=moment("2014-01-01 10:00") + dt.timedelta(hours=n))
        for n in range(number)
    )
    return post


class TestAboveTheText:
    @pytest.mark.parametrize("place", ["page", "/", "/tag/boats/", "/2013/"])
    def test_every_note_stands_there_oldest_first(self, client, place):
        post = make_corrected("Walk", "It was <Tuesday>.", "It was\nDandong.", body="Some words.", tags=["boats"])
        page = client.get(post.get_absolute_url() if place == "page" else place).content.decode()
        first, second = page.index("It was &lt;Tuesday&gt;."), page.index("It was<br>Dandong.")
        assert first < second < page.index("<p>Some words.</p>")
        assert page.count('<p class="correction">') == 2

    @pytest.mark.parametrize("address", ["/feed/", "/feed/atom/", "/feed/json/"])
    def test_feeds_carry_them_with_the_text(self, client, address):
        make_corrected("Walk", "It was Tuesday.", body="Some words.")
        feed = client.get(address).content.decode()
        assert 0 < feed.index("It was Tuesday.") < feed.rindex("Some words.")

    def test_no_summary_begins_with_one(self, client):
        post = make_corrected("Walk", "It was Tuesday.", body="Some words.")
        page = client.get(post.get_absolute_url()).content.decode()
        assert '<meta name="description" content="Some words.">' in page
        assert client.get("/feed/json/").json()["items"][0]["summary"] == "Some words."

    def test_a_letter_has_them_too(self, client, delivered):
        from posts.subscriptions.announcing import announce

        make_subscriber()
        make_corrected("Walk", "It was Tuesday.", at=timezone.now())
        list(announce())
        [letter] = delivered()
        assert "It was Tuesday." in letter.body
        assert "It was Tuesday." in letter.alternatives[0][0]

    def test_a_text_in_another_direction_keeps_its_own(self, client):
        post = make_corrected("Walk", "It was Tuesday.", body="هذا نص.")
        page = client.get(post.get_absolute_url()).content.decode()
        assert re.search(r'<div class="post-body" dir="auto"><div class="post-corrections" dir="auto">', page)


class TestThePage:
    def test_an_empty_site_says_that_there_are_none(self, client):
        response = client.get("/corrections/")
        assert response.status_code == 200
        assert "There are none yet." in response.content.decode()
        assert client.get("/corrections/page/2/").status_code == 404
        for address in FEEDS:
            assert client.get(address).status_code == 200

    def test_the_newest_first_each_with_its_post(self, client):
        post = make_corrected("Walk & talk", "Older.")
        untitled = make_corrected("", "Newer.")
        page = client.get("/corrections/").content.decode()
        assert page.index("Newer.") < page.index("Older.")
        assert f'<a href="{post.get_absolute_url()}">Walk &amp; talk</a>' in page
        assert f'<a href="{untitled.get_absolute_url()}">March 31, 2013</a>' in page

    def test_ten_a_page_and_nothing_beyond_the_end(self, client):
        make_many(21)
        pages = [client.get(f"/corrections/{part}").content.decode() for part in ("", "page/2/", "page/3/")]
        assert [page.count('class="correction"') for page in pages] == [10, 10, 1]
        assert "Note 20." in pages[0]
        assert "Older corrections" in pages[0]
        assert client.get("/corrections/page/4/").status_code == 404
        assert client.get("/corrections/page/0/").status_code == 404
        response = client.get("/corrections/page/1/")
        assert (response.status_code, response["Location"]) == (301, "/corrections/")
        assert client.get("/corrections")["Location"] == "/corrections/"
        assert client.post("/corrections/").status_code == 405

    def test_only_those_of_public_posts(self, client):
        make_corrected("Shown", "Of a public one.")
        make_corrected("Hidden", "Of a withdrawn one.").withdraw()
        held = make_corrected("Hidden", "Of a held one.")
        held.review_on = dt.date(2030, 1, 1)
        held.save()
        for address in ["/corrections/", *FEEDS]:
            text = client.get(address).content.decode()
            assert "Of a public one." in text
            assert "Hidden" not in text
            assert "Of a withdrawn one." not in text
            assert "Of a held one." not in text

    @pytest.mark.parametrize("address", ["/corrections/", *FEEDS])
    def test_one_and_thirty_cost_the_same_queries(self, client, address, django_assert_num_queries):
        make_corrected()
        client.get(address)
        with CaptureQueriesContext(connection) as one:
            client.get(address)
        for _ in range(3):
            make_many(10)
        with django_assert_num_queries(len(one)):
            client.get(address)

    def test_the_site_and_its_map_lead_there(self, client):
        assert '<a href="/corrections/">Corrections</a>' in client.get("/").content.decode()
        assert "https://watch.example/corrections/" in client.get("/sitemap-pages.xml").content.decode()


class TestItsFeeds:
    def test_each_note_is_an_item_of_its_own(self, client):
        post = make_corrected("Walk & talk", "It was Tuesday.", "It was <Dandong>.")
        url = f"https://watch.example{post.get_absolute_url()}"
        items = ET.fromstring(client.get(FEEDS[0]).content).findall("channel/item")
        assert [item.findtext("title") for item in items] == ["Correction: Walk & talk"] * 2
        assert {item.findtext("link") for item in items} == {url}
        assert len({item.findtext("guid") for item in items}) == 2
        assert "It was <Dandong>." in items[0].findtext("description")
        entries = ET.fromstring(client.get(FEEDS[1]).content).findall(f"{ATOM}entry")
        assert len(entries) == 2
        feed = json.loads(client.get(FEEDS[2]).content)
        assert feed["feed_url"] == "https://watch.example/corrections/feed/json/"
        assert "It was &lt;Dandong&gt;." in feed["items"][0]["content_html"]
        assert f'<a href="{url}">Walk &amp; talk</a>' in feed["items"][0]["content_html"]
