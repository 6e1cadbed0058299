"""The index on PostgreSQL: a column of lexemes beside the words of each document, under a GIN index.

The lexemes are written here, not by the server's parser: its idea of a word depends on the locale it was made with.
GIN knows neither places nor weights, and a query that asks for them reads every vector that may fit. So two words in a
row are a lexeme too (“forg contract”), and so is a word of the title (“^contract”): the index alone answers for them.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from django.db import connection, transaction

from posts.search.expressions import Expression, Needle

WEIGHTS = "{0.1, 0.0, 0.4, 1.0}"  # of a word in D (body), C (labels), B (names), A (title)
TABLE = "search_searchdocument"
LETTERS = {"title": "A", "names": "B", "labels": "C", "body": "D"}
TITLE = "^"  # begins what stands for words of the title alone
LAST_POSITION = 16383  # that a lexeme can have; https://www.postgresql.org/docs/current/textsearch-limitations.html
MOST_POSITIONS = 250  # of one lexeme, likewise

INSTALL = [
    f"ALTER TABLE {TABLE} ADD COLUMN vector tsvector",
    # Out of line: who counts or takes the newest reads the small rows alone.
    f"ALTER TABLE {TABLE} ALTER COLUMN vector SET STORAGE EXTERNAL",
    f"ALTER TABLE {TABLE} SET (toast_tuple_target = 128)",
    f"CREATE INDEX search_vector ON {TABLE} USING gin (vector)",
    "CREATE FUNCTION search_touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "EXECUTE format('INSERT INTO search_touched(post_id) SELECT ($1).%%I', TG_ARGV[0]) "
    "USING CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END; RETURN NULL; END $$",
]
REMOVE = ["DROP FUNCTION IF EXISTS search_touch() CASCADE", f"ALTER TABLE {TABLE} DROP COLUMN IF EXISTS vector"]


def touch_trigger(name: str, table: str, event: str, row: str) -> str:
    column = row.partition(".")[2]
    return f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW EXECUTE FUNCTION search_touch('{column}')"


def drop_touch_trigger(name: str, table: str) -> str:
    return f"DROP TRIGGER IF EXISTS {name} ON {table}"


def written(expression: Expression) -> str:
    """Return a tsquery. Each lexeme is quoted: nothing of the reader's text is read as syntax."""
    wanted = " & ".join(_one_of(needle) for needle in expression.wanted)
    unwanted = " | ".join(_one_of(needle) for needle in expression.unwanted)
    return f"({wanted}) & !({unwanted})" if unwanted else wanted


def _one_of(needle: Needle) -> str:
    mark = TITLE if needle.columns == ("title",) else ""
    return "(" + " | ".join(_phrase(mark, words, begun) for words, begun in needle.ways) + ")"


def _phrase(mark: str, words: Sequence[str], begun: bool) -> str:
    if len(words) == 1:
        return _quoted(mark + words[0]) + (":*" if begun else "")
    found = [_quoted(f"{mark}{pair}") for pair in _pairs(words)]
    if begun:
        found[-1] += ":*"
    if len(words) > 2 and not (mark or begun):
        # The pairs may stand apart; only what has them all is read to be sure.
        found.append("(" + " <-> ".join(_quoted(word) for word in words) + ")")
    return "(" + " & ".join(found) + ")"


def _pairs(words: Sequence[str]) -> Iterator[str]:
    return (" ".join(pair) for pair in pairwise(words))


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


# The index of vectors answers, whatever the planner guesses: reading every vector takes seconds. So that of positions
# is hidden from it, and tables are not read from end to end. The index is read once for all that a page asks of it.
_LOOK = (
    f"WITH found AS MATERIALIZED (SELECT position FROM {TABLE} "
    "WHERE vector @@ %s::tsquery AND position + 0 BETWEEN %s AND %s) "
    "SELECT (SELECT count(*) FROM found), ARRAY(SELECT position FROM found ORDER BY position DESC LIMIT %s)"
)


def look(expression: Expression, low: int, high: int, most: int) -> tuple[int, list[int]]:
    """Return how many are found within these positions, and the newest of them."""
    [(count, found)] = _rows(_LOOK, written(expression), low, high, most)
    return count, found


def newest(expression: Expression, low: int, high: int, most: int) -> list[int]:
    return look(expression, low, high, most)[1]


def best(expression: Expression, positions: Sequence[int]) -> list[int]:
    """Return these, which are found, the best first; of equals the newest."""
    sql = (
        f"SELECT position FROM {TABLE} WHERE position = ANY(%s) "
        "ORDER BY ts_rank(%s::real[], vector, %s::tsquery, 1) DESC, position DESC"
    )
    return [position for (position,) in _rows(sql, list(positions), WEIGHTS, written(expression))]


def labels_of(positions: Sequence[int]) -> list[str]:
    sql = f"SELECT labels FROM {TABLE} WHERE position = ANY(%s)"
    return [labels for (labels,) in _rows(sql, list(positions))]


def _rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(sql, values)
        rows = list(cursor.fetchall())
        cursor.execute("SET LOCAL enable_seqscan = on")
        return rows


def vectors(documents: Sequence[Any]) -> None:
    """Index these documents."""
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {TABLE} SET vector = %s::tsvector WHERE position = %s",
            [(vector(document), document.position) for document in documents],
        )


def vector(document: Any) -> str:
    places: dict[str, list[str]] = {}
    at = 1
    for column, letter in LETTERS.items():
        words = getattr(document, column).split()
        marks = ("", TITLE) if column == "title" else ("",)
        for mark in marks:
            places |= {f"{mark}{pair}": [] for pair in _pairs(words)}
        if column == "title":
            places |= {f"{TITLE}{word}": [] for word in words}
        for word in words:
            found = places.setdefault(word, [])
            if len(found) < MOST_POSITIONS:
                found.append(f"{min(at, LAST_POSITION)}{letter if letter != 'D' else ''}")
            at += 1
        at += 1  # a phrase does not go on from one column into the next
    return " ".join(_quoted(word) + (f":{','.join(found)}" if found else "") for word, found in places.items())
