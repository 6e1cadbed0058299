"""What else is kept beside a stored picture, and under which names: told from the picture's own name alone. Pure.

A picture lies at `images/2026/11/0123456789abcdef-1500x1000.jpg`; beside it lie copies of less width
(`….640.webp`), of which a browser takes the one that its screen needs, and one that is blurred beyond recognition
(`….blurred.webp`), which stands in for a picture with a content notice.
"""

import re

# In pixels: the text's column is 288 to 608 wide, and screens show one to three of theirs for each of these.
WIDTHS = (320, 640, 960, 1280)
BLURRED = "blurred"
# How wide a picture is on the page, for the browser to choose by: see `--measure` and `--margin` in tokens.css.
SIZES = "(min-width: 42rem) 38rem, 92vw"
_STORED = re.compile(r"(?P<stem>.*images/\d{4}/\d{2}/[0-9a-f]{16}-(?P<width>[1-9]\d{0,4})x[1-9]\d{0,4})\.[a-z]+")


def rendition_names(name: str) -> dict[str, str]:
    """Return the names of all that belongs beside a picture, by what it is: "320", "640", …, "blurred"."""
    found = _STORED.fullmatch(name)
    if found is None:
        return {}
    kinds = [*(str(width) for width in WIDTHS if width < int(found["width"])), BLURRED]
    return {kind: f"{found['stem']}.{kind}.webp" for kind in kinds}


def srcset(address: str) -> str:
    """Return the widths in which a picture can be had, for the attribute of that name; empty where it has but one."""
    found = _STORED.fullmatch(address)
    copies = {kind: name for kind, name in rendition_names(address).items() if kind != BLURRED}
    if found is None or not copies:
        return ""
    if int(found["width"]) <= WIDTHS[-1]:
        copies[found["width"]] = address
    return ", ".join(f"{each} {width}w" for width, each in copies.items())


def smallest(address: str) -> str:
    """Return the address of the smallest copy that can be recognised."""
    return rendition_names(address).get(str(WIDTHS[0]), address)


def blurred(address: str) -> str:
    """Return the address of the stand-in; empty where the picture is none that has one."""
    return rendition_names(address).get(BLURRED, "")
