"""What it costs to tell 100,000 subscribers of one post: writing the letters down, and sending them."""

import json
import os
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from email.message import EmailMessage
from uuid import uuid4

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from posts.lettering import letter_html, letter_text
from posts.models import Post
from posts.outbox import delivering
from posts.outbox.models import Delivery
from posts.rendering import MAX_TEXT_LENGTH, render_post
from posts.subscriptions.models import Frequency, Subscriber, Subscription
from tests.bench.apart import run_apart

SUBSCRIBERS = 100_000
SENT = 1_000
SLICE = 2_000
# What the work may cost at most: seconds and megabytes for writing down, letters a second for sending.
MOST_SECONDS, MOST_MEGABYTES, FEWEST_A_SECOND = 30, 300, 50


# Whatever could be quadratic in making a letter of it.
HOSTILE = [
    "<blockquote>x<br>", "<div>", "<em><s><p>x", "<ul><li><p>x", "<table><tr><td>x", "<a href=/x>", "<pre>\n", "x  \n",
    "<details><summary>", "<ruby>x<rt>",
]  # fmt: skip
# What was measured, in words.
lines: list[str] = []


def ratios() -> Iterator[tuple[str, float]]:
    """Yield what was compared, and how many times dearer the first is than the limit or the bare act beside it."""
    lines.clear()
    _subscribe(SUBSCRIBERS)
    post = Post(title="Told to many", body="Some *words* and [a link](https://a.example/).\n\n" * 5)
    post.publish(at=timezone.now())
    seconds, megabytes = _announce()
    written = Delivery.objects.filter(kind="subscriptions.post").count()
    bare = _timed(lambda: _write_bare(written))
    lines.append(
        f"{written:,} letters written down in {seconds:.1f} s (bare rows: {bare:.1f} s), "
        f"{megabytes:.0f} MB at the peak"
    )
    yield f"announcing to {SUBSCRIBERS:,} / {MOST_SECONDS} s", seconds / MOST_SECONDS
    yield f"memory at its peak / {MOST_MEGABYTES} MB", megabytes / MOST_MEGABYTES
    yield "announcing / 4 × writing the bare rows", seconds / (4 * bare)
    yield from _sending()
    whole, half = _worst_letter(2), _worst_letter(1)
    yield "the worst letter / twice the worst of half its length", whole / (2 * half)


def _worst_letter(halves: int) -> float:
    """Return the seconds that the slowest of these texts takes to become the two parts of a letter."""
    pages = [render_post((piece * 50_000)[: halves * MAX_TEXT_LENGTH // 2]).html for piece in HOSTILE]
    return max(_timed(lambda page=page: (letter_html(page, ""), letter_text(page))) for page in pages)


def _announce() -> tuple[float, float]:
    """Return seconds and megabytes at the peak of `announce` in a process of its own, as the clock runs it."""
    seconds, kilobytes = json.loads(run_apart(_ANNOUNCE, str(connection.settings_dict["NAME"])))
    return seconds, kilobytes / 1024


def _sending() -> Iterator[tuple[str, float]]:
    pks = list(Delivery.objects.filter(kind="subscriptions.post").order_by("pk").values_list("pk", flat=True)[:SENT])
    with Sink() as port:
        options = {"host": "127.0.0.1", "port": port, "timeout": 20}
        settings.MAILERS = {"default": {"BACKEND": "posts.outbox.smtp.EmailBackend", "OPTIONS": options}}
        settings.EMAIL_RATE = 1e9
        sent = 0

        def send() -> None:
            nonlocal sent
            sent = delivering.deliver(pks)

        seconds = _timed(send)
        bare = _timed(lambda: _send_bare(port, SENT))
    if sent != SENT:
        raise RuntimeError(f"{sent} of {SENT} letters were sent.")
    lines.append(f"{sent / seconds:.0f} letters a second to a sink on this machine (smtplib alone: {SENT / bare:.0f})")
    yield f"{FEWEST_A_SECOND} / letters a second", FEWEST_A_SECOND * seconds / SENT


class Sink:
    """A mail server in a process of its own that takes everything and keeps nothing."""

    def __enter__(self) -> int:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _SINK], stdout=subprocess.PIPE, env={**os.environ, "PYTHONWARNINGS": "ignore"}
        )
        assert self.process.stdout is not None
        return int(json.loads(self.process.stdout.readline()))

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()


_ANNOUNCE = """
import json, os, resource, sys, time
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
import django
django.setup()
from django.core.management import call_command
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[1]
begin = time.perf_counter()
call_command("announce", verbosity=0)
print(json.dumps([time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))
"""
_SINK = """
import json, socket, time
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
with socket.create_server(("127.0.0.1", 0)) as free:
    port = free.getsockname()[1]
Controller(Sink(), hostname="127.0.0.1", port=port).start()
print(json.dumps(port), flush=True)
time.sleep(3600)
"""


def _subscribe(number: int) -> None:
    since = timezone.now()
    for start in range(0, number, SLICE):
        readers = Subscriber.objects.bulk_create(
            Subscriber(email=f"reader{index}@reader.example", made_at=since) for index in range(start, start + SLICE)
        )
        Subscription.objects.bulk_create(
            Subscription(subscriber=reader, frequency=Frequency.POST, starts_at=since, told_until=since)
            for reader in readers
        )


def _write_bare(number: int) -> None:
    """What writing as many rows of that table costs if nothing is asked and nothing is looked up."""
    with transaction.atomic():
        for start in range(0, number, SLICE):
            Delivery.objects.bulk_create(
                Delivery(key=str(uuid4()), kind="bare", recipient="a@b.example", data={"announcement": 1})
                for _ in range(start, min(start + SLICE, number))
            )
        transaction.set_rollback(True)


def _send_bare(port: int, number: int) -> None:
    with smtplib.SMTP("127.0.0.1", port) as server:
        for _ in range(number):
            message = EmailMessage()
            message["Subject"], message["From"], message["To"] = "Told", "a@b.example", "c@d.example"
            message.set_content("Some words.\n" * 30)
            message.add_alternative("<p>Some words.</p>" * 30, subtype="html")
            server.send_message(message)


def _timed(act: object) -> float:
    begin = time.perf_counter()
    act()  # type: ignore[operator]
    return time.perf_counter() - begin
