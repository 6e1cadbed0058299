"""Comments of the old blog as ours, with their threads and states, many posts at a time.

Nobody is ever told of them: no letter, no call to another system. A writer's network address is not even read.
"""

import datetime as dt
import hashlib
import html as entities
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.utils import timezone

from posts.comments.models import Comment
from posts.comments.models.comment import ADDRESS_LENGTH, NAME_LENGTH, ONCE_LENGTH
from posts.models import Post
from posts.rendering import MAX_COMMENT_LENGTH, RENDERING_VERSION, fit, render_comment, without_turns
from posts.wordpress.converting.closing_lines import page_address
from posts.wordpress.converting.remark_text import remark_text
from posts.wordpress.models import Blog, Imported, Kind, Result
from posts.wordpress.ours import OursOfRemark, ours_of_remark
from posts.wordpress.reasons import Reason
from posts.wordpress.records import Item, Remark
from sources.naming import tidy_name

MODEL = "comments.comment"
EMAIL_LENGTH = 254
MOST_NUMBER = 2**63 - 1  # that both databases can hold
BATCH = 500
# What a moderator, or the writer's own wish, may have changed since.
_LEFT_AS = ("state", "removal_reason", "name", "email", "address", "body")
_WRITTEN = [
    "kind", "parent", "name", "email", "address", "body", "body_html", "rendering_version", "state", "state_since",
    "removal_reason", "written_at", "editor", "is_editorial", "reasons", "is_edited",
]  # fmt: skip
_KINDS = ("", "comment", "pingback", "trackback")  # others are notes of a shop and the like, never meant for readers
_APPROVED, _TRASHED = ("1", "approve", "approved"), ("trash", "post-trashed")


@dataclass(slots=True)
class Remarked:
    """What became of the comments of some posts."""

    reasons: dict[int, list[Reason]] = field(default_factory=dict)  # by the post's key
    counts: dict[int, Counter[str]] = field(default_factory=dict)  # by the post's key: how many ended as what

    @property
    def total(self) -> Counter[str]:
        return sum(self.counts.values(), Counter())

    def is_changed(self, post_id: int) -> bool:
        """Say whether something of a post's comments is new or other than before."""
        counts = self.counts.get(post_id, Counter())
        return bool(counts[Result.IMPORTED] or counts[Result.UPDATED])


@dataclass(slots=True, eq=False)
class _Old:
    """A comment of the old blog on its way."""

    post: Post
    remark: Remark
    key: str
    digest: str
    editor_id: int | None
    parent: "_Old | None" = None
    record: Imported | None = None
    row: Comment | None = None
    is_new: bool = False

    @property
    def number(self) -> int | None:
        return _number(self.remark.number)


def store_remarks(pairs: Sequence[tuple[Post, Item]], blog: Blog, users: Mapping[int, int]) -> Remarked:
    """Store the comments of these posts, which are stored already, inside the caller's transaction.

    `users` tells who of the desk an author of the blog is, by the author's number there. With a fixed number of
    queries, however many posts and comments there are.
    """
    result = Remarked({post.pk: [] for post, _ in pairs}, {post.pk: Counter() for post, _ in pairs})
    old = _Batch(pairs, blog, users, result)
    old.find()
    old.write()
    for (post_id, code), names in old.told.items():
        result.reasons[post_id].append(_reason(code, names))
    return result


