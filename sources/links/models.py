"""Pages on the outlets' sites."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from sources.links.canonical import canonical_address
from sources.models import Source, host_of
from sources.places import language_choices

ADDRESS_LENGTH = 2000


class LinkQuerySet(models.QuerySet["Link"]):
    def at(self, address: str) -> Link | None:
        """Return the page with this address, in whichever of its forms it is given."""
        return self.filter(address=canonical_address(address)).first()


class Link(models.Model):
    """A page of an outlet, known once by its canonical address."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="links")
    address = models.CharField(
        "canonical address", max_length=ADDRESS_LENGTH, unique=True, editable=False
    )  # url-normalize's form, see canonical.py
    given_address = models.URLField("address as given", max_length=ADDRESS_LENGTH)
    host = models.CharField(max_length=255, editable=False, db_index=True)
    headline = models.CharField(max_length=500, blank=True)
    byline = models.CharField(max_length=200, blank=True, help_text="Who wrote it, as the outlet names them.")
    published_on = models.DateField(null=True, blank=True)
    retrieved_on = models.DateField(default=timezone.localdate)
    language = models.CharField(max_length=3, blank=True, choices=language_choices)

    objects = LinkQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = "original page"

    def __str__(self) -> str:
        return self.headline or self.address

    def clean(self) -> None:
        try:
            self.address = canonical_address(self.given_address)
        except ValueError as error:
            raise ValidationError({"given_address": str(error)}) from error
        if Link.objects.filter(address=self.address).exclude(pk=self.pk).exists():
            raise ValidationError({"given_address": "This page is already known."})

    def save(self, **kwargs: Any) -> None:
        self.address = canonical_address(self.given_address)
        self.host = host_of(self.address)
        super().save(**kwargs)

    def in_words(self) -> dict[str, str]:
        """Return what is known of the page, as whoever keeps a record of it writes it down."""
        return {
            "address": self.given_address,
            "headline": self.headline,
            "byline": self.byline,
            "published_on": self.published_on.isoformat() if self.published_on else "",
            "language": self.language,
        }


def find_source(address: str) -> Source | None:
    """Return the outlet to which a page belongs: by its home page's host, as the last page there, or by name."""
    host = host_of(canonical_address(address))
    source = Source.objects.at_host(host)
    if source is None:
        link = Link.objects.filter(host=host).select_related("source").order_by("-id").first()
        source = link.source if link else Source.objects.named(host)
    return source


def propose_source(address: str) -> Source:
    """Return an outlet, not yet saved, for a page on a host that nobody knows: its name is the host until mended."""
    canonical = canonical_address(address)
    host = host_of(canonical)
    return Source(name=host, home_page=f"{canonical.split('://')[0]}://{host}/")
