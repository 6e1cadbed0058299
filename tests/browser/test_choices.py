"""What readers choose, and what holds whatever they chose: colours, sizes, paper, the keyboard."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import faults
from tests.browser.pages import PAGES
from tests.browser.targets import too_small
from tests.factories import make_link, make_post, make_source

pytestmark = pytest.mark.django_db(transaction=True)

LIGHT_PAPER, DARK_PAPER = "rgb(253, 252, 250)", "rgb(22, 20, 18)"


def paper(page: Page) -> str:
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


def choose(page: Page, *labels: str, came_from: str = "/archive/") -> None:
    page.goto(came_from)
    page.get_by_role("link", name="Language, colours, discreet reading").click()
    for label in labels:
        page.get_by_label(label, exact=True).check()
    page.get_by_role("button", name="Keep these choices").click()


def cookies(page: Page) -> dict[str, str]:
    return {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}


@pytest.mark.parametrize("scripts", [True, False])
def test_a_reader_chooses_comes_back_and_forgets_it_all(new_context, live_server, scripts):
    page = new_context(java_script_enabled=scripts).new_page()
    choose(page, "Dark", "Search (Bing)", came_from="/archive/?x=1")
    assert page.url == f"{live_server.url}/archive/?x=1#kept"
    expect(page.get_by_text("Your choice is kept in this browser.")).to_be_visible()
    expect(page.get_by_text("All choices are forgotten.")).to_be_hidden()
    assert paper(page) == DARK_PAPER
    assert page.locator(".exit").get_attribute("href") == "https://www.bing.com/"
    assert cookies(page) == {"theme": "dark", "exit": "search"}
    page.get_by_role("link", name="Language, colours, discreet reading").click()
    expect(page.get_by_label("Dark", exact=True)).to_be_checked()
    page.get_by_role("button", name="Forget all choices").click()
    expect(page.get_by_text("All choices are forgotten.")).to_be_visible()
    assert cookies(page) == {}
    assert paper(page) == LIGHT_PAPER


def test_the_word_that_it_is_kept_is_read_out(page):
    choose(page, "Dark")
    expect(page.locator(":focus")).to_have_text("Your choice is kept in this browser.")


def test_a_button_below_every_page_changes_the_language(page, live_server):
    page.goto("/tag/?letter=a")
    page.get_by_role("button", name="한국어").click()
    assert page.url == f"{live_server.url}/tag/?letter=a#kept"
    assert page.locator("html").get_attribute("lang") == "ko"
    page.get_by_role("button", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"
    assert cookies(page) == {}


@pytest.mark.parametrize(
    ("choice", "system", "shown"),
    [
        ("As this device is set", "dark", DARK_PAPER),
        ("As this device is set", "light", LIGHT_PAPER),
        ("Light", "dark", LIGHT_PAPER),
        ("Dark", "light", DARK_PAPER),
    ],
)
def test_the_chosen_colours_come_before_those_of_the_system(new_context, choice, system, shown):
    page = new_context(color_scheme=system).new_page()
    choose(page, choice)
    assert paper(page) == shown
    page.emulate_media(media="print")
    assert paper(page) == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") in {"light only", "only light"}
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"


def test_discreet_reading_calls_each_page_the_same(page):
    post = make_post("The cellar", tags=["boats"])
    choose(page, "On")
    for address in ("/", post.get_absolute_url(), "/tag/boats/", "/reading/", "/safety/", "/nothing/here/"):
        page.goto(address)
        assert page.title() == "Notes"
        expect(page.get_by_text("Discreet reading is on.")).to_be_visible()
    page.get_by_role("link", name="Switch it off").click()
    page.get_by_label("Off", exact=True).check()
    page.get_by_role("button", name="Keep these choices").click()
    assert cookies(page) == {}
    page.goto("/tag/boats/")
    assert "boats" in page.title()


@pytest.mark.looks
def test_axe_finds_no_fault_with_any_choice(new_context, live_server):
    for chosen in ({}, {"discreet": "on", "theme": "dark"}, {"theme": "light", "language": "ko"}):
        context = new_context(viewport={"width": 320, "height": 800})
        context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in chosen.items()])
        page = context.new_page()
        for address in ("/reading/?next=/", "/safety/", "/archive/#kept"):
            page.goto(address)
            assert faults(page) == [], (address, chosen)
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, (address, chosen)


@pytest.mark.looks
@pytest.mark.usefixtures("demo")
def test_nothing_that_is_pressed_is_too_small(new_context):
    for width in (320, 1280):
        page = new_context(viewport={"width": width, "height": 800}).new_page()
        for address in [*PAGES, "/reading/?next=/", "/safety/", "/corrections/", "/comments/", "/subscribe/"]:
            page.goto(address)
            assert too_small(page) == [], (address, width)


@pytest.mark.looks
@pytest.mark.usefixtures("demo")
def test_letters_of_twice_the_size_fit(new_context):
    page = new_context(viewport={"width": 640, "height": 800}).new_page()
    for address in PAGES:
        page.goto(address)
        page.evaluate(
            "const sheet = new CSSStyleSheet(); sheet.replaceSync('html { font-size: 200% !important }');"
            "document.adoptedStyleSheets = [sheet];"
        )
        assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
        assert page.evaluate("document.documentElement.scrollWidth") <= 640, address


@pytest.mark.looks
def test_long_words_wide_tables_and_code_scroll_within_themselves(new_context):
    table = "|" + "a column with a name|" * 12 + "\n|" + "-|" * 12 + "\n|" + "donaudampfschifffahrt|" * 12
    post = make_post(
        "W" * 120, body=f"{'o' * 300}\n\n{table}\n\n```\n{'code ' * 60}\n```\n\n> {'q' * 200}", tags=["t" * 90]
    )
    page = new_context(viewport={"width": 320, "height": 800}).new_page()
    for address in (post.get_absolute_url(), "/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address


@pytest.mark.looks
def test_paper_has_the_post_its_source_and_the_addresses_of_its_links(page):
    link = make_link(make_source("NK News"), "https://nknews.example/a")
    older = make_post("Older", at="2013-03-01 10:00")
    post = make_post("The cellar", body="See [the report](https://un.example/r).", link=link)
    page.goto(post.get_absolute_url())
    page.emulate_media(media="print")
    expect(page.locator(".post-source")).to_have_text("Source: NK News")
    expect(page.locator(".post-source")).to_be_visible()
    for address, place in (("https://un.example/r", ".post-body a"), ("https://nknews.example/a", ".post-source a")):
        shown = page.evaluate(f"getComputedStyle(document.querySelector('{place}'), '::after').content")
        assert address in shown
    for place in ("nav", "form", ".colophon", ".skip", ".notes"):
        for each in page.locator(place).all():
            expect(each).to_be_hidden()
    expect(page.get_by_text(older.title)).to_be_hidden()


@pytest.mark.looks
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_with_the_colours_of_the_system_lines_bars_and_the_focus_are_seen(new_context, scheme):
    make_post(tags=["boats"])
    page = new_context(forced_colors="active", color_scheme=scheme).new_page()
    page.goto("/tag/boats/")
    page.keyboard.press("Tab")
    drawn = page.evaluate(
        "[getComputedStyle(document.querySelector('.histogram rect')).fill,"
        " getComputedStyle(document.body).backgroundColor,"
        " getComputedStyle(document.querySelector('.exit-bar')).borderBottomColor,"
        " getComputedStyle(document.activeElement).outlineStyle]"
    )
    fill, background, line, outline = drawn
    assert fill != background
    assert line != background
    assert outline == "solid"
