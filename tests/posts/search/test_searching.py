"""What is found, and what never is: the same on both databases."""

import datetime as dt
import html
import re

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.utils import timezone

from posts.life import Reason
from posts.models import Category, Post, Tag
from posts.search import indexing, searching
from posts.search.facets import facets_of
from posts.search.indexing import catch_up, reindex_all
from posts.search.models import SearchDocument, Touched, position_of, post_of
from sources.models import Source
from tests.factories import make_category, make_post, make_source
from tests.posts.search.finding import found

pytestmark = pytest.mark.django_db

ODD = [
    "'", '"', "\\", "*", "AND", "OR NOT", "NEAR(a b)", "title:boats", "a:*", "(boats", "boats)", "^boats", "'a':B",
    "& | !", "!&|<->", "<-> a", "a <2> b", "\x00", "NEAR(", "a:*B & 'c", "-", "--", "-tag:", "from:",
    "to:x -y", "*a", "''", "“",
    "-boats -sea", "from:2012", "from:9999-12-31", "to:9999", "to:0001", "from:0001-01-01", "tag:sea tag:sea",
    "\u202eboats",
    "👩‍👩‍👧", "%%s %(x)s {}", "tag:" + "x" * 3000, "-\"at sea", "source:'; category:\"", "ㅂㅎ", "ㅂ", "ㅏ", "한",
    "ﷺ", "\ufdfa" * 200, "İ" * 400,
    "tag:", 'tag:""', "%", "_all", "_t1", "💡", "a" * 5000, "a " * 500, "-boats", "tag:x -y",
]  # fmt: skip


def test_any_query_is_answered(client):
    make_post("Boats", tags=["Sea"])
    for query in ODD:
        for address in ("/search/", "/search/suggest/"):
            for within in ("", "tag:sea"):
                response = client.get(address, {"q": query, "within": within})
                assert response.status_code == 200, (address, query)


@pytest.mark.parametrize("zone", ["Asia/Seoul", "America/New_York"])
def test_the_first_and_the_last_day_of_all_are_dates_in_every_zone(client, settings, zone):
    settings.TIME_ZONE = zone
    make_post("Boats")
    for asked in ("from:0001", "from:0001-01-01 to:9999-12-31", "boats from:0001 to:9999"):
        assert found(asked) == ["Boats"]
        for address in ("/search/", "/search/feed/", "/search/posts.csv"):
            assert client.get(address, {"q": asked}).status_code == 200
    assert found("to:0001") == found("from:9999-12-31") == []


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("from:2013-13", "names no date"),
        ("from:2014 to:2012", "“from” is later than “to”"),
        ("from:9999 to:0001", "“from” is later than “to”"),
        ("tag:nobody", "Nothing here is called “nobody”"),
        ("a" * 10_000, "more than 400 characters"),
        ("boats " * 40, "the first 24 were searched for"),
        ("tag:sea " * 30, "the first 12 were taken"),
        ("!!! ***", "There is no word in it"),
    ],
)
def test_what_makes_no_sense_is_said(client, asked, words):
    make_post("Boats", tags=["Sea"])
    page = html.unescape(client.get("/search/", {"q": asked}).content.decode())
    assert words in page


def test_odd_addresses_are_answered(client):
    make_post("Boats", tags=["Sea"])
    for address in (
        "/search/?q=boats&q=sea", "/search/?q=%ED%A0%80boats", "/search/?q=%FF%FE", "/search/?q=%00",
        "/search/?q=boats&page=",
        "/search/?q=boats&sort=x", "/search/?within=%22&q=boats", "/search/?within=tag:nobody&q=boats",
        "/search/?", "/search/?q",
        "/search/suggest/?q=%ED%A0%80", "/search/suggest/", "/search/feed/?q=boats&q=sea",
        "/search/feed/?q=%22%00boats",
    ):  # fmt: skip
        assert client.get(address).status_code in (200, 404), address
    assert client.get("/search/?q=boats&page=0").status_code == 404
    assert client.get("/search/?q=boats&page=999999999").status_code == 404
    for address in ("/search/feed/", "/search/posts.csv", "/search/posts.zip"):
        assert client.get(f"{address}?q=boats&page=0").status_code == 200, address
    assert client.post("/search/?q=boats").status_code == 405
    assert client.get("/search").status_code == 301


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
        assert found("harbour") == ["The harbour", "Day 6", "Day 5", "Day 4", "Day 3", "Day 2", "Day 1"]


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


