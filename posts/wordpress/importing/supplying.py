"""Where the bytes of old uploads come from: a folder or archives that somebody kept, or the old blog itself."""

import os
import stat
import tarfile
import unicodedata
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from functools import cached_property, partial
from http import HTTPStatus
from pathlib import Path, PurePosixPath
from typing import Protocol, Self
from urllib.parse import quote, unquote, urlsplit

from django.utils.encoding import iri_to_uri

from posts.picturing import MAX_BYTES, UnusablePicture
from posts.wordpress.paths import height_in, host_in, reduced, spellings, unwrapped
from sources import http

MOST_KEPT = 6  # copies of one upload that are tried, of all that lie in the folder and the zips
MOST_FAILURES = 5  # in a row: then a host is held for dead
TRIES = 2
SECONDS = 20.0  # for a picture; a file that may be larger has more
_MADE_SMALL = ("-scaled", "-rotated")


class Missing(Exception):
    """The file cannot be had; the message says why, as a part of a sentence."""


Offer = Callable[[int], bytes]  # takes the most bytes that are wanted; raises Missing


class Shelf(Protocol):
    """Files that somebody kept: under which names, and their bytes."""

    def names(self) -> Iterator[str]: ...
    def read(self, name: str, most: int) -> bytes: ...


class Supply:
    """Gives uploads by their old address and path ("2013/03/boat.jpg"). One for each run; to be closed."""

    def __init__(self, media_root: str | Path | None = None, zips: Sequence[str | Path] = (), *, fetch: bool = False):
        """Raise ValueError, in one line, where what is named is neither a folder nor a zip (or tar)."""
        self._open = ExitStack()
        self._outside = _Outside() if fetch else None
        # Why, by host and path: a thousand texts may show the same lost picture.
        self._given_up: dict[tuple[str, str], tuple[type[Missing | UnusablePicture], str]] = {}
        given = [Path(each) for each in (media_root, *zips) if each]
        try:
            shelves = [self._shelf(each) for each in given]
        except BaseException:
            self.close()
            raise
        self._kept = [_Kept(shelf) for shelf in shelves]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._open.close()

    @property
    def dead_hosts(self) -> list[str]:
        """Those that did not answer and are asked no more in this run."""
        return self._outside.dead_hosts if self._outside else []

    def get[T](
        self, address: str, path: str, take: Callable[[bytes], T], *, most: int = MAX_BYTES, is_original: bool = True
    ) -> T:
        """Return what `take` makes of the first file that serves; it raises UnusablePicture where one does not.

        `is_original` says that the path is the upload's own, and not perhaps that of a copy in another size. Raises
        Missing, or UnusablePicture where there is a file and it does not serve.
        """
        key = host_in(address), path
        if key not in self._given_up:
            unusable, whys = "", []
            names = _names(path, is_original)
            kept = list(self._kept_offers(names, address))
            for offer in [*kept, *self._outside_offers(names, address)]:
                try:
                    return take(offer(most))
                except UnusablePicture as error:
                    unusable = unusable or str(error)
                except Missing as error:
                    whys.append(str(error))
            words = "; ".join(dict.fromkeys([*([] if kept else self._why_not_kept()), *whys]))
            self._given_up[key] = (UnusablePicture, unusable) if unusable else (Missing, words)
        kind, why = self._given_up[key]
        raise kind(why)

    def _shelf(self, path: Path) -> Shelf:
        if not path.exists():
            raise ValueError(f"There is no folder “{path}”.")
        try:
            if path.is_dir():
                return _Folder(path)
            if path.is_file() and zipfile.is_zipfile(path):
                return _Zip(self._open.enter_context(zipfile.ZipFile(path)))
            if path.is_file():
                return _Tar(self._open.enter_context(tarfile.open(path, "r:")))
        except (OSError, tarfile.TarError, zipfile.BadZipFile, NotImplementedError, ValueError) as error:
            raise ValueError(f"“{path}” is neither a folder nor a zip that can be read.") from error
        raise ValueError(f"“{path}” is neither a folder nor a file.")

    def _kept_offers(self, names: list[str], address: str) -> Iterator[Offer]:
        for kept in self._kept:
            for name in kept.find(names, address)[:MOST_KEPT]:
                yield partial(kept.shelf.read, name)

    def _outside_offers(self, names: list[str], address: str) -> Iterator[Offer]:
        if self._outside:
            for url in _addresses(address, names):
                yield partial(self._outside.read, url)

    def _why_not_kept(self) -> list[str]:
        if self._kept:
            return ["it is not in the files that were given"]
        return [] if self._outside else ["neither a folder nor a zip of the uploads was given"]


