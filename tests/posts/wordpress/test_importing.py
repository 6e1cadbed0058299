import datetime as dt

import PIL.Image
import pytest
from django.contrib.auth.models import User
from django.contrib.flatpages.models import FlatPage

from posts.comments.models import Comment, Discussion
from posts.life import State
from posts.models import FormerAddress, Image, Note, Post, PostEntry, Tally
from posts.wordpress import importing
from posts.wordpress.models import Imported, Kind, Run
from posts.wordpress.reasons import wants_hand
from sources.models import Source
from tests.factories import make_post
from tests.posts.wordpress.bringing import bring, bring_files, codes, options_for, outcome, results
from tests.posts.wordpress.wxr import BLOG, attachment, author, category, item, remark, tag, wxr

pytestmark = pytest.mark.django_db


class TestPosts:
    def test_a_post_lives_where_it_lived(self, tmp_path, client):
        bring(tmp_path, item("Escape", "<p>Some words.</p>", slug="escape", at="2013-03-31 15:17:42"))
        post = Post.objects.get()
        assert post.get_absolute_url() == "/2013/03/31/escape/"
        assert b"Some words." in client.get("/2013/03/31/escape/").content
        assert post.published_at == dt.datetime(2013, 3, 31, 15, 17, 42, tzinfo=dt.UTC)

    def test_it_keeps_its_guid_and_is_told_to_nobody(self, tmp_path):
        bring(tmp_path, item(guid=f"{BLOG}/?p=77"))
        post = Post.objects.get()
        assert (post.guid, post.is_quiet, post.version) == (f"{BLOG}/?p=77", True, 1)

    @pytest.mark.parametrize(
        ("guid", "kept"),
        [("", f"{BLOG}/?p=1"), (f"{BLOG}/{'x' * 600}", None), ("urn:uuid:1", "urn:uuid:1")],
    )
    def test_an_empty_or_endless_guid_is_replaced(self, tmp_path, guid, kept):
        first = bring(tmp_path, item(guid=guid))
        assert results(first) == {"imported": 1}
        found = Post.objects.get().guid
        assert found == kept or (kept is None and found.startswith("sha256:"))
        assert results(bring(tmp_path, item(guid=guid))) == {"unchanged": 1}

    @pytest.mark.parametrize(
        ("status", "at", "state"),
        [
            ("publish", "2013-03-31 15:17:00", State.PUBLISHED),
            ("future", "2090-01-01 10:00:00", State.PUBLISHED),
            ("draft", None, State.DRAFT),
            ("draft", "2013-03-31 15:17:00", State.DRAFT),
            ("pending", "2013-03-31 15:17:00", State.REVIEW),
            ("private", "2013-03-31 15:17:00", State.DRAFT),
            ("trash", "2013-03-31 15:17:00", State.TRASH),
            ("archived", "2013-03-31 15:17:00", State.DRAFT),
        ],
    )
    def test_each_status_has_its_state(self, tmp_path, client, status, at, state):
        bring(tmp_path, item("Secret", status=status, at=at, slug="secret"))
        post = Post.objects.get()
        assert post.state == state
        is_public = status == "publish"
        assert (client.get("/2013/03/31/secret/").status_code == 200) is is_public
        assert (b"Secret" in client.get("/").content) is is_public
        assert post.is_scheduled is (status == "future")

    @pytest.mark.parametrize(
        ("made", "words"), [({"status": "private"}, "private"), ({"password": "sesame"}, "password")]
    )
    def test_what_was_not_for_everybody_is_a_draft_with_a_note(self, tmp_path, made, words):
        bring(tmp_path, item(**made))
        post = Post.objects.get()
        assert post.state == State.DRAFT
        assert post.published_at is not None
        assert words in Note.objects.get(post=post).text
        assert "sesame" not in str(list(Imported.objects.values_list("extra", flat=True)))

    def test_a_published_post_without_a_date_waits_for_an_editor(self, tmp_path):
        run = bring(tmp_path, item("Undated", at=None, link=f"{BLOG}/?p=1"))
        assert Post.objects.get().state == State.DRAFT
        assert outcome(run, "Undated").wants_hand

    def test_an_untitled_post_keeps_its_number_as_its_slug(self, tmp_path, client):
        bring(tmp_path, item("", number=512, slug="512", at="2013-02-17 10:00:00"))
        assert client.get("/2013/02/17/512/").status_code == 200

    def test_titles_are_plain_text(self, tmp_path):
        bring(tmp_path, item("A <em>B</em> &amp; 3 < 5 &#8220;C&#8221;"))
        assert Post.objects.get().title == "A B & 3 < 5 “C”"

    def test_what_is_too_long_is_cut_and_told(self, tmp_path):
        run = bring(tmp_path, item("t" * 400, excerpt="word " * 400, slug="s" * 300))
        post = Post.objects.get()
        assert (len(post.title), len(post.slug)) == (300, 200)
        assert len(post.excerpt) <= 1000
        assert "shortened" in codes(run.outcomes.get(kind=Kind.POST))

    def test_its_outlet_and_page_are_known(self, tmp_path):
        text = '<p>Words.</p>\n<p>Source: <a href="https://nknews.example/1">NK News</a></p>'
        bring(tmp_path, item(content=text), item(content=text.replace("NK News", "nk news"), number=2))
        first, second = Post.objects.order_by("pk")
        assert first.source == second.source
        assert first.link == second.link
        assert "Source:" not in first.body
        revision = first.history.get()
        assert (revision.filed["source"], revision.filed["original"]["address"]) == (
            "NK News", "https://nknews.example/1",
        )  # fmt: skip

    def test_it_has_a_revision_and_a_line_in_the_log(self, tmp_path):
        bring(tmp_path, item(tags=[("Boats", "boats")], categories=[("News", "news")]))
        post = Post.objects.get()
        revision = post.history.get()
        assert "oldblog.example" in revision.history_change_reason
        assert (revision.filed, revision.filed["tags"]) == (post.filed(), ["Boats"])
        assert PostEntry.objects.get(post_id=post.pk).act == "import"

    def test_its_dates_are_those_of_the_record(self, tmp_path):
        bring(tmp_path, item(at="2013-03-31 15:17:00"))
        post = Post.objects.get()
        assert post.created_at == post.updated_at == post.published_at

    def test_what_was_in_the_trash_lies_there_as_long_as_anything_else(self, tmp_path):
        from posts.emptying import tidy

        bring(tmp_path, item(status="trash", slug="gone__trashed"))
        tidy(dt.datetime.now(dt.UTC))
        assert Post.objects.get().slug == "gone"

    def test_comments_come_along_without_network_addresses(self, tmp_path, client):
        run = bring(
            tmp_path, item(slug="x", remarks=[remark("First!", number=5), remark("Held", number=6, approved="0")])
        )
        assert run.counts["comment"]["imported"] == 2
        page = client.get("/2013/03/31/x/").content
        assert b"First!" in page
        assert b"Held" not in page
        assert "203.0.113.77" not in str(list(Comment.objects.values()))

    def test_closed_comments_stay_closed_where_they_would_be_open(self, tmp_path):
        soon = (dt.datetime.now(dt.UTC) - dt.timedelta(days=2)).strftime("%Y-%m-%d %H:%M:%S")
        bring(tmp_path, item(at=soon, comments="closed"), item(number=2, at="2013-01-01 00:00:00", comments="closed"))
        assert [d.opening for d in Discussion.objects.all()] == ["closed"]

    def test_custom_fields_are_kept_and_those_of_the_machine_dropped(self, tmp_path):
        meta = [("colour", "red"), ("_edit_last", "1"), ("_oembed_abc", "{{x}}"), ("colour", "blue")]
        bring(tmp_path, item(meta=meta))
        assert Imported.objects.get(kind=Kind.POST).extra["meta"] == [["colour", "red"], ["colour", "blue"]]

    def test_the_listings_are_counted(self, tmp_path):
        filed = {"tags": [("Boats", "boats")], "categories": [("News", "news")]}
        bring(tmp_path, item(**filed), item(number=2, **filed), item(number=3, status="draft", **filed))
        assert {tally.count for tally in Tally.objects.all()} == {2}
        assert not Tally.objects.due().exists()

    def test_no_name_of_an_author_stands_on_a_public_page(self, tmp_path, client):
        head = (author("edith", name="Edith Displayed"),)
        bring(tmp_path, item("One", slug="one", creator="edith"), head=head)
        assert Post.objects.get().editor.username == "edith"
        for address in ("/", "/2013/03/31/one/", "/feed/", "/feed/json/"):
            content = client.get(address).content
            assert b"edith" not in content.lower(), address

    def test_at_the_desk_it_stays_its_authors(self, tmp_path, editor_client):
        bring(tmp_path, item(creator="old hand"))
        post = Post.objects.get()
        page = editor_client.get(f"/admin/posts/post/{post.pk}/change/").content.decode()
        assert f'<option value="{post.editor_id}" selected>old-hand</option>' in page


