import pytest

from posts.models import Category, Post, Tag, TagAlias
from posts.wordpress.models import Imported, Kind
from tests.factories import make_category, make_post
from tests.posts.wordpress.bringing import bring, codes, outcome, results
from tests.posts.wordpress.wxr import category, item, tag

pytestmark = pytest.mark.django_db


class TestCategories:
    def test_children_may_come_before_their_parents(self, tmp_path):
        head = (category("Fishing", "fishing", 2, parent="labour"), category("Labour", "labour", 1))
        bring(tmp_path, head=head)
        assert [c.path for c in Category.objects.all()] == ["labour", "labour/fishing"]

    def test_circles_are_broken_and_told(self, tmp_path):
        head = (
            category("A", "a", 1, parent="b"),
            category("B", "b", 2, parent="a"),
            category("C", "c", 3, parent="c"),
        )
        run = bring(tmp_path, head=head)
        assert sorted(c.path for c in Category.objects.all()) == ["b", "b/a", "c"]
        told = [o for o in run.outcomes.filter(kind=Kind.CATEGORY) if "parents-in-a-circle" in codes(o)]
        assert sorted(o.title for o in told) == ["B", "C"]

    def test_without_its_parent_one_stands_at_the_top(self, tmp_path):
        run = bring(tmp_path, head=(category("Fishing", "fishing", parent="nowhere"),))
        assert Category.objects.get().path == "fishing"
        assert codes(outcome(run, "Fishing")) == {"no-parent"}

    def test_a_tree_of_any_depth_is_taken(self, tmp_path):
        head = [category(f"C {n}", f"category-{n}", n, parent=f"category-{n + 1}") for n in range(1, 400)]
        run = bring(tmp_path, head=tuple(head))
        assert run.state == "finished"
        assert Category.objects.count() == 399

    def test_the_one_at_the_same_path_is_the_same(self, tmp_path):
        there = make_category("Our news", slug="news")
        make_category("Fishing", slug="boats")
        bring(tmp_path, item(categories=[("News", "news")]), head=(category("News", "news", 7),))
        assert Post.objects.get().categories.get() == there
        there.refresh_from_db()
        assert there.name == "Our news"
        assert Imported.objects.get(kind=Kind.CATEGORY).number == 7

    def test_a_parent_shows_what_stands_below(self, tmp_path, client):
        head = (category("Labour", "labour", 1), category("Fishing", "fishing", 2, parent="labour"))
        bring(tmp_path, item("Boats", categories=[("Fishing", "fishing")]), head=head)
        assert b"Boats" in client.get("/category/labour/").content

    def test_what_was_renamed_here_stays_so(self, tmp_path):
        bring(tmp_path, head=(category("News", "news"),))
        there = Category.objects.get()
        there.name, there.slug = "Reports", "reports"
        there.save()
        run = bring(tmp_path, item(categories=[("Newer", "news")]), head=(category("Newer", "news"),))
        assert codes(outcome(run, "Newer")) == {"edited-here"}
        assert [c.name for c in Post.objects.get().categories.all()] == ["Reports"]

    def test_what_was_renamed_there_follows(self, tmp_path):
        bring(tmp_path, head=(category("News", "news"),))
        bring(tmp_path, head=(category("Newer", "news", description="<p>What&#8217;s new</p>"),))
        there = Category.objects.get()
        assert (there.name, there.description) == ("Newer", "What’s new")

    @pytest.mark.parametrize("slug", ["feed", "page", "🙂", "x" * 150])
    def test_a_slug_that_cannot_stand_here_is_mended(self, tmp_path, slug):
        bring(tmp_path, item(categories=[("Odd", slug)]), head=(category("Odd", slug),))
        there = Category.objects.get()
        there.full_clean()
        assert Post.objects.get().categories.get() == there


