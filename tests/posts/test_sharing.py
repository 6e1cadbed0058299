"""Passing a post on: links that tell nobody anything until they are followed."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.factories import make_post

pytestmark = pytest.mark.django_db


def box(client, post) -> str:
    page = client.get(post.get_absolute_url()).content.decode()
    return page[page.index('<details class="share">') :].partition("</details>")[0]


def links(html: str) -> dict[str, str]:
    return {name: unescape(url) for url, name in re.findall(r'<a href="([^"]*)"[^>]*>([^<]*)</a>', html)}


@pytest.mark.parametrize(
    "title", ["Plain", "“Quotes” & 'these' <b> #1 50% + ?=", "Boats 🚢", "الهروب من كوريا", "ü" * 300]
)
def test_each_link_carries_title_and_address_whatever_the_title(client, title):
    post = make_post(title, slug="북한")
    url = f"https://watch.example{post.get_absolute_url()}"
    found = links(box(client, post))
    queries = {name: parse_qs(urlsplit(link).query, strict_parsing=True) for name, link in found.items()}
    assert queries == {
        "E-mail": {"subject": [title], "body": [f"{title}\r\n\r\n{url}"]},
        "WhatsApp": {"text": [f"{title} {url}"]},
        "Telegram": {"url": [url], "text": [title]},
        "Facebook": {"u": [url]},
        "X": {"text": [title], "url": [url]},
        "Bluesky": {"text": [f"{title} {url}"]},
        "LINE": {"url": [url]},
    }
    # RFC 6068: a plus is a plus in an address of mail, so that a space is never written as one.
    assert "+" not in found["E-mail"]
    assert all(link.isascii() for link in found.values())


def test_an_untitled_post_is_called_by_its_date(client):
    assert "subject=March%2031%2C%202013" in links(box(client, make_post("")))["E-mail"]


def test_the_address_stands_there_to_be_copied_by_hand_and_the_price_of_the_links_is_named(client):
    post = make_post()
    html = box(client, post)
    assert f'readonly dir="ltr" value="https://watch.example{post.get_absolute_url()}"' in html
    assert "These links open another site, which then knows that you came with this address." in html


def test_links_to_elsewhere_pass_nothing_on_and_no_picture_comes_from_there(client):
    html = box(client, make_post())
    tags = re.findall(r"<a [^>]*https:[^>]*>", html)
    assert len(tags) == 6
    assert all('rel="noopener noreferrer external nofollow"' in tag for tag in tags)
    assert "<img" not in html
    assert "<iframe" not in html


def test_listings_have_no_such_box(client):
    make_post()
    assert 'class="share"' not in client.get("/").content.decode()
