"""Mail that waits."""

from typing import Any

from django.core.management.base import BaseCommand

from posts.outbox.models import Delivery

MOST_AT_ONCE = 1000


class Command(BaseCommand):
    help = "Has the task worker send the mail that is due: repeated attempts, and what a dead worker left behind."

    def handle(self, *args: Any, **options: Any) -> None:
        Delivery.objects.return_stuck()
        for delivery in Delivery.objects.due()[:MOST_AT_ONCE]:
            delivery.nudge()
