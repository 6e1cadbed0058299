"""One writer at the desk at a time.

SQLite lets one in at a time by itself (transactions begin IMMEDIATE, see settings). On PostgreSQL two editors who
write at once could both find a slug free, or wait for each other's rows; a lock that ends with the transaction keeps
them in a line. A desk has a handful of people: nobody notices.
"""

from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

DESK = 0x68747761746368  # "htwatch"; any numbers that nobody else locks by
INDEX = DESK + 1


def hold_the_desk() -> None:
    """Wait for whoever writes at the desk, and be the only one until the transaction ends."""
    _hold(DESK)


def hold_the_index() -> None:
    """The same for whoever writes the index of the search."""
    _hold(INDEX)


def _hold(number: int) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


class OneAtATime:
    """For a ModelAdmin: whoever saves, deletes or runs an action does so alone."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return alone(super().changeform_view, request, *args, **kwargs)  # type: ignore[misc]

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return alone(super().delete_view, request, *args, **kwargs)  # type: ignore[misc]

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return alone(super().changelist_view, request, *args, **kwargs)  # type: ignore[misc]


def alone(view: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Answer; whoever writes does so alone."""
    if request.method != "POST":
        return view(request, *args, **kwargs)
    with transaction.atomic():
        hold_the_desk()
        return view(request, *args, **kwargs)
