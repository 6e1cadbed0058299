"""The picture of a card: words on paper, as a newspaper would set them. The same words give the same bytes."""

import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont, features

from posts.typefaces import HEADLINE, IGNORED, LINE, can_show, face_for, is_unseen, load

WIDTH, HEIGHT = 1200, 630
MARGIN, TOP, BOTTOM = 72, 150, 516  # of the title: what is above and below it is for the small lines
SITE_TOP, LINE_TOP, RULE_TOP = 64, 550, 530
SITE_SIZE, LINE_SIZE, LEAST_LINE_SIZE = 34, 28, 18
TITLE_SIZES = (80, 72, 64, 56, 50, 44, 40, 36)
LEADING = 1.25
LONGEST = 300  # letters of a title; of a longer one the beginning is set

# Those of the site in light, see tokens.css.
PAPER, INK, QUIET, RULE, ACCENT = "#fdfcfa", "#1d1b18", "#5c574f", "#d8d2c7", "#7c1d1d"

# Between signs of these scripts a line may end anywhere; elsewhere only at a space.
_WIDE = "\u2e80-\u312f\u3190-\ua4cf\uf900-\ufaff\uff00-\uffef\U00020000-\U0003fffd"
_PIECE = re.compile(rf"[{_WIDE}]|[^\s{_WIDE}]+|\s+")


@dataclass(frozen=True)
class Words:
    """What a card says. What no typeface here can show is left out."""

    title: str
    site: str = ""
    details: tuple[str, ...] = ()  # of one line: "The International", "March 31, 2013"
    notice: str = ""


@dataclass(frozen=True)
class _Set:
    """A text as it is set: in this face, from this side."""

    text: str
    face: str
    is_rtl: bool

    def font(self, size: int) -> ImageFont.FreeTypeFont:
        return load(self.face, size, shaped=can_shape())

    @property
    def options(self) -> dict[str, str]:
        return {"direction": "rtl" if self.is_rtl else "ltr"} if can_shape() else {}


def can_shape() -> bool:
    return bool(features.check("raqm"))


