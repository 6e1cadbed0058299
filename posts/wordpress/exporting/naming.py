"""Who and what is named by many posts, under the names by which WordPress tells them apart."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import batched
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Exists, OuterRef, Q

from posts.comments.models import Comment
from posts.life import State
from posts.models import Category, Post, Tag, TagAlias
from posts.wordpress import ours as own
from posts.wordpress.exporting.numbering import Numbers
from posts.wordpress.exporting.wxr_writing import nicename, unique_nicenames
from posts.wordpress.models import Imported, Kind
from posts.wordpress.records import Author, Filed, Term
from sources.models import Source

BATCH = 500

TERMS = (Kind.CATEGORY, Kind.TAG, Kind.TERM)
Groups = defaultdict[int, list[Any]]


def exported_posts() -> models.QuerySet[Post]:
    """All posts of which something may leave the site: of what was taken down, nothing is left to go."""
    return Post.objects.exclude(state=State.REMOVED)


def grouped(pairs: Iterable[tuple[int, Any]]) -> Groups:
    groups: Groups = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups


def outlet_of(source: Source) -> own.Outlet:
    """Return what a post says of its outlet: enough to make it anew. All that is known stands once, in the head."""
    return own.Outlet(source.name, source.slug, source.home_page, source.country, source.language)


class People:
    """Those who own posts or answered from the desk."""

    def __init__(self) -> None:
        model = get_user_model()
        writes = exported_posts().filter(Q(editor=OuterRef("pk")) | Q(written_by=OuterRef("pk")))
        answers = Comment.objects.filter(editor=OuterRef("pk"), is_editorial=True)
        self.users = sorted(
            model.objects.filter(Exists(writes) | Exists(answers)), key=lambda user: user.get_username()
        )
        kept = Numbers([Kind.AUTHOR], _label(model)).of(_label(model), [user.pk for user in self.users])
        self.names = {user.pk: user.get_username() for user in self.users}
        self.numbers = {pk: each.number for pk, each in kept.items()}

    def authors(self) -> Iterator[Author]:
        for user in self.users:
            yield Author(
                login=user.get_username(),
                number=self.numbers[user.pk],
                email=user.email,
                name=user.get_full_name() or user.get_username(),
                first_name=user.first_name,
                last_name=user.last_name,
            )


class Terms:
    """Categories, tags and outlets, under the slugs by which WordPress tells them apart."""

    def __init__(self) -> None:
        self.categories = {row.pk: row for row in sorted(Category.objects.all(), key=lambda row: row.path)}
        self.tags = {row.pk: row for row in sorted(Tag.objects.all(), key=lambda row: row.slug)}
        self.outlets = {
            row.pk: row for row in sorted(Source.objects.prefetch_related("aliases"), key=lambda row: row.slug)
        }
        self.slugs = {
            **_by_row("category", self.categories.values()),
            **_by_row("post_tag", self.tags.values()),
            **_by_row(own.OUTLETS, self.outlets.values()),
        }
        self.numbers = Numbers(TERMS, "posts.category", "posts.tag", "sources.source", "wordpress.imported")

    def filed(self, categories: list[int], tags: list[int]) -> Iterator[Filed]:
        for taxonomy, rows, pks in (("category", self.categories, categories), ("post_tag", self.tags, tags)):
            named = sorted((self.slugs[taxonomy, pk], rows[pk].name) for pk in pks if pk in rows)
            yield from (Filed(taxonomy, slug, own.as_words(name)) for slug, name in named)

    def all(self) -> Iterator[Term]:
        yield from self._categories()
        yield from self._tags()
        yield from self._outlets()
        yield from self._others()

    def _categories(self) -> Iterator[Term]:
        kept = self.numbers.of("posts.category", self.categories)
        for pk, row in self.categories.items():
            known = own.OursOfCategory(row.path, row.name, row.description)
            yield Term(
                "category",
                self.slugs["category", pk],
                name=own.as_words(row.name),
                number=kept[pk].number,
                parent=self.slugs.get(("category", row.parent_id or 0), ""),
                description=own.as_words(row.description),
                meta=[*own.metas(own.values_of_category(known)), *kept[pk].metas()],
            )

    def _tags(self) -> Iterator[Term]:
        aliases = grouped(
            (tag, (name, slug or "", key is not None, is_synonym))
            for tag, name, slug, key, is_synonym in TagAlias.objects.order_by("name", "pk").values_list(
                "tag", "name", "slug", "name_key", "is_synonym"
            )
        )
        for pks in batched(self.tags, BATCH):
            kept = self.numbers.of("posts.tag", pks)
            for pk in pks:
                known = own.OursOfTag(self.tags[pk].name, self.tags[pk].slug, sorted(aliases[pk]))
                yield Term(
                    "post_tag",
                    self.slugs["post_tag", pk],
                    name=own.as_words(self.tags[pk].name),
                    number=kept[pk].number,
                    description=kept[pk].text("description"),
                    meta=[*own.metas(own.values_of_tag(known)), *kept[pk].metas()],
                )

    def _outlets(self) -> Iterator[Term]:
        for pks in batched(self.outlets, BATCH):
            kept = self.numbers.of("sources.source", pks)
            for pk in pks:
                row = self.outlets[pk]
                known = outlet_of(row)
                known.description = row.description
                known.aliases = sorted((alias.name, alias.slug) for alias in row.aliases.all())
                yield Term(
                    own.OUTLETS,
                    self.slugs[own.OUTLETS, pk],
                    name=own.as_words(row.name),
                    number=kept[pk].number,
                    description=own.as_words(row.description),
                    meta=own.metas(own.values_of_outlet(known)),
                )

    def _others(self) -> Iterator[Term]:
        """Return the terms of taxonomies that this site has not, as they came."""
        rows = Imported.objects.filter(kind=Kind.TERM, row_id=None)
        seen = set()
        for row in sorted(rows, key=lambda row: (row.key, row.pk)):
            kept = self.numbers.kept(row, self.numbers.new("wordpress.imported", row.pk))
            taxonomy, slug = kept.text("taxonomy"), nicename(kept.text("slug"))
            if not taxonomy or not slug or taxonomy == own.OUTLETS or (taxonomy, slug) in seen:
                continue
            seen.add((taxonomy, slug))
            yield Term(
                taxonomy,
                slug,
                name=kept.text("name"),
                number=kept.number,
                parent=nicename(kept.text("parent")),
                description=kept.text("description"),
                meta=kept.metas(),
            )


def _by_row(taxonomy: str, rows: Collection[Any]) -> dict[tuple[str, int], str]:
    names = unique_nicenames(row.slug for row in rows)
    return {(taxonomy, row.pk): name for row, name in zip(rows, names, strict=True)}


def _label(model: type[models.Model]) -> str:
    return model._meta.label_lower
