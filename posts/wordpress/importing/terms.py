"""Categories, tags and other terms of the old blog."""

from __future__ import annotations

import html
import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import batched
from typing import Any

from posts.models import Category, Tag, TagAlias
from posts.models.category import PATH_LENGTH, RESERVED_SLUGS
from posts.rendering import plain_text
from posts.wordpress.importing.accounts import Account, short_key
from posts.wordpress.importing.bringing import bring_category, bring_outlet, bring_tags
from posts.wordpress.importing.digests import digest_of_record
from posts.wordpress.models import Blog, Imported, Kind, Result
from posts.wordpress.ours import KEYS, OUTLETS, as_it_was, ours_of_category, ours_of_outlet, ours_of_tag
from posts.wordpress.reasons import Reason
from posts.wordpress.records import Filed, Item, Term
from sources.models import Source
from sources.naming import fold, propose_slug, tidy_name, tidy_slug

SLUG_LENGTH = 100
TAG_LENGTH, CATEGORY_LENGTH = 100, 200
AT_ONCE = 300
OURS = {"category": Kind.CATEGORY, "post_tag": Kind.TAG}
_SLUG = re.compile(r"[\w-]+\Z")


@dataclass
class FiledAs:
    """What an item is filed under here."""

    categories: list[int] = field(default_factory=list)
    tags: list[int] = field(default_factory=list)
    elsewhere: list[Filed] = field(default_factory=list)  # terms of taxonomies that are unknown here


class Shelves:
    """Which category and which tag here each of a blog's is, by its slug there; None where it was deleted here."""

    def __init__(self, blog: Blog) -> None:
        self.blog = blog
        self.paths: dict[str, str] = {}
        self.load()

    def load(self) -> None:
        self.categories: dict[str, int | None] = {}
        self.tags: dict[str, int | None] = {}
        rows = list(
            Imported.objects.filter(blog=self.blog, kind__in=[Kind.CATEGORY, Kind.TAG])
            .order_by("pk")
            .values_list("kind", "key", "row_id", "extra")
        )
        categories = set(Category.objects.values_list("pk", flat=True))
        tags = set(Tag.objects.values_list("pk", flat=True)) if any(row[0] == Kind.TAG for row in rows) else set()
        lost = {}
        for kind, key, pk, extra in rows:
            if kind == Kind.CATEGORY:
                self.categories[extra.get("slug") or key.rpartition("/")[2]] = pk if pk in categories else None
            else:
                self.tags[key] = pk if pk in tags else None
                if pk not in tags:
                    lost[key] = extra.get("name", key)
        for slugs in batched(lost, AT_ONCE):
            found = _tags_named([lost[slug] for slug in slugs])
            self.tags |= {slug: found.get(fold(lost[slug])) for slug in slugs}

    def _bring_ours(self, terms: Iterable[Term]) -> None:
        """Bring what a site like this keeps of its shelves and outlets, and WordPress has no place for."""
        bring_tags([ours for term in terms if (ours := ours_of_tag(term))])
        for term in terms:
            if category := ours_of_category(term):
                self.paths[_slug_of(term)] = bring_category(category).path
            elif outlet := ours_of_outlet(term):
                self._remember_outlet(term, bring_outlet(outlet))

    def _remember_outlet(self, term: Term, source: Source) -> None:
        Imported.objects.update_or_create(
            blog=self.blog,
            kind=Kind.TERM,
            key=short_key(f"{term.taxonomy}:{_slug_of(term)}"),
            defaults={"number": term.number, "model": "sources.source", "row_id": source.pk, "digest": ""},
        )

    def bring(self, terms: Iterable[Term], account: Account, *, is_declared: bool = True) -> None:
        """Make what is new, and follow what has changed there and not here."""
        terms = [as_it_was(term) for term in terms]
        self._bring_ours(terms)
        terms = [term for term in terms if term.taxonomy != OUTLETS]
        categories = {_slug_of(term): term for term in terms if term.taxonomy == "category"}
        tags = {_slug_of(term): term for term in terms if term.taxonomy == "post_tag"}
        _Categories(self, categories, account, is_declared=is_declared).bring()
        for slugs in batched(tags, AT_ONCE):
            _bring_tags(self, {slug: tags[slug] for slug in slugs}, account, is_declared=is_declared)
        others = {short_key(f"{term.taxonomy}:{_slug_of(term)}"): term for term in terms if term.taxonomy not in OURS}
        for keys in batched(others, AT_ONCE):
            _keep_others(self.blog, {key: others[key] for key in keys}, account)

    def meet(self, items: Sequence[Item], account: Account) -> None:
        """Make the categories and tags that only items name."""
        named = [Term(f.taxonomy, f.slug, f.name) for item in items for f in item.filed if f.taxonomy in OURS]
        new = [term for term in named if _slug_of(term) not in self._of(term.taxonomy)]
        if new:
            self.bring(new, account, is_declared=False)

    def filed(self, item: Item) -> FiledAs:
        found = FiledAs()
        for each in item.filed:
            if each.taxonomy not in OURS:
                found.elsewhere.append(each)
                continue
            pk = self._of(each.taxonomy).get(_slug_of(Term(each.taxonomy, each.slug, each.name)))
            shelf = found.categories if each.taxonomy == "category" else found.tags
            if pk is not None and pk not in shelf:
                shelf.append(pk)
        return found

    def _of(self, taxonomy: str) -> dict[str, int | None]:
        return self.categories if taxonomy == "category" else self.tags


