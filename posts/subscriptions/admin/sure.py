"""The page between an action that cannot be taken back, and its doing."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse


def ask_whether(
    model_admin: ModelAdmin[Any], request: HttpRequest, *, title: str, sentences: Sequence[str], action: str
) -> HttpResponse:
    """Ask whether this action is meant; the same rows are selected when the answer comes."""
    one = request.POST.get("one", "")  # the subscriber on whose page the button was pressed
    context = {
        **model_admin.admin_site.each_context(request),
        "title": title,
        "opts": model_admin.opts,
        "sentences": sentences,
        "action": action,
        "checkbox_name": ACTION_CHECKBOX_NAME,
        "selected": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "select_across": request.POST.get("select_across", "0"),
        "one": one if one.isdecimal() else "",
    }
    return TemplateResponse(request, "admin/subscriptions/sure.html", context)
