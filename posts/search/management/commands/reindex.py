from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from posts.models import Post
from posts.progress import shown_progress
from posts.search.indexing import catch_up, reindex_all


class Command(BaseCommand):
    help = "Rebuild the search index from the posts; with --due, index only what has changed since."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--due", action="store_true", help="only what has changed")

    def handle(self, *args: Any, due: bool, **options: Any) -> None:
        if due:
            catch_up()
            return
        total, done = Post.objects.count(), 0
        for number in shown_progress(reindex_all(), total, "Indexing", self.stdout, step=200):
            done += number
        self.stdout.write(f"{done:,} posts are indexed.")