def _slug_of(term: Term) -> str:
    """Return the slug by which a term is known; WXR 1.0 names some by their names alone."""
    return short_key(tidy_slug(term.slug.strip()) or propose_slug(term.name, fallback="unnamed", max_length=200))


def _fit_slug(slug: str, name: str, fallback: str, taken: Container[str]) -> str:
    """Return the slug as it is where it can stand in an address here; else one as near to it as can be."""
    if _SLUG.match(slug) and len(slug) <= SLUG_LENGTH and slug not in taken:
        return slug
    return propose_slug(slug or name, fallback=fallback, taken=taken)


def _plain(text: str) -> str:
    return html.unescape(plain_text(text)) if "<" in text else html.unescape(text).strip()


def _fit_name(term: Term, length: int, reasons: list[Reason]) -> str:
    name = tidy_name(term.name)
    name = name if fold(name) else tidy_name(term.slug) or "unnamed"
    if len(name) > length:
        reasons.append(Reason("shortened", f"The name is cut to {length} characters: “{name}”."))
        name = name[:length].rstrip()
    return name


def _extra(term: Term, **more: Any) -> dict[str, Any]:
    kept = {
        "name": term.name,
        "description": term.description,
        "meta": [list(each) for each in term.meta if each.key not in KEYS],
        **more,
    }
    return {key: value for key, value in kept.items() if value}


def _told(term: Term, address: str = "") -> dict[str, Any]:
    return {"number": term.number, "title": term.name or term.slug, "address": address}


def _undeclared(is_declared: bool) -> list[Reason]:
    return [] if is_declared else [Reason("undeclared", "The file names it on items alone.")]


# --- Categories: few, so one by one


class _Categories:
    def __init__(self, shelves: Shelves, terms: dict[str, Term], account: Account, *, is_declared: bool) -> None:
        self.shelves, self.terms, self.account, self.is_declared = shelves, terms, account, is_declared
        self.waiting = dict.fromkeys(terms)
        # By slug: an export of a part of the blog may say nothing of those above.
        rows = Imported.objects.filter(blog=shelves.blog, kind=Kind.CATEGORY) if terms else ()
        self.known = {row.extra.get("slug") or row.key.rpartition("/")[2]: row for row in rows}

    def bring(self) -> None:
        for slug in self.terms:
            for each in self._line(slug):
                if each in self.waiting:
                    self._bring(each)

    def _line(self, slug: str) -> list[str]:
        """Return the slugs from the top down; a circle is broken where it closes."""
        line: dict[str, None] = {}
        while slug and slug in self.terms and slug not in line:
            line[slug] = None
            slug = tidy_slug(self.terms[slug].parent.strip())
        return list(line)[::-1]

    def _bring(self, slug: str) -> None:
        term, known = self.terms[slug], self.known.get(slug)
        reasons = _undeclared(self.is_declared)
        if known is None:
            key = short_key("/".join(self._line(slug)))
            self._make(slug, key, term, self._parent(term, reasons), reasons)
        else:
            self._follow(slug, known, term, reasons)
        del self.waiting[slug]

    def _parent(self, term: Term, reasons: list[Reason]) -> Category | None:
        above = tidy_slug(term.parent.strip())
        if not above:
            return None
        if above in self.waiting:  # those above had their turn, unless it is its own turn that they wait for
            words = "The categories above it lead back to it, so it stands at the top."
            reasons.append(Reason("parents-in-a-circle", words))
            return None
        if above not in self.shelves.categories:
            reasons.append(Reason("no-parent", f"The category above it, “{above}”, is not in the file."))
            return None
        return Category.objects.filter(pk=self.shelves.categories[above] or 0).first()

    def _make(self, slug: str, key: str, term: Term, parent: Category | None, reasons: list[Reason]) -> None:
        path = self.shelves.paths.get(slug) or (f"{parent.path}/{slug}" if parent else slug)
        category = Category.objects.filter(path=path).first()
        if category:
            reasons.append(Reason("category-found", f"This is the category “{category}”, which was here."))
        else:
            category = _make_category(slug, term, parent, reasons)
        self.shelves.categories[slug] = category.pk
        Imported.objects.create(
            blog=self.shelves.blog, kind=Kind.CATEGORY, key=key, number=term.number, model="posts.category",
            row_id=category.pk, path=f"/category/{key}", digest=digest_of_record(term), left_as=_words_of(category),
            extra=_extra(term, slug=slug),
        )  # fmt: skip
        told = _told(term, f"/category/{key}/")
        self.account.tell(Kind.CATEGORY, key, Result.IMPORTED, reasons, row=category, **told)

    def _follow(self, slug: str, known: Imported, term: Term, reasons: list[Reason]) -> None:
        category = Category.objects.filter(pk=known.row_id or 0).first()
        self.shelves.categories[slug] = category.pk if category else None
        told = _told(term, f"/category/{known.key}/")
        if category is None:
            gone = Reason("deleted-here", "This category was deleted here: nothing is filed under it.")
            self.account.tell(Kind.CATEGORY, known.key, Result.SKIPPED, [gone], **told)
        elif known.digest == digest_of_record(term) or not self.is_declared:
            self.account.tell(Kind.CATEGORY, known.key, Result.UNCHANGED, row=category, **told)
        elif known.left_as != _words_of(category):
            edited = Reason("edited-here", "It was edited here since, so it stays as it is.")
            self.account.tell(Kind.CATEGORY, known.key, Result.SKIPPED, [edited], row=category, **told)
        else:
            category.name = _fit_name(term, CATEGORY_LENGTH, reasons)
            category.description = _plain(term.description)
            category.save()
            known.digest, known.left_as, known.number = digest_of_record(term), _words_of(category), term.number
            known.extra = _extra(term, slug=slug)
            known.save()
            self.account.tell(Kind.CATEGORY, known.key, Result.UPDATED, reasons, row=category, **told)


