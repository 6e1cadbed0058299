"""The whole site in one foreground command."""

import os
import socket
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from htwatch.management.commands.work import BACKGROUND
from htwatch.supervising import run_together

BLOCKING_THREADS = 4


class Command(BaseCommand):
    help = "Serves the site, with task worker and clock, until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="the port to listen on (8000)")
        parser.add_argument("--workers", type=int, default=2, help="web server processes (2)")

    def handle(self, *args: Any, host: str, port: int, workers: int, **options: Any) -> None:
        if workers < 1:
            raise CommandError(f"--workers: at least one process serves the site, not {workers}.")
        _check_free(host, port)
        if "SITE_URL" not in os.environ:
            os.environ["SITE_URL"] = f"http://127.0.0.1:{port}"
        os.environ["PYTHONPATH"] = os.pathsep.join([str(settings.BASE_DIR), os.environ.get("PYTHONPATH", "")])
        web = [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
            *(
                "--workers",
                str(workers),
                "--blocking-threads",
                str(BLOCKING_THREADS),
                "--no-ws",
                "--respawn-failed-workers",
            ),
            *("--log-level", "warning", "htwatch.wsgi:application"),
        ]
        self.stdout.write(f"The site:  {os.environ['SITE_URL']}/\nThe desk:  {os.environ['SITE_URL']}/admin/")
        self.stdout.write("Ctrl-C ends it.")
        self.stdout.flush()
        if status := run_together([web], BACKGROUND):
            raise CommandError("The web server ended by itself; so all has ended.", returncode=status)


def _check_free(host: str, port: int) -> None:
    if not 0 < port < 65536:
        raise CommandError(f"PORT: {port} is no port; it is a number from 1 to 65535.")
    try:
        with socket.create_server((host, port)):
            pass
    except OSError as error:
        raise CommandError(f"PORT: cannot listen on {host}:{port} ({error.strerror}); choose another port.") from error
