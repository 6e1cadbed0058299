"""What moderators decide, and take back."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from posts.comments import deciding
from posts.comments.models import Ban, Comment, Entry, Report, WordCount
from posts.comments.moderation import score, telling_words
from posts.comments.training import known, submission_of
from posts.limiting import KEY_LIVES
from posts.models import PrefixKey
from tests.factories import make_comment

pytestmark = pytest.mark.django_db
Act = Entry.Act


def state(comment: Comment) -> tuple[str, str]:
    comment.refresh_from_db()
    return comment.state, comment.removal_reason


class TestDeciding:
    @pytest.mark.parametrize(
        ("act", "reason", "after"),
        [
            (Act.APPROVE, "", ("approved", "")),
            (Act.SPAM, "", ("spam", "")),
            (Act.REMOVE, "abuse", ("removed", "abuse")),
        ],
    )
    def test_each_act_is_done_logged_and_taken_back(self, moderator, act, reason, after):
        comment = make_comment(state="held")
        outcome = deciding.decide([comment.pk], act, moderator, reason=reason, note="Seen twice.")
        assert state(comment) == after
        entry = Entry.objects.get()
        assert (entry.act, entry.before, entry.after, entry.actor) == (act, "held", after[0], "mo")
        assert (entry.reason, entry.note) == (reason, "Seen twice.")
        assert comment.note == "Seen twice."
        deciding.undo(outcome.batch, moderator)
        assert state(comment) == ("held", "")
        assert [entry.act for entry in Entry.objects.all()] == ["undo", act]

    def test_a_removal_needs_a_reason(self, moderator):
        comment = make_comment(state="held")
        for reason in ("", "nonsense", "forgotten"):
            with pytest.raises(ValueError, match="reason"):
                deciding.decide([comment.pk], Act.REMOVE, moderator, reason=reason)
        assert state(comment) == ("held", "")

    def test_what_a_colleague_decided_meanwhile_stays(self, moderator):
        comment = make_comment(state="held")
        deciding.decide([comment.pk], Act.REMOVE, moderator, reason="abuse", seen="held")
        outcome = deciding.decide([comment.pk], Act.APPROVE, moderator, seen="held")
        assert state(comment) == ("removed", "abuse")
        assert not outcome.changed
        assert "removed by now" in outcome.left[0]

    def test_many_at_one_stroke_are_undone_at_one(self, moderator):
        held = [make_comment(state="held") for _ in range(3)]
        spam = make_comment(state="spam")
        outcome = deciding.decide([c.pk for c in [*held, spam]], Act.APPROVE, moderator)
        assert Comment.objects.filter(state="approved").count() == 4
        deciding.undo(outcome.batch, moderator)
        assert [state(c)[0] for c in [*held, spam]] == ["held", "held", "held", "spam"]

    def test_undo_leaves_what_was_decided_anew(self, moderator):
        one, two = make_comment(state="held"), make_comment(state="held")
        outcome = deciding.decide([one.pk, two.pk], Act.APPROVE, moderator)
        deciding.decide([two.pk], Act.SPAM, moderator)
        undone = deciding.undo(outcome.batch, moderator)
        assert (state(one)[0], state(two)[0]) == ("held", "spam")
        assert "stays spam" in undone.left[0]

    def test_undo_happens_once(self, moderator):
        comment = make_comment(state="held")
        outcome = deciding.decide([comment.pk], Act.APPROVE, moderator)
        deciding.undo(outcome.batch, moderator)
        deciding.decide([comment.pk], Act.APPROVE, moderator)
        assert not deciding.undo(outcome.batch, moderator).changed
        assert state(comment)[0] == "approved"

    def test_undo_does_not_stand_in_its_own_way(self, moderator):
        first, second = make_comment(state="held"), make_comment(state="held")
        deciding.decide([first.pk], Act.APPROVE, moderator)
        outcome = deciding.decide([second.pk], Act.APPROVE, moderator)
        second.delete()
        assert not deciding.undo(outcome.batch, moderator).changed
        assert Entry.objects.filter(undoes=outcome.batch).exists()

    def test_an_answer_is_not_undone(self, moderator):
        deciding.answer(make_comment(), "We have asked.", moderator)
        batch = Entry.objects.get(act=Act.ANSWER).batch
        assert "nothing to undo" in deciding.undo(batch, moderator).left[0]
        assert Comment.objects.filter(state="approved").count() == 2

    def test_what_is_gone_is_not_said_to_be_approved(self, moderator):
        outcome = deciding.decide([99], Act.APPROVE, moderator, seen="held")
        assert outcome.left == ["This comment is no longer here."]

    def test_of_two_at_once_the_second_leaves_what_the_first_decided(self, moderator):
        shown_at = timezone.now()
        comments = [make_comment(state="held", state_since=shown_at - dt.timedelta(days=1)) for _ in range(3)]
        ids = [comment.pk for comment in comments]
        deciding.decide(ids[:2], Act.APPROVE, moderator)
        outcome = deciding.decide(ids, Act.REMOVE, moderator, reason="abuse", shown_at=shown_at)
        assert [state(comment)[0] for comment in comments] == ["approved", "approved", "removed"]
        assert len(outcome.kept) == 2

    def test_undo_opens_the_old_reports_and_keeps_the_new(self, moderator):
        comment = make_comment(open_reports=1)
        Report.objects.create(comment=comment, reason="abuse")
        outcome = deciding.decide([comment.pk], Act.APPROVE, moderator)
        Report.objects.create(comment=comment, reason="other", words="Urgent")
        Comment.objects.update(open_reports=1)
        deciding.undo(outcome.batch, moderator)
        comment.refresh_from_db()
        assert comment.open_reports == Report.objects.filter(settled_at=None).count() == 2

    def test_undo_when_the_same_network_has_reported_again(self, moderator):
        comment = make_comment(open_reports=1)
        Report.objects.create(comment=comment, reason="abuse", writer="ab")
        outcome = deciding.decide([comment.pk], Act.APPROVE, moderator)
        Report.objects.create(comment=comment, reason="abuse", writer="ab")
        deciding.undo(outcome.batch, moderator)
        comment.refresh_from_db()
        assert comment.open_reports == 1

    def test_notes_are_added_to_notes(self, moderator):
        comment = make_comment(state="held", note="Wrote before.")
        deciding.decide([comment.pk], Act.SPAM, moderator, note="And again.")
        comment.refresh_from_db()
        assert comment.note == "Wrote before.\nAnd again."

    def test_undoing_what_never_was_changes_nothing(self, moderator):
        assert not deciding.undo(uuid.uuid4(), moderator).changed

    def test_a_decision_settles_the_reports_and_undo_opens_them_again(self, moderator):
        comment = make_comment(open_reports=1)
        report = Report.objects.create(comment=comment, reason="abuse")
        outcome = deciding.decide([comment.pk], Act.APPROVE, moderator)
        comment.refresh_from_db()
        report.refresh_from_db()
        assert comment.open_reports == 0
        assert report.settled_at
        deciding.undo(outcome.batch, moderator)
        comment.refresh_from_db()
        assert comment.open_reports == 1
        assert not Comment.objects.waiting().exclude(pk=comment.pk).exists()

    def test_of_a_forgotten_comment_nothing_comes_back(self, moderator):
        comment = make_comment()
        make_comment(comment.post, parent=comment)
        Comment.objects.filter(pk=comment.pk).forget()
        assert not deciding.decide([comment.pk], Act.APPROVE, moderator).changed


class TestBans:
    def test_a_ban_takes_what_the_comment_shows(self, moderator):
        comment = make_comment(body="See https://www.loans.example/x", name="Best LOANS", state="held")
        deciding.ban([comment], ["name", "host"], moderator, days=30)
        assert set(Ban.objects.values_list("kind", "pattern")) == {("name", "best loans"), ("host", "loans.example")}
        assert state(comment)[0] == "spam"
        assert Ban.objects.first().until > timezone.now() + dt.timedelta(days=29)

    def test_a_network_is_banned_no_longer_than_it_can_be_known(self, moderator):
        today = timezone.now().astimezone(dt.UTC).date()
        key = PrefixKey.objects.create(day=today)
        comment = make_comment(writer="ab" * 32, state="held")
        deciding.ban([comment], ["network"], moderator, days=90)
        assert Ban.objects.get().until == key.begins_at + KEY_LIVES

    def test_undo_lifts_the_ban(self, moderator):
        comment = make_comment(name="Best", state="held")
        outcome = deciding.ban([comment], ["name"], moderator, days=30)
        deciding.undo(outcome.batch, moderator)
        assert not Ban.objects.exists()
        assert state(comment)[0] == "held"

    def test_a_ban_on_what_is_spam_already_can_be_undone_too(self, moderator):
        comment = make_comment(name="Best", state="spam")
        outcome = deciding.ban([comment], ["name"], moderator, days=30)
        deciding.undo(outcome.batch, moderator)
        assert not Ban.objects.exists()
        assert not deciding.undo(outcome.batch, moderator).changed

    def test_a_ban_that_lasts_longer_stays(self, moderator):
        later = timezone.now() + dt.timedelta(days=900)
        Ban.objects.create(kind="name", pattern="best", until=later, note="For long")
        outcome = deciding.ban([make_comment(name="Best")], ["name"], moderator, days=30)
        deciding.undo(outcome.batch, moderator)
        assert (Ban.objects.get().until, Ban.objects.get().note) == (later, "For long")

    def test_undo_ends_a_ban_that_was_made_longer_as_before(self, moderator):
        soon = timezone.now() + dt.timedelta(days=1)
        Ban.objects.create(kind="name", pattern="best", until=soon)
        outcome = deciding.ban([make_comment(name="Best", state="spam")], ["name"], moderator, days=300)
        assert Ban.objects.get().until > soon
        assert deciding.undo(outcome.batch, moderator).lifted == 1
        assert Ban.objects.get().until == soon

    def test_a_ban_that_is_over_is_made_anew_and_undone(self, moderator):
        Ban.objects.create(kind="name", pattern="best", until=timezone.now() - dt.timedelta(hours=1))
        outcome = deciding.ban([make_comment(name="Best")], ["name"], moderator, days=30)
        deciding.undo(outcome.batch, moderator)
        assert not Ban.objects.exists()

    def test_undoing_one_ban_leaves_a_later_one_of_the_same(self, moderator):
        first = deciding.ban([make_comment(name="Best")], ["name"], moderator, days=30)
        deciding.ban([make_comment(name="Best")], ["name"], moderator, days=300)
        deciding.undo(first.batch, moderator)
        assert Ban.objects.get().until > timezone.now() + dt.timedelta(days=299)

    def test_a_ban_leaves_what_a_colleague_decided_meanwhile(self, moderator):
        comment = make_comment(name="Best")
        outcome = deciding.ban([comment], ["name"], moderator, days=30, seen="held")
        assert outcome.kept == [comment]
        assert state(comment)[0] == "approved"
        assert not Ban.objects.exists()

    def test_a_later_ban_of_the_same_moves_its_end(self, moderator):
        for days in (1, 30):
            deciding.ban([make_comment(name="Best")], ["name"], moderator, days=days)
        assert Ban.objects.get().until > timezone.now() + dt.timedelta(days=29)


class TestLearning:
    def test_decisions_teach_the_words_and_undo_unteaches_them(self, moderator):
        ham = [make_comment(body=f"The report on refugees, part {n}", state="held") for n in range(25)]
        spam = [make_comment(body=f"Cheap loans and pills, offer {n}", state="held") for n in range(25)]
        deciding.decide([c.pk for c in ham], Act.APPROVE, moderator)
        outcome = deciding.decide([c.pk for c in spam], Act.SPAM, moderator)

        def score_of(text: str) -> float | None:
            return score(*known(telling_words(submission_of(Comment(body=text, body_html=f"<p>{text}</p>")))))

        assert score_of("Cheap pills") > 0.98
        assert score_of("A report on refugees") < 0.02
        deciding.undo(outcome.batch, moderator)
        assert score_of("Cheap pills") is None
        assert WordCount.objects.get(key=0).spam == 0

    def test_changing_ones_mind_counts_once(self, moderator):
        comment = make_comment(state="held", body="Only words")
        for act in (Act.APPROVE, Act.SPAM, Act.APPROVE, Act.SPAM):
            deciding.decide([comment.pk], act, moderator)
        assert WordCount.objects.get(key=0).approved == 0
        assert WordCount.objects.get(key=0).spam == 1

    def test_no_word_can_be_read_from_what_was_learnt(self, moderator):
        comment = make_comment(state="held", body="unmistakable")
        deciding.decide([comment.pk], Act.APPROVE, moderator)
        assert {field.get_internal_type() for field in WordCount._meta.fields} == {"BigIntegerField", "IntegerField"}


class TestAnswering:
    def test_an_answer_appears_with_the_mark_of_the_desk(self, moderator):
        comment = make_comment(state="held")
        reply = deciding.answer(comment, "We have *asked*.", moderator)
        assert (reply.state, reply.is_editorial, reply.parent) == ("approved", True, comment)
        assert reply.name == "Human Traffic Watch"  # a login name is not for readers
        assert state(comment)[0] == "approved"

    def test_an_editor_who_may_not_moderate_answers_without_approving(self, editor):
        comment = make_comment(state="held")
        deciding.answer(comment, "We have asked.", editor)
        assert state(comment)[0] == "held"

    def test_a_form_sent_twice_answers_once(self, moderator):
        comment = make_comment()
        for _ in range(2):
            deciding.answer(comment, "We have asked.", moderator, once="form")
        assert Comment.objects.filter(is_editorial=True).count() == 1

    @pytest.mark.parametrize(("hidden", "reason"), [("spam", ""), ("removed", "abuse")])
    def test_what_nobody_sees_cannot_be_answered(self, moderator, hidden, reason):
        comment = make_comment(state=hidden, removal_reason=reason)
        with pytest.raises(ValidationError, match="not to be seen"):
            deciding.answer(comment, "We have asked.", moderator)

    def test_who_has_a_name_answers_under_it(self, editor):
        editor.first_name, editor.last_name = "Edith", "Ko"
        assert deciding.answer(make_comment(), "We have asked.", editor).name == "Edith Ko"

    @pytest.mark.parametrize("text", ["", "   ", "x" * 5001])
    def test_no_answer_without_words(self, moderator, text):
        with pytest.raises(ValidationError):
            deciding.answer(make_comment(), text, moderator)
        assert Comment.objects.count() == 1


class TestEditing:
    def test_it_leaves_what_a_colleague_decided_meanwhile(self, moderator):
        stale = make_comment(state="held")
        deciding.decide([stale.pk], Act.APPROVE, moderator)
        stale.body = "Without the number."
        deciding.edit(stale, moderator, ["body"])
        stored = Comment.objects.get()
        assert (stored.state, stored.body_html) == ("approved", "<p>Without the number.</p>")


class TestTheLog:
    def test_it_is_only_ever_added_to(self, moderator):
        deciding.decide([make_comment(state="held").pk], Act.APPROVE, moderator)
        entry = Entry.objects.get()
        entry.note = "Never happened"
        for change in (entry.save, entry.delete, Entry.objects.all().delete, lambda: Entry.objects.update(note="")):
            with pytest.raises(TypeError, match="never"):
                change()

    def test_it_outlives_the_comment_and_the_moderator(self, moderator):
        comment = make_comment(state="held")
        deciding.decide([comment.pk], Act.SPAM, moderator)
        comment.delete()
        moderator.delete()
        assert Entry.objects.get().actor == "mo"


@pytest.mark.parametrize(
    "fields", [{"state": "lost"}, {"state": "removed"}, {"state": "held", "removal_reason": "abuse"}]
)
def test_the_database_knows_the_states(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_comment(**fields)
