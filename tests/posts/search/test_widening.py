"""A search that finds nothing: what it finds without one of its filters or words."""

import html
import re

import pytest

from posts.life import Reason
from posts.search import searching
from posts.search.widening import Wider, without_a_filter, without_a_word
from tests.factories import make_category, make_post, make_source
from tests.posts.search.finding import found

pytestmark = pytest.mark.django_db


def wider(text: str, within: str = "") -> list[Wider]:
    sought = searching.look_up(text, within)
    return [*without_a_filter(sought), *without_a_word(sought)]


@pytest.fixture(autouse=True)
def _posts(db) -> None:
    paper = make_source("Yonhap News")
    make_post("Boats at night", tags=["Sea"], source=paper, at="2012-05-01 10:00")
    make_post("Boats by day", tags=["Sea"], source=paper, at="2012-06-01 10:00")
    make_post("Rafts", tags=["River"], categories=[make_category("Labor")], at="2013-06-01 10:00")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (
            "source:yonhap-news tag:river",
            [("Outlet: Yonhap News", "tag:river", 1), ("Tag: River", "source:yonhap-news", 2)],
        ),
        ("source:yonhap-news tag:sea from:2013 to:2013", [("Year: 2013", "source:yonhap-news tag:sea", 2)]),
        ("rafts tag:sea -tag:river", [("rafts", "tag:sea -tag:river", 2)]),
        ("rafts -tag:river", [("Not the tag: River", "rafts", 1), ("rafts", "-tag:river", 2)]),
        ("tag:sea tag:nobody", [("Tag: nobody", "tag:sea", 2)]),
        ("boats from:2014 to:2013", [("From 2014-01-01", "boats to:2013", 2)]),
        ("boats night rafts", [("rafts", "boats night", 1)]),
        ("boats rafts", [("rafts", "boats", 2)]),
        ('"by day" zebra', [("zebra", '"by day"', 1)]),
        ("boats zebra tag:sea", [("zebra", "boats tag:sea", 2)]),
        ("zebra", []),
        ("zebra okapi", []),
        ("tag:nobody", []),
        ("zebra tag:sea", [("zebra", "tag:sea", 2)]),
    ],
)  # fmt: skip
def test_each_part_without_which_something_is_found_is_told(typed, expected):
    assert found(typed) == []
    assert [(each.left_out, each.text, each.count) for each in wider(typed)] == expected


def test_it_stays_within_its_frame():
    found("anything")
    assert [each.count for each in wider("rafts tag:river", "tag:sea")] == []
    assert [each.text for each in wider("boats tag:river", "tag:sea")] == ["boats"]


def ask(client, query: str) -> str:
    return html.unescape(re.sub("</?bdi>", "", client.get("/search/", {"q": query, "sort": "date"}).content.decode()))


def test_the_page_has_them_as_links(client):
    page = ask(client, "source:yonhap-news tag:river")
    assert '<a href="/search/?q=tag%3Ariver&sort=date">Without “Outlet: Yonhap News”: 1 post</a>' in page
    assert '<a href="/search/?q=source%3Ayonhap-news&sort=date">Without “Tag: River”: 2 posts</a>' in page


def test_a_word_is_left_out_only_where_none_is_put_right(client):
    assert "Without “zebra”: 2 posts" in ask(client, "zebra boats")
    page = ask(client, "baots night")
    assert ">boats night</a>" in page
    assert "left out" not in page


def test_who_finds_something_is_told_nothing(client):
    assert "left out" not in ask(client, "boats tag:sea")
    assert "left out" not in ask(client, "")


def test_much_that_is_only_begun_is_searched_for_once(client, monkeypatch):
    looks: list[str] = []
    count_of = searching.count_of
    monkeypatch.setattr(searching, "count_of", lambda sought: looks.append(sought.query.text) or count_of(sought))
    assert "Without “zebra”: 2 posts" in ask(client, "b* bo* boa* zebra")
    assert looks
    looks.clear()
    for query in ("b* bo* boa* boat* zebra", "baots n* ni* nig* nigh* tag:nobody", "b* bo* boa* -x* tag:river"):
        assert "Nothing was found." in ask(client, query)
    assert looks == []


def test_of_what_is_not_public_nothing_is_counted(client):
    make_post("Okapi", tags=["Zebra"]).withdraw(Reason.OTHER)
    assert "left out" not in ask(client, "okapi tag:zebra")


def test_names_are_looked_up_once_however_many_ways_are_tried(client, django_assert_num_queries):
    query = " ".join(["tag:sea", "tag:river", "source:yonhap-news", "category:labor", *(f"word{n}" for n in range(8))])
    found("anything")
    sought = searching.look_up(query)
    with django_assert_num_queries(60, exact=False) as asked:
        [*without_a_filter(sought), *without_a_word(sought)]
    assert not [each for each in asked.captured_queries if "posts_tag" in each["sql"]]
