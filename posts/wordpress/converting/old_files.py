"""What is known of the old blog's uploads, under every address that its texts used for them. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

# An upload lies under the year and the month of its coming, unless the blog was told otherwise.
_DATED = re.compile(r"(?:^|/)((?:19|20)\d\d/\d\d/[^/]+)\Z")
_IN_UPLOADS = re.compile(r"/(?:wp-content/uploads|wp-content/blogs\.dir/\d+/files)/(?:sites/\d+/)?(.+)\Z")
_PHOTON = re.compile(r"i\d\.wp\.com\Z")
# The copies that WordPress makes: boat-300x200.jpg, boat-scaled.jpg, and once boat.thumbnail.jpg.
_SIZED = re.compile(r"-\d{1,5}x\d{1,5}(?=\.\w+\Z)|\.thumbnail(?=\.\w+\Z)|@2x(?=\.\w+\Z)")
_SCALED = re.compile(r"-(?:scaled|rotated)(?=\.\w+\Z)")
_ADDRESS = re.compile(r"(?:(?:https?:)?//|/)[^\s\"'<>\[\]]+", re.IGNORECASE)
_NUMBER = re.compile(
    r"wp-image-(\d{1,18})|attachment_(\d{1,18})|\"(?:id|mediaId)\":\s*(\d{1,18})|ids=[\"'”″]?([\d,\s]{1,4000})"
)
# Of gallery blocks of old: {"ids":[1,2]}
_NUMBERS = re.compile(r"\"ids\":\s*\[([\d,\s\"]{1,4000})\]")


@dataclass(frozen=True, slots=True)
class File:
    """An upload of the old blog."""

    address: str  # "/media/images/…" where it is here, else the old absolute address
    alt: str = ""
    caption: str = ""
    title: str = ""
    is_here: bool = False
    number: int | None = None


@dataclass(frozen=True)
class Files:
    """The uploads that one text may show. Make it with `files_from`."""

    by_key: dict[str, File] = field(default_factory=dict)
    numbered: dict[int, File] = field(default_factory=dict)
    attached: tuple[File, ...] = ()  # to the text itself, in the order of a gallery
    hosts: frozenset[str] = frozenset()  # where the old blog and its uploads lived; empty: anywhere

    def by_address(self, address: str) -> File | None:
        if not self.by_key:
            return None
        host, path = _place(address)
        if host and self.hosts and host not in self.hosts:
            return None
        return next((self.by_key[key] for key in _keys(path) if key in self.by_key), None)

    def by_number(self, number: int) -> File | None:
        return self.numbered.get(number)

    def children(self) -> list[File]:
        return list(self.attached)


NO_FILES = Files()


def files_from(
    known: Iterable[tuple[str, File]], *, attached: Iterable[File] = (), hosts: Iterable[str] = ()
) -> Files:
    """Return what is known of uploads, each given with its old absolute address.

    `hosts` are those of the old blog; those of the uploads are added to them.
    """
    by_key: dict[str, File] = {}
    also: dict[str, File] = {}
    numbered: dict[int, File] = {}
    places = {_host(host) for host in hosts}
    for address, file in known:
        host, path = _place(address)
        places.add(host)
        key = key_of_path(path)
        by_key.setdefault(key, file)
        also.setdefault(_SCALED.sub("", key), file)
        if file.number is not None:
            numbered.setdefault(file.number, file)
    attached = tuple(attached)
    for file in attached:
        if file.number is not None:
            numbered.setdefault(file.number, file)
    return Files(also | by_key, numbered, attached, frozenset(places - {""}))


def key_of(address: str) -> str:
    """Return by what an upload is known: its path from the year on ("2013/03/boat.jpg"), or as near as it comes."""
    return key_of_path(_place(address)[1])


def key_of_path(path: str) -> str:
    if found := _DATED.search(path):
        return found[1]
    if found := _IN_UPLOADS.search(path):
        return found[1]
    return path.lstrip("/")


def keys_in(text: str) -> set[str]:
    """Return every key under which this text's uploads may be known, for asking after many texts at once."""
    return {key for found in _ADDRESS.finditer(text) for key in _keys(_place(found[0])[1])}


def numbers_in(text: str) -> set[int]:
    """Return the numbers of uploads that this text names: wp-image-12, [gallery ids="1,2"], {"id":12}."""
    lists = [part for found in _NUMBER.findall(text) for part in found if part] + _NUMBERS.findall(text)
    return {int(number) for numbers in lists for number in re.findall(r"\d{1,18}", numbers)}


def _keys(path: str) -> Iterator[str]:
    """The exact name first: a picture may itself be called boat-300x200.jpg."""
    key = key_of_path(path)
    yield key
    whole = _SIZED.sub("", key)
    if whole != key:
        yield whole
    if (plain := _SCALED.sub("", whole)) != whole:
        yield plain
    stem, dot, extension = plain.rpartition(".")
    if dot:
        yield f"{stem}-scaled.{extension}"
        yield f"{stem}-rotated.{extension}"


def _place(address: str) -> tuple[str, str]:
    """Return host and path of an address, as one writes them: the scheme and the query say nothing of the file."""
    try:
        parts = urlsplit(address.strip())
        host, path = _host(parts.hostname or ""), parts.path
    except ValueError:
        return "", ""
    if _PHOTON.match(host):  # https://i0.wp.com/oldblog.example/wp-content/…
        host, _, path = path.lstrip("/").partition("/")
        host, path = _host(host), f"/{path}"
    return host, unicodedata.normalize("NFC", unquote(path))


def _host(host: str) -> str:
    """boat.files.wordpress.com serves what boat.wordpress.com was given."""
    host = host.lower().rpartition("//")[2].partition("/")[0].partition(":")[0].removeprefix("www.")
    return host.replace(".files.wordpress.com", ".wordpress.com")
