"""What addresses of the old blog say about its uploads and its pages. Pure; no text makes any of it raise."""

import html
import re
import unicodedata
from pathlib import PurePosixPath
from urllib.parse import SplitResult, unquote, urlsplit

MOST_LETTERS = 2000

# "boat-300x200", "boat-scaled", "boat-rotated", "boat-e1398765432100" (edited there), "boat@2x", and once
# "boat.thumbnail": all are made of "boat".
_MADE_OF_IT = re.compile(r"(?<=.)(?:-[1-9]\d{0,4}x[1-9]\d{0,4}|-scaled|-rotated|-e\d{13}|@2x|\.thumbnail)\Z")
_SIZE = re.compile(r"(?<=.)-[1-9]\d{0,4}x([1-9]\d{0,4})(?:@2x)?\Z")
_UPLOADS = re.compile(
    r"(?:^|/)wp-content/(?:uploads(?:/sites/\d+)?|blogs\.dir/\d+/files)/+(?P<path>.+)", re.IGNORECASE
)
_FILES = re.compile(r"/files/+(?P<path>\d{4}/\d{2}/.+)", re.IGNORECASE)
_DATED = re.compile(r"/+(?P<path>\d{4}/\d{2}/.+)")
_BROKER = re.compile(r"i\d\.wp\.com", re.IGNORECASE)  # shows other sites' pictures under an address of its own
_QUOTED = re.compile(r"""[=:]\s*(["'])((?:(?!\1)[^<>\n]){1,2000})\1""")  # an attribute's value may have spaces
_BARE = re.compile(r"""[^\s"'<>]+""")
_MARK = re.compile(r"wp-content/(?:uploads|blogs\.dir)/|\.files\.wordpress\.com/|/files/\d{4}/", re.IGNORECASE)
_SECOND_NAME = re.compile(r"\.(jpe?g|png|gif)\.(?:webp|avif)\Z", re.IGNORECASE)  # what some plugins add


def upload_path(url: str, *, exact: bool = False) -> str | None:
    """Return where an upload lay, from the year on: "2013/03/boat.jpg"; None where it is no address of one.

    Copies in other sizes are taken for what they were made of, unless `exact`. Where the layout has no year it is the
    path below the uploads' folder. Whose address it is, is not looked at.
    """
    parts = _split(unwrapped(url))
    if parts is None:
        return None
    path = _decoded(parts.path)
    found = _UPLOADS.search(path) or _FILES.search(path)
    if not found and (parts.hostname or "").endswith(".files.wordpress.com"):
        found = _DATED.fullmatch(path)
    if not found:
        return None
    segments = [segment for segment in found["path"].split("/") if segment]
    if found["path"].endswith("/") or not segments or {".", ".."} & set(segments):
        return None
    whole = "/".join(segments)[:MOST_LETTERS]
    return whole if exact else reduced(whole)


def reduced(path: str) -> str:
    """Return the path of the upload of which this one is a copy, as WordPress names copies."""
    path = _SECOND_NAME.sub(r".\1", path)
    folder, _, name = path.rpartition("/")
    stem, dot, extension = name.rpartition(".")
    if not dot:
        return path
    while len(less := _MADE_OF_IT.sub("", stem)) < len(stem):
        stem = less
    return f"{folder}{'/' if folder else ''}{stem}.{extension}"


def spellings(path: str) -> list[str]:
    """Return the paths that the upload which a text names by this one may have, the likeliest first."""
    kept = _SECOND_NAME.sub(r".\1", path)
    folder, _, name = kept.rpartition("/")
    stem, dot, extension = name.rpartition(".")
    if not dot:
        return [path]
    whole = _SIZE.sub("", stem)
    root = PurePosixPath(reduced(kept)).name.rpartition(".")[0]
    stems = [whole, root, *(f"{each}-{suffix}" for each in (whole, root) for suffix in ("scaled", "rotated"))]
    prefix = f"{folder}/" if folder else ""
    return list(dict.fromkeys([path, kept, *(f"{prefix}{each}.{extension}" for each in stems)]))


def upload_addresses(text: str) -> list[str]:
    """Return the addresses of uploads that HTML, blocks or shortcodes name, as they stand there, each once."""
    text = text.replace("\\/", "/")
    named = [found[2] for found in _QUOTED.finditer(text)] + [found[0] for found in _BARE.finditer(text)]
    marked = (html.unescape(each).strip().rstrip("]),.;") for each in named if _MARK.search(each))
    return list(dict.fromkeys(address for address in marked if upload_path(address)))


def height_in(name: str) -> int:
    """Return how high a copy is by its name ("boat-300x200.jpg": 200); 0 where it names no size."""
    found = _SIZE.search(name.rpartition(".")[0])
    return int(found[1]) if found else 0


def unwrapped(url: str) -> str:
    """Return the address of the picture itself where a broker's is given: "i0.wp.com/old.example/boat.jpg"."""
    url = url.strip()
    parts = _split(url)
    if parts and _BROKER.fullmatch(parts.hostname or "") and parts.path.strip("/"):
        return f"{parts.scheme or 'https'}://{parts.path.lstrip('/')}"
    return url


def host_in(url: str) -> str:
    """Return the name of the host, without "www." and port; "" for an address without one."""
    parts = _split(url.strip())
    return (parts.hostname or "").removeprefix("www.") if parts else ""


def old_path(link: str) -> str:
    """Return by what an old page is found again: "/2013/03/31/탈북"; "" where the address has no path of its own.

    Decoded, in lower case, in composed form (NFC), without slash at the end. What follows "?" is dropped.
    """
    parts = _split(link.strip())
    if parts is None:
        return ""
    segments = [segment for segment in _decoded(parts.path).split("/") if segment]
    path = "".join(f"/{segment}" for segment in segments)
    return unicodedata.normalize("NFC", path.lower())[:MOST_LETTERS]


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.hostname  # may raise as well
    except ValueError:
        return None
    return parts


def _decoded(path: str) -> str:
    """Percent-decoded, composed, without characters that no database takes."""
    text = unicodedata.normalize("NFC", unquote(path, errors="replace"))
    return "".join(sign for sign in text if unicodedata.category(sign) not in ("Cc", "Cs"))
