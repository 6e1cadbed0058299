"""A site that is exported and imported elsewhere is the same site, table by table, and so is its next export."""

import datetime as dt
import json
import re
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.flatpages.models import FlatPage
from django.core.management import call_command

from posts.comments.models import Comment, Discussion
from posts.life import Reason
from posts.models import Category, CategoryEntry, Correction, FormerAddress, Image, Post, Tag, TagAlias, TaggedPost
from posts.picturing import read_picture
from posts.wordpress.exporting.site import export
from posts.wordpress.models import Blog, Imported, Run
from sources.links.models import Link
from sources.models import Source, SourceAlias
from tests.factories import make_category, make_comment, make_link, make_post, make_source, picture_file

pytestmark = pytest.mark.django_db(transaction=True)

AT = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


def make_site():
    """Fill the site with one of everything."""
    edith = User.objects.create_user("edith", "edith@watch.example", is_staff=True)
    source = make_source(
        "NK News", home_page="https://nknews.example/", country="KR", language="en", description="Who."
    )
    SourceAlias.objects.create(source=source, name="NKN", slug="nkn")
    make_source("Cited by nobody")
    link = make_link(source, "https://nknews.example/a?utm_source=x", headline="Fled", byline="A. Kim", language="en")
    other = make_link(make_source("Yonhap & Co"), "https://yonhap.example/x", published_on=dt.date(2012, 1, 1))
    law, sea = make_category("Law & order", description="Courts & co"), make_category("바다")
    fishing = make_category("Fishing", parent=law)
    make_category("Fishing", parent=sea)
    tag = Tag.objects.get_or_create_named("North Korea")
    TagAlias.objects.create(tag=tag, name="DPRK", name_key="dprk", slug="dprk", is_synonym=True)
    Tag.objects.get_or_create_named("On nothing")
    cited = make_post(
        "A <b> & “c” &amp; d",
        at="2012-01-02 03:04",
        body="> Quoted ]]>\r\n\r\n<!--more-->\r\n\r\n* 😀 `x < y`\r\n\r\n1\\. no list",
        source=source,
        link=link,
        excerpt="In <short> & sweet",
        tags=[tag, "인신매매", "R&D"],
        categories=[fishing, law],
        editor=edith,
    )
    cited.also_reported.create(link=other, position=0)
    cited.correct("It was 12, not 20.", by=edith)
    FormerAddress.objects.leave(dt.date(2011, 1, 2), "before", post=cited)
    FormerAddress.objects.leave(dt.date(2012, 1, 2), "before", post=cited)
    Discussion.objects.create(post=cited, opening="closed")
    first = make_comment(cited, "Well *said*.\n\n- one\n- two", name="Ann & Bo", email="ann@reader.example")
    make_comment(cited, "Answer.", parent=first, editor=edith, is_editorial=True, name="edith")
    make_comment(cited, "Waits.", state=Comment.State.HELD, reasons=[["links", "It has 5 links."]])
    make_comment(cited, "Gone.", state=Comment.State.REMOVED, removal_reason="abuse")
    make_post("", at="2013-02-17 10:00", body="Untitled, the outlet alone.", source=source, notice="Violence")
    make_post("탈북" * 40, body="Sensitive.", is_sensitive=True)
    make_post("Draft", draft=True, body="Not yet.")
    make_post("Review", draft=True).submit()
    make_post("Scheduled", at=dt.datetime(2060, 1, 1, 12, tzinfo=dt.UTC))
    make_post("Withdrawn", body="Was wrong.").withdraw(Reason.SOURCE)
    make_post("Trashed").trash()
    held = make_post("Held", body="Dangerous.")
    held.review_on = dt.date(2030, 1, 1)
    held.save()
    for url, title in (("/about/", "About"), ("/about/team/", "Team & co"), ("/under/none/", "Under none")):
        page = FlatPage.objects.create(url=url, title=title, content=f"# {title}\r\n\r\n* one")
        page.sites.set([settings.SITE_ID])


def wipe():
    """Leave an empty site, on which the same people work."""
    for model in (Comment, Imported, Run, Blog, Post, FormerAddress, Link, Source, TagAlias, Tag, FlatPage, Image):
        model.objects.all().delete()
    while Category.objects.exists():
        Category.objects.filter(children=None).delete()


