"""A real Chromium, and a page that fails the test on any message in the console."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, expect

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()

# The last such list counts: first what Playwright switches off, then a page of the browser's own that each new window
# would draw for the words proposed below its address bar.
OFF = (
    "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,"
    "LensOverlay,MediaRouter,PaintHolding,ThirdPartyStoragePartitioning,AvoidCorsURLLoaderRestartOnRedirect,"
    "OptimizationHints,NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch,"
    "WebUIOmniboxPopup,WebUIOmniboxAimPopup"
)

# The migrations that make the groups and say what each may do, in order.
GIVING = [
    ("posts", "0002_groups"),
    ("posts", "0008_roles"),
    ("posts.outbox", "0002_permissions"),
    ("posts.comments", "0002_permissions"),
    ("posts.webhooks", "0002_permissions"),
    ("posts.subscriptions", "0002_permissions"),
    ("posts.help", "0002_permissions"),
    ("posts.wordpress", "0002_permissions"),
]
PATIENCE = 15_000  # milliseconds: the machine may be busy with something else
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    skip = pytest.mark.skip(reason="no Chromium found: install Debian's package chromium to run the browser tests")
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(skip)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict:
    return {"executable_path": CHROMIUM, "args": [*QUIET, f"--disable-features={OFF}"]}


@pytest.fixture(scope="session", autouse=True)
def close_connections_of_the_loop(django_db_setup: None, playwright: Playwright) -> Iterator[None]:
    """Close the connections that were opened while Playwright's loop ran, before it ends.

    Django keeps one connection for the thread and another for the loop in it; once the loop has ended, nothing else
    could close the second, and PostgreSQL drops no database that somebody is connected to.
    """
    yield
    for connection in connections.all(initialized_only=True):
        # SQLite's own `close` keeps a database in memory open, which the interpreter then complains of.
        BaseDatabaseWrapper.close(connection)


class Answering:
    """How many requests of browsers the server is answering."""

    def __init__(self) -> None:
        self.number = 0
        self.lock = threading.Lock()

    def begins(self, **_) -> None:
        self._count(1)

    def ends(self, **_) -> None:
        self._count(-1)

    def _count(self, change: int) -> None:
        if threading.current_thread() is not threading.main_thread():
            with self.lock:
                self.number += change

    def wait(self) -> None:
        """Wait until none is left: tables that a request still writes to cannot be emptied."""
        end = time.monotonic() + PATIENCE / 1000
        while self.number > 0 and time.monotonic() < end:
            time.sleep(0.01)


@pytest.fixture(scope="session")
def answering() -> Answering:
    answering = Answering()
    request_started.connect(answering.begins)
    request_finished.connect(answering.ends)
    return answering


@pytest.fixture
def complaints() -> list[str]:
    """What browsers complained of; a test that expects some takes them out."""
    return []


@pytest.fixture
def new_context(
    browser: Browser, live_server, answering: Answering, complaints: list[str]
) -> Iterator[Callable[..., BrowserContext]]:
    """Make browser contexts in which any console message, page error or request to elsewhere fails the test."""

    def note(message: ConsoleMessage) -> None:
        # Hints for developers, as on the forms that Django brings, whose scripts race for the first field’s focus.
        if message.text.startswith(("[DOM]", "Autofocus processing was blocked")):
            return
        # A page that is not found, or a form that is refused, is what some tests ask for; the browser notes that too.
        if "status of 4" not in message.text or message.location["url"] != message.page.url:
            complaints.append(f"{message.page.url}: {message.text}")

    def make(**options) -> BrowserContext:
        context = browser.new_context(base_url=live_server.url, **options)
        context.set_default_timeout(PATIENCE)
        context.on("console", note)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("request", lambda request: _check(request.url))
        return context

    def _check(url: str) -> None:
        if not url.startswith((live_server.url, "data:", "blob:")):
            complaints.append(f"asked elsewhere: {url}")

    yield make
    found = complaints.copy()
    for context in browser.contexts:
        # A page of the desk keeps what was typed when it closes; here that would be after the test.
        context.set_offline(True)
        context.close()
    answering.wait()
    assert found == []


@pytest.fixture
def groups(transactional_db) -> None:
    """The groups of the desk: a transactional test empties all tables after itself, those of the migrations too."""
    for label, name in GIVING:
        module = import_module(f"{label}.migrations.{name}")
        for operation in module.Migration.operations:
            operation.code(apps, connections[DEFAULT_DB_ALIAS].schema_editor())


@pytest.fixture
def demo(transactional_db, settings, tmp_path) -> None:
    settings.VAR_DIR = tmp_path
    call_command("demo", verbosity=0)


@pytest.fixture
def page(new_context) -> Page:
    return new_context().new_page()


@pytest.fixture
def desk(new_context, editor) -> Page:
    """A page on which an editor has logged in to the desk."""
    page = new_context(viewport={"width": 1300, "height": 1000}).new_page()
    log_in(page, "edith", "/admin/")
    page.get_by_role("heading", name="The desk").wait_for()
    return page


def log_in(page: Page, name: str, address: str) -> None:
    """Open an address of the desk and log in on the way."""
    page.goto(address)
    # The browser puts the cursor there by itself; who types before it does makes it complain in the console.
    expect(page.get_by_label("Username")).to_be_focused()
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill("secret")
    page.get_by_role("button", name="Log in").click()
