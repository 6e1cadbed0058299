"""What programs ask a blog of WordPress for, and this site answers in its own way."""

from html import escape

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseGone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe


@require_safe
def search_description(request: HttpRequest) -> HttpResponse:
    """Tell browsers how this site is searched (OpenSearch 1.1)."""
    name = escape(settings.SITE_NAME)
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">\n'
        # At most 16 and 1,024 letters, as the specification has it.
        f"<ShortName>{escape(settings.SITE_NAME[:16])}</ShortName>\n<LongName>{escape(settings.SITE_NAME[:48])}</LongName>\n"
        f"<Description>Search {name}</Description>\n<InputEncoding>UTF-8</InputEncoding>\n"
        f'<Url type="text/html" template="{settings.SITE_URL}/search/?q={{searchTerms}}"/>\n'
        "</OpenSearchDescription>\n"
    )
    return HttpResponse(text, content_type="application/opensearchdescription+xml; charset=utf-8")


@csrf_exempt
def no_remote_publishing(request: HttpRequest) -> HttpResponse:
    """The door by which programs wrote posts, and others guessed passwords: it is walled up."""
    return HttpResponseGone("Nothing is published by XML-RPC here.\n", content_type="text/plain; charset=utf-8")
