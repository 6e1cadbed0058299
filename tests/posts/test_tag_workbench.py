"""The workbench of tags: merging and undoing, renaming, other names, orphans, names that look alike."""

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from posts import merging
from posts.models import Post, Tag, TagAlias, TagEntry, TaggedPost, Tally
from posts.models.tag_entry import pack, unpack
from posts.subscriptions.models import Subscription
from tests.factories import make_post, make_subscriber

pytestmark = pytest.mark.django_db

DESK = "/admin/posts/tag/"
SECTIONS = ["workbench/", "workbench/orphans/", "workbench/look-alikes/", "workbench/synonyms/", "workbench/log/"]


@pytest.fixture
def writer(db) -> User:
    user = User.objects.create_user("wanda", password="secret", is_staff=True)
    user.groups.set(Group.objects.filter(name="Writers"))
    return user


def make_tag(name: str, **fields) -> Tag:
    return Tag.objects.create(name=name, **fields)


def names_of(post: Post) -> list[str]:
    return sorted(post.tagged.values_list("tag__name", flat=True))


def shown(client, address: str, **query) -> str:
    response = client.get(DESK + address, query)
    assert response.status_code == 200, response
    return response.content.decode()


def sent(client, address: str, **fields) -> str:
    response = client.post(DESK + address, fields, follow=True)
    assert response.status_code == 200, response
    return response.content.decode()


def merge(client, *tags: Tag, kept="", **fields) -> str:
    return sent(client, "merge/", tag=[tag.pk for tag in tags], kept=getattr(kept, "pk", kept), **fields)


def last_merge() -> TagEntry:
    return TagEntry.objects.filter(act="merge").first()


def undo(client, entry: TagEntry | None = None) -> str:
    return sent(client, f"workbench/log/{(entry or last_merge()).pk}/undo/")


