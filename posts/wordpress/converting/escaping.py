"""Words, addresses and lines as Markdown that shows just them. Pure."""

import re
import unicodedata

_SPECIAL = re.compile(
    r"""
      `
    | (?<!\s)\* | \*(?!\s)
    | \\(?=[!-/:-@\[-`{-~]|\Z|\n)
    | (?<![^\W_])_ | _(?![^\W_])
    | <(?=[A-Za-z/!?]|\Z)
    | &(?=\#?\w+;|\Z)
    | ~
    | \](?=\()
    """,
    re.VERBOSE,
)
_IN_LINK = re.compile(r"[\[\]]")
_ANY_SIGN = re.compile(r"[!-/:-@\[-`{-~]")
# What would make a line something else than text.
_LINE = re.compile(
    r"(?P<sign>\#{1,6}(?=\s|\Z)|[-+*](?=\s|\Z)|>|=+\s*\Z|[-|:][\s|:-]*\Z|\[(?=(?:[^\]\\]|\\.)*\]:))"
    r"|(?P<number>\d{1,9})(?=[.)](?:\s|\Z))"
)
_BALANCED = re.compile(r"[^()]*(?:\([^()]*\)[^()]*)*+\Z")
_REFERENCE = re.compile(r"&(?=#?\w+;)")


def escape_text(text: str, *, in_link: bool = False, is_careful: bool = False) -> str:
    if is_careful:
        return _ANY_SIGN.sub(r"\\\g<0>", text)
    text = _SPECIAL.sub(r"\\\g<0>", text)
    return _IN_LINK.sub(_once, text) if in_link else text


def _once(found: re.Match[str]) -> str:
    escapes = 0
    while found.start() > escapes and found.string[found.start() - escapes - 1] == "\\":
        escapes += 1
    return found[0] if escapes % 2 else f"\\{found[0]}"


def escape_line(line: str) -> str:
    found = _LINE.match(line)
    if not found:
        return line
    if found["number"]:
        return f"{found['number']}\\{line[found.end() :]}"
    return f"\\{line}"


def escape_heading(line: str) -> str:
    """A row of # at the end of a heading would be taken for its closing."""
    return re.sub(r"(?:(?<=\s)|\A)(#+)\Z", r"\\\1", line)


def destination(address: str) -> str:
    """An address between the brackets of a link."""
    for sign, written in (
        (" ", "%20"), ("<", "%3C"), (">", "%3E"), ('"', "%22"), ("`", "%60"), ("\\", "%5C"), ("|", "%7C"),
    ):  # fmt: skip
        address = address.replace(sign, written)
    if not _BALANCED.match(address):
        address = address.replace("(", "\\(").replace(")", "\\)")
    return _REFERENCE.sub("&amp;", address)


def title(words: str) -> str:
    """A link's or a picture's title, with the space before it."""
    words = " ".join(words.split())
    words = re.sub(r"[\\\"`<*_\[\]|]|&(?=#?\w+;)", r"\\\g<0>", words)
    return f' "{words}"' if words else ""


def code_span(text: str) -> str:
    text = re.sub(r"\s", " ", text)
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * (longest + 1)
    if text.startswith("`") or text.endswith("`") or (text.startswith(" ") and text.endswith(" ") and text.strip()):
        text = f" {text} "
    return f"{fence}{text}{fence}"


def fenced(text: str, language: str = "") -> str:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def is_space(sign: str) -> bool:
    return not sign or sign.isspace()


def is_punctuation(sign: str) -> bool:
    return bool(sign) and unicodedata.category(sign[0])[0] in "PS"
