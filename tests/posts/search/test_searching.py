"""What is found, and what never is: the same on both databases."""

import datetime as dt
from itertools import count

import pytest
from django.core.management import call_command
from django.utils import timezone

from posts.life import Reason
from posts.models import Category, Post, Tag
from posts.search import searching
from posts.search.facets import facets_of
from posts.search.indexing import catch_up
from posts.search.models import SearchDocument, position_of, post_of
from tests.factories import make_category, make_post, make_source

pytestmark = pytest.mark.django_db

LIBRARY = {
    "english": ("Fishing boats searched", "Crews were rescued from vessels; passports had been withheld."),
    "acronym": ("A report of the U.S. government", "It names three states. The traffickers’ routes are old."),
    "accents": ("Café owners in Łódź convicted", "La traite des êtres humains à São Paulo."),
    "korean": ("탈북 여성 쉼터에 대한 조사", "조사는 서울에서 시작되었다. 인신매매 피해자들은 보호를 받는다."),
    "japanese": ("東京で人身売買の摘発", "警察は三人を逮捕した。"),
    "chinese": ("打击拐卖妇女儿童", "公安机关在云南解救了十二人。"),
    "arabic": ("الاتجار بالبشر في القاهرة", "قالت الحكومة إنها أنقذت عمالاً من السخرة."),
    "hindi": ("मानव तस्करी के ख़िलाफ़", "पुलिस ने बारह लोगों को बचाया।"),
    "russian": ("Торговля людьми на границе", "Ёлкин сообщил о спасённых рабочих."),
    "greek": ("Εμπορία ανθρώπων στην Αθήνα", "Η αστυνομία συνέλαβε τρεις."),
    "vietnamese": ("Buôn bán người ở biên giới", "Cảnh sát giải cứu mười hai người."),
    "odd": ("It’s <b>100%</b> & “quoted”", "Words with back\\slash, 'quotes', semi;colon and * stars."),
}


QUERIES = [
    ("boat", ["english"]), ("BOATS", ["english"]), ("rescue", ["english"]), ("passport withheld", ["english"]),
    ('"fishing boats"', ["english"]), ('"boats fishing"', []), ('"boats searched crews"', []),
    ("vess*", ["english"]), ("fishing -crew", []), ("zebra", []), ("searchin*", ["english"]),
    ("US", ["acronym"]), ("u.s.", ["acronym"]), ("trafficker", ["acronym"]),
    ("trafficking routes", ["acronym"]), ("cafe", ["accents"]), ("café", ["accents"]), ("lodz", ["accents"]),
    ("etres", ["accents"]), ("sao paulo", ["accents"]), ("서울", ["korean"]), ("서울에서", ["korean"]),
    ("탈북 여성", ["korean"]), ("인신매매", ["korean"]), ("쉼터", ["korean"]), ("매매", ["korean"]), ("부산", []),
    ('"탈북 여성"', ["korean"]), ("서", ["korean"]), ("터", ["korean"]), ("東京", ["japanese"]),
    ("人身売買", ["japanese"]), ("警察", ["japanese"]), ("大阪", []), ("云南", ["chinese"]), ("拐卖妇女", ["chinese"]),
    ("妇女拐卖", []), ("救", ["chinese"]), ("القاهرة", ["arabic"]), ("قاهرة", ["arabic"]), ("بشر", ["arabic"]),
    ("الحكومه", ["arabic"]), ("انقذت", ["arabic"]), ("तस्करी", ["hindi"]), ("पुलिस", ["hindi"]),
    ("границе", ["russian"]), ("ГРАНИЦЕ", ["russian"]), ("елкин", ["russian"]), ("спасенных", ["russian"]),
    ("αθηνα", ["greek"]), ("ΑΘΉΝΑ", ["greek"]), ("buon ban nguoi", ["vietnamese"]),
    ("cảnh sát", ["vietnamese"]), ("100%", ["odd"]), ("back\\slash", ["odd"]), ("'quotes'", ["odd"]),
    ("semi;colon", ["odd"]),
]  # fmt: skip


ODD = [
    "'", '"', "\\", "*", "AND", "OR NOT", "NEAR(a b)", "title:boats", "a:*", "(boats", "boats)", "^boats", "'a':B",
    "& | !", "<-> a", "\x00", "tag:", 'tag:""', "%", "_all", "_t1", "💡", "a" * 5000, "a " * 500, "-boats", "tag:x -y",
]  # fmt: skip


def found(text: str, order: searching.Order = "relevance", page: int = 1) -> list[str]:
    """Return the titles of what is found, in order."""
    catch_up()
    results = searching.run(searching.look_up(text), order, page)
    titles = dict(Post.objects.values_list("pk", "title"))
    return [titles[pk] for pk in results.ids]


