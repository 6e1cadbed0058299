"""A post that is held back, or gone, is named to no other system: not even by a call that was written before."""

import datetime as dt

import pytest
from django.utils import timezone

from posts.comments.models import Comment
from posts.life import Reason
from posts.webhooks import calling
from posts.webhooks.models import Call
from tests.factories import make_comment, make_post
from tests.posts.webhooks.conftest import make_endpoint, wait

pytestmark = pytest.mark.django_db


def send_all() -> None:
    wait()
    calling.call(list(Call.objects.order_by("pk").values_list("pk", flat=True)))


def hold(post) -> None:
    post.review_on = dt.date(2030, 1, 1)
    post.save()


def withdraw(post) -> None:
    post.withdraw()


@pytest.mark.parametrize("hide", [hold, withdraw])
def test_what_was_written_before_is_not_sent(receiver, hide):
    make_endpoint(receiver.address)
    post = make_post("Zanzibar", at=timezone.now())
    make_comment(post, state=Comment.State.HELD)
    assert calling.look() == 2
    hide(post)
    send_all()
    assert receiver.came == []
    assert {call.state for call in Call.objects.all()} == {Call.State.FAILED}


@pytest.mark.parametrize("hide", [hold, withdraw])
def test_what_happens_meanwhile_is_not_told(receiver, hide):
    make_endpoint(receiver.address)
    post = make_post("Zanzibar", at=timezone.now())
    hide(post)
    make_comment(post, state=Comment.State.HELD)
    assert calling.look() == 0


def test_what_is_public_is_told(receiver):
    make_endpoint(receiver.address)
    make_comment(make_post("Zanzibar", at=timezone.now()), state=Comment.State.HELD)
    calling.look()
    send_all()
    assert len(receiver.came) == 2


def test_of_a_post_that_is_taken_down_no_call_remains():
    make_endpoint()
    kept, ended = (make_post(title, at=timezone.now()) for title in ("Kept", "Zanzibar"))
    calling.look()
    ended.take_down(Reason.LEGAL)
    assert [call.body["data"]["id"] for call in Call.objects.all()] == [kept.pk]
