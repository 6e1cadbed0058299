"""What editors do at the post's form, and what goes wrong around them: nothing is lost, nothing is there twice."""

import datetime as dt
from importlib import import_module

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from htwatch.login.models import Session
from posts.models import Autosave, Post
from sources.models import Source
from tests.browser.conftest import log_in
from tests.browser.looking import faults
from tests.factories import make_link, make_post, make_source

pytestmark = pytest.mark.django_db(transaction=True)

ADD = "/admin/posts/post/add/"
PAGE = "https://www.paper.example/2026/story"


@pytest.fixture(autouse=True)
def _groups(transactional_db):
    """A transactional test empties all tables after itself, the groups of the migrations too."""
    from django.apps import apps
    from django.db import connection

    with connection.schema_editor() as schema_editor:
        import_module("posts.migrations.0002_groups").make_groups(apps, schema_editor)
        import_module("posts.migrations.0008_roles").give(apps, schema_editor)


@pytest.fixture
def paper(transactional_db) -> Source:
    return make_source("The Paper", home_page="https://www.paper.example/")


def change(post: Post) -> str:
    return f"/admin/posts/post/{post.pk}/change/"


def at_desk(context: BrowserContext, address: str = ADD, name: str = "edith") -> Page:
    page = context.new_page()
    log_in(page, name, address)
    page.wait_for_url(f"**{address}")
    return page


def told(page: Page, box: str):
    return page.locator(f"#id_{box}_found")


class TestSources:
    def test_a_pasted_address_finds_its_outlet_and_warns_in_place(self, desk: Page, paper):
        link = make_link(
            paper, PAGE, headline="A story", byline="Ann", published_on=dt.date(2026, 2, 3), language="en"
        )
        first = make_post("The first", link=link)
        desk.goto(ADD)
        desk.get_by_label("Byline there").fill("Mine")
        desk.get_by_label("Address of the original").fill(f"{PAGE.replace('https', 'http')}/?utm_source=x")
        expect(told(desk, "original_address")).to_contain_text("This is The Paper (paper.example).")
        expect(told(desk, "original_address")).to_contain_text("Already clipped: The first (published on")
        expect(told(desk, "original_address").get_by_role("link")).to_have_attribute("href", change(first))
        expect(desk.locator(".field-source .select2-selection__rendered")).to_contain_text("The Paper")
        desk.get_by_label("Address of the original").fill(f"{PAGE}#x")
        expect(desk.get_by_label("Headline there")).to_have_value("A story")
        expect(desk.locator("#id_original_published_on")).to_have_value("2026-02-03")
        expect(desk.get_by_label("Language there")).to_have_value("en")
        expect(desk.get_by_label("Byline there")).to_have_value("Mine")
        # Told in place: publishing asks no more.
        desk.get_by_label("Title").fill("The second")
        desk.get_by_role("button", name="Publish now").click()
        expect(desk.locator(".messagelist")).to_contain_text("is published")
        assert Post.objects.published().count() == 2

    def test_a_choice_is_never_overwritten(self, desk: Page, paper):
        mine = make_source("Mine")
        desk.goto(f"{ADD}?source={mine.pk}")
        desk.get_by_label("Address of the original").fill(PAGE)
        expect(told(desk, "original_address")).to_contain_text("This is The Paper")
        expect(desk.locator("#id_source")).to_have_value(str(mine.pk))

    def test_what_was_filled_in_goes_with_the_address(self, desk: Page, paper):
        make_link(paper, PAGE, headline="A story")
        desk.goto(ADD)
        desk.get_by_label("Address of the original").fill(PAGE)
        expect(desk.get_by_label("Headline there")).to_have_value("A story")
        desk.get_by_label("Address of the original").fill("https://new.example/a")
        expect(told(desk, "original_address")).to_contain_text("“new.example” is new")
        expect(desk.get_by_label("Headline there")).to_have_value("")
        expect(desk.locator("#id_source")).to_have_value("")

    def test_titles_and_further_reports_are_told_too(self, desk: Page, paper):
        make_post("Boats at sea")
        desk.goto(ADD)
        desk.get_by_label("Title").fill("The boats at sea!")
        desk.get_by_label("Title").press("Tab")
        expect(told(desk, "title")).to_contain_text("A title much like this one: Boats at sea")
        desk.get_by_label("Address of the original").fill(PAGE)
        desk.get_by_label("Also reported by").fill(f"{PAGE}#b\nother.example/a\nhttps://other.example/a")
        expect(told(desk, "also_reported")).to_contain_text("this is the original itself")
        expect(told(desk, "also_reported")).to_contain_text("this stands here twice")

    def test_without_script_publishing_asks_once(self, new_context, editor, paper):
        make_post("The first", link=make_link(paper, PAGE))
        page = new_context(java_script_enabled=False).new_page()
        page.goto(ADD)
        page.get_by_label("Username").fill("edith")
        page.get_by_label("Password").fill("secret")
        page.get_by_role("button", name="Log in").click()
        page.get_by_label("Title").fill("The second")
        page.locator("#id_body").fill("All my words")
        page.get_by_label("Address of the original").fill(PAGE)
        page.get_by_role("button", name="Publish now").click()
        expect(page.locator(".field-original_address .errorlist")).to_contain_text("press the button again")
        expect(page.locator("#id_body")).to_have_value("All my words")
        page.get_by_role("button", name="Publish now").click()
        expect(page.locator(".messagelist")).to_contain_text("is published")
        assert Post.objects.published().count() == 2


