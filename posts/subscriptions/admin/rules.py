"""The desk: rules for subscriptions, and addresses that are blocked."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest

from posts.admin.bases import OneRowAdmin
from posts.subscriptions import moderating
from posts.subscriptions.admin.looking import NotesLooks
from posts.subscriptions.models import Block, Entry, Policy

NOBODY_RESUMES = "Nobody is resumed by that: whom it had suspended stays so until somebody resumes them."


@admin.register(Policy)
class PolicyAdmin(OneRowAdmin, admin.ModelAdmin):
    pass


@admin.register(Block)
class BlockAdmin(NotesLooks, admin.ModelAdmin):
    list_display = ["pattern", "note", "made_by", "made_at"]
    list_select_related = ["made_by"]
    search_fields = ["pattern", "note"]
    show_full_result_count = False
    fields = ["pattern", "note"]

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: Block, form: Any, change: bool) -> None:
        """A block suspends whom it meets, also one that is changed."""
        obj.made_by_id = request.user.pk
        super().save_model(request, obj, form, change)
        suspended = moderating.shut_out(obj.pattern, request.user)  # type: ignore[arg-type]
        messages.info(request, f"Suspended by it: {counted(suspended)}.")

    def delete_model(self, request: HttpRequest, obj: Block) -> None:
        super().delete_model(request, obj)
        messages.warning(request, NOBODY_RESUMES)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        super().delete_queryset(request, queryset)
        messages.warning(request, NOBODY_RESUMES)

    # The admin's own log would keep the address; ours does not.

    def log_addition(self, request: HttpRequest, obj: Block, message: Any) -> Any:
        return None  # `shut_out` has noted it

    def log_change(self, request: HttpRequest, obj: Block, message: Any) -> Any:
        return None

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        number = len(queryset)
        moderating.note(request.user, Entry.Act.BLOCK, f"{number} block{'' if number == 1 else 's'} lifted")  # type: ignore[arg-type]


def counted(number: int) -> str:
    return "1 subscriber" if number == 1 else f"{number:,} subscribers"
