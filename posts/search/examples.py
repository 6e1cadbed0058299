"""Searches to be tried, which show what can be typed: with names that stand on posts of late."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from posts.search.addresses import Asked, search_url
from posts.search.facets import Facets, frequent_of_late


@dataclass(frozen=True)
class Example:
    text: str
    words: str
    url: str  # none where it has no name to show it by


def examples(asked: Asked, facets: Facets) -> Iterator[Example]:
    """Yield them; the names are those of what was found, so that they cost nothing, or else of the newest posts."""
    values = [value for facet in facets.kinds for value in facet.values] or frequent_of_late()
    names: dict[str, str] = {}
    for value in values:
        names.setdefault(value.narrowing.partition(":")[0], value.narrowing)
    for text, words in (
        ('"human trafficking"', _("These words side by side.")),
        ("trafficking -court", _("Without the word behind the minus.")),
        ("traffick*", _("All words that begin so.")),
        ("tag", _("Posts with this tag.")),
        ("source", _("Posts from this outlet.")),
        ("category", _("Posts in this category.")),
        (
            "from:2012-03 to:2012",
            _("From March 2012 to the end of that year: “to:2012” includes all of 2012, “to:2012-03” all of March."),
        ),
    ):
        if text in ("tag", "source", "category") and text not in names:
            yield Example(f"{text}:{_('name')}", words, "")
        else:
            typed = names.get(text, text)
            yield Example(typed, words, search_url(asked.but(text=typed)))
