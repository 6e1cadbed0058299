"""Readers are told."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from posts.subscriptions import announcing, asking, bouncing, digesting


class Command(BaseCommand):
    help = "Writes down the letters about what was published and not announced yet, and the digests that are due."

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        bouncing.look_at_ledger(at)
        asking.ask_waiting(at)
        letters = sum(announcing.announce(at))
        digests = sum(digesting.send_digests(at))
        if options["verbosity"] and (letters or digests):
            self.stdout.write(f"Written down: {letters} letters, {digests} digests.")
