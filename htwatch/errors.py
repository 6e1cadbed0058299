"""What is said of a request that cannot be read at all, and where something broke.

Django's own views would answer without the request: but what its reader chose holds on these pages too.
"""

from django.http import HttpRequest, HttpResponseBadRequest, HttpResponseServerError
from django.template import loader


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBadRequest:
    """Answer 400. Django's own view asks for the form's token, for which it would read the request once more."""
    return HttpResponseBadRequest(loader.get_template("400.html").render({"request": request}))


def server_error(request: HttpRequest) -> HttpResponseServerError:
    """Answer 500. No context processor runs: whatever broke may be what it asks."""
    return HttpResponseServerError(loader.get_template("500.html").render({"request": request}))
