"""Fill the database for measuring."""

from itertools import batched
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from posts.hooks import nested_modules
from posts.making import SeedIsUsedError, Shelves, made_posts, store
from posts.models import Tally
from posts.progress import shown_progress

BATCH = 1000
MOST = 1_000_000


class Command(BaseCommand):
    help = "Adds synthetic posts for measuring; the same seed makes the same posts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", metavar="N", type=int, help=f"how many posts, 1 to {MOST:,}")
        parser.add_argument("--seed", type=int, default=1, help="which posts; each seed can be used once (1)")

    def handle(self, *args: Any, number: int, seed: int, **options: Any) -> None:
        if not 1 <= number <= MOST:
            raise CommandError(f"N: {number} posts cannot be made; it is a number from 1 to {MOST:,}.")
        try:
            with transaction.atomic():
                self._make(number, seed)
        except SeedIsUsedError as error:
            raise CommandError(f"Seed {seed} has been used here already; choose another with --seed.") from error
        self.stdout.write(f"Made {number:,} posts.")

    def _make(self, number: int, seed: int) -> None:
        shelves = Shelves(number)
        batches = batched(made_posts(number, seed), BATCH)
        for batch in shown_progress(batches, number, "Making posts", self.stdout, step=BATCH):
            store(batch, shelves)
        if connection.vendor == "postgresql":
            # Counting reads what was just written; without statistics the planner would take the tables for empty.
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        for module in nested_modules("making"):
            module.make(number, seed)
        self.stdout.write("Counting what each list holds.")
        Tally.objects.recount_all()
