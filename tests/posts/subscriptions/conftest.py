"""What tests of subscriptions share: readers who fill in the box, and the clock's job."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client


class Visitor:
    """Somebody with a browser, from a network of their own unless told otherwise."""

    networks = iter(range(1, 100_000))

    def __init__(self, address: str = "") -> None:
        number = next(self.networks)
        self.address = address or f"10.{number // 250}.{number % 250}.7"
        self.client = Client(REMOTE_ADDR=self.address, enforce_csrf_checks=True)

    def ask(self, email: str = "ann@reader.example", scope: Any = "/", **fields: Any) -> HttpResponse:
        data = {"email": email, "scope": scope, "frequency": "post", "page": "/", **fields}
        return self.client.post("/subscribe/", data)


@pytest.fixture
def visitor(db) -> Visitor:
    return Visitor()


@pytest.fixture
def announced(delivered) -> Callable[[], list[Any]]:
    """Do what the clock and the worker do in a minute; return the mail that went out."""

    def run() -> list[Any]:
        call_command("announce", verbosity=0)
        return delivered()

    return run


def link_in(message: mail.EmailMessage, part: str) -> str:
    """Return the address in a letter's text that has this in it, without the site's own name."""
    [found] = {word for word in message.body.split() if part in word}
    return found.removeprefix("https://watch.example")
