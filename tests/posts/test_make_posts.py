"""The synthetic posts: the same for the same seed, and in every derived column and row as the models would have it."""

from collections import Counter
from itertools import islice
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Model

from posts.making import made_posts, source_names, tag_names
from posts.management.commands import make_posts
from posts.models import Category, CategoryEntry, Post, Tag, TagAlias, TaggedPost, Tally
from posts.rendering import RENDERING_VERSION, render_post
from sources.links.canonical import canonical_address
from sources.links.models import Link
from sources.models import Source, SourceAlias
from sources.naming import fold
from tests.factories import make_category, make_post, make_source

NUMBER = 150


def contents() -> dict[str, Any]:
    """Return all that the made posts say, by guid."""
    columns = ("title", "slug", "body", "body_html", "lead_html", "state", "published_at", "published_on")
    return {
        post.guid: (
            *(getattr(post, column) for column in columns),
            sorted(tag.name for tag in post.tags.all()),
            sorted(category.name for category in post.categories.all()),
            post.source and post.source.name,
            post.link and (post.link.address, post.link.headline, post.link.published_on),
        )
        for post in Post.objects.select_related("source", "link").prefetch_related("tags", "categories")
    }


def rows(model: type[Model], *columns: str) -> list[Any]:
    return list(model.objects.order_by(*columns).values_list(*columns))


@pytest.mark.django_db
class TestWhatIsWritten:
    def test_the_same_seed_makes_the_same_posts(self):
        call_command("make_posts", NUMBER)
        first = contents()
        assert len(first) == NUMBER
        for model in (Tally, Post, Link, Source, Tag):
            model.objects.all().delete()
        # What is in the database moves the ids, and nothing else.
        make_post(tags=["lanterns", "wages"], categories=[make_category("Elsewhere")], source=make_source()).delete()
        call_command("make_posts", NUMBER)
        assert contents() == first

    def test_another_seed_makes_other_posts_beside_them(self):
        call_command("make_posts", 30)
        call_command("make_posts", 30, seed=-1)
        assert Post.objects.count() == len(set(Post.objects.values_list("body", "title"))) == 60

    def test_they_are_listed_and_counted_as_the_models_would(self):
        call_command("make_posts", NUMBER)
        listings = [
            (TaggedPost, "tag", "content_object", "listed_at"),
            (CategoryEntry, "category", "post", "listed_at"),
            (Tally, "tag", "category", "source", "is_site", "count", "first_at", "last_at", "next_at", "years"),
        ]
        written = [rows(*listing) for listing in listings]
        related = dict(Tally.objects.values_list("pk", "related"))
        assert all(written)
        Post.objects.all().relist()
        Tally.objects.recount_all()
        assert [rows(*listing) for listing in listings] == written
        assert dict(Tally.objects.values_list("pk", "related")) == related

    def test_saving_one_changes_nothing(self):
        call_command("make_posts", NUMBER)
        before = contents()
        for post in Post.objects.all():
            post.full_clean()
            post.save()
        assert contents() == before
        assert set(Post.objects.values_list("rendering_version", flat=True)) == {RENDERING_VERSION}

    def test_their_links_are_such_as_an_editor_could_have_entered(self):
        call_command("make_posts", NUMBER)
        assert Link.objects.exists()
        for link in Link.objects.select_related("source"):
            link.full_clean()
            assert link.address == canonical_address(link.given_address)
            assert link.source == Source.objects.at_host(link.host)

    def test_tags_outlets_and_categories_that_are_there_are_used(self):
        tag = Tag.objects.create(name="Human TRAFFICKING")
        merged = Tag.objects.create(name="servitude")
        TagAlias.objects.create(tag=merged, name="forced labour", name_key="forced labour")
        source = make_source("The Courier")
        SourceAlias.objects.create(source=source, name=source_names(NUMBER)[0])
        category = make_category("Fishing", make_category("Work"))
        call_command("make_posts", NUMBER)
        assert tag.tally.count > NUMBER / 3
        assert merged.tally.count > NUMBER / 6
        assert source.tally.count > NUMBER / 10
        assert category.tally.count > 0
        assert Category.objects.get(path="work").tally.count == category.tally.count
        assert not Tag.objects.filter(name="forced labour").exists()
        assert Category.objects.filter(name="Fishing").count() == 1


