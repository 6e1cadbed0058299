"""A missing or malformed setting ends the start with one line that names it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def start(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *(command or ("check",))],
        cwd=ROOT,
        env={**clean, **environment},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "perhaps"),
        ("SITE_URL", "watch.example"),
        ("SITE_URL", "https://watch.example/blog/"),
        ("SITE_URL", "https://watch.example:port"),
        ("SITE_URL", "https://\u200b.example"),
        ("SITE_NAME", " "),
        ("SECRET_KEY", ""),
        ("TIME_ZONE", "Mars/Olympus"),
        ("TIME_ZONE", "../../etc/passwd"),
        ("LANGUAGE_CODE", "tlh"),
        ("LANGUAGE_CODE", ""),
        ("DATABASE_URL", "garbage"),
        ("DATABASE_URL", "mysql://root@localhost/x"),
        ("DATABASE_URL", "postgresql://u:secret@h:port/x"),
        ("DATABASE_URL", "sqlite://"),
        ("CACHE_URL", "garbage"),
        ("EMAIL_URL", "garbage"),
        ("EMAIL_URL", "smtp://"),
        ("TASKS_ENGINE", "hope"),
        ("MEDIA_STORAGE", "tape"),
    ],
)
def test_a_malformed_setting_is_named_in_one_line(name, value):
    result = start(**{name: value})
    assert result.returncode == 1
    assert result.stderr.startswith(f"{name}: ")
    assert len(result.stderr.strip().splitlines()) == 1
    assert "secret" not in result.stderr


def test_a_public_site_needs_a_secret_key_of_its_own():
    result = start(SITE_URL="https://watch.example")
    assert result.returncode == 1
    assert result.stderr.startswith("SECRET_KEY: ")


def test_an_unreachable_database_is_told_in_one_line():
    result = start("migrate", DATABASE_URL="postgresql://nobody:secret@127.0.0.1:9/none")
    assert result.returncode == 1
    assert result.stderr.startswith("DATABASE_URL: ")
    assert len(result.stderr.strip().splitlines()) == 1
    assert "secret" not in result.stderr


@pytest.mark.parametrize(
    "command", [("make_posts", "abc"), ("make_posts", "-1"), ("serve", "--port", "x"), ("rerender", "x")]
)
def test_a_command_called_wrongly_says_so_in_one_line(command):
    result = start(*command)
    assert result.returncode == 1
    assert len(result.stderr.strip().splitlines()) == 1


def read(names: str, **environment: str) -> str:
    result = subprocess.run(
        [sys.executable, "-c", f"from htwatch.settings import *; print({names})"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "SECRET_KEY": "k" * 60, "PYTHONUTF8": "1", **environment},
        capture_output=True,
        text=True,
    )
    return result.stdout.strip() or result.stderr


def test_a_public_site_is_strict():
    names = "SECURE_SSL_REDIRECT, SESSION_COOKIE_SECURE, CSRF_COOKIE_SECURE, SECURE_HSTS_SECONDS > 0, ALLOWED_HOSTS"
    assert read(names, SITE_URL="https://watch.example") == "True True True True ['watch.example']"


@pytest.mark.parametrize(
    ("given", "url", "hosts", "mail_host"),
    [
        ("https://watch.example/", "https://watch.example", "['watch.example']", "watch.example"),
        ("https://b\u00fccher.example:8443", "https://xn--bcher-kva.example:8443", "['xn--bcher-kva.example']", None),
        # As browsers write it (UTS 46), who do not make ss of it.
        ("https://stra\u00dfe.example", "https://xn--strae-oqa.example", "['xn--strae-oqa.example']", None),
        ("http://[::1]:8000", "http://[::1]:8000", "['127.0.0.1', 'localhost', '[::1]']", "localhost"),
        ("http://[2001:db8::1]", "http://[2001:db8::1]", "['[2001:db8::1]']", "localhost"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000", "['127.0.0.1', 'localhost', '[::1]']", "127.0.0.1"),
    ],
)
def test_an_address_is_written_as_browsers_and_mail_write_it(given, url, hosts, mail_host):
    mail_host = mail_host or hosts.strip("[']")
    said = read("SITE_URL, ALLOWED_HOSTS, MAIL_HOST, DEFAULT_FROM_EMAIL", SITE_URL=given)
    assert said == f"{url} {hosts} {mail_host} htwatch@{mail_host}"
