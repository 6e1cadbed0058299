"""One act over many posts."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from posts import bulking
from posts.bulking import NOT_OPEN
from posts.life import OTHER_EYES, Act
from posts.models import BulkJob, FormerAddress, Post, PostEntry, Tag, Tally
from posts.models.bulk import STUCK_AFTER
from tests.factories import make_category, make_link, make_post, make_source

LIST = "/admin/posts/post/"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch):
    monkeypatch.setattr(bulking, "PAUSE", 0)


@pytest.fixture
def writer(db) -> User:
    user = User.objects.create_user("will", password="secret", is_staff=True)
    user.groups.set(Group.objects.filter(name="Writers"))
    return user


def choose(client, action: str, posts, query: str = "", across: bool = False) -> str:
    """Choose the act from the list's menu; return the address of its page."""
    data = {
        "action": action,
        "_selected_action": [post.pk for post in posts],
        "index": "0",
        "select_across": "1" if across else "0",
    }
    response = client.post(LIST + query, data)
    assert response.status_code == 302, response.context["messages"]
    return response["Location"]


def act(client, action: str, posts, **data) -> BulkJob:
    """Choose the act and give what it asks for; return the job."""
    address = choose(client, action, posts, query="?status=trash" if "delete" in data.pop("of", "") else "")
    client.post(address, data)
    return BulkJob.objects.latest("pk")


def result(job: BulkJob) -> tuple[int, int, int]:
    return job.done, job.unchanged, job.refused


def sentences(job: BulkJob) -> list[str]:
    return list(job.refusals.values_list("sentence", flat=True))


