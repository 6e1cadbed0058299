"""What became of everything in an import: for the terminal, for programs, for spreadsheets. It only reads."""

from __future__ import annotations

import csv
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from errno import EACCES, EISDIR
from itertools import batched
from pathlib import Path
from typing import Any, NamedTuple

from django.contrib.flatpages.models import FlatPage
from django.core.files.storage import default_storage
from django.db import connection
from django.urls import NoReverseMatch, reverse

from posts.addressing import category_url, post_url, tag_url
from posts.life import State
from posts.models import Category, Image, Post, Tag
from posts.spreadsheets import Echo, guard
from posts.wordpress.models import Kind, Outcome, OutcomeQuerySet, Result, Run
from posts.wordpress.reasons import WANT_HAND

BATCH = 500  # outcomes in memory at a time
TITLES_SHOWN = 3  # of each reason on a terminal
ITEM_KINDS = (Kind.POST, Kind.PAGE, Kind.ATTACHMENT, Kind.OTHER)  # an <item> of the file each
COUNTED = {"item": "Items", "comment": "Comments", "author": "Authors", "category": "Categories", "tag": "Tags"}

# What a reason means, and what an editor does about it.
HEADINGS = {
    "no-source": ("No closing line names an outlet", "Open the post and set its outlet; leave it if it has none."),
    "source-differs": ("The page belongs to another outlet", "Say which of the two it is."),
    "doubtful-outlet": ("A new outlet whose name looks odd", "Rename it, merge it into another, or set another."),
    "new-outlet": ("New outlets", ""),
    "source-words": ("The source line said more than the outlet", "Write the rest into the original page."),
    "twice-unlike": ("It stands in the files twice, and differs", "Import the newest file alone."),
    "bad-address": ("The source line links to no page", "Look for the page, and write its address."),
    "text-differs": ("The text reads otherwise than before", "Compare the post with the old page."),
    "links-differ": ("Links lead elsewhere than before", "Compare the links of the post with the old page."),
    "unknown-shortcode": ("A shortcode that is not known here", "It stands in the text as it was: write it anew."),
    "removed-markup": ("Something that may not stand here was removed", "Look whether the text needs it."),
    "file-missing": ("A file could not be had", "Upload it by hand, or import again with an archive of the media."),
    "not-a-picture": ("A file that is no picture", "It keeps its old address: bring it to another place."),
    "no-description": ("A picture without a description", "Say what it shows, for those who do not see it."),
    "edited-here": ("Edited here since, and left alone", "Take over by hand what is new in the old blog."),
    "page-withdrawn": ("A page that the old blog shows no longer", "Delete it here too, if it is to go."),
    "kept-as-html": ("Kept as HTML", "It is all there; write it anew in Markdown if it is to be edited."),
    "deleted-here": ("Deleted here since, and left alone", "Write it anew if it is wanted after all."),
    "address-taken": ("Another page has its address", "Choose which of the two keeps it."),
    "guid-taken": ("Another post has its guid", "It stands here already, or was made from the same one."),
    "same-guid": ("Two items say that they are the same", "Only the first came over: write the other anew."),
    "no-date": ("Without a date of publication", "Set the date on which it appeared."),
    "unknown-kind": ("Of a kind that has no place here", "Write a post or a page of it if it is wanted."),
    "unknown-status": ("In a state that is not known here", "It is a draft: publish it if it was public."),
    "long-text": ("A text longer than fits", "Make two posts of it."),
    "shortened": ("Too long, and therefore shortened", "See whether what is left says enough."),
    "failed": ("Failed", "The reason stands beside each: mend it in the old blog, and import again."),
}


def heading_of(code: str) -> str:
    """Return what a reason is called; of one that has no name here, its code as words."""
    return HEADINGS[code][0] if code in HEADINGS else code.replace("-", " ").capitalize()


class Group(NamedTuple):
    """The outcomes with one reason."""

    code: str
    number: int
    to_do: int  # of them want a hand still

    @property
    def heading(self) -> str:
        return heading_of(self.code)

    @property
    def advice(self) -> str:
        return HEADINGS[self.code][1] if self.code in HEADINGS else ""


# The reasons are a JSON list of pairs; each database opens such a list in words of its own.
_OPENED = {
    "sqlite": ("json_extract(each.value, '$[0]')", "json_each(o.reasons) AS each"),
    "postgresql": ("each.value ->> 0", "jsonb_array_elements(o.reasons) AS each(value)"),
}