def draw(words: Words) -> bytes:
    """Return the card as a PNG."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, WIDTH, 15), fill=ACCENT)
    pen.rectangle((MARGIN, RULE_TOP, WIDTH - MARGIN, RULE_TOP + 1), fill=RULE)
    site, title = _set(words.site, HEADLINE), _set(_cut(words.title), HEADLINE)
    if site and title:
        _draw_line(pen, site, SITE_TOP, SITE_SIZE, ACCENT)
    top = TOP
    if notice := _set(words.notice, LINE):
        _draw_line(pen, notice, TOP, LINE_SIZE, QUIET)
        top += round(LINE_SIZE * LEADING * 1.5)
    if head := title or site:
        _draw_title(pen, head, top)
    shown = [each.text for text in words.details if (each := _set(text, LINE))]
    if line := _set(" · ".join(shown), LINE) or _set(shown[-1] if shown else "", LINE):
        _draw_line(pen, line, LINE_TOP, LINE_SIZE, QUIET)
    out = io.BytesIO()
    picture.quantize(64, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def _cut(title: str) -> str:
    return title if len(title) <= LONGEST else title[: LONGEST - 1].rstrip() + "…"


def _set(text: str, names: Sequence[str]) -> _Set | None:
    """Choose a face that can show the text; where none can, one for the text without its small pictures."""
    for words in (_plain(text), _without_pictures(text)):
        is_rtl = reads_from_the_right(words)
        if (not can_shape() and _has_joined(words)) or not any(not is_unseen(sign) for sign in words):
            continue
        face = face_for(words, names)
        if face is not None:
            return _Set(words, face, is_rtl)
    return None


def _plain(text: str) -> str:
    """Return the text on one line, without what controls a machine and, where nothing is shaped, without joiners."""
    text = text if can_shape() else IGNORED.sub("", text)
    kept = (sign for sign in text if sign.isspace() or unicodedata.category(sign) not in ("Cc", "Cs", "Co", "Cn"))
    return " ".join("".join(kept).split())


def _without_pictures(text: str) -> str:
    """Leave out emoji, with what joins and colours them: a title says the same without."""
    return _plain("".join(" " if _is_picture(sign) else sign for sign in text))


def _is_picture(sign: str) -> bool:
    return (
        (unicodedata.category(sign) == "So" and sign >= "\u2190")
        or "\U0001f3fb" <= sign <= "\U0001f3ff"
        or sign in "\u200d\u20e3\ufe0e\ufe0f"
    )


def reads_from_the_right(text: str) -> bool:
    """Say whether the first letter that has a direction runs from the right, as `dir="auto"` does."""
    strong = (kind for sign in text if (kind := unicodedata.bidirectional(sign)) in ("L", "R", "AL"))
    return next(strong, "L") != "L"


def _has_joined(text: str) -> bool:
    """Say whether it holds letters that come out wrong when they are set one after the other from the left."""
    return any(unicodedata.bidirectional(s) in ("R", "AL", "AN") or "\u0900" <= s < "\u10a0" for s in text)


def _draw_line(pen: ImageDraw.ImageDraw, line: _Set, top: int, size: int, colour: str) -> None:
    while size > LEAST_LINE_SIZE and _length(line, line.text, size) > WIDTH - 2 * MARGIN:
        size -= 2
    text = _fitted(line, line.text, size)
    _put(pen, line, text, top, size, colour)


def _draw_title(pen: ImageDraw.ImageDraw, title: _Set, top: int) -> None:
    size, lines = _broken(title, BOTTOM - top)
    for number, line in enumerate(lines):
        _put(pen, title, line, top + round(number * size * LEADING), size, INK)


def _put(pen: ImageDraw.ImageDraw, line: _Set, text: str, top: int, size: int, colour: str) -> None:
    place, anchor = ((WIDTH - MARGIN, top), "ra") if line.is_rtl else ((MARGIN, top), "la")
    pen.text(place, text, fill=colour, font=line.font(size), anchor=anchor, **line.options)  # type: ignore[arg-type]


def _broken(title: _Set, height: int) -> tuple[int, list[str]]:
    """Return the largest size at which the title fits, and its lines there; at the smallest it is cut."""
    for size in TITLE_SIZES:
        lines = list(_lines(title, size))
        most = int(height / (size * LEADING))
        if len(lines) <= most:
            return size, lines
    rest = " ".join(lines[most - 1 :])
    return size, [*lines[: most - 1], _fitted(title, rest, size)]


def _lines(title: _Set, size: int) -> Iterator[str]:
    """Break it where its script allows, and within a word that is longer than a line."""
    line = ""
    for piece in _PIECE.findall(title.text):
        if _length(title, (line + piece).rstrip(), size) <= WIDTH - 2 * MARGIN:
            line += piece
            continue
        if line.strip():
            yield line.strip()
        *full, line = _chopped(title, piece.lstrip(), size)
        yield from full
    if line.strip():
        yield line.strip()


def _chopped(title: _Set, word: str, size: int) -> list[str]:
    parts, part = [], ""
    for sign in word:
        # A mark stays with its letter.
        if part and not unicodedata.combining(sign) and _length(title, part + sign, size) > WIDTH - 2 * MARGIN:
            parts.append(part)
            part = ""
        part += sign
    return [*parts, part]


def _fitted(line: _Set, text: str, size: int) -> str:
    """Return as much of it as has room on one line, with an ellipsis where something is missing."""
    if _length(line, text, size) <= WIDTH - 2 * MARGIN:
        return text
    end = "…" if can_show(line.face, "…") else ""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if _length(line, text[:middle].rstrip() + end, size) <= WIDTH - 2 * MARGIN:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + end


def _length(line: _Set, text: str, size: int) -> float:
    return line.font(size).getlength(text, **line.options)  # type: ignore[arg-type]
