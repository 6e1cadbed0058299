"""An old blog is sent through the desk, watched while it comes over, and its report read."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from playwright.sync_api import Page, expect

from posts.models import Post
from posts.wordpress.models import Run
from tests.browser.conftest import log_in
from tests.browser.looking import faults
from tests.factories import make_post
from tests.posts.wordpress.test_reporting import make_outcome, make_run
from tests.posts.wordpress.wxr import author, category, item, wxr

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/admin/wordpress/run/"
BLOG = wxr(
    item("Boats", "<p>Some words.</p>\n<p><em>Source: NK News</em></p>", number=1, categories=[("Sea", "sea")]),
    item("Trains", "<p>More words.</p>", number=2),
    head=[author(), category("Sea", "sea")],
)


@pytest.fixture(autouse=True)
def _var(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def root(new_context, groups) -> Page:
    """A page on which somebody who may do everything has logged in, without scripts."""
    User.objects.create_superuser("root", password="secret")
    page = new_context(java_script_enabled=False, viewport={"width": 1300, "height": 1000}).new_page()
    page.goto(LIST)
    page.get_by_label("Username").fill("root")
    page.get_by_label("Password").fill("secret")
    page.get_by_role("button", name="Log in").click()
    return page


def choose(page: Page, folder: Path) -> None:
    page.get_by_role("link", name="Import from WordPress").click()
    (folder / "export.xml").write_bytes(BLOG)
    page.get_by_label("Files of the export").set_input_files(folder / "export.xml")


def work() -> None:
    """What the task worker does, whose turn comes every few seconds."""
    call_command("db_worker", batch=True, verbosity=0, interval=0, startup_delay=False)


def test_a_blog_is_rehearsed_then_imported_and_its_report_leads_to_what_needs_a_hand(root, tmp_path):
    choose(root, tmp_path)
    root.get_by_role("button", name="Send the files").click()
    expect(root.get_by_text("It waits for the task worker")).to_be_visible()
    work()
    expect(root.get_by_role("heading", name="Finished: a rehearsal")).to_be_visible()  # the page looks by itself
    assert not Post.objects.exists()

    root.get_by_role("button", name="Import now for real").click()
    expect(root.get_by_role("heading", name="Waiting")).to_be_visible()
    work()
    expect(root.get_by_role("heading", name="Finished", exact=True)).to_be_visible()
    expect(root.get_by_role("link", name="2 items imported")).to_be_visible()
    root.get_by_role("link", name="No closing line names an outlet: 1").click()
    root.get_by_role("link", name="Set the outlet of Trains").click()
    expect(root.locator("#id_title")).to_have_value("Trains")
    assert Post.objects.get(title="Boats").source.name == "NK News"


def test_a_wrong_pattern_costs_no_second_upload_and_stopping_asks(root, tmp_path):
    choose(root, tmp_path)
    root.get_by_label("Pattern of the source line").fill("Quelle: (.+)")
    root.get_by_role("button", name="Send the files").click()
    expect(root.get_by_text("It has no group called “name”")).to_be_visible()
    expect(root.get_by_text("Here already: export.xml")).to_be_visible()
    root.get_by_label("Pattern of the source line").fill("Quelle: (?P<name>.+)")
    root.get_by_role("button", name="Send the files").click()
    expect(root.get_by_role("heading", name="Waiting")).to_be_visible()
    root.get_by_role("button", name="Stop it here …").click()
    root.get_by_role("button", name="Stop the import").click()
    expect(root.get_by_role("heading", name="Stopped")).to_be_visible()
    root.get_by_role("button", name="Go on").click()
    expect(root.get_by_role("heading", name="Waiting")).to_be_visible()
    assert Run.objects.get().options["pattern"] == "Quelle: (?P<name>.+)"


@pytest.mark.looks
def test_no_page_of_an_import_has_a_fault_that_axe_finds_nor_scrolls_sideways(new_context, groups, tmp_path):
    User.objects.create_superuser("root", password="secret")
    (tmp_path / "page.xml").write_text("<html>")
    post = make_post("A rather long title of a post that goes on and on until it ends")
    ended = make_run()
    for number in range(3):
        make_outcome(ended, number, "no-source", "meta-kept", model="posts.post", row_id=post.pk)
    options = {"is_rehearsal": True, "pattern": "Quelle: (?P<name>.+)", "fetch": True}
    runs = [
        ended,
        make_run(state="running", total=40, position=12, is_background=True, options=options),
        make_run(state="running", counts={}),
        make_run(state="refused", words="export.xml, line 3: it breaks off."),
        make_run(state="stopped", total=40, position=12),
    ]
    addresses = [LIST, f"{LIST}add/", f"{LIST}{ended.pk}/items/", f"{LIST}{ended.pk}/items/?hand=1&q=boats"]
    addresses += [f"{LIST}{run.pk}/change/?still=1" for run in runs]
    for width in (320, 1280):
        page = new_context(viewport={"width": width, "height": 800}).new_page()
        log_in(page, "root", LIST)
        for address in addresses:
            assert page.goto(address).status == 200
            check(page, width)
        page.goto(f"{LIST}add/")
        page.get_by_label("Files of the export").set_input_files(tmp_path / "page.xml")
        page.get_by_role("button", name="Send the files").click()
        expect(page.get_by_text("is a web page")).to_be_visible()
        check(page, width)
        page.goto(f"{LIST}{runs[1].pk}/change/?still=1")
        page.get_by_role("button", name="Stop it here …").click()
        expect(page.get_by_text("It stops where it is.")).to_be_visible()
        check(page, width)


def check(page: Page, width: int) -> None:
    if page.url.rpartition("/run/")[2]:  # Django's own lists are wider than a small screen, and scroll within it
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    assert faults(page, but=["label-title-only"]) == [], (page.url, width)
