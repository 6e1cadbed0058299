"""The old blog's pages, which become flatpages at the addresses that they had."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.flatpages.models import FlatPage
from django.utils.text import slugify

from posts.hooks import is_taken
from posts.rendering import fit
from posts.wordpress.importing.attachments import fitting
from posts.wordpress.models import ADDRESS_LENGTH, Blog, Imported, Kind, Result
from posts.wordpress.paths import host_in, old_path
from posts.wordpress.reasons import Reason
from posts.wordpress.records import Item, Remark
from sources.naming import tidy_name

PAGE = "flatpages.flatpage"
URL_LENGTH, TITLE_LENGTH = 100, 200
MOST_ABOVE = 20  # pages above a page: a circle ends
_UNFIT = re.compile(r"[^-\w.~]+")  # the admin's form takes nothing else in an address


class Branch(NamedTuple):
    """Where a page stands among pages."""

    slug: str
    parent: int | None


class OldPage(NamedTuple):
    """A page of the old blog, ready to be stored."""

    item: Item
    markdown: str
    digest: str  # of the record, as Imported keeps it
    known: Imported | None = None  # its row, where it was brought before


@dataclass
class Paged:
    """What became of a page."""

    result: Result
    page: FlatPage | None = None
    reasons: list[Reason] = field(default_factory=list)
    # Of its row in Imported, except blog and key; "extra" is to be added to. Empty: the row stays as it is.
    columns: dict[str, Any] = field(default_factory=dict)


def is_page(item: Item) -> bool:
    """Say whether an item becomes a flatpage: one that readers saw. Of others the import makes drafts of posts."""
    return item.kind == "page" and item.status == "publish" and not item.password


def note_branch(tree: dict[int, Branch], item: Item) -> None:
    """Remember where a page stands: those below it may come before it in the file."""
    if item.kind == "page" and item.number:
        tree[item.number] = Branch(_segment(item.slug), item.parent or None)


def store_pages(old: Sequence[OldPage], blog: Blog, tree: Mapping[int, Branch]) -> list[Paged]:
    """Store pages, with the same few queries however many there are; call it in the slice's transaction."""
    desk = _Desk(old, blog, tree)
    made = [desk.store(each) for each in old]
    desk.write()
    return [_with_columns(paged, each) for paged, each in zip(made, old, strict=True)]


def store_page(old: OldPage, blog: Blog, tree: Mapping[int, Branch]) -> Paged:
    return store_pages([old], blog, tree)[0]


def left_as(page: FlatPage) -> str:
    """Return a digest of what a page says: another than when it was imported means that somebody edited it here."""
    return hashlib.sha256("\0".join((page.url, page.title, page.content)).encode()).hexdigest()