TABLES = {
    "posts": (
        Post,
        "guid title slug body body_html lead_html excerpt state published_at published_on notice is_sensitive "
        "review_on reason ended_at corrections_html version created_at updated_at source__name link__address "
        "editor__username",
    ),
    "tags": (Tag, "name name_key slug"),
    "tag aliases": (TagAlias, "tag__name name name_key slug is_synonym"),
    "tagged": (TaggedPost, "content_object__guid tag__name listed_at"),
    "categories": (Category, "path name description parent__path"),
    "filed": (Post.categories.through, "post__guid category__path"),
    "entries": (CategoryEntry, "post__guid category__path listed_at"),
    "sources": (Source, "name slug home_page host country language description"),
    "source aliases": (SourceAlias, "source__name name slug"),
    "links": (
        Link,
        "address given_address host headline byline published_on retrieved_on language source__name",
    ),
    "also": (Post.also.through, "post__guid position link__address"),
    "comments": (
        Comment,
        "post__guid written_at name email body body_html state removal_reason is_editorial is_edited parent__body",
    ),
    "openings": (Discussion, "post__guid opening"),
    "corrections": (Correction, "post__guid text made_at"),
    "former addresses": (FormerAddress, "post__guid published_on slug"),
    "pages": (FlatPage, "url title content registration_required"),
}
WORDS_OF_PICTURES = ("alt", "is_decorative", "caption", "credit", "licence", "notice")


def rows_of(table):
    """Return what a table says, without the numbers of its rows."""
    model, columns = TABLES[table]
    return sorted(model.objects.values_list(*columns.split()), key=str)


def text_of_export():
    return "".join(export(AT))


def bring(tmp_path, text, *more):
    file = tmp_path / "site.xml"
    file.write_text(text, encoding="utf-8")
    call_command("import_wordpress", str(file), "--no-fetch", *more)


@pytest.mark.parametrize("table", TABLES)
def test_a_site_that_moves_is_the_same_site(table, tmp_path):
    make_site()
    text, before = text_of_export(), rows_of(table)
    wipe()

    bring(tmp_path, text)

    assert before
    assert rows_of(table) == before


def test_the_next_export_is_the_same_byte_by_byte(tmp_path):
    make_site()
    first = text_of_export()
    wipe()

    bring(tmp_path, first)

    assert text_of_export() == first


def test_a_file_that_is_brought_twice_changes_nothing(tmp_path, capsys):
    make_site()
    text = text_of_export()
    wipe()
    bring(tmp_path, text)
    before = [rows_of(table) for table in TABLES]
    capsys.readouterr()

    bring(tmp_path, text)

    summary = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert summary["unchanged"] == summary["items"]
    assert [rows_of(table) for table in TABLES] == before


def test_pictures_come_with_their_words_and_stand_in_their_texts(tmp_path):
    image = Image.objects.get_or_store(read_picture(picture_file()))
    image.alt, image.caption, image.credit, image.licence = "A boat", "In <harbour>", "Kim", "CC BY 4.0"
    image.save()
    make_post("Shown", body=f"Look:\n\n{image.as_markdown()}")
    text, before = text_of_export(), list(Image.objects.values_list(*WORDS_OF_PICTURES))
    shutil.copytree(Path(settings.MEDIA_ROOT) / "images", tmp_path / "uploads")
    wipe()

    bring(tmp_path, text, "--media-root", str(tmp_path / "uploads"))

    post = Post.objects.get()
    assert list(Image.objects.values_list(*WORDS_OF_PICTURES)) == before
    assert post.images.count() == 1
    assert Image.objects.get().file.url in post.body_html


def test_what_somebody_changed_in_wordpress_is_what_comes_back(tmp_path):
    make_post("Changed", body="Some *words*.", source=make_source("NK News"))
    text = text_of_export().replace("<p>Some <em>words</em>.</p>", "<p>Other <strong>words</strong>.</p>")
    wipe()

    bring(tmp_path, text)

    post = Post.objects.get()
    assert post.body.strip() == "Other **words**."
    assert post.source.name == "NK News"


@pytest.mark.parametrize("status", ["publish", "private", "draft", "pending", "trash", "future"])
def test_what_is_held_back_stays_so_whatever_the_file_says(status, tmp_path):
    post = make_post("Held", body="Dangerous.")
    post.review_on = dt.date(2030, 1, 1)
    post.save()
    text = re.sub(r"<wp:status>.*?</wp:status>", f"<wp:status>{status}</wp:status>", text_of_export())
    wipe()

    bring(tmp_path, text)

    assert Post.objects.get().review_on == dt.date(2030, 1, 1)
    assert not Post.objects.published().exists()


@pytest.mark.parametrize("status", ["private", "draft", "pending", "trash"])
def test_what_somebody_hid_in_wordpress_stays_hidden(status, tmp_path):
    make_post("Hidden since")
    text = re.sub(r"<wp:status>.*?</wp:status>", f"<wp:status>{status}</wp:status>", text_of_export())
    wipe()

    bring(tmp_path, text)

    assert Post.objects.count() == 1
    assert not Post.objects.published().exists()
