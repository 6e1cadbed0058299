"""What tests of webhooks share: an operator's server that listens, and the time that passes until it is called."""

import contextlib
import datetime as dt
import ipaddress
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.utils import timezone

from posts.webhooks import calling
from posts.webhooks.models import Call, Endpoint, Kind


@dataclass
class Receiver:
    """What an operator runs: keeps what came, and answers as it is told to."""

    address: str = ""
    status: int = 200
    words: bytes = b"thanks"
    seconds: float = 0
    headers: dict[str, str] = field(default_factory=dict)
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.came]


@pytest.fixture
def receiver(settings) -> Iterator[Receiver]:
    settings.FETCH_ALLOW = [ipaddress.ip_network("127.0.0.1")]
    told = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.came.append(({name.lower(): value for name, value in self.headers.items()}, body))
            time.sleep(told.seconds)
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(told.words)))
            with contextlib.suppress(OSError):  # whoever asked may have gone
                self.end_headers()
                self.wfile.write(told.words)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    told.address = f"http://127.0.0.1:{server.server_port}/told"
    yield told
    server.shutdown()
    server.server_close()


def make_endpoint(address: str = "https://operator.example/told", **fields) -> Endpoint:
    """Return a saved endpoint that has listened for an hour and wants everything."""
    fields.setdefault("kinds", Kind.values)
    if fields.get("is_active", True):
        fields.setdefault("listens_since", timezone.now() - dt.timedelta(hours=1))
    return Endpoint.objects.create(name="Ours", address=address, **fields)


def make_call(endpoint: Endpoint) -> Call:
    calling.queue_test(endpoint)
    return Call.objects.latest("pk")


def wait() -> None:
    """Let the time pass until everything is due."""
    Call.objects.update(next_try_at=timezone.now())


@pytest.fixture
def endpoint(receiver: Receiver, db) -> Endpoint:
    return make_endpoint(receiver.address)
