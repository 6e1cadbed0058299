"""Comments of the demo and of synthetic posts."""

import pytest
from django.core.management import call_command

from posts.comments.models import Comment, Policy
from posts.models import Post
from posts.rendering import render_comment

pytestmark = pytest.mark.django_db


def contents() -> list[tuple]:
    return sorted(
        Comment.objects.values_list("post__guid", "once", "name", "body", "state", "written_at", "parent__once"),
        key=str,
    )


def test_the_same_seed_makes_the_same_comments():
    call_command("make_posts", 120)
    first = contents()
    assert len(first) > 30
    assert any(row[-1] for row in first)
    Post.objects.all().delete()
    from sources.links.models import Link

    Link.objects.all().delete()
    call_command("make_posts", 120)
    assert contents() == first


def test_they_are_as_readers_could_have_written_them():
    call_command("make_posts", 60)
    for comment in Comment.objects.select_related("post"):
        comment.full_clean()
        assert comment.body_html == render_comment(comment.body)
        assert comment.written_at > comment.post.published_at
        assert comment.parent is None or comment.parent.post_id == comment.post_id


def test_the_demo_has_threads_to_read_and_a_queue_to_clear(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    call_command("demo")
    assert Comment.objects.visible().count() >= 8
    assert Comment.objects.waiting().count() >= 3
    call_command("tidy")
    assert Comment.objects.waiting().count() >= 3
    newest = Post.objects.published().newest_first()[0]
    assert Policy.current().takes_comments(newest.discussion, newest.published_at, newest.published_at.max.replace(
        tzinfo=newest.published_at.tzinfo))  # fmt: skip
