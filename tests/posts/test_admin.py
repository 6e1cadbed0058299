"""The desk, as an editor uses it."""

import datetime as dt
import io

import pytest
from django.contrib.auth.models import Group, User
from django.contrib.flatpages.models import FlatPage
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image as Pillow

from posts.models import Category, Image, Post, Tag
from posts.models.image import MISSING_ALT
from sources.links.models import Link
from sources.models import Source
from tests.factories import make_category, make_link, make_post, make_source, picture_file

pytestmark = pytest.mark.django_db

ADD = "/admin/posts/post/add/"


def filled(**fields) -> dict:
    """Return what a browser sends of the post form, empty but for these fields."""
    names = (
        "title slug body excerpt published_at_0 published_at_1 source original_address original_headline "
        "original_byline original_published_on original_language"
    )
    return {**dict.fromkeys(names.split(), ""), **fields}


def errors_of(response) -> dict:
    assert response.status_code == 200, response["Location"]
    return response.context["adminform"].form.errors


class TestWriting:
    def test_a_draft_is_saved_with_all_that_was_typed(self, editor_client, editor):
        category = make_category("Awareness")
        response = editor_client.post(
            ADD,
            filled(
                title="On the border",
                body="Some *words*.",
                excerpt="In short.",
                categories=[category.pk],
                tags=["china", "북한, Brokers"],
                source=make_source().pk,
                _save="Save draft",
            ),
            follow=True,
        )
        post = Post.objects.get()
        assert (post.title, post.state, post.body_html) == ("On the border", "draft", "<p>Some <em>words</em>.</p>")
        assert {tag.name for tag in post.tags.all()} == {"china", "북한", "Brokers"}
        assert list(post.categories.all()) == [category]
        assert (post.source.name, post.editor) == ("NK News", editor)
        assert "is saved (draft)" in response.content.decode()
        assert 'value="Publish now"' in response.content.decode()

    def test_publish_now_shows_it_to_readers(self, editor_client):
        response = editor_client.post(ADD, filled(title="Now", tags=["china"], _publish="Publish now"), follow=True)
        post = Post.objects.get()
        assert post.is_public
        assert "Now" in editor_client.get("/tag/china/").content.decode()
        page = response.content.decode()
        assert 'value="Withdraw"' in page
        assert 'value="Publish now"' not in page

    def test_an_untitled_post_is_published_under_its_number(self, editor_client):
        editor_client.post(ADD, filled(body="Words.", _publish="Publish now"))
        post = Post.objects.get()
        assert (post.slug, post.is_public) == (str(post.pk), True)

    def test_pressing_publish_twice_keeps_the_first_moment(self, editor_client):
        post = make_post("Once", at=timezone.now() - dt.timedelta(hours=1))
        at = timezone.localtime(post.published_at)
        moment = {"published_at_0": f"{at:%Y-%m-%d}", "published_at_1": f"{at:%H:%M:%S}"}
        editor_client.post(
            f"/admin/posts/post/{post.pk}/change/", filled(title="Once", slug="once", **moment, _publish="x")
        )
        assert abs(Post.objects.get().published_at - post.published_at) < dt.timedelta(seconds=1)

    def test_schedule_waits_for_its_moment(self, editor_client):
        at = timezone.localtime() + dt.timedelta(days=2)
        editor_client.post(
            ADD,
            filled(title="Later", published_at_0=f"{at:%Y-%m-%d}", published_at_1=f"{at:%H:%M}", _schedule="Schedule"),
        )
        assert Post.objects.get().is_scheduled
        assert "Later" not in editor_client.get("/").content.decode()

    @pytest.mark.parametrize(
        ("date", "time", "sentence"),
        [
            ("", "", "Choose the day"),
            ("2013-03-31", "10:00", "This moment has passed"),
            ("2100-01-01", "", "Write the time too"),
            ("", "10:00", "Write the day too"),
            ("2100-01-01", "25:00", "Enter a valid time"),
        ],
    )
    def test_schedule_without_a_moment_to_come_is_refused_at_the_field(self, editor_client, date, time, sentence):
        response = editor_client.post(
            ADD, filled(title="Later", published_at_0=date, published_at_1=time, _schedule="Schedule")
        )
        assert sentence in str(errors_of(response)["published_at"])
        assert not Post.objects.exists()

    def test_withdraw_takes_it_from_every_page(self, editor_client):
        post = make_post("Gone", tags=["china"])
        at = {"published_at_0": "2013-03-31", "published_at_1": "15:17:00"}
        editor_client.post(
            f"/admin/posts/post/{post.pk}/change/",
            filled(title="Gone", slug="gone", reason="other", **at, _withdraw="Withdraw"),
        )
        assert Post.objects.get().state == "withdrawn"
        editor_client.logout()
        assert editor_client.get("/tag/china/").status_code == 404
        assert editor_client.get(post.get_absolute_url()).status_code == 410
        assert "Gone" not in editor_client.get("/").content.decode()

    def test_a_taken_slug_is_refused_at_the_field_and_nothing_typed_is_lost(self, editor_client):
        at = timezone.localtime()
        make_post(slug="note", at=timezone.now())
        response = editor_client.post(
            ADD, filled(title="Another", slug="note", body="Long text", tags=["new tag"], _publish="Publish now")
        )
        assert "has this slug" in str(errors_of(response)["slug"])
        page = response.content.decode()
        assert "Long text" in page
        assert '<option value="new tag" selected' in page
        assert f"{at:%Y}" in page
        assert 'value="Publish now"' in page  # the post is still a draft, and so are its buttons

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("title", "x" * 301),
            ("slug", "no spaces allowed"),
            ("body", "x" * 100_001),
            ("title", "null\x00byte"),
            ("tags", "x" * 101),
            ("tags", ",".join(map(str, range(51)))),
            ("original_address", "ftp://there.example/"),
            ("original_address", "https://localhost/"),
            ("original_address", "https://user:pass@there.example/"),
            ("original_published_on", "31/31/2013"),
            ("published_at_0", "tomorrow"),
        ],
    )
    def test_bad_input_is_refused_at_its_field(self, editor_client, field, value):
        response = editor_client.post(ADD, filled(**{field: value}, _save="Save draft"))
        assert field.removesuffix("_0") in errors_of(response)
        assert not Post.objects.exists()
        assert not Source.objects.exists()

    @pytest.mark.parametrize("date", ["0001-01-01", "1899-12-31", "2200-01-02", "9999-12-31"])
    @pytest.mark.parametrize("act", ["_save", "_schedule"])
    def test_a_mistyped_year_is_refused_at_its_field(self, editor_client, date, act):
        response = editor_client.post(
            ADD, filled(title="x", published_at_0=date, published_at_1="00:00", **{act: "x"})
        )
        assert "published_at" in errors_of(response)

    def test_an_hour_that_the_day_does_not_have_is_refused(self, editor_client, settings):
        settings.TIME_ZONE = "America/New_York"
        response = editor_client.post(
            ADD, filled(title="x", published_at_0="2018-03-11", published_at_1="02:30", _save="x")
        )
        assert "America/New_York" in str(errors_of(response)["published_at"])

    def test_a_picture_without_a_description_is_not_published(self, editor_client):
        body = f"![{MISSING_ALT}](/media/images/x-1x1.png)"
        response = editor_client.post(ADD, filled(title="Look", body=body, _publish="Publish now"))
        assert "no description yet" in str(errors_of(response)["body"])
        editor_client.post(ADD, filled(title="Look", body=body, _save="Save draft"))
        assert Post.objects.get().state == "draft"