class _Batch:
    def __init__(
        self, pairs: Sequence[tuple[Post, Item]], blog: Blog, users: Mapping[int, int], result: Remarked
    ) -> None:
        self.blog, self.result = blog, result
        self.told: dict[tuple[int, str], list[str]] = {}
        self.parents: dict[str, list[_Old]] = {}  # those whose parent is none of these, by its key
        by_key: dict[str, _Old] = {}
        for post, item in pairs:
            of_post = [self._old(post, item, remark, users, by_key) for remark in item.remarks]
            self._thread([old for old in of_post if old])
        self.all = list(by_key.values())

    def _old(
        self, post: Post, item: Item, remark: Remark, users: Mapping[int, int], by_key: dict[str, _Old]
    ) -> _Old | None:
        """Return a comment under a key that no other has; None for one that stands here twice."""
        editor_id = users.get(remark.user) if remark.user else None
        digest = _digest(_told(remark), str(editor_id))
        number = _number(remark.number)
        key = str(number) if number else _digest(item.guid, _told(remark))
        if key in by_key and by_key[key].digest != digest:
            key = _digest(item.guid, _told(remark))
        if key in by_key:
            self.result.counts[post.pk][Result.SKIPPED] += 1
            self._tell(post, "comment-twice", remark)
            return None
        by_key[key] = _Old(post, remark, key, digest, editor_id)
        return by_key[key]

    def _thread(self, of_post: list[_Old]) -> None:
        """Hang answers under what they answer; what answers a mention, or itself in the end, stands for itself."""
        numbers = {old.number: old for old in reversed(of_post) if old.number}
        for old in of_post:
            number = _number(old.remark.parent)
            if number is None or old.remark.kind in ("pingback", "trackback"):
                continue
            old.parent = numbers.get(number)
            if old.parent is None:
                self.parents.setdefault(str(number), []).append(old)
            elif old.parent.remark.kind in ("pingback", "trackback"):
                old.parent = None
        for old in _in_circles(of_post):
            old.parent = None

    # --- What is here already

    def find(self) -> None:
        records = Imported.objects.filter(blog=self.blog, kind=Kind.COMMENT)
        known = {record.key: record for record in records.filter(key__in=[*(o.key for o in self.all), *self.parents])}
        onces = [self._once(old) for old in self.all]
        ids = [record.row_id for record in known.values() if record.row_id]
        # In one order for everybody who writes comments.
        wanted = Q(pk__in=ids) | Q(once__in=onces)
        rows = list(Comment.objects.select_for_update().filter(wanted).order_by("pk"))
        by_id, by_once = {row.pk: row for row in rows}, {row.once: row for row in rows}
        for old in self.all:
            old.record = known.get(old.key)
            old.row = by_id.get(old.record.row_id or 0) if old.record else by_once.get(self._once(old))
        self.elsewhere = {
            key: row
            for key in self.parents
            if key in known and (row := by_id.get(known[key].row_id or 0)) and not row.is_mention
        }

    def _once(self, old: _Old) -> str:
        return f"wp:{_digest(self.blog.address, old.key)}"[:ONCE_LENGTH]

    # --- What becomes of each

    def write(self) -> None:
        made = [old for old in self.all if self._take(old)]
        new = [old for old in made if old.is_new]
        Comment.objects.bulk_create([old.row for old in new if old.row], batch_size=BATCH)
        self._hang(made)
        answers = [old.row for old in new if old.row and old.row.parent_id]
        Comment.objects.bulk_update(answers, ["parent"], batch_size=BATCH)
        changed = [old.row for old in made if old.row and not old.is_new]
        Comment.objects.bulk_update(changed, _WRITTEN, batch_size=BATCH)
        # What is here without a record was brought over before its blog was forgotten: it is known again, and stays.
        self._record([*made, *(old for old in self.all if old.row and not old.record and not old.is_new)])

    def _take(self, old: _Old) -> bool:
        """Say whether this one is to be written, and count what becomes of it."""
        result = self._result(old)
        self.result.counts[old.post.pk][result] += 1
        if result in (Result.UNCHANGED, Result.SKIPPED):
            return False
        if old.row is None:
            old.row, old.is_new = Comment(once=self._once(old)), True
        self._fill(old, old.row)
        return True

    def _result(self, old: _Old) -> Result:
        if old.record is None:
            return Result.IMPORTED if old.row is None else Result.UNCHANGED
        if old.record.digest == old.digest:
            return Result.UNCHANGED
        if old.row is None:
            self._tell(old.post, "comment-deleted-here", old.remark)
            return Result.SKIPPED
        if _as_left(old.row) != old.record.left_as:
            self._tell(old.post, "comment-edited-here", old.remark)
            return Result.SKIPPED
        return Result.UPDATED

    def _fill(self, old: _Old, comment: Comment) -> None:
        remark = old.remark
        is_mention = remark.kind in ("pingback", "trackback")
        comment.post, comment.parent = old.post, None
        comment.kind = Comment.Kind(remark.kind) if is_mention else Comment.Kind.COMMENT
        comment.name = self._name(old)
        comment.email = "" if is_mention else self._email(old)
        comment.address = _page(remark.address)
        comment.body, comment.body_html = remark_text(remark.content)
        comment.rendering_version = RENDERING_VERSION
        if len(comment.body) > MAX_COMMENT_LENGTH:
            self._tell(old.post, "comment-long", remark)
        comment.written_at = _moment(old)
        self._set_state(old, comment)
        comment.editor_id, comment.is_editorial = old.editor_id, old.editor_id is not None
        comment.was_asked = comment.was_told = True
        if ours := ours_of_remark(remark):
            _lay(ours, comment)

    def _set_state(self, old: _Old, comment: Comment) -> None:
        before = (comment.state, comment.removal_reason)
        comment.state, comment.removal_reason = self._state(old)
        is_decided = comment.state in (Comment.State.APPROVED, Comment.State.REMOVED)
        if old.is_new or before != (comment.state, comment.removal_reason):
            # What waits, waits here from now on: what nobody decides on is forgotten after some weeks (see tidying).
            comment.state_since = comment.written_at if is_decided else timezone.now()

    def _state(self, old: _Old) -> tuple[Comment.State, str]:
        approved = old.remark.approved.strip().lower()
        if approved in _APPROVED and old.remark.kind in _KINDS:
            return Comment.State.APPROVED, ""
        if approved == "spam":
            return Comment.State.SPAM, ""
        if approved in _TRASHED:
            return Comment.State.REMOVED, Comment.RemovalReason.OTHER
        self._tell(old.post, "comment-held", old.remark)
        return Comment.State.HELD, ""

    def _name(self, old: _Old) -> str:
        name = tidy_name(without_turns(fit(entities.unescape(old.remark.author))))
        if len(name) <= NAME_LENGTH:
            return name
        self._tell(old.post, "comment-name-cut", old.remark)
        return f"{name[: NAME_LENGTH - 1].rstrip()}…"

    def _email(self, old: _Old) -> str:
        email = old.remark.email.strip().lower()
        if not email:
            return ""
        try:
            validate_email(email)
        except ValidationError:
            email = ""
        if not email or len(email) > EMAIL_LENGTH:
            self._tell(old.post, "comment-email-dropped", old.remark)
            return ""
        return email

    def _hang(self, made: list[_Old]) -> None:
        for old in made:
            if old.row and old.parent:
                old.row.parent = old.parent.row
        for key, answers in self.parents.items():
            parent = self.elsewhere.get(key)
            # Only under a new one: an old one may stand above the very comment that it is to answer.
            for old in answers:
                if parent and old.row and old.is_new and parent.post_id == old.post.pk:
                    old.row.parent = parent

    def _record(self, made: list[_Old]) -> None:
        new: list[Imported] = []
        changed: list[Imported] = []
        for old in made:
            assert old.row is not None  # noqa: S101  what is made has a row
            record = old.record or Imported(blog=self.blog, kind=Kind.COMMENT, key=old.key)
            (changed if old.record else new).append(record)
            record.number, record.model, record.row_id = old.number, MODEL, old.row.pk
            record.digest, record.left_as = old.digest, _as_left(old.row)
            meta = [[fit(key), fit(value)] for key, value in old.remark.meta]
            record.extra = {"meta": meta} if meta else {}
        Imported.objects.bulk_create(new, batch_size=BATCH)
        columns = ["number", "model", "row_id", "digest", "left_as", "extra"]
        Imported.objects.bulk_update(changed, columns, batch_size=BATCH)

    def _tell(self, post: Post, code: str, remark: Remark) -> None:
        name = tidy_name(entities.unescape(remark.author))[:NAME_LENGTH] or "No name"
        self.told.setdefault((post.pk, code), []).append(name)


