"""A list as a folder in a zip file: pages, table, references, and how all that was made.

The same posts make the same bytes, whenever and wherever: nothing in it tells of today or of the order of a set.
All that grows with the number of posts lies in temporary files; in memory are their names.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from posts.dating import site_date, site_time
from posts.downloading import pages, tables
from posts.downloading.naming import page_name, picture_name
from posts.downloading.noting import Facts, how_made
from posts.listing import ListedPost
from posts.referencing import bibtex, csl
from posts.referencing.references import references_of

PIECE = 64 * 1024
IN_MEMORY = 1024 * 1024
LEVEL = 6  # of compression
FIRST, LAST = dt.datetime(1980, 1, 1), dt.datetime(2107, 12, 31)  # that a zip file can name
SUMS = "SHA256SUMS"

# Opens a picture by its address on the site; None where it is not at hand.
OpenPicture = Callable[[str], IO[bytes] | None]


class TemporaryFile(SpooledTemporaryFile[bytes]):
    """In memory while it is small, then on disk, and gone with whoever holds it: an answer that nobody takes too."""

    def __init__(self) -> None:
        super().__init__(IN_MEMORY)

    def __del__(self) -> None:
        self.close()


class Piece(NamedTuple):
    """Where a file of the folder lies meanwhile, and what its bytes add up to."""

    file: TemporaryFile
    start: int
    length: int
    digest: bytes


class Spool:
    """Files one behind the other in a temporary one."""

    def __init__(self) -> None:
        self.file = TemporaryFile()
        self.start, self.digest = 0, sha256()

    def write(self, text: str) -> None:
        self.write_bytes(text.encode())

    def write_bytes(self, data: bytes) -> None:
        self.file.write(data)
        self.digest.update(data)

    def end(self) -> Piece:
        """End the file that was written, and begin the next one."""
        stop = self.file.tell()
        piece = Piece(self.file, self.start, stop - self.start, self.digest.digest())
        self.start, self.digest = stop, sha256()
        return piece


@dataclass
class Folder:
    """A folder while it is made. Used once: `take` all slices, then `write_zip`."""

    heading: str
    url: str
    name: str
    retrieved_on: dt.date
    categories: Mapping[str, str]
    open_picture: OpenPicture
    pieces: dict[str, Piece] = field(default_factory=dict)
    pictures: dict[str, str] = field(default_factory=dict)  # their places, by their addresses on the site
    count: int = 0
    newest: dt.datetime | None = None
    oldest: dt.datetime | None = None

    def __post_init__(self) -> None:
        self.loose, self.table, self.index, self.bib, self.csl = (Spool() for _ in range(5))

    def take(self, slices: Iterable[list[ListedPost]]) -> None:
        self.index.write(self._index_head())
        for part in tables.lines(self._each_noted(slices), self.categories):
            self.table.write(part)
        self.csl.write("\n]\n" if self.count else "[]\n")
        self.index.write("</ol>\n</main>\n</body>\n</html>\n")
        for name, spool in (
            ("posts.csv", self.table),
            ("index.html", self.index),
            ("references.bib", self.bib),
            ("references.json", self.csl),
        ):
            self.pieces[name] = spool.end()
        self._add("style.css", Path(__file__).with_name("style.css").read_text())
        self._add("README.txt", how_made(self._facts()))
        self._add(SUMS, "".join(f"{piece.digest.hex()}  {name}\n" for name, piece in sorted(self.pieces.items())))

    def _each_noted(self, slices: Iterable[list[ListedPost]]) -> Iterator[list[ListedPost]]:
        for posts in slices:
            for post in posts:
                self._take_post(post)
            yield posts

    def _take_post(self, post: ListedPost) -> None:
        assert post.published_at is not None  # noqa: S101  a public post has a date
        name = page_name(post.published_on or site_date(post.published_at), post.slug, post.id)
        page = pages.page(post, self.heading, self.categories, self.retrieved_on, self._picture)
        self._add(f"posts/{name}", page)
        self.index.write(pages.index_item(post, name))
        for reference in references_of(post, self.retrieved_on):
            self.bib.write(f"{bibtex.entry(reference)}\n")
            item = json.dumps(csl.item(reference), ensure_ascii=False)
            self.csl.write(f"{',' if self.csl.file.tell() else '['}\n{item}")
        self.count += 1
        self.newest = max(self.newest or post.published_at, post.published_at)
        self.oldest = min(self.oldest or post.published_at, post.published_at)

    def _picture(self, address: str) -> str:
        """Return where a picture lies, seen from the pages, having put it there; "" where it is not at hand."""
        if address not in self.pictures:
            file = self.open_picture(address)
            self.pictures[address] = self._put_picture(address, file) if file else ""
        return self.pictures[address]

    def _put_picture(self, address: str, file: IO[bytes]) -> str:
        name = f"pictures/{picture_name(address.lstrip('/'))}"
        with file:
            while data := file.read(PIECE):
                self.loose.write_bytes(data)
        self.pieces[name] = self.loose.end()
        return f"../{name}"

    def _add(self, name: str, text: str) -> None:
        self.loose.write(text)
        self.pieces[name] = self.loose.end()

    def _index_head(self) -> str:
        body = f'<main>\n<h1 dir="auto">{pages.written(self.heading)}</h1>\n<ol>\n'
        return pages.document(self.heading, body).removesuffix("</body>\n</html>\n")

    def _facts(self) -> Facts:
        has_pictures = any(name.startswith("pictures/") for name in self.pieces)
        return Facts(self.heading, self.url, self.count, self.newest, self.oldest, self.retrieved_on, has_pictures)

    def write_zip(self, file: IO[bytes]) -> None:
        moment = min(max(site_time(self.newest).replace(tzinfo=None), FIRST), LAST) if self.newest else FIRST
        with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=LEVEL) as archive:
            for name in sorted(self.pieces):
                _copy(self.pieces[name], archive, _entry(f"{self.name}/{name}", moment))

    def close(self) -> None:
        for spool in (self.loose, self.table, self.index, self.bib, self.csl):
            spool.file.close()


def _entry(name: str, moment: dt.datetime) -> ZipInfo:
    entry = ZipInfo(name, moment.timetuple()[:6])
    entry.compress_type = ZIP_DEFLATED
    # The same whatever system makes it: a plain file of Unix that everybody may read.
    entry.create_system = 3
    entry.external_attr = 0o100644 << 16
    return entry


def _copy(piece: Piece, archive: ZipFile, entry: ZipInfo) -> None:
    entry.file_size = piece.length
    piece.file.seek(piece.start)
    left = piece.length
    with archive.open(entry, "w") as target:
        while left and (data := piece.file.read(min(PIECE, left))):
            target.write(data)
            left -= len(data)
