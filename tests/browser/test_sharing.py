"""Passing a post on in a real browser: the button that copies, and all else without script."""

import pytest
from playwright.sync_api import expect

from tests.browser.looking import faults
from tests.factories import make_post

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def post():
    return make_post("A & “b”", slug="북한")


def test_the_button_copies_the_address_and_says_so_for_a_while(new_context, post):
    page = new_context(permissions=["clipboard-read", "clipboard-write"]).new_page()
    page.goto(post.get_absolute_url())
    page.get_by_text("Share", exact=True).press("Enter")
    page.get_by_role("button", name="Copy").click()
    expect(page.locator(".share [role=status]")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == f"https://watch.example{post.get_absolute_url()}"
    expect(page.locator(".share [role=status]")).to_be_empty()
    expect(page.get_by_role("button", name="Copy")).to_be_focused()


def test_where_copying_is_refused_the_address_is_selected(new_context, post):
    context = new_context()
    context.add_init_script(
        "if (globalThis.Clipboard) Clipboard.prototype.writeText = () => Promise.reject(new Error('no'));"
    )
    page = context.new_page()
    page.goto(post.get_absolute_url())
    page.locator(".share > summary").click()
    page.get_by_role("button", name="Copy").click()
    expect(page.locator(".share [role=status]")).to_contain_text("selected")
    field = page.get_by_label("Address of this post")
    expect(field).to_be_focused()
    selected = field.evaluate("field => field.value.slice(field.selectionStart, field.selectionEnd)")
    assert selected == f"https://watch.example{post.get_absolute_url()}"


def test_where_the_browser_has_no_clipboard_there_is_no_button(new_context, post):
    context = new_context()
    context.add_init_script("Object.defineProperty(Navigator.prototype, 'clipboard', {value: undefined});")
    page = context.new_page()
    page.goto(post.get_absolute_url())
    page.locator(".share > summary").click()
    expect(page.get_by_label("Address of this post")).to_be_visible()
    expect(page.locator(".share button")).to_have_count(0)


def test_without_script_the_address_and_the_links_are_there(new_context, post):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(post.get_absolute_url())
    page.locator(".share > summary").click()
    expect(page.get_by_label("Address of this post")).to_have_value(f"https://watch.example{post.get_absolute_url()}")
    expect(page.locator(".share-links a")).to_have_count(7)
    expect(page.locator(".share button")).to_have_count(0)


@pytest.mark.looks
def test_axe_finds_no_fault_targets_are_large_and_nothing_scrolls_sideways(new_context, post):
    page = new_context(viewport={"width": 320, "height": 800}).new_page()
    page.goto(post.get_absolute_url())
    page.locator(".share > summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    for target in page.locator(".share :is(summary, a, button)").all():
        box = target.bounding_box()
        assert min(box["width"], box["height"]) >= 24, target.inner_text()
    assert faults(page, context=".share") == []
