"""The commands that keep a site running."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

ROOT = Path(__file__).parent.parent


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


def environment(folder: Path) -> dict[str, str]:
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "DATABASE_URL": f"sqlite:///{folder / 'site.sqlite3'}",
        "MEDIA_ROOT": str(folder / "media"),
        "DEBUG": "1",  # static files without having been collected
    }


def test_a_taken_port_is_told_in_one_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=rf"PORT: cannot listen on 127\.0\.0\.1:{port}"):
            call_command("serve", port=port)


@pytest.mark.parametrize("port", [0, 70_000])
def test_an_impossible_port_is_refused(port):
    with pytest.raises(CommandError, match="is no port"):
        call_command("serve", port=port)


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_serve_answers_and_ends_everything_it_started(tmp_path, ending):
    port = free_port()
    settings = environment(tmp_path)
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=settings, check=True)
    site = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", str(port), "--workers", "1"],
        cwd=ROOT,
        env=settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        assert _answer(f"http://127.0.0.1:{port}/healthz") == b'{"status": "ok"}'
        assert b"Latest posts" in _answer(f"http://127.0.0.1:{port}/")
        # As Ctrl-C does it: to the whole group, not to the one program.
        os.killpg(site.pid, ending)
        assert site.wait(timeout=8) == 0
        assert b"Traceback" not in site.stdout.read()
        with socket.create_server(("127.0.0.1", port)):
            pass  # nobody listens there any longer
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(site.pid, signal.SIGKILL)
        site.stdout.close()


def _answer(address: str) -> bytes:
    for _ in range(150):
        try:
            with urllib.request.urlopen(address, timeout=5) as response:  # noqa: S310
                return response.read()
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"{address} did not answer")


@pytest.mark.django_db
def test_tick_runs_every_job_though_one_fails(settings, capsys):
    settings.TICK_COMMANDS = ["no_such_job", "tidy"]
    with pytest.raises(CommandError, match="no_such_job"):
        call_command("tick")
    assert "no_such_job" in capsys.readouterr().err


@pytest.mark.django_db
def test_tick_can_run_twice():
    call_command("tick")
    call_command("tick")


@pytest.mark.django_db
def test_healthz_says_ok(client):
    response = client.get("/healthz")
    assert response.json() == {"status": "ok"}
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_healthz_says_what_is_wrong(client, monkeypatch):
    monkeypatch.setattr("htwatch.health.find_problems", lambda: iter(["database: it does not answer"]))
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json() == {"status": "failing", "problems": ["database: it does not answer"]}


@pytest.mark.parametrize("name", ["한" * 100, "x" * 200, "ab/" * 60 + "c", "no-such.png", "", "./.", "a//b", "~", "."])
def test_uploads_that_cannot_be_are_not_found(client, db, name):
    response = client.get(f"/media/{name}")
    assert response.status_code == 404
    assert "<h1>There is no such page</h1>" in response.content.decode()
