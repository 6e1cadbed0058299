"""Every list as files beside its page: `posts.csv`, a table, and `posts.zip`, a folder."""

from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.urls import URLPattern, path
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from posts.answering import too_often
from posts.downloading import tables
from posts.downloading.choosing import Chosen, category_names
from posts.downloading.folder import Folder, TemporaryFile
from posts.downloading.naming import disposition
from posts.downloading.pictures import open_picture
from posts.finding import Found, lead_to
from posts.limiting import Rule, TooOften, take_turn, writer_of

RULES = [Rule(10, 60 * 60)]  # folders for one network
TYPES = {"csv": "text/csv; charset=utf-8; header=present", "zip": "application/zip"}
Answer = Callable[[HttpRequest, Chosen], HttpResponseBase]


def download_addresses(address: str, find: Callable[..., Found], name: str) -> list[URLPattern]:
    """Return the addresses of the two files of the list at this address."""
    return [
        path(f"{address}posts.{kind}", _view(find, kind, answer), name=f"{name}-{kind}")
        for kind, answer in ANSWERS.items()
    ]


def _view(find: Callable[..., Found], kind: str, answer: Answer) -> Callable[..., HttpResponseBase]:
    @require_safe
    def show_file(request: HttpRequest, **address: Any) -> HttpResponseBase:
        with translation.override(settings.LANGUAGE_CODE):
            found = find(**address)
            own_path = f"{found.url}posts.{kind}"
            chosen = Chosen.of(found) if request.get_full_path().partition("?")[0] == own_path else None
        return answer(request, chosen) if chosen else lead_to(own_path)

    return show_file


def answer_table(request: HttpRequest, chosen: Chosen) -> HttpResponseBase:
    return _known(request, chosen, "csv") or _headed(_table(chosen), chosen, "csv")


def answer_folder(request: HttpRequest, chosen: Chosen) -> HttpResponseBase:
    """Answer with the folder; who only asks whether it changed costs nothing, and nobody takes it all day long."""
    if known := _known(request, chosen, "zip"):
        return known
    try:
        take_turn("folder", writer_of(request), RULES)
    except TooOften as error:
        words = _("Your network took many folders lately. Try again in an hour, or take the table.")
        return too_often(request, error, words)
    with translation.override(settings.LANGUAGE_CODE):
        response = FileResponse(make_zip(chosen))
    return _headed(response, chosen, "zip")


ANSWERS: dict[str, Answer] = {"csv": answer_table, "zip": answer_folder}


def make_zip(chosen: Chosen) -> TemporaryFile:
    """Return the folder as a temporary file, at its beginning."""
    folder = Folder(chosen.heading, chosen.url, chosen.stem, chosen.changed_on(), category_names(), open_picture)
    file = TemporaryFile()
    try:
        folder.take(chosen.slices())
        folder.write_zip(file)
    except BaseException:
        file.close()
        raise
    finally:
        folder.close()
    file.seek(0)
    return file


def _table(chosen: Chosen) -> HttpResponseBase:
    return StreamingHttpResponse(_in_site_language(tables.lines(chosen.slices(), category_names())))


def _known(request: HttpRequest, chosen: Chosen, kind: str) -> HttpResponseBase | None:
    """Answer who has it already, and who asks for nothing but the head, without making it."""
    response = get_conditional_response(request, etag=chosen.etag(kind))
    if response is None and request.method == "HEAD":
        return _headed(StreamingHttpResponse(()), chosen, kind)
    return response and _headed(response, chosen, kind)


def _in_site_language(parts: Iterator[str]) -> Iterator[str]:
    """Make each part in the site's language, whatever is spoken by others in between."""
    while True:
        with translation.override(settings.LANGUAGE_CODE):
            part = next(parts, "")
        if not part:
            return
        yield part


def _headed(response: HttpResponseBase, chosen: Chosen, kind: str) -> HttpResponseBase:
    response.headers["ETag"] = chosen.etag(kind)
    response.headers["X-Robots-Tag"] = "noindex"
    if response.status_code == 200:
        response.headers["Content-Type"] = TYPES[kind]
        response.headers["Content-Disposition"] = disposition(chosen.stem, kind)
    # As with the pages: what stands in it may be withdrawn.
    patch_cache_control(response, no_cache=True)
    return response