class TestMerging:
    def test_the_page_says_before_what_will_come_of_it(self, editor_client):
        dprk, north = make_tag("DPRK"), make_tag("North Korea")
        merging.add_synonym(dprk, "Chosun")
        make_post(tags=[dprk])
        make_post(tags=[dprk, north])
        make_post(tags=[north], draft=True)
        make_subscriber("", "/tag/dprk/=post", "/tag/north-korea/=daily")
        make_subscriber("", "/tag/dprk/=post")
        page = shown(editor_client, "merge/", tag=[dprk.pk, north.pk])
        assert "<strong>2 public posts</strong> (3 with those" in page
        assert "/tag/dprk/, /tag/chosun/" in page
        assert "2 follow “DPRK”, 1 follows “North Korea”: 2 readers in all" in page
        assert Tag.objects.count() == 2

    def test_the_posts_the_addresses_and_the_names_lead_to_the_one_that_stays(self, editor_client):
        dprk, nk, north = make_tag("DPRK"), make_tag("NK"), make_tag("North Korea")
        one, both = make_post("Of one", tags=[dprk]), make_post("Of both", tags=[dprk, nk])
        said = merge(editor_client, dprk, nk, north, kept=north)
        assert "Merged “DPRK”, “NK” into “North Korea”" in said
        assert names_of(one) == names_of(both) == ["North Korea"]
        assert Tally.objects.get(tag=north).count == 2
        for old in ("dprk", "nk"):
            assert editor_client.get(f"/tag/{old}/")["Location"] == "/tag/north-korea/"
            assert editor_client.get(f"/tag/{old}/feed/", follow=True).status_code == 200
        assert Tag.objects.named("nk") == north

    def test_browsers_are_told_to_ask_again_for_a_merge_can_be_undone(self, client):
        north = make_tag("North Korea")
        make_post(tags=[north])
        north.absorb(make_tag("DPRK"))
        for old in ("/tag/dprk/", "/tag/dprk/feed/"):
            response = client.get(old)
            assert response.status_code == 301
            assert "no-cache" in response["Cache-Control"]

    def test_several_tags_read_together_follow(self, editor_client):
        dprk, north, china = make_tag("DPRK"), make_tag("North Korea"), make_tag("China")
        make_post(tags=[dprk, china])
        make_post(tags=[north])
        merge(editor_client, dprk, north, kept=north)
        assert editor_client.get("/tag/dprk+china/", follow=True).status_code == 200
        assert editor_client.get("/tag/north-korea+dprk/", follow=True).redirect_chain[-1][0] == "/tag/north-korea/"
        assert editor_client.get("/tag/north-korea+nothing/").status_code == 404

    def test_into_a_new_name(self, editor_client):
        dprk, nk = make_tag("DPRK"), make_tag("NK")
        post = make_post(tags=[dprk])
        merge(editor_client, dprk, nk, kept="new", new_name=" North  Korea ")
        assert list(Tag.objects.values_list("name", "slug")) == [("North Korea", "north-korea")]
        assert names_of(post) == ["North Korea"]
        undo(editor_client, TagEntry.objects.get(other_name="DPRK"))
        assert names_of(post) == ["DPRK"]

    def test_a_new_name_that_one_of_them_once_had_is_its_own_again(self, editor_client):
        dprk, nk = make_tag("North Korea"), make_tag("NK")
        dprk.name, dprk.slug = "DPRK", "dprk"
        dprk.save()
        merge(editor_client, dprk, nk, kept="new", new_name="North Korea")
        assert list(Tag.objects.values_list("name", "slug")) == [("North Korea", "north-korea")]
        assert set(TagAlias.objects.values_list("name", "slug")) == {("DPRK", "dprk"), ("NK", "nk")}

    def test_a_new_name_in_other_letters_spells_the_one_that_stays(self, editor_client):
        one, other = make_tag("north korea"), make_tag("NK")
        merge(editor_client, one, other, kept="new", new_name="North Korea")
        assert Tag.objects.get() == one
        assert Tag.objects.get().name == "North Korea"

    @pytest.mark.parametrize("name", ["China", "Zhongguo", "", "x" * 101, "\x00"])
    def test_a_new_name_that_cannot_be_is_refused_and_kept_in_its_box(self, editor_client, name):
        one, other, china = make_tag("one"), make_tag("other"), make_tag("China")
        merging.add_synonym(china, "Zhongguo")
        page = merge(editor_client, one, other, kept="new", new_name=name)
        assert "errornote" in page
        assert f'value="{escape(name)}"' in page or not name.strip("\x00")
        assert Tag.objects.count() == 3

    def test_nobody_guesses_which_one_stays(self, editor_client):
        page = merge(editor_client, make_tag("one"), make_tag("two"))
        assert "Choose the one that stays." in page
        assert Tag.objects.count() == 2

    def test_it_writes_no_revision_and_old_ones_find_the_tag(self, editor_client):
        dprk, north = make_tag("DPRK"), make_tag("North Korea")
        post = make_post(tags=[dprk])
        revisions = post.history.count()
        merge(editor_client, dprk, north, kept=north)
        assert post.history.count() == revisions
        post.tags.set(post.history.first().filed["tags"])
        assert names_of(post) == ["North Korea"]

    def test_sent_twice_it_is_done_once(self, editor_client):
        one, two = make_tag("one"), make_tag("two")
        merge(editor_client, one, two, kept=one)
        assert "nothing to merge" in merge(editor_client, one, two, kept=one)
        assert TagEntry.objects.filter(act="merge").count() == 1

    def test_when_one_of_several_is_gone_it_asks_again(self, editor_client):
        one, two, three = make_tag("one"), make_tag("two"), make_tag("three")
        Tag.objects.filter(pk=three.pk).delete()
        assert "gone since" in merge(editor_client, one, two, three, kept=one)
        assert Tag.objects.count() == 2

    def test_another_is_taken_in_by_its_name(self, editor_client):
        one, two = make_tag("one"), make_tag("two")
        page = shown(editor_client, "merge/", tag=one.pk, add="TWO")
        assert f'name="tag" value="{two.pk}"' in page
        assert "There is no tag “&lt;b&gt;”." in shown(editor_client, "merge/", tag=one.pk, add="<b>")

    def test_more_than_fifty_are_not_merged(self, editor_client):
        tags = [make_tag(f"tag {n}") for n in range(51)]
        assert "Select from two to 50 tags" in merge(editor_client, *tags, kept=tags[0])
        assert Tag.objects.count() == 51