class _Desk:
    """The pages that stand here, and those that come to them."""

    def __init__(self, old: Sequence[OldPage], blog: Blog, tree: Mapping[int, Branch]) -> None:
        self._blog, self._tree = blog, tree
        ids = {each.known.row_id for each in old if each.known and each.known.row_id}
        self._pages: dict[int, FlatPage] = FlatPage.objects.in_bulk(ids)
        self._taken = dict(FlatPage.objects.values_list("url", "pk"))
        self._imported = set(
            Imported.objects.filter(model=PAGE, row_id__in=self._taken.values()).values_list("row_id", flat=True)
        )
        self._above = self._addresses_above(old)
        self._new: list[FlatPage] = []
        self._changed: list[FlatPage] = []

    def store(self, each: OldPage) -> Paged:
        if each.known is None:
            return self._store_new(each)
        if each.known.model != PAGE or not each.known.row_id:
            return self._store_new(each)  # it was refused the last time, or no more than a draft
        page = self._pages.get(each.known.row_id)
        if page is None:
            return Paged(Result.SKIPPED, reasons=[_DELETED])
        if left_as(page) != each.known.left_as:
            is_same = each.known.digest == each.digest
            return Paged(Result.UNCHANGED if is_same else Result.SKIPPED, page, [] if is_same else [_EDITED])
        if each.known.digest == each.digest:
            return Paged(Result.UNCHANGED, page)
        return self._store_again(each, page)

    def write(self) -> None:
        FlatPage.objects.bulk_create(self._new)
        through = FlatPage.sites.through
        through.objects.bulk_create(through(flatpage_id=page.pk, site_id=settings.SITE_ID) for page in self._new)
        if self._changed:
            FlatPage.objects.bulk_update(self._changed, ["url", "title", "content"])

    def _store_new(self, each: OldPage) -> Paged:
        paged = Paged(Result.IMPORTED)
        url = self._free(self._wanted(each.item), paged.reasons, None)
        if not url:
            paged.result = Result.SKIPPED
            return paged
        paged.page = FlatPage(url=url, title=_title(each.item, paged.reasons), content=fit(each.markdown))
        self._new.append(paged.page)
        return self._with_remarks(paged, each.item)

    def _store_again(self, each: OldPage, page: FlatPage) -> Paged:
        paged = Paged(Result.UPDATED, page)
        # Where its address cannot be had, it stays at the one that it has.
        page.url = self._free(self._wanted(each.item), paged.reasons, page.pk) or page.url
        page.title, page.content = _title(each.item, paged.reasons), fit(each.markdown)
        self._changed.append(page)
        return self._with_remarks(paged, each.item)

    def _with_remarks(self, paged: Paged, item: Item) -> Paged:
        number = sum(remark.approved == "1" for remark in item.remarks)
        if number:
            words = "1 comment" if number == 1 else f"{number:,} comments"
            sentence = f"Pages have no comments here: {words} of the old page can be seen no more, and are kept."
            paged.reasons.append(Reason("comments-on-page", sentence))
        return paged

    # --- Addresses

    def _wanted(self, item: Item) -> str:
        """Return the address that the page had, or the one that its names make."""
        return self._linked(item) or self._above_of(item.parent) + f"{_slug_of(item)}/"

    def _linked(self, item: Item) -> str:
        """Return the address in the item's link, below the blog's; "" where it is none with names in it."""
        try:
            link, base = urlsplit(item.link.strip()), urlsplit(self._blog.address)
        except ValueError:
            return ""
        path, root = unquote(link.path), unquote(base.path).rstrip("/")
        is_elsewhere = host_in(item.link) not in ("", host_in(self._blog.address))
        if is_elsewhere or link.query or not path.startswith(f"{root}/"):
            return ""
        path = path.removeprefix(root).removeprefix("/index.php")
        segments = [segment for part in path.split("/") if (segment := _segment(part))]
        return f"/{'/'.join(segments)}/" if segments else ""

    def _above_of(self, parent: int | None) -> str:
        """Return the address below which a page stands."""
        slugs: list[str] = []
        for _ in range(MOST_ABOVE):
            if not parent:
                break
            if parent in self._tree:
                slug, next_parent = self._tree[parent]
                slugs.insert(0, slug or str(parent))
                parent = next_parent
            else:
                return self._above.get(parent, "/") + "".join(f"{slug}/" for slug in slugs)
        return "".join(["/", *(f"{slug}/" for slug in slugs)])

    def _addresses_above(self, old: Sequence[OldPage]) -> dict[int, str]:
        """Return where pages stand that were brought before, and are not in these files."""
        parents = {each.item.parent for each in old} | {branch.parent for branch in self._tree.values()}
        wanted = {number for number in parents if fitting(number) and number not in self._tree}
        rows = Imported.objects.filter(blog=self._blog, kind=Kind.PAGE, model=PAGE, number__in=wanted)
        urls = {pk: url for url, pk in self._taken.items()}
        return {
            number: urls[row_id]
            for number, row_id in rows.values_list("number", "row_id")
            if row_id in urls and number
        }

    def _free(self, url: str, reasons: list[Reason], own: int | None) -> str:
        """Return an address near the wanted one at which the page can stand; "" where an editor's page stands."""
        short = _shortened(url)
        if short != url:
            reasons.append(Reason("shortened", f"The address {url} is too long: the page stands at {short}."))
        if self._taken.get(short, own) != own and self._taken[short] and self._taken[short] not in self._imported:
            reasons.append(
                Reason("address-taken", f"A page that was written here stands at {short}: this one is left.")
            )
            return ""
        found = next(each for each in _near(short) if self._taken.get(each, own) == own and not is_taken(each))
        if found != short:
            sentence = f"The site itself answers at {short}: the page stands at {found}."
            if not is_taken(short):
                sentence = f"Another page of the old blog stands at {short}: this one stands at {found}."
            reasons.append(Reason("address-taken", sentence))
        if own:
            self._taken = {address: pk for address, pk in self._taken.items() if pk != own}
        self._taken[found] = own or 0
        return found


