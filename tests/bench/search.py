"""The search over many posts: whole pages of results with their facets, by the words that cost the most."""

import gc
import sys
import time
from dataclasses import dataclass, field
from statistics import median
from urllib.parse import urlencode

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connection

from tests.bench.timing import WARM_UPS, ask

LIMIT = 0.1  # seconds, at the median
ROUNDS = 20

QUERIES = {
    "common word": "the",
    "two words": "unpaid wages",
    "phrase": '"withheld passports"',
    "long phrase": '"conditions on fishing vessels"',
    "prefix": "traff*",
    "Korean": "노동자",
    "Korean, one syllable": "돈",
    "Arabic": "الحكومة",
    "without a word": "wages -passports",
    "a tag": "tag:north-korea",
    "words in a tag and years": "wages tag:north-korea from:2015 to:2016",
    "misspelled": "humna trafficking",
}


@dataclass
class Cost:
    name: str
    url: str
    times: list[float] = field(default_factory=list)  # seconds, one a round

    @property
    def median(self) -> float:
        return median(self.times)

    @property
    def ratio(self) -> float:
        return self.median / LIMIT


def costs() -> list[Cost]:
    """Index all posts, and measure pages of results in turn."""
    call_command("reindex", stdout=sys.stderr)
    if connection.vendor == "postgresql":
        # What autovacuum does within a minute or two.
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE search_searchdocument")
    site = get_wsgi_application()
    measured = [Cost(name, f"/search/?{urlencode({'q': query})}") for name, query in QUERIES.items()]
    measured += [
        Cost("common word, newest first", "/search/?q=the&sort=date"),
        Cost("suggestions", "/search/suggest/?q=tra"),
    ]
    for one in measured:
        for _ in range(WARM_UPS):
            ask(site, one.url)
    gc.collect()
    for _ in range(ROUNDS):
        for one in measured:
            begin = time.perf_counter()
            ask(site, one.url)
            one.times.append(time.perf_counter() - begin)
    return measured


def report(size: int, measured: list[Cost]) -> tuple[str, bool]:
    """Return the lines, and whether every median is within the limit."""
    lines = [
        f"Search over {size:,} posts: each page with its facets, at most {1000 * LIMIT:.0f} ms at the median",
        f"{'':6}{'search':<28}{'ms':>8}{'ms / limit':>12}",
    ]
    for one in measured:
        mark = "ok" if one.ratio <= 1 else "over"
        lines.append(f"{mark:<6}{one.name:<28}{1000 * one.median:>8.1f}{one.ratio:>12.2f}")
    return "\n".join(lines), all(one.ratio <= 1 for one in measured)
