"""A subscriber's own page, and leaving by one click (RFC 8058)."""

import datetime as dt
import io
import json

import pytest
from django.test import Client
from django.utils import timezone

from posts.outbox.models import Delivery
from posts.subscriptions.announcing import announce
from posts.subscriptions.changing import erase
from posts.subscriptions.models import Bounce, Consent, Day, Policy, Subscriber
from tests.factories import make_post, make_subscriber

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(db) -> Subscriber:
    make_post(tags=["a", "b"])
    return make_subscriber("ann@reader.example", "/=weekly", "/tag/a/=post")


def url(subscriber: Subscriber) -> str:
    return f"/u/{subscriber.token}/"


class TestOneClick:
    @pytest.mark.parametrize(
        ("body", "content_type"),
        [
            ("List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"),
            (
                '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
                "multipart/form-data; boundary=x",
            ),
            ("", "application/x-www-form-urlencoded"),
            ("", ""),
            ("List-Unsubscribe=One-Click", "application/x-www-form-urlencoded; charset=utf-8"),
            ("nonsense", "text/plain"),
        ],
    )
    def test_a_bare_post_in_any_encoding_leaves(self, ann, body, content_type):
        Delivery.objects.queue("k", "subscriptions.post", ann.email, announcement=0, subscriber=ann.pk)
        client = Client(enforce_csrf_checks=True)
        response = client.generic("POST", url(ann), body, content_type=content_type)
        assert response.status_code == 200
        assert "You have left" in response.content.decode()
        assert client.cookies == {}
        assert not Subscriber.objects.exists()
        assert not Consent.objects.exists()
        assert not Delivery.objects.exists()

    @pytest.mark.parametrize(
        ("body", "content_type"),
        [
            ("save=1&often-1=daily&hour=8&dis", "application/x-www-form-urlencoded"),
            ("nonsense", "multipart/form-data"),
            ('--x\r\nContent-Disposition: form-data; name="hour"\r\n\r\n8', "multipart/form-data; boundary=x"),
            ("&".join(f"a{number}=1" for number in range(1100)) + "&save=1", "application/x-www-form-urlencoded"),
            ("a=" + "x" * 6_000_000 + "&save=1", "application/x-www-form-urlencoded"),
        ],
        ids=["cut", "no boundary", "cut parts", "many fields", "large"],
    )
    def test_what_did_not_arrive_whole_changes_nothing(self, ann, client, body, content_type):
        response = client.generic("POST", url(ann), body, content_type=content_type)
        assert response.status_code == 400
        assert ann.subscriptions.count() == 2

    @pytest.mark.parametrize(
        "broken", [{"CONTENT_LENGTH": "36"}, {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}]
    )
    def test_a_line_that_broke_before_the_body_is_no_bare_post(self, ann, broken):
        kind = "application/x-www-form-urlencoded"
        line = {"wsgi.input": io.BytesIO(), **broken}
        response = Client().generic("POST", url(ann), "", content_type=kind, **line)
        assert response.status_code == 400
        assert ann.subscriptions.count() == 2

    def test_any_number_of_times_and_from_any_site(self, ann, client):
        for _ in range(3):
            response = client.post(
                url(ann), {"List-Unsubscribe": "One-Click"}, headers={"Sec-Fetch-Site": "cross-site"}
            )
            assert response.status_code == 200
        assert Day.objects.get().left == 1

    def test_a_get_changes_nothing(self, ann, client):
        for _ in range(2):
            assert client.get(url(ann)).status_code == 200
            assert client.head(url(ann)).status_code == 200
        assert ann.subscriptions.count() == 2

    def test_no_shared_cache_and_no_search_engine_keeps_the_page(self, ann, client):
        response = client.get(url(ann))
        assert "no-store" in response["Cache-Control"]
        assert response["X-Robots-Tag"] == "noindex"

    def test_a_token_that_is_none(self, client):
        assert client.get("/u/AAAAAAAAAAAAAAAAAAAAAA/").status_code == 404
        assert client.post("/u/AAAAAAAAAAAAAAAAAAAAAA/").status_code == 200
        assert client.get("/u/short/").status_code == 404
        assert client.get("/u/a%00b/").status_code == 404


