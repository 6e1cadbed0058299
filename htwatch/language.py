"""The language of a page: what the reader chose, else what the browser asks for; the desk speaks English."""

from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation


class LanguageMiddleware(LocaleMiddleware):
    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        # Our own words at the desk are English; Django's beside them in another language would help nobody.
        if request.path_info.startswith("/admin/"):
            translation.activate("en")
            request.LANGUAGE_CODE = translation.get_language()
