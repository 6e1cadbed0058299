"""How a long command says how far it is: a bar on a terminal, plain lines elsewhere."""

import time
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management.base import OutputWrapper

BAR_WIDTH = 30
LINE_EVERY = 10.0  # seconds


def shown_progress[T](
    items: Iterable[T], total: int, what: str, out: OutputWrapper | Any, step: int = 1
) -> Iterator[T]:
    """Yield the items and show on `out` how many are done; each item stands for `step` of the total."""
    is_terminal = out.isatty()
    last, done = time.monotonic(), 0
    for item in items:
        yield item
        done = min(done + step, total)
        now = time.monotonic()
        if is_terminal and (now - last > 0.1 or done == total):
            filled = BAR_WIDTH * done // max(total, 1)
            out.write(f"\r{what} [{'#' * filled}{'.' * (BAR_WIDTH - filled)}] {done:,} of {total:,}", ending="")
            out.flush()
            last = now
        elif not is_terminal and now - last > LINE_EVERY:
            out.write(f"{what}: {done:,} of {total:,}")
            last = now
    if is_terminal and done:
        out.write("")
