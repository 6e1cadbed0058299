"""What an item's text becomes here, worked out from the item and its files alone: in other processes, where it pays.

Pure, and imports no models: a process that does this knows no database.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import re
import signal
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from typing import Any

from posts.rendering import render_post
from posts.wordpress.converting.crediting import Credit, credit
from posts.wordpress.converting.faithful import bring_over
from posts.wordpress.converting.old_files import Files
from posts.wordpress.ours import Ours, markdown_of, ours_of, without_frame
from posts.wordpress.reasons import Reason
from posts.wordpress.records import Item

logger = logging.getLogger(__name__)

WORKERS = 2
_MEDIA = re.compile(r"/media/images/[\w./-]+")
AT_ONCE = 25  # items that travel to another process together


@dataclass
class Prepared:
    """An item's text as it will stand here. `fault` says that it could not be worked out, and why."""

    markdown: str = ""
    body_html: str = ""
    lead_html: str = ""
    credits: list[Credit] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)  # that named the outlets, and are taken out
    reasons: list[Reason] = field(default_factory=list)
    ours: Ours | None = None
    fault: str = ""


@dataclass
class Task:
    item: Item
    files: Files
    base: str
    pattern: str | None = None


def prepare(task: Task) -> Prepared:
    # The one place where an export of our own is taken at its word: nothing is credited and nothing converted.
    ours, markdown = ours_of(task.item), markdown_of(task.item)
    if markdown is not None:
        markdown = _with_files_here(markdown, task)
        rendered = render_post(markdown)
        return Prepared(markdown, rendered.html, rendered.lead_html, ours=ours)
    html = without_frame(task.item.content)
    credits_: list[Credit] = []
    lines: list[str] = []
    if task.item.kind == "post":
        credited = credit(html, task.pattern)
        html, lines = credited.html, list(credited.lines)
        credits_ = [] if ours else list(credited.credits)
    brought = bring_over(html, files=task.files, base=task.base)
    return Prepared(
        brought.markdown, brought.body_html, brought.lead_html, credits_, lines, list(brought.reasons), ours
    )


def _with_files_here(markdown: str, task: Task) -> str:
    """A site like this names its pictures by their bytes: written anew here, they have other names."""

    def here(found: re.Match[str]) -> str:
        file = task.files.by_address(f"{task.base}{found[0]}")
        return file.address if file and file.is_here else found[0]

    return _MEDIA.sub(here, markdown)


def prepare_all(tasks: Sequence[Task]) -> list[Prepared]:
    return [_prepare_or_tell(task) for task in tasks]


def _prepare_or_tell(task: Task) -> Prepared:
    try:
        return prepare(task)
    except Exception as error:  # whatever it is, it concerns this item alone
        logger.exception("The text of %s could not be brought over.", task.item.place or task.item.guid)
        return Prepared(fault=f"Its text could not be brought over ({type(error).__name__}).")


class Preparer:
    """Prepares items in processes of its own; in this one where there are few."""

    def __init__(self, *, is_large: bool) -> None:
        self._pool: ProcessPoolExecutor | None = None
        if is_large and (os.cpu_count() or 1) > 1:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(WORKERS, mp_context=context, initializer=_end_with_parent)

    def __enter__(self) -> Preparer:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def begin(self, tasks: Sequence[Task]) -> Preparing:
        parts = [tasks[start : start + AT_ONCE] for start in range(0, len(tasks), AT_ONCE)]
        if self._pool is None:
            return Preparing(parts)
        try:
            return Preparing(parts, [self._pool.submit(prepare_all, part) for part in parts])
        except BrokenProcessPool:
            self._pool = None
            return Preparing(parts)


class Preparing:
    """Tasks that are being prepared, or will be when asked for."""

    def __init__(self, parts: list[Sequence[Task]], futures: list[Future[list[Prepared]]] | None = None) -> None:
        self._parts, self._futures = parts, futures

    def results(self) -> list[Prepared]:
        """Return what was prepared, in the order of the tasks; raises nothing for a process that died."""
        if self._futures is None:
            return [each for part in self._parts for each in prepare_all(part)]
        return [
            each
            for part, future in zip(self._parts, self._futures, strict=True)
            for each in _result_or_here(part, future)
        ]


def _result_or_here(part: Sequence[Task], future: Future[list[Prepared]]) -> list[Prepared]:
    try:
        return future.result()
    except BrokenProcessPool:
        logger.warning("A process that prepared texts died; they are prepared in this one.")
        return prepare_all(part)


def _end_with_parent() -> None:
    """Leave Ctrl-C to the parent, and end when it is killed: a process of a pool would wait for ever."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=[parent], daemon=True).start()


def _follow(parent: Any) -> None:
    parent.join()
    os._exit(1)
