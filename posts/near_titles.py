"""When two titles are most likely meant to be one. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

# Accents, and the vowel points of Arabic and Hebrew: written or left out as one likes. Marks of other scripts are
# letters like any other.
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u200b-\u200f\u2060\ufeff]")
_SILENT = str.maketrans("", "", "'’‘ʼ`´.")  # “don’t”, “U.S.”
_THOUSANDS = re.compile(r"(?<=\d),(?=\d)")
# In scripts that part no words, each sign is one.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W_\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
_MARKS = re.compile("[\u0900-\u0dff\u0e00-\u109f\u1780-\u17ff]")  # in these scripts vowels are marks, which are no \w
_INDIC_WORD = re.compile(r"[\w\u0900-\u0dff\u0e00-\u109f\u1780-\u17ff]+")
_DIGITS = re.compile(r"\d+")
_FOREIGN_DIGIT = re.compile(r"[^\D0-9]")
_COUNTING = re.compile(r"[b-z]|[ivx]{2,}")  # “Part B”, “Part II”
ARTICLES = frozenset({"a", "an", "the"})


@dataclass(frozen=True)
class Words:
    """The words of a title as they are compared, and the numbers in it."""

    words: tuple[str, ...]
    numbers: tuple[str, ...]

    @classmethod
    def of(cls, title: str) -> Words:
        return cls.in_plain(plain(title))

    @classmethod
    def in_plain(cls, text: str) -> Words:
        finder = _WORD if text.isascii() or not _MARKS.search(text) else _INDIC_WORD
        found = finder.findall(_THOUSANDS.sub("", text) if "," in text else text)
        words = [word for word in found if word not in ARTICLES] or found
        return cls(tuple(sorted(words)), tuple(sorted(_numbers(words))))

    def are_found_near(self, titles: Iterable[tuple[int, str]]) -> list[int]:
        """Return the keys of those titles that are near-equal; of most of them one look is enough to tell."""
        most = _most_changed(len(self.words) + 1)
        letters = sorted((word for word in self.words if word.isalpha()), key=len, reverse=True)
        # Of so many words at least one stands unchanged in whatever is near.
        probes = letters[: most + 1] if len(letters) > most else [""]
        spaces = 2 * len(self.words) + 6
        near = []
        for key, title in titles:
            text = plain(title)
            is_likely = any(probe in text for probe in probes) and text.count(" ") <= spaces
            if is_likely and are_near(self, Words.in_plain(text)):
                near.append(key)
        return near


def plain(title: str) -> str:
    """Return a title without what is nothing when titles are compared but the signs between its words."""
    text = title.casefold().translate(_SILENT)
    if text.isascii():
        return text
    text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text).casefold()).translate(_SILENT)
    return _FOREIGN_DIGIT.sub(lambda digit: str(int(digit[0])), text)


def _numbers(words: list[str]) -> Iterable[str]:
    for word in words:
        if word.isascii() and word.isalpha():
            if _COUNTING.fullmatch(word):
                yield word
        else:
            for run in _DIGITS.findall(word):
                yield str(int(run))


def are_near(one: Words, other: Words) -> bool:
    """Say whether two titles are most likely meant to be one: numbers alike, and hardly a word different.

    In up to three words one may be mistyped; four may have one more; in longer ones a word may differ, from eight on
    two. Order, case, punctuation and accents are nothing. Symmetric; true of a title and itself.
    """
    if not one.words or not other.words or one.numbers != other.numbers:
        return False
    if one.words == other.words:
        return True
    number = max(len(one.words), len(other.words))
    most = _most_changed(number)
    if abs(len(one.words) - len(other.words)) > most:
        return False
    left, right = Counter(one.words), Counter(other.words)
    mine, theirs = list((left - right).elements()), list((right - left).elements())
    changed = max(len(mine), len(theirs))
    if changed > most:
        return False
    return changed - _mistyped(mine, theirs) <= _may_differ(number, is_more=not mine or not theirs)


def _most_changed(number: int) -> int:
    return 2 if number >= 8 else 1


def _may_differ(number: int, *, is_more: bool) -> int:
    if number >= 8:
        return 2
    return int(number >= 5 or (number == 4 and is_more))


def _mistyped(mine: list[str], theirs: list[str]) -> int:
    """Return how many of at most two words on either side are the same but for a slip of the finger."""
    pairs = [[_is_slip(word, other) for other in theirs] for word in mine]
    if len(mine) == len(theirs) == 2 and ((pairs[0][0] and pairs[1][1]) or (pairs[0][1] and pairs[1][0])):
        return 2
    return int(any(map(any, pairs)))


def _is_slip(word: str, other: str) -> bool:
    """Say whether a letter is missing, too many, wrong or swapped; in long words two."""
    short = min(len(word), len(other))
    if short < 5 or word[0] != other[0] or any(sign.isdigit() for sign in word):
        return False
    most = 2 if short >= 9 else 1
    if abs(len(word) - len(other)) > most:
        return False
    return _edits(word[:60], other[:60]) <= most and word[60:] == other[60:]


def _edits(a: str, b: str) -> int:
    """Return the number of letters to put in, take out, change or swap (Damerau)."""
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, sign in enumerate(a, 1):
        row = [i]
        for j, other in enumerate(b, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (sign != other))
            if i > 1 and j > 1 and sign == b[j - 2] and a[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]
