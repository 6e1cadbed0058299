"""The desk of subscriptions: who looks and acts leaves a line in the log, and no address in it."""

import datetime as dt
import re

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape

from posts.models import Tag
from posts.outbox.models import Delivery
from posts.subscriptions import asking, moderating
from posts.subscriptions.models import (
    Announcement,
    Block,
    Bounce,
    Consent,
    Day,
    Entry,
    Policy,
    Subscriber,
    Subscription,
)
from posts.subscriptions.models.consent import WORDINGS
from posts.subscriptions.scopes import find_scope
from tests.factories import make_category, make_post, make_source, make_subscriber

pytestmark = pytest.mark.django_db

DESK = "/admin/subscriptions/"
LIST = f"{DESK}subscriber/"
ADDRESS = "ann@reader.example"


@pytest.fixture
def admin(db) -> User:
    user = User.objects.create_user("ada", "ada@desk.example", password="secret", is_staff=True)
    user.groups.set(Group.objects.filter(name="Administrators"))
    return user


@pytest.fixture
def desk(client, admin):
    client.force_login(admin)
    return client


def shown(client, address: str = LIST, **query) -> str:
    response = client.get(address, query)
    assert response.status_code == 200, response
    return response.content.decode()


def run(client, action: str, *rows, address: str = LIST, **fields) -> str:
    data = {"action": action, "_selected_action": [row.pk for row in rows], **fields}
    response = client.post(address, data, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def acts() -> list[tuple[str, int | None]]:
    return list(Entry.objects.exclude(act__in=["list", "look"]).order_by("pk").values_list("act", "subscriber_id"))


def ask(email: str = ADDRESS, **fields) -> Consent:
    return Consent.objects.create(email=email, scopes={"/": "post"}, came_from="/tag/korea/", **fields)


class TestTheList:
    def test_a_row_tells_what_is_known(self, desk):
        make_post(tags=["North Korea"])
        subscriber = make_subscriber(ADDRESS, "/tag/north-korea/=daily", "/=post")
        Consent.objects.update(came_from="/tag/north-korea/")
        told_at = timezone.now() - dt.timedelta(days=2)
        Delivery.objects.create(key="a", kind="subscriptions.post", recipient=ADDRESS, state="sent", sent_at=told_at)
        subscriber.suspend("bounced")
        page = shown(desk)
        for words in (ADDRESS, "Suspended: Letters came back", "North Korea", "(daily)", "Everything", "(each post)",
                      'field-came_from">/tag/north-korea/'):  # fmt: skip
            assert words in page
        assert re.search(r'field-last_letter[^>]*">\w', page)

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({"state": "active"}, {"weekly", "waiting"}),
            ({"state": "suspended"}, {"desk", "came-back"}),
            ({"state": "bounced"}, {"came-back"}),
            ({"waiting": "yes"}, {"waiting"}),
            ({"often": "weekly"}, {"weekly"}),
            ({"is_discreet__exact": "1"}, {"desk"}),
            ({"follows": "/tag/korea/"}, {"weekly"}),
            ({"follows": "/"}, {"waiting", "desk", "came-back"}),
            ({"follows": "/tag/nothing/"}, {"weekly", "waiting", "desk", "came-back"}),
            ({"q": "WEEKLY@"}, {"weekly"}),
            ({"q": "korea"}, {"weekly"}),
            ({"q": "asia"}, {"waiting"}),
            ({"q": "nk news"}, {"desk"}),
            ({"q": "nobody"}, set()),
        ],
    )
    def test_one_list_by_filter_and_search(self, desk, query, found):
        make_post(tags=["Korea"], categories=[make_category("Asia")], source=make_source("NK News"))
        make_subscriber("weekly@reader.example", "/tag/korea/=weekly")
        make_subscriber("waiting@reader.example", "/=post", "/category/asia/=post")
        Subscription.objects.filter(subscriber__email__startswith="waiting").update(state="waiting")
        make_subscriber("desk@reader.example", "/=post", "/source/nk-news/=post", is_discreet=True).suspend("desk")
        make_subscriber("came-back@reader.example").suspend("bounced")
        assert set(re.findall(r">([\w-]+)@reader\.example<", shown(desk, **query))) == found

    def test_thirty_take_as_many_queries_as_one(self, desk):
        make_post(tags=["Korea"])

        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                shown(desk)
            return len(captured)

        make_subscriber("", "/tag/korea/=post", "/=daily")
        shown(desk)
        before = queries()
        for _ in range(29):
            make_subscriber("", "/tag/korea/=post", "/=daily")
        assert queries() == before

    def test_nobody_adds_changes_or_deletes_by_a_form(self, desk):
        subscriber = make_subscriber()
        assert desk.get(f"{LIST}add/").status_code == 403
        assert desk.post(f"{LIST}{subscriber.pk}/delete/", {"post": "yes"}).status_code == 403
        assert "delete_selected" not in shown(desk)


