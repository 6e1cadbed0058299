"""A post: one article of the watch."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterator
from typing import Any, Self

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models, transaction
from django.db.models import Case, F, OuterRef, Q, Subquery, When
from django.dispatch import Signal
from django.utils import timezone
from markdownx.models import MarkdownxField
from simple_history.models import HistoricalRecords
from taggit.managers import TaggableManager

from posts.addressing import RESERVED_BELOW_POSTS, SLUG_LENGTH, post_url, preview_url
from posts.dating import YEARS, byline_date, site_date
from posts.life import UNPUBLISHED, Act, ImpossibleError, Reason, State, target
from posts.models.category import Category, CategoryEntry
from posts.models.correction import render_corrections
from posts.models.entry import PostEntry
from posts.models.former import FormerAddress
from posts.models.image import Image
from posts.models.revision import Filing
from posts.models.tag import TaggedPost, TagsOfPost
from posts.models.tally import Tally
from posts.rendering import MAX_TEXT_LENGTH, RENDERING_VERSION, Rendered, render_post, rendering_version
from sources.links.models import Link
from sources.models import Source
from sources.naming import propose_slug, tidy_name, tidy_slug

RESERVED_SLUGS = RESERVED_BELOW_POSTS
RELIST_BATCH = 500
NEWS_FOR = dt.timedelta(hours=48)  # after its publication a post is news


# Each save of a post: what it said, who saved it and when; what it was filed under is in `Filing`.
REVISIONS = HistoricalRecords(
    bases=[Filing],
    excluded_fields=[
        "body_html", "lead_html", "corrections_html", "rendering_version", "listed_at", "guid", "created_at",
        "updated_at",
        "also", "categories", "images", "tags",
    ],
    cascade_delete_history=True,
    table_name="posts_revision",
)  # fmt: skip
# Sent when a post is taken down: whoever keeps something of what it said deletes that.
erasing = Signal()


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

    def rerender(self) -> None:
        """Render these posts anew because something beside their texts has changed: no revision, no later date."""
        posts = list(self.select_related("link").only("body", *Post.RENDERED, "link__address", "link__language"))
        for post in posts:
            post.render()
        self.model.objects.bulk_update(posts, [*Post.RENDERED, "rendering_version"], batch_size=RELIST_BATCH)

    def relist(self) -> None:
        """Derive anew where these posts are listed: the copies of `listed_at` in the rows of tags and categories."""
        ids = list(self.order_by("pk").values_list("pk", flat=True).distinct())
        ancestry = Category.objects.ancestry()
        for start in range(0, len(ids), RELIST_BATCH):
            _relist(ids[start : start + RELIST_BATCH], ancestry)


class Post(models.Model):  # type: ignore[django-manager-missing]  # taggit's base class hides the manager of `tagged`
    State = State

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
    is_sticky = models.BooleanField(
        "pinned",
        default=False,
        db_default=False,
        help_text="Kept at the top of the home page, above what is newer.",
    )
    # The site-local date of publication, part of the address. Kept, so that the database holds "one slug a day".
    published_on = models.DateField(null=True, editable=False)
    notice = models.CharField(
        "content notice",
        max_length=200,
        blank=True,
        db_default="",
        help_text="What readers should know before they see it, as “Describes violence”. "
        "The text stays folded until asked for.",
    )
    is_sensitive = models.BooleanField(
        "sensitive",
        default=False,
        db_default=False,
        help_text="A second pair of eyes: another editor than the one who last changed the text has to publish it.",
    )
    # A date that stands here holds the post back from every reader, whatever its state, until an editor takes it away.
    review_on = models.DateField(
        "hold back, and look again on",
        null=True,
        blank=True,
        help_text="A risk to somebody? While a date stands here, no reader sees the post by any way. "
        "It stays so after that day too, until somebody looks and empties this.",
    )
    reason = models.CharField(max_length=10, choices=Reason, blank=True, db_default="", editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)  # withdrawn or taken down, see `reason`
    corrections_html = models.TextField(blank=True, db_default="", editable=False)  # see Correction
    # When this post stands in listings from; empty while it is not published, or held back. The copies in the rows of
    # tags and categories follow it (see PostQuerySet.relist).
    listed_at = models.GeneratedField(
        expression=Case(When(state="published", review_on=None, then=F("published_at"))),
        output_field=models.DateTimeField(null=True),
        db_persist=True,
    )
    source = models.ForeignKey(
        Source, on_delete=models.PROTECT, null=True, blank=True, related_name="posts", db_index=False
    )
    link = models.ForeignKey(
        Link, on_delete=models.PROTECT, null=True, blank=True, related_name="posts", verbose_name="original page"
    )
    also = models.ManyToManyField(
        Link, through="posts.AlsoReported", blank=True, related_name="posts_beside", verbose_name="also reported by"
    )
    categories = models.ManyToManyField(Category, blank=True, related_name="posts")
    tags = TaggableManager(through=TaggedPost, manager=TagsOfPost, blank=True)
    # Those that the text shows; follows the text.
    images = models.ManyToManyField(Image, related_name="posts", editable=False)
    # Whose it is: the writer, until it is handed to somebody else.
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="whose it is",
        help_text="Choose somebody else to hand it over.",
    )
    # Who last changed title, text or excerpt: a sensitive post is published by somebody else.
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    # One more with each save: a form that was opened before is told apart (see PostForm).
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)
    guid = models.CharField(max_length=500, unique=True, editable=False, default=new_guid)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PostQuerySet.as_manager()
    history = REVISIONS
    skip_history_when_saving = True  # not at each write: `save` makes one revision of all that it wrote

    TEXTS = ("body", "body_html", "lead_html", "excerpt", "corrections_html")  # what a list of posts does not read
    RENDERED = ("body_html", "lead_html")  # what `render` writes, see the command rerender

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["-listed_at", "-id"], name="post_listing"),
            models.Index(fields=["source", "-listed_at", "-id"], name="source_listing"),
            # For the lists of the desk. What has no address yet, and what is held back, are a few of many.
            models.Index(fields=["editor", "-updated_at", "-id"], name="post_drafts", condition=Q(published_on=None)),
            models.Index(fields=["state", "id"], name="post_unpublished", condition=Q(published_on=None)),
            models.Index(fields=["review_on", "id"], name="post_held", condition=Q(review_on__isnull=False)),
            models.Index(fields=["state", "published_at", "listed_at"], name="post_desk"),
            models.Index(fields=["-listed_at", "-id"], name="post_sticky", condition=Q(is_sticky=True)),
            models.Index(fields=["published_on", "listed_at"], name="post_days"),  # what the archive counts
        ]
        permissions = [("publish_post", "Can publish posts, and withdraw, correct and hold them")]
        constraints = [
            models.UniqueConstraint(
                fields=["published_on", "slug"],
                name="post_slug_once_a_day",
                violation_error_message="Another post of that day has this address: change the slug or the date.",
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="post_state_is_known"),
            models.CheckConstraint(
                condition=Q(state__in=UNPUBLISHED, published_on=None)
                | Q(state=State.TRASH, published_on=None)
                | Q(~Q(state__in=UNPUBLISHED), ~Q(slug=""), published_at__isnull=False, published_on__isnull=False),
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
        read = post.__dict__
        post._listed_as = (read.get("listed_at"), read.get("source_id"))
        if read.get("published_on") and {"slug", "state", "published_at"} <= read.keys():
            post._known_at = (read["published_on"], read["slug"]) if post.was_seen() else None
        return post

    _listed_as: tuple[dt.datetime | None, int | None] = (None, None)
    _known_at: tuple[dt.date, str] | None = None  # the address under which readers may have met it
    revision: Any = None  # the one that this very object wrote last

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
    def is_held(self) -> bool:
        """Kept from every reader, whatever its state, until somebody has looked again."""
        return self.review_on is not None

    @property
    def is_gone(self) -> bool:
        """Readers had it, and are told that it is here no longer."""
        return not self.is_held and (
            self.state in (State.WITHDRAWN, State.REMOVED)
            or (self.state == State.TRASH and self.published_on is not None)
        )

    @property
    def status_label(self) -> str:
        label = "Scheduled" if self._comes_later() else str(State(self.state).label)
        return f"{label}, held back" if self.is_held else label

    def listing_time(self) -> dt.datetime | None:
        """What `listed_at` becomes when this is saved: the database fills it."""
        return self.published_at if self.state == State.PUBLISHED and not self.is_held else None

    def _comes_later(self, at: dt.datetime | None = None) -> bool:
        moment = self.published_at if self.state == State.PUBLISHED else None
        return moment is not None and moment > (at or timezone.now())

    def was_seen(self) -> bool:
        """Say whether readers may have met it at its address."""
        if self.state == State.PUBLISHED:
            return self.published_at is not None and self.published_at <= timezone.now()
        return self.state not in UNPUBLISHED

    def get_absolute_url(self) -> str:
        """The permalink once there is one, until then the preview that only editors see."""
        if self.published_on is None or self.state == State.TRASH:
            return preview_url(self.pk)
        return post_url(self.published_on, self.slug)

    def is_own_draft(self, user: Any) -> bool:
        """Say whether this person may change it without being one who publishes."""
        is_draft = self.state in UNPUBLISHED or (self.state == State.TRASH and self.published_on is None)
        return self.editor_id == user.pk and is_draft

    def needs_other_eyes(self, user: Any) -> bool:
        """Say whether somebody else than this person has to publish it."""
        return self.is_sensitive and self.written_by_id == user.pk

    def previous_and_next(self) -> tuple[Any, Any]:
        """Return the public posts just before and just after this one: dicts of what a link to them needs, or None."""
        if self.listed_at is None:
            return None, None
        names = ("title", "slug", "published_at", "published_on")
        older = Q(listed_at__lt=self.listed_at) | Q(listed_at=self.listed_at, id__lt=self.pk)
        newer = Q(listed_at__gt=self.listed_at) | Q(listed_at=self.listed_at, id__gt=self.pk)
        # A plain bound beside each, and no further one, lets both databases start at the right place of the index.
        before = Post.objects.published(min(self.listed_at, timezone.now())).filter(older)
        after = Post.objects.published().filter(newer, listed_at__gte=self.listed_at)
        return (
            before.order_by("-listed_at", "-id").values(*names).first(),
            after.order_by("listed_at", "id").values(*names).first(),
        )

    def clean(self) -> None:
        self.title = tidy_name(self.title)
        self.slug = tidy_slug(self.slug)
        if self.slug in RESERVED_SLUGS:
            raise ValidationError({"slug": f"“{self.slug}” cannot be a slug: the word has its own meaning here."})
        self._settle_source()
        if self.link and self.link.source_id != self.source_id:
            owner = self.link.source
            raise ValidationError({"source": f"The original page belongs to {owner}: choose that outlet."})
        if self.state not in (*UNPUBLISHED, State.TRASH) and self.published_at is None:
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
        if self.published_on and self.slug and FormerAddress.objects.of_others(self).exists():
            raise ValidationError(
                {"slug": "This address leads to another post, which had it before: change the slug."}
            )
        if self.listing_time() is not None:
            self._check_pictures()

    # --- Acts: each takes the step that the table in posts.life allows, saves, and notes it in the log

    def publish(self, at: dt.datetime | None = None, *, by: Any = None) -> None:
        """Make it public, now or from a moment to come. Raises ValidationError in sentences."""
        now = timezone.now()
        act = Act.SCHEDULE if at and at > now else Act.PUBLISH
        self.step(act)
        self.published_at = at or now
        self._finish(act, by)

    def submit(self, *, by: Any = None) -> None:
        """Show it to the other editors as ready."""
        self.step(Act.SUBMIT)
        self._finish(Act.SUBMIT, by)

    def withdraw(self, reason: Reason = Reason.OTHER, *, note: str = "", by: Any = None) -> None:
        """Take it from every page and feed; date and address stay its own, and say that it is gone and why."""
        self.step(Act.WITHDRAW)
        self.reason = reason
        self._finish(Act.WITHDRAW, by, note)
        self.previews.open().update(revoked_at=timezone.now())  # should it be a draft again, nobody has it by them

    def redraft(self, *, by: Any = None, note: str = "") -> None:
        """Make it a draft again: from review, from its schedule, withdrawn, or out of the trash."""
        self.step(Act.REDRAFT)
        self._finish(Act.REDRAFT, by, note)

    def trash(self, *, by: Any = None) -> None:
        """Put it where it waits to be deleted for good; `redraft` takes it out again."""
        if self._comes_later():
            self.published_on = None  # nobody has met it: its address is free
        self.step(Act.TRASH)
        self._finish(Act.TRASH, by)

    @transaction.atomic
    def take_down(self, reason: Reason, *, note: str = "", by: Any = None) -> None:
        """Erase all that it said, its revisions too, and what nothing else shows: the address stays, and says why."""
        self.step(Act.TAKE_DOWN)
        self.reason = reason
        links = [link.pk for link in (self.link, *self.also.all()) if link]
        pictures = list(self.images.all())
        self.empty()
        self._finish(Act.TAKE_DOWN, by, note)
        self.forget()
        Link.objects.filter(pk__in=links, posts=None, also_in=None).delete()
        for picture in pictures:
            if not picture.posts.exists():
                picture.delete()

    @transaction.atomic
    def correct(self, text: str, *, by: Any = None) -> None:
        """Say above the text what was wrong and is right now."""
        self.step(Act.CORRECT)
        self.corrections.create(text=text, by=by)
        self.corrections_html = render_corrections(self.corrections.all())
        self._finish(Act.CORRECT, by)

    def step(self, act: Act) -> None:
        """Enter the state to which this act leads, unsaved. Raises ValidationError where the post cannot."""
        try:
            self.state = target(act, State(self.state), is_scheduled=self._comes_later())
        except ImpossibleError as error:
            raise ValidationError(str(error)) from error
        if act in (Act.WITHDRAW, Act.TAKE_DOWN):
            self.ended_at = timezone.now()
        elif act != Act.TRASH:
            self.reason, self.ended_at = "", None

    def log(self, act: Act, by: Any = None, note: str = "", *, before: str = "") -> None:
        PostEntry.objects.note(self, act, by=by, note=note, before=before or self.state)

    def _finish(self, act: Act, by: Any, note: str = "") -> None:
        before = Post.objects.filter(pk=self.pk).values_list("state", flat=True).first() or ""
        self.full_clean()
        self.save(by=by, because=act.label)
        PostEntry.objects.note(self, act, by=by, note=note, before=before)

    def empty(self) -> None:
        """Leave nothing of what it said, unsaved. The address stays: it says that the post is gone."""
        self.title = self.body = self.excerpt = self.notice = self.corrections_html = ""
        self.source = self.link = None

    def forget(self) -> None:
        """Delete what was kept beside the text of a post that is taken down, its revisions too."""
        self.tags.clear()
        self.categories.clear()
        for related in (self.also_reported, self.corrections, self.notes, self.autosaves, self.previews):
            related.all().delete()
        self.history.all().delete()
        self.revision = None
        # The desk's own record of what was saved when names each post by its title.
        LogEntry.objects.filter(
            content_type__app_label="posts", content_type__model="post", object_id=str(self.pk)
        ).update(object_repr=f"Post {self.pk}", change_message="")
        erasing.send(sender=Post, post=self)

    @transaction.atomic
    def save(self, *, by: Any = None, because: str = "", **kwargs: Any) -> None:
        """Save, the HTML rendered from the text, list it where it belongs, and keep all of it as a revision.

        `by` is who does it, `because` a word for the revision. With `update_fields` just these columns are written
        and nothing is derived.
        """
        if kwargs.get("update_fields") is not None:
            super().save(**kwargs)
            return
        self.render()
        self._settle_source()
        self._settle_address()
        is_new = self.pk is None
        self.version += not is_new
        super().save(**kwargs)
        if is_new and self.slug == self._provisional_slug:
            self.slug = ""
            self._settle_address()
            super().save(update_fields=["slug"])
        self._leave_address()
        self._list()
        self.images.set(Image.objects.shown_in(self.body_html))
        self.keep_revision(by=by, because=because)

    def keep_revision(self, *, by: Any = None, because: str = "") -> None:
        """Keep the post as it stands now, with what it is filed under."""
        columns = {field.attname: getattr(self, field.attname) for field in REVISIONS.fields_included(self)}
        self.revision = self.history.create(
            history_date=timezone.now(),
            history_type="~",
            history_user=by,
            history_change_reason=because[:100],
            filed=self.filed(),
            **columns,
        )

    def filed(self) -> dict[str, Any]:
        """Return what it is filed under and cites, in words, as a revision keeps it."""
        return {
            "tags": list(self.tagged.order_by("tag__name_key").values_list("tag__name", flat=True)),
            "categories": list(self.categories.order_by("name").values_list("name", flat=True)),
            "category_ids": list(self.categories.order_by("name").values_list("pk", flat=True)),
            "also": self.also_addresses(),
            "source": self.source.name if self.source else "",
            "original": self.link.in_words() if self.link else {},
        }

    def also_addresses(self) -> list[str]:
        """Return the addresses of the further reports, in their order."""
        return list(self.also_reported.order_by("position").values_list("link__given_address", flat=True))

    def follow_filing(self) -> None:
        """Keep what was filed since: in the revision that this object wrote, or else in one of its own."""
        if self.revision is None:
            last = self.history.order_by("-history_id").values_list("filed", flat=True).first()
            if last != self.filed():  # relations tell of every touch, the idle ones too
                self.keep_revision()
        else:
            self.revision.filed = self.filed()
            self.revision.save(update_fields=["filed"])

    def render(self) -> None:
        link = self.link
        rendered = self._rendered(cite=link.address, likely=link.language) if link else self._rendered()
        self.body_html, self.lead_html = rendered.html, rendered.lead_html
        self.rendering_version = RENDERING_VERSION

    def _rendered(self, cite: str = "", likely: str = "") -> Rendered:
        return render_post(self.body, cite=cite, pictures=Image.objects.facts_in(self.body), likely=likely)

    def _check_pictures(self) -> None:
        """Refuse to show readers a picture of which those who do not see it learn nothing (WCAG 1.1.1)."""
        if names := ", ".join(f"“{address.rpartition('/')[2]}”" for address in self._rendered().undescribed):
            raise ValidationError(
                {
                    "body": f"A picture has no description yet: {names}. Write what it shows between its square "
                    "brackets, as in ![A boat at night](…), or open it in the picture library and describe it "
                    "there, or mark it as decorative."
                }
            )

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
        self.slug = tidy_slug(self.slug)
        if self.state == State.TRASH:
            return  # it keeps what it had
        is_draft = self.state in UNPUBLISHED
        self.published_on = None if is_draft or self.published_at is None else site_date(self.published_at)
        if not is_draft and not self.slug:
            self.slug = propose_slug(
                self.title or str(self.pk or self._provisional_slug),
                fallback=str(self.pk or "post"),
                taken=_TakenSlugs(self),
                max_length=SLUG_LENGTH,
            )

    def _leave_address(self) -> None:
        """Have the address under which readers met it lead to where it is now."""
        address = (self.published_on, self.slug)
        if self.published_on:
            FormerAddress.objects.filter(published_on=self.published_on, slug=self.slug).delete()
        if self._known_at and self._known_at != address:
            FormerAddress.objects.leave(*self._known_at, post=self)
        self._known_at = (self.published_on, self.slug) if self.published_on and self.was_seen() else None

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
        day = Q(published_on=post.published_on)
        self.former = FormerAddress.objects.filter(day).exclude(post=post.pk)

    def __contains__(self, slug: object) -> bool:
        return (
            slug in RESERVED_SLUGS or self.others.filter(slug=slug).exists() or self.former.filter(slug=slug).exists()
        )


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
