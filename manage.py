#!/usr/bin/env python3
"""Django's command-line entry point; a database that cannot be reached is told in one line."""

import argparse
import os
import sys
from typing import NoReturn


def say_in_one_line(parser: argparse.ArgumentParser, message: str) -> NoReturn:
    """Every command of ours ends with status 1 and one line where it was called wrongly; `--help` shows the rest."""
    sys.exit(f"{parser.prog}: {message} (--help says more)")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "htwatch.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415
    from django.core.management.base import CommandParser  # noqa: PLC0415
    from django.db import OperationalError  # noqa: PLC0415

    CommandParser.error = say_in_one_line  # type: ignore[method-assign]
    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        if "--traceback" in sys.argv:
            raise
        reason = str(error).strip().splitlines()[0]
        sys.exit(f"DATABASE_URL: the database does not answer: {reason}")


if __name__ == "__main__":
    main()
