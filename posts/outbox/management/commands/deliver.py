"""Mail that waits."""

from typing import Any

from django.core.management.base import BaseCommand

from posts.outbox.models import Delivery


class Command(BaseCommand):
    help = "Has the task worker send the mail that is due: repeated attempts, and what a dead worker left behind."

    def handle(self, *args: Any, **options: Any) -> None:
        Delivery.objects.nudge_due()
