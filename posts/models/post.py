"""A post: one article of the watch."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterator
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models, transaction
from django.db.models import Case, F, OuterRef, Q, Subquery, When
from django.utils import timezone
from markdownx.models import MarkdownxField
from taggit.managers import TaggableManager

from posts.addressing import post_url, preview_url
from posts.dating import byline_date, site_date
from posts.models.category import Category, CategoryEntry
from posts.models.tag import TaggedPost, TagsOfPost
from posts.models.tally import Tally
from posts.rendering import MAX_TEXT_LENGTH, RENDERING_VERSION, render_post, rendering_version
from sources.links.models import Link
from sources.models import Source
from sources.naming import propose_slug, tidy_name, tidy_slug

SLUG_LENGTH = 200
# They follow a post's or a day's address and would be taken for it.
RESERVED_SLUGS = {"atom", "embed", "feed", "page", "rdf", "rss", "rss2", "trackback"}
YEARS = range(1900, 2200)  # of publication
RELIST_BATCH = 500
NEWS_FOR = dt.timedelta(hours=48)  # after its publication a post is news


def new_guid() -> str:
    return f"urn:uuid:{uuid.uuid4()}"


class PostQuerySet(models.QuerySet["Post"]):
    def published(self, at: dt.datetime | None = None) -> Self:
        """Those that readers see: the one word for visibility, used by pages, feeds, sitemap and search."""
        return self.filter(listed_at__lte=at or timezone.now())

    def news(self, at: dt.datetime | None = None) -> Self:
        """Those of which others are to be told: public for less than two days, and not to appear without a word."""
        at = at or timezone.now()
        return self.published(at).filter(listed_at__gt=at - NEWS_FOR, is_quiet=False)

    def newest_first(self) -> Self:
        return self.order_by("-listed_at", "-id")

    def relist(self) -> None:
        """Derive anew where these posts are listed: the copies of `listed_at` in the rows of tags and categories."""
        ids = list(self.order_by("pk").values_list("pk", flat=True).distinct())
        ancestry = Category.objects.ancestry()
        for start in range(0, len(ids), RELIST_BATCH):
            _relist(ids[start : start + RELIST_BATCH], ancestry)


class Post(models.Model):  # type: ignore[django-manager-missing]  # taggit's base class hides the manager of `tagged`
    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"
        WITHDRAWN = "withdrawn", "Withdrawn"

    title = models.CharField(max_length=300, blank=True, help_text="May be empty: the date then stands for it.")
    slug = models.SlugField(
        max_length=SLUG_LENGTH,
        allow_unicode=True,
        blank=True,
        help_text="The last part of the address. Left empty, it is made from the title; without a title, a number.",
    )
    body = MarkdownxField(blank=True, validators=[MaxLengthValidator(MAX_TEXT_LENGTH)])
    body_html = models.TextField(editable=False, blank=True)
    # The part above <!--more-->, for listings; empty where a listing shows the whole text.
    lead_html = models.TextField(editable=False, blank=True)
    rendering_version = models.PositiveSmallIntegerField(editable=False, default=rendering_version)
    excerpt = models.TextField(
        blank=True,
        max_length=1000,
        help_text="A sentence or two for search engines and feeds. Left empty, the text's beginning serves.",
    )
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT, editable=False)
    published_at = models.DateTimeField(
        "date of publication",
        null=True,
        blank=True,
        help_text="In the site's time zone. Schedule needs a time to come; Publish now keeps a past one.",
    )
    is_quiet = models.BooleanField(
        "tell nobody",
        default=False,
        db_default=False,
        help_text="It appears on the site and in its feeds, and no letter goes out.",
    )
    # The site-local date of publication, part of the address. Kept, so that the database holds "one slug a day".
    published_on = models.DateField(null=True, editable=False)
    # When this post stands in listings from; empty while it is not published. The copies in the rows of tags and
    # categories follow it (see PostQuerySet.relist).
    listed_at = models.GeneratedField(
        expression=Case(When(state="published", then=F("published_at"))),
        output_field=models.DateTimeField(null=True),
        db_persist=True,
    )
    source = models.ForeignKey(
        Source, on_delete=models.PROTECT, null=True, blank=True, related_name="posts", db_index=False
    )
    link = models.ForeignKey(
        Link, on_delete=models.PROTECT, null=True, blank=True, related_name="posts", verbose_name="original page"
    )
    categories = models.ManyToManyField(Category, blank=True, related_name="posts")
    tags = TaggableManager(through=TaggedPost, manager=TagsOfPost, blank=True)
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    guid = models.CharField(max_length=500, unique=True, editable=False, default=new_guid)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PostQuerySet.as_manager()

    TEXTS = ("body", "body_html", "lead_html", "excerpt")  # what a list of posts does not read
    RENDERED = ("body_html", "lead_html")  # what `render` writes, see the command rerender

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["-listed_at", "-id"], name="post_listing"),
            models.Index(fields=["source", "-listed_at", "-id"], name="source_listing"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["published_on", "slug"],
                name="post_slug_once_a_day",
                violation_error_message="Another post of that day has this address: change the slug or the date.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "published", "withdrawn"]), name="post_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", published_on=None)
                | Q(~Q(state="draft"), ~Q(slug=""), published_at__isnull=False, published_on__isnull=False),
                name="post_public_has_address",
                violation_error_message="A published post needs a date and a slug, and a draft has no address yet.",
            ),
            models.CheckConstraint(
                condition=Q(link=None) | Q(source__isnull=False),
                name="post_link_names_source",
                violation_error_message="A post that cites a page names its outlet.",
            ),
        ]

    def __str__(self) -> str:
        return self.display_title

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any) -> Self:
        post = super().from_db(db, field_names, values, **options)
        post._listed_as = (post.__dict__.get("listed_at"), post.__dict__.get("source_id"))
        return post

    _listed_as: tuple[dt.datetime | None, int | None] = (None, None)

    @property
    def display_title(self) -> str:
        """The title, or for an untitled post its date."""
        return self.title or (byline_date(self.published_at) if self.published_at else "Untitled draft")

    @property
    def is_public(self) -> bool:
        return self.listing_time() is not None and not self.is_scheduled

    @property
    def is_scheduled(self) -> bool:
        listed_at = self.listing_time()
        return listed_at is not None and listed_at > timezone.now()

    @property
    def status_label(self) -> str:
        return "Scheduled" if self.is_scheduled else self.get_state_display()

    def listing_time(self) -> dt.datetime | None:
        """What `listed_at` becomes when this is saved: the database fills it."""
        return self.published_at if self.state == self.State.PUBLISHED else None

    def get_absolute_url(self) -> str:
        """The permalink once there is one, until then the preview that only editors see."""
        if self.published_on is None:
            return preview_url(self.pk)
        return post_url(self.published_on, self.slug)

    def previous_and_next(self) -> tuple[Any, Any]:
        """Return the public posts just before and just after this one: dicts of what a link to them needs, or None."""
        if self.listed_at is None:
            return None, None
        posts = Post.objects.published().values("title", "slug", "published_at", "published_on")
        older = Q(listed_at__lt=self.listed_at) | Q(listed_at=self.listed_at, id__lt=self.pk)
        newer = Q(listed_at__gt=self.listed_at) | Q(listed_at=self.listed_at, id__gt=self.pk)
        # The plain bound beside each lets both databases start at the right place of the index.
        before = posts.filter(older, listed_at__lte=self.listed_at).order_by("-listed_at", "-id").first()
        after = posts.filter(newer, listed_at__gte=self.listed_at).order_by("listed_at", "id").first()
        return before, after

    def clean(self) -> None:
        self.title = tidy_name(self.title)
        self.slug = tidy_slug(self.slug)
        if self.slug in RESERVED_SLUGS:
            raise ValidationError({"slug": f"“{self.slug}” cannot be a slug: the word has its own meaning here."})
        self._settle_source()
        if self.link and self.link.source_id != self.source_id:
            owner = self.link.source
            raise ValidationError({"source": f"The original page belongs to {owner}: choose that outlet."})
        if self.state != self.State.DRAFT and self.published_at is None:
            raise ValidationError({"published_at": "A published post has a date."})
        if self.published_at and self.published_at.year not in YEARS:
            raise ValidationError(
                {"published_at": f"The year lies outside {YEARS[0]} to {YEARS[-1]}: is it mistyped?"}
            )
        self._settle_address()
        same_day = Post.objects.filter(published_on=self.published_on, slug=self.slug).exclude(pk=self.pk)
        if self.published_at and self.published_on and self.slug and same_day.exists():
            day = byline_date(self.published_at)
            raise ValidationError({"slug": f"Another post of {day} has this slug: change the slug or the date."})

    def publish(self, at: dt.datetime | None = None) -> None:
        """Make it public, now or from a moment to come. Raises ValidationError in sentences."""
        self.state, self.published_at = self.State.PUBLISHED, at or timezone.now()
        self.full_clean()
        self.save()

    def withdraw(self) -> None:
        """Take it from every page and feed; date and address stay its own."""
        self.state = self.State.WITHDRAWN
        self.full_clean()
        self.save()

    @transaction.atomic
    def save(self, **kwargs: Any) -> None:
        """Save, the HTML rendered from the text, and list it where it belongs.

        With `update_fields` just these columns are written and nothing is derived.
        """
        if kwargs.get("update_fields") is not None:
            super().save(**kwargs)
            return
        self.render()
        self._settle_source()
        self._settle_address()
        is_new = self.pk is None
        super().save(**kwargs)
        if is_new and self.slug == self._provisional_slug:
            self.slug = ""
            self._settle_address()
            super().save(update_fields=["slug"])
        self._list()

    def render(self) -> None:
        rendered = render_post(self.body)
        self.body_html, self.lead_html = rendered.html, rendered.lead_html
        self.rendering_version = RENDERING_VERSION

    def shelves(self) -> dict[str, Any]:
        """Return the ids of all that lists this post: tags, categories with those above them, its source."""
        return {
            "tags": set(self.tagged.values_list("tag", flat=True)),
            "categories": set(self.category_entries.values_list("category", flat=True)),
            "sources": {self.source_id} if self.source_id else set(),
        }

    @property
    def _provisional_slug(self) -> str:
        """Stands in for an untitled post's number, which the database gives when it is first saved."""
        return self.guid.rpartition("-")[2][:SLUG_LENGTH]

    def _settle_source(self) -> None:
        """A page brings its outlet with it."""
        if self.link and self.source is None:
            self.source = self.link.source

    def _settle_address(self) -> None:
        """Give the address its date, and a slug where none was typed."""
        is_draft = self.state == self.State.DRAFT
        self.slug = tidy_slug(self.slug)
        self.published_on = None if is_draft or self.published_at is None else site_date(self.published_at)
        if not is_draft and not self.slug:
            self.slug = propose_slug(
                self.title or str(self.pk or self._provisional_slug),
                fallback=str(self.pk or "post"),
                taken=_TakenSlugs(self),
                max_length=SLUG_LENGTH,
            )

    def _list(self) -> None:
        listed_at = self.listing_time()
        before, self._listed_as = self._listed_as, (listed_at, self.source_id)
        if before == self._listed_as or (before[0] is None and listed_at is None):
            return
        Post.objects.filter(pk=self.pk).relist()
        shelves = self.shelves()
        shelves["sources"] |= {before[1]} if before[1] else set()
        Tally.objects.recount(**shelves, site=True)


