"""The life of a post: the one table of its states, and what each act leaves behind."""

import datetime as dt
import json

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils import timezone

from posts.comments.models import Comment
from posts.life import TRANSITIONS, Act, ImpossibleError, Reason, State, target
from posts.models import Correction, FormerAddress, Post, PostEntry
from posts.webhooks.calling import look
from posts.webhooks.models import Call, Endpoint
from tests.factories import make_category, make_comment, make_link, make_post, make_source
from tests.posts.test_form import press

D, R, P, W, X, T = State.DRAFT, State.REVIEW, State.PUBLISHED, State.WITHDRAWN, State.REMOVED, State.TRASH
ALLOWED = {
    Act.SUBMIT: {D: R},
    Act.PUBLISH: {D: P, R: P, P: P, W: P},
    Act.SCHEDULE: {D: P, R: P, W: P},
    Act.WITHDRAW: {P: W},
    Act.REDRAFT: {R: D, W: D, T: D},
    Act.TAKE_DOWN: {P: X, W: X},
    Act.TRASH: {D: T, R: T, P: T, W: T},
    Act.CORRECT: {P: P},
}
ALLOWED_WHILE_SCHEDULED = {Act.SCHEDULE: {P: P}, Act.REDRAFT: {P: D}}


class TestTable:
    @pytest.mark.parametrize("state", list(State))
    @pytest.mark.parametrize("act", list(TRANSITIONS))
    def test_an_act_leads_where_it_should_or_is_refused_in_a_sentence(self, act, state):
        after = ALLOWED[act].get(state)
        if after is not None:
            assert target(act, state) == after
        else:
            with pytest.raises(ImpossibleError, match=r"^(This post is|Readers have seen this post).*\.?$"):
                target(act, state)

    @pytest.mark.parametrize("act", list(TRANSITIONS))
    def test_what_is_only_scheduled_can_be_dated_anew_or_taken_back(self, act):
        after = ALLOWED_WHILE_SCHEDULED.get(act, ALLOWED[act]).get(P)
        if after is not None:
            assert target(act, P, is_scheduled=True) == after
        else:
            with pytest.raises(ImpossibleError):
                target(act, P, is_scheduled=True)

    def test_nothing_leads_out_of_a_post_that_was_taken_down(self):
        assert {act for act, steps in TRANSITIONS.items() if X in steps} == set()


def post_in(state: State) -> Post:
    post = make_post("Of a boat", draft=True)
    if state == R:
        post.submit()
    elif state in (P, W, X):
        post.publish()
    if state == W:
        post.withdraw(Reason.ERROR)
    elif state == X:
        post.take_down(Reason.PROTECTION)
    elif state == T:
        post.trash()
    return post


def act_on(post: Post, act: Act, by: object = None) -> None:
    moment = timezone.now() + dt.timedelta(days=1)
    {
        Act.SUBMIT: lambda: post.submit(by=by),
        Act.PUBLISH: lambda: post.publish(by=by),
        Act.SCHEDULE: lambda: post.publish(at=moment, by=by),
        Act.WITHDRAW: lambda: post.withdraw(Reason.LEGAL, note="As a court said", by=by),
        Act.REDRAFT: lambda: post.redraft(by=by),
        Act.TAKE_DOWN: lambda: post.take_down(Reason.PROTECTION, by=by),
        Act.TRASH: lambda: post.trash(by=by),
        Act.CORRECT: lambda: post.correct("It was Tuesday.", by=by),
    }[act]()


