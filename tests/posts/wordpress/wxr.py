"""Writes exports as WordPress does, from what a test says of them."""

import datetime as dt
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

BLOG = "https://oldblog.example"
NAMESPACES = (
    'xmlns:excerpt="http://wordpress.org/export/{v}/excerpt/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:wfw="http://wellformedweb.org/CommentAPI/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:wp="http://wordpress.org/export/{v}/"'
)


def cdata(text: object) -> str:
    return "<![CDATA[" + str(text).replace("]]>", "]]]]><![CDATA[>") + "]]>"


def wxr(
    *items: str, head: Iterable[str] = (), version: str = "1.2", base: str = BLOG, title: str = "Old blog"
) -> bytes:
    """Return a whole file: `head` holds authors, categories, tags and terms, before the items."""
    return (
        '<?xml version="1.0" encoding="UTF-8" ?>\n<!-- generator="WordPress/6.4" -->\n'
        f'<rss version="2.0" {NAMESPACES.format(v=version)}>\n<channel>\n'
        f"<title>{escape(title)}</title>\n<link>{base}</link>\n<description>Words</description>\n"
        f"<pubDate>Sun, 31 Mar 2013 15:17:00 +0000</pubDate>\n<language>en</language>\n"
        f"<wp:wxr_version>{version}</wp:wxr_version>\n"
        f"<wp:base_site_url>{base}</wp:base_site_url>\n<wp:base_blog_url>{base}</wp:base_blog_url>\n"
        f"{''.join(head)}{''.join(items)}</channel>\n</rss>\n"
    ).encode()


def author(login: str = "edith", number: int = 1, email: str = "", name: str = "") -> str:
    return (
        f"<wp:author><wp:author_id>{number}</wp:author_id><wp:author_login>{cdata(login)}</wp:author_login>"
        f"<wp:author_email>{cdata(email or f'{login}@oldblog.example')}</wp:author_email>"
        f"<wp:author_display_name>{cdata(name or login.title())}</wp:author_display_name>"
        "<wp:author_first_name><![CDATA[]]></wp:author_first_name>"
        "<wp:author_last_name><![CDATA[]]></wp:author_last_name></wp:author>\n"
    )


def category(name: str, slug: str, number: int = 1, parent: str = "", description: str = "") -> str:
    return (
        f"<wp:category><wp:term_id>{number}</wp:term_id><wp:category_nicename>{cdata(slug)}</wp:category_nicename>"
        f"<wp:category_parent>{cdata(parent)}</wp:category_parent><wp:cat_name>{cdata(name)}</wp:cat_name>"
        f"<wp:category_description>{cdata(description)}</wp:category_description></wp:category>\n"
    )


def tag(name: str, slug: str, number: int = 1, description: str = "") -> str:
    return (
        f"<wp:tag><wp:term_id>{number}</wp:term_id><wp:tag_slug>{cdata(slug)}</wp:tag_slug>"
        f"<wp:tag_name>{cdata(name)}</wp:tag_name><wp:tag_description>{cdata(description)}</wp:tag_description></wp:tag>\n"
    )


def term(
    name: str, slug: str, taxonomy: str = "series", number: int = 1, parent: str = "", description: str = ""
) -> str:
    return (
        f"<wp:term><wp:term_id>{number}</wp:term_id><wp:term_taxonomy>{cdata(taxonomy)}</wp:term_taxonomy>"
        f"<wp:term_slug>{cdata(slug)}</wp:term_slug><wp:term_parent>{cdata(parent)}</wp:term_parent>"
        f"<wp:term_name>{cdata(name)}</wp:term_name>"
        f"<wp:term_description>{cdata(description)}</wp:term_description></wp:term>\n"
    )


