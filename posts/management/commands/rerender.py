"""Render the texts again after the rendering has changed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from posts.models import Post
from posts.progress import shown_progress
from posts.rendering import RENDERING_VERSION

BATCH = 200


class Command(BaseCommand):
    help = "Renders every text again that was rendered by an older version; with --all, every text."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="render texts of the present version too")

    def handle(self, *args: Any, **options: Any) -> None:
        posts = Post.objects.order_by("pk") if options["all"] else _outdated()
        total, changed, batch = posts.count(), 0, []
        columns = ["body_html", "lead_html", "rendering_version"]
        rows = posts.only("body", *columns).iterator(chunk_size=BATCH)
        for post in shown_progress(rows, total, "Rendering", self.stdout):
            before = (post.body_html, post.lead_html)
            post.render()
            changed += before != (post.body_html, post.lead_html)
            batch.append(post)
            if len(batch) == BATCH:
                Post.objects.bulk_update(batch, columns)
                batch = []
        Post.objects.bulk_update(batch, columns)
        self.stdout.write(f"Rendered {total:,} posts; {changed:,} of them look different now.")


def _outdated() -> Any:
    return Post.objects.exclude(rendering_version=RENDERING_VERSION).order_by("pk")
