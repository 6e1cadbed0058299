"""Collects the words that readers see into locale/<language>/LC_MESSAGES/django.po, and compiles them.

`make messages` runs it. Words that are new come in without a translation, those that nothing says any longer go; a
translation that is there stays. The same words give the same bytes, whoever runs it and when.
"""

import datetime as dt
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ["ko"]
CODE, TEMPLATES = ["htwatch", "posts", "sources"], "templates"
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "pgettext_lazy": ((1, "c"), 2),
    "ngettext_lazy": (1, 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
LAID_DOWN = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)  # no date that changes with each run

Word = tuple[str | None, str | tuple[str, ...]]  # context, and the word or its singular and plural


def words_of_code() -> Iterator[Word]:
    for folder in CODE:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield from _read(path.read_bytes())


def words_of_templates() -> Iterator[Word]:
    for path in sorted(path for path in (ROOT / TEMPLATES).rglob("*.*") if path.suffix in (".html", ".txt", ".xml")):
        yield from words_of_template(path.read_text(encoding="utf-8"), path.name)


def words_of_template(text: str, name: str = "") -> Iterator[Word]:
    # What is not ours to translate becomes X's; without indents and brackets they can be read as Python.
    lines = (line.strip() for line in templatize(text, origin=name).splitlines())
    yield from _read("\n".join(lines).encode())


def _read(source: bytes) -> Iterator[Word]:
    for _line, word, _comments, context in extract("python", BytesIO(source), KEYWORDS, options={"encoding": "utf-8"}):
        yield context, tuple(word) if isinstance(word, list | tuple) else word


def new_catalog(language: str) -> Catalog:
    return Catalog(
        language, project="htwatch", version="1", msgid_bugs_address="-", last_translator="-", charset="utf-8",
        creation_date=LAID_DOWN, revision_date=LAID_DOWN, fuzzy=False,
        header_comment="# What readers see, in their language. `make messages` collects the words and compiles them.",
    )  # fmt: skip


def collected(language: str, words: list[Word], known: Catalog) -> Catalog:
    """Return the catalog of all words, with the translations that are known."""
    catalog = new_catalog(language)
    for context, word in words:
        singular = word if isinstance(word, str) else word[0]
        there, before = catalog.get(singular, context), known.get(singular, context)
        # Said alone at one place and counted at another, it is one entry: that with a plural.
        if there and (isinstance(word, str) or not isinstance(there.id, str)):
            continue
        if there:
            catalog.delete(singular, context)
        catalog.add(word, _as_asked(before.string if before else "", word, catalog), context=context)
    return catalog


def _as_asked(string: str | tuple[str, ...], word: str | tuple[str, ...], catalog: Catalog) -> str | tuple[str, ...]:
    first = string if isinstance(string, str) else next(iter(string), "")
    if isinstance(word, str):
        return first
    return string if not isinstance(string, str) else (first,) * catalog.num_plurals


def po_path(language: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    path = po_path(language)
    if not path.exists():
        return new_catalog(language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def written(catalog: Catalog) -> bytes:
    file = BytesIO()
    write_po(file, catalog, width=0, no_location=True, sort_output=True, ignore_obsolete=True)
    return file.getvalue()


def compiled(po: bytes, language: str) -> bytes:
    file = BytesIO()
    write_mo(file, read_po(BytesIO(po), locale=language))
    return file.getvalue()


def main() -> None:
    words = [*words_of_code(), *words_of_templates()]
    for language in LANGUAGES:
        catalog = collected(language, words, read(language))
        path, po = po_path(language), written(catalog)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(po)
        path.with_suffix(".mo").write_bytes(compiled(po, language))
        untranslated = sum(not any(message.string) for message in catalog if message.id)
        sys.stdout.write(f"{language}: {len(catalog):,} words, {untranslated:,} of them without a translation.\n")


if __name__ == "__main__":
    main()