def _names(path: str, is_original: bool) -> list[str]:
    """Return the paths under which to look, the best first: what was uploaded before what was made smaller of it."""
    likely = spellings(path)
    if not is_original and height_in(path):
        return [*likely[1:], path]
    stem, dot, extension = path.rpartition(".")
    larger = [stem.removesuffix(suffix) for suffix in _MADE_SMALL if stem.endswith(suffix)]
    return list(dict.fromkeys([*(f"{each}{dot}{extension}" for each in larger), *likely]))


def _addresses(address: str, names: list[str]) -> list[str]:
    """Return the addresses to ask for an upload: of the original, as it was named, and as it was given."""
    bare = unwrapped(address).partition("?")[0].partition("#")[0]
    if not bare.lower().startswith(("http://", "https://")):
        return []
    folder, _, own = bare.rpartition("/")
    first = PurePosixPath(names[0]).name
    likely = [bare] if unquote(own) == first else [f"{folder}/{quote(first)}", bare]
    return list(dict.fromkeys([*likely, address.strip()]))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", unquote(text)).casefold()


class _Kept:
    """Finds files by where they lay; they may have been moved, renamed in case, or lie deeper or less deep."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        """The names, by that of the upload of which each may be a copy."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for name in self.shelf.names():
            found[_folded(reduced(_file_name(name)))].append(name)
        return found

    def find(self, names: list[str], address: str) -> list[str]:
        """Return what is kept of an upload, the best first; `names` are its paths, in the order of preference."""
        keys = dict.fromkeys(_folded(reduced(_file_name(name))) for name in names)
        kept = [name for key in keys for name in self._by_name.get(key, ())]
        near = _folders(unquote(_path_in(address)))
        return sorted(_placed(kept, _folders(names[0]), near), key=lambda name: self._order(name, names, near))

    def _order(self, name: str, names: list[str], near: list[str]) -> tuple[int, int, int, bool, int, str]:
        own, wanted = _file_name(name), [_file_name(each) for each in names]
        folded = [_folded(each) for each in wanted]
        is_copy = _folded(own) not in folded
        rank = len(folded) if is_copy else folded.index(_folded(own))
        largest_first = -height_in(own) if is_copy else 0
        return rank, largest_first, -_common(_folders(name), near), own not in wanted, len(name), name


def _placed(kept: list[str], folder: list[str], near: list[str]) -> list[str]:
    """Return those that lie where they lay; else those of the one folder that it must be, if any."""
    placed = [name for name in kept if folder and _folders(name)[-len(folder) :] == folder]
    if placed:
        return placed
    undated = [name for name in kept if not _is_dated(_folders(name))]
    left = undated if undated or _is_dated(folder) else kept
    nearest = max((_common(_folders(name), near) for name in left), default=0)
    left = [name for name in left if _common(_folders(name), near) == nearest]
    return left if len({tuple(_folders(name)) for name in left}) == 1 else []  # else nobody can say