def groups(run: Run) -> list[Group]:
    """Return the reasons met in a run, each with its numbers; those that most ask for come first. One query."""
    code, each = _OPENED[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {code} AS code, COUNT(DISTINCT o.id), COUNT(DISTINCT CASE WHEN o.wants_hand THEN o.id END)"  # noqa: S608
            f" FROM {Outcome._meta.db_table} AS o, {each} WHERE o.run_id = %s GROUP BY 1 ORDER BY 2 DESC, 1",
            [run.pk],
        )
        found = [Group(*row) for row in cursor.fetchall()]
    return [group if group.code in WANT_HAND else group._replace(to_do=0) for group in found]


def to_do(run: Run) -> list[Group]:
    """Return the reasons for which something wants a hand still."""
    return sorted((group for group in groups(run) if group.to_do), key=lambda group: -group.to_do)


# --- For the terminal


def as_text(run: Run, out: Any) -> None:
    """Say in short what became of everything, and what wants a hand."""
    if run.is_rehearsal:
        out.write("A rehearsal: nothing was written. This is what would become of it.")
    for warning in run.warnings:
        out.write(f"Heed: {warning}")
    for key, label in COUNTED.items():
        if counts := run.counts.get(key):
            words = ", ".join(f"{counts[result]:,} {result}" for result in Result.values if counts.get(result))
            out.write(f"{label}: {words or 'none'}")
    waiting = to_do(run)
    for group in waiting:
        out.write(f"\n{group.heading}: {group.to_do:,}")
        for outcome in _some(run, group.code):
            out.write(f"  {_one_line(outcome)}")
        if group.to_do > TITLES_SHOWN:
            out.write(f"  and {group.to_do - TITLES_SHOWN:,} more")
    if waiting:
        out.write(f"\nAll of them: --report FILE, or {admin_url('wordpress.run', run.pk)} at the desk.")


def _some(run: Run, code: str) -> Iterable[Outcome]:
    return run.outcomes.wanting_a_hand().because(code).order_by("id")[:TITLES_SHOWN]


def _one_line(outcome: Outcome) -> str:
    title = " ".join(outcome.title.split()) or outcome.address or outcome.key
    return f"“{title[:80]}”{f' ({outcome.place})' if outcome.place else ''}"


# --- For programs


def as_json(run: Run) -> Iterator[str]:
    """Yield one JSON document, piece by piece: `items` are the items of the files, `others` authors and terms."""
    head = {
        "summary": run.summary(),
        "counts": run.counts,
        "blog": run.blog.address if run.blog else None,
        "files": run.files,
        "state": run.state,
        "words": run.words,
        "warnings": run.warnings,
        "is_rehearsal": run.is_rehearsal,
        "started_at": run.made_at.isoformat(),
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
    }
    yield json.dumps(head, ensure_ascii=False, indent=1)[:-2]
    yield from _as_list("items", run.outcomes.filter(kind__in=ITEM_KINDS))
    yield from _as_list("others", run.outcomes.exclude(kind__in=ITEM_KINDS))
    yield "\n}\n"


def _as_list(name: str, outcomes: OutcomeQuerySet) -> Iterator[str]:
    yield f',\n "{name}": ['
    comma = ""
    for row in rows(outcomes):
        yield f"{comma}\n  {json.dumps(row, ensure_ascii=False)}"
        comma = ","
    yield "]"


def rows(outcomes: OutcomeQuerySet) -> Iterator[dict[str, Any]]:
    """Yield an account of each outcome; a handful of queries for each batch."""
    for batch in batched(outcomes.order_by("id").iterator(chunk_size=BATCH), BATCH):
        addresses = public_addresses(batch)
        for outcome in batch:
            yield _row(outcome, addresses.get((outcome.model, outcome.row_id), ""))


def _row(outcome: Outcome, address: str) -> dict[str, Any]:
    return {
        "kind": outcome.kind,
        "key": outcome.key,
        "number": outcome.number,
        "title": outcome.title,
        "old_address": outcome.address,
        "place": outcome.place,
        "result": outcome.result,
        "reasons": [
            {"code": code, "sentence": sentence, "wants_hand": code in WANT_HAND} for code, sentence in outcome.reasons
        ],
        "address": address,
        "admin": admin_url(outcome.model, outcome.row_id),
    }


# --- For spreadsheets

