"""The desk: mail that goes out, as a ledger to read."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from posts.outbox.models import Delivery


@admin.register(Delivery)
class DeliveryAdmin(admin.ModelAdmin):
    list_display = ["kind", "recipient", "state", "attempts", "queued_at", "next_try_at", "sent_at", "error"]
    list_filter = ["state", "kind"]
    search_fields = ["recipient", "key"]
    search_help_text = "An address"
    list_per_page = 50
    show_full_result_count = False
    ordering = ["-id"]
    actions = ["try_again"]
    readonly_fields = [field.name for field in Delivery._meta.fields]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Delivery | None = None) -> bool:
        return False  # a row that is gone could be told a second time

    @admin.action(description="Try the selected failed messages again", permissions=["change"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        again = sum(delivery.try_again() for delivery in queryset)
        messages.success(request, f"{again} failed message{'' if again == 1 else 's'} queued again.")
