"""The desk: files of an old blog are sent, their import is watched, and what became of them is read."""

import datetime as dt
import gzip
import io
import stat
import zipfile
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from posts.wordpress import uploading
from posts.wordpress.models import STUCK_AFTER, Run
from tests.factories import make_post, make_source
from tests.posts.wordpress.test_reporting import make_outcome, make_run
from tests.posts.wordpress.wxr import item, wxr

pytestmark = pytest.mark.django_db

LIST = "/admin/wordpress/run/"
ADD = f"{LIST}add/"
EXPORT = wxr(item("Boats"))


@pytest.fixture(autouse=True)
def _var(settings, tmp_path):
    settings.VAR_DIR = tmp_path


def make_person(name: str, *rights: str) -> User:
    user = User.objects.create_user(name, password="secret", is_staff=True)
    for right in rights:
        app, _, codename = right.partition(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return user


@pytest.fixture
def admin(client) -> User:
    """Somebody who may import, logged in."""
    person = make_person("ada", "wordpress.add_run", "wordpress.view_run", "posts.change_post", "posts.publish_post")
    client.force_login(person)
    return person


@pytest.fixture
def reader(client) -> User:
    """Somebody who may read reports only, logged in."""
    person = make_person("edda", "wordpress.view_run", "posts.change_post", "posts.publish_post")
    client.force_login(person)
    return person


def upload(content: bytes = EXPORT, name: str = "export.xml") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def send(client, *uploads, **data):
    return client.post(ADD, {"exports": list(uploads), "is_rehearsal": "yes", **data})


def page_of(run: Run) -> str:
    return f"{LIST}{run.pk}/change/"


def asked() -> list[Run]:
    """The imports that a task was asked to work at."""
    return list(Run.objects.filter(nudged_at__isnull=False).order_by("pk"))


def stored(run: Run) -> list[Path]:
    return [Path(path) for path in run.options["paths"]]


class TestSending:
    def test_a_file_is_kept_where_only_this_site_reads_it_and_a_task_is_told(
        self, client, admin, tmp_path, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            response = send(client, upload())
        run = Run.objects.get()
        assert response["Location"] == page_of(run)
        (path,) = stored(run)
        assert path.read_bytes() == EXPORT
        assert path.is_relative_to(tmp_path / "imports")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert (run.by, run.is_background, run.is_rehearsal) == (admin, True, True)
        assert run.files == ["export.xml"]
        assert run.options == {
            "paths": [str(path)], "pattern": "", "media_root": "", "is_rehearsal": True, "fetch": False
        }  # fmt: skip
        assert DBTaskResult.objects.get().task_path == "posts.wordpress.tasks.work_at_import"

    def test_a_file_too_large_for_memory_is_moved_not_copied_into_it(self, client, admin):
        large = wxr(item("Boats", "<p>" + "Some words. " * 300_000 + "</p>"))
        send(client, upload(large))
        (path,) = stored(Run.objects.get())
        assert path.stat().st_size == len(large)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_several_files_of_any_kind_come_at_once(self, client, admin):
        archive = upload(zipped(**{"2013/03/boat.jpg": b"x"}), "media.zip")
        send(
            client, upload(), upload(EXPORT, "export.xml"), upload(gzip.compress(EXPORT), "a.xml.gz"),
            upload(zipped(**{"b.xml": EXPORT}), "b.zip"), archive=archive, fetch="on", is_rehearsal="no",
        )  # fmt: skip
        run = Run.objects.get()
        assert [path.name for path in stored(run)] == ["export.xml", "2-export.xml", "a.xml.gz", "b.zip"]
        assert Path(run.options["media_root"]).name == "media.zip"
        assert run.options["fetch"]
        assert not run.is_rehearsal

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
    def test_a_mark_of_the_encoding_does_not_matter(self, client, admin, encoding):
        send(client, upload(EXPORT.decode().encode(encoding)))
        assert Run.objects.count() == 1

    @pytest.mark.parametrize(
        "name", ["../../etc/passwd", "..\\..\\x.xml", ".hidden", "Ausf\u00fchr \u202e.xml", "-rf", "x" * 500]
    )
    def test_no_name_leads_elsewhere(self, client, admin, name, tmp_path):
        send(client, upload(EXPORT, name))
        (path,) = stored(Run.objects.get())
        assert path.parent.parent == tmp_path / "imports"
        assert not path.name.startswith((".", "-"))

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"", "empty"),
            (b"Just some text", "no export of WordPress"),
            (b"\x89PNG\r\n\x1a\n\x00\x00", "no export of WordPress"),
            (b"<!DOCTYPE html><html><body>Log in</body></html>", "is a web page"),
            (b"<?xml version='1.0'?><opml><body/></opml>", "but no export of WordPress"),
            (b"PK\x03\x04 and then nothing", "no zip that can be opened"),
            (b"\x1f\x8b and then nothing", "cannot be unpacked"),
            (gzip.compress(b"Just some text", mtime=0), "no export of WordPress"),
            (b"\xff\xfe\x00", "no export of WordPress"),
        ],
    )
    def test_what_is_plainly_no_export_is_refused_at_the_field(self, client, admin, content, words, tmp_path):
        response = send(client, upload(content))
        assert words in response.context["form"].errors["exports"][0]
        assert b'aria-invalid="true"' in response.content
        assert not Run.objects.exists()
        assert not (tmp_path / "imports").exists()

    def test_one_bad_file_among_good_ones_is_named(self, client, admin):
        response = send(client, upload(), upload(b"no", "second.xml"))
        assert "“second.xml”" in response.context["form"].errors["exports"][0]

    def test_a_media_archive_must_be_a_zip(self, client, admin):
        response = send(client, upload(), archive=upload(b"no zip", "media.zip"))
        assert "no zip" in response.context["form"].errors["archive"][0]

    def test_without_a_file_it_says_which_one(self, client, admin):
        response = send(client)
        assert response.context["form"].errors["exports"] == ["Choose the file that the old blog’s export saved."]

    @pytest.mark.parametrize(
        ("pattern", "words"),
        [
            ("Quelle: (.+)", "group called “name”"),
            ("(", "no regular expression"),
            ("a{99999999999}", "no regular"),
            ("a\0b", "Null"),
            ("(?P<name>(a+)+)$", "search for ever"),
        ],
    )
    def test_a_pattern_that_cannot_work_is_refused_at_the_field(self, client, admin, pattern, words):
        response = send(client, upload(), pattern=pattern)
        assert words in response.context["form"].errors["pattern"][0]
        assert not Run.objects.exists()

    def test_a_pattern_is_kept(self, client, admin):
        send(client, upload(), pattern="Quelle: (?P<name>.+)")
        assert Run.objects.get().options["pattern"] == "Quelle: (?P<name>.+)"

    def test_files_sent_with_a_wrong_pattern_need_not_be_sent_again(self, client, admin):
        response = send(client, upload(), pattern="(", archive=upload(zipped(a=b"x"), "media.zip"))
        assert b"Here already: export.xml" in response.content
        sealed = response.context["form"].sealed
        send(client, pattern="", kept=sealed)
        run = Run.objects.get()
        assert stored(run)[0].read_bytes() == EXPORT
        assert Path(run.options["media_root"]).name == "media.zip"

    def test_a_file_chosen_anew_replaces_the_kept_one(self, client, admin):
        sealed = send(client, upload(), pattern="(").context["form"].sealed
        send(client, upload(wxr(), "other.xml"), kept=sealed)
        assert [path.name for path in stored(Run.objects.get())] == ["other.xml"]

    def test_nobody_uses_what_somebody_else_sent(self, client, admin):
        sealed = send(client, upload(), pattern="(").context["form"].sealed
        client.force_login(make_person("eve", "wordpress.add_run"))
        assert send(client, kept=sealed).context["form"].errors["exports"]

    @pytest.mark.parametrize("sealed", ["x", "\0", ":::", "x" * 100_000])
    def test_a_forged_seal_is_none(self, client, admin, sealed):
        assert send(client, kept=sealed).status_code == 200
        assert not Run.objects.exists()

    @pytest.mark.parametrize("choice", ["", "maybe", "\0"])
    def test_what_to_do_must_be_said(self, client, admin, choice):
        assert send(client, upload(), is_rehearsal=choice).context["form"].errors["is_rehearsal"]

    def test_the_rehearsal_is_chosen_before(self, client, admin):
        assert 'value="yes" required id="id_is_rehearsal_0" checked' in client.get(ADD).content.decode()

    def test_who_may_only_read_reports_sends_nothing(self, client, reader):
        assert send(client, upload()).status_code == 403
        assert client.get(ADD).status_code == 403
        assert not Run.objects.exists()


