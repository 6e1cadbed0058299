"""The form of a post: its buttons, in every state and for every role; and what happens to two at once."""

import datetime as dt
import itertools

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone

from posts.life import TRANSITIONS, WHILE_SCHEDULED, Act, Reason, State
from posts.models import Correction, FormerAddress, Note, Post, PostEntry
from tests.factories import make_post
from tests.posts.test_admin import ADD, errors_of, filled

pytestmark = pytest.mark.django_db

BUTTONS = {
    "_save": None, "_submit": Act.SUBMIT, "_publish": Act.PUBLISH, "_schedule": Act.SCHEDULE, "_correct": Act.CORRECT,
    "_withdraw": Act.WITHDRAW, "_redraft": Act.REDRAFT, "_takedown": Act.TAKE_DOWN,
}  # fmt: skip
STATES = ("draft", "review", "scheduled", "published", "withdrawn", "trash", "removed")
TO_COME = timezone.localtime() + dt.timedelta(days=30)


@pytest.fixture
def writer(db) -> User:
    return staff("will", "Writers")


def staff(name: str, group: str) -> User:
    user = User.objects.create_user(name, password="secret", is_staff=True)
    user.groups.set(Group.objects.filter(name=group))
    return user


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def change(post: Post) -> str:
    return f"/admin/posts/post/{post.pk}/change/"


def post_in(state: str, **fields) -> Post:
    """Return a post that came into this state as posts do."""
    if state in ("draft", "review"):
        post = make_post("Boats", draft=True, **fields)
        if state == "review":
            post.submit()
        return post
    post = make_post("Boats", at=TO_COME if state == "scheduled" else "2013-03-31 15:17", **fields)
    if state in ("withdrawn", "removed"):
        post.withdraw(Reason.ERROR)
    if state == "trash":
        post.trash()
    if state == "removed":
        post.take_down(Reason.LEGAL)
    return post


def typed(post: Post, button: str, **fields) -> dict:
    """Return what a browser sends when this button is pressed on the post's form as it stands."""
    said = {
        "title": post.title, "slug": post.slug, "body": post.body, "version": str(post.version), "warned": "",
        "editor": post.editor_id or "",
    }  # fmt: skip
    if post.published_at:
        at = timezone.localtime(post.published_at)
        said |= {"published_at_0": f"{at:%Y-%m-%d}", "published_at_1": f"{at:%H:%M:%S}"}
    return filled(**{**said, button: "x", **fields})


def needed_for(button: str) -> dict:
    """Return what a button asks for beside itself."""
    date = {"published_at_0": f"{TO_COME:%Y-%m-%d}", "published_at_1": f"{TO_COME:%H:%M}"}
    return {
        "_schedule": date, "_correct": {"correction": "Seven, not eight."}, "_withdraw": {"reason": "error"},
        "_takedown": {"reason": "legal", "is_sure": "on"},
    }.get(button, {})  # fmt: skip


def press(client: Client, post: Post, button: str, **fields):
    return client.post(change(post), typed(Post.objects.get(pk=post.pk), button, **fields))


def after(button: str, state: str) -> str | None:
    """Return the state to which the table in posts.life leads; None where the button is not open."""
    act = BUTTONS[button]
    stored = State.PUBLISHED if state == "scheduled" else State(state)
    if state == "removed":
        return None
    if act is None:
        return stored
    if (act, stored) in WHILE_SCHEDULED and state != "scheduled":
        return None
    return TRANSITIONS[act].get(stored)


