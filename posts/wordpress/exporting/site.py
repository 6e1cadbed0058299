"""The whole site as WXR 1.2: WordPress reads it, and our own importer makes an equal site of it (see `ours`).

Not in it: what was taken down, notes between editors and moderators, revisions, unsaved texts, logs, subscribers. What
is held back or withdrawn is private there, so that nothing becomes public by moving.

Items come in batches; memory and queries of a batch do not grow with their number. Two exports of the same data are
the same bytes: nothing in them says when they were made. (Only what is scheduled turns from `future` to `publish`.)
"""

import datetime as dt
import re
from collections.abc import Iterator
from html import escape
from itertools import batched
from urllib.parse import quote, urljoin

from django.conf import settings
from django.contrib.flatpages.models import FlatPage
from django.db import models
from django.db.models import Max, Min
from django.utils import timezone

from posts.addressing import post_url
from posts.comments.models import Comment, Discussion, Policy
from posts.dating import site_time
from posts.life import State
from posts.models import Correction, FormerAddress, Image, Post, TaggedPost
from posts.rendering import render_post
from posts.syndication import absolute
from posts.wordpress import ours as own
from posts.wordpress.exporting.naming import Groups, People, Terms, exported_posts, grouped, outlet_of
from posts.wordpress.exporting.numbering import Kept, Numbers
from posts.wordpress.exporting.wxr_writing import END, begin, nicename, write_author, write_item, write_term
from posts.wordpress.models import Blog, Imported, Kind
from posts.wordpress.records import Item, Meta, Remark, Site
from sources.links.models import Link
from sources.models import Source

BATCH = 500
ITEMS = (Kind.POST, Kind.PAGE, Kind.ATTACHMENT)
# Of a site on which nothing was ever published.
LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_PARAGRAPH = re.compile(r"</?p(?: [^>]*)?>")
_COLUMNS = (
    "title", "slug", "body", "body_html", "lead_html", "excerpt", "state", "published_at", "published_on", "notice",
    "is_sensitive", "review_on", "reason", "ended_at", "corrections_html", "source_id", "link_id", "editor_id",
    "written_by_id", "version", "guid", "created_at", "updated_at",
)  # fmt: skip


def export(at: dt.datetime | None = None) -> Iterator[str]:
    """Yield the file in pieces."""
    whole = Export(at)
    yield whole.head()
    yield from whole.items()
    yield END


