"""Where the links, pictures and players of an old text lead now. Pure."""

import html
import re
from dataclasses import dataclass

from posts.wordpress.converting.markup import Node
from posts.wordpress.converting.old_files import NO_FILES, File, Files
from posts.wordpress.converting.shortcodes import block_says, host_of, name_of

ALLOWED_SCHEMES = {"http", "https", "mailto", "tel"}  # as posts.rendering lets through
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_NO_ADDRESS = re.compile("[\x00-\x20\x7f]+")
_WORDPRESS_OWN = re.compile(r"/(?:wp-(?:content|admin|includes|json|login)|xmlrpc\.php|files/\d{4}/)")
_MEDIA_FILE = re.compile(r"\.(?:mp3|m4a|ogg|oga|wav|mp4|m4v|ogv|webm|mov|avi|wmv|flv|pdf|swf)\Z", re.IGNORECASE)
_COUNTS_READERS = re.compile(
    r"//(?:[\w-]+\.)*(?:stats\.wordpress\.com|stats\.wp\.com|pixel\.wp\.com|feeds\.wordpress\.com|"
    r"feeds\.feedburner\.com/~|doubleclick\.net|googleadservices\.com|quantserve\.com|scorecardresearch\.com)",
    re.IGNORECASE,
)
_SMILEY = re.compile(
    r"//s\d?\.w(?:p|ordpress)?\.(?:org|com)/.*(?:emoji|smil|icon_)|/wp-includes/images/smilies/", re.I
)
_BACKGROUND = re.compile(r"background-image:\s*url\(\s*['\"]?([^'\")\s]+)")
_LAZY = ("data-lazy-src", "data-src", "data-orig-file", "data-original", "data-large-file")


@dataclass(frozen=True)
class Picture:
    kind: (
        str  # "picture", "words" (a smiley), "pixel" (counts readers), "inline" (its bytes stand in the text), "none"
    )
    address: str = ""
    alt: str = ""
    is_here: bool = False

    @property
    def words(self) -> str:
        """What readers see of a picture that is not here: as posts.rendering has it."""
        return "" if self.is_here else (self.alt or "Picture")


@dataclass(frozen=True)
class Targets:
    """Says where things lead, for one text."""

    files: Files = NO_FILES
    base: str = ""  # the old blog's address: "https://oldblog.example"

    def link(self, written: str) -> str | None:
        """Return the address that a link gets here; None where it may not be followed."""
        address = _NO_ADDRESS.sub(_space_inside, written.strip(" \t\r\n\x00"))
        scheme = _SCHEME.match(_NO_ADDRESS.sub("", written))
        if scheme and scheme[1].lower() not in ALLOWED_SCHEMES:
            return None
        if not address or address.startswith("#"):
            return address
        file = self.files.by_address(address)
        if file and file.is_here:
            return file.address
        return self._own(address)

    def _own(self, address: str) -> str:
        """An address of the old blog's own pages, from the root on."""
        if not self.base:
            return address
        root = _bare(self.base).rstrip("/")
        bare = _bare(address)
        if "//" not in address[:8] or not bare.lower().startswith(root.lower()):
            return address
        path = bare[len(root) :]
        if path[:1] not in ("", "/", "?", "#") or _WORDPRESS_OWN.match(path) or path.startswith("//"):
            return address
        return path if path.startswith("/") else f"/{path}"

    def picture(self, node: Node) -> Picture:
        address = node.get("src").strip()
        if not address or address.startswith("data:") or "lazy" in node.written:
            address = next((value for name in _LAZY if (value := node.get(name).strip())), address)
        alt = " ".join(node.get("alt").split())
        if node.has_class("wp-smiley") or node.has_class("emoji") or _SMILEY.search(address):
            return Picture("words", alt=alt)
        if _COUNTS_READERS.search(address) or (node.get("width") in ("0", "1") and node.get("height") in ("0", "1")):
            return Picture("pixel", address)
        if address.startswith("data:"):
            return Picture("inline", alt=alt)
        if not address:
            return Picture("none", alt=alt)
        file = self.files.by_address(address) or self._by_number(node)
        if file:
            return Picture("picture", file.address if file.is_here else _whole(address), alt or file.alt, file.is_here)
        if (
            address.startswith("/")
            and not address.startswith("//")
            and self.base
            and not address.startswith("/media/")
        ):
            address = "/".join(self.base.split("/")[:3]) + address
        is_here = address.startswith("/media/")  # our own HTML, come back
        return Picture("picture", _whole(address), alt, is_here)

    def _by_number(self, node: Node) -> File | None:
        found = re.search(r"wp-image-(\d{1,18})", node.written)
        file = self.files.by_number(int(found[1])) if found else None
        # The number alone could be another blog's: the name must agree as far as it is known.
        return file if file and file.is_here else None


def embedded(node: Node) -> tuple[str, str]:
    """Return address and words for what is played or shown in a box of its own; empty where it has no address."""
    address = ""
    for name in ("src", "data", "data-src", "data-lazy-src"):
        address = address or node.get(name).strip()
    fallback = ""
    for inner in descendants(node):
        if inner.tag in ("source", "embed", "iframe"):
            fallback = fallback or inner.get("src").strip()
        elif inner.tag == "param" and inner.get("name").lower() in ("movie", "src", "filename", "url"):
            fallback = fallback or inner.get("value").strip()
    address = _NO_ADDRESS.sub("%20", address or fallback)
    if address.startswith("//"):
        address = f"https:{address}"
    if not address or address.startswith(("about:", "data:", "javascript:")):
        return "", ""
    title = " ".join(node.get("title").split())
    path = address.partition("?")[0]
    return address, title or (name_of(address) if _MEDIA_FILE.search(path) else host_of(address))


def behind(node: Node) -> Node | None:
    """Return the picture that WordPress laid behind a block's words."""
    if node.tag != "div" or "background-image" not in node.written:
        return None
    found = _BACKGROUND.search(node.get("style"))
    return Node("img", f'src="{html.escape(found[1])}"') if found else None


def filled_in(node: Node) -> Node | None:
    """Return what is shown for a block that says only an address."""
    _, said = block_says(node.written)
    address, label = said.get("url"), said.get("label")
    if not isinstance(address, str) or not address.startswith(("http://", "https://")):
        return None
    title = html.escape(label) if isinstance(label, str) else ""
    return Node("embed", f'src="{html.escape(address)}" title="{title}"')


def only_pictures(node: Node) -> bool:
    """What is shown where pictures are loaded late, to those without JavaScript: the picture a second time."""
    has_words = any(child.strip() for child in node.children if isinstance(child, str))
    return not has_words and {inner.tag for inner in descendants(node)} == {"img"}


def descendants(node: Node) -> list[Node]:
    found: list[Node] = []
    waiting = [node]
    while waiting:
        for child in waiting.pop().children:
            if isinstance(child, Node):
                found.append(child)
                waiting.append(child)
    return found


def _space_inside(found: re.Match[str]) -> str:
    """Line breaks and tabs in an address mean nothing; a space is one."""
    return "%20" if " " in found[0] and not set(found[0]) & {"\n", "\r", "\t"} else ""


def _whole(address: str) -> str:
    address = _NO_ADDRESS.sub(_space_inside, address)
    return f"https:{address}" if address.startswith("//") else address


def _bare(address: str) -> str:
    return re.sub(r"^(?:https?:)?//(?:www\.)?", "", address, count=1, flags=re.IGNORECASE)