def item(
    title: str = "A title",
    content: str = "<p>Some words.</p>",
    *,
    number: int = 1,
    at: str | None = "2013-03-31 15:17:00",
    slug: str | None = None,
    kind: str = "post",
    status: str = "publish",
    link: str | None = None,
    guid: str | None = None,
    creator: str = "edith",
    excerpt: str = "",
    parent: int = 0,
    password: str = "",
    sticky: int = 0,
    comments: str = "open",
    pings: str = "open",
    attachment_url: str = "",
    categories: Sequence[tuple[str, str]] = (),  # (name, slug)
    tags: Sequence[tuple[str, str]] = (),
    meta: Sequence[tuple[str, str]] = (),
    remarks: Iterable[str] = (),
    base: str = BLOG,
    version: str = "1.2",
) -> str:
    """Return one item; its moment is given in UTC, as the blog's clock was UTC."""
    moment = dt.datetime.fromisoformat(at) if at else None
    slug = f"item-{number}" if slug is None else slug
    if link is None:
        link = f"{base}/{moment:%Y/%m/%d}/{slug}/" if moment and kind == "post" and slug else f"{base}/?p={number}"
    stamp = f"{moment:%Y-%m-%d %H:%M:%S}" if moment else "0000-00-00 00:00:00"
    pub_date = f"{moment:%a, %d %b %Y %H:%M:%S} +0000" if moment else "Mon, 30 Nov -0001 00:00:00 +0000"
    # 1.0 writes each term twice, once without its slug.
    filed = [
        (f'<category domain="{domain}">{cdata(name)}</category>\n' if version == "1.0" else "")
        + f'<category domain="{domain}" nicename={quoteattr(nicename)}>{cdata(name)}</category>\n'
        for domain, terms in (("category", categories), ("tag" if version == "1.0" else "post_tag", tags))
        for name, nicename in terms
    ]
    attached = f"<wp:attachment_url>{cdata(attachment_url)}</wp:attachment_url>\n" if attachment_url else ""
    fields = "".join(
        f"<wp:postmeta><wp:meta_key>{cdata(key)}</wp:meta_key><wp:meta_value>{cdata(value)}</wp:meta_value></wp:postmeta>\n"
        for key, value in meta
    )
    return (
        f"<item>\n<title>{cdata(title)}</title>\n<link>{escape(link)}</link>\n<pubDate>{pub_date}</pubDate>\n"
        f"<dc:creator>{cdata(creator)}</dc:creator>\n"
        f'<guid isPermaLink="false">{escape(f"{base}/?p={number}" if guid is None else guid)}</guid>\n'
        f"<description></description>\n<content:encoded>{cdata(content)}</content:encoded>\n"
        f"<excerpt:encoded>{cdata(excerpt)}</excerpt:encoded>\n<wp:post_id>{number}</wp:post_id>\n"
        f"<wp:post_date>{cdata(stamp)}</wp:post_date>\n<wp:post_date_gmt>{cdata(stamp)}</wp:post_date_gmt>\n"
        f"<wp:comment_status>{comments}</wp:comment_status>\n<wp:ping_status>{pings}</wp:ping_status>\n"
        f"<wp:post_name>{cdata(slug)}</wp:post_name>\n<wp:status>{status}</wp:status>\n"
        f"<wp:post_parent>{parent}</wp:post_parent>\n<wp:menu_order>0</wp:menu_order>\n"
        f"<wp:post_type>{kind}</wp:post_type>\n<wp:post_password>{cdata(password)}</wp:post_password>\n"
        f"<wp:is_sticky>{sticky}</wp:is_sticky>\n{attached}{''.join(filed)}{fields}{''.join(remarks)}</item>\n"
    )


def attachment(url: str, *, number: int, parent: int = 0, title: str = "", caption: str = "", alt: str = "") -> str:
    return item(
        title or url.rpartition("/")[2],
        "",
        number=number,
        kind="attachment",
        status="inherit",
        parent=parent,
        excerpt=caption,
        attachment_url=url,
        meta=[("_wp_attachment_image_alt", alt)] if alt else [],
    )


def remark(
    content: str = "Well said.",
    *,
    number: int = 1,
    author: str = "Ann",
    email: str = "ann@reader.example",
    url: str = "",
    at: str = "2013-04-01 10:00:00",
    approved: str = "1",
    kind: str = "",
    parent: int = 0,
    user: int = 0,
) -> str:
    return (
        f"<wp:comment><wp:comment_id>{number}</wp:comment_id><wp:comment_author>{cdata(author)}</wp:comment_author>"
        f"<wp:comment_author_email>{email}</wp:comment_author_email><wp:comment_author_url>{escape(url)}</wp:comment_author_url>"
        f"<wp:comment_author_IP>203.0.113.77</wp:comment_author_IP><wp:comment_date>{at}</wp:comment_date>"
        f"<wp:comment_date_gmt>{at}</wp:comment_date_gmt><wp:comment_content>{cdata(content)}</wp:comment_content>"
        f"<wp:comment_approved>{approved}</wp:comment_approved><wp:comment_type>{kind}</wp:comment_type>"
        f"<wp:comment_parent>{parent}</wp:comment_parent><wp:comment_user_id>{user}</wp:comment_user_id></wp:comment>\n"
    )