@pytest.mark.django_db
class TestRefusals:
    def test_a_seed_is_used_once(self):
        call_command("make_posts", 10)
        with pytest.raises(CommandError, match="Seed 1 has been used here already"):
            call_command("make_posts", 20)
        assert Post.objects.count() == 10

    def test_a_seed_that_is_there_in_part_leaves_nothing_half_done(self, monkeypatch):
        monkeypatch.setattr(make_posts, "BATCH", 5)
        call_command("make_posts", 20)
        first = Post.objects.filter(guid__in=[post.guid for post in islice(made_posts(20, 1), 10)])
        links = list(first.exclude(link=None).values_list("link", flat=True))
        first.delete()
        Link.objects.filter(pk__in=links).delete()
        before, number = contents(), Link.objects.count()
        with pytest.raises(CommandError, match="has been used here already"):
            call_command("make_posts", 20)
        assert (contents(), Link.objects.count()) == (before, number)

    def test_a_seed_whose_posts_are_gone_and_links_are_not_is_refused_too(self):
        call_command("make_posts", 20)
        Post.objects.all().delete()
        with pytest.raises(CommandError, match="has been used here already"):
            call_command("make_posts", 20)
        assert not Post.objects.exists()

    @pytest.mark.parametrize("number", [0, -1, 1_000_001])
    def test_a_number_of_posts_that_cannot_be_is_refused(self, number):
        with pytest.raises(CommandError, match=r"^N: .* a number from 1 to 1,000,000") as caught:
            call_command("make_posts", "--seed=5", "--", str(number))
        assert "\n" not in str(caught.value)
        assert not Tag.objects.exists()


class TestWhatIsMade:
    def test_the_html_is_that_of_the_text(self):
        posts = list(made_posts(1500, 7))
        for post in posts:
            rendered = render_post(post.text.body)
            assert (post.text.html, post.text.lead_html) == (rendered.html, rendered.lead_html), post.guid
        kinds = ("<!--more-->", "\n- ", "## ", "> ", "| ---", "다.")
        assert all(any(kind in post.text.body for post in posts) for kind in kinds)
        assert any(not post.text.body for post in posts)

    def test_of_ten_thousand_posts_more_than_half_carry_the_commonest_tag(self):
        posts = list(made_posts(10_000, 1))
        tags = Counter(tag for post in posts if post.state == Post.State.PUBLISHED for tag in post.tags)
        [(first, most), (_, second)] = tags.most_common(2)
        assert first == tag_names(10_000)[0]
        assert most >= 5_000
        assert most > 1.5 * second
        assert len(tags) > 900

    def test_they_are_spread_over_the_years_and_some_lack_something(self):
        posts = list(made_posts(2_000, 3))
        moments = [post.published_at for post in posts if post.published_at]
        assert (min(moments).year, max(moments).year) == (2010, 2026)
        assert Counter(moment.year for moment in moments).keys() == set(range(2010, 2027))
        assert 10 <= sum(not post.title for post in posts) <= 40
        assert 30 <= sum(not post.source for post in posts) <= 100
        states = Counter(post.state for post in posts)
        assert 10 <= states[Post.State.DRAFT] <= 40
        assert 3 <= states[Post.State.WITHDRAWN] <= 20
        assert any("가" <= letter <= "힣" for post in posts for letter in post.title)

    @pytest.mark.parametrize("names", [tag_names(1_000_000), source_names(1_000_000)])
    def test_no_name_comes_twice(self, names):
        assert len({fold(name) for name in names}) == len(names) in (10_000, 2_000)
