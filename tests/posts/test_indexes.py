"""The archive's calendar, and the indexes of tags and outlets."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from posts import indexes
from posts.models import Tag
from sources.models import SourceAlias
from tests.factories import make_link, make_post, make_source

pytestmark = pytest.mark.django_db


def text(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


class TestTheArchive:
    def test_each_month_with_posts_is_a_link_with_its_number_and_others_are_none(self, client):
        for day in (1, 9):
            make_post(at=f"2013-03-0{day} 10:00")
        make_post(at="2011-12-31 10:00")
        page = text(client, "/archive/")
        assert '<a href="/2013/03/">' in page
        assert '<a href="/2013/04/">' not in page
        assert 'March 2013:</span> <span class="count">2</span>' in page
        assert page.index("2013") < page.index("Nothing appeared in this year.") < page.index("2011")

    def test_it_is_empty_without_posts(self, client):
        assert "Nothing is published yet." in text(client, "/archive/")

    def test_the_largest_month_has_the_highest_bar(self, client):
        for day in range(1, 5):
            make_post(at=f"2013-03-0{day} 10:00")
        make_post(at="2013-05-01 10:00")
        page = text(client, "/archive/")
        assert 'height="40"' in page
        assert 'height="10"' in page

    def test_a_month_shows_its_days_and_the_months_that_have_posts_beside_it(self, client):
        for day in ("2012-11-05", "2013-03-31", "2014-01-01"):
            make_post(at=f"{day} 10:00")
        page = text(client, "/2013/03/")
        assert '<a href="/2013/03/31/">31<sup class="count" aria-hidden="true">1</sup>' in page
        assert '<a href="/2012/11/" rel="prev">' in page
        assert '<a href="/2014/01/" rel="next">' in page
        assert page.index('title="Monday"') < page.index('title="Sunday"')

    def test_a_year_shows_its_months_and_a_day_the_days_beside_it(self, client):
        make_post(at="2013-03-31 10:00")
        make_post(at="2013-04-02 10:00")
        assert '<a href="/2013/04/">' in text(client, "/2013/")
        assert '<a href="/2013/04/02/" rel="next">' in text(client, "/2013/03/31/")

    @pytest.mark.parametrize("address", ["/archive/", "/2013/", "/2013/03/", "/2013/03/31/"])
    def test_three_posts_ask_what_one_asks(self, client, address):
        make_post(at="2013-03-31 10:00")
        client.get(address)
        with CaptureQueriesContext(connection) as one:
            client.get(address)
        for hour in (11, 12):
            make_post(at=f"2013-03-31 {hour}:00")
        with CaptureQueriesContext(connection) as three:
            client.get(address)
        assert len(three) == len(one)


class TestTheTags:
    def test_letters_lead_to_their_tags(self, client):
        make_post(tags=["Éire", "boats", "북한", "3D"])
        page = text(client, "/tag/")
        for letter in ("E", "B", "ㅂ", "0–9"):
            assert f'<a href="#{indexes.anchor(letter)}">{letter}</a>' in page
            assert f'id="{indexes.anchor(letter)}"' in page

    @pytest.mark.parametrize("typed", ["kor", "KOR", "Kôr", "k%00or", "North%20Kor"])
    def test_part_of_a_name_finds_it_however_it_is_written(self, client, typed):
        make_post(tags=["North Korea", "boats"])
        page = text(client, f"/tag/?q={typed}")
        assert ("/tag/north-korea/" in page) == (typed != "k%00or")
        assert "/tag/boats/" not in page

    def test_another_name_finds_it_too(self, client):
        make_post(tags=["North Korea"])
        tag = Tag.objects.get()
        tag.name = "DPRK"
        tag.save()
        assert f'href="{tag.get_absolute_url()}"' in text(client, "/tag/?q=north")

    def test_by_number_the_most_used_stands_first(self, client):
        make_post(tags=["aaa", "zzz"])
        make_post(tags=["zzz"])
        page = text(client, "/tag/?order=posts")
        assert page.index("/tag/zzz/") < page.index("/tag/aaa/")

    def test_of_very_many_one_letter_at_a_time_is_shown(self, client, monkeypatch):
        monkeypatch.setattr(indexes, "ON_ONE_PAGE", 3)
        make_post(tags=["apple", "apricot", "boat", "cart", "ßolid"])
        make_post(tags=["cart"])
        page = text(client, "/tag/")
        assert '<a href="/tag/?letter=A">A <span class="count">2</span></a>' in page
        assert "The most used" in page
        assert "/tag/apricot/" in text(client, "/tag/?letter=A")
        assert "/tag/boat/" not in text(client, "/tag/?letter=a")
        assert "/tag/apricot/" in text(client, "/tag/?letter=a")
        assert '<a href="/tag/?letter=S">S <span' in page
        assert ">ßolid<" in text(client, "/tag/?letter=S")

    @pytest.mark.parametrize(
        "odd", ["q=%00", "letter=%F0%9F%98%80", "letter=&q=&order=x", f"q={'a' * 5000}", "letter=a+b"]
    )
    def test_odd_questions_are_answered(self, client, odd):
        make_post(tags=["boats"])
        text(client, f"/tag/?{odd}")

    def test_thirty_tags_ask_what_one_asks(self, client):
        make_post(tags=["a"])
        with CaptureQueriesContext(connection) as one:
            client.get("/tag/?q=a")
        make_post(tags=[f"a{number}" for number in range(30)])
        with CaptureQueriesContext(connection) as many:
            client.get("/tag/?q=a")
        assert len(many) == len(one)


class TestTheOutlets:
    def test_they_are_narrowed_by_country_and_language_and_sorted_by_number(self, client):
        for name, country, language in (("Alpha", "KR", "ko"), ("Beta", "KR", "en"), ("Gamma", "US", "en")):
            make_post(source=make_source(name, country=country, language=language))
        make_post(source=make_source("Delta", country="US", language="es"))
        page = text(client, "/source/?country=KR")
        assert "/source/alpha/" in page
        assert "/source/gamma/" not in page
        page = text(client, "/source/?country=KR&language=en")
        assert ("/source/beta/" in page, "/source/alpha/" in page) == (True, False)

    def test_countries_and_languages_are_counted_among_what_is_asked_for(self, client):
        for name, country, language in (("Alpha", "KR", "ko"), ("Beta", "KR", "en"), ("Gamma", "US", "en")):
            make_post(source=make_source(name, country=country, language=language))
        page = text(client, "/source/?language=en")
        assert 'South Korea <span class="count">1</span>' in page
        assert 'Korean <span class="count">1</span>' in page
        page = text(client, "/source/?country=US")
        assert "language=ko" not in page
        assert "country=KR" in page
        assert "country=KR" not in text(client, "/source/?q=gam")

    def test_another_name_finds_one(self, client):
        paper = make_source("New York Times")
        SourceAlias.objects.create(source=paper, name="NYT")
        make_post(source=paper)
        assert "/source/new-york-times/" in text(client, "/source/?q=nyt")

    @pytest.mark.parametrize("odd", ["country=%00", "country=<b>&language=zz", "order=posts&q=%F0%9F%98%80"])
    def test_odd_questions_are_answered(self, client, odd):
        make_post(source=make_source())
        assert "<b>" not in text(client, f"/source/?{odd}")

    def test_a_page_tells_other_names_tags_and_further_reports(self, client):
        paper = make_source("New York Times")
        SourceAlias.objects.create(source=paper, name="NYT")
        make_post(at="2013-03-31 10:00", source=paper, tags=["boats"])
        make_post(at="2013-03-30 10:00", source=paper, link=(link := make_link(paper)))
        make_post(at="2013-03-29 10:00", source=paper, link=link).withdraw()
        other = make_post()
        other.also_reported.create(link=link, position=0)
        page = text(client, "/source/new-york-times/")
        assert "Also called NYT" in page
        assert "Often tagged" in page
        assert "1 further post names it as another report." in page
        assert "Of its newest 2 posts, 1 links to the original." in page
        assert "March 2013:" in page


class TestTagsTogether:
    def test_a_tag_leads_to_what_carries_it_and_a_related_one(self, client):
        make_post(tags=["North Korea", "China"])
        page = text(client, "/tag/north-korea/")
        assert '<a class="chip-act" href="/tag/north-korea+china/"' in page
        assert "North Korea and China together" in page
        text(client, "/tag/north-korea+china/")

    def test_on_their_page_each_can_be_left_out(self, client):
        make_post(tags=["a", "b", "c"])
        page = text(client, "/tag/a+b+c/")
        for without in ("/tag/b+c/", "/tag/a+c/", "/tag/a+b/"):
            assert f'href="{without}"' in page
        assert 'href="/tag/b/" rel="nofollow"' in text(client, "/tag/a+b/")


class TestASiteOfAnySize:
    ADDRESSES = (
        "/", "/tag/", "/tag/?q=a", "/tag/?letter=A", "/tag/?order=posts", "/category/", "/source/",
        "/source/?country=KR",
        "/archive/", "/search/", "/search/?q=a", "/search/suggest/?q=no", "/corrections/", "/get-help/", "/reading/",
        "/safety/", "/subscribe/", "/comments/", "/comments/privacy/", "/feed/", "/feeds.opml", "/sitemap.xml",
        "/posts.csv", "/card.png", "/robots.txt",
    )  # fmt: skip

    @pytest.mark.parametrize("address", ADDRESSES)
    def test_every_kind_of_page_is_there_before_the_first_post(self, client, address):
        assert client.get(address).status_code == 200

    def test_the_first_and_the_last_year_have_their_pages(self, client):
        for at in ("1900-01-02 00:00", "2013-03-31 10:00"):
            make_post(at=at, tags=["a"])
        for address in ("/archive/", "/1900/", "/1900/01/", "/1900/01/02/", "/tag/a/", "/search/?q=words"):
            text(client, address)
