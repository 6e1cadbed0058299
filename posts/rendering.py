"""The only road from text to HTML. Pure: text in, HTML out, no database, no settings.

Markdown is CommonMark with tables and strikethrough (markdown-it-py, which stays linear on hostile input); raw HTML
is let through the parser and then, like everything else, through nh3 with the lists below. What leaves here is
well-formed, has no script, style, class (but for those written here), id, form or embedded document, and asks nobody
but this site for a picture.
"""

import html
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from posts import renditions
from posts.scripts import with_languages

# Raise it with every change that makes other HTML of the same text, and run `manage.py rerender`.
RENDERING_VERSION = 5
MAX_TEXT_LENGTH = 100_000
MAX_COMMENT_LENGTH = 5_000

# Stands in a new picture's Markdown until the editor writes what the picture shows: it says nothing.
MISSING_ALT = "Write here what the picture shows"

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
# A picture that is all of a paragraph, linked or not; or else a tag as above.
_PICTURE_OR_TAG = re.compile(
    r"<p>\s*(?:(?P<link><a(?: [a-z-]+=\"[^\"]*\")*>)\s*)?<img(?P<alone>(?: [a-z-]+=\"[^\"]*\")*)>\s*"
    r"(?(link)</a>\s*)</p>"
    r"|<(?P<name>/?a|img)(?P<attributes>(?: [a-z-]+=\"[^\"]*\")*)>"
)
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
_FOLDED_PICTURE = re.compile(
    r'<details class="notice"(?: [a-z]+="[^"]*")*><summary(?: [a-z]+="[^"]*")*>(.*?)</summary>(.*?)</details>',
    re.DOTALL,
)
_SRCSET = re.compile(r' srcset="[^"]*" sizes="[^"]*"')
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
    undescribed: tuple[str, ...] = ()  # addresses of pictures that say neither what they show nor that it adds nothing


@dataclass(frozen=True)
class PictureFacts:
    """What is known of a picture, wherever it is shown; what stands in the text goes before it."""

    alt: str = ""
    is_decorative: bool = False
    caption: str = ""
    credit: str = ""
    licence: str = ""
    notice: str = ""  # what readers should know before they see it

    @property
    def rights(self) -> str:
        """Whose it is, and how it may be used."""
        if not self.credit:
            return f"Licence: {self.licence}" if self.licence else ""
        return f"Credit: {self.credit}" + (f", {self.licence}" if self.licence else "")


Pictures = Mapping[str, PictureFacts]  # by address


def render_post(text: str, *, cite: str = "", pictures: Pictures | None = None, likely: str = "") -> Rendered:
    """Render a post's Markdown. Headings start at h3, below those of the page.

    `cite` is the address of the original, from which block quotations are taken that name no other; `pictures` says
    by their addresses what is known of the pictures in it; `likely` is the language of the original, which is that of
    passages in its script.
    """
    tokens = _markdown.parse(fit(text))
    mark = next((i for i, token in enumerate(tokens) if _is_more(token)), None)
    shift = 0
    whole = _clean(_markdown.renderer.render(tokens, _markdown.options, {}))
    levels = [int(level) for _, level in _HEADING.findall(whole)]
    if levels:
        shift = 3 - min(levels)
    lead = "" if mark is None else _clean(_markdown.renderer.render(tokens[:mark], _markdown.options, {}))
    finisher = _Finisher(pictures or {})
    html_of_whole = with_languages(_finish(whole, shift, cite, finisher), likely)
    undescribed = tuple(dict.fromkeys(finisher.undescribed))
    return Rendered(html_of_whole, with_languages(_finish(lead, shift, cite, finisher), likely), undescribed)


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
    return with_languages(fit(_LINK_TO_NOWHERE.sub(r"\1", cleaned)).strip())


def without_turns(text: str) -> str:
    """Return the text without the characters that turn its direction unseen."""
    return _TURNING.sub("", text)


def is_readable(text: str) -> bool:
    """Say whether a reader's text shows anything: marks alone, or signs that nobody can see, do not."""
    return says_something(plain_text(render_comment(text)))


def says_something(text: str) -> bool:
    """Say whether somebody would see, or hear, anything of this text."""
    return any(unicodedata.category(sign)[0] in "LNPS" and sign not in _FILLERS for sign in text)


def for_elsewhere(rendered: str) -> str:
    """Return HTML made here as other sites and programs may show it.

    They know neither our column nor, some of them, what is folded: of a picture with a notice they get the stand-in.
    """
    return _FOLDED_PICTURE.sub(_unfolded, _SRCSET.sub("", rendered))


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


def _finish(cleaned: str, shift: int, cite: str, finisher: "_Finisher") -> str:
    text = _HEADING.sub(lambda found: f"<{found[1]}h{min(int(found[2]) + shift, 6)}", cleaned)
    text = _PICTURE_OR_TAG.sub(finisher, text)
    text = cited(text, cite)
    # A wide table scrolls inside its own region, which the keyboard can reach (WCAG 2.1.1).
    text = _TABLE.sub(r'<div class="wide" role="group" aria-label="Table" tabindex="0"><table\1>', text)
    return text.replace("</table>", "</table></div>").strip()


