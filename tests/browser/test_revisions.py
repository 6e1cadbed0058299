"""What a post said before, and whom it was lent to, as an editor's browser shows it."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from playwright.sync_api import Page, expect

from posts.models import Post
from tests.browser.conftest import log_in
from tests.browser.looking import faults
from tests.factories import make_category, make_link, make_post, make_source

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _groups(transactional_db):
    """A transactional test empties all tables after itself, the groups of the migrations too."""
    with connection.schema_editor() as schema_editor:
        import_module("posts.migrations.0002_groups").make_groups(apps, schema_editor)
        import_module("posts.migrations.0008_roles").give(apps, schema_editor)


@pytest.fixture
def post(transactional_db) -> Post:
    """A draft with many versions, and links of every kind."""
    post = make_post(
        "The long way to the border", body="They crossed the river at night.\n\nNobody saw them.", draft=True,
        tags=["border crossings", "북한"], categories=[make_category("Awareness")],
        link=make_link(make_source(), headline="A long way"),
    )  # fmt: skip
    for n in range(28):
        again = Post.objects.get(pk=post.pk)
        again.body = f"They crossed the border at dawn, {n} of them.\n\nNobody saw them."
        again.save()
    post.previews.create(label="Anna of the Harbour Ledger")
    post.previews.create(label="Bob", revoked_at=post.created_at)
    return Post.objects.get(pk=post.pk)


def test_a_version_is_compared_and_restored(desk: Page, post: Post):
    desk.goto(f"/admin/posts/post/{post.pk}/change/")
    desk.get_by_role("link", name="History").click()
    expect(desk.get_by_role("row", name="Version 29")).to_contain_text("current")

    # What is chosen on one page is taken along to the next.
    desk.get_by_role("button", name="Older ones").click()
    desk.get_by_label("Compare from Version 1,").check()
    desk.get_by_role("button", name="Compare").click()
    expect(desk.get_by_role("table", name="Text").locator("del").first).to_contain_text("river")
    expect(desk.get_by_role("table", name="Text").locator("ins").first).to_contain_text("border")

    desk.get_by_role("link", name="Restore version 1").click()
    expect(desk.get_by_role("table", name="Text").locator("ins").first).to_contain_text("river")
    desk.get_by_role("button", name="Restore this version").click()
    expect(desk.locator(".messagelist")).to_contain_text("is restored from version 1")
    expect(desk.locator("#id_body")).to_have_value("They crossed the river at night.\n\nNobody saw them.")
    assert Post.objects.get().version == 30


def test_a_link_is_made_opened_by_somebody_outside_and_revoked(desk: Page, new_context, post: Post):
    desk.goto(f"/admin/posts/post/{post.pk}/change/")
    desk.get_by_role("link", name="All links of this post").click()
    desk.get_by_label("For whom").fill("Carla")
    desk.get_by_role("button", name="New link").click()
    # Without the site's own name: the tests' server has another one.
    address = desk.get_by_label("Address for Carla").input_value().removeprefix("https://watch.example")
    reader = new_context(java_script_enabled=False).new_page()
    reader.goto(address)
    expect(reader.get_by_role("note")).to_contain_text("this link ends on")
    expect(reader.get_by_role("heading", level=1)).to_have_text("The long way to the border")
    desk.get_by_role("button", name="Revoke the link for Carla").click()
    expect(desk.locator(".messagelist")).to_contain_text("leads nowhere")
    assert reader.goto(address).status == 404


@pytest.mark.looks
def test_no_page_has_a_fault_that_axe_finds_nor_scrolls_sideways(new_context, editor, post: Post):
    first = post.history.order_by("history_id").first()
    places = {
        "history": f"/admin/posts/post/{post.pk}/history/",
        "chosen": f"/admin/posts/post/{post.pk}/history/?p=2&from={first.pk}&to={first.pk + 28}",
        "compare": f"/admin/posts/post/{post.pk}/history/compare/?from={first.pk}&to={first.pk + 28}",
        "restore": f"/admin/posts/post/{post.pk}/history/{first.pk}/restore/",
        "previews": f"/admin/posts/post/{post.pk}/previews/",
        "shared": post.previews.last().get_absolute_url(),
        "nowhere": f"/preview/{'x' * 22}/",
    }
    for width in (360, 1280):
        page = new_context(viewport={"width": width, "height": 900}).new_page()
        log_in(page, "edith", "/admin/")
        page.get_by_role("heading", name="The desk").wait_for()
        for name, address in places.items():
            page.goto(address)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
            assert faults(page) == [], (name, width)
