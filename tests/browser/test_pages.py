"""Every kind of page, as browsers of all sizes show it."""

import pytest

from tests.browser.pages import looked_at

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.looks
@pytest.mark.usefixtures("demo")
def test_no_page_has_a_fault_that_axe_finds_nor_scrolls_sideways(new_context):
    assert list(looked_at(new_context)) == []


@pytest.mark.usefixtures("demo")
def test_the_keyboard_finds_the_text_first_and_focus_is_seen(new_context):
    page = new_context().new_page()
    page.goto("/tag/north-korea/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the text"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    page.keyboard.press("Enter")
    assert page.url.endswith("#content")
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
