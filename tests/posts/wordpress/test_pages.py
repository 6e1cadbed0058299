"""The old blog's pages: where they stand here, and what becomes of them when they come again."""

import datetime as dt

import pytest
from django.conf import settings
from django.contrib.flatpages.models import FlatPage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from posts.admin.pages import PageForm
from posts.wordpress.importing.pages import Branch, OldPage, Paged, is_page, note_branch, store_page, store_pages
from posts.wordpress.models import Blog, Imported, Result
from posts.wordpress.records import Item, Meta, Remark

HOST = "https://oldblog.example"


def page(
    slug: str = "about", *, number: int = 1, title: str = "About us", parent: int | None = None,
    link: str | None = None, **fields,
) -> Item:  # fmt: skip
    link = f"{HOST}/{slug}/" if link is None else link
    return Item(
        kind="page", number=number, guid=f"{HOST}/?page_id={number}", title=title, slug=slug, parent=parent, link=link,
        **fields,
    )  # fmt: skip


def remembered(blog: Blog, item: Item, paged: Paged) -> Imported | None:
    """Do as the import does: keep the row that a page's columns describe."""
    if paged.columns:
        Imported.objects.update_or_create(blog=blog, key=item.guid, defaults=paged.columns)
    return Imported.objects.filter(blog=blog, key=item.guid).first()


def bring(
    blog: Blog, *items: Item, markdown: str = "Words.", digest: str = "one", tree: dict | None = None
) -> list[Paged]:
    known = {row.key: row for row in Imported.objects.filter(blog=blog)}
    old = [OldPage(item, markdown, digest, known.get(item.guid)) for item in items]
    made = store_pages(old, blog, tree or {})
    for item, paged in zip(items, made, strict=True):
        remembered(blog, item, paged)
    return made


def codes(paged: Paged) -> list[str]:
    return [reason.code for reason in paged.reasons]


@pytest.fixture
def blog(db) -> Blog:
    return Blog.objects.create(address=HOST, host="oldblog.example")


def make_page(url: str = "/about/", content: str = "Ours.") -> FlatPage:
    made = FlatPage.objects.create(url=url, title="Ours", content=content)
    made.sites.set([settings.SITE_ID])
    return made


@pytest.mark.parametrize(
    ("fields", "is_one"),
    [
        ({}, True), ({"status": "draft"}, False), ({"status": "private"}, False), ({"status": "pending"}, False),
        ({"status": "future"}, False), ({"status": "trash"}, False), ({"password": "x"}, False),
        ({"kind": "post"}, False),
    ],
)  # fmt: skip
def test_what_readers_saw_is_a_page(fields, is_one):
    item = page()
    for name, value in fields.items():
        setattr(item, name, value)
    assert is_page(item) is is_one


