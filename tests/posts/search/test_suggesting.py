"""Suggestions: what begins as somebody has begun to type."""

import datetime as dt

import pytest
from django.utils import timezone

from posts.life import Reason
from posts.models import Tag, TagAlias
from sources.models import SourceAlias
from tests.factories import make_category, make_post, make_source

pytestmark = pytest.mark.django_db


def suggested(client, text: str) -> list[str]:
    answer = client.get("/search/suggest/", {"q": text}, headers={"accept": "application/json"})
    assert answer.status_code == 200
    return [each["name"] for each in answer.json()["suggestions"]]


@pytest.fixture
def shelves(db) -> None:
    paper = make_source("The Northern Star")
    SourceAlias.objects.create(source=paper, name="NYT", name_key="nyt")
    TagAlias.objects.create(tag=Tag.objects.create(name="North Korea"), name="DPRK", name_key="dprk")
    make_post("Nordic ports", tags=["North Korea", "북한 인권", "Éducation"], source=paper)
    make_post("서울 쉼터", tags=["North Korea"], categories=[make_category("Far North")])


@pytest.mark.usefixtures("shelves")
class TestSuggestions:
    @pytest.mark.parametrize(
        ("typed", "names"),
        [
            ("nor", ["North Korea", "The Northern Star", "Far North", "Nordic ports"]),
            ("NORTH k", ["North Korea"]),
            ("korea", ["North Korea"]),
            ("orea", []),
            ("educ", ["Éducation"]),
            ("ÉDU", ["Éducation"]),
            ("dprk", ["North Korea"]),
            ("ny", ["The Northern Star"]),
            ("북", ["북한 인권"]),
            ("북하", ["북한 인권"]),
            ("ㅂㅎ", ["북한 인권"]),
            ("ㅂㅎ ㅇ", ["북한 인권"]),
            ("ㅂ", ["북한 인권"]),
            ("인ㄱ", ["북한 인권"]),
            ("서", ["서울 쉼터"]),
            ("쉼터", ["서울 쉼터"]),
            ("ports nor", ["Nordic ports"]),
            ("n", []),
            ("", []),
            ("!!", []),
            ("zebra", []),
        ],
    )
    def test_names_and_titles_that_begin_so(self, client, typed, names):
        assert suggested(client, typed) == names

    def test_without_script_they_are_a_page_of_links(self, client):
        page = client.get("/search/suggest/", {"q": "nor"}).content.decode()
        assert '<a href="/tag/north-korea/" dir="auto">North Korea</a>' in page
        assert '<a href="/source/the-northern-star/"' in page
        assert 'href="/search/?q=nor"' in page
        assert "Write at least two letters." in client.get("/search/suggest/", {"q": "n"}).content.decode()

    def test_each_says_what_it_is_and_how_many_posts_it_has(self, client):
        answer = client.get("/search/suggest/", {"q": "north k"}, headers={"accept": "application/json"}).json()
        assert answer == {
            "query": "north k",
            "suggestions": [{"kind": "Tag", "name": "North Korea", "url": "/tag/north-korea/", "count": 2}],
        }

    def test_page_and_json_are_kept_apart_and_kept_nowhere(self, client):
        for accept, kind in (
            ("application/json", "application/json"),
            ("text/html,*/*;q=0.8", "text/html"),
            ("*/*", "text/html"),
            ("", "text/html"),
            ("a/b;" * 3000, "text/html"),
        ):
            answer = client.get("/search/suggest/", {"q": "nor"}, headers={"accept": accept})
            assert answer.headers["Content-Type"].startswith(kind)
            assert "Accept" in answer.headers["Vary"].split(", ")
            assert "no-store" in answer.headers["Cache-Control"]
            assert answer.headers["X-Robots-Tag"] == "noindex"

    def test_the_commonest_stand_first(self, client):
        make_post("More", tags=["Northumberland"])
        assert suggested(client, "north")[:2] == ["North Korea", "Northumberland"]


@pytest.mark.parametrize("state", ["draft", "review", "held", "withdrawn", "trash", "removed", "deleted", "scheduled"])
def test_what_readers_may_not_see_is_never_suggested_nor_proposed_nor_followed(client, state):
    later = timezone.now() + dt.timedelta(days=1)
    post = make_post(
        "Zebra",
        tags=["Zebra tag"],
        categories=[make_category("Zebra shelf")],
        source=make_source("Zebra Times"),
        draft=state in ("draft", "review"),
        at=later if state == "scheduled" else "2013-03-31 15:17",
    )
    if state not in ("draft", "review", "scheduled"):
        assert len(suggested(client, "zeb")) == 4
    acts = {
        "review": post.submit, "withdrawn": post.withdraw, "trash": post.trash, "deleted": post.delete,
        "removed": lambda: post.take_down(Reason.OTHER),
    }  # fmt: skip
    acts.get(state, lambda: None)()
    if state == "held":
        post.review_on = dt.date(2030, 1, 1)
        post.save()
    assert suggested(client, "zeb") == []
    for query in ("zebrs", "tag:zebrs-tag", "source:zebra-tims", "zebra tag", "category:zebra-shelf"):
        page = client.get("/search/", {"q": query}).content.decode()
        assert "Did you mean" not in page
        assert "Zebra " not in page.replace("Category: Zebra shelf", "")
    assert "Zebra" not in client.get("/search/feed/", {"q": "zebra"}).content.decode().replace("zebra", "")
