"""Countries, languages and days as readers call them, each in their own language (Unicode's CLDR through Babel)."""

import datetime as dt
from collections.abc import Iterable
from functools import cache

from babel.dates import format_date

from posts.indexes import plain
from sources.naming import fold
from sources.places import country_choices, country_name, language_choices, locale, locale_of

# Names in common use that CLDR does not have.
ALSO_CALLED = {
    "한국": "KR", "korea, south": "KR", "korea, north": "KP", "usa": "US", "uk": "GB", "great britain": "GB",
    "turkey": "TR", "burma": "MM", "ivory coast": "CI", "hong kong": "HK", "macao": "MO", "palestine": "PS",
}  # fmt: skip
WITH_ARTICLE = frozenset("AE BS CD CF CG DO FO GB GM IM KM KY MH MV NL PH PS SB SC TC US VG VI".split())
NAMED_IN = ("en", "ko")


def is_country(code: str) -> bool:
    return code in dict(country_choices())


def is_language(code: str) -> bool:
    return code in dict(language_choices())


def country_in_sentence(code: str) -> str:
    """Return the name as it stands after "in": "the Netherlands", in English."""
    return f"the {country_name(code)}" if locale().language == "en" and code in WITH_ARTICLE else country_name(code)


def in_order_of_names(codes: Iterable[str]) -> list[str]:
    """Sort countries as the alphabet of the page has them: Åland and Côte d’Ivoire not behind the last letter."""
    return sorted(codes, key=lambda code: plain(country_name(code)))


def long_date(day: dt.date) -> str:
    return format_date(day, "long", locale=locale())


def country_called(name: str) -> str:
    """Return the code of the country that has this name in English or in Korean; "" where none has."""
    return _codes().get(fold(name), "")


@cache
def _codes() -> dict[str, str]:
    known = dict(country_choices())
    codes: dict[str, str] = {}
    for language in NAMED_IN:
        for code, name in locale_of(language).territories.items():
            if code in known:
                codes |= {fold(name): code, fold(name.partition(" (")[0]): code}
    return codes | {fold(name): code for name, code in ALSO_CALLED.items()}
