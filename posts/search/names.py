"""The names of tags, outlets and categories that have public posts, and which of them somebody may mean.

They are read anew each time, so that what is gone is never offered; how they are compared is remembered by the names
themselves.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from posts.likeness import distance
from posts.models import Category, Tag, TagAlias
from posts.near_titles import ARTICLES
from posts.search.queries import Field
from posts.search.words import folded_words, is_in_pairs, stem
from sources.models import Source, SourceAlias
from sources.naming import fold

COMPARED = 500  # names, letter by letter, for one query
LONGEST = 100  # letters of a name that are compared
# The consonants that begin a syllable of Hangul, once NFKD has made parts of it.
_INITIAL = re.compile("[\u1100-\u1112]")
# Likewise as letters that stand alone, as a keyboard writes them before there is a syllable.
_INITIALS = re.compile("[\u1100-\u1112]+")


class Entry(NamedTuple):
    """A name that leads to a tag, an outlet or a category: its own, or another one."""

    kind: Field
    pk: int
    name: str
    own_name: str
    slug: str  # of a category: its path


@dataclass(frozen=True)
class Shape:
    """A name as names are compared."""

    plain: str  # its words, folded, with spaces between
    letters: str  # all together but for articles, Hangul taken apart into its letters
    stems: tuple[str, ...]
    numbers: str
    bits: int  # one for each two letters that stand beside each other


@lru_cache(maxsize=65_536)
def shape(name: str) -> Shape:
    words = folded_words(name[:LONGEST])
    telling = [word for word in words if word not in ARTICLES] or words
    letters = unicodedata.normalize("NFD", "".join(telling))
    bits = 0
    for one, other in pairwise(letters):
        bits |= 1 << ((31 * ord(one) + ord(other)) & 127)
    stems = tuple(sorted(word if is_in_pairs(word) else stem(word) for word in telling))
    return Shape(" ".join(words), letters, stems, "".join(filter(str.isdigit, letters)), bits)


def read_names() -> tuple[tuple[Entry, ...], dict[tuple[str, int], int]]:
    """Return all names that lead to public posts, and of each row its number of posts."""
    counts: dict[tuple[str, int], int] = {}
    entries = []
    for kind, rows in _rows():
        for pk, name, own_name, slug, count in rows:
            counts[kind, pk] = count
            entries.append(Entry(kind, pk, name, own_name, slug))
    return tuple(entries), counts


def _rows() -> Iterator[tuple[Field, Iterable[tuple[int, str, str, str, int]]]]:
    own = ("pk", "name", "name", "slug", "tally__count")
    yield "tag", _listed(Tag, own)
    of_tag = ("tag", "name", "tag__name", "tag__slug", "tag__tally__count")
    yield "tag", _listed(TagAlias, of_tag, name_key__isnull=False)
    yield "source", _listed(Source, own)
    yield "source", _listed(SourceAlias, ("source", "name", "source__name", "source__slug", "source__tally__count"))
    yield "category", _listed(Category, ("pk", "name", "name", "path", "tally__count"))


def _listed(model: type, columns: tuple[str, ...], **only: bool) -> Iterable[tuple[int, str, str, str, int]]:
    rows = model.objects.filter(**{f"{columns[-1]}__gt": 0}, **only).order_by("pk")  # type: ignore[attr-defined]
    return rows.values_list(*columns)


def names_called(name: str) -> list[tuple[Field, str, str, int]]:
    """Return kind, name, address and number of posts of what is called so, or has that as another name."""
    key = fold(name)
    found: list[tuple[Field, str, str, int]] = []
    for kind, model in (("tag", Tag), ("source", Source)):
        public = model.objects.filter(tally__count__gt=0).order_by().values_list("name", "slug", "tally__count")
        # In one question, of which each part finds its rows by an index of its own.
        rows = public.filter(name_key=key).union(public.filter(aliases__name_key=key)).order_by()
        found += [(kind, *row) for row in rows]
    # Folded here: SQLite tells É from é where PostgreSQL does not. There are few.
    categories = Category.objects.filter(tally__count__gt=0).values_list("name", "path", "tally__count")
    return found + [("category", *row) for row in categories.order_by("path") if fold(row[0]) == key]


# --- Near a name


@dataclass
class Names:
    """Names in the order in which they are looked through."""

    by_length: dict[int, list[tuple[Shape, Entry]]] = field(default_factory=lambda: defaultdict(list))
    by_letters: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    by_stems: dict[tuple[str, ...], list[Entry]] = field(default_factory=lambda: defaultdict(list))
    words: dict[str, None] = field(default_factory=dict)

    def are_called(self, text: str) -> list[Entry]:
        """Return those that are called so, whatever the case, the accents and the spaces."""
        return self.by_letters.get(shape(text).letters, [])

    def near(self, text: str, kinds: Iterable[Field] = ("tag", "source", "category")) -> list[Entry]:
        """Return those whose names are most like this text, the nearest first."""
        wanted = set(kinds)
        found = [(steps, entry) for steps, entry in self._near(shape(text)) if entry.kind in wanted]
        nearest: dict[tuple[str, int], Entry] = {}
        for _, entry in sorted(found, key=lambda each: (each[0], len(each[1].name), each[1].name)):
            nearest.setdefault((entry.kind, entry.pk), entry)
        return list(nearest.values())

    def _near(self, sought: Shape) -> Iterator[tuple[int, Entry]]:
        if not sought.letters:
            return
        for entry in self.by_letters.get(sought.letters, ()):
            yield 0, entry
        for entry in self.by_stems.get(sought.stems, ()):
            yield 1, entry
        most = slips(len(sought.letters))
        likely = (each for length in _around(len(sought.letters), most) for each in self.by_length.get(length, ()))
        compared = 0
        for other, entry in likely:
            # A slip changes at most three pairs of letters, where two are swapped.
            if (other.bits ^ sought.bits).bit_count() <= 6 * most and other.numbers == sought.numbers:
                compared += 1
                if compared > COMPARED:
                    return
                steps = distance(sought.letters, other.letters, most=most)
                if 0 < steps <= most and _is_slip(sought.letters, other.letters):
                    yield 1 + steps, entry


def slips(length: int) -> int:
    """Return how many letters of so many may be wrong, missing, too many or swapped."""
    return (length >= 3) + (length >= 8) + (length >= 16)


def _is_slip(one: str, other: str) -> bool:
    """Of three letters none may be another, as of NYT and NPT: they may only be swapped."""
    return len(one) > 3 or sorted(one) == sorted(other)


def _around(length: int, most: int) -> list[int]:
    """Return the lengths that are so near, the nearest first."""
    return sorted(range(length - most, length + most + 1), key=lambda each: abs(each - length))


@lru_cache(maxsize=4)
def arranged(entries: tuple[Entry, ...]) -> Names:
    names = Names()
    for entry in entries:
        its = shape(entry.name)
        names.by_length[len(its.letters)].append((its, entry))
        names.by_letters[its.letters].append(entry)
        names.by_stems[its.stems].append(entry)
        names.words |= dict.fromkeys(its.plain.split())
    return names


@lru_cache(maxsize=2)
def arranged_words(entries: tuple[Entry, ...]) -> Names:
    """Return the single words of these names, each as if it were one."""
    words = sorted(word for word in arranged(entries).words if len(word) >= 4)
    return arranged(tuple(Entry("tag", number, word, word, "") for number, word in enumerate(words)))


# --- The beginning of a name


def begin_with(entries: Iterable[Entry], text: str) -> Iterator[tuple[bool, Entry]]:
    """Yield the names in which a word begins so, and whether it is the first one.

    Of Hangul the last syllable may be unfinished, and a row of consonants stands for the syllables they begin.
    """
    sought = " ".join(folded_words(text[:LONGEST]))
    if not sought:
        return
    if _INITIALS.fullmatch(sought.replace(" ", "")):
        sought = sought.replace(" ", "")
        for entry in entries:
            if _initials(entry.name).startswith(sought):
                yield True, entry
        return
    parts = unicodedata.normalize("NFD", sought)
    for entry in entries:
        plain = _parts(entry.name)
        if plain.startswith(parts) or f" {parts}" in plain:
            yield plain.startswith(parts), entry


@lru_cache(maxsize=65_536)
def _parts(name: str) -> str:
    return unicodedata.normalize("NFD", shape(name).plain)


@lru_cache(maxsize=65_536)
def _initials(name: str) -> str:
    return "".join(_INITIAL.findall(_parts(name)))
