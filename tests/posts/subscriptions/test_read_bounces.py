"""The command that reads the mailbox to which letters come back."""

import io
import mailbox
import os
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from posts.outbox.models import Delivery
from posts.subscriptions.bounces import LONGEST
from posts.subscriptions.models import Bounce, Subscriber
from tests.factories import make_subscriber, moment

pytestmark = pytest.mark.django_db

MAILS = Path(__file__).parents[2] / "data" / "bounces"
OURS, THEIRS, NONE = "postfix_unknown_user", "several_recipients", "vacation"


@pytest.fixture(autouse=True)
def reader(monkeypatch) -> Subscriber:
    """Ann, who was sent the letter of which most of the reports speak."""
    monkeypatch.setattr(timezone, "now", lambda: moment("2026-11-12 12:00"))
    since, sent_at = moment("2026-10-01 12:00"), moment("2026-11-10 08:00")
    Delivery.objects.create(
        key="letter:1", kind="subscriptions.post", recipient="ann@reader.example", state="sent", sent_at=sent_at,
        message_id="<letter-1@watch.example>",
    )  # fmt: skip
    return make_subscriber("ann@reader.example", since=since, state_since=since)


def mail(name: str) -> bytes:
    return (MAILS / f"{name}.eml").read_bytes()


def make_mbox(path: Path, *mails: bytes) -> Path:
    box = mailbox.mbox(path)
    for raw in mails:
        box.add(raw)
    box.close()
    return path


def read(*paths: Path) -> str:
    out = io.StringIO()
    call_command("read_bounces", *map(str, paths), stdout=out)
    return out.getvalue().strip()


def test_an_mbox_is_read(tmp_path, reader):
    box = make_mbox(tmp_path / "box", mail(NONE), mail(OURS), mail(THEIRS))
    before = box.read_bytes(), box.stat().st_mtime_ns
    # Ann is one of the several; Bob is nobody's reader.
    told = "3 mails read: 2 bounces recorded, 1 address suspended, 0 known before, 1 of others."
    assert read(box) == told
    reader.refresh_from_db()
    assert reader.reason == "bounced"
    assert (box.read_bytes(), box.stat().st_mtime_ns) == before


def test_read_twice_nothing_changes(tmp_path, reader):
    box = make_mbox(tmp_path / "box", mail(OURS))
    read(box)
    reader.resume()
    told = "1 mail read: 0 bounces recorded, 0 addresses suspended, 1 known before, 0 of others."
    assert read(box) == told
    reader.refresh_from_db()
    assert reader.reason == ""
    assert Bounce.objects.count() == 1


def test_a_maildir_is_read_and_left_as_it_is(tmp_path, reader):
    box = mailbox.Maildir(tmp_path / "Maildir")
    box.add(mail(OURS))
    seen = mailbox.MaildirMessage(mail("complaint"))
    seen.set_subdir("cur")
    box.add(seen)
    before = sorted(tmp_path.rglob("*"))
    assert read(tmp_path / "Maildir").startswith("2 mails read: 2 bounces recorded, 1 address suspended")
    assert sorted(tmp_path.rglob("*")) == before
    assert list((tmp_path / "Maildir" / "new").iterdir())


def test_a_single_mail_is_read(reader):
    assert read(MAILS / f"{OURS}.eml", MAILS / f"{NONE}.eml").startswith("2 mails read: 1 bounce recorded")


def test_a_huge_mail_in_a_mailbox_does_not_hide_the_next(tmp_path, reader):
    huge = b"Subject: all in one line\n\n" + b"x" * 3 * LONGEST + b"\nFrom here on\n"
    box = make_mbox(tmp_path / "box", huge, mail(OURS))
    assert read(box).startswith("2 mails read: 1 bounce recorded")


def test_an_empty_mailbox_is_read_too(tmp_path):
    (tmp_path / "box").touch()
    assert "0 bounces recorded" in read(tmp_path / "box")


@pytest.mark.parametrize("name", ["missing", "folder", "loop"])
def test_a_path_that_is_no_mailbox_is_named_and_nothing_is_recorded(tmp_path, name, reader):
    box = make_mbox(tmp_path / "box", mail(OURS))
    (tmp_path / "folder").mkdir()
    os.symlink(tmp_path / "loop", tmp_path / "loop")
    with pytest.raises(CommandError) as error:
        read(box, tmp_path / name)
    assert str(error.value).startswith(str(tmp_path / name))
    assert "\n" not in str(error.value)
    assert not Bounce.objects.exists()


def test_a_long_mailbox_is_read_with_its_progress_shown(tmp_path, monkeypatch):
    monkeypatch.setattr("posts.progress.LINE_EVERY", 0)
    assert read(make_mbox(tmp_path / "box", mail(NONE), mail(OURS))).startswith("Reading mail: 1 of 2")