def _make_category(slug: str, term: Term, parent: Category | None, reasons: list[Reason]) -> Category:
    siblings = Category.objects.filter(parent=parent).values_list("slug", flat=True)
    own = _fit_slug(slug, term.name, "category", {*RESERVED_SLUGS, *siblings})
    if own != slug:
        reasons.append(Reason("address-taken", f"“{slug}” cannot stand in an address here: it is “{own}” now."))
    category = Category(name=_fit_name(term, CATEGORY_LENGTH, reasons), slug=own, parent=parent)
    category.description = _plain(term.description)
    if parent and len(f"{parent.path}/{own}") > PATH_LENGTH:
        reasons.append(Reason("shortened", "The tree is too deep for an address: it stands at the top."))
        category.parent = None
        category.slug = propose_slug(own, fallback="category", taken=set(_top_slugs()) | RESERVED_SLUGS)
    category.save()
    return category


def _top_slugs() -> Iterable[str]:
    return Category.objects.filter(parent=None).values_list("slug", flat=True)


def _words_of(category: Category) -> str:
    return digest_of_record(Term("category", "", category.name, description=category.description))


# --- Tags: many, so in bulk


def _name_digest(name: str) -> str:
    return digest_of_record(Term("post_tag", "", fold(name)))


def _tags_named(names: Iterable[str]) -> dict[str, int]:
    """Return by folded name the tags that have these names, or once had them."""
    keys = {fold(name) for name in names}
    found: dict[Any, int] = dict(TagAlias.objects.filter(name_key__in=keys).values_list("name_key", "tag_id"))
    return found | dict(Tag.objects.filter(name_key__in=keys).values_list("name_key", "pk"))


def _tags_at(slugs: Iterable[str]) -> dict[str, int]:
    """Return by address the tags that live there, or to which an alias there leads."""
    wanted = set(slugs)
    found: dict[Any, int] = dict(TagAlias.objects.filter(slug__in=wanted).values_list("slug", "tag_id"))
    return found | dict(Tag.objects.filter(slug__in=wanted).values_list("slug", "pk"))


class _TakenSlugs:
    """Addresses of tags, asked for one by one: it is seldom that one is taken."""

    def __init__(self, also: Container[str]) -> None:
        self.also = also

    def __contains__(self, slug: object) -> bool:
        return slug in self.also or bool(_tags_at([str(slug)]))


def _bring_tags(shelves: Shelves, terms: dict[str, Term], account: Account, *, is_declared: bool) -> None:
    rows = Imported.objects.filter(blog=shelves.blog, kind=Kind.TAG, key__in=terms)
    known = {row.key: row for row in rows}
    for slug, row in known.items():
        _follow_tag(shelves, row, terms[slug], account)
    new = {slug: term for slug, term in terms.items() if slug not in known}
    if new:
        _make_tags(shelves, new, account, is_declared=is_declared)