_DELETED = Reason("deleted-here", "The page was deleted here, and stays so.")
_EDITED = Reason("edited-here", "The page was edited here since; what changed on the old blog is not taken over.")


def _with_columns(paged: Paged, each: OldPage) -> Paged:
    """Add what the page's row says; it knows its number only once it is written."""
    if paged.result not in (Result.IMPORTED, Result.UPDATED):
        if each.known is None:
            paged.columns = _columns(each, None)
        return paged
    paged.columns = _columns(each, paged.page)
    return paged


def _columns(each: OldPage, page: FlatPage | None) -> dict[str, Any]:
    item = each.item
    return {
        "kind": Kind.PAGE,
        "number": fitting(item.number),
        "path": old_path(item.link)[:ADDRESS_LENGTH],
        "parent": fitting(item.parent),
        "digest": each.digest,
        "model": PAGE if page else "",
        "row_id": page.pk if page else None,
        "left_as": left_as(page) if page else "",
        "extra": {"remarks": remarks} if (remarks := [*map(_kept, item.remarks)]) else {},
    }


def _kept(remark: Remark) -> dict[str, Any]:
    """Return a comment for the way out. What plugins noted of it is dropped: network addresses stand there."""
    return {
        "number": remark.number,
        "kind": remark.kind,
        "author": fit(remark.author),
        "email": fit(remark.email),
        "address": fit(remark.address),
        "written_at": remark.written_at.isoformat() if remark.written_at else None,
        "content": fit(remark.content),
        "approved": remark.approved,
        "parent": remark.parent,
        "user": remark.user,
    }


# --- Names


def _segment(text: str) -> str:
    """Return a part of an address as the admin's form would take it."""
    return _UNFIT.sub("-", unicodedata.normalize("NFC", unquote(text))).strip("-.")


def _slug_of(item: Item) -> str:
    named = _segment(item.slug) or slugify(tidy_name(fit(item.title)), allow_unicode=True)[:URL_LENGTH]
    return named or f"page-{item.number or 'untitled'}"


def _title(item: Item, reasons: list[Reason]) -> str:
    title = tidy_name(fit(item.title)) or _slug_of(item).replace("-", " ").capitalize()
    if len(title) > TITLE_LENGTH:
        reasons.append(Reason("shortened", f"The title was longer than {TITLE_LENGTH} characters, and is cut."))
        title = f"{title[: TITLE_LENGTH - 1].rstrip()}…"
    return title


def _shortened(url: str) -> str:
    """Return an address that fits, with room for a number; the last name is what is cut."""
    if len(url) <= URL_LENGTH:
        return url
    cut = url[: URL_LENGTH - 10].rstrip("/-.")
    return f"{cut}/"


def _near(url: str) -> Iterator[str]:
    """Yield addresses like this one, none too long: /about/, /about-page/, /about-page-2/, …"""
    yield url
    stem = url.strip("/")[: URL_LENGTH - 15].rstrip("/-.")
    yield f"/{stem}-page/"
    number = 2
    while True:
        yield f"/{stem}-page-{number}/"
        number += 1
