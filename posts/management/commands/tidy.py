"""Sweep out what has had its time."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from posts import limiting
from posts.hooks import nested_modules

TASK_RESULTS_DAYS = 14


class Command(BaseCommand):
    help = "Deletes what has had its time: ended sessions, old task results, whatever was kept for a while only."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("clearsessions", verbosity=0)
        call_command("prune_db_task_results", min_age_days=TASK_RESULTS_DAYS, verbosity=0)
        at = timezone.now()
        limiting.tidy(at)
        for module in nested_modules("tidying"):
            module.tidy(at)
