"""What a search finds, as files: the same two as of every list, the newest first."""

from array import array
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from posts.downloading.choosing import Chosen
from posts.downloading.naming import stem_of
from posts.downloading.views import ANSWERS, Answer
from posts.search.addresses import Asked, search_url
from posts.search.indexing import catch_up_for_reader
from posts.search.searching import ids_found

MOST = 1_000_000


def download_addresses() -> list[URLPattern]:
    return [path(f"search/posts.{kind}", _view(answer), name=f"posts-{kind}") for kind, answer in ANSWERS.items()]


def _view(answer: Answer) -> Callable[..., HttpResponseBase]:
    @require_safe
    def show_file(request: HttpRequest) -> HttpResponseBase:
        catch_up_for_reader()
        return answer(request, find(request))

    return show_file


def find(request: HttpRequest) -> Chosen:
    """Return all that a search finds: of a query that makes no sense nothing, as on its page."""
    asked = Asked.by(request)
    words = f"{asked.text} {asked.within}".strip()
    with translation.override(settings.LANGUAGE_CODE):
        heading = _("Search: %(words)s") % {"words": words}
    ids = array("q", ids_found(asked.text, asked.within, most=MOST))
    return Chosen(
        heading, search_url(Asked(asked.text, asked.within)), stem_of(settings.SITE_NAME, "search", words), ids
    )