class TestWhereItStands:
    def test_a_page_stands_where_it_stood(self, blog, client):
        [paged] = bring(blog, page(), markdown="Who *we* are.")
        assert (paged.result, paged.reasons) == (Result.IMPORTED, [])
        response = client.get("/about/")
        assert response.status_code == 200
        assert "<em>we</em>" in response.text
        assert "About us" in response.text
        row = Imported.objects.get()
        assert (row.kind, row.number, row.path, row.model, row.row_id) == (
            "page", 1, "/about", "flatpages.flatpage", paged.page.pk,
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("link", "url"),
        [
            (f"{HOST}/about/team/", "/about/team/"),
            (f"{HOST}/index.php/about/team/", "/about/team/"),
            (f"{HOST}/%ED%83%88%EB%B6%81/", "/탈북/"),
            (f"{HOST}/cafe%CC%81/", "/café/"),
            (f"{HOST}/q+a/", "/q-a/"),
            (f"{HOST}/", "/team/"),
            (f"{HOST}/?page_id=1", "/team/"),
            ("https://elsewhere.example/x/", "/team/"),
            ("http://www.oldblog.example/about/", "/about/"),
            ("", "/team/"),
            ("http://[::1", "/team/"),
            (f"{HOST}/../../x/./y/", "/x/y/"),
        ],
    )
    def test_its_address_is_that_of_its_link_or_of_its_names(self, blog, client, link, url):
        [paged] = bring(blog, page("team", link=link))
        assert paged.page.url == url
        assert client.get(url).status_code == 200
        assert PageForm({"url": url, "title": "Team", "content": ""}, instance=paged.page).is_valid()

    def test_a_blog_below_a_path_leaves_the_path(self, db):
        blog = Blog.objects.create(address=f"{HOST}/blog", host="oldblog.example")
        [paged] = bring(blog, page(link=f"{HOST}/blog/about/"))
        assert paged.page.url == "/about/"

    def test_without_a_link_it_stands_below_its_parents_whichever_comes_first(self, blog):
        child = page("team", number=3, parent=2, link=f"{HOST}/?page_id=3")
        middle = page("people", number=2, parent=1, link=f"{HOST}/?page_id=2")
        top = page("about", number=1, link=f"{HOST}/?page_id=1")
        tree: dict[int, Branch] = {}
        for item in (child, middle, top):
            note_branch(tree, item)
        assert [made.page.url for made in bring(blog, child, middle, top, tree=tree)] == [
            "/about/people/team/", "/about/people/", "/about/",
        ]  # fmt: skip

    def test_a_parent_that_came_before_is_known(self, blog):
        bring(blog, page("about", number=1))
        child = page("team", number=3, parent=1, link=f"{HOST}/?page_id=3")
        tree: dict[int, Branch] = {}
        note_branch(tree, child)
        assert bring(blog, child, tree=tree)[0].page.url == "/about/team/"

    def test_pages_that_are_each_others_parents_end(self, blog):
        items = [page("a", number=1, parent=2, link=""), page("b", number=2, parent=1, link="")]
        tree: dict[int, Branch] = {}
        for item in items:
            note_branch(tree, item)
        assert len({made.page.url for made in bring(blog, *items, tree=tree)}) == 2

    @pytest.mark.parametrize(
        "slug", ["subscribe", "archive", "tag", "2013", "admin", "category", "feed", "corrections"]
    )
    def test_where_the_site_itself_answers_it_stands_beside(self, blog, client, slug):
        [paged] = bring(blog, page(slug))
        assert paged.page.url == f"/{slug}-page/"
        assert codes(paged) == ["address-taken"]
        assert client.get(f"/{slug}-page/").status_code == 200

    def test_a_page_that_an_editor_wrote_stays_as_it_is(self, blog):
        make_page()
        [paged] = bring(blog, page())
        assert (paged.result, paged.page, codes(paged)) == (Result.SKIPPED, None, ["address-taken"])
        assert FlatPage.objects.get().content == "Ours."
        [again] = bring(blog, page())
        assert again.result == Result.SKIPPED
        FlatPage.objects.all().delete()
        assert bring(blog, page())[0].result == Result.IMPORTED

    def test_two_old_pages_at_one_address_both_come(self, blog):
        first, second = bring(blog, page(number=1), page(number=2))
        assert [first.page.url, second.page.url] == ["/about/", "/about-page/"]
        assert codes(second) == ["address-taken"]
        [third] = bring(blog, page(number=3))
        assert third.page.url == "/about-page-2/"

    def test_what_is_too_long_is_shortened_and_told(self, blog):
        long = page("s" * 300, title="t" * 300)
        other = page("s" * 299, number=2, title="t")
        made = bring(blog, long, other)
        assert codes(made[0]) == ["shortened", "shortened"]
        assert all(len(each.page.url) <= 100 for each in made)
        assert len(made[0].page.title) == 200
        assert made[0].page.url != made[1].page.url

    @pytest.mark.parametrize(
        ("fields", "title"),
        [
            ({"title": "Q&A  now"}, "Q&A now"), ({"title": "5 < 6"}, "5 < 6"), ({"title": ""}, "About"),
            ({"title": "\x00", "slug": "get-help"}, "Get help"), ({"title": "", "slug": "", "link": ""}, "Page 1"),
        ],
    )  # fmt: skip
    def test_titles_are_plain_words(self, blog, fields, title):
        assert bring(blog, page(**fields))[0].page.title == title