class TestEveryButton:
    @pytest.mark.parametrize(("button", "state"), list(itertools.product(BUTTONS, STATES)))
    def test_an_editor_does_what_the_table_allows_and_nothing_else(self, editor_client, editor, button, state):
        post = post_in(state, editor=editor)
        before = PostEntry.objects.count()
        fields = needed_for(button) | {"body": "My new words"}
        if (button, state) == ("_correct", "scheduled"):
            pytest.skip("nobody has read it yet: see the test below")
        response = press(editor_client, post, button, **fields)
        expected = after(button, state)
        post.refresh_from_db()
        if state == "removed":
            assert response.status_code == 403
            return
        if expected is None:
            assert errors_of(response)
            assert "My new words" in response.content.decode()
            assert post.body == "Some words."
            assert PostEntry.objects.count() == before
            return
        assert response.status_code == 302, errors_of(response)
        assert post.state == expected
        assert post.body == ("" if button == "_takedown" else "My new words")
        if BUTTONS[button]:
            entry = PostEntry.objects.first()
            assert (entry.act, entry.actor, entry.after) == (BUTTONS[button], "edith", expected)

    @pytest.mark.parametrize(("button", "state"), list(itertools.product(BUTTONS, STATES)))
    def test_a_writer_writes_and_submits_drafts_of_their_own_and_nothing_else(self, writer, button, state):
        post = post_in(state, editor=writer)
        response = press(client_of(writer), post, button, **needed_for(button), body="My new words")
        post.refresh_from_db()
        if state not in ("draft", "review"):
            assert response.status_code == 403
            assert post.body != "My new words"
        elif button == "_save" or after(button, state) in (State.DRAFT, State.REVIEW):
            assert response.status_code == 302
            assert post.state == after(button, state)
        else:
            assert errors_of(response)
            assert "My new words" in response.content.decode()
            assert (post.state, post.body) == (state, "Some words.")

    @pytest.mark.parametrize("button", BUTTONS)
    def test_a_writer_has_no_hand_in_anothers_draft(self, writer, editor, button):
        post = post_in("draft", editor=editor)
        response = press(client_of(writer), post, button, **needed_for(button), body="Mine now")
        assert response.status_code == 302
        assert response["Location"] == "/admin/"  # where Django leads from a row that is not in the list
        post.refresh_from_db()
        assert (post.state, post.body) == ("draft", "Some words.")

    @pytest.mark.parametrize("button", BUTTONS)
    def test_a_moderator_has_none_in_any(self, moderator, button):
        post = post_in("draft")
        assert press(client_of(moderator), post, button, **needed_for(button)).status_code in (302, 403)
        assert client_of(moderator).post(ADD, filled(title="x", **{button: "x"})).status_code == 403
        assert Post.objects.get().state == "draft"

    @pytest.mark.parametrize("state", STATES[:-1])
    def test_the_buttons_that_are_shown_are_the_ones_that_work(self, editor_client, editor, state):
        post = post_in(state, editor=editor)
        page = editor_client.get(change(post)).content.decode()
        shown = {button for button in BUTTONS if f'name="{button}"' in page}
        useful = {button for button in BUTTONS if after(button, state) is not None}
        assert shown <= useful
        assert "_save" in shown

    @pytest.mark.parametrize("button", ["_correct", "_withdraw", "_redraft", "_takedown"])
    def test_a_new_post_can_only_be_saved_submitted_or_published(self, editor_client, button):
        response = editor_client.post(ADD, filled(title="x", body="All of it", **{button: "x"}, **needed_for(button)))
        assert errors_of(response)
        assert "All of it" in response.content.decode()
        assert not Post.objects.exists()

    def test_a_writer_publishes_no_new_post(self, writer):
        response = client_of(writer).post(ADD, filled(title="x", body="All of it", _publish="x"))
        assert "Only editors publish" in str(errors_of(response))
        assert not Post.objects.exists()

    def test_what_nobody_has_read_needs_no_correction(self, editor_client):
        post = post_in("scheduled")
        response = press(editor_client, post, "_correct", correction="Seven, not eight.")
        assert "Nobody has read this" in str(errors_of(response))
        assert not Correction.objects.exists()


