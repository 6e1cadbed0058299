"""What somebody asked for, and that they confirmed it. No network address: where they sat proves nothing."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language

from posts.models.bases import new_token
from posts.subscriptions.models.subscriber import Subscriber

UNCONFIRMED_LIVES = dt.timedelta(days=7)
# What stood above the button, by version: what is promised gets a new number with every change, in every language.
# A consent keeps the number of the very words that were shown.
WORDING = 1
WORDING_IN = {"en": WORDING, "ko": 2}
WORDINGS = {
    1: "Letters about what appears on the site, as chosen, until you say stop. The address is used for nothing else, "
    "and nothing more is sent before you have confirmed by the link in the first letter.",
    2: "선택하신 대로, 그만두겠다고 하실 때까지 이 사이트에 새로 올라오는 내용을 편지로 보내 드립니다. 주소는 다른 "
    "목적으로 쓰지 않으며, 첫 편지의 링크로 확인하시기 전에는 다른 것을 보내지 않습니다.",
}


def shown_wording() -> int:
    """Return the version of the words that a page shows in its reader's language."""
    return WORDING_IN.get(get_language() or "", WORDING)


def language_of(wording: int) -> str:
    """Return in which language the words of this version are."""
    return next((code for code, version in WORDING_IN.items() if version == wording), settings.LANGUAGE_CODE)


class Consent(models.Model):
    """One asking. While it is unconfirmed, further askings for the same address flow into it."""

    email = models.EmailField("e-mail", db_index=True)
    token = models.CharField(max_length=22, unique=True, default=new_token, editable=False)
    # Address of each listing asked for → how often.
    scopes = models.JSONField(default=dict)
    hour = models.PositiveSmallIntegerField(null=True)  # empty where it was not asked
    is_discreet = models.BooleanField(default=False)
    wording = models.PositiveSmallIntegerField(default=WORDING)
    came_from = models.CharField("asked on", max_length=300, blank=True)  # a page of ours, or a list that was imported
    proof = models.TextField("proof, for an imported address", blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    mailed_at = models.DateTimeField(null=True)  # when the letter that asks to confirm was last queued
    confirmed_at = models.DateTimeField(null=True)
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, null=True, related_name="consents")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["email"], condition=Q(confirmed_at=None), name="consent_open_once"),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, subscriber=None)
                | Q(confirmed_at__isnull=False, subscriber__isnull=False),
                name="consent_confirmed_has_subscriber",
            ),
        ]

    def __str__(self) -> str:
        return f"Asked on {self.asked_at:%Y-%m-%d}"


class Invited(models.Model):
    """An address of an imported list was asked once, whatever became of it: known by a keyed hash, and no more."""

    digest = models.CharField(max_length=64, primary_key=True)

    def __str__(self) -> str:
        return self.digest[:8]
