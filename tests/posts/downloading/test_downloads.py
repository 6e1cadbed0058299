"""Lists as files: what somebody gets who takes them along."""

import csv
import hashlib
import io
import json
import re
import subprocess
import zipfile
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from posts.downloading import choosing
from posts.models import Image, Post
from posts.picturing import read_picture
from tests.factories import make_category, make_link, make_post, make_source, picture_file

pytestmark = pytest.mark.django_db

LISTS = ["/", "/tag/boats/", "/category/fishing/", "/source/nk-news/", "/2013/", "/2013/03/", "/2013/03/31/"]


@pytest.fixture(autouse=True)
def in_english():
    """What one request speaks stays with the thread."""
    with translation.override("en"):
        yield


def make_shelved(title="At sea", **fields) -> Post:
    source = fields.pop("source", None) or make_source()
    category = fields.pop("category", None) or make_category("Fishing")
    return make_post(title, tags=["boats", "north korea"], categories=[category], source=source, **fields)


def rows(client, address: str) -> list[dict[str, str]]:
    response = client.get(address)
    assert response.status_code == 200, address
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def content(client, address: str) -> bytes:
    response = client.get(address)
    assert response.status_code == 200, address
    return b"".join(response.streaming_content)


def folder(client, address: str) -> dict[str, bytes]:
    """Return the files of the folder by their names in it."""
    archive = zipfile.ZipFile(io.BytesIO(content(client, address)))
    assert archive.testzip() is None
    return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


class TestTable:
    def test_a_row_holds_all_that_is_known(self, client):
        source = make_source()
        link = make_link(source, headline="Refugees", byline="Jane Doe", published_on="2013-03-30", language="ko")
        child = make_category("Squid", parent=make_category("Fishing"))
        post = make_shelved(
            source=source, link=link, category=child, excerpt="Short.", body="Some *words* & more.", notice="Violence"
        )
        post.correct("It was two boats.")
        [row] = rows(client, "/posts.csv")
        assert row == {
            "id": str(post.pk),
            "guid": post.guid,
            "address": "https://watch.example/2013/03/31/at-sea/",
            "title": "At sea",
            "published": "2013-03-31T15:17:00+00:00",
            "categories": "Fishing / Squid",
            "tags": "boats; north korea",
            "source": "NK News",
            "original_address": "https://nknews.example/2013/02/refugees",
            "headline": "Refugees",
            "byline": "Jane Doe",
            "original_date": "2013-03-30",
            "language": "ko",
            "also_reported_by": "",
            "excerpt": "Short.",
            "corrected": "yes",
            "content_notice": "Violence",
            "text": "Some words & more.",
        }

    @pytest.mark.parametrize("address", LISTS)
    def test_every_list_has_one_newest_first(self, client, address):
        first = make_shelved("First", at="2013-03-31 10:00")
        make_shelved("Second", source=first.source, category=first.categories.get(), at="2013-03-31 11:00")
        make_post("Elsewhere", at="2012-01-01 10:00")
        titles = [row["title"] for row in rows(client, f"{address}posts.csv")]
        assert titles[:2] == ["Second", "First"]
        assert ("Elsewhere" in titles) == (address == "/")

    def test_paragraphs_of_the_text_stay_apart(self, client):
        make_post(body="# Boats\n\nTwo *boats*,\none net.\n\n> Quoted.\n\n- First\n- Second\n\n---\n\n배 두 척.")
        [row] = rows(client, "/posts.csv")
        assert row["text"] == "Boats\n\nTwo boats, one net.\n\nQuoted.\n\nFirst\n\nSecond\n\n배 두 척."

    def test_lines_end_as_rfc_4180_has_it(self, client):
        make_post('A "quoted", one', excerpt="Two\nlines")
        text = content(client, "/posts.csv").decode()
        assert text.count("\r\n") == 2
        assert '"A ""quoted"", one"' in text

    @pytest.mark.parametrize("sign", list("=+-@＝"))
    def test_no_cell_is_a_formula(self, client, sign):
        make_post(f"{sign}1+2", excerpt=f"{sign}HYPERLINK()")
        [row] = rows(client, "/posts.csv")
        assert row["title"] == f"'{sign}1+2"
        assert row["excerpt"] == f"'{sign}HYPERLINK()"

    def test_what_is_not_public_is_in_none(self, client):
        post = make_shelved("Shown")
        make_post("Draft", draft=True, tags=["boats"])
        make_post("Later", at=timezone.now() + timezone.timedelta(days=1), tags=["boats"])
        make_post("Gone", tags=["boats"]).withdraw()
        make_post("Held", tags=["boats"], review_on="2030-01-01")
        for address in LISTS:
            assert [row["title"] for row in rows(client, f"{address}posts.csv")] == [post.title]
            assert len([name for name in folder(client, f"{address}posts.zip") if name.startswith("posts/")]) == 1

    def test_one_that_is_withdrawn_during_the_run_is_not_in_it(self, client, monkeypatch):
        monkeypatch.setattr(choosing, "SLICE", 1)
        old, new = make_post("Old", at="2012-01-01 10:00"), make_post("New")
        parts = iter(client.get("/posts.csv").streaming_content)
        next(parts), next(parts)
        old.withdraw()
        assert b"Old" not in b"".join(parts)
        assert new.is_public

    def test_a_slice_takes_the_same_number_of_queries_however_many_posts(self, client):
        first = make_shelved()

        def count() -> int:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                content(client, "/posts.csv")
            return len(queries)

        before = count()
        for number in range(5):
            make_shelved(f"More {number}", source=first.source, category=first.categories.get())
        assert count() == before

    def test_the_words_are_the_sites_whatever_the_reader_speaks(self, client):
        make_post("", at="2013-02-17 08:53")
        client.cookies["language"] = "ko"
        [row] = rows(client, "/posts.csv")
        assert row["title"] == "February 17, 2013"


