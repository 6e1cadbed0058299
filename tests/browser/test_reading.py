"""What readers do with a post under a notice, and what the browser says of its description for search engines."""

import pytest
from playwright.sync_api import expect

from posts.life import Reason
from tests.browser.looking import faults
from tests.factories import make_post

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_keyboard_unfolds_a_text_without_script_and_no_policy_complains(new_context):
    post = make_post("The cellar", body="Okapi words.", notice="Describes violence")
    for scripts in (True, False):
        page = new_context(java_script_enabled=scripts).new_page()
        page.goto(post.get_absolute_url())
        text = page.get_by_text("Okapi words.")
        expect(text).to_be_hidden()
        page.locator(".post-notice summary").focus()
        page.keyboard.press("Enter")
        expect(text).to_be_visible()
    assert page.locator('script[type="application/ld+json"]').count() == 1


def test_paper_shows_the_notice_and_the_text(page):
    page.goto(make_post("The cellar", body="Okapi words.", notice="Describes violence").get_absolute_url())
    page.emulate_media(media="print")
    expect(page.get_by_text("Describes violence")).to_be_visible()
    expect(page.get_by_text("Okapi words.")).to_be_visible()


@pytest.mark.looks
def test_axe_finds_no_fault_and_nothing_scrolls_sideways(new_context):
    post = make_post("The cellar", body="### Part\n\nWords.", notice="Describes violence")
    post.correct("It was Tuesday.")
    gone = make_post()
    gone.withdraw(Reason.PROTECTION)
    page = new_context(viewport={"width": 320, "height": 800}).new_page()
    for address in (post.get_absolute_url(), "/", "/corrections/", gone.get_absolute_url()):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
        assert faults(page) == [], address