@pytest.fixture
def library(db) -> None:
    minutes = count()
    for title, body in LIBRARY.values():
        make_post(title, body=body, at=f"2013-03-31 15:{next(minutes):02}")


@pytest.mark.usefixtures("library")
class TestScripts:
    def test_words_find_their_posts(self):
        wanted = {query: sorted(LIBRARY[name][0] for name in names) for query, names in QUERIES}
        assert {query: sorted(found(query)) for query in wanted} == wanted

    def test_any_query_is_answered(self, client):
        for query in ODD:
            assert client.get("/search/", {"q": query}).status_code == 200, query


class TestOrder:
    def test_the_title_weighs_most_then_how_often_a_word_stands(self, db):
        make_post("Ports", body="A harbour. " * 3, at="2013-01-03 10:00")
        make_post("Harbour", body="Words.", at="2013-01-01 10:00")
        make_post("Quays", body="A harbour, and much else that has nothing to do with it.", at="2013-01-02 10:00")
        assert found("harbour") == ["Harbour", "Ports", "Quays"]
        assert found("harbour", "date") == ["Ports", "Quays", "Harbour"]

    def test_of_equals_the_newest_comes_first(self, db):
        for day in (1, 3, 2):
            make_post(f"Day {day}", body="The harbour.", at=f"2013-01-0{day} 10:00")
        assert found("harbour") == ["Day 3", "Day 2", "Day 1"]

    def test_pages_hold_all_once(self, db):
        for number in range(25):
            make_post(f"Post {number}", body="The harbour.", at=f"2013-01-01 10:{number:02}")
        pages = [found("harbour", page=page) for page in (1, 2, 3, 4)]
        assert [len(page) for page in pages] == [10, 10, 5, 0]
        assert len({title for page in pages for title in page}) == 25

    def test_very_many_are_ranked_among_the_newest(self, db, monkeypatch):
        monkeypatch.setattr(searching, "RANKED", 3)
        make_post("The harbour", body="x", at="2012-01-01 10:00")
        for day in range(1, 7):
            make_post(f"Day {day}", body="A harbour.", at=f"2013-01-0{day} 10:00")
        assert found("harbour") == ["The harbour", "Day 6", "Day 5"]


class TestNarrowing:
    def test_by_tag_category_outlet_and_time(self, db):
        labor = make_category("Labor")
        fishing = make_category("Fishing", parent=labor)
        paper = make_source("NK News")
        make_post("One", body="boats", tags=["North Korea"], categories=[fishing], source=paper, at="2012-05-01 10:00")
        make_post("Two", body="boats", tags=["China"], at="2013-05-01 10:00")
        for query in (
            "boats tag:north-korea", 'tag:"north korea"', "boats -tag:china", "category:labor/fishing",
            "category:Labor", "category:fishing", "source:nk-news", 'source:"nk news" boats', "to:2012",
            "from:2012-05 to:2012-05", "boats to:2012-05-01", "nk news",
        ):  # fmt: skip
            assert found(query) == ["One"], query
        for query in ("boats tag:nothing", "tag:china tag:north-korea", "from:2014", "source:nobody", "boats to:2011"):
            assert found(query) == [], query
        assert searching.look_up("tag:nothing").unknown[0].name == "nothing"
        assert found("boats -tag:nothing") == ["Two", "One"]

    def test_facets_count_what_is_found_and_narrow_it(self, db):
        paper = make_source("NK News")
        for year in (2012, 2012, 2013):
            make_post(body="boats", tags=["Sea"], source=paper, at=f"{year}-05-01 10:{Post.objects.count():02}")
        make_post(body="cars", tags=["Road"])
        catch_up()
        sought = searching.look_up("boats")
        facets = facets_of(sought, searching.run(sought, "date", 1))
        kinds = {facet.name: facet.values for facet in facets.kinds}
        assert [(each.name, each.count) for each in kinds["Tags"]] == [("Sea", 3)]
        assert [(each.name, each.count) for each in kinds["Outlets"]] == [("NK News", 3)]
        assert [(each.name, each.count, each.narrowing) for each in kinds["Years"]] == [
            ("2013", 1, "from:2013 to:2013"), ("2012", 2, "from:2012 to:2012"),
        ]  # fmt: skip


