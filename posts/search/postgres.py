"""The index on PostgreSQL: a column of lexemes beside the words of each document, under a GIN index.

The lexemes are written here, not by the server's parser: its idea of a word depends on the locale it was made with.
GIN knows neither places nor weights, and a query that asks for them reads every vector that may fit. So two words in a
row are a lexeme too, and three, each as a short sum of its letters; and so is a word of the title (“^contract”): the
index alone answers for them.
"""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from django.db import connection, transaction

from posts.search.expressions import Expression, Needle

WEIGHTS = "{0.1, 0.0, 0.4, 1.0}"  # of a word in D (body), C (labels), B (names), A (title)
TABLE = "search_searchdocument"
LETTERS = {"title": "A", "names": "B", "labels": "C", "body": "D"}
TITLE = "^"  # begins what stands for words of the title alone
VERIFIED = 1000  # of what a phrase finds; of more, the sums of its words are believed
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


def written(expression: Expression, *, exactly: bool = False) -> str:
    """Return a tsquery; `exactly` reads the vectors of what it finds, to be sure of phrases.

    Each lexeme is quoted: nothing of the reader's text is read as syntax.
    """
    wanted = " & ".join(_one_of(needle, exactly) for needle in expression.wanted)
    unwanted = " | ".join(_one_of(needle, exactly) for needle in expression.unwanted)
    return f"({wanted}) & !({unwanted})" if unwanted else wanted


def _one_of(needle: Needle, exactly: bool) -> str:
    mark = TITLE if needle.columns == ("title",) else ""
    return "(" + " | ".join(_phrase(mark, words, begun, exactly) for words, begun in needle.ways) + ")"


def _phrase(mark: str, words: Sequence[str], begun: bool, exactly: bool) -> str:
    end = ":*" if begun else ""
    if len(words) == 1:
        return _quoted(mark + words[0]) + end
    found = [_quoted(mark + each) for each in _sums(words[:-1] if begun else words)]
    if begun or (exactly and len(words) > 3):
        weight = "*A" if begun else "A"
        inside = [f"{_quoted(word)}:A" if mark else _quoted(word) for word in words[:-1]]
        last = _quoted(words[-1]) + (f":{weight}" if mark else end)
        found.append("(" + " <-> ".join([*inside, last]) + ")")
    return "(" + " & ".join(found) + ")"


def _sums(words: Sequence[str]) -> Iterator[str]:
    """Yield what stands for these words in a row: for each three of them, or for the two there are."""
    length = min(3, len(words))
    return _sums_of(words, length) if length > 1 else iter(words)


def _sums_of(words: Sequence[str], length: int) -> Iterator[str]:
    for start in range(len(words) - length + 1):
        yield _sum_of(" ".join(words[start : start + length]))


@lru_cache(maxsize=100_000)
def _sum_of(words: str) -> str:
    return f"={b64encode(blake2b(words.encode(), digest_size=6).digest()).decode()}"


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


# The index of vectors answers, whatever the planner guesses: reading every vector takes seconds. So that of positions
# is hidden from it, and tables are not read from end to end. The index is read once for all that a page asks of it.
_LOOK = (
    f"SELECT count(*), (array_agg(position ORDER BY position DESC))[1:%s] FROM {TABLE} "
    "WHERE vector @@ %s::tsquery AND position + 0 BETWEEN %s AND %s"
)


def look(expression: Expression, low: int, high: int, most: int) -> tuple[int, list[int]]:
    """Return how many are found within these positions, and the newest of them."""
    is_of_phrases = _has_long_phrases(expression)
    [(count, found)] = _rows_by_index(
        _LOOK, max(most, VERIFIED) if is_of_phrases else most, written(expression), low, high
    )
    found = found or []
    if is_of_phrases and 0 < count <= VERIFIED:
        found = _verified(expression, found)
        count = len(found)
    return count, found[:most]


def newest(expression: Expression, low: int, high: int, most: int) -> list[int]:
    return look(expression, low, high, most)[1]


def _has_long_phrases(expression: Expression) -> bool:
    """Say whether something of more than three words in a row is sought: its threes may stand apart."""
    return any(len(words) > 3 for each in (*expression.wanted, *expression.unwanted) for words, _ in each.ways)


def _verified(expression: Expression, positions: Sequence[int]) -> list[int]:
    sql = f"SELECT position FROM {TABLE} WHERE position = ANY(%s) AND vector @@ %s::tsquery ORDER BY position DESC"
    return [position for (position,) in _rows(sql, list(positions), written(expression, exactly=True))]


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
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _rows_by_index(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL work_mem = '32MB'")
        cursor.execute(sql, values)
        rows = list(cursor.fetchall())
        # The transaction may be a longer one.
        cursor.execute("SET LOCAL enable_seqscan = on; SET LOCAL work_mem = DEFAULT")
        return rows


COLUMNS = ("position", "post_id", "title", "names", "body", "labels")


def write(documents: Sequence[Any]) -> None:
    """Store and index these documents; at once, for a row that is changed stays behind as waste."""
    sql = f"INSERT INTO {TABLE}({', '.join(COLUMNS)}, vector) VALUES ({'%s, ' * len(COLUMNS)}%s::tsvector)"
    with connection.cursor() as cursor:
        cursor.executemany(sql, [(*(getattr(each, name) for name in COLUMNS), vector(each)) for each in documents])


def vector(document: Any) -> str:
    places: dict[str, list[str]] = {}
    at = 1
    for column, letter in LETTERS.items():
        words = getattr(document, column).split()
        if column != "labels":
            sums = [*_sums_of(words, 2), *_sums_of(words, 3)]
            places |= {each: [] for each in sums}
        if column == "title":
            places |= {f"{TITLE}{each}": [] for each in (*words, *sums)}
        for word in words:
            found = places.setdefault(word, [])
            if len(found) < MOST_POSITIONS:
                found.append(f"{min(at, LAST_POSITION)}{letter if letter != 'D' else ''}")
            at += 1
        at += 1  # a phrase does not go on from one column into the next
    return " ".join(_quoted(word) + (f":{','.join(found)}" if found else "") for word, found in places.items())


BREATH = 0.0  # whoever waits for a lock gets it in turn


def waiting(seconds: float) -> AbstractContextManager[None]:
    """Here nobody waits for all who write, only for who writes the index: a slice at a time."""
    return nullcontext()