class TestWhatAButtonAsksFor:
    def test_a_correction_needs_its_words(self, editor_client):
        post = post_in("published")
        response = press(editor_client, post, "_correct", body="Better")
        assert "correction" in errors_of(response)
        assert Post.objects.get().body == "Some words."

    def test_words_of_a_correction_are_not_saved_in_silence(self, editor_client):
        post = post_in("published")
        response = press(editor_client, post, "_save", correction="Seven.")
        assert "press Save and correct" in str(errors_of(response)["correction"])

    @pytest.mark.parametrize("button", ["_withdraw", "_takedown"])
    def test_ending_needs_a_reason(self, editor_client, button):
        post = post_in("published")
        response = press(editor_client, post, button, is_sure="on", body="My words")
        assert "reason" in errors_of(response)
        assert "My words" in response.content.decode()
        response = press(editor_client, post, button, is_sure="on", reason="nonsense")
        assert "reason" in errors_of(response)
        assert Post.objects.get().is_public

    def test_taking_down_needs_to_be_sure(self, editor_client):
        post = post_in("published")
        response = press(editor_client, post, "_takedown", reason="legal")
        assert "is_sure" in errors_of(response)
        assert Post.objects.get().body == "Some words."

    def test_who_withdraws_why_and_with_which_note_stands_in_the_log(self, editor_client):
        post = post_in("published")
        press(editor_client, post, "_withdraw", reason="protection", act_note="She asked us to")
        entry = PostEntry.objects.first()
        assert (entry.actor, entry.reason, entry.note) == ("edith", "protection", "She asked us to")
        assert (entry.before, entry.after) == ("published", "withdrawn")

    def test_correct_says_so_above_the_text_and_update_does_not(self, editor_client):
        post = post_in("published")
        press(editor_client, post, "_save", body="Silently better")
        post.refresh_from_db()
        assert (post.corrections_html, PostEntry.objects.first().act) == ("", "update")
        press(editor_client, post, "_correct", correction="Seven, not <b>eight</b>.", body="Seven.")
        post.refresh_from_db()
        assert "Seven, not &lt;b&gt;eight&lt;/b&gt;." in post.corrections_html
        assert PostEntry.objects.first().act == "correct"
        assert post.body == "Seven."

    def test_saving_a_public_post_as_it_is_is_no_update(self, editor_client):
        post = post_in("published")
        before = PostEntry.objects.count()
        assert press(editor_client, post, "_save", seal="x").status_code == 302
        assert PostEntry.objects.count() == before

    def test_taking_down_leaves_a_stub(self, editor_client):
        post = post_in("published", excerpt="In short")
        Note.objects.create(post=post, text="x", by_name="y")
        press(editor_client, post, "_takedown", reason="legal", is_sure="on")
        post.refresh_from_db()
        assert (post.state, post.title, post.body, post.excerpt, post.slug) == ("removed", "", "", "", "boats")
        assert (post.notes.count(), post.history.count()) == (0, 0)
        assert editor_client.get(change(post)).status_code == 200  # to be read

    def test_a_note_is_said_once_and_to_editors_only(self, editor_client):
        post = post_in("published")
        press(editor_client, post, "_save", new_note="Call her <first>")
        page = editor_client.get(change(post)).content.decode()
        assert "Call her &lt;first&gt;" in page
        assert page.count("Call her") == 1
        assert "Call her" not in Client().get(post.get_absolute_url()).content.decode()

    def test_handing_over_is_logged_and_only_to_those_who_write(self, editor_client, moderator):
        post, other = post_in("draft"), staff("otto", "Editors")
        press(editor_client, post, "_save", editor=other.pk)
        entry = PostEntry.objects.first()
        assert (entry.act, entry.note) == ("handover", "to otto")
        response = press(editor_client, post, "_save", editor=moderator.pk)
        assert "editor" in errors_of(response)

    def test_a_writer_hands_nothing_over(self, writer, editor):
        post = post_in("draft", editor=writer)
        press(client_of(writer), post, "_save", editor=editor.pk, review_on="2100-01-01")
        post.refresh_from_db()
        assert (post.editor, post.review_on) == (writer, None)


