"""Ask the outside for one thing, through the door that everything here uses."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sources.http import Failed, Refused, fetch


class Command(BaseCommand):
    help = "Fetches an address; writes one line of JSON with status, type and length, or why it was refused or failed."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("url", metavar="URL")

    def handle(self, *args: Any, url: str, **options: Any) -> None:
        try:
            fetched = fetch(url)
        except Refused as error:
            raise CommandError(f"Refused: {error}") from error
        except Failed as error:
            raise CommandError(f"Failed: {error}") from error
        kind = fetched.headers.get("content-type", "")
        line = {"url": fetched.url, "status": fetched.status, "type": kind, "length": len(fetched.body)}
        self.stdout.write(json.dumps(line))
