"""The way out: the whole site as a WordPress export."""

import datetime as dt
import io
import json
import os
import stat

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.flatpages.models import FlatPage
from django.core.management import CommandError, call_command
from django.utils import timezone

from posts.comments.models import Comment, Discussion
from posts.life import Reason
from posts.models import Correction, FormerAddress, Image, Note, Post, Tag, TagAlias
from posts.picturing import read_picture
from posts.wordpress.exporting.site import export
from posts.wordpress.exporting.wxr_writing import nicename, unique_nicenames
from posts.wordpress.models import Blog, Imported
from sources.models import SourceAlias
from tests.factories import make_category, make_comment, make_link, make_post, make_source, picture_file
from tests.posts.wordpress.reading_back import read_back

pytestmark = pytest.mark.django_db


def exported(at=None):
    return read_back("".join(export(at)))


def own(fields, key="_htwatch"):
    return json.loads(dict(fields["meta"])[key])


def make_image(**words):
    picture = read_picture(picture_file(size=(words.pop("width", 40), 30)))
    image = Image.objects.get_or_store(picture)
    for name, value in words.items():
        setattr(image, name, value)
    image.save()
    return image


def make_site_page(url, title="About", content="Who *we* are.", **fields):
    page = FlatPage.objects.create(url=url, title=title, content=content, **fields)
    page.sites.set([settings.SITE_ID])
    return page


def make_imported(row, number, kind="post", key="", **fields):
    blog, _ = Blog.objects.get_or_create(address="https://oldblog.example", host="oldblog.example")
    return Imported.objects.create(
        blog=blog, kind=kind, key=key or f"{kind}-{number}", number=number, model=row._meta.label_lower, row_id=row.pk,
        digest="", **fields,
    )  # fmt: skip


# --- The head


def test_a_site_without_anything_is_a_whole_file():
    read = exported()

    assert read.head["title"] == settings.SITE_NAME
    assert read.head["base_blog_url"] == settings.SITE_URL
    assert not read.items


def test_parents_stand_before_their_children_and_equal_slugs_under_two_parents_are_told_apart():
    law, sea = make_category("Law"), make_category("Sea")
    make_category("Fishing", parent=sea)
    make_category("Fishing", parent=law, description="Nets & <lines>")
    make_category("Fishing 2", parent=law)

    read = exported()

    named = {each["category_nicename"]: each for each in read.categories}
    assert named["fishing"]["category_parent"] == "law"
    assert named["fishing-3"]["category_parent"] == "sea"
    assert own(named["fishing-3"])["path"] == "sea/fishing"
    assert named["fishing"]["category_description"] == "Nets &amp; &lt;lines&gt;"
    assert own(named["fishing"])["description"] == "Nets & <lines>"


def test_slugs_of_other_scripts_are_encoded_as_wordpress_stores_them():
    make_post("북한 인권", tags=["인신매매"], slug="북한-인권")

    read = exported()

    assert read.items[0]["post_name"] == "%eb%b6%81%ed%95%9c-%ec%9d%b8%ea%b6%8c"
    assert read.tags[0]["tag_slug"] == "%ec%9d%b8%ec%8b%a0%eb%a7%a4%eb%a7%a4"
    assert read.items[0]["terms"] == [("post_tag", read.tags[0]["tag_slug"], "인신매매")]


def test_a_long_slug_is_cut_between_letters_and_kept_whole_for_us():
    slug = "탈" * 60
    make_post("Long", slug=slug)

    item = exported().item("Long")

    assert item["post_name"] == "%ed%83%88" * 22
    assert own(item)["slug"] == slug


def test_slugs_that_would_become_the_same_by_cutting_are_told_apart():
    long = "탈" * 30

    names = unique_nicenames([f"{long}가", f"{long}나", "a", "a"])

    assert len(set(names)) == 4
    assert all(len(name) <= 200 for name in names)
    assert names[2:] == ["a", "a-2"]
    assert nicename("Über-Straße".lower()) == "%c3%bcber-stra%c3%9fe"


def test_tags_bring_the_other_names_that_lead_to_them():
    tag = Tag.objects.get_or_create_named("North Korea")
    TagAlias.objects.create(tag=tag, name="DPRK", name_key="dprk", slug="dprk", is_synonym=True)

    (read,) = exported().tags

    assert own(read)["aliases"] == [["DPRK", "dprk", True, True]]