@pytest.mark.django_db
class TestActs:
    @pytest.mark.parametrize(("act", "state"), [(act, state) for act, steps in ALLOWED.items() for state in steps])
    def test_each_act_is_stored_and_logged_with_who_and_when(self, act, state, editor):
        post = post_in(state)
        act_on(post, act, by=editor)
        entry = PostEntry.objects.first()
        assert Post.objects.get(pk=post.pk).state == ALLOWED[act][state]
        assert (entry.post_id, entry.act, entry.before, entry.after) == (post.pk, act, state, ALLOWED[act][state])
        assert (entry.actor, entry.actor_id) == ("edith", editor.pk)
        assert timezone.now() - entry.made_at < dt.timedelta(minutes=1)

    @pytest.mark.parametrize(
        ("act", "state"),
        [(act, state) for act in TRANSITIONS for state in State if state not in ALLOWED[act]],
    )
    def test_an_act_that_is_not_open_changes_nothing(self, act, state):
        post = post_in(state)
        before, logged = Post.objects.filter(pk=post.pk).values().get(), PostEntry.objects.count()
        with pytest.raises(ValidationError):
            act_on(Post.objects.get(pk=post.pk), act)
        assert Post.objects.filter(pk=post.pk).values().get() == before
        assert PostEntry.objects.count() == logged

    def test_the_log_is_neither_changed_nor_shortened(self):
        post_in(P)
        entry = PostEntry.objects.first()
        for forbidden in (entry.save, entry.delete, PostEntry.objects.all().delete):
            with pytest.raises(TypeError):
                forbidden()

    def test_each_act_makes_one_revision_with_its_name_and_its_actor(self, editor):
        post = make_post(draft=True)
        number = post.history.count()
        post.publish(by=editor)
        revision = post.history.first()
        assert post.history.count() == number + 1
        assert (revision.history_change_reason, revision.history_user) == ("Published", editor)

    def test_a_scheduled_post_appears_at_its_minute_and_nothing_has_to_run(self):
        at = timezone.now() + dt.timedelta(hours=3)
        post = make_post(at=at)
        assert post.is_scheduled
        assert not Post.objects.published(at - dt.timedelta(seconds=1)).exists()
        assert Post.objects.published(at).get() == post

    def test_a_withdrawn_post_published_again_forgets_why_it_was_withdrawn(self):
        post = post_in(W)
        assert (post.reason, post.ended_at is not None) == (Reason.ERROR, True)
        post.publish()
        assert (post.reason, post.ended_at) == ("", None)

    def test_a_draft_out_of_a_withdrawn_post_leads_its_old_address_to_the_new_one(self):
        post = make_post("Of a boat", at="2013-03-31 10:00")
        old = (post.published_on, post.slug)
        post.withdraw()
        post.redraft()
        post = Post.objects.get(pk=post.pk)
        post.publish()
        left = FormerAddress.objects.get()
        assert ((left.published_on, left.slug), left.post) == (old, post)


@pytest.mark.django_db
class TestTakingDown:
    SECRET = "Zebulon"

    def make(self, editor) -> Post:
        source = make_source()
        link = make_link(source, headline=f"{self.SECRET} was here", byline=self.SECRET)
        post = make_post(
            f"{self.SECRET} on the boat",
            draft=True,
            body=f"We met {self.SECRET}.",
            excerpt=self.SECRET,
            notice=f"Names {self.SECRET}",
            slug="of-a-boat",
            source=source,
            link=link,
            tags=["china"],
            categories=[make_category("Awareness")],
        )
        post.editor = editor
        post.publish(by=editor)
        post.correct(f"It was {self.SECRET}.", by=editor)
        post.notes.create(text=f"Ask {self.SECRET}", by=editor, by_name="edith")
        post.autosaves.create(user=editor, guid=post.guid, fields={"body": [self.SECRET]})
        post.previews.create(label=self.SECRET)
        make_comment(post, f"I know {self.SECRET}")
        Endpoint.objects.create(
            name="Channel", address="https://channel.example/", kinds=["post.published"],
            listens_since=timezone.now() - dt.timedelta(days=1),
        )  # fmt: skip
        Endpoint.objects.update(listens_since=timezone.now() - dt.timedelta(days=1))
        look()
        return post

    def rows_with_the_secret(self) -> list[str]:
        found = []
        for model in apps.get_models():
            for row in model._base_manager.values():
                if self.SECRET.lower() in json.dumps(row, default=str).lower():
                    found.append(model.__name__)
        return found

    def test_nothing_of_it_is_left_in_any_table(self, editor_client, editor):
        post = self.make(editor)
        assert Call.objects.exists()
        assert {
            "Post",
            "HistoricalPost",
            "Comment",
            "Note",
            "Autosave",
            "Correction",
            "PreviewLink",
            "Call",
            "Link",
        } <= set(self.rows_with_the_secret())
        post.take_down(Reason.PROTECTION, by=editor)
        assert self.rows_with_the_secret() == []
        assert not Comment.objects.exists()
        assert not Correction.objects.exists()

    def test_its_address_stays_taken(self, editor):
        post = self.make(editor)
        address = post.get_absolute_url()
        post.take_down(Reason.PROTECTION, by=editor)
        stub = Post.objects.get(pk=post.pk)
        assert (stub.get_absolute_url(), stub.state, stub.reason) == (address, "removed", "protection")
        assert stub.is_gone


