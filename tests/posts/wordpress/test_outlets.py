"""Outlets and pages that closing lines name are found, or made once."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from posts.wordpress.converting.crediting import Credit
from posts.wordpress.importing.outlets import Settled, settle
from sources.links.models import Link
from sources.models import Source
from tests.factories import make_link, make_post, make_source

pytestmark = pytest.mark.django_db

PAGE = "http://www.nknews.org/2013/03/refugees"


def sources_of(*credits_: Credit) -> list[int | None]:
    return [each.source_id for each in settle([[credit] for credit in credits_])]


def codes(settled: Settled) -> list[str]:
    return [reason.code for reason in settled.reasons]


class TestNames:
    def test_a_name_that_nobody_knows_becomes_an_outlet(self):
        [settled] = settle([[Credit("NK News", "")]])
        source = Source.objects.get()
        assert (source.name, source.slug, source.home_page) == ("NK News", "nk-news", "")
        assert (settled.source_id, settled.link_id, settled.also) == (source.pk, None, [])
        assert codes(settled) == ["new-outlet"]

    @pytest.mark.parametrize(
        "name",
        ["the new york times", "NEW YORK TIMES", "New  York\u00a0Times", "The New York Times", "NYT", "nyt.com"],
    )
    def test_case_article_alias_and_com_make_no_other_outlet(self, name):
        source = make_source("New York Times")
        source.aliases.create(name="NYT")
        assert sources_of(Credit(name, "")) == [source.pk]
        assert Source.objects.count() == 1

    def test_an_outlet_known_with_its_article_is_found_without(self):
        source = make_source("The Korea Herald")
        assert sources_of(Credit("Korea Herald", ""), Credit("koreaherald.com", "")) == [
            source.pk,
            Source.objects.get(name="koreaherald.com").pk,
        ]

    def test_variants_within_one_slice_are_one_outlet(self):
        found = sources_of(Credit("The Guardian", ""), Credit("guardian", ""), Credit("GUARDIAN.com", ""))
        assert len(set(found)) == Source.objects.count() == 1

    def test_outlets_that_only_share_a_word_stay_apart(self):
        found = sources_of(Credit("The Times", ""), Credit("LA Times", ""), Credit("Korea Times", ""))
        assert len(set(found)) == 3

    def test_a_website_for_a_name_is_the_outlet_at_that_host(self):
        source = make_source("NK News", home_page="https://www.nknews.org/")
        assert sources_of(Credit("nknews.org", ""), Credit("www.NKNews.org", "")) == [source.pk, source.pk]

    @pytest.mark.parametrize("name", ["", " ", "\x00", "\ud800", "\u200b"])
    def test_a_name_of_nothing_makes_no_outlet(self, name):
        [settled] = settle([[Credit(name, "")]])
        assert settled.source_id is None or Source.objects.get().name.strip()


class TestPages:
    def test_the_linked_page_is_kept_with_the_outlet_and_the_day(self):
        [settled] = settle([[Credit("NK News", f"{PAGE}?utm_source=x")]], [dt.date(2013, 3, 31)])
        link = Link.objects.get()
        assert (link.address, link.given_address, link.host) == (PAGE, f"{PAGE}?utm_source=x", "nknews.org")
        assert link.retrieved_on == dt.date(2013, 3, 31)
        assert (settled.source_id, settled.link_id) == (link.source_id, link.pk)
        assert link.source.home_page == "http://nknews.org/"

    def test_without_a_name_the_host_says_whose_it_is(self):
        known = make_source("NK News", home_page="https://www.nknews.org/")
        first, second = settle([[Credit("", PAGE)], [Credit("", "http://unknown.example/a")]])
        assert first.source_id == known.pk
        assert Source.objects.get(pk=second.source_id).name == "unknown.example"

    def test_an_outlet_under_its_host_and_under_its_name_is_one(self):
        found = sources_of(Credit("", PAGE), Credit("NK News", f"{PAGE}/2"), Credit("nknews.org", ""))
        source = Source.objects.get()
        assert found == [source.pk] * 3
        assert source.name == "NK News"
        assert sources_of(Credit("NKNews.org", ""), Credit("NK News", "")) == [source.pk] * 2

    def test_a_name_the_host_stands_for_becomes_an_alias(self):
        source = make_source("NYT", home_page="https://www.nytimes.com/")
        [settled] = settle([[Credit("The New York Times", "http://www.nytimes.com/2013/a.html")]])
        assert settled.source_id == source.pk
        assert sources_of(Credit("New York Times", "")) == [source.pk]

    def test_an_agency_whose_text_stands_on_a_portal_is_itself(self):
        yahoo = make_source("Yahoo! News", home_page="https://news.yahoo.com/")
        [settled] = settle([[Credit("Reuters", "http://news.yahoo.com/a")]])
        reuters = Source.objects.get(name="Reuters")
        assert settled.source_id == reuters.pk != yahoo.pk
        assert reuters.home_page == ""
        assert Link.objects.get().source == reuters

    def test_an_agency_does_not_become_the_owner_of_a_portal_that_nobody_knows(self):
        settle([[Credit("Reuters", "http://news.yahoo.com/a")], [Credit("AP", "http://news.yahoo.com/b")]])
        assert set(Source.objects.values_list("name", "home_page")) == {("Reuters", ""), ("AP", "")}

    def test_a_platform_is_nobodys_home(self):
        settle([[Credit("Liberty in North Korea", "http://www.facebook.com/linkglobal/posts/1")]])
        assert Source.objects.get().home_page == ""

    def test_a_page_that_is_known_as_anothers_keeps_its_outlet_and_is_told(self):
        link = make_link(make_source("Yahoo"), "http://news.yahoo.com/a")
        [settled] = settle([[Credit("Reuters", "http://news.yahoo.com/a")]])
        assert (settled.source_id, settled.link_id) == (link.source_id, link.pk)
        assert [reason.code for reason in settled.reasons] == ["source-differs"]

    @pytest.mark.parametrize(
        "address",
        ["http://localhost/a", "http://user:pw@nknews.org/", "http://[bad", "http://x y.org/", "http://a:b/"],
    )
    def test_an_address_of_no_page_is_dropped_and_told(self, address):
        [settled] = settle([[Credit("NK News", address)]])
        assert Source.objects.get(pk=settled.source_id).name == "NK News"
        assert settled.link_id is None
        assert codes(settled) == ["bad-address", "new-outlet"]

    def test_an_address_of_no_page_alone_names_nobody(self):
        [settled] = settle([[Credit("", "http://localhost/")]])
        assert settled.source_id is settled.link_id is None

    def test_the_others_reported_it_too(self):
        [settled] = settle([[Credit("A", "http://a.example/1"), Credit("B", "http://b.example/1"), Credit("C", "")]])
        also = Link.objects.get(address="http://b.example/1")
        assert settled.also == [also.pk]
        assert codes(settled) == ["new-outlet", "new-outlet", "new-outlet", "also-without-page"]

    def test_one_page_named_twice_is_no_further_report(self):
        [settled] = settle([[Credit("A", "http://a.example/1"), Credit("B", "http://a.example/1#x")]])
        assert settled.link_id
        assert settled.also == []

    def test_what_is_settled_fits_a_post(self):
        [settled] = settle([[Credit("NK News", PAGE)]])
        post = make_post(source_id=settled.source_id, link_id=settled.link_id)
        post.full_clean()

    def test_nothing_named_is_nothing_settled(self):
        assert [each.source_id for each in settle([[], []])] == [None, None]


class TestMany:
    CREDITS = [
        [Credit("NK News", PAGE)],
        [Credit("", "http://dailynk.example/a")],
        [Credit("Daily Post", "http://post.example/1"), Credit("Yonhap", "http://yna.example/2")],
        [Credit("Reuters", "http://news.yahoo.com/b")],
        [Credit("The Guardian", "")],
        [],
    ]

    def test_the_same_again_makes_nothing(self):
        first = settle(self.CREDITS)
        rows = list(Source.objects.values()), list(Link.objects.values())
        assert [replace(each, reasons=[]) for each in settle(self.CREDITS)] == [
            replace(each, reasons=[]) for each in first
        ]
        assert (list(Source.objects.values()), list(Link.objects.values())) == rows

    def test_where_a_slice_ends_makes_no_difference(self):
        for of_post in self.CREDITS:
            settle([of_post])
        apart = (
            set(Link.objects.values_list("address", "source__name")),
            set(Source.objects.values_list("name", "slug")),
        )
        Link.objects.all().delete()
        Source.objects.all().delete()
        settle(self.CREDITS)
        assert apart == (
            set(Link.objects.values_list("address", "source__name")),
            set(Source.objects.values_list("name", "slug")),
        )

    def test_where_nothing_is_new_the_number_of_queries_does_not_grow(self):
        many = self.CREDITS * 15
        settle(many)
        numbers = []
        for credits_ in (self.CREDITS[:1], many):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                settle(credits_)
            numbers.append(len(queries))
        assert numbers[0] <= numbers[1] <= 6