class TestComingAgain:
    def test_the_same_is_nothing_new(self, blog):
        bring(blog, page())
        [again] = bring(blog, page())
        assert (again.result, again.columns) == (Result.UNCHANGED, {})
        assert FlatPage.objects.count() == 1

    def test_what_changed_there_changes_here(self, blog):
        [first] = bring(blog, page())
        [again] = bring(blog, page("about-us", title="We"), markdown="Other words.", digest="two")
        assert again.result == Result.UPDATED
        stands = FlatPage.objects.get()
        assert (stands.pk, stands.url, stands.title, stands.content) == (
            first.page.pk,
            "/about-us/",
            "We",
            "Other words.",
        )
        assert bring(blog, page("about-us", title="We"), digest="two")[0].result == Result.UNCHANGED

    def test_what_was_edited_here_is_not_overwritten(self, blog):
        bring(blog, page())
        FlatPage.objects.update(content="Ours now.")
        assert bring(blog, page())[0].result == Result.UNCHANGED
        [again] = bring(blog, page(), markdown="Theirs.", digest="two")
        assert (again.result, codes(again)) == (Result.SKIPPED, ["edited-here"])
        assert FlatPage.objects.get().content == "Ours now."

    def test_what_was_deleted_here_stays_so(self, blog):
        bring(blog, page())
        FlatPage.objects.all().delete()
        [again] = bring(blog, page(), digest="two")
        assert (again.result, codes(again)) == (Result.SKIPPED, ["deleted-here"])
        assert not FlatPage.objects.exists()

    def test_an_address_that_is_taken_by_then_leaves_the_page_where_it_is(self, blog):
        bring(blog, page())
        make_page("/about-us/")
        [again] = bring(blog, page("about-us"), markdown="New.", digest="two")
        assert (again.result, again.page.url, codes(again)) == (Result.UPDATED, "/about/", ["address-taken"])
        assert FlatPage.objects.get(url="/about/").content == "New."


def test_comments_are_kept_for_the_way_out_without_what_plugins_noted(blog):
    remark = Remark(
        number=5, author="Ann", email="ann@reader.example", content="Well said.\x00", parent=4, approved="1",
        written_at=dt.datetime(2013, 4, 1, tzinfo=dt.UTC), meta=[Meta("akismet_as_submitted", "203.0.113.77")],
    )  # fmt: skip
    [paged] = bring(blog, page(remarks=[remark, Remark(approved="0")]))
    assert codes(paged) == ["comments-on-page"]
    assert "1 comment of" in paged.reasons[0].sentence
    [kept, _] = Imported.objects.get().extra["remarks"]
    assert (kept["author"], kept["content"], kept["written_at"]) == ("Ann", "Well said.", "2013-04-01T00:00:00+00:00")
    assert "203.0.113.77" not in str(Imported.objects.get().extra)


def test_the_queries_are_the_same_for_one_page_and_for_many(blog):
    counts = []
    make_page()
    for number in (1, 20):
        old = [OldPage(page(f"p{number}-{n}", number=n, parent=99), "Words.", "one") for n in range(1, number + 1)]
        with CaptureQueriesContext(connection) as queries:
            assert len(store_pages(old, blog, {})) == number
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert store_pages([], blog, {}) == []


@pytest.mark.parametrize(
    "fields", [{"number": 2**70}, {"parent": 2**70}, {"number": None}, {"number": 0}, {"parent": 1}]
)
def test_odd_numbers_do_no_harm(blog, fields):
    item = page(**fields)
    tree: dict[int, Branch] = {}
    note_branch(tree, item)
    paged = store_page(OldPage(item, "Words.\x00", "one"), blog, tree)
    assert paged.page.content == "Words."
    assert remembered(blog, item, paged)
