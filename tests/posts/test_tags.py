"""One tag per name whatever its case; aliases lead to it for ever."""

import unicodedata

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from posts.models import Tag, TagAlias
from tests.factories import make_post

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("north korea", "North  Korea"),
        ("ÉCOLE", "école"),
        ("Straße", "STRASSE"),
        (unicodedata.normalize("NFC", "북한"), unicodedata.normalize("NFD", "북한")),
        (unicodedata.normalize("NFC", "é"), unicodedata.normalize("NFD", "é")),
    ],
)
def test_two_spellings_of_a_name_are_one_tag(first, second):
    make_post(tags=[first])
    make_post(tags=[second])
    assert Tag.objects.count() == 1


def test_a_post_given_both_spellings_carries_the_tag_once():
    post = make_post(tags=["China", "china"])
    assert [tag.name for tag in post.tags.all()] == ["China"]


def test_the_database_itself_holds_one_tag_a_name():
    Tag.objects.create(name="China")
    with pytest.raises(IntegrityError), transaction.atomic():
        Tag.objects.bulk_create([Tag(name="CHINA", name_key="china", slug="china-2")])


def test_unicode_slugs_are_kept(client):
    make_post("On the border", tags=["북한"])
    assert "On the border" in client.get("/tag/북한/").content.decode()


def test_a_decomposed_address_leads_to_the_composed_one(client):
    make_post(tags=["북한"])
    response = client.get(f"/tag/{unicodedata.normalize('NFD', '북한')}/")
    assert response.status_code == 301
    assert response["Location"] == "/tag/%EB%B6%81%ED%95%9C/"


def test_an_address_in_capitals_leads_to_its_own_form(client):
    make_post(tags=["north korea"])
    assert client.get("/tag/North-Korea/")["Location"] == "/tag/north-korea/"


def test_a_name_of_signs_alone_still_has_an_address():
    assert Tag.objects.get_or_create_named("🔥").slug == "tag"
    assert Tag.objects.get_or_create_named("✊").slug == "tag-2"


def test_different_names_of_one_slug_get_two_addresses():
    assert Tag.objects.get_or_create_named("C").slug == "c"
    assert Tag.objects.get_or_create_named("C++").slug == "c-2"


class TestMerging:
    def test_the_posts_carry_the_tag_that_stays_once(self):
        dprk, north = Tag.objects.create(name="DPRK"), Tag.objects.create(name="north korea")
        only_loser, both = make_post(tags=[dprk]), make_post(tags=[dprk, north])
        north.absorb(dprk)
        assert [t.name for t in only_loser.tags.all()] == [t.name for t in both.tags.all()] == ["north korea"]
        assert Tag.objects.get(pk=north.pk).tally.count == 2

    def test_the_old_address_redirects_for_ever(self, client):
        dprk, north = Tag.objects.create(name="DPRK"), Tag.objects.create(name="north korea")
        make_post(tags=[north])
        north.absorb(dprk)
        response = client.get("/tag/dprk/")
        assert (response.status_code, response["Location"]) == (301, "/tag/north-korea/")

    def test_a_chain_of_merges_is_one_hop(self, client):
        a, b, c = (Tag.objects.create(name=name) for name in "abc")
        make_post(tags=[c])
        b.absorb(a)
        c.absorb(b)
        assert client.get("/tag/a/")["Location"] == "/tag/c/"

    def test_the_old_name_means_the_tag_that_stayed(self):
        dprk, north = Tag.objects.create(name="DPRK"), Tag.objects.create(name="north korea")
        north.absorb(dprk)
        assert [t.name for t in make_post(tags=["dprk"]).tags.all()] == ["north korea"]

    def test_a_tag_cannot_be_merged_into_itself(self):
        tag = Tag.objects.create(name="a")
        with pytest.raises(ValueError, match="itself"):
            tag.absorb(tag)


class TestRenaming:
    def test_the_old_address_and_name_lead_to_the_new(self, client):
        tag = Tag.objects.create(name="DPRK")
        make_post(tags=[tag])
        tag.name, tag.slug = "north korea", "north-korea"
        tag.full_clean()
        tag.save()
        assert client.get("/tag/dprk/")["Location"] == "/tag/north-korea/"
        assert Tag.objects.named("Dprk") == tag

    def test_a_change_of_case_leaves_nothing_behind(self):
        tag = Tag.objects.create(name="china")
        tag.name = "China"
        tag.full_clean()
        tag.save()
        assert not TagAlias.objects.exists()

    def test_a_name_may_come_back(self, client):
        tag = Tag.objects.create(name="one")
        for name in ("two", "one"):
            tag.name = tag.slug = name
            tag.full_clean()
            tag.save()
        make_post(tags=[tag])
        assert client.get("/tag/one/").status_code == 200
        assert client.get("/tag/two/")["Location"] == "/tag/one/"

    def test_the_name_of_another_tag_or_of_its_alias_is_refused(self):
        north, dprk, china = (Tag.objects.create(name=name) for name in ("north korea", "DPRK", "China"))
        north.absorb(dprk)
        for taken in ("NORTH KOREA", "dprk"):
            china.name = taken
            with pytest.raises(ValidationError, match="already the tag “north korea”"):
                china.full_clean()

    def test_the_address_of_an_alias_is_refused(self):
        north, dprk, china = (Tag.objects.create(name=name) for name in ("north korea", "DPRK", "China"))
        north.absorb(dprk)
        china.slug = "dprk"
        with pytest.raises(ValidationError, match="leads to another tag"):
            china.full_clean()


@pytest.mark.parametrize("name", ["Straße", "λόγος", "ﬁsh", "북한", "İstanbul"])
def test_every_tag_is_found_at_its_own_address(client, name):
    tag = make_post(tags=[name]).tags.get()
    assert Tag.objects.at_slug(tag.slug) == tag
    assert client.get(tag.get_absolute_url()).status_code == 200
