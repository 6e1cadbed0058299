"""The desk: endpoints, and the ledger of what they were told. For administrators."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html

from posts.webhooks.calling import queue_test
from posts.webhooks.models import Answer, Call, Endpoint, Kind

ANYWHERE = [ActionLocation.CHANGE_LIST, ActionLocation.CHANGE_FORM]


class EndpointForm(forms.ModelForm):
    class Meta:
        model = Endpoint
        fields = ["name", "address", "kinds", "is_active", "note"]

    kinds = forms.MultipleChoiceField(
        label="Tell it when",
        choices=Kind,
        widget=forms.CheckboxSelectMultiple,
        help_text="What is told names no reader: ids and addresses of pages, and of a post what everybody can read.",
    )


@admin.register(Endpoint)
class EndpointAdmin(admin.ModelAdmin):
    form = EndpointForm
    list_display = ["name", "address", "wants", "is_active", "ledger"]
    list_filter = ["is_active"]
    search_fields = ["name", "address"]
    actions = ["send_test", "renew_secret"]
    readonly_fields = ["secret", "listens_since", "made_at"]

    def get_fields(self, request: HttpRequest, obj: Endpoint | None = None) -> Any:
        fields = ["name", "address", "kinds", "is_active", "note"]
        if obj is None:
            return fields
        secret = ["secret"] if self.has_change_permission(request, obj) else []
        return [*fields, *secret, "listens_since", "made_at"]

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Its calls go with an endpoint, though none of them can be deleted alone."""
        to_delete, counts, _, protected = super().get_deleted_objects(objs, request)
        return to_delete, counts, set(), protected

    @admin.display(description="tell it when")
    def wants(self, endpoint: Endpoint) -> str:
        return ", ".join(endpoint.kinds)

    @admin.display(description="calls")
    def ledger(self, endpoint: Endpoint) -> str:
        return format_html('<a href="{}">Its calls</a>', _ledger_of(endpoint))

    @admin.action(description="Send a test call", permissions=["change"], location=ANYWHERE)
    def send_test(self, request: HttpRequest, queryset: QuerySet[Endpoint]) -> None:
        for endpoint in queryset:
            queue_test(endpoint)
            said = 'A test call to “{}” is queued; <a href="{}">what came back</a> stands in the ledger.'
            messages.success(request, format_html(said, endpoint.name, _ledger_of(endpoint)))

    @admin.action(
        description="Make a new secret …",
        permissions=["change"],
        location=ActionLocation.CHANGE_FORM,
    )
    def renew_secret(self, request: HttpRequest, queryset: QuerySet[Endpoint]) -> HttpResponse | None:
        if "sure" not in request.POST:
            return self._ask_whether(request, queryset.get())
        for endpoint in queryset:
            endpoint.renew_secret()
            self.log_change(request, endpoint, "Made a new secret.")
            messages.success(request, f"“{endpoint}” has a new secret: whoever checks signatures needs it now.")
        return None

    def _ask_whether(self, request: HttpRequest, endpoint: Endpoint) -> HttpResponse:
        """Ask whether a new secret is meant: until the receiver has it, it will refuse every call."""
        context = {
            **self.admin_site.each_context(request),
            "title": "Make a new secret",
            "opts": self.opts,
            "endpoint": endpoint,
            "action_name": f"{ActionLocation.CHANGE_FORM.value}-action",
            "action": "renew_secret",
            "checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/webhooks/sure.html", context)


def _ledger_of(endpoint: Endpoint) -> str:
    return f"{reverse('admin:webhooks_call_changelist')}?endpoint__id__exact={endpoint.pk}"


class AnswerInline(admin.TabularInline):
    model = Answer
    fields = readonly_fields = ("at", "status", "seconds", "words")
    verbose_name_plural = "what came back"
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Call)
class CallAdmin(admin.ModelAdmin):
    """The ledger: to be read, and what ended to be sent again."""

    list_display = ["kind", "endpoint", "state", "attempts", "queued_at", "next_try_at", "sent_at", "error"]
    list_filter = ["state", "kind", "endpoint"]
    list_select_related = ["endpoint"]
    search_fields = ["key", "message_id"]
    search_help_text = "A webhook-id, or as post.published:12"
    list_per_page = 50
    show_full_result_count = False
    ordering = ["-id"]
    actions = ["send_again"]
    inlines = [AnswerInline]
    fields = readonly_fields = (
        "endpoint", "kind", "body", "state", "error", "attempts", "queued_at", "next_try_at", "sent_at", "webhook_id",
        "is_doubtful",
    )  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Call | None = None) -> bool:
        return False  # a row that is gone could be told a second time

    @admin.display(description="webhook-id")
    def webhook_id(self, call: Call) -> str:
        return call.webhook_id

    @admin.action(description="Send again", permissions=["change"], location=ANYWHERE)
    def send_again(self, request: HttpRequest, queryset: QuerySet[Call]) -> None:
        again = sum(call.try_again() for call in queryset)
        messages.success(request, f"{again} call{'' if again == 1 else 's'} queued again, each under its webhook-id.")