@pytest.mark.django_db
class TestTrash:
    def test_what_lay_in_the_trash_for_a_month_is_deleted_and_its_address_says_gone(self):
        post = make_post("Of a boat")
        address = {"published_on": post.published_on, "slug": post.slug}
        post.trash()
        Post.objects.filter(pk=post.pk).update(updated_at=timezone.now() - dt.timedelta(days=31))
        call_command("tidy")
        assert not Post.objects.exists()
        assert FormerAddress.objects.get(**address).post is None
        assert PostEntry.objects.first().act == Act.DELETE

    def test_what_lies_there_for_less_stays_and_can_be_taken_out(self):
        post = make_post("Of a boat")
        post.trash()
        Post.objects.filter(pk=post.pk).update(updated_at=timezone.now() - dt.timedelta(days=29))
        call_command("tidy")
        post = Post.objects.get()
        post.redraft()
        assert post.state == State.DRAFT

    def test_a_draft_that_nobody_saw_leaves_no_address(self):
        post = make_post("Of a boat", draft=True)
        post.trash()
        Post.objects.filter(pk=post.pk).update(updated_at=timezone.now() - dt.timedelta(days=31))
        call_command("tidy")
        assert not FormerAddress.objects.exists()


@pytest.mark.django_db
class TestHolds:
    def test_a_held_post_is_in_no_listing_whatever_its_state(self):
        post = make_post("Of a boat")
        assert Post.objects.published().exists()
        post.review_on = timezone.localdate() + dt.timedelta(days=30)
        post.save()
        assert not Post.objects.published().exists()
        assert not post.is_public

    def test_it_stays_held_after_its_day_until_somebody_has_looked(self):
        post = make_post("Of a boat")
        post.review_on = timezone.localdate() - dt.timedelta(days=3)
        post.save()
        assert not Post.objects.published().exists()
        post.review_on = None
        post.save()
        assert Post.objects.published().get() == post


@pytest.mark.django_db
class TestTakingDownAtTheDesk:
    def test_nothing_of_it_is_left_there_either(self, editor_client):
        post = make_post("Zebulon on the boat", slug="of-a-boat", body="We met Zebulon.")
        press(editor_client, post, "_save", body="We saw Zebulon.")
        editor_client.get("/admin/")  # where it is said that it is saved
        response = press(editor_client, Post.objects.get(), "_takedown", reason="protection", is_sure="on")
        assert Post.objects.get().state == State.REMOVED
        assert TestTakingDown().rows_with_the_secret() == []
        for page in (response["Location"], "/admin/", "/admin/posts/post/?status=removed"):
            assert "Zebulon" not in editor_client.get(page).content.decode()

    def test_refused_it_shows_the_form_again(self, editor_client):
        post = make_post("Zebulon on the boat")
        page = press(editor_client, post, "_takedown", reason="protection").content.decode()
        assert "tick this if you are sure" in page
        assert 'value="Zebulon on the boat"' in page
