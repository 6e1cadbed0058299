"""Whose the old posts were: the outlets and pages that their closing lines name, found or made, many posts at a time.

Line after line in the order of the posts, each with what the ones before it have taught: where a slice of posts ends
makes no difference.
"""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import F, Q
from django.utils import timezone

from posts.wordpress.converting.crediting import Credit, is_like_host
from posts.wordpress.reasons import Reason
from sources.hosts import ascii_host, is_shared, readable_host
from sources.links.canonical import canonical_address
from sources.links.models import ADDRESS_LENGTH, Link, Owners, propose_source
from sources.models import Source, SourceAlias, host_of
from sources.naming import fold, tidy_name

NAME_LENGTH = 200
# What stands before or behind a name and makes no other outlet of it: The New York Times, Asahi.com.
_ARTICLES = ("the", "der", "die", "das", "le", "les", "el")
_ENDINGS = (".com", ".org", ".net")
_WEBSITE = re.compile(r"(?:[\w-]+\.)+[^\W\d_]{2,}")
# These show the texts of many agencies: a page there does not make the host the agency's own.
_PORTALS = re.compile(
    r"(?:.+\.)?(?:aol|daum|msn|nate|naver|sina|sohu|yahoo|google|feedburner|highbeam|questia)\.[a-z.]+"
)


@dataclass(slots=True)
class Settled:
    """Whose a post is. The source is always the link's where there is a link."""

    source_id: int | None = None
    link_id: int | None = None
    also: list[int] = field(default_factory=list)  # links of those who reported it too, in their order
    reasons: list[Reason] = field(default_factory=list)


def settle(credits_: Sequence[Sequence[Credit]], days: Sequence[dt.date | None] = ()) -> list[Settled]:
    """Find or make the outlets and pages of some posts: for each its credits, the first of which is its source.

    `days` tells when each page was looked at: the day of the post. The caller holds the desk (`sources.locking`).
    Reads with a fixed number of queries; each outlet that is new costs some more.
    """
    desk = _Desk(credit for of_post in credits_ for credit in of_post)
    looked_at = [*days, *([None] * (len(credits_) - len(days)))]
    named = [desk.settle(of_post, day) for of_post, day in zip(credits_, looked_at, strict=True)]
    Link.objects.bulk_create(desk.made)
    return [each.settled() for each in named]


@dataclass(slots=True)
class _Named:
    """What a post's closing line names, its pages perhaps not yet stored."""

    source: Source | None = None
    link: Link | None = None
    also: list[Link] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)

    def settled(self) -> Settled:
        link_id = self.link.pk if self.link else None
        also = [pk for pk in dict.fromkeys(link.pk for link in self.also) if pk != link_id]
        return Settled(self.source.pk if self.source else None, link_id, also, list(dict.fromkeys(self.reasons)))


