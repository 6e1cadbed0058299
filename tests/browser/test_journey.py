"""An editor's whole journey, and what a reader finds."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from posts.models import Image, Post
from tests.factories import make_category, make_post, picture_file

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _groups(transactional_db):
    """A transactional test empties all tables after itself, the groups of the migration too."""
    from importlib import import_module

    from django.apps import apps
    from django.db import connection

    groups = import_module("posts.migrations.0002_groups")
    with connection.schema_editor() as schema_editor:
        groups.make_groups(apps, schema_editor)


def choose_tag(page: Page, name: str) -> None:
    box = page.locator(".field-tags .select2-search__field")
    box.click()
    box.press_sequentially(name)
    page.locator(".select2-results__option", has_text=name).first.wait_for()
    box.press("Enter")


def drop_picture(page: Page, data: bytes, name: str, kind: str) -> None:
    """Drop a file on the text, as from a folder."""
    transfer = page.evaluate_handle(
        """([bytes, name, type]) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([new Uint8Array(bytes)], name, {type}));
            return transfer;
        }""",
        [list(data), name, kind],
    )
    page.dispatch_event("#id_body", "drop", {"dataTransfer": transfer})


def test_from_login_to_withdrawal(desk: Page, new_context):
    make_category("Awareness")
    reader = new_context(java_script_enabled=False).new_page()

    # A draft, with preview and a picture.
    desk.goto("/admin/posts/post/add/")
    desk.get_by_label("Title").fill("The long way to the border")
    desk.get_by_label("Title").press("Tab")
    expect(desk.locator("#id_slug")).to_have_value("the-long-way-to-the-border")
    desk.locator("#id_body").fill("### Heading\n\nSome *words*.\n\n")
    expect(desk.locator(".markdownx-preview em")).to_have_text("words")
    desk.locator("#id_body").press("Control+End")
    drop_picture(desk, picture_file().read(), "boat.png", "image/png")
    desk.get_by_label("What it shows").fill("A boat at night")
    desk.get_by_label("Credit").fill("Ann")
    desk.get_by_role("button", name="Put into the text").click()
    expect(desk.locator(".markdownx-preview img")).to_have_attribute("width", "40")
    image = Image.objects.get()
    desk.get_by_role("button", name="Save draft").click()
    expect(desk.locator(".messagelist")).to_contain_text("is saved (draft)")
    draft = Post.objects.get()

    # On the real page, for editors only.
    desk.get_by_role("link", name="View on site").first.click()
    expect(desk.get_by_role("note")).to_contain_text("Draft: only editors see this page")
    expect(desk.get_by_role("heading", level=1)).to_have_text("The long way to the border")
    assert reader.goto(draft.get_absolute_url()).status == 404
    desk.get_by_role("link", name="Edit").click()

    # Where it comes from, where it belongs.
    desk.get_by_label("Address of the original").fill("https://harbour.example/2026/long-way?utm_source=x")
    desk.get_by_label("Headline there").fill("A long way")
    desk.locator(".field-categories .select2-search__field").fill("Aware")
    desk.locator(".select2-results__option", has_text="Awareness").click()
    choose_tag(desk, "border crossings")
    choose_tag(desk, "북한")

    desk.get_by_role("button", name="Publish now").click()
    expect(desk.locator(".messagelist")).to_contain_text("is published")
    expect(desk.locator(".messagelist")).to_contain_text("has been added as an outlet")

    # Everywhere, for a reader without script.
    post = Post.objects.get()
    day = timezone.localtime(post.published_at)
    places = [
        "/", "/tag/border-crossings/", "/tag/북한/", "/category/awareness/", "/source/harbour-example/",
        f"/{day:%Y}/", f"/{day:%Y/%m}/", f"/{day:%Y/%m/%d}/",
    ]  # fmt: skip
    for place in places:
        reader.goto(place)
        expect(reader.locator(".post-title")).to_have_text("The long way to the border")
        expect(reader.locator(".post-source")).to_have_text("Source: harbour.example")
    feeds = [
        "/feed/",
        "/feed/atom/",
        "/feed/json/",
        "/tag/border-crossings/feed/",
        "/source/harbour-example/feed/atom/",
    ]
    for feed in feeds:
        assert "The long way to the border" in reader.request.get(feed).text()
    reader.goto("/tag/border-crossings/")
    reader.get_by_role("link", name="The long way to the border").click()
    expect(reader.get_by_role("img", name="A boat at night")).to_have_attribute("src", image.file.url)
    assert reader.url.endswith(post.get_absolute_url())

    # Withdrawn, gone from all.
    desk.locator("#id_reason").select_option("error")
    desk.get_by_role("button", name="Withdraw").click()
    expect(desk.locator(".messagelist")).to_contain_text("is withdrawn")
    assert reader.goto(post.get_absolute_url()).status == 410
    for place in [*places, *feeds]:
        assert "The long way to the border" not in reader.request.get(place).text()


def test_a_scheduled_post_can_be_published_at_once(desk: Page):
    tomorrow = timezone.localtime() + dt.timedelta(days=1)
    desk.goto("/admin/posts/post/add/")
    desk.get_by_label("Title").fill("Tomorrow")
    desk.locator("#id_published_at_0").fill(f"{tomorrow:%Y-%m-%d}")
    desk.locator("#id_published_at_1").fill("08:00")
    desk.get_by_role("button", name="Schedule").click()
    expect(desk.locator(".messagelist")).to_contain_text("will appear on")
    desk.get_by_role("button", name="Publish now").click()
    expect(desk.locator(".messagelist")).to_contain_text("is published")
    assert Post.objects.published().count() == 1


def test_the_enter_key_saves_and_does_not_publish(desk: Page):
    desk.goto("/admin/posts/post/add/")
    desk.get_by_label("Title").fill("By accident")
    desk.get_by_label("Title").press("Enter")
    expect(desk.locator(".messagelist")).to_contain_text("is saved (draft)")


def test_the_tab_key_leaves_the_text(desk: Page):
    desk.goto("/admin/posts/post/add/")
    desk.locator("#id_body").fill("Some words")
    desk.locator("#id_body").press("Tab")
    expect(desk.locator("#id_body")).not_to_be_focused()
    expect(desk.locator("#id_body")).to_have_value("Some words")


def test_the_enter_key_takes_a_tag_that_exists_before_a_new_one(desk: Page):
    make_post(tags=["survivors"])
    desk.goto("/admin/posts/post/add/")
    choose_tag(desk, "surviv")
    expect(desk.locator(".field-tags .select2-selection__choice")).to_contain_text("survivors")


def test_an_outlet_is_added_in_place(desk: Page):
    desk.goto("/admin/posts/post/add/")
    with desk.expect_popup() as popup:
        desk.locator("#add_id_source").click()
    popup.value.locator("#id_name").fill("The Harbour Ledger")
    popup.value.get_by_role("button", name="Save").click()
    expect(desk.locator(".field-source .select2-selection__rendered")).to_contain_text("The Harbour Ledger")


def test_tags_are_merged_and_the_old_address_leads_on(desk: Page, new_context):
    make_post("One", tags=["DPRK"])
    make_post("Two", tags=["north korea"])
    desk.goto("/admin/posts/tag/")
    desk.locator("#action-toggle").check()
    desk.locator("select[name=action]").select_option(label="Merge the selected tags into one")
    desk.get_by_role("button", name="Run").click()
    desk.get_by_label("north korea").check()
    desk.get_by_role("button", name="Merge").click()
    expect(desk.locator(".messagelist")).to_contain_text("Merged “DPRK” into “north korea”")
    reader = new_context().new_page()
    reader.goto("/tag/dprk/")
    assert reader.url.endswith("/tag/north-korea/")
    expect(reader.locator(".post-title")).to_have_text(["Two", "One"])
