"""The door to the outside: what it refuses, and what it does not let itself be given."""

import contextlib
import gzip
import ipaddress
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.management import CommandError, call_command

from sources import http
from sources.http import Failed, Refused, fetch, is_outside


class Outside(BaseHTTPRequestHandler):
    """A server that answers well and badly, by path."""

    is_first = True  # on its connection

    def do_GET(self) -> None:
        answer = getattr(self, f"answer_{self.path.strip('/').partition('?')[0] or 'plain'}")
        answer()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.startswith("/moved"):
            self.send(b"", int(self.path.removeprefix("/moved")), Location="/")
        else:
            self.send(body, X_Type=self.headers["Content-Type"], X_Mark=self.headers.get("X-Mark", ""))

    def send(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer_plain(self) -> None:
        self.send(b"hello", Content_Type="text/plain", X_Host=self.headers["Host"], X_First=str(self.is_first))

    def answer_packed(self) -> None:
        self.send(gzip.compress(b"hello" * 100), Content_Encoding="gzip")

    def answer_bomb(self) -> None:
        self.send(gzip.compress(bytes(50_000_000)), Content_Encoding="gzip")

    def answer_odd(self) -> None:
        self.send(b"\x00\x01", Content_Encoding="br")

    def answer_broken(self) -> None:
        self.send(b"no gzip at all", Content_Encoding="gzip")

    def answer_trailed(self) -> None:
        self.send(gzip.compress(b"hello") + bytes(2_000_000), Content_Encoding="gzip")

    def answer_short(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "10")
        self.end_headers()
        self.wfile.write(b"hello")

    def answer_large(self) -> None:
        self.send(bytes(200_000))

    def answer_around(self) -> None:
        self.send(b"", 302, Location="/around")

    def answer_away(self) -> None:
        self.is_first = False
        self.send(b"", 302, Location="/plain")

    def answer_inside(self) -> None:
        self.send(b"", 302, Location="http://10.0.0.1/")

    def answer_file(self) -> None:
        self.send(b"", 302, Location="file:///etc/passwd")

    def answer_slow(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _ in range(100):
            try:
                self.wfile.write(b"x")
                self.wfile.flush()
            except OSError:
                return
            time.sleep(0.05)

    def log_message(self, *args: object) -> None:
        pass


HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
# What a server says at first, and what it then goes on saying.
ENDLESS = {
    "nothing": (b"", b""),
    "a header": (b"HTTP/1.1 200 OK\r\nX-Long: ", b"x"),
    "processing": (b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
    "a chunk's extension": (HEAD + b"5;", b"x"),
    "small chunks": (HEAD, b"1\r\nx\r\n"),
    "trailers": (HEAD + b"0\r\n", b"X-More: x\r\n"),
}


@contextlib.contextmanager
def serving(says: Callable[[socket.socket], None]) -> Iterator[str]:
    """Run a server that says what it wants to whoever connects, until they have gone."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    with connection, contextlib.suppress(OSError):
                        says(connection)

        threading.Thread(target=serve, daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)


def drip(connection: socket.socket, first: bytes, then: bytes, pause: float) -> None:
    connection.sendall(first)
    end = time.monotonic() + 15  # far beyond what any test grants
    while time.monotonic() < end:
        connection.sendall(then)
        time.sleep(pause)


@pytest.fixture
def outside(settings) -> Iterator[str]:
    settings.FETCH_ALLOW = [ipaddress.ip_network("127.0.0.1")]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Outside)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
        "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2001:0:1::1", "2001:db8::1",
        "fec0::1", "feff::1", "::127.0.0.1", "::1.1.1.1", "::ffff:0:127.0.0.1", "5f00::1", "192.88.99.1",
        "::ffff:192.88.99.1", "64:ff9b:1::1", "100::1", "100:0:0:1::1", "3fff::1", "3fff:fff::1", "192.0.0.9",
        "192.0.0.10", "192.31.196.1", "192.52.193.1", "192.175.48.1", "2001:1::1", "2001:3::1", "2001:4:112::1",
        "2001:20::1", "2001:30::1", "2001:1ff::1", "2620:4f:8000::1",
    ],
)  # fmt: skip
def test_what_is_inside(address):
    assert not is_outside(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1", "93.184.216.34", "192.88.98.1", "192.0.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1",
        "2001:200::1", "2620:4f:8001::1",
    ],
)  # fmt: skip
def test_what_is_outside(address):
    assert is_outside(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://2130706433/", "http://0x7f.1/", "http://0177.0.0.1/", "http://127.1/",
        "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://localhost/", "http://169.254.169.254/latest/",
        "file:///etc/passwd", "ftp://ftp.example/", "gopher://x.example/", "//x.example/", "x", "", "http://",
        "http://user:secret@1.1.1.1/", "http://1.1.1.1:22/", "http://1.1.1.1:99999/", "http://[::1/",
    ],
)  # fmt: skip
def test_these_are_refused_before_anybody_is_asked(url, monkeypatch):
    monkeypatch.setattr(http.httpx.Client, "stream", None)
    with pytest.raises(Refused):
        fetch(url)


def test_a_name_with_an_inner_address_among_outer_ones_is_refused(monkeypatch):
    found = [(0, 0, 0, "", (address, 80)) for address in ("1.1.1.1", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
    with pytest.raises(Refused, match="not on the public network"):
        fetch("http://mixed.example/")


def test_a_name_that_is_not_found_fails(monkeypatch):
    def find(*args, **kwargs):
        raise socket.gaierror("no such host")

    monkeypatch.setattr(socket, "getaddrinfo", find)
    with pytest.raises(Failed, match=r"nowhere\.example was not found"):
        fetch("http://nowhere.example/")


class TestAsking:
    def test_an_answer(self, outside):
        fetched = fetch(f"{outside}/plain")
        assert (fetched.status, fetched.body, fetched.headers["content-type"]) == (200, b"hello", "text/plain")
        assert fetched.headers["x-host"] == outside.removeprefix("http://")

    def test_the_connection_goes_to_the_address_that_was_looked_at(self, outside, monkeypatch):
        port = int(outside.rpartition(":")[2])
        asked, find_really = [], socket.getaddrinfo

        def find(host, *args, **kwargs):
            asked.append(host)
            return find_really("127.0.0.1", *args, **kwargs)

        monkeypatch.setattr(socket, "getaddrinfo", find)
        fetched = fetch(f"http://name.example:{port}/plain")
        assert fetched.headers["x-host"] == f"name.example:{port}"
        assert asked.count("name.example") == 1

    def test_a_form(self, outside):
        assert fetch(f"{outside}/", data={"a": "b c"}).body == b"a=b+c"

    def test_bytes_as_they_are_with_headers_beside(self, outside):
        headers = {"Content-Type": "application/json", "X-Mark": "m"}
        fetched = fetch(f"{outside}/", content=b'{"a": 1}', headers=headers)
        assert fetched.body == b'{"a": 1}'
        assert (fetched.headers["x-type"], fetched.headers["x-mark"]) == ("application/json", "m")

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_where_redirects_are_not_followed_they_are_the_answer(self, outside, status):
        fetched = fetch(f"{outside}/moved{status}", content=b"signed", follow=False)
        assert (fetched.status, fetched.headers["location"]) == (status, "/")

    @pytest.mark.parametrize(("status", "body"), [(302, b"hello"), (303, b"hello"), (307, b"words"), (308, b"words")])
    def test_what_was_sent_goes_on_only_where_the_standard_says_so(self, outside, status, body):
        assert fetch(f"{outside}/moved{status}", content=b"words").body == body

    @pytest.mark.parametrize("follow", [True, False])
    def test_nothing_is_sent_inside(self, outside, settings, follow):
        settings.FETCH_ALLOW = []
        with pytest.raises(Refused):
            fetch("http://10.0.0.1/", content=b"words", follow=follow)

    def test_packed_answers_are_unpacked(self, outside):
        assert fetch(f"{outside}/packed").body == b"hello" * 100

    def test_redirects_are_followed(self, outside):
        fetched = fetch(f"{outside}/away")
        assert (fetched.url, fetched.body) == (f"{outside}/plain", b"hello")

    def test_each_redirect_shows_its_certificate_anew(self, outside, monkeypatch):
        monkeypatch.setattr(Outside, "protocol_version", "HTTP/1.1")  # which keeps connections
        assert fetch(f"{outside}/away").headers["x-first"] == "True"

    @pytest.mark.parametrize(
        ("path", "words"),
        [
            ("bomb", "larger than"),
            ("large", "larger than"),
            ("odd", "packed"),
            ("broken", "incorrect header"),
            ("around", "redirects more than"),
        ],
    )
    def test_answers_that_are_not_taken(self, outside, path, words):
        with pytest.raises(Failed, match=words):
            fetch(f"{outside}/{path}", max_bytes=100_000)

    @pytest.mark.parametrize("path", ["inside", "file"])
    def test_no_redirect_leads_inside(self, outside, path):
        with pytest.raises(Refused):
            fetch(f"{outside}/{path}")

    def test_one_time_limit_holds_over_all(self, outside):
        with pytest.raises(Failed, match="too long"):
            fetch(f"{outside}/slow", seconds=0.3)

    @pytest.mark.parametrize("what", ENDLESS)
    def test_it_holds_while_bytes_go_on_coming(self, settings, what):
        settings.FETCH_ALLOW = [ipaddress.ip_network("127.0.0.1")]
        begun = time.monotonic()
        with (
            serving(lambda connection: drip(connection, *ENDLESS[what], 0.2)) as place,
            pytest.raises(Failed, match="too long"),
        ):
            fetch(f"http://{place}/", seconds=0.5)
        assert time.monotonic() - begun < 5

    def test_it_holds_while_the_other_side_shakes_hands(self, settings):
        settings.FETCH_ALLOW = [ipaddress.ip_network("127.0.0.1")]
        begun = time.monotonic()
        # The head of a TLS record of 16 kB, and then the record, byte by byte.
        hello = b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03"
        with (
            serving(lambda connection: drip(connection, hello, b"\x00", 0.2)) as place,
            pytest.raises(Failed, match="too long"),
        ):
            fetch(f"https://{place}/", seconds=0.5)
        assert time.monotonic() - begun < 5

    def test_it_holds_while_the_other_side_takes_what_is_sent(self, settings):
        settings.FETCH_ALLOW = [ipaddress.ip_network("127.0.0.1")]

        def sip(connection: socket.socket) -> None:
            end = time.monotonic() + 15
            while time.monotonic() < end and connection.recv(100_000):
                time.sleep(0.2)

        begun = time.monotonic()
        with serving(sip) as place, pytest.raises(Failed, match="too long"):
            fetch(f"http://{place}/", content=bytes(50_000_000), seconds=0.5)
        assert time.monotonic() - begun < 5

    @pytest.mark.parametrize("what", ["processing", "trailers", "small chunks"])
    def test_what_comes_beside_the_body_is_counted_too(self, settings, monkeypatch, what):
        settings.FETCH_ALLOW = [ipaddress.ip_network("127.0.0.1")]
        monkeypatch.setattr(http, "MOST_BESIDE", 50_000)
        first, then = ENDLESS[what]
        with (
            serving(lambda connection: drip(connection, first, then * 1000, 0)) as place,
            pytest.raises(Failed, match="says more than"),
        ):
            fetch(f"http://{place}/", max_bytes=20_000)

    def test_what_follows_a_packed_body_is_not_read(self, outside, monkeypatch):
        monkeypatch.setattr(http, "MOST_BESIDE", 500_000)
        assert fetch(f"{outside}/trailed", max_bytes=100_000).body == b"hello"

    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("large", bytes(1000)),
            ("bomb", bytes(1000)),
            ("packed", b"hello" * 100),
            ("plain", b"hello"),
            ("short", b"hello"),
            ("odd", b""),
            ("broken", b""),
        ],
    )
    def test_where_the_status_is_enough_of_the_body_is_taken_what_can_be(self, outside, path, body):
        fetched = fetch(f"{outside}/{path}", max_bytes=1000, cuts=True)
        assert (fetched.status, fetched.body) == (200, body)

    def test_without_a_status_nothing_is_enough(self, settings):
        settings.FETCH_ALLOW = [ipaddress.ip_network("127.0.0.1")]
        with serving(lambda connection: connection.sendall(b"hello")) as place, pytest.raises(Failed):
            fetch(f"http://{place}/", cuts=True)

    def test_a_body_that_does_not_end_takes_nothing_from_the_status(self, settings):
        settings.FETCH_ALLOW = [ipaddress.ip_network("127.0.0.1")]
        with serving(lambda connection: drip(connection, *ENDLESS["small chunks"], 0.1)) as place:
            fetched = fetch(f"http://{place}/", seconds=0.5, cuts=True)
        assert (fetched.status, fetched.body.strip(b"x")) == (200, b"")

    def test_no_proxy_of_the_environment_is_used(self, outside, monkeypatch):
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1/")
        assert fetch(f"{outside}/plain").status == 200

    def test_nobody_there_fails(self, outside):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        with pytest.raises(Failed):
            fetch(f"http://127.0.0.1:{port}/")


class TestCommand:
    def test_one_line_of_json(self, outside, capsys):
        call_command("fetch_url", f"{outside}/plain")
        line = json.loads(capsys.readouterr().out)
        assert line == {"url": f"{outside}/plain", "status": 200, "type": "text/plain", "length": 5}

    def test_one_line_that_says_why(self):
        with pytest.raises(CommandError, match="Refused: 10\\.0\\.0\\.1 leads to an address"):
            call_command("fetch_url", "http://10.0.0.1/")
