"""The workbench of tags, as an editor and a reader meet it."""

import pytest
from django.contrib.auth.models import Group, Permission
from playwright.sync_api import Page, expect

from posts import merging
from posts.models import Tag, TagEntry
from tests.browser.conftest import log_in
from tests.browser.looking import faults
from tests.factories import make_post, make_subscriber

pytestmark = pytest.mark.django_db(transaction=True)

DESK = "/admin/posts/tag/"


@pytest.fixture(autouse=True)
def _groups(transactional_db):
    """A transactional test empties all tables after itself, the groups of the migrations too."""
    editors, _ = Group.objects.get_or_create(name="Editors")
    editors.permissions.set(Permission.objects.filter(content_type__app_label__in=["posts", "sources", "links"]))


def test_two_tags_are_merged_the_old_address_leads_on_and_undoing_brings_it_back(desk: Page, page: Page):
    make_post("On the river", tags=["refugee"])
    make_post("At sea", tags=["Refugees"])
    desk.goto(DESK)
    desk.get_by_role("link", name="Workbench").click()
    desk.get_by_role("navigation", name="Workbench").get_by_role("link", name="Look-alikes").click()
    desk.get_by_role("link", name="Merge refugee and Refugees …").click()
    desk.get_by_role("radio", name="Refugees").check()
    expect(desk.get_by_text("2 public posts")).to_be_visible()
    desk.get_by_role("button", name="Merge", exact=True).click()
    expect(desk.get_by_text("Merged “refugee” into “Refugees”.")).to_be_visible()

    page.goto("/tag/refugee/")
    expect(page).to_have_url("/tag/refugees/")
    expect(page.get_by_role("heading", name="On the river")).to_be_visible()
    expect(page.get_by_role("heading", name="At sea")).to_be_visible()

    desk.get_by_role("link", name="Undo the merge of “refugee” into “Refugees” …").click()
    desk.get_by_role("button", name="Undo the merge").click()
    expect(desk.get_by_text("“refugee” is a tag of its own again, with 1 post.")).to_be_visible()
    page.goto("/tag/refugee/")
    expect(page).to_have_url("/tag/refugee/")
    expect(page.get_by_role("heading", name="On the river")).to_be_visible()
    expect(page.get_by_role("heading", name="At sea")).to_have_count(0)


def test_another_name_typed_in_the_tag_box_gives_the_tag(desk: Page):
    tag = Tag.objects.create(name="North Korea")
    desk.goto(f"{DESK}{tag.pk}/change/")
    desk.get_by_role("link", name="Add another name …").click()
    expect(desk.get_by_label("Leads to the tag")).to_have_value("North Korea")
    desk.get_by_label("The name").fill("DPRK")
    desk.get_by_role("button", name="Add it").click()
    expect(desk.get_by_text("“DPRK” leads to “North Korea” now.")).to_be_visible()
    desk.goto("/admin/posts/post/add/")
    desk.locator(".field-tags .select2-selection").click()
    desk.keyboard.type("dprk")
    desk.get_by_role("option", name="North Korea (also: DPRK)").click()
    desk.get_by_label("Title").fill("On the border")
    desk.get_by_role("button", name="Save draft").click()
    desk.get_by_text("is saved").wait_for()
    assert list(Tag.objects.filter(tagged_posts__isnull=False)) == [tag]


@pytest.mark.looks
def test_no_page_of_it_has_a_fault_that_axe_finds_nor_scrolls_sideways(new_context, editor):
    for name in ("refugee", "Refugees", "북한 인권", "북한인권", "W" * 100):
        make_post(tags=[name])
    Tag.objects.create(name="Nothing stands on it")
    kept, other = Tag.objects.create(name="North Korea"), Tag.objects.create(name="DPRK")
    make_subscriber("", "/tag/dprk/=post")
    merging.add_synonym(other, "Chosun")
    make_post(tags=[other], draft=True)
    kept.absorb(other, by=editor)
    ids = "&".join(f"tag={pk}" for pk in Tag.objects.values_list("pk", flat=True))
    merge = TagEntry.objects.get(act="merge").pk
    addresses = (
        "", "workbench/", "workbench/orphans/", "workbench/look-alikes/", "workbench/synonyms/", "workbench/log/",
        f"merge/?{ids}", f"merge/?tag={kept.pk}&add=nobody", f"workbench/log/{merge}/undo/",
        f"{kept.pk}/change/",
    )  # fmt: skip
    for width in (320, 1280):
        page = new_context(viewport={"width": width, "height": 800}).new_page()
        log_in(page, "edith", f"{DESK}workbench/")
        for address in addresses:
            page.goto(DESK + address)
            is_ours = "workbench" in address or "merge" in address
            if is_ours:
                assert page.evaluate("document.documentElement.scrollWidth") <= width, (address, width)
                assert faults(page, "#content") == [], (address, width)
        page.goto(f"{DESK}workbench/orphans/")
        page.get_by_label("Choose Nothing stands on it").check()
        page.get_by_role("button", name="Delete the ticked ones …").click()
        page.get_by_role("button", name="Delete 1 tag").wait_for()
        assert faults(page, "#content") == []
