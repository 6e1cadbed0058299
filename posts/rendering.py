"""The only road from text to HTML. Pure: text in, HTML out, no database, no settings.

Markdown is CommonMark with tables and strikethrough (markdown-it-py, which stays linear on hostile input); raw HTML
is let through the parser and then, like everything else, through nh3 with the lists below. What leaves here is
well-formed, has no script, style, class, id, form or embedded document, and asks nobody but this site for a picture.
"""

import html
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

# Raise it with every change that makes other HTML of the same text, and run `manage.py rerender`.
RENDERING_VERSION = 3
MAX_TEXT_LENGTH = 100_000
MAX_COMMENT_LENGTH = 5_000

_EVERYWHERE = {"lang", "dir"}
_TAGS = set(
    (
        "a abbr b bdi bdo blockquote br cite code dd del details dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 "
        "hr i img ins kbd li mark ol p pre q rp rt ruby s samp small span strong sub summary sup table tbody td tfoot "
        "th thead time tr u ul var wbr"
    ).split()
)
_ATTRIBUTES = {
    "*": _EVERYWHERE,
    "a": {"href", "hreflang", "title"},
    "abbr": {"title"},
    "blockquote": {"cite"},
    "img": {"src", "alt", "title"},
    "ol": {"start", "reversed"},
    "q": {"cite"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
_COMMENT_TAGS = set("a blockquote br em li ol p strong ul".split())
_COMMENT_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
# What searching for links costs grows with the square of these signs; nobody writes so many links into a comment.
_MOST_LINK_SIGNS = 100
# Embeddings, overrides and isolates turn a line's direction unseen (Unicode, UAX 9); the plain marks may stay.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_FILLERS = set("\u115f\u1160\u2800\u3164\uffa0")  # letters and signs that are blank
# Characters that no XML 1.0 can hold (section 2.2), and so no feed; half a surrogate pair is none at all.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_MORE = re.compile(r"<!--\s*more\b.*?-->", re.IGNORECASE | re.DOTALL)

# nh3 writes every tag in one form: lower-case names, double quotes, and `<`, `>`, `"` in values escaped. So these
# patterns meet tags and nothing else.
_TAG = re.compile(r"<(/?a|img)((?: [a-z-]+=\"[^\"]*\")*)>")
_ATTRIBUTE = re.compile(r" ([a-z-]+)=\"([^\"]*)\"")
_TABLE = re.compile(r"<table((?: [a-z-]+=\"[^\"]*\")*)>")
_HEADING = re.compile(r"<(/?)h([1-6])(?=[ >])")
_CAPTION = re.compile(r"<figcaption>.*?</figcaption>", re.DOTALL)
_INLINE = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|cite|code|del|dfn|em|i|ins|kbd|mark|q|ruby|s|samp|small|span|strong|sub|sup|time|u|var|wbr)"
    r"(?: [^>]*)?>"
)
_UNCITED = re.compile(r"<blockquote(?![^>]* cite=)((?: [a-z-]+=\"[^\"]*\")*)>")
_LINK_TO_NOWHERE = re.compile(r"<a rel=\"[^\"]*\">(.*?)</a>", re.DOTALL)  # its address was none to follow
_LONE_PICTURE = re.compile(r"<p>\s*(<img[^>]*>)\s*</p>")
_SIZE_IN_NAME = re.compile(r"-([1-9][0-9]{0,4})x([1-9][0-9]{0,4})\.[a-z]+$")
# An address on this site: one slash, then neither a second one nor the backslash that browsers take for it.
_OWN_ADDRESS = re.compile(r"/(?![/\\\s])[^\s\\]*\Z")


def rendering_version() -> int:
    """The present version, as a default for columns: a new one asks for no migration."""
    return RENDERING_VERSION


@dataclass(frozen=True)
class Rendered:
    html: str
    lead_html: str  # the part above <!--more-->; empty where there is no such mark


