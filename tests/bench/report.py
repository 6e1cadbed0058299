"""What was measured, in lines for people: tables, then limits, then plans."""

from itertools import pairwise
from statistics import median

from tests.bench.plans import Plan
from tests.bench.timing import Measured, median_ratio

LIMIT = 1.5


def table(size: int, measured: list[Measured]) -> str:
    lines = [f"{size:,} posts", f"{'page':<16}{'queries':>8}{'bytes':>10}{'ms':>8}{'bare ms':>9}{'page / bare':>13}"]
    for one in measured:
        times = f"{1000 * median(one.times):>8.2f}{1000 * median(one.bare_times):>9.2f}{one.ratio:>13.2f}"
        lines.append(f"{one.page.name:<16}{one.queries:>8}{one.size:>10,}{times}")
    return "\n".join(lines)


def limits_report(measured: dict[int, list[Measured]], others: list[tuple[str, float]]) -> tuple[str, bool]:
    """Return the lines, and whether every ratio is within the limit."""
    ratios = [*_ratios(measured), *others]
    lines = [f"{'ok  ' if ratio <= LIMIT else 'over'}  {ratio:4.2f}  {what}" for what, ratio in ratios]
    is_within = all(ratio <= LIMIT for _, ratio in ratios)
    return "\n".join([f"Limits: each ratio is at most {LIMIT}", *lines]), is_within


def _ratios(measured: dict[int, list[Measured]]) -> list[tuple[str, float]]:
    ratios = []
    for size, (_, first, deep, *_) in measured.items():
        ratios += [
            (f"{first.page.name} / bare view, {size:,} posts", first.ratio),
            (f"{deep.page.name} / bare view, {size:,} posts", deep.ratio),
            (f"{deep.page.name} / {first.page.name}, {size:,} posts", median_ratio(deep.times, first.times)),
        ]
    # Each against the bare view of its own size, so that what slowed the machine in between cancels out.
    for (small, few), (large, many) in pairwise(measured.items()):
        for one, other in zip(few, many, strict=True):
            ratios.append((f"{other.page.name}, {large:,} posts / {small:,} posts", other.ratio / one.ratio))
    return ratios


def plans_report(size: int, plans: list[Plan]) -> str:
    lines = [f"How the ids of a page are found among {size:,} posts"]
    for plan in plans:
        lines.append(f"{plan.name}: {'one index, in order' if plan.is_index_in_order else 'NOT one index in order'}")
        lines += [f"    {line}" for line in plan.lines]
    return "\n".join(lines)
