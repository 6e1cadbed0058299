"""What was found, counted by tag, category, outlet and year: each count narrows the search."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.utils import timezone
from django.utils.translation import gettext as _

from posts.dating import site_date
from posts.models import Category, Tag
from posts.search.engine import engine
from posts.search.models import EPOCH, LAST_NUMBER, NUMBER_BITS, SearchDocument, label, position_of
from posts.search.narrowing import whole_year
from posts.search.queries import Field
from posts.search.searching import AMONG, Results, Sought
from sources.models import Source

MOST = 8  # values of one kind
OF_LATE = 100  # posts
MODELS: dict[Field, type[Tag] | type[Category] | type[Source]] = {"tag": Tag, "category": Category, "source": Source}
ADDRESS = {"tag": "slug", "category": "path", "source": "slug"}


@dataclass(frozen=True)
class Value:
    name: str
    count: int
    narrowing: str  # what the query gets in addition: "tag:north-korea"
    is_on_all: bool = False  # of what was found: it would change nothing


@dataclass
class Facet:
    name: str
    values: list[Value]
    is_time: bool = False  # narrowing by it takes the place of other times


@dataclass(frozen=True)
class Facets:
    kinds: list[Facet]
    among: int | None  # of how many of the newest these are the counts; None for all


def facets_of(sought: Sought, results: Results) -> Facets:
    """Count what was found; what it is narrowed to already is not offered again."""
    if not results.count:
        return Facets([], None)
    counts = Counter(word for labels in engine().labels_of(results.newest) for word in labels.split())
    for each, row in [*sought.named, *sought.named_within]:
        if row is not None:
            counts.pop(label(each.field, row.pk), None)
    titles: dict[Field, str] = {"tag": _("Tags"), "category": _("Categories"), "source": _("Outlets")}
    kinds = [Facet(title, _values(field, counts)) for field, title in titles.items()]
    kinds.append(Facet(_("Years"), _years(results.newest, whole_year(sought.query)), is_time=True))
    among = AMONG if results.count > AMONG else None
    for kind in kinds:
        kind.values = [replace(each, is_on_all=each.count == results.count) for each in kind.values]
    return Facets([kind for kind in kinds if kind.values], among)


def frequent_of_late() -> list[Value]:
    """Return the tags, categories and outlets that stand most often on the newest posts."""
    high = position_of(timezone.now(), LAST_NUMBER)
    newest = SearchDocument.objects.filter(position__lte=high).order_by("-position")[:OF_LATE]
    counts = Counter(word for labels in newest.values_list("labels", flat=True) for word in labels.split())
    return [value for field in MODELS for value in _values(field, counts)]


def _values(field: Field, counts: Counter[str]) -> list[Value]:
    mark = label(field, 0)[:-1]
    numbers = {int(word.removeprefix(mark)): number for word, number in counts.items() if word.startswith(mark)}
    # Of equals the names decide, and those are read of a few only.
    least = sorted(numbers.values())[-MOST:][:1]
    likely = sorted(pk for pk, number in numbers.items() if number >= least[0])[: 20 * MOST] if least else []
    rows = MODELS[field].objects.filter(pk__in=likely).values_list("pk", "name", ADDRESS[field])
    ordered = sorted(rows, key=lambda row: (-numbers[row[0]], row[1]))[:MOST]
    return [Value(name, numbers[pk], f"{field}:{address}") for pk, name, address in ordered]


def _years(positions: Sequence[int], chosen: int | None) -> list[Value]:
    counts = Counter(_site_years(positions))
    counts.pop(chosen or 0, None)
    return [Value(f"{year:04}", counts[year], f"from:{year:04} to:{year:04}") for year in sorted(counts)[::-1]]


def _site_years(positions: Sequence[int]) -> Iterable[int]:
    for position in positions:
        moment = EPOCH + dt.timedelta(seconds=position >> NUMBER_BITS)
        # Only about New Year the site's time zone matters, and asking for it takes time.
        is_clear = not (moment.month == 1 and moment.day <= 1) and not (moment.month == 12 and moment.day == 31)
        yield moment.year if is_clear else site_date(moment).year
