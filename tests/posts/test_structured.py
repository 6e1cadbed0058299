"""Three layers kept apart, on the page, in feeds and for search engines: the original's data, its words, and ours."""

import datetime as dt
import json
import re
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from posts.models import AlsoReported, Post
from tests.factories import make_category, make_link, make_post, make_source

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def add_report(post: Post, outlet: str, position: int, **fields) -> None:
    link = make_link(make_source(outlet), f"https://other{position}.example/{post.pk}?a=1&b=2", **fields)
    AlsoReported.objects.create(post=post, link=link, position=position)


def make_reported(title: str = "The long way", **fields) -> Post:
    source = make_source("NK News", home_page="https://nknews.example/")
    link = make_link(
        source, headline="Refugees speak", byline="A. Writer", published_on=dt.date(2013, 3, 1), language="ko"
    )
    post = make_post(title, link=link, tags=["boats", "asylum"], categories=[make_category("Law")], **fields)
    add_report(post, "Second & Sons", 2)
    add_report(post, "First Post", 1, headline="It was so", byline="B. Writer", language="fr")
    return post


def data_of(page: str) -> dict:
    [found] = SCRIPT.findall(page)
    return json.loads(found)


def page_of(client, post: Post) -> str:
    return client.get(post.get_absolute_url()).content.decode()


class TestOnThePage:
    def test_further_reports_stand_in_their_order_linked(self, client):
        post = make_reported()
        page = page_of(client, post)
        [line] = re.findall(r'<p class="post-also">(.*?)</p>', page)
        assert re.sub("<[^>]*>", "", line) == "Also reported by: First Post, Second &amp; Sons"
        assert f'<a href="https://other1.example/{post.pk}?a=1&amp;b=2" rel="noopener noreferrer external"' in line

    def test_each_layer_has_its_own_place(self, client):
        page = page_of(client, make_reported(body="Ours.\n\n> Theirs."))
        assert '<blockquote cite="https://nknews.example/2013/02/refugees">' in page
        assert '<p class="post-source">' in page
        assert '<p class="post-original">' in page

    def test_a_post_that_nobody_else_reported_has_no_such_line(self, client):
        assert "Also reported" not in page_of(client, make_post())

    def test_one_report_and_ten_cost_the_same_queries(self, client, django_assert_num_queries):
        one, many = make_post("One"), make_post("Many")
        add_report(one, "Outlet", 0)
        for number in range(1, 11):
            add_report(many, f"Outlet {number}", number)
        page_of(client, one)
        with CaptureQueriesContext(connection) as queries:
            page_of(client, one)
        with django_assert_num_queries(len(queries)):
            page_of(client, many)


class TestInFeeds:
    def test_they_name_the_original_and_who_else_reported_it(self, client):
        post = make_reported()
        content = ET.fromstring(client.get("/feed/").content).findtext(f"channel/item/{CONTENT}encoded")
        words = re.sub("<[^>]*>", "", content)
        assert "The original: Refugees speak by A. Writer, published on March 1, 2013." in words
        assert "Also reported by: First Post, Second &amp; Sons" in words
        assert '<cite lang="ko">' in content
        entry = ET.fromstring(client.get("/feed/atom/").content).find(f"{ATOM}entry")
        related = entry.findall(f"{ATOM}link[@rel='related']")
        assert [(link.get("href"), link.get("title")) for link in related] == [
            (f"https://other1.example/{post.pk}?a=1&b=2", "It was so"),
            (f"https://other2.example/{post.pk}?a=1&b=2", "Second & Sons"),
        ]
        assert entry.find(f"{ATOM}link[@rel='via']").get("href") == "https://nknews.example/2013/02/refugees"
        [item] = client.get("/feed/json/").json()["items"]
        assert item["external_url"] == "https://nknews.example/2013/02/refugees"
        assert "Also reported by" in item["content_html"]

    def test_one_post_and_ten_cost_the_same_queries(self, client, django_assert_num_queries):
        add_report(make_post(), "Outlet", 0)
        client.get("/feed/")
        with CaptureQueriesContext(connection) as one:
            client.get("/feed/")
        for number in range(1, 10):
            post = make_post()
            add_report(post, f"Outlet {number}", number)
            add_report(post, f"Another {number}", number + 100)
        with django_assert_num_queries(len(one)):
            client.get("/feed/")


class TestForSearchEngines:
    def test_ours_stands_at_the_top_and_theirs_below(self, client):
        post = make_reported(excerpt="In short.")
        post.correct("It was Tuesday.")
        data = data_of(page_of(client, post))
        url = f"https://watch.example{post.get_absolute_url()}"
        assert (data["@context"], data["@type"]) == ("https://schema.org", "BlogPosting")
        assert data["headline"] == "The long way"
        assert data["description"] == "In short."
        assert data["mainEntityOfPage"] == {"@type": "WebPage", "@id": url}
        assert data["url"] == url
        assert data["datePublished"] == "2013-03-31T15:17:00+00:00"
        assert dt.datetime.fromisoformat(data["dateModified"]) > dt.datetime.fromisoformat(data["datePublished"])
        assert data["keywords"] == ["asylum", "boats"]
        assert data["articleSection"] == ["Law"]
        assert data["publisher"] == {
            "@type": "Organization", "name": "Human Traffic Watch", "url": "https://watch.example/",
        }  # fmt: skip
        [correction] = data["correction"]
        assert (correction["@type"], correction["text"]) == ("CorrectionComment", "It was Tuesday.")
        assert data["isBasedOn"] == {
            "@type": "NewsArticle",
            "url": "https://nknews.example/2013/02/refugees",
            "headline": "Refugees speak",
            "author": {"@type": "Person", "name": "A. Writer"},
            "publisher": {"@type": "Organization", "name": "NK News", "url": "https://nknews.example/"},
            "datePublished": "2013-03-01",
            "inLanguage": "ko",
        }
        assert [each["publisher"]["name"] for each in data["mentions"]] == ["First Post", "Second & Sons"]
        assert data["mentions"][0]["headline"] == "It was so"

    def test_what_is_not_known_is_not_said(self, client):
        data = data_of(page_of(client, make_post("Bare")))
        assert not {"isBasedOn", "mentions", "correction", "keywords", "articleSection"} & data.keys()
        data = data_of(page_of(client, make_post("Old", source=make_source("The Times"))))
        assert data["isBasedOn"] == {
            "@type": "NewsArticle", "publisher": {"@type": "Organization", "name": "The Times"},
        }  # fmt: skip

    @pytest.mark.parametrize(
        "title", ["</script><script>alert(1)</script>", "<!--<script>", "a & b \u2028 “c” \\ \"d\" 'e'", "북한"]
    )
    def test_nothing_in_it_ends_the_script(self, client, title):
        post = make_post(title, slug="odd", link=make_link(make_source(), headline=title, byline=title))
        page = page_of(client, post)
        assert page.count("<script") == page.count("</script>")
        assert "<script>" not in page
        data = data_of(page)
        assert data["headline"] == post.title
        assert data["isBasedOn"]["headline"] == title

    def test_the_page_stays_the_same_for_who_has_it_already(self, client):
        url = make_reported().get_absolute_url()
        first = client.get(url)
        assert client.get(url).content == first.content
        assert client.get(url, headers={"If-None-Match": first["ETag"]}).status_code == 304

    def test_of_what_is_not_public_nothing_is_described(self, editor_client):
        draft, gone = make_post(draft=True), make_post()
        gone.withdraw()
        for post in (draft, gone):
            page = editor_client.get(post.get_absolute_url())
            assert page.status_code == 200
            assert "ld+json" not in page.content.decode()