def test_outlets_stand_in_the_head_with_all_that_is_known_of_them():
    source = make_source("NK News", home_page="https://nknews.example/", country="KR", description="Who they are.")
    SourceAlias.objects.create(source=source, name="NKN")

    (term,) = exported().terms

    # A taxonomy that every WordPress knows: of one of ours it would say, for each outlet, that it failed.
    assert term["term_taxonomy"] == "link_category"
    assert own(term) == {
        "name": "NK News", "slug": "nk-news", "home_page": "https://nknews.example/", "country": "KR",
        "description": "Who they are.", "aliases": [["NKN", ""]],
    }  # fmt: skip


def test_authors_are_those_who_own_posts_or_answered_from_the_desk():
    edith = User.objects.create_user("edith", "edith@watch.example", first_name="Edith", last_name="Ng")
    mo = User.objects.create_user("mo", "mo@watch.example")
    User.objects.create_user("idle", "idle@watch.example")
    post = make_post(editor=edith)
    make_comment(post, editor=mo, is_editorial=True)

    read = exported()

    assert [each["author_login"] for each in read.authors] == ["edith", "mo"]
    assert read.authors[0]["author_display_name"] == "Edith Ng"
    assert read.authors[0]["author_email"] == "edith@watch.example"
    assert read.items[0]["creator"] == "edith"
    assert read.items[0]["comments"][0]["comment_user_id"] == read.authors[1]["author_id"]


# --- Posts


def test_a_post_is_what_wordpress_readers_see_and_all_that_we_know_of_it(settings):
    source = make_source("NK News & Co", home_page="https://nknews.example/")
    link = make_link(source, "https://nknews.example/a?b=1&c=2", headline="Fled", byline="A. Kim", language="en")
    other = make_link(make_source("Yonhap"), "https://yonhap.example/x")
    post = make_post(
        "A <b> & c", at="2013-03-31 15:17", body="Some *words*.", source=source, link=link, excerpt="In short"
    )
    post.also_reported.create(link=other, position=0)
    url = post.get_absolute_url()

    item = exported().item("A &lt;b&gt; &amp; c")

    assert item["link"] == settings.SITE_URL + url
    assert item["guid"] == post.guid
    assert item["status"] == "publish"
    assert item["post_date"] == "2013-03-31 15:17:00"
    assert item["content"] == (
        "<p>Some <em>words</em>.</p>\n\n"
        '<p>Source: <a href="https://nknews.example/a?b=1&amp;c=2">NK News &amp; Co</a></p>\n\n'
        '<!--htwatch--><p>Also reported by <a href="https://yonhap.example/x">Yonhap</a></p><!--/htwatch-->'
    )
    assert own(item, "_htwatch_body") == "Some *words*."
    assert own(item)["link"]["headline"] == "Fled"
    assert own(item)["link"]["source"]["name"] == "NK News & Co"
    assert [page["address"] for page in own(item)["also"]] == ["https://yonhap.example/x"]


def test_dates_stand_in_the_sites_own_time_and_in_utc(settings):
    settings.TIME_ZONE = "Asia/Seoul"
    timezone.get_default_timezone.cache_clear()
    try:
        make_post("Early", at=dt.datetime(2013, 3, 31, 22, 30, tzinfo=dt.UTC))

        item = exported().item("Early")
    finally:
        settings.TIME_ZONE = "UTC"
        timezone.get_default_timezone.cache_clear()

    assert item["post_date"] == "2013-04-01 07:30:00"
    assert item["post_date_gmt"] == "2013-03-31 22:30:00"
    assert item["pubDate"] == "Sun, 31 Mar 2013 22:30:00 +0000"
    assert "/2013/04/01/" in item["link"]


def test_the_part_above_the_mark_stays_the_part_above_the_mark():
    make_post("Cut", body="Above.\n\n<!--more-->\n\nBelow.")

    assert "<p>Above.</p>\n<!--more-->\n<p>Below.</p>" in exported().item("Cut")["content"]