class TestHolding:
    def test_a_held_post_is_seen_by_nobody_until_it_is_released(self, editor_client):
        post = post_in("published")
        address = post.get_absolute_url()
        press(editor_client, post, "_save", review_on="2100-01-01")
        assert PostEntry.objects.first().act == "hold"
        assert Client().get(address).status_code in (404, 410)
        assert "Boats" not in Client().get("/").content.decode()
        press(editor_client, post, "_save")
        assert PostEntry.objects.first().act == "release"
        assert Client().get(address).status_code == 200

    def test_a_day_that_has_passed_is_refused_unless_it_stood_there(self, editor_client):
        post = post_in("draft")
        response = press(editor_client, post, "_save", review_on="2020-01-01", body="My words")
        assert "This day has passed" in str(errors_of(response)["review_on"])
        assert "My words" in response.content.decode()
        Post.objects.update(review_on="2020-01-01")
        assert press(editor_client, post, "_save", review_on="2020-01-01").status_code == 302


class TestSecondPairOfEyes:
    def test_who_wrote_a_sensitive_post_does_not_publish_it_and_another_does(self, editor_client, editor):
        editor_client.post(ADD, filled(title="Boats", body="Words", is_sensitive="on", _save="x"))
        post = Post.objects.get()
        response = press(editor_client, post, "_publish", is_sensitive="on")
        assert "second pair of eyes" in str(errors_of(response)["is_sensitive"])
        response = press(editor_client, post, "_publish")
        assert "another editor takes this mark away" in str(errors_of(response)["is_sensitive"])
        other = client_of(staff("otto", "Editors"))
        assert press(other, post, "_publish", is_sensitive="on").status_code == 302
        assert Post.objects.get().is_public

    def test_a_last_change_by_the_other_makes_them_its_writer(self, editor_client):
        editor_client.post(ADD, filled(title="Boats", body="Words", is_sensitive="on", _save="x"))
        other = client_of(staff("otto", "Editors"))
        response = press(other, Post.objects.get(), "_publish", is_sensitive="on", body="Words of mine")
        assert "second pair of eyes" in str(errors_of(response)["is_sensitive"])

    def test_a_new_sensitive_post_is_not_published_at_once(self, editor_client):
        response = editor_client.post(ADD, filled(title="Boats", is_sensitive="on", _publish="x"))
        assert "is_sensitive" in errors_of(response)


