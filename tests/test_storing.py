"""What was thanked for is stored, and stored once, though the server is killed in the midst of it."""

import contextlib
import http.client
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.test_serving import ROOT, environment, free_port

NUMBER, KILLS, AT_ONCE = 90, 2, 24


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args, **kwargs):
        return None


class Site:
    """`serve` in a process group of its own, which can be killed as a power cut would."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.settings = {**environment(folder), "LIMITS": "off"}
        self.manage("migrate", "-v0")
        self.manage("shell", "-v0", "-c", MAKE_POST)
        self.start()

    def manage(self, *words: str) -> None:
        subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=self.settings, check=True)

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--port", str(self.port)],
            cwd=ROOT,
            env=self.settings,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def kill(self) -> None:
        for pid in [self.process.pid, *_children(self.process.pid)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()


def _children(pid: int) -> list[int]:
    found = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [each for child in found for each in [child, *_children(child)]]


MAKE_POST = """
from posts.models import Post
from posts.comments.models import Discussion
post = Post(title="The long way", body="Words.")
post.publish()
Discussion.objects.create(post=post, opening="open")
"""


def test_nothing_acknowledged_is_lost_and_nothing_is_stored_twice(tmp_path):
    site = Site(tmp_path)
    acknowledged: list[str] = []
    lock = threading.Lock()
    opener = urllib.request.build_opener(_NoRedirect)
    home = f"http://127.0.0.1:{site.port}"

    def ask(address: str, data: dict[str, str] | None = None) -> tuple[int, str]:
        """Ask as a patient browser would: again and again with the same form, until there is an answer."""
        body = urllib.parse.urlencode(data).encode() if data else None
        for _ in range(300):
            try:
                with opener.open(home + address, body, timeout=10) as answer:
                    return answer.status, answer.read().decode()
            except urllib.error.HTTPError as error:
                if error.code < 500:
                    return error.code, ""
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.2)
        raise AssertionError(f"{address} did not answer")

    def comment(number: int) -> None:
        page = ask(address)[1]
        stamp = re.search(r'name="stamp" value="([^"]+)"', page)[1]
        text = f"Number {number} of many."
        status, _ = ask(f"{address}comment/", {"stamp": stamp, "text": text})
        assert status == 303, status
        with lock:
            acknowledged.append(text)

    try:
        address = re.search(r'href="(/\d{4}/[^"]+)" rel="bookmark"', ask("/")[1])[1]
        with ThreadPoolExecutor(AT_ONCE) as crowd:
            done = [crowd.submit(comment, number) for number in range(NUMBER)]
            for kill in range(1, KILLS + 1):
                while len(acknowledged) < NUMBER * kill // (KILLS + 1):
                    time.sleep(0.01)
                site.kill()
                site.start()
            for future in done:
                future.result()
    finally:
        site.kill()
    database = sqlite3.connect(tmp_path / "site.sqlite3")
    stored = [text for (text,) in database.execute("SELECT body FROM comments_comment")]
    database.close()
    assert sorted(stored) == sorted(acknowledged)
    assert len(set(stored)) == NUMBER