class TestAddresses:
    @pytest.mark.parametrize("kind", ["csv", "zip"])
    def test_other_spellings_lead_on_as_the_pages_do(self, client, kind):
        make_shelved()
        for asked, own in (("/tag/Boats/", "/tag/boats/"), ("/category/Fishing/", "/category/fishing/")):
            response = client.get(f"{asked}posts.{kind}")
            assert (response.status_code, response["Location"]) == (301, f"{own}posts.{kind}")

    @pytest.mark.parametrize("kind", ["csv", "zip"])
    def test_an_empty_list_is_not_found_as_its_page(self, client, kind):
        make_shelved()
        for address in ("/tag/none/", "/category/none/", "/source/none/", "/2014/", "/2013/13/", "/2013/02/30/"):
            assert client.get(f"{address}posts.{kind}").status_code == 404, address

    def test_several_tags_have_theirs(self, client):
        make_shelved()
        make_post("Only boats", tags=["boats"])
        assert len(rows(client, "/tag/boats+north-korea/posts.csv")) == 1
        assert len(rows(client, "/tag/boats,north-korea/posts.csv")) == 2
        assert client.get("/tag/a+b+c+d/posts.csv").status_code == 404

    def test_an_empty_site_has_a_table_of_no_rows_and_a_folder_of_no_pages(self, client):
        assert rows(client, "/posts.csv") == []
        files = folder(client, "/posts.zip")
        assert json.loads(files["references.json"]) == []
        assert "index.html" in files

    def test_the_pages_offer_them_with_the_number_of_posts(self, client):
        make_shelved()
        for address in LISTS:
            page = client.get(address).content.decode()
            assert f'href="{address}posts.csv"' in page
            assert f'href="{address}posts.zip"' in page
            assert "1 post as files" in page

    def test_a_search_has_them_too(self, client):
        make_post("Squid boats", at="2013-03-31 10:00")
        make_post("Squid again", at="2013-04-01 10:00")
        make_post("Whales")
        assert [row["title"] for row in rows(client, "/search/posts.csv?q=squid")] == ["Squid again", "Squid boats"]
        assert "README.txt" in folder(client, "/search/posts.zip?q=squid")
        for query in ("", "?q=", "?q=nowhere", "?q=%00", "?q=tag:none+squid", "?q=from:2015+to:2013"):
            assert rows(client, f"/search/posts.csv{query}") == [], query

    def test_what_a_search_found_and_is_withdrawn_is_not_in_it(self, client):
        make_post("Squid boats").withdraw()
        make_post("Squid again")
        assert [row["title"] for row in rows(client, "/search/posts.csv?q=squid")] == ["Squid again"]

    def test_robots_are_kept_out(self, client):
        make_post()
        assert "Disallow: /*posts.zip" in client.get("/robots.txt").content.decode()
        for address in ("/posts.csv", "/posts.zip"):
            assert client.get(address)["X-Robots-Tag"] == "noindex"

    def test_only_reading_is_allowed(self, client):
        assert client.post("/posts.zip").status_code == 405


