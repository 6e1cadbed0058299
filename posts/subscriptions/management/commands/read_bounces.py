"""What lies in the mailbox to which letters come back."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from posts.progress import shown_progress
from posts.subscriptions.bounces import LONGEST, parse
from posts.subscriptions.bouncing import Counts, record


class Command(BaseCommand):
    help = "Reads mail that came back, and complaints, and sends no more to the subscribers whom they concern."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", metavar="PATH", nargs="+", type=Path, help="an mbox, a Maildir, or one mail")

    def handle(self, *args: Any, paths: list[Path], **options: Any) -> None:
        try:
            # All of it is read through before anything is recorded: one path that is wrong, and nothing happens.
            total = sum(1 for path in paths for _ in _mails(path))
            mails = chain.from_iterable(map(_mails, paths))
            read, counts = _record(shown_progress(mails, total, "Reading mail", self.stdout))
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}.") from error
        self.stdout.write(
            f"{_some(read, 'mail')} read: {_some(counts.recorded, 'bounce')} recorded, "
            f"{_some(counts.suspended, 'address', 'addresses')} suspended, {counts.known:,} known before, "
            f"{counts.others:,} of others."
        )


def _record(mails: Iterable[bytes]) -> tuple[int, Counts]:
    read, counts = 0, Counts()
    for raw in mails:
        read += 1
        counts += record(parse(raw))
    return read, counts


def _some(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


# --- Mailboxes. Files are opened for reading only, and held one mail at a time, of that what is looked at.


def _mails(path: Path) -> Iterator[bytes]:
    """Yield the mails of an mbox, a Maildir, or a file that is one mail. Raises OSError, with the file's name."""
    if path.is_dir():
        return _in_maildir(path)
    return _in_file(path)


def _in_maildir(path: Path) -> Iterator[bytes]:
    for folder in (path / "new", path / "cur"):
        for name in sorted(file.name for file in folder.iterdir() if not file.name.startswith(".")):
            try:
                with (folder / name).open("rb") as file:
                    yield file.read(LONGEST)
            except FileNotFoundError:
                continue  # somebody has moved it meanwhile


def _in_file(path: Path) -> Iterator[bytes]:
    """RFC 4155: in an mbox, a line that begins with “From ”, after an empty one, begins the next mail."""
    with path.open("rb") as file:
        if file.read(5) != b"From ":
            file.seek(0)
            yield file.read(LONGEST)
            return
        mail, is_after_blank = bytearray(), False
        file.readline(LONGEST)
        while line := file.readline(LONGEST):
            if is_after_blank and line.startswith(b"From "):
                yield bytes(mail)
                mail.clear()
            else:
                mail += line[: LONGEST - len(mail)]
            is_after_blank = not line.strip()
        yield bytes(mail)
