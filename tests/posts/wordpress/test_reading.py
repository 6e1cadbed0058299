"""An export is read as WordPress meant it, or refused in one line that says where and why."""

import datetime as dt
import gzip
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from posts.wordpress.reading import NotReadable, Survey, read, survey
from posts.wordpress.records import Author, Filed, Item, Meta, Record, Remark, Site, Term
from tests.posts.wordpress import wxr as make

UTC = dt.UTC
SEVERAL = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def stored(folder: Path, data: bytes | str, name: str = "export.xml") -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def zipped(folder: Path, members: dict[str, bytes], name: str = "export.zip") -> Path:
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in members.items():
            archive.writestr(member, data)
    return folder / name


def items_of(*paths: Path) -> list[Item]:
    return [record for record in read(paths) if isinstance(record, Item)]


def only_item(folder: Path, data: bytes | str) -> Item:
    (item,) = items_of(stored(folder, data))
    return item


def refusal(*paths: Path | str) -> str:
    """Return the one line in which the files are refused."""
    with pytest.raises(NotReadable) as caught:
        survey(paths)
    line = str(caught.value)
    assert "\n" not in line
    assert line.isprintable()
    assert len(line) < 400
    return line


def refused(folder: Path, data: bytes | str, name: str = "export.xml") -> str:
    line = refusal(stored(folder, data, name))
    assert line.startswith(f"{name}: ")
    return line


def warnings_of(folder: Path, data: bytes | str) -> str:
    return "\n".join(survey([stored(folder, data)]).warnings)


def item_with(*fields: str, head: str = "") -> bytes:
    """Return an export whose one item has just these fields."""
    return make.wxr(f"<item>{''.join(fields)}</item>", head=[head] if head else ())


SAMPLE = make.wxr(
    make.item(
        "Escape &amp; <em>return</em>",
        "<p>Words ]]> more</p>",
        categories=[("News", "news")],
        tags=[("탈북", "%ed%83%88%eb%b6%81")],
        meta=[("_wp_old_slug", "older"), ("note", "one"), ("note", "two")],
        remarks=[make.remark(), make.remark("Ping", number=2, kind="pingback", parent=1)],
        sticky=1,
    ),
    make.attachment(f"{make.BLOG}/files/a.jpg", number=2, parent=1, caption="A boat", alt="Boat at sea"),
    head=[
        make.author(),
        make.category("News", "news", number=5),
        make.category("Asia", "asia", number=6, parent="news"),
        make.tag("탈북", "%ed%83%88%eb%b6%81", number=7),
        make.term("Long reads", "long-reads", number=8),
    ],
)


# What a sound file says


def test_everything_that_stands_in_a_file_is_read_in_order(tmp_path: Path) -> None:
    site, author, news, asia, tag, term, post, picture = read([stored(tmp_path, SAMPLE)])

    assert site == Site("Old blog", make.BLOG, make.BLOG, "Words", "en", "1.2")
    assert author == Author("edith", 1, "edith@oldblog.example", "Edith")
    assert news == Term("category", "news", "News", 5)
    assert asia == Term("category", "asia", "Asia", 6, parent="news")
    assert tag == Term("post_tag", "탈북", "탈북", 7)
    assert term == Term("series", "long-reads", "Long reads", 8)
    at = dt.datetime(2013, 3, 31, 15, 17, tzinfo=UTC)
    assert isinstance(post, Item)
    assert (post.title, post.content, post.slug) == ("Escape & return", "<p>Words ]]> more</p>", "item-1")
    assert (post.published_at, post.local_at, post.is_sticky) == (at, at.replace(tzinfo=None), True)
    assert post.filed == [Filed("category", "news", "News"), Filed("post_tag", "탈북", "탈북")]
    assert post.all_meta("note") == ["one", "two"]
    first, second = post.remarks
    assert first == Remark(
        1, "comment", "Ann", "ann@reader.example", "", dt.datetime(2013, 4, 1, 10, tzinfo=UTC), "Well said."
    )
    assert (second.kind, second.parent) == ("pingback", 1)
    assert isinstance(picture, Item)
    assert (picture.kind, picture.parent, picture.status) == ("attachment", 1, "inherit")
    assert (picture.attachment_url, picture.excerpt) == (f"{make.BLOG}/files/a.jpg", "A boat")
    assert picture.meta == [Meta("_wp_attachment_image_alt", "Boat at sea")]
    assert picture.place == "export.xml, item 2"


def test_a_survey_counts_what_a_file_holds(tmp_path: Path) -> None:
    found = survey([stored(tmp_path, SAMPLE)])

    assert (found.items, found.remarks, found.authors, found.terms) == (2, 2, 1, 4)
    assert found.kinds == {"post": 1, "attachment": 1}
    assert found.site.address == make.BLOG
    assert found.warnings == []
    assert len(found.digest) == 64


