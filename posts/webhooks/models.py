"""Who is told what happens here, and the ledger of telling them: one row is one happening told to one endpoint."""

from __future__ import annotations

from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator
from django.db import models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Trim
from django.utils import timezone

from posts.hooks import Happening
from posts.outbox.ledger import LedgerQuerySet, LedgerRow
from posts.webhooks.signing import new_secret
from sources.http import refusal

ADDRESS_LENGTH = 2000
WORDS_LENGTH = 500
WITH_NAME = r"^[^/]*//[^/?#]*@"
KEPT_DAYS = 40


class Kind(models.TextChoices):
    POST_PUBLISHED = "post.published", "A post is published"
    COMMENT_HELD = "comment.held", "A comment waits for a decision"
    SUBSCRIPTION_CONFIRMED = "subscription.confirmed", "A reader confirms a subscription"


TEST = "test"  # the kind of a call that an operator asks for: nothing happened


class Endpoint(models.Model):
    """An address of an operator, to which we say what happens here."""

    name = models.CharField(max_length=100, help_text="Whose it is and what for; only administrators see it.")
    address = models.URLField(
        max_length=ADDRESS_LENGTH,
        validators=[
            URLValidator(["http", "https"]),
            RegexValidator(WITH_NAME, "An address with a name in it is not called.", inverse_match=True),
        ],
        help_text="Calls are POSTed to this very address: a redirect is not followed. It answers with a status from "
        "200 to 299 within ten seconds; anything else is tried again for a day and a half. 410 switches it off.",
    )
    secret = models.CharField(
        max_length=120,
        default=new_secret,
        editable=False,
        help_text="Each call is signed with it, as Standard Webhooks (standardwebhooks.com) says: the header "
        "webhook-signature is “v1,” and the base64 of HMAC-SHA256 over webhook-id, webhook-timestamp and the body as "
        "it came, joined by full stops; the key is what follows “whsec_”, out of base64. Check it, refuse what is "
        "more than five minutes old, and take each webhook-id once. README.md has the lines.",
    )
    kinds = models.JSONField("tell it when", default=list)  # of Kind
    is_active = models.BooleanField(
        "switched on", default=True, help_text="What happens while it is off is never told; a test call still goes."
    )
    # Nothing older is told: when it was made, or was last switched on; empty while it is off.
    listens_since = models.DateTimeField(null=True, editable=False)
    note = models.TextField(blank=True)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_active=True, listens_since__isnull=False) | Q(is_active=False, listens_since=None),
                name="endpoint_active_has_start",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if unknown := sorted(set(self.kinds) - set(Kind.values)):
            raise ValidationError({"kinds": f"Nothing here is called “{unknown[0]}”."})
        if why := refusal(self.address):
            raise ValidationError({"address": f"It could not be called: {why}"})

    def save(self, **kwargs: Any) -> None:
        """Save; from the moment at which it is switched on, it listens."""
        if kwargs.get("update_fields") is None:
            self.listens_since = (self.listens_since or timezone.now()) if self.is_active else None
        super().save(**kwargs)

    def wants(self, happening: Happening) -> bool:
        return self.listens_since is not None and happening.kind in self.kinds and happening.at > self.listens_since

    def renew_secret(self) -> None:
        self.secret = new_secret()
        self.save(update_fields=["secret"])

    def switch_off(self, why: str) -> None:
        """Tell it nothing any longer, and note why."""
        # Nothing but these columns: somebody may have the form open.
        Endpoint.objects.filter(pk=self.pk, is_active=True).update(
            is_active=False, listens_since=None, note=Trim(Concat(F("note"), Value(f"\n{why}")))
        )


class CallQuerySet(LedgerQuerySet):
    def ended(self) -> Self:
        """Those that are not sent any more unless somebody asks for it."""
        return self.filter(state__in=[Call.State.SENT, Call.State.FAILED])


class Call(LedgerRow):
    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="calls")
    kind = models.CharField(max_length=50)
    # What is said, and stays as it was when it happened: {"type": …, "timestamp": …, "data": {…}}
    body = models.JSONField()

    objects = CallQuerySet.as_manager()

    class Meta(LedgerRow.Meta):
        indexes = [
            models.Index(fields=["state", "next_try_at", "id"], name="call_due"),
            models.Index(fields=["queued_at"], name="call_queued"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.endpoint}"

    @classmethod
    def about(cls, happening: Happening, endpoint: Endpoint) -> Call:
        """Return the call, not yet saved, that tells this endpoint of a happening."""
        body = {"type": happening.kind, "timestamp": happening.at.isoformat(), "data": happening.data}
        return cls(endpoint=endpoint, key=f"{endpoint.pk}:{happening.key}", kind=happening.kind, body=body)

    @classmethod
    def ask(cls, ids: list[int]) -> None:
        from posts.webhooks.tasks import call  # noqa: PLC0415  the task knows this model

        call.enqueue(ids)

    @property
    def webhook_id(self) -> str:
        return self.message_id.strip("<>")

    def try_again(self) -> bool:
        """Queue anew one that failed, or one that was sent and that its receiver lost: under the same webhook-id."""
        with transaction.atomic():
            sent = self._rows().filter(pk=self.pk, state=self.State.SENT)
            sent.update(state=self.State.FAILED, sent_at=None)
            return super().try_again()


class Answer(models.Model):
    """What came back to one attempt."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="answers")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)  # empty where no answer came
    words = models.TextField(blank=True, max_length=WORDS_LENGTH)  # its beginning, or why none came
    seconds = models.FloatField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.status or 'no answer'} after {self.seconds:.1f} s"

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300
