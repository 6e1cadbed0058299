"""The one door to the outside. Whoever asks another server for something asks through here.

An address from outside may lead inside: to this machine, to the router, to a cloud's own services. So the host is
resolved once, every address it has is looked at, and the connection goes to the very address that was looked at; each
redirect passes the same way. Bytes are counted as they come and after they were unpacked. One time limit holds over
all: whoever answers a byte at a time, be it of a header, is not listened to for longer.
"""

import ipaddress
import socket
import ssl
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx
from django.conf import settings

USER_AGENT = f"htwatch (+{settings.SITE_URL})"
HEADERS = {"User-Agent": USER_AGENT, "Accept-Encoding": "gzip, deflate"}
MAX_BYTES = 5 * 1024 * 1024
MOST_BESIDE = 1024 * 1024  # bytes of one answer beside its body: headers, 1xx before them, the framing of chunks
AT_ONCE = 16 * 1024  # bytes of one write
SECONDS = 20.0
MOST_REDIRECTS = 5
PORTS = {"http": 80, "https": 443}
REDIRECTS = {301, 302, 303, 307, 308}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Where no site would be, though Python, or some release of it, holds it for global.
_SPECIAL = [
    ipaddress.ip_network(network)
    for network in (
        # These carry an IPv4 address inside an IPv6 one and would lead to it: IPv4-compatible, translated (SIIT),
        # NAT64 (RFC 6052), 6to4.
        "::/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16",
        # The rest of IANA's registries of special purposes: protocols (Teredo, and what a router or a relay nearby
        # answers to), relays of 6to4, AS112 and AMT, dummies, segment routing, documentation.
        "192.0.0.0/24", "2001::/23", "192.88.99.0/24", "192.31.196.0/24", "192.175.48.0/24", "2620:4f:8000::/48",
        "192.52.193.0/24", "100:0:0:1::/64", "5f00::/16", "3fff::/20",
        "fec0::/10",  # site-local, which is deprecated, and routed inside where it is left
    )
]  # fmt: skip


class Refused(Exception):
    """The address may not be asked; the message says why, in a sentence."""


class Failed(Exception):
    """It was asked, and no usable answer came; the message says what happened."""


class TooLarge(Failed):
    """It answers, and with more than is taken."""


class TooSlow(Failed):
    """Time was up before the answer was there."""


@dataclass(frozen=True)
class Fetched:
    url: str  # after redirects
    status: int
    headers: Mapping[str, str]
    body: bytes


def fetch(
    url: str,
    *,
    data: Mapping[str, str] | None = None,
    content: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    follow: bool = True,
    cuts: bool = False,
    max_bytes: int = MAX_BYTES,
    seconds: float = SECONDS,
) -> Fetched:
    """GET an address, or POST `data` as a form, or `content` as it is. Raises Refused or Failed.

    What is only for the one who is asked goes with `follow=False`: a redirect is then an answer like any other. Where
    the status is enough, `cuts=True` takes of the body what can be had, and fails for none of the rest.
    """
    sent = {name: value for name, value in (("data", data), ("content", content)) if value is not None}
    with httpx.Client(
        transport=_Transport(time.monotonic() + seconds, max_bytes + MOST_BESIDE),
        trust_env=False,
        follow_redirects=False,
        headers={**HEADERS, **(headers or {})},
    ) as client:
        for _ in range(MOST_REDIRECTS + 1):
            fetched = _ask(client, url, sent, max_bytes, cuts)
            if not follow or fetched.status not in REDIRECTS or "location" not in fetched.headers:
                return fetched
            url = urljoin(url, fetched.headers["location"])
            if fetched.status in (301, 302, 303):
                sent = {}
    raise Failed(f"It redirects more than {MOST_REDIRECTS} times.")


def refusal(url: str) -> str:
    """Say why an address would not be asked; "" where it would. A host that is not found now may be found later."""
    try:
        _checked(url)
    except Refused as error:
        return str(error)
    except Failed:
        return ""
    return ""


class _Transport(httpx.HTTPTransport):
    """What httpx asks through, on connections that end by the deadline."""

    def __init__(self, deadline: float, room: int) -> None:
        context = httpx.create_ssl_context(trust_env=False)
        super().__init__(verify=context)
        # httpx lets nobody choose the network below its pool. Each answer comes on a connection of its own: `room` is
        # that of one, and two names at one address have a certificate each.
        self._pool = httpcore.ConnectionPool(
            ssl_context=context, max_keepalive_connections=0, network_backend=_Network(deadline, room)
        )


