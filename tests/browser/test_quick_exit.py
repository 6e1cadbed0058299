"""How a reader leaves at once, and what Back shows then."""

import time

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import CHROMIUM, QUIET
from tests.factories import keep_open, make_post

pytestmark = pytest.mark.django_db(transaction=True)

TARGET = "https://www.bbc.com/weather"
OTHER_TARGET = "https://www.wikipedia.org/"
BELOW_THE_BAR = """
    () => {
        const focused = document.activeElement;
        if (focused === document.body || focused.closest(".exit-bar, .skip")) {
            return [];
        }
        const bar = document.querySelector(".exit-bar").getBoundingClientRect().bottom;
        return [...focused.getClientRects()].slice(0, 1)
            .filter((part) => part.top < bar - 0.5 || part.top > innerHeight)
            .map((part) => `${focused.outerHTML.slice(0, 120)} at ${part.top}, bar to ${bar}`);
    }
"""


def weather(route: Route) -> None:
    route.fulfill(content_type="text/html", body="<title>Weather</title><h1>Rain</h1>")


@pytest.fixture
def reader(new_context) -> Page:
    """A page on which the targets of the exit are reached without a network."""
    context = new_context()
    context.route(TARGET, weather)
    context.route(OTHER_TARGET, weather)
    return context.new_page()


@pytest.fixture
def expect_to_have_left(complaints):
    """See that a page is at the target, and that nothing was asked of any other place before."""

    def look(page: Page, target: str = TARGET) -> None:
        expect(page).to_have_url(target)
        assert set(complaints) == {f"asked elsewhere: {target}"}
        complaints.clear()

    return look


def press_shift(page: Page, times: int) -> None:
    for _ in range(times):
        page.keyboard.press("Shift")


def lights(page: Page) -> str:
    return page.locator("[data-exit-lights]").get_attribute("data-exit-lights")


def test_the_link_leads_away_with_script_and_without(new_context, expect_to_have_left):
    for scripts in (True, False):
        context = new_context(java_script_enabled=scripts)
        context.route(TARGET, weather)
        page = context.new_page()
        page.goto("/archive/")
        page.locator(".exit").click()
        expect_to_have_left(page)


def test_the_second_skip_link_is_the_way_out(reader, expect_to_have_left):
    reader.goto("/archive/")
    reader.keyboard.press("Tab")
    expect(reader.locator(":focus")).to_have_text("Skip to the text")
    reader.keyboard.press("Tab")
    expect(reader.locator(":focus")).to_have_text("Leave this site now")
    assert reader.locator(":focus").bounding_box()["y"] >= 0
    reader.keyboard.press("Enter")
    expect_to_have_left(reader)


def test_three_shifts_lead_away_and_the_first_two_are_shown_and_said(reader, expect_to_have_left):
    reader.goto("/archive/")
    press_shift(reader, 1)
    expect(reader.locator("[data-exit-said]")).to_have_text("Press Shift two more times to leave this site.")
    assert lights(reader) == "1"
    press_shift(reader, 1)
    expect(reader.locator("[data-exit-said]")).to_have_text("Press Shift one more time to leave this site.")
    assert lights(reader) == "2"
    press_shift(reader, 1)
    expect_to_have_left(reader)


def test_each_press_has_five_seconds_from_the_last(reader, expect_to_have_left):
    reader.clock.install(time=0)
    reader.goto("/archive/")
    reader.clock.pause_at(60_000)  # no time passes but what is said here
    press_shift(reader, 1)
    reader.clock.run_for(4900)
    press_shift(reader, 1)
    assert lights(reader) == "2"
    reader.clock.run_for(5100)
    assert lights(reader) == ""
    expect(reader.locator("[data-exit-said]")).to_contain_text("You are not leaving")
    press_shift(reader, 2)
    assert lights(reader) == "2"
    reader.clock.run_for(4900)
    press_shift(reader, 1)
    expect_to_have_left(reader)


@pytest.mark.parametrize("keys", ["Shift+A", "Shift+Tab", "a", "Escape", "ArrowDown", "Control"])
def test_any_other_key_begins_anew(reader, keys):
    reader.goto("/archive/")
    press_shift(reader, 2)
    reader.keyboard.press(keys)
    assert lights(reader) == ""
    press_shift(reader, 2)
    assert lights(reader) == "2"


