"""The first page of the desk: who sees which panel, what stands in it, and where a new clipping begins."""

import datetime as dt
import os
import re
import subprocess
import sys
from html import unescape
from itertools import pairwise
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from posts import panels
from posts.life import Reason
from posts.models import Autosave, Post, PostEntry
from posts.outbox.ledger import LOST_TWICE
from posts.outbox.models import Delivery
from posts.webhooks.models import Call
from tests.factories import make_category, make_comment, make_link, make_post, make_source
from tests.posts.webhooks.conftest import make_endpoint

pytestmark = pytest.mark.django_db

CLIP = "/admin/posts/post/clip/"
ADD = "/admin/posts/post/add/"
PAGE = "https://nknews.example/2013/02/refugees"
DAY = dt.timedelta(days=1)


def person(group: str, name: str) -> User:
    user = User.objects.create_user(name, password="secret", is_staff=True)
    user.groups.set(Group.objects.filter(name=group))
    return user


@pytest.fixture
def writer() -> User:
    return person("Writers", "wren")


@pytest.fixture
def administrator() -> User:
    return person("Administrators", "ada")


def page_of(user: User, address: str = "/admin/") -> str:
    client = Client()
    client.force_login(user)
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def panels_in(page: str) -> dict[str, str]:
    """Return the panels of the desk by their titles, in words, in their order."""
    sections = re.findall(r'<section class="desk-panel"[^>]*>\s*<h2[^>]*>(.*?)</h2>(.*?)</section>', page, re.DOTALL)
    return {_words(title): _words(rest) for title, rest in sections}


def _words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def panel(user: User, title: str) -> str:
    return panels_in(page_of(user))[title]


class TestWhoSeesWhat:
    def fill(self) -> None:
        """Make that everything has something to show."""
        make_post("Somebody’s draft", draft=True)
        make_post("Somebody’s draft in review", draft=True).submit()
        make_post("Held", review_on=timezone.localdate())
        make_post("To come", at=timezone.now() + DAY)
        make_post("News", at=timezone.now() - DAY)
        make_comment(state="held")
        Delivery.objects.create(key="a", kind="subscriptions.post", recipient="ann@reader.example", state="failed")
        Call.objects.create(endpoint=make_endpoint(), key="a", kind="post.published", body={}, state="failed")

    def test_writers_see_their_drafts_and_nothing_of_others(self, writer):
        self.fill()
        page = page_of(writer)
        assert list(panels_in(page)) == ["New clipping", "My drafts"]
        for title in ("Somebody’s draft", "Held", "To come"):
            assert title not in unescape(page)

    def test_editors_see_what_waits_and_what_comes(self, editor):
        self.fill()
        assert list(panels_in(page_of(editor))) == [
            "New clipping", "My drafts", "Held back", "In review", "Scheduled", "Recently published", "Posts a week",
            "Letters",
        ]  # fmt: skip

    def test_moderators_see_only_what_is_theirs(self, moderator):
        self.fill()
        page = page_of(moderator)
        assert list(panels_in(page)) == ["Comments"]
        assert "draft" not in page.partition("desk-panels")[2].partition('id="content-main"')[0]

    def test_administrators_see_all(self, administrator):
        self.fill()
        seen = list(panels_in(page_of(administrator)))
        assert seen[-5:] == ["Comments", "Failed mail", "Failing webhooks", "Letters", "Subscriptions"]
        assert len(seen) == 12

    def test_somebody_without_any_permission_sees_an_empty_desk(self):
        self.fill()
        page = page_of(User.objects.create_user("nobody", is_staff=True))
        assert panels_in(page) == {}
        assert "<h1>The desk</h1>" in page

    def test_what_one_may_not_see_is_not_read(self, writer):
        self.fill()
        client = Client()
        client.force_login(writer)
        with CaptureQueriesContext(connection) as queries:
            client.get("/admin/")
        read = " ".join(query["sql"] for query in queries)
        for table in ("comments_comment", "outbox_delivery", "webhooks_call", "subscriptions_subscriber"):
            assert table not in read

    def test_visitors_and_readers_with_an_account_are_led_to_the_login(self, client):
        client.force_login(User.objects.create_user("reader"))
        for address in ("/admin/", CLIP):
            assert client.get(address).status_code == 302

    def test_a_permission_brings_its_panel_whatever_the_group(self):
        user = User.objects.create_user("vi", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename="view_delivery"))
        assert list(panels_in(page_of(user))) == ["Failed mail"]


