"""The same bulk work at the same moment, by several clicks and several workers: each post has its turn once."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from posts import bulking
from posts.models import BulkJob, Post, Tag
from tests.factories import make_post
from tests.posts.test_at_once import at_once
from tests.posts.test_bulk import choose, result

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite in memory has one connection for all"),
]


def test_a_double_click_and_two_workers_do_each_post_once():
    user = User.objects.create_superuser("root")
    client = Client()
    client.force_login(user)
    posts = [make_post(draft=True) for _ in range(12)]
    address = choose(client, "bulk_add_tags", posts)
    clients = [Client() for _ in range(4)]
    for each in clients:
        each.force_login(user)
    statuses = at_once(*(lambda each=each: each.post(address, {"tags": ["once"]}) for each in clients))
    assert statuses == [302] * 4
    assert result(BulkJob.objects.get()) == (12, 0, 0)
    for post in posts:
        assert post.history.filter(history_change_reason="Bulk: tags added").count() == 1


def test_two_jobs_over_the_same_posts():
    user = User.objects.create_superuser("root")
    ids = [make_post().pk for _ in range(10)]
    jobs = [BulkJob.objects.create(act="add_tags", by=user, ids=ids, total=10) for _ in range(3)]
    for number, job in enumerate(jobs):
        job.begin({"tags": ["both", f"own {number}"]}, "")

    class Ok:
        status_code = 200

    assert at_once(*(lambda job=job: bulking.work(job.pk) or Ok for job in jobs)) == [200] * 3
    assert Tag.objects.get(name="both").tally.count == 10
    assert all(Post.objects.get(pk=pk).tags.count() == 4 for pk in ids)
