# PLACEHOLDER of branch wt-import: take the file of wt-admin.
"""The account of a run, for people and for programs."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from posts.wordpress.models import Run


def as_json(run: Run) -> dict[str, Any]:
    columns = ("kind", "key", "number", "title", "address", "place", "result", "reasons", "wants_hand")
    outcomes = [dict(zip(columns, row, strict=True)) for row in run.outcomes.values_list(*columns).iterator()]
    return {"files": run.files, "summary": run.summary(), "counts": run.counts, "outcomes": outcomes}


def as_lines(run: Run) -> Iterator[str]:
    for kind, results in run.counts.items():
        yield f"{kind}: " + ", ".join(f"{number:,} {result}" for result, number in results.items())
    codes = Counter(code for reasons in run.outcomes.values_list("reasons", flat=True) for code, _ in reasons)
    for code, number in codes.most_common():
        yield f"{number:,} × {code}"
