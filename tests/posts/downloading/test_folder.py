"""The folder from plain values: any words make a safe, valid, unchanging one."""

import datetime as dt
import io
import os
import re
import subprocess
import sys
import unicodedata
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posts.downloading.folder import Folder
from posts.downloading.naming import MOST_BYTES, disposition, page_name, picture_name, safe, stem_of
from posts.listing import ListedPost, Report, Shelf
from tests.posts.referencing.reading import read

DAY = dt.date(2013, 3, 31)
ROOT = Path(__file__).parents[3]
VOID = set("area base br col embed hr img input link meta source track wbr".split())


def post(pk=1, title="Escape", slug="escape", **fields) -> ListedPost:
    moment = dt.datetime(2013, 3, 31, 15, 17, tzinfo=dt.UTC)
    given = {
        "guid": f"urn:{pk}", "excerpt": "", "notice": "", "published_at": moment, "published_on": DAY,
        "updated_at": moment, "is_sticky": False, "corrections_html": "", "text_html": "<p>Words.</p>",
        "is_cut": False, "source_name": "NK News", "source_slug": "nk-news", "link_address": None,
        "link_language": None, "categories": [Shelf("B", "/category/b/"), Shelf("A", "/category/a/")],
        "tags": [Shelf("y", "/tag/y/"), Shelf("x", "/tag/x/")],
        "original": Report("NK News", "", "https://nknews.example/a", "ko", "Refugees", "Jane Doe"),
    }  # fmt: skip
    return ListedPost(id=pk, title=title, slug=slug, **(given | fields))


def zipped(*posts: ListedPost, heading="All", name="all") -> bytes:
    folder = Folder(heading, "/", name, DAY, {"a": "Above / A"}, lambda address: None)
    folder.take([[each] for each in posts])
    file = io.BytesIO()
    folder.write_zip(file)
    folder.close()
    return file.getvalue()


class Balanced(HTMLParser):
    """Fails where an element is closed that is not the last one opened, or is never closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


class TestNames:
    @given(st.text(max_size=300), st.integers(1, 10**9))
    def test_a_page_has_a_name_that_every_system_takes(self, slug, pk):
        name = page_name(DAY, slug, pk)
        assert re.fullmatch(r"2013-03-31-[\w+,~-]*\.html", name)
        assert len(name.encode()) <= MOST_BYTES + 30

    @pytest.mark.parametrize(
        "slug", ["../../etc/passwd", "..", "/root", "a\\b", "C:x", "a\x00b", "con", "a" * 500, "", " "]
    )
    def test_no_slug_leads_out_of_the_folder(self, slug):
        archive = zipfile.ZipFile(io.BytesIO(zipped(post(slug=slug))))
        for name in archive.namelist():
            assert name.startswith("all/")
            assert ".." not in name
            assert not set('\\:*?"<>|\x00') & set(name)

    def test_names_stay_apart_where_slugs_become_alike(self):
        names = {page_name(DAY, slug, pk) for pk, slug in enumerate(["a/b", "a:b", "a-b", "x" * 400, "x" * 401])}
        assert len(names) == 5

    def test_names_stay_apart_where_a_file_system_folds_them(self):
        slugs = ["ß", "ss", "ﬁ", "fi", "ⅷ", "viii", "é", "e\u0301x", "ς", "σ", "서울", "İ", "i̇", "ı", "i"]
        names = {unicodedata.normalize("NFKD", page_name(DAY, slug, pk)).casefold() for pk, slug in enumerate(slugs)}
        assert len(names) == len(slugs)

    def test_names_in_any_script_are_marked_as_utf_8(self):
        archive = zipfile.ZipFile(io.BytesIO(zipped(post(slug="북한의-배"))))
        [entry] = [entry for entry in archive.infolist() if "/posts/" in entry.filename]
        assert entry.filename == "all/posts/2013-03-31-북한의-배.html"
        assert entry.flag_bits & 0x800

    def test_no_file_is_called_like_a_device(self):
        assert stem_of("CON") == "con-posts"
        assert picture_name("con.jpg") == "con-picture.jpg"
        assert stem_of("", "") == "posts"

    @given(st.text(max_size=300))
    def test_the_header_that_names_it_is_plain(self, text):
        header = disposition(stem_of("Site", text), "zip")
        assert header.isascii()
        assert re.fullmatch(r"attachment; filename=\"[\w+,-]+\.zip\"; filename\*=UTF-8''[\w.%~-]+", header)

    @given(st.text())
    def test_safe_twice_is_safe_once(self, text):
        assert safe(safe(text)) == safe(text)


class TestPages:
    @given(st.text(), st.text(), st.text(), st.text())
    def test_whatever_is_written_each_page_is_well_formed(self, title, source, headline, heading):
        original = Report(source, "", 'https://a.example/?a=1&b="2"', "ko", headline, title)
        data = zipped(post(title=title, source_name=source, original=original, also=[original]), heading=heading)
        archive = zipfile.ZipFile(io.BytesIO(data))
        for name in archive.namelist():
            if name.endswith(".html"):
                text = archive.read(name).decode()
                reader = Balanced()
                reader.feed(text)
                assert reader.open == []
                assert "<script" not in text
                assert text.startswith("<!doctype html>")
        read(archive.read("all/references.bib").decode())

    def test_nothing_in_it_is_asked_of_anybody(self):
        picture = '<figure><img src="/media/a.jpg" srcset="/media/a.320.webp 320w" alt="A boat"></figure>'
        data = zipped(post(text_html=f'{picture}<p><a href="/tag/x/">x</a> and href="/tag/y/"</p>'))
        page = zipfile.ZipFile(io.BytesIO(data)).read("all/posts/2013-03-31-escape.html").decode()
        assert "<img" not in page
        assert "Picture: A boat" in page
        assert '<a href="https://watch.example/tag/x/">' in page
        assert 'and href="/tag/y/"' in page


class TestSameBytes:
    RUN = (
        "import django; django.setup(); import hashlib; from tests.posts.downloading.test_folder import post, zipped; "
        "print(hashlib.sha256(zipped(*(post(n, slug=f's{n}') for n in range(20)))).hexdigest())"
    )

    def test_other_processes_make_the_same(self, tmp_path):
        made = {
            subprocess.run(
                [sys.executable, "-c", self.RUN],
                cwd=ROOT,
                env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONHASHSEED": seed, "TZ": zone},
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            for seed, zone in (("1", "UTC"), ("2", "Asia/Seoul"))
        }
        assert len(made) == 1

    def test_the_order_of_tags_and_categories_is_ours_not_the_databases(self):
        one = post()
        other = post(categories=one.categories[::-1], tags=one.tags[::-1])
        assert zipped(one) == zipped(other)

    @pytest.mark.parametrize(("year", "shown"), [(1900, 1980), (1979, 1980), (2013, 2013), (2150, 2107)])
    def test_times_are_those_of_the_newest_post_as_far_as_a_zip_can_name_them(self, year, shown):
        moment = dt.datetime(year, 5, 6, 7, 8, 10, tzinfo=dt.UTC)
        archive = zipfile.ZipFile(io.BytesIO(zipped(post(published_at=moment))))
        assert {entry.date_time[0] for entry in archive.infolist()} == {shown}