def test_pictures_have_whole_addresses_and_belong_to_the_post_that_shows_them(settings):
    image = make_image(alt="A boat", caption="In <harbour>", credit="Kim", licence="CC BY 4.0")
    make_post("Shown", body=image.as_markdown())

    read = exported()

    address = settings.SITE_URL + image.file.url
    (attachment,) = [item for item in read.items if item["post_type"] == "attachment"]
    assert f'src="{address}"' in read.item("Shown")["content"]
    assert attachment["attachment_url"] == address
    assert attachment["post_parent"] == read.item("Shown")["post_id"]
    assert attachment["excerpt"] == "In &lt;harbour&gt;"
    assert attachment["content"] == "Credit: Kim, CC BY 4.0"
    assert dict(attachment["meta"])["_wp_attachment_image_alt"] == "A boat"
    assert dict(attachment["meta"])["_wp_attached_file"] == image.file.name.removeprefix("images/")
    assert own(attachment)["digest"] == image.digest


def test_every_state_gets_the_status_that_keeps_it_from_the_same_people(editor):
    make_post("Published")
    make_post("Scheduled", at=timezone.now() + dt.timedelta(days=2))
    make_post("Draft", draft=True)
    review = make_post("Review", draft=True)
    review.submit()
    withdrawn = make_post("Withdrawn")
    withdrawn.withdraw(Reason.SOURCE)
    trashed = make_post("Trashed")
    trashed.trash()

    read = exported()

    statuses = {item["title"]: item["status"] for item in read.items}
    assert statuses == {
        "Published": "publish", "Scheduled": "future", "Draft": "draft", "Review": "pending", "Withdrawn": "private",
        "Trashed": "trash",
    }  # fmt: skip
    assert own(read.item("Withdrawn"))["reason"] == "source"
    assert read.item("Draft")["post_date_gmt"] == "0000-00-00 00:00:00"
    assert read.item("Draft")["link"].startswith(f"{settings.SITE_URL}/?p=")


@pytest.mark.parametrize("prepare", ["publish", "schedule", "draft"])
def test_what_is_held_back_does_not_become_public_by_moving(prepare):
    at = timezone.now() + dt.timedelta(days=2) if prepare == "schedule" else "2013-03-31 15:17"
    post = make_post("Held", at=at, draft=prepare == "draft")
    Post.objects.filter(pk=post.pk).update(review_on=dt.date(2020, 1, 1))

    item = exported().item("Held")

    assert item["status"] == ("draft" if prepare == "draft" else "private")
    assert own(item)["review_on"] == "2020-01-01"


def test_of_what_was_taken_down_nothing_is_left_in_the_file(editor):
    source = make_source("Leaky Outlet")
    post = make_post(
        "Leaked title", body="Leaked words.", slug="leaked-slug", source=source, tags=["kept"], editor=editor
    )
    make_comment(post, "Leaked comment.")
    FormerAddress.objects.leave(dt.date(2013, 3, 31), "leaked-old", post=post)
    shown = "".join(export())
    post.take_down(Reason.PROTECTION)

    text = "".join(export())

    assert "eaked" in shown
    assert "eaked" not in text
    assert post.guid not in text


def test_notes_of_the_desk_are_never_in_the_file(editor):
    post = make_post("Noted")
    Note.objects.create(post=post, text="Ask the lawyer secretly", by=editor, by_name="edith")
    make_comment(post, note="The moderator suspects")
    post.log("update", editor, "A word in the log")

    text = "".join(export())

    assert not [words for words in ("secretly", "suspects", "word in the log") if words in text]


def test_corrections_are_told_to_readers_there_and_kept_for_us(editor):
    post = make_post("Corrected")
    post.correct("It was 12, not 20.", by=editor)

    item = exported().item("Corrected")

    assert "It was 12, not 20." in item["content"]
    assert own(item)["corrections"][0][0] == "It was 12, not 20."


def test_what_readers_should_know_before_stands_above_the_cut():
    make_post("Warned", body="Violence.\n\n<!--more-->\n\nMore of it.", notice="Describes violence")

    content = exported().item("Warned")["content"]

    assert content.index("Describes violence") < content.index("<!--more-->") < content.index("Violence.")
    assert content.count("<!--more-->") == 1