class TestTurns:
    def test_a_second_import_waits_for_the_first(self, client, admin):
        send(client, upload())
        send(client, upload())
        first, second = Run.objects.order_by("pk")
        assert asked() == [first]
        assert b"Another import has its turn first" in client.get(page_of(second)).content
        assert b"Another import" not in client.get(page_of(first)).content
        call_command("import_due")
        assert asked() == [first]
        first.stop()
        assert asked() == [first, second]
        call_command("import_due")
        assert asked() == [first, second]

    def test_what_a_dead_worker_took_is_brought_home(self, client, admin):
        send(client, upload())
        run = Run.objects.claim(Run.objects.get().pk, at=timezone.now() - STUCK_AFTER)
        before = run.nudged_at
        call_command("import_due")
        run.refresh_from_db()
        assert run.state == Run.State.QUEUED
        assert run.nudged_at > before

    def test_what_somebody_works_at_in_a_terminal_is_left_to_them(self):
        run = make_run(state="queued")
        call_command("import_due")
        assert asked() == []
        assert Run.objects.get() == run


class TestWatching:
    def test_the_page_says_how_far_it_is_and_looks_again(self, client, reader):
        run = make_run(state="running", total=40, position=12, is_background=True)
        response = client.get(page_of(run))
        assert response["Refresh"] == "3"
        assert b'<progress id="run-progress" class="bulk-progress" value="12" max="40">' in response.content
        assert b"12 of 40 items" in response.content
        assert not client.get(f"{page_of(run)}?still=1").has_header("Refresh")

    def test_before_the_files_are_read_there_is_no_number(self, client, reader):
        assert b"The files are being read" in client.get(page_of(make_run(state="running"))).content

    def test_a_refusal_says_why(self, client, reader):
        run = make_run(state="refused", words="export.xml, line 3: it breaks off.", counts={})
        response = client.get(page_of(run))
        assert b"export.xml, line 3: it breaks off." in response.content
        assert not response.has_header("Refresh")

    def test_to_stop_it_asks_first(self, client, admin):
        send(client, upload())
        run = Run.objects.get()
        assert b"Let it work" in client.post(page_of(run), {"act": "stop"}).content
        run.refresh_from_db()
        assert run.is_open
        client.post(page_of(run), {"act": "stop", "sure": "1"})
        run.refresh_from_db()
        assert run.state == Run.State.STOPPED

    def test_what_was_stopped_goes_on(self, client, admin):
        send(client, upload())
        run = Run.objects.get()
        client.post(page_of(run), {"act": "stop", "sure": "1"})
        assert b"Go on" in client.get(page_of(run)).content
        Run.objects.update(nudged_at=None)
        client.post(page_of(run), {"act": "go_on"})
        run.refresh_from_db()
        assert (run.state, run.finished_at) == (Run.State.QUEUED, None)
        assert asked() == [run]

    def test_without_its_files_it_does_not_go_on(self, client, admin):
        run = make_run(state="stopped", is_background=True)
        assert b"Go on" not in client.get(page_of(run)).content
        response = client.post(page_of(run), {"act": "go_on"}, follow=True)
        assert b"The uploaded files are gone" in response.content
        run.refresh_from_db()
        assert run.state == Run.State.STOPPED

    def test_what_was_rehearsed_is_imported_once_however_often_one_clicks(self, client, admin):
        send(client, upload(), pattern="Quelle: (?P<name>.+)")
        rehearsal = Run.objects.get()
        Run.objects.update(state="finished", finished_at=timezone.now())
        assert b"Import now for real" in client.get(page_of(rehearsal)).content
        answers = [client.post(page_of(rehearsal), {"act": "for_real"})["Location"] for _ in range(2)]
        run = Run.objects.latest("pk")
        assert answers == [page_of(run)] * 2
        assert Run.objects.count() == 2
        assert (run.files, stored(run), run.is_rehearsal) == (["export.xml"], stored(rehearsal), False)
        assert run.options["pattern"] == "Quelle: (?P<name>.+)"
        assert run.is_background

    def test_only_a_rehearsal_is_followed_by_the_real_thing(self, client, admin):
        send(client, upload(), is_rehearsal="no")
        Run.objects.update(state="finished", finished_at=timezone.now())
        client.post(page_of(Run.objects.get()), {"act": "for_real"})
        assert Run.objects.count() == 1

    @pytest.mark.parametrize("act", ["stop", "go_on", "for_real"])
    def test_who_may_only_read_changes_nothing(self, client, reader, act):
        run = make_run(state="running")
        assert client.post(page_of(run), {"act": act, "sure": "1"}).status_code == 403
        run.refresh_from_db()
        assert run.state == Run.State.RUNNING

    @pytest.mark.parametrize("act", ["", "x", "\0"])
    def test_an_unknown_act_does_nothing(self, client, admin, act):
        run = make_run()
        assert client.post(page_of(run), {"act": act}).status_code == 302

    @pytest.mark.parametrize("number", ["0", "x", "9" * 30, "1_0", "%00"])
    @pytest.mark.parametrize("rest", ["change/", "items/", "report.json", "report.csv"])
    def test_what_is_not_there_is_not_found(self, client, admin, number, rest):
        assert client.get(f"{LIST}{number}/{rest}").status_code in (301, 302, 404)


