"""What a search that finds nothing finds without one of its parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from posts.search.narrowing import narrowings
from posts.search.searching import Sought, count_instead

TRIED = 8  # filters, and so many words


@dataclass(frozen=True)
class Wider:
    """The search without a filter or a word, and how many posts it finds."""

    left_out: str  # “Outlet: Yonhap”, or the word
    text: str
    count: int


def wider(sought: Sought) -> list[Wider]:
    """Return what finds something without one filter, and without the one word that keeps out most."""
    words = [*_without_words(sought)]
    best = max(words, key=lambda each: each.count, default=None)
    found = [*_without_filters(sought), *([best] if best else [])]
    return [each for each in found if each.count]


def _without_filters(sought: Sought) -> Iterator[Wider]:
    for each in narrowings(sought)[:TRIED]:
        yield _without(sought, each.words, *each.places)


def _without_words(sought: Sought) -> Iterator[Wider]:
    words = sought.query.words[:TRIED]
    if len(words) > 1:
        for word in words:
            yield _without(sought, word.text, word.place)


def _without(sought: Sought, left_out: str, *places: slice) -> Wider:
    text = sought.query.without(*places)
    return Wider(left_out, text, count_instead(sought, text))