class TestMyDrafts:
    def test_mine_in_work_and_in_review_the_last_changed_first(self, editor, writer):
        make_post("Older", draft=True, editor=editor).submit()
        make_post("Newer", draft=True, editor=editor, is_sensitive=True)
        make_post("Not mine", draft=True, editor=writer)
        make_post("Nobody’s", draft=True)
        make_post("Out already", editor=editor)
        Post.objects.filter(title="Older").update(updated_at=timezone.now() - 3 * DAY)
        words = panel(editor, "My drafts")
        assert words == "Newer sensitive Draft, last changed just now Older In review, last changed 3 days ago"

    def test_a_draft_in_the_trash_is_none(self, editor):
        make_post("Thrown away", draft=True, editor=editor).trash()
        assert panel(editor, "My drafts") == "No draft of yours."

    def test_long_lists_lead_to_the_list_of_just_these(self, editor, writer):
        for number in range(9):
            make_post(f"Draft number {number}", draft=True, editor=editor)
        make_post("Published by me", editor=editor)
        make_post("Another’s draft", draft=True, editor=writer)
        page = page_of(editor)
        words = panels_in(page)["My drafts"]
        assert words.count("Draft number") == panels.ROWS
        assert words.endswith("All 9 : My drafts")
        [address] = re.findall(r'<a href="([^"]+)">All 9', page)
        found = page_of(editor, unescape(address))
        assert "9 posts" in found
        assert "Published by me" not in found
        assert "Another’s draft" not in unescape(found)

    def test_texts_that_were_not_saved_are_offered(self, writer, editor):
        post = make_post("Stored", draft=True, editor=writer)
        typed = {"title": ["As <typed>"], "body": ["A long text"]}
        of_post = Autosave.objects.create(user=writer, guid=post.guid, post=post, fields=typed)
        new = Autosave.objects.create(user=writer, guid="urn:uuid:1", fields={"body": ["No title yet"]})
        Autosave.objects.create(user=editor, guid="urn:uuid:2", fields={"title": ["The editor’s own"]})
        page = page_of(writer)
        assert f'href="{ADD}?take={new.pk}"' in page
        assert f'href="/admin/posts/post/{post.pk}/change/?take={of_post.pk}"' in page
        words = panels_in(page)["My drafts"]
        assert "Go on with “As <typed>”" in words
        assert "Go on with “an untitled text”" in words
        assert "editor’s own" not in words

    def test_they_are_offered_without_reading_the_texts(self, writer):
        Autosave.objects.create(user=writer, guid="urn:uuid:1", fields={"title": ["T"], "body": ["x" * 9000]})
        client = Client()
        client.force_login(writer)
        with CaptureQueriesContext(connection) as queries:
            client.get("/admin/")
        [asked] = [query["sql"] for query in queries if "posts_autosave" in query["sql"]]
        assert not re.search(r'(SELECT|,) "posts_autosave"."fields"', asked)


def submitted(post: Post, days: int) -> None:
    """Have a post be in review since so many days."""
    Post.objects.filter(pk=post.pk).update(state="review")
    PostEntry.objects.create(
        post_id=post.pk, act="submit", after="review", actor="wren", made_at=timezone.now() - days * DAY
    )


