"""Whoever is killed at any point and begins again comes to the same end."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection, transaction

from posts.models import Post
from posts.wordpress.importing import working
from posts.wordpress.models import Run
from tests.posts.wordpress.bringing import bring, results, whole_site
from tests.posts.wordpress.wxr import BLOG, attachment, author, category, item, remark, tag, wxr

HEAD = (
    author("edith"),
    category("News", "news", 1),
    category("Fishing", "fishing", 2, parent="news"),
    tag("Boats", "boats", 3),
    tag("boats", "boats-2", 4),
)
POINTS = 50


class Killed(BaseException):
    """Not an Exception: nothing of ours may catch it."""


def items() -> list[str]:
    made = [attachment(f"{BLOG}/wp-content/uploads/2013/03/boat-{n}.jpg", number=100 + n) for n in range(2)]
    for number in range(1, 11):
        made.append(
            item(
                f"Post {number}",
                f'<p>Words.</p><p>Source: <a href="https://nknews.example/{number % 4}">NK News</a></p>',
                number=number,
                slug=f"post-{number % 9}",  # one of them comes twice on its day
                categories=[("Fishing", "fishing")],
                tags=[("Boats", "boats"), (f"tag {number % 3}", f"tag-{number % 3}")],
                remarks=[remark(f"Comment {number}", number=number)],
                creator=("edith", "mo")[number % 2],
                meta=[("_wp_old_slug", f"old-{number}"), ("colour", "red")],
                status=("publish", "publish", "private", "draft")[number % 4],
            )
        )
    return [*made, item("About", number=50, kind="page", slug="about", link=f"{BLOG}/about/")]


class Killer:
    """Lets so many statements pass."""

    def __init__(self, left: int) -> None:
        self.left, self.passed = left, 0

    def __call__(self, execute, sql, params, many, context):
        if sql.startswith(("ROLLBACK", "RELEASE")):  # what a database does by itself when somebody is gone
            return execute(sql, params, many, context)
        self.passed += 1
        if self.passed > self.left:
            raise Killed
        return execute(sql, params, many, context)


@pytest.mark.django_db
def test_killed_at_any_of_fifty_points_and_run_again_it_ends_alike(tmp_path, monkeypatch):
    monkeypatch.setattr(working, "SLICE", 4)
    counter = Killer(10**9)
    with transaction.atomic():
        with connection.execute_wrapper(counter):
            bring(tmp_path, *items(), head=HEAD)
        expected = whole_site()
        transaction.set_rollback(True)
    assert sum(map(len, expected.values())) > 100
    for point in range(POINTS):
        killer = Killer(counter.passed * (point + 1) // (POINTS + 1))
        with transaction.atomic():
            with pytest.raises(Killed), connection.execute_wrapper(killer):
                bring(tmp_path, *items(), head=HEAD)
            bring(tmp_path, *items(), head=HEAD)
            found = whole_site()
            for label, rows in expected.items():
                assert found[label] == rows, (killer.left, label)
            transaction.set_rollback(True)


@pytest.mark.django_db
def test_killed_and_resumed_each_item_has_one_outcome(tmp_path, monkeypatch):
    from posts.wordpress import importing

    monkeypatch.setattr(working, "SLICE", 4)
    with pytest.raises(Killed), connection.execute_wrapper(Killer(120)):
        bring(tmp_path, *items(), head=HEAD)
    run = Run.objects.get()
    assert 0 < run.position < run.total
    Run.objects.filter(pk=run.pk).update(state="queued")
    importing.work(run.pk)
    run.refresh_from_db()
    assert (run.state, run.position) == ("finished", 13)
    assert results(run) == {"imported": 11, "skipped": 2}
    assert run.outcomes.exclude(kind__in=["author", "category", "tag"]).count() == 13


_COMMAND = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
if __name__ == "__main__":
    import django
    django.setup()
    from posts.wordpress.importing import working
    working.SLICE = 5
    working.WORTH_PROCESSES = 10
    from django.core.management import execute_from_command_line
    execute_from_command_line(["manage.py", *sys.argv[1:]])
"""


def command(database: Path, *words: str) -> subprocess.Popen:
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{database}", "SECRET_KEY": "x"}
    script = database.with_name("command.py")
    script.write_text(f"import sys\nsys.path.insert(0, {os.getcwd()!r})\n{_COMMAND}")
    return subprocess.Popen(
        [sys.executable, str(script), *words], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def rows_of(database: Path) -> dict[str, int]:
    tables = (
        "posts_post", "posts_revision", "wordpress_imported WHERE kind = 'post'", "comments_comment",
        "posts_taggedpost",
    )  # fmt: skip
    with closing(sqlite3.connect(database)) as there:
        return {table: there.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}  # noqa: S608


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the same code; the databases differ in nothing here")
def test_a_process_killed_for_good_leaves_whole_slices_and_no_process_behind(tmp_path):
    export, database = tmp_path / "export.xml", tmp_path / "site.sqlite3"
    export.write_bytes(
        wxr(
            *(
                item(f"Post {n}", number=n, remarks=[remark(number=n)], tags=[("Boats", "boats")])
                for n in range(1, 201)
            )
        )
    )
    migrating = command(database, "migrate", "-v0")
    migrating.communicate()
    assert migrating.returncode == 0
    chance = random.Random(6)
    for _ in range(3):
        process = command(database, "import_wordpress", str(export), "--no-fetch")
        begun, before = time.monotonic(), rows_of(database)["posts_post"]
        while process.poll() is None and rows_of(database)["posts_post"] == before and time.monotonic() - begun < 60:
            time.sleep(0.02)
        time.sleep(chance.random() / 4)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        found = rows_of(database)
        assert found["posts_post"] % 5 == 0
        assert len(set(found.values())) == 1, found
    process = command(database, "import_wordpress", str(export), "--no-fetch")
    out, _ = process.communicate()
    assert process.returncode == 0
    assert set(rows_of(database).values()) == {200}
    assert b'"items": 200' in out.splitlines()[-1]


@pytest.mark.django_db
def test_a_signal_ends_it_between_two_slices(tmp_path, monkeypatch):
    from django.core.management import CommandError, call_command

    from posts.wordpress.management.commands import import_wordpress

    path = tmp_path / "export.xml"
    path.write_bytes(wxr(*(item(f"Post {n}", number=n) for n in range(1, 251))))
    show = import_wordpress.Bar.show

    def signalled(self, done, total):
        show(self, done, total)
        if done == 100:
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(import_wordpress.Bar, "show", signalled)
    with pytest.raises(CommandError, match="--resume"):
        call_command("import_wordpress", str(path), no_fetch=True)
    assert (Run.objects.get().state, Post.objects.count()) == ("stopped", 100)
    monkeypatch.undo()
    call_command("import_wordpress", str(path), no_fetch=True, resume=True)
    run = Run.objects.get()
    assert (run.state, results(run)) == ("finished", {"imported": 250})