def shown(client, query: str) -> int:
    return client.get("/search/", {"q": query}).content.decode().count('class="post post-found"')


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

    @pytest.mark.parametrize("asked", ["tag:okapis", "source:okapi-post", "category:okapi-shelf", "-tag:okapis"])
    @pytest.mark.parametrize("place", ["q", "within"])
    def test_names_that_stand_on_nothing_public_are_as_unknown_as_others(self, client, asked, place):
        tag, outlet, shelf = Tag.objects.create(name="Okapi"), make_source("Okapi Post"), make_category("Okapi shelf")
        tag.absorb(Tag.objects.create(name="Okapis"))
        post = make_post("Zebra", tags=[tag], source=outlet, categories=[shelf])
        assert "Okapi" in client.get("/search/", {place: asked}).content.decode()
        post.withdraw(Reason.PROTECTION)
        page = client.get("/search/", {place: asked}).content.decode()
        assert "Okapi" not in page
        if place == "q":
            assert f"Nothing here is called “{asked.partition(':')[2]}”" in page

    def test_a_scheduled_post_is_found_from_its_moment_on(self, db):
        make_post("Tomorrow", at=timezone.now() + dt.timedelta(days=1))
        catch_up()
        at = timezone.now() + dt.timedelta(days=1, minutes=1)
        assert searching.run(searching.look_up("tomorrow"), "date", 1).count == 0
        assert searching.run(searching.look_up("tomorrow", at=at), "date", 1).count == 1

    def test_rebuilding_gives_the_same(self, capsys):
        make_post("Boats", tags=["Sea"])
        make_post("서울에서", at="2013-04-01 10:00")
        catch_up()
        before = list(SearchDocument.objects.order_by("pk").values())
        SearchDocument.objects.all().delete()
        call_command("reindex")
        assert list(SearchDocument.objects.order_by("pk").values()) == before
        assert "2 posts are indexed." in capsys.readouterr().out
        assert found("boats") == ["Boats"]

    def test_after_rebuilding_nobody_waits_for_what_is_in_it_already(self, db):
        post = make_post("Boats")
        assert Touched.objects.exists()
        for _ in reindex_all():
            pass
        assert not Touched.objects.exists()
        for _ in reindex_all():
            Post.objects.filter(pk=post.pk).update(title="Trawlers")
        assert (found("boats"), found("trawlers")) == ([], ["Trawlers"])

    def test_a_new_name_of_a_tag_an_outlet_or_a_category_is_found_at_once(self, client):
        tag, paper, shelf = Tag.objects.create(name="Sea"), make_source("NK News"), make_category("Labor")
        make_post("Boats", tags=[tag], source=paper, categories=[shelf])
        for named, before, after in ((tag, "sea", "ocean"), (paper, "nk news", "gazette"), (shelf, "labor", "work")):
            assert shown(client, before) == 1
            named.name = after.title()
            named.save()
            assert (shown(client, before), shown(client, after)) == (0, 1)

    def test_a_phrase_stays_within_one_name(self, db):
        make_post("Zebra", tags=["forced labour", "courts"], source=make_source("Kestrel"))
        assert found('"forced labour"') == found('tag:courts "labour"') == ["Zebra"]
        for across in ('"labour courts"', '"courts forced"', '"kestrel courts"', '"kestrel forced"'):
            assert found(across) == []
        assert found('zebra -"labour courts"') == ["Zebra"]

    def test_an_outlet_that_took_over_another_is_found_with_its_posts(self, client):
        paper = make_source("NK News")
        make_post("Boats", source=make_source("Daily NK"))
        assert shown(client, 'source:"NK News"') == 0
        paper.absorb(Source.objects.named("Daily NK"))
        assert shown(client, 'source:"NK News"') == shown(client, "source:daily-nk") == 1

    def test_of_hundreds_that_go_from_sight_none_is_counted(self, client):
        posts = [make_post(f"Zebra {n}", tags=["Stripes"], at=f"2013-01-01 {n:02}:00") for n in range(5)]
        assert shown(client, "zebra") == 5
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("posts.search.indexing.SLICE", 1)
            for post in posts:
                post.withdraw(Reason.OTHER)
            page = client.get("/search/", {"q": "zebra"}).content.decode()
        assert "Nothing was found." in page
        assert "Stripes" not in page


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

    @pytest.mark.parametrize("number", ["0", "-1", "x", "99", "9" * 50, " "])
    def test_a_page_that_is_none_is_not_found(self, client, number):
        make_post("Boats")
        assert client.get("/search/", {"q": "boats", "page": number}).status_code == 404

    def test_without_a_number_it_is_the_first_page(self, client):
        make_post("Boats")
        assert "Boats" in client.get("/search/?q=boat&page=").content.decode().replace('value="boat', "")

    def test_what_stands_on_all_that_was_found_is_told_and_not_pressed(self, client):
        paper = make_source("NK News")
        for day, tags in enumerate((["Sea", "Night"], ["Sea"]), 1):
            make_post(f"Boats {day}", tags=tags, source=paper, at=f"2012-05-0{day} 10:00")
        make_post("Trains", tags=["Sea", "Rails"], at="2013-05-01 10:00")
        page = client.get("/search/", {"q": "boats"}).content.decode()
        told = re.findall(r'<span class="chip"><bdi>(.*?)</bdi> <span class="count">(\d+)</span></span>', page)
        pressed = re.findall(r'href="/search/[^"]*"><bdi>(.*?)</bdi> <span class="count">(\d+)</span></a>', page)
        assert told == [("Sea", "2"), ("NK News", "2"), ("2012", "2")]
        assert pressed == [("Night", "1")]

    def test_what_is_chosen_is_not_offered_again(self, client):
        make_post("Boats", tags=["Sea"], source=make_source("NK News"), categories=[make_category("Labor")])
        asked = "boats tag:sea source:nk-news category:labor from:2013 to:2013"
        page = client.get("/search/", {"q": asked}).content.decode()
        assert 'class="count"' not in page.partition('id="narrow"')[2]

    def test_the_help_shows_searches_that_can_be_tried_and_find_something(self, client):
        make_post("Boats", tags=["North Korea"], source=make_source("NK News"), categories=[make_category("Labor")])
        make_post("Hidden", tags=["Okapi"], draft=True)
        for query in ("", "boats", "zebra"):
            page = html.unescape(client.get("/search/", {"q": query}).content.decode())
            tried = dict(re.findall(r'<dt><a href="([^"]*)"><code[^>]*>(.*?)</code></a></dt>', page))
            assert list(tried.values()) == [
                '"human trafficking"', "trafficking -court", "traffick*",
                "tag:north-korea", "source:nk-news", "category:labor", "from:2012-03 to:2012",
            ]  # fmt: skip
            for address in list(tried)[3:6]:
                assert "1 post" in client.get(address).content.decode()
        assert "“to:2012” includes all of 2012" in page

    def test_the_help_has_examples_where_nothing_is_public_yet(self, client):
        page = client.get("/search/").content.decode()
        assert ">tag:name</code></dt>" in page

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


@pytest.mark.skipif(connection.vendor != "sqlite", reason="On PostgreSQL nobody waits for all who write")
def test_who_searches_waits_but_briefly_for_whoever_writes(client, monkeypatch):
    def patience() -> int:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout")
            return cursor.fetchone()[0]

    def fail() -> int:
        waited.append(patience())
        raise DatabaseError("database is locked")

    waited: list[int] = []
    make_post("Boats")
    usual = patience()
    monkeypatch.setattr(indexing, "forget_unlisted", fail)
    assert client.get("/search/", {"q": "boats"}).status_code == 200
    assert waited == [1000]
    assert patience() == usual > 1000
