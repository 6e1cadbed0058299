"""Sweep out what has had its time."""

import datetime as dt
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from posts import autosaving, bulking, emptying, limiting, previewing
from posts.hooks import nested_modules

TASK_RESULTS_DAYS = 14
LONGEST_TASK = dt.timedelta(days=1)  # what still runs after that was killed with its worker


class Command(BaseCommand):
    help = "Deletes what has had its time: ended sessions, old task results, whatever was kept for a while only."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("clearsessions", verbosity=0)
        call_command("prune_db_task_results", min_age_days=TASK_RESULTS_DAYS, verbosity=0)
        at = timezone.now()
        DBTaskResult.objects.running().filter(started_at__lte=at - LONGEST_TASK).delete()
        limiting.tidy(at)
        autosaving.tidy(at)
        emptying.tidy(at)
        previewing.tidy(at)
        bulking.tidy(at)
        for module in nested_modules("tidying"):
            module.tidy(at)
