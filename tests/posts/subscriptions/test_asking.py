"""A reader asks to be told, and confirms it."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from posts.models import Tag
from posts.outbox.models import Delivery
from posts.subscriptions import asking
from posts.subscriptions.asking import Wish
from posts.subscriptions.models import Block, Consent, Day, Policy, Subscriber, Subscription
from tests.factories import make_category, make_post, make_source, make_subscriber
from tests.posts.subscriptions.conftest import Visitor, link_in

pytestmark = pytest.mark.django_db


def confirm_link(delivered) -> str:
    [letter] = delivered()
    return link_in(letter, "/subscribe/confirm/")


class TestTheWholeWay:
    def test_from_the_box_to_the_subscription(self, visitor, delivered):
        make_post(tags=["North Korea"])
        page = visitor.client.get("/tag/north-korea/").content.decode()
        assert '<option value="/tag/north-korea/">' in page
        response = visitor.ask(scope="/tag/north-korea/", page="/tag/north-korea/")
        assert (response.status_code, response["Location"]) == (303, "/subscribe/sent/")
        assert not Subscriber.objects.exists()
        link = confirm_link(delivered)
        answer = visitor.client.post(link, {"confirm": "1", "scope": "/tag/north-korea/"})
        assert "You are subscribed" in answer.content.decode()
        [subscription] = Subscription.objects.all()
        assert (subscription.tag.name, subscription.frequency, subscription.state) == ("North Korea", "post", "active")
        assert Day.objects.get().joined == 1
        assert visitor.client.cookies == {}

    def test_a_get_changes_nothing_however_often(self, visitor, delivered):
        visitor.ask()
        link = confirm_link(delivered)
        for _ in range(3):
            assert "Do you want these letters?" in visitor.client.get(link).content.decode()
            visitor.client.head(link)
        assert not Subscriber.objects.exists()

    def test_the_record_of_consent(self, visitor, delivered):
        visitor.ask("Ann@Reader.Example", page="/2013/03/31/a-post/")
        visitor.client.post(confirm_link(delivered), {"confirm": "1"})
        [consent] = Consent.objects.all()
        assert consent.email == "ann@reader.example"
        assert consent.scopes == {"/": "post"}
        assert consent.wording == 1
        assert consent.came_from == "/2013/03/31/a-post/"
        assert consent.asked_at < consent.confirmed_at
        assert not any(visitor.address in str(value) for value in Consent.objects.values_list()[0])

    def test_pressed_twice_it_is_one_subscription_and_says_so(self, visitor, delivered):
        visitor.ask()
        link = confirm_link(delivered)
        for _ in range(2):
            assert "You are subscribed" in visitor.client.post(link, {"confirm": "1"}).content.decode()
        assert Subscription.objects.count() == 1
        assert Day.objects.get().joined == 1

    def test_only_what_stays_ticked_is_confirmed(self, visitor, delivered):
        make_post(tags=["a", "b"])
        visitor.ask(scope=["/tag/a/", "/tag/b/"])
        link = confirm_link(delivered)
        nothing = visitor.client.post(link, {"confirm": "1", "listed": link.split("/")[-2]})
        assert "Nothing was chosen" in nothing.content.decode()
        assert not Subscriber.objects.exists()
        visitor.client.post(link, {"confirm": "1", "listed": link.split("/")[-2], "scope": "/tag/b/"})
        assert [each.scope_name for each in Subscription.objects.all()] == ["b"]
        assert Consent.objects.get().scopes == {"/tag/b/": "post"}

    def test_every_kind_of_listing(self, visitor, delivered):
        labour = make_category("Labor", make_category("Crime"))
        source = make_source("NK News")
        make_post(tags=["북한"], categories=[labour], source=source)
        visitor.ask(scope=["/", "/tag/%EB%B6%81%ED%95%9C/", "/category/crime/labor/", "/source/nk-news/"])
        visitor.client.post(confirm_link(delivered), {"confirm": "1"})
        names = {each.scope_name for each in Subscription.objects.with_scopes()}
        assert names == {"Everything", "북한", "Labor", "NK News"}

    def test_tags_and_outlets_by_name(self, visitor, delivered):
        make_post(tags=["North Korea"], source=make_source("NK News"))
        visitor.ask(scope=[], tags="north korea", sources="nk news", frequency="daily", hour="17", discreet="on")
        visitor.client.post(confirm_link(delivered), {"confirm": "1"})
        assert {each.scope_name for each in Subscription.objects.with_scopes()} == {"North Korea", "NK News"}
        subscriber = Subscriber.objects.get()
        assert (subscriber.hour, subscriber.is_discreet) == (17, True)

    def test_the_old_address_of_a_merged_tag_leads_on(self, visitor, delivered):
        make_post(tags=["DPRK", "North Korea"])
        visitor.ask(scope="/tag/dprk/")
        link = confirm_link(delivered)
        Tag.objects.named("North Korea").absorb(Tag.objects.named("DPRK"))
        visitor.client.post(link, {"confirm": "1"})
        assert Subscription.objects.get().tag.name == "North Korea"


class TestBadInput:
    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"email": ""}, "Write your address."),
            ({"email": "ann"}, "This is no e-mail address."),
            ({"email": "a" * 300 + "@reader.example"}, "254"),
            ({"email": "ann@reader.example\r\nBcc: x@y.example"}, "This is no e-mail address."),
            ({"frequency": "hourly"}, "Choose one of these."),
            ({"scope": []}, "Choose what you want to be told of."),
            ({"scope": "/tag/none/"}, "Choose what you want to be told of."),
            ({"scope": "//evil.example/"}, "Choose what you want to be told of."),
            ({"tags": "Nowhere, <b>"}, "There is no tag “Nowhere”, “&lt;b&gt;” here."),
            ({"hour": "25"}, "Not sent yet."),
        ],
    )
    def test_is_told_and_nothing_is_sent_or_lost(self, visitor, fields, sentence):
        response = visitor.ask(**{"email": "ann@reader.example", **fields})
        assert response.status_code == 400
        assert sentence in response.content.decode()
        assert not Consent.objects.exists()
        if "email" not in fields:
            assert 'value="ann@reader.example"' in response.content.decode()

    def test_more_things_than_anybody_reads_are_refused(self, visitor):
        make_post(tags=[f"tag {number}" for number in range(31)])
        response = visitor.ask(scope=[f"/tag/tag-{number}/" for number in range(31)])
        assert "more than 30 things" in response.content.decode()

    def test_nul_and_thousands_of_scopes(self, visitor):
        assert visitor.ask(scope=["/tag/\x00/"] * 500).status_code == 400

    def test_the_form_of_another_site_is_refused(self, visitor):
        response = visitor.client.post(
            "/subscribe/", {"email": "a@b.example"}, headers={"Sec-Fetch-Site": "cross-site"}
        )
        assert response.status_code == 403

    def test_what_fills_in_everything_is_thanked_and_forgotten(self, visitor):
        assert visitor.ask(website="https://spam.example/").status_code == 303
        assert not Consent.objects.exists()

    def test_a_database_that_fails_loses_nothing_typed(self, visitor, monkeypatch):
        from django.db import DatabaseError

        def fail(*args):
            raise DatabaseError("gone")

        monkeypatch.setattr("posts.subscriptions.asking.ask", fail)
        response = visitor.ask(scope=["/"])
        assert response.status_code == 503
        assert '<input type="hidden" name="email" value="ann@reader.example">' in response.content.decode()


class TestNobodyIsFlooded:
    def test_many_requests_for_a_strangers_address_send_one_letter(self, delivered):
        for _ in range(60):
            assert Visitor().ask().status_code == 303
        assert len(delivered()) == 1
        assert Consent.objects.count() == 1
        assert Delivery.objects.count() == 1

    def test_a_network_can_ask_five_times_an_hour(self, db, delivered):
        here = "10.9.9.1"
        for number in range(5):
            assert Visitor(here).ask(f"r{number}@reader.example").status_code == 303
        refused = Visitor("10.9.9.200").ask("r6@reader.example")
        assert refused.status_code == 429
        assert int(refused["Retry-After"]) > 3000
        assert 'value="r6@reader.example"' in refused.content.decode()
        assert Visitor().ask("r6@reader.example").status_code == 303
        assert len(delivered()) == 6

    def test_the_answer_is_the_same_for_known_and_unknown_addresses(self, visitor):
        make_subscriber("known@reader.example")
        Block.objects.create(pattern="blocked@reader.example")
        answers = {
            (response.status_code, response["Location"], response.content)
            for name in ("known", "unknown", "blocked")
            for response in [Visitor().ask(f"{name}@reader.example")]
        }
        assert len(answers) == 1

    def test_a_second_wish_on_one_day_joins_the_first(self, visitor, delivered):
        make_post(tags=["a"])
        visitor.ask(scope="/tag/a/", frequency="daily")
        link = confirm_link(delivered)
        visitor.ask(scope="/", frequency="monthly")
        assert delivered() == []
        visitor.client.post(link, {"confirm": "1"})
        found = {each.scope_name: each.frequency for each in Subscription.objects.with_scopes()}
        assert found == {"a": "daily", "Everything": "monthly"}

    def test_a_wish_after_the_letter_was_used_is_confirmed_by_the_same_link(self, visitor, delivered):
        make_post(tags=["a", "b"])
        visitor.ask(scope="/tag/a/")
        link = confirm_link(delivered)
        visitor.client.post(link, {"confirm": "1"})
        visitor.ask(scope="/tag/b/", frequency="daily")
        assert delivered() == []
        page = visitor.client.get(link).content.decode()
        assert "Do you want these letters?" in page
        assert "‘b’" in page
        assert "‘a’" not in page
        # The form that was shown before says nothing about what was asked since.
        visitor.client.post(link, {"confirm": "1", "scope": "/tag/a/"})
        assert Subscription.objects.count() == 1
        later = Consent.objects.get(confirmed_at=None)
        visitor.client.post(link, {"confirm": "1", "listed": later.token, "scope": "/tag/b/"})
        assert {str(each) for each in Subscription.objects.with_scopes()} == {"a, each post", "b, daily"}
        assert "You are subscribed" in visitor.client.get(link).content.decode()

    def test_who_left_by_mistake_comes_back_the_same_day(self, visitor, delivered):
        visitor.ask()
        visitor.client.post(confirm_link(delivered), {"confirm": "1"})
        visitor.client.post(f"/u/{Subscriber.objects.get().token}/")
        visitor.ask()
        visitor.client.post(confirm_link(delivered), {"confirm": "1"})
        assert Subscription.objects.count() == 1

    def test_a_wish_after_the_letter_was_used_gets_its_own_a_day_later(self, visitor, delivered, announced):
        make_post(tags=["a"])
        visitor.ask(scope="/")
        visitor.client.post(confirm_link(delivered), {"confirm": "1"})
        visitor.ask(scope="/tag/a/")
        assert announced() == []
        Delivery.objects.update(queued_at=timezone.now() - dt.timedelta(hours=25), key="yesterday's")
        [letter] = announced()
        visitor.client.post(link_in(letter, "/confirm/"), {"confirm": "1"})
        assert Subscription.objects.count() == 2

    def test_a_lost_letter_can_be_asked_for_again_the_next_day(self, visitor, delivered):
        visitor.ask()
        first = confirm_link(delivered)
        Delivery.objects.update(queued_at=timezone.now() - dt.timedelta(hours=25), key="yesterday's")
        visitor.ask()
        assert confirm_link(delivered) == first

    def test_nobody_can_change_what_a_subscriber_gets_by_knowing_the_address(self, visitor):
        subscriber = make_subscriber("ann@reader.example", "/=post")
        visitor.ask(frequency="monthly", hour="3", discreet="on")
        assert Subscription.objects.get().frequency == "post"
        subscriber.refresh_from_db()
        assert (subscriber.hour, subscriber.is_discreet) == (8, False)

    @pytest.mark.parametrize("pattern", ["ann@reader.example", "reader.example", "example"])
    def test_a_blocked_address_gets_nothing(self, visitor, delivered, pattern):
        Block.objects.create(pattern=pattern)
        visitor.ask()
        assert delivered() == []
        assert not Consent.objects.exists()

    def test_who_was_blocked_after_the_letter_went_confirms_in_vain(self, visitor, delivered):
        visitor.ask()
        link = confirm_link(delivered)
        Block.objects.create(pattern="reader.example")
        assert visitor.client.post(link, {"confirm": "1"}).status_code == 404
        assert not Subscriber.objects.exists()

    def test_the_database_knows_one_open_asking_for_an_address(self, db):
        for scope in ("/", "/tag/a/"):
            asking._note(Wish("ann@reader.example", {scope: "post"}))
        assert Consent.objects.get().scopes == {"/": "post", "/tag/a/": "post"}


class TestAnybodyMayWriteAnyAddress:
    @pytest.mark.parametrize("domain", ["ｒeader.example", "READER.example", "rea\u00adder.example", "ⓡeader.example"])
    def test_one_mailbox_has_one_spelling(self, delivered, domain):
        Block.objects.create(pattern="blocked.example")
        Visitor().ask("ann@reader.example")
        Visitor().ask(f"ann@{domain}")
        assert [letter.to for letter in delivered()] == [["ann@reader.example"]]

    @pytest.mark.parametrize("domain", ["ｂlocked.example", "blocked｡example", "ⓑlocked.example"])
    def test_a_block_meets_every_spelling(self, visitor, delivered, domain):
        Block.objects.create(pattern="blocked.example")
        visitor.ask(f"ann@{domain}")
        assert delivered() == []

    def test_two_domains_that_browsers_tell_apart_are_two(self, delivered):
        Visitor().ask("ann@straße.example")
        assert [letter.to for letter in delivered()] == [["ann@xn--strae-oqa.example"]]

    def test_a_wish_that_is_added_takes_nothing_away(self, visitor, delivered):
        make_post(tags=["alpha", *(f"t{number}" for number in range(30))])
        visitor.ask(scope="/tag/alpha/", frequency="monthly", discreet="on", hour="21", page="/tag/alpha/")
        Visitor().ask(scope=[f"/tag/t{number}/" for number in range(30)])
        consent = Consent.objects.get()
        assert consent.scopes["/tag/alpha/"] == "monthly"
        assert len(consent.scopes) == 30
        assert (consent.is_discreet, consent.hour, consent.came_from) == (True, 21, "/tag/alpha/")
        assert not asking.invite(Wish("ann@reader.example", {"/": "weekly"}, proof="A list."))
        assert Consent.objects.get().proof == ""

    def test_a_discreet_reader_stays_so(self, delivered):
        ann = make_subscriber("ann@reader.example", is_discreet=True, hour=21)
        visitor = Visitor()
        visitor.ask()
        [letter] = delivered()
        assert (letter.subject, letter.from_email) == ("Please confirm", "Newsletter <htwatch@watch.example>")
        visitor.client.post(link_in(letter, "/confirm/"), {"confirm": "1"})
        ann.refresh_from_db()
        assert (ann.is_discreet, ann.hour) == (True, 21)

    def test_whom_the_desk_suspends_meanwhile_gets_no_letter_that_asks(self, visitor, announced):
        ann = make_subscriber("ann@reader.example")
        visitor.ask()
        ann.suspend(Subscriber.Reason.DESK)
        assert announced() == []
        Delivery.objects.all().delete()
        Consent.objects.update(mailed_at=None)
        assert announced() == []

    @pytest.mark.parametrize("scope", ["/source/%00x/", "/category/%00x/", "/tag/%00x/"])
    def test_no_sign_in_an_address_is_a_fault_of_ours(self, client, scope):
        assert client.get("/subscribe/", {"scope": scope}).status_code == 200


class TestTime:
    def test_unconfirmed_askings_are_gone_after_a_week(self, visitor, delivered):
        from django.core.management import call_command

        visitor.ask()
        link = confirm_link(delivered)
        Consent.objects.update(asked_at=timezone.now() - dt.timedelta(days=7, minutes=1))
        assert visitor.client.post(link, {"confirm": "1"}).status_code == 404
        call_command("tidy")
        assert not Consent.objects.exists()
        assert not Subscriber.objects.exists()

    def test_confirmed_ones_stay(self, db):
        from django.core.management import call_command

        make_subscriber(since=timezone.now() - dt.timedelta(days=400))
        call_command("tidy")
        assert Consent.objects.count() == 1


class TestApproval:
    def test_a_confirmed_subscription_waits_where_the_rules_say_so(self, visitor, delivered, announced):
        Policy.objects.create(pk=1, waits_for_approval=True)
        visitor.ask()
        answer = visitor.client.post(confirm_link(delivered), {"confirm": "1"}).content.decode()
        assert "it waits for approval" in answer
        make_post(at=timezone.now())
        assert announced() == []
        assert Subscription.objects.get().state == "waiting"


class TestComingBack:
    def test_who_confirms_anew_after_letters_came_back_gets_letters_again(self, visitor, delivered):
        subscriber = make_subscriber("ann@reader.example")
        subscriber.suspend(Subscriber.Reason.BOUNCED)
        visitor.ask()
        visitor.client.post(confirm_link(delivered), {"confirm": "1"})
        subscriber.refresh_from_db()
        assert subscriber.state == "active"

    def test_whom_the_desk_suspended_asks_in_vain(self, visitor, delivered):
        make_subscriber("ann@reader.example").suspend(Subscriber.Reason.DESK)
        assert visitor.ask().status_code == 303
        assert delivered() == []


class TestInviting:
    def test_an_imported_address_is_asked_once_for_ever(self, db, delivered):
        wish = Wish("ann@reader.example", {"/": "weekly"}, proof="Signed a list at the fair of 2019.")
        assert asking.invite(wish)
        [letter] = delivered()
        assert "brought to Human Traffic Watch" in letter.body
        assert not asking.invite(wish)
        Consent.objects.all().delete()
        Delivery.objects.all().delete()
        assert not asking.invite(wish)
        assert delivered() == []

    def test_one_who_subscribes_already_is_left_alone(self, db):
        make_subscriber("ann@reader.example")
        assert not asking.invite(Wish("ann@reader.example", {"/": "weekly"}))


def test_a_link_nobody_made_is_not_found(client):
    assert client.get("/subscribe/confirm/AAAAAAAAAAAAAAAAAAAAAA/").status_code == 404
    assert client.post("/subscribe/confirm/AAAAAAAAAAAAAAAAAAAAAA/").status_code == 404


def test_the_page_preselects_what_was_read(client):
    make_post(tags=["North Korea"])
    page = client.get("/subscribe/", {"scope": "/tag/north-korea/", "page": "/tag/north-korea/"}).content.decode()
    assert '<input type="checkbox" name="scope" value="/tag/north-korea/" checked>' in page
    assert '<input type="checkbox" name="scope" value="/">' in page
    assert '<input type="hidden" name="page" value="/tag/north-korea/">' in page


def test_boxes_stand_on_listings_and_posts():
    make_post("Long way", tags=["a", "b"], categories=[make_category("Labor")], source=make_source("NK News"))
    client = Client()
    for address, first in [
        ("/", "/"),
        ("/tag/a/", "/tag/a/"),
        ("/tag/a,b/", "/tag/a/"),
        ("/category/labor/", "/category/labor/"),
        ("/source/nk-news/", "/source/nk-news/"),
        ("/2013/", "/"),
        ("/2013/03/31/long-way/", "/tag/a/"),
    ]:
        page = client.get(address).content.decode()
        box = page[page.index('action="/subscribe/"') :]
        chosen = box.split('name="scope"')[1]
        assert f'value="{first}"' in chosen[:60], address
