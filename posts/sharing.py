"""Ways to pass on the address of a post: plain links to other sites, that carry its title and its address. Pure."""

from typing import NamedTuple
from urllib.parse import quote

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Each site's own page for it. WhatsApp and Bluesky take one text.
_ELSEWHERE: list[tuple[str | Promise, str]] = [
    ("WhatsApp", "https://wa.me/?text={both}"),
    ("Telegram", "https://t.me/share/url?url={url}&text={title}"),
    ("Facebook", "https://www.facebook.com/sharer/sharer.php?u={url}"),
    ("X", "https://x.com/intent/post?text={title}&url={url}"),
    ("Bluesky", "https://bsky.app/intent/compose?text={both}"),
    ("LINE", "https://social-plugins.line.me/lineit/share?url={url}"),
]
# RFC 6068, 5: a line ends with CR LF.
_LETTER = (_("E-mail"), "mailto:?subject={title}&body={title}%0D%0A%0D%0A{url}")


class ShareLink(NamedTuple):
    name: str | Promise
    url: str


def share_links(title: str, url: str) -> list[ShareLink]:
    """Return the links of the sites that take it."""
    return [ShareLink(name, _filled(form, title, url)) for name, form in _ELSEWHERE]


def letter_link(title: str, url: str) -> ShareLink:
    """Return the link that begins a letter."""
    name, form = _LETTER
    return ShareLink(name, _filled(form, title, url))


def _filled(form: str, title: str, url: str) -> str:
    title = " ".join(title.split())
    return form.format(title=_quoted(title), url=_quoted(url), both=_quoted(f"{title} {url}"))


def _quoted(text: str) -> str:
    return quote(text, safe="")
