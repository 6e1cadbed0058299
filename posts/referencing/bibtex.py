"""References as BibTeX, in fields that biblatex, BibTeX and Zotero read. Pure."""

from collections.abc import Iterable, Iterator

from posts.referencing.references import Reference, one_line

TYPES = {"post": "online", "article": "article"}
# BibTeX counts braces, a backslash before them or not: in a value they stand as words, or nothing would be balanced.
_ESCAPES = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{sign: f"\\{sign}" for sign in "%&#_$"},
    }
)
# An address is taken as it stands; what would end it there is written as addresses write such signs.
_ESCAPES_OF_ADDRESSES = str.maketrans({sign: f"%{ord(sign):02X}" for sign in '{}\\ "<>^`|'})


def written(references: Iterable[Reference]) -> str:
    return "\n".join(map(entry, references))


def entry(reference: Reference) -> str:
    fields = "".join(f"  {name} = {{{value}}},\n" for name, value in _fields(reference))
    return f"@{TYPES[reference.kind]}{{{reference.key},\n{fields}}}\n"


def _fields(reference: Reference) -> Iterator[tuple[str, str]]:
    if reference.author:
        yield "author", _kept(reference.author)
    yield "title", _kept(reference.title)
    if reference.kind == "article":
        yield "journal", _kept(reference.container)
        yield "entrysubtype", "newspaper"
    else:
        yield "organization", _kept(reference.container)
    if reference.issued:
        yield "year", f"{reference.issued.year:04}"
        yield "date", reference.issued.isoformat()
    yield "url", one_line(reference.url).translate(_ESCAPES_OF_ADDRESSES)
    if reference.accessed:
        yield "urldate", reference.accessed.isoformat()
    if reference.language:
        yield "language", escaped(reference.language)
    if reference.note:
        yield "note", escaped(reference.note)


def _kept(text: str) -> str:
    """In braces of its own a name is one name, whatever stands in it, and a title keeps its capitals."""
    return f"{{{escaped(text)}}}"


def escaped(text: str) -> str:
    return one_line(text).translate(_ESCAPES)
