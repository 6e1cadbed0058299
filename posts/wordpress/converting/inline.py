"""A run of words, emphasis, links and pictures as lines of Markdown. Pure."""

import html
import re
from dataclasses import dataclass, field

from posts.wordpress.converting import escaping

HARD_BREAK = "\\\n"
# As an address between < and >, its signs are shown as they are.
_BARE = re.compile(r"https?://[A-Za-z0-9./?=+~#:@,_-]+\Z")


@dataclass(eq=False, slots=True)
class Mark:
    """Something that begins before some words and ends after them: emphasis, a link, an element of raw HTML."""

    sign: str = ""  # "*", "**" or "~~" where Markdown has one
    opening: str = ""  # as raw HTML
    ending: str = ""
    address: str | None = None  # of a link
    title: str = ""
    is_plain: bool = False  # its sign would not be read as one here: it is written as raw HTML
    closed: bool = field(default=False)


@dataclass(slots=True)
class Edge:
    mark: Mark
    is_opening: bool


@dataclass(slots=True)
class Atom:
    """A piece of finished Markdown: a picture, or code."""

    markdown: str
    raw: str = ""  # the same as raw HTML, for where the other would run into what stands before it
    is_picture: bool = False


@dataclass(slots=True)
class Break:
    count: int = 1


Token = str | Edge | Atom | Break


def paragraphs(tokens: list[Token], *, is_line: bool = False, is_careful: bool = False) -> list[str]:
    """Return the Markdown of the paragraphs that these make; two line breaks part them, but never within a line."""
    if not is_line:
        _part_pictures(tokens)
    return [
        _Paragraph(part, is_line=is_line, is_careful=is_careful).markdown()
        for part in _tidied(tokens, is_line=is_line)
    ]


def _part_pictures(tokens: list[Token]) -> None:
    """A picture alone in its line gets a paragraph of its own: there it has room, and may have a caption."""
    for place, token in enumerate(tokens):
        if isinstance(token, Atom) and token.is_picture:
            before, after = _neighbour(tokens, place, -1), _neighbour(tokens, place, 1)
            if all(near is None or isinstance(near, Break) for near in (before, after)):
                for near in (before, after):
                    if isinstance(near, Break):
                        near.count = 2


def _neighbour(tokens: list[Token], place: int, step: int) -> Token | None:
    place += step
    while 0 <= place < len(tokens):
        token = tokens[place]
        if not isinstance(token, Edge) and not (isinstance(token, str) and not token.strip()):
            return token
        place += step
    return None


def _tidied(tokens: list[Token], *, is_line: bool) -> list[list[Token]]:
    """Spaces and breaks go out of the marks at whose edges they stand; marks of nothing go; paragraphs are parted."""
    done: list[list[Token]] = []
    part: list[Token] = []
    opened: list[Mark] = []  # in this part
    waiting: list[Mark] = []  # to be opened with the next words
    has_space, breaks = False, 0

    def gap() -> None:
        nonlocal part, has_space, breaks, waiting, opened
        if part and breaks > 1 and not is_line:
            part += [Edge(mark, False) for mark in reversed(opened)]
            done.append(part)
            part, waiting, opened = [], opened + waiting, []
        elif part and breaks:
            part.append(Break())
        elif part and has_space:
            part.append(" ")
        has_space, breaks = False, 0
        part += [Edge(mark, True) for mark in waiting]
        opened += waiting
        waiting = []

    for token in tokens:
        if isinstance(token, Break):
            breaks += token.count
        elif isinstance(token, Edge) and token.is_opening:
            waiting.append(token.mark)
        elif isinstance(token, Edge):
            if token.mark in waiting:
                waiting.remove(token.mark)
            elif token.mark in opened:
                opened.remove(token.mark)
                part.append(token)
        elif isinstance(token, Atom):
            gap()
            part.append(token)
        else:
            words = " ".join(token.split())
            has_space = has_space or token[:1].isspace()
            if words:
                gap()
                part.append(words)
                has_space = token[-1:].isspace()
    if part:
        done.append(part)
    return done


