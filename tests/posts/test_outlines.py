"""All feeds of the site in one file."""

from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from posts import outlines
from tests.factories import make_category, make_post, make_source

pytestmark = pytest.mark.django_db

SITE = "https://watch.example"


def read(client) -> ET.Element:
    return ET.fromstring(client.get("/feeds.opml").content)


def folder(opml: ET.Element, name: str) -> list[ET.Element]:
    [found] = opml.findall(f"body/outline[@text='{name}']")
    return list(found)


def test_it_names_the_feeds_of_the_whole_site(client):
    response = client.get("/feeds.opml", HTTP_ACCEPT_LANGUAGE="ko")
    opml = ET.fromstring(response.content)
    assert response.headers["Content-Type"] == "text/x-opml; charset=utf-8"
    assert not response.cookies
    assert (opml.tag, opml.get("version")) == ("opml", "2.0")
    assert opml.findtext("head/title") == "Feeds of Human Traffic Watch"
    assert opml.find("head/dateCreated") is None
    feeds = {each.get("text"): each.get("xmlUrl") for each in opml.findall("body/outline")}
    assert feeds == {
        "Human Traffic Watch": f"{SITE}/feed/",
        "Comments": f"{SITE}/comments/feed/",
        "Corrections": f"{SITE}/corrections/feed/",
    }


def test_every_feed_in_it_is_there_and_so_is_its_page(client):
    make_post(
        tags=["boats & nets", "북한"], categories=[make_category("Fishing <at sea>")], source=make_source("A “b”")
    )
    found = read(client).findall(".//outline[@type='rss']")
    assert len(found) == 7
    for outline in found:
        for name in ("xmlUrl", "htmlUrl"):
            if address := outline.get(name):
                assert client.get(address.removeprefix(SITE)).status_code == 200, address


def test_the_most_used_tag_stands_first_and_what_has_no_post_not_at_all(client):
    make_post(tags=["often", "rare"])
    make_post(tags=["often"])
    make_post(tags=["hidden"], source=make_source("Hidden"), categories=[make_category("Hidden")], draft=True)
    opml = read(client)
    assert [each.get("text") for each in folder(opml, "Tags")] == ["often", "rare"]
    assert "hidden" not in ET.tostring(opml, encoding="unicode").lower()


def test_categories_stand_as_their_tree(client):
    top = make_category("Human Trafficking")
    make_category("Empty", parent=top)
    deep = make_category("At sea", parent=make_category("Fishing", parent=top))
    other = make_category("Other")
    make_post(categories=[deep])
    make_post(categories=[other])
    [first, second] = folder(read(client), "Categories")
    assert (first.get("text"), second.get("text")) == ("Human Trafficking", "Other")
    assert [each.get("text") for each in first] == ["Fishing"]
    assert [each.get("xmlUrl") for each in first[0]] == [f"{SITE}/category/human-trafficking/fishing/at-sea/feed/"]


def test_it_stays_the_same_until_something_is_published(client):
    make_post(at="2013-03-31 15:17", tags=["a"])
    first = client.get("/feeds.opml").content
    assert client.get("/feeds.opml").content == first
    assert ET.fromstring(first).findtext("head/dateCreated") == "Sun, 31 Mar 2013 15:17:00 +0000"


def test_it_is_bounded_and_asks_as_often_for_many_as_for_one(client, monkeypatch):
    make_post(tags=["a"], source=make_source("A"), categories=[make_category("A")])
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get("/feeds.opml")
    for name in ("b", "c", "d"):
        make_post(tags=[name], source=make_source(name), categories=[make_category(name)])
    with CaptureQueriesContext(connection) as many:
        client.get("/feeds.opml")
    assert len(one) == len(many)
    monkeypatch.setattr(outlines, "MOST", 2)
    assert len(folder(read(client), "Tags")) == 2


def test_names_that_xml_cannot_hold_do_not_break_it(client):
    make_post(source=make_source("A\x0bb \ufffe & <c>"))
    assert [each.get("text") for each in folder(read(client), "Sources")] == ["Ab  & <c>"]


def test_lists_lead_there_and_so_does_wordpress_s_address(client):
    make_post()
    assert 'href="/feeds.opml"' in client.get("/").content.decode()
    assert client.get("/wp-links-opml.php").headers["Location"] == "/feeds.opml"
