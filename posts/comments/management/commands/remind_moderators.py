"""Comments that wait, and moderators who do not know."""

from typing import Any

from django.core.management.base import BaseCommand

from posts.comments import mailing


class Command(BaseCommand):
    help = "Mails moderators that comments wait: once a day at most, and not while the rules say otherwise."

    def handle(self, *args: Any, **options: Any) -> None:
        mailing.remind_moderators()