def test_the_network_address_of_a_commenter_is_not_read(tmp_path: Path) -> None:
    assert b"203.0.113.77" in SAMPLE
    assert "203.0.113.77" not in repr(list(read([stored(tmp_path, SAMPLE)])))


def test_a_pass_may_ask_for_some_kinds_only_and_gets_the_same_items(tmp_path: Path) -> None:
    path = stored(tmp_path, SAMPLE)

    pictures = [record for record in read([path], kinds={"attachment"}) if isinstance(record, Item)]

    assert pictures == [item for item in items_of(path) if item.kind == "attachment"]


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_every_version_of_the_format_reads_the_same(tmp_path: Path, version: str, scheme: str) -> None:
    post = make.item(categories=[("News", "news")], tags=[("Sea", "sea")], version=version)
    data = make.wxr(post, version=version).decode()
    data = data.replace("http://wordpress.org", f"{scheme}://wordpress.org")

    item = only_item(tmp_path, data)

    assert item.filed == [Filed("category", "news", "News"), Filed("post_tag", "sea", "Sea")]
    assert (item.number, item.content) == (1, "<p>Some words.</p>")
    assert survey([tmp_path / "export.xml"]).warnings == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("wp:", "wp1:"),
        ("xmlns:wp=", "xmlns:wp1="),
        ("export/1.2/excerpt/", "export/1.2/excerpt"),
        ('export/1.2/"', 'export/1.2"'),
        ("modules/content/", "modules/content"),
        ("excerpt:", "e:"),
        ("content:", "c:"),
        ('xmlns:wp="http://wordpress.org/export/1.2/"', ""),
    ],
)
def test_prefixes_and_namespaces_may_be_spelt_otherwise(tmp_path: Path, before: str, after: str) -> None:
    data = make.wxr(make.item(excerpt="Short.")).decode()
    if before == "xmlns:wp=":
        data = data.replace("wp:", "wp1:")
    data = data.replace(before, after)
    if before.endswith(":"):
        data = data.replace(f"xmlns:{before[:-1]}=", f"xmlns:{after[:-1]}=")

    item = only_item(tmp_path, data)

    assert (item.number, item.content, item.excerpt) == (1, "<p>Some words.</p>", "Short.")


def test_a_prefix_may_be_declared_on_the_element_that_uses_it(tmp_path: Path) -> None:
    data = make.wxr(make.item()).decode().replace("wp:post_id>", "n:post_id>")
    data = data.replace("<n:post_id>", '<n:post_id xmlns:n="http://wordpress.org/export/1.2/">')

    assert only_item(tmp_path, data).number == 1


def test_what_others_added_is_passed_over_even_under_a_prefix_that_nobody_declared(tmp_path: Path) -> None:
    added = (
        '<media:thumbnail url="x"><media:title>No</media:title></media:thumbnail>'
        '<link xmlns="http://www.w3.org/2005/Atom" href="no">no</link><x:title xmlns:x="urn:x">No</x:title>'
    )
    image = "<image><url>u</url><title>Icon</title><link>https://elsewhere.example</link></image>"
    data = make.wxr(make.item().replace("<item>", f"<item>{added}"), head=[image])

    site, item = read([stored(tmp_path, data)])

    assert isinstance(site, Site)
    assert isinstance(item, Item)
    assert (site.title, site.address, item.title) == ("Old blog", make.BLOG, "A title")
    assert item.link.startswith(make.BLOG)


def test_a_newer_version_is_read_with_a_warning(tmp_path: Path) -> None:
    data = make.wxr(make.item(), version="1.3")

    assert "1.3" in warnings_of(tmp_path, data)
    assert only_item(tmp_path, data).number == 1


def test_a_file_that_names_no_version_is_read_with_a_warning(tmp_path: Path) -> None:
    data = make.wxr(make.item()).replace(b"<wp:wxr_version>1.2</wp:wxr_version>", b"")

    assert "no version" in warnings_of(tmp_path, data)


def test_the_address_of_the_blog_is_taken_from_its_link_where_nothing_else_names_it(tmp_path: Path) -> None:
    data = make.wxr(make.item(), base="https://old.example/blog/").decode()
    data = data.replace("<wp:base_blog_url>https://old.example/blog/</wp:base_blog_url>", "")

    assert survey([stored(tmp_path, data)]).site.address == "https://old.example/blog"


# Fields that are odd or missing


def test_an_item_without_fields_is_a_draft_that_nothing_is_known_of(tmp_path: Path) -> None:
    item = only_item(tmp_path, make.wxr("<item/>"))

    assert item == Item(status="draft", place="export.xml, item 1")


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("12", 12), (" 12 ", 12), ("0", None), ("", None), ("12abc", None), ("-3", None), ("1.5", None), ("١٢", None),
        ("9223372036854775807", 2**63 - 1), ("9223372036854775808", None), ("9" * 5000, None),
    ],
)  # fmt: skip
def test_a_number_is_whole_above_zero_and_fits_a_database(tmp_path: Path, written: str, number: int | None) -> None:
    assert only_item(tmp_path, item_with(f"<wp:post_id>{written}</wp:post_id>")).number == number