class TestWaitingAndComing:
    def test_in_review_the_longest_waiting_first_with_whose_and_since_when(self, editor, writer):
        for title, days in (("Second", 1), ("First", 5)):
            post = make_post(title, draft=True, editor=writer, is_sensitive=title == "First")
            submitted(post, days)
        words = panel(editor, "In review")
        assert re.fullmatch(r"First sensitive by wren, since .+ \(5 days ago\) Second by wren, since .+", words)

    def test_a_post_that_comes_into_review_again_waits_from_then(self, editor):
        post = make_post("Again", draft=True)
        submitted(post, 9)
        submitted(post, 2)
        assert "(2 days ago)" in panel(editor, "In review")

    def test_nothing_waits_nothing_comes_nothing_is_held(self, editor):
        words = panels_in(page_of(editor))
        assert words["In review"] == "Nothing waits for review."
        assert words["Scheduled"] == "Nothing is scheduled."
        assert words["Recently published"] == "Nothing is published yet."
        assert "Held back" not in words

    def test_scheduled_the_next_first_with_its_moment_in_words(self, editor):
        now = timezone.now()
        make_post("Later", at=now + 5 * DAY)
        make_post("Soon", at=now + DAY + dt.timedelta(minutes=1))
        make_post("Soon, but held back", at=now + DAY, review_on=timezone.localdate())
        make_post("Out", at=now - DAY)
        words = panel(editor, "Scheduled")
        assert re.match(r"Soon \w+ \d+, \d{4} at \d+:\d\d [ap]m, in 1 day Later .+, in 4 days, 23 hours", words)
        assert "held back" not in words
        listed = page_of(editor, "/admin/posts/post/?status=scheduled")
        assert "2 posts" in listed

    def test_held_back_those_whose_day_has_come_first_and_marked(self, editor):
        today = timezone.localdate()
        make_post("Tomorrow’s", review_on=today + DAY)
        make_post("Today’s draft", draft=True, review_on=today)
        make_post("Overdue", review_on=today - 9 * DAY)
        make_post("In the trash", review_on=today).trash()
        words = panel(editor, "Held back")
        assert re.match(
            r"Overdue look again now Published, held back, .* Today’s draft look again now Draft, held back, .* "
            r"Tomorrow’s Published, held back, ",
            words,
        )
        assert "trash" not in words

    def test_held_back_stands_before_all_that_waits_once_a_day_has_come(self, editor):
        post = make_post("Held", review_on=timezone.localdate() + DAY)
        order = list(panels_in(page_of(editor)))
        assert order.index("Held back") > order.index("Scheduled")
        Post.objects.filter(pk=post.pk).update(review_on=timezone.localdate())
        order = list(panels_in(page_of(editor)))
        assert order.index("Held back") < order.index("In review")

    def test_recently_published_newest_first_and_only_what_readers_see(self, editor):
        now = timezone.now()
        for number in range(9):
            make_post(f"News {number}", at=now - number * DAY)
        make_post("Withdrawn", at=now - DAY).withdraw(Reason.ERROR)
        make_post("Held", at=now - DAY, review_on=timezone.localdate())
        words = panel(editor, "Recently published")
        assert re.findall(r"News \d", words) == [f"News {number}" for number in range(7)]
        assert "Withdrawn" not in words
        assert "Held" not in words

    def test_a_title_is_shown_as_it_was_typed(self, editor):
        make_post("<b>Bold</b>", at=timezone.now() - DAY)
        make_post("", draft=True, editor=editor)
        page = page_of(editor)
        assert "&lt;b&gt;Bold&lt;/b&gt;" in page
        assert "Untitled draft" in panels_in(page)["My drafts"]


class TestPostsAWeek:
    def test_weeks_begin_on_mondays_of_the_site_and_end_with_the_present_one(self):
        weeks = panels.last_weeks(dt.date(2026, 11, 25))
        assert weeks[-1] == dt.date(2026, 11, 23)
        assert len(weeks) == panels.WEEKS
        assert all(week.weekday() == 0 for week in weeks)

    def test_a_post_counts_in_the_week_in_which_readers_got_it(self, settings):
        settings.TIME_ZONE = "Asia/Tokyo"
        now = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
        weeks = panels.last_weeks(now.date())
        for at in ("2026-11-22 23:59", "2026-11-23 00:00", "2026-11-25 09:00", "2026-11-25 23:00", "2020-01-01 10:00"):
            make_post(at=at)
        make_post(at="2026-11-24 10:00", review_on=dt.date(2030, 1, 1))
        assert panels.count_posts(weeks, now)[-2:] == [1, 2]
        assert sum(panels.count_posts(weeks, now)) == 3

    def test_a_picture_its_values_in_words_and_a_table(self, editor):
        make_post(at=timezone.now() - dt.timedelta(minutes=1))
        page = page_of(editor)
        drawing = page.partition('id="panel-posts-a-week"')[2].partition("</section>")[0]
        assert drawing.count("<svg") == 1
        assert re.search(r'role="img" aria-label="Posts a week, [^"]+: 1\."', drawing)
        assert drawing.count('<th scope="row">') == panels.WEEKS
        assert "1 post in 26 weeks" in drawing
        assert "style=" not in drawing


