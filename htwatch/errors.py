"""What is said of a request that cannot be read at all."""

from django.http import HttpRequest, HttpResponseBadRequest
from django.template import loader


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBadRequest:
    """Answer 400. Django's own view asks for the form's token, for which it would read the request once more."""
    return HttpResponseBadRequest(loader.get_template("400.html").render())