class Export:
    """An export about to be written; `at` is the moment from which scheduled posts lie in the future."""

    def __init__(self, at: dt.datetime | None = None) -> None:
        self.at = at or timezone.now()
        self.zone = timezone.get_default_timezone()
        bounds = exported_posts().aggregate(first=Min("published_at"), last=Max("updated_at"))
        self.changed_at = bounds["last"] or LONG_AGO
        self.began_at = bounds["first"] or LONG_AGO  # pages know no date: they are as old as the first post
        self.people = People()
        self.terms = Terms()
        self.numbers = Numbers(ITEMS, "posts.post", "flatpages.flatpage", "posts.image", "wordpress.imported")
        self.remark_numbers = Numbers([Kind.COMMENT], "comments.comment")
        self.takes_comments = Policy.current().is_open

    def total(self) -> int:
        """Return how many items there are."""
        return exported_posts().count() + _images().count() + _files().count() + _pages().count()

    def head(self) -> str:
        pieces = [begin(self._site(), self.changed_at)]
        pieces += map(write_author, self.people.authors())
        pieces += map(write_term, self.terms.all())
        return "".join(pieces)

    def items(self) -> Iterator[str]:
        """Yield the items one by one: pictures, pages, posts."""
        for item in self._records():
            yield write_item(item, self.zone)

    def _records(self) -> Iterator[Item]:
        for images in _batches(_images()):
            yield from self._attachments(images)
        for files in _batches(_files()):
            yield from self._files(files)
        yield from self._pages()
        for posts in _batches(exported_posts().only(*_COLUMNS, *_columns_of_others())):
            yield from self._posts(posts)

    def _site(self) -> Site:
        blog = Blog.objects.order_by("pk").first()
        return Site(
            title=settings.SITE_NAME,
            address=settings.SITE_URL,
            description=str(blog.extra.get("description") or "") if blog and isinstance(blog.extra, dict) else "",
            language=settings.LANGUAGE_CODE,
        )

    # --- Pictures

    def _attachments(self, images: list[Image]) -> Iterator[Item]:
        kept = self.numbers.of("posts.image", [image.pk for image in images])
        shown = Post.images.through.objects.filter(image__in=images).exclude(post__state=State.REMOVED)
        first = shown.order_by().values("image_id").annotate(first=Min("post_id"))
        parents = {row["image_id"]: row["first"] for row in first}
        posts = self.numbers.of("posts.post", set(parents.values()))
        for image in images:
            parent = posts[parents[image.pk]].number if image.pk in parents else None
            yield self._attachment(image, kept[image.pk], parent)

    def _attachment(self, image: Image, kept: Kept, parent: int | None) -> Item:
        address = urljoin(settings.SITE_URL, image.file.url)
        name = str(image.file.name)
        metas = [Meta("_wp_attached_file", name.removeprefix("images/"))]
        metas += [Meta("_wp_attachment_image_alt", own.as_words(image.alt))] if image.alt else []
        return Item(
            kind="attachment",
            number=kept.number,
            guid=kept.key or address,
            link=f"{settings.SITE_URL}/?attachment_id={kept.number}",
            title=own.as_words(kept.text("title") or image.caption or image.alt or image.file_name),
            content=own.as_words(image.facts().rights),
            excerpt=own.as_words(image.caption),
            local_at=site_time(image.created_at),
            published_at=image.created_at,
            modified_at=image.created_at,
            status="inherit",
            slug=nicename(image.file_name.rpartition(".")[0].lower()),
            parent=parent,
            menu_order=kept.number_of("order"),
            comment_status="closed",
            ping_status="closed",
            attachment_url=address,
            filed=kept.filed(),
            meta=[*metas, *own.metas(own.values_of_image(_ours_of_image(image))), *kept.metas(metas)],
        )

    def _files(self, rows: list[Imported]) -> Iterator[Item]:
        """Yield what came as an attachment and is no picture here: other files, and what was not to be had."""
        earlier = Imported.objects.filter(kind=Kind.ATTACHMENT, key__in=[row.key for row in rows])
        firsts = dict(earlier.order_by("-pk").values_list("key", "pk"))  # two blogs may have had the same one
        for row in rows:
            if firsts[row.key] == row.pk:
                yield self._file(row, self.numbers.kept(row, self.numbers.new("wordpress.imported", row.pk)))

    def _file(self, row: Imported, kept: Kept) -> Item:
        address = urljoin(settings.SITE_URL, kept.text("file")) if kept.text("file") else row.address
        metas = [Meta("_wp_attached_file", row.path)] if row.path else []
        metas += [Meta("_wp_attachment_image_alt", own.as_words(kept.text("alt")))] if kept.text("alt") else []
        return Item(
            kind="attachment",
            number=kept.number,
            guid=row.key,
            link=f"{settings.SITE_URL}/?attachment_id={kept.number}",
            title=own.as_words(kept.text("title")),
            content=kept.text("description"),
            excerpt=kept.text("caption"),
            local_at=site_time(self.began_at),
            published_at=self.began_at,
            modified_at=self.began_at,
            status="inherit",
            slug=nicename(row.path.rpartition("/")[2].rpartition(".")[0].lower()) or f"file-{kept.number}",
            menu_order=kept.number_of("order"),
            comment_status="closed",
            ping_status="closed",
            attachment_url=address,
            meta=[*metas, *kept.metas(metas)],
        )

    # --- Pages

    def _pages(self) -> Iterator[Item]:
        keys = sorted(_pages().values_list("url", "pk"))  # those above come first
        by_url = dict(keys)
        for batch in batched(keys, BATCH):
            pages = FlatPage.objects.in_bulk([pk for _, pk in batch])
            facts = Image.objects.facts_in("\n".join(page.content for page in pages.values()))
            above = {by_url[_above(page.url)] for page in pages.values() if _above(page.url) in by_url}
            kept = self.numbers.of("flatpages.flatpage", {*pages, *above})
            for page in (pages[pk] for _, pk in batch if pk in pages):
                parent = by_url.get(_above(page.url))
                html = absolute(render_post(page.content, pictures=facts).html)
                yield self._page(page, html, kept[page.pk], kept[parent].number if parent else None)

    def _page(self, page: FlatPage, html: str, kept: Kept, parent: int | None) -> Item:
        known = own.OursOfPage(page.url, page.title, is_for_members=page.registration_required)
        return Item(
            kind="page",
            number=kept.number,
            guid=kept.key or f"{settings.SITE_URL}/?page_id={kept.number}",
            link=settings.SITE_URL + quote(page.url),
            title=own.as_words(page.title),
            content=html,
            local_at=site_time(self.began_at),
            published_at=self.began_at,
            modified_at=self.began_at,
            status="private" if page.registration_required else "publish",
            slug=nicename(page.url.rstrip("/").rpartition("/")[2].lower()) or f"page-{kept.number}",
            parent=parent,
            menu_order=kept.number_of("menu_order"),
            comment_status="closed",
            ping_status="closed",
            filed=kept.filed(),
            meta=[*own.metas(own.values_of_site_page(known), body=page.content, html=html), *kept.metas()],
            remarks=kept.remarks(),
        )

    # --- Posts

    def _posts(self, posts: list[Post]) -> Iterator[Item]:
        beside = _Beside(posts, self)
        for post in posts:
            yield self._post(post, beside)

    def _post(self, post: Post, beside: "_Beside") -> Item:
        kept = beside.kept[post.pk]
        source = self.terms.outlets.get(post.source_id or 0)
        link = beside.links.get(post.link_id or 0)
        also = [beside.links[pk] for pk in beside.also[post.pk]]
        html = self._content(post, source, link, also)
        state = State(post.state)
        status = own.status_of(state, post.published_at, is_held=post.is_held, at=self.at)
        has_permalink = post.published_on and status in ("publish", "future", "private")
        metas = _old_addresses(post, beside.former[post.pk])
        return Item(
            kind="post",
            number=kept.number,
            guid=post.guid,
            link=settings.SITE_URL
            + (post_url(post.published_on, post.slug) if has_permalink else f"/?p={kept.number}"),  # type: ignore[arg-type]
            title=own.as_words(post.title),
            author=self.people.names.get(post.editor_id or 0, ""),
            content=html,
            excerpt=own.as_words(post.excerpt),
            local_at=site_time(post.published_at or post.created_at),
            published_at=post.published_at,
            modified_at=post.updated_at,
            status=status,
            slug=nicename(post.slug),
            menu_order=kept.number_of("menu_order"),
            is_sticky=bool(getattr(post, "is_sticky", False)),
            comment_status=self._comment_status(beside.openings.get(post.pk, "")),
            ping_status=kept.ping_status(),
            filed=[*self.terms.filed(beside.categories[post.pk], beside.tags[post.pk]), *kept.filed()],
            meta=[*metas, *self._own_metas(post, html, source, link, also, beside), *kept.metas(metas)],
            remarks=beside.remarks[post.pk],
        )

    def _comment_status(self, opening: str) -> str:
        return "open" if self.takes_comments and opening != Discussion.Opening.CLOSED else "closed"

    def _own_metas(
        self, post: Post, html: str, source: Source | None, link: Link | None, also: list[Link], beside: "_Beside"
    ) -> list[Meta]:
        opening = beside.openings.get(post.pk, "")
        known = own.Ours(
            state=State(post.state),
            title=post.title,
            slug=post.slug,
            excerpt=post.excerpt,
            published_at=post.published_at,
            has_address=post.published_on is not None,
            reason=post.reason,
            ended_at=post.ended_at,
            notice=post.notice,
            is_sensitive=post.is_sensitive,
            review_on=post.review_on,
            version=post.version,
            created_at=post.created_at,
            updated_at=post.updated_at,
            written_by=self.people.names.get(post.written_by_id or 0, ""),
            outlet=outlet_of(source) if source and not link else None,
            page=self._page_of(link) if link else None,
            also=[self._page_of(each) for each in also],
            corrections=beside.corrections[post.pk],
            former=beside.former[post.pk],
            opening="" if opening == Discussion.Opening.BY_RULES else opening,
        )
        return own.metas(own.values_of(known), body=post.body, html=html)

    def _page_of(self, link: Link) -> own.Page:
        source = self.terms.outlets.get(link.source_id)
        return own.Page(
            address=link.given_address,
            headline=link.headline,
            byline=link.byline,
            published_on=link.published_on,
            retrieved_on=link.retrieved_on,
            language=link.language,
            outlet=outlet_of(source) if source else None,
        )

    def _content(self, post: Post, source: Source | None, link: Link | None, also: list[Link]) -> str:
        """Return what readers of WordPress see: the text between what our own pages say around it."""
        pieces = []
        if post.notice:
            pieces.append(own.framed(f"<p><strong>{own.as_words(post.notice)}</strong></p>\n<!--more-->"))
        if post.corrections_html:
            pieces.append(own.framed(absolute(post.corrections_html)))
        pieces.append(absolute(_with_cut(post)))
        if source:
            name = own.as_words(source.name)
            address = escape(link.given_address) if link else ""
            pieces.append(f'<p>Source: <a href="{address}">{name}</a></p>' if address else f"<p>Source: {name}</p>")
        if also:
            pieces.append(own.framed(f"<p>Also reported by {', '.join(map(self._report, also))}</p>"))
        return "\n\n".join(piece for piece in pieces if piece)

    def _report(self, link: Link) -> str:
        source = self.terms.outlets.get(link.source_id)
        name = own.as_words(source.name if source else link.host)
        return f'<a href="{escape(link.given_address)}">{name}</a>'


