"""What reference managers take: a post's references as files beside its address."""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from posts import listing
from posts.dating import site_date
from posts.finding import find_post, lead_to
from posts.gone import tells_gone
from posts.models import Post
from posts.referencing import bibtex, csl
from posts.referencing.references import Reference, references_of

BIB, CSL = "cite.bib", "cite.json"
BIB_TYPE, CSL_TYPE = "application/x-bibtex; charset=utf-8", "application/vnd.citationstyles.csl+json"


def cite_view(
    name: str, content_type: str, write: Callable[[Iterable[Reference]], str]
) -> Callable[..., HttpResponse]:
    """Return the view of a kind of file; a former address leads to the file beside the present one."""

    @require_safe
    @tells_gone
    def show_references(request: HttpRequest, **address: Any) -> HttpResponse:
        post = find_post(**address)
        own_path = f"{post.get_absolute_url()}{name}"
        if request.get_full_path().partition("?")[0] != own_path:
            return lead_to(own_path)
        references = _references(post)
        response = HttpResponse(write(references), content_type=content_type)
        ending = name.rpartition(".")[2]
        response.headers["Content-Disposition"] = f'attachment; filename="{references[0].key}.{ending}"'
        response.headers["X-Robots-Tag"] = "noindex"
        # As with the post itself: it may be withdrawn, and tomorrow is another day of retrieval.
        patch_cache_control(response, no_cache=True)
        return response

    return show_references


def _references(post: Post) -> list[Reference]:
    with translation.override(settings.LANGUAGE_CODE):
        found = listing.read_posts(Post.objects.published().filter(pk=post.pk), whole=True)
        if not found:
            raise Http404("It went from sight a moment ago.")
        return references_of(found[0], site_date(timezone.now()))


def cite_addresses(address: str) -> list[URLPattern]:
    return [
        path(f"{address}{BIB}", cite_view(BIB, BIB_TYPE, bibtex.written), name="post-bibtex"),
        path(f"{address}{CSL}", cite_view(CSL, CSL_TYPE, csl.written), name="post-csl"),
    ]