class TestUndoing:
    def test_all_is_as_it_was(self, editor_client):
        dprk, north = make_tag("DPRK"), make_tag("North Korea")
        merging.add_synonym(dprk, "Chosun")
        posts = [make_post(tags=tags) for tags in ([dprk], [dprk, north], [north])]
        draft = make_post(tags=[dprk], draft=True)
        merge(editor_client, dprk, north, kept=north)
        said = undo(editor_client)
        assert "“DPRK” is a tag of its own again, with 3 posts." in said
        assert [names_of(post) for post in posts] == [["DPRK"], ["DPRK", "North Korea"], ["North Korea"]]
        assert names_of(draft) == ["DPRK"]
        assert editor_client.get("/tag/dprk/").status_code == 200
        assert editor_client.get("/tag/chosun/")["Location"] == "/tag/dprk/"
        assert Tag.objects.named("chosun").name == "DPRK"
        assert set(Tally.objects.exclude(tag=None).values_list("tag__name", "count")) == {
            ("DPRK", 2),
            ("North Korea", 2),
        }
        for row in TaggedPost.objects.select_related("content_object"):
            assert row.listed_at == row.content_object.listed_at

    def test_what_was_done_since_stays(self, editor_client):
        dprk, north = make_tag("DPRK"), make_tag("North Korea")
        deleted, taken_off, moved = (make_post(tags=[dprk]) for _ in range(3))
        merge(editor_client, dprk, north, kept=north)
        new = make_post(tags=[north])
        deleted.delete()
        taken_off.tags.clear()
        said = undo(editor_client)
        assert "with 1 post. 2 posts of then went without" in said
        assert (names_of(new), names_of(taken_off), names_of(moved)) == (["North Korea"], [], ["DPRK"])

    @pytest.mark.parametrize("order", [(0, 1), (1, 0)])
    def test_two_merges_of_one_act_part_in_any_order(self, editor_client, order):
        a, b, kept = make_tag("a"), make_tag("b"), make_tag("kept")
        of_both, of_a, of_all = make_post(tags=[a, b]), make_post(tags=[a]), make_post(tags=[a, b, kept])
        merge(editor_client, a, b, kept, kept=kept)
        entries = list(TagEntry.objects.filter(act="merge").order_by("pk"))
        undo(editor_client, entries[order[0]])
        assert "kept" in names_of(of_both), "the other merge still stands"
        undo(editor_client, entries[order[1]])
        assert [names_of(post) for post in (of_both, of_a, of_all)] == [["a", "b"], ["a"], ["a", "b", "kept"]]

    def test_a_merge_that_was_merged_further_is_undone_after_that(self, editor_client):
        a, b, c = make_tag("aa"), make_tag("bb"), make_tag("cc")
        post = make_post(tags=[a])
        merge(editor_client, a, b, kept=b)
        first = last_merge()
        merge(editor_client, b, c, kept=c)
        assert editor_client.get("/tag/aa/")["Location"] == "/tag/cc/"
        assert "“bb” was itself merged into “cc”" in undo(editor_client, first)
        assert not Tag.objects.filter(name="aa").exists()
        undo(editor_client)
        assert editor_client.get("/tag/aa/")["Location"] == "/tag/bb/"
        undo(editor_client, first)
        assert names_of(post) == ["aa"]
        assert editor_client.get("/tag/aa/").status_code == 200

    def test_twice_pressed_it_is_undone_once(self, editor_client):
        one, two = make_tag("one"), make_tag("two")
        merge(editor_client, one, two, kept=two)
        undo(editor_client)
        assert "undone already" in undo(editor_client)
        assert TagEntry.objects.filter(act="undo").count() == 1

    def test_a_name_that_was_taken_meanwhile_is_said(self, editor_client):
        one, two = make_tag("one"), make_tag("two")
        merge(editor_client, one, two, kept=two)
        alias = TagAlias.objects.get(name_key="one")
        merging.drop_synonym(alias)
        make_tag("One", slug="another")
        assert "The name “one” belongs to the tag “One”" in undo(editor_client)
        assert Tag.objects.count() == 2

    def test_a_tag_that_took_the_old_name_itself_is_named(self, editor_client):
        one, two = make_tag("one"), make_tag("two")
        merge(editor_client, one, two, kept=two)
        two = Tag.objects.get()
        two.name = "One"
        two.save()
        assert "belongs to the tag “One” by now" in undo(editor_client)

    def test_it_can_be_merged_and_undone_again(self, editor_client):
        one, two = make_tag("one"), make_tag("two")
        post, other = make_post(tags=[one]), make_post(tags=[two])
        for _ in range(3):
            merge(editor_client, Tag.objects.get(name="one"), two, kept=two)
            assert names_of(post) == ["two"]
            undo(editor_client)
            assert (names_of(post), names_of(other)) == (["one"], ["two"])

    def test_a_tag_whose_other_half_was_deleted_comes_back_with_its_posts(self, editor_client):
        one, two = make_tag("one"), make_tag("two")
        post = make_post(tags=[one])
        merge(editor_client, one, two, kept=two)
        Tag.objects.all().delete()
        undo(editor_client)
        assert names_of(post) == ["one"]

    def test_followers_stay_where_they_are_and_the_page_says_so(self, editor_client):
        one, two = make_tag("one"), make_tag("two")
        make_subscriber("", "/tag/one/=post")
        merge(editor_client, one, two, kept=two)
        assert "go on following “two”" in shown(editor_client, f"workbench/log/{last_merge().pk}/undo/")
        undo(editor_client)
        assert Subscription.objects.get().tag == two

    @pytest.mark.parametrize("pk", [0, 999, 2**63, 10**30])
    def test_a_merge_that_never_was_is_not_found(self, editor_client, pk):
        assert editor_client.get(f"{DESK}workbench/log/{pk}/undo/").status_code == 404


