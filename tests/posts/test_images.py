"""Pictures: what is stored of them, what is said of them, and where they are shown."""

import io
import random

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from PIL import Image as Pillow
from PIL import ImageCms, PngImagePlugin

from posts.lettering import letter_html, letter_text
from posts.models import Image, Post
from posts.models.image import MISSING_ALT
from posts.picturing import UnusablePicture, read_picture
from posts.rendering import PictureFacts, render_post
from posts.renditions import rendition_names
from posts.syndication import absolute
from tests.factories import make_post, picture_file

pytestmark = pytest.mark.django_db

TAKE = "/admin/posts/post/picture/"
NAME = "/media/images/2026/11/0123456789abcdef-1500x1000.jpg"
STEM = NAME.removesuffix(".jpg")
_colours = random.Random(7)


def make_image(size: tuple[int, int] = (700, 500), kind: str = "PNG", **words) -> Image:
    """Return a stored picture, unlike any other."""
    out = io.BytesIO()
    Pillow.new("RGB", size, tuple(_colours.randrange(256) for _ in range(3))).save(out, kind)
    image = Image.objects.get_or_store(read_picture(io.BytesIO(out.getvalue())))
    for name, value in words.items():
        setattr(image, name, value)
    image.save()
    return image


def stored(name: str) -> Pillow.Image:
    with default_storage.open(name) as file:
        image = Pillow.open(io.BytesIO(file.read()))
    image.load()
    return image


def files_of(image: Image) -> list[str]:
    return [name for name in image.file_names() if default_storage.exists(name)]


@pytest.fixture
def writer_client(client, db):
    writer = User.objects.create_user("will", password="secret", is_staff=True)
    writer.groups.set(Group.objects.filter(name="Writers"))
    client.force_login(writer)
    return client