class TestActs:
    def test_publish_now_publishes_drafts_and_leaves_what_is_public(self, editor_client):
        draft, public = make_post(draft=True), make_post(at="2020-01-02 03:04")
        later = make_post(at=timezone.now() + dt.timedelta(days=3))
        moment = public.published_at
        job = act(editor_client, "bulk_publish", [draft, public, later])
        assert result(job) == (2, 1, 0)
        assert Post.objects.published().count() == 3
        public.refresh_from_db()
        assert public.published_at == moment

    def test_publishing_keeps_a_past_date_that_was_typed(self, editor_client):
        at = timezone.now() - dt.timedelta(days=30)
        draft = make_post(draft=True, published_at=at)
        act(editor_client, "bulk_publish", [draft])
        assert Post.objects.get().published_at == at

    def test_nothing_is_published_of_a_post_that_says_nothing(self, editor_client):
        job = act(editor_client, "bulk_publish", [make_post("", body="", draft=True)])
        assert sentences(job) == [bulking.NOTHING_TO_PUBLISH]

    def test_withdraw_says_why(self, editor_client, client):
        post, draft = make_post(), make_post(draft=True)
        address = choose(editor_client, "bulk_withdraw", [post, draft])
        refused = editor_client.post(address, {"reason": "", "note": ""})
        assert "Say why" in refused.content.decode()
        assert Post.objects.get(pk=post.pk).state == "published"
        editor_client.post(address, {"reason": "legal", "note": "A letter came."})
        post.refresh_from_db()
        assert (post.state, post.reason) == ("withdrawn", "legal")
        entry = PostEntry.objects.get(post_id=post.pk, act=Act.WITHDRAW)
        assert (entry.note, entry.actor) == ("A letter came.", "edith")
        assert result(BulkJob.objects.get()) == (1, 0, 1)

    def test_back_to_draft_and_into_review(self, editor_client):
        review = make_post(draft=True)
        review.submit()
        public, draft = make_post(), make_post(draft=True)
        job = act(editor_client, "bulk_redraft", [review, public, draft])
        assert result(job) == (1, 1, 1)
        assert "withdraw it, and say why" in sentences(job)[0]
        job = act(editor_client, "bulk_submit", [review, draft])
        assert result(job) == (2, 0, 0)
        assert set(Post.objects.filter(state="review")) == {review, draft}

    def test_adding_tags_finds_them_by_name_and_makes_one_revision(self, editor_client):
        has, has_not = make_post(tags=["China"]), make_post(tags=["boats"])
        before = has.history.count(), has_not.history.count()
        job = act(editor_client, "bulk_add_tags", [has, has_not], tags=["china"])
        assert result(job) == (1, 1, 0)
        assert sorted(has_not.tags.values_list("name", flat=True)) == ["China", "boats"]
        assert (has.history.count(), has_not.history.count()) == (before[0], before[1] + 1)
        revision = has_not.history.first()
        assert revision.history_change_reason == "Bulk: tags added"
        assert revision.history_user.username == "edith"
        assert revision.filed["tags"] == ["boats", "China"]
        assert Tag.objects.get(name="China").tally.count == 2

    def test_tags_that_are_typed_with_commas_are_several(self, editor_client):
        post = make_post(draft=True)
        act(editor_client, "bulk_add_tags", [post], tags=["", "one, two"])
        assert set(post.tags.names()) == {"one", "two"}

    def test_more_tags_than_a_post_carries_are_refused(self, editor_client):
        post = make_post(tags=[f"tag {number}" for number in range(50)])
        job = act(editor_client, "bulk_add_tags", [post], tags=["one more"])
        assert "at most 50 tags" in sentences(job)[0]
        assert post.tags.count() == 50

    def test_removing_tags(self, editor_client):
        post, other = make_post(tags=["china", "boats"]), make_post()
        job = act(editor_client, "bulk_remove_tags", [post, other], tags=["China"])
        assert result(job) == (1, 1, 0)
        assert list(post.tags.names()) == ["boats"]
        assert Tag.objects.get(name="china").tally.count == 0
        assert post.history.first().filed["tags"] == ["boats"]

    def test_removing_a_tag_that_is_not_there_is_refused_at_the_field(self, editor_client):
        address = choose(editor_client, "bulk_remove_tags", [make_post(tags=["boats"])])
        response = editor_client.post(address, {"tags": ["bots"]})
        assert "There is no such tag: “bots”." in str(response.context["form"].errors["tags"])
        assert BulkJob.objects.get().state == "new"

    def test_categories_come_and_go_with_those_above_them(self, editor_client):
        parent = make_category("Traffic")
        child = make_category("Fishing", parent)
        post = make_post()
        job = act(editor_client, "bulk_add_categories", [post], categories=[child.pk])
        assert result(job) == (1, 0, 0)
        assert parent.tally.count == 1
        assert post.history.first().filed["categories"] == ["Fishing"]
        job = act(editor_client, "bulk_remove_categories", [post], categories=[child.pk])
        assert result(job) == (1, 0, 0)
        parent.tally.refresh_from_db()
        assert parent.tally.count == 0

    def test_the_outlet_is_set_but_against_no_page(self, editor_client):
        theirs, other = make_source("Theirs"), make_source("Other")
        free, cites = make_post(), make_post(link=make_link(theirs))
        job = act(editor_client, "bulk_set_source", [free, cites], source=other.pk)
        assert result(job) == (1, 0, 1)
        assert "belongs to Theirs" in sentences(job)[0]
        assert set(Post.objects.filter(source=other)) == {free}
        assert other.tally.count == 1

    def test_the_outlet_can_be_named_without_a_script(self, editor_client):
        source, post = make_source("NK News"), make_post()
        act(editor_client, "bulk_set_source", [post], source="", source_name="nk news")
        assert Post.objects.get().source == source

    def test_handing_over_is_logged(self, editor_client, writer):
        post = make_post(draft=True)
        version = post.version
        job = act(editor_client, "bulk_hand_over", [post], editor=writer.pk)
        post.refresh_from_db()
        assert (result(job), post.editor, post.version) == ((1, 0, 0), writer, version + 1)
        assert PostEntry.objects.get(act=Act.HAND_OVER).note == "to will"

    def test_into_the_trash_out_of_it_and_gone_for_good(self, editor_client):
        one, two = make_post(), make_post()
        job = act(editor_client, "delete_selected", [one, two])
        assert result(job) == (2, 0, 0)
        assert set(Post.objects.values_list("state", flat=True)) == {"trash"}
        address = choose(editor_client, "bulk_restore", [one], "?status=trash")
        editor_client.post(address)
        assert Post.objects.get(pk=one.pk).state == "draft"
        address = choose(editor_client, "bulk_delete", [two], "?status=trash")
        assert "Tick this if you are sure" in editor_client.post(address).content.decode()
        assert Post.objects.filter(pk=two.pk).exists()
        editor_client.post(address, {"is_sure": "on"})
        assert not Post.objects.filter(pk=two.pk).exists()
        assert FormerAddress.objects.exists()
        assert PostEntry.objects.filter(post_id=two.pk, act=Act.DELETE).exists()

    def test_what_was_restored_meanwhile_is_not_deleted(self, editor_client):
        post = make_post(draft=True)
        post.trash()
        address = choose(editor_client, "bulk_delete", [post], "?status=trash")
        post.redraft()
        editor_client.post(address, {"is_sure": "on"})
        assert sentences(BulkJob.objects.get()) == [bulking.NOT_IN_TRASH]
        assert Post.objects.filter(pk=post.pk).exists()

    def test_a_form_that_is_open_elsewhere_collides_afterwards(self, editor_client):
        post = make_post(draft=True)
        opened = editor_client.get(f"/admin/posts/post/{post.pk}/change/").context["adminform"].form
        act(editor_client, "bulk_add_tags", [post], tags=["new"])
        data = {"title": "Mine", "body": "Words.", "version": opened["version"].value(), "slug": "", "tags": []}
        response = editor_client.post(f"/admin/posts/post/{post.pk}/change/", data)
        assert "Somebody has saved this post" in response.content.decode()
        assert list(post.tags.names()) == ["new"]