class TestAddresses:
    def test_an_old_slug_leads_to_the_post(self, tmp_path, client):
        bring(tmp_path, item(slug="new", meta=[("_wp_old_slug", "old"), ("_wp_old_slug", "older")]))
        for slug in ("old", "older"):
            assert client.get(f"/2013/03/31/{slug}/")["Location"] == "/2013/03/31/new/"

    def test_the_date_of_the_old_link_leads_to_the_date_here(self, tmp_path, client):
        link = f"{BLOG}/2013/04/01/late/"  # by its own clock it was the next day already
        bring(tmp_path, item(slug="late", at="2013-03-31 23:30:00", link=link))
        assert client.get("/2013/04/01/late/")["Location"] == "/2013/03/31/late/"
        assert Imported.objects.get(kind=Kind.POST).path == "/2013/04/01/late"

    def test_where_another_post_lives_the_slug_gets_a_number(self, tmp_path, client):
        make_post("Ours", slug="boats", at="2013-03-31 10:00")
        run = bring(tmp_path, item("Theirs", slug="boats"))
        assert Post.objects.get(title="Theirs").slug == "boats-2"
        assert "address-taken" in codes(outcome(run, "Theirs"))
        assert b"Ours" in client.get("/2013/03/31/boats/").content

    def test_where_a_post_lives_goes_before_where_another_once_did(self, tmp_path, client):
        bring(
            tmp_path,
            item("First", number=1, slug="first", meta=[("_wp_old_slug", "boats")]),
            item("Second", number=2, slug="boats"),
        )
        assert Post.objects.get(title="Second").slug == "boats"
        assert not FormerAddress.objects.exists()

    @pytest.mark.parametrize("slug", ["feed", "page", "🙂", "a/b", "a b", "x%zz"])
    def test_a_slug_that_cannot_stand_here_is_mended_and_told(self, tmp_path, client, slug):
        run = bring(tmp_path, item("Odd", slug=slug, link=f"{BLOG}/?p=1"))
        post = Post.objects.get()
        assert client.get(post.get_absolute_url()).status_code == 200
        assert "address-taken" in codes(outcome(run, "Odd"))

    def test_a_korean_slug_stays(self, tmp_path, client):
        bring(tmp_path, item(slug="탈북-여성"))
        assert client.get("/2013/03/31/탈북-여성/").status_code == 200


