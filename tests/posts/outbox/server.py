"""A real SMTP server on this machine that can be told to misbehave."""

import asyncio
import email
import email.policy
import socket
from collections.abc import Callable
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Server:
    """Keeps what it accepted. `rcpt` and `data` answer in its place: a line, or a function that does something."""

    def __init__(self) -> None:
        self.accepted: list[EmailMessage] = []
        self.connections = 0
        self.rcpt: Callable[[str], str | None] = lambda address: None
        self.data: Callable[[EmailMessage], str | None] = lambda message: None
        self.seconds = 0.0  # it takes to answer
        self.drops_after = 0  # messages after which it hangs up on a connection that stays open
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

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := self.rcpt(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(self.seconds)
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


class _Controller(Controller):
    def __init__(self, server: Server) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        super().__init__(server, hostname="127.0.0.1", port=port)