class TestRenditions:
    def test_a_picture_is_kept_in_the_widths_of_the_page_that_are_less_than_its_own(self):
        image = make_image((1000, 500))
        sizes = {kind: stored(name).size for kind, name in rendition_names(image.file.name).items()}
        blurred = sizes.pop("blurred")
        assert sizes == {"320": (320, 160), "640": (640, 320), "960": (960, 480)}
        assert max(blurred) <= 160
        assert all(stored(name).format == "WEBP" for name in image.file_names()[1:])

    def test_a_small_picture_has_nothing_but_its_stand_in(self):
        assert list(rendition_names(make_image((200, 100)).file.name)) == ["blurred"]

    @pytest.mark.parametrize("size", [(1, 2400), (2400, 1), (1, 1), (321, 1)])
    def test_odd_shapes_are_kept_as_well(self, size):
        image = make_image(size)
        assert files_of(image) == image.file_names()

    def test_the_stand_in_has_lost_what_the_picture_shows(self):
        out = io.BytesIO()
        board = Pillow.new("L", (800, 800))
        board.putdata([255 * ((x // 50 + y // 50) % 2) for y in range(800) for x in range(800)])
        board.save(out, "PNG")
        image = Image.objects.get_or_store(read_picture(io.BytesIO(out.getvalue())))
        low, high = stored(rendition_names(image.file.name)["blurred"]).convert("L").getextrema()
        assert high - low < 60

    def test_nothing_is_stored_where_a_rendition_cannot_be_written(self, monkeypatch, editor_client):
        save = default_storage.save

        def full(name, content, **options):
            if ".640." in name:
                raise OSError("No space left on device")
            return save(name, content, **options)

        picture = picture_file("a.png", "PNG", (700, 501))
        monkeypatch.setattr(
            type(default_storage._wrapped), "save", lambda self, *args, **options: full(*args, **options)
        )
        with pytest.raises(OSError, match="No space"):
            Image.objects.get_or_store(read_picture(picture))
        assert not Image.objects.exists()
        folder = f"images/{timezone.now():%Y/%m}"
        assert not [name for name in default_storage.listdir(folder)[1] if "-700x501" in name]

    def test_rerender_makes_what_older_pictures_lack(self, capsys):
        image = make_image()
        for name in image.file_names()[1:]:
            default_storage.delete(name)
        call_command("rerender")
        assert files_of(image) == image.file_names()
        assert "Made 3 smaller copies" in capsys.readouterr().out
        call_command("rerender")
        assert "Made" not in capsys.readouterr().out

    def test_rerender_goes_on_where_a_picture_is_lost(self, capsys):
        lost, kept = make_image(), make_image()
        for name in (*lost.file_names(), kept.file_names()[1]):
            default_storage.delete(name)
        call_command("rerender")
        assert lost.file.name in capsys.readouterr().err
        assert files_of(kept) == kept.file_names()

    def test_deleting_a_picture_deletes_its_files_once_it_is_sure(self, django_capture_on_commit_callbacks):
        image = make_image()
        with django_capture_on_commit_callbacks() as callbacks:
            image.delete()
        assert files_of(image) == image.file_names()
        callbacks[0]()
        assert files_of(image) == []


def photo(**options) -> bytes:
    out = io.BytesIO()
    Pillow.new("RGB", (700, 400), "#336699").save(out, options.pop("format", "JPEG"), **options)
    return out.getvalue()


def with_gps() -> bytes:
    exif = Pillow.Exif()
    exif[0x0110] = "SECRET camera"
    exif.get_ifd(0x8825)[29] = "SECRET place"
    return photo(exif=exif, comment=b"SECRET comment", xmp=b"<x:xmpmeta>SECRET</x:xmpmeta>")


def with_text() -> bytes:
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", "SECRET name")
    text.add_itxt("XML:com.adobe.xmp", "SECRET xmp")
    return photo(format="PNG", pnginfo=text)


def with_profile() -> bytes:
    return photo(icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + b"SECRET")


def moving(kind: str) -> bytes:
    out = io.BytesIO()
    frames = [Pillow.new("RGB", (400, 300), colour) for colour in ("red", "blue")]
    frames[0].save(out, kind, save_all=True, append_images=frames[1:])
    return out.getvalue()


def in_mode(mode: str, kind: str, colour) -> bytes:
    out = io.BytesIO()
    Pillow.new(mode, (400, 300), colour).save(out, kind)
    return out.getvalue()


def see_through() -> bytes:
    out = io.BytesIO()
    palette = Pillow.new("P", (400, 300), 0)
    palette.putpalette([255, 0, 0, 0, 255, 0])
    palette.save(out, "PNG", transparency=0)
    return out.getvalue()


class TestWhatComesIn:
    KINDS = {
        "camera data": with_gps,
        "text in a PNG": with_text,
        "colour profile": with_profile,
        "moving GIF": lambda: moving("GIF"),
        "moving WebP": lambda: moving("WEBP"),
        "MPO": lambda: moving("MPO"),
        "CMYK": lambda: in_mode("CMYK", "JPEG", (0, 200, 200, 0)),
        "grey": lambda: in_mode("L", "JPEG", 100),
        "16 bits": lambda: in_mode("I;16", "PNG", 30_000),
        "one bit": lambda: in_mode("1", "PNG", 1),
        "see-through palette": see_through,
    }

    @pytest.mark.parametrize("kind", KINDS)
    def test_nothing_but_pixels_is_kept_in_the_picture_and_its_renditions(self, kind):
        image = Image.objects.get_or_store(read_picture(io.BytesIO(self.KINDS[kind]())))
        assert len(image.file_names()) >= 3
        for name in image.file_names():
            with default_storage.open(name) as file:
                data = file.read()
            with Pillow.open(io.BytesIO(data)) as picture:
                assert not picture.getexif(), name
                assert not {"icc_profile", "xmp", "comment", "Author"} & picture.info.keys(), name
                assert getattr(picture, "n_frames", 1) == 1, name
            assert b"SECRET" not in data, name

    def test_what_is_see_through_stays_so_in_all_copies(self):
        image = Image.objects.get_or_store(read_picture(io.BytesIO(see_through())))
        for name in image.file_names():
            assert stored(name).convert("RGBA").getpixel((0, 0))[3] == 0, name

    def test_sixteen_bits_are_not_clipped_to_white(self):
        image = Image.objects.get_or_store(read_picture(io.BytesIO(in_mode("I;16", "PNG", 30_000))))
        assert 100 < stored(image.file.name).convert("L").getpixel((5, 5)) < 130

    def test_a_damaged_profile_is_no_hindrance(self):
        assert read_picture(io.BytesIO(photo(icc_profile=b"no profile"))).width == 700

    @pytest.mark.parametrize("length", [10, 200, 1000])
    def test_a_truncated_one_is_refused(self, length):
        with pytest.raises(UnusablePicture):
            read_picture(io.BytesIO(photo()[:length]))


class TestAFigure:
    def test_it_names_the_widths_it_can_be_had_in(self):
        html = render_post(f"![A boat]({NAME})").html
        assert f'src="{NAME}" alt="A boat" width="1500" height="1000"' in html
        assert (
            f'srcset="{STEM}.320.webp 320w, {STEM}.640.webp 640w, {STEM}.960.webp 960w, {STEM}.1280.webp 1280w"'
            in html
        )
        assert 'sizes="(min-width: 42rem) 38rem, 92vw"' in html

    def test_one_narrower_than_the_widest_copy_is_among_the_choices_itself(self):
        name = NAME.replace("1500x", "700x")
        assert f"640w, {name} 700w" in render_post(f"![A boat]({name})").html

    @pytest.mark.parametrize(
        "name", [NAME.replace("1500x", "300x"), "/media/old/boat-1500x1000.jpg", "/static/a-900x9.png"]
    )
    def test_a_picture_without_copies_names_none(self, name):
        assert "srcset" not in render_post(f"![A boat]({name})").html

    def test_the_library_fills_what_the_text_leaves_empty(self):
        facts = PictureFacts(alt="A boat", caption="At <sea>", credit="Ann & Co", licence="CC BY 4.0")
        html = render_post(f"![]({NAME})", pictures={NAME: facts}).html
        assert 'alt="A boat"' in html
        credit = '<span class="credit">Credit: Ann &amp; Co, CC BY 4.0</span>'
        assert f"<figcaption>At &lt;sea&gt; {credit}</figcaption>" in html

    def test_the_words_of_the_text_go_before_those_of_the_library(self):
        facts = PictureFacts(alt="A boat", caption="At sea", credit="Ann")
        html = render_post(f'![My boat]({NAME} "In port")', pictures={NAME: facts}).html
        assert 'alt="My boat"' in html
        assert '<figcaption>In port <span class="credit">Credit: Ann</span></figcaption>' in html

    def test_a_credit_that_the_text_gives_itself_is_not_given_twice(self):
        html = render_post(
            f'![My boat]({NAME} "In port. Credit: Ann")', pictures={NAME: PictureFacts(credit="Ann")}
        ).html
        assert html.count("Ann") == 1

    def test_a_licence_alone_is_named_as_one(self):
        html = render_post(f"![A]({NAME})", pictures={NAME: PictureFacts(licence="CC0")}).html
        assert "Licence: CC0" in html

    def test_a_linked_picture_keeps_its_link_and_is_a_figure_too(self):
        html = render_post(
            f"[![A boat]({NAME})](https://elsewhere.example/)", pictures={NAME: PictureFacts(caption="At sea")}
        ).html
        assert html.startswith('<figure><a href="https://elsewhere.example/" rel="noopener noreferrer"><img')
        assert html.endswith("</a><figcaption>At sea</figcaption></figure>")

    @pytest.mark.parametrize(
        "text",
        [
            f"![]({NAME})", f"![ ]({NAME})", f"![\u200b]({NAME})", f"![&nbsp;]({NAME})", f"![{MISSING_ALT}]({NAME})",
            f'<img src="{NAME}">', f'<img src="{NAME}" alt="">', f"Words ![]({NAME}) around", f"![][1]\n\n[1]: {NAME}",
            f"| a |\n| - |\n| ![]({NAME}) |", f"- ![]({NAME})", f"[![]({NAME})](/about/)",
            f"Lead\n\n<!--more-->\n\n![]({NAME})",
        ],
    )  # fmt: skip
    def test_one_that_says_nothing_is_noticed(self, text):
        assert render_post(text).undescribed == (NAME,)
        assert render_post(text, pictures={NAME: PictureFacts(is_decorative=True)}).undescribed == ()
        described = render_post(text, pictures={NAME: PictureFacts(alt="A boat")})
        assert described.undescribed == ()
        assert 'alt="A boat"' in described.html
        assert MISSING_ALT not in render_post(text).html

    @pytest.mark.parametrize(
        "text",
        [
            f"![A boat]({NAME})", f"    ![]({NAME})", f"```\n![]({NAME})\n```", f"`![]({NAME})`", f"\\![]({NAME})",
            "![](https://elsewhere.example/a.jpg)", f'<img src="{NAME}" alt="A boat">', f"![船][1]\n\n[1]: {NAME}",
            f"<!-- ![]({NAME}) -->", f"`{MISSING_ALT}`", MISSING_ALT,
        ],
    )  # fmt: skip
    def test_what_is_described_or_no_picture_is_not(self, text):
        assert render_post(text).undescribed == ()


NOTICED = {NAME: PictureFacts(alt="A wound", caption="After it", credit="Ann", notice="Shows <violence>")}


class TestAContentNotice:
    def test_a_picture_is_folded_behind_its_stand_in(self):
        html = render_post(f"![]({NAME})", pictures=NOTICED).html
        assert html.startswith(
            f'<details class="notice"><summary>Shows &lt;violence&gt;<img src="{STEM}.blurred.webp" alt="" '
        )
        assert html.endswith("</figure></details>")

    @pytest.mark.parametrize(
        "text",
        [f"Look: ![]({NAME}) here", f"- ![]({NAME})", f"| a |\n| - |\n| ![]({NAME}) |", f'<img src="{NAME}">',
         f"[see ![]({NAME})](/about/)", f"## ![]({NAME})", f'<div><a href="/x/"><p><img src="{NAME}"></p></a></div>'],
    )  # fmt: skip
    def test_where_nothing_can_be_folded_only_the_stand_in_is_shown(self, text):
        html = render_post(text, pictures=NOTICED).html
        assert f'src="{NAME}"' not in html
        assert "srcset" not in html
        assert f'src="{STEM}.blurred.webp"' in html
        assert "Shows &lt;violence&gt;" in html

    def test_in_line_a_link_leads_to_the_picture(self):
        html = render_post(f"Look: ![]({NAME}) here", pictures=NOTICED).html
        assert f'<a class="kept-back" href="{NAME}">' in html

    @pytest.mark.parametrize("text", [f"![]({NAME})", f"Look: ![]({NAME}) here"])
    def test_feeds_and_letters_never_show_it(self, text):
        html = render_post(f"{text}\n\n![Plain]({NAME.replace('0', '1')})", pictures=NOTICED).html
        elsewhere = absolute(html)
        letter = letter_html(html, "https://watch.example/p/")
        for shown in (elsewhere, letter):
            assert f'{NAME}" alt' not in shown
            assert f"{STEM}.640" not in shown
            assert "Shows &lt;violence&gt;" in shown
            assert "srcset" not in shown
        assert 'alt="Plain"' in elsewhere
        assert "Shows <violence>" in letter_text(html, "https://watch.example/p/")

    def test_it_holds_on_pages_that_editors_write(self, client):
        from django.contrib.flatpages.models import FlatPage

        image = make_image(alt="A wound", notice="Shows violence")
        page = FlatPage.objects.create(url="/hurt/", title="Hurt", content=image.as_markdown())
        page.sites.add(1)
        assert '<details class="notice">' in client.get("/hurt/").content.decode()


class TestPublishing:
    @pytest.mark.parametrize("words", [{}, {"caption": "At sea", "credit": "Ann"}])
    def test_it_is_refused_while_a_picture_says_nothing(self, words):
        image = make_image(**words)
        post = make_post(draft=True, body=f"![ ]({image.file.url})")
        for at in (None, timezone.now() + timezone.timedelta(days=1)):
            with pytest.raises(ValidationError, match=image.file_name) as refusal:
                Post.objects.get(pk=post.pk).publish(at=at)
            assert list(refusal.value.message_dict) == ["body"]
        assert Post.objects.get().state == "draft"

    @pytest.mark.parametrize("words", [{"alt": "A boat"}, {"is_decorative": True}])
    def test_the_library_may_say_it(self, words):
        make_post(body=f"![]({make_image(**words).file.url})")
        assert Post.objects.published().exists()

    def test_at_the_desk_it_is_refused_at_the_text_and_what_was_typed_stays(self, editor_client):
        image = make_image()
        body = f"Above ![]({image.file.url})"
        response = editor_client.post("/admin/posts/post/add/", {"title": "A", "body": body, "_publish": "1"})
        form = response.context["adminform"].form
        assert image.file_name in str(form.errors["body"])
        assert "decorative" in str(form.errors["body"])
        assert form["body"].value() == body
        assert not Post.objects.exists()

    def test_a_published_post_is_not_saved_with_such_a_picture(self, editor_client):
        post, image = make_post(), make_image()
        address = reverse("admin:posts_post_change", args=[post.pk])
        moment = timezone.localtime(post.published_at)
        data = {
            "title": post.title, "slug": post.slug, "version": post.version, "body": f"![]({image.file.url})",
            "published_at_0": f"{moment:%Y-%m-%d}", "published_at_1": f"{moment:%H:%M:%S}", "_save": "1",
        }  # fmt: skip
        assert "body" in editor_client.post(address, data).context["adminform"].form.errors
        image.alt = "A boat"
        image.save()
        assert editor_client.post(address, data).status_code == 302

    def test_a_draft_is_saved_as_it_is(self, editor_client):
        image = make_image()
        editor_client.post("/admin/posts/post/add/", {"title": "A", "body": f"![]({image.file.url})", "_save": "1"})
        assert list(Post.objects.get().images.all()) == [image]


class TestWordsOfTheLibrary:
    def test_a_change_follows_into_the_posts_and_leaves_no_other_trace(self, editor_client):
        image = make_image(alt="A boat", credit="Ann")
        post = make_post(body=f"![]({image.file.url})\n\n<!--more-->\n\nMore.")
        before = Post.objects.get(pk=post.pk)
        editor_client.post(
            reverse("admin:posts_image_change", args=[image.pk]),
            {"alt": "Two boats", "credit": "Bea", "caption": "At sea", "notice": "Shows the sea"},
        )
        after = Post.objects.get(pk=post.pk)
        for html in (after.body_html, after.lead_html):
            assert 'alt="Two boats"' in html
            assert "Credit: Bea" in html
            assert '<details class="notice">' in html
        assert (after.updated_at, after.version) == (before.updated_at, before.version)
        assert after.history.count() == before.history.count()

    def test_a_picture_named_in_a_code_block_is_not_shown_there(self):
        image = make_image()
        post = make_post(draft=True, body=f"    ![]({image.file.url})")
        assert not post.images.exists()


class TestTheLibrary:
    def test_its_list_asks_no_more_for_many_than_for_few(self, editor_client, django_assert_num_queries):
        def ask() -> int:
            from django.db import connection
            from django.test.utils import CaptureQueriesContext

            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert editor_client.get("/admin/posts/image/").status_code == 200
            return len(queries)

        make_post(body=make_image((9, 9), alt="A").as_markdown())
        few = ask()
        for _ in range(5):
            make_post(body=make_image((9, 9), alt="A").as_markdown())
        assert ask() == few

    def test_it_shows_small_copies_and_blurs_what_has_a_notice(self, editor_client):
        plain, hurt = make_image(), make_image(notice="Shows violence")
        html = editor_client.get("/admin/posts/image/").content.decode()
        assert rendition_names(plain.file.url)["320"] in html
        assert rendition_names(hurt.file.url)["blurred"] in html
        assert hurt.file.url not in html

    @pytest.mark.parametrize("words", ["harbour", "At sea", "Ann", "CC0", "700x500"])
    def test_it_is_searched_in_all_its_words(self, editor_client, words):
        make_image((700, 500), alt="A harbour", caption="At sea", credit="Ann", licence="CC0")
        make_image((10, 10), alt="Else")
        for address in ("/admin/posts/image/?q=", "/admin/posts/image/choose/?q="):
            response = editor_client.get(address + words)
            found = response.json()["pictures"] if "choose" in address else response.context["cl"].result_list
            assert len(found) == 1, address

    def test_it_is_filtered_by_use_and_words(self, editor_client):
        from django.contrib.flatpages.models import FlatPage

        shown, on_page = make_image(alt="Shown"), make_image(alt="On a page")
        unused, hurt = make_image(), make_image(is_decorative=True, notice="Shows violence")
        make_post(draft=True, body=shown.as_markdown())
        FlatPage.objects.create(url="/p/", title="P", content=on_page.as_markdown())
        for query, expected in {
            "use=used": {shown, on_page}, "use=unused": {unused, hurt}, "words=undescribed": {unused},
            "words=notice": {hurt}, "use=nonsense": {shown, on_page, unused, hurt},
        }.items():  # fmt: skip
            response = editor_client.get(f"/admin/posts/image/?{query}")
            if response.status_code == 302:
                continue
            assert set(response.context["cl"].result_list) == expected, query

    def test_its_form_says_where_a_picture_is_shown(self, editor_client):
        image = make_image(alt="A boat")
        public = make_post("Public <one>", body=image.as_markdown())
        make_post("A draft", draft=True, body=image.as_markdown())
        binned = make_post("Binned", body=image.as_markdown())
        binned.trash()
        html = editor_client.get(reverse("admin:posts_image_change", args=[image.pk])).content.decode()
        for title, status in (("Public &lt;one&gt;", "Published"), ("A draft", "Draft"), ("Binned", "In the trash")):
            assert f'{title}</a> <span class="quiet">{status}</span>' in html
        assert reverse("admin:posts_post_change", args=[public.pk]) in html

    def test_the_file_of_a_stored_picture_stays(self, editor_client):
        image = make_image()
        name = image.file.name
        editor_client.post(
            reverse("admin:posts_image_change", args=[image.pk]), {"file": picture_file(), "alt": "A boat"}
        )
        image.refresh_from_db()
        assert (image.file.name, image.alt) == (name, "A boat")

    @pytest.mark.parametrize("alt", [MISSING_ALT, "\u200b"])
    def test_a_description_that_says_nothing_is_refused(self, editor_client, alt):
        response = editor_client.post(
            "/admin/posts/image/add/", {"file": picture_file("a.png", "PNG", (41, 31)), "alt": alt}
        )
        assert "alt" in response.context["adminform"].form.errors

    @pytest.mark.parametrize("is_draft", [True, False])
    def test_a_picture_that_a_text_shows_is_not_deleted(self, editor_client, is_draft):
        image = make_image(alt="A boat")
        make_post("Shown here", draft=is_draft, body=image.as_markdown())
        address = reverse("admin:posts_image_delete", args=[image.pk])
        assert "Shown here" in editor_client.get(address).content.decode()
        editor_client.post(address, {"post": "yes"})
        bulk = {"action": "delete_selected", "_selected_action": [image.pk], "post": "yes"}
        assert "Shown here" in editor_client.post("/admin/posts/image/", bulk).content.decode()
        assert Image.objects.exists()

    def test_an_unused_one_is_deleted(self, editor_client):
        image = make_image()
        assert (
            "shown nowhere" in editor_client.get(reverse("admin:posts_image_delete", args=[image.pk])).content.decode()
        )
        editor_client.post(reverse("admin:posts_image_delete", args=[image.pk]), {"post": "yes"})
        assert not Image.objects.exists()


class TestChoosing:
    def test_a_page_of_pictures_with_their_words(self, editor_client):
        for number in range(26):
            make_image((9, 9), alt=f"Picture {number}")
        first = editor_client.get("/admin/posts/image/choose/").json()
        assert (len(first["pictures"]), first["has_more"]) == (24, True)
        assert first["pictures"][0]["words"]["alt"] == "Picture 25"
        second = editor_client.get("/admin/posts/image/choose/", {"page": "2"}).json()
        assert (len(second["pictures"]), second["has_more"]) == (2, False)

    @pytest.mark.parametrize("query", ["q=\x00", "page=0", "page=-1", "page=x", "page=9999999999", "page=²", "q=%25"])
    def test_odd_questions_are_answered(self, editor_client, query):
        assert editor_client.get(f"/admin/posts/image/choose/?{query}").status_code == 200

    def test_it_is_for_those_who_write(self, client, moderator, writer_client):
        assert writer_client.get("/admin/posts/image/choose/").status_code == 200
        assert writer_client.post("/admin/posts/image/choose/").status_code == 405
        client.force_login(moderator)
        assert client.get("/admin/posts/image/choose/").status_code == 403
        client.logout()
        assert client.get("/admin/posts/image/choose/").status_code == 302


class TestTaking:
    WORDS = {"alt": "A boat", "caption": "At sea", "credit": "Ann", "licence": "CC0", "notice": "Shows the sea"}

    def test_a_picture_comes_with_its_words(self, writer_client):
        response = writer_client.post(TAKE, {"image": picture_file("a.png", "PNG", (44, 33)), **self.WORDS})
        image = Image.objects.get()
        assert response.json() == {"image_code": f"![A boat]({image.file.url})"}
        assert {name: getattr(image, name) for name in self.WORDS} == self.WORDS

    @pytest.mark.parametrize(
        ("words", "field"),
        [
            ({"alt": ""}, "alt"), ({"alt": " \n"}, "alt"), ({"alt": MISSING_ALT}, "alt"), ({"alt": "x" * 501}, "alt"),
            ({"alt": "A boat", "is_decorative": "on"}, "is_decorative"), ({"alt": "A", "credit": "x" * 201}, "credit"),
            ({"alt": "A\x00", "caption": ""}, "alt"),
        ],
    )  # fmt: skip
    def test_words_that_do_not_do_are_refused_at_their_box_and_nothing_is_stored(self, editor_client, words, field):
        response = editor_client.post(TAKE, {"image": picture_file("a.png", "PNG", (44, 33)), **words})
        assert (response.status_code, response.json()["field"]) == (400, field)
        assert not Image.objects.exists()

    def test_decorative_is_an_answer(self, editor_client):
        file = picture_file("a.png", "PNG", (44, 33))
        response = editor_client.post(TAKE, {"image": file, "alt": "", "is_decorative": "on"})
        image = Image.objects.get()
        assert image.is_decorative
        assert response.json() == {"image_code": f"![]({image.file.url})"}

    def test_looking_stores_nothing(self, editor_client):
        data = picture_file("a.png", "PNG", (44, 33)).read()

        def look() -> dict:
            return editor_client.post(TAKE, {"image": SimpleUploadedFile("a.png", data), "look": "1"}).json()

        assert look() == {"known": None}
        assert not Image.objects.exists()
        editor_client.post(TAKE, {"image": SimpleUploadedFile("a.png", data), **self.WORDS})
        assert look()["known"]["words"]["caption"] == "At sea"

    def test_a_chosen_one_learns_what_it_lacks_and_keeps_what_it_has(self, editor_client):
        image = make_image(alt="A boat", caption="At sea")
        response = editor_client.post(
            TAKE, {"picture": image.pk, "alt": "My boat", "caption": "In port", "credit": "Ann"}
        )
        image.refresh_from_db()
        assert response.json() == {"image_code": f'![My boat]({image.file.url} "In port")'}
        assert (image.alt, image.caption, image.credit) == ("A boat", "At sea", "Ann")

    def test_what_the_library_says_for_all_texts_is_not_changed_beside_one(self, editor_client):
        image = make_image(alt="A boat", credit="Ann")
        response = editor_client.post(TAKE, {"picture": image.pk, "alt": "A", "credit": "Bea", "licence": "CC0"})
        assert (response.status_code, response.json()["field"]) == (400, "credit")
        image.refresh_from_db()
        assert (image.credit, image.licence) == ("Ann", "")

    def test_a_described_one_is_not_decorative_beside_one_text(self, editor_client):
        image = make_image(alt="A boat")
        response = editor_client.post(TAKE, {"picture": image.pk, "alt": "", "is_decorative": "on"})
        assert response.json()["field"] == "is_decorative"

    def test_a_writer_changes_nothing_that_readers_see(self, writer_client):
        image = make_image(alt="A boat")
        post = make_post(body=image.as_markdown())
        response = writer_client.post(TAKE, {"picture": image.pk, "alt": "Mine", "caption": "My words"})
        assert response.json() == {"image_code": f'![Mine]({image.file.url} "My words")'}
        response = writer_client.post(TAKE, {"picture": image.pk, "alt": "Mine", "notice": "Blur it"})
        assert response.json()["field"] == "notice"
        assert Post.objects.get(pk=post.pk).body_html == post.body_html

    @pytest.mark.parametrize("chosen", ["0", "-1", "x", "9" * 30, "²", "\x00"])
    def test_a_picture_that_is_not_there_is_refused_in_words(self, editor_client, chosen):
        response = editor_client.post(TAKE, {"picture": chosen, "alt": "A boat"})
        assert (response.status_code, response.json()["field"]) == (400, "image")

    @pytest.mark.parametrize(
        "alt",
        ["A [boat]", "*not* loud", "a_b_c `code`", "<b>bold</b>", "AT&amp;T", 'He said "no" \\ yes', "]( x", "!"],
    )
    def test_whatever_is_typed_is_what_is_read(self, editor_client, alt):
        file = picture_file("a.png", "PNG", (44, 33))
        code = editor_client.post(TAKE, {"image": file, "alt": alt}).json()["image_code"]
        image = Image.objects.get()
        html = render_post(image.as_markdown(alt=alt, caption=f"Of {alt}")).html
        assert code == image.as_markdown()
        from html import unescape

        assert f'alt="{alt}"' in unescape(html)
        assert f"<figcaption>Of {alt}</figcaption>" in unescape(html)

    def test_no_picture_is_taken_from_who_may_not_add_any(self, client, moderator):
        client.force_login(moderator)
        assert client.post(TAKE, {"image": picture_file(), "alt": "A boat"}).status_code == 403
        assert not Image.objects.exists()