class TestAgain:
    ITEMS = (
        item("One", slug="one", tags=[("Boats", "boats")], categories=[("News", "news")], remarks=[remark()]),
        item("Two", number=2, status="draft"),
        item("About", number=3, kind="page", slug="about", link=f"{BLOG}/about/"),
    )
    HEAD = (author(), category("News", "news", 3), tag("Boats", "boats", 4))

    def test_nothing_new_is_unchanged(self, tmp_path):
        assert results(bring(tmp_path, *self.ITEMS, head=self.HEAD)) == {"imported": 3}
        again = bring(tmp_path, *self.ITEMS, head=self.HEAD)
        assert results(again) == {"unchanged": 3}
        assert {again.counts[kind]["unchanged"] for kind in ("author", "category", "tag")} == {1}
        assert Post.objects.count() == 2
        assert Post.history.count() == 2

    def test_what_changed_there_is_updated(self, tmp_path, client):
        bring(tmp_path, item("One", slug="one", tags=[("Boats", "boats")]))
        run = bring(
            tmp_path, item("New title", "<p>New.</p>", slug="uno", tags=[("Ships", "ships")], link=f"{BLOG}/?p=1")
        )
        post = Post.objects.get()
        assert results(run) == {"updated": 1}
        assert (post.title, post.body, post.version) == ("New title", "New.", 2)
        assert post.history.count() == 2
        assert client.get("/2013/03/31/one/")["Location"] == "/2013/03/31/uno/"
        assert [t.name for t in post.tags.all()] == ["Ships"]
        assert client.get("/tag/boats/").status_code == 404
        assert client.get("/tag/ships/").status_code == 200

    def test_what_was_edited_here_stays_and_is_told(self, tmp_path):
        bring(tmp_path, item("One"))
        post = Post.objects.get()
        post.title = "Mended"
        post.save()
        run = bring(tmp_path, item("Changed there"))
        found = outcome(run, "Changed there")
        assert (found.result, codes(found), found.wants_hand) == ("skipped", {"edited-here"}, True)
        assert Post.objects.get().title == "Mended"

    def test_what_was_edited_here_alone_is_unchanged(self, tmp_path):
        bring(tmp_path, item("One"))
        post = Post.objects.get()
        post.title = "Mended"
        post.save()
        assert results(bring(tmp_path, item("One"))) == {"unchanged": 1}

    @pytest.mark.parametrize("way", ["trash", "delete", "take down"])
    def test_what_was_deleted_here_does_not_come_back(self, tmp_path, way):
        bring(tmp_path, item("One"))
        post = Post.objects.get()
        if way == "take down":
            post.take_down("protection")
        else:
            post.trash()
        if way == "delete":
            post.delete()
        for title in ("One", "Changed"):
            run = bring(tmp_path, item(title))
            assert results(run) == {"skipped": 1}
            assert codes(outcome(run, title)) == {"deleted-here"}
        assert not Post.objects.published().exists()

    def test_the_same_item_twice_is_brought_once(self, tmp_path):
        many = [item(f"Post {number}", number=number) for number in range(1, 130)]
        run = bring(tmp_path, *many, item("Post 1", number=1), item("Another", number=999, guid=f"{BLOG}/?p=2"))
        assert results(run) == {"imported": 129, "skipped": 2}
        assert Post.objects.count() == 129
        assert wants_hand([]) is False
        assert outcome(run, "Another").wants_hand

    def test_a_post_of_ours_with_that_guid_stays(self, tmp_path):
        make_post("Ours", guid=f"{BLOG}/?p=1")
        run = bring(tmp_path, item("Theirs"))
        assert (results(run), codes(outcome(run, "Theirs"))) == ({"skipped": 1}, {"guid-taken"})

    def test_guids_that_moved_to_https_are_the_same(self, tmp_path):
        http = BLOG.replace("https", "http")
        bring(tmp_path, item("One", number=1, guid=f"{http}/?p=1"), item("Two", number=2, guid=f"{http}/?p=2"))
        moved = [item("One", number=1, guid=f"{BLOG}/?p=1"), item("Other", number=3, guid=f"{BLOG}/?p=2")]
        again = bring(tmp_path, *moved)
        assert again.outcomes.get(title="One").result in ("unchanged", "updated")
        assert results(bring(tmp_path, *moved)) == {"unchanged": 2}
        guids = Post.objects.values_list("guid", flat=True)
        assert sorted(guids) == [f"{http}/?p=1", f"{http}/?p=2", f"{BLOG}/?p=2"]

    def test_http_and_https_are_one_blog(self, tmp_path):
        bring(tmp_path, item("One"))
        path = tmp_path / "http.xml"
        path.write_bytes(wxr(item("One"), base=BLOG.replace("https", "http")))
        assert results(bring_files(path)) == {"unchanged": 1}


