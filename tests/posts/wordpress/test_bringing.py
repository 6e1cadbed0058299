"""What an export of a site like this keeps comes into the database, and comes out of it again as it was."""

import datetime as dt

import pytest
from django.contrib.auth.models import User

from posts.comments.models import Discussion
from posts.life import Reason
from posts.models import Category, Correction, FormerAddress, Post, Tag, TagAlias
from posts.wordpress.exporting.site import Export
from posts.wordpress.importing.bringing import Pair, bring_category, bring_outlet, bring_pages, bring_rest, bring_tags
from posts.wordpress.ours import (
    Ours,
    OursOfCategory,
    OursOfTag,
    Outlet,
    Page,
    markdown_of,
    ours_of,
    ours_of_category,
    ours_of_outlet,
    ours_of_tag,
    post_columns,
)
from sources.links.models import Link
from sources.models import Source, SourceAlias
from tests.factories import make_category, make_link, make_post, make_source

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


def brought(items, people=None) -> list[Pair]:
    """Store posts of these items, as whoever imports does; return them with what was said of them."""
    pairs = []
    for item in items:
        ours = ours_of(item)
        columns = {"body": markdown_of(item), **post_columns(ours)}
        pairs.append((Post(guid=item.guid, **columns), ours))
    bring_pages(pairs)
    for post, _ in pairs:
        post.render()
    Post.objects.bulk_create([post for post, _ in pairs])
    bring_rest(pairs, people=people)
    return pairs


def exported_items():
    return [item for item in Export(AT)._records() if item.kind == "post"]


def test_posts_come_out_again_as_they_went_in():
    edith = User.objects.create_user("edith")
    source = make_source("NK News", home_page="https://nknews.example/", country="KR", language="en")
    link = make_link(source, "https://nknews.example/a?utm_source=x", headline="Fled", byline="A. Kim", language="en")
    other = make_link(make_source("Yonhap"), "https://yonhap.example/x")
    cited = make_post(
        "Cited", at="2012-01-02 03:04", body="> Quoted\r\n\r\n<!--more-->\r\n\r\nMore", source=source, link=link
    )
    cited.also_reported.create(link=other, position=0)
    cited.correct("It was 12.", by=edith)
    FormerAddress.objects.leave(dt.date(2011, 1, 2), "before", post=cited)
    Discussion.objects.create(post=cited, opening="closed")
    make_post("", body="Untitled, outlet alone.", source=source, notice="Violence", is_sensitive=True)
    make_post("Draft", draft=True, written_by=edith)
    withdrawn = make_post("Withdrawn")
    withdrawn.withdraw(Reason.SOURCE)
    withdrawn.trash()
    held = make_post("Held")
    held.review_on = dt.date(2030, 1, 1)
    held.save()
    before = exported_items()
    Post.objects.all().delete()
    FormerAddress.objects.all().delete()
    Link.objects.all().delete()
    Source.objects.all().delete()

    brought(before, people={"edith": edith.pk})

    after = exported_items()
    for was, item in zip(before, after, strict=True):
        was.number = item.number = None
        was.link = item.link = was.link if item.link.partition("?")[1] else item.link
        assert item == was


def test_a_page_that_is_known_keeps_its_outlet_and_what_is_known_of_it():
    link = make_link(make_source("Known"), "https://known.example/a", headline="Known")
    ours = Ours(page=Page("https://known.example/a#x", headline="Told", outlet=Outlet("Told")))
    post = Post(title="x")

    bring_pages([(post, ours)])

    assert post.link == link
    assert post.source.name == "Known"
    assert Link.objects.get().headline == "Known"
    assert not Source.objects.filter(name="Told")


def test_an_outlet_is_found_by_its_other_names():
    source = make_source("New York Times")
    SourceAlias.objects.create(source=source, name="NYT")
    post = Post(title="x")

    bring_pages([(post, Ours(outlet=Outlet("nyt")))])

    assert post.source == source


def test_a_page_of_which_no_outlet_is_told_gets_the_one_of_its_host():
    source = make_source("Known", home_page="https://known.example/")
    posts = [Post(title="x"), Post(title="y")]

    bring_pages(
        [(posts[0], Ours(page=Page("https://known.example/a"))), (posts[1], Ours(page=Page("https://new.example/")))]
    )

    assert posts[0].source == source
    assert posts[1].source.name == "new.example"


def test_brought_twice_nothing_stands_twice():
    post = make_post("Twice")
    ours = Ours(
        corrections=[("It was 12.", AT)], former=[(dt.date(2011, 1, 2), "before")], opening="open",
        also=[Page("https://other.example/x"), Page("https://other.example/x?utm_source=y")],
    )  # fmt: skip

    bring_rest([(post, ours)])
    bring_rest([(post, ours)])

    assert Correction.objects.count() == 1
    assert post.also_reported.count() == 1
    assert FormerAddress.objects.count() == 1
    assert Discussion.objects.get().opening == "open"
    assert "It was 12." in Post.objects.get().corrections_html


def test_an_old_address_at_which_another_post_stands_is_left_to_it():
    make_post("Here", slug="here")
    post = make_post("Moved")

    bring_rest([(post, Ours(former=[(dt.date(2013, 3, 31), "here")]))])

    assert not FormerAddress.objects.exists()


def test_outlets_categories_and_tags_come_with_all_that_leads_to_them():
    source = make_source("NK News", home_page="https://nknews.example/", country="KR", description="Who.")
    SourceAlias.objects.create(source=source, name="NKN", slug="nkn")
    make_category("Fishing", parent=make_category("Law & order"), description="Nets")
    make_category("Fishing", parent=make_category("Sea"))
    tag = Tag.objects.get_or_create_named("North Korea")
    TagAlias.objects.create(tag=tag, name="DPRK", name_key="dprk", slug="dprk", is_synonym=True)
    before = list(Export(AT).terms.all())
    for model in (Source, Tag):
        model.objects.all().delete()
    Category.objects.exclude(parent=None).delete()
    Category.objects.all().delete()

    for term in before:
        if ours := ours_of_category(term):
            bring_category(ours)
        elif outlet := ours_of_outlet(term):
            bring_outlet(outlet)
            bring_outlet(outlet)
    bring_tags([known for term in before if (known := ours_of_tag(term))])
    bring_tags([known for term in before if (known := ours_of_tag(term))])

    after = list(Export(AT).terms.all())
    for was, term in zip(before, after, strict=True):
        was.number = term.number = None
        assert term == was


def test_what_leads_somewhere_already_goes_on_leading_there():
    Tag.objects.get_or_create_named("Fishing")
    old = make_source("Known")
    SourceAlias.objects.create(source=old, name="Other name", slug="other-name")

    (tag,) = bring_tags(
        [OursOfTag("Sea", "fishing", [("Fishing", "fishing", True, True), ("Ocean", "ocean", True, True)])]
    )
    source = bring_outlet(Outlet("New", "other-name", aliases=[("other NAME", "x"), ("Newer", "other-name")]))

    assert tag.slug == "sea"
    assert [alias.name for alias in tag.aliases.all()] == ["Ocean"]
    assert source.slug == "new"
    assert [(alias.name, alias.slug) for alias in source.aliases.all()] == [("Newer", "")]
    assert Source.objects.named("Other name") == old


def test_a_category_makes_those_above_it():
    category = bring_category(OursOfCategory("law/fishing", "Fishing"))

    assert category.path == "law/fishing"
    assert category.parent.name == "law"
    assert bring_category(OursOfCategory("law/fishing", "Other")) == category
