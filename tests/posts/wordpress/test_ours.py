"""What a post of ours carries beside what WordPress knows, and how little of it is believed."""

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posts.life import Reason, State
from posts.wordpress import ours as own
from posts.wordpress.exporting.wxr_writing import nicename
from posts.wordpress.ours import Ours, Outlet, Page, as_words, digest_of, metas, ours_of, post_columns, values_of
from posts.wordpress.records import Item, Meta, Remark, Term

AT = dt.datetime(2013, 3, 31, 15, 17, 2, 123456, tzinfo=dt.UTC)
TOLD = AT.replace(microsecond=0)
HTML = "<p>Some <em>words</em>.</p>"


def item_of(ours=None, *, status="publish", content=HTML, body="Some *words*.", at=TOLD, **fields):
    """Return the item that an export of this post is read back as."""
    ours = ours or Ours(State.PUBLISHED, title="A & b", slug="a-b", excerpt="", published_at=AT)
    fields.setdefault("title", as_words(ours.title or ""))
    fields.setdefault("slug", ours.slug or "")
    fields.setdefault("excerpt", as_words(ours.excerpt or ""))
    return Item(
        status=status, content=content, published_at=at, meta=metas(values_of(ours), body=body, html=HTML), **fields
    )


def test_everything_comes_back_as_it_was():
    outlet = Outlet("NK News", "nk-news", "https://nknews.example/", "KR", "en", "Who", [("NKN", "nkn"), ("NK", "")])
    page = Page("https://nknews.example/a", "Fled", "A. Kim", dt.date(2013, 3, 1), dt.date(2013, 3, 2), "en", outlet)
    ours = Ours(
        state=State.WITHDRAWN, title="A <b>", slug="탈북", excerpt="In & short", body="Some *words*.", published_at=AT,
        has_address=True, reason=Reason.SOURCE, ended_at=AT, notice="Violence", is_sensitive=True,
        review_on=dt.date(2030, 1, 1), version=7, created_at=AT, updated_at=AT, written_by="edith", page=page,
        also=[Page("https://other.example/x", outlet=Outlet("Other"))], corrections=[("12, not 20", AT)],
        former=[(dt.date(2012, 1, 2), "before")], opening="closed",
    )  # fmt: skip

    assert ours_of(item_of(ours, status="private", modified_at=TOLD)) == ours


@pytest.mark.parametrize(
    ("was", "held", "status", "becomes"),
    [
        ("published", False, "publish", "published"),
        ("published", False, "future", "published"),
        ("published", False, "private", "draft"),
        ("published", False, "draft", "draft"),
        ("published", False, "pending", "review"),
        ("published", False, "trash", "trash"),
        ("published", False, "odd", "draft"),
        ("published", True, "private", "published"),
        ("withdrawn", False, "private", "withdrawn"),
        ("withdrawn", False, "publish", "withdrawn"),
        ("draft", False, "publish", "draft"),
        ("review", False, "publish", "review"),
        ("review", False, "draft", "draft"),
        ("trash", False, "publish", "trash"),
        ("trash", False, "draft", "draft"),
    ],
)
def test_the_stricter_of_what_it_was_and_what_wordpress_says_holds(was, held, status, becomes):
    review_on = dt.date(2030, 1, 1) if held else None
    ours = Ours(State(was), title="", slug="a", excerpt="", published_at=AT, review_on=review_on, has_address=True)

    read = ours_of(item_of(ours, status=status))

    assert read.state == becomes
    assert read.review_on == review_on
    columns = post_columns(read)
    assert (columns["published_on"] is None) == (becomes in ("draft", "review"))


def test_a_password_keeps_it_from_readers_too():
    assert ours_of(item_of(password="secret")).state == State.DRAFT


def test_what_was_taken_down_never_comes_back():
    assert ours_of(item_of(Ours(State.REMOVED, title="", slug="a", excerpt=""))) is None


def test_the_markdown_holds_until_somebody_changes_the_page():
    assert ours_of(item_of()).body == "Some *words*."
    assert ours_of(item_of(content=f"\n{HTML}\r\n")).body == "Some *words*."
    assert ours_of(item_of(content=HTML.replace("words", "lies"))).body is None


def test_what_was_changed_in_wordpress_stays_changed():
    read = ours_of(item_of(title="New", slug="new", excerpt="New", at=AT + dt.timedelta(days=1)))

    assert (read.title, read.slug, read.excerpt) == (None, None, None)
    assert read.published_at == AT + dt.timedelta(days=1)
    assert {"title", "slug", "excerpt"}.isdisjoint(post_columns(read))


def test_a_slug_that_wordpress_had_to_cut_is_whole_again():
    slug = "탈" * 60

    assert ours_of(item_of(Ours(State.DRAFT, title="", slug=slug, excerpt=""), slug="탈" * 22)).slug == slug
    assert len(nicename(slug)) <= 200


