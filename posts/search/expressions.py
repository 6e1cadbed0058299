"""What is sought, in words of the index: neither database's own language yet. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from posts.search.queries import Term

TEXT = ("title", "names", "body")


@dataclass(frozen=True)
class Needle:
    """Something to be found in one of these columns, in one of these ways: words in a row, the last perhaps begun."""

    ways: tuple[tuple[tuple[str, ...], bool], ...]
    columns: tuple[str, ...] = TEXT


@dataclass(frozen=True)
class Expression:
    wanted: tuple[Needle, ...]
    unwanted: tuple[Needle, ...] = ()

    def in_titles(self) -> "Expression":
        """The same, its words in the title."""
        return replace(self, wanted=tuple(_in_title(needle) for needle in self.wanted))


def _in_title(needle: Needle) -> Needle:
    return replace(needle, columns=("title",)) if needle.columns == TEXT else needle


def needle(term: Term) -> Needle:
    others = tuple(((*term.words[:-1], other), False) for other in term.instead)
    return Needle(((term.words, term.is_begun), *others))


def labelled(labels: Iterable[str]) -> Needle:
    """Any one of these labels."""
    return Needle(tuple(((each,), False) for each in labels), ("labels",))
