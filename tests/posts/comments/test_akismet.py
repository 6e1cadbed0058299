"""The outside service is off; where it is on, it learns as little as it can do with."""

import pytest
from django_tasks_db.models import DBTaskResult

from posts.comments import akismet
from posts.comments.models import Comment
from sources.http import Failed, Fetched
from tests.factories import make_comment

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(monkeypatch) -> list[dict[str, str]]:
    """Stand in for the door; say what it was asked for."""
    forms: list[dict[str, str]] = []

    def fetch(url, *, data, **options):
        assert url.startswith("https://rest.akismet.com/")
        forms.append(data)
        return Fetched(url, 200, {}, b"true" if "pills" in data["comment_content"] else b"false")

    monkeypatch.setattr(akismet, "fetch", fetch)
    return forms


def test_it_is_off(reader, asked, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        reader.write("Cheap pills.")
    assert not DBTaskResult.objects.exists()
    assert asked == []


def test_it_is_asked_by_a_task_and_learns_no_address(reader, asked, settings, django_capture_on_commit_callbacks):
    settings.AKISMET_KEY = "key"
    with django_capture_on_commit_callbacks(execute=True):
        reader.write("Cheap pills.", name="Best", email="ann@reader.example")
    for row in DBTaskResult.objects.filter(task_path__contains="akismet"):
        row.task.call(*row.args_kwargs["args"])
    comment = Comment.objects.get()
    assert comment.state == "spam"
    assert ["akismet", "Akismet takes it for spam."] in comment.reasons
    assert asked[0]["comment_content"] == "Cheap pills."
    assert "ann@" not in repr(asked)
    assert asked[0]["user_ip"] == "0.0.0.0"


def test_what_is_no_spam_stays_held(asked, post):
    comment = make_comment(post, "A question.", state="held")
    assert not akismet.check_comment.call(comment.pk)
    comment.refresh_from_db()
    assert comment.state == "held"


def test_what_a_moderator_has_decided_is_left_alone(asked, post):
    comment = make_comment(post, "Cheap pills.", state="approved")
    assert not akismet.check_comment.call(comment.pk)
    assert asked == []


def test_without_an_answer_it_stays_held(post, monkeypatch):
    def fail(*args, **kwargs):
        raise Failed("no route")

    monkeypatch.setattr(akismet, "fetch", fail)
    comment = make_comment(post, "Cheap pills.", state="held")
    assert not akismet.check_comment.call(comment.pk)
    comment.refresh_from_db()
    assert comment.state == "held"
