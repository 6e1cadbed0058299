"""The page of those who help, as somebody in need has it: on a small screen, without a script, on paper."""

import pytest
from django.contrib.flatpages.models import FlatPage

from tests.browser.conftest import log_in
from tests.browser.looking import faults
from tests.factories import make_contact, make_post

pytestmark = pytest.mark.django_db(transaction=True)


LONG_TEXT = "You are not alone.\n\n### Before you read on\n\n" + "Somebody may read along. " * 200


def write_page(url: str, title: str, text: str) -> None:
    FlatPage.objects.create(url=url, title=title, content=text).sites.set([1])


@pytest.fixture
def _contacts(transactional_db):
    make_contact(
        "Lantern Line",
        languages="en es",
        web_address=f"https://{'long' * 15}.example/",
        call_back=f"What a bill names is told at https://lantern.example/{'long-' * 15}words/",
    )
    make_contact("등불상담전화", country="KR", languages="ko en", telephones="+82 2 0000 0101\n112", is_free=True)
    make_contact("خط القنديل", country="LB", languages="ar", email="a.very.long.name.indeed@qandil.example")
    make_contact("Old line", country="FR", days_ago=400)
    write_page("/get-help/", "Where to turn", LONG_TEXT)
    write_page("/get-help/ko/", "도움을 청할 곳", "혼자가 아닙니다.\n\n### 읽기 전에\n\n천천히 읽으십시오.")
    make_post("By sea", tags=["South Korea", "boats"])


@pytest.mark.looks
@pytest.mark.usefixtures("_contacts")
@pytest.mark.parametrize(
    "address",
    [
        "/get-help/",
        "/get-help/?country=KR&language=ko",
        "/get-help/?country=FR",
        "/get-help/ko/?country=KR&language=ar",
    ],
)
@pytest.mark.parametrize("width", [320, 1280])
def test_it_has_no_fault_that_axe_finds_nor_scrolls_sideways(new_context, address, width):
    page = new_context(viewport={"width": width, "height": 800}).new_page()
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert faults(page) == []


@pytest.mark.usefixtures("_contacts")
def test_without_a_script_a_reader_comes_from_a_post_to_a_number_and_changes_the_country(new_context):
    page = new_context(viewport={"width": 320, "height": 640}, java_script_enabled=False).new_page()
    page.goto("/tag/boats/")
    page.get_by_role("link", name="By sea").click()
    page.get_by_role("link", name="Get help in South Korea").click()
    call = page.get_by_role("link", name="Call 112")
    assert call.get_attribute("href") == "tel:112"
    assert call.bounding_box()["height"] >= 44
    page.get_by_label("Country").select_option("Lebanon")
    page.get_by_role("button", name="Show").click()
    assert "country=LB" in page.url
    page.get_by_role("heading", name="خط القنديل").wait_for()
    assert page.get_by_role("heading", name="등불상담전화").count() == 0
    assert page.context.cookies() == []


@pytest.mark.usefixtures("_contacts")
@pytest.mark.parametrize("width", [320, 360])
def test_the_first_number_of_a_chosen_country_stands_on_the_first_screen_of_a_phone(new_context, width):
    page = new_context(viewport={"width": width, "height": 740}, java_script_enabled=False).new_page()
    page.goto("/get-help/?country=KR")
    box = page.get_by_role("link", name="Call").first.bounding_box()
    assert box["y"] + box["height"] <= 740
    assert (
        page.get_by_text("You are not alone.").bounding_box()["y"] > page.get_by_label("Country").bounding_box()["y"]
    )


@pytest.mark.usefixtures("_contacts")
def test_without_a_script_a_reader_chooses_a_country_without_contacts_and_back_to_all(new_context):
    page = new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False).new_page()
    page.goto("/get-help/")
    choice = page.get_by_label("Country")
    assert choice.bounding_box()["y"] + choice.bounding_box()["height"] <= 740
    choice.select_option("Japan")
    page.get_by_role("button", name="Show").click()
    page.get_by_text("We know no contact in Japan.").wait_for()
    page.get_by_role("heading", name="Lantern Line").wait_for()
    page.get_by_role("link", name="Another country or language").click()
    assert page.get_by_label("Country").evaluate("select => select.selectedOptions[0].textContent") == "Japan"
    page.get_by_label("Country").select_option("All countries")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("heading", name="خط القنديل").wait_for()


@pytest.mark.usefixtures("_contacts")
def test_links_that_stand_alone_are_as_large_as_a_finger_needs(new_context):
    page = new_context(viewport={"width": 320, "height": 740}).new_page()
    for address in ("/get-help/", "/get-help/?country=KR"):
        page.goto(address)
        links = page.locator("main :is(.help-jump, .help-links, .page-versions, .help-safety, .contact-ways) a").all()
        assert links
        for link in links:
            box = link.bounding_box()
            assert min(box["width"], box["height"]) >= 24, (address, link.inner_text())


@pytest.mark.usefixtures("_contacts")
def test_on_paper_stand_the_numbers_and_no_form(page):
    page.goto("/get-help/?country=KR")
    page.emulate_media(media="print")
    assert page.get_by_text("+82 2 0000 0101").is_visible()
    assert not page.get_by_label("Country").is_visible()
    assert not page.get_by_role("heading", name="Another country or language").is_visible()


@pytest.mark.looks
@pytest.mark.usefixtures("groups", "_contacts")
def test_its_desk_has_no_fault_on_a_phone(new_context, editor):
    page = new_context(viewport={"width": 360, "height": 800}).new_page()
    log_in(page, "edith", "/admin/help/contact/")
    for address in ("/admin/help/contact/", "/admin/help/contact/add/", "/admin/help/contact/1/change/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address
        assert faults(page, "#content") == [], address
