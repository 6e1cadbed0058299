"""Imports that wait."""

from typing import Any

from django.core.management.base import BaseCommand

from posts.wordpress.models import Run


class Command(BaseCommand):
    help = "Has the task worker go on with imports from WordPress, also with what a dead worker left behind."

    def handle(self, *args: Any, **options: Any) -> None:
        Run.objects.nudge_due()
