"""The desk: a list of addresses from elsewhere."""

from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from posts.addressing import HOME
from posts.dating import byline_date
from posts.subscriptions import importing
from posts.subscriptions.importing import MOST_BYTES, MOST_ROWS, Reading, Terms, Unreadable
from posts.subscriptions.models import Entry, Frequency
from posts.subscriptions.moderating import note
from posts.subscriptions.scopes import Scope, find_scope
from posts.subscriptions.tasks import import_list


class ImportForm(forms.Form):
    file = forms.FileField(
        help_text=f"CSV in UTF-8, at most {MOST_BYTES // 1024 // 1024} MB and {MOST_ROWS:,} rows. Either an address a "
        "line, or columns with names above them: “email”, and if you like “follows”, “hour” and “discreet” as an "
        "export has them."
    )
    proof = forms.CharField(
        label="Proof of consent: where, when and how did they agree",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text="It is kept with each of them, and shown to them in the letter that asks.",
    )
    scope = forms.CharField(
        label="What they follow",
        initial=HOME,
        max_length=600,
        help_text="The address of a listing, as /tag/north-korea/; / is everything. A row’s own “follows” goes first.",
    )
    frequency = forms.ChoiceField(label="How often", choices=Frequency.choices, initial=Frequency.WEEKLY)

    def clean_scope(self) -> Scope:
        scope = find_scope(self.cleaned_data["scope"].strip())
        if scope is None:
            raise forms.ValidationError("There is no such listing here.")
        return scope

    def clean_file(self) -> Reading:
        file = self.cleaned_data["file"]
        try:
            # One byte more than may be tells that there are too many.
            return importing.read_list(file.read(MOST_BYTES + 1), cache(find_scope))
        except Unreadable as error:
            raise forms.ValidationError(str(error)) from error

    def terms(self) -> Terms:
        data = self.cleaned_data
        came_from = f"A list imported on {byline_date(timezone.now())}"
        return Terms({data["scope"].url: data["frequency"]}, came_from, data["proof"])


class ImportPage:
    """For the ModelAdmin of subscribers: its page “Import a list”."""

    admin_site: Any
    opts: Any

    def import_view(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm("subscriptions.moderate_subscriber"):
            raise PermissionDenied
        form = ImportForm(request.POST or None, request.FILES or None)
        outcome, reading = "", None
        if request.method == "POST" and form.is_valid():
            reading = form.cleaned_data["file"]
            outcome = _invite(request, reading, form.terms())
            form = ImportForm()
        context = {
            **self.admin_site.each_context(request),
            "title": "Import a list",
            "opts": self.opts,
            "form": form,
            "outcome": outcome,
            "reading": reading,
        }
        return TemplateResponse(request, "admin/subscriptions/import.html", context)


def _invite(request: HttpRequest, reading: Reading, terms: Terms) -> str:
    """Ask them now, or if they are many have a task do it; return what there is to say."""
    user: Any = request.user
    if len(reading.rows) > importing.AT_ONCE:
        with transaction.atomic():
            import_list.enqueue(importing.pack(reading.rows, terms), user.pk)
            note(user, Entry.Act.IMPORT, f"Begun: {len(reading.rows):,} addresses")
        many = f"{len(reading.rows):,} addresses are being asked in the background."
        return f"{many} How many letters that made will stand in the log."
    asked = importing.invite_all(reading.rows, terms)
    words = importing.in_words(asked, len(reading.rows) - asked)
    note(user, Entry.Act.IMPORT, words)
    return words
