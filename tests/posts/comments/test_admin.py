"""The queue, as moderators use it without script."""

import datetime as dt
import re

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from posts.comments.models import Ban, Comment, Discussion, Entry, Policy, Report, Word
from tests.factories import make_comment, make_post

pytestmark = pytest.mark.django_db

QUEUE = "/admin/comments/comment/"


def cards(page: bytes) -> list[int]:
    return [int(pk) for pk in re.findall(r'data-card="(\d+)"', page.decode())]


def press(client, act: str, **fields) -> str:
    response = client.post(QUEUE, {"act": act, **fields}, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def run(client, action: str, comments: list[Comment], **fields) -> str:
    data = {"action": action, "_selected_action": [c.pk for c in comments], "index": "0", **fields}
    return client.post(QUEUE, data, follow=True).content.decode()


class TestTheList:
    def test_what_waits_comes_first_and_reported_before_all(self, moderator_client, post):
        held = make_comment(post, state="held")
        reported = make_comment(post, open_reports=2)
        make_comment(post)
        make_comment(post, state="spam")
        assert cards(moderator_client.get(QUEUE).content) == [reported.pk, held.pk]

    @pytest.mark.parametrize(("state", "number"), [("held", 1), ("approved", 2), ("spam", 1), ("reported", 1),
                                                   ("all", 4), ("nonsense", 0)])  # fmt: skip
    def test_one_list_by_state(self, moderator_client, post, state, number):
        make_comment(post, state="held")
        make_comment(post, open_reports=1)
        make_comment(post)
        make_comment(post, state="spam")
        assert len(cards(moderator_client.get(QUEUE, {"state": state}).content)) == number

    def test_a_card_tells_what_a_decision_needs(self, moderator_client, post):
        parent = make_comment(post, "What was asked.", name="Ann")
        comment = make_comment(
            post, "See [here](https://a.example/x).", name="Ben", parent=parent, open_reports=1,
            reasons=[["links", "It has 3 links."]], note="Came before.",
        )  # fmt: skip
        Report.objects.create(comment=comment, reason="abuse", words="Rude.")
        page = moderator_client.get(QUEUE).content.decode()
        for words in ("Ben", "The long way", "in answer to", "What was asked.", "It has 3 links.", "Came before.",
                      "It insults or threatens somebody", "Rude."):  # fmt: skip
            assert words in page

    def test_links_in_the_text_are_inert(self, moderator_client, post):
        make_comment(post, "See [here](https://a.example/x).", state="held")
        page = moderator_client.get(QUEUE).content.decode()
        body = re.search(r'<div class="card-body"[^>]*>(.*?)</div>', page, re.S)[1]
        assert '<span class="inert">here</span>' in body
        assert "<a " not in body
        assert 'href="https://a.example/x" rel="noopener noreferrer nofollow"' in page

    def test_a_thousand_waiting_cost_as_many_queries_as_ten(self, moderator_client, post):
        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                assert moderator_client.get(QUEUE).status_code == 200
            return len(captured)

        parent = make_comment(post)
        make_comment(post, state="held", parent=parent)
        few = queries()
        Comment.objects.bulk_create(
            Comment(post=post, parent=parent, body="x", body_html="<p>x</p>", state="held", once=str(n), writer="ab")
            for n in range(1000)
        )
        assert queries() <= few + 1  # the count of a further page
        assert len(cards(moderator_client.get(QUEUE).content)) == 50

    def test_enter_in_a_field_presses_nothing(self, moderator_client, post):
        comment = make_comment(post, state="held")
        press(moderator_client, f"approve {comment.pk} held")
        page = moderator_client.get(QUEUE).content.decode()
        form = page[page.index('id="changelist-form"') :]
        first = re.search(r"<(?:button|input)[^>]*type=\"submit\"[^>]*>", form)[0]
        assert 'value=""' in first
        assert "Nothing was done" in press(moderator_client, "")
        comment.refresh_from_db()
        assert comment.state == "approved"

    def test_hostile_text_is_shown_as_text(self, moderator_client, post):
        make_comment(post, "<script>alert(1)</script>", name="<b>", state="held")
        page = moderator_client.get(QUEUE).content.decode()
        assert "<script>alert" not in page
        assert "&lt;b&gt;" in page


class TestButtons:
    def test_approve_spam_remove_hold(self, moderator_client, post, client):
        comment = make_comment(post, "To be judged.", state="held")
        for act, state in (
            (f"approve {comment.pk} held", "approved"),
            (f"spam {comment.pk} approved", "spam"),
            (f"remove {comment.pk} spam abuse", "removed"),
            (f"hold {comment.pk} removed", "held"),
        ):
            press(moderator_client, act)
            comment.refresh_from_db()
            assert comment.state == state

    def test_the_numbers_stand_beside_the_states(self, moderator_client, post):
        make_comment(post, state="held")
        make_comment(post, open_reports=1)
        make_comment(post)
        page = moderator_client.get(QUEUE).content.decode()
        for label in ("Waiting (2)", "Held (1)", "Approved (2)", "Spam (0)", "Reported (1)", "All (3)"):
            assert label in page

    def test_undo_stands_on_the_page_until_there_is_nothing_to_undo(self, moderator_client, post):
        comment = make_comment(post, state="held")
        page = press(moderator_client, f"approve {comment.pk} held")
        page = press(moderator_client, re.search(r'value="(undo [^"]+)"', page)[1])
        comment.refresh_from_db()
        assert comment.state == "held"
        assert 'value="undo ' not in page

    def test_a_note_goes_with_the_decision(self, moderator_client, post):
        comment = make_comment(post, state="held")
        press(moderator_client, f"approve {comment.pk} held", **{f"note-{comment.pk}": "Asked the author."})
        assert Entry.objects.get().note == "Asked the author."

    def test_ban_for_so_many_days(self, moderator_client, post):
        comment = make_comment(post, name="Best", state="held")
        press(moderator_client, f"ban {comment.pk} held name", **{f"days-{comment.pk}": "10"})
        days = (Ban.objects.get().until - timezone.now()).days
        assert days in (9, 10)

    def test_a_colleague_was_quicker(self, moderator_client, post):
        comment = make_comment(post, state="removed", removal_reason="abuse")
        assert "is removed by now" in press(moderator_client, f"approve {comment.pk} held")
        comment.refresh_from_db()
        assert comment.state == "removed"

    @pytest.mark.parametrize(
        "act",
        [
            "x",
            "approve",
            "approve x held",
            "approve 99999999999999999999999 held",
            "explode 1 held",
            "remove 1 held",
            "undo nonsense",
            "ban 1 held dog",
        ],
    )
    def test_a_button_that_is_none_is_refused_in_words(self, moderator_client, act, post):
        make_comment(post, pk=1, state="held")
        assert "not known here" in press(moderator_client, act)
        assert Comment.objects.get().state == "held"

    def test_the_script_gets_the_sentence_and_the_batch(self, moderator_client, post):
        comment = make_comment(post, state="held")
        answer = moderator_client.post(
            QUEUE, {"act": f"approve {comment.pk} held"}, headers={"Accept": "application/json"}
        ).json()
        assert answer["sentence"] == "Approved."
        assert Entry.objects.get().batch.hex == answer["batch"].replace("-", "")

    def test_who_may_only_look_may_not_press(self, client, editor, post):
        client.force_login(editor)
        comment = make_comment(post, state="held")
        page = client.get(QUEUE).content.decode()
        assert f"approve {comment.pk}" not in page
        assert "Answer" in page
        assert client.post(QUEUE, {"act": f"approve {comment.pk} held"}).status_code == 403

    def test_without_login_there_is_no_queue(self, client, post):
        assert client.get(QUEUE).status_code == 302
        assert client.post(QUEUE, {"act": "approve 1 held"}).status_code == 302


class TestBulk:
    def test_approve_and_spam(self, moderator_client, post):
        held = [make_comment(post, state="held") for _ in range(3)]
        assert "Approved: 3 comments." in run(moderator_client, "approve_selected", held)
        held = [make_comment(post, state="held") for _ in range(3)]
        assert "Marked as spam: 3 comments." in run(moderator_client, "mark_selected_as_spam", held)

    def test_remove_wants_a_reason(self, moderator_client, post):
        held = [make_comment(post, state="held") for _ in range(2)]
        assert "Choose the reason" in run(moderator_client, "remove_selected", held)
        assert Comment.objects.filter(state="held").count() == 2
        assert "Removed: 2 comments." in run(moderator_client, "remove_selected", held, reason="off_topic")
        assert set(Comment.objects.values_list("removal_reason", flat=True)) == {"off_topic"}

    def test_ban_their_networks(self, moderator_client, post):
        comments = [make_comment(post, state="held", writer=f"{n:064}") for n in range(2)]
        comments.append(make_comment(post, state="held"))
        page = run(moderator_client, "ban_selected", comments)
        assert "Marked as spam: 3 comments. 2 came from a network" in page
        assert Ban.objects.filter(kind="network").count() == 2

    def test_all_that_wait_at_one_stroke(self, moderator_client, post):
        Comment.objects.bulk_create(
            Comment(post=post, body="x", body_html="<p>x</p>", state="held", once=str(n)) for n in range(120)
        )
        first = list(Comment.objects.order_by("pk")[:50])
        assert "Approved: 120 comments." in run(moderator_client, "approve_selected", first, select_across="1")

    def test_what_somebody_else_decided_meanwhile_stays(self, moderator_client, post):
        comment = make_comment(post, state="held")
        shown = moderator_client.get(QUEUE).content.decode()
        shown_at = re.search(r'name="shown_at" value="([^"]+)"', shown)[1]
        press(moderator_client, f"approve {comment.pk} held")
        Comment.objects.update(open_reports=1)  # so that it is in the list still
        page = run(moderator_client, "mark_selected_as_spam", [comment], shown_at=shown_at)
        assert "Decided on meanwhile, and left as it is: 1 comment." in page
        comment.refresh_from_db()
        assert comment.state == "approved"

    def test_what_has_left_the_list_meanwhile_is_told_too(self, moderator_client, post):
        first, second = make_comment(post, state="held"), make_comment(post, state="held")
        press(moderator_client, f"approve {first.pk} held")
        page = run(moderator_client, "ban_selected", [first, second])
        assert "Marked as spam: 1 comment. Decided on meanwhile, and left as it is: 1 comment." in page

    def test_nobody_deletes(self, moderator_client, post):
        page = moderator_client.get(QUEUE).content.decode()
        assert "delete_selected" not in page


class TestOneComment:
    def test_its_form_shows_what_happened_and_changes_are_logged(self, moderator_client, post):
        comment = make_comment(post, "With a telephone number.", state="held", email="ann@reader.example")
        press(moderator_client, f"approve {comment.pk} held")
        page = moderator_client.get(f"{QUEUE}{comment.pk}/change/").content.decode()
        assert "Approved" in page
        assert "ann@reader.example" in page
        data = {"name": "", "body": "Without it.", "note": "Number taken out."}
        assert moderator_client.post(f"{QUEUE}{comment.pk}/change/", data).status_code == 302
        comment.refresh_from_db()
        assert comment.body_html == "<p>Without it.</p>"
        assert Entry.objects.first().note == "Changed: body, note."
        shown = moderator_client.get(post.get_absolute_url()).content.decode()
        assert "changed by a moderator" in shown

    def test_nothing_is_not_a_text(self, moderator_client, post):
        comment = make_comment(post)
        response = moderator_client.post(f"{QUEUE}{comment.pk}/change/", {"name": "", "body": " \u200b", "note": ""})
        assert "remove the comment instead" in response.content.decode()

    def test_of_a_forgotten_one_nothing_can_be_changed(self, moderator_client, post):
        comment = make_comment(post)
        make_comment(post, parent=comment)
        Comment.objects.filter(pk=comment.pk).forget()
        data = {"name": "Ann", "body": "Back again", "note": ""}
        assert moderator_client.post(f"{QUEUE}{comment.pk}/change/", data).status_code == 403

    def test_answering_from_the_desk(self, client, editor, post):
        client.force_login(editor)
        comment = make_comment(post, name="Ann")
        address = f"{QUEUE}{comment.pk}/answer/?back=%2Fadmin%2Fcomments%2Fcomment%2F%3Fstate%3Dapproved"
        page = client.post(address, {"body": "We have *asked*."}, follow=True)
        assert page.redirect_chain[0][0] == f"{QUEUE}?state=approved"
        assert "Answered." in page.content.decode()
        shown = client.get(post.get_absolute_url()).content.decode()
        assert "We have <em>asked</em>." in shown
        assert "Editor</span>" in shown

    def test_back_leads_nowhere_else(self, moderator_client, post):
        comment = make_comment(post)
        address = f"{QUEUE}{comment.pk}/answer/?back=https://elsewhere.example/"
        assert moderator_client.post(address, {"body": "Words."})["Location"] == QUEUE

    def test_editors_see_no_address_of_a_reader(self, client, editor, post):
        client.force_login(editor)
        comment = make_comment(post, email="ann@reader.example", note="Only for moderators.")
        page = client.get(f"{QUEUE}{comment.pk}/change/").content.decode()
        assert "ann@" not in page
        assert "Only for moderators." not in page

    def test_an_empty_answer_is_refused_and_nothing_is_lost(self, moderator_client, post):
        comment = make_comment(post)
        text = "x" * 5001
        response = moderator_client.post(f"{QUEUE}{comment.pk}/answer/", {"body": text})
        assert "5000" in response.content.decode()
        assert text in response.content.decode()


class TestRules:
    def test_the_rules_are_one_form(self, moderator_client):
        response = moderator_client.get("/admin/comments/policy/", follow=True)
        assert b"days until a post" in response.content.lower()
        moderator_client.post("/admin/comments/policy/1/change/", {"close_after_days": "30", "most_links": "1"})
        assert (Policy.current().is_open, Policy.current().close_after_days) == (False, 30)

    def test_words(self, moderator_client):
        add = "/admin/comments/word/add/"
        moderator_client.post(add, {"pattern": "Loan*", "kind": "disallowed"})
        assert Word.objects.get().pattern_key == "loan*"
        assert (
            "on the list already"
            in moderator_client.post(add, {"pattern": "LOAN*", "kind": "watched"}).content.decode()
        )
        assert (
            "would meet everything" in moderator_client.post(add, {"pattern": "*", "kind": "watched"}).content.decode()
        )

    def test_bans_by_hand(self, moderator_client):
        until = timezone.localtime() + dt.timedelta(days=3)
        data = {"kind": "host", "pattern": "https://www.Loans.example/path", "until_0": f"{until:%Y-%m-%d}",
                "until_1": "10:00", "note": ""}  # fmt: skip
        moderator_client.post("/admin/comments/ban/add/", data)
        assert Ban.objects.get().pattern == "loans.example"
        everything = moderator_client.post("/admin/comments/ban/add/", {**data, "pattern": "com"}).content
        assert b"write a whole one" in everything
        assert b"There is such a ban already" in moderator_client.post("/admin/comments/ban/add/", data).content

    def test_the_log_can_be_read_and_nothing_else(self, moderator_client, post):
        comment = make_comment(post, state="held")
        press(moderator_client, f"approve {comment.pk} held")
        assert moderator_client.get("/admin/comments/entry/").status_code == 200
        entry = Entry.objects.get()
        assert moderator_client.post(f"/admin/comments/entry/{entry.pk}/delete/", {"post": "yes"}).status_code == 403
        assert moderator_client.get("/admin/comments/entry/add/").status_code == 403

    def test_a_post_is_closed_from_its_own_form(self, editor_client):
        post = make_post(at=timezone.now())
        form = editor_client.get(f"/admin/posts/post/{post.pk}/change/").content.decode()
        link = re.search(r'href="([^"]+)">Comments: open or closed', form)[1]
        target = editor_client.get(link)["Location"]
        assert f"post={post.pk}" in target
        response = editor_client.post("/admin/comments/discussion/add/", {"post": post.pk, "opening": "closed"})
        assert response["Location"] == f"/admin/posts/post/{post.pk}/change/"
        assert Discussion.objects.get().opening == "closed"
        assert editor_client.get(editor_client.get(link)["Location"]).status_code == 200


class TestWhoMayWhat:
    @pytest.mark.parametrize(
        ("group", "may"),
        [
            ("Editors", {"comment"}),
            ("Moderators", {"comment", "policy", "word", "ban", "entry", "discussion"}),
            ("Administrators", {"comment", "policy", "word", "ban", "entry", "discussion"}),
        ],
    )
    def test_groups(self, client, group, may):
        user = User.objects.create_user("someone", is_staff=True)
        user.groups.set(Group.objects.filter(name=group))
        client.force_login(user)
        for model in ("comment", "policy", "word", "ban", "entry"):
            status = client.get(f"/admin/comments/{model}/", follow=True).status_code
            assert (status == 200) is (model in may), model

    def test_administrators_read_the_ledger_of_mail(self, client):
        from posts.outbox.models import Delivery

        user = User.objects.create_user("someone", is_staff=True)
        user.groups.set(Group.objects.filter(name="Administrators"))
        client.force_login(user)
        Delivery.objects.create(key="a", kind="b", recipient="c@d.example", state="failed", error="No such user")
        assert b"No such user" in client.get("/admin/outbox/delivery/").content
        data = {"action": "try_again", "_selected_action": [Delivery.objects.get().pk], "index": "0"}
        client.post("/admin/outbox/delivery/", data)
        assert Delivery.objects.get().state == "queued"


class TestReporting:
    def test_a_report_brings_the_comment_to_the_head_of_the_queue(self, client, post, moderator):
        comment = make_comment(post)
        page = client.get(f"/comments/{comment.pk}/report/").content.decode()
        assert "What is wrong with it?" in page
        response = client.post(f"/comments/{comment.pk}/report/", {"reason": "abuse", "words": "Rude."})
        assert "A moderator will look" in response.content.decode()
        client.force_login(moderator)
        assert cards(client.get(QUEUE).content) == [comment.pk]
        assert b"Rude." in client.get(QUEUE).content

    def test_twice_by_one_is_once_and_by_another_is_twice(self, client, post):
        comment = make_comment(post)
        for address in ("203.0.113.1", "203.0.113.2", "198.51.100.1"):
            client.post(f"/comments/{comment.pk}/report/", {"reason": "abuse"}, REMOTE_ADDR=address)
        comment.refresh_from_db()
        assert comment.open_reports == 2

    def test_no_reason_no_report(self, client, post):
        comment = make_comment(post)
        response = client.post(f"/comments/{comment.pk}/report/", {"words": "Kept words"})
        assert response.status_code == 400
        assert "Choose what is wrong with it." in response.content.decode()
        assert "Kept words" in response.content.decode()

    @pytest.mark.parametrize("state", ["held", "spam"])
    def test_what_is_not_to_be_seen_cannot_be_reported(self, client, post, state):
        comment = make_comment(post, state=state)
        assert client.get(f"/comments/{comment.pk}/report/").status_code == 404

    def test_many_reports_from_one_network_are_too_many(self, client, post):
        codes = [
            client.post(f"/comments/{make_comment(post).pk}/report/", {"reason": "other"}).status_code
            for _ in range(11)
        ]
        assert codes == [200] * 10 + [429]


def test_the_desk_says_how_many_wait(moderator_client, post):
    assert b"No comment waits." in moderator_client.get("/admin/").content
    make_comment(post, state="held")
    make_comment(post, open_reports=1)
    assert b"2 comments wait</a>" in moderator_client.get("/admin/").content


def test_an_editor_deletes_a_post_with_all_that_was_said_under_it(editor_client, post):
    make_comment(post)
    post.trash()
    response = editor_client.post(f"/admin/posts/post/{post.pk}/delete/", {"post": "yes"})
    assert response.status_code == 302
    assert not Comment.objects.exists()
