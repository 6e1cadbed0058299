"""What a search that finds nothing finds without one of its parts."""

from __future__ import annotations

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


def without_a_filter(sought: Sought) -> list[Wider]:
    """Return what finds something without one of the filters."""
    filters = [_without(sought, each.words, *each.places) for each in narrowings(sought)[:TRIED]]
    return [each for each in filters if each.count]


def without_a_word(sought: Sought) -> list[Wider]:
    """Return what finds most without one of the words, if that is anything."""
    words = [_without(sought, word.text, word.place) for word in sought.query.words[:TRIED]]
    return sorted((each for each in words if each.text and each.count), key=lambda each: -each.count)[:1]


def _without(sought: Sought, left_out: str, *places: slice) -> Wider:
    text = sought.query.without(*places)
    return Wider(left_out, text, count_instead(sought, text))
