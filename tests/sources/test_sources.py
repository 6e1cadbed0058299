"""Outlets and the pages on their sites."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from sources.links.canonical import canonical_address
from sources.links.models import Link, find_source
from sources.models import Source, SourceAlias
from sources.places import country_choices, country_name, language_name
from tests.factories import make_link, make_post, make_source


@pytest.mark.parametrize(
    ("address", "canonical"),
    [
        ("HTTPS://WWW.NKNews.example:443/a/../b?x=1#top", "https://www.nknews.example/b?x=1"),
        ("https://nknews.example", "https://nknews.example/"),
        ("https://nknews.example/?p=123", "https://nknews.example/?p=123"),
        ("https://nknews.example/a?utm_source=x&id=7&fbclid=y", "https://nknews.example/a?id=7"),
        ("https://nknews.example/a?UTM_Campaign=x", "https://nknews.example/a"),
        ("https://nknews.example/a?b=2&a=1", "https://nknews.example/a?b=2&a=1"),
        ("https://nknews.example/%7euser/%e2%82%ac", "https://nknews.example/~user/%E2%82%AC"),
        ("  https://nknews.example/a  ", "https://nknews.example/a"),
        ("https://한국.example/기사", "https://xn--3e0b707e.example/%EA%B8%B0%EC%82%AC"),
    ],
)
def test_the_many_addresses_of_a_page_have_one_form(address, canonical):
    assert canonical_address(address) == canonical
    assert canonical_address(canonical) == canonical


@pytest.mark.parametrize(
    "address",
    [
        "", "nknews.example", "ftp://nknews.example/", "javascript:alert(1)", "https://", "https://localhost/",
        "https://a:b@nknews.example/", "https://nknews.example/a b", "https://nknews.example/\x00", "http://[::1",
        "https://nknews.example:port/", "mailto:a@nknews.example",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_website_is_refused(address):
    with pytest.raises(ValueError, match=r".+"):
        canonical_address(address)


@pytest.mark.django_db
class TestFinding:
    def test_a_page_belongs_to_the_outlet_of_its_host_or_of_the_domain_above(self):
        source = make_source(home_page="https://www.nknews.example/")
        for host in ("nknews.example", "www.nknews.example", "m.nknews.example"):
            assert find_source(f"https://{host}/a") == source
        assert find_source("https://nknews.example.org/a") is None

    def test_the_nearest_domain_wins(self):
        make_source("Paper", home_page="https://paper.example/")
        blog = make_source("Blog", home_page="https://blogs.paper.example/")
        assert find_source("https://blogs.paper.example/a") == blog

    def test_a_host_without_a_home_page_is_known_from_earlier_pages(self):
        link = make_link(make_source(), "https://short.example/a")
        assert find_source("https://short.example/b") == link.source

    def test_an_outlet_is_found_by_name_and_alias_whatever_the_case(self):
        source = make_source("New York Times")
        source.aliases.create(name="NYT")
        assert Source.objects.named("new york TIMES") == Source.objects.named("nyt") == source
        assert Source.objects.named("The Times") is None


@pytest.mark.django_db
class TestMerging:
    def test_posts_pages_and_aliases_move_and_the_name_stays_known(self):
        stays, goes = make_source("New York Times"), make_source("NYT")
        goes.aliases.create(name="N.Y.T.")
        link = make_link(goes)
        post = make_post(link=link)
        stays.absorb(goes)
        post.refresh_from_db()
        link.refresh_from_db()
        assert (post.source, link.source) == (stays, stays)
        assert {alias.name for alias in stays.aliases.all()} == {"NYT", "N.Y.T."}
        assert Source.objects.named("nyt") == stays

    def test_a_new_outlet_does_not_take_the_address_of_a_merged_one(self):
        stays, goes = make_source("New York Times"), make_source("N.Y. Times")
        stays.absorb(goes)
        assert make_source("N Y Times").slug == "n-y-times-2"


@pytest.mark.django_db
class TestInvariants:
    def test_an_address_typed_in_capitals_is_found(self, client):
        source = make_source("NK News", slug="NK-News")
        make_post(source=source)
        assert client.get("/source/nk-news/").status_code == 200
        assert client.get("/source/NK-News/")["Location"] == "/source/nk-news/"

    def test_the_address_of_a_merged_outlet_is_refused(self):
        stays, goes = make_source("New York Times"), make_source("NYT")
        stays.absorb(goes)
        with pytest.raises(ValidationError, match="leads to another outlet"):
            Source(name="Other", slug="nyt").full_clean()

    def test_one_outlet_a_name(self):
        make_source("NK News")
        with pytest.raises(IntegrityError), transaction.atomic():
            make_source("nk news")
        with pytest.raises(ValidationError, match="already the name or an alias of NK News"):
            Source(name="NK NEWS").full_clean(exclude=["slug"])

    def test_an_alias_that_is_an_outlet_is_refused(self):
        make_source("NK News")
        with pytest.raises(ValidationError, match="outlet of its own"):
            SourceAlias(source=make_source("Other"), name="nk news").full_clean()

    def test_one_link_a_page(self):
        source = make_source()
        make_link(source, "https://nknews.example/a")
        with pytest.raises(ValidationError, match="already known"):
            make_link(source, "https://nknews.example/a#part")
        with pytest.raises(IntegrityError), transaction.atomic():
            Link(source=source, given_address="https://nknews.example/a?utm_source=x").save()


def test_countries_and_languages_have_names():
    assert country_name("KR") == "South Korea"
    assert language_name("ko") == "Korean"
    assert ("KP", "North Korea") in country_choices()