def test_shift_does_not_count_while_it_is_held_or_changes_what_another_key_means(reader):
    reader.goto("/archive/")
    for _ in range(4):
        reader.keyboard.down("Shift")  # from the second on, as a key that is held repeats itself
    reader.keyboard.up("Shift")
    for keys in ("Shift+A", "Shift+Tab", "Control+Shift", "Alt+Shift"):
        reader.keyboard.press(keys)
    reader.keyboard.down("Shift")
    reader.get_by_role("heading", name="Archive").click()
    reader.keyboard.up("Shift")
    assert not lights(reader)


def test_shift_counts_in_a_field_and_typing_does_not(reader, expect_to_have_left):
    reader.goto("/search/")
    field = reader.get_by_role("searchbox").or_(reader.locator("#content input[name=q]")).first
    field.click()
    field.press_sequentially("North Korea AND Laos")
    assert not lights(reader)
    press_shift(reader, 3)
    expect_to_have_left(reader)


def test_the_page_is_empty_before_the_other_site_answers(reader, complaints):
    reader.context.unroute(TARGET)
    reader.context.route(TARGET, lambda route: route.fulfill(status=204))  # which leaves the browser where it is
    reader.goto(make_post("The cellar", body="Okapi words.").get_absolute_url())
    reader.locator(".exit").click()
    expect(reader.get_by_role("alert")).to_have_text("Leaving this site")
    assert reader.title() == "Loading"
    assert reader.locator("body").inner_text() == "Leaving this site"
    assert "Okapi" not in reader.locator("body").aria_snapshot()
    assert reader.locator("link[rel=icon]").get_attribute("href") == "/static/img/sheet.svg"
    assert complaints == [f"asked elsewhere: {TARGET}"]
    complaints.clear()


def test_it_works_before_the_page_is_complete(reader, expect_to_have_left):
    hanging: list[Route] = []
    reader.context.route("**/comment_form.js", lambda route: hanging.append(route))  # noqa: PLW0108  no built-in
    post = keep_open(make_post())
    reader.goto(f"{post.get_absolute_url()}comment/", wait_until="commit")
    expect(reader.get_by_label("Comment")).to_be_visible()
    assert hanging
    assert reader.evaluate("document.readyState") != "complete"
    press_shift(reader, 3)
    expect_to_have_left(reader)


def test_back_shows_nothing_after_leaving(reader, expect_to_have_left):
    reader.goto("/tag/")
    reader.goto("/category/")
    reader.goto("/archive/")
    press_shift(reader, 3)
    expect_to_have_left(reader)
    seen: list[str] = []
    reader.expose_function("see", lambda text: seen.append(text))  # noqa: PLW0108
    reader.add_init_script(
        "const look = () => { see(document.title + (document.body?.innerText ?? '')); requestAnimationFrame(look); };"
        "if (location.protocol === 'http:') { requestAnimationFrame(look); }"
    )
    for _ in range(2):
        reader.evaluate("history.back()")
        reader.wait_for_timeout(300)
        expect_to_have_left(reader)
    assert not [text for text in seen if "Tags" in text or "Human Traffic" in text]


def test_who_comes_back_on_purpose_sees_the_site_again(reader, expect_to_have_left):
    reader.goto("/tag/")
    reader.goto("/archive/")
    press_shift(reader, 3)
    expect_to_have_left(reader)
    reader.goto("/archive/")
    expect(reader.get_by_role("heading", name="Archive", exact=True)).to_be_visible()
    reader.reload()
    expect(reader.get_by_role("heading", name="Archive", exact=True)).to_be_visible()
    reader.get_by_role("link", name="Tags", exact=True).click()
    expect(reader.get_by_role("heading", name="Tags")).to_be_visible()
    reader.go_back()
    expect(reader.get_by_role("heading", name="Archive", exact=True)).to_be_visible()


