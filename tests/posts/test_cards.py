"""What other sites show of a page: its metas and the picture that is drawn for it."""

import io
import re
from html import unescape

import pytest
from django.core.cache import cache
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFont

from posts import drawing, typefaces
from posts.drawing import Words, draw
from posts.life import Reason
from posts.typefaces import HEADLINE, face_for
from tests.factories import make_category, make_post, make_source

pytestmark = pytest.mark.django_db

SITE = "https://watch.example"
WITHOUT_TITLE = Words("", "The site", ("An outlet", "March 31, 2013"))


def metas(page: str) -> list[tuple[str, str]]:
    found = re.findall(r'<meta (?:property|name)="((?:og|article|twitter):[^"]*)" content="([^"]*)">', page)
    return [(name, unescape(value)) for name, value in found]


def metas_at(client, address: str) -> dict[str, str]:
    return dict(metas(client.get(address).content.decode()))


def with_title(title: str) -> Words:
    return Words(title, WITHOUT_TITLE.site, WITHOUT_TITLE.details)


class TestMetas:
    def test_a_post_says_what_it_is(self, client):
        post = make_post(
            "Why “survivor” & not <victim>",
            body="Okapi words.",
            at="2013-03-31 15:17",
            tags=["boats", "nets"],
            categories=[make_category("Fishing")],
            source=make_source("NK News"),
        )
        found = metas(client.get(post.get_absolute_url()).content.decode())
        said = dict(found)
        assert said["og:type"] == "article"
        assert said["og:title"] == "Why “survivor” & not <victim>"
        assert said["og:url"] == SITE + post.get_absolute_url()
        assert said["og:description"] == "Okapi words."
        assert said["og:site_name"] == "Human Traffic Watch"
        assert said["og:locale"] == "en_US"
        assert said["og:image"] == f"{SITE}{post.get_absolute_url()}card.png"
        assert (said["og:image:width"], said["og:image:height"]) == ("1200", "630")
        assert "Why “survivor” & not <victim>" in said["og:image:alt"]
        assert said["article:published_time"] == "2013-03-31T15:17:00+00:00"
        assert said["article:modified_time"].startswith(f"{timezone.now():%Y-%m-%d}")
        assert said["article:section"] == "Fishing"
        assert [value for name, value in found if name == "article:tag"] == ["boats", "nets"]
        assert said["twitter:card"] == "summary_large_image"

    def test_of_a_text_under_a_notice_no_word_is_said(self, client):
        post = make_post(body="Okapi words.", notice="Describes violence")
        said = metas_at(client, post.get_absolute_url())
        assert "Okapi" not in " ".join(said.values())
        assert said["og:description"] == "Content notice: Describes violence."
        assert said["og:image:alt"].startswith("Content notice")

    def test_a_further_page_of_a_listing_has_its_own_address(self, client):
        for _ in range(11):
            make_post(tags=["boats"])
        first, second = (metas_at(client, f"/tag/boats/{part}") for part in ("", "page/2/"))
        assert (first["og:type"], first["og:url"]) == ("website", f"{SITE}/tag/boats/")
        assert second["og:url"] == f"{SITE}/tag/boats/page/2/"
        assert second["og:title"] == "Posts Tagged ‘boats’, page 2"
        assert first["og:image"] == second["og:image"] == f"{SITE}/tag/boats/card.png"

    def test_the_image_of_every_listing_is_there(self, client):
        make_post(tags=["boats"], categories=[make_category("Fishing")], source=make_source(), at="2013-03-31 10:00")
        for address in ("/", "/tag/boats/", "/category/fishing/", "/source/nk-news/", "/2013/", "/2013/03/31/"):
            image = metas_at(client, address)["og:image"].removeprefix(SITE)
            assert client.get(image).headers["Content-Type"] == "image/png", address

    def test_a_preview_says_nothing(self, editor_client):
        page = editor_client.get(f"/preview/{make_post(draft=True).pk}/").content.decode()
        assert metas(page) == []
        assert "oembed" not in page
        assert 'class="share"' not in page


