"""Writes WXR 1.2 from the records of `records.py`, in the order of WordPress's own exporter. Pure.

The exporter is wp-admin/includes/export.php of WordPress; those who read what it writes are the parsers of the plugin
wordpress-importer. One of these reads by regular expressions and wants each author on one line, and the version and
the addresses of the site on lines of their own.
"""

import datetime as dt
import re
from bisect import bisect_right
from collections.abc import Container, Iterable
from email.utils import format_datetime
from itertools import accumulate, count
from urllib.parse import quote
from xml.sax.saxutils import escape

from posts.rendering import fit
from posts.wordpress.records import Author, Filed, Item, Meta, Remark, Site, Term

NICENAME_BYTES = 200  # of the column post_name, and what sanitize_title makes of a slug at most
ZERO = "0000-00-00 00:00:00"  # how WordPress writes that there is no moment
_LINE_ENDS = re.compile("\r\n?")

_BEGIN = """<?xml version="1.0" encoding="UTF-8" ?>
<!-- generator="htwatch" -->
<rss version="2.0"
\txmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
\txmlns:content="http://purl.org/rss/1.0/modules/content/"
\txmlns:wfw="http://wellformedweb.org/CommentAPI/"
\txmlns:dc="http://purl.org/dc/elements/1.1/"
\txmlns:wp="http://wordpress.org/export/1.2/"
>

<channel>
"""
END = "</channel>\n</rss>\n"


def tidy(text: str) -> str:
    """Return the text as whoever reads the file gets it: line ends in one form, nothing that XML cannot hold."""
    return fit(_LINE_ENDS.sub("\n", text))


def cdata(text: str) -> str:
    return f"<![CDATA[{tidy(text).replace(']]>', ']]]]><![CDATA[>')}]]>"


def nicename(slug: str, most: int = NICENAME_BYTES) -> str:
    """Return a slug as WordPress stores it: percent-encoded in lower case, cut between letters after so many bytes."""
    encoded = quote(slug, safe="").lower()
    if len(encoded) <= most:
        return encoded
    ends = accumulate(len(quote(letter, safe="")) for letter in slug)
    return nicename(slug[: bisect_right(list(ends), most)], most)


def unique_nicenames(slugs: Iterable[str]) -> list[str]:
    """Return a nicename for each slug, by which WordPress knows a term: the first keeps its own, others get `-2`."""
    slugs = list(slugs)
    natural = {nicename(slug) for slug in slugs}
    taken: set[str] = set()
    names = []
    for slug in slugs:
        name = nicename(slug)
        if name in taken:
            name = _numbered(slug, natural | taken)
        taken.add(name)
        names.append(name)
    return names


def _numbered(slug: str, taken: Container[str]) -> str:
    for number in count(2):
        ending = f"-{number}"
        name = nicename(slug, NICENAME_BYTES - len(ending)) + ending
        if name not in taken:
            return name
    raise AssertionError  # numbers do not end


# --- The head of the file


def begin(site: Site, changed_at: dt.datetime) -> str:
    """Return what stands above the authors; `changed_at` is when the site last changed."""
    return (
        f"{_BEGIN}"
        f"\t<title>{_plain(site.title)}</title>\n"
        f"\t<link>{_plain(site.address)}</link>\n"
        f"\t<description>{_plain(site.description)}</description>\n"
        f"\t<pubDate>{_pub_date(changed_at)}</pubDate>\n"
        f"\t<language>{_plain(site.language)}</language>\n"
        "\t<wp:wxr_version>1.2</wp:wxr_version>\n"
        f"\t<wp:base_site_url>{_plain(site.site_address or site.address)}</wp:base_site_url>\n"
        f"\t<wp:base_blog_url>{_plain(site.address)}</wp:base_blog_url>\n"
    )


def write_author(author: Author) -> str:
    return (
        f"\t<wp:author><wp:author_id>{author.number or 0}</wp:author_id>"
        f"<wp:author_login>{cdata(author.login)}</wp:author_login>"
        f"<wp:author_email>{cdata(author.email)}</wp:author_email>"
        f"<wp:author_display_name>{cdata(author.name)}</wp:author_display_name>"
        f"<wp:author_first_name>{cdata(author.first_name)}</wp:author_first_name>"
        f"<wp:author_last_name>{cdata(author.last_name)}</wp:author_last_name></wp:author>\n"
    )


def write_term(term: Term) -> str:
    """Return a category, a tag or another term; slug and parent are nicenames already."""
    number = f"\t\t<wp:term_id>{term.number or 0}</wp:term_id>\n"
    if term.taxonomy == "category":
        names = _lines(
            ("category_nicename", term.slug), ("category_parent", term.parent), ("cat_name", term.name),
            ("category_description", term.description),
        )  # fmt: skip
        return f"\t<wp:category>\n{number}{names}{_metas('termmeta', term.meta)}\t</wp:category>\n"
    if term.taxonomy == "post_tag":
        names = _lines(("tag_slug", term.slug), ("tag_name", term.name), ("tag_description", term.description))
        return f"\t<wp:tag>\n{number}{names}{_metas('termmeta', term.meta)}\t</wp:tag>\n"
    names = _lines(
        ("term_taxonomy", term.taxonomy), ("term_slug", term.slug), ("term_parent", term.parent),
        ("term_name", term.name), ("term_description", term.description),
    )  # fmt: skip
    return f"\t<wp:term>\n{number}{names}{_metas('termmeta', term.meta)}\t</wp:term>\n"


