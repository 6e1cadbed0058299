"""Pictures, as an editor puts them into a text and a reader meets them."""

import io

import pytest
from PIL import Image as Pillow
from playwright.sync_api import Page, expect

from posts.models import Image, Post
from posts.picturing import read_picture
from tests.browser.looking import faults
from tests.browser.test_journey import _groups, drop_picture  # noqa: F401  its groups are this module's too
from tests.factories import make_post, picture_file

pytestmark = pytest.mark.django_db(transaction=True)

PHOTO = picture_file("boat.jpg", "JPEG", (1500, 1000)).read()


def library_picture(**words) -> Image:
    image = Image.objects.get_or_store(read_picture(io.BytesIO(PHOTO)))
    for name, value in words.items():
        setattr(image, name, value)
    image.save()
    return image


def drop(page: Page, data: bytes, name: str, kind: str = "image/jpeg") -> None:
    """Drop a file on the text, and wait until the site has looked at it."""
    with page.expect_response("**/picture/"):
        drop_picture(page, data, name, kind)


@pytest.fixture
def form(desk: Page) -> Page:
    desk.goto("/admin/posts/post/add/")
    desk.get_by_label("Title").fill("The long way")
    desk.locator("#id_body").fill("Above.\n\nBelow.")
    desk.locator("#id_body").press("Control+Home")
    desk.locator("#id_body").press("End")
    return desk


def test_a_dropped_picture_is_described_and_becomes_a_figure(form: Page, new_context):
    drop(form, PHOTO, "boat.jpg")
    dialog = form.get_by_role("dialog")
    expect(dialog.locator("canvas")).to_be_visible()
    expect(dialog.get_by_label("What it shows")).to_be_focused()

    # Nothing goes on without a description; what was typed stays.
    dialog.get_by_label("Caption").fill("At sea")
    dialog.get_by_role("button", name="Put into the text").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Write what the picture shows")
    expect(dialog.get_by_label("What it shows")).to_be_focused()
    expect(dialog.get_by_label("Caption")).to_have_value("At sea")
    assert not Image.objects.exists()

    dialog.get_by_label("What it shows").fill("A boat [at night]")
    dialog.get_by_label("Credit").fill("Ann & Co")
    dialog.get_by_label("Licence").fill("CC BY 4.0")
    dialog.get_by_role("button", name="Put into the text").click()
    expect(dialog).to_be_hidden()
    image = Image.objects.get()
    expect(form.locator("#id_body")).to_have_value(f"Above.\n\n![A boat \\[at night\\]]({image.file.url})\n\nBelow.")
    expect(form.locator("#id_body")).to_be_focused()
    expect(form.locator(".markdownx-preview figcaption")).to_have_text("At sea Credit: Ann & Co, CC BY 4.0")

    form.get_by_role("button", name="Publish now").click()
    expect(form.locator(".messagelist")).to_contain_text("is published")
    reader = new_context(viewport={"width": 375, "height": 800}, java_script_enabled=False).new_page()
    reader.goto(Post.objects.get().get_absolute_url())
    expect(reader.get_by_role("figure").get_by_role("img", name="A boat [at night]")).to_be_visible()
    expect(reader.locator("figcaption .credit")).to_have_text("Credit: Ann & Co, CC BY 4.0")


def test_a_browser_takes_the_copy_that_its_screen_needs(new_context):
    image = library_picture(alt="A boat")
    post = make_post(body=image.as_markdown())
    for width, scale, taken in ((320, 1, "320"), (320, 2, "640"), (1440, 1, "640"), (1440, 2, "1280")):
        page = new_context(viewport={"width": width, "height": 800}, device_scale_factor=scale).new_page()
        page.goto(post.get_absolute_url())
        expect(page.locator("figure img")).to_have_js_property("complete", True)
        assert page.locator("figure img").evaluate("image => image.currentSrc").endswith(f".{taken}.webp")
        assert page.locator("figure img").evaluate("image => image.naturalWidth") > 0


def test_cancel_leaves_the_text_and_the_cursor_as_they_were(form: Page):
    text = form.locator("#id_body")
    for leave in ("Escape", "Cancel"):
        drop(form, PHOTO, "boat.jpg")
        expect(form.get_by_role("dialog")).to_be_visible()
        if leave == "Escape":
            form.keyboard.press("Escape")
        else:
            form.get_by_role("button", name="Cancel").click()
        expect(form.get_by_role("dialog")).to_be_hidden()
        expect(text).to_be_focused()
        expect(text).to_have_value("Above.\n\nBelow.")
        assert text.evaluate("box => box.selectionStart") == len("Above.")
    assert not Image.objects.exists()


def test_a_file_that_is_no_picture_is_explained_in_the_dialog(form: Page, complaints: list[str]):
    drop(form, b"<svg onload='alert(1)'/>", "evil.svg", "image/svg+xml")
    expect(form.get_by_role("dialog").get_by_role("alert")).to_contain_text("This file is not a picture")
    expect(form.get_by_role("button", name="Put into the text")).to_be_disabled()
    form.keyboard.press("Escape")
    expect(form.locator("#id_body")).to_have_value("Above.\n\nBelow.")
    # The browser itself notes the answer 400.
    assert all("400" in complaint for complaint in complaints)
    complaints.clear()


