"""Reads an export as WordPress does, and complains of everything that WordPress would stumble over.

Modelled on the parsers of the plugin wordpress-importer (SimpleXML, and the one of regular expressions for servers
without an XML parser), on what class-wp-import.php does with what they return, and on the order in which
wp-admin/includes/export.php writes.
"""

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field

WP = "{http://wordpress.org/export/1.2/}"
CONTENT, EXCERPT = (
    "{http://purl.org/rss/1.0/modules/content/}encoded",
    "{http://wordpress.org/export/1.2/excerpt/}encoded",
)
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
HEAD = ["title", "link", "description", "pubDate", "language"]
HEAD += [f"{WP}{name}" for name in ("wxr_version", "base_site_url", "base_blog_url")]
PARTS = {
    f"{WP}author": [
        "author_id", "author_login", "author_email", "author_display_name", "author_first_name", "author_last_name",
    ],
    f"{WP}category": ["term_id", "category_nicename", "category_parent", "cat_name", "category_description"],
    f"{WP}tag": ["term_id", "tag_slug", "tag_name", "tag_description"],
    f"{WP}term": ["term_id", "term_taxonomy", "term_slug", "term_parent", "term_name", "term_description"],
}  # fmt: skip
ITEM = [
    "title", "link", "pubDate", CREATOR, "guid", "description", CONTENT, EXCERPT,
    *(
        f"{WP}{name}"
        for name in (
            "post_id", "post_date", "post_date_gmt", "post_modified", "post_modified_gmt", "comment_status",
            "ping_status", "post_name", "status", "post_parent", "menu_order", "post_type", "post_password",
            "is_sticky",
        )
    ),
]  # fmt: skip
COMMENT = [
    "comment_id", "comment_author", "comment_author_email", "comment_author_url", "comment_author_IP",
    "comment_date", "comment_date_gmt", "comment_content", "comment_approved", "comment_type", "comment_parent",
    "comment_user_id",
]  # fmt: skip
STATUSES = {"publish", "future", "draft", "pending", "private", "trash", "inherit"}
MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
SLUG = re.compile(r"(?:[a-z0-9_.~-]|%[0-9a-f]{2})*")


@dataclass
class Read:
    """What the parser of WordPress would return."""

    head: dict[str, str]
    authors: list[dict] = field(default_factory=list)
    categories: list[dict] = field(default_factory=list)
    tags: list[dict] = field(default_factory=list)
    terms: list[dict] = field(default_factory=list)
    items: list[dict] = field(default_factory=list)

    def item(self, title: str) -> dict:
        (found,) = [each for each in self.items if each["title"] == title]
        return found


def read_back(text: str) -> Read:
    _check_lines(text)
    root = ET.fromstring(text)
    assert root.tag == "rss"
    assert root.attrib["version"] == "2.0"
    (channel,) = root
    names = [child.tag for child in channel]
    assert names[: len(HEAD)] == HEAD
    order = [*PARTS, "item"]
    assert [order.index(name) for name in names[len(HEAD) :]] == sorted(
        order.index(name) for name in names[len(HEAD) :]
    )
    read = Read({child.tag.removeprefix(WP): child.text or "" for child in channel[: len(HEAD)]})
    assert re.fullmatch(r"\d+\.\d+", read.head["wxr_version"])
    assert read.head["link"].startswith("http")
    for child in channel[len(HEAD) :]:
        if child.tag == "item":
            read.items.append(_item(child))
        else:
            _list_for(read, child.tag).append(_part(child))
    _check_terms(read)
    _check_items(read)
    return read


def _check_lines(text: str) -> None:
    """What the parser of regular expressions wants: version, addresses and authors, each on a line of its own."""
    assert text.startswith("<?xml ")
    assert "<!DOCTYPE" not in text.split("<channel>", maxsplit=1)[0]
    assert re.search(r"^\t*<wp:wxr_version>(\d+\.\d+)</wp:wxr_version>$", text, re.MULTILINE)
    assert re.search(r"^\t*<wp:base_site_url>(.*?)</wp:base_site_url>$", text, re.MULTILINE)
    head = text.split("<item>", maxsplit=1)[0]
    assert head.count("<wp:author>") == len(re.findall(r"^\t*<wp:author>.*</wp:author>$", head, re.MULTILINE))
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", text)


def _list_for(read: Read, tag: str) -> list[dict]:
    return {"author": read.authors, "category": read.categories, "tag": read.tags, "term": read.terms}[
        tag.removeprefix(WP)
    ]


def _part(element: ET.Element) -> dict:
    names, fields = PARTS[element.tag], {}
    assert [child.tag.removeprefix(WP) for child in element][: len(names)] == names
    fields = {child.tag.removeprefix(WP): child.text or "" for child in element[: len(names)]}
    return {**fields, "meta": _metas(element[len(names) :], "termmeta")}


