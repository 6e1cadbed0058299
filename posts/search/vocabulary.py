"""The words of the newest posts as they are written, and which of them somebody may mean who misspelled one.

The index knows no written words, only stems and pairs. So they are read from the newest posts, now and then: a bounded
look, which sees nearly every word that is used at all. What is proposed of it is looked up anew in the posts as they
are then, so that a word that went from sight is never said.
"""

from __future__ import annotations

import datetime as dt
import re
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from posts.likeness import distance
from posts.models import Post
from posts.rendering import plain_text
from posts.search.words import fold_text, stem

POSTS = 500  # the newest, whose words are known
READ = 3000  # characters of each text
MOST = 12_000  # words, the most frequent
KEPT_FOR = 60 * 60  # seconds
# A word that stands somewhere may be a slip there too, if another is so many times as frequent.
FAR_MORE = 10
# Latin, Greek, Cyrillic, Armenian, Hebrew, Arabic; syllables of Hangul. What is written without spaces has no words.
WRITTEN = re.compile("[a-zß-öø-ɏḀ-ỿͰ-Ͽἀ-῿Ѐ-ԯա-և\u05d0-\u05ea\u0621-\u063a\u0641-\u064a]{4,40}|[가-힣]{2,20}")
TYPED = re.compile(rf"(?<!\w)(?:{WRITTEN.pattern})(?!\w)", re.IGNORECASE)
_PLAIN = re.compile("[a-z]{4,40}")  # the same, ten times as fast


class Word(NamedTuple):
    text: str
    letters: str  # folded, Hangul taken apart
    signs: frozenset[str]  # its letters, each once
    frequency: int  # posts in which it stands
    posts: tuple[int, int]  # the newest and the oldest of them


@dataclass
class Vocabulary:
    by_length: dict[int, list[Word]] = field(default_factory=lambda: defaultdict(list))

    def near(self, typed: str) -> list[Word]:
        """Return the words that are most like this one, the nearest first, of equals the most frequent."""
        letters = letters_of(typed)
        most = slips(letters)
        known = next((word for word in self.by_length.get(len(letters), ()) if word.letters == letters), None)
        least = FAR_MORE * known.frequency if known else 1
        found = [
            (steps, word)
            for word, steps in self._near(letters, most)
            if word.frequency >= least and stem(word.letters) != stem(letters)
        ]
        found.sort(key=lambda each: (each[0], each[1].letters[0] != letters[0], -each[1].frequency, each[1].text))
        # Of the forms of one word the nearest: the others find the same.
        return list({stem(word.letters): word for _steps, word in reversed(found)}.values())[::-1]

    def _near(self, letters: str, most: int) -> Iterable[tuple[Word, int]]:
        signs = frozenset(letters)
        for length in range(len(letters) - most, len(letters) + most + 1):
            for word in self.by_length.get(length, ()):
                # Cheap first: a slip takes one letter away and brings another at the most.
                if most and len(signs ^ word.signs) <= 2 * most:
                    steps = distance(letters, word.letters, most=most)
                    if 0 < steps <= most:
                        yield word, steps


def slips(letters: str) -> int:
    """Return how many letters may be wrong, missing, too many or swapped; of Hangul these are parts of syllables."""
    two_from = 8 if "\u1100" <= letters[:1] <= "\u11ff" else 6
    return (len(letters) >= 4) + (len(letters) >= two_from)


@lru_cache(maxsize=100_000)
def letters_of(word: str) -> str:
    if word.isascii():
        return word.lower()
    return unicodedata.normalize("NFD", word if "가" <= word[0] <= "힣" else fold_text(word))


def vocabulary() -> Vocabulary:
    """Return the words of the newest posts; read anew after each new post, and once an hour."""
    newest = Post.objects.published().newest_first().values_list("pk", "updated_at").first()
    return _read(newest, int(time.time() // KEPT_FOR))


@lru_cache(maxsize=1)
def _read(newest: tuple[int, dt.datetime] | None, hour: int) -> Vocabulary:
    counts: Counter[str] = Counter()
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    rows = Post.objects.published().newest_first().values_list("pk", "notice", "title", "excerpt", "body_html")
    said = [(pk, written_words(*texts)) for pk, notice, *texts in rows[:POSTS] if not notice]
    for pk, words in said:
        counts.update(words)
        last |= dict.fromkeys(words, pk)
    for pk, words in said[::-1]:
        first |= dict.fromkeys(words, pk)
    read = Vocabulary()
    for text, frequency in counts.most_common(MOST):
        letters = letters_of(text)
        word = Word(text, letters, frozenset(letters), frequency, (first[text], last[text]))
        read.by_length[len(letters)].append(word)
    return read


def written_words(title: str, excerpt: str, body_html: str) -> set[str]:
    """Return the words of a post as they are written, in small letters."""
    html = body_html if len(body_html) <= 2 * READ else body_html[: 2 * READ].rpartition("<")[0]
    text = f"{title} {excerpt[:READ]} {plain_text(html)[:READ]}".lower()
    if text.isascii():
        return set(_PLAIN.findall(text))
    return set(WRITTEN.findall(unicodedata.normalize("NFC", text)))


def still_said(words: Collection[Word]) -> set[Word]:
    """Return those of these that still stand in a post that readers see, and under no content notice."""
    ids = {pk for word in words for pk in word.posts}
    posts = Post.objects.published().filter(pk__in=ids, notice="")
    texts = {pk: written_words(*texts) for pk, *texts in posts.values_list("pk", "title", "excerpt", "body_html")}
    return {word for word in words if any(word.text in texts.get(pk, ()) for pk in word.posts)}
