"""An editor acts on many posts at once."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from playwright.sync_api import Page, expect

from posts.models import BulkAct, BulkJob, Post
from tests.browser.conftest import log_in
from tests.browser.looking import faults
from tests.factories import make_category, make_post, make_source

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/admin/posts/post/"


@pytest.fixture(autouse=True)
def _groups(transactional_db):
    """A transactional test empties all tables after itself, the groups of the migrations too."""
    with connection.schema_editor() as schema_editor:
        import_module("posts.migrations.0002_groups").make_groups(apps, schema_editor)
        import_module("posts.migrations.0008_roles").give(apps, schema_editor)


def test_filter_then_all_that_match_then_a_tag(desk: Page):
    for number in range(55):
        make_post(f"Boats {number}", draft=True)
    untouched = make_post("Trains", draft=True)
    desk.goto(LIST)
    desk.locator("#searchbar").fill("boats")
    desk.get_by_role("button", name="Search").click()
    desk.get_by_label("Select all objects on this page for an action").check()
    desk.get_by_role("button", name="Select all 55 posts").first.click()
    desk.locator("select[name=action]").select_option(label="Add tags")
    desk.locator("button[name=index]").first.click()

    expect(desk.get_by_role("heading", name="Add tags: 55 posts")).to_be_visible()
    expect(desk.get_by_text("and 35 more")).to_be_visible()
    box = desk.locator(".field-tags .select2-search__field")
    box.click()
    box.press_sequentially("rescue")
    desk.locator(".select2-results__option", has_text="rescue").first.wait_for()
    box.press("Enter")
    desk.get_by_role("button", name="Add tags: 55 posts").click()

    expect(desk.get_by_role("heading", name="Finished")).to_be_visible()
    expect(desk.locator(".bulk-result div", has_text="Done").locator("dd")).to_have_text("55")
    assert Post.objects.filter(tagged__tag__name="rescue").count() == 55
    assert untouched.tags.count() == 0
    desk.reload()
    desk.go_back()
    desk.go_forward()
    assert BulkJob.objects.get().done == 55


def test_without_scripts_an_outlet_is_named(new_context, editor):
    make_source("NK News")
    post = make_post("Boats")
    page = new_context(java_script_enabled=False).new_page()
    page.goto(LIST)
    page.get_by_label("Username").fill("edith")
    page.get_by_label("Password").fill("secret")
    page.get_by_role("button", name="Log in").click()
    page.locator(f'input[name="_selected_action"][value="{post.pk}"]').check()
    page.locator("select[name=action]").select_option(label="Set the outlet")
    page.locator("button[name=index]").first.click()
    page.get_by_label("Name of the outlet").fill("nk news")
    page.get_by_role("button", name="Set the outlet: 1 post").click()
    expect(page.get_by_role("heading", name="Finished")).to_be_visible()
    post.refresh_from_db()
    assert post.source.name == "NK News"


@pytest.mark.looks
def test_no_page_of_bulk_work_has_a_fault_that_axe_finds_nor_scrolls_sideways(new_context, editor):
    make_category("Awareness")
    posts = [make_post("A rather long title of a draft that goes on and on", draft=True) for _ in range(25)]
    posts += [make_post(), make_post(draft=True, is_sensitive=True, written_by=editor)]
    ids = [post.pk for post in posts]
    order = {"by": editor, "ids": ids, "total": len(ids)}
    jobs = [BulkJob.objects.create(act=act, **order) for act in BulkAct]
    states = {"queued": 5, "finished": 27, "cancelled": 9}
    for state, position in states.items():
        job = BulkJob.objects.create(act="publish", state=state, position=position, done=3, unchanged=1, **order)
        job.refusals.create(post_id=ids[0], sentence="There is nothing to publish yet.")
        jobs.append(job)
    for width in (320, 1280):
        page = new_context(viewport={"width": width, "height": 800}).new_page()
        log_in(page, "edith", LIST)
        for address in [f"{LIST}?tag=x", *(f"{LIST}bulk/{job.pk}/?still=1" for job in jobs)]:
            assert page.goto(address).status == 200
            if "bulk" in address:  # Django's own lists are wider than a small screen, and scroll within it
                assert page.evaluate("document.documentElement.scrollWidth") <= width, (address, width)
            # Of Django's own search form, above every list, the label is a picture.
            assert faults(page, but=["label-title-only"]) == [], (address, width)