class TestBefore:
    def test_it_says_how_many_and_what_will_not_be_touched(self, editor_client, editor):
        make_post("Known by its title", draft=True)
        make_post(draft=True, is_sensitive=True, written_by=editor)
        make_post(draft=True, review_on=dt.date(2099, 1, 1))
        make_post()
        address = choose(editor_client, "bulk_publish", Post.objects.all())
        page = editor_client.get(address).content.decode()
        assert "Publish now: 4 posts" in page
        assert "Draft: <strong>2</strong>" in page
        assert "Known by its title" in page
        assert "<strong>1</strong>: nothing to do" in page
        assert f"<strong>1</strong> will be refused: {OTHER_EYES}" in page
        assert "<strong>1</strong>: held back" in page
        assert Post.objects.published().count() == 1

    def test_only_the_first_are_named(self, editor_client):
        for _ in range(23):
            make_post(draft=True)
        page = editor_client.get(choose(editor_client, "bulk_publish", Post.objects.all())).content.decode()
        assert "and 3 more" in page

    def test_the_selection_stays_as_it_was_counted(self, editor_client):
        make_post("Boats one", draft=True)
        make_post("Other", draft=True)
        address = choose(editor_client, "bulk_publish", [make_post("Boats two", draft=True)], "?q=boats", across=True)
        late = make_post("Boats three", draft=True)
        editor_client.post(address)
        assert BulkJob.objects.get().total == 2
        assert set(Post.objects.published().values_list("title", flat=True)) == {"Boats one", "Boats two"}
        assert not Post.objects.published().filter(pk=late.pk).exists()

    def test_all_that_match_on_all_pages_are_chosen(self, editor_client):
        for _ in range(60):
            make_post(draft=True)
        make_post()
        chosen = list(Post.objects.filter(state="draft")[:2])
        choose(editor_client, "bulk_add_tags", chosen, "?status=draft", across=True)
        assert BulkJob.objects.get().total == 60

    def test_a_post_that_went_meanwhile_is_told(self, editor_client):
        post, stays = make_post(draft=True), make_post(draft=True)
        address = choose(editor_client, "bulk_publish", [post, stays])
        Post.objects.filter(pk=post.pk).delete()
        assert "No longer here: <strong>1</strong>" in editor_client.get(address).content.decode()
        editor_client.post(address)
        assert result(BulkJob.objects.get()) == (1, 0, 1)
        assert bulking.GONE in editor_client.get(address).content.decode()