_CELLS = ("result", "kind", "number", "title", "old_address", "place", "address", "admin")


def as_csv(run: Run) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield "\ufeff" + str(writer.writerow([*_CELLS, "reasons", "sentences"]))  # by the mark spreadsheets know UTF-8
    for row in rows(run.outcomes.all()):
        reasons = [", ".join(each["code"] for each in row["reasons"]), " ".join(x["sentence"] for x in row["reasons"])]
        yield str(writer.writerow([_guarded(cell) for cell in [*(row[name] for name in _CELLS), *reasons]]))


def _guarded(cell: Any) -> Any:
    return guard(cell) if isinstance(cell, str) else cell


# --- A file of it


class NotWritable(ValueError):
    """The report cannot be written there; the message says why in a line."""


def check_writable(path: str | Path) -> None:
    """See before anything is done that a report can be written there. Raises NotWritable."""
    try:
        goal = Path(os.path.realpath(path))
        if goal.is_dir():
            raise IsADirectoryError(EISDIR, "it is a folder; name a file in it")
        if goal.exists() and not os.access(goal, os.W_OK):
            raise PermissionError(EACCES, "permission denied")
        if _is_file(goal):
            tempfile.TemporaryFile(dir=goal.parent).close()
    except (OSError, ValueError) as error:
        raise _not_writable(path, error) from error


def write_report(run: Run, path: str | Path) -> None:
    """Write the JSON of it; whoever looks meanwhile sees no part of a file. Raises NotWritable."""
    goal = Path(os.path.realpath(path))
    part = goal.with_name(f".{goal.name[:50]}.{os.getpid()}") if _is_file(goal) else goal  # a terminal has no parts
    try:
        with part.open("w", encoding="utf-8") as out:
            out.writelines(as_json(run))
        if part != goal:
            part.replace(goal)
    except OSError as error:
        raise _not_writable(path, error) from error
    finally:
        if part != goal:
            part.unlink(missing_ok=True)


def _is_file(goal: Path) -> bool:
    return goal.is_file() or not goal.exists()


def _not_writable(path: str | Path, error: Exception) -> NotWritable:
    why = getattr(error, "strerror", None) or error
    return NotWritable(f"--report: cannot write to {path!s:.200} ({why}).")


# --- Where things are now


def admin_url(model: str, row_id: int | None) -> str:
    """Return where the desk shows a row; "" where there is none."""
    if not model or row_id is None:
        return ""
    try:
        return reverse(f"admin:{model.replace('.', '_')}_change", args=[row_id])
    except NoReverseMatch:
        return ""


def public_addresses(outcomes: Iterable[Outcome]) -> dict[tuple[str, int | None], str]:
    """Return the addresses here of what the outcomes made, by model and number: one query for each model."""
    wanted: dict[str, set[int]] = {}
    for outcome in outcomes:
        if outcome.row_id is not None:
            wanted.setdefault(outcome.model, set()).add(outcome.row_id)
    return {
        (model, pk): address
        for model, ids in wanted.items()
        if model in _ADDRESSES
        for pk, address in _ADDRESSES[model](ids)
    }


_Found = Iterator[tuple[int, str]]


def _of_posts(ids: set[int]) -> _Found:
    posts = Post.objects.filter(pk__in=ids).exclude(state=State.TRASH)
    for pk, day, slug in posts.values_list("pk", "published_on", "slug"):
        if day:
            yield pk, str(post_url(day, slug))


def _of_categories(ids: set[int]) -> _Found:
    for pk, path in Category.objects.filter(pk__in=ids).values_list("pk", "path"):
        yield pk, str(category_url(path))


def _of_tags(ids: set[int]) -> _Found:
    for pk, slug in Tag.objects.filter(pk__in=ids).values_list("pk", "slug"):
        yield pk, str(tag_url(slug))


def _of_images(ids: set[int]) -> _Found:
    for pk, name in Image.objects.filter(pk__in=ids).values_list("pk", "file"):
        yield pk, default_storage.url(name)


def _of_pages(ids: set[int]) -> _Found:
    yield from FlatPage.objects.filter(pk__in=ids).values_list("pk", "url")


_ADDRESSES: dict[str, Callable[[set[int]], _Found]] = {
    "posts.post": _of_posts,
    "posts.category": _of_categories,
    "posts.tag": _of_tags,
    "posts.image": _of_images,
    "flatpages.flatpage": _of_pages,
}
