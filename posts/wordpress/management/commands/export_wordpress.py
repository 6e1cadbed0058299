"""The way out."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from posts.progress import shown_progress
from posts.wordpress.exporting.site import END, Export


class Command(BaseCommand):
    help = "Writes the whole site as a WordPress export (WXR 1.2), for WordPress or for another site like this."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", nargs="?", default="-", help="where to; - is standard output (-)")

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        self.stderr.style_func = None  # how far it is, is no error
        export = Export()
        if file == "-":
            self._write_out(export)
            return
        try:
            with replaced(Path(file)) as out:
                for piece in self._pieces(export):
                    out.write(piece)
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror or error}.") from error
        self.stderr.write(f"Written: {file}, {export.total():,} items.")

    def _write_out(self, export: Export) -> None:
        if hasattr(self.stdout._out, "reconfigure"):
            self.stdout._out.reconfigure(encoding="utf-8", newline="\n")  # whatever the terminal's own
        try:
            for piece in self._pieces(export):
                self.stdout.write(piece, ending="")
            self.stdout.flush()
        except BrokenPipeError:
            # Who read it has seen enough. What is still in the buffer must not complain at the end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            raise CommandError("Nobody reads the output any longer: it is not complete.") from None

    def _pieces(self, export: Export) -> Iterator[str]:
        yield export.head()
        items: Iterable[str] = export.items()
        yield from shown_progress(items, export.total(), "Exporting", self.stderr)
        yield END


@contextmanager
def replaced(path: Path) -> Iterator[IO[str]]:
    """Open a file that takes its place once it is whole; what stood there until then stays if anything fails.

    It holds addresses of people: only its owner can read it. What is no file, such as a pipe, is written as it stands.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        with path.open("w", encoding="utf-8", newline="\n") as out:
            yield out
        return
    path = path.resolve()
    if path.is_dir():
        raise IsADirectoryError(None, "it is a folder")
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:50]}.")
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
