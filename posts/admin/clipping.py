"""The desk: the box “New clipping”."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from posts.prefilling import ClippingForm


@require_safe
def begin_clipping(request: HttpRequest, site: Any) -> HttpResponse:
    """Lead to the form for a new post, filled in; or show the desk again, the box saying why not."""
    if not request.user.has_perm("posts.add_post"):
        raise PermissionDenied
    form = ClippingForm(request.GET)
    if form.is_valid() and not form.clips(request.user):
        return HttpResponseRedirect(form.next_address)
    return site.index(request)