class _Network(httpcore.SyncBackend):
    def __init__(self, deadline: float, room: int) -> None:
        self._deadline, self._room = deadline, room

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(self._deadline, httpcore.ConnectTimeout)
        stream = super().connect_tcp(host, port, left, local_address, socket_options)
        return _Stream(stream, self._deadline, self._room)


class _Stream(httpcore.NetworkStream):
    """A connection on which whatever is done ends by the deadline, and which says no more than so many bytes.

    The timeouts that httpx hands down begin anew with each read: many small ones could last for ever.
    """

    def __init__(self, stream: httpcore.NetworkStream, deadline: float, room: int) -> None:
        self._stream, self._deadline, self._room = stream, deadline, room

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        read = self._stream.read(max_bytes, _left(self._deadline, httpcore.ReadTimeout))
        self._room -= len(read)
        if self._room < 0:
            raise httpcore.RemoteProtocolError("It says more than an answer takes.")
        return read

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        # In pieces: below, the time begins anew with whatever part the other side had room for.
        for start in range(0, len(buffer), AT_ONCE):
            self._stream.write(buffer[start : start + AT_ONCE], _left(self._deadline, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _left(self._deadline, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline, self._room)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float, late: type[httpcore.TimeoutException]) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise late
    return left


def _ask(client: httpx.Client, url: str, sent: Mapping[str, Any], max_bytes: int, cuts: bool) -> Fetched:
    host, port, address = _checked(url)
    # To the address that was looked at; the name stays in Host and in what the certificate is held against.
    target = httpx.URL(url).copy_with(host=str(address), port=port)
    extensions: dict[str, Any] = {"sni_hostname": host}
    headers = {"Host": httpx.URL(url).netloc.decode("ascii")}
    method = "POST" if sent else "GET"
    try:
        with client.stream(method, target, **sent, headers=headers, extensions=extensions) as response:
            body = _read(response, max_bytes, cuts)
            return Fetched(url, response.status_code, dict(response.headers), body)
    except httpx.TimeoutException as error:
        raise TooSlow("It took too long.") from error
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, zlib.error) as error:
        raise Failed(str(error) or type(error).__name__) from error


def _read(response: httpx.Response, max_bytes: int, cuts: bool) -> bytes:
    body = bytearray()
    try:
        for part in _unpacked(response, max_bytes + 1):
            body += part[: max_bytes + 1 - len(body)]
            if len(body) > max_bytes:
                raise TooLarge(f"The answer is larger than {max_bytes:,} bytes.")
    except (Failed, httpx.HTTPError, zlib.error):
        if not cuts:
            raise
    return bytes(body[:max_bytes])


def _unpacked(response: httpx.Response, most: int) -> Iterator[bytes]:
    """Unpack an answer, never more of it at once than is wanted: a small packet may unpack to gigabytes."""
    packing = response.headers.get("content-encoding", "identity").strip().lower()
    if packing in ("", "identity"):
        yield from response.iter_raw()
        return
    if packing not in ("gzip", "x-gzip", "deflate"):
        raise Failed(f"The answer is packed in a way that was not asked for ({packing[:20]}).")
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)
    for chunk in response.iter_raw():
        yield unpacker.decompress(chunk, most)
        if unpacker.eof:
            return  # it would keep whatever follows


def _checked(url: str) -> tuple[str, int, Address]:
    """Return host, port and the address to connect to. Raises Refused."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise Refused(f"“{url}” is not an address.") from error
    if parts.scheme not in PORTS or not host:
        raise Refused("Only http:// and https:// addresses are fetched.")
    if parts.username is not None:
        raise Refused("An address with a name and password in it is not fetched.")
    addresses = _resolved(host, port or PORTS[parts.scheme])
    allowed = [address for address in addresses if _is_allowed(address)]
    if allowed:
        return host, port or PORTS[parts.scheme], allowed[0]
    if port not in (None, *PORTS.values()):
        raise Refused(f"Port {port} is not one of the web.")
    # All of them: who controls a name could mix an inner address among outer ones.
    if not all(is_outside(address) for address in addresses):
        raise Refused(f"{host} leads to an address that is not on the public network.")
    return host, port or PORTS[parts.scheme], addresses[0]


def _resolved(host: str, port: int) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Failed(f"{host} was not found.") from error
    return [ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in found]


def is_outside(address: Address) -> bool:
    """Say whether an address is on the public network, and does not carry another one that is not."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return is_outside(address.ipv4_mapped)
    return address.is_global and not address.is_multicast and not any(address in network for network in _SPECIAL)


def _is_allowed(address: Address) -> bool:
    return any(address in network for network in settings.FETCH_ALLOW)