class _Finisher:
    """Rewrites links and pictures, one after the other; knows whether it stands inside a link."""

    def __init__(self, pictures: Pictures) -> None:
        self.pictures = pictures
        self.undescribed: list[str] = []
        self.is_in_link = False

    def __call__(self, found: re.Match[str]) -> str:
        if found["alone"] is not None:
            attributes = _read_attributes(found["alone"])
            if self.is_in_link:
                return f"<p>{self._picture_in_line(attributes)}</p>"
            return self._picture_alone(attributes, found["link"])
        attributes = _read_attributes(found["attributes"])
        if found["name"] == "img":
            return self._picture_in_line(attributes)
        self.is_in_link = found["name"] == "a"
        return _link(attributes) if self.is_in_link else "</a>"

    def _picture_alone(self, attributes: dict[str, str], link: str | None) -> str:
        address, facts = self._facts(attributes)
        opening, ending = (_link(_read_attributes(link[2:-1])), "</a>") if link else ("", "")
        if not _OWN_ADDRESS.match(address):
            return f"<p>{opening}{_elsewhere(attributes, may_link=not link)}{ending}</p>"
        words = _caption(html.unescape(attributes.pop("title", "")), facts)
        figure = f"<figure>{opening}{_picture(attributes, address)}{ending}{words}</figure>"
        if not facts.notice:
            return figure
        summary = f"<summary>{html.escape(facts.notice)}{_stand_in(address)}</summary>"
        return f'<details class="notice">{summary}{figure}</details>'

    def _picture_in_line(self, attributes: dict[str, str]) -> str:
        address, facts = self._facts(attributes)
        if not _OWN_ADDRESS.match(address):
            return _elsewhere(attributes, may_link=not self.is_in_link)
        if not facts.notice:
            return _picture(attributes, address)
        return _kept_back(html.escape(facts.notice), address, may_link=not self.is_in_link)

    def _facts(self, attributes: dict[str, str]) -> tuple[str, PictureFacts]:
        """Return the picture's address and what is known of it; a description that the text lacks is filled in."""
        address = html.unescape(attributes.get("src", ""))
        facts = self.pictures.get(address.partition("?")[0].partition("#")[0], PictureFacts())
        alt = html.unescape(attributes.get("alt", "")).strip()
        if alt == MISSING_ALT or not says_something(alt):
            alt = facts.alt
            if _OWN_ADDRESS.match(address) and not says_something(alt) and not facts.is_decorative:
                self.undescribed.append(address)
            attributes["alt"] = html.escape(alt)
        return address, facts


def _read_attributes(written: str) -> dict[str, str]:
    return dict(_ATTRIBUTE.findall(written))


def _link(attributes: dict[str, str]) -> str:
    address = html.unescape(attributes.get("href", ""))
    if address and not _OWN_ADDRESS.match(address) and not address.startswith(("#", "mailto:", "tel:")):
        attributes["rel"] = "noopener noreferrer"
    return f"<a{_written(attributes)}>"


def _elsewhere(attributes: dict[str, str], *, may_link: bool) -> str:
    """A link to another's picture: showing it would tell others who reads here."""
    address = html.unescape(attributes.get("src", ""))
    words = attributes["alt"] or attributes.get("title") or "Picture"
    if not may_link or not address.startswith(("https://", "http://")):
        return words
    return f'<a href="{attributes["src"]}" rel="noopener noreferrer">{words}</a>'


def _picture(attributes: dict[str, str], address: str) -> str:
    if size := _SIZE_IN_NAME.search(address):
        attributes |= {"width": size[1], "height": size[2]}
    if widths := renditions.srcset(address):
        attributes |= {"srcset": widths, "sizes": renditions.SIZES}
    attributes |= {"loading": "lazy", "decoding": "async"}
    return f"<img{_written(attributes)}>"


def _stand_in(address: str) -> str:
    """Something of the picture's form and colours in which nobody can be recognised."""
    blurred, size = renditions.blurred(address), _SIZE_IN_NAME.search(address)
    if not blurred or not size:
        return ""
    return f'<img src="{blurred}" alt="" width="{size[1]}" height="{size[2]}" loading="lazy" decoding="async">'


def _kept_back(notice: str, address: str, *, may_link: bool) -> str:
    """A stand-in where nothing can be folded; the link leads to the picture itself."""
    inner = f"{_stand_in(address)}<span>{notice}</span>"
    if not may_link:
        return f'<span class="kept-back">{inner}</span>'
    return f'<a class="kept-back" href="{html.escape(address)}">{inner}</a>'


def _unfolded(found: re.Match[str]) -> str:
    notice = re.sub(r"<[^>]*>", "", found[1])
    source = re.search(r" src=\"([^\"]*)\"", found[2])
    return f"<p>{_kept_back(notice, html.unescape(source[1]), may_link=True)}</p>" if source else f"<p>{notice}</p>"


def _caption(own: str, facts: PictureFacts) -> str:
    """The caption in the text, or else the library's; and whose the picture is, unless the caption says it already."""
    words = own or facts.caption
    rights = "" if facts.credit and facts.credit in own else facts.rights
    parts = [html.escape(words)] if words else []
    parts += [f'<span class="credit">{html.escape(rights)}</span>'] if rights else []
    return f"<figcaption>{' '.join(parts)}</figcaption>" if parts else ""


def _written(attributes: dict[str, str]) -> str:
    return "".join(f' {name}="{value}"' for name, value in attributes.items())
