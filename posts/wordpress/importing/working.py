"""The life of a run: surveyed, worked at slice by slice, counted, finished; or put back for another turn."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import batched, chain, islice
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from posts.models import Tally
from posts.wordpress.converting.preparing import Preparer
from posts.wordpress.importing import parts
from posts.wordpress.importing.accounts import Account
from posts.wordpress.importing.authors import Users
from posts.wordpress.importing.pages import note_branch
from posts.wordpress.importing.slices import Lost, Planned, Work, plan, write, write_attachments
from posts.wordpress.importing.terms import Shelves
from posts.wordpress.models import Blog, Outcome, Run
from posts.wordpress.reading import NotReadable, Survey, read, survey
from posts.wordpress.records import Author, Item, Site, Term
from sources.locking import hold_the_desk
from sources.models import host_of

SLICE = 100  # items of one transaction
FILES_AT_ONCE = 10  # attachments of one: each may have to be fetched
ENOUGH_DATES = 200  # items by which the blog's clock is known
MOST_WARNINGS = 50
TURN = 60.0  # seconds after which a task lets other tasks have theirs; a turn begins with reading to where it was
PAUSE = 0.2  # seconds between two slices of a task: on SQLite whoever waits to write knocks ten times a second
WORTH_PROCESSES = 400  # items from which processes of their own prepare the texts
REHEARSAL_TAKES = 3600.0  # seconds that nobody takes a rehearsal for dead: it cannot say that it lives

Progress = Callable[[int, int], None]  # is told after each slice how many items have had their turn, and of how many


def work(run_id: int, seconds: float | None = None, progress: Progress | None = None) -> None:
    """Work at a run that waits, to its end or for so many seconds. `progress` may raise to stop between two slices."""
    run = Run.objects.claim(run_id)
    if run is None:
        return
    try:
        if run.is_rehearsal:
            _rehearse(run, progress)
        else:
            _work(run, seconds, progress)
    except NotReadable as error:
        run.refuse(str(error))
    except Lost:
        return


def paths_of(run: Run) -> list[str]:
    return list(run.options.get("paths") or run.files)


def _work(run: Run, seconds: float | None, progress: Progress | None) -> None:
    kinds = None if run.blog else _begin(run)
    todo = _begun(run)
    is_done = _go_through(todo, kinds, seconds, progress)
    if not is_done:
        run.put_back()
        return
    _count(todo)
    run.finish()


def _rehearse(run: Run, progress: Progress | None) -> None:
    """Do all of it in one transaction that is taken back; only the account of it stays."""
    run.hold(REHEARSAL_TAKES)
    with transaction.atomic():
        kinds = _begin(run)
        _go_through(_begun(run), kinds, None, progress)
        names = [f.attname for f in Outcome._meta.concrete_fields if f.attname not in ("id", "row_id")]
        told = list(Outcome.objects.filter(run=run).order_by("pk").values(*names))
        transaction.set_rollback(True)
    counts, total, position, digest, warnings = run.counts, run.total, run.position, run.digest, run.warnings
    with transaction.atomic():
        if not run.beat():
            raise Lost
        Outcome.objects.bulk_create((Outcome(**row) for row in told), batch_size=SLICE * 10)
        blog = Blog.objects.filter(pk=run.blog_id or 0).first()  # one that was here before
        columns: dict[str, Any] = {"counts": counts, "total": total, "position": position, "digest": digest}
        columns["warnings"] = warnings
        Run.objects.filter(pk=run.pk).update(blog=blog, **columns)
        run.blog = blog
    run.finish()


# --- The head: blog, authors, terms


def _begin(run: Run) -> Mapping[str, int]:
    """Survey the files and store what stands before the items; return how many items of each kind there are."""
    found = survey(paths_of(run))
    with transaction.atomic():
        if not run.is_rehearsal:
            hold_the_desk()
            if not run.beat():
                raise Lost
        blog = _blog(found.site, found)
        account = Account(run)
        authors, terms, clock = _head(paths_of(run))
        Users(blog).bring(authors, account)
        Shelves(blog).bring(terms, account)
        warnings = [*found.warnings, *told_of_clock(clock)][:MOST_WARNINGS]
        account.write(blog=blog, total=found.items, digest=found.digest, warnings=warnings)
    account.follow()
    return found.kinds


def _head(paths: list[str]) -> tuple[list[Author], list[Term], list[Item]]:
    """Return the authors and terms that stand before the items, and the first items that were published."""
    authors, terms, dated = [], [], []
    for record in read(paths):
        if isinstance(record, Author):
            authors.append(record)
        elif isinstance(record, Term):
            terms.append(record)
        elif isinstance(record, Item) and record.local_at and record.published_at and record.status == "publish":
            dated.append(record)
            if len(dated) == ENOUGH_DATES:
                break
    return authors, terms, dated


def told_of_clock(items: Sequence[Item]) -> list[str]:
    """Tell where the blog's clock shows another time than the site's: days, and so addresses, would differ."""
    zone = timezone.get_default_timezone()
    ahead = [
        item.local_at - item.published_at.astimezone(zone).replace(tzinfo=None)
        for item in items
        if item.local_at and item.published_at
    ]
    usual = Counter(ahead).most_common(1)
    if not usual or not usual[0][0]:
        return []
    hours = usual[0][0].total_seconds() / 3600
    return [
        f"The old blog’s clock was {abs(hours):g} hours {'ahead of' if hours > 0 else 'behind'} TIME_ZONE, which is "
        f"{settings.TIME_ZONE} here: some posts will have another day in their addresses, to which the old ones lead. "
        "Choose TIME_ZONE before the first import; afterwards it is too late."
    ]


def _blog(site: Site, found: Survey) -> Blog:
    address = (site.address or site.site_address).strip().rstrip("/") or f"file:{found.digest[:16]}"
    address = address[:255]
    bare = address.partition("://")[2]
    spellings = [f"https://{bare}", f"http://{bare}"] if bare else [address]
    blog = Blog.objects.filter(address__in=[address, *spellings]).order_by("pk").first()
    extra = {"description": site.description, "language": site.language}
    values = {"title": site.title[:300], "extra": {name: value for name, value in extra.items() if value}}
    if blog is None:
        return Blog.objects.create(address=address, host=host_of(address)[:255], **values)
    if (blog.title, blog.extra) != (values["title"], values["extra"]):
        Blog.objects.filter(pk=blog.pk).update(**values)
    return blog


def _begun(run: Run) -> Work:
    blog = run.blog
    assert blog is not None  # noqa: S101  the head is stored
    pattern = run.options.get("pattern") or None
    return Work(run, blog, Shelves(blog), Users(blog), parts.supply_of(run.options), pattern)


# --- The items


def _go_through(todo: Work, kinds: Mapping[str, int] | None, seconds: float | None, progress: Progress | None) -> bool:
    """Give each item its turn that has not had it; False where the time was over before."""
    run = todo.run
    is_large = run.total - run.position > WORTH_PROCESSES
    end: float | None = None
    _tell(run, progress)
    with Preparer(is_large=is_large) as preparer, todo.supply:
        for act in _acts(todo, kinds, preparer):
            if end is None and seconds is not None:
                end = time.monotonic() + seconds  # reading to where it was takes time that brings nothing
            act()
            _tell(run, progress)
            if end is not None and time.monotonic() > end and run.position < run.total:
                return False
            if run.is_background and not run.is_rehearsal:
                time.sleep(PAUSE)
    return True


def _tell(run: Run, progress: Progress | None) -> None:
    if progress is not None:
        progress(run.position, run.total)


def _acts(todo: Work, kinds: Mapping[str, int] | None, preparer: Preparer) -> Iterator[Callable[[], None]]:
    """Yield what each slice takes, in order: attachments first, for posts show them."""
    paths, position = paths_of(todo.run), todo.run.position
    attachments: Iterable[Item] = ()
    if kinds is None or kinds.get("attachment") or kinds.get("page"):
        attachments = _attachments(paths, todo)
    passed = 0

    def counted(items: Iterable[Item]) -> Iterator[Item]:
        nonlocal passed
        for item in items:
            passed += 1
            yield item

    for files in batched(_from(counted(attachments), position), FILES_AT_ONCE):
        yield lambda files=files: write_attachments(files, todo)  # type: ignore[misc]
    others = (item for item in _items(paths) if item.kind != "attachment")
    slices = batched(islice(others, max(position - passed, 0), None), SLICE)
    for planned in _ahead(plan(items, todo, preparer) for items in slices):
        yield lambda planned=planned: write(planned, todo)  # type: ignore[misc]


def _attachments(paths: list[str], todo: Work) -> Iterator[Item]:
    for item in read(paths, kinds=("attachment", "page")):
        if isinstance(item, Item):
            note_branch(todo.tree, item)
            if item.kind == "attachment":
                yield item


def _from(items: Iterator[Item], position: int) -> Iterator[Item]:
    return islice(items, position, None)


def _ahead(planned: Iterator[Planned]) -> Iterator[Planned]:
    """Have the next slices prepared while one is written."""
    waiting = list(islice(planned, 2))
    for following in chain(planned, ()):
        yield waiting.pop(0)
        waiting.append(following)
    yield from waiting


def _items(paths: list[str]) -> Iterator[Item]:
    return (record for record in read(paths) if isinstance(record, Item))


# --- The end


def _count(todo: Work) -> None:
    """Count the listings that were touched, by this run or by one that was killed before it came so far."""
    due = list(Tally.objects.due().values_list("tag_id", "category_id", "source_id"))
    touched = todo.touched
    Tally.objects.recount(
        tags=touched.tags | {tag for tag, _, _ in due if tag},
        categories=touched.categories | {category for _, category, _ in due if category},
        sources=touched.sources | {source for _, _, source in due if source},
        site=True,
        at=timezone.now(),
    )
