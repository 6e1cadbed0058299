"""What all tests share."""

import os

import pytest
from django.contrib.auth.models import Group, User
from hypothesis import settings

# pytest-playwright keeps an event loop in the main thread, which Django would refuse to work beside.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# How long a step takes on a busy machine says nothing.
settings.register_profile("htwatch", deadline=None)
settings.load_profile("htwatch")


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
