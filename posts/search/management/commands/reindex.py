from typing import Any

from django.core.management.base import BaseCommand

from posts.models import Post
from posts.progress import shown_progress
from posts.search.indexing import SLICE, reindex_all


class Command(BaseCommand):
    help = "Rebuild the search index from the posts."

    def handle(self, *args: Any, **options: Any) -> None:
        total, done = Post.objects.count(), 0
        for number in shown_progress(reindex_all(), total, "Indexing", self.stdout, step=SLICE):
            done += number
        self.stdout.write(f"{done:,} posts are indexed.")
