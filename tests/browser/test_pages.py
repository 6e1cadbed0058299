"""Every kind of page, as browsers of all sizes show it."""

import pytest
from django.core.management import call_command

from tests.browser.looking import faults

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = [
    "/",
    "/page/3/",
    "/tag/",
    "/tag/north-korea/",
    "/tag/survivors/",
    "/category/",
    "/category/forced-labor/",
    "/source/",
    "/source/nk-news/",
    "/archive/",
    "/search/",
    "/search/?q=korea",
    "/2019/04/",
    "/2013/03/31/escape-from-north-korea-a-modern-refugee-crisis/",
    "/2012/09/08/human-rights-of-north-korean-defectors-in-dire-straits/",
    "/about/",
    "/get-help/",
    "/nothing/here/",
]


@pytest.fixture
def _demo(transactional_db, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    call_command("demo")


@pytest.mark.looks
@pytest.mark.usefixtures("_demo")
def test_no_page_has_a_fault_that_axe_finds_nor_scrolls_sideways(new_context):
    for width in (320, 1280):
        context = new_context(viewport={"width": width, "height": 800})
        page = context.new_page()
        for address in PAGES:
            status = page.goto(address).status
            assert status == (404 if address == "/nothing/here/" else 200), address
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (address, width)
            assert faults(page) == [], (address, width)


@pytest.mark.usefixtures("_demo")
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