def _metas(elements: list[ET.Element], name: str) -> list[tuple[str, str]]:
    assert all(element.tag == f"{WP}{name}" for element in elements)
    assert all([child.tag for child in element] == [f"{WP}meta_key", f"{WP}meta_value"] for element in elements)
    return [(element[0].text or "", element[1].text or "") for element in elements]


def _item(element: ET.Element) -> dict:
    children = list(element)
    names = [child.tag for child in children]
    assert names[: len(ITEM)] == ITEM
    read = {
        {CONTENT: "content", EXCERPT: "excerpt", CREATOR: "creator"}.get(
            child.tag, child.tag.removeprefix(WP)
        ): child.text or ""
        for child in children[: len(ITEM)]
    }
    guid = element.find("guid")
    assert guid is not None
    assert guid.attrib == {"isPermaLink": "false"}
    rest = children[len(ITEM) :]
    is_attachment = read["post_type"] == "attachment"
    assert bool(rest and rest[0].tag == f"{WP}attachment_url") == is_attachment
    if is_attachment:
        read["attachment_url"] = rest.pop(0).text
        assert re.match("https?://", read["attachment_url"])
    order = ["category", f"{WP}postmeta", f"{WP}comment"]
    places = [order.index(child.tag) for child in rest]
    assert places == sorted(places)
    read["terms"] = [
        (each.attrib["domain"], each.attrib["nicename"], each.text or "") for each in rest if each.tag == "category"
    ]
    read["meta"] = _metas([each for each in rest if each.tag == order[1]], "postmeta")
    read["comments"] = [_comment(each) for each in rest if each.tag == order[2]]
    return read


def _comment(element: ET.Element) -> dict:
    assert [child.tag.removeprefix(WP) for child in element][: len(COMMENT)] == COMMENT
    fields = {child.tag.removeprefix(WP): child.text or "" for child in element[: len(COMMENT)]}
    return {**fields, "meta": _metas(list(element)[len(COMMENT) :], "commentmeta")}


def _check_terms(read: Read) -> None:
    numbers = [int(each["term_id"]) for each in (*read.categories, *read.tags, *read.terms)]
    assert all(number > 0 for number in numbers)
    assert len(set(numbers)) == len(numbers)
    assert len({each["author_login"] for each in read.authors}) == len(read.authors)
    seen = set()
    for each in read.categories:  # term_exists() finds the parent by its slug: it has to be there
        assert each["category_parent"] in {"", *seen}
        seen.add(each["category_nicename"])
        assert each["cat_name"]
    for slugs in (
        [each["category_nicename"] for each in read.categories],
        [each["tag_slug"] for each in read.tags],
        [each["term_slug"] for each in read.terms],
    ):
        assert len(set(slugs)) == len(slugs)
        assert all(slug and SLUG.fullmatch(slug) and len(slug) <= 200 for slug in slugs)


def _check_items(read: Read) -> None:
    numbers = [int(each["post_id"]) for each in read.items]
    assert all(number > 0 for number in numbers)
    assert len(set(numbers)) == len(numbers)
    guids = [each["guid"] for each in read.items]
    assert all(guids)
    assert len(set(guids)) == len(guids)
    known = {"category": {each["category_nicename"] for each in read.categories}}
    known["post_tag"] = {each["tag_slug"] for each in read.tags}
    people = {each["author_login"] for each in read.authors}
    for each in read.items:
        assert each["status"] in STATUSES
        assert each["post_type"] in {"post", "page", "attachment"}
        assert (each["status"] == "inherit") == (each["post_type"] == "attachment")
        assert each["comment_status"] in {"open", "closed"}
        assert each["ping_status"] in {"open", "closed"}
        assert each["is_sticky"] in {"0", "1"}
        assert each["creator"] in {"", *people}
        assert int(each["post_parent"]) in {0, *numbers}
        assert SLUG.fullmatch(each["post_name"])
        assert len(each["post_name"]) <= 200
        assert all(MOMENT.fullmatch(each[name]) for name in ("post_date", "post_date_gmt", "post_modified"))
        assert all(nicename in known[domain] for domain, nicename, _ in each["terms"] if domain in known)
        _check_comments(each["comments"], {each["author_id"] for each in read.authors})
    comments = [each["comment_id"] for item in read.items for each in item["comments"]]
    assert len(set(comments)) == len(comments)


def _check_comments(comments: list[dict], people: set[str]) -> None:
    before = {"0"}
    for each in sorted(comments, key=lambda each: int(each["comment_id"])):  # ksort(): answers come after
        assert each["comment_parent"] in before
        before.add(each["comment_id"])
        assert each["comment_author_IP"] == ""
        assert each["comment_approved"] in {"0", "1", "spam", "trash"}
        assert each["comment_type"] in {"comment", "pingback", "trackback"}
        assert each["comment_user_id"] in {"0", *people}
        assert MOMENT.fullmatch(each["comment_date"])
