# PLACEHOLDER of branch wt-import: take the file of wt-read.
"""Reads WXR; a small version for the tests of importing."""

import datetime as dt
import hashlib
import html
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from posts.wordpress.records import Author, Filed, Item, Meta, Record, Remark, Site, Term


class NotReadable(ValueError):
    pass


@dataclass
class Survey:
    site: Site
    items: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    remarks: int = 0
    authors: list[Author] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)
    digest: str = ""
    warnings: list[str] = field(default_factory=list)


def survey(paths: Sequence[str | Path]) -> Survey:
    found = Survey(Site())
    digest = hashlib.sha256()
    for path in paths:
        try:
            digest.update(Path(path).read_bytes())
        except OSError as error:
            raise NotReadable(f"{path}: {error.strerror}") from error
    found.digest = digest.hexdigest()
    for record in read(paths):
        match record:
            case Site():
                found.site = record
            case Author():
                found.authors.append(record)
            case Term():
                found.terms.append(record)
            case Item():
                found.items += 1
                found.kinds[record.kind] += 1
                found.remarks += len(record.remarks)
    return found


def read(paths: Sequence[str | Path]) -> Iterator[Record]:
    for path in paths:
        try:
            yield from _read(Path(path))
        except ET.ParseError as error:
            raise NotReadable(f"{path}: {error}") from error


def _read(path: Path) -> Iterator[Record]:
    number, is_told, channel, site = 0, False, None, Site()
    for event, node in ET.iterparse(path, events=("start", "end")):  # noqa: S314
        tag = node.tag.rpartition("}")[2]
        if event == "start":
            channel = node if tag == "channel" else channel
            continue
        if tag == "base_blog_url":
            site.address = (node.text or "").rstrip("/")
        if tag in ("author", "category", "tag", "term", "item") and node.tag != "category" and not is_told:
            is_told = True
            yield site
        if tag == "item":
            number += 1
            yield _item(node, f"{path.name}, item {number}")
        elif tag == "author" and node.tag != "author":
            says = _says(node)
            yield Author(says["author_login"], int(says["author_id"]), says.get("author_email", ""))
        elif node.tag.endswith("}category"):
            says = _says(node)
            yield Term(
                "category", says["category_nicename"], says["cat_name"], int(says["term_id"]),
                says["category_parent"], says["category_description"],
            )  # fmt: skip
        elif node.tag.endswith("}tag"):
            says = _says(node)
            yield Term(
                "post_tag", says["tag_slug"], says["tag_name"], int(says["term_id"]), "", says["tag_description"]
            )
        else:
            continue
        if channel is not None:
            channel.clear()


def _says(node: Any) -> dict[str, str]:
    says: dict[str, str] = {}
    for child in node:
        namespace, _, name = child.tag.rpartition("}")
        says[f"excerpt {name}" if "excerpt" in namespace else name] = child.text or ""
    return says


def _moment(text: str) -> dt.datetime | None:
    return None if text.startswith("0000") or not text else dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def _item(node: Any, place: str) -> Item:
    says = _says(node)
    item = Item(
        kind=says["post_type"], number=int(says["post_id"]), guid=says["guid"], link=says["link"], title=says["title"],
        author=says["creator"], content=says["encoded"], excerpt=says["excerpt encoded"],
        published_at=_moment(says["post_date_gmt"]), status=says["status"], slug=unquote(says["post_name"]),
        parent=int(says["post_parent"]) or None, password=says["post_password"], is_sticky=says["is_sticky"] == "1",
        comment_status=says["comment_status"], ping_status=says["ping_status"],
        attachment_url=says.get("attachment_url", ""), place=place,
    )  # fmt: skip
    for child in node:
        name = child.tag.rpartition("}")[2]
        if child.tag == "category":
            domain = child.get("domain", "")
            taxonomy = "post_tag" if domain == "tag" else domain
            item.filed.append(Filed(taxonomy, unquote(child.get("nicename", "")), html.unescape(child.text or "")))
        elif name == "postmeta":
            item.meta.append(Meta(child[0].text or "", child[1].text or ""))
        elif name == "comment":
            said = _says(child)
            item.remarks.append(
                Remark(
                    int(said["comment_id"]),
                    said["comment_type"] or "comment",
                    said["comment_author"],
                    said["comment_author_email"],
                    written_at=_moment(said["comment_date_gmt"]),
                    content=said["comment_content"],
                    approved=said["comment_approved"],
                )
            )
    return item