class TestAnswers:
    def test_the_name_of_the_file_names_the_list(self, client):
        make_post(tags=["북한", "boats"])
        assert client.get("/tag/boats/posts.csv")["Content-Disposition"] == (
            'attachment; filename="human-traffic-watch-tag-boats.csv"; '
            "filename*=UTF-8''human-traffic-watch-tag-boats.csv"
        )
        named = client.get("/tag/%EB%B6%81%ED%95%9C/posts.zip")["Content-Disposition"]
        assert 'filename="human-traffic-watch-tag.zip"' in named
        assert "filename*=UTF-8''human-traffic-watch-tag-%EB%B6%81%ED%95%9C.zip" in named

    @pytest.mark.parametrize("kind", ["csv", "zip"])
    def test_who_has_it_already_is_told_so(self, client, kind):
        post = make_shelved()
        etag = client.get(f"/posts.{kind}")["ETag"]
        response = client.get(f"/posts.{kind}", headers={"If-None-Match": etag})
        assert (response.status_code, response["ETag"]) == (304, etag)
        post.title = "Changed"
        post.save()
        assert client.get(f"/posts.{kind}", headers={"If-None-Match": etag}).status_code == 200

    def test_a_renamed_outlet_makes_it_another_file(self, client):
        source = make_source()
        make_post(source=source)
        etag = client.head("/posts.csv")["ETag"]
        source.name = "NK Daily"
        source.save()
        assert client.head("/posts.csv")["ETag"] != etag

    @pytest.mark.parametrize("kind", ["csv", "zip"])
    def test_head_costs_no_folder(self, client, kind, monkeypatch):
        make_post()
        monkeypatch.setattr("posts.downloading.choosing.read_posts", None)
        response = client.head(f"/posts.{kind}")
        assert response.status_code == 200
        assert response["ETag"]
        assert "Content-Length" not in response

    def test_one_network_takes_ten_folders_an_hour(self, client, settings):
        make_post()
        for _ in range(10):
            assert client.get("/posts.zip").status_code == 200
        response = client.get("/posts.zip")
        assert response.status_code == 429
        assert int(response["Retry-After"]) > 0
        assert "text/html" in response["Content-Type"]
        assert client.get("/posts.csv").status_code == 200
        settings.LIMITS = False
        assert client.get("/posts.zip").status_code == 200