class TestAnswers:
    def test_a_card_is_a_png_of_the_usual_size_and_sets_no_cookie(self, client):
        response = client.get(f"{make_post().get_absolute_url()}card.png", HTTP_ACCEPT_LANGUAGE="ko")
        picture = Image.open(io.BytesIO(response.content))
        assert (response.headers["Content-Type"], picture.format, picture.size) == ("image/png", "PNG", (1200, 630))
        assert "public" in response.headers["Cache-Control"]
        assert response.headers["Content-Language"] == "en"
        assert not response.cookies

    def test_who_has_it_is_told_so(self, client):
        address = f"{make_post().get_absolute_url()}card.png"
        etag = client.get(address).headers["ETag"]
        assert client.get(address, HTTP_IF_NONE_MATCH=etag).status_code == 304

    def test_another_title_is_another_card(self, client):
        post = make_post("One")
        address = f"{post.get_absolute_url()}card.png"
        before = client.get(address)
        post.title = "Two"
        post.save()
        after = client.get(address)
        assert before.headers["ETag"] != after.headers["ETag"]
        assert before.content != after.content

    def test_the_same_bytes_when_it_is_drawn_again_whatever_the_reader_speaks(self, client):
        address = f"{make_post('').get_absolute_url()}card.png"
        first = client.get(address, HTTP_ACCEPT_LANGUAGE="en").content
        cache.clear()
        assert client.get(address, HTTP_ACCEPT_LANGUAGE="ko").content == first

    def test_the_text_changes_nothing_and_the_notice_is_named(self, client):
        post = make_post("The cellar", body="Okapi words.", notice="Describes violence")
        address = f"{post.get_absolute_url()}card.png"
        noticed = client.get(address).content
        post.body = "Other words."
        post.save()
        assert client.get(address).content == noticed
        post.notice = ""
        post.save()
        assert client.get(address).content != noticed

    def test_a_draft_and_what_is_scheduled_or_held_back_have_none(self, client, editor_client):
        scheduled = make_post(at="2199-01-01 10:00")
        held = make_post(review_on="2030-01-01")
        for address in ("/2013/03/31/nothing/", scheduled.get_absolute_url(), held.get_absolute_url()):
            assert client.get(f"{address}card.png").status_code == 404, address
        assert editor_client.get(f"{scheduled.get_absolute_url()}card.png").status_code == 404
        assert client.get(f"/preview/{make_post(draft=True).pk}/card.png").status_code == 404

    def test_what_is_gone_has_none_any_longer(self, client):
        post = make_post()
        address = f"{post.get_absolute_url()}card.png"
        assert client.get(address).status_code == 200
        post.withdraw(Reason.PROTECTION)
        assert client.get(address).status_code == 410

    def test_a_former_address_leads_to_the_card_of_the_present_one(self, client):
        post = make_post("Old name", slug="old-name")
        post.slug = "new-name"
        post.save()
        response = client.get("/2013/03/31/old-name/card.png")
        assert (response.status_code, response.headers["Location"]) == (301, "/2013/03/31/new-name/card.png")

    def test_an_alias_leads_to_the_card_of_its_tag(self, client):
        post = make_post(tags=["boats", "북한"])
        tag = post.tags.get(slug="boats")
        tag.slug = "ships"
        tag.save()
        assert client.get("/tag/boats/card.png").headers["Location"] == "/tag/ships/card.png"
        assert client.get("/tag/북한/card.png").status_code == 200

    @pytest.mark.parametrize(
        "address",
        ["/tag/none/card.png", "/category/a/b/card.png", "/source/none/card.png", "/0000/00/00/x/card.png",
         "/2013/02/31/x/card.png", "/9999/12/31/x/card.png", "/tag/a+b+c+d/card.png", "/tag/%00/card.png"],
    )  # fmt: skip
    def test_where_there_is_no_page_there_is_no_card(self, client, address):
        assert client.get(address).status_code == 404

    def test_it_is_not_written_to(self, client):
        assert client.post("/card.png").status_code == 405


class TestDrawing:
    @pytest.mark.parametrize(
        "title",
        ["Escape", "word " * 60, "x" * 300, "x" * 5000, "الهروب من كوريا", "تقرير عن NK News (2013)", "שלום world",
         "Побег", "Boats 🚢 at 40 °C", "Z" + "\u0301" * 299, "\u202e\u202d\u2067mixed", "a\x00b\ufffdc\u2028d"],
    )  # fmt: skip
    def test_any_title_is_drawn_and_twice_the_same(self, title):
        drawn = draw(with_title(title))
        assert Image.open(io.BytesIO(drawn)).size == (1200, 630)
        assert drawn == draw(with_title(title))

    def test_a_title_that_nothing_here_can_show_is_left_out(self):
        # No typeface has signs for private use.
        assert draw(with_title("\U0001b170\U000131a0")) == draw(WITHOUT_TITLE)

    def test_without_a_typeface_for_hangul_no_boxes_are_drawn(self, monkeypatch):
        monkeypatch.setattr(typefaces, "FOLDERS", ())
        typefaces.installed.cache_clear()
        try:
            assert draw(with_title("북한에서 탈출")) == draw(WITHOUT_TITLE)
            assert draw(with_title("Escape")) != draw(WITHOUT_TITLE)
        finally:
            typefaces.installed.cache_clear()

    def test_small_pictures_are_left_out_and_the_words_stay(self):
        assert draw(with_title("Boats 🚢 off the coast")) == draw(with_title("Boats off the coast"))

    def test_a_title_from_the_right_stands_at_the_right(self):
        title = "שלום"
        if not drawing.can_shape() or face_for(title, HEADLINE) is None:
            pytest.skip("no typeface with Hebrew, or nothing that lays it out")
        picture = Image.open(io.BytesIO(draw(with_title(title)))).convert("L")
        left, right = (picture.crop(box) for box in ((0, 140, 500, 500), (700, 140, 1200, 500)))
        assert left.getextrema()[0] > 200
        assert right.getextrema()[0] < 100

    def test_without_what_shapes_them_joined_scripts_are_left_out(self, monkeypatch):
        monkeypatch.setattr(drawing, "can_shape", lambda: False)
        assert draw(with_title("الهروب")) == draw(WITHOUT_TITLE)
        assert draw(with_title("Escape")) != draw(WITHOUT_TITLE)

    def test_nothing_is_drawn_beyond_the_margins(self):
        for title in ("W" * 300, "word " * 60):
            picture = Image.open(io.BytesIO(draw(with_title(title)))).convert("L")
            for box in ((0, 20, 60, 630), (1145, 20, 1200, 630)):
                assert picture.crop(box).getextrema()[0] > 200, title

    @settings(max_examples=40)
    @given(st.text(max_size=60))
    def test_no_text_makes_it_fail(self, text):
        draw(with_title(text))

    @settings(max_examples=200)
    @given(st.text(min_size=1, max_size=20))
    def test_a_face_is_only_taken_that_has_a_sign_for_each_letter(self, text):
        face = face_for(text, HEADLINE)
        if face is not None:
            font = typefaces.load(face, 20, shaped=False)
            assert isinstance(font, ImageFont.FreeTypeFont)
            box = bytes(font.getmask("\U0010fffe"))
            assert all(bytes(font.getmask(c)) != box for c in text if not typefaces.is_unseen(c))
