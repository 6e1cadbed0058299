"""Two texts side by side, word by word. Pure: texts in, HTML out.

Lines that stand once in each text are laid beside each other first, then what lies between them is compared word by
word: words and signs that stand there once hold it together, and Myers' algorithm finds the rest. Every step is taken
from a budget, since each way of comparing has texts on which it needs the square of their length; where it is spent,
what is left counts as replaced.
"""

import unicodedata
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise, zip_longest
from math import isqrt

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

BUDGET = 800_000  # steps of a comparison, less than a second
SMALL_BUDGET = 150_000  # where only the number of words is asked for
MOST_EDITS = 400  # words by which a stretch may differ; one that differs more counts as replaced
CONTEXT = 2  # lines shown around a change
LONG = 600  # characters alike within a line, of which only both ends are shown
END = 200

_SPACE, _WORD, _SIGN, _MARK = range(4)
# Scripts that put no space between words: each of their letters is compared by itself, with its marks.
_SPACELESS = (
    (0x0E01, 0x0EFF), (0x0F00, 0x0FFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x1950, 0x19DF), (0x1A20, 0x1AAF),
    (0x2E80, 0x2FDF), (0x3005, 0x3007), (0x3021, 0x3029), (0x3040, 0x30FF), (0x31A0, 0x31BF), (0x31F0, 0x31FF),
    (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F), (0xF900, 0xFAFF), (0xFF66, 0xFF9F),
    (0x20000, 0x3FFFF),
)  # fmt: skip
_JOINER = "\u200d"
_AM = "\u0e33\u0eb3"  # vowels of Thai and Lao that belong to the letter before them
_APOSTROPHES = "'’ʼ"  # within a word they are letters


@cache
def _kind(sign: str) -> int:
    category = unicodedata.category(sign)
    if sign.isspace() and sign != "\n":
        return _SPACE
    if category[0] == "M" or (category == "Sk" and ord(sign) > 0x1F000) or sign in _AM or sign in "\u200c\u200d":
        return _MARK
    if sign.isalnum() and not any(first <= ord(sign) <= last for first, last in _SPACELESS):
        return _WORD
    return _SIGN