class TestTheLog:
    def test_looking_at_the_list_is_noted_in_numbers(self, desk, admin):
        make_subscriber(ADDRESS)
        make_subscriber("ben@reader.example")
        shown(desk)
        shown(desk, q="ann@", state="active")
        entries = Entry.objects.order_by("pk")
        assert [entry.words for entry in entries] == [
            "2 subscribers shown of 2", "1 subscriber shown of 1, filtered, searched",
        ]  # fmt: skip
        assert {(entry.act, entry.actor, entry.actor_id) for entry in entries} == {("list", "ada", admin.pk)}

    def test_looking_at_one_is_noted(self, desk):
        subscriber = make_subscriber(ADDRESS)
        shown(desk, f"{LIST}{subscriber.pk}/change/")
        assert Entry.objects.values_list("act", "subscriber_id").get() == ("look", subscriber.pk)

    def test_every_act_is_noted_and_none_with_an_address(self, desk):
        subscriber = make_subscriber(ADDRESS)
        run(desk, "suspend", subscriber)
        run(desk, "resume", subscriber)
        Subscription.objects.update(state="waiting")
        run(desk, "approve", subscriber)
        run(desk, "block_address", subscriber)
        run(desk, "block_domain", subscriber, sure="1")
        list(desk.get(f"{LIST}export/"))
        run(desk, "erase", subscriber, sure="1")
        each = subscriber.pk
        assert acts() == [("suspend", each), ("resume", each), ("approve", each), ("block", each), ("block", None),
                          ("export", None), ("erase", each)]  # fmt: skip
        assert not any("@" in str(entry) + entry.words or "example" in entry.words for entry in Entry.objects.all())

    def test_it_can_be_read_and_nothing_else(self, desk):
        subscriber = make_subscriber(ADDRESS)
        run(desk, "suspend", subscriber)
        page = shown(desk, f"{DESK}entry/")
        assert "Suspended" in page
        assert f'href="{LIST}{subscriber.pk}/change/"' in page
        entry = Entry.objects.first()
        assert desk.post(f"{DESK}entry/{entry.pk}/delete/", {"post": "yes"}).status_code == 403
        assert desk.get(f"{DESK}entry/add/").status_code == 403