class TestNamingTheOriginal:
    def test_an_address_finds_its_outlet_and_keeps_what_it_says(self, editor_client):
        source = make_source(home_page="https://www.nknews.example/")
        editor_client.post(
            ADD,
            filled(
                title="x",
                original_address="https://m.nknews.example/a?utm_source=feed#top",
                original_headline="There",
                original_byline="A. Writer",
                original_published_on="2013-02-17",
                original_language="ko",
                _save="x",
            ),
        )
        link = Post.objects.get().link
        assert (link.source, link.address) == (source, "https://m.nknews.example/a")
        assert link.given_address == "https://m.nknews.example/a?utm_source=feed#top"
        assert (link.headline, link.byline, link.language) == ("There", "A. Writer", "ko")
        assert link.published_on == dt.date(2013, 2, 17)
        assert link.retrieved_on == timezone.localdate()
        assert Post.objects.get().source == source

    def test_an_unknown_outlet_is_added_under_its_host_and_the_editor_is_told(self, editor_client):
        response = editor_client.post(
            ADD, filled(title="x", original_address="https://www.new.example/a", _save="x"), follow=True
        )
        source = Post.objects.get().source
        assert (source.name, source.home_page) == ("new.example", "https://new.example/")
        assert "has been added as an outlet" in response.content.decode()

    def test_an_outlet_called_like_the_host_is_taken(self, editor_client):
        known = make_source("new.example")
        editor_client.post(ADD, filled(title="x", original_address="https://www.new.example/a", _save="x"))
        assert Post.objects.get().source == known

    def test_the_chosen_outlet_stands_over_the_host(self, editor_client):
        source = make_source("Korea Times")
        editor_client.post(
            ADD, filled(title="x", source=source.pk, original_address="https://unknown.example/a", _save="x")
        )
        assert Post.objects.get().link.source == source
        assert Source.objects.count() == 1

    def test_the_same_page_with_tracking_is_the_same_page(self, editor_client):
        known = make_link(make_source(), "https://nknews.example/a", headline="There")
        editor_client.post(ADD, filled(title="x", original_address="https://nknews.example/a?fbclid=1", _save="x"))
        assert Post.objects.get().link == known
        assert Link.objects.get().headline == "There"

    def test_a_page_that_others_cite_stays_with_its_outlet(self, editor_client):
        link = make_link(make_source())
        make_post(link=link)
        response = editor_client.post(
            ADD, filled(title="x", source=make_source("Other").pk, original_address=link.address, _save="x")
        )
        assert "Other posts cite this page as NK News" in str(errors_of(response)["source"])

    def test_taking_the_address_away_keeps_the_outlet(self, editor_client):
        post = make_post(link=make_link(make_source()), draft=True)
        editor_client.post(f"/admin/posts/post/{post.pk}/change/", filled(title="x", source=post.source_id, _save="x"))
        post.refresh_from_db()
        assert (post.link, post.source.name) == (None, "NK News")

    def test_the_form_shows_what_is_known_of_the_page(self, editor_client):
        post = make_post(link=make_link(make_source(), headline="A “headline”"), draft=True)
        page = editor_client.get(f"/admin/posts/post/{post.pk}/change/").content.decode()
        assert "A “headline”" in page
        assert "https://nknews.example/2013/02/refugees" in page