class TestTwoAtOnce:
    @pytest.mark.parametrize("button", BUTTONS)
    def test_a_stale_form_is_refused_on_every_button_with_both_texts(self, editor_client, button):
        post = post_in(next(state for state in ("published", "draft", "withdrawn") if after(button, state)))
        mine = typed(post, button, body="All that I typed", **needed_for(button))
        post.title = "Theirs"
        post.body = "What they wrote"
        post.save()
        response = editor_client.post(change(post), mine)
        assert "Somebody has saved this post since" in str(errors_of(response))
        page = response.content.decode()
        assert "What is stored now, and what you typed" in page
        assert "All that I typed" in page
        assert "<del>" in page
        post.refresh_from_db()
        assert (post.body, post.title) == ("What they wrote", "Theirs")
        # Told once, the next press counts.
        again = {**mine, "version": response.context["adminform"].form["version"].value()}
        assert editor_client.post(change(post), again).status_code == 302

    def test_the_same_form_sent_twice_saves_once(self, editor_client):
        post = post_in("draft")
        mine = typed(post, "_save", body="Mine", new_note="A word")
        assert editor_client.post(change(post), mine).status_code == 302
        version, revisions = Post.objects.get().version, post.history.count()
        assert editor_client.post(change(post), mine).status_code == 302
        assert (Post.objects.get().version, post.history.count()) == (version, revisions)
        assert Note.objects.count() == 1

    @pytest.mark.parametrize("button", ["_publish", "_submit"])
    def test_back_and_the_same_button_once_more_does_it_once(self, editor_client, button):
        post = post_in("draft")
        mine = typed(post, button, body="Mine")
        assert editor_client.post(change(post), mine).status_code == 302
        before = Post.objects.get().published_at, PostEntry.objects.count()
        editor_client.post(change(post), mine)
        assert (Post.objects.get().published_at, PostEntry.objects.count()) == before
        assert Post.objects.get().body == "Mine"

    @pytest.mark.parametrize("button", ["_save", "_publish", "_submit", "_schedule"])
    def test_a_form_for_a_new_post_sent_twice_makes_one(self, editor_client, button):
        form = editor_client.get(ADD).context["adminform"].form
        carried = {"seal": form["seal"].value(), "version": "0", "warned": ""}
        mine = filled(title="Once", body="Mine", **carried, **{button: "x"}, **needed_for(button))
        assert editor_client.post(ADD, mine).status_code == 302
        editor_client.post(ADD, mine)
        assert Post.objects.count() == 1
        assert PostEntry.objects.count() == (0 if button == "_save" else 1)

    def test_back_to_a_new_form_and_on_is_shown_what_stands_there(self, editor_client):
        form = editor_client.get(ADD).context["adminform"].form
        carried = {"seal": form["seal"].value(), "version": "0"}
        editor_client.post(ADD, filled(title="Once", body="First", **carried, _save="x"))
        response = editor_client.post(ADD, filled(title="Once", body="First and second", **carried, _save="x"))
        assert "since you opened it" in str(errors_of(response))
        assert "First and second" in response.content.decode()
        assert Post.objects.get().body == "First"

    @pytest.mark.parametrize("odd", ["x", "", "-1", "9" * 30, "\x00", "1.5"])
    def test_an_odd_version_is_no_fault(self, editor_client, odd):
        post = post_in("draft")
        assert editor_client.post(change(post), {**typed(post, "_save"), "version": odd}).status_code in (200, 302)


def former(post: Post) -> set[str]:
    """Return the addresses that lead to the post: each of them straight to where it is now."""
    return {str(each) for each in FormerAddress.objects.filter(post=post)}


class TestAddressesKeep:
    def move(self, client, post: Post, slug: str, day: str = "2013-03-31"):
        response = press(client, post, "_save", slug=slug, published_at_0=day)
        post.refresh_from_db()
        return response

    def test_a_changed_slug_or_date_leads_on_in_one_hop(self, editor_client):
        post = post_in("published")
        self.move(editor_client, post, "ships")
        self.move(editor_client, post, "ships", "2014-01-01")
        self.move(editor_client, post, "vessels", "2014-01-01")
        assert former(post) == {"2013-03-31/boats", "2013-03-31/ships", "2014-01-01/ships"}
        assert post.get_absolute_url() == "/2014/01/01/vessels/"

    def test_there_and_back_again(self, editor_client):
        post = post_in("published")
        self.move(editor_client, post, "ships")
        self.move(editor_client, post, "boats")
        assert Client().get("/2013/03/31/boats/").status_code == 200
        assert former(post) == {"2013-03-31/ships"}

    def test_no_post_takes_an_address_that_leads_to_another(self, editor_client):
        first = post_in("published")
        self.move(editor_client, first, "ships")
        second = make_post("Second", at="2013-03-31 10:00")
        response = self.move(editor_client, second, "boats")
        assert "leads to another post" in str(errors_of(response)["slug"])
        assert former(first) == {"2013-03-31/boats"}

    def test_a_draft_leaves_none(self, editor_client):
        post = post_in("draft", slug="boats")
        press(editor_client, post, "_save", slug="ships")
        assert not FormerAddress.objects.exists()

    def test_what_was_only_scheduled_leaves_none(self, editor_client):
        post = post_in("scheduled")
        press(editor_client, post, "_save", slug="ships")
        assert not FormerAddress.objects.exists()
