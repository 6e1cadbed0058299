"""Proves that old addresses live on."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from posts.progress import shown_progress
from posts.wordpress.addresses.asking import Answer, Asker

DELIBERATE = (200, 410)  # a page, or word that it is gone


class Command(BaseCommand):
    help = (
        "Asks this site for old addresses, one a line (whole ones of any host, or paths; blank lines and lines that "
        "begin with # are skipped), and prints for each the final status, the number of redirects and the final "
        "address. An address is lost unless it ends at a page (200), at one that says it is gone (410), or at another "
        "site, after one redirect at most. If one is lost, the command exits with 1."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="a text file in UTF-8, or - for the standard input")

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        addresses = _read(file)
        asker, lost, several = Asker(), 0, 0
        for address in shown_progress(addresses, len(addresses), "Asking", self.stderr):
            answer = _ask(asker, address)
            is_good = _ends_well(answer)
            several += is_good and answer.hops > 1
            lost += not is_good
            note = "" if is_good and answer.hops <= 1 else "\tlost" if not is_good else "\tmore than one redirect"
            self.stdout.write(f"{answer.status}\t{answer.hops}\t{answer.address}\t{address}{note}")
        good = len(addresses) - lost - several
        self.stdout.write(
            f"{len(addresses):,} addresses: {good:,} live on, {several:,} take more than one redirect, "
            f"{lost:,} are lost."
        )
        if lost or several:
            sys.exit(1)


def _read(file: str) -> list[str]:
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise CommandError(f"{file}: line {line} is not UTF-8; it is to be a text file of addresses.") from error
    lines = (line.strip() for line in text.split("\n"))
    return [line for line in lines if line and not line.startswith("#")]


def _ask(asker: Asker, address: str) -> Answer:
    try:
        return asker.ask(address)
    except ValueError:  # it is no address: "https://[::1/"
        return Answer(400, 0, address)


def _ends_well(answer: Answer) -> bool:
    return not answer.is_loop and (answer.is_elsewhere or answer.status in DELIBERATE)