class TestActs:
    def test_who_waits_begins_with_what_appears_from_now_on(self, desk):
        subscriber = make_subscriber(ADDRESS)
        Subscription.objects.update(state="waiting")
        before = timezone.now()
        assert "Approved: 1 subscriber." in run(desk, "approve", subscriber)
        subscription = subscriber.subscriptions.get()
        assert (subscription.state, subscription.starts_at > before) == ("active", True)
        assert subscription.told_until == subscription.starts_at
        assert "Approved: 0 subscribers." in run(desk, "approve", subscriber)

    def test_suspended_and_resumed(self, desk):
        subscriber = make_subscriber(ADDRESS)
        run(desk, "suspend", subscriber)
        subscriber.refresh_from_db()
        assert (subscriber.state, subscriber.reason) == ("suspended", "desk")
        run(desk, "resume", subscriber)
        subscriber.refresh_from_db()
        assert subscriber.state == "active"

    def test_a_blocked_address_is_suspended_and_is_not_resumed_while_it_is_blocked(self, desk):
        subscriber, other = make_subscriber(ADDRESS), make_subscriber("ben@reader.example")
        run(desk, "block_address", subscriber)
        subscriber.refresh_from_db()
        other.refresh_from_db()
        assert (subscriber.reason, other.reason) == ("blocked", "")
        assert Block.objects.get().pattern == ADDRESS
        assert "Resumed: 0 subscribers. Still kept out by a block: 1 subscriber." in run(desk, "resume", subscriber)
        Block.objects.all().delete()
        assert "Resumed: 1 subscriber." in run(desk, "resume", subscriber)

    def test_a_domain_is_blocked_after_a_page_that_names_the_others(self, desk):
        subscriber = make_subscriber("ann@bad.example")
        others = [make_subscriber(email) for email in ("ben@bad.example", "cy@mail.bad.example")]
        stranger = make_subscriber("dee@notbad.example")
        ask("eve@bad.example")
        page = run(desk, "block_domain", subscriber)
        assert "bad.example: 2 subscribers besides the selected" in page
        assert not Block.objects.exists()
        assert "Suspended by it: 3 subscribers." in run(desk, "block_domain", subscriber, sure="1")
        assert {Subscriber.objects.get(pk=each.pk).reason for each in [subscriber, *others]} == {"blocked"}
        stranger.refresh_from_db()
        assert stranger.state == "active"
        assert not Consent.objects.filter(confirmed_at=None).exists()

    def test_who_was_suspended_for_letters_that_came_back_is_blocked_too(self, desk):
        subscriber = make_subscriber(ADDRESS)
        subscriber.suspend("bounced")
        run(desk, "block_address", subscriber)
        subscriber.refresh_from_db()
        assert subscriber.reason == "blocked"

    def test_erasing_asks_first_and_says_how_many(self, desk):
        subscribers = [make_subscriber() for _ in range(2)]
        page = run(desk, "erase", *subscribers)
        assert "Erase 2 subscribers" in page
        assert "cannot be undone" in page
        assert Subscriber.objects.count() == 2
        assert "Erased: 2 subscribers." in run(desk, "erase", *subscribers, sure="1")
        assert not Subscriber.objects.exists()

    def test_all_that_match_and_not_only_those_on_the_page(self, desk):
        subscribers = [make_subscriber() for _ in range(3)]
        assert "Suspended: 3 subscribers." in run(desk, "suspend", subscribers[0], select_across="1")

    def test_too_many_at_once_are_refused(self, desk, monkeypatch):
        monkeypatch.setattr("posts.subscriptions.admin.subscribers.MOST_AT_ONCE", 1)
        subscribers = [make_subscriber() for _ in range(2)]
        assert "Nothing was done." in run(desk, "suspend", *subscribers)
        assert not Subscriber.objects.filter(state="suspended").exists()

    def test_an_erased_address_stands_in_no_table(self, desk):
        email = "erase.me@gone.example"
        subscriber = make_subscriber(email)
        asking.invite(asking.Wish(email="second@gone.example", scopes={"/": "post"}, proof="A list"))
        ask(email)
        asking.send_letter(Consent.objects.get(email=email, confirmed_at=None))
        Bounce.objects.create(key="1", email=email, kind="soft", words="Full")
        shown(desk, q=email)
        shown(desk, f"{LIST}{subscriber.pk}/change/")
        run(desk, "suspend", subscriber)
        run(desk, "erase", subscriber, sure="1")
        run(desk, "erase", Consent.objects.get(), address=f"{DESK}consent/", sure="1")
        assert not (found := [where for where, text in every_text() if "gone.example" in text]), found

    def test_too_odd_a_row_is_no_error(self, desk):
        assert desk.get(f"{LIST}999/change/").status_code == 404
        assert desk.get(f"{LIST}nonsense/change/").status_code == 404
        assert "Items must be selected" in run(desk, "suspend", index="0")


def every_text() -> list[tuple[str, str]]:
    """Return all that any column of any table holds, as text."""
    rows = []
    for model in apps.get_models():
        names = [field.attname for field in model._meta.concrete_fields if not isinstance(field, models.BinaryField)]
        for row in model._base_manager.values_list(*names):
            rows += [(f"{model.__name__}.{name}", str(value)) for name, value in zip(names, row, strict=True)]
    return rows


