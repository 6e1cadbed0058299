"""What a reader chose about how pages are shown: kept in cookies of the reader's own browser, and nowhere else."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

THEMES: dict[str, str | Promise] = {
    "system": _("As this device is set"),
    "light": _("Light"),
    "dark": _("Dark"),
}
DISCREET: dict[str, str | Promise] = {"off": _("Off"), "on": _("On")}
# Big sites that nobody wonders about. One of several countries each: what is dull here may be blocked there.
EXITS: dict[str, tuple[str | Promise, str]] = {
    "weather": (_("Weather (BBC)"), "https://www.bbc.com/weather"),
    "encyclopedia": (_("Encyclopedia (Wikipedia)"), "https://www.wikipedia.org/"),
    "search": (_("Search (Bing)"), "https://www.bing.com/"),
    "portal": (_("News and shopping in Korean (NAVER)"), "https://www.naver.com/"),
}

# Each choice is a cookie of this name. The first option is what stands where there is none.
OPTIONS: dict[str, dict[str, str | Promise]] = {
    "theme": THEMES,
    "discreet": DISCREET,
    "exit": {key: name for key, (name, _url) in EXITS.items()},
}


def default(name: str) -> str:
    return next(iter(OPTIONS[name]))


@dataclass(frozen=True)
class Preferences:
    theme: str
    discreet: str
    exit: str

    @property
    def is_discreet(self) -> bool:
        return self.discreet == "on"

    @property
    def exit_url(self) -> str:
        return EXITS[self.exit][1]

    @property
    def color_scheme(self) -> str:
        """The schemes a page comes in, as `<meta name="color-scheme">` names them."""
        return "light dark" if self.theme == "system" else self.theme


def preferences_of(request: HttpRequest | None) -> Preferences:
    """Return what the reader chose; a cookie that says nothing we know is none."""
    cookies = request.COOKIES if request else {}
    return Preferences(
        **{name: cookies[name] if cookies.get(name) in options else default(name) for name, options in OPTIONS.items()}
    )


class PreferencesMiddleware:
    """Have caches keep the pages of different choices apart, and those of discreet readers not at all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # The desk is shown to all in one way; and its forms are refused without the header Referer.
        if request.path_info.startswith("/admin/"):
            return response
        if response.get("Content-Type", "").startswith("text/html") and not 300 <= response.status_code < 400:
            patch_vary_headers(response, ["Cookie"])
        if preferences_of(request).is_discreet:
            patch_cache_control(response, private=True, no_store=True)
            response.headers["Referrer-Policy"] = "no-referrer"
        return response
