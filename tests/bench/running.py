"""A run of the bench: for each size a database, its pages measured; then the report."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import django
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connection

from tests.bench import comments, desk, downloads, search, subscriptions, wordpress
from tests.bench.bare import BareHandler
from tests.bench.pages import pages
from tests.bench.plans import plans
from tests.bench.report import limits_report, plans_report, table
from tests.bench.timing import Measured, measure


def run(words: Sequence[str]) -> int:
    """Return the exit status: 1 where a limit is passed."""
    arguments = _parse(words)
    # The pages name static files by their hashes, as in production.
    call_command("collectstatic", interactive=False, verbosity=0)
    measured: dict[int, list[Measured]] = {}
    at_the_desk: dict[int, dict[str, desk.Cost]] = {}
    for size in arguments.sizes:
        with filled_database(size):
            measured[size] = measure(pages(), get_wsgi_application(), BareHandler(), arguments.rounds)
            versions, found = _versions(), plans()
            of_comments = list(comments.ratios())
            at_the_desk[size] = desk.costs()
            searched = search.costs() if size == arguments.sizes[-1] else []
    with filled_database(arguments.sizes[0]):
        of_files = list(downloads.ratios())
        of_letters = list(subscriptions.ratios())
    of_moving = list(wordpress.ratios())
    say(versions)
    for size, of_size in measured.items():
        say(table(size, of_size))
        say(desk.table(size, at_the_desk[size]))
    others = [*of_comments, *desk.ratios(at_the_desk), *of_files, *of_letters, *of_moving]
    report, is_within = limits_report(measured, others)
    search_report, is_found_in_time = search.report(arguments.sizes[-1], searched)
    say("\n".join([*downloads.lines, *subscriptions.lines, *wordpress.lines]))
    say(report)
    say(search_report)
    say(plans_report(arguments.sizes[-1], found))
    return 0 if is_within and is_found_in_time else 1


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n\n")
    sys.stdout.flush()


def _parse(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measures pages against bare views.")
    parser.add_argument("--sizes", type=_sizes, default=[10_000, 100_000], help="numbers of posts (10000,100000)")
    parser.add_argument("--rounds", type=int, default=60, help="how often each page is asked for (60)")
    return parser.parse_args(words)


def _sizes(value: str) -> list[int]:
    return sorted(int(size) for size in value.split(","))


@contextmanager
def filled_database(size: int) -> Iterator[None]:
    """Make a database of its own, as tests do, so that DATABASE_URL may name any server; fill it, and drop it."""
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        call_command("make_posts", size, stdout=sys.stderr)
        if connection.vendor == "postgresql":
            # What autovacuum does within a minute or two.
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE")
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def _versions() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version" if connection.vendor == "postgresql" else "SELECT sqlite_version()")
        [version] = cursor.fetchone()
    python = ".".join(map(str, sys.version_info[:3]))
    return f"{connection.display_name} {version.split()[0]}, Django {django.get_version()}, Python {python}"
