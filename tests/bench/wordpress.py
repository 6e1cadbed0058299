"""What it costs to bring an old blog over: items a second, memory, and whether an item costs more among many."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from django.db import connection

from posts.making import made_posts
from tests.bench.apart import run_apart
from tests.bench.settings import FOLDER
from tests.posts.wordpress.wxr import author, category, item, remark, tag, wxr

SMALL, LARGE = 2_000, 20_000
MOST_SECONDS, MOST_MEGABYTES, OF_ITEMS = 600, 500, 100_000
NAME = "wordpress.sqlite3"

lines: list[str] = []


def ratios() -> Iterator[tuple[str, float]]:
    costs = {}
    for number in (SMALL, LARGE):
        seconds, megabytes = _imported(number)
        costs[number] = seconds / number
        lines.append(
            f"{number:,} items of an old blog: {number / seconds:.0f} a second, {megabytes:.0f} MB at the peak"
        )
    yield f"bringing {OF_ITEMS:,} items over / {MOST_SECONDS} s", costs[LARGE] * OF_ITEMS / MOST_SECONDS
    yield f"memory at its peak / {MOST_MEGABYTES} MB", megabytes / MOST_MEGABYTES
    yield f"an item among {LARGE:,} / among {SMALL:,}", costs[LARGE] / costs[SMALL]


def write_export(path: Path, number: int, seed: int = 1) -> None:
    """Write the export of a blog with so many posts, in the manner of `make_posts`."""
    chance = Random(f"htwatch export {seed}")
    tags: dict[str, str] = {}
    categories: dict[str, str] = {}
    with path.with_suffix(".items").open("w", encoding="utf-8") as items:
        for count, post in enumerate(made_posts(number, seed), 1):
            for names, known in ((post.tags, tags), (post.categories, categories)):
                for name in names:
                    known.setdefault(name, name.lower().replace(" ", "-"))
            items.write(_item(count, post, tags, categories, chance))
    head = [author("edith", 1), author("mo", 2)]
    head += [category(name, slug, number) for number, (name, slug) in enumerate(categories.items(), 1)]
    head += [tag(name, slug, number) for number, (name, slug) in enumerate(tags.items(), 1000)]
    before, after = wxr("@@", head=head).decode().split("@@")
    with path.open("w", encoding="utf-8") as out, path.with_suffix(".items").open(encoding="utf-8") as items:
        out.write(before)
        for line in items:
            out.write(line)
        out.write(after)
    path.with_suffix(".items").unlink()


def _item(number: int, post: object, tags: dict[str, str], categories: dict[str, str], chance: Random) -> str:
    credit = ""
    if post.source:
        name = f'<a href="{post.address}">{post.source}</a>' if post.address else post.source
        credit = f"\n<p>Source: {name}</p>"
    remarks = [
        remark("Thank you for this.", number=number * 10 + each) for each in range(chance.choice((0, 0, 0, 1, 2)))
    ]
    return item(
        post.title,
        post.text.html + credit,
        number=number,
        at=f"{post.published_at:%Y-%m-%d %H:%M:%S}" if post.published_at else None,
        slug=post.slug,
        status="publish" if post.published_at else "draft",
        creator=chance.choice(("edith", "mo")),
        tags=[(name, tags[name]) for name in post.tags],
        categories=[(name, categories[name]) for name in post.categories],
        remarks=remarks,
        meta=[("_edit_last", "1"), ("colour", "red")],
    )


def _imported(number: int) -> tuple[float, float]:
    """Return the seconds and the megabytes of an import into an empty database, its processes included."""
    path = FOLDER / f"export-{number}.xml"
    write_export(path, number)
    try:
        with _empty_database() as name:
            told = json.loads(run_apart(_IMPORT, name, str(path)))
    finally:
        path.unlink()
    if told["counts"]["imported"] != number:
        raise RuntimeError(f"{told['counts']} became of {number} items.")
    return told["seconds"], told["kilobytes"] / 1024


@contextmanager
def _empty_database() -> Iterator[str]:
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield str(connection.settings_dict["NAME"])
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


# The peaks of the processes are added up, though they need not fall together: no less than what is used at once.
_IMPORT = """
import io, json, os, resource, sys, time
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
def main():
    import django
    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from posts.wordpress.converting import preparing
    connection.settings_dict["NAME"] = sys.argv[1]
    out, begin = io.StringIO(), time.perf_counter()
    call_command("import_wordpress", sys.argv[2], no_fetch=True, stdout=out)
    seconds = time.perf_counter() - begin
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    others = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss  # of the largest one
    counts = json.loads(out.getvalue().splitlines()[-1])
    print(json.dumps({"seconds": seconds, "kilobytes": own + preparing.WORKERS * others, "counts": counts}))
if __name__ == "__main__":
    main()
"""