class TestOtherApps:
    def test_comments_how_many_since_when_and_how_many_are_reported(self, moderator):
        assert panel(moderator, "Comments") == "No comment waits."
        held = make_comment(state="held")
        make_comment(post=held.post, state="held")
        make_comment(open_reports=1)
        make_comment(state="spam", open_reports=2)
        type(held).objects.filter(pk=held.pk).update(state_since=timezone.now() - 3 * DAY)
        assert panel(moderator, "Comments") == "3 comments wait , the first for 3 days; 1 of them reported by readers."

    def test_failed_mail_by_reason_and_without_an_address(self, administrator):
        def fail(number: int, error: str, **fields) -> None:
            who = f"reader{number}@reader.example"
            Delivery.objects.create(
                key=f"{number}", kind="subscriptions.post", recipient=who, state="failed", error=error, **fields
            )

        fail(1, "550 5.1.1 reader1@reader.example is unknown", is_refused=True)
        fail(2, "451 4.7.1 reader2@reader.example: try later")
        fail(3, LOST_TWICE)
        fail(4, "KeyError: 'post'")
        fail(5, "KeyError: 'post'")
        fail(6, "KeyError: 'post'", queued_at=timezone.now() - 15 * DAY)
        Delivery.objects.create(key="7", kind="x", recipient="reader7@reader.example", state="queued", error="451 no")
        page = page_of(administrator)
        words = panels_in(page)["Failed mail"]
        assert words.startswith("Of the mail of the last 14 days 5 failed:")
        for reason in ("1 × the address was refused", "1 × the mail server refused it",
                       "1 × no answer came: it may have arrived", "2 × something went wrong here"):  # fmt: skip
            assert reason in words
        assert "@reader.example" not in page
        assert 'href="/admin/outbox/delivery/?state__exact=failed"' in page
        assert page_of(administrator, "/admin/outbox/delivery/?state__exact=failed")

    def test_no_failed_mail_is_said_quietly(self, administrator):
        assert panel(administrator, "Failed mail") == "Nothing failed in the last 14 days."

    def test_webhooks_that_fail_and_none_where_none_does(self, administrator):
        endpoint = make_endpoint()
        assert "Failing webhooks" not in panels_in(page_of(administrator))
        for number, state in enumerate(["failed", "failed", "queued", "queued"]):
            Call.objects.create(
                endpoint=endpoint, key=f"{number}", kind="post.published", body={}, state=state, attempts=number
            )
        Call.objects.create(endpoint=endpoint, key="new", kind="post.published", body={})
        page = page_of(administrator)
        assert panels_in(page)["Failing webhooks"] == "Ours 2 calls failed, 2 are tried again"
        assert f'href="/admin/webhooks/call/?endpoint__id__exact={endpoint.pk}"' in page


class TestTheWholePage:
    def test_thirty_rows_take_as_many_queries_as_one(self, administrator):
        def fill(start: int, stop: int) -> None:
            now, today = timezone.now(), timezone.localdate()
            for number in range(start, stop):
                make_post(draft=True, editor=administrator)
                make_post(draft=True, editor=person("Writers", f"w{number}")).submit()
                make_post(at=now + (number + 1) * DAY)
                make_post(at=now - number * DAY)
                make_post(review_on=today)
                make_comment(state="held")
                Autosave.objects.create(user=administrator, guid=f"{number}", fields={"title": ["T"]})
                Delivery.objects.create(key=f"{number}", kind="x", recipient="a@b.example", state="failed")
                endpoint = make_endpoint()
                Call.objects.create(endpoint=endpoint, key=f"{number}", kind="x", body={}, state="failed")

        client = Client()
        client.force_login(administrator)
        fill(0, 1)
        client.get("/admin/")
        with CaptureQueriesContext(connection) as few:
            client.get("/admin/")
        fill(1, 30)
        with CaptureQueriesContext(connection) as many:
            client.get("/admin/")
        assert len(many) == len(few) < 30
        assert not [query for query in many if '"posts_post"."body"' in query["sql"]]

    def test_the_list_of_what_there_is_begins_with_posts_and_has_nothing_that_is_not_used(self, client):
        client.force_login(User.objects.create_superuser("root"))
        page = client.get("/admin/").content.decode()
        apps = re.findall(r'<div class="app-(\w+) module', page)
        assert apps[0] == "posts"
        assert "comments" in apps
        assert "taggit" not in apps

    def test_headings_come_in_order_and_no_number_stands_in_the_title(self, editor):
        make_post(draft=True).submit()
        page = page_of(editor)
        levels = [int(level) for level in re.findall(r"<h(\d)", page)]
        assert levels[0] == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))
        assert not re.search(r"\d", re.findall(r"<title>(.*?)</title>", page, re.DOTALL)[0])
        assert "http-equiv" not in page


