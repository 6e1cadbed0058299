"""Under which numbers rows of this site leave for WordPress, and what was kept for them of the blog they came from."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Max, Min

from posts.wordpress.exporting.wxr_writing import nicename
from posts.wordpress.models import Imported, Kind
from posts.wordpress.ours import KEYS, as_moment
from posts.wordpress.records import Filed, Meta, Remark

MOST = 2**53  # larger ids are somebody's joke: not every program reads them right


@dataclass(slots=True)
class Kept:
    """What is known of a row from the blog that it came from."""

    number: int
    key: str = ""  # an item's guid there
    extra: dict[str, Any] = field(default_factory=dict)

    def metas(self, written: Collection[Meta] = ()) -> list[Meta]:
        """Return the custom fields that it brought along, without what is written anyway."""
        names = {meta.key for meta in written if meta.key.startswith("_wp_att")}
        brought = [Meta(*map(str, row)) for row in self._rows("meta", 2)]
        return [meta for meta in brought if meta.key not in KEYS and meta.key not in names and meta not in written]

    def filed(self) -> list[Filed]:
        """Return what it was filed under in taxonomies that this site has not."""
        rows = (map(str, row) for row in self._rows("terms", 3))
        filed = [Filed(taxonomy, nicename(slug), name) for taxonomy, slug, name in rows]
        form = self.text("format")
        if form:
            filed.append(Filed("post_format", nicename(form), form.removeprefix("post-format-").title()))
        return [each for each in filed if each.taxonomy and each.slug]

    def text(self, name: str) -> str:
        value = self.extra.get(name)
        return value if isinstance(value, str) else ""

    def number_of(self, name: str) -> int:
        value = self.extra.get(name)
        return value if isinstance(value, int) and abs(value) < 2**31 else 0

    def ping_status(self) -> str:
        return "open" if self.extra.get("ping_status") == "open" else "closed"

    def remarks(self) -> list[Remark]:
        """Return the comments under a page, which have no place on this site."""
        rows = self.extra.get("remarks")
        return [_remark_of(row) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []

    def _rows(self, name: str, width: int) -> list[list[Any]]:
        rows = self.extra.get(name)
        return [row for row in rows if isinstance(row, list) and len(row) == width] if isinstance(rows, list) else []


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _remark_of(row: dict[str, Any]) -> Remark:
    names = ("kind", "author", "email", "address", "content", "approved")
    known: dict[str, Any] = {name: str(row[name]) for name in names if row.get(name) is not None}
    known |= {name: row[name] for name in ("number", "parent", "user") if isinstance(row.get(name), int)}
    meta = [Meta(*map(str, each)) for each in row.get("meta") or [] if isinstance(each, list) and len(each) == 2]
    return Remark(**known, written_at=as_moment(row.get("written_at")), meta=meta)


class Numbers:
    """The ids under which WordPress gets the rows of some models, which share one count there.

    Those that came from a blog keep theirs, so that `?p=12` goes on meaning the same; others get one above all of
    these that follows from their own id, so that it stays theirs whatever comes and goes.
    """

    def __init__(self, kinds: Collection[Kind], *labels: str) -> None:
        self.labels = labels
        self.known = Imported.objects.filter(kind__in=kinds)
        numbered = self.known.filter(number__range=(1, MOST))
        self.above = numbered.aggregate(most=Max("number"))["most"] or 0
        twice = numbered.values("number").annotate(times=Count("pk"), first=Min("pk")).filter(times__gt=1)
        self.owners = dict(twice.order_by().values_list("number", "first"))  # two blogs may have counted alike

    def new(self, label: str, pk: int) -> int:
        return self.above + pk * len(self.labels) + self.labels.index(label)

    def of(self, label: str, pks: Collection[int]) -> dict[int, Kept]:
        kept = {pk: Kept(self.new(label, pk)) for pk in pks}
        rows = self.known.filter(model=label, row_id__in=list(pks)).order_by("-pk")
        for row in rows.only("row_id", "kind", "number", "key", "extra"):
            kept[row.row_id or 0] = self.kept(row, kept[row.row_id or 0].number)
        return kept

    def kept(self, row: Imported, new: int) -> Kept:
        """Return what was kept in this row; `new` is its number where it had none of its own."""
        is_usable = row.number and 0 < row.number <= MOST and self.owners.get(row.number, row.pk) == row.pk
        key = row.key if row.kind in (Kind.ATTACHMENT, Kind.PAGE) else ""
        return Kept(row.number if row.number and is_usable else new, key, row.extra if _is_object(row.extra) else {})
