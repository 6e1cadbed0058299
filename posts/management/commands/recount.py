"""Keep the tallies true."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from posts.models import Tally


class Command(BaseCommand):
    help = "Counts the listings in which a scheduled post has appeared; with --all, every listing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="count every listing, due or not")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["all"]:
            Tally.objects.recount_all()
            return
        due = list(Tally.objects.due())
        Tally.objects.recount(
            tags=[tally.tag_id for tally in due if tally.tag_id],
            categories=[tally.category_id for tally in due if tally.category_id],
            sources=[tally.source_id for tally in due if tally.source_id],
            site=any(tally.is_site for tally in due),
        )
