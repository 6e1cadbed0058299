"""What a post said before: kept with every save, compared, and brought back."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from posts.autosaving import seal
from posts.life import Act, Reason
from posts.models import Category, FormerAddress, Note, Post, PostEntry, Tag
from posts.models.image import MISSING_ALT
from posts.restoring import restore
from sources.links.models import Link
from sources.models import Source
from tests.factories import make_category, make_link, make_post, make_source
from tests.posts.test_admin import filled

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer(db) -> User:
    user = User.objects.create_user("will", password="secret", is_staff=True)
    user.groups.set(Group.objects.filter(name="Writers"))
    return user


def fresh(post: Post) -> Post:
    return Post.objects.get(pk=post.pk)


def change(post: Post, by: User | None = None, **fields) -> Post:
    """Save other words, as at another time."""
    post = fresh(post)
    for name, value in fields.items():
        setattr(post, name, value)
    post.save(by=by)
    return post


def first_of(post: Post):
    return post.history.order_by("history_id").first()


def history_of(post: Post, *more: str) -> str:
    return "/".join([f"/admin/posts/post/{post.pk}/history", *more, ""])


def restore_address(post: Post, revision) -> str:
    return history_of(post, str(revision.pk), "restore")


def form_of(post: Post, **fields) -> dict:
    return filled(title=post.title, slug=post.slug, body=post.body, version=post.version, **fields)


class TestKeeping:
    def test_a_save_at_the_desk_makes_one_revision_with_tags_and_categories(self, editor_client, editor):
        category = make_category("Awareness")
        editor_client.post(
            "/admin/posts/post/add/",
            filled(
                title="One", body="Text.", categories=[category.pk], tags=["china", "북한"],
                original_address="https://new.example/a", also_reported="https://other.example/b", _save="x",
            ),
        )  # fmt: skip
        post = Post.objects.get()
        revision = post.history.get()
        assert revision.history_user == editor
        assert (revision.title, revision.filed["categories"]) == ("One", ["Awareness"])
        assert set(revision.filed["tags"]) == {"china", "북한"}
        assert revision.filed["original"]["address"] == "https://new.example/a"
        assert revision.filed["also"] == ["https://other.example/b"]

        editor_client.post(
            f"/admin/posts/post/{post.pk}/change/",
            form_of(post, categories=[make_category("Other").pk], tags=["china", "laos"], _submit="x"),
        )
        assert post.history.count() == 2
        latest = post.history.order_by("-history_id").first()
        assert (latest.filed["categories"], latest.filed["tags"]) == (["Other"], ["china", "laos"])
        assert (latest.state, latest.history_change_reason) == ("review", "Submitted for review")

    def test_an_autosave_makes_none(self, editor_client, editor):
        post = make_post("One", draft=True, editor=editor)
        before = post.history.count()
        editor_client.post(
            "/admin/posts/post/autosave/", {"seal": seal(editor, post.guid), "title": "Two", "body": "typed"}
        )
        assert post.autosaves.count() == 1
        assert post.history.count() == before

    def test_each_act_makes_one(self, editor):
        post = make_post("One", draft=True)
        for number, act in enumerate([
            lambda each: each.submit(by=editor),
            lambda each: each.publish(by=editor),
            lambda each: each.correct("It was two.", by=editor),
            lambda each: each.withdraw(Reason.ERROR, by=editor),
            lambda each: each.redraft(by=editor),
            lambda each: each.trash(by=editor),
        ], start=2):  # fmt: skip
            act(fresh(post))
            assert post.history.count() == number
        assert post.history.order_by("-history_id").first().history_user == editor

    def test_nothing_of_a_post_that_is_taken_down_stays_in_them(self, editor):
        post = make_post("A secret", body="A secret.", tags=["secret"])
        change(post, body="Another secret.")
        fresh(post).take_down(Reason.PROTECTION, by=editor)
        assert not post.history.exists()

    def test_they_go_with_a_post_that_is_deleted_for_good(self):
        post = make_post("One")
        change(post, body="Two.")
        assert post.history.count() == 2
        post.delete()
        assert not Post.history.exists()

    def test_filing_a_post_as_it_is_filed_already_makes_none(self):
        category = make_category("Awareness")
        post = make_post("One", tags=["china"], categories=[category])
        again = fresh(post)
        again.tags.set(["China"])
        again.categories.set([category])
        again.tags.add("china")
        category.posts.add(post)
        assert post.history.count() == 1

    def test_merging_tags_makes_none_and_filing_by_other_ways_makes_one(self):
        one, other = Tag.objects.create(name="DPRK"), Tag.objects.create(name="north korea")
        post = make_post("One", tags=[one])
        other.absorb(one)
        assert post.history.count() == 1
        again = fresh(post)
        again.tags.set(["laos", "china"])
        assert post.history.count() == 2
        assert post.history.order_by("-history_id").first().filed["tags"] == ["china", "laos"]


class TestHistoryPage:
    def test_it_says_when_who_why_and_how_much(self, editor_client, editor):
        post = make_post("One", body="one two three", draft=True)
        change(post, by=editor, body="one two four five")
        fresh(post).submit(by=editor)
        page = editor_client.get(history_of(post)).content.decode()
        assert page.index("Version 3, ") < page.index("Version 2, ") < page.index("Version 1, ")
        assert page.count(">current<") == 1
        assert "Submitted for review" in page
        assert "+2" in page
        assert "−1" in page
        assert "edith" in page
        assert "In review" in page  # in the log of acts

    def test_a_revision_that_files_it_elsewhere_names_what_differs(self, editor_client):
        post = make_post("One", tags=["china"], draft=True)
        post = fresh(post)
        post.save()
        post.tags.set(["laos"])
        row = editor_client.get(history_of(post)).context["rows"][0]
        assert (row.added, row.removed, row.changed) == (0, 0, ["Tags"])

    def test_the_number_of_queries_does_not_grow(self, editor_client):
        def queries(number: int) -> int:
            post = make_post("One", tags=["china"], categories=[make_category(f"C{number}")], draft=True)
            for n in range(number):
                change(post, body=f"Text {n}.")
            with CaptureQueriesContext(
                connection,
            ) as captured:
                assert editor_client.get(history_of(post)).status_code == 200
            return len(captured)

        queries(1)
        assert queries(2) == queries(60)

    def test_older_ones_are_on_further_pages_and_a_choice_is_taken_along(self, editor_client):
        post = make_post("One", draft=True)
        for n in range(30):
            change(post, body=f"Text {n}.")
        newest = post.history.order_by("-history_id").first()
        page = editor_client.get(history_of(post), {"p": 2, "from": first_of(post).pk, "to": newest.pk})
        assert len(page.context["rows"]) == 6
        assert page.context["elsewhere"] == [newest]
        assert not any(row.is_current for row in page.context["rows"])
        assert page.context["rows"][-1].why == "Begun"

    @pytest.mark.parametrize(
        "query", ["p=0", "p=x", "p=99999999999999999999", "p=-1", "from=%00&to=²", "from=9" + "9" * 40]
    )
    def test_an_odd_address_is_answered(self, editor_client, query):
        post = make_post("One")
        assert editor_client.get(f"{history_of(post)}?{query}").status_code == 200

    def test_a_post_that_is_taken_down_has_only_its_log(self, editor_client, editor):
        post = make_post("A secret", body="A secret.")
        post.take_down(Reason.LEGAL, by=editor, note="Letter of a lawyer")
        page = editor_client.get(history_of(post)).content.decode()
        assert "all that it said is erased" in page
        assert "Letter of a lawyer" in page
        assert "secret" not in page

    def test_what_somebody_wrote_is_never_taken_for_html(self, editor_client):
        post = make_post("<script>a</script>", draft=True)
        change(post, title="<b>&amp;", body="<script>b</script>", excerpt="<i>")
        for address in (history_of(post), history_of(post, "compare"), restore_address(post, first_of(post))):
            page = editor_client.get(address).content.decode()
            assert "<script>a" not in page
            assert "<script>b" not in page
            assert "<b>&amp;amp;" not in page

    def test_a_writer_sees_their_own_only(self, client, writer):
        client.force_login(writer)
        mine, other = make_post("Mine", draft=True, editor=writer), make_post("Other", draft=True)
        change(mine, body="Other words.")
        change(other, body="Other words.")
        assert client.get(history_of(mine)).status_code == 200
        assert client.get(history_of(other), follow=True).redirect_chain
        assert client.get(history_of(other, "compare")).status_code == 404
        assert client.get(restore_address(other, first_of(other))).status_code == 404
        assert client.post(restore_address(other, first_of(other)), {"version": 2}).status_code == 404
        assert fresh(other).body == "Other words."

    def test_nobody_else_sees_any(self, client):
        post = make_post("One")
        for address in (history_of(post), history_of(post, "compare"), restore_address(post, first_of(post))):
            assert client.get(address).status_code == 302
            client.force_login(User.objects.get_or_create(username="staff", is_staff=True)[0])
            assert client.get(address).status_code == 403
            client.logout()


class TestComparing:
    def test_the_last_two_are_compared_where_none_are_chosen(self, editor_client):
        post = make_post("One", body="First.", draft=True)
        change(post, body="Second.")
        change(post, body="Third.")
        page = editor_client.get(history_of(post, "compare")).content.decode()
        assert "<del>Second</del>" in page
        assert "<ins>Third</ins>" in page
        assert "First" not in page

    def test_every_field_that_differs_is_shown_the_older_left(self, editor_client, editor):
        post = make_post(
            "Old title", body="Old text", excerpt="Old excerpt", notice="Old notice", draft=True, tags=["oldtag"],
            categories=[make_category("Oldshelf")], link=make_link(make_source("Oldoutlet"), headline="Old headline"),
        )  # fmt: skip
        first = post.history.get()
        post = fresh(post)
        post.title, post.slug, post.body, post.excerpt, post.notice = "New", "new-slug", "New", "New", "New"
        post.link = make_link(
            make_source("Newoutlet"), "https://new.example/a", headline="New headline", language="ko"
        )
        post.source, post.editor, post.is_sensitive, post.is_quiet = post.link.source, editor, True, True
        post.review_on = timezone.localdate() + dt.timedelta(days=3)
        post.state, post.published_at = "published", timezone.now() + dt.timedelta(days=2)
        post.save()
        post.tags.set(["newtag"])
        post.categories.set([make_category("Newshelf")])
        post.also_reported.create(link=make_link(make_source("Third"), "https://third.example/c"))
        post.follow_filing()
        newest = post.history.order_by("-history_id").first()
        response = editor_client.get(history_of(post, "compare"), {"from": newest.pk, "to": first.pk})
        assert {each.name for each in response.context["differences"]} == {
            "Title", "Slug", "Text", "Excerpt", "Content notice", "Date", "Status", "Outlet", "Original",
            "Headline there", "Language there", "Also reported by", "Categories", "Tags", "Whose it is", "Sensitive",
            "Held back, to look again on", "Tell nobody",
        }  # fmt: skip
        status = next(each for each in response.context["differences"] if each.name == "Status")
        assert (status.before, status.after) == ("Draft", "Scheduled")
        owner = next(each for each in response.context["differences"] if each.name == "Whose it is")
        assert (owner.before, owner.after) == ("", "edith")

    @pytest.mark.parametrize(
        "query", ["from=0&to=1", "from=x", "from=%00&to=%00", "from=" + "9" * 18, "to=" + "9" * 400]
    )
    def test_revisions_that_are_not_there_are_said_so(self, editor_client, query):
        post = make_post("One")
        response = editor_client.get(f"{history_of(post, 'compare')}?{query}", follow=True)
        assert "Choose two different revisions" in response.content.decode()

    def test_revisions_of_another_post_are_not_there(self, editor_client):
        post, other = make_post("One"), make_post("A secret")
        change(other, title="Another")
        ids = [each.pk for each in other.history.all()]
        response = editor_client.get(history_of(post, "compare"), {"from": ids[0], "to": ids[1]}, follow=True)
        assert "Choose two different revisions" in response.content.decode()
        assert editor_client.get(restore_address(post, first_of(other))).status_code == 404

    def test_a_post_that_is_not_there_is_not_found(self, editor_client):
        for number in ("0", "99", "9" * 30):
            assert editor_client.get(f"/admin/posts/post/{number}/history/compare/").status_code == 404
            assert editor_client.get(f"/admin/posts/post/{number}/history/{number}/restore/").status_code == 404


class TestRestoring:
    @pytest.fixture
    def post(self, editor) -> Post:
        """A published post that says something else than it did."""
        post = make_post(
            "Old title", body="Old text.", excerpt="Old excerpt.", notice="Old notice", tags=["old", "kept"],
            categories=[make_category("Old shelf")],
            link=make_link(make_source("Old outlet"), headline="Old headline"),
        )  # fmt: skip
        post.also_reported.create(link=make_link(make_source("Third"), "https://third.example/c"))
        post.follow_filing()
        post = change(post, title="New title", body="New text.", excerpt="", notice="", link=None, source=None)
        post.tags.set(["kept", "new"])
        post.categories.set([make_category("New shelf")])
        post.also_reported.all().delete()
        post.follow_filing()
        return post

    def press(self, client, post: Post, revision=None, version: int | None = None, **options):
        address = restore_address(post, revision or first_of(post))
        return client.post(address, {"version": fresh(post).version if version is None else version}, **options)

    def test_all_that_it_said_and_was_filed_under_comes_back_as_a_new_revision(self, editor_client, editor, post):
        before, guid = post.history.count(), post.guid
        response = self.press(editor_client, post, follow=True)
        assert "“Old title” is restored from version 1." in response.content.decode()
        post = fresh(post)
        assert (post.title, post.body, post.excerpt, post.notice) == (
            "Old title", "Old text.", "Old excerpt.", "Old notice",
        )  # fmt: skip
        assert {tag.name for tag in post.tags.all()} == {"old", "kept"}
        assert [category.name for category in post.categories.all()] == ["Old shelf"]
        assert (post.source.name, post.link.headline) == ("Old outlet", "Old headline")
        assert post.also_addresses() == ["https://third.example/c"]
        assert (post.state, post.guid, post.is_public, post.written_by) == ("published", guid, True, editor)
        assert "Old text." in editor_client.get(post.get_absolute_url()).content.decode()
        assert post.history.count() == before + 1
        latest = post.history.order_by("-history_id").first()
        assert (latest.history_user, latest.history_change_reason) == (editor, "Restored from version 1")
        assert latest.filed == first_of(post).filed
        entry = PostEntry.objects.filter(post_id=post.pk).first()
        assert (entry.act, entry.actor, entry.note[:9]) == (Act.RESTORE, "edith", "Version 1")

    def test_the_page_before_shows_what_will_differ_and_does_nothing(self, editor_client, post):
        response = editor_client.get(restore_address(post, first_of(post)))
        names = {each.name for each in response.context["differences"]}
        assert names == {
            "Title", "Text", "Excerpt", "Content notice", "Original", "Outlet", "Headline there", "Also reported by",
            "Categories", "Tags",
        }  # fmt: skip
        assert fresh(post).title == "New title"
        assert fresh(post).version == post.version

    def test_what_was_decided_since_stays(self, editor_client, editor):
        post = make_post("One", body="Old.", draft=True)
        post = change(post, body="New.", is_sensitive=True, is_quiet=True, editor=editor)
        fresh(post).submit()
        post = change(post, review_on=timezone.localdate() + dt.timedelta(days=3))
        self.press(editor_client, post)
        post = fresh(post)
        assert post.body == "Old."
        assert (post.state, post.is_sensitive, post.is_quiet, post.editor, post.is_held) == (
            "review", True, True, editor, True,
        )  # fmt: skip

    def test_whoever_restores_a_sensitive_text_does_not_publish_it(self, editor_client, editor):
        other = User.objects.create_user("otto", is_staff=True)
        post = make_post("One", body="Old.", draft=True, is_sensitive=True, written_by=other)
        post = change(post, body="New.")
        self.press(editor_client, post)
        post = fresh(post)
        assert post.written_by == editor
        response = editor_client.post(
            f"/admin/posts/post/{post.pk}/change/", form_of(post, is_sensitive="on", _publish="x")
        )
        assert "second pair of eyes" in response.content.decode()

    def test_a_double_click_restores_once(self, editor_client, post):
        version, before = post.version, post.history.count()
        for _ in range(2):
            response = self.press(editor_client, post, version=version)
            assert response.status_code == 302
        assert post.history.count() == before + 1
        assert PostEntry.objects.filter(post_id=post.pk, act=Act.RESTORE).count() == 1

    @pytest.mark.parametrize("version", ["", "x", "1", "\x00", "9" * 40])
    def test_a_page_that_is_out_of_date_restores_nothing_and_shows_what_differs_now(
        self, editor_client, post, version
    ):
        change(post, body="Meanwhile.")
        response = self.press(editor_client, post, version=version)
        page = response.content.decode()
        assert response.status_code == 409
        assert "Somebody has saved this post" in page
        assert "Meanwhile" in page
        assert fresh(post).body == "Meanwhile."
        assert self.press(editor_client, post, version=response.context["version"]).status_code == 302
        assert fresh(post).body == "Old text."

    def test_a_changed_address_leads_on(self, editor_client):
        post = make_post("One", slug="old", at="2013-03-31 15:17")
        post = change(post, slug="new", published_at=post.published_at + dt.timedelta(days=2))
        self.press(editor_client, post)
        assert fresh(post).get_absolute_url() == "/2013/03/31/old/"
        assert FormerAddress.objects.get(published_on="2013-04-02", slug="new").post == post

    @pytest.mark.parametrize("is_former", [False, True])
    def test_an_address_that_another_post_has_is_refused_in_words(self, editor_client, is_former):
        post = make_post("One", slug="old", body="Old.", tags=["old"])
        post = change(post, slug="new", body="New.")
        FormerAddress.objects.all().delete()
        other = make_post("Other", slug="old")
        if is_former:
            change(other, slug="elsewhere")
        Tag.objects.all().delete()
        response = self.press(editor_client, post)
        assert response.status_code == 422
        assert "change the slug" in response.content.decode()
        post = fresh(post)
        assert (post.slug, post.body) == ("new", "New.")
        assert not Tag.objects.exists()
        assert not PostEntry.objects.filter(act=Act.RESTORE).exists()

    def test_what_readers_must_not_see_is_refused_in_words(self, editor_client):
        post = make_post("One", body=f"![{MISSING_ALT}](/media/images/x-1x1.png)", draft=True)
        post = change(post, body="Words.")
        fresh(post).publish()
        response = self.press(editor_client, post)
        assert response.status_code == 422
        assert "no description yet" in response.content.decode()
        assert fresh(post).body == "Words."

    def test_an_empty_draft_of_a_published_post_is_refused(self, editor_client):
        post = make_post("", body="", draft=True)
        change(post, title="One", body="Words.")
        fresh(post).publish()
        response = self.press(editor_client, post)
        assert "nothing to publish" in response.content.decode()
        assert not Source.objects.exists()

    def test_a_published_post_keeps_its_date_and_address_where_the_draft_had_none(self, editor_client):
        post = make_post("One", body="Old.", draft=True)
        fresh(post).publish()
        post = change(post, body="New.")
        address = post.get_absolute_url()
        self.press(editor_client, post)
        post = fresh(post)
        assert (post.body, post.get_absolute_url(), post.is_public) == ("Old.", address, True)

    def test_a_scheduled_post_stays_scheduled(self, editor_client):
        post = make_post("One", body="Old.")
        fresh(post).withdraw()
        post = change(post, body="New.", published_at=timezone.now() + dt.timedelta(days=3))
        fresh(post).publish(at=timezone.now() + dt.timedelta(days=3))
        self.press(editor_client, post)
        post = fresh(post)
        assert (post.body, post.is_scheduled) == ("Old.", True)

    def test_a_withdrawn_post_stays_withdrawn(self, editor_client):
        post = make_post("One", body="Old.")
        change(post, body="New.")
        fresh(post).withdraw(Reason.ERROR)
        self.press(editor_client, post)
        post = fresh(post)
        assert (post.body, post.state, post.reason) == ("Old.", "withdrawn", "error")

    def test_a_post_in_the_trash_is_not_restored(self, editor_client):
        post = make_post("One", body="Old.")
        post = change(post, body="New.")
        fresh(post).trash()
        response = self.press(editor_client, post)
        assert "in the trash" in response.content.decode()
        assert fresh(post).body == "New."

    def test_a_revision_from_the_trash_can_be_restored(self, editor_client):
        post = make_post("One", body="Old.", draft=True)
        fresh(post).trash()
        fresh(post).redraft()
        in_trash = post.history.get(state="trash")
        change(post, body="New.")
        fresh(post).publish()
        self.press(editor_client, post, in_trash)
        assert fresh(post).body == "Old."
        assert fresh(post).is_public

    def test_a_tag_that_was_merged_or_deleted_is_found_or_made(self, editor_client):
        post = make_post("One", draft=True, tags=["DPRK", "gone", "renamed"])
        post = change(post, body="New.")
        post.tags.set([])
        Tag.objects.create(name="north korea").absorb(Tag.objects.named("DPRK"))
        Tag.objects.named("gone").delete()
        renamed = Tag.objects.named("renamed")
        renamed.name = "Another name"
        renamed.save()
        self.press(editor_client, post)
        assert {tag.name for tag in fresh(post).tags.all()} == {"north korea", "gone", "Another name"}

    def test_a_category_is_found_by_number_then_by_name_and_else_left_out_and_named(self, editor_client):
        names = ("Renamed", "Made again", "Twice", "Gone")
        shelves = {name: make_category(name) for name in names}
        post = make_post("One", draft=True, categories=list(shelves.values()))
        post = change(post, body="New.")
        post.categories.set([])
        for name in names[1:]:
            shelves[name].delete()
        Category.objects.filter(name="Renamed").update(name="Other")
        make_category("Made again")
        make_category("Twice", make_category("A"))
        make_category("Twice", make_category("B"))
        page = editor_client.get(restore_address(post, first_of(post))).content.decode()
        assert "left out: Gone, Twice" in page
        response = self.press(editor_client, post, follow=True)
        assert "left out: “Gone”, “Twice”" in response.content.decode()
        assert {category.name for category in fresh(post).categories.all()} == {"Other", "Made again"}

    def test_an_original_and_its_outlet_that_are_gone_are_made_again(self, editor_client):
        link = make_link(
            make_source("Old outlet"), "https://old.example/a", headline="There", byline="Ann", language="ko",
            published_on=dt.date(2013, 2, 17),
        )  # fmt: skip
        post = make_post("One", draft=True, link=link)
        post = change(post, link=None, source=None)
        Link.objects.all().delete()
        Source.objects.all().delete()
        self.press(editor_client, post)
        link = fresh(post).link
        assert (link.source.name, link.given_address, link.headline) == (
            "Old outlet",
            "https://old.example/a",
            "There",
        )
        assert (link.byline, link.language, link.published_on) == ("Ann", "ko", dt.date(2013, 2, 17))

    def test_an_outlet_that_was_merged_is_found_by_its_alias(self, editor_client):
        post = make_post("One", draft=True, source=make_source("NYT"))
        post = change(post, source=None)
        make_source("New York Times").absorb(Source.objects.get(name="NYT"))
        self.press(editor_client, post)
        assert fresh(post).source.name == "New York Times"

    def test_what_other_posts_cite_too_is_left_as_it_is(self, editor_client):
        link = make_link(make_source(), headline="Old headline")
        post = make_post("One", draft=True, link=link, body="Old.")
        post = change(post, body="New.")
        make_post("Other", link=link)
        Link.objects.update(headline="Mended headline")
        differences = editor_client.get(restore_address(post, first_of(post))).context["differences"]
        assert [each.name for each in differences] == ["Text"]
        self.press(editor_client, post)
        assert fresh(post).link.headline == "Mended headline"

    def test_a_writer_restores_their_own_draft_and_nothing_that_is_published(self, client, writer):
        client.force_login(writer)
        post = make_post("One", draft=True, editor=writer, body="Old.")
        post = change(post, body="New.")
        assert "Restore" in client.get(history_of(post)).content.decode()
        self.press(client, post)
        assert fresh(post).body == "Old."
        fresh(post).publish()
        assert "restore/" not in client.get(history_of(post)).content.decode()
        assert self.press(client, post, post.history.get(version=2)).status_code == 403
        assert fresh(post).body == "Old."

    def test_asking_with_another_method_does_nothing(self, editor_client, post):
        assert editor_client.put(restore_address(post, first_of(post))).status_code == 405
        assert editor_client.delete(restore_address(post, first_of(post))).status_code == 405
        assert editor_client.post(history_of(post)).status_code == 405
        assert fresh(post).title == "New title"

    def test_nothing_is_half_done(self, post):
        Tag.objects.filter(name="old").delete()
        Link.objects.all().delete()
        Source.objects.all().delete()
        revision = first_of(post)
        revision.slug = "feed"
        with pytest.raises(ValidationError):
            restore(fresh(post), revision)
        assert not Link.objects.exists()
        assert not Source.objects.exists()
        assert Tag.objects.named("old") is None

    def test_restoring_asks_the_same_number_of_questions_whatever_it_is_filed_under(self, editor_client):
        def queries(number: int) -> int:
            Category.objects.all().delete()
            shelves = [make_category(f"{number}–{n}") for n in range(number)]
            post = make_post("One", draft=True, tags=[f"t{number}{n}" for n in range(number)], categories=shelves)
            change(post, body="New.")
            with CaptureQueriesContext(connection) as captured:
                assert editor_client.get(restore_address(post, first_of(post))).status_code == 200
            return len(captured)

        queries(1)
        assert queries(1) == queries(12)


class TestNotes:
    def test_no_note_between_editors_is_ever_public(self, editor_client, client, editor):
        post = make_post("One", tags=["china"], categories=[make_category("Awareness")], source=make_source())
        draft = make_post("Two", draft=True)
        for each in (post, draft):
            Note.objects.create(post=each, text="Hush, a rumour", by=editor, by_name="edith")
        assert "Hush" in editor_client.get(f"/admin/posts/post/{post.pk}/change/").content.decode()
        shared = draft.previews.create().get_absolute_url()
        editors = editor_client.get(f"/preview/{draft.pk}/").content.decode()
        client.logout()
        places = [
            "/", post.get_absolute_url(), "/tag/china/", "/category/awareness/", "/source/nk-news/", "/2013/",
            "/feed/", "/feed/atom/", "/feed/json/", "/tag/china/feed/", "/sitemap.xml", "/sitemap-posts.xml", shared,
        ]  # fmt: skip
        pages = [client.get(place) for place in places]
        assert [page.status_code for page in pages if page.status_code not in (200, 404)] == []
        assert pages[-1].status_code == 200
        for text in [editors, *(b"".join(page).decode() for page in pages)]:
            assert "Hush" not in text
            assert "rumour" not in text