def test_old_addresses_lead_on_there_too():
    post = make_post("Moved", slug="now")
    FormerAddress.objects.leave(dt.date(2013, 3, 31), "before", post=post)
    FormerAddress.objects.leave(dt.date(2012, 1, 2), "now", post=post)
    FormerAddress.objects.leave(dt.date(2011, 1, 2), "long-before", post=post)

    item = exported().item("Moved")

    old = [meta for meta in item["meta"] if meta[0].startswith("_wp_old")]
    assert old == [("_wp_old_slug", "before"), ("_wp_old_date", "2012-01-02")]  # WordPress knows no others
    assert own(item)["former"] == [["2011-01-02", "long-before"], ["2012-01-02", "now"], ["2013-03-31", "before"]]


def test_comments_are_open_where_they_are_not_closed():
    closed, kept = make_post("Closed"), make_post("Kept open")
    Discussion.objects.create(post=closed, opening="closed")
    Discussion.objects.create(post=kept, opening="open")

    read = exported()

    assert read.item("Closed")["comment_status"] == "closed"
    assert read.item("Kept open")["comment_status"] == "open"
    assert own(read.item("Kept open"))["opening"] == "open"


def test_texts_that_xml_or_php_would_spoil_come_out_as_they_went_in():
    body = "An end ]]> and ]]]]> in it.\r\nN; 😀 a:1:{} \x0b\x7f\ufffe"
    post = make_post("Odd ]]> title", body="x")
    Post.objects.filter(pk=post.pk).update(body=body, excerpt="]]>")
    make_comment(post, "Also ]]> here\x08", name="A ]]> name")

    item = exported().item("Odd ]]&gt; title")

    assert own(item, "_htwatch_body") == body
    assert item["comments"][0]["comment_author"] == "A ]]&gt; name"


# --- Comments


def test_comments_come_with_their_threads_and_states_and_nothing_of_networks():
    post = make_post("Discussed")
    first = make_comment(post, "First *words*.", name="Ann", email="ann@reader.example", writer="hash-of-network")
    make_comment(post, "Answer.", parent=first)
    make_comment(post, "Waiting.", state=Comment.State.HELD, reasons=[["links", "It has 5 links."]])
    make_comment(post, "Buy.", state=Comment.State.SPAM)
    make_comment(post, "Gone.", state=Comment.State.REMOVED, removal_reason="abuse")

    text = "".join(export())
    comments = read_back(text).item("Discussed")["comments"]

    assert [each["comment_approved"] for each in comments] == ["1", "1", "0", "spam", "trash"]
    assert comments[1]["comment_parent"] == comments[0]["comment_id"]
    assert comments[0]["comment_content"] == "First <em>words</em>."
    assert comments[0]["comment_author_email"] == "ann@reader.example"
    assert own(comments[0])["body"] == "First *words*."
    assert own(comments[2])["reasons"] == [["links", "It has 5 links."]]
    assert own(comments[4])["removal_reason"] == "abuse"
    assert "hash-of-network" not in text


# --- Pages


def test_pages_stand_under_the_page_above_them():
    make_site_page("/about/team/", "Team & co", content="![x](/media/none.png)\n\n# Hello")
    make_site_page("/about/", "About")
    make_site_page("/inside/", "Inside", registration_required=True)
    other = FlatPage.objects.create(url="/elsewhere/", title="Another site")
    make_post("A post", at="2012-01-02 03:04")

    read = exported()

    pages = {item["title"]: item for item in read.items if item["post_type"] == "page"}
    assert pages["Team &amp; co"]["post_parent"] == pages["About"]["post_id"]
    assert pages["Team &amp; co"]["post_name"] == "team"
    assert pages["About"]["content"] == "<p>Who <em>we</em> are.</p>"
    assert pages["About"]["link"] == f"{settings.SITE_URL}/about/"
    assert pages["Inside"]["status"] == "private"
    assert own(pages["About"])["url"] == "/about/"
    assert own(pages["About"], "_htwatch_body") == "Who *we* are."
    assert pages["About"]["post_date"] == "2012-01-02 03:04:00"
    assert other.title not in pages


# --- What came from a blog goes back


def test_what_came_from_a_blog_keeps_its_numbers_and_others_get_new_ones():
    old, new = make_post("Old"), make_post("New")
    make_imported(old, 4711)
    tag = Tag.objects.get_or_create_named("kept")
    make_imported(tag, 33, kind="tag")

    read = exported()

    assert read.item("Old")["post_id"] == "4711"
    assert int(read.item("New")["post_id"]) > 4711
    assert read.tags[0]["term_id"] == "33"
    assert new.pk


