"""From files on disk to the exports in them: plain, gzipped, or members of a zip. Everything streams."""

import gzip
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

CHUNK = 1 << 16
UNPACKED_AT_MOST = 4 << 30
# Text packs to a tenth, and the very same item again and again to a hundredth; only a bomb does better than this.
RATIO_AT_MOST = 400
RATIO_COUNTS_FROM = 16 << 20
# What the packers of the standard library raise for a damaged file.
DAMAGE = (
    zipfile.BadZipFile, zipfile.LargeZipFile, gzip.BadGzipFile, zlib.error, struct.error,
    EOFError, RuntimeError, ValueError, OverflowError, OSError,
)  # fmt: skip


class NotReadable(ValueError):
    """One line for people: which file, where in it, what is wrong, what to do."""

    def __init__(self, name: str, what: str) -> None:
        super().__init__(" ".join(f"{name}: {what}".split()))


@dataclass(frozen=True, slots=True)
class Document:
    """One export, wherever it lies."""

    name: str  # for people: "part 2.xml in blog.zip"
    chunks: Callable[[], Iterator[bytes]]  # its bytes, from the beginning at every call


@dataclass(frozen=True, slots=True)
class Opened:
    documents: list[Document]
    warnings: list[str]


def open_all(paths: Sequence[Path | str]) -> Opened:
    if not paths:
        raise NotReadable("No file", "name the export that WordPress gave you (Tools → Export).")
    documents, warnings = [], []
    for path in paths:
        opened = open_one(Path(path))
        documents += opened.documents
        warnings += opened.warnings
    return Opened(documents, warnings)


def open_one(path: Path) -> Opened:
    name = printable(path.name or str(path))
    first = _first_bytes(path, name)
    if first.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _members(path, name)
    if first.startswith(b"\x1f\x8b"):
        return Opened([Document(name, lambda: _gunzipped(path, name))], [])
    return Opened([Document(name, lambda: _plain(path, name))], [])


def printable(text: str, limit: int = 80) -> str:
    """Return what fits in a line, whatever a file says of itself."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _first_bytes(path: Path, name: str) -> bytes:
    try:
        if path.is_dir():
            raise NotReadable(name, "is a folder. Name the files in it, or a zip of them.")
        if path.exists() and not path.is_file():
            raise NotReadable(name, "is not a file on a disk. Save the export as a file first.")
        with path.open("rb") as file:
            return file.read(8)
    except FileNotFoundError:
        raise NotReadable(name, "there is no such file. Check the name and the folder.") from None
    except PermissionError:
        raise NotReadable(name, "may not be read by this user. Change its permissions.") from None
    except NotReadable:
        raise
    except (OSError, ValueError) as error:  # a name that no disk can hold
        raise NotReadable(name, f"cannot be opened ({_why(error)}). Check the name and the disk.") from None


def _why(error: BaseException) -> str:
    return printable(getattr(error, "strerror", None) or str(error) or type(error).__name__)


@contextmanager
def _no_damage(name: str, what: str) -> Iterator[None]:
    try:
        yield
    except NotReadable:
        raise
    except DAMAGE as error:
        raise NotReadable(name, f"{what} ({_why(error)}). Download it again.") from None


def _blocks(file: IO[bytes] | gzip.GzipFile, name: str, what: str) -> Iterator[bytes]:
    # Only the reading is guarded: what a caller does with a block is none of the packer's faults.
    while True:
        with _no_damage(name, what):
            block = file.read(CHUNK)
        if not block:
            return
        yield block


def _plain(path: Path, name: str) -> Iterator[bytes]:
    with ExitStack() as stack:
        with _no_damage(name, "cannot be read"):
            file = stack.enter_context(path.open("rb"))
        yield from _blocks(file, name, "cannot be read")


def _gunzipped(path: Path, name: str) -> Iterator[bytes]:
    what = "is damaged and cannot be unpacked"
    with ExitStack() as stack:
        with _no_damage(name, what):
            packed = path.stat().st_size
            file = stack.enter_context(gzip.open(path, "rb"))
        size = 0
        for block in _blocks(file, name, what):
            size += len(block)
            _refuse_bomb(name, size, packed)
            yield block


def _refuse_bomb(name: str, size: int, packed: int) -> None:
    if size > UNPACKED_AT_MOST:
        raise NotReadable(name, "unpacks to more than 4 GB. Unpack it and name the files one by one.")
    if size > RATIO_COUNTS_FROM and size > packed * RATIO_AT_MOST:
        raise NotReadable(
            name, f"unpacks to {size // max(packed, 1)} times its size, as no export does. Is it the right file?"
        )


def _members(path: Path, name: str) -> Opened:
    what = "is damaged and cannot be unpacked"
    with _no_damage(name, what), closing(zipfile.ZipFile(path)) as archive:
        members = sorted((m for m in archive.infolist() if _may_be_export(m)), key=lambda m: _natural(m.filename))
        if not members:
            raise NotReadable(name, "holds no XML file. The export of WordPress is a file that ends in .xml.")
        for member in members:
            if member.flag_bits & 1:
                raise NotReadable(name, "is locked with a password. Unpack it and name the files in it.")
            if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:  # others may ask for any memory
                raise NotReadable(
                    name, "is packed in a way that is not read here. Unpack it and name the files in it."
                )
            _refuse_bomb(name, member.file_size, member.compress_size)
        _refuse_bomb(name, sum(m.file_size for m in members), sum(m.compress_size for m in members))
        exports = [m for m in members if _looks_like_export(archive, m, name)] or members[:1]
    documents = [_member(path, name, member) for member in exports]
    chosen = {id(member) for member in exports}
    others = [printable(member.filename) for member in members if id(member) not in chosen]
    return Opened(documents, [f"{name}: {other} is not an export and was not read." for other in others])


def _may_be_export(member: zipfile.ZipInfo) -> bool:
    *folders, base = re.split(r"[/\\]", member.filename)
    return not (member.is_dir() or "__MACOSX" in folders or base.startswith(".")) and base.lower().endswith(
        (".xml", ".wxr")
    )


def _natural(name: str) -> list[tuple[int, str]]:
    """Return a key by which “part 2” stands before “part 10”."""
    return [
        (int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"([0-9]{1,18})", name.casefold())
    ]


def _looks_like_export(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> bool:
    # A zip of a whole blog may hold a sitemap, too. An empty member is kept: it is said to be empty.
    with _no_damage(name, f"{printable(member.filename)} in it is damaged"), archive.open(member) as file:
        head = file.read(CHUNK).replace(b"\0", b"")
    return not head or b"<rss" in head


def _member(path: Path, name: str, member: zipfile.ZipInfo) -> Document:
    full = f"{printable(member.filename)} in {name}"
    what = "is damaged and cannot be unpacked"

    def chunks() -> Iterator[bytes]:
        with ExitStack() as stack:
            with _no_damage(full, what):
                archive = stack.enter_context(zipfile.ZipFile(path))
                file = stack.enter_context(archive.open(member))
            yield from _blocks(file, full, what)

    return Document(full, chunks)
