"""From the elements of an export to records: dates, numbers, slugs and names as WordPress writes them."""

import datetime as dt
import html
import re
import unicodedata
from email.utils import parsedate_to_datetime
from urllib.parse import unquote

from django.utils.text import slugify

from posts.wordpress.reading.parsing import Node
from posts.wordpress.records import Author, Filed, Item, Meta, Remark, Site, Term

BIGGEST = 2**63 - 1
YEARS = range(1000, 3001)  # four digits in an address; 9999 means “never”, and breaks on the way to another time zone
OFFSET_AT_MOST = dt.timedelta(hours=14)
STAMP = re.compile(r"(-?\d+)-(\d\d?)-(\d\d?)(?:[T ]+(\d\d?):(\d\d?)(?::(\d\d?))?)?", re.ASCII)
MAIL_DATE = re.compile(
    r"(?:[A-Za-z]{3,9},?\s+)?\d{1,2}\s+[A-Za-z]{3}\s+\d{4}\s+\d{1,2}:\d\d(:\d\d)?(\s+[+-]\d{4}|\s+[A-Z]{1,4})?"
)
TAG = re.compile(r"<(?:[a-zA-Z/!][^<>]*)>")
ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
CUT_ESCAPE = re.compile(r"(%[0-9a-fA-F]{2})%[0-9a-fA-F]?$")


def site(channel: Node) -> Site:
    texts = channel.texts
    blog = address(texts.get("wp:base_blog_url", "")) or address(texts.get("link", ""))
    return Site(
        title=plain(texts.get("title", "")),
        address=blog,
        site_address=address(texts.get("wp:base_site_url", "")) or blog,
        description=plain(texts.get("description", "")),
        language=texts.get("language", "").strip(),
        version=texts.get("wp:wxr_version", "").strip(),
    )


def author(node: Node) -> Author:
    texts = node.texts
    return Author(
        login=texts.get("wp:author_login", "").strip(),
        number=number(texts.get("wp:author_id", "")),
        email=texts.get("wp:author_email", "").strip(),
        name=unescaped(texts.get("wp:author_display_name", "")),
        first_name=unescaped(texts.get("wp:author_first_name", "")),
        last_name=unescaped(texts.get("wp:author_last_name", "")),
    )


# Where a category, a tag and a term of another taxonomy say the same: slug, name, parent, description.
TERMS = {
    "wp:category": ("wp:category_nicename", "wp:cat_name", "wp:category_parent", "wp:category_description"),
    "wp:tag": ("wp:tag_slug", "wp:tag_name", "", "wp:tag_description"),
    "wp:term": ("wp:term_slug", "wp:term_name", "wp:term_parent", "wp:term_description"),
}
TAXONOMIES = {"wp:category": "category", "wp:tag": "post_tag", "wp:term": ""}


def term(node: Node) -> Term:
    texts = node.texts
    slug_of, name_of, parent_of, description_of = (texts.get(field, "") for field in TERMS[node.name])
    own = slug(slug_of) or slug(slugify(unescaped(name_of), allow_unicode=True))
    return Term(
        taxonomy=TAXONOMIES[node.name] or taxonomy(texts.get("wp:term_taxonomy", "")),
        slug=own,
        name=unescaped(name_of) or own,
        number=number(texts.get("wp:term_id", "")),
        parent=slug(parent_of),
        description=description_of.strip(),
        meta=metas(node, "wp:termmeta"),
    )


def kind_of(node: Node) -> str:
    return node.texts.get("wp:post_type", "").strip().lower() or "post"


def item(node: Node, place: str, offset: dt.timedelta) -> Item:
    """Build an item; `offset` is the blog's clock ahead of UTC, for items that know only their local time."""
    texts = node.texts
    local, gmt = stamp(texts.get("wp:post_date", "")), stamp(texts.get("wp:post_date_gmt", ""))
    published = moment(gmt) or mail_date(texts.get("pubDate", "")) or moment(local, offset)
    kind = kind_of(node)
    return Item(
        kind=kind,
        number=number(texts.get("wp:post_id", "")),
        guid=texts.get("guid", "").strip(),
        link=texts.get("link", "").strip(),
        title=plain(texts.get("title", "")),
        author=texts.get("dc:creator", "").strip(),
        content=texts.get("content:encoded", ""),
        excerpt=texts.get("excerpt:encoded", ""),
        description=texts.get("description", ""),
        local_at=local or (published and (published + offset).replace(tzinfo=None)),
        published_at=published,
        modified_at=moment(stamp(texts.get("wp:post_modified_gmt", "")))
        or moment(stamp(texts.get("wp:post_modified", "")), offset),
        # What WordPress itself does where a file is silent; nothing becomes public by an omission.
        status=texts.get("wp:status", "").strip().lower() or ("inherit" if kind == "attachment" else "draft"),
        slug=slug(texts.get("wp:post_name", "")),
        parent=number(texts.get("wp:post_parent", "")),
        menu_order=small(texts.get("wp:menu_order", "")),
        password=texts.get("wp:post_password", ""),
        is_sticky=texts.get("wp:is_sticky", "").strip() == "1",
        comment_status=texts.get("wp:comment_status", "").strip().lower(),
        ping_status=texts.get("wp:ping_status", "").strip().lower(),
        attachment_url=texts.get("wp:attachment_url", "").strip(),
        filed=filed(node),
        meta=metas(node, "wp:postmeta"),
        remarks=[remark(child, offset) for child in node.children if child.name == "wp:comment"],
        place=place,
    )


