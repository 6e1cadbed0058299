"""The search in a real browser: the list below the box, and the pages on a phone."""

import pytest
from playwright.sync_api import expect

from tests.browser.looking import faults
from tests.factories import make_category, make_post, make_source

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def library(transactional_db) -> None:
    make_post(
        "Nordic ports", tags=["North Korea"], source=make_source("Northern Star"), categories=[make_category("Labor")]
    )
    for number in range(12):
        make_post(f"Boats {number}", tags=["Sea", f"Tag {number}"], at=f"2012-05-01 10:{number:02}")
    make_post("Old boats", tags=["Sea"], at="2011-05-01 10:00")


@pytest.mark.usefixtures("library")
def test_the_list_is_walked_by_the_keyboard_and_leads_to_a_page(page):
    page.goto("/search/")
    box = page.get_by_role("combobox")
    with page.expect_response("**q=nor"):
        box.press_sequentially("nor")
    options = page.get_by_role("option")
    expect(options).to_have_count(3)
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", options.first.get_attribute("id"))
    box.press("ArrowUp")
    expect(page.locator("[aria-selected=true]")).to_have_count(0)
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("nor")
    box.press("ArrowDown")
    expect(options).to_have_count(3)
    box.press("ArrowDown")
    box.press("Enter")
    page.wait_for_url("**/tag/north-korea/")


@pytest.mark.usefixtures("library")
def test_enter_without_a_choice_searches_and_a_click_leads_to_the_page(page):
    page.goto("/search/")
    box = page.get_by_role("combobox")
    box.press_sequentially("nor")
    expect(page.get_by_role("option")).to_have_count(3)
    box.press("Enter")
    page.wait_for_url("**/search/?q=nor")
    box.fill("northern")
    page.get_by_role("option").get_by_text("Northern Star").click()
    page.wait_for_url("**/source/northern-star/")


@pytest.mark.usefixtures("library")
def test_a_single_letter_asks_for_nothing_and_nothing_is_kept(page):
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "suggest" in request.url else None)
    page.goto("/search/")
    box = page.get_by_role("combobox")
    box.press_sequentially("n")
    page.wait_for_timeout(400)
    assert asked == []
    box.press_sequentially("or")
    expect(page.get_by_role("option")).to_have_count(3)
    assert len(asked) == 1
    assert page.evaluate("localStorage.length + sessionStorage.length + document.cookie.length") == 0


@pytest.mark.usefixtures("library")
def test_all_of_it_works_without_script(new_context):
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/tag/sea/")
    page.get_by_label("Search in these posts").fill("boats")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("This searches within:")).to_be_visible()
    page.get_by_role("link", name="Newest first").click()
    page.get_by_role("link", name="2012 12").click()
    page.get_by_role("link", name="Year: 2012 – remove this filter").click()
    page.get_by_role("link", name="Search the whole site").click()
    expect(page.get_by_role("heading", name="Boats 11")).to_be_visible()
    page.goto("/search/?q=baots+tag:sea")
    page.get_by_role("link", name="boats tag:sea").click()
    expect(page.get_by_role("status")).to_have_text("13 posts")
    page.goto("/search/?q=boats+tag:north-korea+from:2012")
    page.get_by_role("link", name="Without “Tag: North Korea”: 12 posts").click()
    expect(page.get_by_role("heading", name="Boats 11")).to_be_visible()
    page.get_by_text("How to search").click()
    page.get_by_role("link", name="tag:sea").click()
    expect(page.get_by_role("status")).to_have_text("13 posts")
    page.goto("/search/suggest/?q=north")
    page.get_by_role("link", name="North Korea").click()
    page.wait_for_url("**/tag/north-korea/")


@pytest.mark.looks
@pytest.mark.usefixtures("library")
def test_axe_finds_no_fault_and_nothing_scrolls_sideways(new_context):
    for options in ({"viewport": {"width": 320, "height": 800}}, {"color_scheme": "dark"}):
        page = new_context(**options).new_page()
        width = page.viewport_size["width"]
        for address in (
            "/search/",
            "/search/?q=boats+tag%3Asea&within=tag%3Asea&sort=date",
            "/search/?q=nroth+korea",
            "/search/?q=north+korea+2012+baots",
            "/search/?q=tag:north-korea+tag:sea+" + "w" * 200 + "+2012",
            "/search/?q=north+korea",
            "/search/?q=tag%3Anobody+from%3A2013-13+" + "w" * 300,
            "/search/suggest/?q=nor",
            "/tag/sea/",
        ):
            page.goto(address)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address
            assert faults(page) == [], address
        page.goto("/search/?q=boats")
        page.get_by_text("How to search").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert faults(page) == []
        page.goto("/search/")
        page.get_by_role("combobox").press_sequentially("nor")
        expect(page.get_by_role("option")).to_have_count(3)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert faults(page) == []
