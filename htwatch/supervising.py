"""Several programs as one: they start together and end together."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence

RESTART_AFTER = 5  # seconds between two starts of a program, at the least
PATIENCE = 10  # seconds a program has to end by itself
PR_SET_PDEATHSIG = 1  # prctl(2)


def run_together(leading: Sequence[Sequence[str]], background: Sequence[Sequence[str]]) -> int:
    """Run all commands until this process is told to stop, or until a leading one ends; then end the others.

    One of the background that ends, because the database was away for a moment, is started again. Returns an exit
    status: 0 after Ctrl-C or a SIGTERM, 1 where a leading command ended by itself.
    """
    told: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _: told.append(received))
    leaders = [_start(command) for command in leading]
    others = [_start(command) for command in background]
    begun = [time.monotonic() for _ in others]
    try:
        while not told and all(program.poll() is None for program in leaders):
            time.sleep(0.2)
            for index, program in enumerate(others):
                if program.poll() is not None and time.monotonic() - begun[index] > RESTART_AFTER:
                    others[index], begun[index] = _start(background[index]), time.monotonic()
    finally:
        _end([*leaders, *others])
    return 0 if told else 1


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    # In a session of its own: Ctrl-C reaches this process alone, which tells every program once. Told twice, by the
    # terminal and by us, the web server leaves workers behind.
    return subprocess.Popen(command, start_new_session=True, preexec_fn=_end_with_parent)  # noqa: PLW1509, S603


def _end(running: Sequence[subprocess.Popen[bytes]]) -> None:
    for program in running:
        if program.poll() is None:
            program.terminate()
    deadline = time.monotonic() + PATIENCE
    for program in running:
        try:
            program.wait(timeout=max(deadline - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()
        # Whatever it started and left behind goes too.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)


def _end_with_parent() -> None:
    """Have the kernel end this child when its parent is killed without a word (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def manage(*arguments: str) -> list[str]:
    """Return the command line that runs a management command with this very Python."""
    return [sys.executable, "-m", "django", *arguments]
