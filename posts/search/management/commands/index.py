from typing import Any

from django.core.management.base import BaseCommand

from posts.search.indexing import TURN, catch_up


class Command(BaseCommand):
    help = "Index what has changed since; what many changes leave over waits for the next time."

    def handle(self, *args: Any, **options: Any) -> None:
        catch_up(seconds=TURN)
