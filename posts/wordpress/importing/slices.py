"""A slice of items: what becomes of each is decided and stored in one transaction, with the account of it."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.flatpages.models import FlatPage
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Model
from django.utils import timezone

from posts.life import State
from posts.models import Image, Post, Tally
from posts.wordpress.converting.old_files import NO_FILES, Files
from posts.wordpress.converting.preparing import Prepared, Preparer, Preparing, Task, prepare_all
from posts.wordpress.importing import attachments, pages, parts
from posts.wordpress.importing.accounts import Account, short_key
from posts.wordpress.importing.attachments import Attached
from posts.wordpress.importing.authors import Users
from posts.wordpress.importing.bringing import bring_words
from posts.wordpress.importing.digests import digest_of_attachment, digest_of_item
from posts.wordpress.importing.pages import Branch, OldPage
from posts.wordpress.importing.storing import Touched, Writing, store
from posts.wordpress.importing.supplying import Supply
from posts.wordpress.importing.terms import Shelves
from posts.wordpress.models import ADDRESS_LENGTH, Blog, Imported, Kind, Outcome, Result, Run
from posts.wordpress.ours import KEYS, ours_of_image
from posts.wordpress.paths import old_path
from posts.wordpress.reasons import Reason
from posts.wordpress.records import Item
from sources.locking import hold_the_desk

logger = logging.getLogger(__name__)

KINDS = {"post": Kind.POST, "page": Kind.PAGE, "attachment": Kind.ATTACHMENT}
MODELS: dict[str, type[Model]] = {"posts.post": Post, "posts.image": Image, "flatpages.flatpage": FlatPage}
# What WordPress keeps for itself, and what makes menus and themes: nothing of it is a text of the blog.
WITHOUT_MEANING = re.compile(
    r"(nav_menu_item|revision|custom_css|customize_changeset|oembed_cache|user_request|wp_navigation|wp_template"
    r"|wp_template_part|wp_global_styles|wp_font_family|wp_font_face)\Z"
)
DROPPED_META = re.compile(r"(_edit_last|_edit_lock|_wp_page_template|_pingme|_encloseme|_oembed_.*)\Z")
UNDERSTOOD_META = frozenset(
    {"_wp_old_slug", "_wp_old_date", "_wp_desired_post_slug", "_wp_attached_file", "_wp_attachment_image_alt", *KEYS}
)


class Lost(Exception):
    """The run was stopped, or somebody else works at it."""


@dataclass
class Work:
    """What the slices of a run share."""

    run: Run
    blog: Blog
    shelves: Shelves
    users: Users
    supply: Supply
    pattern: str | None = None
    tree: dict[int, Branch] = field(default_factory=dict)  # where pages stand among pages
    touched: Touched = field(default_factory=Touched)


@dataclass
class Job:
    """An item and what is known of it."""

    item: Item
    kind: Kind
    key: str
    digest: str = ""
    files: Files = field(default_factory=lambda: NO_FILES)
    known: Imported | None = None
    row: Model | None = None  # what it became here, as it stands now
    prepared: Prepared | None = None
    attached: Attached | None = None
    reasons: list[Reason] = field(default_factory=list)

    def tell(self, account: Account, result: Result, reasons: Sequence[Reason] = (), *, key: str = "") -> None:
        item = self.item
        account.tell(
            self.kind,
            key or self.key,
            result,
            reasons,
            number=item.number,
            title=item.title,
            address=item.attachment_url or item.link,
            place=item.place,
            row=self.row,
        )


@dataclass
class Planned:
    """A slice whose texts are being prepared."""

    jobs: list[Job]
    to_prepare: list[Job]
    preparing: Preparing


def key_of(item: Item, blog: Blog) -> str:
    """Return by what an item is known again: its guid; without one its number, or else its link and its moment."""
    if item.guid.strip():
        return short_key(item.guid.strip())
    if item.number is not None:
        return f"{blog.address}/?p={item.number}"
    return short_key(f"{item.link} {item.published_at or item.local_at or ''} {item.title}".strip())


def job_of(item: Item, blog: Blog) -> Job:
    return Job(item, KINDS.get(item.kind, Kind.OTHER), key_of(item, blog))


def jobs_of(items: Sequence[Item], blog: Blog) -> list[Job]:
    """Return the job of each; a blog that moved to https (or back) may have moved its guids along."""
    jobs = [job_of(item, blog) for item in items]
    others = {job.key: _other_scheme(job.key) for job in jobs}
    rows = Imported.objects.filter(blog=blog, key__in=[*others, *filter(None, others.values())])
    known = {(kind, key): number for kind, key, number in rows.values_list("kind", "key", "number")}
    for job in jobs:
        other = (job.kind, others[job.key])
        if (job.kind, job.key) not in known and other in known and known[other] == job.item.number:
            job.key = other[1]
    return jobs


def _other_scheme(key: str) -> str:
    scheme, mark, rest = key.partition("://")
    return f"{_OTHER_SCHEMES[scheme]}{mark}{rest}" if scheme in _OTHER_SCHEMES else ""


_OTHER_SCHEMES = {"http": "https", "https": "http"}


# --- Planning: what may be known before the transaction


def plan(items: Sequence[Item], work: Work, preparer: Preparer) -> Planned:
    """Begin to prepare the texts that will be needed."""
    jobs = jobs_of(items, work.blog)
    texts = [job for job in jobs if job.kind in (Kind.POST, Kind.PAGE) and job.item.status != "auto-draft"]
    for job, files in zip(texts, _files_of([job.item for job in texts], work), strict=True):
        job.files = files
        job.digest = digest_of_item(job.item, files, work.pattern)
    known = _known(jobs, work.blog)
    needed = [
        job for job in texts if (job.kind, job.key) not in known or known[job.kind, job.key].digest != job.digest
    ]
    return Planned(jobs, needed, preparer.begin([_task(job, work) for job in needed]))


def _files_of(items: Sequence[Item], work: Work) -> list[Files]:
    """Return what is known of the uploads that these texts show; what no item names is brought first."""
    files = attachments.files_of(items, work.blog)
    missing = attachments.missing_uploads(items, files, work.blog)
    if not missing:
        return files
    for loose in missing:
        attached = attachments.bring_loose(loose, work.supply, is_rehearsal=work.run.is_rehearsal)
        columns = {**attached.columns, "digest": ""}
        Imported.objects.update_or_create(
            blog=work.blog, kind=columns.pop("kind"), key=loose.address, defaults=columns
        )
    return attachments.files_of(items, work.blog)


def _task(job: Job, work: Work) -> Task:
    return Task(job.item, job.files, work.blog.address, work.pattern)


def _known(jobs: Sequence[Job], blog: Blog) -> dict[tuple[str, str], Imported]:
    rows = Imported.objects.filter(blog=blog, key__in=[job.key for job in jobs])
    return {(row.kind, row.key): row for row in rows}


# --- Posts, pages, and what has no place here


def write(planned: Planned, work: Work) -> None:
    """Store a slice. Raises Lost where the run is no longer ours."""
    for job, prepared in zip(planned.to_prepare, planned.preparing.results(), strict=True):
        job.prepared = prepared
    with transaction.atomic():
        account = _begin(work)
        jobs = _those_that_count(planned.jobs, work, account)
        _look_up(jobs, work)
        waiting = [job for job in jobs if not _is_decided(job, work, account)]
        work.shelves.meet([job.item for job in waiting], account)
        work.users.meet([job.item.author for job in waiting], account)
        touched = _store_all(waiting, work, account)
        _have_counted(touched)
        account.write(items=len(planned.jobs))
    account.follow()
    work.touched.take(touched)


def _begin(work: Work) -> Account:
    if not work.run.is_rehearsal:
        hold_the_desk()
        if not work.run.beat():
            raise Lost
    return Account(work.run)


def _those_that_count(jobs: Sequence[Job], work: Work, account: Account) -> list[Job]:
    """Tell of items that stand in the files twice, and of such as have no place here; return the others."""
    told = {(job.kind, job.key): job for job in _told_before(jobs, work.run)}
    counting = []
    for job in jobs:
        name = (job.kind, job.key)
        if name in told:
            reason = _twice(job, told[name])
            job.tell(account, Result.SKIPPED, [reason], key=short_key(f"{job.key} again: {job.item.place}"))
            continue
        told[name] = job
        reason_against = _no_place(job)
        if reason_against:
            job.tell(account, Result.SKIPPED, [reason_against])
        else:
            counting.append(job)
    return counting


def _told_before(jobs: Sequence[Job], run: Run) -> list[Job]:
    keys = [job.key for job in jobs]
    rows = list(Outcome.objects.filter(run=run, key__in=keys).values_list("kind", "key", "number"))
    if not rows:  # as in nearly every slice
        return []
    digests = {(row.kind, row.key): row.digest for row in Imported.objects.filter(blog=run.blog_id, key__in=keys)}
    return [Job(Item(number=number), Kind(kind), key, digests.get((kind, key), "")) for kind, key, number in rows]


def _twice(job: Job, other: Job) -> Reason:
    if other.digest and job.digest and other.digest != job.digest:
        words = "It stands in the files twice, and says two things: the first is taken. Import the newest file alone."
        return Reason("twice-unlike", words)
    number = other.item.number
    if number == job.item.number:
        return Reason("twice", "It stands in the files twice: this one is left out.")
    return Reason("same-guid", f"Another item, number {number}, has the same guid “{job.key}”: this one is left out.")


def _no_place(job: Job) -> Reason | None:
    if WITHOUT_MEANING.match(job.item.kind):
        return Reason("no-place", f"Items of the kind “{job.item.kind}” mean nothing outside of WordPress.")
    if job.kind == Kind.OTHER:
        return Reason("unknown-kind", f"Items of the kind “{job.item.kind}” have no place here.")
    if job.item.status == "auto-draft":
        return Reason("no-place", "WordPress began this draft by itself.")
    return None


def _look_up(jobs: Sequence[Job], work: Work) -> None:
    """Find what each became here, in one question for each table."""
    known = _known(jobs, work.blog)
    for job in jobs:
        job.known, job.row = known.get((job.kind, job.key)), None
    for label, model in MODELS.items():
        ids = {job.known.row_id for job in jobs if job.known and job.known.model == label}
        rows = model._default_manager.in_bulk([pk for pk in ids if pk]) if ids else {}
        for job in jobs:
            if job.known and job.known.model == label:
                job.row = rows.get(job.known.row_id)


def _is_decided(job: Job, work: Work, account: Account) -> bool:
    """Tell of an item to which nothing is to be done."""
    known, row = job.known, job.row
    # What was refused the last time, as its address was taken, is tried again.
    if known is not None and known.row_id is not None:
        is_gone = row is None or (isinstance(row, Post) and row.state in (State.TRASH, State.REMOVED))
        if is_gone and not (row is not None and parts.left_as(row) == known.left_as):
            job.tell(account, Result.SKIPPED, [Reason("deleted-here", "It was deleted here, and stays so.")])
            return True
        if known.digest == job.digest:
            job.tell(account, Result.UNCHANGED)
            return True
        if isinstance(row, FlatPage) and not pages.is_page(job.item):
            words = "Readers see it there no longer. Here it stays until somebody deletes it."
            job.tell(account, Result.SKIPPED, [Reason("page-withdrawn", words)])
            return True
        if row is not None and parts.left_as(row) != known.left_as:
            words = "It was edited here since it was imported, and has changed there too: it stays as it is here."
            job.tell(account, Result.SKIPPED, [Reason("edited-here", words)])
            return True
    if job.prepared is None:  # it has changed since the slice was planned
        [job.prepared] = prepare_all([_task(job, work)])
    if job.prepared.fault:
        job.tell(account, Result.FAILED, [Reason("failed", job.prepared.fault)])
        return True
    return False


def _store_all(jobs: list[Job], work: Work, account: Account) -> Touched:
    touched = Touched()
    posts = [job for job in jobs if not pages.is_page(job.item)]
    taken = set(
        Post.objects.filter(guid__in=[job.key for job in posts if job.known is None]).values_list("guid", flat=True)
    )
    for job in posts:
        if job.key in taken:
            words = "A post with this guid is here already, and did not come from this blog: it stays as it is."
            job.tell(account, Result.SKIPPED, [Reason("guid-taken", words)])
    _store_or_each(_store_posts, [job for job in posts if job.key not in taken], work, account, touched)
    _store_or_each(_store_pages, [job for job in jobs if pages.is_page(job.item)], work, account, touched)
    return touched


def _store_or_each(act: Any, jobs: list[Job], work: Work, account: Account, touched: Touched) -> None:
    """Store them together; where that fails, one by one, so that a fault costs the one item that has it."""
    if not jobs:
        return
    part = Account(work.run)
    try:
        with transaction.atomic():
            touched.take(act(jobs, work, part))
    except (OperationalError, InterfaceError):
        raise  # the database is not there, or busy: that is no fault of an item
    except Exception as error:
        if len(jobs) == 1:
            logger.exception("%s could not be imported.", jobs[0].item.place or jobs[0].key)
            jobs[0].row = None
            words = f"It could not be stored ({type(error).__name__})."
            jobs[0].tell(account, Result.FAILED, [Reason("failed", words)])
            return
        _look_up(jobs, work)  # as they stand: what was laid on them is taken back
        for job in jobs:
            _store_or_each(act, [job], work, account, touched)
    else:
        account.rows += part.rows
        account.counts += part.counts


def _store_posts(jobs: list[Job], work: Work, account: Account) -> Touched:
    writings = [_writing(job) for job in jobs]
    touched = store(
        writings,
        work.blog,
        work.shelves,
        {**work.users.by_login, **{job.item.author: work.users.of(job.item.author) for job in jobs}},
    )
    for job, writing in zip(jobs, writings, strict=True):
        job.row = writing.post
        job.reasons = writing.reasons + _told_of_terms(job.item)
    remarked = parts.store_remarks(
        [(writing.post, writing.item) for writing in writings], work.blog, work.users.by_number
    )
    if remarked is not None:
        account.count("comment", remarked.total)
    _remember(jobs, work.blog)
    for job, writing in zip(jobs, writings, strict=True):
        result = Result.UPDATED if job.known else Result.IMPORTED
        told = remarked.reasons.get(writing.post.pk, ()) if remarked is not None else ()
        job.tell(account, result, [*job.reasons, *told])
    return touched


def _writing(job: Job) -> Writing:
    assert job.prepared is not None  # noqa: S101  decided before
    post = job.row if isinstance(job.row, Post) else Post(guid=job.key, is_quiet=True)
    writing = Writing(job.item, post, job.prepared, job.files, is_new=job.row is None)
    writing.before = "" if writing.is_new else post.state
    return writing


def _store_pages(jobs: list[Job], work: Work, account: Account) -> Touched:
    old = [
        OldPage(job.item, attachments.with_featured(_text_of(job), job.item, job.files), job.digest, job.known)
        for job in jobs
    ]
    rows = []
    for job, paged in zip(jobs, pages.store_pages(old, work.blog, work.tree), strict=True):
        job.row = paged.page
        told = job.prepared.reasons if job.prepared and paged.page else []
        job.tell(account, paged.result, [*told, *paged.reasons])
        if paged.columns:
            rows.append(_with_columns(job, work.blog, paged.columns))
    _write_rows(rows)
    return Touched()


def _text_of(job: Job) -> str:
    assert job.prepared is not None  # noqa: S101  decided before
    return job.prepared.markdown


def _told_of_terms(item: Item) -> list[Reason]:
    others = sorted({f.taxonomy for f in item.filed} - {"category", "post_tag", "post_format"})
    if not others:
        return []
    words = f"Its terms of other taxonomies ({', '.join(others)}) are kept for an export, and shown nowhere."
    return [Reason("other-taxonomy", words)]


# --- What is remembered of each


def _remember(jobs: Sequence[Job], blog: Blog) -> None:
    _write_rows([_imported(job, blog) for job in jobs])


def _write_rows(rows: Sequence[Imported]) -> None:
    Imported.objects.bulk_create([row for row in rows if row.pk is None])
    old = [row for row in rows if row.pk is not None]
    if old:
        names = ["number", "model", "row_id", "path", "address", "parent", "digest", "left_as", "extra"]
        Imported.objects.bulk_update(old, names)


def _imported(job: Job, blog: Blog) -> Imported:
    item = job.item
    columns: dict[str, Any] = {
        "number": attachments.fitting(item.number),
        "parent": attachments.fitting(item.parent),
        "digest": job.digest,
        "model": job.row._meta.label_lower if job.row else "",
        "row_id": job.row.pk if job.row else None,
        "left_as": parts.left_as(job.row) if job.row else "",
        "path": old_path(item.link)[:ADDRESS_LENGTH],
        "extra": {"lines": job.prepared.lines} if job.prepared and job.prepared.lines else {},
    }
    return _with_columns(job, blog, columns)


def _with_columns(job: Job, blog: Blog, columns: dict[str, Any]) -> Imported:
    row = job.known or Imported(blog=blog, kind=job.kind, key=job.key)
    for name, value in columns.items():
        setattr(row, name, value)
    row.extra = {**_extra_of(job.item), **columns.get("extra", {})}
    return row


def _extra_of(item: Item) -> dict[str, Any]:
    """Return what has no place here and is kept for the way out. Passwords are not."""
    understood = UNDERSTOOD_META
    meta = [list(each) for each in item.meta if each.key not in understood and not DROPPED_META.match(each.key)]
    formats = [filed.slug for filed in item.filed if filed.taxonomy == "post_format"]
    terms = [list(filed) for filed in item.filed if filed.taxonomy not in ("category", "post_tag", "post_format")]
    kept = {
        "meta": meta,
        "ping_status": item.ping_status,
        "menu_order": item.menu_order,
        "terms": terms,
        "format": formats[0] if formats else "",
    }
    return {name: value for name, value in kept.items() if value}


def _have_counted(touched: Touched) -> None:
    """Mark the listings as due, so that whoever is killed leaves no wrong count: the clock counts them again."""
    if not (touched.tags or touched.categories or touched.sources):
        return
    now = timezone.now()
    for column, ids in (("tag_id", touched.tags), ("category_id", touched.categories), ("source_id", touched.sources)):
        Tally.objects.bulk_create((Tally(**{column: pk}) for pk in sorted(ids)), ignore_conflicts=True)
        Tally.objects.filter(**{f"{column}__in": ids}).update(next_at=now)
    Tally.objects.bulk_create([Tally(is_site=True)], ignore_conflicts=True)
    Tally.objects.filter(is_site=True).update(next_at=now)


# --- Attachments: their files are fetched and stored before the transaction, for that takes its time


def write_attachments(items: Sequence[Item], work: Work) -> None:
    jobs = jobs_of(items, work.blog)
    _look_up(jobs, work)
    for job in jobs:
        job.digest = digest_of_attachment(job.item)
        if _is_wanted(job):
            _bring_file(job, work)
    with transaction.atomic():
        account = _begin(work)
        counting = _those_that_count(jobs, work, account)
        _look_up(counting, work)  # another import may have brought them while the files were fetched
        done = [job for job in counting if not _is_file_decided(job, account)]
        for job in done:
            _follow_file(job, account)
        _write_rows([_attachment_row(job, work.blog) for job in done])
        account.write(items=len(jobs))
    account.follow()


def _is_wanted(job: Job) -> bool:
    """Say whether its file is to be brought: it is new, has changed, or could not be had so far."""
    return job.known is None or not _was_had(job.known) or (job.known.digest != job.digest and not _is_deleted(job))


def _was_had(known: Imported) -> bool:
    return known.row_id is not None or bool(known.extra.get("file"))


def _is_deleted(job: Job) -> bool:
    return job.known is not None and job.known.row_id is not None and job.row is None


def _bring_file(job: Job, work: Work) -> None:
    try:
        job.attached = attachments.bring_attachment(
            job.item, work.blog, work.supply, is_rehearsal=work.run.is_rehearsal
        )
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # whatever it is, it concerns this file alone
        logger.exception("The file of %s could not be brought over.", job.item.place or job.key)
        job.prepared = Prepared(fault=f"Its file could not be brought over ({type(error).__name__}).")
    else:
        _tell_of_rehearsal(job.attached, work.run)
        job.reasons += job.attached.reasons


def _tell_of_rehearsal(attached: Attached, run: Run) -> None:
    """In a rehearsal nobody is asked for a file: what is not at hand would be fetched."""
    is_asking = run.is_rehearsal and run.options.get("fetch", True)
    if is_asking and any(reason.code == "file-missing" for reason in attached.reasons):
        words = f"Its file would be asked for: {attached.columns['address']}"
        attached.is_had, attached.reasons = True, [Reason("would-be-fetched", words)]
        attachments.pretend(attached)


def _is_file_decided(job: Job, account: Account) -> bool:
    known = job.known
    is_had = job.attached is not None and job.attached.is_had
    if job.prepared is not None:
        job.tell(account, Result.FAILED, [Reason("failed", job.prepared.fault)])
    elif known is None:
        return False
    elif _is_deleted(job):
        job.tell(account, Result.SKIPPED, [Reason("deleted-here", "It was deleted here, and stays so.")])
    elif not is_had and (_was_had(known) or known.digest == job.digest):
        job.tell(account, Result.UNCHANGED, job.reasons)  # what is here stays, for there is nothing in its stead
    else:
        return False
    return True


def _follow_file(job: Job, account: Account) -> None:
    attached = job.attached
    assert attached is not None  # noqa: S101  decided before
    job.row = attached.image
    is_new = job.known is None
    result = (Result.IMPORTED if attached.is_had else Result.SKIPPED) if is_new else Result.UPDATED
    ours = ours_of_image(job.item)
    if attached.image is not None and ours is not None and is_new:
        bring_words(attached.image, ours)
    job.tell(account, result, job.reasons)


def _attachment_row(job: Job, blog: Blog) -> Imported:
    assert job.attached is not None  # noqa: S101  decided before
    return _with_columns(job, blog, {**job.attached.columns, "digest": job.digest, "left_as": ""})
