"""What tests of the ledger share: a real mail server, and messages for it."""

from collections import Counter

import pytest

from posts.outbox import composing, delivering
from posts.outbox.composing import Message, composes
from posts.outbox.models import Delivery
from tests.posts.outbox.server import BluntServer, Server


@pytest.fixture
def server():
    running = Server()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def mail_by_smtp(server, settings, monkeypatch):
    """Have messages of a kind of our own go to that server."""
    monkeypatch.setattr(composing, "_composers", {})
    delivering.refusals.forget()

    @composes("greet")
    def compose(data):
        return Message("Hello", "Hello, plain", "<p>Hello</p>")

    send_to(server.port, settings)


def send_to(port: int, settings) -> None:
    options = {"host": "127.0.0.1", "port": port, "timeout": 5}
    settings.MAILERS = {"default": {"BACKEND": "posts.outbox.smtp.EmailBackend", "OPTIONS": options}}


@pytest.fixture
def blunt(mail_by_smtp, settings):
    """Have them go to a server that says any bytes."""
    running = BluntServer()
    running.start()
    send_to(running.port, settings)
    yield running
    running.stop()


def queue(number: int = 1, domain: str = "reader.example") -> list[int]:
    """Queue greetings; `{}` in the domain stands for their number."""
    rows = [
        Delivery(key=f"greet:{index}", kind="greet", recipient=f"r{index}@{domain.format(index)}")
        for index in range(number)
    ]
    Delivery.objects.write(rows)
    return list(Delivery.objects.order_by("pk").values_list("pk", flat=True))


def states() -> Counter:
    return Counter(Delivery.objects.values_list("state", flat=True))
