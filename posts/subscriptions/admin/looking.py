"""What pages with readers' addresses share: who looks leaves a line in the log."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from posts.subscriptions.models import Entry, Frequency
from posts.subscriptions.moderating import note


class NotesLooks:
    """For a ModelAdmin: each view of its list is logged, with numbers and no words of the search."""

    opts: Any

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)  # type: ignore[misc]
        changelist = (getattr(response, "context_data", None) or {}).get("cl")
        if request.method == "GET" and changelist is not None:
            note(request.user, Entry.Act.LIST, self._looked_at(changelist))  # type: ignore[arg-type]
        return response

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._noted(request, super().change_view(request, object_id, *args, **kwargs))  # type: ignore[misc]

    def delete_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._noted(request, super().delete_view(request, object_id, *args, **kwargs))  # type: ignore[misc]

    def history_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._noted(request, super().history_view(request, object_id, *args, **kwargs))  # type: ignore[misc]

    def _noted(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if request.method == "GET" and response.status_code == 200:
            note(request.user, Entry.Act.LOOK, f"One of {self.opts.verbose_name_plural}")  # type: ignore[arg-type]
        return response

    def _looked_at(self, changelist: Any) -> str:
        shown = len(changelist.result_list)
        words = [f"{_counted(shown, self.opts)} shown of {changelist.result_count:,}"]
        words += ["filtered"] if changelist.has_active_filters else []
        words += ["searched"] if changelist.query else []
        return ", ".join(words)


def often_in_short(frequency: str) -> str:
    return "each post" if frequency == Frequency.POST else frequency


def _counted(number: int, opts: Any) -> str:
    return f"{number:,} {opts.verbose_name if number == 1 else opts.verbose_name_plural}"