class TestReport:
    def test_what_wants_a_hand_stands_by_reason(self, client, reader):
        run = make_run()
        for number in range(3):
            make_outcome(run, number, "no-source")
        make_outcome(run, 4, "file-missing")
        make_outcome(run, 5, "meta-kept")
        page = client.get(page_of(run)).content.decode()
        assert "No closing line names an outlet: 3" in page
        assert "A file could not be had: 1" in page
        assert "Meta kept" not in page
        assert f"{LIST}{run.pk}/items/?hand=1&amp;reason=no-source" in page
        assert "All 4 that need a hand" in page

    def test_an_item_leads_to_its_form_and_its_old_page_and_names_its_place(self, client, reader):
        run, post = make_run(), make_post("Boats are here")
        make_outcome(run, 12, "no-source", model="posts.post", row_id=post.pk)
        page = client.get(f"{LIST}{run.pk}/items/?hand=1&reason=no-source").content.decode()
        assert f'<a href="/admin/posts/post/{post.pk}/change/" dir="auto">Boats are here</a>' in page
        assert 'href="https://oldblog.example/2013/03/31/boats-12/"' in page
        assert "export.xml, item 12" in page
        assert "Sentence of no-source." in page
        assert f'/admin/posts/post/{post.pk}/change/#id_source"' in page

    def test_who_has_an_outlet_by_now_needs_none(self, client, reader):
        run, post = make_run(), make_post(source=make_source("NK News"))
        make_outcome(run, 12, "no-source", model="posts.post", row_id=post.pk)
        page = client.get(f"{LIST}{run.pk}/items/").content.decode()
        assert "Its outlet by now: NK News" in page
        assert "#id_source" not in page

    def test_a_post_that_is_gone_leads_nowhere(self, client, reader):
        run = make_run()
        make_outcome(run, 12, model="posts.post", row_id=999_999)
        page = client.get(f"{LIST}{run.pk}/items/").content.decode()
        assert "no longer here" in page
        assert "/999999/" not in page

    def test_nobody_is_led_to_forms_that_do_not_open_to_them(self, client, reader):
        run = make_run()
        make_outcome(run, 1, kind="author", model="auth.user", row_id=reader.pk)
        assert f"/admin/auth/user/{reader.pk}/" not in client.get(f"{LIST}{run.pk}/items/").content.decode()

    @pytest.mark.parametrize("address", ["javascript:alert(1)", "http://[", "", "//evil.example/"])
    def test_only_addresses_of_the_web_are_links(self, client, reader, address):
        run = make_run()
        make_outcome(run, 1, address=address)
        page = client.get(f"{LIST}{run.pk}/items/").content.decode()
        assert f'href="{address}"' not in page

    @pytest.mark.parametrize(
        ("query", "numbers"),
        [
            ("", [1, 2, 3, 4]),
            ("result=failed", [3]),
            ("kind=page", [2]),
            ("reason=meta-kept", [2, 4]),
            ("hand=1", [1, 3]),
            ("hand=1&result=imported", [1]),
            ("q=boats 4", [4]),
            ("q=/boats-2/", [2]),
            ("q=%", []),
            ("q=%00", [1, 2, 3, 4]),
            ("result=x&kind=\0&reason='&hand=2&page=x", [1, 2, 3, 4]),
            ("page=99", [1, 2, 3, 4]),
        ],
    )
    def test_the_list_shows_what_was_chosen(self, client, reader, query, numbers):
        run = make_run()
        make_outcome(run, 1, "no-source")
        make_outcome(run, 2, "meta-kept", kind="page")
        make_outcome(run, 3, "failed", result="failed")
        make_outcome(run, 4, "meta-kept")
        make_outcome(make_run(), 1, "no-source")
        response = client.get(f"{LIST}{run.pk}/items/?{query}")
        assert [outcome.number for outcome in response.context["page"]] == numbers

    def test_a_hundred_stand_on_a_page_and_the_pages_keep_the_choice(self, client, reader):
        run = make_run()
        for number in range(101):
            make_outcome(run, number, "no-source")
        response = client.get(f"{LIST}{run.pk}/items/?hand=1&q=boats")
        assert len(response.context["page"]) == 100
        assert 'href="?hand=1&amp;q=boats&amp;page=2"' in response.content.decode()

    def test_it_asks_as_often_for_thirty_as_for_three(self, client, reader, django_assert_max_num_queries):
        asked = []
        for number in (3, 30):
            run = make_run()
            for each in range(number):
                codes = ["no-source", "failed", "text-differs"][: each % 3 + 1]
                make_outcome(
                    run, each, *codes, model="posts.post", row_id=make_post(source=make_source(f"S{number}-{each}")).pk
                )
            for address in (page_of(run), f"{LIST}{run.pk}/items/"):
                with django_assert_max_num_queries(20) as queries:
                    client.get(address)
                asked.append(len(queries))
        assert asked[:2] == asked[2:]

    def test_what_is_seen_to_leaves_the_list(self, client, reader):
        run, other = make_run(), make_run()
        seen, left, elsewhere = (make_outcome(each, n, "failed") for n, each in enumerate([run, run, other]))
        address = f"{LIST}{run.pk}/items/?hand=1"
        response = client.post(address, {"outcome": [seen.pk, elsewhere.pk, "x", "9" * 30]})
        assert response["Location"] == address
        assert [outcome.pk for outcome in client.get(address).context["page"]] == [left.pk]
        assert other.outcomes.wanting_a_hand().count() == 1

    def test_who_may_not_change_posts_ticks_nothing_off(self, client):
        client.force_login(make_person("vic", "wordpress.view_run"))
        run = make_run()
        outcome = make_outcome(run, 1, "failed")
        assert client.post(f"{LIST}{run.pk}/items/", {"outcome": outcome.pk}).status_code == 403
        assert run.outcomes.wanting_a_hand().exists()

    def test_it_is_had_for_programs_and_as_a_table(self, client, reader):
        run = make_run()
        make_outcome(run, 12, "no-source")
        for kind in ("json", "csv"):
            response = client.get(f"{LIST}{run.pk}/report.{kind}")
            assert response["Content-Disposition"] == f'attachment; filename="import-{run.pk}.{kind}"'
            assert b"Boats 12" in response.getvalue()

    def test_the_list_of_imports_leads_to_the_page_and_to_a_new_one(self, client, admin):
        run = make_run(options={"is_rehearsal": True})
        page = client.get(LIST).content.decode()
        assert f'href="{page_of(run)}"' in page
        assert f'href="{ADD}"' in page
        assert "Finished, a rehearsal" in page

    def test_who_has_no_business_here_sees_nothing(self, client):
        client.force_login(make_person("nora", "posts.change_post"))
        run = make_run()
        for rest in ("", f"{run.pk}/change/", f"{run.pk}/items/", f"{run.pk}/report.json", f"{run.pk}/report.csv"):
            assert client.get(f"{LIST}{rest}").status_code == 403, rest


