"""What a reader types into the box, understood. Pure: names are looked up elsewhere."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from django.utils.translation import gettext as _

from posts.search.words import pairs, runs, stem, without_particle, words_of_run

MOST_CHARACTERS = 400
MOST_TERMS = 24
MOST_FILTERS = 12
MANY_BEGUN = 3  # terms of which only the beginning is given
LONGEST_ROW = 4  # words of a query that may be one name
FIELDS = ("tag", "source", "category", "from", "to")
Field = Literal["tag", "source", "category"]

_PIECE = re.compile(
    r"(?P<minus>[-−–](?=[\w\"“”„«]))?"
    r"(?:(?P<field>tag|source|category|from|to):)?"
    r"(?:[\"“”„«](?P<quoted>[^\"“”„«»]*)(?:[\"“”»]|$)|(?P<plain>[^\s\"“”„«»]+))",
    re.IGNORECASE,
)
# NUL, and halves of a sign that stand alone.
_UNWRITTEN = re.compile("[\x00\ud800-\udfff]")
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{1,2}))?(?:-([0-9]{1,2}))?")
# What may stand at the end of a word that somebody has not finished, and is no part of its stem.
_BEGUN_ENDINGS = re.compile(r"(?:i|in|ing|io|ion|e|ed|es|er|ers|s|y|l|ly|me|men|ment|a|at|ate|ati|atio|ation)$")


@dataclass(frozen=True)
class Term:
    """Words that stand beside each other, in this order; of the last one perhaps only its beginning."""

    words: tuple[str, ...]
    is_begun: bool = False
    # Other words that are as good as the last one: the stem of what was begun.
    instead: tuple[str, ...] = ()
    is_excluded: bool = False


@dataclass(frozen=True)
class Filter:
    field: Field
    name: str  # as typed: a slug or a name
    is_excluded: bool = False
    place: slice = slice(0)  # where it stands in the text


@dataclass(frozen=True)
class Word:
    """A word or a phrase that is wanted, as it was typed."""

    text: str
    place: slice


@dataclass
class Query:
    text: str
    terms: list[Term] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    since: dt.date | None = None
    until: dt.date | None = None  # the last day that counts
    words: list[Word] = field(default_factory=list)
    dates: list[tuple[Literal["from", "to"], slice]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.terms or self.filters or self.since or self.until)

    @property
    def wanted(self) -> list[Term]:
        return [term for term in self.terms if not term.is_excluded]

    @property
    def is_costly(self) -> bool:
        """Say whether so much is only begun that one search for it, with all words that begin so, is enough."""
        return sum(term.is_begun for term in self.terms) > MANY_BEGUN

    def rows(self, most: int) -> Iterator[list[Word]]:
        """Yield those of the first so many words that stand together, the longest rows first."""
        words = self.words[:most]
        for length in range(min(len(words), LONGEST_ROW), 0, -1):
            for start in range(len(words) - length + 1):
                row = words[start : start + length]
                between = (self.text[one.place.stop : other.place.start] for one, other in pairwise(row))
                if not any(map(str.strip, between)):
                    yield row

    def without(self, *places: slice) -> str:
        """Return the text without what stands at these places."""
        text = self.text
        for place in sorted(places, key=lambda each: -each.start):
            text = f"{text[: place.start]} {text[place.stop :]}"
        return " ".join(text.split())

    def with_instead(self, place: slice, words: str) -> str:
        """Return the text with these words where others stood."""
        return " ".join(f"{self.text[: place.start]}{words}{self.text[place.stop :]}".split())


def place_of(row: Sequence[Word]) -> slice:
    return slice(row[0].place.start, row[-1].place.stop)


def parse(text: str) -> Query:
    """Understand any text at all; what makes no sense is told in `problems`."""
    text = tidy(text)
    query = Query(text[:MOST_CHARACTERS].rstrip())
    if len(text) > MOST_CHARACTERS:
        words = _("That is more than %(number)d characters: only its beginning was searched for.")
        query.problems.append(words % {"number": MOST_CHARACTERS})
    for piece in _PIECE.finditer(query.text):
        _take(query, piece)
    if len(query.terms) > MOST_TERMS:
        query.problems.append(_("Of so many words the first %(number)d were searched for.") % {"number": MOST_TERMS})
        query.terms = query.terms[:MOST_TERMS]
    if len(query.filters) > MOST_FILTERS:
        words = _("Of so many filters the first %(number)d were taken.")
        query.problems.append(words % {"number": MOST_FILTERS})
        query.filters = query.filters[:MOST_FILTERS]
    if query.since and query.until and query.since > query.until:
        query.problems.append(_("Nothing can be found: “from” is later than “to”."))
    if text and query.is_empty and not query.problems:
        query.problems.append(_("There is no word in it to search for."))
    return query


def tidy(text: str) -> str:
    """Return what was typed on one line, without what no database takes."""
    return " ".join(_UNWRITTEN.sub(" ", text).split())


def _take(query: Query, piece: re.Match[str]) -> None:
    name, value = (piece["field"] or "").lower(), piece["quoted"] if piece["plain"] is None else piece["plain"]
    is_excluded, place = piece["minus"] is not None, slice(*piece.span())
    if not value.strip():
        return
    if name in ("from", "to"):
        _take_date(query, name, value, place)
    elif name:
        query.filters.append(Filter(name, value.strip(), is_excluded, place))  # type: ignore[arg-type]
    else:
        found = terms(value, is_phrase=piece["plain"] is None, is_excluded=is_excluded)
        query.terms += found
        if found and not is_excluded:
            query.words.append(Word(value, place))


def terms(text: str, *, is_phrase: bool = False, is_excluded: bool = False) -> list[Term]:
    is_begun = not is_phrase and text.rstrip().endswith("*")
    there = [run for run in runs(text) if words_of_run(*run)]
    if not there:
        return []
    is_whole = is_phrase or is_excluded or "-" in text.strip("-")
    found = [_term(run if is_whole or not in_pairs else without_particle(run), in_pairs) for run, in_pairs in there]
    if is_begun:
        found[-1] = _begun(*there[-1])
    if is_whole:
        before = (word for run, in_pairs in there[:-1] for word in words_of_run(run, in_pairs))
        return [Term((*before, *found[-1].words), found[-1].is_begun, found[-1].instead, is_excluded)]
    return found


def _term(run: str, in_pairs: bool) -> Term:
    if not in_pairs:
        return Term((stem(run),))
    # One letter stands at the beginning of a pair, or alone at the end of what is written without a space.
    return Term(tuple(pairs(run))) if len(run) > 1 else Term((run,), is_begun=True)


def _begun(word: str, in_pairs: bool) -> Term:
    if in_pairs:
        return _term(word, in_pairs)
    cut = _BEGUN_ENDINGS.sub("", word)
    instead = {stem(word), cut if len(cut) >= 4 else word} - {word}
    return Term((word,), is_begun=True, instead=tuple(sorted(instead)))


def _take_date(query: Query, name: str, value: str, place: slice) -> None:
    days = days_of(value)
    if days is None:
        names, ways = {"field": name, "value": value}, f"{name}:2013, {name}:2013-03, {name}:2013-03-31"
        words = _("“%(field)s:%(value)s” names no date. These do: %(ways)s.")
        query.problems.append(words % {**names, "ways": ways})
    elif name == "from":
        query.since = days[0]
        query.dates.append(("from", place))
    else:
        query.until = days[1]
        query.dates.append(("to", place))


def days_of(value: str) -> tuple[dt.date, dt.date] | None:
    """Return the first and the last day of a year, a month or a day."""
    found = _DATE.fullmatch(value.strip())
    if not found:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        first = dt.date(year or 0, month or 1, day or 1)
        if day:
            return first, first
        if month:
            return first, (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
        return first, first.replace(month=12, day=31)
    except (ValueError, OverflowError):
        return None
