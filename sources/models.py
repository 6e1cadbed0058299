"""The outlets that we quote."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.dispatch import Signal

from sources.hosts import ascii_host, domains_of, is_shared, readable_host
from sources.naming import fold, propose_slug, tidy_name, tidy_slug
from sources.places import country_choices, country_name, language_choices, language_name


def host_of(address: str) -> str:
    """Return the host of an address in lower case, without a leading `www.`; "" where there is none."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


class SourceQuerySet(models.QuerySet["Source"]):
    def named(self, name: str) -> Source | None:
        """Return the outlet that has this name or alias, whatever its case."""
        key = fold(name)
        return self.filter(Q(name_key=key) | Q(aliases__name_key=key)).first()

    def at_host(self, host: str, path: str = "/") -> Source | None:
        """Return the outlet whose home page is on this host or on the nearest domain above it.

        Where several have theirs there, the path says whose page it is.
        """
        domains = home_domains(host)
        return home_among(self.at_domains(domains), domains, path)

    def at_domains(self, domains: Iterable[str]) -> dict[str, list[Source]]:
        """Return the outlets whose home pages are on these very hosts, in the order of their keys."""
        spellings = {form: domain for domain in domains for form in (readable_host(domain), domain)}
        there: dict[str, list[Source]] = {}
        for source in self.filter(host__in=spellings).order_by("pk"):
            there.setdefault(spellings[source.host], []).append(source)
        return there


def home_domains(host: str) -> list[str]:
    """Return the hosts on which the home page of whoever has this host may be, the nearest first."""
    return domains_of(ascii_host(host_of(f"//{host}")))


def home_among(there: dict[str, list[Source]], domains: list[str], path: str) -> Source | None:
    """Return of the outlets at these hosts the one to which a page with this path belongs."""
    found = (_whose(there[domain], path) for domain in domains if there.get(domain))
    return next(filter(None, found), None)


def _whose(sources: list[Source], path: str) -> Source | None:
    """Return of those at one host the one to whose home page a path belongs the closest."""
    above = {source: urlsplit(source.home_page).path.rstrip("/") for source in sources}
    fitting = [source for source in sources if path == above[source] or path.startswith(f"{above[source]}/")]
    if fitting:
        return max(fitting, key=lambda source: len(above[source]))
    return None if is_shared(sources[0].host) else sources[0]


class Source(models.Model):
    """An outlet: a newspaper, an agency, an organisation's own site."""

    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=400, unique=True, editable=False)
    slug = models.SlugField(
        max_length=100,
        unique=True,
        allow_unicode=True,
        blank=True,
        help_text="The last part of the outlet's address here. Left empty, it is made from the name.",
    )
    home_page = models.URLField(
        blank=True, help_text="Pages on this host are taken for this outlet's. Example: https://www.nknews.org/"
    )
    host = models.CharField(max_length=255, blank=True, editable=False, db_index=True)
    country = models.CharField(max_length=2, blank=True, choices=country_choices)
    language = models.CharField(max_length=3, blank=True, choices=language_choices)
    description = models.TextField(blank=True, help_text="Who they are, in a sentence or two. Readers see it.")

    objects = SourceQuerySet.as_manager()

    class Meta:
        ordering = ["name_key"]

    def __str__(self) -> str:
        return self.name

    @property
    def country_name(self) -> str:
        return country_name(self.country)

    @property
    def language_name(self) -> str:
        return language_name(self.language)

    def clean(self) -> None:
        self.name = tidy_name(self.name)
        if not fold(self.name):
            raise ValidationError({"name": "Write the outlet's name."})
        other = Source.objects.exclude(pk=self.pk).named(self.name)
        if other:
            raise ValidationError({"name": f"“{self.name}” is already the name or an alias of {other.name}."})
        self.slug = tidy_slug(self.slug)
        if self.slug and SourceAlias.objects.filter(slug=self.slug).exists():
            raise ValidationError({"slug": "This address leads to another outlet, since the two were merged."})

    def save(self, **kwargs: Any) -> None:
        self.name_key = fold(self.name)
        self.host = ascii_host(host_of(self.home_page))
        self.slug = tidy_slug(self.slug)
        if not self.slug:
            taken = set(Source.objects.exclude(pk=self.pk).values_list("slug", flat=True))
            taken |= set(SourceAlias.objects.exclude(slug="").values_list("slug", flat=True))
            self.slug = propose_slug(self.name, fallback="outlet", taken=taken)
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "name_key", "host", "slug"}
        super().save(**kwargs)

    @transaction.atomic
    def absorb(self, other: Source) -> None:
        """Make the other outlet an alias of this one; what pointed at it points here, and its address redirects.

        Every table that refers to an outlet is moved, whichever app it belongs to.
        """
        if other.pk == self.pk:
            raise ValueError("An outlet cannot be merged into itself.")
        absorbing.send(sender=Source, kept=self, other=other)
        for relation in Source._meta.related_objects:
            # One-to-one rows describe the outlet that ends here: they end with it.
            if not relation.one_to_one:
                relation.related_model._base_manager.filter(**{relation.field.name: other}).update(
                    **{relation.field.name: self}
                )
        name, slug = other.name, other.slug
        other.delete()
        SourceAlias.objects.update_or_create(
            name_key=fold(name), defaults={"source": self, "name": name, "slug": slug}
        )
        absorbed.send(sender=Source, source=self)


# Sent before a row takes over another of its kind, which then is deleted: those who refer to either sort it out.
absorbing = Signal()
# Sent when an outlet has taken over the rows of another one: those who keep counts by outlet count again.
absorbed = Signal()


class SourceAlias(models.Model):
    """Another name of an outlet ("NYT"); one left by a merge also keeps the old address alive."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=400, unique=True, editable=False)
    slug = models.SlugField(max_length=100, allow_unicode=True, blank=True, editable=False)

    class Meta:
        ordering = ["name_key"]
        verbose_name = "alias"
        verbose_name_plural = "aliases"
        constraints = [
            models.UniqueConstraint(fields=["slug"], condition=~Q(slug=""), name="source_alias_slug_once"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.name = tidy_name(self.name)
        key = fold(self.name)
        if not key:
            raise ValidationError({"name": "Write the other name."})
        if Source.objects.filter(name_key=key).exclude(pk=self.source_id).exists():
            raise ValidationError({"name": f"“{self.name}” is an outlet of its own. Merge the two instead."})
        if SourceAlias.objects.filter(name_key=key).exclude(pk=self.pk).exists():
            raise ValidationError({"name": f"“{self.name}” is already an alias."})

    def save(self, **kwargs: Any) -> None:
        self.name_key = fold(self.name)
        super().save(**kwargs)
