"""Pages in Korean, and texts in several directions, as browsers show them."""

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from tests.browser.looking import faults
from tests.browser.pages import PAGES
from tests.factories import keep_open, make_post

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.looks
def test_no_korean_page_has_a_fault_that_axe_finds_nor_scrolls_sideways(new_context, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    call_command("demo")
    page = new_context(viewport={"width": 1280, "height": 800}, locale="ko-KR").new_page()
    for address in [*PAGES, "/comments/"]:
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(address)
        assert page.evaluate("document.documentElement.lang") == "ko", address
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280, address
        page.set_viewport_size({"width": 320, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
        assert faults(page) == [], address


def test_each_part_of_a_mixed_text_runs_in_its_own_direction(page):
    table = "| One | שתיים |\n|--|--|\n| 1 | ב |"
    text = "English first.\n\nفقرة عربية (2013).\n\n- قائمة\n\n  > A quotation.\n\n- أخرى\n\n"
    post = make_post("عنوان", body=text + table)
    page.goto(post.get_absolute_url())

    def direction(selector: str) -> str:
        return page.locator(selector).first.evaluate("each => getComputedStyle(each).direction")

    assert direction("h1.post-title") == "rtl"
    assert [direction(f".post-body > p:nth-of-type({number})") for number in (1, 2)] == ["ltr", "rtl"]
    assert direction(".post-body ul") == "rtl"
    assert direction(".post-body ul > li") == "rtl"
    assert direction(".post-body ul blockquote") == "ltr"
    assert direction(".post-body th:nth-child(1)") == "ltr"
    assert direction(".post-body th:nth-child(2)") == "rtl"
    assert direction(".post-source, .post-meta") == "ltr"
    assert page.locator("th[lang=he]").count() == 1
    assert faults(page) == []


def test_what_is_folded_says_how_to_open_and_to_close_it(new_context):
    post = make_post("The cellar", notice="Violence", body="Okapi.")
    for locale, opens, closes in (("en", "Show the text", "Hide the text"), ("ko", "본문 보기", "본문 숨기기")):
        page = new_context(locale=locale).new_page()
        page.goto(post.get_absolute_url())
        expect(page.get_by_text(opens)).to_be_visible()
        expect(page.get_by_text(closes)).to_be_hidden()
        page.get_by_text(opens).click()
        expect(page.get_by_text("Okapi.")).to_be_visible()
        expect(page.get_by_text(closes)).to_be_visible()
        expect(page.get_by_text(opens)).to_be_hidden()


def test_the_length_of_a_comment_is_said_in_the_language_of_the_page(new_context):
    post = keep_open(make_post())
    for locale, none, five in (
        ("en", "Up to 5,000 characters.", "5 of 5,000 characters."),
        ("ko", "최대 5,000자.", "5,000자 중 5자."),
    ):
        page = new_context(locale=locale).new_page()
        page.goto(post.get_absolute_url())
        expect(page.locator("[data-length]")).to_have_text(none)
        page.locator("#id_text").fill("Words")
        expect(page.locator("[data-length]")).to_have_text(five)
