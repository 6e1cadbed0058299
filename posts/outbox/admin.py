"""The desk: mail that goes out, as a ledger to read."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from posts.outbox.composing import Message, NotWanted
from posts.outbox.looking import looked
from posts.outbox.models import Delivery
from posts.outbox.previewing import compose_undone, preview_of, show_html, without_tokens


@admin.register(Delivery)
class DeliveryAdmin(admin.ModelAdmin):
    list_display = ["kind", "recipient", "state", "error", "attempts", "queued_at", "sent_at", "next_try_at"]
    list_filter = ["state", "kind"]
    search_fields = ["recipient", "key"]
    search_help_text = "An address"
    list_per_page = 50
    show_full_result_count = False
    ordering = ["-id"]
    actions = ["try_again"]
    readonly_fields = ["what_it_says", *(field.name for field in Delivery._meta.fields)]

    # --- Who may, and who looked

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        changelist = (getattr(response, "context_data", None) or {}).get("cl")
        if request.method == "GET" and changelist is not None:
            searched = ", searched" if changelist.query else ""
            _tell_of_look(request, f"Outgoing mail: {len(changelist.result_list)} shown{searched}")
        return response

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().change_view(request, object_id, *args, **kwargs)
        if request.method == "GET" and response.status_code == 200:
            _tell_of_look(request, f"Outgoing mail: number {object_id}")
        return response

    def history_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().history_view(request, object_id, *args, **kwargs)
        _tell_of_look(request, f"Outgoing mail: the history of number {object_id}")
        return response

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Delivery | None = None) -> bool:
        return False  # a row that is gone could be told a second time

    @admin.action(description="Try the selected failed messages again", permissions=["change"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        again = sum(delivery.try_again() for delivery in queryset)
        messages.success(request, f"{again} failed message{'' if again == 1 else 's'} queued again.")

    # --- What it says

    @admin.display(description="what it says")
    def what_it_says(self, delivery: Delivery) -> str:
        return format_html('<a href="{}">Preview</a>', reverse("admin:outbox_delivery_preview", args=[delivery.pk]))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/preview/", view(self.preview_view), name="outbox_delivery_preview"),
            path("<int:pk>/preview/html/", view(self.html_view), name="outbox_delivery_html"),
            *super().get_urls(),
        ]

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what a message says, composed as it would be now."""
        delivery = self._row(request, pk)
        _tell_of_look(request, f"Outgoing mail: what number {pk} says")
        message, why_not = _composed(delivery)
        context = {
            **self.admin_site.each_context(request),
            "title": "Preview",
            "opts": self.opts,
            "delivery": delivery,
            "preview": message and preview_of(message, delivery),
            "why_not": why_not,
            "html_url": reverse("admin:outbox_delivery_html", args=[pk]),
        }
        return TemplateResponse(request, "admin/outbox/preview.html", context)

    def html_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        message, why_not = _composed(self._row(request, pk))
        if message is None:
            raise Http404(why_not)
        return show_html(request, message)

    def _row(self, request: HttpRequest, pk: int) -> Delivery:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(Delivery, pk=pk)


def _tell_of_look(request: HttpRequest, words: str) -> None:
    looked.send(sender=Delivery, user=request.user, words=words)


def _composed(delivery: Delivery) -> tuple[Message | None, str]:
    """Return the message without what acts for its reader; or none, and why."""
    try:
        return without_tokens(compose_undone(delivery)), ""
    except NotWanted as error:
        if delivery.state == Delivery.State.SENT:
            return None, f"It was sent. What it said cannot be shown any longer: {error}"
        return None, f"It will not be sent any longer. {error}"
    except Exception as error:  # a composer's fault is what one looks for here
        return None, f"It cannot be composed: {type(error).__name__}: {error}"
