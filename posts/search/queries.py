"""What a reader types into the box, understood. Pure: names are looked up elsewhere."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Literal

from posts.search.words import pairs, runs, stem, words_of_run

MOST_CHARACTERS = 400
MOST_TERMS = 24
FIELDS = ("tag", "source", "category", "from", "to")
Field = Literal["tag", "source", "category"]

_PIECE = re.compile(
    r"(?P<minus>[-−–](?=[\w\"“”„«]))?"
    r"(?:(?P<field>tag|source|category|from|to):)?"
    r"(?:[\"“”„«](?P<quoted>[^\"“”„«»]*)(?:[\"“”»]|$)|(?P<plain>[^\s\"“”„«»]+))",
    re.IGNORECASE,
)
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


@dataclass
class Query:
    text: str
    terms: list[Term] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    since: dt.date | None = None
    until: dt.date | None = None  # the last day that counts
    problems: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.terms or self.filters or self.since or self.until)

    @property
    def wanted(self) -> list[Term]:
        return [term for term in self.terms if not term.is_excluded]


def parse(text: str) -> Query:
    """Understand any text at all; what makes no sense is told in `problems`."""
    text = " ".join(text.replace("\x00", " ").split())
    query = Query(text)
    if len(text) > MOST_CHARACTERS:
        query.problems.append(f"That is more than {MOST_CHARACTERS} characters: only its beginning was searched for.")
        text = text[:MOST_CHARACTERS]
    for piece in _PIECE.finditer(text):
        _take(query, piece)
    if len(query.terms) > MOST_TERMS:
        query.problems.append(f"Of so many words the first {MOST_TERMS} were searched for.")
        query.terms = query.terms[:MOST_TERMS]
    if text and query.is_empty and not query.problems:
        query.problems.append("There is no word in it to search for.")
    return query


def _take(query: Query, piece: re.Match[str]) -> None:
    name, value = (piece["field"] or "").lower(), piece["quoted"] if piece["plain"] is None else piece["plain"]
    is_excluded = piece["minus"] is not None
    if not value.strip():
        return
    if name in ("from", "to"):
        _take_date(query, name, value)
    elif name:
        query.filters.append(Filter(name, value.strip(), is_excluded))  # type: ignore[arg-type]
    else:
        query.terms += terms(value, is_phrase=piece["plain"] is None, is_excluded=is_excluded)


def terms(text: str, *, is_phrase: bool = False, is_excluded: bool = False) -> list[Term]:
    is_begun = not is_phrase and text.rstrip().endswith("*")
    there = list(runs(text))
    if not there:
        return []
    found = [_term(*run) for run in there]
    if is_begun:
        found[-1] = _begun(*there[-1])
    if is_phrase or is_excluded or "-" in text.strip("-"):
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


def _take_date(query: Query, name: str, value: str) -> None:
    days = days_of(value)
    if days is None:
        query.problems.append(
            f"“{name}:{value}” names no date: write {name}:2013, {name}:2013-03 or {name}:2013-03-31."
        )
    elif name == "from":
        query.since = days[0]
    else:
        query.until = days[1]


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
