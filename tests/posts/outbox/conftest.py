"""What tests of the ledger share: a real mail server, and messages for it."""

from collections import Counter

import pytest

from posts.outbox import composing
from posts.outbox.composing import Message, composes
from posts.outbox.models import Delivery
from tests.posts.outbox.server import Server


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

    @composes("greet")
    def compose(data):
        return Message("Hello", "Hello, plain", "<p>Hello</p>")

    options = {"host": "127.0.0.1", "port": server.port, "timeout": 5}
    settings.MAILERS = {"default": {"BACKEND": "posts.outbox.smtp.EmailBackend", "OPTIONS": options}}


def queue(number: int = 1) -> list[int]:
    rows = [
        Delivery(key=f"greet:{index}", kind="greet", recipient=f"r{index}@reader.example") for index in range(number)
    ]
    Delivery.objects.write(rows)
    return list(Delivery.objects.order_by("pk").values_list("pk", flat=True))


def states() -> Counter:
    return Counter(Delivery.objects.values_list("state", flat=True))