class TestPanel:
    def test_it_stands_while_something_wants_a_hand(self, client, reader):
        run = make_run()
        outcome = make_outcome(run, 1, "no-source")
        make_outcome(run, 2, "no-description", kind="attachment")
        make_outcome(run, 3)
        page = client.get("/admin/").content.decode()
        assert "1 post and 1 other thing want a hand" in page
        assert page_of(run) in page
        outcome.delete()
        assert "1 other thing wants a hand" in client.get("/admin/").content.decode()
        run.outcomes.update(wants_hand=False)
        assert "Moved from WordPress" not in client.get("/admin/").content.decode()

    def test_a_rehearsal_wants_nothing(self, client, reader):
        make_outcome(make_run(options={"is_rehearsal": True}), 1, "no-source")
        make_outcome(make_run(state="running"), 1, "no-source")
        assert "Moved from WordPress" not in client.get("/admin/").content.decode()

    def test_who_sees_no_reports_sees_no_panel(self, client):
        client.force_login(make_person("nora", "posts.change_post"))
        make_outcome(make_run(), 1, "no-source")
        assert "Moved from WordPress" not in client.get("/admin/").content.decode()


class TestForgetting:
    def is_there_after(self, client, days: float, is_rehearsal: bool, state: str) -> bool:
        """Send a file, bring its import to that state, and say whether the file is there after so many days."""
        send(client, upload(), is_rehearsal="yes" if is_rehearsal else "no")
        Run.objects.update(finished_at=timezone.now(), state=state)
        uploading.forget_files(timezone.now() + dt.timedelta(days=days))
        return stored(Run.objects.get())[0].exists()

    @pytest.mark.parametrize(
        ("state", "is_rehearsal", "days", "is_there"),
        [
            ("finished", False, 0, False),
            ("refused", False, 0, False),
            ("refused", True, 0, False),
            ("finished", True, 6, True),
            ("finished", True, 8, False),
            ("stopped", False, 6, True),
            ("stopped", False, 8, False),
            ("queued", False, 80, True),
            ("running", True, 80, True),
        ],
    )
    def test_files_go_when_nothing_needs_them(self, client, admin, state, is_rehearsal, days, is_there):
        assert self.is_there_after(client, days, is_rehearsal, state) == is_there

    def test_files_of_a_rehearsal_go_with_the_real_thing(self, client, admin):
        send(client, upload())
        Run.objects.update(state="finished", finished_at=timezone.now())
        client.post(page_of(Run.objects.get()), {"act": "for_real"})
        run = Run.objects.latest("pk")
        uploading.forget_files(timezone.now())
        assert stored(run)[0].exists()
        Run.objects.filter(pk=run.pk).update(state="finished", finished_at=timezone.now())
        uploading.forget_files(timezone.now())
        assert not stored(run)[0].parent.exists()

    def test_files_of_a_form_that_nobody_mended_go_after_a_day(self, client, admin, tmp_path):
        send(client, upload(), pattern="(")
        (folder,) = (tmp_path / "imports").iterdir()
        uploading.forget_files(timezone.now() + dt.timedelta(hours=23))
        assert folder.exists()
        uploading.forget_files(timezone.now() + dt.timedelta(hours=25))
        assert not folder.exists()

    def test_files_named_at_a_terminal_are_never_touched(self, tmp_path):
        path = tmp_path / "export.xml"
        path.write_bytes(EXPORT)
        make_run(options={"paths": [str(path)]}, is_background=True)
        uploading.forget_files(timezone.now() + dt.timedelta(days=80))
        assert path.exists()
