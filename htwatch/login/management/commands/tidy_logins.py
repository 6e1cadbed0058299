"""Forget what the login has kept long enough."""

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from htwatch.login import waiting
from htwatch.login.models import LoginEntry
from htwatch.login.sessions import SessionStore

LOG_KEPT = dt.timedelta(days=90)


class Command(BaseCommand):
    help = "Deletes failed tries after a day, sessions that are over, and lines of the log of logins after 90 days."

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        waiting.tidy(at)
        SessionStore.clear_expired()
        LoginEntry.objects.forget_before(at - LOG_KEPT)
