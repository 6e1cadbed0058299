"""The desk: texts that somebody typed and did not save."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from posts import autosaving
from posts.models import Autosave


@require_safe
def unsaved_list(request: HttpRequest, site: Any) -> HttpResponse:
    """All that this person has unsaved, newest first, to go on with or to copy from.

    For whoever is at the desk: who may not edit any longer still may copy what is theirs.
    """
    rows = Autosave.objects.filter(user=request.user.pk)[:100]
    texts = [
        {
            "autosave": row,
            "address": autosaving.address_of(row),
            "text": next(iter(row.fields.get("body") or []), ""),
        }
        for row in rows
    ]
    context = {**site.each_context(request), "title": "Texts that were not saved", "texts": texts}
    return TemplateResponse(request, "admin/posts/post/unsaved.html", context)


@require_POST
def drop_unsaved(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget one of them; nobody has another's."""
    dropped, _ = Autosave.objects.filter(pk=pk, user=request.user.pk).delete()
    messages.success(request, "It is dropped." if dropped else "It is gone already.")
    return HttpResponseRedirect(reverse("admin:posts_post_unsaved"))