class TestAfter:
    def test_one_that_is_refused_stops_nobody_and_is_named_with_a_link(self, editor_client, editor):
        bad = make_post("Sensitive", draft=True, is_sensitive=True, written_by=editor)
        good = make_post(draft=True)
        address = choose(editor_client, "bulk_publish", [bad, good])
        page = editor_client.post(address, follow=True).content.decode()
        assert OTHER_EYES in page
        assert f"/admin/posts/post/{bad.pk}/change/" in page
        assert set(Post.objects.published()) == {good}

    def test_sent_twice_and_reloaded_it_is_done_once(self, editor_client):
        post = make_post(draft=True)
        address = choose(editor_client, "bulk_add_tags", [post])
        for name in ("one", "two"):
            assert editor_client.post(address, {"tags": [name]}).status_code == 302
        editor_client.get(address)
        assert list(post.tags.names()) == ["one"]
        assert post.history.filter(history_change_reason__startswith="Bulk").count() == 1

    def test_a_refused_post_keeps_nothing_of_the_try(self, editor_client):
        theirs, other = make_source("Theirs"), make_source("Other")
        post = make_post(link=make_link(theirs))
        before = post.history.count(), PostEntry.objects.count()
        act(editor_client, "bulk_set_source", [post], source=other.pk)
        assert (post.history.count(), PostEntry.objects.count()) == before

    def test_a_fault_in_one_post_does_not_hold_up_the_others(self, editor_client, monkeypatch):
        odd, good = make_post("Odd", draft=True), make_post(draft=True)
        submit = Post.submit

        def breaks(post, **kwargs):
            if post.pk == odd.pk:
                raise RuntimeError("unheard of")
            submit(post, **kwargs)

        monkeypatch.setattr(Post, "submit", breaks)
        job = act(editor_client, "bulk_submit", [odd, good])
        assert (result(job), sentences(job)) == ((1, 0, 1), [bulking.FAULT])


