"""What desks of several nested apps have in common."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse


class OneRowAdmin:
    """For a ModelAdmin of a table of one row: the list is its form."""

    model: Any

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if self.has_change_permission(request):  # type: ignore[attr-defined]
            self.model.objects.get_or_create(pk=1)
        return HttpResponseRedirect(
            reverse(f"admin:{self.model._meta.label_lower.replace('.', '_')}_change", args=[1])
        )


class ReadOnly:
    """For a ModelAdmin of what is there to be read, and nothing else."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
