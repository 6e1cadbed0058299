"""The desk: what the scripts of the post's form ask for while it is filled in."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from posts import autosaving
from posts.admin.picture_taking import take_picture
from posts.clipping import near_titles, page_at, pages_beside, warn_of_titles
from posts.forms import ALSO_MOST, PostForm
from posts.models import Image, Post, Tag, TagAlias, Visit
from posts.rendering import MAX_TEXT_LENGTH, render_post
from sources.naming import fold

TAG_NAMES_A_PAGE = 20
KNOWN_OF_PAGE = {name: column for name, column in PostForm.LINK_FIELDS.items() if name != "original_address"}


class Assists:
    """For the ModelAdmin of posts: preview, pictures, names of tags."""

    has_add_permission: Any
    has_change_permission: Any

    def render_markdown(self, request: HttpRequest) -> HttpResponse:
        """Preview: the text as the site will show it."""
        return self._for_editors(request, _render_markdown)

    def upload_picture(self, request: HttpRequest) -> HttpResponse:
        """Take a picture for the text; answer the Markdown that shows it, or why it was refused."""
        return self._for_editors(request, take_picture)

    def _for_editors(self, request: HttpRequest, answer: Any) -> HttpResponse:
        """A script cannot follow to a login page: say in a sentence that the session is over."""
        if not (request.user.is_active and request.user.is_staff and self._may_edit(request)):
            return _refused(request, "You are logged out, or may not edit. Copy your text, then log in again.", 403)
        return never_cache(require_POST(answer))(request)

    def _may_edit(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request) or self.has_change_permission(request)

    def tag_names(self, request: HttpRequest) -> HttpResponse:
        if not self._may_edit(request):
            raise PermissionDenied
        return require_safe(_tag_names)(request)

    def known(self, request: HttpRequest) -> HttpResponse:
        """Tell what is known of the pages and the title that stand in the form: JSON, see `_known`."""
        if not (request.user.is_active and request.user.is_staff and self._may_edit(request)):
            return JsonResponse({"error": "You are logged out, or may not edit."}, status=403)
        return never_cache(require_safe(_known))(request)


@csrf_exempt  # the seal is the token: nobody else has it
@never_cache
@require_POST
def autosave(request: HttpRequest) -> JsonResponse:
    """Keep what stands in a form, the session over or not, and tell what happened to its post meanwhile."""
    sealed = autosaving.opened(request.POST.get("seal", ""))
    if sealed is None or (request.user.is_authenticated and request.user.pk != sealed.user_id):
        return JsonResponse(
            {"error": "This form is too old, or not yours: copy your text, and open it anew."}, status=403
        )
    is_beat = "beat" in request.POST
    try:
        kept = None if is_beat else autosaving.keep(sealed, request.POST)
    except autosaving.TooLong:
        return JsonResponse({"error": "This is too long to be kept: copy your text elsewhere."}, status=413)
    if not request.user.is_authenticated:
        return JsonResponse({"kept_at": _clock(kept), "is_out": True})
    post = Post.objects.filter(guid=sealed.guid).only("pk", "version").first()
    if post is None:
        return JsonResponse({"kept_at": _clock(kept)})
    Visit.objects.note(request.user, post.pk)
    others = [visit.user.get_username() for visit in Visit.objects.others(request.user, post.pk)]
    return JsonResponse({"kept_at": _clock(kept), "others": others, "version": post.version})


def _known(request: HttpRequest) -> JsonResponse:
    """Answer {"found": {box: HTML}, "warned": [ids], "source", "page"}: what is said at boxes, and fills others."""
    asked = request.GET
    number = asked.get("post", "")
    whose: dict[str, Any] = {
        "user": request.user,
        "besides": int(number) if number.isdecimal() and len(number) < 19 else None,
    }
    page = page_at(asked.get("address", ""), **whose)
    lines = [line.strip() for line in asked.get("also", "").splitlines() if line.strip()][:ALSO_MOST]
    titles = near_titles(asked.get("title", ""), **whose)
    found = {
        "title": warn_of_titles(titles),
        "original_address": page.as_html if page else "",
        "also_reported": pages_beside(lines, page, **whose),
    }
    told = [*titles, *(page.clips if page else ())]
    answer: dict[str, Any] = {"found": found, "warned": [clip.post_id for clip in told]}
    if page and page.source and page.source.pk:
        answer["source"] = {"id": page.source.pk, "name": page.source.name}
    if page and page.link:
        answer["page"] = {name: getattr(page.link, column) or "" for name, column in KNOWN_OF_PAGE.items()}
    return JsonResponse(answer)


def _clock(kept: Any) -> str:
    return f"{timezone.localtime(kept.made_at):%H:%M}" if kept else ""


def _refused(request: HttpRequest, sentence: str, status: int) -> HttpResponse:
    if request.path.endswith("/picture/"):
        return JsonResponse({"error": sentence}, status=status)
    return HttpResponse(format_html("<p><em>{}</em></p>", sentence), status=status)


def _render_markdown(request: HttpRequest) -> HttpResponse:
    text = request.POST.get("content")
    if text is None:
        return _refused(request, "There is no text to show.", 400)
    if len(text) > MAX_TEXT_LENGTH:
        return _refused(request, f"The text is longer than {MAX_TEXT_LENGTH:,} characters.", 400)
    return HttpResponse(render_post(text, pictures=Image.objects.facts_in(text)).html)


def _tag_names(request: HttpRequest) -> JsonResponse:
    """Names for the tag box: those that begin so first, then those that have it anywhere (as Select2 wants them).

    A tag is found by its other names too, and then says by which: "North Korea (also: DPRK)".
    """
    term = fold(request.GET.get("term", "").replace("\x00", ""))
    page = request.GET.get("page", "")
    start = (int(page) - 1) * TAG_NAMES_A_PAGE if page.isdecimal() and 0 < int(page) < 1000 else 0
    beginning = Tag.objects.searched(term, at="startswith").order_by("name_key")
    within = Tag.objects.searched(term).exclude(pk__in=beginning.values("pk")).order_by("name_key")
    tags = _tags_between(beginning, within, start, start + TAG_NAMES_A_PAGE + 1)
    also = _other_names(tags, term)
    results = [
        {"id": tag.name, "text": f"{tag.name} (also: {also[tag.pk]})" if tag.pk in also else tag.name}
        for tag in tags[:TAG_NAMES_A_PAGE]
    ]
    return JsonResponse({"results": results, "pagination": {"more": len(tags) > TAG_NAMES_A_PAGE}})


def _tags_between(beginning: QuerySet[Tag], within: QuerySet[Tag], start: int, stop: int) -> list[Tag]:
    tags = list(beginning[:stop])
    if len(tags) < stop:
        tags += within[: stop - len(tags)]
    return tags[start:]


def _other_names(tags: list[Tag], term: str) -> dict[int, str]:
    """Return for each of these tags that has the term only in other names the first of those."""
    asked = [tag for tag in tags if term not in tag.name_key]
    names = TagAlias.objects.names().filter(tag__in=asked, name_key__contains=term).order_by("-name_key")
    found = sorted(names, key=lambda alias: fold(alias.name).startswith(term))
    return {alias.tag_id: alias.name for alias in found}
