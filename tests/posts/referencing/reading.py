"""A small reader of BibTeX, as strict as BibTeX itself about braces."""

import re

WORDS = {
    r"\textbackslash{}": "\\",
    r"\textbraceleft{}": "{",
    r"\textbraceright{}": "}",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
    **{f"\\{sign}": sign for sign in "%&#_$"},
}
_WORD = re.compile("|".join(map(re.escape, WORDS)))
_BEGIN = re.compile(r"\s*@([a-z]+)\{([A-Za-z][A-Za-z0-9:-]*),")
_FIELD = re.compile(r"\s*([a-z]+)\s*=\s*\{")


def read(text: str) -> list[tuple[str, str, dict[str, str]]]:
    """Return kind, key and raw fields of each entry. Raises ValueError where something is not BibTeX."""
    entries, at = [], 0
    while text[at:].strip():
        begun = _BEGIN.match(text, at)
        if begun is None:
            raise ValueError(f"No entry begins at {text[at : at + 40]!r}")
        fields, at = {}, begun.end()
        while found := _FIELD.match(text, at):
            value, at = _braced(text, found.end())
            if found[1] in fields:
                raise ValueError(f"{found[1]} stands there twice")
            fields[found[1]] = value
            at += len(re.match(r"\s*,?", text[at:])[0])
        ended = re.compile(r"\s*\}").match(text, at)
        if ended is None:
            raise ValueError(f"The entry does not end at {text[at : at + 40]!r}")
        at = ended.end()
        entries.append((begun[1], begun[2], fields))
    return entries


def _braced(text: str, start: int) -> tuple[str, int]:
    """Return what stands up to the brace that closes; a backslash before a brace changes nothing, as in BibTeX."""
    depth = 1
    for at in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if not depth:
            return text[start:at], at + 1
    raise ValueError("A brace is open at the end")


def plain(value: str) -> str:
    """Return the words that LaTeX would set."""
    return _WORD.sub(lambda found: WORDS[found[0]], value.removeprefix("{").removesuffix("}"))
