"""The index of tags is filtered as one types."""

import pytest
from playwright.sync_api import expect

from posts.models import Tag
from tests.factories import make_post

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_one_types_leaves_the_tags_that_have_it_in_one_of_their_names(page):
    make_post(tags=["Côte", "boats", "North Korea"])
    tag = Tag.objects.get(name="North Korea")
    tag.name = "DPRK"
    tag.save()
    page.goto("/tag/")
    page.get_by_label("Part of a name").fill("COTE")
    expect(page.get_by_role("link", name="Côte")).to_be_visible()
    expect(page.get_by_role("link", name="boats")).to_be_hidden()
    expect(page.get_by_text("Shown: 1")).to_be_visible()
    page.get_by_label("Part of a name").fill("korea")
    expect(page.get_by_role("link", name="DPRK")).to_be_visible()
    page.get_by_label("Part of a name").fill("")
    expect(page.get_by_role("link", name="boats")).to_be_visible()


def test_without_script_the_form_does_the_same(new_context):
    make_post(tags=["Côte", "boats"])
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/tag/")
    page.get_by_label("Part of a name").fill("cote")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("link", name="Côte")).to_be_visible()
    expect(page.get_by_role("link", name="boats")).to_have_count(0)
