"""The index on SQLite: FTS5 beside the table of documents, kept like it by triggers."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection

from posts.search.expressions import Expression, Needle

WEIGHTS = "10.0, 4.0, 1.0, 0.0"  # of a word in title, names, body, labels
TABLE, DOCUMENTS = "search_index", "search_searchdocument"
_COLUMNS = "title, names, body, labels"
_NEW = "new.position, new.title, new.names, new.body, new.labels"
_OLD = "'delete', old.position, old.title, old.names, old.body, old.labels"

INSTALL = [
    f"CREATE VIRTUAL TABLE {TABLE} USING fts5({_COLUMNS}, content='{DOCUMENTS}', content_rowid='position', "
    "tokenize=\"unicode61 remove_diacritics 0 categories 'L* N* M* Co' tokenchars '_'\", prefix='2 3')",
    f"CREATE TRIGGER search_document_in AFTER INSERT ON {DOCUMENTS} BEGIN "
    f"INSERT INTO {TABLE}(rowid, {_COLUMNS}) VALUES ({_NEW}); END",
    f"CREATE TRIGGER search_document_out AFTER DELETE ON {DOCUMENTS} BEGIN "
    f"INSERT INTO {TABLE}({TABLE}, rowid, {_COLUMNS}) VALUES ({_OLD}); END",
    f"CREATE TRIGGER search_document_changed AFTER UPDATE ON {DOCUMENTS} BEGIN "
    f"INSERT INTO {TABLE}({TABLE}, rowid, {_COLUMNS}) VALUES ({_OLD}); "
    f"INSERT INTO {TABLE}(rowid, {_COLUMNS}) VALUES ({_NEW}); END",
]
REMOVE = [
    *(f"DROP TRIGGER IF EXISTS search_document_{name}" for name in ("in", "out", "changed")),
    f"DROP TABLE IF EXISTS {TABLE}",
]


def touch_trigger(name: str, table: str, event: str, row: str) -> str:
    return (
        f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN INSERT INTO search_touched(post_id) VALUES ({row}); END"
    )


def drop_touch_trigger(name: str, table: str) -> str:
    return f"DROP TRIGGER IF EXISTS {name}"


def written(expression: Expression) -> str:
    """Return what FTS5's MATCH takes. Each word is quoted: nothing of the reader's text is read as syntax."""
    wanted = " AND ".join(_one_of(needle) for needle in expression.wanted)
    unwanted = " OR ".join(_one_of(needle) for needle in expression.unwanted)
    return f"({wanted}) NOT ({unwanted})" if unwanted else wanted


def _one_of(needle: Needle) -> str:
    return "(" + " OR ".join(_phrase(needle.columns, words, begun) for words, begun in needle.ways) + ")"


def _phrase(columns: Sequence[str], words: Sequence[str], begun: bool) -> str:
    quoted = " + ".join('"' + word.replace('"', '""') + '"' for word in words)
    return f"{{{' '.join(columns)}}} : {quoted}{' *' if begun else ''}"


_WITHIN = f"FROM {TABLE} WHERE {TABLE} MATCH %s AND rowid BETWEEN %s AND %s"


def look(expression: Expression, low: int, high: int, most: int) -> tuple[int, list[int]]:
    """Return how many are found within these positions, and the newest of them."""
    found = newest(expression, low, high, most)
    if len(found) < most:
        return len(found), found
    [(count,)] = _rows(f"SELECT count(*) {_WITHIN}", written(expression), low, high)
    return count, found


def newest(expression: Expression, low: int, high: int, most: int) -> list[int]:
    sql = f"SELECT rowid {_WITHIN} ORDER BY rowid DESC LIMIT %s"
    return [position for (position,) in _rows(sql, written(expression), low, high, most)]


def best(expression: Expression, positions: Sequence[int]) -> list[int]:
    """Return these, all that is found from the first to the last, the best first; of equals the newest."""
    if not positions:
        return []
    sql = f"SELECT rowid {_WITHIN} ORDER BY bm25({TABLE}, {WEIGHTS}), rowid DESC"
    return [position for (position,) in _rows(sql, written(expression), positions[-1], positions[0])]


def labels_of(positions: Sequence[int]) -> list[str]:
    sql = f"SELECT labels FROM {DOCUMENTS} WHERE position IN (SELECT value FROM json_each(%s))"
    return [labels for (labels,) in _rows(sql, json.dumps(list(positions)))]


def _rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def write(documents: Sequence[Any]) -> None:
    """Store these documents; the triggers index them."""
    apps.get_model("search", "SearchDocument").objects.bulk_create(documents)


# Seconds of a rebuild between slices: who waits to write looks that often whether the database is free.
BREATH = 0.1


@contextmanager
def waiting(seconds: float) -> Iterator[None]:
    """Wait no longer than that for whoever writes; others wait as settings say."""
    [(usual,)] = _rows("PRAGMA busy_timeout")
    _rows(f"PRAGMA busy_timeout = {round(1000 * seconds)}")
    try:
        yield
    finally:
        _rows(f"PRAGMA busy_timeout = {usual}")
