"""Names that may mean the same: pure, and quick for ten thousand of them.

Two names are compared only where something cheap brings them together: the same letters, the same words in another
order or number, or a word that becomes the same by leaving out a letter or two.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import combinations

SIGNS = "spelled alike but for spaces, signs or accents"
PLURAL = "one and several"
ORDER = "the same words in another order"
TYPO = "a letter or two apart"
REASONS = (SIGNS, PLURAL, ORDER, TYPO)

LONGEST_WORD = 40  # in which a slip of the pen is looked for
TYPO_FROM = 5  # letters: shorter words that differ are different words, as Iran and Iraq
CHANGED_FROM = 6  # one letter for another, as in Maria and Marie, says less than one too many
TWO_IN = range(10, 15)  # letters of a word in which two may be wrong; in longer ones looking for them takes too long
# More names than this that differ in the same place are a series, not slips of the pen.
SERIES = 12
COMPARED_MOST = 30_000  # pairs of words: no one reads on where there are more, and it takes a second

_MARKS = re.compile("[\u0300-\u036f]+")
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i"})
_APOSTROPHES = re.compile("['’‘ʼ`´.]")  # they, and the dots of U.S., part no words
_ROMAN = re.compile("[ivxlcdm]+")
# Endings that make another word, and not the same one misspelled: racism and racist, employer and employee.
_MEANING = [("ism", "ist"), ("er", "ee")]
_NOT_PLURAL = {"new", "mean", "good", "mathematic", "economic", "politic", "ethic", "physic"}


@dataclass(frozen=True)
class Alike:
    """Two names by their place in the list that was given, the first before the second, and why."""

    first: int
    second: int
    reason: str


@dataclass(frozen=True)
class Name:
    text: str

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Its words as they are compared: one width, one case, no accents, no punctuation; & is "and"."""
        text = unicodedata.normalize("NFKC", self.text).casefold().translate(_LETTERS)
        text = _APOSTROPHES.sub(_unless_number, without_accents(text).replace("&", " and "))
        return tuple("".join(_letter_or_space(text, place) for place in range(len(text))).split())

    @cached_property
    def squeezed(self) -> str:
        return "".join(self.words)

    @cached_property
    def numbers(self) -> list[str]:
        """Its numbers in order, Roman ones too: names in which they differ are never alike."""
        return [part for word in self.words for part in _numbers_of(word)]


def without_accents(text: str) -> str:
    """Take the marks from letters of alphabets that are read without them; in others they are letters themselves."""
    if text.isascii():
        return text
    kept, base = [], ""
    for sign in unicodedata.normalize("NFD", text):
        if _MARKS.match(sign) and (base.isascii() or "\u0370" <= base < "\u0400"):
            continue
        if not unicodedata.combining(sign):
            base = sign
        kept.append(sign)
    return unicodedata.normalize("NFC", "".join(kept))


def _unless_number(match: re.Match[str]) -> str:
    """A dot within a number is no dot of an abbreviation."""
    text, place = match.string, match.start()
    return " " if text[max(place - 1, 0) : place].isdigit() and text[place + 1 : place + 2].isdigit() else ""


def _letter_or_space(text: str, place: int) -> str:
    sign = text[place]
    if sign == "#":  # a hash before a word is only a sign; after a letter it is C#
        return sign if place and text[place - 1].isalnum() else " "
    return " " if _parts_words(sign) else sign


