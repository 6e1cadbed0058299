"""Whatever is due now."""

import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections


class Command(BaseCommand):
    help = "Runs once whatever is due now. Safe from cron, and on several machines at once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=int, metavar="SECONDS", help="go on, once in so many seconds")

    def handle(self, *args: Any, every: int | None, **options: Any) -> None:
        failed = self._tick(options["verbosity"])
        while every:
            close_old_connections()
            time.sleep(every - time.time() % every)
            self._tick(options["verbosity"])
        if failed:
            raise CommandError(f"These jobs failed: {', '.join(failed)}.")

    def _tick(self, verbosity: int) -> list[str]:
        """Run every job; one that fails does not keep the others from running."""
        failed = []
        for name in settings.TICK_COMMANDS:
            try:
                call_command(name, verbosity=verbosity, stdout=self.stdout, stderr=self.stderr)
            except Exception as error:
                self.stderr.write(f"{name}: {error}")
                failed.append(name)
        return failed
