"""“Did you mean”: names that somebody who found little may have wanted, and pages of what they named."""

import html

import pytest

from posts.life import Reason
from posts.models import Tag, TagAlias
from posts.search import searching
from posts.search.names import Entry, arranged, shape
from posts.search.proposing import pages_called, proposals
from sources.models import SourceAlias
from tests.factories import make_category, make_post, make_source
from tests.posts.search.finding import found

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelves(db) -> None:
    paper = make_source("The New York Times")
    SourceAlias.objects.create(source=paper, name="NYT", name_key="nyt")
    TagAlias.objects.create(tag=Tag.objects.create(name="North Korea"), name="DPRK", name_key="dprk")
    make_post("One", tags=["North Korea", "인신매매"], source=paper)
    make_post("Two", tags=["Forced labor", "Éducation"], categories=[make_category("Human Trafficking")])


def proposed(text: str, within: str = "") -> list[str]:
    found("anything")
    sought = searching.look_up(text, within)
    return [each.text for each in proposals(sought, searching.count_of(sought))]


@pytest.mark.usefixtures("shelves")
class TestProposals:
    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ("nroth korea", "North Korea"),
            ("north koera", "North Korea"),
            ("northkorea", "North Korea"),
            ("north koreea", "North Korea"),
            ("forced labour", "Forced labor"),
            ("labors forced camp", None),
            ("humna trafficking", "Human Trafficking"),
            ("Human Traffficking", "Human Trafficking"),
            ("educaton", "Éducation"),
            ("인신메매", "인신매매"),
            ("인심매매", "인신매매"),
            ("DRPK", "North Korea"),
            ("NYT", "The New York Times"),
            ("dprk boats", None),
            ("new yrok times", "The New York Times"),
            ("zebra", None),
            ("12", None),
            ("!!", None),
        ],
    )
    def test_what_is_misspelled_leads_to_the_name(self, typed, meant):
        assert proposed(typed)[:1] == ([meant] if meant else [])

    def test_a_part_that_is_misspelled_is_put_right_and_the_rest_stays(self):
        make_post("Shelters", tags=["North Korea"])
        assert proposed("nroth korea shelters") == ["North Korea shelters"]
        assert proposed("shelters trafficcing") == []
        assert proposed('"nroth korea" -boats') == ["North Korea -boats"]

    def test_filters_that_name_nothing_are_put_right(self):
        assert proposed("tag:nroth-korea") == ["tag:north-korea"]
        assert proposed('one source:"New York Tmes"') == ["one source:the-new-york-times"]
        assert proposed("category:human-traficking from:2013") == ["category:human-trafficking from:2013"]
        assert proposed("category:nroth-korea") == []

    def test_nothing_is_proposed_that_finds_nothing_more(self):
        assert proposed("north korea") == []
        assert proposed("nroth korea from:2020") == []
        assert proposed("nroth korea", within="category:human-trafficking") == []

    def test_names_without_a_public_post_are_never_proposed(self):
        hidden = make_post("Zebra", tags=["Zebrafish"], source=make_source("Zebra Times"))
        make_post("Draft", tags=["Zebracorn"], draft=True)
        assert proposed("zebrafihs") == ["Zebrafish"]
        hidden.withdraw(Reason.OTHER)
        for typed in ("zebrafihs", "zebracron", "zebra tims", "tag:zebrafihs"):
            assert proposed(typed) == [], typed

    def test_the_page_offers_them_as_links(self, client):
        page = html.unescape(client.get("/search/", {"q": "nroth korea", "sort": "date"}).content.decode())
        assert "Did you mean:" in page
        assert 'href="/search/?q=North+Korea&sort=date"' in page
        assert 'href="/tag/north-korea/"' in page


@pytest.mark.usefixtures("shelves")
class TestNames:
    @pytest.mark.parametrize(
        ("typed", "pages"),
        [
            ("north korea", ["/tag/north-korea/"]), ("DPRK", ["/tag/north-korea/"]),
            ("nyt", ["/source/the-new-york-times/"]),
            ('"Human trafficking"', ["/category/human-trafficking/"]), ("éducation", ["/tag/%C3%A9ducation/"]),
            ("north", []), ("north korea -boats", []), ("tag:north-korea", []), ("north kore*", []), ("", []),
        ],
    )  # fmt: skip
    def test_what_is_named_exactly_has_its_page_offered(self, typed, pages):
        assert [page.url for page in pages_called(searching.look_up(typed))] == pages

    def test_one_page_for_each_kind_and_none_without_public_posts(self):
        make_post("Sea", tags=["Sea"], categories=[make_category("Sea")], source=make_source("Sea"))
        Tag.objects.create(name="Empty")
        make_post("Hidden", tags=["Hidden"], draft=True)
        assert [page.kind for page in pages_called(searching.look_up("sea"))] == ["tag", "source", "category"]
        assert pages_called(searching.look_up("empty")) == pages_called(searching.look_up("hidden")) == []


def test_as_many_questions_for_one_name_as_for_many(django_assert_num_queries):
    make_post("One", tags=["North Korea"])
    found("anything")
    with django_assert_num_queries(20, exact=False) as one:
        proposals(searching.look_up("nroth korea"), 0)
    make_post("Many", tags=[f"North Korea {n}" for n in range(20)])
    found("anything")
    with django_assert_num_queries(20, exact=False) as many:
        proposals(searching.look_up("nroth korea"), 0)
    assert len(one.captured_queries) == len(many.captured_queries)


def test_shapes_are_alike_whatever_case_accents_and_spaces():
    assert shape("Éducation  Nationale").letters == shape("education-nationale").letters == "educationnationale"
    assert len(shape("한국").letters) == 6


def test_near_names_are_bounded_and_the_nearest_comes_first():
    entries = tuple(
        Entry("tag", n, f"tag {chr(97 + n % 26)}{chr(97 + n // 26 % 26)}xyz{n}", "", "") for n in range(20_000)
    )
    names = arranged((*entries, Entry("tag", 20_001, "Boats", "Boats", "boats")))
    assert [entry.name for entry in names.near("baots")][:1] == ["Boats"]
    assert names.near("bo") == []