class TestNothingIsLost:
    def test_the_browser_dies_and_the_text_is_offered(self, new_context, editor):
        context = new_context()
        page = context.new_page()
        page.clock.install()
        log_in(page, "edith", ADD)
        page.get_by_label("Title").fill("Half a thought")
        page.locator("#id_body").fill("Words of an hour")
        page.clock.fast_forward(21_000)
        expect(page.locator("[data-kept]")).to_contain_text("Kept at")
        context.close()
        page = at_desk(new_context())
        expect(page.locator(".offer")).to_contain_text("Half a thought")
        page.get_by_role("link", name="Go on with it").click()
        expect(page.locator("#id_body")).to_have_value("Words of an hour")
        page.get_by_label("Title").fill("A whole thought")
        page.get_by_role("button", name="Save draft").click()
        expect(page.locator(".messagelist")).to_contain_text("is saved (draft)")
        post = Post.objects.get()
        assert (post.title, post.body) == ("A whole thought", "Words of an hour")
        assert not Autosave.objects.exists()

    def test_a_tab_is_left_and_its_last_words_are_kept(self, desk: Page):
        desk.goto(ADD)
        desk.get_by_label("Title").fill("Last words")
        desk.goto("/admin/")
        desk.goto(ADD)
        expect(desk.locator(".offer")).to_contain_text("Last words")

    def test_who_only_looks_leaves_no_unsaved_text(self, desk: Page):
        post = make_post("Boats", draft=True, link=make_link(make_source()))
        for address in (change(post), f"{ADD}?original_address=https://nknews.example/2013/02/refugees&title=Boats"):
            desk.goto(address)
            desk.wait_for_load_state("networkidle")
            desk.goto("/admin/posts/post/unsaved/")
        expect(desk.get_by_text("Nothing is unsaved.")).to_be_visible()

    def test_the_session_ends_in_mid_writing(self, desk: Page, complaints: list[str]):
        desk.goto(ADD)
        desk.get_by_label("Title").fill("Written for long")
        Session.objects.all().delete()
        desk.get_by_role("button", name="Save draft").click()
        expect(desk.get_by_label("Username")).to_be_focused()
        desk.get_by_label("Username").fill("edith")
        desk.get_by_label("Password").fill("secret")
        desk.get_by_role("button", name="Log in").click()
        expect(desk.get_by_label("Title")).to_have_value("Written for long")
        # The browser itself notes that nobody logged out is told of titles like this.
        assert all("403" in complaint for complaint in complaints)
        complaints.clear()
        desk.get_by_role("button", name="Save draft").click()
        expect(desk.locator(".messagelist")).to_contain_text("is saved (draft)")

    def test_two_editors_collide_and_the_second_keeps_their_words(self, new_context, desk: Page, editor):
        other = type(editor).objects.create_user("otto", password="secret", is_staff=True)
        other.groups.set(editor.groups.all())
        post = make_post("Boats", draft=True, body="The boats came in.")
        desk.goto(change(post))
        page = at_desk(new_context(), change(post), "otto")
        expect(page.locator("[data-others]")).to_contain_text("Also open at edith")
        desk.locator("#id_body").fill("The boats came in at night.")
        desk.get_by_role("button", name="Save", exact=True).click()
        expect(desk.locator(".messagelist")).to_contain_text("is saved")
        page.locator("#id_body").fill("The ships came in.")
        page.get_by_role("button", name="Publish now").click()
        expect(page.locator(".collision del").first).to_be_visible()
        expect(page.locator("#id_body")).to_have_value("The ships came in.")
        assert Post.objects.get().body == "The boats came in at night."
        page.locator("#id_body").fill("The ships came in at night.")
        page.get_by_role("button", name="Publish now").click()
        expect(page.locator(".messagelist")).to_contain_text("is published")
        assert Post.objects.get().body == "The ships came in at night."