class _Desk:
    """What is known of all that is named in a slice of posts."""

    def __init__(self, credits_: Iterable[Credit]) -> None:
        named = list(dict.fromkeys(credits_))
        self.canonical = {each.address: _canonical(each.address) for each in named if each.address}
        pages = {address for address in self.canonical.values() if address}
        hosts = {f"http://{name}/" for name in (_website(each.name) for each in named) if name}
        self.owners = Owners([*pages, *hosts])
        links = Link.objects.filter(address__in=pages).select_related("source")
        self.links = {link.address: link for link in links}
        self.names = _sources_by_name(each.name for each in named if each.name)
        self.new: set[int] = set()  # outlets made here, and not told of yet
        self.made: list[Link] = []
        self.sources: dict[int, Source] = {}

    def settle(self, of_post: Sequence[Credit], day: dt.date | None) -> _Named:
        named = _Named()
        for number, each in enumerate(of_post):
            if each.address and not self.canonical[each.address]:
                named.reasons.append(_bad_address(each))
            source, link = self._found(each, day, named.reasons)
            if number == 0 or named.source is None:
                named.source, named.link = source, link
            elif link:
                named.also.append(link)
            elif each.name:
                words = f"“{each.name}” is named as well, without a page: it cannot be listed beside the original."
                named.reasons.append(Reason("also-without-page", words))
        return named

    def _found(self, each: Credit, day: dt.date | None, reasons: list[Reason]) -> tuple[Source | None, Link | None]:
        """Return the outlet that a credit names and its page; both are made where they are new."""
        name, address = tidy_name(each.name)[:NAME_LENGTH].strip(), self.canonical.get(each.address, "")
        if not fold(name) and not address:
            return None, None
        known = set(self.sources)
        source, link = self._found_or_made(each, name, address, day, reasons)
        if source.pk not in known and source.pk in self.new:
            self.new.discard(source.pk)
            reasons.append(_told_of_new(source.name))
        return source, link

    def _found_or_made(
        self, each: Credit, name: str, address: str, day: dt.date | None, reasons: list[Reason]
    ) -> tuple[Source, Link | None]:
        if not address:
            return self._by_name(name) or self._make(name), None
        link = self.links.get(address)
        if link is None:
            source = self._whose(name, address)
            return source, self._make_link(source, each.address.strip(), address, day)
        source = self.sources.setdefault(link.source_id, link.source)
        self._reconcile(name, source, link, reasons)
        return source, link

    def _reconcile(self, name: str, source: Source, link: Link, reasons: list[Reason]) -> None:
        """Tell where a page that is known already is kept as another outlet's than the post says."""
        named = self._by_name(name) if name else None
        if not name or named == source:
            return
        if named is None and is_like_host(name, link.address):
            self._call(source, name)
            return
        words = f"The post names “{name}”; its page is known here as one of {source}, and stays so."
        reasons.append(Reason("source-differs", words))

    def _whose(self, name: str, address: str) -> Source:
        """Return whose a page is that nobody knows yet: his who is named, unless he is whose website it is."""
        named = self._by_name(name) if name else None
        if named:
            return named
        owner = self._one(self.owners.of(address))
        if owner and (not name or is_like_host(name, address)):
            if name:
                self._call(owner, name)
            return owner
        return self._make(name, address, has_owner=owner is not None)

    def _by_name(self, name: str) -> Source | None:
        found = self.names.get(fold(name)) or self.names.get(_core(name))
        website = _website(name)
        return self._one(found or (self.owners.of(f"http://{website}/") if website else None))

    def _one(self, source: Source | None) -> Source | None:
        """Return the one object of this outlet, which was read by several queries."""
        return self.sources.setdefault(source.pk, source) if source else None

    def _call(self, source: Source, name: str) -> None:
        """Have an outlet known by this name too; one that so far was called by its host now has a name."""
        host = readable_host(source.host)
        alias = name
        if host and source.name in (host, source.host) and not _website(name):
            alias, source.name = source.name, name
            Source.objects.filter(pk=source.pk).update(name=name, name_key=fold(name))
        self._know(name, source)
        if not Source.objects.named(alias):
            source.aliases.create(name=alias)

    def _make(self, name: str, address: str = "", *, has_owner: bool = False) -> Source:
        website = f"http://{ascii_host(_website(name))}/" if _website(name) else ""
        source = propose_source(address or website) if address or website else Source()
        host = host_of(address or website)
        is_own = not name or is_like_host(name, address) or not (name.isascii() and _PORTALS.fullmatch(host))
        if has_owner or is_shared(host) or not is_own:
            source.home_page = ""
        source.name = name or source.name
        if known := self._by_name(source.name):
            return known
        source.save()
        self.new.add(source.pk)
        self.sources[source.pk] = source
        self.owners.add(source)
        self._know(source.name, source)
        return source

    def _know(self, name: str, source: Source) -> None:
        self.names[fold(name)] = source
        self.names.setdefault(_core(name), source)

    def _make_link(self, source: Source, given: str, address: str, day: dt.date | None) -> Link:
        link = Link(
            source=source,
            address=address,
            given_address=given,
            host=host_of(address),
            retrieved_on=day or timezone.localdate(),
        )
        self.links[address] = link
        self.owners.cite(link.host, source)
        self.made.append(link)
        return link


def _canonical(address: str) -> str:
    """Return the address under which a page is kept; "" where it is none that could be."""
    try:
        canonical = canonical_address(address)
    except ValueError:
        return ""
    return canonical if len(canonical) <= ADDRESS_LENGTH and len(address.strip()) <= ADDRESS_LENGTH else ""


def _told_of_new(name: str) -> Reason:
    """An outlet that is made is told of; one whose name does not look like one wants to be looked at."""
    words = name.split()
    is_doubtful = len(words) > 5 or words[0][:1].islower() or re.search(r"\d{2}|[“”\"!?;]", name)
    if is_doubtful and not _WEBSITE.fullmatch(name):
        return Reason("doubtful-outlet", f"The closing line made a new outlet “{name}”: is that its name?")
    return Reason("new-outlet", f"“{name}” is a new outlet.")


def _bad_address(each: Credit) -> Reason:
    words = f"The closing line links to “{each.address[:200]}”, which is no address of a page: the link was dropped."
    return Reason("bad-address", words)


def _website(name: str) -> str:
    """Return the host that a name is ("nknews.org"), or ""."""
    host = fold(name).removeprefix("www.")
    return host if len(host) < 100 and _WEBSITE.fullmatch(host) and _canonical(f"http://{ascii_host(host)}/") else ""


def _core(name: str) -> str:
    """Return the form under which names count as one outlet's: without case, article and ".com"."""
    key = fold(name)
    first, _, rest = key.partition(" ")
    key = rest if first in _ARTICLES and rest else key
    ending = next((ending for ending in _ENDINGS if key.endswith(ending) and len(key) > len(ending)), "")
    return key.removesuffix(ending)


def _sources_by_name(names: Iterable[str]) -> dict[str, Source]:
    """Return the outlets that have these names or aliases, by the forms under which they are asked for."""
    keys = {fold(name) for name in names}
    cores = {_core(key) for key in keys}
    heads = ["", *(f"{article} " for article in _ARTICLES)]
    spelled = {f"{head}{core}{ending}" for core in cores for head in heads for ending in ("", *_ENDINGS)} | keys
    called = Q(name_key__in=spelled) | Q(pk__in=SourceAlias.objects.filter(name_key__in=spelled).values("source"))
    rows = Source.objects.filter(called).annotate(alias_key=F("aliases__name_key")).order_by("pk", "alias_key")
    found: dict[str, Source] = {}
    loose: dict[str, Source] = {}
    for source in rows:
        for key in filter(None, (source.name_key, source.alias_key)):
            found.setdefault(key, source)
            loose.setdefault(_core(key), source)
    return {**loose, **found}