@pytest.mark.parametrize(
    ("written", "slug"),
    [
        ("plain-slug", "plain-slug"),
        ("%ed%83%88%eb%b6%81", "탈북"),
        ("%ED%83%88", "탈"),
        ("%e1%84%80%e1%85%a1", "가"),  # decomposed Hangul
        ("%ed%83%88%eb%b6", "탈"),  # cut in the middle of a character,
        ("%ed%83%88%eb%b", "탈"),  # and of an escape
        ("100%", "100%"),
        ("a%00b%0ac", "abc"),
        ("%ff%fe", ""),
    ],
)
def test_slugs_are_read_as_people_write_them(tmp_path: Path, written: str, slug: str) -> None:
    assert only_item(tmp_path, item_with(f"<wp:post_name>{written}</wp:post_name>")).slug == slug


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("<![CDATA[Tom &amp; <em>Jerry</em>]]>", "Tom & Jerry"),
        ("Tom &amp;amp; Jerry", "Tom & Jerry"),
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("Tom & Jerry", "Tom & Jerry"),
        ("<![CDATA[1 < 2 &#8211; yes&nbsp;no]]>", "1 < 2 – yes no"),
        ("<![CDATA[&lt;b&gt; is a tag]]>", "<b> is a tag"),
        ("<![CDATA[One<br />two\n three]]>", "One two three"),
        ("Open <em>tags</em> &amp; more", "Open tags & more"),
        ("<![CDATA[Part]]><![CDATA[ed]]> title", "Parted title"),
        ("&eacute;t&eacute; &unheard;", "été &unheard;"),
        ("<![CDATA[a&#0;b]]>", "a\ufffdb"),
    ],
)
def test_a_title_is_the_words_that_it_shows(tmp_path: Path, written: str, title: str) -> None:
    assert only_item(tmp_path, item_with(f"<title>{written}</title><wp:post_id>1</wp:post_id>")).title == title


def test_names_are_unescaped_once_and_a_term_without_a_name_has_its_slug(tmp_path: Path) -> None:
    head = [
        make.author(name="Ann &amp; &amp;amp; Bob"),
        make.category("Arts &amp; Culture", "arts"),
        make.category("", "nameless"),
    ]

    _, author, arts, nameless = read([stored(tmp_path, make.wxr(head=head))])

    assert isinstance(author, Author)
    assert isinstance(arts, Term)
    assert isinstance(nameless, Term)
    assert author.name == "Ann & &amp; Bob"
    assert arts.name == "Arts & Culture"
    assert nameless.name == "nameless"


@pytest.mark.parametrize(
    ("fields", "published", "local"),
    [
        (("2013-03-31 23:17:00", "2013-03-31 15:17:00", ""), "2013-03-31 15:17", "2013-03-31 23:17"),
        (("2013-03-31T23:17:00", "2013-03-31T15:17:00Z", ""), "2013-03-31 15:17", "2013-03-31 23:17"),
        (("2013-3-31 5:07", "2013-3-31 5:07", ""), "2013-03-31 05:07", "2013-03-31 05:07"),
        (("", "2013-03-31 15:17:00", ""), "2013-03-31 15:17", "2013-03-31 15:17"),
        (("2013-03-31 23:17:00", "", "Sun, 31 Mar 2013 15:17:00 +0000"), "2013-03-31 15:17", "2013-03-31 23:17"),
        (("", "0000-00-00 00:00:00", "Sun, 31 Mar 2013 15:17:00 +0200"), "2013-03-31 13:17", "2013-03-31 13:17"),
        (
            ("2013-03-31 23:17:00", "0000-00-00 00:00:00", "Mon, 30 Nov -0001 00:00:00 +0000"),
            "2013-03-31 23:17", "2013-03-31 23:17",
        ),
        (("0000-00-00 00:00:00", "0000-00-00 00:00:00", "Mon, 30 Nov -0001 00:00:00 +0000"), None, None),
        (("-0001-11-30 00:00:00", "9999-12-31 23:59:59", "Fri, 31 Dec 9999 23:59:59 -1200"), None, None),
        (("2013-02-30 00:00:00", "2013-13-01 00:00:00", "Sun, 99 Mar 2013 15:17:00 +0000"), None, None),
        (("tomorrow", "1", "2013"), None, None),
    ],
)  # fmt: skip
def test_the_moment_of_an_item_is_the_best_that_its_dates_allow(
    tmp_path: Path, fields: tuple[str, str, str], published: str | None, local: str | None
) -> None:
    date, gmt, pub = fields

    item = only_item(
        tmp_path,
        item_with(
            f"<pubDate>{pub}</pubDate><wp:post_date>{date}</wp:post_date>",
            f"<wp:post_date_gmt>{gmt}</wp:post_date_gmt>",
        ),
    )

    assert item.published_at == (published and dt.datetime.fromisoformat(published).replace(tzinfo=UTC))
    assert item.local_at == (local and dt.datetime.fromisoformat(local))


