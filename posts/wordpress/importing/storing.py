"""Writing posts in bulk, with all that hangs on them: as `Post.save` and its relations would, a slice at once."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection
from django.utils import timezone

from posts.dating import site_date
from posts.life import UNPUBLISHED, Act, State
from posts.making import insert_rows
from posts.models import (
    AlsoReported,
    Category,
    CategoryEntry,
    FormerAddress,
    Image,
    Note,
    Post,
    PostEntry,
    Tag,
    TaggedPost,
)
from posts.models.image import names_in
from posts.models.post import RESERVED_SLUGS, REVISIONS, SLUG_LENGTH, YEARS
from posts.rendering import MAX_TEXT_LENGTH, RENDERING_VERSION, PictureFacts, cited, fit, plain_text, render_post
from posts.wordpress.converting.old_files import Files
from posts.wordpress.converting.preparing import Prepared
from posts.wordpress.importing import outlets
from posts.wordpress.importing.attachments import with_featured
from posts.wordpress.importing.bringing import bring_pages, bring_rest
from posts.wordpress.importing.terms import FiledAs, Shelves
from posts.wordpress.models import Blog, Imported
from posts.wordpress.ours import post_columns
from posts.wordpress.paths import day_and_name, old_path
from posts.wordpress.reasons import Reason
from posts.wordpress.records import Item
from sources.links.models import Link
from sources.models import Source
from sources.naming import propose_slug, tidy_name, tidy_slug

TITLE_LENGTH, EXCERPT_LENGTH = 300, 1000
STATES = {
    "publish": State.PUBLISHED,
    "future": State.PUBLISHED,
    "draft": State.DRAFT,
    "pending": State.REVIEW,
    "private": State.DRAFT,
    "trash": State.TRASH,
}
# What an import writes of a post that is there already.
COLUMNS = [
    "title", "slug", "body", "body_html", "lead_html", "rendering_version", "excerpt", "state", "published_at",
    "published_on", "source", "link", "editor", "version", "is_sticky",
]  # fmt: skip
SITE = "the site"
NO_SOURCE = Reason("no-source", "No line at its end names the outlet. Open it, and choose the outlet if there is one.")
_WEB = re.compile(r"https?://\S+")
_MARK = re.compile(r"^\W*(?:[^\W\d]{1,12}\s*[:：]|sources?|via|(?:originally )?published (?:by|in|at)|read \S+)", re.I)
_SLUG = re.compile(r"[\w-]+\Z")
_SHOWN = re.compile(r' (?:src|href)="/media/(images/[\w./-]+)"')


@dataclass
class Writing:
    """A post that is being written."""

    item: Item
    post: Post
    prepared: Prepared
    files: Files
    is_new: bool = True
    before: str = ""  # the state it had
    reasons: list[Reason] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    filed: FiledAs = field(default_factory=FiledAs)
    also: list[int] = field(default_factory=list)
    images: list[int] = field(default_factory=list)
    former: set[tuple[dt.date, str]] = field(default_factory=set)


@dataclass
class Touched:
    """The listings that have to be counted again."""

    tags: set[int] = field(default_factory=set)
    categories: set[int] = field(default_factory=set)
    sources: set[int] = field(default_factory=set)

    def take(self, other: Touched) -> None:
        self.tags |= other.tags
        self.categories |= other.categories
        self.sources |= other.sources


def store(writings: Sequence[Writing], blog: Blog, shelves: Shelves, editors: dict[str, int | None]) -> Touched:
    """Write these posts, new ones and such as nobody has touched here; return what lists them now or did before."""
    now = timezone.now()
    ancestry = Category.objects.ancestry()
    before = _clear([each.post for each in writings if not each.is_new])
    days = [site_date(at) if (at := each.item.published_at) and site_year(at) in YEARS else None for each in writings]
    settled = outlets.settle([each.prepared.credits for each in writings], days)
    for each, source in zip(writings, settled, strict=True):
        each.reasons += [*each.prepared.reasons, *source.reasons]
        each.reasons += _told_of_line(each)
        each.post.source_id, each.post.link_id, each.also = source.source_id, source.link_id, list(source.also)
        each.post.editor_id = editors.get(each.item.author)
        _say(each, now)
    own = [each for each in writings if each.prepared.ours]
    pairs = [(each.post, ours) for each in own if (ours := each.prepared.ours)]
    for each, (post, ours), further in zip(own, pairs, bring_pages(pairs), strict=True):
        each.also = further
        for name, value in post_columns(ours).items():
            setattr(post, name, value)
    _file(writings, shelves, ancestry)
    _settle_addresses(writings, blog)
    _render(writings)
    _write_posts(writings, now)
    _write_filing(writings, ancestry)
    _write_beside(writings, blog, now)
    bring_rest(pairs, people={login: pk for login, pk in editors.items() if pk})
    _write_revisions(writings, blog, now)
    after = Touched(
        {pk for each in writings for pk in each.filed.tags},
        {shelf for each in writings for pk in each.filed.categories for shelf in ancestry.get(pk, [])},
        {each.post.source_id for each in writings if each.post.source_id},
    )
    after.take(before)
    return after


def _told_of_line(writing: Writing) -> list[Reason]:
    """Tell where no closing line named an outlet, and where one said more than that."""
    prepared, item = writing.prepared, writing.item
    if item.kind != "post" or prepared.ours is not None:
        return []
    if not prepared.credits:
        return [NO_SOURCE] if item.status in ("publish", "future", "pending") else []
    words = "; ".join(prepared.lines)
    left = _MARK.sub("", _WEB.sub("", words))
    for credit in prepared.credits:
        left = left.replace(credit.name, "")
    if not re.search(r"\w{3}", _MARK.sub("", left)):
        return []
    told = f"Its closing line said more than the outlet, and is taken out: “{words[:500]}”"
    return [Reason("source-words", told)]


def _file(writings: Sequence[Writing], shelves: Shelves, ancestry: dict[int, list[int]]) -> None:
    """Find what each is filed under; a shelf that an editor has merged or deleted meanwhile is looked for anew."""
    for is_again in (False, True):
        for each in writings:
            each.filed = shelves.filed(each.item)
        tags = {pk for each in writings for pk in each.filed.tags}
        categories = {pk for each in writings for pk in each.filed.categories}
        if is_again or (categories <= ancestry.keys() and Tag.objects.filter(pk__in=tags).count() == len(tags)):
            return
        shelves.load()


def _clear(posts: list[Post]) -> Touched:
    """Take away what these posts are filed under and cite; return what listed them."""
    touched, ids = Touched(), [post.pk for post in posts]
    if not ids:
        return touched
    tagged, entries = TaggedPost.objects.filter(content_object__in=ids), CategoryEntry.objects.filter(post__in=ids)
    touched.tags |= set(tagged.values_list("tag", flat=True))
    touched.categories |= set(entries.values_list("category", flat=True))
    touched.sources |= {post.source_id for post in posts if post.source_id}
    for rows in (
        tagged,
        entries,
        Post.categories.through.objects.filter(post__in=ids),
        Post.images.through.objects.filter(post__in=ids),
        AlsoReported.objects.filter(post__in=ids),
    ):
        rows._raw_delete(rows.db)  # nothing hangs on these, and nobody is to follow
    return touched


# --- What a post says


def _say(writing: Writing, now: dt.datetime) -> None:
    item, post = writing.item, writing.post
    post.title = _fit_title(item.title, writing.reasons)
    post.excerpt = _fit_excerpt(item.excerpt, writing.reasons)
    post.body = fit(with_featured(writing.prepared.markdown, item, writing.files))
    post.is_sticky = item.is_sticky
    post.rendering_version = RENDERING_VERSION
    if len(post.body) > MAX_TEXT_LENGTH:
        words = f"The text has more than {MAX_TEXT_LENGTH:,} characters: it is here whole, and the form takes less."
        writing.reasons.append(Reason("long-text", words))
    post.published_at = item.published_at
    post.state = _state_of(writing, now)
    has_address = post.state not in (*UNPUBLISHED, State.TRASH) and post.published_at is not None
    post.published_on = site_date(post.published_at) if has_address and post.published_at else None


def _fit_title(title: str, reasons: list[Reason]) -> str:
    title = tidy_name(fit(title))
    if len(title) <= TITLE_LENGTH:
        return title
    reasons.append(Reason("shortened", f"The title is cut to {TITLE_LENGTH} characters; all of it was: “{title}”"))
    return title[: TITLE_LENGTH - 1].rstrip() + "…"


def _fit_excerpt(excerpt: str, reasons: list[Reason]) -> str:
    whole = plain_text(excerpt)
    if len(whole) <= EXCERPT_LENGTH:
        return whole
    reasons.append(Reason("shortened", f"The excerpt is cut to {EXCERPT_LENGTH:,} characters."))
    return plain_text(excerpt, EXCERPT_LENGTH - 1)


def _state_of(writing: Writing, now: dt.datetime) -> State:
    item, post = writing.item, writing.post
    if writing.prepared.ours:
        return writing.prepared.ours.state
    if item.kind == "page":
        writing.notes.append("Was a page of the old blog that readers did not see.")
        writing.reasons.append(
            Reason("draft-page", "It was a page that readers did not see: it is a draft of a post.")
        )
        return State.TRASH if item.status == "trash" else State.DRAFT
    state = STATES.get(item.status)
    if state is None:
        writing.reasons.append(Reason("unknown-status", f"The status “{item.status}” is unknown here: it is a draft."))
        writing.notes.append(f"Had the status “{item.status[:100]}” in the old blog.")
        return State.DRAFT
    if item.password:
        writing.notes.append("Was protected by a password in the old blog.")
        writing.reasons.append(Reason("was-protected", "It was protected by a password: it is a draft."))
        state = State.DRAFT if state != State.TRASH else state
    elif item.status == "private":
        writing.notes.append("Was private in the old blog.")
        writing.reasons.append(Reason("was-private", "It was private: it is a draft."))
    if post.published_at is not None and site_year(post.published_at) not in YEARS:
        post.published_at = None
    if state == State.PUBLISHED and post.published_at is None:
        return _undated(writing)
    return state


def _undated(writing: Writing) -> State:
    """A published post without a date takes that of its last change; without one it waits for an editor."""
    modified_at = writing.item.modified_at
    if modified_at is not None and site_year(modified_at) in YEARS:
        writing.post.published_at = modified_at
        writing.reasons.append(
            Reason("no-date", "It had no date of publication: that of its last change stands there.")
        )
        return State.PUBLISHED
    writing.notes.append("Was published in the old blog without a date.")
    writing.reasons.append(Reason("no-date", "It has no date that a calendar knows: it is a draft."))
    return State.DRAFT


def site_year(moment: dt.datetime) -> int:
    try:
        return site_date(moment).year
    except (OverflowError, ValueError):
        return 0


# --- Where it lives


def _settle_addresses(writings: Sequence[Writing], blog: Blog) -> None:
    """Give each its own address, and have those it had before lead there."""
    for each in writings:
        each.post.slug = _fit_slug(each)
    public = [each for each in writings if each.post.published_on]
    if not public:
        return
    taken = _taken(
        [(each.post.published_on, each.post.slug) for each in public], {each.post.pk for each in public}, blog
    )
    for each in public:
        address = (each.post.published_on, each.post.slug)
        if address in taken:
            _move(each, taken)
        taken.add((each.post.published_on, each.post.slug))
    for each in public:
        each.former = _former_addresses(each)


def _fit_slug(writing: Writing) -> str:
    item, post = writing.item, writing.post
    if writing.prepared.ours and writing.prepared.ours.slug is not None:
        return writing.prepared.ours.slug
    slug = tidy_slug(item.slug.strip())
    if item.status == "trash":
        slug = tidy_slug(item.first_meta("_wp_desired_post_slug")) or re.sub(r"__trashed(-\d+)?\Z", "", slug)
    if not slug and not post.published_on:
        return ""
    if _SLUG.match(slug) and len(slug) <= SLUG_LENGTH and slug not in RESERVED_SLUGS:
        return slug
    words = slug or post.title or str(item.number or post.guid.rpartition("-")[2])
    fitting = propose_slug(words, fallback=str(item.number or "post"), taken=RESERVED_SLUGS, max_length=SLUG_LENGTH)
    if slug:
        code = "shortened" if len(slug) > SLUG_LENGTH else "address-taken"
        writing.reasons.append(Reason(code, f"“{slug}” cannot stand in an address here: it is “{fitting}” now."))
    return fitting


def _taken(addresses: list[Any], own: set[int | None], blog: Blog) -> set[Any]:
    """Return which of these addresses others have; those that nobody can meet any longer are freed."""
    days, slugs = {day for day, _ in addresses}, {slug for _, slug in addresses}
    there = Post.objects.filter(published_on__in=days, slug__in=slugs).exclude(pk__in=[pk for pk in own if pk])
    taken = set(there.values_list("published_on", "slug"))
    wanted = set(addresses)
    former = [
        row for row in FormerAddress.objects.filter(published_on__in=days, slug__in=slugs)
        if (row.published_on, row.slug) in wanted
    ]  # fmt: skip
    if not former:
        return taken
    # Where a post of the old blog lives goes before where another one of it once did.
    imported = set(
        Imported.objects.filter(
            blog=blog, model="posts.post", row_id__in=[row.post_id for row in former if row.post_id]
        ).values_list("row_id", flat=True)
    )
    freed = [row.pk for row in former if row.post_id is None or row.post_id in imported or row.post_id in own]
    FormerAddress.objects.filter(pk__in=freed).delete()
    return taken | {(row.published_on, row.slug) for row in former if row.pk not in freed}


def _move(writing: Writing, taken: set[Any]) -> None:
    post, wanted = writing.post, writing.post.slug
    post.slug = propose_slug(
        wanted, fallback="post", taken=_TakenThatDay(post, taken, RESERVED_SLUGS), max_length=SLUG_LENGTH
    )
    words = f"Another post of {post.published_on} has the address “{wanted}”: this one has “{post.slug}”."
    writing.reasons.append(Reason("address-taken", words))


class _TakenThatDay:
    def __init__(self, post: Post, taken: set[Any], reserved: set[str]) -> None:
        self.post, self.taken, self.reserved = post, taken, reserved

    def __contains__(self, slug: object) -> bool:
        day = {"published_on": self.post.published_on, "slug": slug}
        return (
            slug in self.reserved
            or (self.post.published_on, slug) in self.taken
            or Post.objects.filter(**day).exclude(pk=self.post.pk).exists()
            or FormerAddress.objects.filter(**day).exists()
        )


def _former_addresses(writing: Writing) -> set[tuple[dt.date, str]]:
    """Return the addresses that it had in the old blog, as far as they have the form of ours."""
    item, day = writing.item, writing.post.published_on
    if writing.prepared.ours:
        return set(writing.prepared.ours.former)
    assert day is not None  # noqa: S101  only what is public has an address
    found = {(day, tidy_slug(slug)) for slug in item.all_meta("_wp_old_slug")}
    for text in item.all_meta("_wp_old_date"):
        found |= {(date, writing.post.slug) for date in [_date(*text.split("-"))] if date}
    if writing.post._known_at:
        found.add(writing.post._known_at)
    parts_of_path = day_and_name(old_path(item.link))
    if parts_of_path:
        date = _date(*parts_of_path[:3])
        found |= {(date, tidy_slug(parts_of_path[3]))} if date else set()
    return {
        (date, slug)
        for date, slug in found
        if slug and len(slug) <= SLUG_LENGTH and (date, slug) != (day, writing.post.slug)
    }


def _date(*numbers: Any) -> dt.date | None:
    try:
        return dt.date(*map(int, numbers))
    except (ValueError, TypeError, OverflowError):
        return None


# --- Writing


def _render(writings: Sequence[Writing]) -> None:
    """Take the HTML as it was prepared; with pictures, whose words the library knows, it is made anew."""
    links = dict(_links(writings).values_list("pk", "address"))
    names = {name for each in writings for name in names_in(each.post.body)}
    rows = Image.objects.filter(file__in=names) if names else Image.objects.none()
    images = {row.file.name: row for row in rows}
    facts = {f"/media/{name}": row.facts() for name, row in images.items()}
    for each in writings:
        post, prepared, address = each.post, each.prepared, links.get(each.post.link_id or 0, "")
        is_as_prepared = post.body == prepared.markdown and "/media/images/" not in post.body
        if is_as_prepared:
            post.body_html, post.lead_html = cited(prepared.body_html, address), cited(prepared.lead_html, address)
        else:
            rendered = render_post(post.body, cite=address, pictures=_of(facts, post.body))
            post.body_html, post.lead_html = rendered.html, rendered.lead_html
        shown = dict.fromkeys(_SHOWN.findall(post.body_html))
        each.images = [images[name].pk for name in shown if name in images]


def _of(facts: dict[str, PictureFacts], body: str) -> dict[str, PictureFacts]:
    return {f"/media/{name}": facts[f"/media/{name}"] for name in names_in(body) if f"/media/{name}" in facts}


def _links(writings: Sequence[Writing]) -> Any:
    ids = {each.post.link_id for each in writings} | {pk for each in writings for pk in each.also}
    return Link.objects.filter(pk__in=[pk for pk in ids if pk])


def _write_posts(writings: Sequence[Writing], now: dt.datetime) -> None:
    Post.objects.bulk_create([each.post for each in writings if each.is_new])
    old = [each.post for each in writings if not each.is_new]
    for post in old:
        post.version += 1
    if old:
        Post.objects.bulk_update(old, COLUMNS)
    # The two dates are the record's own, where the model would write the present moment.
    stamps = [(*_stamps(each, now), each.post.pk) for each in writings]
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {Post._meta.db_table} SET created_at = %s, updated_at = %s WHERE id = %s",  # noqa: S608
            [(adapt(created), adapt(updated), pk) for created, updated, pk in stamps],
        )


def _stamps(writing: Writing, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """When it was made, and when it last changed, as far as the record knows."""
    item = writing.item
    known = [m for m in (writing.post.published_at, item.modified_at) if m and m < now and site_year(m) in YEARS]
    if writing.post.state == State.TRASH:
        return min(known, default=now), now  # from now on it lies in the trash, for as long as others do
    return min(known, default=now), max(known, default=now)


def _write_filing(writings: Sequence[Writing], ancestry: dict[int, list[int]]) -> None:
    tagged: list[tuple[Any, ...]] = []
    filed: list[tuple[Any, ...]] = []
    entered: list[tuple[Any, ...]] = []
    shown: list[tuple[Any, ...]] = []
    for each in writings:
        pk, listed_at = each.post.pk, connection.ops.adapt_datetimefield_value(each.post.listing_time())
        tagged += [(tag, pk, listed_at) for tag in each.filed.tags]
        filed += [(category, pk) for category in each.filed.categories]
        above = dict.fromkeys(shelf for category in each.filed.categories for shelf in ancestry[category])
        entered += [(shelf, pk, listed_at) for shelf in above]
        shown += [(image, pk) for image in each.images]
    insert_rows(TaggedPost, ("tag_id", "content_object_id", "listed_at"), tagged)
    insert_rows(Post.categories.through, ("category_id", "post_id"), filed)
    insert_rows(CategoryEntry, ("category_id", "post_id", "listed_at"), entered)
    insert_rows(Post.images.through, ("image_id", "post_id"), shown)


def _write_beside(writings: Sequence[Writing], blog: Blog, now: dt.datetime) -> None:
    AlsoReported.objects.bulk_create(
        AlsoReported(post=each.post, link_id=link, position=position)
        for each in writings
        for position, link in enumerate(dict.fromkeys(pk for pk in each.also if pk != each.post.link_id))
    )
    _write_former(writings)
    Note.objects.bulk_create(
        Note(post=each.post, text=text, by_name=SITE, made_at=now)
        for each in writings
        if each.is_new
        for text in each.notes
    )
    PostEntry.objects.bulk_create(
        PostEntry(
            post_id=each.post.pk, act=Act.IMPORT, before=each.before, after=each.post.state,
            note=f"from {blog.address}", actor=SITE, made_at=now,
        )
        for each in writings
    )  # fmt: skip
    _close_discussions(
        [each for each in writings if not each.prepared.ours and each.item.comment_status == "closed"], now
    )


def _write_former(writings: Sequence[Writing]) -> None:
    wanted: dict[Any, Post] = {address: each.post for each in writings for address in each.former}
    if not wanted:
        return
    days, slugs = {day for day, _ in wanted}, {slug for _, slug in wanted}
    there = Post.objects.filter(published_on__in=days, slug__in=slugs).values_list("published_on", "slug")
    for address in there:
        wanted.pop(address, None)  # somebody lives there
    FormerAddress.objects.bulk_create(
        (FormerAddress(published_on=day, slug=slug, post=post) for (day, slug), post in wanted.items()),
        ignore_conflicts=True,
    )


def _close_discussions(writings: Sequence[Writing], now: dt.datetime) -> None:
    """Close the comments of posts on which they were closed, where the rules here would leave them open."""
    if not writings or not apps.is_installed("posts.comments"):
        return
    from posts.comments.models import Discussion, Policy  # noqa: PLC0415  comments can be taken out

    policy, closed = Policy.current(), Discussion.Opening.CLOSED
    Discussion.objects.bulk_create(
        (
            Discussion(post=each.post, opening=closed)
            for each in writings
            if policy.takes_comments(None, each.post.published_at or now, now)
        ),
        ignore_conflicts=True,
    )


def _write_revisions(writings: Sequence[Writing], blog: Blog, now: dt.datetime) -> None:
    """Keep each as it stands now, with what it is filed under, see `Post.filed`."""
    filed = _filed(writings)
    kept = [each.attname for each in REVISIONS.fields_included(Post)]
    because = f"Imported from {blog.address}"[:100]
    revision = Post.history.model  # looked up once: each time it makes a manager
    revision.objects.bulk_create(
        revision(
            history_date=now,
            history_type="~",
            history_change_reason=because,
            filed=filed[each.post.pk],
            **{name: getattr(each.post, name) for name in kept},
        )
        for each in writings
    )


def _filed(writings: Sequence[Writing]) -> dict[int, dict[str, Any]]:
    tags = {row[0]: row[1:] for row in _named(Tag, {pk for e in writings for pk in e.filed.tags}, "name_key", "name")}
    categories = dict(_named(Category, {pk for e in writings for pk in e.filed.categories}, "name"))
    sources = dict(_named(Source, {e.post.source_id for e in writings if e.post.source_id}, "name"))
    links = _links(writings).in_bulk()
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    for each in writings:
        post, ordered = each.post, sorted(each.filed.categories, key=lambda pk: categories[pk])
        found[post.pk] = {
            "tags": [name for _, name in sorted(tags[pk] for pk in each.filed.tags)],
            "categories": [categories[pk] for pk in ordered],
            "category_ids": ordered,
            "also": [links[pk].given_address for pk in each.also if pk != post.link_id],
            "source": sources.get(post.source_id or 0, ""),
            "original": links[post.link_id].in_words() if post.link_id else {},
        }
    return found


def _named(model: Any, ids: set[Any], *columns: str) -> list[Any]:
    return list(model.objects.filter(pk__in=ids).values_list("pk", *columns)) if ids else []