class TestMarkdownEndpoints:
    def test_the_preview_is_the_text_as_the_site_shows_it(self, editor_client):
        text = "# A\n\n<script>x</script>\n\n*b*"
        response = editor_client.post("/admin/posts/post/markdown/", {"content": text})
        assert response.content.decode() == "<h3>A</h3>\n\n<p><em>b</em></p>"
        assert "no-store" in response["Cache-Control"]

    @pytest.mark.parametrize("address", ["/admin/posts/post/markdown/", "/admin/posts/post/picture/"])
    def test_only_those_who_may_edit_are_served(self, client, address):
        assert client.post(address, {"content": "x"}).status_code == 403
        client.force_login(User.objects.create_user("staff", is_staff=True))
        assert client.post(address, {"content": "x"}).status_code == 403

    @pytest.mark.parametrize("address", ["/admin/posts/post/markdown/", "/admin/posts/post/picture/"])
    def test_a_request_that_lacks_what_it_needs_is_refused_in_words(self, editor_client, address):
        assert editor_client.get(address).status_code == 405
        assert editor_client.post(address).status_code == 400

    def test_a_request_from_another_site_is_refused(self, editor):
        client = Client(enforce_csrf_checks=True)
        client.force_login(editor)
        assert client.post("/admin/posts/post/picture/", {"image": picture_file()}).status_code == 403
        assert not Image.objects.exists()

    def test_a_dropped_picture_is_stored_without_what_the_camera_noted(self, editor_client):
        exif = Pillow.Exif()
        exif[0x0110] = "A camera with a serial number"
        exif[0x0112] = 6  # turned by a quarter
        response = editor_client.post(
            "/admin/posts/post/picture/", {"image": picture_file("a.jpg", "JPEG", (40, 30), exif=exif)}
        )
        image = Image.objects.get()
        assert response.json() == {"image_code": f"![{MISSING_ALT}]({image.file.url})"}
        assert image.file.url.endswith("-30x40.jpg")
        with default_storage.open(image.file.name) as file:
            data = file.read()
        with Pillow.open(io.BytesIO(data)) as stored:
            assert stored.size == (30, 40)
            assert not stored.getexif()
        assert b"serial number" not in data

    def test_the_same_picture_is_stored_once(self, editor_client):
        for _ in range(2):
            editor_client.post("/admin/posts/post/picture/", {"image": picture_file()})
        assert Image.objects.count() == 1

    def test_a_picture_whose_row_was_lost_keeps_its_name(self, editor_client):
        for _ in range(2):
            editor_client.post("/admin/posts/post/picture/", {"image": picture_file()})
            name = Image.objects.get().file.name
            Image.objects.all().delete()
        assert name.endswith("-40x30.png")

    def test_a_large_picture_is_made_smaller(self, editor_client):
        editor_client.post("/admin/posts/post/picture/", {"image": picture_file("a.jpg", "JPEG", (3000, 1500))})
        assert (Image.objects.get().width, Image.objects.get().height) == (2400, 1200)


