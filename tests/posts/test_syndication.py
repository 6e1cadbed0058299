"""Feeds and sitemaps: what programs read."""

import datetime as dt
import json
from xml.etree import ElementTree as ET

import pytest
from django.contrib.sites.models import Site
from django.utils import timezone

from posts.syndication import absolute
from tests.factories import make_category, make_link, make_post, make_source

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
FEEDS = ["/feed/", "/tag/boats/feed/", "/category/fishing/feed/", "/source/nk-news/feed/"]
FEEDS += ["/2013/feed/", "/2013/03/feed/", "/2013/03/31/feed/"]


def make_shelved(title: str = "At sea", **fields):
    source = fields.pop("source", None) or make_source()
    return make_post(title, tags=["boats"], categories=[make_category("Fishing")], source=source, **fields)


def read_rss(client, address: str):
    response = client.get(address)
    assert response["Content-Type"] == "application/rss+xml; charset=utf-8"
    return ET.fromstring(response.content).find("channel")


@pytest.mark.parametrize("address", FEEDS)
def test_every_listing_has_three_feeds_of_the_same_posts(client, address):
    make_shelved()
    assert [item.findtext("title") for item in read_rss(client, address).findall("item")] == ["At sea"]
    atom = ET.fromstring(client.get(f"{address}atom/").content)
    assert atom.find(f"{ATOM}author").findtext(f"{ATOM}name") == "Human Traffic Watch"
    assert [entry.findtext(f"{ATOM}title") for entry in atom.findall(f"{ATOM}entry")] == ["At sea"]
    feed = client.get(f"{address}json/").json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == f"https://watch.example{address}json/"
    assert [item["title"] for item in feed["items"]] == ["At sea"]


def test_an_item_carries_the_whole_post_and_names_its_source(client):
    source = make_source()
    link = make_link(source, "https://nknews.example/a")
    post = make_shelved(source=source, link=link, body="Some *words*, [here](/tag/boats/).\n\n<!--more-->\n\nMore.")
    item = read_rss(client, "/feed/").find("item")
    content = item.findtext(f"{CONTENT}encoded")
    assert '<em>words</em>, <a href="https://watch.example/tag/boats/">here</a>' in content
    assert "More." in content
    assert '<p>Source: <a href="https://nknews.example/a" rel="noopener noreferrer">NK News</a></p>' in content
    assert item.findtext("link") == f"https://watch.example{post.get_absolute_url()}"
    assert [category.text for category in item.findall("category")] == ["Fishing", "boats"]
    entry = ET.fromstring(client.get("/feed/atom/").content).find(f"{ATOM}entry")
    assert entry.find(f"{ATOM}link[@rel='via']").get("href") == "https://nknews.example/a"
    assert client.get("/feed/json/").json()["items"][0]["external_url"] == "https://nknews.example/a"


def test_the_guid_is_the_posts_own_and_no_address(client):
    post = make_shelved()
    guid = read_rss(client, "/feed/").find("item").find("guid")
    assert (guid.text, guid.get("isPermaLink")) == (post.guid, "false")
    assert client.get("/feed/json/").json()["items"][0]["id"] == post.guid
    entry = ET.fromstring(client.get("/feed/atom/").content).find(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id") == post.guid


def test_a_post_without_title_or_text_still_makes_an_item(client):
    make_shelved("", body="", at="2013-02-17 08:53")
    item = read_rss(client, "/feed/").find("item")
    assert item.findtext("title") == "February 17, 2013"
    assert item.findtext("description") == "Source: NK News"
    assert json.loads(client.get("/feed/json/").content)["items"][0]["content_html"]


def test_control_characters_break_no_feed(client):
    make_shelved("Bell\x07", body="A \x0b B &#8; C", excerpt="In\x08 short")
    for address in ("/feed/", "/feed/atom/"):
        assert ET.fromstring(client.get(address).content) is not None
    assert client.get("/feed/json/").json()["items"][0]["summary"] == "In short"


def test_markup_in_a_title_is_text(client):
    make_shelved("Why “survivor” & not <victim>")
    assert read_rss(client, "/feed/").find("item").findtext("title") == "Why “survivor” & not <victim>"


def test_what_is_not_public_is_in_no_feed(client):
    post = make_shelved("Shown")
    for title, fields in (("A draft", {"draft": True}), ("Tomorrow", {"at": timezone.now() + dt.timedelta(days=1)})):
        make_post(title, tags=["boats"], source=post.source, **fields)
    make_post("Gone", tags=["boats"]).withdraw()
    for address in FEEDS:
        assert [item.findtext("title") for item in read_rss(client, address).findall("item")] == ["Shown"]


@pytest.mark.parametrize("address", ["/feed/", "/feed/atom/", "/feed/json/", "/tag/boats/feed/", "/tag/boats/", "/"])
def test_who_has_it_already_is_told_so(client, address):
    make_shelved()
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    make_post(tags=["boats"])
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize("address", ["/feed/", "/sitemap-posts.xml"])
def test_who_asks_by_date_does_not_keep_what_was_withdrawn(client, address):
    make_shelved()
    post = make_post("Gone", at="2013-04-01 10:00")
    date = client.get(address).get("Last-Modified", "Mon, 01 Apr 2099 10:00:00 GMT")
    post.withdraw()
    response = client.get(address, headers={"If-Modified-Since": date})
    assert response.status_code == 200
    assert "gone" not in response.content.decode().lower()


def test_an_alias_leads_a_feed_reader_on(client):
    from posts.models import Tag

    make_shelved()
    Tag.objects.get(name="boats").absorb(Tag.objects.create(name="ships"))
    assert client.get("/tag/ships/feed/atom/")["Location"] == "/tag/boats/feed/atom/"


def test_the_feed_of_an_unknown_tag_is_not_found(client):
    assert client.get("/tag/nothing/feed/").status_code == 404


def test_the_sitemap_is_an_index_of_what_is_public(client):
    make_shelved("Shown", at="2013-03-31 10:00")
    make_post("Draft", draft=True, tags=["secret"])
    make_post("Tomorrow", at=timezone.now() + dt.timedelta(days=1), tags=["later"])
    Site.objects.update(domain="elsewhere.example")
    Site.objects.clear_cache()
    index = client.get("/sitemap.xml").content.decode()
    assert "elsewhere" not in index + client.get("/sitemap-posts.xml").content.decode()
    assert index.count("<sitemap>") == 5
    assert "https://watch.example/sitemap-posts.xml" in index
    posts = client.get("/sitemap-posts.xml").content.decode()
    assert posts.count("<url>") == 1
    assert "https://watch.example/2013/03/31/shown/" in posts
    tags = client.get("/sitemap-tags.xml").content.decode()
    assert "https://watch.example/tag/boats/" in tags
    assert "secret" not in tags
    assert "later" not in tags
    assert "/category/fishing/" in client.get("/sitemap-categories.xml").content.decode()
    assert "/source/nk-news/" in client.get("/sitemap-sources.xml").content.decode()


def test_an_address_in_a_sample_of_code_stays_as_it_was_written():
    shown = '<p><code>&lt;a href="/x"&gt;</code> <a href="/y">y</a></p>'
    assert absolute(shown) == shown.replace('"/y"', '"https://watch.example/y"')
