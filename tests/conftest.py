"""What all tests share."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.utils import translation
from hypothesis import settings

# pytest-playwright keeps an event loop in the main thread, which Django would refuse to work beside.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# How long a step takes on a busy machine says nothing.
settings.register_profile("htwatch", deadline=None)
settings.load_profile("htwatch")

JOURNEY = "test_journey.py"
ASKING_A_DATABASE = {"db", "transactional_db", "live_server"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, leave out what the run on SQLite has told already, unless it is asked for (`-m browser`).

    Pages look the same on each database, and what a browser sends is sent by other tests too; one journey from end
    to end stays.
    """
    if connection.vendor != "postgresql" or config.option.markexpr:
        return
    told = [item for item in items if not _asks_a_database(item) or _is_of_pages(item)]
    config.hook.pytest_deselected(items=told)
    left_out = set(told)
    items[:] = [item for item in items if item not in left_out]


def _is_of_pages(item: pytest.Item) -> bool:
    return bool(item.get_closest_marker("looks")) or ("browser" in item.path.parts and item.path.name != JOURNEY)


def _asks_a_database(item: Any) -> bool:
    return bool(item.get_closest_marker("django_db") or ASKING_A_DATABASE & set(item.fixturenames))


@pytest.fixture(autouse=True)
def _language_of_the_site() -> Iterator[None]:
    """Speak the site's language again after a test that asked in another: the test client leaves it behind."""
    yield
    translation.deactivate()


@pytest.fixture
def editor(db) -> User:
    user = User.objects.create_user("edith", password="secret", is_staff=True)
    user.groups.set(Group.objects.filter(name="Editors"))
    return user


@pytest.fixture
def moderator(db) -> User:
    user = User.objects.create_user("mo", password="secret", is_staff=True)
    user.groups.set(Group.objects.filter(name="Moderators"))
    return user


@pytest.fixture
def moderator_client(client, moderator):
    client.force_login(moderator)
    return client


@pytest.fixture
def editor_client(client, editor):
    client.force_login(editor)
    return client
