"""The old blog's uploads: from where their bytes come, what they become, and what texts find of them."""

import contextlib
import datetime as dt
import io
import ipaddress
import os
import tarfile
import threading
import time
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image as Pillow

from posts.models import Image
from posts.models.image import names_in
from posts.picturing import MAX_BYTES, read_picture
from posts.wordpress.importing import attachments, supplying
from posts.wordpress.importing.attachments import (
    Attached,
    Loose,
    bring_attachment,
    bring_loose,
    files_of,
    missing_uploads,
    with_featured,
)
from posts.wordpress.importing.supplying import Missing, Supply
from posts.wordpress.models import Blog, Imported
from posts.wordpress.records import Item, Meta

HOST = "oldblog.example"
UPLOADS = f"https://{HOST}/wp-content/uploads"
PDF = b"%PDF-1.4\nA map of the river.\n%%EOF\n"


def picture(colour: str = "red", size: tuple[int, int] = (60, 40), kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Pillow.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


def put(root: Path, name: str, data: bytes | None = None) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(picture() if data is None else data)
    return path


def zipped(path: Path, members: dict[str, bytes], **options) -> Path:
    with zipfile.ZipFile(path, "w", **options) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return path


def upload(
    path: str = "2013/03/boat.jpg", *, number: int = 12, caption: str = "", description: str = "", title: str = "boat",
    alt: str = "", parent: int | None = None, meta: dict[str, str] | None = None, address: str | None = None,
) -> Item:  # fmt: skip
    metas = {"_wp_attachment_image_alt": alt, **(meta or {})}
    return Item(
        kind="attachment",
        number=number,
        guid=f"https://{HOST}/?attachment_id={number}",
        status="inherit",
        title=title,
        excerpt=caption,
        content=description,
        parent=parent,
        attachment_url=f"{UPLOADS}/{path}" if address is None else address,
        meta=[Meta(*each) for each in metas.items() if each[1]],
    )


def remember(blog: Blog, attached: Attached, key: str) -> Imported:
    return Imported.objects.create(blog=blog, key=key, digest="x", **attached.columns)


def brought(blog: Blog, supply: Supply, *items: Item) -> list[Attached]:
    found = [bring_attachment(item, blog, supply) for item in items]
    for item, attached in zip(items, found, strict=True):
        remember(blog, attached, item.guid)
    return found


def codes(attached: Attached) -> list[str]:
    return [reason.code for reason in attached.reasons]


def text(content: str, number: int = 1, **fields) -> Item:
    return Item(number=number, content=content, **fields)


@pytest.fixture
def blog(db) -> Blog:
    return Blog.objects.create(address=f"https://{HOST}", host=HOST)


class Old(BaseHTTPRequestHandler):
    """The old blog, on its last legs: what it has is in `files`; what it was asked for in `asked`."""

    files: dict[str, bytes]
    asked: list[str]
    broken = 0  # so many questions it answers with an error
    slow = 0.0  # seconds

    def do_GET(self) -> None:
        self.asked.append(self.path)
        path = self.path.partition("?")[0]
        time.sleep(self.slow)
        if type(self).broken > 0:
            type(self).broken -= 1
            self.answer(503, b"")
        elif path == "/wp-content/uploads/parked.jpg":
            self.answer(200, b"<html>Buy this domain!</html>", "text/html; charset=utf-8")
        elif path in self.files:
            self.answer(200, self.files[path])
        else:
            self.answer(404, b"")

    def answer(self, status: int, body: bytes, kind: str = "application/octet-stream") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        with contextlib.suppress(OSError):
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def old(settings) -> Iterator[type[Old]]:
    settings.FETCH_ALLOW = [ipaddress.ip_network("127.0.0.1")]
    handler = type("OldHere", (Old,), {"files": {}, "asked": [], "broken": 0})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    handler.address = f"http://127.0.0.1:{server.server_port}"
    yield handler
    server.shutdown()
    server.server_close()


def given(supply: Supply, path: str, address: str = "", **options) -> bytes:
    return supply.get(address or f"{UPLOADS}/{path}", path, bytes, **options)


class TestTheFolder:
    @pytest.mark.parametrize("below", ["", "..", "../..", "2013", "2013/03"])
    def test_it_may_lie_above_or_below_the_uploads(self, tmp_path, below):
        put(tmp_path, "site/wp-content/uploads/2013/03/boat.jpg", b"boat")
        put(tmp_path, "site/wp-content/uploads/2014/03/boat.jpg", b"another")
        with Supply(tmp_path / "site/wp-content/uploads" / below) as supply:
            assert given(supply, "2013/03/boat.jpg") == b"boat"

    def test_a_file_is_found_by_its_name_alone_where_that_is_the_only_one(self, tmp_path):
        put(tmp_path, "pictures/boat.jpg", b"boat")
        put(tmp_path, "one/hut.jpg")
        put(tmp_path, "two/hut.jpg")
        with Supply(tmp_path) as supply:
            assert given(supply, "2013/03/boat.jpg") == b"boat"
            with pytest.raises(Missing, match="not in the files"):
                given(supply, "2013/03/hut.jpg")

    def test_uploads_without_months_lie_beside_those_with(self, tmp_path):
        put(tmp_path, "2013/03/boat.jpg", b"dated")
        put(tmp_path, "2014/03/hut.jpg", b"dated")
        put(tmp_path, "2014/04/hut.jpg", b"dated")
        with Supply(tmp_path) as supply, pytest.raises(Missing):
            given(supply, "hut.jpg")
        put(tmp_path, "boat.jpg", b"boat")
        put(tmp_path, "uploads/hut.jpg", b"hut")
        put(tmp_path, "themes/hut.jpg", b"other")
        with Supply(tmp_path) as supply:
            assert given(supply, "boat.jpg") == b"boat"
            assert given(supply, "hut.jpg") == b"hut"

    def test_what_lies_under_another_month_is_another_file(self, tmp_path):
        put(tmp_path, "2015/07/image.jpg")
        with Supply(tmp_path) as supply, pytest.raises(Missing):
            given(supply, "2013/03/image.jpg")

    @pytest.mark.parametrize(
        ("lies", "wanted"),
        [
            ("2013/03/Boat.JPG", "2013/03/boat.jpg"),
            ("2013/03/cafe\u0301.jpg", "2013/03/caf\xe9.jpg"),
            ("2013/03/caf\xe9.jpg", "2013/03/cafe\u0301.jpg"),
            ("2013/03/%ED%83%88%EB%B6%81.jpg", "2013/03/탈북.jpg"),
            ("2013/03/boat.jpg?w=640", "2013/03/boat.jpg"),
        ],
    )
    def test_a_name_may_have_been_written_otherwise(self, tmp_path, lies, wanted):
        put(tmp_path, lies, b"boat")
        with Supply(tmp_path) as supply:
            assert given(supply, wanted) == b"boat"

    def test_the_very_name_comes_before_one_in_another_case(self, tmp_path):
        put(tmp_path, "2013/03/BOAT.jpg", b"other")
        put(tmp_path, "2013/03/boat.jpg", b"boat")
        with Supply(tmp_path) as supply:
            assert given(supply, "2013/03/boat.jpg") == b"boat"

    def test_the_uploads_of_one_blog_of_a_network_are_not_those_of_another(self, tmp_path):
        for site in (2, 3, 4):
            put(tmp_path, f"uploads/sites/{site}/2013/03/boat.jpg", b"%d" % site)
        with Supply(tmp_path) as supply:
            assert given(supply, "2013/03/boat.jpg", f"{UPLOADS}/sites/3/2013/03/boat.jpg") == b"3"

    @pytest.mark.parametrize(
        ("lies", "wanted", "found"),
        [
            (["boat.jpg", "boat-scaled.jpg", "boat-300x200.jpg"], "boat-scaled.jpg", "boat.jpg"),
            (["boat-scaled.jpg", "boat-300x200.jpg"], "boat.jpg", "boat-scaled.jpg"),
            (["boat-300x200.jpg", "boat-1024x683.jpg", "boat-150x150.jpg"], "boat.jpg", "boat-1024x683.jpg"),
            (["boat-scaled.jpg", "boat-300x200.jpg"], "boat-300x200.jpg", "boat-300x200.jpg"),
            (["boat.jpg", "boat-e1398765432100.jpg"], "boat-e1398765432100.jpg", "boat-e1398765432100.jpg"),
            (["boat.jpg"], "boat-e1398765432100.jpg", "boat.jpg"),
            (["poster.jpg", "poster-300x200.jpg"], "poster-300x200.jpg", "poster-300x200.jpg"),
            (["boats.jpg"], "boat.jpg", None),
        ],
    )
    def test_what_was_uploaded_comes_before_what_was_made_of_it(self, tmp_path, lies, wanted, found):
        for name in lies:
            put(tmp_path, f"2013/03/{name}", name.encode())
        with Supply(tmp_path) as supply:
            if found is None:
                with pytest.raises(Missing):
                    given(supply, f"2013/03/{wanted}")
            else:
                assert given(supply, f"2013/03/{wanted}") == found.encode()

    def test_a_copy_that_a_text_shows_stands_for_what_was_uploaded(self, tmp_path):
        put(tmp_path, "2013/03/boat-300x200.jpg", b"small")
        with Supply(tmp_path) as supply:
            assert given(supply, "2013/03/boat-300x200.jpg", is_original=False) == b"small"
        put(tmp_path, "2013/03/boat.jpg", b"large")
        with Supply(tmp_path) as supply:
            assert given(supply, "2013/03/boat-300x200.jpg", is_original=False) == b"large"

    def test_nothing_outside_of_it_is_read(self, tmp_path):
        secret = put(tmp_path, "secret.jpg", b"secret")
        put(tmp_path, "other/2013/04/hut.jpg", b"secret")
        root = tmp_path / "uploads"
        put(root, "2013/03/real.jpg", b"real")
        (root / "2013/03/boat.jpg").symlink_to(secret)
        (root / "2013/03/loop.jpg").symlink_to(root / "2013/03/loop.jpg")
        (root / "2013/04").symlink_to(tmp_path / "other/2013/04")
        (root / "2013/03/inside.jpg").symlink_to(root / "2013/03/real.jpg")
        os.mkfifo(root / "2013/03/pipe.jpg")
        with Supply(root) as supply:
            for path in ("2013/03/boat.jpg", "2013/03/loop.jpg", "2013/04/hut.jpg", "2013/03/pipe.jpg",
                         "../secret.jpg", "2013/../../secret.jpg", "secret.jpg"):  # fmt: skip
                with pytest.raises(Missing):
                    given(supply, path)
            assert given(supply, "2013/03/inside.jpg") == b"real"

    def test_what_is_too_large_gives_way_to_a_copy(self, tmp_path):
        put(tmp_path, "2013/03/boat.jpg", b"x" * 2_000_000)
        with Supply(tmp_path) as supply, pytest.raises(Missing, match="larger than 1 MB"):
            given(supply, "2013/03/boat.jpg", most=1024 * 1024)
        put(tmp_path, "2013/03/boat-scaled.jpg", b"small")
        with Supply(tmp_path) as supply:
            assert given(supply, "2013/03/boat.jpg", most=1024 * 1024) == b"small"

    def test_one_that_is_not_there_is_named(self, tmp_path):
        with pytest.raises(ValueError, match=r"There is no folder “.*nowhere”"):
            Supply(tmp_path / "nowhere")
        with pytest.raises(ValueError, match="neither a folder nor a zip"):
            Supply(put(tmp_path, "notes.txt", b"words"))
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(ValueError, match="neither a folder nor a file"):
            Supply(tmp_path / "pipe")


class TestZips:
    def test_a_member_is_found_as_in_a_folder(self, tmp_path):
        large = zipped(tmp_path / "a.zip", {"uploads/2013/03/Boat.jpg": b"boat", "__MACOSX/2013/03/._Boat.jpg": b"x"})
        with Supply(zips=[zipped(tmp_path / "b.zip", {"x.jpg": b"x"}), large]) as supply:
            assert given(supply, "2013/03/boat.jpg") == b"boat"
            assert given(supply, "2013/03/x.jpg") == b"x"

    def test_the_media_root_may_be_one(self, tmp_path):
        with Supply(zipped(tmp_path / "a.zip", {"2013/03/boat.jpg": b"boat"})) as supply:
            assert given(supply, "2013/03/boat.jpg") == b"boat"

    def test_names_in_utf_8_that_do_not_say_so_are_read(self, tmp_path):
        path = zipped(tmp_path / "a.zip", {"2013/03/xxxxxx.jpg": b"boat"})
        path.write_bytes(path.read_bytes().replace(b"xxxxxx", "탈북".encode()))
        with Supply(zips=[path]) as supply:
            assert given(supply, "2013/03/탈북.jpg") == b"boat"

    def test_a_bomb_is_not_unpacked(self, tmp_path):
        bomb = zipped(tmp_path / "a.zip", {"2013/03/boat.jpg": bytes(30_000_000)}, compression=zipfile.ZIP_DEFLATED)
        with Supply(zips=[bomb]) as supply, pytest.raises(Missing, match="larger than 8 MB"):
            given(supply, "2013/03/boat.jpg")
        # One that lies of its size.
        data = bomb.read_bytes().replace((30_000_000).to_bytes(4, "little"), (1_000).to_bytes(4, "little"))
        bomb.write_bytes(data)
        with Supply(zips=[bomb]) as supply, pytest.raises(Missing):
            given(supply, "2013/03/boat.jpg")

    def test_a_damaged_member_is_told(self, tmp_path):
        path = zipped(tmp_path / "a.zip", {"2013/03/boat.jpg": b"boat" * 100})
        path.write_bytes(path.read_bytes().replace(b"boatboat", b"goatboat", 1))
        with Supply(zips=[path]) as supply, pytest.raises(Missing, match="cannot be read"):
            given(supply, "2013/03/boat.jpg")


class TestTars:
    def test_what_wordpress_com_gives_out_is_read(self, tmp_path):
        path = tmp_path / "media-export.tar"
        put(tmp_path, "in/2013/03/boat.jpg", b"boat")
        with tarfile.open(path, "w") as file:
            file.add(tmp_path / "in/2013", "2013")
            link = tarfile.TarInfo("2013/03/secret.jpg")
            link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
            file.addfile(link)
        with Supply(path) as supply:
            assert given(supply, "2013/03/boat.jpg") == b"boat"
            for name, most in (("boat.jpg", 3), ("secret.jpg", 99)):
                with pytest.raises(Missing):
                    given(supply, f"2013/03/{name}", f"https://{HOST}/{most}", most=most)

    def test_one_that_is_cut_short_is_refused(self, tmp_path):
        path = tmp_path / "media-export.tar"
        put(tmp_path, "boat.jpg", b"boat" * 20_000)
        with tarfile.open(path, "w") as file:
            file.add(tmp_path / "boat.jpg", "boat.jpg")
        path.write_bytes(path.read_bytes()[:9_000])
        with pytest.raises(ValueError, match="media-export"):
            Supply(path)


class TestFetching:
    def test_what_no_folder_has_is_asked_for(self, tmp_path, old):
        old.files["/wp-content/uploads/2013/03/boat.jpg"] = b"boat"
        address = f"{old.address}/wp-content/uploads/2013/03/boat.jpg"
        with Supply(tmp_path, fetch=True) as supply:
            assert given(supply, "2013/03/boat.jpg", f"{address}?w=300") == b"boat"
        assert old.asked == ["/wp-content/uploads/2013/03/boat.jpg"]

    def test_nobody_is_asked_unless_that_was_wanted(self, old):
        with Supply() as supply, pytest.raises(Missing, match="neither a folder nor a zip"):
            given(supply, "2013/03/boat.jpg", f"{old.address}/wp-content/uploads/2013/03/boat.jpg")
        assert old.asked == []

    def test_nobody_is_asked_for_what_a_folder_has(self, tmp_path, old):
        put(tmp_path, "2013/03/boat.jpg", b"boat")
        with Supply(tmp_path, fetch=True) as supply:
            assert given(supply, "2013/03/boat.jpg", f"{old.address}/2013/03/boat.jpg") == b"boat"
        assert old.asked == []

    def test_what_was_uploaded_is_asked_for_first(self, old):
        old.files["/wp-content/uploads/2013/03/boat-scaled.jpg"] = b"scaled"
        address = f"{old.address}/wp-content/uploads/2013/03/boat-scaled.jpg"
        with Supply(fetch=True) as supply:
            assert given(supply, "2013/03/boat-scaled.jpg", address) == b"scaled"
        assert [path.rpartition("/")[2] for path in old.asked] == ["boat.jpg", "boat-scaled.jpg"]

    def test_names_in_other_scripts_are_asked_for_as_the_web_writes_them(self, old):
        old.files["/wp-content/uploads/%ED%83%88%20%EB%B6%81.jpg"] = b"boat"
        with Supply(fetch=True) as supply:
            assert given(supply, "탈 북.jpg", f"{old.address}/wp-content/uploads/탈 북.jpg") == b"boat"

    @pytest.mark.parametrize(
        ("name", "why"),
        [
            ("lost.jpg", r"127\.0\.0\.1 answers 404 \(Not Found\)"),
            ("parked.jpg", "answers with a page instead"),
            ("large.jpg", "larger than 1 MB"),
        ],
    )
    def test_what_it_answers_is_told(self, old, name, why):
        old.files["/wp-content/uploads/large.jpg"] = bytes(1_100_000)
        with Supply(fetch=True) as supply, pytest.raises(Missing, match=why):
            given(supply, name, f"{old.address}/wp-content/uploads/{name}", most=1024 * 1024)
        assert not supply.dead_hosts

    def test_one_that_is_too_slow_is_not_asked_twice(self, old, monkeypatch):
        monkeypatch.setattr(supplying, "SECONDS", 0.2)
        old.slow = 0.6
        with Supply(fetch=True) as supply, pytest.raises(Missing, match="took too long"):
            given(supply, "boat.jpg", f"{old.address}/boat.jpg")
        assert len(old.asked) == 1

    def test_a_copy_is_asked_for_where_there_is_no_more(self, old):
        old.files["/boat-3x2.jpg"] = b"small"
        with Supply(fetch=True) as supply:
            address = f"{old.address}/boat-3x2.jpg?w=3"
            assert given(supply, "boat-3x2.jpg", address, is_original=False) == b"small"
        assert old.asked == ["/boat.jpg", "/boat-3x2.jpg"]

    def test_a_host_that_stumbles_is_asked_again(self, old):
        old.files["/boat.jpg"], old.broken = b"boat", 1
        with Supply(fetch=True) as supply:
            assert given(supply, "boat.jpg", f"{old.address}/boat.jpg") == b"boat"

    def test_a_dead_host_is_not_asked_for_ever(self, old):
        old.broken = 1_000
        with Supply(fetch=True) as supply:
            for number in range(20):
                with pytest.raises(Missing) as caught:
                    given(supply, f"{number}.jpg", f"{old.address}/{number}.jpg")
        assert len(old.asked) <= supplying.MOST_FAILURES * supplying.TRIES
        assert "asked no more" in str(caught.value)
        assert supply.dead_hosts == ["127.0.0.1"]

    def test_a_host_that_answers_now_and_then_is_not_held_for_dead(self, old):
        old.files["/boat.jpg"] = b"boat"
        with Supply(fetch=True) as supply:
            for number in range(8):
                old.broken = supplying.TRIES
                with pytest.raises(Missing):
                    given(supply, f"{number}.jpg", f"{old.address}/{number}.jpg")
                assert given(supply, "boat.jpg", f"{old.address}/boat.jpg") == b"boat"

    def test_the_same_lost_file_is_asked_for_once(self, old):
        with Supply(fetch=True) as supply:
            for _ in range(3):
                with pytest.raises(Missing):
                    given(supply, "lost.jpg", f"{old.address}/lost.jpg")
        assert len(old.asked) == 1

    @pytest.mark.parametrize(
        "address",
        ["file:///etc/passwd", "http://10.0.0.1/a.jpg", "ftp://x.example/a.jpg", "//", "", "http://[::1/a.jpg"],
    )
    def test_only_the_public_web_is_asked(self, address):
        with Supply(fetch=True) as supply, pytest.raises(Missing):
            supply.get(address, "a.jpg", bytes)


class TestPictures:
    def test_a_picture_becomes_an_image_with_what_was_said_of_it(self, blog, tmp_path):
        put(tmp_path, "2013/03/boat.jpg")
        item = upload(
            alt="A boat", caption="On the <em>Yalu</em> &amp; beyond. Photo: Ann Lee", parent=7, title="Boat at sea"
        )
        attached = bring_attachment(item, blog, Supply(tmp_path))
        image = Image.objects.get()
        assert (image.alt, image.caption, image.credit) == ("A boat", "On the Yalu & beyond.", "Ann Lee")
        assert attached.image == image
        assert attached.is_had
        assert attached.reasons == []
        row = remember(blog, attached, item.guid)
        assert (row.kind, row.number, row.path, row.parent) == ("attachment", 12, "2013/03/boat.jpg", 7)
        assert (row.model, row.row_id, row.address) == ("posts.image", image.pk, f"{UPLOADS}/2013/03/boat.jpg")
        assert row.extra["title"] == "Boat at sea"

    def test_twice_makes_nothing_new(self, blog, tmp_path):
        put(tmp_path, "2013/03/boat.jpg")
        put(tmp_path, "2014/01/again.jpg")
        supply = Supply(tmp_path)
        bring_attachment(upload(alt="First"), blog, supply)
        bring_attachment(upload(alt="Later", caption="Words"), blog, supply)
        bring_attachment(upload("2014/01/again.jpg", number=13, alt="Other"), blog, supply)
        image = Image.objects.get()
        assert (image.alt, image.caption) == ("First", "Words")

    def test_an_editors_words_are_not_overwritten(self, blog, tmp_path):
        put(tmp_path, "2013/03/boat.jpg")
        image = Image.objects.get_or_store(read_picture(io.BytesIO(picture())))
        image.is_decorative, image.caption, image.credit = True, "Mine", "Me"
        image.save()
        bring_attachment(upload(alt="Theirs", caption="Theirs. Photo: Them"), blog, Supply(tmp_path))
        image.refresh_from_db()
        assert (image.alt, image.is_decorative, image.caption, image.credit) == ("", True, "Mine", "Me")

    @pytest.mark.parametrize(
        ("words", "credit", "caption"),
        [
            ({"caption": "At sea. (Photo by Ann Lee / Agency)"}, "Ann Lee / Agency", "At sea."),
            ({"caption": "At sea | Credit: Ann"}, "Ann", "At sea"),
            ({"caption": "At sea [Image credit: Ann]"}, "Ann", "At sea"),
            ({"caption": "Photo: Ann"}, "Ann", ""),
            ({"caption": "At sea. Photo courtesy of the Ministry."}, "the Ministry", "At sea."),
            ({"caption": "At sea. © Ann 2013"}, "Ann 2013", "At sea."),
            ({"caption": "어선. 사진: 연합뉴스"}, "연합뉴스", "어선."),
            ({"caption": "At sea", "description": "<p>Taken in 2013.</p>\n<p>Photo: Ann</p>"}, "Ann", "At sea"),
            ({"caption": "At sea", "meta": {"_media_credit": "Ann"}}, "Ann", "At sea"),
            ({"caption": "At sea. Photo: Bo", "meta": {"_credit": "Ann"}}, "Ann", "At sea. Photo: Bo"),
            ({"caption": "At sea", "meta": {"_media_credit": "17"}}, "", "At sea"),
            ({"caption": "At sea", "meta": {"_media_credit_url": "https://a.example"}}, "", "At sea"),
            ({"caption": "A photo by the river, to our credit"}, "", "A photo by the river, to our credit"),
            ({"caption": "Photograph"}, "", "Photograph"),
        ],
    )  # fmt: skip
    def test_whose_it_is_is_read_from_where_it_is_said(self, blog, tmp_path, words, credit, caption):
        put(tmp_path, "2013/03/boat.jpg")
        bring_attachment(upload(**words), blog, Supply(tmp_path))
        image = Image.objects.get()
        assert (image.credit, image.caption) == (credit, caption)

    def test_words_that_are_too_long_are_cut_and_told(self, blog, tmp_path):
        put(tmp_path, "2013/03/boat.jpg")
        attached = bring_attachment(upload(alt="a" * 600, caption="word " * 200), blog, Supply(tmp_path))
        image = Image.objects.get()
        image.full_clean()
        assert codes(attached) == ["shortened", "shortened"]
        assert len(image.alt) == 500

    def test_words_that_say_nothing_are_none(self, blog, tmp_path):
        put(tmp_path, "2013/03/boat.jpg")
        bring_attachment(upload(alt="\u200b \x00"), blog, Supply(tmp_path))
        image = Image.objects.get()
        image.full_clean()
        assert image.alt == ""

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
    def test_the_kind_is_what_the_bytes_are(self, blog, tmp_path, kind):
        put(tmp_path, "2013/03/boat.jpg", picture(kind=kind))
        assert bring_attachment(upload(), blog, Supply(tmp_path)).image

    def test_what_cannot_be_had_is_told_and_stays(self, blog, tmp_path):
        attached = bring_attachment(upload(), blog, Supply(tmp_path))
        assert codes(attached) == ["file-missing"]
        assert "2013/03/boat.jpg" in attached.reasons[0].sentence
        assert attached.columns["address"] == f"{UPLOADS}/2013/03/boat.jpg"
        assert (attached.columns["model"], attached.columns["row_id"], attached.is_had) == ("", None, False)

    def test_a_damaged_original_gives_way_to_a_copy(self, blog, tmp_path):
        put(tmp_path, "2013/03/boat.jpg", picture()[:200])
        assert codes(bring_attachment(upload(), blog, Supply(tmp_path))) == ["not-a-picture"]
        put(tmp_path, "2013/03/boat-300x200.jpg")
        attached = bring_attachment(upload(), blog, Supply(tmp_path))
        assert attached.image
        assert attached.reasons == []

    @pytest.mark.parametrize("name", ["song.mp3", "letter.doc", "drawing.svg", "film.mp4", "page.html", "x.php"])
    def test_what_is_no_picture_stays_where_it_was(self, blog, tmp_path, name):
        put(tmp_path, f"2013/03/{name}")
        attached = bring_attachment(upload(f"2013/03/{name}"), blog, Supply(tmp_path))
        assert codes(attached) == ["not-a-picture"]
        assert not Image.objects.exists()

    def test_a_page_that_is_called_a_picture_is_none(self, blog, tmp_path):
        put(tmp_path, "2013/03/boat.jpg", b"<html><script>alert(1)</script></html>")
        assert codes(bring_attachment(upload(), blog, Supply(tmp_path))) == ["not-a-picture"]

    def test_one_that_is_too_large_is_told(self, blog, tmp_path):
        put(tmp_path, "2013/03/boat.jpg", bytes(MAX_BYTES + 1))
        attached = bring_attachment(upload(), blog, Supply(tmp_path))
        assert codes(attached) == ["file-missing"]
        assert "larger than 8 MB" in attached.reasons[0].sentence

    def test_a_rehearsal_tells_and_stores_nothing(self, blog, tmp_path):
        put(tmp_path, "2013/03/boat.jpg")
        put(tmp_path, "2013/03/map.pdf", PDF)
        for path in ("2013/03/boat.jpg", "2013/03/map.pdf"):
            attached = bring_attachment(upload(path), blog, Supply(tmp_path), is_rehearsal=True)
            assert attached.is_had
        assert not Image.objects.exists()
        assert not bring_attachment(upload("2013/03/x.jpg"), blog, Supply(tmp_path), is_rehearsal=True).is_had

    def test_what_this_site_wrote_itself_is_known_again(self, blog, settings):
        image = Image.objects.get_or_store(read_picture(io.BytesIO(picture())))
        address = f"{settings.SITE_URL}{image.file.url}"
        attached = bring_attachment(upload(address=address), blog, Supply())
        assert attached.image == image

    @pytest.mark.parametrize(
        "fields",
        [
            {"address": ""}, {"address": "http://[::1"}, {"address": "boat.jpg"}, {"address": "\x00"},
            {"number": 2**70}, {"parent": 2**70}, {"title": "\x00" * 9}, {"address": f"{UPLOADS}/{'a' * 5000}.jpg"},
            {"caption": "<" * 5000}, {"meta": {"_wp_attached_file": "../../etc/passwd"}, "address": "x"},
        ],
    )  # fmt: skip
    def test_odd_items_are_told_and_remembered(self, blog, tmp_path, fields):
        item = upload(**fields)
        attached = bring_attachment(item, blog, Supply(tmp_path))
        assert not attached.is_had
        assert attached.reasons
        remember(blog, attached, item.guid)

    def test_an_odd_layout_is_known_by_what_wordpress_notes(self, blog, tmp_path):
        put(tmp_path, "2013/03/boat.jpg")
        item = upload(address=f"https://{HOST}/media/boat.jpg", meta={"_wp_attached_file": "2013/03/boat.jpg"})
        attached = bring_attachment(item, blog, Supply(tmp_path))
        assert attached.image
        assert attached.columns["path"] == "2013/03/boat.jpg"

    def test_one_without_an_address_has_the_one_that_wordpress_notes(self, blog, tmp_path):
        put(tmp_path, "2013/03/boat.jpg")
        attached = bring_attachment(
            upload(address="", meta={"_wp_attached_file": "2013/03/boat.jpg"}), blog, Supply(tmp_path)
        )
        assert attached.image
        assert attached.columns["address"] == f"{UPLOADS}/2013/03/boat.jpg"


class TestPdfs:
    def test_a_pdf_is_kept_as_it_is_and_served(self, blog, tmp_path, client):
        put(tmp_path, "2013/03/The Map.pdf", PDF)
        attached = bring_attachment(upload("2013/03/The%20Map.pdf"), blog, Supply(tmp_path))
        assert attached.is_had
        assert attached.reasons == []
        assert attached.file.startswith("/media/files/2013/03/the-map-")
        assert attached.columns["extra"]["file"] == attached.file
        response = client.get(attached.file)
        assert response.getvalue() == PDF
        assert response["Content-Type"] == "application/pdf"
        assert response["X-Content-Type-Options"] == "nosniff"

    def test_twice_makes_one_file_and_one_cut_short_is_written_anew(self, blog, tmp_path):
        put(tmp_path, "2012/05/map.pdf", PDF)
        first = bring_attachment(upload("2012/05/map.pdf"), blog, Supply(tmp_path))
        name = first.file.removeprefix("/media/")
        Path(default_storage.path(name)).write_bytes(PDF[:5])
        second = bring_attachment(upload("2012/05/map.pdf"), blog, Supply(tmp_path))
        assert second.file == first.file
        assert default_storage.listdir("files/2012/05")[1] == [name.rpartition("/")[2]]
        assert default_storage.size(name) == len(PDF)

    def test_a_pdf_that_comes_from_a_site_like_this_keeps_its_name(self, blog, tmp_path):
        put(tmp_path, "2012/05/map.pdf", PDF)
        first = bring_attachment(upload("2012/05/map.pdf"), blog, Supply(tmp_path))
        name = first.file.rpartition("/")[2]
        put(tmp_path, f"2012/05/{name}", PDF)
        second = bring_attachment(upload(f"2012/05/{name}"), blog, Supply(tmp_path))
        assert second.file == first.file

    def test_what_is_called_a_pdf_and_is_none_stays(self, blog, tmp_path):
        put(tmp_path, "2013/03/map.pdf", b"<html>")
        attached = bring_attachment(upload("2013/03/map.pdf"), blog, Supply(tmp_path))
        assert codes(attached) == ["not-a-picture"]
        assert not attached.file

    def test_a_name_without_latin_letters_is_served_as_well(self, blog, tmp_path, client):
        put(tmp_path, "탈북.pdf", PDF)
        item = upload("탈북.pdf")
        item.local_at = dt.datetime(2013, 4, 1)
        attached = bring_attachment(item, blog, Supply(tmp_path))
        assert attached.file.startswith("/media/files/2013/04/")
        response = client.get(attached.file)
        assert response.getvalue() == PDF


class TestWhatATextFinds:
    @pytest.fixture
    def supply(self, tmp_path) -> Supply:
        put(tmp_path, "2013/03/boat.jpg", picture("red"))
        put(tmp_path, "2013/03/hut.jpg", picture("blue"))
        put(tmp_path, "2013/03/map.pdf", PDF)
        return Supply(tmp_path)

    @pytest.mark.parametrize(
        "address",
        [
            f"{UPLOADS}/2013/03/boat.jpg", "http://www.oldblog.example/wp-content/uploads/2013/03/boat-300x200.jpg?w=3",
            "/wp-content/uploads/2013/03/boat.jpg", f"https://i0.wp.com/{HOST}/wp-content/uploads/2013/03/boat.jpg?ssl=1",
            f"//{HOST}/wp-content/uploads/2013/03/boat-scaled.jpg", f"https://{HOST}/files/2013/03/boat.jpg",
        ],
    )  # fmt: skip
    def test_a_picture_is_found_by_any_spelling_of_its_address(self, blog, supply, address):
        [attached] = brought(blog, supply, upload(alt="A boat"))
        [files] = files_of([text(f'<img src="{address}">')], blog)
        file = files.by_address(address)
        assert (file.address, file.alt, file.is_here, file.number) == (attached.image.file.url, "A boat", True, 12)

    def test_the_address_under_which_it_came_is_known_too(self, db, supply):
        blog = Blog.objects.create(address="https://moved.example", host="moved.example")
        item = upload(address="https://moved.example/wp-content/uploads/2013/03/boat.jpg")
        item.guid = "http://oldblog.files.wordpress.com/2013/03/boat.jpg"
        brought(blog, supply, item)
        [files] = files_of([text('<img src="http://oldblog.files.wordpress.com/2013/03/boat.jpg?w=300">')], blog)
        assert files.by_address("http://oldblog.files.wordpress.com/2013/03/boat.jpg?w=300").is_here

    def test_the_picture_of_another_site_is_not_taken_for_ours(self, blog, supply):
        brought(blog, supply, upload())
        foreign = "https://nknews.example/wp-content/uploads/2013/03/boat.jpg"
        [files] = files_of([text(f'<img src="{foreign}">')], blog)
        assert files.by_address(foreign) is None

    @pytest.mark.parametrize(
        "markup",
        [
            '<img class="wp-image-12" src="x">', '[gallery ids="3,12"]', '[caption id="attachment_12"]x[/caption]',
            '<!-- wp:image {"id":12,"sizeSlug":"large"} -->', '<!-- wp:gallery {"ids":[3,12]} -->',
        ],
    )  # fmt: skip
    def test_a_picture_is_found_by_its_number(self, blog, supply, markup):
        brought(blog, supply, upload())
        [files] = files_of([text(markup)], blog)
        assert files.by_number(12).is_here

    def test_a_pdf_is_found_at_its_new_address(self, blog, supply):
        [attached] = brought(blog, supply, upload("2013/03/map.pdf"))
        [files] = files_of([text(f'<a href="{UPLOADS}/2013/03/map.pdf">')], blog)
        file = files.by_address(f"{UPLOADS}/2013/03/map.pdf")
        assert (file.address, file.is_here) == (attached.file, True)

    def test_what_could_not_be_had_is_known_with_its_old_address(self, blog):
        brought(blog, Supply(), upload(alt="A boat"))
        [files] = files_of([text("[gallery ids=12]")], blog)
        file = files.by_number(12)
        assert (file.address, file.alt, file.is_here) == (f"{UPLOADS}/2013/03/boat.jpg", "A boat", False)

    def test_an_image_that_was_deleted_here_is_not_here(self, blog, supply):
        [attached] = brought(blog, supply, upload())
        attached.image.delete()
        [files] = files_of([text("[gallery ids=12]")], blog)
        assert not files.by_number(12).is_here

    def test_the_pictures_below_a_post_come_in_their_order(self, blog, supply):
        late, early = upload(parent=7, number=12), upload("2013/03/hut.jpg", parent=7, number=13)
        late.menu_order = 2
        brought(blog, supply, late, early, upload("2013/03/map.pdf", parent=7, number=14))
        mine, other = files_of([text("[gallery]", 7), text("[gallery]", 8)], blog)
        assert [file.number for file in mine.children()] == [13, 12]
        assert other.children() == []

    def test_another_blogs_uploads_are_not_this_ones(self, blog, supply):
        brought(blog, supply, upload(parent=7))
        other = Blog.objects.create(address="https://other.example", host="other.example")
        [files] = files_of([text(f'[gallery ids=12]<img src="{UPLOADS}/2013/03/boat.jpg">', 7)], other)
        assert files.by_number(12) is None
        assert files.children() == []

    def test_the_queries_are_the_same_for_one_text_and_for_many(self, blog, supply):
        brought(blog, supply, upload(parent=7), upload("2013/03/hut.jpg", number=13))
        content = f'<img src="{UPLOADS}/2013/03/hut.jpg">[gallery ids="12,13"]'
        counts = []
        for number in (1, 30):
            items = [text(content, 7 + n, meta=[Meta("_thumbnail_id", "12")]) for n in range(number)]
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert len(files_of(items, blog)) == number
            counts.append(len(queries))
        assert counts == [4, 4]

    def test_odd_numbers_and_addresses_do_no_harm(self, blog, supply):
        brought(blog, supply, upload())
        odd = f'[gallery ids="{2**63},999999999999999999"] wp-image-0 <img src="{UPLOADS}/2013/03/a%00b.jpg">\ud800'
        assert len(files_of([text(odd, 2**70, meta=[Meta("_thumbnail_id", "9" * 40)])], blog)) == 1
        assert files_of([], blog) == []


class TestLooseUploads:
    def test_a_picture_that_no_item_names_is_found_and_brought(self, blog, tmp_path):
        put(tmp_path, "2013/03/boat.jpg")
        item = text(
            f'<a href="{UPLOADS}/2013/03/boat.jpg"><img src="/wp-content/uploads/2013/03/boat-300x200.jpg"></a>'
        )
        [loose] = missing_uploads([item], files_of([item], blog), blog)
        assert loose == Loose(f"{UPLOADS}/2013/03/boat.jpg", "2013/03/boat.jpg")
        attached = bring_loose(loose, Supply(tmp_path))
        remember(blog, attached, loose.address)
        [files] = files_of([item], blog)
        for address in (f"{UPLOADS}/2013/03/boat.jpg", "/wp-content/uploads/2013/03/boat-300x200.jpg"):
            assert files.by_address(address).address == attached.image.file.url
        assert missing_uploads([item], [files], blog) == []

    def test_one_that_is_named_by_a_copy_alone_is_known_under_its_own_name(self, blog, tmp_path):
        put(tmp_path, "2013/03/boat-300x200.jpg")
        small = text(f'<img src="{UPLOADS}/2013/03/boat-300x200.jpg?w=30">')
        [loose] = missing_uploads([small], files_of([small], blog), blog)
        remember(blog, bring_loose(loose, Supply(tmp_path)), loose.address)
        other = text(f'<img src="{UPLOADS}/2013/03/boat.jpg">')
        [files] = files_of([other], blog)
        assert files.by_address(f"{UPLOADS}/2013/03/boat.jpg").is_here
        assert missing_uploads([other], [files], blog) == []

    def test_what_others_show_and_what_is_no_picture_is_left(self, blog):
        item = text(
            '<img src="https://nknews.example/wp-content/uploads/2013/03/boat.jpg">'
            f'<a href="{UPLOADS}/2013/03/song.mp3">x</a> <a href="https://{HOST}/2013/03/31/x/">x</a>'
        )
        assert missing_uploads([item], files_of([item], blog), blog) == []

    def test_a_blog_that_left_wordpress_com_is_known_by_its_name(self, db):
        blog = Blog.objects.create(address="https://watch.example", host="watch.example")
        item = text(
            '<img src="https://watch.files.wordpress.com/2013/03/a.jpg"><img src="https://nk.files.wordpress.com/2013/03/b.jpg">'
        )
        assert [loose.path for loose in missing_uploads([item], files_of([item], blog), blog)] == ["2013/03/a.jpg"]

    def test_one_that_an_item_names_is_not_loose_though_it_could_not_be_had(self, blog):
        brought(blog, Supply(), upload())
        item = text(f'<img src="{UPLOADS}/2013/03/boat.jpg">')
        assert missing_uploads([item], files_of([item], blog), blog) == []

    def test_a_loose_one_that_could_not_be_had_is_asked_for_the_next_time(self, blog, tmp_path):
        item = text(f'<img src="{UPLOADS}/2013/03/boat.jpg">')
        [loose] = missing_uploads([item], files_of([item], blog), blog)
        remember(blog, bring_loose(loose, Supply(tmp_path)), loose.address)
        assert missing_uploads([item], files_of([item], blog), blog) == [loose]


class TestTheFeaturedPicture:
    @pytest.fixture
    def featured(self, blog, tmp_path) -> Item:
        put(tmp_path, "2013/03/boat.jpg")
        brought(blog, Supply(tmp_path), upload(alt="A [small] boat"))
        return text("Words.", meta=[Meta("_thumbnail_id", "12")])

    def test_it_stands_first(self, blog, featured):
        [files] = files_of([featured], blog)
        shown = with_featured("Words.\n", featured, files)
        assert shown == f"![A \\[small\\] boat]({Image.objects.get().file.url})\n\nWords.\n"
        assert names_in(shown)

    def test_a_text_that_shows_it_is_left_as_it_is(self, blog, featured):
        [files] = files_of([featured], blog)
        markdown = f"Words.\n\n![A boat]({Image.objects.get().file.url})\n"
        assert with_featured(markdown, featured, files) == markdown

    def test_one_that_is_not_here_is_not_shown(self, blog):
        brought(blog, Supply(), upload())
        item = text("Words.", meta=[Meta("_thumbnail_id", "12")])
        [files] = files_of([item], blog)
        assert with_featured("Words.", item, files) == "Words."
        odd = text("Words.", meta=[Meta("_thumbnail_id", "none")])
        assert with_featured("Words.", odd, files_of([odd], blog)[0]) == "Words."


def test_credits_are_looked_for_in_time_that_does_not_explode():
    for hostile in ("(" * 20_000, "photo " * 5_000, "credit: " * 5_000, "Photo:" + " " * 30_000 + "(", "© " * 20_000):
        attachments._without_credit(hostile)