@pytest.mark.parametrize("ids", [[], [1], [5, 5, 9, 1, 2**40], range(1, 5000)])
def test_packed_numbers_come_back_in_order(ids):
    assert unpack(pack(ids)) == sorted(set(ids))
    assert len(pack(range(1, 100_000))) < 1000


class TestRenaming:
    @staticmethod
    def rename(client, tag: Tag, name: str, slug: str):
        fields = {"name": name, "slug": slug, "aliases-TOTAL_FORMS": 0, "aliases-INITIAL_FORMS": 0}
        return client.post(f"{DESK}{tag.pk}/change/", fields)

    def test_it_stands_in_the_log(self, editor_client):
        tag = make_tag("DPRK")
        self.rename(editor_client, tag, "North Korea", "north-korea")
        log = shown(editor_client, "workbench/log/", q="dprk")
        assert "“DPRK” is now “North Korea”, /tag/dprk/ is now /tag/north-korea/" in log
        assert "edith" in log

    @pytest.mark.parametrize("name", ["cafe culture", "CAFÉ culture"])
    def test_case_and_accents_alone_may_change(self, editor_client, name):
        tag = make_tag("café culture")
        assert self.rename(editor_client, tag, name, tag.slug).status_code == 302
        assert Tag.objects.get().name == name

    @pytest.mark.parametrize(
        ("name", "slug"), [("CHINA", "dprk"), ("Zhongguo", "dprk"), ("DPRK", "china"), ("DPRK", "zhongguo")]
    )
    def test_a_name_or_an_address_of_another_leads_to_the_merge(self, editor_client, name, slug):
        dprk, china = make_tag("DPRK"), make_tag("China")
        merging.add_synonym(china, "Zhongguo")
        page = self.rename(editor_client, dprk, name, slug).content.decode()
        assert f'href="/admin/posts/tag/merge/?tag={dprk.pk}&amp;tag={china.pk}"' in page
        assert page.count('class="errorlist"') == 1

    def test_a_new_tag_of_a_known_name_is_led_to_that(self, editor_client):
        china = make_tag("China")
        page = editor_client.post(
            f"{DESK}add/", {"name": "china", "slug": "x", "aliases-TOTAL_FORMS": 0, "aliases-INITIAL_FORMS": 0}
        ).content.decode()
        assert f'href="/admin/posts/tag/{china.pk}/change/"' in page

    def test_an_address_that_comes_back_takes_no_name_with_it(self):
        tag = make_tag("DPRK")
        tag.name, tag.slug = "North Korea", "north-korea"
        tag.save()
        tag.slug = "dprk"
        tag.save()
        assert Tag.objects.named("DPRK") == Tag.objects.at_slug("north-korea") == tag


