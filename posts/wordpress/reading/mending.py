"""Clean UTF-8 from what stands in a file: XML parsers are strict, and WordPress is not.

WordPress writes control characters that XML forbids, bare ampersands in addresses, and entities of HTML;
plugins write notices before the first line. Each is put right here, in chunks of any cut, and counted.
"""

import codecs
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from html.entities import html5
from xml.sax.saxutils import escape

from posts.wordpress.reading.opening import CHUNK, NotReadable, printable

FORBIDDEN = bytes(n for n in range(0x20) if n not in b"\t\n\r")
NONCHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")  # U+FFFE and U+FFFF
ENCODINGS = re.compile(
    r"utf-?(8|16|32)([bl]e)?|us-ascii|ascii|latin-?1|iso-?8859-?\d\d?|(windows-?|cp)125\d|koi8-[ru]"
    r"|euc-(kr|jp)|cp949|ks_c_5601-1987|shift_jis|gb(2312|k|18030)|big5",
    re.IGNORECASE,
)
DECLARED = re.compile(rb"""<\?xml\s[^>]*?encoding\s*=\s*["']([^"'>]{1,40})["']""", re.IGNORECASE)
BEGINS = re.compile(rb"<\?xml\s|<rss[\s>]|<!--|<!DOCTYPE", re.IGNORECASE)
OPENS, CLOSES = b"<![CDATA[", b"]]>"
REFERENCE = re.compile(rb"&(?:#([0-9]+);|#x([0-9a-fA-F]+);|([A-Za-z][A-Za-z0-9]*);)?")
HELD_BACK = 64  # bytes that may be the beginning of a reference or of a CDATA section


def mended(chunks: Iterable[bytes], name: str, counts: Counter[str]) -> Iterator[bytes]:
    """Yield UTF-8 that begins with markup; `counts` learns what was put right.

    It knows "lines before" (the first markup), "notice", "bytes" (that are no character of the encoding),
    "removed bytes", "references", "ampersands" and "entities".
    """
    chunks = iter(chunks)
    head = _head(chunks)
    encoding, head = _encoding(head, name)
    _refuse_other(head, name)
    text = _utf8(_chain(head, chunks), encoding, counts)
    begun = _beginning(_head(text), name, counts)
    yield from _sound(_chain(begun, text), counts)


def _head(chunks: Iterator[bytes]) -> bytes:
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) >= CHUNK:
            break
    return head


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _encoding(head: bytes, name: str) -> tuple[str, bytes]:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
        (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):  # fmt: skip
        if head.startswith(mark):
            return encoding, head[len(mark) :]
    if head.startswith((b"<\0?\0", b"<\0r\0")):
        return "utf-16-le", head
    if head.startswith((b"\0<\0?", b"\0<\0r")):
        return "utf-16-be", head
    return _declared(head, name), head


def _declared(head: bytes, name: str) -> str:
    declared = DECLARED.search(head.partition(b"<rss")[0])  # a post may speak of encodings, too
    label = declared[1].decode("ascii", "replace").strip() if declared else "utf-8"
    if not ENCODINGS.fullmatch(label):
        raise NotReadable(name, f"says that it is written in “{printable(label, 20)}”. Save it as UTF-8.")
    label = label.lower()
    if label.startswith(("utf", "us-", "ascii")):  # its first line was readable, so it is not UTF-16
        return "utf-8"
    if re.fullmatch(r"latin-?1|iso-?8859-?1|windows-?1252", label):
        return "cp1252"  # which browsers and WordPress mean when they say Latin-1
    try:
        return codecs.lookup(label).name
    except LookupError:  # such as ISO-8859-12
        raise NotReadable(name, f"says that it is written in “{label}”. Save it as UTF-8.") from None


def _utf8(chunks: Iterator[bytes], encoding: str, counts: Counter[str]) -> Iterator[bytes]:
    if encoding == "utf-8":
        return _checked(chunks, counts)
    return _decoded(chunks, encoding, counts)


def _decoded(chunks: Iterator[bytes], encoding: str, counts: Counter[str]) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for chunk in chunks:
        yield _encoded(decoder.decode(chunk), counts)
    yield _encoded(decoder.decode(b"", final=True), counts)


def _encoded(text: str, counts: Counter[str]) -> bytes:
    counts["bytes"] += text.count("\ufffd")
    return text.encode("utf-8", "replace")


