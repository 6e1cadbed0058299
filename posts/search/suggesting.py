"""What somebody who has begun to type may be looking for: names of tags, outlets and categories, and titles."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from django.utils import timezone
from django.utils.translation import gettext as _

from posts.addressing import post_url
from posts.models import Post
from posts.search.engine import engine
from posts.search.models import LAST_NUMBER, position_of, post_of
from posts.search.names import Entry, begin_with, read_names
from posts.search.proposing import kind_name, row_url
from posts.search.queries import Field, tidy
from posts.search.searching import title_beginning
from posts.search.words import folded_words

Kind = Literal["tag", "source", "category", "post"]
MOST: dict[Field, int] = {"tag": 5, "source": 3, "category": 3}
MOST_TITLES = 4
_SYLLABLE = re.compile("[\u1100-\u1112\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U000323af]")
LONGEST = 100  # characters that are looked at


@dataclass(frozen=True)
class Suggestion:
    kind: Kind
    name: str
    url: str
    count: int | None = None  # posts under that name

    @property
    def kind_name(self) -> str:
        return _("Post") if self.kind == "post" else kind_name(self.kind)


def suggestions(text: str) -> list[Suggestion]:
    """Return what is called so or begins so, as public posts have it; nothing for a single letter."""
    text = tidy(text)[:LONGEST]
    if not is_enough(text):
        return []
    return [*_names(text), *_titles(text)]


def is_enough(text: str) -> bool:
    """Say whether there is enough to go by: two letters, or one of those that stand for a syllable or a word."""
    letters = "".join(folded_words(text))
    return len(letters) > 1 or any(map(is_syllable, letters))


def is_syllable(letter: str) -> bool:
    return bool(_SYLLABLE.match(letter))


def _names(text: str) -> list[Suggestion]:
    entries, counts = read_names()
    best: dict[tuple[Field, int], tuple[bool, Entry]] = {}
    for is_first, entry in begin_with(entries, text):
        known = best.get((entry.kind, entry.pk))
        if known is None or is_first > known[0]:
            best[entry.kind, entry.pk] = is_first, entry

    def order(each: tuple[bool, Entry]) -> tuple[bool, int, str]:
        is_first, entry = each
        return not is_first, -counts[entry.kind, entry.pk], entry.own_name

    ordered = sorted(best.values(), key=order)
    return [
        Suggestion(kind, entry.own_name, row_url(kind, entry.slug), counts[kind, entry.pk])
        for kind, most in MOST.items()
        for entry in [entry for _first, entry in ordered if entry.kind == kind][:most]
    ]


def _titles(text: str) -> list[Suggestion]:
    expression = title_beginning(text)
    if expression is None:
        return []
    newest = engine().newest(expression, 0, position_of(timezone.now(), LAST_NUMBER), MOST_TITLES)
    posts = Post.objects.published().filter(pk__in=map(post_of, newest)).newest_first()
    rows = posts.values_list("title", "published_on", "slug")
    return [Suggestion("post", title, post_url(day, slug)) for title, day, slug in rows if day]