def test_nobody_is_told_of_what_is_brought_over():
    assert post_columns(ours_of(item_of()))["is_quiet"] is True


def test_an_item_without_our_fields_is_none_of_ours():
    assert ours_of(Item(title="From a blog", meta=[Meta("mood", "calm")])) is None
    assert own.ours_of_remark(Remark(content="Hi")) is None
    assert own.ours_of_category(Term("category", "a")) is None


def test_a_term_gets_back_the_name_that_it_had_unless_somebody_has_renamed_it():
    meta = metas({"name": "R&D", "slug": "rd"})

    assert own.as_it_was(Term("post_tag", "rd", "R&amp;D", meta=meta)).name == "R&D"
    assert own.as_it_was(Term("post_tag", "rd", "Research", meta=meta)).name == "Research"
    assert own.as_it_was(Term("series", "rd", "R&amp;D", meta=meta)).name == "R&amp;D"


ODD = [
    "",
    "{",
    "[]",
    "null",
    "3",
    '"x"',
    "[" * 100_000,
    '{"a":' * 100_000,
    "9" * 10_000,
    "NaN",
    "\ud800",
    '{"state":[]}',
]


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_what_is_no_object_is_left(text):
    item = Item(meta=[Meta("_htwatch", text), Meta("_htwatch_body", text), Meta("_htwatch_body_of", digest_of(""))])

    assert ours_of(item) is None
    assert own.ours_of_image(Item(kind="attachment", meta=item.meta)) is None
    assert own.ours_of_outlet(Term("link_category", "a", meta=item.meta)) is None


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["2013-01-01", "published"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
_NAMES = set(values_of(Ours()))
_NAMES |= {"path", "name", "slug", "aliases", "file", "digest", "url", "body", "reasons", "home_page", "address"}


@given(st.dictionaries(st.sampled_from(sorted(_NAMES)), _values), st.sampled_from(list(State.values)))
def test_nothing_that_stands_in_a_field_is_more_than_left_out(values, state):
    meta = [Meta("_htwatch", json.dumps({"name": "x", "path": "x", "slug": "x", **values, "state": state}))]

    read = ours_of(Item(meta=meta, published_at=TOLD))
    if read:
        post_columns(read)
        values_of(read)
    for taxonomy, reader in (
        ("category", own.ours_of_category), ("post_tag", own.ours_of_tag), (own.OUTLETS, own.ours_of_outlet),
    ):  # fmt: skip
        reader(Term(taxonomy, "x", meta=meta))
    own.ours_of_remark(Remark(meta=meta))
    own.ours_of_image(Item(kind="attachment", meta=meta))
    own.ours_of_site_page(Item(kind="page", meta=meta))


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "//evil.example", "http://user:pw@evil.example/", "x", "http://" + "a" * 3000]
)
def test_addresses_that_are_none_of_a_website_are_left_out(address):
    meta = metas({"state": "draft", "link": {"address": address}, "source": {"name": "X", "home_page": address}})

    read = ours_of(Item(meta=meta))

    assert read.page is None
    assert read.outlet.home_page == ""


@pytest.mark.parametrize("file", ["../../etc/passwd", "images/2013/03/../x.png", "images/2013/03/a.svg", "/x"])
def test_a_pictures_file_lies_where_pictures_lie(file):
    meta = metas({"file": file, "digest": "a" * 64})

    assert own.ours_of_image(Item(kind="attachment", meta=meta)) is None


@pytest.mark.parametrize("url", ["about", "/../", "//evil.example/", "/a/../b/", "/a b/", "", "/a"])
def test_a_page_stands_at_an_address_of_this_site(url):
    assert own.ours_of_site_page(Item(kind="page", meta=metas({"url": url, "title": "x"}))) is None


@pytest.mark.parametrize(
    ("was", "approved", "becomes"),
    [
        ("approved", "1", "approved"),
        ("approved", "0", "held"),
        ("approved", "spam", "spam"),
        ("held", "1", "held"),
        ("removed", "1", "removed"),
        ("held", "trash", "removed"),
        ("approved", "odd", "held"),
    ],
)
def test_the_stricter_holds_for_comments_too(was, approved, becomes):
    known = own.OursOfRemark(was, body="*Hi*", name="Ann", removal_reason="abuse" if was == "removed" else "")
    meta = metas(own.values_of_remark(known, "<em>Hi</em>"))

    read = own.ours_of_remark(Remark(author="Ann", content="<em>Hi</em>", approved=approved, meta=meta))

    assert read.state == becomes
    assert read.body == "*Hi*"
    assert bool(read.removal_reason) == (becomes == "removed")


def test_what_stands_around_the_text_can_be_taken_off():
    html = own.framed("<p>Warned</p>\n<!--more-->") + "\n\n<p>Text</p>\n\n" + own.framed("<p>Also</p>")

    assert own.without_frame(html).strip() == "<p>Text</p>"
