"""What readers see of comments: threads, stubs, counts, feeds, closing."""

import datetime as dt
import json
import re
import xml.etree.ElementTree as ET

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from posts.comments.models import Comment, Discussion, Policy
from tests.factories import keep_open, make_comment, make_post
from tests.posts.test_views import words

pytestmark = pytest.mark.django_db


def shown(client, post) -> list[str]:
    """Return the comments of a post's page: depth, name and text of each."""
    page = client.get(post.get_absolute_url()).content.decode()
    found = re.findall(r'<li class="comment comment-depth-(\d)([^"]*)" id="comment-(\d+)">(.*?)</li>', page, re.S)
    return [f"{depth} {words(body)}" for depth, _, _, body in found]


class TestThread:
    def test_answers_stand_behind_what_they_answer(self, client, post):
        first = make_comment(post, "First.", name="Ann")
        make_comment(post, "Second.", name="Ben")
        make_comment(post, "Answer.", name="Cem", parent=first)
        assert [line[:5] for line in shown(client, post)] == ["0 Ann", "1 Cem", "0 Ben"]

    def test_three_levels_and_flat_after(self, client, post):
        parent = None
        for number in range(6):
            parent = make_comment(post, f"Level {number}.", name=f"N{number}", parent=parent)
        lines = shown(client, post)
        assert [line[0] for line in lines] == ["0", "1", "2", "2", "2", "2"]
        assert "in answer to N4" in lines[5]

    def test_a_chain_of_a_thousand_answers_is_shown(self, client, post):
        parent = None
        for number in range(1000):
            parent = make_comment(post, "Deeper.", name=f"N{number}", parent=parent)
        assert len(shown(client, post)) == 1000

    def test_every_comment_has_its_permalink(self, client, post):
        comment = make_comment(post)
        assert client.get(f"/comments/{comment.pk}/")["Location"] == f"{post.get_absolute_url()}#comment-{comment.pk}"
        assert f'id="comment-{comment.pk}"' in client.get(post.get_absolute_url()).content.decode()

    def test_a_removed_comment_leaves_a_stub_where_answers_hang_on_it(self, client, post):
        removed = make_comment(post, "Gone.", name="Ann", state="removed", removal_reason="abuse")
        make_comment(post, "Still here.", name="Ben", parent=removed)
        lines = shown(client, post)
        assert lines[0] == "0 A comment was removed here."
        assert lines[1].startswith("1 Ben")
        assert "Gone." not in "".join(lines)
        assert "Ann" not in "".join(lines)

    @pytest.mark.parametrize("state", ["held", "spam", "removed"])
    def test_nothing_stays_where_nothing_hangs_on_it(self, client, post, state):
        reason = "abuse" if state == "removed" else ""
        hidden = make_comment(post, "Gone.", state=state, removal_reason=reason)
        make_comment(post, "Gone too.", state=state, removal_reason=reason, parent=hidden)
        assert shown(client, post) == []

    def test_the_answer_of_the_desk_is_marked(self, client, post):
        make_comment(post, "We have asked.", name="Edith", is_editorial=True)
        make_comment(post, "So have I.", name="Ann")
        assert "Editor" in shown(client, post)[0]
        assert "Editor" not in shown(client, post)[1]

    def test_five_hundred_comments_cost_as_many_queries_as_one(self, client, post):
        def queries() -> int:
            with CaptureQueriesContext(
                connection,
            ) as captured:
                assert client.get(post.get_absolute_url()).status_code == 200
            assert sum("comments_comment" in query["sql"] for query in captured) == 1
            return len(captured)

        parent = make_comment(post)
        one = queries()
        Comment.objects.bulk_create(
            Comment(post=post, parent=parent if n % 3 else None, body="x", body_html="<p>x</p>", state="approved",
                    once=str(n))
            for n in range(500)
        )  # fmt: skip
        assert queries() == one

    def test_the_emails_of_writers_are_shown_to_nobody(self, client, post):
        make_comment(post, email="ann@reader.example")
        for address in (post.get_absolute_url(), "/comments/feed/", "/comments/feed/json/"):
            assert "ann@" not in client.get(address).content.decode()

    def test_answering_names_whom(self, client, post):
        comment = make_comment(post, name="Ann")
        page = client.get(f"{post.get_absolute_url()}?reply={comment.pk}").content.decode()
        assert f'name="parent" value="{comment.pk}"' in page
        assert "You answer" in page

    @pytest.mark.parametrize("reply", ["x", "0", "99999999999999999999", "9" * 5000, "-1", "\u0663"])
    def test_an_odd_reply_is_no_reply(self, client, post, reply):
        response = client.get(post.get_absolute_url(), {"reply": reply})
        assert response.status_code == 200
        assert b'name="parent"' not in response.content

    def test_a_draft_shows_no_comments(self, editor_client):
        draft = make_post(draft=True)
        assert b"comments" not in editor_client.get(draft.get_absolute_url()).content.split(b"<main")[1]

    def test_pages_of_posts_are_asked_for_anew_each_time(self, client, post):
        assert "no-cache" in client.get(post.get_absolute_url())["Cache-Control"]