def _path_in(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError:
        return ""


def _file_name(path: str) -> str:
    return path.rpartition("/")[2].partition("?")[0]  # some programs keep the query in the name


def _folders(path: str) -> list[str]:
    return [_folded(part) for part in path.split("/")[:-1] if part]


def _is_dated(folders: list[str]) -> bool:
    return len(folders) > 1 and folders[-1].isdecimal() and folders[-2].isdecimal()


def _common(one: list[str], other: list[str]) -> int:
    """Return how many folders are the same, counted from the file upwards."""
    same = 0
    for a, b in zip(reversed(one), reversed(other), strict=False):
        if a != b:
            break
        same += 1
    return same


class _Folder:
    """Never leads outside itself, whatever links lie in it. Names are whole paths: it may be any part of the tree."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    def names(self) -> Iterator[str]:
        for folder, _, files in os.walk(self._root):
            yield from (f"{folder}/{name}" for name in files)

    def read(self, name: str, most: int) -> bytes:
        try:
            path = Path(name).resolve(strict=True)
            if not path.is_relative_to(self._root) or not stat.S_ISREG(path.stat().st_mode):
                raise Missing("in the folder it is a link that leads elsewhere")
            _check_size(path.stat().st_size, most)
            with path.open("rb") as file:
                return file.read(most + 1)
        except (OSError, RuntimeError, ValueError) as error:  # links in a circle
            raise Missing("the file in the folder cannot be read") from error


class _Zip:
    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file
        self._members = {_member_name(info): info for info in file.infolist() if not info.is_dir()}

    def names(self) -> Iterator[str]:
        return iter(self._members)

    def read(self, name: str, most: int) -> bytes:
        info = self._members[name]
        _check_size(info.file_size, most)
        # The others unpack a whole block at once, however large.
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Missing("it is packed in a way that is not read here")
        try:
            with self._file.open(info) as member:
                return member.read(most + 1)
        # RuntimeError: it wants a password.
        except (OSError, EOFError, RuntimeError, ValueError, zlib.error, zipfile.BadZipFile) as error:
            raise Missing("the file in the zip cannot be read") from error


class _Tar:
    """What WordPress.com gives out as a blog's media; not packed, so that each file can be gone to."""

    def __init__(self, file: tarfile.TarFile) -> None:
        self._file = file
        self._members = {info.name: info for info in file if info.isreg()}

    def names(self) -> Iterator[str]:
        return iter(self._members)

    def read(self, name: str, most: int) -> bytes:
        info = self._members[name]
        _check_size(info.size, most)
        try:
            member = self._file.extractfile(info)
            return member.read(most + 1) if member else b""
        except (OSError, EOFError, tarfile.TarError) as error:
            raise Missing("the file in the archive cannot be read") from error


def _member_name(info: zipfile.ZipInfo) -> str:
    """Return a name as it was meant: many programs write UTF-8 and do not say so."""
    name = info.filename
    if not info.flag_bits & 0x800:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode()
    return name.replace("\\", "/")


def _check_size(size: int, most: int) -> None:
    if size > most:
        raise Missing(f"the file is larger than {most // 1024 // 1024} MB")


class _Outside:
    """The old blog. A dead one is given up after some questions: asking for 5,000 pictures would take days."""

    def __init__(self) -> None:
        self._failures: Counter[str] = Counter()

    @property
    def dead_hosts(self) -> list[str]:
        return sorted(host for host, number in self._failures.items() if number >= MOST_FAILURES)

    def read(self, url: str, most: int) -> bytes:
        try:
            host = urlsplit(url).hostname or ""
        except ValueError:
            raise Missing("its old address is none") from None
        if self._failures[host] >= MOST_FAILURES:
            raise Missing(f"{host} did not answer {MOST_FAILURES} times in a row and is asked no more in this run")
        why = ""
        for _ in range(TRIES):
            try:
                fetched = http.fetch(iri_to_uri(url), max_bytes=most, seconds=SECONDS * most / MAX_BYTES)
            except http.Refused as error:
                raise Missing(f"its old address is not asked: {_inner(str(error))}") from error
            except http.TooLarge as error:
                self._failures.pop(host, None)
                raise Missing(f"the file is larger than {most // 1024 // 1024} MB") from error
            except http.Failed as error:
                why = f"{host} did not answer: {_inner(str(error))}"
                if isinstance(error, http.TooSlow):
                    break
                continue
            if fetched.status < 500 and fetched.status != HTTPStatus.TOO_MANY_REQUESTS:
                self._failures.pop(host, None)
                return _body(fetched, host)
            why = _answered(fetched.status, host)
        self._failures[host] += 1
        raise Missing(why)


def _body(fetched: http.Fetched, host: str) -> bytes:
    if fetched.status != HTTPStatus.OK:
        raise Missing(_answered(fetched.status, host))
    if fetched.headers.get("content-type", "").lower().startswith("text/html"):
        raise Missing(f"{host} answers with a page instead of the file")
    return fetched.body


def _answered(status: int, host: str) -> str:
    with suppress(ValueError):
        return f"{host} answers {status} ({HTTPStatus(status).phrase})"
    return f"{host} answers {status}"


def _inner(sentence: str) -> str:
    return sentence[:200].removesuffix(".")