class TestChanging:
    def save(self, client, ann, **fields):
        return client.post(url(ann), {"save": "1", "hour": "8", "whole": "1", **fields})

    def test_how_often_the_hour_and_discretion(self, ann, client):
        site = ann.subscriptions.first()
        response = self.save(client, ann, hour="21", discreet="on", **{f"often-{site.pk}": "daily"})
        assert "Saved." in response.content.decode()
        ann.refresh_from_db()
        assert (ann.hour, ann.is_discreet) == (21, True)
        assert [each.frequency for each in ann.subscriptions.all()] == ["daily", "post"]

    def test_two_digests_become_letters_at_once_and_neither_is_lost(self, client):
        make_post("x", tags=["alpha"], slug="x")
        make_post("y", tags=["beta"], slug="y")
        since = timezone.now() - dt.timedelta(days=1)
        reader = make_subscriber("", "/tag/alpha/=daily", "/tag/beta/=daily", since=since)
        for title, tag in (("A1", "alpha"), ("B1", "beta")):
            make_post(title, at=timezone.now() - dt.timedelta(hours=1), tags=[tag], slug=tag)
        list(announce())
        typed = {f"often-{each.pk}": "post" for each in reader.subscriptions.all()}
        self.save(client, reader, **typed)
        told = [pk for row in Delivery.objects.all() for pk in row.data["announcements"]]
        assert len(told) == len(set(told)) == 2

    def test_one_thing_stops_and_the_rest_goes_on(self, ann, client):
        site = ann.subscriptions.first()
        self.save(client, ann, **{f"often-{site.pk}": "stop"})
        assert [each.tag.name for each in ann.subscriptions.all()] == ["a"]

    def test_more_can_be_followed_without_another_letter(self, ann, client):
        self.save(client, ann, tags="B", frequency="daily")
        assert [str(each) for each in ann.subscriptions.with_scopes()][-1] == "b, daily"
        assert not Delivery.objects.exists()

    def test_an_unknown_tag_is_told_and_what_was_typed_stays(self, ann, client):
        site = ann.subscriptions.first()
        typed = {f"often-{site.pk}": "stop", "frequency": "monthly", "discreet": "on"}
        response = self.save(client, ann, tags="Nowhere", hour="21", **typed)
        assert response.status_code == 400
        kept = ["stop", "21", "monthly"]
        for chosen in [*(f'value="{each}" selected' for each in kept), 'name="discreet" checked']:
            assert chosen in response.content.decode()
        assert "There is no tag “Nowhere”" in response.content.decode()
        assert 'value="Nowhere"' in response.content.decode()
        ann.refresh_from_db()
        assert ann.hour == 8

    def test_nobody_changes_the_subscription_of_another(self, ann, client):
        other = make_subscriber("", "/=weekly").subscriptions.get()
        self.save(client, ann, **{f"often-{other.pk}": "stop"})
        other.refresh_from_db()

    def test_where_the_rules_say_so_more_waits_for_an_administrator(self, ann, client):
        Policy.objects.create(pk=1, waits_for_approval=True)
        self.save(client, ann, tags="b")
        assert ann.subscriptions.last().state == "waiting"

    def test_letters_that_came_back_can_be_resumed_but_not_what_the_desk_stopped(self, ann, client):
        ann.suspend(Subscriber.Reason.BOUNCED)
        assert "Begin sending again" in client.get(url(ann)).content.decode()
        client.post(url(ann), {"resume": "1", "whole": "1", "discreet": "on", "hour": "20"})
        ann.refresh_from_db()
        assert (ann.state, ann.is_discreet, ann.hour) == ("active", True, 20)
        ann.suspend(Subscriber.Reason.DESK)
        client.post(url(ann), {"resume": "1", "whole": "1"})
        ann.refresh_from_db()
        assert ann.state == "suspended"


class TestWhatIsKept:
    def test_can_be_taken(self, ann, client):
        kept = json.loads(client.get(f"{url(ann)}?download=1").content)
        assert kept["address"] == "ann@reader.example"
        assert {each["address"]: each["frequency"] for each in kept["follows"]} == {"/": "weekly", "/tag/a/": "post"}
        assert kept["consents"][0]["confirmed_at"]

    def test_erasing_leaves_nothing(self, ann, delivered):
        Bounce.objects.create(key="b", email=ann.email, kind="soft")
        Delivery.objects.queue("k", "subscriptions.post", ann.email, announcement=0, subscriber=ann.pk)
        assert erase("Ann@Reader.Example")
        assert not Delivery.objects.exists()
        assert not Bounce.objects.exists()
        assert not Subscriber.objects.exists()
        assert not erase("ann@reader.example")
