"""A comment: what a reader says under a post."""

from __future__ import annotations

import datetime as dt
from typing import Any, Self

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from posts.models import Post
from posts.rendering import MAX_COMMENT_LENGTH, RENDERING_VERSION, plain_text, render_comment, rendering_version

NAME_LENGTH, ONCE_LENGTH = 80, 64
ADDRESS_LENGTH = 500
TEXTS_OF_POST = [f"post__{column}" for column in Post.TEXTS]  # what a list of comments does not read


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible(self, at: dt.datetime | None = None) -> Self:
        """Those that readers see: approved, under a public post. The one word for it, in pages and feeds."""
        return self.filter(state=Comment.State.APPROVED, post__listed_at__lte=at or timezone.now())

    def said(self) -> Self:
        """Those that people wrote here: no notes that another page links to the post."""
        return self.filter(kind=Comment.Kind.COMMENT)

    def waiting(self) -> Self:
        """Those that want a decision: held, or approved and reported."""
        return self.filter(Q(state=Comment.State.HELD) | Q(state=Comment.State.APPROVED, open_reports__gt=0))

    @transaction.atomic
    def forget(self) -> int:
        """Delete these comments for good; where answers hang on one, an empty stub stays. Returns how many."""
        # First the comments, in the order in which everybody takes them, then what hangs on them.
        ids = list(self.select_for_update().order_by("pk").values_list("pk", flat=True))
        answers = Comment.objects.filter(parent__in=ids).exclude(pk__in=ids)
        answered = [pk for pk in answers.values_list("parent", flat=True).distinct() if pk]
        Comment.objects.filter(pk__in=[pk for pk in ids if pk not in answered]).delete()
        Comment.objects.filter(pk__in=answered).update(
            state=Comment.State.REMOVED,
            removal_reason=Comment.RemovalReason.FORGOTTEN,
            name="", email="", address="", body="", body_html="", note="", reasons=[], writer="", text_key="",
            open_reports=0,
        )  # fmt: skip
        for relation in (related for related in Comment._meta.related_objects if related.field.name == "comment"):
            relation.related_model._base_manager.filter(comment__in=answered).delete()
        return len(ids)