def _pages() -> models.QuerySet[FlatPage]:
    return FlatPage.objects.filter(sites=settings.SITE_ID)


def _images() -> models.QuerySet[Image]:
    return Image.objects.exclude(file="")


def _files() -> models.QuerySet[Imported]:
    return Imported.objects.filter(kind=Kind.ATTACHMENT, row_id=None).exclude(address="")


def _columns_of_others() -> list[str]:
    return ["is_sticky"] if "is_sticky" in {field.name for field in Post._meta.get_fields()} else []


def _batches[T: models.Model](rows: models.QuerySet[T]) -> Iterator[list[T]]:
    """Yield the rows in the order of their ids. No cursor stays open: others can write meanwhile."""
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield batch
        last = batch[-1].pk


def _above(url: str) -> str:
    return f"{url.rstrip('/').rpartition('/')[0]}/"


def _with_cut(post: Post) -> str:
    """Return the HTML with WordPress's mark where our listings end; a notice stands before a cut of its own."""
    lead = post.lead_html.strip()
    if not lead or post.notice or not post.body_html.startswith(lead):
        return post.body_html.strip()
    return f"{lead}\n<!--more-->\n{post.body_html[len(lead) :].strip()}"


def _old_addresses(post: Post, former: list[tuple[dt.date, str]]) -> list[Meta]:
    """Return the old addresses that WordPress can lead on: another slug of that day, or the slug on another day."""
    slugs = [slug for day, slug in former if day == post.published_on and slug != post.slug]
    days = [day for day, slug in former if day != post.published_on and slug == post.slug]
    return [
        *(Meta("_wp_old_slug", nicename(slug)) for slug in slugs),
        *(Meta("_wp_old_date", day.isoformat()) for day in days),
    ]


