"""Pages on the outlets' sites."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Max, Q
from django.utils import timezone

from sources.hosts import domains_of, is_shared, readable_host
from sources.links.canonical import canonical_address, forms_of
from sources.models import Source, home_among, home_domains, host_of
from sources.naming import fold
from sources.places import language_choices

ADDRESS_LENGTH = 2000


class LinkQuerySet(models.QuerySet["Link"]):
    def at(self, address: str) -> Link | None:
        """Return the page with this address, in whichever of its forms it is given."""
        return self.filter(address=canonical_address(address)).first()

    def near(self, address: str) -> LinkQuerySet:
        """Return what is in all likelihood this very page: with https or without, for telephones, as AMP."""
        return self.filter(address__in=forms_of(canonical_address(address)))


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


class Owners:
    """What is known of the owners of some pages, read in a few queries however many pages they are."""

    def __init__(self, addresses: Iterable[str]) -> None:
        hosts = {_host_in(address) for address in addresses}
        self.domains = {domain for host in hosts for domain in domains_of(host)}
        self.at_home = Source.objects.at_domains({domain for host in hosts for domain in home_domains(host)})

    @cached_property
    def named(self) -> dict[str, Source]:
        return _named_as(self.domains)

    @cached_property
    def cited(self) -> dict[str, Source]:
        return _last_cited_at(self.domains)

    def of(self, address: str) -> Source | None:
        """Return the outlet to which a page belongs, or None where nobody knows.

        By its home page's host, by a name or alias that is a host, or as the last page there: the host itself before
        the domains above it.
        """
        parts, host = urlsplit(canonical_address(address)), _host_in(address)
        at_home = home_among(self.at_home, home_domains(host), parts.path)
        if at_home and at_home.host == host:
            return at_home
        cited: dict[str, Source] = {} if is_shared(host) else self.cited
        for domain in domains_of(host):
            if at_home and at_home.host in (domain, readable_host(domain)):
                return at_home
            if domain in self.named or domain in cited:
                return self.named.get(domain) or cited[domain]
        return None

    def add(self, source: Source) -> None:
        """Know a new outlet from now on by its home page."""
        if source.host:
            self.at_home.setdefault(source.host, []).append(source)

    def cite(self, host: str, source: Source) -> None:
        """Know from now on that a page on this host is this outlet's."""
        self.cited[host] = source


def find_source(address: str) -> Source | None:
    """Return the outlet to which a page belongs, or None where nobody knows."""
    return Owners([address]).of(address)


def _host_in(address: str) -> str:
    return host_of(f"//{urlsplit(canonical_address(address)).netloc}")


def _named_as(domains: Iterable[str]) -> dict[str, Source]:
    """Return the outlets that are called by one of these hosts."""
    spelled = {fold(form): d for d in domains for form in (f"www.{d}", readable_host(d), d)}
    sources = Source.objects.filter(Q(name_key__in=spelled) | Q(aliases__name_key__in=spelled))
    rows = sources.annotate(alias_key=F("aliases__name_key"))
    return {spelled[key]: row for row in rows for key in (row.alias_key, row.name_key) if key in spelled}


def _last_cited_at(domains: Iterable[str]) -> dict[str, Source]:
    """Return the outlets to which the last known pages on these hosts belong."""
    last = Link.objects.filter(host__in=domains).order_by().values("host").annotate(last=Max("pk"))
    links = Link.objects.filter(pk__in=[row["last"] for row in last]).select_related("source")
    return {link.host: link.source for link in links}


def propose_source(address: str) -> Source:
    """Return an outlet, not yet saved, for a page on a host that nobody knows: its name is the host until mended."""
    parts = urlsplit(canonical_address(address))
    host = host_of(f"//{parts.netloc}")
    home_page = f"{parts.scheme}://{parts.netloc.removeprefix('www.')}/"
    return Source(name=readable_host(host), home_page=home_page)


def find_or_propose_source(address: str) -> Source:
    """Return the outlet to which a page belongs; unsaved where nobody knows it."""
    return find_source(address) or propose_source(address)
