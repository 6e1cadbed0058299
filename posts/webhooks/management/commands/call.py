"""Other systems that are to be told."""

from typing import Any

from django.core.management.base import BaseCommand

from posts.webhooks import calling
from posts.webhooks.models import Call


class Command(BaseCommand):
    help = "Looks for what happened, and has the task worker tell it to who wants to know; repeats what failed."

    def handle(self, *args: Any, **options: Any) -> None:
        # First, so that an app whose happenings cannot be read does not hold up what was read before.
        Call.objects.nudge_due()
        calling.look()
