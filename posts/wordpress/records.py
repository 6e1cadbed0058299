"""What stands in an export of WordPress (WXR 1.0 to 1.2), as plain values. Nothing here knows a database."""

import datetime as dt
from dataclasses import dataclass, field
from typing import NamedTuple


class Meta(NamedTuple):
    """A custom field."""

    key: str
    value: str


@dataclass(slots=True)
class Site:
    """The blog of which a file is an export."""

    title: str = ""
    address: str = ""  # wp:base_blog_url, without a slash at its end: "https://htwatch.wordpress.com"
    site_address: str = ""  # wp:base_site_url, which differs on a network of blogs
    description: str = ""
    language: str = ""
    version: str = ""  # of WXR: "1.2"


@dataclass(slots=True)
class Author:
    login: str
    number: int | None = None
    email: str = ""
    name: str = ""  # as displayed
    first_name: str = ""
    last_name: str = ""


@dataclass(slots=True)
class Term:
    """A category, a tag, or a term of another taxonomy."""

    taxonomy: str  # "category", "post_tag", …
    slug: str  # decoded: "탈북", never "%ed%83%88…"
    name: str = ""
    number: int | None = None
    parent: str = ""  # the slug of the one above it
    description: str = ""
    meta: list[Meta] = field(default_factory=list)


class Filed(NamedTuple):
    """A term as an item names it."""

    taxonomy: str
    slug: str  # decoded
    name: str  # plain text, as all names are


@dataclass(slots=True)
class Remark:
    """A comment, a pingback or a trackback. The writer's network address is not read."""

    number: int | None = None
    kind: str = "comment"  # "comment", "pingback", "trackback"
    author: str = ""
    email: str = ""
    address: str = ""  # of the writer's site
    written_at: dt.datetime | None = None  # aware
    content: str = ""
    approved: str = "1"  # "1", "0", "spam", "trash", "post-trashed"
    parent: int | None = None  # number of the comment that it answers
    user: int | None = None  # number of the author who wrote it
    meta: list[Meta] = field(default_factory=list)


@dataclass(slots=True)
class Item:
    """A post, a page, an attachment or anything else that WordPress keeps as a post."""

    kind: str = "post"  # wp:post_type
    number: int | None = None
    guid: str = ""
    link: str = ""
    title: str = ""  # plain text: tags are taken off, entities read
    author: str = ""  # login
    content: str = ""  # HTML, as excerpt and description are
    excerpt: str = ""
    description: str = ""
    local_at: dt.datetime | None = None  # naive: the blog's own clock
    published_at: dt.datetime | None = None  # aware; of a draft, when it was begun; None where the file has no moment
    modified_at: dt.datetime | None = None  # aware
    status: str = "publish"
    slug: str = ""  # decoded
    parent: int | None = None
    menu_order: int = 0
    password: str = ""
    is_sticky: bool = False
    comment_status: str = ""  # "open", "closed"
    ping_status: str = ""
    attachment_url: str = ""
    filed: list[Filed] = field(default_factory=list)
    meta: list[Meta] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    place: str = ""  # where it stands, for people: "export.xml, item 12"

    def first_meta(self, key: str) -> str:
        return next((value for name, value in self.meta if name == key), "")

    def all_meta(self, key: str) -> list[str]:
        return [value for name, value in self.meta if name == key]


Record = Site | Author | Term | Item