def _checked(chunks: Iterator[bytes], counts: Counter[str]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        data = rest + chunk if rest else chunk
        data, rest = _valid(data, False, counts)
        yield data
    if rest:
        yield _valid(rest, True, counts)[0]


def _valid(data: bytes, final: bool, counts: Counter[str]) -> tuple[bytes, bytes]:
    """Return what is whole UTF-8, and the beginning of a character that the chunk cuts."""
    if data.isascii():
        return data, b""
    try:
        _, length = codecs.utf_8_decode(data, "strict", final)
        return data[:length], data[length:]
    except UnicodeDecodeError:
        text, length = codecs.utf_8_decode(data, "replace", final)
        counts["bytes"] += text.count("\ufffd") - data.count(b"\xef\xbf\xbd")
        return text.encode(), data[length:]


def _refuse_other(head: bytes, name: str) -> None:
    looks = head[:4000].replace(b"\0", b"").lstrip()[:1000].lower()  # without NUL, UTF-16 reads like ASCII
    for kind, pattern in KINDS:
        if pattern.match(looks):
            raise NotReadable(name, f"is {kind}, not an export. In WordPress, use Tools → Export → All content.")


def _beginning(first: bytes, name: str, counts: Counter[str]) -> bytes:
    """Return the file from its first markup on, or say what it is instead."""
    text = first.lstrip(b" \t\r\n\0")
    if not text:
        raise NotReadable(name, "is empty. Export it again: in WordPress, Tools → Export → All content.")
    if BEGINS.match(text):
        at = len(first) - len(text)
    elif begins := re.search(rb"<\?xml\s|<rss[\s>]", first):  # a notice of PHP stands before it
        at = begins.start()
        counts["notice"] += 1
    elif re.match(rb"<[a-zA-Z_]", text):
        at = len(first) - len(text)
    else:
        raise NotReadable(name, _not_xml(first))
    counts["lines before"] += first.count(b"\n", 0, at)
    return first[at:]


def _not_xml(first: bytes) -> str:
    if first[257:262] == b"ustar":
        return "is an archive (tar). Unpack it and name the XML files in it."
    return "is not XML: nothing in it looks like an export. In WordPress, use Tools → Export → All content."


KINDS = [
    ("a web page, perhaps the one that asks for a log-in", re.compile(rb"<!doctype\s+html|<html[\s>]")),
    ("a PDF", re.compile(rb"%pdf-")),
    ("JSON", re.compile(rb'\{\s*"|\{\s*\}|\[\s*[{"\]]')),
    ("a dump of a database", re.compile(rb"--[ \r\n]|/\*!|(create|drop) (table|database) |insert into |sqlite ")),
    ("a picture", re.compile(rb"\x89?png|gif8|\xff\xd8|riff....webp|<svg[\s>]", re.DOTALL)),
    ("an archive that is not read here", re.compile(rb"rar!|7z\xbc|bzh[1-9]|\xfd?7zxz")),
]  # fmt: skip


def _sound(chunks: Iterator[bytes], counts: Counter[str]) -> Iterator[bytes]:
    """Yield what a parser accepts: no forbidden character, no unknown or bare reference outside CDATA."""
    in_cdata, rest = False, b""
    for chunk in chunks:
        data = rest + _allowed(chunk, counts)
        cut = _cut(data)
        data, rest = data[:cut], data[cut:]
        data, in_cdata = _referenced(data, in_cdata, counts)
        yield data
    if rest:
        yield _referenced(rest, in_cdata, counts)[0]


def _allowed(data: bytes, counts: Counter[str]) -> bytes:
    clean = data.translate(None, FORBIDDEN)
    for character in NONCHARACTERS:
        if character in clean:
            clean = clean.replace(character, b"")
    counts["removed bytes"] += len(data) - len(clean)
    return clean


def _cut(data: bytes) -> int:
    """Return where to cut so that neither a reference nor a border of CDATA is torn."""
    end = data.rfind(b">") + 1
    if end and len(data) - end < CHUNK:
        return end
    # A very long text: hold back what may be the beginning of something.
    end = max(0, len(data) - 2) if data.endswith(b"]") else len(data)
    after = max(0, end - HELD_BACK)
    last = max(data.rfind(b"&", after, end), data.rfind(b"<", after, end))
    return last if last >= 0 else end


def _referenced(data: bytes, in_cdata: bool, counts: Counter[str]) -> tuple[bytes, bool]:
    pieces = data.split(OPENS)
    for n, piece in enumerate(pieces):
        if b"&" not in piece:
            continue
        inside, border, outside = piece.partition(CLOSES) if n or in_cdata else (b"", b"", piece)
        if b"&" in outside:
            pieces[n] = inside + border + REFERENCE.sub(lambda match: _reference(match, counts), outside)
    open_at, close_at = data.rfind(OPENS), data.rfind(CLOSES)
    return OPENS.join(pieces), open_at > close_at if open_at != close_at else in_cdata


def _reference(match: re.Match[bytes], counts: Counter[str]) -> bytes:
    decimal, hexadecimal, entity = match.groups()
    if decimal or hexadecimal:
        number = int(decimal or hexadecimal, 10 if decimal else 16) if len(decimal or hexadecimal) < 20 else -1
        if _is_character(number):
            return match[0]
        counts["references"] += 1
        return b""
    if entity is None:
        counts["ampersands"] += 1
        return b"&amp;"
    if entity in {b"amp", b"lt", b"gt", b"quot", b"apos"}:
        return match[0]
    counts["entities"] += 1
    return escape(html5.get(f"{entity.decode()};", f"&{entity.decode()};")).encode()


def _is_character(number: int) -> bool:
    """Say whether XML 1.0 (section 2.2) has this character."""
    return (
        number in {0x9, 0xA, 0xD}
        or 0x20 <= number <= 0xD7FF
        or 0xE000 <= number <= 0xFFFD
        or 0x10000 <= number <= 0x10FFFF
    )
