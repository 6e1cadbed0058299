"""The part of a text in which the words that were sought stand, with these marked. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString

from posts.search.queries import Term
from posts.search.words import is_in_pairs, runs, stem

LENGTH = 260  # characters
MOST_READ = 30_000  # of a text; who looks for words behind that reads the beginning
_WORD = re.compile(r"[^\W_](?:[\w'’ʼ\u0900-\u109f\u1780-\u17d3]|\.(?=\w\.))*")


@dataclass(frozen=True)
class Hit:
    start: int
    end: int
    term: int  # which of those sought


class Marker:
    """Knows the words to mark."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self.stems: dict[str, int] = {}
        self.beginnings: list[tuple[str, int]] = []
        self.pieces: list[tuple[str, int]] = []  # of what is written without spaces
        for number, term in enumerate(terms):
            self._learn(number, term)

    def _learn(self, number: int, term: Term) -> None:
        piece = ""
        for at, word in enumerate(term.words):
            if is_in_pairs(word):
                # Pairs overlap: 탈북, 북자 is 탈북자. One letter alone ends it.
                is_next = len(word) > 1 and piece.endswith(word[0])
                piece = piece + word[1:] if is_next else piece if piece.endswith(word) else word
            if piece and (not is_in_pairs(word) or len(word) == 1 or at == len(term.words) - 1):
                self.pieces.append((piece, number))
                piece = ""
            if is_in_pairs(word):
                continue
            if term.is_begun and at == len(term.words) - 1:
                self.beginnings.append((word, number))
                self.stems |= dict.fromkeys(term.instead, number)
            else:
                self.stems[word] = number

    def hits(self, text: str) -> list[Hit]:
        found = []
        for word in _WORD.finditer(text):
            found += self._in_word(word[0], word.start())
        return found

    def _in_word(self, word: str, start: int) -> list[Hit]:
        for run, in_pairs in runs(word):
            if in_pairs:
                for piece, term in self.pieces:
                    if piece in run:
                        at = word.find(piece)
                        whole = (0, len(word)) if at < 0 else (at, at + len(piece))
                        return [Hit(start + whole[0], start + whole[1], term)]
            else:
                known = self.stems.get(stem(run))
                if known is None:
                    known = next((term for begun, term in self.beginnings if run.startswith(begun)), None)
                if known is not None:
                    return [Hit(start, start + len(word), known)]
        return []

    def marked(self, text: str) -> SafeString:
        """Return the whole text as HTML, the words in it marked."""
        return _as_html(text, self.hits(text), 0, len(text))

    def snippet(self, text: str) -> SafeString:
        """Return the part of the text with the most of the words, as HTML."""
        text = text[:MOST_READ]
        hits = self.hits(text)
        start = _best_start(hits)
        begin = _at_word(text, start)
        end = min(len(text), begin + LENGTH)
        if end < len(text):
            end = text.rfind(" ", begin + LENGTH // 2, end) if " " in text[begin + LENGTH // 2 : end] else end
        return _as_html(text, hits, begin, end)


def _best_start(hits: Sequence[Hit]) -> int:
    """Return where a part with the most different words begins; the earliest of equals."""
    best, best_start = 0, 0
    for first, hit in enumerate(hits):
        terms = set()
        for other in hits[first : first + 50]:
            if other.end - hit.start > LENGTH - 60:
                break
            terms.add(other.term)
        if len(terms) > best:
            best, best_start = len(terms), hit.start
    return best_start


def _at_word(text: str, at: int) -> int:
    """Return the beginning of a word some way before."""
    begin = max(0, at - 60)
    if begin == 0:
        return 0
    space = text.find(" ", begin, at)
    return space + 1 if space >= 0 else begin


def _as_html(text: str, hits: Sequence[Hit], begin: int, end: int) -> SafeString:
    parts = ["… " if begin else ""]
    at = begin
    for hit in hits:
        if hit.start >= at and hit.end <= end:
            parts += [escape(text[at : hit.start]), f"<mark>{escape(text[hit.start : hit.end])}</mark>"]
            at = hit.end
    parts += [escape(text[at:end].rstrip()), " …" if end < len(text) else ""]
    return SafeString("".join(parts))
