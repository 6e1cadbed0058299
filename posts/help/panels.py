"""What the first page of the desk shows of those who help (see posts.hooks): who is to be verified, or nothing."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, F, Window
from django.http import HttpRequest
from django.urls import reverse

from posts.help.models import Contact, State

ROWS = 7
OPENED = "admin:help_contact_changelist"


def panels(request: HttpRequest) -> Iterator[dict[str, Any]]:
    if request.user.has_perm("help.change_contact"):
        waiting = Contact.objects.to_verify().order_by(F("verified_on").asc(nulls_first=True), "name", "pk")
        contacts: list[Any] = list(waiting.annotate(number=Window(Count("*")))[:ROWS])
        if contacts:
            yield _panel(contacts, contacts[0].number)


def _panel(contacts: list[Contact], number: int) -> dict[str, Any]:
    return {
        "title": f"Contacts to verify: {number}",
        "order": 16,
        "url": f"{reverse(OPENED)}?state=to-verify",
        "template": "admin/posts/_panel_list.html",
        "rows": [_row(contact) for contact in contacts],
        "number": number if number > len(contacts) else 0,
        "empty": "",
    }


def _row(contact: Contact) -> dict[str, str]:
    is_hidden = contact.state_at() in (State.HIDDEN, State.NEVER)
    return {
        "url": reverse("admin:help_contact_change", args=[contact.pk]),
        "title": contact.name,
        "words": contact.standing(),
        "mark": "hidden from readers" if is_hidden else "",
    }
