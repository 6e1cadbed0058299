"""The background of the site: task worker and clock."""

from typing import Any

from django.core.management.base import BaseCommand

from htwatch.supervising import manage, run_together

BACKGROUND = [manage("db_worker", "--queue-name", "*"), manage("tick", "--every", "60")]


class Command(BaseCommand):
    help = "Runs the task worker and the clock until Ctrl-C; the web server runs beside it."

    def handle(self, *args: Any, **options: Any) -> None:
        run_together([], BACKGROUND)