class TestTags:
    def test_two_of_one_name_are_one_and_both_addresses_lead_there(self, tmp_path, client):
        head = (tag("North Korea", "north-korea", 1), tag("north korea", "nk", 2))
        bring(tmp_path, item(tags=[("north korea", "nk"), ("North Korea", "north-korea")]), head=head)
        assert Tag.objects.get().slug == "north-korea"
        assert client.get("/tag/nk/")["Location"] == "/tag/north-korea/"
        assert sorted(Imported.objects.filter(kind=Kind.TAG).values_list("number", flat=True)) == [1, 2]

    def test_one_that_is_here_keeps_its_address(self, tmp_path, client):
        make_post(tags=["Boats"])
        bring(tmp_path, item(tags=[("boats", "ships")]))
        assert Tag.objects.count() == 1
        assert client.get("/tag/ships/")["Location"] == "/tag/boats/"

    def test_korean_tags_live_where_they_lived(self, tmp_path, client):
        bring(tmp_path, item("Boats", tags=[("탈북", "%ed%83%88%eb%b6%81")]))
        assert b"Boats" in client.get("/tag/탈북/").content

    def test_a_merge_here_is_respected(self, tmp_path):
        bring(tmp_path, item(tags=[("Ships", "ships")]))
        make_post(tags=["Boats"])
        boats = Tag.objects.get(slug="boats")
        boats.absorb(Tag.objects.get(slug="ships"))
        bring(tmp_path, item(number=2, tags=[("Ships", "ships")]))
        assert list(Post.objects.get(guid__endswith="=2").tags.all()) == [boats]
        assert Tag.objects.count() == 1

    def test_a_renaming_here_is_respected(self, tmp_path):
        head = (tag("Ships", "ships"),)
        bring(tmp_path, item(tags=[("Ships", "ships")]), head=head)
        there = Tag.objects.get()
        there.name, there.slug = "Vessels", "vessels"
        there.save()
        run = bring(tmp_path, item(number=2, tags=[("Ships", "ships")]), head=head)
        assert run.counts["tag"] == {"unchanged": 1}
        assert [t.name for t in Post.objects.get(guid__endswith="=2").tags.all()] == ["Vessels"]

    def test_one_deleted_here_does_not_come_back(self, tmp_path):
        head = (tag("Ships", "ships"),)
        bring(tmp_path, head=head)
        Tag.objects.all().delete()
        run = bring(tmp_path, item(tags=[("Ships", "ships")]), head=head)
        assert codes(outcome(run, "Ships")) == {"deleted-here"}
        assert not Tag.objects.exists()

    def test_a_long_name_is_cut_and_told(self, tmp_path):
        run = bring(tmp_path, item(tags=[("n" * 150, "n" * 150)]), head=(tag("n" * 150, "n" * 150),))
        assert Tag.objects.get().name == "n" * 100
        assert "shortened" in codes(run.outcomes.get(kind=Kind.TAG))
        assert Post.objects.get().tags.count() == 1

    @pytest.mark.parametrize(
        ("name", "slug"), [("", "x"), ("🙂", "%f0%9f%99%82"), ("a/b", "a-b"), ("<b>x</b>", "bxb")]
    )
    def test_odd_names_are_taken(self, tmp_path, name, slug):
        run = bring(tmp_path, item(tags=[(name, slug)]), item(number=2, tags=[(name, slug)]))
        assert results(run) == {"imported": 2}
        assert Tag.objects.get().tagged_posts.count() == 2

    def test_an_address_that_is_taken_is_told(self, tmp_path):
        make_post(tags=["us"])
        run = bring(tmp_path, item(tags=[("U.S.", "us")]))
        assert codes(outcome(run, "U.S.")) == {"undeclared", "address-taken"}
        assert not TagAlias.objects.exists()


def test_other_taxonomies_are_kept_and_told(tmp_path):
    domain = '<category domain="series" nicename="war"><![CDATA[War]]></category>'
    made = item("One").replace("</item>", f"{domain}</item>")
    run = bring(tmp_path, made)
    assert codes(outcome(run, "One")) >= {"other-taxonomy"}
    assert Imported.objects.get(kind=Kind.POST).extra["terms"] == [["series", "war", "War"]]