def test_a_draft_without_gmt_takes_the_clock_that_the_items_before_it_tell(tmp_path: Path) -> None:
    told = "<wp:post_date>2013-03-31 23:17:00</wp:post_date><wp:post_date_gmt>2013-03-31 14:17:00</wp:post_date_gmt>"
    draft = (
        "<wp:post_date>2013-04-01 09:00:00</wp:post_date><wp:post_date_gmt>0000-00-00 00:00:00</wp:post_date_gmt>"
        "<wp:comment><wp:comment_date>2013-04-02 09:00:00</wp:comment_date></wp:comment>"
    )
    path = stored(tmp_path, make.wxr(f"<item>{told}</item>", f"<item>{draft}</item>"))

    _, item = items_of(path)

    assert item.published_at == dt.datetime(2013, 4, 1, 0, 0, tzinfo=UTC)
    assert item.local_at == dt.datetime(2013, 4, 1, 9, 0)
    assert item.remarks[0].written_at == dt.datetime(2013, 4, 2, 0, 0, tzinfo=UTC)


def test_the_terms_of_an_item_without_slugs_are_still_taken(tmp_path: Path) -> None:
    item = only_item(
        tmp_path,
        item_with(
            "<category><![CDATA[North Korea]]></category>",
            '<category domain="tag">Sea</category>',
            '<category domain="tag" nicename="sea">Sea</category>',
            '<category domain="tag" nicename="sea">Sea</category>',
            '<category domain="post_tag" nicename=""></category>',
            "<wp:post_id>1</wp:post_id>",
        ),
    )

    assert item.filed == [Filed("post_tag", "sea", "Sea"), Filed("category", "north-korea", "North Korea")]


def test_content_without_cdata_keeps_its_markup(tmp_path: Path) -> None:
    markup = '<p class="a">1 &lt; 2 &amp; <b>bold</b><br/>end</p> tail'
    item = only_item(tmp_path, item_with(f"<content:encoded>{markup}</content:encoded><wp:post_id>1</wp:post_id>"))
    escaped = only_item(
        tmp_path,
        item_with("<content:encoded>&lt;p&gt;a &amp;amp; b&lt;/p&gt;</content:encoded><wp:post_id>1</wp:post_id>"),
    )

    assert item.content == markup.replace("<br/>", "<br>")
    assert escaped.content == "<p>a &amp; b</p>"


def test_details_of_a_remark_are_read(tmp_path: Path) -> None:
    data = make.remark("Hm", author="Tom &amp; Jerry", kind="", approved="0", user=4).replace(
        "</wp:comment>",
        "<wp:commentmeta><wp:meta_key>rating</wp:meta_key><wp:meta_value>5</wp:meta_value></wp:commentmeta></wp:comment>",
    )

    (remark,) = only_item(tmp_path, make.wxr(make.item(remarks=[data]))).remarks

    assert (remark.author, remark.kind, remark.approved, remark.user) == ("Tom & Jerry", "comment", "0", 4)
    assert remark.meta == [Meta("rating", "5")]


# Files that are almost right