class TestRights:
    def test_writers_have_their_own_drafts_and_do_not_publish(self, client, writer):
        client.force_login(writer)
        page = client.get(LIST)
        make_post(draft=True, editor=writer)
        page = client.get(LIST).content.decode()
        for action in ("bulk_publish", "bulk_withdraw", "bulk_hand_over"):
            assert f'value="{action}"' not in page
            client.post(LIST, {"action": action, "_selected_action": [Post.objects.get().pk], "index": "0"})
        assert not BulkJob.objects.exists()
        assert 'value="bulk_add_tags"' in page

    def test_a_writers_selection_never_reaches_others_posts(self, client, writer, editor):
        own = make_post(draft=True, editor=writer)
        foreign = make_post(draft=True, editor=editor)
        published = make_post(editor=writer)
        client.force_login(writer)
        job = act(client, "bulk_add_tags", [own, foreign, published], tags=["x"])
        assert (job.total, result(job), sentences(job)) == (2, (1, 0, 1), [NOT_OPEN])
        assert [post.tags.count() for post in (own, foreign, published)] == [1, 0, 0]

    def test_a_draft_handed_over_meanwhile_is_no_longer_the_writers(self, client, writer, editor):
        post = make_post(draft=True, editor=writer)
        client.force_login(writer)
        address = choose(client, "bulk_add_tags", [post])
        Post.objects.filter(pk=post.pk).update(editor=editor)
        client.post(address, {"tags": ["x"]})
        assert sentences(BulkJob.objects.get()) == [NOT_OPEN]

    def test_a_right_that_was_lost_meanwhile_is_lost(self, editor):
        jobs = BulkJob.objects.create(act="publish", by=editor, ids=[make_post(draft=True).pk], total=1)
        jobs.begin({}, "")
        editor.groups.clear()
        bulking.work(jobs.pk)
        assert sentences(jobs) == ["You may not do this any longer."]
        assert not Post.objects.published().exists()

    def test_who_was_switched_off_does_nothing_more(self, editor):
        job = BulkJob.objects.create(act="publish", by=editor, ids=[make_post(draft=True).pk], total=1)
        job.begin({}, "")
        User.objects.update(is_active=False)
        bulking.work(job.pk)
        job.refresh_from_db()
        assert (job.state, Post.objects.published().count()) == ("cancelled", 0)

    def test_nobody_has_anothers_job(self, editor_client, moderator):
        address = choose(editor_client, "bulk_publish", [make_post(draft=True)])
        other = User.objects.create_superuser("root")
        editor_client.force_login(other)
        assert editor_client.get(address).status_code == 404
        assert editor_client.post(address).status_code == 404
        editor_client.logout()
        assert editor_client.get(address).status_code == 302

    def test_moderators_have_no_such_menu(self, moderator_client):
        make_post()
        moderator_client.post(LIST, {"action": "bulk_publish", "_selected_action": [1], "index": "0"})
        assert not BulkJob.objects.exists()

    @pytest.mark.parametrize("address", ["bulk/0/", "bulk/99999999999999999999999/", "bulk/1/"])
    def test_a_job_that_is_not_there_is_not_found(self, editor_client, address):
        assert editor_client.get(LIST + address).status_code == 404

    @pytest.mark.parametrize(
        ("action", "data"),
        [
            ("bulk_add_tags", {"tags": "\x00"}),
            ("bulk_add_tags", {"tags": "x" * 101}),
            ("bulk_set_source", {"source": "99999999999999999999"}),
            ("bulk_set_source", {"source_name": "\x00"}),
            ("bulk_add_categories", {"categories": ["x", "99999999999999999999"]}),
            ("bulk_hand_over", {"editor": "-1"}),
            ("bulk_withdraw", {"reason": "because"}),
        ],
    )
    def test_odd_input_is_refused_at_the_field(self, editor_client, action, data):
        address = choose(editor_client, action, [make_post()])
        response = editor_client.post(address, data)
        assert response.status_code == 200
        assert response.context["form"].errors
        assert BulkJob.objects.get().state == "new"


