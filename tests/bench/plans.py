"""How the database finds the ids of a page: it should read one index, in order, and nothing else."""

import re
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from posts.listing import PAGE_SIZE, Listing
from tests.bench.pages import commonest_category, commonest_source, commonest_tag, deep, home, month

_SQLITE_INDEX = re.compile(r"(SEARCH|SCAN) \S+ USING (COVERING )?INDEX ")
_POSTGRES_INDEX = re.compile(r"Index (Only )?Scan using ")
# Whatever reads a table otherwise, or reads more and then sorts it.
_POSTGRES_OTHER = re.compile(
    r"\b(Sort|Incremental Sort|Seq Scan|Bitmap \w+ Scan|Hash|Nested Loop|Merge Join|Gather)\b"
)


@dataclass
class Plan:
    name: str
    lines: list[str]
    is_index_in_order: bool


def plans() -> list[Plan]:
    tag = commonest_tag()
    number = deep(tag)
    return [
        _plan("home", home()),
        _plan("tag, page 1", tag),
        _plan(f"tag, page {number}", tag, number),
        _plan("category", commonest_category()),
        _plan("source", commonest_source()),
        _plan("month", month()),
    ]


def _plan(name: str, of: Listing, number: int = 1) -> Plan:
    lines = _explain(of.ids[(number - 1) * PAGE_SIZE : number * PAGE_SIZE])
    if connection.vendor == "postgresql":
        scans = [line for line in lines if _POSTGRES_INDEX.search(line)]
        return Plan(name, lines, len(scans) == 1 and not any(map(_POSTGRES_OTHER.search, lines)))
    return Plan(name, lines, len(lines) == 1 and bool(_SQLITE_INDEX.search(lines[0])))


def _explain(ids: QuerySet) -> list[str]:
    if connection.vendor == "postgresql":
        return ids.explain(analyze=True, costs=False, timing=False, summary=False).splitlines()
    # The first three columns number the steps.
    return [line.split(" ", 3)[3] for line in ids.explain().splitlines()]