def test_two_blogs_that_counted_alike_do_not_make_two_items_of_one_number():
    first, second = make_post("First"), make_post("Second")
    make_imported(first, 12, key="a")
    make_imported(second, 12, key="b")
    make_imported(make_post("Huge"), 2**62, key="c")

    read = exported()

    assert read.item("First")["post_id"] == "12"
    assert read.item("Second")["post_id"] != "12"


def test_custom_fields_and_other_taxonomies_go_back_where_they_came_from():
    post = make_post("Brought", slug="now")
    FormerAddress.objects.leave(dt.date(2013, 3, 31), "before", post=post)
    meta = [
        ["mood", "calm ]]>"],
        ["_htwatch", "{}"],
        ["_wp_old_slug", "before"],
        ["_wp_old_slug", "other"],
        "odd",
        ["x"],
    ]
    make_imported(post, 7, extra={"meta": meta, "terms": [["series", "북", "The “North”"], None]})

    item = exported().item("Brought")

    keys = [key for key, _ in item["meta"]]
    assert ("mood", "calm ]]>") in item["meta"]
    assert keys.count("_htwatch") == 1
    assert [value for key, value in item["meta"] if key == "_wp_old_slug"] == ["before", "other"]
    assert ("series", "%eb%b6%81", "The “North”") in item["terms"]


def test_terms_of_taxonomies_that_this_site_has_not_go_back():
    make_category("Law")
    blog, _ = Blog.objects.get_or_create(address="https://oldblog.example", host="oldblog.example")
    for number, taxonomy in ((4, "series"), (5, "link_category")):
        extra = {"taxonomy": taxonomy, "slug": "북", "name": "The North", "parent": "", "meta": [["colour", "red"]]}
        key = f"{taxonomy}/북"
        Imported.objects.create(blog=blog, kind="term", key=key, number=number, digest="", extra=extra)

    read = exported()

    (term,) = read.terms  # of outlets the site knows more than what was kept
    assert (term["term_taxonomy"], term["term_slug"], term["term_id"]) == ("series", "%eb%b6%81", "4")
    assert term["meta"] == [("colour", "red")]


def test_files_that_are_no_pictures_and_those_that_were_not_to_be_had_stay_attachments():
    blogs = [Blog.objects.create(address=f"https://{name}.example", host=f"{name}.example") for name in "ab"]
    address = "https://a.example/wp-content/uploads/2013/03/report.pdf"
    for blog in blogs:
        Imported.objects.create(
            blog=blog, kind="attachment", key=address, number=9, digest="", address=address, path="2013/03/report.pdf",
            extra={"title": "The report", "file": "/media/files/2013/03/report-1.pdf"},
        )  # fmt: skip
    Imported.objects.create(
        blog=blogs[0],
        kind="attachment",
        key="gone",
        digest="",
        address="https://a.example/gone.png",
        extra={"alt": "A"},
    )

    report, gone = exported().items

    assert report["attachment_url"] == f"{settings.SITE_URL}/media/files/2013/03/report-1.pdf"
    assert (report["title"], report["post_id"], report["guid"]) == ("The report", "9", address)
    assert gone["attachment_url"] == "https://a.example/gone.png"
    assert dict(gone["meta"])["_wp_attachment_image_alt"] == "A"


def test_formats_order_and_pings_go_back():
    make_imported(make_post("Kept"), 7, extra={"format": "post-format-video", "menu_order": 3, "ping_status": "open"})

    item = exported().item("Kept")

    assert item["terms"] == [("post_format", "post-format-video", "Video")]
    assert (item["menu_order"], item["ping_status"]) == ("3", "open")


def test_comments_under_a_page_go_back_with_it():
    page = make_site_page("/about/")
    remark = {
        "number": 5,
        "author": "Ann",
        "content": "Hi",
        "written_at": "2013-04-01T10:00:00+00:00",
        "approved": "1",
    }
    make_imported(page, 2, kind="page", key="https://oldblog.example/?page_id=2", extra={"remarks": [remark, "odd"]})

    (item,) = exported().items

    assert item["guid"] == "https://oldblog.example/?page_id=2"
    assert [each["comment_content"] for each in item["comments"]] == ["Hi"]


