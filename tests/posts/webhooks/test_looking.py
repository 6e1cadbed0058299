"""What happened is found, and told once to each endpoint that wants it."""

import datetime as dt
import json

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from posts import hooks
from posts.hooks import Happening
from posts.models import Post
from posts.webhooks import calling
from posts.webhooks.models import Call, Endpoint
from tests.factories import make_category, make_comment, make_link, make_post, make_source
from tests.posts.webhooks.conftest import make_endpoint

pytestmark = pytest.mark.django_db


def told() -> list[str]:
    """Look; return the kinds and numbers of all that is told, without the endpoint."""
    calling.look()
    return sorted(call.key.partition(":")[2] for call in Call.objects.all())


def publish_now(title: str = "A boat", **fields) -> Post:
    return make_post(title, at=timezone.now(), **fields)


class TestPosts:
    def test_a_new_post_is_told_with_what_everybody_can_read(self):
        endpoint, source = make_endpoint(), make_source("NK News")
        law = make_category("Law")
        post = publish_now(source=source, link=make_link(source), tags=["boats", "asylum"], categories=[law])
        calling.look()
        call = Call.objects.get()
        assert (call.endpoint, call.kind, call.key) == (
            endpoint, "post.published", f"{endpoint.pk}:post.published:{post.pk}",
        )  # fmt: skip
        post.refresh_from_db()
        assert call.body == {
            "type": "post.published",
            "timestamp": post.published_at.isoformat(),
            "data": {
                "id": post.pk,
                "title": "A boat",
                "url": f"https://watch.example{post.get_absolute_url()}",
                "published_at": post.published_at.isoformat(),
                "source": "NK News",
                "original": "https://nknews.example/2013/02/refugees",
                "tags": ["asylum", "boats"],
                "categories": ["Law"],
            },
        }

    def test_a_post_without_title_and_outlet_is_told_too(self):
        make_endpoint()
        post = publish_now("")
        calling.look()
        data = Call.objects.get().body["data"]
        assert (data["title"], data["source"], data["original"]) == (post.display_title, None, None)

    def test_it_is_told_once_however_often_it_is_looked_for(self):
        make_endpoint()
        post = publish_now()
        assert [calling.look() for _ in range(3)] == [1, 0, 0]
        post.withdraw()
        post.publish()
        assert calling.look() == 0

    def test_it_is_told_once_by_two_who_look_at_the_same_moment(self, monkeypatch):
        make_endpoint()
        publish_now()
        happened = list(calling._happened(timezone.now() - dt.timedelta(hours=1), timezone.now()))

        def happens(since, at):
            Call.objects.write([Call.about(happened[0], Endpoint.objects.get())])  # the other one was quicker
            return happened

        monkeypatch.setattr(calling, "_happened", happens)
        assert calling.look() == 0
        assert Call.objects.count() == 1

    def test_each_endpoint_is_told(self):
        make_endpoint()
        make_endpoint()
        post = publish_now()
        assert told() == [f"post.published:{post.pk}"] * 2

    def test_quiet_old_withdrawn_and_scheduled_posts_and_drafts_are_not_told(self):
        make_endpoint(listens_since=timezone.now() - dt.timedelta(days=400))
        publish_now(is_quiet=True)
        make_post(at=timezone.now() - dt.timedelta(hours=49))
        make_post(at=timezone.now() + dt.timedelta(minutes=5))
        make_post(draft=True)
        publish_now().withdraw()
        assert told() == []

    def test_a_scheduled_post_is_told_when_its_moment_has_come(self):
        make_endpoint()
        make_post(at=timezone.now() + dt.timedelta(minutes=5))
        assert calling.look() == 0
        assert calling.look(timezone.now() + dt.timedelta(minutes=6)) == 1


class TestEndpoints:
    def test_what_is_older_than_an_endpoint_is_not_told_to_it(self):
        publish_now()
        Endpoint.objects.create(name="New", address="https://operator.example/", kinds=["post.published"])
        assert told() == []

    def test_what_happened_while_it_was_off_is_not_told_to_it(self):
        endpoint = make_endpoint(is_active=False)
        publish_now("Missed")
        endpoint.is_active = True
        endpoint.save()
        post = publish_now("Heard")
        assert told() == [f"post.published:{post.pk}"]

    def test_to_save_an_active_one_makes_it_no_younger(self):
        endpoint = make_endpoint()
        since = endpoint.listens_since
        endpoint.save()
        assert endpoint.listens_since == since

    def test_an_endpoint_that_is_off_is_told_nothing_and_costs_one_query(self, django_assert_num_queries):
        make_endpoint(is_active=False)
        publish_now()
        with django_assert_num_queries(1):
            calling.look()

    def test_only_what_it_wants_is_told_to_it(self):
        make_endpoint(kinds=["comment.held"])
        comment = make_comment(publish_now(), state="held")
        assert told() == [f"comment.held:{comment.pk}"]

    @pytest.mark.parametrize(
        "address", ["ftp://operator.example/", "operator", "HTTPS://ann:secret@operator.example/"]
    )
    def test_addresses_that_are_not_taken(self, address):
        endpoint = Endpoint(name="x", address=address, kinds=["post.published"])
        with pytest.raises(ValidationError, match="address"):
            endpoint.full_clean()

    def test_kinds_that_nobody_knows_are_not_taken(self):
        with pytest.raises(ValidationError, match=r"post\.burnt"):
            Endpoint(name="x", address="https://operator.example/", kinds=["post.burnt"]).full_clean()


class TestNestedApps:
    def test_a_held_comment_tells_nothing_about_its_writer(self):
        make_endpoint()
        post = make_post("The long way")
        comment = make_comment(
            post, "I was there.", name="Ann", email="ann@reader.example", state="held", writer="hash-of-a-network"
        )
        calling.look()
        call = Call.objects.get()
        assert call.body["type"] == "comment.held"
        assert call.body["data"] == {
            "comment": comment.pk,
            "post": f"https://watch.example{post.get_absolute_url()}",
            "queue": "https://watch.example/admin/comments/comment/",
        }
        for secret in ("Ann", "ann@", "there", "hash-of", "long way"):
            assert secret not in json.dumps(call.body["data"]).replace(post.get_absolute_url(), "")

    @pytest.mark.parametrize("state", ["approved", "spam"])
    def test_a_comment_that_does_not_wait_is_not_told(self, state):
        make_endpoint()
        make_comment(state=state)
        assert told() == []

    def test_what_another_nested_app_brings_is_told(self, monkeypatch):
        class Happens:
            @staticmethod
            def happened(since):
                return [Happening("subscription.confirmed", "subscription.confirmed:7", timezone.now(), {"n": 1})]

        monkeypatch.setattr(calling, "nested_modules", lambda name: (Happens,))
        make_endpoint()
        assert told() == ["subscription.confirmed:7"]

    def test_happenings_are_looked_for_by_name(self):
        assert "posts.comments.happening" in [module.__name__ for module in hooks.nested_modules("happening")]


def test_five_happenings_cost_as_many_queries_as_one():
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert calling.look() > 0
        return len(captured)

    def happen(number: int) -> None:
        for _ in range(number):
            source, title = make_source(f"Outlet {Post.objects.count()}"), f"Post {Post.objects.count()}"
            link = make_link(source, f"https://outlet.example/{Post.objects.count()}")
            post = publish_now(title, link=link, tags=[title, "boats"], categories=[make_category(title)])
            make_comment(post, state="held")

    make_endpoint()
    make_endpoint()
    happen(1)
    few = queries()
    happen(5)
    assert queries() == few