@cache
def _parts_words(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "PZC"


def _numbers_of(word: str) -> list[str]:
    if len(word) <= 4 and _ROMAN.fullmatch(word):
        return [word]
    return re.findall(r"\d+", word)


# --- Why two names are alike


def why_alike(one: Name, other: Name) -> str:
    """Return one of REASONS, or "" where nothing says that these are the same."""
    if not one.words or not other.words or one.numbers != other.numbers:
        return ""
    if one.squeezed == other.squeezed:
        return SIGNS
    if is_plural(one.squeezed, other.squeezed) or _differ_by(one.words, other.words, is_plural):
        return PLURAL
    if sorted(one.words) == sorted(other.words):
        return ORDER
    if _differ_by(one.words, other.words, is_typo, most=1):
        return TYPO
    return ""


def _differ_by(
    one: Sequence[str], other: Sequence[str], is_alike: Callable[[str, str], bool], most: int = 100
) -> bool:
    """Say whether the words are the same one by one, or alike in that way, and at most so many of them."""
    if len(one) != len(other):
        return False
    pairs = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    return 0 < len(pairs) <= most and all(is_alike(a, b) for a, b in pairs)


def is_plural(one: str, other: str) -> bool:
    """Say whether one word is the other in the plural, as English makes it."""
    short, long = sorted([one, other], key=lambda word: (len(word), word))
    if {short[-3:], long[-3:]} == {"man", "men"}:
        return short[:-3] == long[:-3] and len(short) != 4  # an Oman is no Omen
    if len(short) < 3 or short in _NOT_PLURAL or any(sign.isdigit() for sign in short[-1:]):
        return False
    if long.endswith("ies"):
        return long[:-3] + "y" == short or long[:-1] == short
    if long == short + "es":
        return short.endswith(("s", "x", "z", "ch", "sh", "o"))
    return (long == short + "s" and not short.endswith("s")) or (short, long) == ("child", "children")


def is_typo(one: str, other: str) -> bool:
    """Say whether one word looks like the other misspelled: a letter too many, too few, wrong, or two swapped."""
    short, long = sorted([one, other], key=len)
    if len(short) < TYPO_FROM or short[0] != long[0] or not _is_written(short) or not _is_written(long):
        return False
    if any(_end_as(one, other, *endings) or _end_as(other, one, *endings) for endings in _MEANING):
        return False
    steps = distance(short, long, most=2)
    if steps == 1:
        is_changed = len(short) == len(long) and sorted(short) != sorted(long)
        return not is_changed or len(long) >= CHANGED_FROM
    return steps == 2 and len(long) in TWO_IN and short[:2] == long[:2]


def _is_written(word: str) -> bool:
    """Numbers are not misspelled, they are others."""
    return not any(map(str.isdigit, word)) and not _ROMAN.fullmatch(word)


def _end_as(one: str, other: str, ending: str, other_ending: str) -> bool:
    return one.removesuffix(ending) == other.removesuffix(other_ending) and one != other and one.endswith(ending)


def distance(one: str, other: str, most: int) -> int:
    """Return how many letters must be added, dropped, changed or swapped with the next; beyond `most`, `most` + 1."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    one, other = _without_common(one, other)
    one, other = _without_common(one[::-1], other[::-1])
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            steps = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if earlier and j > 1 and a == other[j - 2] and one[i - 2] == b:
                steps = min(steps, earlier[j - 2] + 1)
            row.append(steps)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def _without_common(one: str, other: str) -> tuple[str, str]:
    """Return both without what they have in common at the start."""
    same = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return one[same:], other[same:]


# --- Which of many


@lru_cache(maxsize=2)
def look_alikes(texts: tuple[str, ...]) -> tuple[Alike, ...]:
    """Return the pairs of these names that may mean the same, the surest first."""
    names = [Name(text) for text in texts]
    found: dict[tuple[int, int], str] = {}
    for pair in _candidates(names):
        if pair not in found:
            reason = why_alike(names[pair[0]], names[pair[1]])
            if reason:
                found[pair] = reason
    ranked = sorted(found.items(), key=lambda item: (REASONS.index(item[1]), item[0]))
    return tuple(Alike(*pair, reason) for pair, reason in ranked)


def _candidates(names: Sequence[Name]) -> Iterator[tuple[int, int]]:
    # What is written with the same letters is alike however many there are; each is paired with the first of them.
    for group in _grouped((name.squeezed, place) for place, name in enumerate(names)):
        yield from _pairs(group)
    for group in _grouped((stem(name.squeezed), place) for place, name in enumerate(names)):
        yield from _pairs(group)
    for group in _grouped((tuple(sorted(map(stem, name.words))), place) for place, name in enumerate(names)):
        yield from _pairs(group)
    yield from _misspelled(names)


def _grouped(keyed: Iterable[tuple[Hashable, int]]) -> Iterator[list[int]]:
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for key, place in keyed:
        if key:
            groups[key].append(place)
    return (group for group in groups.values() if len(group) > 1)


def _pairs(group: list[int]) -> Iterator[tuple[int, int]]:
    if len(group) <= SERIES:
        return combinations(group, 2)
    return ((group[0], place) for place in group[1:])


def stem(word: str) -> str:
    """Return what a word and its plural have in common, and perhaps some other words too."""
    if word.endswith(("man", "men")):
        return word[:-3] + "m"
    if word == "children":
        return "child"
    return re.sub("(ies|ie|es|e|s|y)$", "", word) or word


def _misspelled(names: Sequence[Name]) -> Iterator[tuple[int, int]]:
    """Yield names of which one has a word that may be a word of the other misspelled, at the same place."""
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, name in enumerate(names):
        places[name.words].append(place)
    similar = _similar_words({word for words in places for word in words})
    for words, here in places.items():
        for position, word in enumerate(words):
            for twin in similar.get(word, ()):
                there = places.get((*words[:position], twin, *words[position + 1 :]))
                if there:
                    yield (min(here[0], there[0]), max(here[0], there[0]))


def _similar_words(words: set[str]) -> dict[str, set[str]]:
    """Return for each word those that look like it misspelled."""
    similar: dict[str, set[str]] = defaultdict(set)
    for one, other in _near_words(words):
        if is_typo(one, other):
            similar[one].add(other)
            similar[other].add(one)
    return similar


def _near_words(words: set[str]) -> set[tuple[str, str]]:
    """Return pairs of words that become the same by leaving letters out."""
    buckets: dict[str, list[str]] = defaultdict(list)
    for word in sorted(words):
        if TYPO_FROM <= len(word) <= LONGEST_WORD and _is_written(word):
            for shortened in _shortened(word):
                buckets[shortened].append(word)
    near: set[tuple[str, str]] = set()
    for bucket in buckets.values():
        if 1 < len(bucket) <= SERIES and len(near) < COMPARED_MOST:
            near.update(combinations(bucket, 2))
    return near


def _shortened(word: str) -> set[str]:
    """Return the word with none, one or, where it is long, two letters left out."""
    once = {word[:i] + word[i + 1 :] for i in range(1, len(word))}
    if len(word) not in TWO_IN:
        return {word, *once}
    twice = {word[:i] + word[i + 1 : j] + word[j + 1 :] for i, j in combinations(range(2, len(word)), 2)}
    return {word, *once, *twice}