class TestFolder:
    def test_it_holds_all_that_the_note_names(self, client):
        make_shelved()
        archive = zipfile.ZipFile(io.BytesIO(content(client, "/tag/boats/posts.zip")))
        assert {name.partition("/")[0] for name in archive.namelist()} == {"human-traffic-watch-tag-boats"}
        assert archive.namelist() == sorted(archive.namelist())
        names = {name.partition("/")[2] for name in archive.namelist()}
        assert names == {
            *("README.txt", "SHA256SUMS", "index.html", "posts.csv", "references.bib", "references.json", "style.css"),
            "posts/2013-03-31-at-sea.html",
        }
        note = archive.read("human-traffic-watch-tag-boats/README.txt").decode()
        for words in ("Posts Tagged ‘boats’", "https://watch.example/tag/boats/", "1 post", "2013-03-31", "sha256sum"):
            assert words in note

    def test_the_sums_are_those_of_all_other_files(self, client, tmp_path):
        make_shelved("북한의 배", slug="북한의-배")
        archive = zipfile.ZipFile(io.BytesIO(content(client, "/posts.zip")))
        archive.extractall(tmp_path)
        [top] = tmp_path.iterdir()
        listed = {line.split("  ", 1)[1] for line in (top / "SHA256SUMS").read_text().splitlines()}
        assert listed == {str(path.relative_to(top)) for path in top.rglob("*") if path.is_file()} - {"SHA256SUMS"}
        checked = subprocess.run(["sha256sum", "-c", "--strict", "SHA256SUMS"], cwd=top, capture_output=True)
        assert checked.returncode == 0, checked.stderr

    def test_the_table_is_that_of_the_list(self, client):
        make_shelved()
        assert folder(client, "/posts.zip")["posts.csv"] == content(client, "/posts.csv")

    def test_a_second_run_makes_the_same_bytes(self, client, monkeypatch):
        make_shelved()
        before = hashlib.sha256(content(client, "/posts.zip")).hexdigest()
        monkeypatch.setattr("django.utils.timezone.now", lambda: timezone.datetime(2031, 1, 1, tzinfo=timezone.UTC))
        client.cookies["language"] = "ko"
        assert hashlib.sha256(content(client, "/posts.zip")).hexdigest() == before

    def test_retrieved_is_the_day_of_the_newest_change(self, client):
        post = make_shelved()
        Post.objects.filter(pk=post.pk).update(updated_at="2020-05-06T10:00:00Z")
        files = folder(client, "/posts.zip")
        assert b"urldate = {2020-05-06}" in files["references.bib"]
        assert b"2020-05-06" in files["README.txt"]
        assert str(timezone.now().year).encode() not in b"".join(files.values())

    def test_a_page_has_the_text_and_what_belongs_to_it(self, client):
        source = make_source()
        link = make_link(source, headline="Refugees", byline="Jane Doe")
        post = make_shelved("Why <b> & more?", source=source, link=link, slug="why", body="See [tags](/tag/boats/).")
        post.correct("Two boats.")
        page = folder(client, "/posts.zip")["posts/2013-03-31-why.html"].decode()
        for words in (
            "Why &lt;b&gt; &amp; more?",
            'href="https://watch.example/tag/boats/"',
            "Two boats.",
            "Jane Doe",
            "NK News",
            "https://watch.example/2013/03/31/why/",
            'href="../style.css"',
        ):
            assert words in page, words
        assert "<script" not in page
        assert not re.findall(r'(?:src|srcset)="(?:https?:)?/', page)

    def test_a_text_under_a_notice_stays_folded(self, client):
        make_post("The cellar", slug="cellar", body="Okapi words.", notice="Describes violence")
        files = folder(client, "/posts.zip")
        page = files["posts/2013-03-31-cellar.html"].decode()
        assert re.search(r"<details class=\"post-notice\"><summary[^>]*>.*Describes violence", page)
        assert "Okapi" not in re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL)
        assert b"Okapi" not in files["index.html"]

    def test_pictures_come_along_those_with_a_notice_do_not(self, client):
        shown, kept = (
            Image.objects.get_or_store(read_picture(picture_file(size=size))) for size in ((40, 30), (50, 30))
        )
        Image.objects.filter(pk=kept.pk).update(notice="A wound", alt="An arm")
        body = f"![A boat]({shown.file.url})\n\n![An arm]({kept.file.url})\n\n![Lost](/media/images/none.jpg)"
        make_post("Pictures", slug="pictures", body=body)
        files = folder(client, "/posts.zip")
        [name] = [name for name in files if name.startswith("pictures/")]
        page = files["posts/2013-03-31-pictures.html"].decode()
        assert f'<img src="../{name}" alt="A boat"' in page
        with shown.file.open() as file:
            assert files[name] == file.read()
        assert "Picture: An arm" in page
        assert "Picture: Lost" in page
        assert page.count("<img") == 1

    @pytest.mark.parametrize("notice", ["مشهد عنيف", "폭력 장면", "A wound"])
    def test_no_picture_with_a_notice_comes_along_whatever_its_language(self, client, notice):
        kept = Image.objects.get_or_store(read_picture(picture_file()))
        Image.objects.filter(pk=kept.pk).update(notice=notice, alt="An arm", caption="بعد ذلك")
        make_post("Pictures", body=f"مرحبا.\n\n![An arm]({kept.file.url})\n\n한국어 글.")
        assert not [name for name in folder(client, "/posts.zip") if name.startswith("pictures/")]

    def test_the_links_of_the_index_lead_to_its_pages(self, client):
        make_post("One", slug="북한")
        make_post("Two", slug="two")
        files = folder(client, "/posts.zip")
        links = [unquote(link) for link in re.findall(r'<a href="([^"]*)"', files["index.html"].decode())]
        assert sorted(links) == sorted(name for name in files if name.startswith("posts/"))