def tidy(text: str) -> str:
    """Return the text with what no reader sees made alike: ends of lines, blanks there, ways to write a letter.

    Two blanks at the end of a line stay, for in Markdown they break it.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "\n".join(_tidy_line(line) for line in text.rstrip().split("\n"))


def _tidy_line(line: str) -> str:
    bare = line.rstrip()
    return f"{bare}  " if bare and line.endswith("  ") else bare


def split_words(text: str) -> list[str]:
    """Split into words with the blanks that follow them, signs, and ends of lines; joined they are the text again."""
    words: list[str] = []
    start, size = 0, len(text)
    while start < size:
        end = _end_of_word(text, start, size)
        while end < size and _kind(text[end]) == _SPACE and text[start] != "\n":
            end += 1
        words.append(text[start:end])
        start = end
    return words


def _end_of_word(text: str, start: int, size: int) -> int:
    """Say where the word, or the sign with its marks, ends that begins here."""
    kind, end = _kind(text[start]), start + 1
    while end < size and text[start] != "\n":
        sign, last = text[end], text[end - 1]
        following = _kind(sign)
        if following == _MARK and kind != _SPACE:
            pass
        elif kind == _WORD:
            is_inside = sign in _APOSTROPHES and end + 1 < size and _kind(text[end + 1]) == _WORD
            if following != _WORD and not is_inside:
                break
        elif kind == _SPACE:
            if following != _SPACE:
                break
        elif not (last == _JOINER or _joins(last, sign, end - start)):
            break
        end += 1
    return end


def _joins(last: str, sign: str, length: int) -> bool:
    """Say whether two signs are one: a letter under another one, and the two halves of a flag."""
    if unicodedata.combining(last) == 9:
        return sign.isalpha()
    return length == 1 and "\U0001f1e6" <= last <= "\U0001f1ff" and "\U0001f1e6" <= sign <= "\U0001f1ff"


# --- What is alike


@dataclass
class _Budget:
    left: int

    def take(self, steps: int) -> bool:
        self.left -= steps
        return self.left >= 0


Run = tuple[int, int, int]  # from where in the one, from where in the other, how many


def _alike(a: Sequence[int], b: Sequence[int], budget: _Budget, *, is_anchored_only: bool = False) -> list[Run]:
    """Return the runs both have, in order; with `is_anchored_only` those that hang on what stands once in each."""
    runs: list[Run] = []
    todo = [(0, len(a), 0, len(b))]
    while todo:
        low_a, high_a, low_b, high_b = todo.pop()
        head = 0
        while low_a + head < high_a and low_b + head < high_b and a[low_a + head] == b[low_b + head]:
            head += 1
        if head:
            runs.append((low_a, low_b, head))
            low_a, low_b = low_a + head, low_b + head
        tail = 0
        while high_a - tail > low_a and high_b - tail > low_b and a[high_a - tail - 1] == b[high_b - tail - 1]:
            tail += 1
        if tail:
            high_a, high_b = high_a - tail, high_b - tail
            runs.append((high_a, high_b, tail))
        if low_a == high_a or low_b == high_b or not budget.take(high_a - low_a + high_b - low_b):
            continue
        anchors = _anchors(a, b, low_a, high_a, low_b, high_b)
        if anchors:
            bounds = [(low_a - 1, low_b - 1), *anchors, (high_a, high_b)]
            runs.extend((i, j, 1) for i, j in anchors)
            todo.extend((i + 1, k, j + 1, m) for (i, j), (k, m) in pairwise(bounds))
        elif not is_anchored_only:
            steps = _myers(a[low_a:high_a], b[low_b:high_b], budget)
            runs.extend((low_a + i, low_b + j, n) for i, j, n in steps)
    return _joined(runs)


def _joined(runs: list[Run]) -> list[Run]:
    joined: list[Run] = []
    for i, j, n in sorted(runs):
        if joined and joined[-1][0] + joined[-1][2] == i and joined[-1][1] + joined[-1][2] == j:
            joined[-1] = (joined[-1][0], joined[-1][1], joined[-1][2] + n)
        else:
            joined.append((i, j, n))
    return joined


def _anchors(
    a: Sequence[int], b: Sequence[int], low_a: int, high_a: int, low_b: int, high_b: int
) -> list[tuple[int, int]]:
    """Return pairs of places of what stands once in each, the longest series that keeps its order (patience)."""
    in_a, in_b = Counter(a[low_a:high_a]), Counter(b[low_b:high_b])
    at = {word: j for j, word in enumerate(b[low_b:high_b], low_b) if word >= 0 and in_b[word] == 1}
    pairs = [(i, at[word]) for i, word in enumerate(a[low_a:high_a], low_a) if word in at and in_a[word] == 1]
    ends: list[int] = []  # the least place in b at which a series of each length ends
    last: list[int] = []  # and which pair that is
    before: list[int] = []
    for number, (_, j) in enumerate(pairs):
        length = bisect_left(ends, j)
        before.append(last[length - 1] if length else -1)
        ends[length : length + 1] = [j]
        last[length : length + 1] = [number]
    series = []
    number = last[-1] if last else -1
    while number >= 0:
        series.append(pairs[number])
        number = before[number]
    return series[::-1]


def _myers(a: Sequence[int], b: Sequence[int], budget: _Budget) -> list[Run]:
    """Return the runs of a shortest script from one to the other (Myers 1986); none where that costs too much."""
    common = set(a) & set(b)
    places_a = [i for i, word in enumerate(a) if word in common]
    places_b = [j for j, word in enumerate(b) if word in common]
    size_a, size_b = len(places_a), len(places_b)
    limit = min(isqrt(max(budget.left, 0)), MOST_EDITS, size_a + size_b)
    middle = limit + 1
    reached = array("l", [0]) * (2 * limit + 3)  # how far into a on each diagonal, the middle one at `middle`
    history: list[array[int]] = []
    for depth in range(limit + 1):
        history.append(reached[middle - depth - 1 : middle + depth + 2])
        steps = 2 * depth + 3
        for k in range(-depth, depth + 1, 2):
            is_down = k == -depth or (k != depth and reached[middle + k - 1] < reached[middle + k + 1])
            start = x = reached[middle + k + 1] if is_down else reached[middle + k - 1] + 1
            while x < size_a and x - k < size_b and a[places_a[x]] == b[places_b[x - k]]:
                x += 1
            steps += x - start
            reached[middle + k] = x
            if x >= size_a and x - k >= size_b:
                return [(places_a[i], places_b[j], 1) for i, j in _walk_back(history, size_a, size_b)]
        if not budget.take(steps):
            break
    return []


def _walk_back(history: list[array[int]], x: int, y: int) -> Iterator[tuple[int, int]]:
    """Yield the pairs that are alike on the way that was found, from its end to its start."""
    for depth in range(len(history) - 1, -1, -1):
        reached, k, middle = history[depth], x - y, depth + 1
        is_down = k == -depth or (k != depth and reached[middle + k - 1] < reached[middle + k + 1])
        before = k + 1 if is_down else k - 1
        came_from = reached[middle + before] if depth else 0
        start = came_from if is_down or not depth else came_from + 1
        yield from ((i, i - k) for i in range(x - 1, start - 1, -1))
        x, y = came_from, came_from - before


# --- What changed: pieces of a line, alike or replaced


@dataclass
class Piece:
    """Words that both have, or that stand in place of each other."""

    is_alike: bool
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)

    @property
    def weight(self) -> int:
        """How many signs a reader sees of it, on the side that has more."""
        return max(sum(len(word.strip()) for word in side) for side in (self.before, self.after))


Line = list[Piece]


def _numbered(before: list[str], after: list[str]) -> tuple[list[int], list[int]]:
    """Put a number for each word, whatever blanks follow it; a negative one where it cannot hold others in place."""
    numbers: dict[str, int] = {}

    def number(word: str) -> int:
        key = word.rstrip() or word
        found = numbers.setdefault(key, len(numbers) + 1)
        return found if any(sign.isalnum() for sign in key) else -found

    return [number(word) for word in before], [number(word) for word in after]


def _compare_words(before: list[str], after: list[str], budget: _Budget) -> list[Line]:
    """Compare words; a line ends where both have an end of a line."""
    left, right = _numbered(before, after)
    lines: list[Line] = [[]]
    i = j = 0
    for start_a, start_b, size in [*_alike(left, right, budget), (len(before), len(after), 0)]:
        if i < start_a or j < start_b:
            lines[-1].append(Piece(False, before[i:start_a], after[j:start_b]))
        i, j = start_a + size, start_b + size
        for words in _split_at_ends(list(zip(before[start_a:i], after[start_b:j], strict=True))):
            if words is None:
                lines.append([])
            else:
                lines[-1].append(Piece(True, [left for left, _ in words], [right for _, right in words]))
    return [_without_chance(line) for line in lines]


def _split_at_ends(words: list[tuple[str, str]]) -> Iterator[list[tuple[str, str]] | None]:
    """Yield the words of each line, and None where it ends."""
    held: list[tuple[str, str]] = []
    for pair in words:
        if pair[0] == "\n":
            if held:
                yield held
            held = []
            yield None
        else:
            held.append(pair)
    if held:
        yield held


def _without_chance(line: Line) -> Line:
    """Take what is alike by chance, short between two longer changes, for a part of the change."""
    weights = [piece.weight for piece in line]  # at first: a change that grows must not take ever longer to weigh
    kept: Line = []
    for number, piece in enumerate(line):
        is_between = piece.is_alike and 0 < number < len(line) - 1
        is_chance = is_between and weights[number] <= min(weights[number - 1], weights[number + 1])
        if kept and not kept[-1].is_alike and (is_chance or not piece.is_alike):
            kept[-1].before += piece.before
            kept[-1].after += piece.after
        else:
            kept.append(piece)
    return kept


def _compare(before: str, after: str, budget: int) -> list[Line]:
    """Return the lines of both texts: each a list of pieces."""
    left, right = tidy(before).split("\n"), tidy(after).split("\n")
    allowed = _Budget(budget)
    lines: list[Line] = []
    i = j = 0
    runs = _alike(*_numbered(left, right), budget=allowed, is_anchored_only=True)
    for start_a, start_b, size in [*runs, (len(left), len(right), 0)]:
        if i < start_a or j < start_b:
            lines += _compare_gap(left[i:start_a], right[j:start_b], allowed)
        i, j = start_a + size, start_b + size
        lines += [[Piece(True, [line], [line])] for line in left[start_a:i]]
    return lines


def _compare_gap(left: list[str], right: list[str], budget: _Budget) -> list[Line]:
    """Compare what stands between lines that are alike, where one side may have no line at all."""
    if not left or not right:
        sides = (split_words("".join(f"{line}\n" for line in lines)) for lines in (left, right))
        return [[Piece(False, *sides)]]
    return _compare_words(split_words("\n".join(left)), split_words("\n".join(right)), budget)


def count_changes(before: str, after: str) -> tuple[int, int]:
    """Return how many words were added, and how many removed."""
    if before == after:
        return 0, 0
    changed = [piece for line in _compare(before, after, SMALL_BUDGET) for piece in line if not piece.is_alike]
    return (
        sum(_is_word(word) for piece in changed for word in piece.after),
        sum(_is_word(word) for piece in changed for word in piece.before),
    )


def _is_word(word: str) -> bool:
    return any(sign.isalnum() for sign in word)


# --- Rows: what stands beside each other


Row = list[Piece]


def _rows(lines: Iterable[Line]) -> Iterator[Row]:
    """Give each line a row, and lines that only one of the texts has rows of their own."""
    for line in lines:
        places = [number for number, piece in enumerate(line) if piece.is_alike]
        if not places:
            for piece in line:
                yield from _lines_of(piece)
            continue
        first, last = places[0], places[-1]
        above, start = _cut(line[0], at_end=True) if first else (None, None)
        end, below = _cut(line[-1], at_end=False) if last < len(line) - 1 else (None, None)
        if above:
            yield from _lines_of(above)
        yield [piece for piece in [start, *line[first : last + 1], end] if piece]
        if below:
            yield from _lines_of(below)


def _cut(piece: Piece, *, at_end: bool) -> tuple[Piece | None, Piece | None]:
    """Cut a change where the line begins, or ends, that goes on beside it."""
    parts: list[tuple[list[str], list[str]]] = []
    for words in (piece.before, piece.after):
        ends = [number for number, word in enumerate(words) if word == "\n"]
        if at_end:
            parts.append((words[: ends[-1]], words[ends[-1] + 1 :]) if ends else ([], words))
        else:
            parts.append((words[: ends[0]], words[ends[0] + 1 :]) if ends else (words, []))
    (before_a, before_b), (after_a, after_b) = parts
    has_end = "\n" in piece.before or "\n" in piece.after
    first, second = Piece(False, before_a, after_a), Piece(False, before_b, after_b)
    outer = first if at_end else second
    if has_end and not outer.weight:
        # Nothing but the end of a line came or went, or blank ones with it.
        outer.before = ["\n"] if "\n" in piece.before and "\n" not in piece.after else outer.before
        outer.after = ["\n"] if "\n" in piece.after and "\n" not in piece.before else outer.after
    found = [part if part.before or part.after else None for part in (first, second)]
    return found[0], found[1]


def _lines_of(piece: Piece) -> Iterator[Row]:
    """Give each line of a change a row; blank ones only where there is nothing else."""
    sides = [
        [line for line in _split_lines(words) if any(map(str.strip, line))] for words in (piece.before, piece.after)
    ]
    if not any(sides):
        yield [Piece(False, piece.before[:1], piece.after[:1])]
    for left, right in zip_longest(*sides, fillvalue=[]):
        yield [Piece(False, left, right)]


def _split_lines(words: list[str]) -> list[list[str]]:
    lines: list[list[str]] = [[]]
    for word in words:
        if word == "\n":
            lines.append([])
        else:
            lines[-1].append(word)
    return lines


# --- HTML


@dataclass(frozen=True)
class Difference:
    """What stands differently in two versions of something; `html` is a table of both."""

    name: str
    before: str
    after: str
    html: SafeString


def compare_texts(
    before: str,
    after: str,
    *,
    caption: str = "Text",
    headings: tuple[str, str] = ("Before", "After"),
    context: int | None = CONTEXT,
) -> SafeString:
    """Return a table of both texts side by side, with <del> and <ins> around the words that differ.

    Lines further than `context` from a change are folded; None shows them all.
    """
    rows = list(_rows(_compare(before, after, BUDGET)))
    if all(piece.is_alike for row in rows for piece in row):
        said = "no difference" if tidy(before) == tidy(after) else "they differ only in blanks"
        return format_html('<p class="diff-alike">{}: {}.</p>', caption, said)
    return format_html(
        '<table class="diff"><caption>{}</caption><thead><tr><th scope="col">{}</th><th scope="col">{}</th></tr>'
        "</thead>"
        "<tbody>{}</tbody></table>",
        caption,
        *headings,
        mark_safe("".join(_fold(rows, context))),  # noqa: S308 # each word is escaped in _words
    )


def compare_fields(
    before: Mapping[str, str], after: Mapping[str, str], *, headings: tuple[str, str] = ("Before", "After")
) -> list[Difference]:
    """Return those that differ, by name."""
    differences = []
    for name in {**before, **after}:
        old, new = before.get(name, ""), after.get(name, "")
        if tidy(old) != tidy(new):
            differences.append(Difference(name, old, new, compare_texts(old, new, caption=name, headings=headings)))
    return differences


def _fold(rows: list[Row], context: int | None) -> Iterator[str]:
    """Yield the rows, and in place of those far from any change how many they are."""
    changed = [number for number, row in enumerate(rows) if not all(piece.is_alike for piece in row)]
    near = set(range(len(rows)))
    if context is not None:
        filled = [number for number, row in enumerate(rows) if row]  # blank lines are not counted
        places = {number: place for place, number in enumerate(filled)}
        around = {places[number] + step for number in changed for step in range(-context, context + 1)}
        near = {number for number, place in places.items() if place in around}
    hidden = 0
    for number, row in enumerate(rows):
        if number not in near:
            hidden += any(piece.weight for piece in row)
            continue
        yield from _folded(hidden)
        hidden = 0
        if row and any(piece.before or piece.after for piece in row):
            yield _row(row, is_whole=context is None)
    yield from _folded(hidden)


def _folded(number: int) -> Iterator[str]:
    if number:
        lines = "1 line" if number == 1 else f"{number} lines"
        yield f'<tr class="diff-folded"><td colspan="2">… {lines} alike …</td></tr>'


def _row(row: Row, *, is_whole: bool) -> str:
    before = "".join(_side(piece, piece.before, "del", is_whole) for piece in row)
    after = "".join(_side(piece, piece.after, "ins", is_whole) for piece in row)
    kind = "" if all(piece.is_alike for piece in row) else ' class="diff-changed"'
    return f'<tr{kind}><td dir="auto">{before}</td><td dir="auto">{after}</td></tr>'


def _side(piece: Piece, words: list[str], element: str, is_whole: bool) -> str:
    text = "".join(words)
    if not piece.is_alike:
        return f"<{element}>{_words(text)}</{element}>" if text else ""
    if is_whole or len(text) <= LONG:
        return _words(text)
    words = split_words(text)
    head, tail = _head(words), _head(words[::-1])[::-1]
    hidden = len(text) - len("".join(head)) - len("".join(tail))
    cut = f'<span class="diff-cut">… {hidden:,} characters alike …</span>'
    return f"{_words(''.join(head))} {cut} {_words(''.join(tail))}"


def _head(words: list[str]) -> list[str]:
    """Return the first words, about END characters; at least a part of the very first one."""
    length = number = 0
    while number < len(words) and length + len(words[number]) <= END:
        length += len(words[number])
        number += 1
    return words[:number]


def _words(text: str) -> str:
    """Escape, and show what would not be seen or would turn the line."""
    if any(not sign.isprintable() for sign in text):
        text = "".join(map(_shown, text))
    return escape(text)


def _shown(sign: str) -> str:
    if sign == "\n":
        return "↵\n"
    if sign.isprintable() or sign in " \t\u200c\u200d":
        return sign
    return " " if sign.isspace() else f"[U+{ord(sign):04X}]"