class TestPicturesThatAreNone:
    FILES = {
        "html": ("evil.html", b"<html><script>alert(1)</script></html>", "image/gif"),
        "svg": ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "image/svg+xml"),
        "broken": ("a.png", picture_file().read()[:40], "image/png"),
        "empty": ("a.png", b"", "image/png"),
        "text": ("a.jpg", b"not a picture", "image/jpeg"),
        "too many bytes": ("a.png", picture_file().read() + b"\0" * 9_000_000, "image/png"),
        "bomb": ("a.png", picture_file("a.png", "PNG", (12_000, 12_000)).read(), "image/png"),
        "tiff": ("a.tif", picture_file("a.tif", "TIFF").read(), "image/tiff"),
    }

    @pytest.mark.parametrize("kind", FILES)
    def test_a_dropped_one_is_refused_in_words_and_nothing_is_stored(self, editor_client, kind):
        name, data, content_type = self.FILES[kind]
        response = editor_client.post(
            "/admin/posts/post/picture/", {"image": SimpleUploadedFile(name, data, content_type)}
        )
        assert response.status_code == 400
        assert response.json()["error"].endswith(".")
        assert not Image.objects.exists()

    @pytest.mark.parametrize("kind", FILES)
    def test_an_uploaded_one_is_refused_at_the_field(self, editor_client, kind):
        name, data, content_type = self.FILES[kind]
        file = SimpleUploadedFile(name, data, content_type)
        response = editor_client.post("/admin/posts/image/add/", {"file": file})
        assert "file" in errors_of(response)
        assert not Image.objects.exists()

    def test_a_good_one_is_taken_with_its_words(self, editor_client):
        editor_client.post(
            "/admin/posts/image/add/", {"file": picture_file(), "alt": "A boat", "caption": "At sea", "credit": "Ann"}
        )
        image = Image.objects.get()
        assert image.as_markdown() == f"![A boat]({image.file.url})"

    def test_decorative_and_described_at_once_is_refused(self, editor_client):
        response = editor_client.post(
            "/admin/posts/image/add/", {"file": picture_file(), "alt": "A boat", "is_decorative": "on"}
        )
        assert "decorative picture has no alternative text" in str(errors_of(response))


