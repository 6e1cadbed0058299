"""Render the texts again after the rendering has changed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from posts.hooks import nested_modules
from posts.models import Image, Post
from posts.progress import shown_progress
from posts.rendering import RENDERING_VERSION

BATCH = 200


class Command(BaseCommand):
    help = "Renders every text again that was rendered by an older version; with --all, every text."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="render texts of the present version too")

    def handle(self, *args: Any, **options: Any) -> None:
        self._add_renditions()
        models = [Post, *(model for module in nested_modules("rerendering") for model in module.MODELS)]
        for model in models:
            self._render(model, is_all=options["all"])

    def _add_renditions(self) -> None:
        """Make what is missing beside older pictures, before the texts that will name it."""
        pictures, made = Image.objects.order_by("pk"), 0
        rows = pictures.iterator(chunk_size=BATCH)
        for image in shown_progress(rows, pictures.count(), "Looking at pictures", self.stdout):
            try:
                made += image.add_missing_renditions()
            except (OSError, ValueError) as error:
                self.stderr.write(f"{image.file.name} cannot be read, so it has no smaller copies: {error}")
        if made:
            self.stdout.write(f"Made {made:,} smaller copies of pictures.")

    def _render(self, model: Any, *, is_all: bool) -> None:
        texts = model.objects.order_by("pk")
        if not is_all:
            texts = texts.exclude(rendering_version=RENDERING_VERSION)
        total, changed, batch = texts.count(), 0, []
        columns = [*model.RENDERED, "rendering_version"]
        rows = texts.only("body", *columns).iterator(chunk_size=BATCH)
        what = model._meta.verbose_name_plural
        for row in shown_progress(rows, total, f"Rendering {what}", self.stdout):
            before = [getattr(row, column) for column in model.RENDERED]
            row.render()
            changed += before != [getattr(row, column) for column in model.RENDERED]
            batch.append(row)
            if len(batch) == BATCH:
                _keep(batch, columns)
                batch = []
        _keep(batch, columns)
        self.stdout.write(f"Rendered {total:,} {what}; {changed:,} of them look different now.")


@transaction.atomic
def _keep(rows: list[Any], columns: list[str]) -> None:
    for row in rows:
        # A text that somebody has changed meanwhile was rendered when it was saved.
        unchanged = type(row).objects.filter(pk=row.pk, body=row.body)
        unchanged.update(**{column: getattr(row, column) for column in columns})
