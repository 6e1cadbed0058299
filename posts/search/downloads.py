"""What a search finds, as files: the same two as of every list, the newest first."""

from array import array
from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from posts.downloading.choosing import Chosen
from posts.downloading.naming import stem_of
from posts.downloading.views import ANSWERS, Answer
from posts.search.engine import engine
from posts.search.indexing import catch_up_for_reader
from posts.search.models import post_of
from posts.search.searching import look_up

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
    asked = {name: " ".join(request.GET.get(name, "").replace("\x00", " ").split()) for name in ("q", "within")}
    words = f"{asked['within']} {asked['q']}".strip()
    with translation.override(settings.LANGUAGE_CODE):
        heading = _("Search: %(words)s") % {"words": words}
    address = urlencode({name: value for name, value in asked.items() if value})
    return Chosen(heading, f"/search/?{address}", stem_of(settings.SITE_NAME, "search", words), _ids(words))


def _ids(words: str) -> array[int]:
    sought = look_up(words)
    if sought.query.is_empty or sought.is_hopeless or sought.low > sought.high:
        return array("q")
    return array("q", map(post_of, engine().newest(sought.expression, sought.low, sought.high, MOST)))
