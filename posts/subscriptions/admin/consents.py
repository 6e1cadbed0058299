"""The desk: what was asked, and nobody has confirmed yet."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html_join

from posts.admin.bases import ReadOnly
from posts.subscriptions import moderating
from posts.subscriptions.admin.looking import NotesLooks, often_in_short
from posts.subscriptions.admin.sure import ask_whether
from posts.subscriptions.models import Consent


@admin.register(Consent)
class ConsentAdmin(ReadOnly, NotesLooks, admin.ModelAdmin):
    list_display = ["email", "asked_at", "what", "came_from", "mailed_at"]
    list_display_links = None
    search_fields = ["email"]
    search_help_text = "A part of an address"
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = ["ask_again", "erase"]

    def has_view_permission(self, request: HttpRequest, obj: Consent | None = None) -> bool:
        return request.user.has_perm("subscriptions.view_subscriber")

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("subscriptions.moderate_subscriber")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Consent]:
        return super().get_queryset(request).filter(confirmed_at=None)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        title = {"title": "Consents nobody confirmed yet"}
        return super().changelist_view(request, {**title, **(extra_context or {})})

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:subscriptions_consent_changelist"))

    @admin.display(description="asked for")
    def what(self, consent: Consent) -> str:
        rows = [(address, often_in_short(each)) for address, each in consent.scopes.items()]
        return format_html_join(", ", "{} ({})", rows)

    @admin.action(description="Send the first letter again", permissions=["moderate"])
    def ask_again(self, request: HttpRequest, queryset: QuerySet[Consent]) -> None:
        sent, left = moderating.ask_again(queryset, request.user)  # type: ignore[arg-type]
        if sent:
            messages.success(request, f"{_letters(sent)} will go out.")
        if left:
            why = "the address had one within 24 hours, is of an imported list and asked once, or is blocked"
            messages.warning(request, f"Not sent: {_letters(left)}; {why}.")

    @admin.action(description="Erase …", permissions=["moderate"])
    def erase(self, request: HttpRequest, queryset: QuerySet[Consent]) -> HttpResponse | None:
        number = queryset.count()
        if "sure" not in request.POST:
            sentence = "What they asked for is erased, with the letters about it. They can ask anew."
            title = f"Erase {number:,} asking{'' if number == 1 else 's'}"
            return ask_whether(self, request, title=title, sentences=[sentence], action="erase")
        erased = moderating.erase_askings(queryset, request.user)  # type: ignore[arg-type]
        messages.success(request, f"Erased: {erased:,}.")
        return None


def _letters(number: int) -> str:
    return "1 letter" if number == 1 else f"{number:,} letters"
