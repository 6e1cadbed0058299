"""Texts as the words under which they are found, the same for what is searched and for what is searched for. Pure.

Both databases index these words and nothing else, so that both find alike. Accents and case are folded, English words
are reduced to their stem. Chinese, Japanese, Korean, Thai and their like are cut into overlapping pairs, for their
words are written without spaces or with particles behind them: “서울에서” is 서울, 울에, 에서, and 서 alone at its
end.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import snowballstemmer

LONGEST = 60  # characters of a word that count
_english = snowballstemmer.stemmer("english")

# What NFKD does not take apart.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t"}
    # Arabic letters that are written one for another, and the tatweel, which only stretches a word.
    | {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ـ": None}
)
# Accents of Latin, Greek and Cyrillic, Hebrew points, Arabic vowels; not the marks that other scripts need.
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670]")
_ACRONYM = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_APOSTROPHE = re.compile(r"(?<=\w)['’ʼ](?=\w)")
_POSSESSIVE = re.compile(r"(?<=\w)['’ʼ]s\b")
# An article that French and Italian write as one with its word: “l’esclavage”.
_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|[dns]?[aeu]ll|un)['’ʼ](?=\w\w)")
# Vowel signs of the scripts of South and South-East Asia belong to the word though they are no letters.
_WORD = re.compile("(?:[^\\W_]|[\u0900-\u0963\u0966-\u109f\u1780-\u17d3\u200c\u200d])+")
_PAIRED = (
    "\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U000323af"
    # Thai, Lao, Burmese, Khmer, without their digits.
    "\u0e01-\u0e4f\u0e80-\u0ecf\u0edc-\u0edf\u1000-\u103f\u1050-\u108f\u1780-\u17d3"
)
_RUNS = re.compile(f"[{_PAIRED}]+|[^{_PAIRED}]+")
_IS_PAIRED = re.compile(f"[{_PAIRED}]")
# What Korean writes behind a noun as one word with it, the longest first. Of one syllable those of which the letter
# before tells that they are no part of it: after a consonant stand 은, 이, 을 and 과, after a vowel 는, 가, 를 and 와.
_PARTICLES = (
    "으로부터 에서부터 에게서는 에게서 에서는 에서도 에서의 에게는 으로는 으로의 로부터 까지의 이라는 "
    "에서 에게 으로 까지 부터 처럼 보다 에는 에도 와의 과의 라는 한테 께서 마다 조차 마저 "
    "에 의 로 은 이 을 과 는 가 를 와"
).split()
_AFTER_CONSONANTS, _AFTER_VOWELS = set("은이을과"), set("는가를와")
_SHORTEST_NOUN = 2  # syllables
_SYLLABLES, _CONSONANTS_AT_ITS_END = range(0xAC00, 0xD7A4), 28
_JOINERS = re.compile("[\u200c\u200d]")
_ARTICLES = ("وال", "بال", "كال", "فال", "ال", "لل")


def fold_text(text: str) -> str:
    """Return the text in lower case and without accents, its dotted acronyms and apostrophes joined."""
    text = unicodedata.normalize("NFKD", text).casefold()
    text = unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFKD", text))).translate(_PLAIN)
    text = _ACRONYM.sub(lambda found: found[0].replace(".", ""), text)
    return _APOSTROPHE.sub("", _ELISION.sub("", _POSSESSIVE.sub("", text)))


def folded_words(text: str) -> list[str]:
    """Return the words of a text as they are compared."""
    return _WORD.findall(fold_text(text))


def runs(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the folded words of a text, and of each whether it is written in pairs."""
    for word in folded_words(text):
        for run in _RUNS.findall(word):
            yield run, is_in_pairs(run)


def is_in_pairs(run: str) -> bool:
    return bool(_IS_PAIRED.match(run))


def indexed_words(text: str) -> list[str]:
    """Return the words of a text in their order."""
    return [word for run, in_pairs in runs(text) for word in words_of_run(run, in_pairs)]


def words_of_run(run: str, in_pairs: bool) -> list[str]:
    return [*pairs(run), run[-1]] if in_pairs else [word for word in [stem(run)] if word]


def pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]


def without_particle(run: str) -> str:
    """Return a Korean word that somebody seeks without the particle behind it: “서울에서” is 서울.

    What has the word with a particle has it without, so nothing is missed.
    """
    for particle in _PARTICLES:
        noun = run.removesuffix(particle)
        if noun != run and len(noun) >= _SHORTEST_NOUN and _may_follow(particle, noun):
            return noun
    return run


def _may_follow(particle: str, noun: str) -> bool:
    if ord(noun[-1]) not in _SYLLABLES:
        return False
    ends_in_consonant = (ord(noun[-1]) - _SYLLABLES.start) % _CONSONANTS_AT_ITS_END > 0
    return particle not in (_AFTER_VOWELS if ends_in_consonant else _AFTER_CONSONANTS)


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    word = _JOINERS.sub("", word)[:LONGEST]
    if word.isascii():
        return str(_english.stemWord(word)) if len(word) > 2 else word
    return _without_article(word)


def _without_article(word: str) -> str:
    """An Arabic word stands with its article, and with what is written before that, as one."""
    article = next((each for each in _ARTICLES if word.startswith(each) and len(word) - len(each) >= 3), "")
    return word.removeprefix(article)