class Comment(models.Model):
    class Kind(models.TextChoices):
        COMMENT = "comment", "Comment"
        # Old notes that another page links to the post. Nobody makes new ones, nor answers them.
        PINGBACK = "pingback", "Pingback"
        TRACKBACK = "trackback", "Trackback"

    class State(models.TextChoices):
        HELD = "held", _("Held")
        APPROVED = "approved", _("Approved")
        SPAM = "spam", _("Spam")
        REMOVED = "removed", _("Removed")

    class RemovalReason(models.TextChoices):
        OFF_TOPIC = "off_topic", "Off topic"
        ABUSE = "abuse", "Abuse or hate"
        PERSONAL = "personal", "Tells of a person who could be found by it"
        ILLEGAL = "illegal", "Against the law"
        ADVERTISING = "advertising", "Advertising"
        ASKED = "asked", "The writer asked for it"
        OTHER = "other", "Another reason"
        FORGOTTEN = "forgotten", "Forgotten"  # erased, or its time was over: nothing of it is left

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="comments", db_index=False)
    parent = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="answers", verbose_name="in answer to"
    )
    kind = models.CharField(max_length=9, choices=Kind, default=Kind.COMMENT, db_default=Kind.COMMENT, editable=False)
    name = models.CharField(max_length=NAME_LENGTH, blank=True)
    # Given only to be told of answers; never shown to readers. In lower case: no mailbox tells Ann@ from ann@.
    email = models.EmailField("e-mail", blank=True, db_index=True)
    # Of the writer's own page, or of the one that links here: only the latter is shown.
    address = models.URLField("page", max_length=ADDRESS_LENGTH, blank=True, db_default="", editable=False)
    body = models.TextField("text", blank=True, validators=[MaxLengthValidator(MAX_COMMENT_LENGTH)])
    body_html = models.TextField(editable=False, blank=True)
    rendering_version = models.PositiveSmallIntegerField(editable=False, default=rendering_version)
    state = models.CharField(max_length=8, choices=State, default=State.HELD)
    state_since = models.DateTimeField(default=timezone.now, editable=False)
    # What spoke against it when it came, for moderators: [["links", "It has 5 links."], …]
    reasons = models.JSONField(default=list, blank=True)
    removal_reason = models.CharField(max_length=11, choices=RemovalReason, blank=True)
    note = models.TextField("moderators’ note", blank=True, max_length=1000, help_text="Only moderators see it.")
    written_at = models.DateTimeField(default=timezone.now)
    # Whether a moderator has changed what the reader wrote: readers see it.
    is_edited = models.BooleanField("changed by a moderator", default=False, editable=False)
    # Set where somebody of the desk answers from the desk: readers see that mark.
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    is_editorial = models.BooleanField("written at the desk", default=False)
    # A form that is sent twice carries the same one.
    once = models.CharField(max_length=ONCE_LENGTH, unique=True)
    # The keyed hash of posts.limiting; emptied when its key dies.
    writer = models.CharField(max_length=64, blank=True)
    text_key = models.CharField(max_length=64, blank=True, db_index=True)  # equal texts have equal ones
    # Whether its writer was asked for leave to tell of answers, and whether it was told as an answer: each once.
    was_asked = models.BooleanField(default=False, editable=False)
    was_told = models.BooleanField(default=False, editable=False)
    open_reports = models.PositiveIntegerField(default=0)
    # As what its words were counted: empty, "approved" or "spam" (see training).
    trained_as = models.CharField(max_length=8, blank=True)

    objects = CommentQuerySet.as_manager()

    RENDERED = ("body_html",)  # what `render` writes, see the command rerender

    class Meta:
        ordering = ["written_at", "id"]
        indexes = [
            models.Index(fields=["post", "state", "id"], name="comment_thread"),
            models.Index(fields=["state", "-written_at", "-id"], name="comment_queue"),
            models.Index(fields=["id"], name="comment_reported", condition=Q(open_reports__gt=0)),
            models.Index(fields=["writer"], name="comment_writer", condition=~Q(writer="")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["held", "approved", "spam", "removed"]), name="comment_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["comment", "pingback", "trackback"]), name="comment_kind_is_known"
            ),
            models.CheckConstraint(
                condition=(Q(state="removed") & ~Q(removal_reason="")) | (~Q(state="removed") & Q(removal_reason="")),
                name="comment_removed_has_reason",
                violation_error_message="A removed comment has a reason, and no other has one.",
            ),
        ]
        permissions = [("moderate_comment", "Can decide on comments")]

    def __str__(self) -> str:
        return f"{self.display_name}: {self.summary}"

    @property
    def display_name(self) -> str:
        return self.name or gettext("No name")

    @property
    def is_forgotten(self) -> bool:
        """Whether it is a stub of which nothing is left."""
        return self.removal_reason == self.RemovalReason.FORGOTTEN

    @property
    def is_mention(self) -> bool:
        """Whether it only tells that another page links to the post."""
        return self.kind != self.Kind.COMMENT

    @property
    def state_label(self) -> str:
        reason = self.get_removal_reason_display() if self.removal_reason else ""
        return f"{self.get_state_display()}: {reason}" if reason else self.get_state_display()

    @property
    def summary(self) -> str:
        return plain_text(self.body_html, 80)

    @property
    def is_visible(self) -> bool:
        return self.state == self.State.APPROVED and self.post.is_public

    def get_absolute_url(self) -> str:
        return f"{self.post.get_absolute_url()}#comment-{self.pk}"

    def save(self, **kwargs: Any) -> None:
        if kwargs.get("update_fields") is None:
            self.email = self.email.lower()
            self.render()
        super().save(**kwargs)

    def render(self) -> None:
        self.body_html, self.rendering_version = render_comment(self.body), RENDERING_VERSION


class Report(models.Model):
    """A reader says that a comment should be looked at. Nobody needs to log in for it."""

    class Reason(models.TextChoices):
        ABUSE = "abuse", _("It insults or threatens somebody")
        PERSONAL = "personal", _("Somebody could be found or harmed by what it tells")
        ADVERTISING = "advertising", _("It is advertising or a fraud")
        OWN = "own", _("I wrote it, and want it removed")
        OTHER = "other", _("Another reason")

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="reports")
    reason = models.CharField(max_length=11, choices=Reason)
    words = models.CharField("in your words", max_length=500, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True)  # when a moderator decided on the comment
    settled_in = models.UUIDField(null=True)  # the batch of that decision
    writer = models.CharField(max_length=64, blank=True)  # as in Comment

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "writer"], condition=~Q(writer="") & Q(settled_at=None), name="report_once_a_writer"
            ),
        ]

    def __str__(self) -> str:
        return self.get_reason_display()