class TestNothingByAccident:
    def test_a_double_click_publishes_once(self, desk: Page):
        desk.goto(ADD)
        desk.get_by_label("Title").fill("Once")
        desk.get_by_role("button", name="Publish now").dblclick()
        expect(desk.locator(".messagelist")).to_contain_text("Once")
        assert Post.objects.count() == 1
        assert Post.objects.get().is_public

    def test_back_and_publish_again_makes_no_second(self, desk: Page):
        desk.goto(ADD)
        desk.get_by_label("Title").fill("Once")
        desk.get_by_role("button", name="Publish now").click()
        expect(desk.locator(".messagelist")).to_contain_text("is published")
        desk.go_back()
        desk.get_by_label("Title").fill("Once")
        desk.get_by_role("button", name="Publish now").click()
        desk.wait_for_load_state()
        assert Post.objects.count() == 1

    def test_a_scheduled_post_appears_at_its_moment(self, desk: Page, new_context):
        reader = new_context(java_script_enabled=False).new_page()
        at = timezone.localtime() + dt.timedelta(seconds=8)
        desk.goto(ADD)
        desk.get_by_label("Title").fill("At its minute")
        desk.locator("#id_published_at_0").fill(f"{at:%Y-%m-%d}")
        desk.locator("#id_published_at_1").fill(f"{at:%H:%M:%S}")
        desk.get_by_role("button", name="Schedule").click()
        expect(desk.locator(".messagelist")).to_contain_text("will appear on")
        Post.objects.update(published_at=timezone.now() + dt.timedelta(seconds=2))
        reader.goto("/")
        assert "At its minute" not in reader.content()
        reader.wait_for_timeout(2_500)
        reader.goto("/")
        expect(reader.locator(".post-title")).to_have_text("At its minute")

    def test_from_title_to_publishing_by_keyboard(self, desk: Page):
        desk.goto(ADD)
        desk.get_by_label("Title").focus()
        desk.keyboard.type("By keyboard")
        for _ in range(80):
            desk.keyboard.press("Tab")
            place = desk.evaluate(
                """() => {
                    const box = document.activeElement, sheet = document.querySelector(".submit-row");
                    const its = box.getBoundingClientRect(), row = sheet.getBoundingClientRect();
                    const isHidden = !sheet.contains(box) && its.bottom > row.top + 2 && its.top < row.bottom;
                    return {id: box.id, name: box.name ?? "", isHidden};
                }"""
            )
            assert not place["isHidden"], place
            if place["id"] == "id_body":
                desk.keyboard.type("Words")
            if place["name"] == "_publish":
                break
        desk.keyboard.press("Enter")
        expect(desk.locator(".messagelist")).to_contain_text("is published")
        assert Post.objects.get().body == "Words"


@pytest.mark.looks
@pytest.mark.parametrize("width", [360, 1280])
def test_the_form_in_all_its_faces_has_no_fault_that_axe_finds(new_context, editor, paper, width):
    post = make_post("Boats at sea", link=make_link(paper, PAGE))
    draft = make_post("Boats", draft=True, body="The boats came in.", link=post.link)
    page = at_desk(new_context(viewport={"width": width, "height": 900}), ADD)

    def look(name: str) -> None:
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert faults(page) == [], name

    look("new")
    page.get_by_label("Title").fill("The boats at sea")
    page.get_by_label("Address of the original").fill(PAGE)
    page.get_by_label("Also reported by").fill(PAGE)
    expect(told(page, "also_reported")).to_contain_text("this is the original itself")
    look("warned")
    page.get_by_label("Address of the original").fill("https://localhost/")
    page.get_by_role("button", name="Schedule").click()
    expect(page.locator(".errornote:not([hidden])")).to_be_visible()
    look("refused")
    page.goto(change(draft))
    look("draft")
    draft.body = "The boats came in at night."
    draft.save()
    page.locator("#id_body").fill("The ships came in.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".collision")).to_be_visible()
    look("collision")
    page.goto(change(post))
    look("published")
    page.goto("/admin/posts/post/unsaved/")
    expect(page.get_by_role("heading", name="Boats", exact=True)).to_be_visible()
    look("unsaved")
