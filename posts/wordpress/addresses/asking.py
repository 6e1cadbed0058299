"""Asks this very site for an address, as a reader would who is not logged in: no network, and nothing is counted."""

from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import Any
from urllib.parse import SplitResult, quote, unquote_to_bytes, urljoin, urlsplit

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest

from posts.wordpress.addresses.misses import UNCOUNTED
from posts.wordpress.middleware import WITHOUT_TABLE

MOST_HOPS = 10
REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True)
class Answer:
    """The end of the way from an address: a status and where that was, after so many redirects."""

    status: int
    hops: int
    address: str  # a path of this site, or the whole address of another
    is_loop: bool = False
    is_elsewhere: bool = False  # it leads away from this site, where nobody was asked


class Asker:
    def __init__(self, *, has_table: bool = True) -> None:
        self.has_table = has_table

    def ask(self, address: str) -> Answer:
        """Ask for an address, of whatever host, and follow where it leads on this site. Raises ValueError for none."""
        path, met = _path_of(urlsplit(address)), []
        while True:
            met.append(path.partition("#")[0])
            status, location = self._get(path)
            if status not in REDIRECTS or not location:
                return Answer(status, len(met) - 1, path)
            there = urlsplit(urljoin(settings.SITE_URL + path, location))
            if there.netloc and there.netloc != urlsplit(settings.SITE_URL).netloc:
                return Answer(status, len(met), there.geturl(), is_elsewhere=True)
            path = _path_of(there)
            if path.partition("#")[0] in met or len(met) > MOST_HOPS:
                return Answer(status, len(met), path, is_loop=True)

    @cached_property
    def _handler(self) -> BaseHandler:
        handler = BaseHandler()
        handler.load_middleware()
        return handler

    def _get(self, path: str) -> tuple[int, str]:
        # To the end, for what a response does when it is closed is part of it; but the connections stay open.
        response: Any = self._handler.get_response(WSGIRequest(self._environ(urlsplit(path))))
        for closer in response._resource_closers:
            closer()
        return response.status_code, response.headers.get("Location", "")

    def _environ(self, parts: SplitResult) -> dict[str, Any]:
        site = urlsplit(settings.SITE_URL)
        port = str(site.port or (443 if site.scheme == "https" else 80))
        return {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(parts.path).decode("latin-1"),
            "QUERY_STRING": parts.query,
            "SERVER_NAME": site.hostname,
            "SERVER_PORT": port,
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": site.netloc,
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": site.scheme,
            "wsgi.input": BytesIO(),
            UNCOUNTED: True,
            **({} if self.has_table else {WITHOUT_TABLE: True}),
        }


def _path_of(parts: SplitResult) -> str:
    """Return path, query and fragment as a browser sends or keeps them: escaped, where that is not done yet."""
    path = quote(f"/{parts.path.removeprefix('/')}", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/?%:@!$&'()*+,;=~-._[]")
    return f"{path}{f'?{query}' if query else ''}{f'#{parts.fragment}' if parts.fragment else ''}"
