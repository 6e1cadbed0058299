"""The indexes of tags and outlets: by letter, by number, or those with something in their names."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from posts.addressing import source_url, tag_url
from posts.models import Tag, TagAlias
from sources.models import Source, SourceAlias

# The nineteen initial consonants of Hangul as parts of a syllable (U+1100–1112), and as letters that stand alone.
INITIALS = "".join(map(chr, range(0x1100, 0x1113)))
COMPATIBLE = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
ON_ONE_PAGE = 400  # tags; of more, one letter at a time
MOST_SHOWN = 2000  # of those with something in their names
MOST_USED = 60
LONGEST_FILTER = 100  # characters


@dataclass(frozen=True)
class Listed:
    name: str
    url: str
    count: int
    also: tuple[str, ...] = ()  # its other names

    def has(self, key: str) -> bool:
        """Say whether this stands in one of its names."""
        return any(key in plain(name) for name in (self.name, *self.also))


@dataclass(frozen=True)
class Choice:
    """Something an index can be narrowed to, or sorted by."""

    name: str
    url: str
    count: int = 0
    is_chosen: bool = False


@dataclass
class TagIndex:
    tags: list[Listed]  # all, in the order of names
    sought: str = ""
    letter: str = ""
    by_number: bool = False

    @classmethod
    def asked(cls, query: QueryDict) -> TagIndex:
        rows = Tag.objects.filter(tally__count__gt=0).order_by("pk").values_list("pk", "name", "slug", "tally__count")
        others = _other_names()
        listed = [Listed(name, tag_url(slug), count, tuple(others[pk])) for pk, name, slug, count in rows]
        # Sorted here: the two databases put "é" at different places, and neither beside "e".
        return cls(sorted(listed, key=_by_name), _typed(query), _letter(query), query.get("order") == "posts")

    @property
    def count(self) -> int:
        return len(self.tags)

    @property
    def is_large(self) -> bool:
        return self.count > ON_ONE_PAGE

    @property
    def is_part(self) -> bool:
        """Say whether this is something else than the index itself."""
        return bool(self.sought or self.letter or self.by_number)

    @cached_property
    def letters(self) -> list[Choice]:
        """Every letter, with the number of its tags."""
        counted = [
            (letter, len(list(group))) for letter, group in groupby(self.tags, key=lambda tag: letter_of(tag.name))
        ]
        return [Choice(letter, self._letter_url(letter), number, letter == self.letter) for letter, number in counted]

    def _letter_url(self, letter: str) -> str:
        return f"/tag/?{urlencode({'letter': letter})}" if self.is_large else f"#{anchor(letter)}"

    @cached_property
    def shown(self) -> list[Listed]:
        tags = self.tags
        if self.sought:
            key = plain(self.sought)
            tags = [tag for tag in tags if tag.has(key)]
        if self.letter:
            tags = [tag for tag in tags if letter_of(tag.name) == self.letter]
        if self.by_number:
            tags = sorted(tags, key=lambda tag: -tag.count)[:ON_ONE_PAGE]
        return tags

    @property
    def is_cut(self) -> bool:
        return len(self.shown) > MOST_SHOWN

    @cached_property
    def groups(self) -> list[tuple[str, str, list[Listed]]]:
        """What is shown, by letter: the letter, its anchor, its tags; by number all in one, under no letter."""
        if self.by_number:
            return [("", "", self.shown)] if self.shown else []
        if self.is_large and not (self.sought or self.letter):
            return []
        return [
            (letter, anchor(letter), list(group))
            for letter, group in groupby(self.shown[:MOST_SHOWN], key=lambda tag: letter_of(tag.name))
        ]

    @cached_property
    def most_used(self) -> list[Listed]:
        """Of an index too large for one page, the tags with the most posts."""
        if not self.is_large or self.is_part:
            return []
        return sorted(sorted(self.tags, key=lambda tag: -tag.count)[:MOST_USED], key=_by_name)

    @property
    def orders(self) -> list[Choice]:
        return _orders("/tag/", self.by_number)


@dataclass
class SourceIndex:
    sources: list[Source]
    sought: str = ""
    country: str = ""
    language: str = ""
    by_number: bool = False
    aliases: dict[int, set[str]] = field(default_factory=dict)

    @classmethod
    def asked(cls, query: QueryDict) -> SourceIndex:
        sources = list(Source.objects.filter(tally__count__gt=0).select_related("tally").order_by("name_key"))
        sought = _typed(query)
        aliases: dict[int, set[str]] = {}
        for pk, name in SourceAlias.objects.values_list("source", "name") if sought else ():
            aliases.setdefault(pk, set()).add(plain(name))
        country, language = query.get("country", "")[:10].upper(), query.get("language", "")[:10].lower()
        return cls(sources, sought, country, language, query.get("order") == "posts", aliases)

    @property
    def is_part(self) -> bool:
        return bool(self.sought or self.country or self.language or self.by_number)

    @cached_property
    def shown(self) -> list[tuple[Source, str]]:
        sources = self._narrowed()
        if self.by_number:
            sources.sort(key=lambda source: -self._count(source))
        return [(source, source_url(source.slug)) for source in sources]

    def _narrowed(self, but_for: str = "") -> list[Source]:
        """Return the outlets that were asked for; `but_for`, by a country or a language, leaves that out."""
        key = plain(self.sought)
        asked = {name: getattr(self, name) for name in ("country", "language") if name != but_for}
        return [
            source
            for source in self.sources
            if all(not code or getattr(source, name) == code for name, code in asked.items())
            and (not key or key in plain(source.name) or any(key in name for name in self.aliases.get(source.pk, ())))
        ]

    def _count(self, source: Any) -> int:
        return source.tally.count

    @property
    def countries(self) -> list[Choice]:
        return self._choices("country", lambda source: (source.country, source.country_name))

    @property
    def languages(self) -> list[Choice]:
        return self._choices("language", lambda source: (source.language, source.language_name))

    def _choices(self, kind: str, named: Any) -> list[Choice]:
        counts: dict[tuple[str, str], int] = {}
        for source in self._narrowed(but_for=kind):
            if named(source)[0]:
                counts[named(source)] = counts.get(named(source), 0) + 1
        chosen = getattr(self, kind)
        return [
            Choice(name, self._url(**{kind: "" if code == chosen else code}), number, code == chosen)
            for (code, name), number in sorted(counts.items(), key=lambda item: plain(item[0][1]))
        ]

    @property
    def orders(self) -> list[Choice]:
        return [
            Choice(_("By name"), self._url(order=""), is_chosen=not self.by_number),
            Choice(_("By number of posts"), self._url(order="posts"), is_chosen=self.by_number),
        ]

    def _url(self, **changed: str) -> str:
        order = "posts" if self.by_number else ""
        asked = {"q": self.sought, "country": self.country, "language": self.language, "order": order} | changed
        words = urlencode({name: value for name, value in asked.items() if value})
        return f"/source/?{words}" if words else "/source/"


def _orders(url: str, by_number: bool) -> list[Choice]:
    return [
        Choice(_("By letter"), url, is_chosen=not by_number),
        Choice(_("By number of posts"), f"{url}?order=posts", is_chosen=by_number),
    ]


def _typed(query: QueryDict) -> str:
    return " ".join(query.get("q", "").replace("\x00", " ").split())[:LONGEST_FILTER]


def _letter(query: QueryDict) -> str:
    letter = query.get("letter", "")[:10]
    return letter if letter in ("", "0–9") else letter_of(letter)


def _other_names() -> dict[int, list[str]]:
    names: dict[int, list[str]] = defaultdict(list)
    for pk, name in TagAlias.objects.names().order_by("pk").values_list("tag", "name"):
        names[pk].append(name)
    return names


def plain(text: str) -> str:
    """Return a text in lower case and without accents, in one form whichever way it was written."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFC", "".join(c for c in plain if not unicodedata.combining(c)))


def _by_name(tag: Listed) -> tuple[bool, str, str, str]:
    letter = letter_of(tag.name)
    return letter.isalpha(), letter, plain(tag.name), tag.name


def letter_of(name: str) -> str:
    """Return the letter under which an index lists a name: "é" under "E", "북" under "ㅂ", a digit under "0–9"."""
    first = unicodedata.normalize("NFKD", name[:1])[:1].upper()[:1]  # of “ß” the first S
    if first in INITIALS:
        return COMPATIBLE[INITIALS.index(first)]
    if first.isdigit():
        return "0–9"
    return first if first.isalpha() else "#"


def anchor(letter: str) -> str:
    """Return the id of a letter's part of the page."""
    return f"letter-{'-'.join(f'{ord(sign):x}' for sign in letter)}"