class TestOthers:
    @pytest.mark.parametrize("kind", ["nav_menu_item", "wp_navigation", "revision", "product"])
    def test_what_has_no_place_here_is_skipped_with_a_reason(self, tmp_path, kind):
        run = bring(tmp_path, item("Thing", kind=kind))
        assert results(run) == {"skipped": 1}
        assert outcome(run, "Thing").wants_hand is (kind == "product")

    def test_a_page_is_a_flat_page(self, tmp_path):
        bring(tmp_path, item("About", kind="page", slug="about", link=f"{BLOG}/about/"))
        assert FlatPage.objects.get().title == "About"

    def test_a_fault_costs_the_one_item_that_has_it(self, tmp_path, monkeypatch, caplog):
        from posts.wordpress.importing import outlets

        settle = outlets.settle

        def faulty(credits, days):
            if any(credit.name == "Broken" for of_post in credits for credit in of_post):
                raise RuntimeError("no such outlet")
            return settle(credits, days)

        monkeypatch.setattr(outlets, "settle", faulty)
        bad = item("Bad", "<p>x</p><p>Source: Broken</p>", number=2)
        run = bring(tmp_path, item("One"), bad, item("Three", number=3))
        assert results(run) == {"imported": 2, "failed": 1}
        assert outcome(run, "Bad").wants_hand
        monkeypatch.undo()
        assert results(bring(tmp_path, item("One"), bad, item("Three", number=3))) == {"unchanged": 2, "imported": 1}