class TestOtherNames:
    def test_one_leads_to_its_tag_by_name_and_by_address(self, editor_client):
        north = make_tag("North Korea")
        make_post(tags=[north])
        sent(editor_client, "workbench/synonyms/", name="DPRK", of="north korea")
        assert names_of(make_post(tags=["dprk"])) == ["North Korea"]
        assert editor_client.get("/tag/dprk/")["Location"] == "/tag/north-korea/"
        names = editor_client.get("/admin/posts/post/tag-names/", {"term": "dp"}).json()["results"]
        assert names == [{"id": "North Korea", "text": "North Korea (also: DPRK)"}]
        names = editor_client.get("/admin/posts/post/tag-names/", {"term": "north"}).json()["results"]
        assert names == [{"id": "North Korea", "text": "North Korea"}]

    def test_one_that_is_a_tag_is_refused_with_the_merge_at_hand(self, editor_client):
        north, dprk = make_tag("North Korea"), make_tag("DPRK")
        page = sent(editor_client, "workbench/synonyms/", name="dprk", of="North Korea")
        assert "“dprk” is a tag of its own." in page
        assert f"merge/?tag={north.pk}&amp;tag={dprk.pk}" in page
        assert 'value="dprk"' in page

    @pytest.mark.parametrize(
        ("name", "of", "said"),
        [
            ("Zhongguo", "North Korea", "leads to the tag “China” already"),
            ("zhongguo", "China", "leads to “China” already"),
            ("North Korea", "North Korea", "leads to “North Korea” already"),
            ("", "China", "Write the name."),
            ("x" * 101, "China", "at most 100"),
            ("new", "nowhere", "There is no tag “nowhere”."),
            ("new", "", "Write the tag"),
        ],
    )
    def test_what_cannot_lead_there_is_refused_in_words(self, editor_client, name, of, said):
        make_tag("North Korea")
        merging.add_synonym(make_tag("China"), "Zhongguo")
        assert said in sent(editor_client, "workbench/synonyms/", name=name, of=of)
        assert TagAlias.objects.count() == 1

    def test_one_that_was_added_is_taken_away_with_its_address(self, editor_client):
        tag = make_tag("North Korea")
        make_post(tags=[tag])
        alias = merging.add_synonym(tag, "DPRK")
        sent(editor_client, "workbench/synonyms/", drop=alias.pk)
        assert Tag.objects.named("DPRK") is None
        assert editor_client.get("/tag/dprk/").status_code == 404
        assert "gone already" in sent(editor_client, "workbench/synonyms/", drop=alias.pk)

    def test_of_a_former_name_the_address_stays(self, editor_client):
        tag, other = make_tag("North Korea"), make_tag("DPRK")
        make_post(tags=[tag])
        tag.absorb(other)
        sent(editor_client, "workbench/synonyms/", drop=TagAlias.objects.get().pk)
        assert Tag.objects.named("DPRK") is None
        assert editor_client.get("/tag/dprk/")["Location"] == "/tag/north-korea/"


class TestOrphans:
    def test_a_tag_on_a_draft_or_in_the_trash_is_none(self, editor_client):
        make_tag("Nothing")
        make_post(tags=["Drafted"], draft=True)
        page = shown(editor_client, "workbench/orphans/")
        assert "1 orphan" in page
        assert "Nothing" in page
        assert "Drafted" not in page
        assert "Another 1 stands only on posts" in page
        assert "1 draft" in shown(editor_client, "workbench/", show="unpublished")

    def test_they_are_deleted_after_their_number_was_said(self, editor_client):
        gone, stays = make_tag("Gone"), make_tag("Stays")
        page = sent(editor_client, "workbench/orphans/", tag=gone.pk)
        assert "Delete 1 tag" in page
        assert Tag.objects.count() == 2
        assert "Deleted 1 tag" in sent(editor_client, "workbench/orphans/", tag=gone.pk, sure=1)
        assert Tag.objects.get() == stays
        assert "“Gone”" in shown(editor_client, "workbench/log/")

    def test_all_that_match_go_and_those_with_a_post_stay(self, editor_client):
        for name in ("ship one", "ship two", "boat"):
            make_tag(name)
        make_post(tags=["ship three"])
        sent(editor_client, "workbench/orphans/?q=ship", all=1, sure=2)
        assert set(Tag.objects.values_list("name", flat=True)) == {"boat", "ship three"}

    def test_one_that_found_a_post_meanwhile_is_spared(self, editor_client):
        tags = [make_tag("one"), make_tag("two")]
        make_post(tags=["two"])
        page = sent(editor_client, "workbench/orphans/", tag=[tag.pk for tag in tags], sure=2)
        assert "Delete 1 tag" in page, "the number has changed: it asks again"
        assert Tag.objects.count() == 2