def render_post(text: str, *, cite: str = "", notices: Mapping[str, str] | None = None) -> Rendered:
    """Render a post's Markdown. Headings start at h3, below those of the page.

    `cite` is the address of the original, from which block quotations are taken that name no other; `notices` says
    by a picture's address what readers should know before they see it.
    """
    tokens = _markdown.parse(fit(text))
    mark = next((i for i, token in enumerate(tokens) if _is_more(token)), None)
    shift = 0
    whole = _clean(_markdown.renderer.render(tokens, _markdown.options, {}))
    levels = [int(level) for _, level in _HEADING.findall(whole)]
    if levels:
        shift = 3 - min(levels)
    lead = "" if mark is None else _clean(_markdown.renderer.render(tokens[:mark], _markdown.options, {}))
    return Rendered(*(_finish(each, shift, cite, notices or {}) for each in (whole, lead)))


def render_comment(text: str) -> str:
    """Render a reader's text: links, emphasis, quotes, lists. HTML in it is shown as it was typed.

    Links are the writer's own (`ugc`): no search engine counts them, and where they lead learns nothing.
    """
    text = without_turns(fit(text))
    has_many = text.count("[") > _MOST_LINK_SIGNS or text.count("//") > _MOST_LINK_SIGNS
    parser = _linkless_comment_markdown if has_many else _comment_markdown
    cleaned = nh3.clean(
        parser.render(text),
        tags=_COMMENT_TAGS,
        attributes=_COMMENT_ATTRIBUTES,
        url_schemes={"http", "https"},
        url_relative="deny",
        link_rel="nofollow ugc noopener noreferrer",
    )
    return fit(_LINK_TO_NOWHERE.sub(r"\1", cleaned)).strip()


def without_turns(text: str) -> str:
    """Return the text without the characters that turn its direction unseen."""
    return _TURNING.sub("", text)


def is_readable(text: str) -> bool:
    """Say whether a reader's text shows anything: marks alone, or signs that nobody can see, do not."""
    shown = plain_text(render_comment(text))
    return any(unicodedata.category(sign)[0] in "LNPS" and sign not in _FILLERS for sign in shown)


def links_of(rendered: str) -> list[str]:
    """Return the addresses that HTML made here links to."""
    attributes = (dict(_ATTRIBUTE.findall(tag[2])) for tag in _TAG.finditer(rendered) if tag[1] == "a")
    return [html.unescape(found["href"]) for found in attributes if "href" in found]


def cited(rendered: str, address: str) -> str:
    """Return HTML made here with this address as the source of each block quotation that names no other."""
    if not address:
        return rendered
    opening = f'<blockquote cite="{html.escape(address)}"'
    return _UNCITED.sub(lambda found: f"{opening}{found[1]}>", rendered)


def without_links(rendered: str) -> str:
    """Return HTML made here with each link as mere words."""
    return _TAG.sub(lambda tag: {"a": '<span class="inert">', "/a": "</span>"}.get(tag[1], ""), rendered)


def fit(text: str) -> str:
    """Return the text without the characters that cannot be shown anywhere."""
    return _UNFIT.sub("", text)


def render_title(text: str) -> str:
    """Titles are plain text: what looks like markup is shown as it was typed."""
    return html.escape(" ".join(fit(text).split()))


def plain_text(rendered: str, length: int | None = None) -> str:
    """Return the words of HTML made here, without tags; cut at a word's end where it is longer than `length`."""
    text = _INLINE.sub("", _CAPTION.sub(" ", rendered))
    text = fit(html.unescape(re.sub(r"<[^>]*>", " ", text)))
    text = re.sub(r"\s+([.,;:!?…”’)])", r"\1", " ".join(text.split()))
    if length is None or len(text) <= length:
        return text
    cut = text[:length].rsplit(" ", 1)[0] if " " in text[:length] else text[: length - 1]
    return cut.rstrip(" ,;:–—-") + "…"


PIPELINES = {"post": lambda text: render_post(text).html, "comment": render_comment, "title": render_title}

_markdown = MarkdownIt("commonmark", {"html": True, "maxNesting": 40}).enable(["table", "strikethrough"])
# The parser's own check of addresses would show `[x](javascript:…)` as text; nh3 drops the address, not the words.
_markdown.validateLink = lambda url: True  # type: ignore[method-assign]

