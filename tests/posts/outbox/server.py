"""A real SMTP server on this machine that can be told to misbehave."""

import asyncio
import contextlib
import email
import email.policy
import socket
import socketserver
import threading
import time
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Server:
    """Keeps what it accepted. `mail`, `rcpt` and `data` answer in its place: a line, or "drop", which hangs up."""

    def __init__(self) -> None:
        self.accepted: list[EmailMessage] = []
        self.connections = 0
        self.mail: Callable[[str], str | None] = lambda address: None
        self.rcpt: Callable[[str], str | None] = lambda address: None
        self.data: Callable[[EmailMessage], str | None] = lambda message: None
        self.seconds = 0.0  # it takes to answer
        self.drops_after = 0  # messages after which it hangs up on a connection that stays open
        self.most = 0  # messages that it takes over one connection; then, at the command named, it says `enough`
        self.enough_at, self.enough = "MAIL", "421 4.7.0 enough"
        self._controller = _Controller(self)

    @property
    def port(self) -> int:
        return self._controller.port

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    @property
    def ids(self) -> list[str]:
        return [message["Message-ID"] for message in self.accepted]

    @property
    def recipients(self) -> list[str]:
        return [message["To"] for message in self.accepted]

    # --- What aiosmtpd calls

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        session.sent = 0
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := self._had_enough("MAIL", session) or self.mail(address):
            return _say(answer, server)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := self._had_enough("RCPT", session) or self.rcpt(address):
            return _say(answer, server)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(self.seconds)
        if answer := self._had_enough("DATA", session):
            return _say(answer, server)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        answer = self.data(message)
        if answer is None or answer.startswith(("2", "drop")):
            self.accepted.append(message)
        if answer == "drop":
            server.transport.abort()
            return "250 nobody will hear this"
        session.sent += 1
        if self.drops_after and session.sent >= self.drops_after:
            asyncio.get_running_loop().call_later(0.05, server.transport.abort)
        return answer or "250 OK"

    def _had_enough(self, command: str, session: Session) -> str:
        return self.enough if self.most and command == self.enough_at and session.sent >= self.most else ""


def _say(answer: str, server: SMTP) -> str:
    if answer == "drop":
        server.transport.abort()
    return answer


class _Controller(Controller):
    def __init__(self, server: Server) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        super().__init__(server, hostname="127.0.0.1", port=port)


class BluntServer:
    """A server below the level of SMTP: it says the very bytes that it is told to, and hangs up after None."""

    def __init__(self) -> None:
        self.at_data: bytes | None = b"354 go on\r\n"  # to the command
        self.takes = 0  # bytes of the content that it reads before it hangs up; 0, all of it
        self.at_end = b"250 OK\r\n"  # to the content
        self.pause = 0.0  # seconds before each line of it
        self.hangs_up = True  # after that
        self.connections = self.contents = 0
        self._server = _Blunt(("127.0.0.1", 0), self._talk)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.01])

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _talk(self, line: socket.socket, *_: Any) -> None:
        self.connections += 1
        with line, line.makefile("rb") as said:
            line.sendall(b"220 blunt\r\n")
            for command in said:
                if command.lower().startswith(b"data"):
                    if not self._take(line, said):
                        return
                else:
                    line.sendall(b"250 OK\r\n")

    def _take(self, line: socket.socket, said: Any) -> bool:
        """Go through one DATA; return whether the connection goes on."""
        if self.at_data is None:
            return False
        line.sendall(self.at_data)
        if not self.at_data.startswith(b"354"):
            return True
        if self.takes:
            said.read(self.takes)
            return False
        while said.readline() not in (b".\r\n", b""):
            pass
        self.contents += 1
        for answer in (self.at_end or b"").splitlines(keepends=True):
            time.sleep(self.pause)
            with contextlib.suppress(OSError):
                line.sendall(answer)
        return not self.hangs_up


class _Blunt(socketserver.ThreadingTCPServer):
    def finish_request(self, request: Any, client_address: Any) -> None:
        self.RequestHandlerClass(request, client_address, self)
