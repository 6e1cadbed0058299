"""The old blog's uploads: pictures become images of the library, PDFs plain files; the rest stays where it was."""

import datetime as dt
import hashlib
import io
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import batched
from pathlib import PurePosixPath
from typing import Any, NamedTuple
from urllib.parse import quote, unquote, urljoin

import nh3
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.utils.text import slugify

from posts.models import Image
from posts.models.image import names_in
from posts.picturing import Picture, UnusablePicture, read_picture
from posts.rendering import MISSING_ALT, fit, plain_text, says_something
from posts.wordpress.converting.old_files import File, Files, files_from, key_of, keys_in, numbers_in
from posts.wordpress.importing.supplying import Missing, Supply
from posts.wordpress.models import ADDRESS_LENGTH, KEY_LENGTH, Blog, Imported, Kind
from posts.wordpress.ours import ours_of_image
from posts.wordpress.paths import host_in, upload_addresses, upload_path
from posts.wordpress.reasons import Reason
from posts.wordpress.records import Item
from sources.locking import hold_the_desk

IMAGE = "posts.image"
MOST_OF_A_PDF = 32 * 1024 * 1024
LARGEST_NUMBER = 2**63 - 1  # that a column can hold
MOST_AT_ONCE = 10_000  # values in one query: SQLite takes 32,766
_PICTURES = frozenset({"jpg", "jpeg", "jpe", "jfif", "png", "gif", "webp", "bmp", "tif", "tiff", "heic", "avif", ""})
_STAYS = "It stays at its old address."
_LENGTHS = {"alt": 500, "caption": 500, "credit": 200}
_FILE = re.compile(r"\.(?:jpe?g|jpe|jfif|png|gif|webp|bmp|tiff?|heic|avif|pdf)\b", re.IGNORECASE)