def test_back_without_leaving_shows_the_page(reader):
    reader.goto("/tag/")
    press_shift(reader, 1)
    reader.goto("/archive/")
    reader.go_back()
    expect(reader.get_by_role("heading", name="Tags")).to_be_visible()
    reader.go_forward()
    expect(reader.get_by_role("heading", name="Archive", exact=True)).to_be_visible()
    assert not lights(reader)


def test_nothing_of_ours_is_seen_where_the_other_site_cannot_be_reached(reader, complaints):
    reader.context.unroute(TARGET)
    reader.context.route(TARGET, lambda route: route.abort("internetdisconnected"))
    reader.goto("/tag/")
    reader.goto("/archive/")
    reader.locator(".exit").click()
    reader.wait_for_url("chrome-error://**")
    assert "Human Traffic" not in reader.content()
    reader.evaluate("history.back()")
    reader.wait_for_timeout(500)
    assert "Human Traffic" not in reader.title() + reader.locator("body").inner_text()
    complaints[:] = [each for each in complaints if TARGET not in each]


def test_the_way_out_is_the_chosen_one(reader, live_server, expect_to_have_left):
    reader.context.add_cookies([{"name": "exit", "value": "encyclopedia", "url": live_server.url}])
    reader.goto("/archive/")
    press_shift(reader, 3)
    expect_to_have_left(reader, OTHER_TARGET)


def test_pages_that_the_browser_keeps_whole_come_back_blank_or_as_they_were(playwright, live_server):
    """In a browser of its own, for Playwright switches the cache of whole pages off."""
    browser = playwright.chromium.launch(
        executable_path=CHROMIUM, args=QUIET, ignore_default_args=["--disable-back-forward-cache"]
    )
    page = browser.new_context(base_url=live_server.url).new_page()
    page.context.route(TARGET, weather)
    seen: list[str] = []
    page.on("console", lambda message: seen.append(message.text))
    # Added first, so that it looks before the page's own script decides.
    page.add_init_script(
        "addEventListener('pageshow', (event) =>"
        " event.persisted && console.log(`kept ${document.documentElement.hidden}`))"
    )
    try:
        page.goto("/tag/")
        page.get_by_role("link", name="Archive").first.click()
        expect(page).to_have_url(f"{live_server.url}/archive/")
        page.evaluate("history.back()")
        expect(page).to_have_url(f"{live_server.url}/tag/")
        page.wait_for_timeout(200)
        if not seen:
            pytest.skip("this Chromium keeps no pages whole")
        assert set(seen) == {"kept true"}
        expect(page.get_by_role("heading", name="Tags")).to_be_visible()
        page.evaluate("history.forward()")
        expect(page).to_have_url(f"{live_server.url}/archive/")
        page.locator(".exit").click()
        expect(page).to_have_url(TARGET)
        seen.clear()
        page.evaluate("history.back()")
        _wait_until(page, lambda: "kept true" in seen)
        expect(page).to_have_url(TARGET)
        assert page.locator("body").inner_text() == "Rain"
    finally:
        browser.close()


def _wait_until(page: Page, is_so) -> None:
    end = time.monotonic() + 10
    while not is_so() and time.monotonic() < end:
        page.wait_for_timeout(50)
    assert is_so()


@pytest.mark.looks
@pytest.mark.parametrize("size", [{"width": 320, "height": 640}, {"width": 320, "height": 256}])
def test_the_bar_never_covers_what_has_the_focus(new_context, live_server, size):
    for number in range(6):
        make_post(
            body="Some words.\n\n" * 30 + "[A link](https://example.org/) in it.", tags=[f"tag {number}", "boats"]
        )
    for cookies in ([], [{"name": "discreet", "value": "on", "url": live_server.url}]):
        context = new_context(viewport=size, reduced_motion="reduce")
        context.add_cookies(cookies)
        page = context.new_page()
        page.goto("/")
        stops = page.locator("a, button, input, select, textarea, summary").count()
        for key in ("Tab", "Shift+Tab"):
            covered = []
            for _ in range(stops):
                page.keyboard.press(key)
                covered += page.evaluate(BELOW_THE_BAR)
            assert covered == [], (key, size)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        page.evaluate("scrollTo(0, 2000)")
        assert page.locator(".exit").bounding_box()["y"] >= 0
        assert page.locator(".exit-bar").bounding_box()["height"] <= 48
