"""The desk: who helps, and who is to be verified again."""

import datetime as dt
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.html import format_html

from posts.dating import site_date
from posts.help.ageing import SHOWN_MONTHS, VERIFIED_MONTHS, ends_on
from posts.help.exporting import as_csv
from posts.help.models import Contact, State
from posts.help.naming import is_language
from sources.admin import UsedChoicesFilter
from sources.locking import OneAtATime
from sources.places import language_choices

VERIFIED_TODAY = "Verified today."
VERIFY_BUTTON = "_verified"
CHANGED = (
    "Somebody has saved this contact since you opened it, and nothing of yours is stored. Open it in another tab to "
    "see what it says now, and write there what is still to be changed."
)


class LanguagesField(forms.MultipleChoiceField):
    """Languages to be ticked; kept as their codes with spaces between."""

    widget = forms.CheckboxSelectMultiple

    def prepare_value(self, value: Any) -> Any:
        return value.split() if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        return " ".join(super().clean(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed((initial or "").split(), data)


class LinesField(forms.CharField):
    """A text of several lines, which a browser sends with other line ends than it was given."""

    def to_python(self, value: Any) -> str:
        return "\n".join((super().to_python(value) or "").splitlines())


class SeenField(forms.CharField):
    """What the form was opened on. It is nobody's change."""

    widget = forms.HiddenInput

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


class ContactForm(forms.ModelForm):
    class Meta:
        model = Contact
        fields = [
            "name", "what", "kind", "country", "languages", "telephones", "text_number", "email", "web_address",
            "chat_address", "hours", "is_free", "is_anonymous", "call_back", "position", "verified_on",
        ]  # fmt: skip
        widgets = {
            "what": forms.Textarea({"rows": 2, "cols": 60}),
            "telephones": forms.Textarea({"rows": 3, "cols": 40, "dir": "ltr"}),
            "call_back": forms.Textarea({"rows": 2, "cols": 60}),
        }
        field_classes = {"telephones": LinesField}

    languages = LanguagesField(
        label="Languages spoken",
        required=False,
        choices=language_choices,
        help_text="In which somebody can be spoken to.",
    )
    seen = SeenField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = _state_of(self.instance) if self.instance.pk else ""
        # Of eighty, those that are ticked are seen first. Who may only look has no such field.
        if "languages" in self.fields:
            ticked = self.instance.language_codes
            self.fields["languages"].choices = sorted(language_choices(), key=lambda each: each[0] not in ticked)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        # A number that somebody has put right must not come back with what another had open.
        if cleaned and cleaned.get("seen") and cleaned["seen"] != self.initial["seen"] and self.changed_data:
            raise forms.ValidationError(CHANGED)
        if cleaned is not None and VERIFY_BUTTON in self.data:
            cleaned["verified_on"] = site_date(timezone.now())
        return cleaned


def _state_of(contact: Contact) -> str:
    """Return what changes with anything that can be written into the form."""
    return sha256(repr(model_to_dict(contact, ContactForm.Meta.fields)).encode()).hexdigest()[:32]


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("to-verify", "To be verified, or hidden"), *State.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Contact]) -> QuerySet[Contact]:
        contacts: Any = queryset
        if self.value() == "to-verify":
            return contacts.to_verify()
        return contacts.in_state(self.value()) if self.value() in State.values else contacts


class LanguageFilter(admin.SimpleListFilter):
    title = "language"
    parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = Contact.objects.exclude(languages="").order_by().values_list("languages", flat=True).distinct()
        spoken = {code for row in rows for code in row.split()}
        return [(code, name) for code, name in language_choices() if code in spoken]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Contact]) -> QuerySet[Contact]:
        contacts: Any = queryset
        return contacts.speaking(self.value()) if is_language(self.value() or "") else contacts


@admin.register(Contact)
class ContactAdmin(OneAtATime, admin.ModelAdmin):
    form = ContactForm
    list_display = ["name", "standing", "place", "kind", "verified_on"]
    list_filter = [StateFilter, "kind", ("country", UsedChoicesFilter), LanguageFilter]
    search_fields = ["name", "what", "telephones", "email", "web_address"]
    search_help_text = "A name, what they do, a number or an address."
    ordering = ["country", "position", "name"]
    list_per_page = 100
    actions = ["verify_today", "export_csv"]
    readonly_fields = ["standing", "verified_by"]
    fieldsets = [
        ("Who they are", {"fields": ["name", "what", "kind", "country", "languages", "position"]}),
        (
            "How they are reached",
            {
                "fields": ["telephones", "text_number", "email", "web_address", "chat_address", "hours"],
                "description": "At least one way. Write down only what they publish themselves.",
            },
        ),
        ("What is good to know before", {"fields": ["is_free", "is_anonymous", "call_back"]}),
        (
            "Verified",
            {
                "fields": ["standing", "verified_on", "verified_by"],
                "description": "Six months after a contact was verified, the first page of the desk asks for it "
                "again; after twelve, readers do not see it until somebody has verified it.",
            },
        ),
    ]

    def get_fieldsets(self, request: HttpRequest, obj: Contact | None = None) -> Any:
        *others, (name, options) = super().get_fieldsets(request, obj)
        if obj and self.has_change_permission(request, obj):  # who may only look has no form
            options = {**options, "fields": [*options["fields"], "seen"]}
        return [*others, (name, options)]

    @admin.display(description="country", ordering="country")
    def place(self, contact: Contact) -> str:
        return contact.get_country_display() if contact.country else "International"

    @admin.display(description="what readers see", ordering="verified_on")
    def standing(self, contact: Contact) -> str:
        if contact.pk is None:
            return "It is shown as soon as it is saved with the day on which it was verified."
        is_fine = contact.state_at() == State.VERIFIED
        return contact.standing() if is_fine else format_html('<span class="desk-mark">{}</span>', contact.standing())

    def save_model(self, request: HttpRequest, obj: Contact, form: Any, change: bool) -> None:
        if VERIFY_BUTTON in request.POST or "verified_on" in form.changed_data:
            obj.verified_by_id = request.user.pk if obj.verified_on else None
        super().save_model(request, obj, form, change)
        if VERIFY_BUTTON in request.POST:
            self.log_change(request, obj, VERIFIED_TODAY)
            messages.success(request, _verified(1))

    @admin.action(description="Verified today", permissions=["change"])
    def verify_today(self, request: HttpRequest, queryset: QuerySet[Contact]) -> None:
        contacts = list(queryset)
        for contact in contacts:
            contact.verify(request.user)
            self.log_change(request, contact, VERIFIED_TODAY)
        messages.success(request, _verified(len(contacts)))

    @admin.action(description="Export as CSV", permissions=["view"])
    def export_csv(self, request: HttpRequest, queryset: Iterable[Contact]) -> HttpResponse:
        response = HttpResponse(as_csv(queryset), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="contacts.csv"'
        return response


def _verified(number: int) -> str:
    """Say how many were verified today, and how long that holds."""
    today = site_date(timezone.now())
    shown_until = format_date(ends_on(today, SHOWN_MONTHS) - dt.timedelta(days=1), "F j, Y")
    asked_on = format_date(ends_on(today, VERIFIED_MONTHS), "F j, Y")
    contacts, it = ("contact", "it") if number == 1 else ("contacts", "them")
    return (
        f"{number} {contacts} verified today. Readers see {it} until {shown_until}; from {asked_on}, the first page "
        f"of the desk asks to verify {it} again."
    )