class TestNewClipping:
    def test_an_address_and_a_title_lead_to_the_form_filled_in_and_nothing_is_saved(self, editor_client):
        response = editor_client.get(CLIP, {"original_address": f" {PAGE}?a=1&b=ü ", "title": "Über & “alles”"})
        assert response.status_code == 302
        form = editor_client.get(response["Location"]).context["adminform"].form
        assert form["original_address"].value() == f"{PAGE}?a=1&b=ü"
        assert form["title"].value() == "Über & “alles”"
        assert not Post.objects.exists()
        assert not Autosave.objects.exists()

    @pytest.mark.parametrize("typed", [{"title": "Only a title"}, {"original_address": PAGE}, {}, {"title": " "}])
    def test_one_of_both_is_enough_and_none_is_an_empty_form(self, editor_client, typed):
        assert editor_client.get(CLIP, typed)["Location"].startswith(ADD)

    def test_a_scheme_may_be_left_out(self, editor_client):
        assert (
            "https%3A%2F%2Fnknews.example"
            in editor_client.get(CLIP, {"original_address": "nknews.example/a"})["Location"]
        )

    @pytest.mark.parametrize(
        "address",
        ["no address", "ftp://a.example/x", "http://localhost/", "https://me:pw@a.example/", "https://a.example:x/",
         "javascript:alert(1)", "https://a.example/\x00", "https://[::1", "https://" + "x" * 3000 + ".example/", "%"],
    )  # fmt: skip
    def test_what_is_no_address_is_said_in_place_and_stays(self, editor_client, address):
        response = editor_client.get(CLIP, {"original_address": address, "title": "Kept & kept"})
        assert response.status_code == 200
        page = response.content.decode()
        assert "<h1>The desk</h1>" in page
        assert 'id="id_original_address_error"' in page
        assert 'aria-invalid="true"' in page
        assert 'value="Kept &amp; kept"' in page
        assert address[:2900] in unescape(page)

    @pytest.mark.parametrize("as_given", [PAGE, f"{PAGE}?utm_source=feed#top", PAGE.replace("https", "HTTPS")])
    def test_a_page_that_is_clipped_already_is_told_of_with_a_way_on(self, editor_client, as_given):
        link = make_link(make_source())
        post, thrown = make_post("Has it", link=link), make_post("Had it", link=link)
        thrown.trash()
        beside = make_post("Names it too", draft=True)
        beside.also_reported.create(link=link)
        make_post("Has another", link=make_link(link.source, "https://nknews.example/other"))
        page = editor_client.get(CLIP, {"original_address": as_given, "title": "Mine"}).content.decode()
        box = page.partition('id="panel-new-clipping"')[2].partition("</section>")[0]
        for each in (post, thrown, beside):
            assert f'href="/admin/posts/post/{each.pk}/change/"' in box
        assert "in the trash" in box
        assert "Has another" not in box
        [way_on] = re.findall(r'href="([^"]+)">Clip it all the same', box)
        form = editor_client.get(unescape(way_on)).context["adminform"].form
        assert form["original_address"].value() == as_given
        assert form["title"].value() == "Mine"

    def test_a_writer_learns_that_it_is_clipped_and_nothing_of_what_is_not_theirs(self, writer, editor):
        link = make_link(make_source())
        public = make_post("For everybody", link=link)
        own = make_post("My own draft", link=link, draft=True, editor=writer)
        others = [
            make_post("Their draft", link=link, draft=True, editor=editor),
            make_post("A danger to somebody", link=link, review_on=timezone.localdate()),
        ]
        page = page_of(writer, f"{CLIP}?original_address={PAGE}")
        box = page.partition('id="panel-new-clipping"')[2].partition("</section>")[0]
        assert f'href="{public.get_absolute_url()}"' in box
        assert f'href="/admin/posts/post/{own.pk}/change/"' in box
        assert box.count("a post that you may not see") == 2
        for post in others:
            assert post.title not in box
            assert f"/{post.pk}/change/" not in box

    def test_who_may_not_write_has_no_box(self, moderator_client):
        assert moderator_client.get(CLIP).status_code == 403
        assert b"New clipping" not in moderator_client.get("/admin/").content

    def test_it_takes_no_other_method(self, editor_client):
        assert editor_client.post(CLIP, {"original_address": PAGE}).status_code == 405
        assert not Post.objects.exists()


