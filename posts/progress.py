"""How a long command says how far it is: a bar on a terminal, plain lines elsewhere."""

import time
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management.base import OutputWrapper

BAR_WIDTH = 30
LINE_EVERY = 10.0  # seconds


class Bar:
    """Shows on `out` how many of how many are done."""

    def __init__(self, what: str, out: OutputWrapper | Any) -> None:
        self.what, self.out = what, out
        self.is_terminal = out.isatty()
        self.last = time.monotonic()
        self.is_begun = False

    def show(self, done: int, total: int) -> None:
        now = time.monotonic()
        if self.is_terminal and (now - self.last > 0.1 or done == total):
            filled = BAR_WIDTH * done // max(total, 1)
            bar = f"[{'#' * filled}{'.' * (BAR_WIDTH - filled)}]"
            self.out.write(f"\r{self.what} {bar} {done:,} of {total:,}", ending="")
            self.out.flush()
            self.last, self.is_begun = now, True
        elif not self.is_terminal and now - self.last > LINE_EVERY:
            self.out.write(f"{self.what}: {done:,} of {total:,}")
            self.last = now

    def end(self) -> None:
        if self.is_begun:
            self.out.write("")


def shown_progress[T](
    items: Iterable[T], total: int, what: str, out: OutputWrapper | Any, step: int = 1
) -> Iterator[T]:
    """Yield the items and show on `out` how many are done; each item stands for `step` of the total."""
    bar, done = Bar(what, out), 0
    for item in items:
        yield item
        done = min(done + step, total)
        bar.show(done, total)
    bar.end()