class TestOneSubscriber:
    def test_the_page_tells_all_and_offers_what_can_be_done(self, desk):
        make_post(tags=["Korea"])
        subscriber = make_subscriber(ADDRESS, "/tag/korea/=weekly")
        Consent.objects.update(proof="Signed at the fair", came_from="/tag/korea/")
        Subscription.objects.update(state="waiting")
        Bounce.objects.create(key="1", email=ADDRESS, kind="hard", code="5.1.1", words="No such user")
        letter = Delivery.objects.create(key="k", kind="subscriptions.post", recipient=ADDRESS, error="550 No")
        Delivery.objects.create(key="l", kind="comments.answer", recipient=ADDRESS)
        page = shown(desk, f"{LIST}{subscriber.pk}/change/")
        for words in (ADDRESS, escape(WORDINGS[1]), "Active, since", "Korea",
                      "weekly, on Mondays", "Waits for approval", "/tag/korea/",
                      "Signed at the fair", "Came back for good",
                      "5.1.1", "No such user", "550 No", f"/admin/outbox/delivery/{letter.pk}/change/",
                      'value="approve"', 'value="suspend"', 'value="block_address"', 'value="erase"'):  # fmt: skip
            assert words in page
        assert "comments.answer" not in page
        assert subscriber.token not in page

    def test_who_acts_there_comes_back(self, desk):
        subscriber = make_subscriber(ADDRESS)
        here = f"{LIST}{subscriber.pk}/change/"
        response = desk.post(LIST, {"action": "suspend", "_selected_action": subscriber.pk, "one": subscriber.pk})
        assert response["Location"] == here
        assert 'value="resume"' in shown(desk, here)
        page = run(desk, "erase", subscriber, one=subscriber.pk)
        assert f'name="one" value="{subscriber.pk}"' in page
        response = desk.post(
            LIST, {"action": "erase", "_selected_action": subscriber.pk, "one": subscriber.pk, "sure": 1}
        )
        assert response["Location"] == LIST

    def test_letters_are_shown_to_who_may_see_the_ledger(self, client):
        user = User.objects.create_user("vi", is_staff=True)
        user.user_permissions.set(permissions("view_subscriber"))
        client.force_login(user)
        subscriber = make_subscriber(ADDRESS)
        Delivery.objects.create(key="k", kind="subscriptions.post", recipient=ADDRESS, error="550 No")
        page = shown(client, f"{LIST}{subscriber.pk}/change/")
        assert "550 No" not in page
        assert 'value="suspend"' not in page


def permissions(*codenames: str):
    from django.contrib.auth.models import Permission

    return Permission.objects.filter(content_type__app_label="subscriptions", codename__in=codenames)


class TestUnconfirmed:
    def test_the_list_shows_what_was_asked_and_is_noted(self, desk):
        make_subscriber("confirmed@reader.example")
        ask()
        page = shown(desk, f"{DESK}consent/")
        assert "Consents nobody confirmed yet" in page
        assert "/ (each post)" in page
        assert "/tag/korea/" in page
        assert "confirmed@" not in page
        assert Entry.objects.get().words == "1 consent shown of 1"

    def test_the_first_letter_again_but_once_a_day(self, desk):
        consent = ask()
        address = f"{DESK}consent/"
        assert "1 letter will go out." in run(desk, "ask_again", consent, address=address)
        assert Delivery.objects.get().recipient == ADDRESS
        assert "had one within 24 hours" in run(desk, "ask_again", consent, address=address)
        assert acts() == [("ask", None)]

    def test_an_address_of_an_imported_list_is_asked_once_and_never_again(self, desk):
        asking.invite(asking.Wish(email=ADDRESS, scopes={"/": "post"}, proof="A list"))
        Delivery.objects.all().delete()  # as after 40 days
        assert "of an imported list" in run(desk, "ask_again", Consent.objects.get(), address=f"{DESK}consent/")
        assert not Delivery.objects.exists()

    def test_a_blocked_address_is_not_asked(self, desk):
        consent = ask()
        Block.objects.create(pattern="reader.example")
        run(desk, "ask_again", consent, address=f"{DESK}consent/")
        assert not Delivery.objects.exists()

    def test_erasing_what_was_asked_leaves_the_subscriber(self, desk):
        subscriber = make_subscriber(ADDRESS)
        consent = ask()
        page = run(desk, "erase", consent, address=f"{DESK}consent/")
        assert "Erase 1 asking" in page
        run(desk, "erase", consent, address=f"{DESK}consent/", sure="1")
        assert Subscriber.objects.get() == subscriber
        assert not Consent.objects.filter(confirmed_at=None).exists()

    def test_there_is_no_form_of_one(self, desk):
        consent = ask()
        response = desk.get(f"{DESK}consent/{consent.pk}/change/")
        assert response.status_code == 302
        assert consent.token not in shown(desk, f"{DESK}consent/")