# --- Reasons

_SENTENCES = {
    "comment-twice": "stands in the files twice, and was taken once",
    "comment-deleted-here": "was changed on the old blog, and deleted here since: not brought back",
    "comment-edited-here": "was changed on the old blog, and decided on or changed here since: left as it is here",
    "comment-long": f"has more than {MAX_COMMENT_LENGTH:,} characters, and was kept whole",
    "comment-held": "waits for a moderator’s decision",
    "comment-name-cut": f"has a name of more than {NAME_LENGTH} characters, of which the end was cut off",
    "comment-email-dropped": "has an e-mail address that is none, which was dropped",
}


def _reason(code: str, names: list[str]) -> Reason:
    shown = ", ".join(f"“{name}”" for name in list(dict.fromkeys(names))[:3])
    number = "A comment" if len(names) == 1 else f"Each of {len(names):,} comments"
    return Reason(code, f"{number} (of {shown}{'' if len(set(names)) <= 3 else ' and others'}) {_SENTENCES[code]}.")


# --- Small things


def _in_circles(of_post: Iterable[_Old]) -> Iterator[_Old]:
    """Yield the comments that answer themselves, by way of others or not. Each is looked at twice at most."""
    seen: dict[int, int] = {}  # by which walk
    for walk, start in enumerate(of_post):
        path, old = [], start
        while old is not None and id(old) not in seen:
            seen[id(old)] = walk
            path.append(old)
            old = old.parent  # type: ignore[assignment]
        if old is not None and seen[id(old)] == walk:
            yield from path[path.index(old) :]


def _lay(ours: OursOfRemark, comment: Comment) -> None:
    """Lay on a comment what a site like this kept of it, and WordPress has no place for."""
    comment.state, comment.removal_reason = ours.state, ours.removal_reason
    comment.reasons, comment.is_edited, comment.is_editorial = ours.reasons, ours.is_edited, ours.is_editorial
    comment.written_at = ours.written_at or comment.written_at
    comment.state_since = ours.state_since or comment.state_since
    comment.name = comment.name if ours.name is None else ours.name
    if ours.body is not None:
        comment.body, comment.body_html = ours.body, render_comment(ours.body)


def _number(number: int | None) -> int | None:
    return number if number and 0 < number <= MOST_NUMBER else None


def _told(remark: Remark) -> str:
    """Return all that the export says of a comment."""
    values = (
        remark.number, remark.kind, remark.author, remark.email, remark.address, remark.written_at, remark.content,
        remark.approved, remark.parent, remark.user, [list(each) for each in remark.meta],
    )  # fmt: skip
    return repr(values)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()


def _as_left(comment: Comment) -> str:
    return _digest(*(str(getattr(comment, column)) for column in _LEFT_AS))


def _moment(old: _Old) -> dt.datetime:
    return old.remark.written_at or old.post.published_at or old.post.created_at or timezone.now()


def _page(written: str) -> str:
    address = page_address(fit(entities.unescape(written)))
    return address if len(address) <= ADDRESS_LENGTH and not any(sign.isspace() for sign in address) else ""
