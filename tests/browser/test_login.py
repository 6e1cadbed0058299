"""The desk's login in a browser: passkeys, an authenticator app, and no fault that axe knows of."""

import re
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from tests.browser.conftest import log_in
from tests.browser.looking import faults
from tests.login.conftest import code_of, give_app

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def boss(transactional_db) -> User:
    return User.objects.create_superuser("boss", password="secret")


@pytest.fixture
def key(page) -> Iterator[None]:
    """A device with a passkey in it, whose owner always agrees."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield
    devtools.detach()


def prove(page: Page) -> None:
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    page.get_by_label("Password").fill("secret")
    page.get_by_role("button", name="Go on").click()


def log_out(page: Page) -> None:
    page.get_by_role("button", name="Log out").click()
    page.get_by_text("Log in again").wait_for()


def add_passkey(page: Page, name: str, is_alone: bool = True) -> None:
    page.goto("/admin/account/passkeys/add/")
    if page.get_by_role("heading", name="Is it you?").is_visible():
        prove(page)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Log in with it alone").set_checked(is_alone)
    page.get_by_role("button", name="Add a passkey").click()


def test_a_passkey_opens_the_desk_alone(page, key, boss):
    log_in(page, "boss", "/admin/")
    page.get_by_role("link", name="Login and security").click()
    page.get_by_role("link", name="Add a passkey").click()
    prove(page)
    add_passkey(page, "Laptop")
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    expect(page.locator(".login-codes code")).to_have_count(10)
    with page.expect_download() as download:
        page.get_by_role("link", name="Take them as a text file").click()
    assert len(re.findall(r"^\d{8}$", download.value.path().read_text(), re.MULTILINE)) == 10
    page.goto("/admin/account/")
    expect(page.get_by_text("opens the desk alone")).to_be_visible()
    log_out(page)
    page.goto("/admin/sources/source/?q=x")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/admin/sources/source/?q=x")
    page.goto("/admin/account/")
    page.get_by_role("link", name="Remove Laptop").click()
    page.get_by_role("link", name="passkey").or_(page.get_by_role("link", name="key")).first.wait_for()
    prove(page)
    page.get_by_role("button", name="Remove the passkey").click()
    expect(page.get_by_text("The passkey is removed.")).to_be_visible()
    log_out(page)


def test_a_passkey_is_a_second_factor_too(page, key, boss):
    log_in(page, "boss", "/admin/")
    page.get_by_role("heading", name="The desk").wait_for()
    add_passkey(page, "Key ring", is_alone=False)
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    log_out(page)
    log_in(page, "boss", "/admin/sources/source/")
    expect(page.get_by_role("heading", name="Second factor")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/admin/sources/source/")
    page.goto("/admin/account/app/")
    page.get_by_role("link", name="Use a security key").click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Set up an authenticator app")).to_be_visible()


def test_a_device_without_one_says_so(page, key, boss):
    page.goto("/admin/login/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("status")).to_contain_text("No passkey was given")


def test_an_app_is_set_up_from_the_picture(page, boss):
    log_in(page, "boss", "/admin/account/app/")
    prove(page)
    picture = page.get_by_alt_text("QR code")
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("picture => picture.naturalWidth") > 0
    page.get_by_label("Code that the app shows now").fill(code_of(page.locator(".login-secret").inner_text()))
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()


def test_without_a_script_all_but_passkeys_works(new_context, boss):
    secret = give_app(boss)
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/admin/sources/source/")
    page.get_by_label("Username").fill("boss")
    page.get_by_label("Password").fill("secret")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("button", name="Use a passkey")).to_be_hidden()
    page.get_by_label("Code").fill(code_of(secret))
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/admin/sources/source/")
    page.goto("/admin/account/passkeys/add/")
    page.get_by_label("Password").fill("secret")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("Passkeys need a script")).to_be_visible()


@pytest.mark.looks
def test_axe_finds_nothing(new_context, boss):
    page = new_context(viewport={"width": 360, "height": 800}).new_page()

    def check() -> None:
        assert faults(page) == [], page.url
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, page.url

    page.goto("/admin/login/")
    check()
    log_in(page, "boss", "/admin/account/")
    check()
    page.goto("/admin/account/app/")
    check()
    prove(page)
    for address in ("app/", "passkeys/add/", "sessions/", "recovery-codes/new/"):
        page.goto(f"/admin/account/{address}")
        check()
    page.goto("/admin/account/app/")
    secret = page.locator(".login-secret").inner_text()
    page.get_by_label("Code that the app shows now").fill("000000x")
    page.get_by_role("button", name="Set up").click()
    check()
    page.get_by_label("Code that the app shows now").fill(code_of(secret))
    page.get_by_role("button", name="Set up").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    check()
    for address in ("account/", "account/recovery-codes/", "account/app/remove/", "login/loginentry/"):
        page.goto(f"/admin/{address}")
        check()
    for act in ("security/", "security/remove/"):
        page.goto(f"/admin/auth/user/{boss.pk}/{act}")
        check()
    page.context.clear_cookies()
    page.goto("/admin/login/")
    page.get_by_label("Username").fill("boss")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    page.get_by_text("do not belong together").wait_for()
    check()
    page.get_by_label("Username").fill("boss")
    page.get_by_label("Password").fill("secret")
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("heading", name="Second factor").wait_for()
    check()
