"""What the desk costs: no list and no form of it may ask more often where there is more."""

import time
from dataclasses import dataclass
from statistics import median

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from posts.models import Image, Post
from tests.desk import addresses, make_one_of_everything

ROUNDS = 3
SHOWN = 12  # the slowest pages


@dataclass(frozen=True)
class Cost:
    address: str
    queries: int
    seconds: float


def costs() -> dict[str, Cost]:
    """Return what each page of the desk costs, by its name."""
    root = User.objects.create_superuser("bench-desk")
    post = make_one_of_everything(root)
    _fill_up(post)
    client = Client(headers={"host": "127.0.0.1:8000"})
    client.force_login(root)
    lists = {
        "posts, searched": "/admin/posts/post/?q=border",
        "posts, by status": "/admin/posts/post/?status=public",
        "posts, page 100": "/admin/posts/post/?p=100",
        "posts of a year": "/admin/posts/post/?published_at__year=2015",
        "tags, searched": "/admin/posts/tag/?q=a",
    }
    found = {**addresses(post), **lists}
    return {name: cost for name, address in found.items() if (cost := _cost(client, address))}


def _fill_up(post: Post) -> None:
    """Pictures in proportion to the posts, and a post that was saved often."""
    Image.objects.bulk_create(
        Image(file=f"images/none/{number:064x}-40x30.png", digest=f"{number:064x}", width=40, height=30)
        for number in range(Post.objects.count() // 100)
    )
    for number in range(60):
        post.body = f"{post.body}\n\nParagraph {number}."
        post.save()


def _cost(client: Client, address: str) -> Cost | None:
    """Ask for a page a few times; None where there is none to be had."""
    response = client.get(address)
    if response.status_code != 200:
        return None
    times = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        times.append(time.perf_counter() - begin)
    return Cost(address, len(captured.captured_queries), median(times))


def ratios(measured: dict[int, dict[str, Cost]]) -> list[tuple[str, float]]:
    """Compare how often the pages ask with few posts and with many."""
    small, large = min(measured), max(measured)
    if small == large:
        return []
    name = max(measured[large], key=lambda each: _more(measured, small, large, each))
    return [(f"queries of {name} at the desk, {large:,} / {small:,} posts", _more(measured, small, large, name))]


def _more(measured: dict[int, dict[str, Cost]], small: int, large: int, name: str) -> float:
    few, many = measured[small].get(name), measured[large][name]
    return many.queries / few.queries if few else 0


def table(size: int, found: dict[str, Cost]) -> str:
    slowest = sorted(found.items(), key=lambda item: -item[1].seconds)[:SHOWN]
    lines = [
        f"The desk with {size:,} posts: the slowest of {len(found)} pages",
        f"{'page':<48}{'queries':>8}{'ms':>8}",
    ]
    lines += [f"{name:<48}{cost.queries:>8}{1000 * cost.seconds:>8.1f}" for name, cost in slowest]
    return "\n".join(lines)
