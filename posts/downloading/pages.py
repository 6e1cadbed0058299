"""The pages of a folder: complete by themselves, nothing in them runs, and nothing is asked of anybody. Pure."""

import datetime as dt
import html
import re
from collections.abc import Callable, Iterator, Mapping
from html import escape
from urllib.parse import quote

from django.conf import settings
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from posts.downloading.tables import full_name
from posts.listing import ListedPost, Report
from posts.referencing import prose
from posts.rendering import fit

_TAG = re.compile(r"<[a-z][^<>]*>")
_OWN_ADDRESS = re.compile(r'( (?:href|cite)=")(/(?!/))')
_IMG = re.compile(r"<img((?: [a-z-]+=\"[^\"]*\")*)>")
_ATTRIBUTE = re.compile(r" ([a-z-]+)=\"([^\"]*)\"")
_FOLDED_PICTURE = re.compile(r'<details class="notice"[^>]*>.*?</details>', re.DOTALL)

# Returns where a picture lies in the folder, seen from the pages; "" where it is not in it.
FindPicture = Callable[[str], str]


def document(title: str, body: str, *, up: str = "") -> str:
    """Return a whole page; `up` leads from it to the folder."""
    direction = "rtl" if get_language_bidi() else "ltr"
    return (
        f'<!doctype html>\n<html lang="{settings.LANGUAGE_CODE}" dir="{direction}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{written(title)} – {written(settings.SITE_NAME)}</title>\n"
        f'<link rel="stylesheet" href="{up}style.css">\n</head>\n<body>\n{body}</body>\n</html>\n'
    )


def page(
    post: ListedPost, heading: str, categories: Mapping[str, str], retrieved_on: dt.date, find_picture: FindPicture
) -> str:
    """Return the page of a post in the folder of a list with this heading."""
    text = text_of(post, find_picture)
    about = "".join(
        f"<dt>{written(name)}</dt><dd>{words}</dd>\n" for name, words in _about(post, categories, retrieved_on)
    )
    headed = f"<h2>{written(_('Text'))}</h2>\n" if "<h3" in text else ""
    body = (
        f'<p class="up"><a href="../index.html"><bdi>{written(heading)}</bdi></a></p>\n<main>\n<article>\n'
        f'<h1 dir="auto">{written(post.display_title)}</h1>\n'
        f'<p class="moment">{written(post.byline_moment)}</p>\n'
        f'{headed}<div class="text" dir="auto">{text}</div>\n'
        f"<h2>{written(_('About this post'))}</h2>\n<dl>\n{about}</dl>\n</article>\n</main>\n"
    )
    return document(post.display_title, body, up="../")


def text_of(post: ListedPost, find_picture: FindPicture) -> str:
    """Return what a post says, its pictures from the folder, its addresses whole."""
    # A picture with a notice would lie there for anybody to see: its description stands for it, folded.
    text = _FOLDED_PICTURE.sub(lambda found: _IMG.sub(_described, found[0]), post.html)
    text = _IMG.sub(lambda found: _shown(found, find_picture), text)
    whole = rf"\1{settings.SITE_URL}\2"
    return fit(_TAG.sub(lambda tag: _OWN_ADDRESS.sub(whole, tag[0]), text))


def _shown(found: re.Match[str], find_picture: FindPicture) -> str:
    given = dict(_ATTRIBUTE.findall(found[1]))
    place = find_picture(html.unescape(given.get("src", "")))
    if not place:
        return _described(found)
    kept = {"src": quote(place), "alt": given.get("alt", "")}
    kept |= {name: given[name] for name in ("width", "height") if given.get(name, "").isdecimal()}
    return f"<img{''.join(f' {name}="{value}"' for name, value in kept.items())}>"


def _described(found: re.Match[str]) -> str:
    words = dict(_ATTRIBUTE.findall(found[1])).get("alt", "")
    if not words:
        return ""
    return f'<span class="picture">{written(_("Picture:"))} {words}</span>'


def _about(post: ListedPost, categories: Mapping[str, str], retrieved_on: dt.date) -> Iterator[tuple[str, str]]:
    if post.categories:
        names = sorted(full_name(shelf.url, shelf.name, categories) for shelf in post.categories)
        yield _("Categories"), ", ".join(map(_isolated, names))
    if post.tags:
        yield _("Tags"), ", ".join(_isolated(name) for name in sorted(shelf.name for shelf in post.tags))
    if post.source_name:
        yield _("Source"), _isolated(post.source_name)
    if post.original and post.original.address:
        yield _("Original"), _report(post.original, post.original.name)
    if post.also:
        yield _("Also reported by"), "; ".join(_report(each, each.outlet) for each in post.also)
    address = settings.SITE_URL + post.url
    yield _("On the site"), f'<a href="{written(address)}">{written(address)}</a>'
    yield _("To cite it"), prose.cited(post, retrieved_on, mark=_isolated)


def _report(report: Report, words: str) -> str:
    language = f' lang="{written(report.language)}"' if report.language else ""
    parts = [f'<cite{language} dir="auto"><a href="{written(report.address)}">{written(words)}</a></cite>']
    parts += [_isolated(report.byline)] if report.byline else []
    parts += [report.published_on.isoformat()] if report.published_on else []
    return ", ".join(parts)


def index_item(post: ListedPost, name: str) -> str:
    source = f" · {_isolated(post.source_name)}" if post.source_name else ""
    moment = f'<span class="moment">{written(post.byline_moment)}{source}</span>'
    return f'<li><a href="posts/{quote(name)}" dir="auto">{written(post.display_title)}</a> {moment}</li>\n'


def _isolated(text: str) -> str:
    return f"<bdi>{written(text)}</bdi>"


def written(text: str) -> str:
    return escape(fit(str(text)))