def _ours_of_image(image: Image) -> own.OursOfImage:
    words = {name: getattr(image, name) for name in ("alt", "is_decorative", "caption", "credit", "licence", "notice")}
    return own.OursOfImage(file=str(image.file.name), digest=image.digest, created_at=image.created_at, **words)


# --- What stands beside a batch of posts


class _Beside:
    """Everything that hangs on these posts, by the id of the post, in a fixed number of queries."""

    def __init__(self, posts: list[Post], export: Export) -> None:
        ids = [post.pk for post in posts]
        self.kept = export.numbers.of("posts.post", ids)
        self.tags = grouped(TaggedPost.objects.filter(content_object__in=ids).values_list("content_object", "tag"))
        filings = Post.categories.through.objects.filter(post__in=ids)
        self.categories = grouped(filings.values_list("post_id", "category_id"))
        also = Post.also.through.objects.filter(post__in=ids).order_by("post", "position", "pk")
        self.also = grouped(also.values_list("post_id", "link_id"))
        wanted = {post.link_id for post in posts if post.link_id} | {pk for pks in self.also.values() for pk in pks}
        self.links = Link.objects.in_bulk(wanted)
        corrections = Correction.objects.filter(post__in=ids).order_by("made_at", "pk")
        self.corrections = grouped(
            (post, (text, made_at)) for post, text, made_at in corrections.values_list("post", "text", "made_at")
        )
        former = FormerAddress.objects.filter(post__in=ids).values_list("post", "published_on", "slug")
        self.former = grouped((post, (day, slug)) for post, day, slug in sorted(former) if post)
        self.openings = dict(Discussion.objects.filter(post__in=ids).values_list("post", "opening"))
        self.remarks = _remarks(ids, export)


def _remarks(posts: list[int], export: Export) -> Groups:
    comments = list(Comment.objects.filter(post__in=posts).order_by("pk"))
    kept = export.remark_numbers.of("comments.comment", [comment.pk for comment in comments])
    return grouped((comment.post_id, _remark(comment, kept, export.people)) for comment in comments)


_APPROVED = {"approved": "1", "held": "0", "spam": "spam", "removed": "trash"}


def _remark(comment: Comment, kept: dict[int, Kept], people: People) -> Remark:
    html = _PARAGRAPH.sub("\n", comment.body_html).strip()
    known = own.OursOfRemark(
        state=comment.state,
        body=comment.body,
        name=comment.name,
        removal_reason=comment.removal_reason,
        reasons=comment.reasons,
        written_at=comment.written_at,
        state_since=comment.state_since,
        is_edited=comment.is_edited,
        is_editorial=comment.is_editorial,
    )
    parent = kept.get(comment.parent_id or 0)
    return Remark(
        number=kept[comment.pk].number,
        kind=str(getattr(comment, "kind", "") or "comment"),
        author=own.as_words(comment.name),
        email=comment.email,
        address=str(getattr(comment, "address", "") or ""),
        written_at=comment.written_at,
        content=html,
        approved=_APPROVED[comment.state],
        parent=parent.number if parent else None,
        user=people.numbers.get(comment.editor_id or 0) if comment.is_editorial else None,
        meta=[*own.metas(own.values_of_remark(known, html)), *kept[comment.pk].metas()],
    )
