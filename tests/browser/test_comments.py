"""Readers and moderators in a real browser."""

import datetime as dt
import re
import time

import pytest
from django.contrib.auth.models import Permission, User
from django.utils import timezone
from playwright.sync_api import Page, expect

from posts.comments.models import Comment, Entry
from posts.models import Attempt
from tests.browser.conftest import log_in
from tests.browser.looking import faults
from tests.factories import keep_open, make_comment, make_post

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def queue(new_context, transactional_db) -> Page:
    """The queue, before a moderator who has logged in."""
    # A transactional test empties all tables after itself, the groups of the migrations too.
    moderator = User.objects.create_user("mo", password="secret", is_staff=True)
    moderator.user_permissions.set(Permission.objects.filter(content_type__app_label="comments"))
    page = new_context(viewport={"width": 1300, "height": 1000}).new_page()
    log_in(page, "mo", "/admin/comments/comment/")
    page.get_by_role("heading", name="Comments", exact=True).wait_for()
    return page


def states() -> list[str]:
    return list(Comment.objects.order_by("pk").values_list("state", flat=True))


def test_a_reader_comments_without_script(new_context):
    post = keep_open(make_post("The long way"))
    ann = make_comment(post, "Does anybody know?", name="Ann")
    context = new_context(java_script_enabled=False, viewport={"width": 360, "height": 700})
    page = context.new_page()
    page.goto(post.get_absolute_url())
    page.get_by_role("link", name="Answer Ann").click()
    expect(page.get_by_role("heading", name="Answer Ann")).to_be_visible()
    page.get_by_label("Comment").fill("It is *known*.")
    page.get_by_label("Name").fill("Ben")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".comment-preview em")).to_have_text("known")
    expect(page.locator("[data-length]")).to_have_text("14 of 5,000 characters.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Thank you: your comment is stored")).to_be_visible()
    assert Comment.objects.latest("pk").parent == ann
    assert context.cookies() == []

    # Back, and sent once more: it is the same comment.
    page.go_back()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Thank you: your comment is stored")).to_be_visible()
    assert Comment.objects.count() == 2

    # Another one is too soon, and what was typed is still there.
    page.goto(post.get_absolute_url())
    page.get_by_label("Comment").fill("Something else.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("send it in")
    expect(page.get_by_label("Comment")).to_have_value("Something else.")
    assert Attempt.objects.filter(kind="comment").count() == 1


def test_the_length_is_shown_while_one_writes(new_context):
    post = keep_open(make_post())
    page = new_context().new_page()
    page.goto(post.get_absolute_url())
    page.get_by_label("Comment").fill("x" * 5001)
    expect(page.locator("[data-length]")).to_have_text("5,001 of 5,000 characters.")


def test_the_whole_form_by_keyboard(new_context):
    post = keep_open(make_post())
    page = new_context().new_page()
    page.goto(post.get_absolute_url())
    page.get_by_label("Comment").focus()
    page.keyboard.type("By keys alone.")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("Kay")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Thank you: your comment is stored")).to_be_visible()
    assert Comment.objects.get().name == "Kay"


def test_a_queue_is_cleared_with_keys_only(queue: Page):
    post = make_post("The long way")
    for number in range(4):
        make_comment(post, f"Number {number}.", state="held")
    queue.reload()
    expect(queue.locator(".card-current")).to_contain_text("Number 0.")
    queue.keyboard.press("a")
    expect(queue.locator(".card-current")).to_contain_text("Number 1.")
    queue.keyboard.press("s")
    expect(queue.locator(".card-current")).to_contain_text("Number 2.")
    queue.keyboard.press("j")
    expect(queue.locator(".card-current")).to_contain_text("Number 3.")
    queue.keyboard.press("k")
    expect(queue.locator(".card-current")).to_contain_text("Number 2.")
    queue.keyboard.press("r")
    expect(queue.get_by_role("button", name="2 Abuse or hate")).to_be_visible()
    queue.keyboard.press("2")
    expect(queue.locator(".card-current")).to_contain_text("Number 3.")
    expect(queue.locator(".card-done")).to_have_count(3)
    assert states() == ["approved", "spam", "removed", "held"]

    # Taken back, one after the other.
    for expected in (["approved", "spam", "held", "held"], ["approved", "held", "held", "held"]):
        said = re.compile("^Undone. 1 comment as before: No name: Number")
        queue.keyboard.press("u")
        expect(queue.locator("[data-queue-said]")).to_have_text(said)
        expect(queue.locator(".card-done")).to_have_count(expected.count("approved") + expected.count("spam"))
        assert states() == expected
    queue.reload()
    expect(queue.locator("[data-card]")).to_have_count(3)
    # After a reload the latest act is still there to be undone.
    queue.keyboard.press("u")
    expect(queue.locator("[data-card]")).to_have_count(4)
    assert states() == ["held"] * 4


def test_keys_pressed_fast_and_on_a_slow_line_meet_the_comment_that_is_shown(queue: Page):
    post = make_post()
    for number in range(5):
        make_comment(post, f"Number {number}.", state="held")
    queue.route("**/admin/comments/comment/", lambda route: (time.sleep(0.3), route.continue_()))
    queue.reload()
    for key in "asj":
        queue.keyboard.press(key)
    expect(queue.locator(".card-current")).to_contain_text("Number 3.")
    expect(queue.locator(".card-done")).to_have_count(2)
    expect(queue.locator(".card-current")).to_contain_text("Number 3.")
    assert states() == ["approved", "spam", "held", "held", "held"]


def test_undo_pressed_fast_takes_back_what_was_pressed_before_it(queue: Page):
    post = make_post()
    for number in range(3):
        make_comment(post, f"Number {number}.", state="held")
    queue.reload()
    queue.keyboard.press("a")
    expect(queue.locator(".card-done")).to_have_count(1)
    queue.reload()
    queue.route("**/admin/comments/comment/", lambda route: (time.sleep(0.2), route.continue_()))
    for key in "sau":
        queue.keyboard.press(key)
    expect(queue.locator("[data-queue-said]")).to_contain_text("Undone. 1 comment as before")
    assert states() == ["approved", "spam", "held"]
    for key in "auu":
        queue.keyboard.press(key)
    expect(queue.locator(".card-done")).to_have_count(0)
    assert states() == ["approved", "held", "held"]


def test_a_page_that_is_done_leads_to_the_next(queue: Page):
    post = make_post()
    for number in range(60):
        make_comment(post, f"Number {number}.", state="held")
    queue.reload()
    for _ in range(50):
        queue.keyboard.press("a")
    queue.get_by_text("All on this page are done.").wait_for()
    expect(queue.locator(".card-done")).to_have_count(50)
    queue.keyboard.press("Enter")
    expect(queue.locator("[data-card]")).to_have_count(10)
    assert states().count("approved") == 50


def test_keys_can_be_switched_off_and_do_not_disturb_typing(queue: Page):
    make_comment(make_post(), "A note, please.", state="held")
    queue.reload()
    queue.get_by_text("Note …").click()
    queue.get_by_label("Kept with the decision").fill("")
    queue.get_by_label("Kept with the decision").press_sequentially("as asked")
    assert states() == ["held"]
    queue.get_by_label("Keys:").uncheck()
    queue.locator("h1").click()
    queue.keyboard.press("a")
    queue.reload()
    expect(queue.get_by_label("Keys:")).not_to_be_checked()
    queue.keyboard.press("s")
    assert not Entry.objects.exists()


def test_two_moderators_at_once(queue: Page, new_context):
    comment = make_comment(make_post(), "Judge me.", state="held")
    queue.reload()
    Comment.objects.filter(pk=comment.pk).update(state="spam")
    queue.keyboard.press("a")
    expect(queue.locator(".card-said")).to_contain_text("is spam by now")
    expect(queue.locator("[data-card-state]")).to_have_text("Spam")
    assert states() == ["spam"]


def test_a_moderator_who_was_logged_out_is_told(queue: Page, complaints: list[str]):
    make_comment(make_post(), "Judge me.", state="held")
    queue.reload()
    queue.context.clear_cookies()
    queue.keyboard.press("a")
    expect(queue.locator("[data-queue-said]")).to_contain_text("Nothing was changed")
    assert states() == ["held"]
    complaints.clear()  # the browser notes the refusal


def test_the_queue_without_script(new_context, queue: Page):
    make_comment(make_post(), "Judge me.", state="held")
    page = new_context(java_script_enabled=False).new_page()
    page.context.add_cookies(queue.context.cookies())
    page.goto("/admin/comments/comment/")
    page.get_by_text("Remove …").click()
    page.get_by_role("button", name="Off topic").click()
    assert states() == ["removed"]
    page.get_by_role("button", name="Undo").click()
    assert states() == ["held"]
    expect(page.locator(".messagelist")).to_contain_text("Undone")


@pytest.mark.looks
def test_no_page_of_comments_has_a_fault_that_axe_finds_nor_scrolls_sideways(new_context):
    post = keep_open(make_post("The long way", at=timezone.now() - dt.timedelta(days=1)))
    parent = make_comment(post, "Words\n\n> quoted\n\n- one\n- two\n\nhttps://a.example/" + "x" * 100, name="W" * 80)
    make_comment(post, "We have asked.", parent=parent, is_editorial=True, name="Edith")
    removed = make_comment(post, state="removed", removal_reason="abuse")
    make_comment(post, "Still here.", parent=removed)
    for width in (320, 1280):
        page = new_context(viewport={"width": width, "height": 800}).new_page()
        Attempt.objects.all().delete()

        def check(address: str, page: Page = page, width: int = width) -> None:
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (address, width)
            assert faults(page) == [], (address, width)

        for address in (
            post.get_absolute_url(), f"{post.get_absolute_url()}?reply={parent.pk}",
            f"/comments/{parent.pk}/report/", "/comments/privacy/", f"/c/{'x' * 22}/",
        ):  # fmt: skip
            page.goto(address)
            check(address)
        page.goto(post.get_absolute_url())
        page.get_by_label("Comment").fill("Some *words*.")
        page.get_by_role("button", name="Preview").click()
        page.get_by_role("heading", name="Preview of your comment").wait_for()
        check("preview")
        page.get_by_role("button", name="Send").click()
        page.get_by_role("heading", name="Thank you").wait_for()
        check("sent")
        page.goto(post.get_absolute_url())
        page.get_by_label("Comment").fill("Too soon.")
        page.get_by_role("button", name="Send").click()
        page.get_by_role("alert").wait_for()
        check("refused")


@pytest.mark.looks
def test_the_queue_has_no_fault_that_axe_finds(queue: Page):
    make_comment(make_post(), "See https://a.example/", state="held", reasons=[["links", "It has 3 links."]])
    queue.reload()
    for details in queue.locator(".card details").all():
        details.evaluate("details => details.open = true")
    assert faults(queue, "#changelist-form") == []


def test_what_was_removed_is_gone_from_an_open_browser_too(new_context):
    post = keep_open(make_post())
    comment = make_comment(post, "Soon gone.")
    page = new_context().new_page()
    page.goto(post.get_absolute_url())
    expect(page.locator(".comment-body")).to_have_text("Soon gone.")
    Comment.objects.filter(pk=comment.pk).update(state="removed", removal_reason="abuse")
    page.goto("/archive/")
    page.goto(post.get_absolute_url())
    assert not re.search("Soon gone", page.content())
