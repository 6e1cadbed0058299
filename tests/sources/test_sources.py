"""Outlets and the pages on their sites."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from sources.links.canonical import canonical_address
from sources.links.models import Link, find_source, propose_source
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
        "https://nknews.example:port/",
        "https://[::ffff:1.2.3.4]/", f"https://{'a' * 64}.example/", "https://\u202ea.example/",
        "mailto:a@nknews.example",
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

    @pytest.mark.parametrize(
        "above", ["blogspot.com", "wordpress.com", "substack.com", "github.io", "blogspot.co.uk", "co.uk"]
    )
    def test_neighbours_on_a_platform_are_strangers(self, above):
        make_source("Platform", home_page=f"https://{above}/")
        first = make_source("First", home_page=f"https://first.{above}/")
        assert find_source(f"https://first.{above}/a") == first
        assert find_source(f"https://second.{above}/a") is None

    def test_where_many_share_a_host_the_path_says_whose_page_it_is(self):
        first = make_source("First", home_page="https://www.facebook.com/first")
        make_link(first, "https://facebook.com/first/posts/1")
        assert find_source("https://m.facebook.com/first/posts/2") == first
        assert find_source("https://facebook.com/firsthand/posts/2") is None
        assert find_source("https://facebook.com/second") is None

    def test_of_two_outlets_at_one_host_the_longer_path_wins(self):
        paper = make_source("Paper", home_page="https://paper.example/")
        magazine = make_source("Magazine", home_page="https://paper.example/magazine/")
        assert find_source("https://paper.example/magazine/a") == magazine
        assert find_source("https://paper.example/a") == paper

    def test_an_alias_that_is_a_host_finds_its_outlet(self):
        paper = make_source("Paper")
        paper.aliases.create(name="ppr.example")
        assert find_source("https://www.ppr.example/x") == paper
        assert find_source("https://m.ppr.example/x") == paper

    def test_what_is_known_of_the_host_itself_counts_before_the_domain_above(self):
        make_source("Paper", home_page="https://paper.example/")
        blog = make_link(make_source("Blog"), "https://blogs.paper.example/a").source
        assert find_source("https://blogs.paper.example/b") == blog

    def test_a_host_in_another_script_is_found_in_both_spellings_and_named_readably(self):
        korean = make_source("Han", home_page="https://한국.example/")
        assert korean.host == "xn--3e0b707e.example"
        assert find_source("https://xn--3e0b707e.example/a") == find_source("https://한국.example/a") == korean
        assert propose_source("https://www.xn--bcher-kva.example/a").name == "bücher.example"

    @pytest.mark.parametrize(
        ("address", "name", "home_page"),
        [
            ("https://www.new.example/a", "new.example", "https://new.example/"),
            ("http://new.example:8080/a", "new.example", "http://new.example:8080/"),
            ("https://192.0.2.1/a", "192.0.2.1", "https://192.0.2.1/"),
            (f"https://{'a' * 60}.{'b' * 60}.{'c' * 50}.example/a", f"{'a' * 60}.{'b' * 60}.{'c' * 50}.example", None),
        ],
    )
    def test_a_new_outlet_is_proposed_under_its_host(self, address, name, home_page):
        source = propose_source(address)
        assert source.name == name
        assert source.home_page == (home_page or f"https://{name}/")
        source.full_clean(exclude=["slug", "name_key"])
        source.save()
        assert find_source(address) == source

    def test_numbers_have_no_domain_above(self):
        make_source("Two", home_page="https://192.0.2.1/")
        assert find_source("https://10.192.0.2/a") is None


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


@pytest.mark.django_db
def test_before_an_outlet_is_deleted_what_stands_in_the_way_is_counted(editor_client):
    source = make_source("The Quay")
    for number in range(3):
        make_post(source=source, link=make_link(source, f"https://quay.example/{number}"))
    page = editor_client.get(f"/admin/sources/source/{source.pk}/delete/").content.decode()
    assert "3 posts" in page
    assert "3 original pages" in page
    editor_client.post(f"/admin/sources/source/{source.pk}/delete/", {"post": "yes"})
    assert Source.objects.filter(pk=source.pk).exists()


@pytest.mark.django_db
def test_an_outlet_that_nobody_cites_is_deleted_with_its_other_names(editor_client):
    source = make_source("The Quay")
    source.aliases.create(name="Quay")
    page = editor_client.get(f"/admin/sources/source/{source.pk}/delete/").content.decode()
    assert "Are you sure" in page
    editor_client.post(f"/admin/sources/source/{source.pk}/delete/", {"post": "yes"})
    assert not Source.objects.exists()
