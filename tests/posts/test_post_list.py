"""The desk's list of posts: found by what is typed, and the same few questions however many there are."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group, User
from django.utils import timezone

from posts.models import AlsoReported, FormerAddress, Post, TagAlias
from sources.models import SourceAlias
from tests.factories import make_category, make_link, make_post, make_source

LIST = "/admin/posts/post/"

pytestmark = pytest.mark.django_db


def shown(client, **asked) -> list[str]:
    response = client.get(LIST, asked)
    assert response.status_code == 200
    return [post.title for post in response.context["cl"].result_list]


@pytest.mark.parametrize("query", ["", "q=common", "tag=common", "outlet=common", "status=public", "mark=sensitive"])
def test_the_list_asks_the_same_for_one_post_and_for_thirty(
    editor_client, editor, query, django_assert_max_num_queries
):
    def fill(number: int) -> None:
        for _ in range(number):
            source = make_source(f"Common {Post.objects.count()}")
            make_post(
                "Common words",
                tags=["common", f"tag {Post.objects.count()}"],
                categories=[make_category(f"Shelf {Post.objects.count()}")],
                source=source,
                editor=editor,
                is_sensitive=True,
                at=timezone.now() - dt.timedelta(days=400 * Post.objects.count()),
            )

    def queries() -> int:
        with django_assert_max_num_queries(25) as captured:
            editor_client.get(f"{LIST}?{query}")
        return len(captured)

    fill(2)
    few = queries()
    fill(28)
    assert queries() == few


class TestSearch:
    @pytest.fixture(autouse=True)
    def _posts(self, editor_client):
        self.client = editor_client
        self.other = make_post("Another", tags=["elsewhere"], source=make_source("Elsewhere Times"))

    def found(self, text: str, **asked) -> list[str]:
        return shown(self.client, q=text, **asked)

    def test_words_of_the_title_each_of_them(self):
        make_post("Boats at dawn")
        make_post("Boats at dusk")
        assert self.found("BOATS dawn") == ["Boats at dawn"]
        assert self.found('"boats at"') == ["Boats at dusk", "Boats at dawn"]
        assert self.found("boats noon") == []

    def test_tags_by_a_part_of_their_name_whatever_its_case(self):
        make_post("Tagged", tags=["École", "écolier", "rescue"])
        assert self.found("ÉCOL") == ["Tagged"]

    def test_outlets_by_name_and_by_other_names(self):
        source = make_source("The New York Times")
        SourceAlias.objects.create(source=source, name="NYT")
        make_post("Quoted", source=source)
        assert self.found("nyt") == ["Quoted"]
        assert self.found('"york times"') == ["Quoted"]

    def test_words_of_several_kinds_together(self):
        make_post("Boats", tags=["rescue"], source=make_source("NK News"))
        make_post("Boats", tags=["rescue"])
        assert len(self.found("boats rescue nk")) == 1

    @pytest.mark.parametrize(
        "pasted",
        [
            "https://nknews.example/2013/02/refugees",
            "HTTPS://NKnews.example:443/2013/02/refugees?utm_source=x#top",
            "nknews.example/2013",
            "https://nknews.example/2013/",
        ],
    )
    def test_the_originals_address_in_any_form(self, pasted):
        source = make_source()
        make_post("Cites it", link=make_link(source))
        make_post("Cites another", link=make_link(source, "https://nknews.example/2014/other"))
        assert self.found(pasted) == ["Cites it"]

    def test_the_address_of_a_further_report(self):
        post = make_post("Names it beside")
        AlsoReported.objects.create(post=post, link=make_link(make_source()))
        assert self.found("https://nknews.example/2013/02/refugees") == ["Names it beside"]

    def test_our_own_address_also_a_former_one(self, settings):
        post = make_post("Ours", slug="ours")
        FormerAddress.objects.leave(dt.date(2012, 1, 2), "earlier", post=post)
        assert self.found(f"{settings.SITE_URL}/2013/03/31/ours/") == ["Ours"]
        assert self.found(f"{settings.SITE_URL}/2012/01/02/earlier/") == ["Ours"]
        assert self.found(f"{settings.SITE_URL}/2012/13/77/earlier/") == []

    def test_a_number_finds_that_post_and_titles_with_it(self):
        post = make_post("By number")
        titled = make_post(f"Of {post.pk} men")
        assert self.found(str(post.pk)) == [titled.title, "By number"]

    def test_nobody_is_there_twice(self):
        make_post("Boats", slug="boats", tags=["boats", "boatsmen", "lifeboats"], source=make_source("Boats Weekly"))
        assert self.found("boats") == ["Boats"]

    def test_many_found_are_all_counted(self, monkeypatch):
        monkeypatch.setattr("posts.admin.searching.KEPT_MOST", 3)
        for number in range(6):
            make_post(f"Boats {number}")
        assert len(self.found("boats")) == 6

    @pytest.mark.parametrize(
        "odd", ["\x00", "%", "_", "'", '"', "https://", "http://[", "9" * 400, "a " * 300, "🙂", "/", "-", "٣"]
    )
    def test_odd_words_find_nothing_and_break_nothing(self, odd):
        assert self.client.get(LIST, {"q": odd}).status_code == 200

    def test_the_search_stays_within_the_filter(self):
        make_post("Boats draft", draft=True)
        make_post("Boats out")
        assert self.found("boats", status="draft") == ["Boats draft"]

    def test_a_writer_finds_only_their_own(self, client, editor):
        writer = User.objects.create_user("will", is_staff=True)
        writer.groups.set(Group.objects.filter(name="Writers"))
        make_post("Boats of will", editor=writer, draft=True)
        make_post("Boats of edith", editor=editor, draft=True)
        client.force_login(writer)
        assert shown(client, q="boats") == ["Boats of will"]


class TestFilters:
    def test_an_outlet_by_its_name_or_another_or_a_part(self, editor_client):
        source = make_source("NK News")
        SourceAlias.objects.create(source=source, name="North Korea News")
        make_post("Theirs", source=source)
        make_post("Others", source=make_source("Harbour Times"))
        for name in ("nk news", "north korea news", "NK"):
            assert shown(editor_client, outlet=name) == ["Theirs"]
        assert shown(editor_client, outlet="nobody") == []
        assert len(shown(editor_client, outlet=" \x00")) == 2

    def test_a_tag_by_its_name_an_alias_or_a_part(self, editor_client):
        post = make_post("Tagged", tags=["boats", "boat people"])
        make_post("Not", tags=["lifeboats"])
        TagAlias.objects.create(tag=post.tags.get(name="boats"), name="ships", name_key="ships")
        assert shown(editor_client, tag="BOATS") == ["Tagged"]
        assert shown(editor_client, tag="ships") == ["Tagged"]
        assert shown(editor_client, tag="boat") == ["Not", "Tagged"]

    def test_marks(self, editor_client):
        make_post("Sensitive", is_sensitive=True)
        make_post("Noticed", notice="Describes violence")
        corrected = make_post("Corrected")
        corrected.correct("It was Tuesday.")
        corrected.correct("It was Wednesday.")
        assert shown(editor_client, mark="sensitive") == ["Sensitive"]
        assert shown(editor_client, mark="notice") == ["Noticed"]
        assert shown(editor_client, mark="corrected") == ["Corrected"]
        assert len(shown(editor_client, mark="odd")) == 3

    def test_a_category(self, editor_client):
        parent = make_category("Traffic")
        child = make_category("Fishing", parent)
        make_post("In it", categories=[child])
        make_post("Not in it", categories=[parent])
        assert shown(editor_client, categories__id__exact=child.pk) == ["In it"]
        for odd in ("x", "99999999999999999999999", "-1"):
            assert shown(editor_client, categories__id__exact=odd) == []

    def test_no_choice_of_thousands_is_rendered(self, editor_client):
        for number in range(40):
            make_post(tags=[f"tag of {number}"], source=make_source(f"Outlet of {number}"), draft=True)
        page = editor_client.get(LIST, {"status": "public"}).content.decode()
        assert "tag of 7" not in page
        assert "Outlet of 7" not in page

    def test_a_box_keeps_what_else_is_asked(self, editor_client):
        make_post("Boats", tags=["rescue"], is_sensitive=True)
        page = editor_client.get(LIST, {"mark": "sensitive", "q": "boats", "tag": "rescue"}).content.decode()
        assert '<input type="hidden" name="mark" value="sensitive">' in page
        assert '<input type="hidden" name="q" value="boats">' in page
        assert '<input type="hidden" name="tag" value="rescue">' in page

    def test_years_above_the_list_are_those_of_its_posts(self, editor_client, settings):
        for at in ("2013-01-01 00:30", "2015-12-31 23:30"):
            make_post(at=at)
        make_post(draft=True)
        page = editor_client.get(LIST).content.decode()
        assert "?published_at__year=2013" in page
        assert "?published_at__year=2014" not in page
        assert "?published_at__year=2015" in page
        assert "published_at__month=12" in editor_client.get(LIST, {"published_at__year": "2015"}).content.decode()


@pytest.mark.parametrize(
    "typed",
    [
        "http://nknews.example/2013/02/refugees", "https://www.nknews.example/2013/02/refugees/",
        "/2013/03/31/boats/", "2013/03/31/boats", "https://watch.example/2013/03/31/boats/",
    ],
)  # fmt: skip
def test_any_form_of_the_original_s_address_or_of_ours_finds_the_post(editor_client, typed):
    make_post("Boats", slug="boats", link=make_link(make_source(), "https://nknews.example/2013/02/refugees"))
    make_post("Ships")
    page = editor_client.get("/admin/posts/post/", {"q": typed})
    assert [post.title for post in page.context["cl"].result_list] == ["Boats"]
