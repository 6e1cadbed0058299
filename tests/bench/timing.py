"""Pages and bare views, asked for in turn in one process, so that whatever slows the machine slows both."""

import gc
import io
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any
from urllib.parse import unquote_to_bytes

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.bench.pages import Page

WARM_UPS = 5

Handler = Callable[..., Any]


@dataclass
class Measured:
    page: Page
    queries: int
    size: int  # bytes of the answer
    times: list[float] = field(default_factory=list)  # seconds, one a round
    bare_times: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """How many bare views the page costs: the median of the ratios of each round."""
        return median_ratio(self.times, self.bare_times)


def median_ratio(times: list[float], others: list[float]) -> float:
    return median(a / b for a, b in zip(times, others, strict=True))


def measure(pages: list[Page], site: Handler, bare: Handler, rounds: int) -> list[Measured]:
    measured = []
    for page in pages:
        for _ in range(WARM_UPS):
            ask(bare, page.bare_url)
            ask(site, page.url)
        with CaptureQueriesContext(connection) as captured:
            # A request clears the list of queries when it begins and not when it ends.
            size = ask(site, page.url)
        measured.append(Measured(page, len(captured.captured_queries), size))
    gc.collect()
    for _ in range(rounds):
        for one in measured:
            one.times.append(_timed(site, one.page.url))
            one.bare_times.append(_timed(bare, one.page.bare_url))
    return measured


def _timed(handler: Handler, url: str) -> float:
    begin = time.perf_counter()
    ask(handler, url)
    return time.perf_counter() - begin


def ask(handler: Handler, url: str) -> int:
    """Send a GET as a web server would and return the number of bytes of the answer."""
    path, _, query = url.partition("?")
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1:8000",
        "HTTP_ACCEPT": "text/html,application/xhtml+xml",
        "HTTP_USER_AGENT": "bench",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    statuses: list[str] = []
    response = handler(environ, lambda status, headers, exc_info=None: statuses.append(status))
    size = sum(len(part) for part in response)
    response.close()
    if statuses != ["200 OK"]:
        raise RuntimeError(f"{url} answered {statuses[0]}.")
    return size
