"""The pages that editors write. `/about/ko/` is `/about/` in Korean, and so with each language of the site."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.contrib.flatpages.models import FlatPage
from django.db.models import QuerySet

from posts.scripts import language_for
from posts.speaking import page_language
from sources.places import own_language_name


@dataclass(frozen=True)
class Version:
    """A page in one of its languages."""

    url: str
    language: str
    name: str  # of the language, in itself


def texts_of(url: str) -> dict[str, FlatPage]:
    """Return by their languages the texts that readers may see of the page at an address, the one without code first.

    That one is in the language of the site unless its letters tell another; where they tell none, it stands under "".
    """
    base, _ = _parted(url)
    wanted = [base, *_versions_of(base)]
    pages = sorted(_of_readers().filter(url__in=wanted), key=lambda page: wanted.index(page.url))
    return {language_of_page(page): page for page in pages}


def language_for_reader(texts: dict[str, FlatPage], wanted: str = "") -> str:
    """Return the wanted language, or that of the page that is made, if a text is in it; else that of the first."""
    wanted = wanted or page_language()
    return wanted if wanted in texts else next(iter(texts), "")


def language_of_page(page: FlatPage) -> str:
    """Return the language that its address says, or else that its letters allow; "" where we do not know it."""
    _, code = _parted(page.url)
    return code or language_for(f"{page.title} {page.content}", settings.LANGUAGE_CODE)


def other_versions(page: FlatPage) -> list[Version]:
    """Return in which other languages readers find this page."""
    others = {code: text.url for code, text in texts_of(page.url).items() if code and text.url != page.url}
    return [Version(url, code, own_language_name(code)) for code, url in others.items()]


def pages_for_reader() -> Iterator[tuple[str, str, str]]:
    """Yield each page once: its address, and the address and the title that it has in the language of the reader."""
    titles: dict[str, str] = dict(_of_readers().order_by("url").values_list("url", "title"))
    # One without a text at its own address has its versions alone.
    for base in dict.fromkeys(_parted(url)[0] for url in titles):
        versions = [url for url in (base, *_versions_of(base)) if url in titles]
        own = f"{base}{page_language()}/"
        shown = own if own in versions else versions[0]
        yield base, shown, titles[shown]


def addresses_for_readers() -> list[str]:
    return list(_of_readers().order_by("url").values_list("url", flat=True))


def _of_readers() -> QuerySet[FlatPage]:
    """Those that anybody may see; one for members alone, as a blog may bring, is not for readers."""
    return FlatPage.objects.filter(sites=settings.SITE_ID, registration_required=False)


def _parted(url: str) -> tuple[str, str]:
    """Return the address of the page of which this one is a version, and in which language; of others "" for that."""
    above, _, code = url.rstrip("/").rpartition("/")
    return (f"{above}/", code) if above and code in _languages() else (url, "")


def _versions_of(base: str) -> list[str]:
    return [f"{base}{code}/" for code in _languages()]


def _languages() -> dict[str, str]:
    return dict(settings.LANGUAGES)
