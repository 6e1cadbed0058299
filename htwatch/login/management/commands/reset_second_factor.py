"""Let somebody in again who has lost their second factor."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from htwatch.login import factors


class Command(BaseCommand):
    help = "Takes the second factor of somebody away, recovery codes too, and ends nothing else."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        user = User.objects.filter(username=username).first() if "\0" not in username else None
        if user is None:
            raise CommandError(f"Nobody here is called “{username}”.")
        if factors.remove_all(user, detail="on the command line"):
            self.stdout.write(f"{username} logs in with the password alone now, and can set a second factor up again.")
        else:
            self.stdout.write(f"{username} had no second factor.")
