"""Searching within a tag, narrowing and widening, and the feed of a search."""

import html
import json
import re
from xml.etree import ElementTree

import pytest

from posts.life import Reason
from posts.search.searching import ids_found
from tests.factories import make_category, make_post, make_source
from tests.posts.search.finding import found

pytestmark = pytest.mark.django_db


@pytest.fixture
def posts(db) -> None:
    labor = make_category("Labor")
    paper = make_source("NK News")
    make_post("Old boats", tags=["Sea", "Asia"], source=paper, at="2012-05-01 10:00")
    make_post("New boats", tags=["Sea"], categories=[labor], at="2013-05-01 10:00")
    make_post("Other boats", tags=["River"], at="2013-06-01 10:00")


def ask(client, address: str, **asked: str) -> str:
    return html.unescape(client.get(address, asked).content.decode())


def titles(page: str) -> list[str]:
    return [re.sub("<[^>]*>", "", each) for each in re.findall(r'rel="bookmark">(.*?)</a>', page)]


def links(page: str) -> dict[str, str]:
    """Return the addresses of a page by the words that lead there."""
    found_links = re.findall(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', page, re.DOTALL)
    return {" ".join(re.sub("<[^>]*>", " ", words).split()): address for address, words in found_links}


@pytest.mark.usefixtures("posts")
class TestWithin:
    @pytest.mark.parametrize(
        ("address", "within", "expected"),
        [
            ("/tag/sea/", "tag:sea", ["New boats", "Old boats"]),
            ("/category/labor/", "category:labor", ["New boats"]),
            ("/source/nk-news/", "source:nk-news", ["Old boats"]),
            ("/tag/asia+sea/", "tag:asia tag:sea", ["Old boats"]),
        ],
    )
    def test_a_list_has_a_form_that_searches_in_it(self, client, address, within, expected):
        page = ask(client, address)
        form = re.search(r'<form class="ask listing-search".*?</form>', page, re.DOTALL)[0]
        [value] = re.findall(r'name="within" value="([^"]*)"', form)
        assert value.strip() == within
        results = ask(client, "/search/", q="boats", within=value, sort="date")
        assert titles(results) == expected
        assert "This searches within:" in results

    def test_lists_of_other_kinds_have_none(self, client):
        for address in ("/", "/2013/", "/tag/asia,sea/"):
            assert "listing-search" not in ask(client, address)

    def test_further_searches_stay_within_until_it_is_left(self, client):
        page = ask(client, "/search/", q="boats", within="tag:sea", sort="date")
        assert '<input type="hidden" name="within" value="tag:sea">' in page
        narrowed = next(url for words, url in links(page).items() if words.startswith("2012"))
        assert titles(ask(client, narrowed)) == ["Old boats"]
        assert "within=tag%3Asea" in narrowed
        assert titles(ask(client, links(page)["Search the whole site"])) == ["Other boats", "New boats", "Old boats"]
        assert links(page)["Tag: Sea"] == "/tag/sea/"

    def test_only_filters_count_in_it(self, client):
        assert titles(ask(client, "/search/", q="boats", within="tag:river zebra from:2020")) == ["Other boats"]
        assert titles(ask(client, "/search/", q="boats", within="tag:nobody")) == []

    def test_without_words_it_shows_all_that_is_within(self, client):
        assert titles(ask(client, "/search/", q="", within="tag:sea", sort="date")) == ["New boats", "Old boats"]


@pytest.mark.usefixtures("posts")
class TestNarrowing:
    def test_what_is_chosen_can_be_left_out_again(self, client):
        page = ask(client, "/search/", q="boats tag:sea from:2013 to:2013 -tag:asia", sort="date")
        assert titles(page) == ["New boats"]
        chosen = {words: url for words, url in links(page).items() if words.endswith("remove this filter")}
        assert {words.partition(" ×")[0]: url for words, url in chosen.items()} == {
            "Tag: Sea": "/search/?q=boats+from%3A2013+to%3A2013+-tag%3Aasia&sort=date",
            "Not the tag: Asia": "/search/?q=boats+tag%3Asea+from%3A2013+to%3A2013&sort=date",
            "Year: 2013": "/search/?q=boats+tag%3Asea+-tag%3Aasia&sort=date",
        }

    def test_a_year_takes_the_place_of_another_time_and_the_order_stays(self, client):
        page = ask(client, "/search/", q="from:2012-01 boats", sort="date")
        assert links(page)["2013 2"] == "/search/?q=boats+from%3A2013+to%3A2013&sort=date"
        assert "From 2012-01-01 × – remove this filter" in links(page)
        assert links(page)["Sea 2"] == "/search/?q=from%3A2012-01+boats+tag%3Asea&sort=date"

    def test_what_is_chosen_is_not_offered_again(self, client):
        page = ask(client, "/search/", q="boats tag:sea")
        assert "Asia 1" in links(page)
        assert "Sea 2" not in links(page)

    def test_the_sidebar_knows_what_downloads_need(self, client):
        context = client.get(
            "/search/", {"q": "boats tag:sea", "within": "tag:asia", "page": "1", "sort": "date"}
        ).context
        assert context["download_url"] == "/search/posts"
        assert context["download_query"] == "q=boats+tag%3Asea&within=tag%3Aasia"
        assert client.get("/search/").context["download_url"] == ""

    def test_ids_are_found_newest_first_and_bounded(self):
        found("boats")
        assert len(ids_found("boats", most=10)) == 3
        assert ids_found("boats", most=1) == ids_found("boats", most=3)[:1]
        assert ids_found("boats", "tag:river", most=10) == ids_found("other", most=10)
        assert ids_found("", most=10) == ids_found("tag:nobody", most=10) == []


@pytest.mark.usefixtures("posts")
class TestFeed:
    def test_it_has_what_is_found_newest_first_and_holds_the_query(self, client):
        for kind, item in (("", "item/title"), ("atom/", "{*}entry/{*}title")):
            answer = client.get(f"/search/feed/{kind}", {"q": "boats tag:sea"})
            root = ElementTree.fromstring(answer.content)
            assert [each.text for each in root.iterfind(f".//{item}")] == ["New boats", "Old boats"]
            own = f"/search/feed/{kind}?q=boats+tag%3Asea"
            assert any(each.get("href", "").endswith(own) for each in root.iter("{http://www.w3.org/2005/Atom}link"))
        feed = json.loads(client.get("/search/feed/json/", {"q": "boats", "within": "tag:river"}).content)
        assert [each["title"] for each in feed["items"]] == ["Other boats"]
        assert feed["feed_url"].endswith("/search/feed/json/?q=boats&within=tag%3Ariver")
        assert feed["home_page_url"].endswith("/search/?q=boats&within=tag%3Ariver")

    def test_the_page_leads_to_it(self, client):
        page = ask(client, "/search/", q="boats", sort="date")
        assert links(page)["Atom"].startswith("/")
        assert '<link rel="alternate" type="application/rss+xml" href="/search/feed/?q=boats"' in page

    def test_what_goes_from_sight_leaves_it_at_once(self, client):
        post = make_post("Zebra boats")
        assert "Zebra" in client.get("/search/feed/", {"q": "boats"}).content.decode()
        post.withdraw(Reason.OTHER)
        answer = client.get("/search/feed/", {"q": "boats"})
        assert "Zebra" not in answer.content.decode()
        assert "Last-Modified" not in answer.headers

    @pytest.mark.parametrize("query", ["", "   ", "!!!", "from:x"])
    def test_of_no_query_there_is_none(self, client, query):
        for kind in ("", "atom/", "json/"):
            assert client.get(f"/search/feed/{kind}", {"q": query}).status_code == 404

    def test_of_what_finds_nothing_it_is_empty(self, client):
        answer = client.get("/search/feed/", {"q": "zebra"})
        assert answer.status_code == 200
        assert b"<item>" not in answer.content

    def test_it_speaks_the_language_of_the_site_whoever_asks(self, client):
        plain = client.get("/search/feed/", {"q": "boats"}).content
        assert client.get("/search/feed/", {"q": "boats"}, headers={"accept-language": "ko"}).content == plain

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("/search/new+boats/", "/search/?q=new+boats"),
            ("/search/boats/feed/", "/search/feed/?q=boats"),
            ("/search/boats/feed/atom/", "/search/feed/atom/?q=boats"),
            ("/?s=boats", "/search/?q=boats"),
            ("/?s=boats&feed=rss2", "/search/feed/?q=boats"),
        ],
    )
    def test_addresses_of_wordpress_lead_here(self, client, old, new):
        answer = client.get(old)
        assert (answer.status_code, answer.headers["Location"]) == (301, new)
        assert client.get(new).status_code == 200


def test_no_page_can_stand_where_the_search_answers(editor_client):
    for address in ("/search/", "/search/suggest/", "/search/feed/", "/search/feed/atom/"):
        page = editor_client.post("/admin/flatpages/flatpage/add/", {"url": address, "title": "Mine", "content": "x"})
        assert "the site itself answers there" in page.content.decode(), address