class TestMany:
    @pytest.fixture(autouse=True)
    def _small(self, monkeypatch):
        monkeypatch.setattr(bulking, "SLICE", 3)
        monkeypatch.setattr("posts.admin.bulk.AT_ONCE", 5)

    @pytest.fixture
    def posts(self, db):
        return [make_post(draft=True) for _ in range(8)]

    @pytest.fixture
    def job(self, editor_client, posts, django_capture_on_commit_callbacks) -> BulkJob:
        address = choose(editor_client, "bulk_add_tags", posts)
        with django_capture_on_commit_callbacks(execute=True):
            editor_client.post(address, {"tags": ["many"]})
        return BulkJob.objects.get()

    def page(self, client, job: BulkJob):
        return client.get(f"{LIST}bulk/{job.pk}/")

    def test_many_are_a_task(self, editor_client, job):
        assert (job.state, job.position) == ("queued", 0)
        assert DBTaskResult.objects.get(task_path="posts.tasks.work_at_bulk").args_kwargs["args"] == [job.pk]
        response = self.page(editor_client, job)
        assert response["Refresh"]
        assert "0 of 8 had their turn" in response.content.decode()
        assert "Refresh" not in editor_client.get(f"{LIST}bulk/{job.pk}/?still=1")
        bulking.work(job.pk)
        response = self.page(editor_client, job)
        assert "Refresh" not in response
        assert Tag.objects.get(name="many").tagged_posts.count() == 8

    def test_killed_half_way_it_goes_on_where_it_was(self, editor_client, job, django_capture_on_commit_callbacks):
        claimed = BulkJob.objects.claim(job.pk)
        bulking._work_slice(claimed)
        BulkJob.objects.update(claimed_at=timezone.now() - STUCK_AFTER)
        DBTaskResult.objects.all().delete()
        with django_capture_on_commit_callbacks(execute=True):
            call_command("tick", verbosity=0)
        assert DBTaskResult.objects.filter(task_path="posts.tasks.work_at_bulk").count() == 1
        bulking.work(job.pk)
        job.refresh_from_db()
        assert (job.state, result(job)) == ("finished", (8, 0, 0))
        for post in Post.objects.all():
            assert post.history.filter(history_change_reason="Bulk: tags added").count() == 1

    def test_what_was_killed_within_a_slice_leaves_nothing_of_it(self, job, monkeypatch):
        monkeypatch.setattr(BulkJob, "record", lambda *args, **kwargs: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            bulking.work(job.pk)
        assert Tag.objects.filter(tagged_posts__isnull=False).count() == 0

    def test_a_worker_that_was_taken_for_dead_stops(self, job):
        late = BulkJob.objects.claim(job.pk)
        BulkJob.objects.update(claimed_at=timezone.now() - STUCK_AFTER)
        BulkJob.objects.nudge_due()
        bulking.work(job.pk)
        assert not bulking._work_slice(late)
        job.refresh_from_db()
        assert result(job) == (8, 0, 0)

    def test_stopped_it_leaves_the_others_as_they_were(self, editor_client, job):
        claimed = BulkJob.objects.claim(job.pk)
        bulking._work_slice(claimed)
        response = editor_client.post(f"{LIST}bulk/{job.pk}/", {"cancel": "1"}, follow=True)
        assert "3 of 8 had their turn" in response.content.decode()
        assert not bulking._work_slice(claimed)
        bulking.work(job.pk)
        assert Tag.objects.get(name="many").tagged_posts.count() == 3

    def test_after_its_turn_others_have_theirs(self, job, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            bulking.work(job.pk, seconds=0)
        job.refresh_from_db()
        assert (job.state, job.position) == ("queued", 3)
        assert DBTaskResult.objects.count() == 2

    def test_a_tally_is_counted_once_for_a_slice(self, job, monkeypatch):
        counted = []
        real = type(Tally.objects.all())._recount
        monkeypatch.setattr(
            type(Tally.objects.all()), "_recount", lambda self, *args: counted.append(args[0]) or real(self, *args)
        )
        Post.objects.update(state="draft")
        BulkJob.objects.update(act="publish")
        bulking.work(job.pk)
        assert counted.count("is_site") == 3

    def test_a_post_costs_the_same_in_a_long_slice(self, editor, monkeypatch, django_assert_max_num_queries):
        def queries(number: int) -> int:
            ids = [make_post(tags=["boats"]).pk for _ in range(number)]
            job = BulkJob.objects.create(act="add_tags", by=editor, ids=ids, total=number)
            job.begin({"tags": [f"tag {number}"]}, "")
            monkeypatch.setattr(bulking, "SLICE", 100)
            with django_assert_max_num_queries(10_000) as captured:
                bulking.work(job.pk)
            return len(captured)

        few, many = queries(2), queries(12)
        each = (many - few) / 10
        assert many < few + 10 * each + 1
        assert each < 70

    def test_old_ones_are_tidied_and_running_ones_stay(self, editor):
        old = timezone.now() - dt.timedelta(days=31)
        for state in ("new", "finished", "cancelled", "running"):
            BulkJob.objects.create(act="publish", by=editor, state=state, made_at=old, claimed_at=timezone.now())
        kept = BulkJob.objects.create(act="publish", by=editor, state="finished")
        call_command("tidy")
        assert set(BulkJob.objects.values_list("state", "pk")) >= {("finished", kept.pk)}
        assert BulkJob.objects.count() == 2
