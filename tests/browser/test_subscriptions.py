"""Readers are told, in a real browser and by a real mail server."""

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect

from posts.outbox import delivering
from posts.outbox.models import Delivery
from posts.subscriptions.models import Consent, Subscriber
from tests.browser.looking import faults
from tests.factories import make_category, make_post, make_source, make_subscriber
from tests.posts.outbox.server import Server

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:.*StreamWriter.*:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:.*StreamWriter.*:pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def mailbox(settings, live_server):
    """What arrives while a minute passes: the clock's jobs, then the worker's."""
    settings.SITE_URL = live_server.url
    server = Server()
    server.start()
    options = {"host": "127.0.0.1", "port": server.port, "timeout": 10}
    settings.MAILERS = {"default": {"BACKEND": "posts.outbox.smtp.EmailBackend", "OPTIONS": options}}

    def wait() -> list:
        server.accepted.clear()
        call_command("announce", verbosity=0)
        delivering.deliver(list(Delivery.objects.filter(state="queued").values_list("pk", flat=True)))
        return list(server.accepted)

    yield wait
    server.stop()


def text_of(message) -> str:
    return message.get_body(("plain",)).get_content()


def link_in(message, part: str) -> str:
    [found] = {word for word in text_of(message).split() if part in word}
    return found


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_from_a_tag_page_to_the_letter_and_out_by_one_click(new_context, mailbox, script):
    make_post("Earlier", tags=["North Korea"])
    context = new_context(java_script_enabled=script, viewport={"width": 360, "height": 700})
    page = context.new_page()
    page.goto("/tag/north-korea/")
    box = page.locator("form.follow")
    expect(box.get_by_label("What")).to_have_value("/tag/north-korea/")
    box.get_by_label("Your e-mail address").fill("Ann@Reader.Example")
    box.get_by_role("button", name="Tell me").click()
    expect(page.get_by_role("heading", name="Look into your mailbox")).to_be_visible()

    [letter] = mailbox()
    assert letter["To"] == "ann@reader.example"
    page.goto(link_in(letter, "/subscribe/confirm/"))
    expect(page.get_by_role("heading", name="Do you want these letters?")).to_be_visible()
    assert not Subscriber.objects.exists()
    page.get_by_role("button", name="Yes, send them").click()
    expect(page.get_by_role("heading", name="You are subscribed")).to_be_visible()
    assert mailbox() == []

    make_post("Across the river", at=timezone.now(), tags=["North Korea"])
    make_post("Elsewhere", at=timezone.now(), tags=["Fishing"])
    [letter] = mailbox()
    assert letter["Subject"] == "Across the river"
    assert mailbox() == []

    # What a mailbox does when its reader presses "unsubscribe": one POST, by itself.
    url = letter["List-Unsubscribe"].strip("<>")
    gone = context.request.post(url, form={"List-Unsubscribe": "One-Click"}, max_redirects=0)
    assert gone.status == 200
    make_post("After", at=timezone.now(), tags=["North Korea"])
    assert mailbox() == []
    assert not Subscriber.objects.exists()
    assert context.cookies() == []


def test_several_things_at_once_and_a_mistake_on_the_way(page: Page, mailbox):
    labor = make_category("Labor")
    make_post("Earlier", tags=["North Korea"], categories=[labor], source=make_source("NK News"))
    page.goto("/category/labor/")
    page.get_by_role("link", name="More choices, and a discreet way").click()
    expect(page.get_by_label("Labor")).to_be_checked()
    page.get_by_label("Tags").fill("North Korea, Nowhere")
    page.get_by_label("Weekly, on Mondays").check()
    page.get_by_label("Time of day").select_option("17:00")
    page.get_by_label("Discreet letters").check()
    page.get_by_label("Your e-mail address").fill("ann@reader")
    page.get_by_role("button", name="Tell me").click()
    expect(page.get_by_role("alert")).to_contain_text("Not sent yet")
    expect(page.get_by_label("Your e-mail address")).to_have_value("ann@reader")
    expect(page.get_by_label("Tags")).to_have_value("North Korea, Nowhere")
    expect(page.get_by_label("Labor")).to_be_checked()
    expect(page.get_by_label("Time of day")).to_have_value("17")
    page.get_by_label("Your e-mail address").fill("ann@reader.example")
    page.get_by_label("Tags").fill("North Korea")
    page.get_by_role("button", name="Tell me").click()
    expect(page.get_by_role("heading", name="Look into your mailbox")).to_be_visible()
    [letter] = mailbox()
    assert letter["Subject"] == "Please confirm"
    page.goto(link_in(letter, "/subscribe/confirm/"))
    page.get_by_label("Posts in Labor").uncheck()
    page.get_by_role("button", name="Yes, send them").click()
    expect(page.get_by_text("posts tagged ‘North Korea’")).to_be_visible()
    subscriber = Subscriber.objects.get()
    assert (subscriber.hour, subscriber.is_discreet, subscriber.subscriptions.count()) == (17, True, 1)


def test_a_subscriber_changes_what_comes_by_keyboard(page: Page):
    make_post("Earlier", tags=["a"])
    ann = make_subscriber("ann@reader.example", "/=weekly")
    page.goto(f"/u/{ann.token}/")
    page.get_by_label("All posts").focus()
    page.keyboard.press("d")  # the select's own way to "Daily"
    page.keyboard.press("Tab")
    page.get_by_label("Tags").focus()
    page.keyboard.type("a")
    # Enter is the first button of the form: it must save, never leave.
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Saved.")
    assert sorted(str(each) for each in ann.subscriptions.with_scopes()) == [
        "Everything, daily",
        "a, each post",
    ]
    page.get_by_role("button", name="Stop all letters").click()
    expect(page.get_by_role("heading", name="You have left")).to_be_visible()
    assert not Subscriber.objects.exists()


@pytest.mark.looks
@pytest.mark.parametrize("width", [320, 1280])
def test_the_pages_have_no_accessibility_fault(new_context, width):
    make_post("Earlier", tags=["North Korea", "China"], categories=[make_category("Labor")], source=make_source("NK"))
    ann = make_subscriber("ann@reader.example", "/=weekly", "/tag/north-korea/=post")
    asked = Consent.objects.create(email="ben@reader.example", scopes={"/": "post", "/tag/china/": "daily"})
    page = new_context(viewport={"width": width, "height": 800}).new_page()
    for address in (
        "/tag/north-korea/",
        "/2013/03/31/earlier/",
        "/subscribe/?scope=/tag/china/",
        "/subscribe/sent/",
        f"/subscribe/confirm/{asked.token}/",
        f"/u/{ann.token}/",
    ):
        page.goto(address)
        assert faults(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