# --- Items


def write_item(item: Item, zone: dt.tzinfo) -> str:
    """Return an item with its comments; `zone` is that of the site, slugs are nicenames already."""
    attached = _lines(("attachment_url", item.attachment_url)) if item.kind == "attachment" else ""
    return (
        "\t<item>\n"
        f"\t\t<title>{cdata(item.title)}</title>\n"
        f"\t\t<link>{_plain(item.link)}</link>\n"
        f"\t\t<pubDate>{_pub_date(item.published_at)}</pubDate>\n"
        f"\t\t<dc:creator>{cdata(item.author)}</dc:creator>\n"
        f'\t\t<guid isPermaLink="false">{_plain(item.guid)}</guid>\n'
        "\t\t<description></description>\n"
        f"\t\t<content:encoded>{cdata(item.content)}</content:encoded>\n"
        f"\t\t<excerpt:encoded>{cdata(item.excerpt)}</excerpt:encoded>\n"
        f"\t\t<wp:post_id>{item.number or 0}</wp:post_id>\n"
        + _lines(
            ("post_date", _naive(item.local_at)),
            ("post_date_gmt", _moment(item.published_at, dt.UTC)),
            ("post_modified", _moment(item.modified_at, zone)),
            ("post_modified_gmt", _moment(item.modified_at, dt.UTC)),
            ("comment_status", item.comment_status),
            ("ping_status", item.ping_status),
            ("post_name", item.slug),
            ("status", item.status),
        )
        + f"\t\t<wp:post_parent>{item.parent or 0}</wp:post_parent>\n"
        f"\t\t<wp:menu_order>{item.menu_order}</wp:menu_order>\n"
        + _lines(("post_type", item.kind), ("post_password", item.password))
        + f"\t\t<wp:is_sticky>{int(item.is_sticky)}</wp:is_sticky>\n"
        f"{attached}{''.join(map(_filed, item.filed))}{_metas('postmeta', item.meta)}"
        f"{''.join(_remark(remark, zone) for remark in item.remarks)}\t</item>\n"
    )


def _filed(filed: Filed) -> str:
    domain, slug = (escape(tidy(text), {'"': "&quot;"}) for text in (filed.taxonomy, filed.slug))
    return f'\t\t<category domain="{domain}" nicename="{slug}">{cdata(filed.name)}</category>\n'


def _remark(remark: Remark, zone: dt.tzinfo) -> str:
    """No network address of a reader is ever written: WordPress finds the element, and it is empty."""
    return (
        f"\t\t<wp:comment>\n\t\t<wp:comment_id>{remark.number or 0}</wp:comment_id>\n"
        + _lines(("comment_author", remark.author), ("comment_author_email", remark.email))
        + f"\t\t<wp:comment_author_url>{_plain(remark.address)}</wp:comment_author_url>\n"
        + _lines(
            ("comment_author_IP", ""),
            ("comment_date", _moment(remark.written_at, zone)),
            ("comment_date_gmt", _moment(remark.written_at, dt.UTC)),
            ("comment_content", remark.content),
            ("comment_approved", remark.approved),
            ("comment_type", remark.kind),
        )
        + f"\t\t<wp:comment_parent>{remark.parent or 0}</wp:comment_parent>\n"
        f"\t\t<wp:comment_user_id>{remark.user or 0}</wp:comment_user_id>\n"
        f"{_metas('commentmeta', remark.meta)}\t\t</wp:comment>\n"
    )


# --- Pieces


def _plain(text: str) -> str:
    return escape(tidy(text))


def _lines(*elements: tuple[str, str]) -> str:
    return "".join(f"\t\t<wp:{name}>{cdata(text)}</wp:{name}>\n" for name, text in elements)


def _metas(element: str, metas: Iterable[Meta]) -> str:
    return "".join(
        f"\t\t<wp:{element}>\n{_lines(('meta_key', key), ('meta_value', value))}\t\t</wp:{element}>\n"
        for key, value in metas
    )


def _pub_date(moment: dt.datetime | None) -> str:
    return format_datetime(moment.astimezone(dt.UTC)) if moment else ""


def _moment(moment: dt.datetime | None, zone: dt.tzinfo) -> str:
    return _naive(moment.astimezone(zone) if moment else None)


def _naive(moment: dt.datetime | None) -> str:
    return moment.replace(tzinfo=None).isoformat(sep=" ", timespec="seconds") if moment else ZERO