class TestLookAlikes:
    def test_they_come_with_the_merge_at_hand(self, editor_client):
        one, other = make_tag("refugee"), make_tag("Refugees")
        make_tag("Iran")
        make_tag("Iraq")
        page = shown(editor_client, "workbench/look-alikes/")
        assert "1 pair" in page
        assert f"merge/?tag={one.pk}&amp;tag={other.pk}" in page

    def test_two_that_are_not_the_same_are_never_shown_again(self, editor_client):
        one, other = make_tag("refugee"), make_tag("Refugees")
        sent(editor_client, "workbench/look-alikes/", pair=[one.pk, other.pk])
        assert "0 pairs" in shown(editor_client, "workbench/look-alikes/")
        other.absorb(one)
        merging.undo(last_merge())
        assert "0 pairs" in shown(editor_client, "workbench/look-alikes/")

    def test_a_search_narrows_them(self, editor_client):
        for name in ("refugee", "refugees", "boat", "boats"):
            make_tag(name)
        page = shown(editor_client, "workbench/look-alikes/", q="BOAT")
        assert "1 pair" in page
        assert "refugee" not in page


class TestRights:
    @pytest.mark.parametrize("address", SECTIONS)
    def test_a_writer_looks_and_does_nothing(self, client, writer, address):
        one, two = make_tag("thing"), make_tag("things")
        one.absorb(make_tag("stuff"))
        client.force_login(writer)
        page = shown(client, address)
        assert page.split("content-main")[1].count("<button") <= 1, "but that of the search"
        fields = {"pair": [one.pk, two.pk], "tag": one.pk, "sure": 1}
        assert client.post(DESK + address, fields).status_code in (403, 405)
        assert client.post(f"{DESK}merge/", {"tag": [one.pk, two.pk], "kept": one.pk}).status_code == 403
        assert client.post(f"{DESK}workbench/log/{last_merge().pk}/undo/").status_code == 403
        assert Tag.objects.count() == 2

    @pytest.mark.parametrize("address", [*SECTIONS, "merge/", "workbench/log/1/undo/"])
    def test_who_may_not_see_tags_sees_nothing(self, moderator_client, client, address):
        assert moderator_client.get(DESK + address).status_code == 403
        client.logout()
        assert client.get(DESK + address).status_code == 302


ODD = ["\x00", "9" * 40, "-1", "١", "x", "<b>", "%", "", "1" * 18]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("address", [*SECTIONS, "merge/"])
def test_no_input_breaks_a_page(editor_client, address, odd):
    make_post(tags=["thing", "things"])
    query = dict.fromkeys(("q", "page", "o", "show", "tag", "add"), odd)
    assert editor_client.get(DESK + address, query).status_code == 200
    fields = dict.fromkeys(("tag", "kept", "pair", "drop", "all", "sure", "new_name"), odd)
    assert editor_client.post(DESK + address, fields).status_code in (200, 302, 405)
    assert editor_client.post(DESK + address, {"name": odd, "of": odd}).status_code in (200, 302, 405)
    assert editor_client.put(DESK + address).status_code == 405


@pytest.mark.parametrize("address", [*SECTIONS, "merge/"])
def test_a_page_of_many_asks_no_more_than_a_page_of_few(editor_client, address):
    def queries() -> int:
        ids = list(Tag.objects.values_list("pk", flat=True)[:40])
        with CaptureQueriesContext(
            connection,
        ) as captured:
            shown(editor_client, address, **({"tag": ids} if address == "merge/" else {}))
        return len(captured)

    def fill(numbers: range) -> None:
        for number in numbers:
            tag, twin = make_tag(f"thing x{number}"), make_tag(f"things x{number}")
            make_post(tags=[tag], draft=bool(number % 2))
            merging.add_synonym(twin, f"stuff {number}")
            twin.absorb(make_tag(f"gone {number}"))

    fill(range(2))
    few = queries()
    fill(range(2, 12))
    assert queries() == few


def test_a_merge_of_many_posts_asks_no_more_than_one_of_few(editor_client):
    def cost(number: int) -> int:
        one, two = make_tag(f"one {number}"), make_tag(f"two {number}")
        for _ in range(number):
            make_post(tags=[one])
        with CaptureQueriesContext(connection) as captured:
            merge(editor_client, one, two, kept=two)
        return len(captured)

    few = cost(1)
    assert cost(9) <= few


def test_a_refused_synonym_leaves_nothing(db):
    tag = make_tag("China")
    with pytest.raises(ValidationError):
        merging.add_synonym(tag, "china")
    assert not TagEntry.objects.exists()
