"""Countries and languages by their codes (ISO 3166-1 alpha-2, BCP 47), named by Unicode's CLDR through Babel."""

from functools import cache

from babel import Locale, UnknownLocaleError
from django.utils.translation import get_language

# The languages that a desk is likely to read; a choice of 600 helps nobody.
LANGUAGE_CODES = (
    "am ar az bg bn bs ca cs cy da de el en es et eu fa fi fil fr ga gl gu ha he hi hr hu hy id ig is it ja ka kk km "
    "kn ko ku ky lo lt lv mg mk ml mn mr ms mt my nb ne nl nn or pa pl ps pt ro ru rw sd si sk sl sn so sq sr sv sw "
    "ta te tg th ti tk tl tr tt ug uk ur uz vi wo xh yo zh zu"
).split()

# What CLDR names beside them: unions, the islands of a map without others, and what only tests are written in.
NO_COUNTRIES = set("EU EZ QO UN XA XB ZZ".split())


@cache
def country_choices() -> list[tuple[str, str]]:
    territories: dict[str, str] = dict(Locale("en").territories)
    codes = [code for code in territories if len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES]
    return sorted(((code, territories[code]) for code in codes), key=lambda pair: pair[1])


@cache
def language_choices() -> list[tuple[str, str]]:
    languages: dict[str, str] = dict(Locale("en").languages)
    return sorted(((code, languages[code]) for code in LANGUAGE_CODES if code in languages), key=lambda pair: pair[1])


def country_name(code: str) -> str:
    """Return what a country is called in the language of the page."""
    return locale().territories.get(code, code)


def language_name(code: str) -> str:
    return locale().languages.get(code, code)


def own_language_name(code: str) -> str:
    """Return a language's name in itself: who needs it may read no other."""
    return locale_of(code).languages.get(code, code)


def locale() -> Locale:
    """Return what Unicode knows of the language in which the page speaks."""
    return locale_of(get_language() or "en")


@cache
def locale_of(code: str) -> Locale:
    try:
        return Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")