class TestCounts:
    def test_listings_say_how_many_in_one_query(self, client):
        posts = [make_post(tags=["boats"]) for _ in range(3)]
        with CaptureQueriesContext(connection) as before:
            client.get("/tag/boats/")
        for number, post in enumerate(posts):
            for _ in range(number):
                make_comment(post)
            make_comment(post, state="held")
        with CaptureQueriesContext(connection) as after:
            page = client.get("/tag/boats/").content.decode()
        assert len(after) == len(before)
        assert re.findall(r"(\d+ comments?)<", page) == ["2 comments", "1 comment"]
        assert f'{posts[2].get_absolute_url()}#comments"' in page


class TestClosing:
    @pytest.mark.parametrize(("days", "is_open"), [(0, True), (59, True), (61, False)])
    def test_comments_close_after_sixty_days(self, client, days, is_open):
        post = make_post(at=timezone.now() - dt.timedelta(days=days))
        assert (b'id="respond"' in client.get(post.get_absolute_url()).content) is is_open

    def test_the_number_of_days_is_a_rule_and_none_means_never(self, client):
        post = make_post()
        Policy(close_after_days=0).save()
        assert b'id="respond"' in client.get(post.get_absolute_url()).content

    def test_a_post_can_be_closed_by_itself(self, client):
        post = make_post(at=timezone.now())
        make_comment(post, "Still to be read.")
        Discussion.objects.create(post=post, opening="closed")
        page = client.get(post.get_absolute_url()).content.decode()
        assert "Comments under this post are closed." in page
        assert "Still to be read." in page
        assert "?reply=" not in page

    def test_the_whole_site_can_be_closed(self, client):
        post = keep_open(make_post(at=timezone.now()))
        Policy(is_open=False).save()
        assert b'id="respond"' not in client.get(post.get_absolute_url()).content


class TestFeeds:
    def test_the_feed_of_all_and_the_feed_of_a_post(self, client, post):
        make_comment(post, "Under the *first*.", name="Ann")
        make_comment(make_post("Another"), "Under another.", name="Ben")
        feed = ET.fromstring(client.get("/comments/feed/").content)
        assert [item.findtext("title") for item in feed.iter("item")] == ["Ben on “Another”", "Ann on “The long way”"]
        own = ET.fromstring(client.get(f"{post.get_absolute_url()}feed/").content)
        [item] = own.iter("item")
        assert own.findtext("channel/title") == "Comments on “The long way” – Human Traffic Watch"
        assert item.findtext("link").startswith(f"https://watch.example{post.get_absolute_url()}#comment-")
        assert "<em>first</em>" in item.findtext("{http://purl.org/rss/1.0/modules/content/}encoded")

    @pytest.mark.parametrize("ending", ["", "atom/", "json/"])
    def test_all_three_kinds_hold_what_is_approved_and_nothing_else(self, client, post, ending):
        make_comment(post, "Shown.")
        make_comment(make_post(draft=True), "Under a draft.")
        make_comment(make_post(at=timezone.now() + dt.timedelta(days=1)), "Under one to come.")
        for state in ("held", "spam", "removed"):
            make_comment(post, f"Not {state}.", state=state, removal_reason="other" if state == "removed" else "")
        for address in ("/comments/", post.get_absolute_url()):
            body = client.get(f"{address}feed/{ending}").content.decode()
            assert "Shown." in body
            assert "Not " not in body
            assert "Under" not in body

    def test_a_json_feed_is_json(self, client, post):
        make_comment(post)
        feed = json.loads(client.get("/comments/feed/json/").content)
        assert feed["items"][0]["id"].startswith("https://watch.example/comments/")
        assert feed["feed_url"] == "https://watch.example/comments/feed/json/"

    def test_an_empty_feed_is_a_feed(self, client, post):
        assert client.get("/comments/feed/").status_code == 200
        assert client.get(f"{post.get_absolute_url()}feed/atom/").status_code == 200

    def test_the_feed_of_what_is_no_post_is_not_found(self, client):
        draft = make_post(draft=True)
        for address in ("/2013/03/31/nothing/feed/", f"/preview/{draft.pk}/feed/", "/2013/02/31/x/feed/"):
            assert client.get(address).status_code == 404

    def test_the_feed_of_a_withdrawn_post_ends(self, client, post):
        make_comment(post)
        post.withdraw()
        assert client.get(f"{post.get_absolute_url()}feed/").status_code == 410
        assert b"<item>" not in client.get("/comments/feed/").content

    def test_queries_do_not_grow_with_comments(self, client, post):
        make_comment(post)
        client.get("/comments/feed/")  # the name of the site is read once
        with CaptureQueriesContext(connection) as one:
            client.get("/comments/feed/")
        for _ in range(5):
            make_comment()
        with CaptureQueriesContext(connection) as many:
            client.get("/comments/feed/")
        assert len(many) == len(one)
