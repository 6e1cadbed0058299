"""“Did you mean”: names that somebody who found little may have wanted, and pages of what they named."""

import datetime as dt
import html

import pytest
from django.utils import timezone

from posts.life import Reason
from posts.models import Post, Tag, TagAlias
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


def test_a_filter_without_quotes_takes_the_words_behind_it(shelves):
    assert proposed("tag:North Korea")[0] == "tag:north-korea"
    assert proposed("source:the new york times one")[0] == "source:the-new-york-times one"
    assert proposed("-tag:north korea two")[0] == "-tag:north-korea two"


def test_a_year_alone_is_offered_as_one_however_many_posts_mention_it(client):
    for number in range(4):
        make_post(f"In 2012 {number}", at=f"2013-01-0{number + 1} 10:00")
        make_post(f"Boat {number}", at=f"2012-01-0{number + 1} 10:00")
    make_post("Last", at="2012-02-01 10:00")
    assert "from:2012" in client.get("/search/?q=2012").content.decode()


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


class TestWords:
    """What stands in titles and texts, and in no name."""

    @pytest.mark.parametrize(
        ("written", "typed", "meant"),
        [
            ("Satellite images of a camp", "satelite", "satellite"),
            ("Satellites over a camp", "satelites", "satellites"),
            ("A defector speaks", "defecter", "defector"),
            ("Trafficking at the border", "traficking", "trafficking"),
            ("Boats at sea", "botas", "boats"),
            ("Une éducation volée", "educatoin", "éducation"),
            ("Торговля людьми", "торговлa", "торговля"),
            ("Торговля людьми", "Торговяля", "торговля"),
            ("Εμπορία ανθρώπων", "εμποριαα", "εμπορία"),
            ("탈북여성의 증언", "탈북여섬의", "탈북여성의"),
            ("두만강을 건너다", "두만감을", "두만강을"),
        ],
    )
    @pytest.mark.parametrize("place", ["title", "body", "excerpt"])
    def test_a_misspelled_word_leads_to_the_word_as_it_is_written(self, db, written, typed, meant, place):
        make_post(**{"title": "Other", "body": "Other.", place: written})
        assert proposed(typed) == [meant]

    @pytest.mark.parametrize(
        ("written", "typed"),
        [
            ("Iran", "Ira"), ("Boats", "beets"), ("Camp", "lump"), ("Satellite", "sateeelleti"),
            ("会议记录", "会议纪录"), ("Satellite", "satellites"), ("Satellite", "satelli*"), ("2013", "2014"),
            ("한국", "한글"), ("Boats", "-botas"),
        ],
    )  # fmt: skip
    def test_what_is_another_word_leads_nowhere(self, db, written, typed):
        make_post(written, at="2011-01-01 10:00")
        assert [each for each in proposed(typed) if "from:" not in each] == []

    def test_one_word_of_several_is_put_right_and_the_rest_stays(self, db):
        make_post("Satellite images show camps", tags=["Sea"])
        assert proposed("satelite camps") == ["satellite camps"]
        assert proposed("satelite imagse")[0] == "satellite images"
        assert proposed("-boats tag:sea  satelite") == ["-boats tag:sea satellite"]
        assert proposed('camps "satelite images" from:2013') == ['camps "satellite images" from:2013']
        assert proposed("satelite zebra") == []

    def test_the_nearest_comes_first_then_the_most_frequent_and_one_form_of_each(self, db):
        for number in range(3):
            make_post(f"Rafts {number}", body="rafts")
        make_post("Crafts", body="craft crafts drafts")
        assert proposed("raftss") == ["rafts", "crafts", "drafts"]

    def test_a_word_that_stands_somewhere_is_right_unless_another_is_far_more_frequent(self, db):
        make_post("A horse")
        for number in range(9):
            make_post(f"House {number}")
        make_post("A traficking ring")
        assert proposed("horse") == []
        make_post("House 10")
        assert proposed("horse") == ["house"]

    def test_words_that_readers_do_not_see_are_never_proposed(self, db):
        make_post("A satellite", notice="Describes violence")
        make_post("Another satellite", draft=True)
        make_post("Tomorrow’s satellite", at=timezone.now() + dt.timedelta(days=1))
        make_post("A withdrawn satellite").withdraw(Reason.OTHER)
        held = make_post("A satellite that is held")
        held.review_on = dt.date(2030, 1, 1)
        held.save()
        assert proposed("satelite") == []
        make_post("A satellite for all")
        assert proposed("satelite") == ["satellite"]

    @pytest.mark.parametrize("act", ["withdraw", "delete", "notice", "rename"])
    def test_a_word_that_went_from_sight_a_moment_ago_is_not_proposed(self, db, act):
        post = make_post("A satellite", at="2012-01-01 10:00")
        make_post("Satellites", at="2011-01-01 10:00", notice="Describes violence")
        make_post("Newer")
        assert proposed("satelite") == ["satellite"]
        change = {"notice": {"notice": "Describes violence"}, "rename": {"title": "A raft"}}
        if act in change:
            Post.objects.filter(pk=post.pk).update(**change[act])
        else:
            getattr(post, act)()
        assert proposed("satelite") == []

    def test_as_many_questions_for_one_post_as_for_many(self, django_assert_num_queries):
        make_post("A satellite")
        found("anything")
        with django_assert_num_queries(20, exact=False) as one:
            proposals(searching.look_up("satelite camps"), 0)
        for number in range(20):
            make_post(f"Satellite {number}", body=f"satellit{number} satallite camp")
        found("anything")
        with django_assert_num_queries(20, exact=False) as many:
            proposals(searching.look_up("satelite camps"), 0)
        assert abs(len(many.captured_queries) - len(one.captured_queries)) <= 3

    def test_who_finds_enough_is_asked_nothing(self, client, django_assert_num_queries):
        for number in range(3):
            make_post(f"Satelite {number}")
        make_post("Satellite")
        client.get("/search/", {"q": "satelite"})
        with django_assert_num_queries(30, exact=False) as asked:
            page = client.get("/search/", {"q": "satelite"}).content.decode()
        assert "Did you mean" not in page
        assert not any("body_html" in each["sql"] and "LIMIT 500" in each["sql"] for each in asked.captured_queries)