# Line breaks are kept as typed, as people write in a small box; bare addresses become links.
_COMMENT_RULES = "balance_pairs blockquote emphasis escape fragments_join list newline".split()
_linkless_comment_markdown = MarkdownIt("zero", {"breaks": True, "maxNesting": 20}).enable(_COMMENT_RULES)
_comment_markdown = MarkdownIt("zero", {"breaks": True, "linkify": True, "maxNesting": 20})
_comment_markdown.enable([*_COMMENT_RULES, "autolink", "link", "linkify"])
_comment_markdown.linkify.set({"fuzzy_link": False, "fuzzy_email": False})  # type: ignore[union-attr]
_comment_markdown.linkify.add("//", None)  # type: ignore[union-attr]


def _is_more(token: Token) -> bool:
    return token.type == "html_block" and token.level == 0 and bool(_MORE.fullmatch(token.content.strip()))


def _clean(rendered: str) -> str:
    cleaned = nh3.clean(
        rendered,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
        strip_comments=True,
    )
    # A character reference in raw HTML (&#8;) brings in what was kept out of the text.
    return fit(cleaned)


def _finish(cleaned: str, shift: int, cite: str, notices: Mapping[str, str]) -> str:
    text = _HEADING.sub(lambda found: f"<{found[1]}h{min(int(found[2]) + shift, 6)}", cleaned)
    text = _TAG.sub(_TagFinisher(), text)
    text = _LONE_PICTURE.sub(lambda found: _figure(found, notices), text)
    text = cited(text, cite)
    # A wide table scrolls inside its own region, which the keyboard can reach (WCAG 2.1.1).
    text = _TABLE.sub(r'<div class="wide" role="group" aria-label="Table" tabindex="0"><table\1>', text)
    return text.replace("</table>", "</table></div>").strip()


class _TagFinisher:
    """Rewrites one tag after the other; knows whether it stands inside a link."""

    is_in_link = False

    def __call__(self, found: re.Match[str]) -> str:
        attributes = dict(_ATTRIBUTE.findall(found[2]))
        if found[1] == "img":
            return _picture(attributes, may_link=not self.is_in_link)
        self.is_in_link = found[1] == "a"
        return _link(attributes) if self.is_in_link else "</a>"


def _link(attributes: dict[str, str]) -> str:
    address = html.unescape(attributes.get("href", ""))
    if address and not _OWN_ADDRESS.match(address) and not address.startswith(("#", "mailto:", "tel:")):
        attributes["rel"] = "noopener noreferrer"
    return f"<a{_written(attributes)}>"


def _picture(attributes: dict[str, str], *, may_link: bool) -> str:
    """A picture of this site; one from elsewhere becomes a link, for showing it would tell others who reads here."""
    address = html.unescape(attributes.get("src", ""))
    if not _OWN_ADDRESS.match(address):
        words = attributes.get("alt") or attributes.get("title") or "Picture"
        if not may_link or not address.startswith(("https://", "http://")):
            return words
        return f'<a href="{attributes["src"]}" rel="noopener noreferrer">{words}</a>'
    attributes.setdefault("alt", "")
    if size := _SIZE_IN_NAME.search(address):
        attributes |= {"width": size[1], "height": size[2]}
    attributes |= {"loading": "lazy", "decoding": "async"}
    return f"<img{_written(attributes)}>"


def _written(attributes: dict[str, str]) -> str:
    return "".join(f' {name}="{value}"' for name, value in attributes.items())


def _figure(found: re.Match[str], notices: Mapping[str, str]) -> str:
    picture, words = found[1], ""
    if caption := re.search(r" title=\"([^\"]*)\"", picture):
        picture = picture.replace(caption[0], "")
        words = f"<figcaption>{caption[1]}</figcaption>"
    figure = f"<figure>{picture}{words}</figure>"
    source = re.search(r" src=\"([^\"]*)\"", picture)
    notice = notices.get(html.unescape(source[1])) if source else None
    if not notice:
        return figure
    return f'<details class="notice"><summary>{html.escape(notice)}</summary>{figure}</details>'
