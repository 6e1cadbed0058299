"""What comments cost: none of it may grow faster than the comments do."""

import time
from collections.abc import Callable, Iterator
from statistics import median

from django.contrib.auth.models import User
from django.test import Client
from django.utils.crypto import get_random_string

from posts.comments.models import Comment, Discussion
from posts.models import Post
from posts.rendering import MAX_COMMENT_LENGTH, render_comment

ROUNDS = 20
# Whatever is quadratic in some parser of Markdown, or was once.
HOSTILE = [
    "[", "![", "[a](", "[a](b", "*a ", "*a_ ", "*", "a**b", ">", "> ", "- ", "`", "<", "<http://a", "]", "[]", "\\",
    "1. ", "x\n>", "*_", "_a*", '[a](b "', "[a](<b", "- a\n", "http://", "://", "http://a.b ", "mailto:a@b.c ",
    "//a.b?!",
]  # fmt: skip


def ratios() -> Iterator[tuple[str, float]]:
    """Yield what was compared, and how many times dearer the first is than it should be."""
    whole, half = (_worst_of(length) for length in (MAX_COMMENT_LENGTH, MAX_COMMENT_LENGTH // 2))
    yield "the worst comment / twice the worst of half its length", whole / (2 * half)
    few, many = _post_with(50), _post_with(500)
    reader = Client(headers={"host": "127.0.0.1:8000"})
    yield (
        "post with 500 comments / 10 × post with 50",
        _compare(lambda: reader.get(many.get_absolute_url()), lambda: reader.get(few.get_absolute_url())) / 10,
    )
    moderator = Client(headers={"host": "127.0.0.1:8000"})
    moderator.force_login(User.objects.create_superuser("mo"))
    _hold(few, 50)
    short = _times(lambda: moderator.get("/admin/comments/comment/"))
    _hold(few, 950)
    long = _times(lambda: moderator.get("/admin/comments/comment/"))
    yield "queue of 1,000 / queue of 50", median(long) / median(short)


def _worst_of(length: int) -> float:
    texts = [(piece * length)[:length] for piece in HOSTILE]
    return max(median(_times(lambda text=text: render_comment(text), 5)) for text in texts)  # type: ignore[misc]


def _post_with(number: int) -> Post:
    post = Post(title=f"With {number} comments", body="Words.")
    post.publish()
    Discussion.objects.create(post=post, opening=Discussion.Opening.OPEN)
    _write(post, number, Comment.State.APPROVED)
    return post


def _hold(post: Post, number: int) -> None:
    _write(post, number, Comment.State.HELD)


def _write(post: Post, number: int, state: str) -> None:
    text = "Some *words* on https://a.example/ and no more."
    html = render_comment(text)
    Comment.objects.bulk_create(
        Comment(post=post, name="Ann", body=text, body_html=html, state=state, once=get_random_string(32))
        for _ in range(number)
    )


def _compare(one: Callable[[], object], other: Callable[[], object]) -> float:
    pairs = [(_times(one, 1)[0], _times(other, 1)[0]) for _ in range(ROUNDS)]
    return median(a / b for a, b in pairs)


def _times(act: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    act()
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        act()
        times.append(time.perf_counter() - begin)
    return times
