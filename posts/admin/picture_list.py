"""The desk: pictures of the library, to choose one from beside the text."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from posts.models import Image
from posts.models.image import WORDS

A_PAGE = 24
MOST_WORDS = 10
SEARCHED = ("alt", "caption", "credit", "licence", "file")


@never_cache
@require_safe
def picture_list(request: HttpRequest) -> JsonResponse:
    """Return pictures, newest first: those in whose words all that was typed occurs, a page of them."""
    if not request.user.has_perms(["posts.view_image", "posts.add_image"]):
        raise PermissionDenied
    pictures = Image.objects.all()
    for word in request.GET.get("q", "").replace("\x00", "").split()[:MOST_WORDS]:
        found = Q()
        for column in SEARCHED:
            found |= Q(**{f"{column}__icontains": word})
        pictures = pictures.filter(found)
    page = request.GET.get("page", "")
    start = (int(page) - 1) * A_PAGE if page.isdecimal() and 0 < int(page[:9]) < 100_000 else 0
    rows = list(pictures[start : start + A_PAGE + 1])
    return JsonResponse({"pictures": [as_choice(image) for image in rows[:A_PAGE]], "has_more": len(rows) > A_PAGE})


def as_choice(image: Image) -> dict[str, Any]:
    """Return what the page needs to show a picture and offer its words."""
    words = {name: getattr(image, name) for name in WORDS}
    return {"id": image.pk, "thumbnail": image.thumbnail_url, "name": image.file_name, "words": words}