@pytest.mark.parametrize("before", [b"\n\n  ", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n", b"\0\0"])
def test_blanks_and_marks_before_the_first_line_are_nothing(tmp_path: Path, before: bytes) -> None:
    assert only_item(tmp_path, before + make.wxr(make.item())).number == 1
    assert survey([tmp_path / "export.xml"]).warnings == []


def test_a_notice_of_php_before_the_first_line_is_passed_over_with_a_warning(tmp_path: Path) -> None:
    notice = b"<br />\n<b>Deprecated</b>:  Function x() in <b>/srv/a.php</b> on line <b>12</b><br />\n"
    data = notice + make.wxr(make.item())

    assert only_item(tmp_path, data).number == 1
    assert "before the first line" in warnings_of(tmp_path, data)


@pytest.mark.parametrize("after", [b"\n<!-- cached -->\n", b"\n\0\0", b"\nNotice: late", b"<br />\n<b>Warning</b>"])
def test_what_stands_after_the_end_is_passed_over(tmp_path: Path, after: bytes) -> None:
    assert only_item(tmp_path, make.wxr(make.item()) + after).number == 1


def test_two_exports_in_one_file_are_refused(tmp_path: Path) -> None:
    assert "another export begins" in refused(tmp_path, make.wxr(make.item()) * 2)


@pytest.mark.parametrize("padding", [0, 1, 65_530, 65_535, 131_060])
def test_characters_that_xml_forbids_are_left_out_wherever_a_block_ends(tmp_path: Path, padding: int) -> None:
    dirty = "a\x0bb\x08c\ufffed&#8;&#x0;&amp;"
    data = make.wxr(
        make.item("T&#11;itle", "x" * padding + dirty, number=1),
        item_with("<title>", "y" * padding, "A&#xB;&#55296;B&#8211;</title>")
        .decode()
        .split("</channel>")[0]
        .split("url>\n")[-1],
    )

    first, second = items_of(stored(tmp_path, data))

    assert first.content == "x" * padding + "abcd&#8;&#x0;&amp;"  # in CDATA a reference is but text
    assert second.title == "y" * padding + "AB–"
    assert "5 control characters" not in warnings_of(tmp_path, SAMPLE)
    assert "control characters" in warnings_of(tmp_path, data)


@pytest.mark.parametrize("padding", [0, 65_400, 65_490])
def test_bare_ampersands_and_entities_of_html_outside_cdata_are_read(tmp_path: Path, padding: int) -> None:
    remarks = [
        f"<wp:comment><wp:comment_author_url>https://a.example/?x=1&y={n}&amp;z=&copy;</wp:comment_author_url>"
        f"<wp:comment_content><![CDATA[a&b &nbsp; ]]]]><![CDATA[> &lt;]]></wp:comment_content></wp:comment>"
        for n in range(50)
    ]
    data = make.wxr(make.item("A" * padding, remarks=remarks))

    item = only_item(tmp_path, data)

    assert [r.address for r in item.remarks] == [f"https://a.example/?x=1&y={n}&z=©" for n in range(50)]
    assert {r.content for r in item.remarks} == {"a&b &nbsp; ]]> &lt;"}
    assert "50 bare “&”" in warnings_of(tmp_path, data)


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-16-be", "iso-8859-1", "windows-1252", "euc-kr", "utf-8"]
)
def test_other_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    words = "탈북" if encoding == "euc-kr" else "été"
    text = make.wxr(make.item(words)).decode().replace('encoding="UTF-8"', f'encoding="{encoding}"')

    assert only_item(tmp_path, text.encode(encoding)).title == words


def test_what_a_post_says_of_encodings_is_not_said_of_the_file(tmp_path: Path) -> None:
    data = make.wxr(make.item("été", content='<?xml version="1.0" encoding="iso-8859-1"?>'))

    assert only_item(tmp_path, data.partition(b"?>")[2]).title == "été"


def test_bytes_that_are_no_text_become_a_mark_and_a_warning(tmp_path: Path) -> None:
    data = make.wxr(make.item("A @ B")).replace(b"@", b"\xe9\xff")

    assert only_item(tmp_path, data).title == "A \ufffd\ufffd B"
    assert "2 places are no text" in warnings_of(tmp_path, data)


def test_an_encoding_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    for encoding in (b"rot13", b"unicode_escape", b"ISO-8859-99", b"x-mac-klingon"):
        assert "Save it as UTF-8" in refused(tmp_path, make.wxr().replace(b"UTF-8", encoding))


# Files that are something else


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b" \n\t", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"<!DOCTYPE html>\n<html><title>Log In</title></html>", "a web page"),
        (b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "a" "b"><html/>', "a web page"),
        (b"<html><body></body></html>", "a web page"),
        (b'{"posts": []}', "JSON"),
        (b'[{"id": 1}]', "JSON"),
        (b"-- MySQL dump 10.13\nCREATE TABLE `wp_posts` (", "a dump of a database"),
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF"),
        (b"\x89PNG\r\n\x1a\n\0\0", "a picture"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "a picture"),
        (bytes(range(256)) * 9, "is not XML"),
        (b"Dear reader, this is a letter.", "is not XML"),
        (b"a < b", "is not XML"),
        (b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"/>', "is a feed"),
        (b'<?xml version="1.0"?><urlset/>', "is a sitemap"),
        (b'<?xml version="1.0"?><opml version="2.0"/>', "begins with <opml>"),
        (b'<rss version="2.0"><channel><title>T</title><item><title>x</title></item></channel></rss>', "is a feed"),
        (b'<?xml version="1.0"?>', "ends in the middle"),
        (b"<rss", "ends in the middle"),
    ],
)
def test_what_is_no_export_is_refused_by_its_name(tmp_path: Path, data: bytes, words: str) -> None:
    assert words in refused(tmp_path, data)


