"""No page of the desk keeps anybody out: axe finds nothing on any of them, in light and in dark."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client

from posts.models import Post
from tests.browser.conftest import log_in
from tests.browser.looking import faults
from tests.desk import addresses, make_one_of_everything, make_people

pytestmark = pytest.mark.django_db(transaction=True)

# Pages that are Django's own for each table alike: those of one table stand for all, and a form that changes for the
# one that adds. And one that leads to the site.
BY_DJANGO = re.compile(
    r"(?!posts_|auth_group).*_(history|delete)|(?!posts_|auth_|subscriptions_|wordpress_run).*_add|view_on_site"
)


def pages_of(client: Client, post: Post) -> list[str]:
    """Return the addresses that answer a page; others are asked by scripts, take forms only, or lead on."""
    answers = {
        address: client.get(address) for name, address in addresses(post).items() if not BY_DJANGO.fullmatch(name)
    }
    return [address for address, response in answers.items() if _is_page(response)]


def _is_page(response: HttpResponse) -> bool:
    # A letter is shown in a frame in which no script may run, that of axe neither.
    is_sandboxed = "sandbox" in response.headers.get("Content-Security-Policy", "")
    # Of what is refused there are tests elsewhere; it looks alike wherever it is said.
    return response.status_code == 200 and not is_sandboxed and b"<html" in getattr(response, "content", b"")


@pytest.mark.looks
def test_axe_finds_nothing_at_the_desk(new_context, groups, client):
    people = make_people()
    post = make_one_of_everything(people["Editors"])
    client.force_login(people["superuser"])
    asked = pages_of(client, post)
    assert len(asked) > 60
    page = new_context(viewport={"width": 1280, "height": 900}).new_page()
    log_in(page, "root", "/admin/")
    page.get_by_role("heading", name="The desk").wait_for()
    found = {}
    for address in asked:
        page.goto(address)
        found[address] = faults(page)
    assert {address: each for address, each in found.items() if each} == {}