class TestAPlainLink:
    def test_it_fills_in_the_form(self, writer):
        categories = [make_category("Fishing"), make_category("Law")]
        source = make_source()
        client = Client()
        client.force_login(writer)
        query = {
            "original_address": PAGE, "title": "T", "body": "> Quoted\n>\n> words & <b>", "excerpt": "E",
            "original_headline": "H", "original_published_on": "2013-02-01", "original_language": "ko",
            "also_reported": "https://b.example/1\nhttps://c.example/2", "tags": "north korea, at sea,,",
            "categories": ",".join(str(each.pk) for each in categories), "source": source.pk,
        }  # fmt: skip
        response = client.get(ADD, query)
        form = response.context["adminform"].form
        for name in ("original_address", "title", "body", "excerpt", "original_headline", "also_reported"):
            assert form[name].value() == query[name], name
        page = response.content.decode()
        assert '<option value="north korea" selected' in page
        assert '<option value="at sea" selected' in page
        for each in (*categories, source):
            assert re.search(rf'<option value="{each.pk}" selected[^>]*>{each}', page)
        assert not Post.objects.exists()

    def test_what_it_fills_in_is_saved_with_the_form(self, writer):
        client = Client()
        client.force_login(writer)
        form = client.get(ADD, {"original_address": PAGE, "title": "T", "body": "> Quoted"}).context["adminform"].form
        data = {name: form[name].value() or "" for name in ("original_address", "title", "body", "seal", "version")}
        client.post(f"{ADD}?original_address={PAGE}", data)
        post = Post.objects.get()
        assert (post.title, post.body, post.link.given_address) == ("T", "> Quoted", PAGE)
        assert post.editor == writer

    @pytest.mark.parametrize(
        "query",
        ["categories=abc", "categories=1,x,,٣", f"categories={'9' * 40}", "source=x", f"source={'9' * 30}", "tags=%00",
         "source=&categories=&tags=", "published_at=x", "published_at_0=x", "original_published_on=x", "review_on=x",
         "original_language=zz", "title=%00&body=%00", "editor=x", "version=x&seal=x", "is_sensitive=maybe",
         f"title={'x' * 5000}", "also_reported=x", "_popup=1", "take=x&title=y", "nothing=1"],
    )  # fmt: skip
    def test_whatever_it_says_the_form_opens(self, editor_client, query):
        response = editor_client.get(f"{ADD}?{query}")
        assert response.status_code == 200
        form = response.context["adminform"].form
        assert form["version"].value() == 0
        assert form["seal"].value() != "x"


VISIT = """
import django; django.setup()
from django.core.management import call_command
from django.contrib.auth.models import User
from django.test import Client
call_command("migrate", verbosity=0)
client = Client()
client.force_login(User.objects.create_superuser("root"))
page = client.get("/admin/").content.decode()
print(*(title for title in ("My drafts", "Comments", "Failed mail", "Subscriptions") if f"{title}</a></h2>" in page))
"""


@pytest.mark.parametrize(
    ("app", "shown"),
    [
        ("posts.comments", "My drafts Failed mail Subscriptions"),
        ("posts.subscriptions", "My drafts Comments Failed mail"),
        ("posts.webhooks", "My drafts Comments Failed mail Subscriptions"),
    ],
)
def test_panels_of_apps_that_are_not_installed_are_absent(app, shown, tmp_path):
    result = subprocess.run(
        [sys.executable, "-c", VISIT],
        cwd=Path(__file__).parent.parent.parent,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.without",
            "WITHOUT": app,
            "DATABASE_URL": f"sqlite:///{tmp_path / 'site.sqlite3'}",
        },
        capture_output=True,
        text=True,
    )
    assert result.stdout.strip() == shown, result.stderr