@pytest.mark.parametrize(
    "extra", [[], "odd", {"meta": 3, "terms": {"a": 1}, "remarks": [{"meta": [1]}]}, {"meta": [[1, None]]}]
)
def test_whatever_was_kept_of_an_old_blog_the_file_can_be_written(extra):
    make_imported(make_post("Kept"), 7, extra=extra)
    make_imported(make_site_page("/about/"), 8, kind="page", extra=extra)

    assert len(exported().items) == 2


# --- The whole


def test_two_exports_of_the_same_site_are_the_same_bytes():
    category = make_category("Law")
    for number in range(3):
        post = make_post(f"Post {number}", tags=["b", "a", "c"], categories=[category])
        make_comment(post)
    at = timezone.now()

    assert "".join(export(at)) == "".join(export(at + dt.timedelta(days=9)))


def _make_much(number):
    source = make_source(f"Outlet {number}")
    link = make_link(source, f"https://outlet{number}.example/a")
    post = make_post(
        source=source, link=link, tags=[f"tag {number}", "all"], categories=[make_category(f"C {number}")]
    )
    post.also_reported.create(link=make_link(source, f"https://outlet{number}.example/b"), position=0)
    Correction.objects.create(post=post, text="x")
    FormerAddress.objects.leave(dt.date(2011, 1, 1), f"slug-{number}", post=post)
    make_comment(post, parent=make_comment(post))
    make_site_page(f"/page-{number}/", content="![a](/media/images/2013/03/aaaaaaaaaaaaaaaa-1x1.png)")
    make_image(width=40 + number)


def test_the_number_of_queries_does_not_grow_with_the_number_of_posts(django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    _make_much(1)
    with CaptureQueriesContext(connection) as one:
        exported()
    _make_much(2)
    _make_much(3)

    with django_assert_num_queries(len(one)):
        exported()


# --- The command


def test_the_file_takes_its_place_once_it_is_whole(tmp_path):
    make_post("Written 탈북 😀")
    file = tmp_path / "site.xml"
    file.write_text("before")

    err = io.StringIO()
    call_command("export_wordpress", str(file), stderr=err)

    assert read_back(file.read_text(encoding="utf-8")).item("Written 탈북 😀")
    assert [path.name for path in tmp_path.iterdir()] == ["site.xml"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "1 items" in err.getvalue()


@pytest.mark.parametrize("arguments", [[], ["-"]])
def test_without_a_file_it_goes_to_standard_output_and_nothing_else_does(arguments):
    make_post("Written")
    out, err = io.StringIO(), io.StringIO()

    call_command("export_wordpress", *arguments, stdout=out, stderr=err)

    assert read_back(out.getvalue()).item("Written")


def test_where_nothing_can_be_written_one_line_says_so(tmp_path):
    make_post()
    for file in (tmp_path / "none" / "site.xml", tmp_path, tmp_path / ("x" * 400)):
        with pytest.raises(CommandError) as error:
            call_command("export_wordpress", str(file), stderr=io.StringIO())
        assert str(file) in str(error.value)
        assert "\n" not in str(error.value)
    assert not list(tmp_path.iterdir())


def test_what_stood_in_the_file_stays_where_the_disk_is_full(tmp_path):
    import resource

    make_post("Too much", body="Word. " * 5000)
    file = tmp_path / "site.xml"
    file.write_text("before")
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)

    resource.setrlimit(resource.RLIMIT_FSIZE, (4000, most))
    try:
        with pytest.raises(CommandError, match="cannot be written"):
            call_command("export_wordpress", str(file), stderr=io.StringIO())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    assert file.read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["site.xml"]


def test_a_pipe_is_written_and_not_replaced(tmp_path):
    import threading

    make_post("Piped")
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text(encoding="utf-8")))
    reader.start()

    call_command("export_wordpress", str(pipe), stderr=io.StringIO())

    reader.join(timeout=10)
    assert read_back(read[0]).item("Piped")
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_link_to_a_file_stays_a_link(tmp_path):
    make_post("Linked")
    (tmp_path / "link.xml").symlink_to(tmp_path / "real.xml")

    call_command("export_wordpress", str(tmp_path / "link.xml"), stderr=io.StringIO())

    assert (tmp_path / "link.xml").is_symlink()
    assert read_back((tmp_path / "real.xml").read_text(encoding="utf-8")).item("Linked")
