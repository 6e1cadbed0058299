"""The account of a run: what became of each item, term and author, and how many ended how."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from posts.rendering import fit
from posts.wordpress.models import ADDRESS_LENGTH, KEY_LENGTH, TITLE_LENGTH, Kind, Outcome, Result, Run
from posts.wordpress.reasons import Reason, wants_hand

MOST_REASONS = 50
ITEMS = frozenset({Kind.POST, Kind.PAGE, Kind.ATTACHMENT, Kind.OTHER})


def short_key(key: str, length: int = KEY_LENGTH) -> str:
    """Return the key itself, or a digest of one that is too long to be kept."""
    if len(key) <= length:
        return key
    return f"sha256:{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()}"


@dataclass
class Account:
    """What a slice has to tell, written with it."""

    run: Run
    rows: list[Outcome] = field(default_factory=list)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def tell(
        self,
        kind: Kind,
        key: str,
        result: Result,
        reasons: Iterable[Reason] = (),
        *,
        number: int | None = None,
        title: str = "",
        address: str = "",
        place: str = "",
        row: Model | None = None,
        model: str = "",
        row_id: int | None = None,
    ) -> None:
        told = list(dict.fromkeys(Reason(*reason) for reason in reasons))[:MOST_REASONS]
        self.counts["item" if kind in ITEMS else str(kind), str(result)] += 1
        self.rows.append(
            Outcome(
                run=self.run,
                kind=kind,
                key=key,
                number=number,
                title=fit(title)[:TITLE_LENGTH],
                address=address[:ADDRESS_LENGTH],
                place=place[:300],
                result=result,
                reasons=[[code, fit(sentence)] for code, sentence in told],
                wants_hand=wants_hand(told),
                model=row._meta.label_lower if row else model,
                row_id=row.pk if row else row_id,
            )
        )

    def count(self, kind: str, counts: dict[str, int]) -> None:
        for result, number in counts.items():
            self.counts[kind, result] += number

    def write(self, *, items: int = 0, **columns: Any) -> None:
        """Store it, with the run's progress; `columns` of the run are written along."""
        Outcome.objects.bulk_create(self.rows)
        run = self.run
        counts = {kind: dict(results) for kind, results in run.counts.items()}
        for (kind, result), number in self.counts.items():
            of_kind = counts.setdefault(kind, {})
            of_kind[result] = of_kind.get(result, 0) + number
        columns |= {"position": run.position + items, "counts": counts}
        Run.objects.filter(pk=run.pk).update(**columns)
        # The object follows once the transaction is sure: see `follow`.
        self._columns = columns

    def follow(self) -> None:
        """Have the run's object say what was written."""
        for name, value in self._columns.items():
            setattr(self.run, name, value)