class TestRules:
    def test_the_rules_are_one_form(self, desk):
        assert b"wait for an administrator" in desk.get(f"{DESK}policy/", follow=True).content
        desk.post(f"{DESK}policy/1/change/", {"waits_for_approval": "on"})
        assert Policy.current().waits_for_approval

    def test_a_block_by_hand_suspends_whom_it_meets(self, desk):
        met, other = make_subscriber("ann@bad.example"), make_subscriber()
        page = desk.post(f"{DESK}block/add/", {"pattern": "@Bad.example", "note": ""}, follow=True).content.decode()
        assert "Suspended by it: 1 subscriber." in page
        met.refresh_from_db()
        other.refresh_from_db()
        assert (met.reason, other.reason) == ("blocked", "")
        assert Block.objects.get().made_by.username == "ada"
        assert acts() == [("block", met.pk)]

    def test_a_lifted_block_resumes_nobody_and_says_so(self, desk):
        subscriber = make_subscriber(ADDRESS)
        run(desk, "block_address", subscriber)
        block = Block.objects.get()
        page = desk.post(f"{DESK}block/{block.pk}/delete/", {"post": "yes"}, follow=True).content.decode()
        assert "Nobody is resumed by that" in page
        subscriber.refresh_from_db()
        assert subscriber.reason == "blocked"
        assert Entry.objects.filter(act="block").first().words == "1 block lifted"

    def test_the_admins_own_log_keeps_no_blocked_address(self, desk):
        desk.post(f"{DESK}block/add/", {"pattern": ADDRESS, "note": ""})
        block = Block.objects.get()
        desk.post(f"{DESK}block/{block.pk}/change/", {"pattern": ADDRESS, "note": "Twice"})
        desk.post(f"{DESK}block/{block.pk}/delete/", {"post": "yes"})
        assert not (found := [where for where, text in every_text() if ADDRESS in text]), found


class TestListsToRead:
    def test_what_came_back(self, desk):
        Bounce.objects.create(key="1", email=ADDRESS, kind="hard", code="5.1.1", words="No such user")
        assert "No such user" in shown(desk, f"{DESK}bounce/")
        assert desk.get(f"{DESK}bounce/add/").status_code == 403
        assert Entry.objects.get().act == "list"

    def test_what_was_announced(self, desk):
        post = make_post("The long way")
        announcement = Announcement.objects.create(post=post, told=12, asked_by="edith", finished_at=timezone.now())
        page = shown(desk, f"{DESK}announcement/")
        for words in ("The long way", "12", "edith", "letters/?what=post&amp;post="):
            assert words in page
        assert desk.get(f"{DESK}announcement/{announcement.pk}/change/")["Location"].endswith(f"post={post.pk}")
        assert desk.get(f"{DESK}announcement/add/").status_code == 403


class TestWhoMayWhat:
    @pytest.mark.parametrize("group", ["Editors", "Moderators", None])
    def test_only_administrators_see_readers(self, client, group):
        user = User.objects.create_user("someone", is_staff=True)
        user.groups.set(Group.objects.filter(name=group))
        client.force_login(user)
        subscriber, consent = make_subscriber(ADDRESS), ask("ben@reader.example")
        for page in (LIST, f"{LIST}{subscriber.pk}/change/", f"{LIST}import/", f"{LIST}export/", f"{DESK}consent/",
                     f"{DESK}bounce/", f"{DESK}block/", f"{DESK}entry/"):  # fmt: skip
            assert client.get(page).status_code == 403, page
        assert client.get(f"{DESK}policy/", follow=True).status_code == 403
        for action in ("approve", "suspend", "resume", "block_address", "block_domain", "erase", "export_selected"):
            data = {"action": action, "_selected_action": [subscriber.pk], "sure": "1"}
            assert client.post(LIST, data).status_code == 403, action
        data = {"action": "erase", "_selected_action": [consent.pk], "sure": "1"}
        assert client.post(f"{DESK}consent/", data).status_code == 403
        subscriber.refresh_from_db()
        assert subscriber.state == "active"
        assert not Entry.objects.exists()
        assert b"Subscriptions</a></h2>" not in client.get("/admin/").content

    def test_who_only_looks_cannot_act(self, client):
        user = User.objects.create_user("vi", is_staff=True)
        user.user_permissions.set(permissions("view_subscriber"))
        client.force_login(user)
        subscriber = make_subscriber(ADDRESS)
        page = shown(client)
        assert ADDRESS in page
        assert "Import a list" not in page
        client.post(LIST, {"action": "suspend", "_selected_action": [subscriber.pk]})
        client.post(LIST, {"action": "erase", "_selected_action": [subscriber.pk], "sure": "1"})
        subscriber.refresh_from_db()
        assert subscriber.state == "active"
        assert client.get(f"{LIST}export/").status_code == 403
        assert client.get(f"{LIST}import/").status_code == 403

    def test_visitors_are_led_to_the_login(self, client):
        assert client.get(LIST)["Location"].startswith("/admin/login/")


