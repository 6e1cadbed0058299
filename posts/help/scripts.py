"""In which language a few words are written, as far as their script and the languages spoken say. Pure."""

import unicodedata
from collections.abc import Sequence

# The first word of a letter's Unicode name, and which of our languages are written so, the likeliest first.
WRITTEN = {
    "HANGUL": "ko", "HIRAGANA": "ja", "KATAKANA": "ja", "CJK": "zh ja ko", "ARABIC": "ar fa ur ps ug sd ku",
    "HEBREW": "he", "CYRILLIC": "ru uk bg sr mk kk ky mn bs", "GREEK": "el", "THAI": "th", "LAO": "lo", "KHMER": "km",
    "MYANMAR": "my", "DEVANAGARI": "hi ne mr", "BENGALI": "bn", "GURMUKHI": "pa", "GUJARATI": "gu", "ORIYA": "or",
    "TAMIL": "ta", "TELUGU": "te", "KANNADA": "kn", "MALAYALAM": "ml", "SINHALA": "si", "GEORGIAN": "ka",
    "ARMENIAN": "hy", "ETHIOPIC": "am ti", "TIBETAN": "bo",
}  # fmt: skip
_OTHERS = frozenset(code for codes in WRITTEN.values() for code in codes.split()) - {"bs", "ku", "sr"}


def language_of(text: str, spoken: Sequence[str], own: str) -> str:
    """Return the language that words are most likely in; `own` is the site's, in which its editors write."""
    script = next((name for letter in text if (name := _script(letter)) in WRITTEN), "")
    if script:
        likely = WRITTEN[script].split()
        return next((code for code in likely if code in spoken), likely[0])
    if not spoken or own in spoken:
        return own
    return next((code for code in spoken if code not in _OTHERS), own)


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0] if letter.isalpha() else ""
