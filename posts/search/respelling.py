"""A query with its misspelled words put right, by the names that there are and by the words of the posts."""

from __future__ import annotations

from collections.abc import Iterator

from posts.search.names import Names
from posts.search.queries import Query
from posts.search.vocabulary import TYPED, Vocabulary, still_said, vocabulary

MOST_WORDS = 6  # of a query that are looked at
MOST = 3  # words that may be meant by one


def respelled(query: Query, known: Names) -> Iterator[str]:
    """Yield the query with all its misspelled words put right, then with one of them."""
    better = _better_words(query, known)
    if len(better) > 1:
        text = query.text
        # From the end, so that the places before stay where they are.
        for place, words in better[::-1]:
            text = f"{text[: place.start]}{words[0]}{text[place.stop :]}"
        yield text
    for place, words in better:
        yield from (query.with_instead(place, word) for word in words[: MOST if len(better) == 1 else 1])


def _better_words(query: Query, known: Names) -> list[tuple[slice, list[str]]]:
    """Return the places of words that may be misspelled, and what may be meant, by the names and the posts."""
    places = [place for place in _places_of_words(query) if not known.are_called(query.text[place])]
    written = vocabulary() if places else Vocabulary()
    near = [(place, known.near(query.text[place])[:1], written.near(query.text[place])[:MOST]) for place in places]
    said = still_said([word for _place, _names, words in near for word in words])
    better: list[tuple[slice, list[str]]] = []
    for place, names, words in near:
        found = [*(entry.name for entry in names), *(word.text for word in words if word in said)]
        if found:
            better.append((place, list(dict.fromkeys(found))))
    return better


def _places_of_words(query: Query) -> list[slice]:
    """Return where the whole words stand, those of phrases too."""
    found = (
        slice(word.place.start + match.start(), word.place.start + match.end())
        for word in query.words
        for match in TYPED.finditer(query.text[word.place])
    )
    return [place for place in found if not query.text.startswith("*", place.stop)][:MOST_WORDS]