def test_paths_that_hold_no_file_are_refused(tmp_path: Path) -> None:
    assert "no such file" in refusal(tmp_path / "missing.xml")
    assert "is a folder" in refusal(str(tmp_path))
    assert "No file" in refusal()
    assert "cannot be opened" in refusal("a\0b.xml")
    assert "cannot be opened" in refusal("a" * 5000)
    assert "not a file" in refusal("/dev/zero")
    assert "a b.xml: there is no" in refusal(tmp_path / "a\nb.xml")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    path = stored(tmp_path, SAMPLE)
    path.chmod(0)

    assert "may not be read" in refusal(path)


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE rss SYSTEM "http://localhost:1/x.dtd">',
        '<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://localhost:1/"> %p;]>',
        "<!-- " + "x" * 70_000 + " --><!DOCTYPE rss>",
    ],
)
def test_hostile_declarations_are_refused(tmp_path: Path, declared: str) -> None:
    data = make.wxr(make.item()).replace(b"<rss", f"{declared}<rss".encode(), 1)

    assert "document type" in refused(tmp_path, data)


@pytest.mark.parametrize("field", ["content:encoded", "unknown", "wp:comment"])
@pytest.mark.parametrize("depth", [5_000, 100_000])
def test_elements_nested_without_end_are_refused(tmp_path: Path, field: str, depth: int) -> None:
    nested = f"<{field}>{'<b>' * depth}{'</b>' * depth}</{field}><wp:post_id>1</wp:post_id>"
    path = stored(tmp_path, make.wxr(f"<item>{nested}</item>"))

    try:
        survey([path])
    except NotReadable as error:
        assert "nested" in str(error)  # noqa: PT017
    else:
        assert field != "content:encoded"  # what nobody reads may be as deep as it likes


def test_a_tag_with_very_many_attributes_does_no_harm(tmp_path: Path) -> None:
    attributes = " ".join(f'a{n}="{n}"' for n in range(50_000))

    assert only_item(tmp_path, make.wxr(make.item().replace("<guid", f"<guid {attributes}"))).number == 1


def test_a_file_of_ever_new_names_is_refused(tmp_path: Path) -> None:
    names = "".join(f"<n{n}/>" for n in range(250_000))

    assert "more names" in refused(tmp_path, make.wxr(head=[names]))


def test_an_endless_tag_is_refused(tmp_path: Path) -> None:
    data = make.wxr(make.item()).replace(b"<item>", b'<item a="' + b"x" * (5 << 20) + b'">')

    assert "larger than any post" in refused(tmp_path, data)


def test_a_very_long_text_is_read(tmp_path: Path) -> None:
    text = "It is & was. 탈북 " * 200_000 + "]" * 200_000

    assert only_item(tmp_path, make.wxr(make.item(content=text))).content == text


def test_a_fault_says_its_line_and_item(tmp_path: Path) -> None:
    data = make.wxr(make.item("First"), make.item("Second", number=2).replace("</wp:status>", "</wp:statu>"))

    line = refused(tmp_path, data)

    assert f"line {data[: data.index(b'</wp:statu>')].count(b'\n') + 1}, at item 2 “Second”" in line
    assert "closed" in line


def test_lines_are_counted_from_the_very_beginning_of_a_file(tmp_path: Path) -> None:
    assert "line 23," in refused(tmp_path, b"\n" * 20 + make.wxr()[: make.wxr().index(b"<rss") + 9])


# Several files, and what they are packed in


def test_several_files_of_one_blog_are_read_as_one(tmp_path: Path) -> None:
    head = [make.author(), make.category("News", "news")]
    one = stored(tmp_path, make.wxr(make.item(number=1), head=head), "1.xml")
    two = stored(
        tmp_path,
        make.wxr(make.item(number=2), head=[*head, make.author("ruth", 2)], base="http://OLDBLOG.example/"),
        "2.xml",
    )

    records = list(read([one, str(two)]))
    found = survey([one, two])

    assert [type(record) for record in records] == [Site, Author, Term, Author, Item, Item]
    assert [record.place for record in records if isinstance(record, Item)] == ["1.xml, item 1", "2.xml, item 1"]
    assert (found.items, found.authors, found.terms) == (2, 2, 1)
    assert found.digest == survey([two, one]).digest
    assert found.digest != survey([one]).digest


def test_files_of_different_blogs_are_refused(tmp_path: Path) -> None:
    one = stored(tmp_path, make.wxr(make.item()), "1.xml")
    two = stored(tmp_path, make.wxr(make.item(), base="https://another.example"), "2.xml")

    line = refusal(one, two)

    assert line.startswith("2.xml: ")
    assert "https://another.example" in line
    assert make.BLOG in line


def test_the_same_file_twice_is_told(tmp_path: Path) -> None:
    path = stored(tmp_path, SAMPLE)

    found = survey([path, path])

    assert found.items == 4
    assert any("twice" in warning for warning in found.warnings)
    assert any(warning.startswith("2 items stand in the files more than once") for warning in found.warnings)


