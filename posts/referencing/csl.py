"""References as CSL-JSON, https://github.com/citation-style-language/schema. Pure."""

import datetime as dt
import json
from collections.abc import Iterable
from typing import Any

from posts.referencing.references import Reference

TYPES = {"post": "post-weblog", "article": "article-newspaper"}


def written(references: Iterable[Reference]) -> str:
    return json.dumps(list(map(item, references)), ensure_ascii=False, indent=2) + "\n"


def item(reference: Reference) -> dict[str, Any]:
    fields = {
        "id": reference.key,
        "type": TYPES[reference.kind],
        "title": reference.title,
        "container-title": reference.container,
        # Where given and family name part is a guess that nobody asked for.
        "author": [{"literal": reference.author}] if reference.author else [],
        "issued": _date(reference.issued),
        "accessed": _date(reference.accessed),
        "URL": reference.url,
        "language": reference.language,
        "note": reference.note,
    }
    return {name: value for name, value in fields.items() if value}


def _date(day: dt.date | None) -> dict[str, list[list[int]]] | None:
    return {"date-parts": [[day.year, day.month, day.day]]} if day else None