def remark(node: Node, offset: dt.timedelta) -> Remark:
    texts = node.texts
    return Remark(
        number=number(texts.get("wp:comment_id", "")),
        kind=texts.get("wp:comment_type", "").strip().lower() or "comment",
        author=unescaped(texts.get("wp:comment_author", "")),
        email=texts.get("wp:comment_author_email", "").strip(),
        address=texts.get("wp:comment_author_url", "").strip(),
        written_at=moment(stamp(texts.get("wp:comment_date_gmt", "")))
        or moment(stamp(texts.get("wp:comment_date", "")), offset),
        content=texts.get("wp:comment_content", ""),
        approved=texts.get("wp:comment_approved", "").strip().lower() or "1",
        parent=number(texts.get("wp:comment_parent", "")),
        user=number(texts.get("wp:comment_user_id", "")),
        meta=metas(node, "wp:commentmeta"),
    )


def metas(node: Node, name: str) -> list[Meta]:
    pairs = (
        Meta(child.texts.get("wp:meta_key", ""), child.texts.get("wp:meta_value", ""))
        for child in node.children
        if child.name == name
    )
    return [meta for meta in pairs if meta.key]


def filed(node: Node) -> list[Filed]:
    """Return the terms of an item, each once.

    WXR 1.0 writes each twice, and only one of the two says its slug: plain ones count where a taxonomy has no other.
    """
    children = [child.texts for child in node.children if child.name == "category"]
    named = [_filed(texts) for texts in children if texts.get("nicename", "").strip()]
    known = {one.taxonomy for one in named}
    plain_ones = (_filed(texts) for texts in children if not texts.get("nicename", "").strip())
    every = [*named, *(one for one in plain_ones if one.taxonomy not in known)]
    return list({(one.taxonomy, one.slug): one for one in reversed(every) if one.slug}.values())[::-1]


def _filed(texts: dict[str, str]) -> Filed:
    name = unescaped(texts["name"])
    own = slug(texts.get("nicename", "")) or slug(slugify(name, allow_unicode=True))
    return Filed(taxonomy(texts.get("domain", "")), own, name or own)


def taxonomy(domain: str) -> str:
    domain = domain.strip().lower() or "category"
    return "post_tag" if domain == "tag" else domain


def number(text: str) -> int | None:
    """Return an id: a whole number above zero that a database can hold."""
    text = text.strip()
    if not re.fullmatch(r"\+?[0-9]{1,19}", text):
        return None
    value = int(text)
    return value if 0 < value <= BIGGEST else None


def small(text: str) -> int:
    return int(text) if re.fullmatch(r"\s*[+-]?[0-9]{1,9}\s*", text) else 0


def slug(text: str) -> str:
    """Return a slug as people read it: WordPress keeps “탈북” as “%ed%83%88%eb%b6%81”, cut at 200 bytes."""
    text = text.strip()
    if "%" in text:
        text = unquote(CUT_ESCAPE.sub(r"\1", text), errors="ignore")
    if text.isascii() and text.isprintable():
        return text
    return unicodedata.normalize(
        "NFC", "".join(c for c in text if unicodedata.category(c)[0] != "C" or c in "\u200c\u200d")
    )


def unescaped(text: str) -> str:
    """Return a name that WordPress keeps escaped once: “Arts &amp; Culture”."""
    if "&" in text:
        text = ENTITY.sub(lambda match: html.unescape(match[0]), text)
    return " ".join(text.split())


def plain(text: str) -> str:
    """Return a title, which WordPress keeps as HTML, as the words that it shows."""
    if "<" in text:
        text = TAG.sub(lambda match: " " if match[0][:3].lower() == "<br" else "", text)
    return unescaped(text)


def address(text: str) -> str:
    return text.strip().rstrip("/")


def stamp(text: str) -> dt.datetime | None:
    """Return the naive moment of “2013-03-31 15:17:00”, in UTC if it names an offset; None for “0000-00-00 …”."""
    text = text.strip()
    found: dt.datetime | None
    try:
        found = dt.datetime.fromisoformat(text)
        if found.tzinfo:
            found = found.astimezone(dt.UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        found = _loose_stamp(text)
    return found.replace(microsecond=0) if found and found.year in YEARS else None


def _loose_stamp(text: str) -> dt.datetime | None:
    match = STAMP.match(text)
    try:
        return dt.datetime(*(int(part or 0) for part in match.groups())) if match else None  # type: ignore[arg-type]
    except (ValueError, OverflowError):
        return None


def moment(naive: dt.datetime | None, offset: dt.timedelta = dt.timedelta(0)) -> dt.datetime | None:
    return (naive - offset).replace(tzinfo=dt.UTC) if naive else None


def mail_date(text: str) -> dt.datetime | None:
    """Return the moment of a pubDate; WordPress writes “Mon, 30 Nov -0001 00:00:00 +0000” where it has none."""
    text = text.strip()
    if not MAIL_DATE.fullmatch(text):
        return None
    try:
        found = parsedate_to_datetime(text)
        found = found.astimezone(dt.UTC) if found.tzinfo else found.replace(tzinfo=dt.UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return found if found.year in YEARS else None


def difference(local: dt.datetime | None, gmt: dt.datetime | None) -> dt.timedelta | None:
    """Return how far the blog's clock is ahead of UTC; None where the two do not agree on a clock of this world."""
    if local is None or gmt is None:
        return None
    ahead = local - gmt
    return ahead if abs(ahead) <= OFFSET_AT_MOST and ahead % dt.timedelta(minutes=15) == dt.timedelta(0) else None


def clock(node: Node, offset: dt.timedelta) -> dt.timedelta:
    """Return the blog's offset as an item tells it, else as it was known before."""
    texts = node.texts
    gmt = texts.get("wp:post_date_gmt", "")
    if not gmt or gmt.lstrip().startswith("0000"):
        return offset
    ahead = difference(stamp(texts.get("wp:post_date", "")), stamp(gmt))
    return offset if ahead is None else ahead