def test_a_zip_is_read_in_the_order_of_its_parts_and_only_its_exports(tmp_path: Path) -> None:
    path = zipped(
        tmp_path,
        {
            "blog/part.10.xml": make.wxr(make.item(number=10)),
            "blog/part.2.xml": make.wxr(make.item(number=2)),
            "blog/uploads/sitemap.xml": b'<?xml version="1.0"?><urlset/>',
            "blog/uploads/a.jpg": b"\xff\xd8",
            "__MACOSX/blog/._part.2.xml": b"\0\5\x16\7",
            "blog/.hidden.xml": b"no",
        },
    )

    assert [item.number for item in items_of(path)] == [2, 10]
    assert items_of(path)[0].place == "blog/part.2.xml in export.zip, item 1"
    assert any("sitemap.xml is not an export" in warning for warning in survey([path]).warnings)


def test_a_packed_file_has_the_digest_of_what_is_in_it(tmp_path: Path) -> None:
    plain = survey([stored(tmp_path, SAMPLE)])

    packed = stored(tmp_path, gzip.compress(SAMPLE), "export.xml.gz")

    assert survey([packed]).digest == survey([zipped(tmp_path, {"a.xml": SAMPLE})]).digest == plain.digest


def test_zips_that_hold_nothing_to_read_are_refused(tmp_path: Path) -> None:
    assert "no XML file" in refusal(zipped(tmp_path, {}, "empty.zip"))
    assert "no XML file" in refusal(zipped(tmp_path, {"a.jpg": b"x"}, "pictures.zip"))
    assert "a.xml in blank.zip: is empty" in refusal(zipped(tmp_path, {"a.xml": b""}, "blank.zip"))
    assert "document.xml in letter.zip: begins with <document>" in refusal(
        zipped(tmp_path, {"document.xml": b"<document/>"}, "letter.zip")
    )


def test_a_locked_zip_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"a.xml": SAMPLE})
    data = bytearray(path.read_bytes())
    data[6] |= 1  # the flags of the member, in its own head and in the table at the end
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)

    assert "password" in refusal(path)


def test_a_zip_of_an_unusual_packing_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.xml", SAMPLE)

    assert "Unpack it" in refusal(tmp_path / "a.zip")


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"a.xml": make.wxr(make.item(content="x" * (17 << 20)))})
    packed = stored(tmp_path, gzip.compress(b"<rss><channel>" + b" " * (17 << 20)), "b.xml.gz")

    assert "times its size" in refusal(path)
    assert "times its size" in refusal(packed)


# Whatever the bytes


def outcome(path: Path) -> Survey | None:
    """Read a file as far as it goes; anything but a refusal in words is a fault of ours."""
    try:
        found = survey([path])
    except NotReadable:
        return None
    assert found.items == sum(isinstance(record, Item) for record in read([path]))
    return found


def test_a_file_cut_anywhere_is_refused(tmp_path: Path) -> None:
    sample = make.wxr(make.item("Tïtle", tags=[("a", "b")]))

    for cut in range(len(sample.rstrip())):
        line = refused(tmp_path, sample[:cut])
        assert any(word in line for word in ("ends in the middle", "is empty", "is not XML")), (cut, line)