class _TakenSlugs:
    """The slugs that a post of this day cannot have."""

    def __init__(self, post: Post) -> None:
        self.others = Post.objects.filter(published_on=post.published_on).exclude(pk=post.pk)

    def __contains__(self, slug: object) -> bool:
        return slug in RESERVED_SLUGS or self.others.filter(slug=slug).exists()


def _relist(ids: list[int], ancestry: dict[int, list[int]]) -> None:
    listed_at = dict(Post.objects.filter(pk__in=ids).values_list("pk", "listed_at"))
    TaggedPost.objects.filter(content_object__in=ids).update(
        listed_at=Subquery(Post.objects.filter(pk=OuterRef("content_object")).values("listed_at"))
    )
    CategoryEntry.objects.filter(post__in=ids).delete()
    CategoryEntry.objects.bulk_create(_entries(ids, ancestry, listed_at))


def _entries(
    ids: list[int], ancestry: dict[int, list[int]], listed_at: dict[int, dt.datetime | None]
) -> Iterator[CategoryEntry]:
    filings = Post.categories.through.objects.filter(post__in=ids).values_list("post_id", "category_id")
    wanted = {(post, shelf) for post, category in filings for shelf in ancestry[category]}
    for post, shelf in sorted(wanted):
        yield CategoryEntry(post_id=post, category_id=shelf, listed_at=listed_at[post])