class TestTheFirstPage:
    def test_numbers_and_charts_with_their_values_in_words(self, desk):
        make_subscriber(ADDRESS)
        make_subscriber().suspend("desk")
        Subscription.objects.filter(subscriber__email=ADDRESS).update(state="waiting")
        now = timezone.now()
        Day.objects.create(day=timezone.localdate(), joined=4, left=1)
        Delivery.objects.create(key="a", kind="subscriptions.post", recipient=ADDRESS, state="sent", sent_at=now)
        Delivery.objects.create(key="b", kind="subscriptions.post", recipient=ADDRESS, state="failed", claimed_at=now)
        Delivery.objects.create(key="c", kind="comments.answer", recipient=ADDRESS, state="sent", sent_at=now)
        page = desk.get("/admin/").content.decode()
        for words in ("2 subscribers", "1 waits for approval", "1 suspended", "4 joined, 1 left in 30 days",
                      "1 letter sent in 30 days", "1 letter failed in 30 days", ": 4 and −1."):  # fmt: skip
            assert words in page
        panel = page.partition('id="panel-subscriptions"')[2].partition("</section>")[0]
        assert panel.count("<svg") == 3
        assert "style=" not in panel

    def test_as_many_queries_for_one_as_for_many(self, desk):
        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                desk.get("/admin/")
            return len(captured)

        make_subscriber()
        desk.get("/admin/")
        before = queries()
        for number in range(20):
            make_subscriber()
            Delivery.objects.create(key=f"{number}", kind="subscriptions.post", recipient=ADDRESS)
        assert queries() == before

    def test_days_are_those_of_the_site(self, settings):
        from posts.subscriptions import counting

        settings.TIME_ZONE = "Asia/Seoul"
        late = dt.datetime(2013, 3, 31, 16, 0, tzinfo=dt.UTC)  # April 1 in Seoul
        Delivery.objects.create(
            key="a", kind="subscriptions.post", recipient=ADDRESS, state="sent", sent_at=late, queued_at=late
        )
        days = counting.last_days(late)
        assert days[-1] == dt.date(2013, 4, 1)
        sent, _ = counting.count_letters(days)
        assert (sent[-1], sum(sent)) == (1, 1)


def test_a_block_meets_the_domains_below_and_no_other():
    for email, pattern, is_met in [
        ("a@bad.example", "bad.example", True),
        ("a@mail.bad.example", "bad.example", True),
        ("a@notbad.example", "bad.example", False),
        ("a@bad.example", "a@bad.example", True),
        ("ba@bad.example", "a@bad.example", False),
    ]:
        subscriber = make_subscriber(email)
        assert Subscriber.objects.filter(moderating.met_by(pattern)).exists() is is_met, (email, pattern)
        subscriber.delete()


def test_every_link_in_the_list_of_what_they_follow_names_a_scope(desk):
    make_post(tags=["Größe & co"])
    tag = Tag.objects.get()
    make_subscriber(ADDRESS, f"{tag.get_absolute_url()}=post")
    [link] = re.findall(r'href="\?follows=([^"]+)"', shown(desk))
    assert find_scope(link)
    assert ADDRESS in shown(desk, follows=link)


def test_who_changes_their_mind_before_erasing_is_led_back(desk):
    subscriber = make_subscriber(ADDRESS)
    assert f'href="{LIST}{subscriber.pk}/change/">Leave all as it is' in run(
        desk, "erase", subscriber, one=subscriber.pk
    )
    assert 'href="">Leave all as it is' in run(desk, "erase", subscriber, one="../nonsense")
