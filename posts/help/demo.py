"""The demo's share: contacts of nobody, at addresses and numbers that are kept free for fiction."""

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

from django.utils import timezone

from posts.dating import site_date
from posts.help.models import Contact


def fill() -> None:
    content = tomllib.loads(Path(__file__).with_name("demo.toml").read_text(encoding="utf-8"))
    today = site_date(timezone.now())
    for position, row in enumerate(content["contacts"], start=1):
        _make(row, position, today)


def _make(row: dict[str, Any], position: int, today: dt.date) -> None:
    verified_on = today - dt.timedelta(days=row.pop("days_ago"))
    contact = Contact(**row, position=position, verified_on=verified_on)
    contact.full_clean()
    contact.save()