def _follow_tag(shelves: Shelves, known: Imported, term: Term, account: Account) -> None:
    pk = shelves.tags.get(known.key)
    told = _told(term, f"/tag/{known.key}/")
    if pk is None:
        gone = Reason("deleted-here", "This tag was deleted here: no post carries it.")
        account.tell(Kind.TAG, known.key, Result.SKIPPED, [gone], **told)
        return
    told |= {"model": "posts.tag", "row_id": pk}
    if known.digest == digest_of_record(term):
        account.tell(Kind.TAG, known.key, Result.UNCHANGED, **told)
        return
    tag = Tag.objects.get(pk=pk)
    reasons: list[Reason] = []
    name = _fit_name(term, TAG_LENGTH, reasons)
    other = Tag.objects.named(name)
    if _name_digest(tag.name) != known.left_as or (other and other.pk != pk):
        edited = Reason("edited-here", f"Here it is “{tag}” since, and stays so.")
        account.tell(Kind.TAG, known.key, Result.SKIPPED, [edited], **told)
        return
    if tag.name != name:
        tag.name = name
        tag.save()
    known.digest, known.left_as, known.extra = digest_of_record(term), _name_digest(name), _extra(term)
    known.save()
    account.tell(Kind.TAG, known.key, Result.UPDATED, reasons, **told)


def _make_tags(shelves: Shelves, terms: dict[str, Term], account: Account, *, is_declared: bool) -> None:
    reasons = {slug: _undeclared(is_declared) for slug in terms}
    names = {slug: _fit_name(term, TAG_LENGTH, reasons[slug]) for slug, term in terms.items()}
    by_name, at_slug = _tags_named(names.values()), _tags_at(terms)
    new: dict[str, Tag] = {}  # by folded name
    for slug, name in names.items():
        if fold(name) in by_name or fold(name) in new:
            continue
        own = _fit_slug(slug, name, "tag", _TakenSlugs({tag.slug for tag in new.values()}))
        if own != slug:
            reasons[slug].append(Reason("address-taken", f"/tag/{slug}/ is not to be had here: it is /tag/{own}/."))
        new[fold(name)] = Tag(name=name, name_key=fold(name), slug=own)
        at_slug[own] = 0  # from now on somebody's
    by_name |= {tag.name_key: tag.pk for tag in Tag.objects.bulk_create(new.values())}
    aliases, rows = [], []
    for slug, term in terms.items():
        pk = by_name[fold(names[slug])]
        shelves.tags[slug] = pk
        # Two tags of one name, or one that is known here by another address: the old one leads to it.
        if slug not in at_slug and len(slug) <= SLUG_LENGTH and "/" not in slug:
            aliases.append(TagAlias(tag_id=pk, name=names[slug], slug=slug))
            reasons[slug].append(Reason("same-name", "A tag has this name already: the old address leads there."))
        rows.append(
            Imported(
                blog=shelves.blog, kind=Kind.TAG, key=slug, number=term.number, model="posts.tag", row_id=pk,
                path=f"/tag/{slug}", digest=digest_of_record(term), left_as=_name_digest(names[slug]),
                extra=_extra(term),
            )
        )  # fmt: skip
        told = _told(term, f"/tag/{slug}/")
        account.tell(Kind.TAG, slug, Result.IMPORTED, reasons[slug], model="posts.tag", row_id=pk, **told)
    TagAlias.objects.bulk_create(aliases)
    Imported.objects.bulk_create(rows)


# --- Terms of other taxonomies


def _keep_others(blog: Blog, terms: dict[str, Term], account: Account) -> None:
    known = {row.key: row for row in Imported.objects.filter(blog=blog, kind=Kind.TERM, key__in=terms)}
    rows = []
    for key, term in terms.items():
        words = f"“{term.taxonomy}” is no taxonomy of this site: the term is kept for an export, and shown nowhere."
        digest, extra = (
            digest_of_record(term),
            _extra(term, taxonomy=term.taxonomy, slug=term.slug, parent=term.parent),
        )
        row = known.get(key)
        is_same = row is not None and row.digest == digest
        if row is None:
            rows.append(Imported(blog=blog, kind=Kind.TERM, key=key, number=term.number, digest=digest, extra=extra))
        elif not is_same:
            Imported.objects.filter(pk=row.pk).update(digest=digest, extra=extra)
        result = Result.UNCHANGED if is_same else Result.SKIPPED
        account.tell(Kind.TERM, key, result, [Reason("other-taxonomy", words)], **_told(term))
    Imported.objects.bulk_create(rows)
