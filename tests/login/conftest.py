"""Somebody with a second factor, and the codes that their telephone would show."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.contrib.auth.models import Group, User
from django.test import Client

LOGIN = "/admin/login/"
CODE = "/admin/login/code/"
ACCOUNT = "/admin/account/"
SECRET = "secret"


def code_of(secret: str, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def log_in(client: Client, name: str = "edith", password: str = SECRET, **data: str):
    return client.post(LOGIN, {"username": name, "password": password, **data})


def give_app(user: User) -> str:
    """Set up an authenticator app for somebody; return its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def give_codes(user: User) -> list[str]:
    return RecoveryCodes.activate(user).get_unused_codes()


def has_app(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type="totp").exists()


def text_of(response) -> str:
    return response.content.decode()


@pytest.fixture
def secret(editor) -> str:
    return give_app(editor)


@pytest.fixture
def root(db) -> User:
    return User.objects.create_superuser("root", password="secret")


@pytest.fixture
def administrator(db) -> User:
    user = User.objects.create_user("ada", password="secret", is_staff=True)
    user.groups.set(Group.objects.filter(name="Administrators"))
    return user