class TestWhatAClosingLineLeaves:
    def test_words_beside_the_outlet_are_told(self, tmp_path):
        lines = (
            "Source: NK News, 3 June 2012, by Chad O’Carroll",
            "Source: NK News",
            "(Source: NK News)",
            "Via NK News",
        )
        run = bring(tmp_path, *(item(line, f"<p>x</p><p>{line}</p>", number=n) for n, line in enumerate(lines, 1)))
        told = {each.title: [code for code, _ in each.reasons] for each in run.outcomes.filter(kind="post")}
        assert "source-words" in told[lines[0]]
        assert all("source-words" not in told[line] for line in lines[1:])

    def test_outlets_that_are_made_are_told_and_odd_ones_want_a_hand(self, tmp_path):
        run = bring(
            tmp_path,
            item("One", "<p>x</p><p>Source: NK News</p>"),
            item("Two", "<p>x</p><p>Source: NK News, translated by Minji</p>", number=2),
            item("Three", "<p>x</p><p>Source: Report on the year 2012 of rights</p>", number=3),
            item("Four", "<p>x</p><p>출처: 연합뉴스 2012년 5월 3일 김철수 기자</p>", number=4),
        )
        told = {each.title: {code for code, _ in each.reasons} for each in run.outcomes.filter(kind="post")}
        assert "new-outlet" in told["One"]
        assert "new-outlet" not in told["Two"]
        assert "doubtful-outlet" in told["Three"]
        assert outcome(run, "Three").wants_hand
        names = set(Source.objects.values_list("name", flat=True))
        assert {"NK News", "연합뉴스"} <= names
        assert not any("translated" in name for name in names)


class TestClocks:
    def test_a_blog_in_another_time_zone_is_warned_of(self, tmp_path):
        there = item().replace(
            "<wp:post_date><![CDATA[2013-03-31 15:17:00]]>", "<wp:post_date><![CDATA[2013-04-01 00:17:00]]>"
        )
        assert "9 hours ahead of TIME_ZONE" in bring(tmp_path, there).warnings[0]
        assert bring(tmp_path, item(number=2)).warnings == []


class TestTwice:
    def test_two_texts_of_one_item_want_a_hand(self, tmp_path):
        run = bring(
            tmp_path, item("One"), item("One", "<p>Other words.</p>"), item("Two", number=2), item("Two", number=2)
        )
        codes_of = [code for each in run.outcomes.filter(result="skipped") for code, _ in each.reasons]
        assert codes_of == ["twice-unlike", "twice"]


def test_a_page_whose_address_was_taken_comes_once_it_is_free(tmp_path):
    there = FlatPage.objects.create(url="/about/", title="Ours")
    page = item("Theirs", kind="page", slug="about", link="https://oldblog.example/about/")
    assert outcome(bring(tmp_path, page), "Theirs").result == "skipped"
    assert codes(outcome(bring(tmp_path, page), "Theirs")) == {"address-taken"}
    there.delete()
    assert outcome(bring(tmp_path, page), "Theirs").result == "imported"


class TestAuthors:
    def test_an_unknown_author_is_a_user_who_cannot_log_in(self, tmp_path):
        bring(tmp_path, head=(author("old hand", email="hand@oldblog.example"),))
        user = User.objects.get()
        assert (user.username, user.is_active, user.is_staff, user.has_usable_password()) == (
            "old-hand", False, False, False,
        )  # fmt: skip

    @pytest.mark.parametrize(("name", "email"), [("edith", ""), ("Edith", ""), ("other", "EDITH@oldblog.example")])
    def test_who_is_here_is_found_and_gets_no_right(self, tmp_path, name, email):
        there = User.objects.create_user(name, email=email)
        bring(tmp_path, item(creator="edith"), head=(author("edith"),))
        there.refresh_from_db()
        assert Post.objects.get().editor == there
        assert (there.is_staff, there.is_superuser, User.objects.count()) == (False, False, 1)

    def test_authors_whom_only_their_posts_name_are_met(self, tmp_path):
        run = bring(tmp_path, item(creator="mo"), item(number=2, creator="mo"), item(number=3, creator=""))
        assert [post.editor and post.editor.username for post in Post.objects.order_by("pk")] == ["mo", "mo", None]
        assert run.counts["author"] == {"imported": 1}

    @pytest.mark.parametrize("login", ["한국", "a" * 300, "x@y.example", "<b>", "  "])
    def test_odd_logins_are_taken(self, tmp_path, login):
        run = bring(tmp_path, item(creator=login), head=(author(login),))
        assert results(run) == {"imported": 1}