class TestFilters:
    @pytest.fixture(autouse=True)
    def _posts(self, db) -> None:
        paper = make_source("Yonhap News")
        SourceAlias.objects.create(source=paper, name="연합뉴스", name_key="연합뉴스")
        korea = Tag.objects.create(name="North Korea")
        TagAlias.objects.create(tag=korea, name="DPRK", name_key="dprk")
        make_post("Boats in North Korea", source=paper, at="2012-05-01 10:00")
        make_post("More boats", source=paper, tags=[korea], at="2012-06-01 10:00")
        make_post("Boats", source=paper, tags=[korea], categories=[make_category("Labor")], at="2013-06-01 10:00")

    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            (
                "Yonhap News 2012 North Korea",
                {
                    "source:yonhap-news from:2012 to:2012 North Korea": 2,
                    "source:yonhap-news from:2012 to:2012 tag:north-korea": 1,
                },
            ),
            ("2012", {"from:2012 to:2012": 2}),
            ("boats 2013", {"from:2013 to:2013 boats": 1}),
            ("boats 2012-2013", {"from:2012 to:2013 boats": 3}),
            ("2013 boats 2012", {"from:2012 to:2013 boats": 3}),
            ("연합뉴스 boats", {"source:yonhap-news boats": 3}),
            ("dprk more", {"tag:north-korea more": 1}),
            ("more 2012 tag:north-korea -rafts", {"from:2012 to:2012 more tag:north-korea -rafts": 1}),
            ("boats 1999", {}),
            ("yonhap news zebra boats 2012", {"source:yonhap-news from:2012 to:2012 boats": 2}),
            ("zebra 2012", {}),
            ("boats 3012", {}),
            ("boats 2012 from:2013", {}),
            ("yonhap news", {}),
            ("dprk", {}),
        ],
    )
    def test_names_and_years_are_offered_as_filters(self, typed, meant):
        found("anything")
        sought = searching.look_up(typed)
        offered = proposals(sought, min(searching.count_of(sought), 2))
        assert {each.text: each.count for each in offered if each.parts} == meant

    def test_what_stands_between_words_is_not_swallowed(self):
        found("anything")
        [offered] = proposals(searching.look_up("yonhap -rafts news 2012"), 0)
        assert offered.text == "from:2012 to:2012 yonhap -rafts news"

    def test_the_page_says_them_in_words(self, client):
        page = html.unescape(client.get("/search/", {"q": "Yonhap News 2012 North Korea"}).content.decode())
        assert 'href="/search/?q=source%3Ayonhap-news+from%3A2012+to%3A2012+North+Korea"' in page
        assert "<bdi>Outlet: Yonhap News</bdi> · <bdi>Year: 2012</bdi> · <bdi>North Korea</bdi>" in page


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
