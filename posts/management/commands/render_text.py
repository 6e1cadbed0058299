"""The site's own road from text to HTML, for measuring and for trying."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from posts import rendering
from posts.lettering import render_letter

PIPELINES = {**rendering.PIPELINES, "email": render_letter}


class Command(BaseCommand):
    help = "Reads a JSON list of strings on standard input and writes a JSON list of their HTML."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("pipeline", help=f"one of: {', '.join(PIPELINES)}")

    def handle(self, *args: Any, pipeline: str, **options: Any) -> None:
        if pipeline not in PIPELINES:
            raise CommandError(f"There is no pipeline “{pipeline}”; there are {', '.join(PIPELINES)}.")
        try:
            texts = json.load(sys.stdin)
        except (ValueError, RecursionError) as error:
            raise CommandError(f"Standard input is not JSON: {error}") from error
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise CommandError("Standard input is not a JSON list of strings.")
        json.dump([PIPELINES[pipeline](text) for text in texts], sys.stdout)
        sys.stdout.write("\n")
