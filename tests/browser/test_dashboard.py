"""The first page of the desk, as browsers of all sizes show it."""

import datetime as dt
import re

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import expect

from posts.models import Autosave, Post
from posts.outbox.models import Delivery
from posts.webhooks.models import Call
from tests.browser.conftest import log_in
from tests.browser.looking import faults
from tests.factories import make_comment, make_link, make_post, make_source
from tests.posts.webhooks.conftest import make_endpoint

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "https://nknews.example/2013/02/refugees"
CLIP = "/admin/posts/post/clip/?title=Mine&original_address="


@pytest.fixture
def root(transactional_db) -> User:
    return User.objects.create_superuser("root", password="secret")


@pytest.fixture
def _everything(root):
    """Have every panel show something."""
    now, day = timezone.now(), dt.timedelta(days=1)
    for number in range(9):
        title = f"A long title of the {number}th draft, on the fishing fleets of the southern sea"
        make_post(title, draft=True, editor=root, is_sensitive=number == 8)
    make_post("Waits", draft=True, is_sensitive=True).submit()
    make_post("Comes", at=now + day)
    make_post("Held", review_on=timezone.localdate())
    make_post("News", at=now - day, link=make_link(make_source()))
    Autosave.objects.create(user=root, guid="urn:uuid:1", fields={"title": ["Half a thought"]})
    make_comment(state="held")
    Delivery.objects.create(key="a", kind="subscriptions.post", recipient="a@b.example", state="failed")
    Call.objects.create(endpoint=make_endpoint(), key="a", kind="x", body={}, state="failed")


@pytest.mark.looks
@pytest.mark.usefixtures("_everything")
@pytest.mark.parametrize("width", [360, 1300])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(new_context, width):
    page = new_context(viewport={"width": width, "height": 800}).new_page()
    log_in(page, "root", "/admin/")
    page.get_by_role("heading", name="The desk").wait_for()
    for address in ("/admin/", f"{CLIP}{PAGE}", f"{CLIP}no+address"):
        page.goto(address)
        page.get_by_text("The numbers").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        assert faults(page) == [], address
        small = page.evaluate(
            "[...document.querySelectorAll('.desk-panel :is(button, .button, summary, input, .desk-rows a)')]"
            ".filter(each => each.getBoundingClientRect().height < 24).map(each => each.outerHTML)"
        )
        assert small == [], address


@pytest.mark.usefixtures("_everything")
def test_without_scripts_an_address_is_pasted_mended_and_written(new_context):
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/admin/")
    page.get_by_label("Username").fill("root")
    page.get_by_label("Password").fill("secret")
    page.get_by_role("button", name="Log in").click()
    before = Post.objects.count()
    box = page.get_by_role("region", name="New clipping")
    box.get_by_label("Address of the original").fill("nknews")
    box.get_by_label("Title").fill("A title")
    box.get_by_label("Title").press("Enter")
    expect(box).to_contain_text("This is no address of a page.")
    expect(box.get_by_label("Title")).to_have_value("A title")
    box.get_by_label("Address of the original").fill(f"{PAGE}?utm_source=x")
    box.get_by_role("button", name="Write it").click()
    expect(box).to_contain_text("This page is clipped already")
    expect(box.get_by_role("link", name="News")).to_be_visible()
    box.get_by_role("link", name="Clip it all the same").click()
    expect(page).to_have_url(re.compile(r"/admin/posts/post/add/\?original_address="))
    expect(page.get_by_label("Title", exact=False).first).to_have_value("A title")
    assert Post.objects.count() == before
