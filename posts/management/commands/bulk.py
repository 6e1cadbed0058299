"""Acts over many posts that wait."""

from typing import Any

from django.core.management.base import BaseCommand

from posts.models import BulkJob


class Command(BaseCommand):
    help = "Has the task worker go on with acts over many posts, also with what a dead worker left behind."

    def handle(self, *args: Any, **options: Any) -> None:
        BulkJob.objects.nudge_due()