class TestRuns:
    def test_a_rehearsal_tells_the_same_and_writes_nothing(self, tmp_path):
        items = [*TestAgain.ITEMS, item("Menu", number=9, kind="nav_menu_item")]
        rehearsal = bring(tmp_path, *items, head=TestAgain.HEAD, is_rehearsal=True)
        assert rehearsal.state == Run.State.FINISHED
        assert not Post.objects.exists()
        assert not User.objects.exists()
        assert not Imported.objects.exists()
        real = bring(tmp_path, *items, head=TestAgain.HEAD)
        columns = ("kind", "key", "title", "result", "reasons")
        assert list(rehearsal.outcomes.values_list(*columns)) == list(real.outcomes.values_list(*columns))
        assert rehearsal.counts == real.counts
        assert results(bring(tmp_path, *items, head=TestAgain.HEAD, is_rehearsal=True)) == {
            "unchanged": 3,
            "skipped": 1,
        }

    def test_a_rehearsal_knows_which_pictures_there_will_be(self, tmp_path):
        uploads = f"{BLOG}/wp-content/uploads/2013/03"
        folder = tmp_path / "uploads/2013/03"
        folder.mkdir(parents=True)
        for number, name in enumerate(("boat", "loose")):
            PIL.Image.new("RGB", (300, 200), (number * 90, 0, 0)).save(folder / f"{name}.jpg")
        (folder / "map.pdf").write_bytes(b"%PDF-1.4 map")
        items = [
            attachment(f"{uploads}/boat.jpg", number=7, parent=1, alt="A boat"),
            attachment(f"{uploads}/map.pdf", number=8, parent=1),
            item("One", f'<img src="{uploads}/boat.jpg"> <a href="{uploads}/map.pdf">Map</a> [gallery]', number=1),
            item("Two", f'<img src="{uploads}/loose.jpg" alt="x"> <img src="{uploads}/lost.jpg" alt="y">', number=2),
        ]
        media = str(tmp_path / "uploads")
        rehearsal = bring(tmp_path, *items, is_rehearsal=True, media_root=media)
        assert not Image.objects.exists()
        real = bring(tmp_path, *items, media_root=media)
        columns = ("kind", "key", "title", "result", "reasons")
        assert list(rehearsal.outcomes.values_list(*columns)) == list(real.outcomes.values_list(*columns))
        assert rehearsal.counts == real.counts

    def test_a_turn_that_is_over_is_gone_on_with(self, tmp_path):
        path = tmp_path / "export.xml"
        path.write_bytes(wxr(*(item(f"Post {number}", number=number) for number in range(1, 251))))
        run = Run.objects.create(options=options_for(path))
        states = []
        for _ in range(3):
            importing.work(run.pk, seconds=0)
            run.refresh_from_db()
            states.append((run.state, run.position, run.total))
        assert states == [("queued", 100, 250), ("queued", 200, 250), ("finished", 250, 250)]
        assert results(run) == {"imported": 250}
        assert run.outcomes.filter(kind=Kind.POST).count() == 250

    def test_a_stopped_run_does_no_more(self, tmp_path):
        path = tmp_path / "export.xml"
        path.write_bytes(wxr(*(item(f"Post {number}", number=number) for number in range(1, 251))))
        run = Run.objects.create(options=options_for(path))
        importing.work(run.pk, progress=lambda done, total: Run.objects.get(pk=run.pk).stop() if done else None)
        run.refresh_from_db()
        assert (run.state, run.position, Post.objects.count()) == ("stopped", 100, 100)

    def test_a_file_that_cannot_be_read_is_refused_in_words(self, tmp_path):
        path = tmp_path / "broken.xml"
        path.write_bytes(wxr(item())[:-40])
        run = bring_files(path)
        assert run.state == Run.State.REFUSED
        assert "broken.xml" in run.words
        assert not Post.objects.exists()

    def test_what_an_item_costs_does_not_grow_with_the_slice(self, tmp_path, django_assert_max_num_queries):
        few = [item(f"Post {n}", number=n, tags=[("Boats", "boats")], remarks=[]) for n in range(1, 4)]
        many = [item(f"Post {n}", number=n, tags=[("Boats", "boats")], remarks=[]) for n in range(10, 90)]
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as first:
            bring(tmp_path, *few)
        with django_assert_max_num_queries(len(first) + 2):
            bring(tmp_path, *many)