def zip_bytes(data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", data)
        archive.writestr("b.xml", data)
    return buffer.getvalue()


@pytest.mark.parametrize("pack", [gzip.compress, zip_bytes], ids=["gz", "zip"])
def test_a_packed_file_cut_anywhere_is_refused(tmp_path: Path, pack: object) -> None:
    packed = pack(SAMPLE)  # type: ignore[operator]

    for cut in range(0, len(packed), 7):
        assert outcome(stored(tmp_path, packed[:cut], "export.bin")) is None


DAMAGED = st.lists(st.tuples(st.integers(0, 10**6), st.binary(min_size=0, max_size=4), st.integers(0, 4)), max_size=5)


@pytest.mark.parametrize("data", [SAMPLE, gzip.compress(SAMPLE, mtime=0), zip_bytes(SAMPLE)], ids=["xml", "gz", "zip"])
@SEVERAL
@given(damage=DAMAGED)
def test_a_damaged_file_is_read_or_refused(tmp_path: Path, data: bytes, damage: list[tuple[int, bytes, int]]) -> None:
    for place, new, length in damage:
        at = place % len(data)
        data = data[:at] + new + data[at + length :]

    outcome(stored(tmp_path, data))


@SEVERAL
@given(
    data=st.binary(max_size=400),
    start=st.sampled_from([b"", b"<?xml ", b"<rss>", b"PK\3\4", b"\x1f\x8b\x08", b"\xff\xfe"]),
)
def test_any_bytes_are_refused(tmp_path: Path, data: bytes, start: bytes) -> None:
    assert outcome(stored(tmp_path, start + data)) is None


ODD_VALUES = [
    "", "0", "-1", "1", "9" * 20, "2013-03-31 15:17:00", "0001-01-01 00:00:00", "9999-12-31T23:59:59-14:00",
    "2013-03-31T15:17:00+14:00", "Mon, 30 Nov -0001 00:00:00 +0000", "Sun, 31 Mar 2013 15:17:00 -9999",
    "Sun, 31 Mar 1000 00:00:00 +1400", "1000-01-01 00:00:00+14:00", "%", "%00", "&#0;", "&#xD800;", "&#1114112;",
    "<b", "</", "\0", "\ufffe",
]  # fmt: skip
VALUES = st.one_of(st.text(max_size=30), st.sampled_from(ODD_VALUES))
FIELDS = st.sampled_from(
    "title link pubDate dc:creator guid description content:encoded excerpt:encoded wp:post_id wp:post_date "
    "wp:post_date_gmt wp:post_modified wp:post_modified_gmt wp:status wp:post_name wp:post_type wp:post_parent "
    "wp:menu_order wp:is_sticky wp:attachment_url category wp:comment wp:postmeta".split()
)


def texts_in(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, (list, tuple)):
        return [text for one in value for text in texts_in(one)]
    slots = getattr(type(value), "__slots__", ())
    return [text for slot in slots for text in texts_in(getattr(value, slot))]


def assert_storable(records: list[Record]) -> None:
    for text in texts_in(records):
        assert "\0" not in text
        text.encode()  # no lone surrogate


@SEVERAL
@given(fields=st.lists(st.tuples(FIELDS, VALUES, st.booleans()), max_size=12))
def test_any_values_are_read_and_can_be_stored(tmp_path: Path, fields: list[tuple[str, str, bool]]) -> None:
    clean = [(name, value.encode("utf-8", "ignore").decode(), in_cdata) for name, value, in_cdata in fields]
    body = "".join(f"<{name}>{make.cdata(v) if c else make.escape(v)}</{name}>" for name, v, c in clean)
    path = stored(tmp_path, make.wxr(f"<item>{body}</item>"))

    survey([path])
    records = list(read([path]))

    assert_storable(records)
    item = records[-1]
    assert isinstance(item, Item)
    for moment in (item.published_at, item.modified_at):
        assert moment is None or moment.astimezone(dt.timezone(dt.timedelta(hours=14)))


WORDS = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="\u0338"), min_size=1, max_size=12)
SLUGS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)


@SEVERAL
@given(
    version=st.sampled_from(["1.0", "1.1", "1.2"]),
    posts=st.lists(
        st.tuples(WORDS, SLUGS, st.sampled_from(["post", "page", "attachment"]), st.lists(WORDS, max_size=3)),
        max_size=6,
    ),
    tags=st.lists(st.tuples(WORDS, SLUGS), max_size=4, unique_by=lambda pair: pair[1]),
)
def test_a_generated_export_reads_back_as_it_was_written(
    tmp_path: Path, version: str, posts: list[tuple[str, str, str, list[str]]], tags: list[tuple[str, str]]
) -> None:
    names = [(make.escape(name), slug) for name, slug in tags]
    data = make.wxr(
        *(
            make.item(
                make.escape(title),
                content=title * 3,
                number=number,
                slug=slug,
                kind=kind,
                tags=names,
                version=version,
                remarks=[make.remark(words, number=n) for n, words in enumerate(remarks, 1)],
            )
            for number, (title, slug, kind, remarks) in enumerate(posts, 1)
        ),
        version=version,
        head=[make.tag(name, slug) for name, slug in names],
    )
    path = stored(tmp_path, data)

    found = survey([path])
    items = items_of(path)

    assert [(item.title, item.slug, item.kind, item.content) for item in items] == [
        (title, slug, kind, title * 3) for title, slug, kind, _ in posts
    ]
    assert [[remark.content for remark in item.remarks] for item in items] == [remarks for *_, remarks in posts]
    assert all(item.filed == [Filed("post_tag", slug, name) for name, slug in tags] for item in items)
    assert (found.items, found.terms, found.site.version) == (len(posts), len(tags), version)


# Memory


# What `resource` tells of a new process counts the one that started it, too; Linux tells it apart.
MEASURE = """
import sys
from posts.wordpress.reading import read, survey

def most():
    status = open("/proc/self/status").read()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024

before = most()
count = survey([sys.argv[1]]).items
assert count == sum(type(record).__name__ == "Item" for record in read([sys.argv[1]]))
print(count, most() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells how much memory a process took")
def test_a_large_file_takes_little_memory(tmp_path: Path) -> None:
    item = make.item(content="<p>Words &amp; more words, 탈북.</p>\n" * 60, remarks=[make.remark()] * 2)
    head, tail = make.wxr("@").split(b"@", 1)
    copies = (40 << 20) // len(item.encode())
    with (tmp_path / "large.xml").open("wb") as file:
        file.write(head)
        for _ in range(copies):
            file.write(item.encode())
        file.write(tail)

    run = subprocess.run(
        [sys.executable, "-c", MEASURE, str(tmp_path / "large.xml")], capture_output=True, text=True, check=True
    )

    count, growth = map(int, run.stdout.split())
    assert count == copies
    assert growth < 40  # megabytes
