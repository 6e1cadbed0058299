"""Synthetic comments under synthetic posts: the same for the same seed."""

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import batched
from random import Random

from posts.comments.models import Comment
from posts.making import made_guid
from posts.models import Post
from posts.rendering import render_comment

BATCH = 1000
# Most posts have none, and a few have many.
SHARE_WITH_COMMENTS = 0.25
MEAN, MOST = 3, 40

_NAMES = ["", "", "Ann", "M. Okafor", "a reader", "Jisoo", "박민서", "Teacher", "Lena", "R.", "dockside"]
_TEXTS = [
    "Thank you for clipping this. The *numbers* at the end were new to me.",
    "I worked at such a place. It was **exactly** so, and nobody asked.",
    "> A first answer is expected\n\nIt has been months by now.",
    "Is the whole report to be had anywhere? The outlet asks for money.",
    "Two things are missing here:\n\n- who paid the brokers\n- what became of the passports",
    "좋은 글 감사합니다. 원문도 읽어 보겠습니다.",
    "The ministry has [answered since](https://ministry.example/answer), in few words.",
    "Please go on with this.",
]


@dataclass(frozen=True)
class _Made:
    text: str
    name: str
    minutes: int  # after the post, or after what it answers
    is_answer: bool
    is_removed: bool
    once: str


def make(number: int, seed: int) -> None:
    """Make the comments of `make_posts NUMBER --seed SEED`, under those of its posts that are public."""
    rendered = {text: render_comment(text) for text in _TEXTS}
    for numbers in batched(_commented(number, seed), BATCH):
        guids = {made_guid(seed, n): n for n in numbers}
        posts = Post.objects.filter(guid__in=guids, state=Post.State.PUBLISHED).order_by("pk")
        firsts: list[tuple[Comment, list[_Made]]] = []
        for pk, guid, published_at in posts.values_list("pk", "guid", "published_at"):
            assert published_at is not None  # noqa: S101  a published post has a date
            for made, answers in _thread(seed, guids[guid]):
                firsts.append((_comment(pk, published_at, made, rendered), answers))
        Comment.objects.bulk_create([first for first, _ in firsts])
        Comment.objects.bulk_create(
            _comment(first.post_id, first.written_at, answer, rendered, first)
            for first, answers in firsts
            for answer in answers
        )


def _commented(number: int, seed: int) -> Iterator[int]:
    chance = Random(f"htwatch comments {seed}")  # noqa: S311  nothing secret is made here
    return (n for n in range(1, number + 1) if chance.random() < SHARE_WITH_COMMENTS)


def _thread(seed: int, post_number: int) -> list[tuple[_Made, list[_Made]]]:
    chance = Random(f"htwatch comments {seed} {post_number}")  # noqa: S311
    thread: list[tuple[_Made, list[_Made]]] = []
    for index in range(min(MOST, 1 + int(chance.expovariate(1 / MEAN)))):
        made = _Made(
            text=chance.choice(_TEXTS),
            name=chance.choice(_NAMES),
            minutes=chance.randint(5, 3000),
            is_answer=bool(thread) and chance.random() < 0.3,
            is_removed=chance.random() < 0.02,
            once=uuid.uuid5(uuid.NAMESPACE_URL, f"htwatch:made-comment:{seed}:{post_number}:{index}").hex,
        )
        if made.is_answer:
            chance.choice(thread)[1].append(made)
        else:
            thread.append((made, []))
    return thread


def _comment(
    post_id: int, after: dt.datetime, made: _Made, rendered: dict[str, str], parent: Comment | None = None
) -> Comment:
    return Comment(
        post_id=post_id,
        parent=parent,
        name=made.name,
        body=made.text,
        body_html=rendered[made.text],
        state=Comment.State.REMOVED if made.is_removed else Comment.State.APPROVED,
        removal_reason=Comment.RemovalReason.OFF_TOPIC if made.is_removed else "",
        written_at=after + dt.timedelta(minutes=made.minutes),
        once=made.once,
    )
