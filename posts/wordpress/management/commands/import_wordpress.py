"""Bring an old blog here."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from posts.progress import Bar
from posts.wordpress import importing, reporting
from posts.wordpress.converting.crediting import as_pattern
from posts.wordpress.models import Run
from posts.wordpress.reading import NotReadable, survey


class Stopped(Exception):
    """Somebody pressed Ctrl-C, or the machine goes down."""


class Command(BaseCommand):
    help = "Brings posts, pages, pictures and comments here from exports of WordPress (WXR), or the zip of them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", metavar="FILE", nargs="+", help="an export (WXR), or a zip of exports")
        parser.add_argument("--report", metavar="FILE", help="write what became of each item there, as JSON")
        parser.add_argument("--media-root", metavar="DIR", help="where the blog's uploads lie, by year and month")
        parser.add_argument("--dry-run", action="store_true", help="tell what would be done, and do nothing")
        parser.add_argument("--resume", action="store_true", help="go on with the last import of these files")
        parser.add_argument("--source-pattern", metavar="REGEX", help="how a closing line names the outlet")
        parser.add_argument("--no-fetch", action="store_true", help="ask no other site for pictures")

    def handle(self, *args: Any, **options: Any) -> None:
        _check(options)
        run = self._run(options)
        with _stopping_politely() as is_stopped:
            try:
                importing.work(run.pk, progress=self._progress(is_stopped))
            except Stopped:
                run.refresh_from_db()
                run.stop()
                words = f"Stopped after {run.position:,} of {run.total:,} items; with --resume it goes on from there."
                raise CommandError(words, returncode=130) from None
            except OSError as error:  # a disk is full, or may not be written on
                run.stop()
                _end_rehearsal(run)
                where = f" ({error.filename})" if error.filename else ""
                words = f"{error.strerror or error}{where}. When that is mended, --resume goes on from there."
                raise CommandError(f"A file cannot be stored: {words}") from error
            except BaseException:
                _end_rehearsal(run)
                raise
        run.refresh_from_db()
        if run.state != Run.State.FINISHED:
            words = run.words or "Somebody else stopped this import, or works at it now."
            _end_rehearsal(run)
            raise CommandError(words)
        self._tell(run, options["report"])
        _end_rehearsal(run)

    def _run(self, options: dict[str, Any]) -> Run:
        paths = [os.path.abspath(path) for path in options["files"]]
        chosen = {
            "paths": paths,
            "pattern": options["source_pattern"] or "",
            "media_root": os.path.abspath(options["media_root"]) if options["media_root"] else "",
            "is_rehearsal": options["dry_run"],
            "fetch": not options["no_fetch"],
        }
        if options["resume"]:
            return _resumed(paths, chosen)
        return Run.objects.create(files=[os.path.basename(path) for path in paths], options=chosen)

    def _progress(self, is_stopped: list[bool]) -> importing.Progress:
        bar = Bar("Importing", self.stderr)

        def progress(done: int, total: int) -> None:
            bar.show(done, total)
            if is_stopped:
                bar.end()
                raise Stopped

        return progress

    def _tell(self, run: Run, report: str | None) -> None:
        if report:
            try:
                reporting.write_report(run, report)
            except reporting.NotWritable as error:
                raise CommandError(str(error)) from error
        reporting.as_text(run, self.stdout)
        self.stdout.write(json.dumps(run.summary()))


def _check(options: dict[str, Any]) -> None:
    """Refuse in one line what cannot work, before anything is read."""
    if options["dry_run"] and options["resume"]:
        raise CommandError("--dry-run and --resume: a rehearsal leaves nothing to go on with; choose one of them.")
    for path in options["files"]:
        if not Path(path).exists():
            raise CommandError(f"{path}: there is no such file.")
    if options["media_root"] and not Path(options["media_root"]).exists():
        raise CommandError(f"--media-root: there is no {options['media_root']}.")
    try:
        if options["report"]:
            reporting.check_writable(options["report"])
    except reporting.NotWritable as error:
        raise CommandError(str(error)) from error
    try:
        as_pattern(options["source_pattern"] or "")
    except ValueError as error:
        raise CommandError(f"--source-pattern: {error}") from error


def _resumed(paths: list[str], chosen: dict[str, Any]) -> Run:
    """Take up the last run of these files that was not finished."""
    try:
        digest = survey(paths).digest
    except NotReadable as error:
        raise CommandError(str(error)) from error
    open_states = [Run.State.QUEUED, Run.State.RUNNING, Run.State.STOPPED]
    runs = Run.objects.filter(digest=digest, state__in=open_states, is_background=False).order_by("-pk")
    run = next((run for run in runs if not run.is_rehearsal), None)
    if run is None:
        raise CommandError("--resume: no import of these files waits to be gone on with; leave --resume out.")
    options = {**run.options, **{name: value for name, value in chosen.items() if value or name == "fetch"}}
    Run.objects.filter(pk=run.pk).update(state=Run.State.QUEUED, claimed_at=None, finished_at=None, options=options)
    return run


def _end_rehearsal(run: Run) -> None:
    """A rehearsal at the command line leaves nothing behind."""
    if run.is_rehearsal:
        run.delete()


@contextmanager
def _stopping_politely() -> Iterator[list[bool]]:
    """Have Ctrl-C and SIGTERM end the work between two slices; a second one ends it at once."""
    stopped: list[bool] = []

    def stop(number: int, frame: Any) -> None:
        if stopped:
            raise KeyboardInterrupt
        stopped.append(True)

    try:
        before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    except ValueError:  # not in the main thread, where no signal comes
        yield stopped
        return
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