class TestItFollows:
    def test_what_changes_is_found_so_at_once(self, client):
        post = make_post("Boats", tags=["Sea"])

        def titles(query: str) -> int:
            return client.get("/search/", {"q": query}).content.decode().count('class="post post-found"')

        assert titles("boats") == titles("tag:sea") == 1
        post.title = "Ships"
        post.save()
        assert (titles("boats"), titles("ships")) == (0, 1)
        post.tags.set(["Ocean"])
        assert titles("ocean ships") == 1
        Tag.objects.create(name="Water").absorb(Tag.objects.named("Ocean"))
        assert titles("tag:water") == titles("tag:ocean") == 1
        post.categories.set([make_category("Labor")])
        assert titles("category:labor") == 1
        Category.objects.get().delete()
        assert titles("labor") == 0
        Post.objects.filter(pk=post.pk).update(title="Rafts")
        assert titles("rafts") == 1
        post.refresh_from_db()
        post.withdraw(Reason.OTHER)
        assert titles("rafts") == 0
        assert not SearchDocument.objects.exists()

    @pytest.mark.parametrize(
        "state", ["draft", "review", "held", "withdrawn", "trash", "removed", "deleted", "scheduled"]
    )
    def test_what_readers_may_not_see_is_never_found(self, client, state):
        later = timezone.now() + dt.timedelta(days=1)
        at = later if state == "scheduled" else "2013-03-31 15:17"
        post = make_post("Zebra", body="zebra", tags=["Zebra"], draft=state in ("draft", "review"), at=at)
        acts = {
            "review": post.submit, "withdrawn": post.withdraw, "trash": post.trash, "deleted": post.delete,
            "removed": lambda: post.take_down(Reason.OTHER),
        }  # fmt: skip
        acts.get(state, lambda: None)()
        if state == "held":
            post.review_on = dt.date(2030, 1, 1)
            post.save()
        page = client.get("/search/", {"q": "zebra"}).content.decode()
        assert "Nothing was found." in page
        assert "Zebra" not in page.replace('value="zebra"', "")

    def test_a_scheduled_post_is_found_from_its_moment_on(self, db):
        make_post("Tomorrow", at=timezone.now() + dt.timedelta(days=1))
        catch_up()
        at = timezone.now() + dt.timedelta(days=1, minutes=1)
        assert searching.run(searching.look_up("tomorrow"), "date", 1).count == 0
        assert searching.run(searching.look_up("tomorrow", at=at), "date", 1).count == 1

    def test_rebuilding_gives_the_same(self, library):
        catch_up()
        before = list(SearchDocument.objects.order_by("pk").values())
        SearchDocument.objects.all().delete()
        call_command("reindex")
        assert list(SearchDocument.objects.order_by("pk").values()) == before
        assert found("boats") == [LIBRARY["english"][0]]


class TestThePage:
    def test_it_shows_what_was_found_with_the_words_marked(self, client):
        make_post("Boats <at> sea", body="The *boats* came in at night.", source=make_source("NK News"))
        page = client.get("/search/", {"q": "boat"}).content.decode()
        assert "<mark>Boats</mark> &lt;at&gt; sea" in page
        assert "The <mark>boats</mark> came in at night." in page
        assert "Source: NK News" in page
        assert "1 post" in page

    def test_of_a_text_under_a_notice_no_word_is_shown(self, client):
        make_post("The cellar", body="Zebras everywhere.", notice="Describes violence")
        page = client.get("/search/", {"q": "zebras"}).content.decode()
        assert "everywhere" not in page
        assert "Content notice: Describes violence." in page

    def test_without_a_query_it_is_a_box(self, client):
        page = client.get("/search/").content.decode()
        assert 'name="q"' in page
        assert "found" not in page

    @pytest.mark.parametrize("number", ["0", "-1", "x", "99", "9" * 50, ""])
    def test_a_page_that_is_none_is_not_found(self, client, number):
        make_post("Boats")
        assert client.get("/search/", {"q": "boats", "page": number}).status_code == 404

    def test_as_many_queries_for_one_as_for_twenty(self, client, django_assert_num_queries):
        make_post("Boats", tags=["A"])
        client.get("/search/", {"q": "boats"})
        with django_assert_num_queries(30, exact=False) as one:
            client.get("/search/", {"q": "boats"})
        for number in range(20):
            make_post(f"Boats {number}", tags=["A", f"T{number}"], categories=[make_category(f"C{number}")])
        client.get("/search/", {"q": "boats"})
        with django_assert_num_queries(30, exact=False) as twenty:
            client.get("/search/", {"q": "boats"})
        assert len(one.captured_queries) == len(twenty.captured_queries)


def test_a_position_tells_moment_and_post():
    position = position_of(timezone.now(), 12345)
    assert post_of(position) == 12345
    assert position < 2**63