def test_a_picture_that_is_known_offers_its_words(form: Page):
    library_picture(alt="A boat at night", caption="At sea", credit="Ann")
    drop(form, PHOTO, "again.jpg")
    dialog = form.get_by_role("dialog")
    expect(dialog.get_by_role("status")).to_contain_text("in the library already")
    expect(dialog.get_by_label("What it shows")).to_have_value("A boat at night")
    dialog.get_by_label("Caption").fill("Another place")
    dialog.get_by_role("button", name="Put into the text").click()
    expect(form.locator(".markdownx-preview figcaption")).to_have_text("Another place Credit: Ann")
    assert Image.objects.get().caption == "At sea"


def test_a_picture_of_the_library_is_found_and_put_in_with_the_keyboard_alone(form: Page):
    library_picture(caption="At sea")
    form.get_by_role("button", name="From the library").focus()
    form.keyboard.press("Enter")
    expect(form.get_by_role("dialog").get_by_label("Search")).to_be_focused()
    form.keyboard.type("nothing such")
    expect(form.get_by_role("dialog").get_by_role("status")).to_have_text("No picture found.")
    form.keyboard.press("Control+a")
    form.keyboard.type("SEA")
    expect(form.get_by_role("button", name="At sea (no description yet)")).to_be_visible()
    form.keyboard.press("Tab")
    form.keyboard.press("Enter")
    expect(form.get_by_label("What it shows")).to_be_focused()
    form.keyboard.press("Tab")
    form.keyboard.press("Space")
    form.keyboard.press("Enter")
    expect(form.locator("#id_body")).to_be_focused()
    image = Image.objects.get()
    assert image.is_decorative
    expect(form.locator("#id_body")).to_have_value(f"Above.\n\n![]({image.file.url})\n\nBelow.")
    form.get_by_role("button", name="Publish now").click()
    expect(form.locator(".messagelist")).to_contain_text("is published")


def test_pasted_words_stay_words_although_a_picture_of_them_came_along(form: Page):
    form.evaluate(
        """() => {
            const data = new DataTransfer();
            data.items.add("words", "text/plain");
            data.items.add(new File([new Uint8Array(4)], "words.png", {type: "image/png"}));
            const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
            window.wasLeft = document.querySelector("#id_body").dispatchEvent(event);
        }"""
    )
    assert form.evaluate("window.wasLeft")
    expect(form.get_by_role("dialog")).to_be_hidden()


def test_publishing_waits_for_the_description(form: Page):
    image = library_picture()
    form.locator("#id_body").fill(f"![]({image.file.url})")
    form.get_by_role("button", name="Publish now").click()
    expect(form.locator(".field-body .errorlist")).to_contain_text(image.file_name)
    expect(form.locator("#id_body")).to_have_value(f"![]({image.file.url})")
    assert not Post.objects.exists()


def test_a_picture_with_a_notice_stays_blurred_until_asked_for_without_script(new_context):
    image = library_picture(alt="A wound", notice="Shows violence")
    post = make_post(body=f"{image.as_markdown()}\n\nIn line ![Again]({image.file.url}).")
    reader = new_context(java_script_enabled=False).new_page()
    reader.goto(post.get_absolute_url())
    stem = image.file_name.removesuffix(".jpg")
    shown = reader.locator("img:visible").evaluate_all("all => all.map((each) => each.currentSrc)")
    assert {address.rpartition("/")[2] for address in shown} == {f"{stem}.blurred.webp"}
    expect(reader.get_by_role("img", name="A wound")).to_be_hidden()
    reader.locator(".notice summary").focus()
    reader.keyboard.press("Enter")
    expect(reader.get_by_role("img", name="A wound")).to_be_visible()
    expect(reader.locator(".notice summary img")).to_be_hidden()


@pytest.mark.looks
def test_axe_finds_nothing_where_pictures_are_kept_and_asked_for(desk: Page):
    image = library_picture(alt="A boat", notice="Shows violence", credit="Ann")
    post = make_post("Shown here", body=image.as_markdown())
    places = [f"/admin/posts/image/{end}" for end in ("", "add/", f"{image.pk}/change/", f"{image.pk}/delete/")]
    for width in (1300, 320):
        desk.set_viewport_size({"width": width, "height": 900})
        for place in [*places, post.get_absolute_url()]:
            desk.goto(place)
            assert faults(desk) == [], (place, width)
        desk.goto("/admin/posts/post/add/")
        for button in ("From the library", None):
            if button:
                desk.get_by_role("button", name=button).click()
                desk.get_by_role("button", name="A boat").wait_for()
            else:
                desk.get_by_role("button", name="A boat").click()
                desk.get_by_label("What it shows").wait_for()
            assert faults(desk) == [], (button, width)
            dialog = desk.get_by_role("dialog").bounding_box()
            assert dialog
            assert dialog["x"] >= 0
            assert dialog["x"] + dialog["width"] <= width


def test_the_photo_is_one():
    with Pillow.open(io.BytesIO(PHOTO)) as photo:
        assert photo.size == (1500, 1000)