_CREDIT_KEY = re.compile(
    r"_?(?:\w*_)?(?:credit|credits|credit_text|photographer|photographer_name|photo_by|attribution|image_source)",
    re.IGNORECASE,
)
# At the end of a caption: "Photo: Ann", "(Photo by Ann / Agency)", "Image credit: Ann", "Photo courtesy of Ann".
_CREDIT = re.compile(
    r"""(?: (?:^|(?<=[\s(\[|—–/]))[(\[]?\s*
            (?: (?:(?:photo|photograph|picture|image|illustration|graphic|map)\s+)?credits?(?:\s+to)?\s*[::]
              | (?:photo|photograph|picture|image|illustration|foto|사진)\s*[::] )
          | (?:^|(?<=[.!?…;,)\]"”'|—–/(\[-]))\s{0,3}[(\[]?\s{0,3}  # only where something begins
            (?: (?:photo(?:graph)?|picture|image|illustration)\s+(?:by|courtesy(?:\s+of)?)\s*:?
              | courtesy\s+of\s | ©\s ) )
    \s*(?P<who>[^()\[\]\n]{2,200}?)\s*[)\]]?\.?\s*\Z""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass
class Attached:
    """What became of an upload."""

    columns: dict[str, Any]  # of its row in Imported, except blog, key and digest; "extra" is to be added to
    image: Image | None = None
    file: str = ""  # its address here, where it is no picture
    is_had: bool = False  # it is here now, or would be, had this not been a rehearsal
    reasons: list[Reason] = field(default_factory=list)


class Loose(NamedTuple):
    """An upload that texts show though no item names it."""

    address: str  # by which it is known again: the key of its row
    path: str


@dataclass(frozen=True)
class _Words:
    alt: str = ""
    caption: str = ""
    credit: str = ""
    bare_caption: str = ""  # without the credit at its end


@dataclass(frozen=True)
class _Upload:
    address: str
    path: str
    is_original: bool = True  # and not perhaps a copy in another size
    words: _Words = field(default_factory=_Words)
    at: dt.datetime | None = None

    @property
    def month(self) -> str:
        """Return the folder of a file that is kept as it is: that in which it lay, if any."""
        found = re.match(r"\d{4}/\d{2}(?=/)", self.path, re.ASCII)
        if found:
            return found[0]
        return f"{self.at:%Y/%m}" if self.at else "0000/00"

    def __str__(self) -> str:
        return f"“{self.path or self.address}”"


# --- Bringing them


def bring_attachment(item: Item, blog: Blog, supply: Supply, *, is_rehearsal: bool = False) -> Attached:
    """Store what an attachment's item names. Writes rows and files at once: call it outside of a transaction.

    A rehearsal looks for the file and whether it serves, and stores nothing.
    """
    address = _address_of(item, blog)
    upload = _Upload(address, _path_of(item, address), words=_words_of(item), at=item.local_at or item.published_at)
    attached = Attached(_columns(item, upload))
    _bring(attached, upload, supply, is_rehearsal=is_rehearsal)
    return attached


def bring_loose(loose: Loose, supply: Supply, *, is_rehearsal: bool = False) -> Attached:
    """Store an upload of which nothing is known but where it lay. As `bring_attachment`."""
    upload = _Upload(loose.address, loose.path, is_original=False)
    attached = Attached(_row_values(upload))
    _bring(attached, upload, supply, is_rehearsal=is_rehearsal)
    return attached


def missing_uploads(items: Sequence[Item], known: Sequence[Files], blog: Blog) -> list[Loose]:
    """Return the pictures and PDFs of the blog that texts name, and that no item, and nothing brought before, is.

    `known` is what `files_of` returned for the items. What could not be had by itself the last time is asked for anew.
    """
    found: dict[str, Loose] = {}
    for item, files in zip(items, known, strict=True):
        for named in upload_addresses(item.content):
            address, path = _absolute(named, blog), upload_path(named)
            file = files.by_address(named)
            if path and _is_own(address, blog) and _can_come(path) and (file is None or _is_still_loose(file)):
                found.setdefault(path, Loose(address[:KEY_LENGTH], path))
    return list(found.values())


def _is_still_loose(file: File) -> bool:
    return file.number is None and not file.is_here


def _can_come(path: str) -> bool:
    extension = _extension(path)
    return extension == "pdf" or (extension in _PICTURES and extension != "")


def _bring(attached: Attached, upload: _Upload, supply: Supply, *, is_rehearsal: bool) -> None:
    extension = _extension(upload.path)
    if extension != "pdf" and extension not in _PICTURES:
        attached.reasons.append(Reason("not-a-picture", f"{upload} is neither a picture nor a PDF. {_STAYS}"))
        return
    try:
        if extension == "pdf":
            pdf = supply.get(
                upload.address, upload.path, _checked_pdf, most=MOST_OF_A_PDF, is_original=upload.is_original
            )
            keep: Callable[[], None] = partial(_keep_file, attached, upload, pdf)
        elif image := _image_here(upload.address):
            keep = partial(_keep_image, attached, upload, image)
        else:
            picture = supply.get(upload.address, upload.path, _read, is_original=upload.is_original)
            keep = partial(_keep_picture, attached, upload, picture)
    except Missing as error:
        attached.reasons.append(Reason("file-missing", f"{upload} could not be had: {error}. {_STAYS}"))
    except UnusablePicture as error:
        attached.reasons.append(Reason("not-a-picture", f"{upload}: {error} {_STAYS}"))
    else:
        attached.is_had = True
        if is_rehearsal:
            pretend(attached)
        else:
            keep()


def pretend(attached: Attached) -> None:
    """Have the texts of a rehearsal find the file somewhere here; nothing of it is stored."""
    path = attached.columns["path"]
    stem, is_picture = slugify(PurePosixPath(path).stem)[:80] or "file", _extension(path) != "pdf"
    attached.columns["extra"]["file"] = default_storage.url(
        f"images/{stem}.jpg" if is_picture else f"files/{stem}.pdf"
    )
    if is_picture:
        attached.columns["model"] = IMAGE


def _image_here(address: str) -> Image | None:
    """Return the image whose own address this is: this site's export may be read where it was written."""
    if _host(address) != _host(settings.SITE_URL):
        return None
    return Image.objects.filter(file__in=names_in(address)).first()


def _read(data: bytes) -> Picture:
    return read_picture(io.BytesIO(data))


def _keep_picture(attached: Attached, upload: _Upload, picture: Picture) -> None:
    _keep_image(attached, upload, Image.objects.get_or_store(picture))


def _keep_image(attached: Attached, upload: _Upload, image: Image) -> None:
    attached.image = image
    attached.columns |= {"model": IMAGE, "row_id": image.pk}
    attached.reasons += _fill_in(image, upload.words)


def _checked_pdf(data: bytes) -> bytes:
    if not data.startswith(b"%PDF-"):
        raise UnusablePicture("This file is called a PDF and is none.")
    return data


def _keep_file(attached: Attached, upload: _Upload, data: bytes) -> None:
    """Its name is made from its bytes: what was written before a run was killed is found again."""
    digest = hashlib.sha256(data).hexdigest()[:8]
    # An export of a site like this names it by what it was called here.
    stem = slugify(PurePosixPath(upload.path).stem).removesuffix(f"-{digest}")[:80] or "file"
    name = f"files/{upload.month}/{stem}-{digest}.pdf"
    if not default_storage.exists(name) or default_storage.size(name) != len(data):
        name = default_storage.save(name, ContentFile(data))
    attached.file = default_storage.url(name)
    attached.columns["extra"]["file"] = attached.file


def _fill_in(image: Image, words: _Words) -> list[Reason]:
    """Give an image the words that it lacks. What an editor wrote, or another attachment brought, stays."""
    with transaction.atomic():
        hold_the_desk()
        image.refresh_from_db(fields=[*_LENGTHS, "is_decorative"])
        caption = words.bare_caption if image.credit in ("", words.credit) else words.caption
        given = {"alt": "" if image.is_decorative else words.alt, "caption": caption, "credit": words.credit}
        lacking = {name: value for name, value in given.items() if value and not getattr(image, name)}
        if lacking:
            for name, value in lacking.items():
                setattr(image, name, _cut(value, _LENGTHS[name]))
            image.save(update_fields=list(lacking))
    return [
        Reason("shortened", f"The picture’s {_CALLED[name]} was longer than {_LENGTHS[name]} characters, and is cut.")
        for name, value in lacking.items()
        if len(value) > _LENGTHS[name]
    ]


_CALLED = {"alt": "alternative text", "caption": "caption", "credit": "credit"}


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


# --- What is said of them


def _words_of(item: Item) -> _Words:
    if ours := ours_of_image(item):
        return _Words(ours.alt, ours.caption, ours.credit, ours.caption)
    alt = _plain(item.first_meta("_wp_attachment_image_alt"))
    if alt == MISSING_ALT or not says_something(alt):
        alt = ""
    caption = _plain(item.excerpt)
    credit = next((value for value in map(_credit_in_meta, item.meta) if value), "")
    bare, said = _without_credit(caption)
    if not credit:
        credit = said or next((who for line in _lines(item.content) if (who := _without_credit(line)[1])), "")
    return _Words(alt, caption, credit, bare if said and said == credit else caption)


def _credit_in_meta(meta: tuple[str, str]) -> str:
    key, value = meta
    if not _CREDIT_KEY.fullmatch(key):
        return ""
    words = _plain(value)
    is_a_name = (
        says_something(words) and not words.isdecimal() and not words.startswith(("http://", "https://", "a:", "{"))
    )
    return words if is_a_name else ""


def _without_credit(text: str) -> tuple[str, str]:
    """Return a caption without the credit at its end, and the credit."""
    tail = text[-600:]
    found = _CREDIT.search(tail)
    if not found or not says_something(found["who"]):
        return text, ""
    bare = text[: len(text) - len(tail) + found.start()]
    return bare.rstrip(" \t|—–-/"), found["who"].strip(" .")


def _lines(text: str) -> list[str]:
    return [_plain(line) for line in re.split(r"\n|<br\s*/?>|</p>", text[:20_000])]


def _plain(text: str) -> str:
    """Return HTML, or what somebody typed, as one line of words."""
    text = fit(text)
    if "<" in text or "&" in text:
        text = plain_text(nh3.clean(text))
    return " ".join(text.split())


# --- The rows


def _columns(item: Item, upload: _Upload) -> dict[str, Any]:
    values = _row_values(upload) | {"number": fitting(item.number), "parent": fitting(item.parent)}
    said = {
        "title": fit(item.title),
        "alt": upload.words.alt,
        "caption": fit(item.excerpt),
        "description": fit(item.content),
        "order": item.menu_order,
    }
    values["extra"] |= {name: value for name, value in said.items() if value}
    return values


def _row_values(upload: _Upload) -> dict[str, Any]:
    return {
        "kind": Kind.ATTACHMENT,
        "number": None,
        "path": fit(upload.path)[:ADDRESS_LENGTH],
        "address": fit(upload.address)[:ADDRESS_LENGTH],
        "parent": None,
        "model": "",
        "row_id": None,
        "extra": {},
    }


def fitting(number: int | None) -> int | None:
    """Return a number that a column can hold; WordPress writes 0 for none."""
    return number if number and 0 < number <= LARGEST_NUMBER else None


def _address_of(item: Item, blog: Blog) -> str:
    noted = _noted_path(item)
    return _absolute(item.attachment_url.strip() or (f"/wp-content/uploads/{noted}" if noted else item.guid), blog)


def _path_of(item: Item, address: str) -> str:
    """Return where the file lay, from the year on; for odd layouts what WordPress itself notes, or the whole path."""
    return upload_path(address, exact=True) or unquote(_noted_path(item)) or key_of(address)


def _noted_path(item: Item) -> str:
    """Return what WordPress keeps beside an attachment: its path below the folder of the uploads."""
    noted = item.first_meta("_wp_attached_file").strip().lstrip("/")
    return "" if ".." in noted.split("/") or "://" in noted else noted


def _extension(path: str) -> str:
    return PurePosixPath(path).suffix.lstrip(".").lower()


def _absolute(address: str, blog: Blog) -> str:
    """Return the whole address of an upload, of the picture itself, without what asks for a size."""
    try:
        return urljoin(f"{blog.address}/", address.strip())
    except ValueError:
        return address


def _is_own(address: str, blog: Blog) -> bool:
    host = _host(address)
    # A blog that left WordPress.com shows for ever what it had there under the same name.
    was_there = host.endswith(".wordpress.com") and host.partition(".")[0] in {
        each.partition(".")[0] for each in _hosts(blog)
    }
    return host in _hosts(blog) or was_there


def _hosts(blog: Blog) -> set[str]:
    noted = (blog.address, f"//{blog.host}", str(blog.extra.get("site_address", "")))
    return {_host(address) for address in noted} - {""}


def _host(address: str) -> str:
    """boat.files.wordpress.com serves what boat.wordpress.com was given."""
    return host_in(address).replace(".files.wordpress.com", ".wordpress.com")


# --- What a text may show


def files_of(items: Sequence[Item], blog: Blog) -> list[Files]:
    """Return for each item what is known of the uploads that it names, and of those below it. Four queries in all."""
    named = [_paths_in(item.content) for item in items]
    numbers = [
        {number for number in (*numbers_in(item.content), *_thumbnail(item)) if fitting(number)} for item in items
    ]
    parents = {number for item in items if (number := fitting(item.number))}
    # Each as its index has it: asked for blog and kind beside a path, SQLite would read all that came from the blog.
    rows = Imported.objects.all()
    by_path = _by("path", set().union(*named), rows.exclude(path=""), blog)
    by_number = _by("number", set().union(*numbers), rows.filter(kind=Kind.ATTACHMENT), blog)
    below = _by("parent", parents, rows.filter(parent__isnull=False), blog)
    files = _files([*_all(by_path), *_all(by_number), *_all(below)])
    made = []
    for item, paths, own in zip(items, named, numbers, strict=True):
        children = sorted(below.get(item.number or 0, ()), key=lambda row: (_order(row), row.number or 0))
        known = [row for path in sorted(paths) for row in by_path.get(path, ())]
        known += [row for number in sorted(own) for row in by_number.get(number, ())]
        known += children
        made.append(
            files_from(
                [(address, files[row.pk]) for row in known for address in _addresses_of(row)],
                attached=[files[row.pk] for row in children if row.model == IMAGE],
                hosts={*_hosts(blog), *(_host(row.key) for row in known)},
            )
        )
    return made


def _paths_in(text: str) -> set[str]:
    """Return the paths of uploads that a text may name; what has no ending is a page."""
    if not _FILE.search(text):
        return set()  # as most texts: reading all their addresses would take longer
    return {key for key in keys_in(text) if "." in key.rpartition("/")[2] and key == fit(key)}


def _addresses_of(row: Imported) -> list[str]:
    """Return the address of an upload as it was given, and by its path: a loose one may be known by a copy's."""
    return [row.address, f"//{host_in(row.address)}/wp-content/uploads/{quote(row.path)}"]


def _by(column: str, values: Collection[Any], rows: QuerySet[Imported], blog: Blog) -> dict[Any, list[Imported]]:
    """Return the blog's uploads that have one of these values in a column, by it."""
    found: defaultdict[Any, list[Imported]] = defaultdict(list)
    rows = rows.only("blog_id", "kind", "key", "number", "path", "address", "parent", "model", "row_id", "extra")
    for some in batched(values, MOST_AT_ONCE):
        for row in rows.filter(**{f"{column}__in": some}).order_by("pk"):
            if row.blog_id == blog.pk and row.kind == Kind.ATTACHMENT:
                found[getattr(row, column)].append(row)
    return found


def _all(rows: dict[Any, list[Imported]]) -> Iterator[Imported]:
    return (row for each in rows.values() for row in each)


def _order(row: Imported) -> int:
    order = row.extra.get("order", 0)
    return order if isinstance(order, int) else 0


def _files(rows: Sequence[Imported]) -> dict[int, File]:
    """Return what is known of these uploads, by the numbers of their rows."""
    wanted = {row.row_id for row in rows if row.model == IMAGE and row.row_id}
    images = Image.objects.only("file", "alt", "caption").in_bulk(wanted) if wanted else {}
    return {row.pk: _file(row, images.get(row.row_id or 0) if row.model == IMAGE else None) for row in rows}


def _file(row: Imported, image: Image | None) -> File:
    title = str(row.extra.get("title", ""))
    if image is not None:
        return File(image.file.url, image.alt, image.caption, title, is_here=True, number=row.number)
    own = {name: _plain(str(row.extra.get(name, ""))) for name in ("alt", "caption")}
    here = str(row.extra.get("file", ""))
    return File(here or row.address, **own, title=title, is_here=bool(here), number=row.number)


def _thumbnail(item: Item) -> list[int]:
    value = item.first_meta("_thumbnail_id").strip()
    return [int(value)] if re.fullmatch(r"\d{1,18}", value, re.ASCII) else []


def with_featured(markdown: str, item: Item, files: Files) -> str:
    """Return a text with the item's own picture first, where it does not show that anyway."""
    file = next((file for number in _thumbnail(item) if (file := files.by_number(number))), None)
    if file is None or not names_in(file.address) or names_in(file.address) <= names_in(markdown):
        return markdown
    return f"![{_escaped(file.alt)}]({file.address})\n\n{markdown}".rstrip() + "\n" * markdown.endswith("\n")


def _escaped(words: str) -> str:
    return re.sub(r'[\\\[\]"*_`<]|&(?=#|\w+;)', r"\\\g<0>", " ".join(words.split()))