class _Paragraph:
    def __init__(self, tokens: list[Token], *, is_line: bool, is_careful: bool) -> None:
        self.tokens = _merged(tokens)
        self.is_line = is_line
        self.is_careful = is_careful

    def markdown(self) -> str:
        pieces = self._pieces()
        if not self.is_careful:
            self._choose_signs(pieces)
        return "".join(self._written(place, pieces) for place in range(len(pieces)))

    def _pieces(self) -> list[str | Edge]:
        """Everything but the emphasis as it is written."""
        pieces: list[str | Edge] = []
        links, passed = 0, 0
        for place, token in enumerate(self.tokens):
            if passed:
                passed -= 1
            elif self._is_bare(place):
                pieces.append(f"<{self.tokens[place + 1]}>")
                passed = 2
            elif isinstance(token, Edge):
                mark = token.mark
                if mark.sign and not self.is_careful:
                    pieces.append(token)
                    continue
                if mark.address is not None:
                    links += 1 if token.is_opening else -1
                written = self._edge(token)
                if written == "[" and pieces and isinstance(pieces[-1], str) and pieces[-1].endswith("!"):
                    pieces[-1] = f"{pieces[-1][:-1]}\\!"
                pieces.append(written)
            elif isinstance(token, Atom):
                before = pieces[-1] if pieces else ""
                runs_in = token.raw and isinstance(before, str) and before.endswith("`")
                pieces.append(token.raw if runs_in else token.markdown)
            elif isinstance(token, Break):
                pieces.append("<br>" if self.is_line else HARD_BREAK)
            else:
                pieces.append(escaping.escape_text(token, in_link=links > 0, is_careful=self.is_careful))
        return pieces

    def _is_bare(self, place: int) -> bool:
        """Whether a link begins here whose words are its address."""
        link = self.tokens[place : place + 3]
        return (
            len(link) == 3
            and isinstance(link[0], Edge)
            and link[0].is_opening
            and isinstance(link[1], str)
            and link[0].mark.address == link[1]
            and not link[0].mark.title
            and isinstance(link[2], Edge)
            and link[2].mark is link[0].mark
            and not self.is_careful
            and bool(_BARE.match(link[1]))
        )

    def _edge(self, token: Edge) -> str:
        mark = token.mark
        if mark.address is None:
            return mark.opening if token.is_opening else mark.ending
        if self.is_careful or not _host(mark.address).isascii():
            named = f' title="{html.escape(mark.title)}"' if mark.title else ""
            return f'<a href="{html.escape(mark.address)}"{named}>' if token.is_opening else "</a>"
        return "[" if token.is_opening else f"]({escaping.destination(mark.address)}{escaping.title(mark.title)})"

    def _written(self, place: int, pieces: list[str | Edge]) -> str:
        piece = pieces[place]
        if isinstance(piece, str):
            return piece
        if not piece.mark.is_plain:
            return piece.mark.sign
        return piece.mark.opening if piece.is_opening else piece.mark.ending

    def _choose_signs(self, pieces: list[str | Edge]) -> None:
        """Find where a sign would not be read as emphasis (CommonMark 0.31, 6.2): next to letters, mostly."""
        edges = [(place, piece) for place, piece in enumerate(pieces) if isinstance(piece, Edge)]
        changed = True
        while changed:
            changed = False
            for place, edge in edges:
                if not edge.mark.is_plain and not self._is_read(pieces, place, edge):
                    edge.mark.is_plain = changed = True

    def _is_read(self, pieces: list[str | Edge], place: int, edge: Edge) -> bool:
        inward = 1 if edge.is_opening else -1
        inner = self._sign(pieces, place, inward, edge)
        outer = self._sign(pieces, place, -inward, edge)
        if inner is None or outer is None or escaping.is_space(inner):
            return False
        return not escaping.is_punctuation(inner) or escaping.is_space(outer) or escaping.is_punctuation(outer)

    def _sign(self, pieces: list[str | Edge], place: int, step: int, edge: Edge) -> str | None:
        """Return the next sign over there, beyond signs of the same run; None where another run would run into it."""
        place += step
        while 0 <= place < len(pieces):
            piece = pieces[place]
            if isinstance(piece, str):
                if piece:
                    return piece[0] if step > 0 else piece[-1]
            elif piece.mark.is_plain:
                return "<" if step > 0 else ">"
            elif piece.is_opening != edge.is_opening:
                return None
            elif piece.mark.sign[0] != edge.mark.sign[0]:
                return piece.mark.sign[0]
            place += step
        return ""


def _merged(tokens: list[Token]) -> list[Token]:
    merged: list[Token] = []
    for token in tokens:
        if isinstance(token, str) and merged and isinstance(merged[-1], str):
            merged[-1] += token
        else:
            merged.append(token)
    return merged


def _host(address: str) -> str:
    return address.partition("//")[2].partition("/")[0]
