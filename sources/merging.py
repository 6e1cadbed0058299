"""The admin's way to make several rows one: choose which stays, see what happens, confirm."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

MERGE_MOST = 50


class MergesInto:
    """For a ModelAdmin whose rows know how to `absorb` another; its class names the action and calls this."""

    model: Any
    admin_site: Any

    def merge_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Ask which of the selected rows stays; once told, merge the others into it. None: back to the list."""
        rows = list(queryset[: MERGE_MOST + 1])
        plural = self.model._meta.verbose_name_plural
        if not 2 <= len(rows) <= MERGE_MOST:
            messages.warning(request, f"Select from two to {MERGE_MOST} {plural}; then choose which of them stays.")
            return None
        kept = next((row for row in rows if str(row.pk) == request.POST.get("kept")), None)
        if kept is None:
            context = {
                **self.admin_site.each_context(request),
                "title": f"Merge {len(rows)} {plural}",
                "opts": self.model._meta,
                "rows": rows,
                "checkbox_name": ACTION_CHECKBOX_NAME,
                "is_asked_again": "kept_asked" in request.POST,
            }
            return TemplateResponse(request, "admin/merge.html", context)
        others = [row for row in rows if row.pk != kept.pk]
        for other in others:
            name = str(other)
            kept.absorb(other)
            self.log_change(request, kept, f"Merged “{name}” into it.")  # type: ignore[attr-defined]
        names = ", ".join(f"“{row}”" for row in others)
        messages.success(request, f"Merged {names} into “{kept}”. The old names and addresses lead there.")
        return None