class TestShelves:
    def test_the_tag_box_offers_names_beginning_so_first(self, editor_client):
        for name in ("north korea", "Korea", "korean wave", "china"):
            Tag.objects.create(name=name)
        response = editor_client.get("/admin/posts/post/tag-names/", {"term": "KOR"})
        assert [row["text"] for row in response.json()["results"]] == ["Korea", "korean wave", "north korea"]
        assert response.json()["pagination"] == {"more": False}

    def test_the_tag_box_is_for_editors(self, client):
        client.force_login(User.objects.create_user("staff", is_staff=True))
        assert client.get("/admin/posts/post/tag-names/").status_code == 403

    @pytest.mark.parametrize(("model", "address"), [(Tag, "posts/tag"), (Source, "sources/source")])
    def test_merging_asks_which_stays_and_then_does_it(self, editor_client, model, address):
        stays, goes = model.objects.create(name="New York Times"), model.objects.create(name="NYT")
        selected = {"action": "merge", "_selected_action": [stays.pk, goes.pk]}
        page = editor_client.post(f"/admin/{address}/", selected).content.decode()
        assert "Which one stays?" in page
        assert model.objects.count() == 2
        response = editor_client.post(f"/admin/{address}/", {**selected, "kept": stays.pk}, follow=True)
        assert "Merged “NYT” into “New York Times”" in response.content.decode()
        assert list(model.objects.all()) == [stays]
        assert model.objects.named("nyt") == stays

    def test_merging_one_alone_asks_for_more(self, editor_client):
        tag = Tag.objects.create(name="a")
        response = editor_client.post(
            "/admin/posts/tag/", {"action": "merge", "_selected_action": [tag.pk]}, follow=True
        )
        assert "Select from two to" in response.content.decode()

    def test_a_tag_renamed_in_the_admin_leaves_an_alias(self, editor_client):
        tag = Tag.objects.create(name="DPRK")
        make_post(tags=[tag])
        editor_client.post(
            f"/admin/posts/tag/{tag.pk}/change/",
            {
                "name": "north korea", "slug": "north-korea", "aliases-TOTAL_FORMS": 0, "aliases-INITIAL_FORMS": 0,
            },
        )  # fmt: skip
        assert editor_client.get("/tag/dprk/")["Location"] == "/tag/north-korea/"

    def test_a_category_under_itself_is_refused(self, editor_client):
        parent = make_category("Forced Labor")
        child = make_category("Fishing", parent)
        response = editor_client.post(
            f"/admin/posts/category/{parent.pk}/change/", {"name": "x", "slug": "x", "parent": child.pk}
        )
        assert "cannot stand under itself" in str(errors_of(response)["parent"])

    @pytest.mark.parametrize("slug", ["feed", "page"])
    def test_a_category_called_like_a_part_of_addresses_is_refused(self, editor_client, slug):
        response = editor_client.post("/admin/posts/category/add/", {"name": "x", "slug": slug})
        assert errors_of(response)
        assert not Category.objects.exists()

    def test_two_categories_at_one_address_are_refused(self, editor_client):
        make_category("Fishing")
        response = editor_client.post("/admin/posts/category/add/", {"name": "Fishing", "slug": "fishing"})
        assert "has this slug" in str(errors_of(response)["slug"])

    def test_an_outlet_named_as_another_ones_alias_is_refused(self, editor_client):
        make_source("New York Times").aliases.create(name="NYT")
        response = editor_client.post(
            "/admin/sources/source/add/", {"name": "nyt", "aliases-TOTAL_FORMS": 0, "aliases-INITIAL_FORMS": 0}
        )
        assert "alias of New York Times" in str(errors_of(response)["name"])

    def test_an_editor_writes_a_page(self, editor_client):
        editor_client.post("/admin/flatpages/flatpage/add/", {"url": "/help/", "title": "Help", "content": "*Here*"})
        assert "<em>Here</em>" in editor_client.get("/help/").content.decode()

    @pytest.mark.parametrize("url", ["/tag/", "/", "/2013/", "/healthz/../", "about"])
    def test_a_page_at_an_address_of_the_site_is_refused(self, editor_client, url):
        response = editor_client.post("/admin/flatpages/flatpage/add/", {"url": url, "title": "x", "content": "x"})
        assert "url" in errors_of(response)
        assert not FlatPage.objects.exists()


