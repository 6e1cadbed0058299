"""What tests of comments share: a post that takes them, and a reader who sends the form as it was shown."""

import re
import time
from typing import Any

import pytest
from django.core.signing import b62_encode
from django.http import HttpResponse
from django.test import Client

from posts.comments import writing
from posts.models import Post
from tests.factories import keep_open, make_post


@pytest.fixture
def post(db) -> Post:
    return keep_open(make_post("The long way", at="2013-03-31 15:17"))


class Reader:
    """Opens a post's page, fills in the form that is there, sends it. Each one comes from a network of their own."""

    networks = iter(range(1, 100_000))

    def __init__(self, post: Post, address: str = "") -> None:
        self.client = Client(REMOTE_ADDR=address or self.new_address(), enforce_csrf_checks=True)
        self.post = post
        self.url = post.get_absolute_url()

    @classmethod
    def new_address(cls) -> str:
        number = next(cls.networks)
        return f"10.{number // 250}.{number % 250}.7"

    def open(self, query: str = "") -> dict[str, str]:
        """Return the hidden fields of the form."""
        page = self.client.get(f"{self.url}{query}").content.decode()
        return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))

    def send(self, text: str = "A quiet word.", *, form: dict[str, str] | None = None, **fields: Any) -> HttpResponse:
        data = {**(self.open() if form is None else form), "text": text, **fields}
        return self.client.post(f"{self.url}comment/", data)

    def write(self, text: str = "A quiet word.", **fields: Any) -> str:
        """Send a comment that is taken; return the page that says so."""
        response = self.send(text, **fields)
        assert response.status_code == 303, response.content.decode()
        return self.client.get(response["Location"]).content.decode()


@pytest.fixture
def reader(post: Post) -> Reader:
    return Reader(post)


@pytest.fixture
def slowly(monkeypatch):
    """Have every form be shown a minute before it is sent."""
    monkeypatch.setattr(writing._stamps, "timestamp", lambda: b62_encode(int(time.time()) - 60))
