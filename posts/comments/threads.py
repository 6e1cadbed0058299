"""The comments under a post, in the order in which they are read. Pure: rows in, lines out."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from posts.comments.models import Comment

DEEPEST = 2  # steps to the right: three levels; answers below stand on the third


@dataclass(frozen=True)
class Line:
    """A comment as it stands in the thread; a stub where it is not to be seen and answers hang on it."""

    comment: Comment
    depth: int
    parent: Comment | None
    is_stub: bool


def thread(comments: Iterable[Comment]) -> list[Line]:
    """Return the approved comments of a post, answers behind what they answer, the oldest first.

    Given are all its comments in the order of their ids. One that is not approved leaves a stub if an approved one
    hangs on it, and no trace otherwise.
    """
    rows = {comment.pk: comment for comment in comments}
    answers: dict[int | None, list[Comment]] = defaultdict(list)
    for comment in rows.values():
        answers[comment.parent_id if comment.parent_id in rows else None].append(comment)
    lines: list[Line] = []
    # Depth first without recursion: a chain of answers may be as long as somebody likes to make it.
    waiting = [(comment, 0) for comment in reversed(answers[None])]
    while waiting:
        comment, depth = waiting.pop()
        parent = rows.get(comment.parent_id) if comment.parent_id else None
        lines.append(Line(comment, min(depth, DEEPEST), parent, comment.state != Comment.State.APPROVED))
        waiting += [(answer, depth + 1) for answer in reversed(answers[comment.pk])]
    return _without_dead_ends(lines)


def _without_dead_ends(lines: list[Line]) -> list[Line]:
    """Drop the stubs on which nothing visible hangs."""
    held_up = set()
    kept = []
    for line in reversed(lines):
        if not line.is_stub or line.comment.pk in held_up:
            kept.append(line)
            held_up.add(line.comment.parent_id)
    return kept[::-1]