class TestWholeDesk:
    ADDRESSES = [
        "/admin/posts/post/", "/admin/posts/category/", "/admin/posts/tag/", "/admin/posts/image/",
        "/admin/sources/source/", "/admin/links/link/", "/admin/flatpages/flatpage/",
    ]  # fmt: skip

    def fill(self, start: int, stop: int) -> None:
        for number in range(start, stop):
            source = make_source(f"Outlet {number}")
            source.aliases.create(name=f"O{number}")
            make_post(
                tags=[f"tag {number}", "all"],
                categories=[make_category(f"Category {number}")],
                link=make_link(source, f"https://o{number}.example/a"),
            )

    @pytest.mark.parametrize("address", ADDRESSES)
    def test_a_list_of_one_and_of_three_cost_the_same_queries(self, editor_client, address):
        self.fill(0, 2)
        editor_client.get(address)
        with CaptureQueriesContext(connection) as few:
            assert editor_client.get(address).status_code == 200
        self.fill(2, 8)
        with CaptureQueriesContext(connection) as many:
            editor_client.get(address)
        assert len(many) == len(few)

    @pytest.mark.parametrize("address", ADDRESSES)
    @pytest.mark.parametrize("query", ["?q=kor", "?q=%00", "?q=" + "x" * 3000, "?p=abc", "?o=1.2.3"])
    def test_searching_never_fails(self, editor_client, address, query):
        self.fill(0, 1)
        assert editor_client.get(address + query, follow=True).status_code == 200

    @pytest.mark.parametrize("address", ADDRESSES)
    def test_editors_may_write_everything_of_the_desk(self, editor_client, address):
        assert editor_client.get(f"{address}add/").status_code == 200

    @pytest.mark.parametrize("address", ADDRESSES)
    def test_moderators_may_change_none_of_it(self, client, address):
        user = User.objects.create_user("mo", is_staff=True)
        user.groups.set(Group.objects.filter(name="Moderators"))
        client.force_login(user)
        assert client.get(f"{address}add/").status_code == 403

    def test_administrators_manage_users(self, client):
        user = User.objects.create_user("ada", is_staff=True)
        user.groups.set(Group.objects.filter(name="Administrators"))
        client.force_login(user)
        assert client.get("/admin/auth/user/add/").status_code == 200
        assert client.get("/admin/posts/post/add/").status_code == 200

    def test_the_lists_read_no_text(self, editor_client):
        make_post(body="A long text")
        with CaptureQueriesContext(connection) as queries:
            editor_client.get("/admin/posts/post/")
        assert not [q for q in queries if "body_html" in q["sql"] and "COUNT" not in q["sql"]]


class TestDates:
    def change(self, client, post: Post, date: str, **act):
        fields = filled(title=post.title, slug=post.slug, published_at_0=date, published_at_1="10:00", **act)
        return client.post(f"/admin/posts/post/{post.pk}/change/", fields)

    def test_publish_now_keeps_a_past_date_that_was_typed(self, editor_client):
        editor_client.post(
            ADD, filled(title="Old", published_at_0="2020-02-02", published_at_1="10:00", _publish="Publish now")
        )
        assert Post.objects.get().get_absolute_url() == "/2020/02/02/old/"

    def test_publish_now_does_not_wait_for_a_date_to_come(self, editor_client):
        editor_client.post(ADD, filled(title="x", published_at_0="2100-02-02", published_at_1="10:00", _publish="x"))
        assert Post.objects.get().is_public

    def test_publishing_again_keeps_the_address(self, editor_client):
        post = make_post("Back", at="2013-03-31 10:00")
        post.withdraw()
        self.change(editor_client, post, "2013-03-31", _publish="Publish again")
        assert editor_client.get("/2013/03/31/back/").status_code == 200

    def test_saving_does_not_hide_a_public_post_by_a_date_to_come(self, editor_client):
        post = make_post("Here")
        response = self.change(editor_client, post, "2100-01-01", _save="Save changes")
        assert "would hide it" in str(errors_of(response)["published_at"])
        assert Post.objects.published().exists()

    def test_nothing_at_all_is_not_published(self, editor_client):
        response = editor_client.post(ADD, filled(_publish="Publish now"))
        assert "nothing to publish" in str(errors_of(response)["body"])

    def test_schedule_without_a_date_says_so_once(self, editor_client):
        errors = errors_of(editor_client.post(ADD, filled(title="x", _schedule="Schedule")))
        assert len(errors["published_at"]) == 1

    def test_the_form_says_how_the_post_stands(self, editor_client):
        post = make_post(at="2013-03-31 15:17")
        page = editor_client.get(f"/admin/posts/post/{post.pk}/change/").content.decode()
        assert "<strong>Published</strong>, dated March 31, 2013 at 3:17 pm" in page
