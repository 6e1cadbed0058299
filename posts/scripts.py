"""In which language and direction a text is, as far as its letters tell. Pure.

A script tells the language where hardly any other is written in it: Hangul is Korean, Thai letters are Thai. Latin,
Arabic, Cyrillic and Devanagari letters tell none; they only say which languages can be meant.
"""

import html
import re
from collections import Counter
from functools import lru_cache

NAME = 100  # letters of the longest that is remembered
# Letters by the language that they tell, or else by their script (in capitals); what is none of these is "".
_RANGES = {
    "ko": "\u1100-\u11ff\u3131-\u318e\ua960-\ua97c\uac00-\ud7a3\ud7b0-\ud7fb\uffa1-\uffdc",
    "ja": "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fd-\u30ff\u31f0-\u31ff\uff66-\uff9d",
    "HAN": "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff",
    "th": "\u0e01-\u0e3a\u0e40-\u0e4e",
    "lo": "\u0e81-\u0ece\u0edc-\u0edf",
    "km": "\u1780-\u17d3\u17d7\u17dc",
    "my": "\u1000-\u103f\u1050-\u108f",
    "he": "\u05b0-\u05f4\ufb1d-\ufb4f",
    "el": "\u0370-\u03e1\u03f0-\u03ff\u1f00-\u1fff",
    "ka": "\u10a0-\u10ff\u1c90-\u1cbf",
    "hy": "\u0531-\u0587\ufb13-\ufb17",
    "ta": "\u0b82-\u0bd7",
    "te": "\u0c00-\u0c63",
    "kn": "\u0c80-\u0ce3",
    "ml": "\u0d00-\u0d63",
    "gu": "\u0a81-\u0ae3",
    "or": "\u0b01-\u0b63",
    "si": "\u0d81-\u0df3",
    "bo": "\u0f00-\u0f1f\u0f39-\u0fbc",
    "ARABIC": "\u0610-\u061a\u0620-\u065f\u066e-\u06d3\u06d5-\u06dc\u06e1-\u06ef\u06fa-\u06ff\u0750-\u077f"
    "\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc",
    "CYRILLIC": "\u0400-\u052f\u1c80-\u1c88\ua640-\ua69f",
    "DEVANAGARI": "\u0900-\u0963\u0971-\u097f\ua8e0-\ua8ff",
    "LATIN": "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0300-\u036f\u1e00-\u1eff\uff21-\uff3a"
    "\uff41-\uff5a",
}
_RUNS = re.compile(
    "|".join(f"(?P<{name}>[{letters}]+)" for name, letters in _RANGES.items()) + r"|(?P<other>[^\W\d_]+)"
)
TOLD = {name for name in _RANGES if name.islower()}
# Languages of a script that tells none: where the page of the original is in one of them, its script can be its.
_WRITTEN_IN = {
    "ARABIC": set("ar fa ps ur ug sd ckb ku ks pnb azb arz".split()),
    "CYRILLIC": set("ru uk be bg sr mk kk ky mn tg uz bs".split()),
    "DEVANAGARI": set("hi mr ne sa mai bho".split()),
    "HAN": {"zh", "yue", "ja"},
}
# What decides the direction of a paragraph: its first letter that has one (Unicode, UAX 9, P2), or a mark for it.
_LEFTWARDS = (
    "\u0590\u05be\u05c0\u05c3\u05c6\u05c8-\u05ff\u0608\u060b\u060d\u061b-\u064a\u066d-\u066f\u0671-\u06d5\u06e5\u06e6"
    "\u06ee\u06ef\u06fa-\u0710\u0712-\u072f\u074d-\u07a5\u07b1-\u07ea\u07f4\u07f5\u07fa-\u0815\u081a\u0824\u0828"
    "\u082e-\u0858\u085c-\u088f\u08a0-\u08c9\u200f\ufb1d\ufb1f-\ufb28\ufb2a-\ufd3d\ufd50-\ufdc7\ufdf0-\ufdfc"
    "\ufe70-\ufefe\U00010800-\U00010a00\U00010a10-\U00010a37\U00010a40-\U00010d23\U00010e80-\U00010ea9"
    "\U00010f00-\U00010f45\U0001e800-\U0001e8cf\U0001e900-\U0001e943\U0001ec70-\U0001eebb"
)
_STRONG = re.compile(f"(?P<rtl>[{_LEFTWARDS}])|(?P<ltr>[^\\W\\d_]|\u200e)")
_IS_LEFTWARDS = re.compile(f"[{_LEFTWARDS}]")

