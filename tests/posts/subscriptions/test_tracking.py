"""What a mail service tells by anymail's webhooks, at the address that it is given."""

import base64
import datetime as dt
import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import override_settings
from django.urls import clear_url_caches
from django.utils import timezone

import htwatch.urls
from htwatch import settings as site
from posts.outbox.models import Delivery
from posts.subscriptions.models import Bounce
from tests.factories import make_subscriber

ROOT = Path(__file__).parents[3]
SECRET = "service:only-for-tests"
ADDRESS = "/anymail/postmark/tracking/"


@pytest.fixture
def is_served(settings, db):
    """Have the site as it is where ANYMAIL_WEBHOOK_SECRET is set."""
    apps = [*settings.INSTALLED_APPS, "anymail"]
    with override_settings(INSTALLED_APPS=apps, ANYMAIL={"WEBHOOK_SECRET": SECRET}):
        _read_addresses()
        yield
    _read_addresses()


def _read_addresses() -> None:
    importlib.reload(htwatch.urls)
    clear_url_caches()


@pytest.fixture
def reader(is_served):
    now = timezone.now()
    Delivery.objects.create(
        key="letter:1", kind="subscriptions.post", recipient="ann@reader.example", state="sent", sent_at=now
    )
    return make_subscriber("ann@reader.example", state_since=now - dt.timedelta(days=1))


def tell(client, secret: str = SECRET, **fields):
    """Do what Postmark does when something becomes of a letter."""
    event = {
        "RecordType": "Bounce",
        "Type": "HardBounce",
        "ID": 42,
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Email": "Ann@reader.example",
        "BouncedAt": timezone.now().isoformat(),
        "Description": "There is no such mailbox.",
        "Details": "smtp;550 5.1.1 nobody of that name",
        **fields,
    }
    headers = {"authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"}
    return client.post(ADDRESS, json.dumps(event), content_type="application/json", headers=headers)


def reason(reader) -> str:
    reader.refresh_from_db()
    return reader.reason


def test_a_letter_that_came_back_suspends_its_reader(client, reader):
    assert tell(client).status_code == 200
    assert reason(reader) == "bounced"
    bounce = Bounce.objects.get()
    assert (bounce.email, bounce.kind, bounce.code) == ("ann@reader.example", "hard", "5.1.1")
    assert bounce.words == "smtp;550 5.1.1 nobody of that name"


def test_a_complaint_suspends_too(client, reader):
    assert tell(client, RecordType="SpamComplaint", Type="SpamComplaint").status_code == 200
    assert reason(reader) == "complained"


def test_what_is_told_twice_counts_once(client, reader):
    tell(client)
    reader.resume()
    assert tell(client).status_code == 200
    assert reason(reader) == ""
    assert Bounce.objects.count() == 1


def test_three_letters_that_came_back_for_now_suspend(client, reader):
    full = {"Type": "SoftBounce", "Details": "smtp;452 4.2.2 full"}
    for number in (1, 1, 2):
        tell(client, ID=number, MessageID=f"letter-{number}", **full)
    assert reason(reader) == ""
    tell(client, ID=3, MessageID="letter-3", **full)
    assert reason(reader) == "bounced"


def test_without_the_service_s_own_names_each_event_is_told_from_the_next(client, reader):
    for minutes in (1, 2):
        at = timezone.now() - dt.timedelta(minutes=minutes)
        tell(client, ID="", MessageID="", Type="VirusNotification", Details="", BouncedAt=at.isoformat())
    assert Bounce.objects.filter(kind="soft").count() == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"Type": "Transient"},
        {"Type": "AutoResponder"},
        {"Type": "Blocked"},
        {"RecordType": "Delivery", "Recipient": "ann@reader.example"},
        {"Email": "stranger@reader.example"},
        {"Email": None},
    ],
)
def test_what_is_no_return_of_a_letter_of_ours_changes_nothing(client, reader, fields):
    assert tell(client, **fields).status_code == 200
    assert reason(reader) == ""
    assert not Bounce.objects.exists()


@pytest.mark.parametrize("secret", ["service:wrong", "", "service:only-for-tests2"])
def test_with_a_wrong_secret_nothing_is_believed(client, reader, secret):
    assert tell(client, secret).status_code in (400, 403)
    assert reason(reader) == ""
    assert not Bounce.objects.exists()


@pytest.mark.django_db
def test_without_the_setting_there_is_no_such_address(client):
    assert tell(client).status_code == 404


def start(secret: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT, env={"ANYMAIL_WEBHOOK_SECRET": secret}, capture_output=True, text=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    "secret", ["hush-hush", ":hush-hush", "service-7:", "ser vice:hush-hush", "servicé:hush-hush"]
)
def test_a_malformed_secret_ends_the_start_with_one_line_that_does_not_tell_it(secret):
    result = start(secret)
    assert result.returncode == 1
    assert result.stderr.startswith("ANYMAIL_WEBHOOK_SECRET: ")
    assert len(result.stderr.strip().splitlines()) == 1
    assert secret not in result.stderr


def test_with_a_secret_the_site_starts():
    result = start(SECRET)
    assert result.returncode == 0, result.stderr


def test_where_the_package_is_missing_the_setting_says_so(monkeypatch):
    assert site.webhook_secret("") == ""
    monkeypatch.setattr(site, "find_spec", lambda name: None)
    assert site.webhook_secret("") == ""
    with pytest.raises(ValueError, match="django-anymail"):
        site.webhook_secret(SECRET)