# nh3 writes every tag in one form, `<` and `>` in values escaped: whatever looks like a tag is one.
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)((?: [a-z-]+=\"[^\"]*\")*)>")
_ATTRIBUTE = re.compile(r" ([a-z-]+)=\"([^\"]*)\"")
_BLOCKS = set(
    (
        "blockquote caption dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 li ol p pre summary table "
        "td th ul"
    ).split()
)


def language_of(text: str, likely: str = "") -> str:
    """Return the language that most letters of a text tell, as a BCP 47 tag; "" where they tell none.

    `likely` is the language it is in if its script can be that one's, such as that of the page it was taken from.
    """
    script = _script_of(text)
    if script in TOLD:
        return script
    return likely if likely.lower().partition("-")[0] in _WRITTEN_IN.get(script, ()) else ""


def language_for(text: str, default: str) -> str:
    """Return the language of a text that is in the default one unless its letters tell another.

    A text in letters in which the default is not written is in none that we know: "".
    """
    script = _script_of(text)
    if script in TOLD:
        return script
    return default if script in ("LATIN", "") and default not in TOLD else ""


def direction_of(text: str) -> str:
    """Return "rtl" or "ltr" as the first letter of a text says, and "" where none says it."""
    found = _STRONG.search(text)
    return (found.lastgroup or "") if found else ""


def _script_of(text: str) -> str:
    # The names of tags and outlets are asked about again and again.
    return _script_of_name(text) if len(text) <= NAME else _script(text)


def _script(text: str) -> str:
    """Return what more than half of the letters are, one of `_RANGES` or "other"; "" where there is no such."""
    letters: Counter[str] = Counter()
    for run in _RUNS.finditer(text):
        letters[run.lastgroup or ""] += len(run[0])
    # Japanese and Korean have Chinese characters in them, the former most of a headline.
    if letters["HAN"] <= letters["ja"] * 8:
        letters["ja"] += letters.pop("HAN", 0)
    elif letters["HAN"] <= letters["ko"] * 2:
        letters["ko"] += letters.pop("HAN", 0)
    # Such a sign is a syllable or a word: it stands for several letters.
    for name in ("ja", "ko", "HAN"):
        letters[name] *= 2
    name, number = letters.most_common(1)[0] if letters else ("", 0)
    return name if number * 2 > letters.total() else ""


_script_of_name = lru_cache(maxsize=16_384)(_script)


class _Block:
    """An element of text: where it begins, what it stands in, what it says itself and what its letters say."""

    def __init__(self, place: int, attributes: str, around: "_Block | None") -> None:
        self.place, self.around = place, around
        self.said = dict(_ATTRIBUTE.findall(attributes))
        self.words: list[str] = []  # its own, without those of blocks inside it
        self.direction = ""  # of its first letter, or that of a block inside it
        self.is_rtl, self.language, self.is_ours = False, "", False

    def take(self, text: str) -> None:
        self.words.append(text)
        # Whoever knows its direction stands in blocks that know theirs: each learns it once.
        if not self.direction and (direction := direction_of(text)):
            block: _Block | None = self
            while block and not block.direction:
                block.direction, block = direction, block.around

    def attributes(self, likely: str, *, is_turning: bool) -> str:
        """Return what is to be added to its tag. Blocks are asked from outside in."""
        return (self._dir() if is_turning else "") + self._lang(likely)

    def _dir(self) -> str:
        own = self.said.get("dir", "")
        around = self.around.is_rtl if self.around else None
        told = own if own in ("rtl", "ltr") else self.direction
        self.is_rtl = told == "rtl" if told else bool(around)
        return "" if own or not told or self.is_rtl == around else f' dir="{told}"'

    def _lang(self, likely: str) -> str:
        around = self.around.language if self.around else ""
        self.language, self.is_ours = around, bool(self.around and self.around.is_ours)
        if "lang" in self.said:
            self.language, self.is_ours = self.said["lang"], False
            return ""
        text = "".join(self.words)
        told = language_of(text, likely)
        # Within Korean words of ours, a part in letters that tell nothing is in no language that we know.
        if told == around or not (told or (self.is_ours and around and _script_of(text))):
            return ""
        self.language, self.is_ours = told, True
        return f' lang="{told}"'


def with_languages(rendered: str, likely: str = "") -> str:
    """Return sanitised HTML in which each block says its language and its direction where they are not plain.

    Directions are said where anything is written from right to left: by the outermost blocks, and by those within
    that turn; so that they are right wherever the HTML is shown. What an author says stays. `likely` as above.
    """
    blocks: list[_Block] = []
    inner, end = None, 0
    for tag in _TAG.finditer(rendered):
        if inner and tag.start() > end:
            inner.take(html.unescape(rendered[end : tag.start()]))
        end = tag.end()
        if tag[2] not in _BLOCKS:
            continue
        if tag[1]:
            inner = inner.around if inner else None
        else:
            inner = _Block(tag.end() - 1, tag[3], inner)
            blocks.append(inner)
    is_turning = bool(_IS_LEFTWARDS.search(html.unescape(rendered)))
    parts, end = [], 0
    for block in blocks:
        if added := block.attributes(likely, is_turning=is_turning):
            parts += [rendered[end : block.place], added]
            end = block.place
    return "".join([*parts, rendered[end:]])
