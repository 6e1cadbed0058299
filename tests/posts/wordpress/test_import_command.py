import io
import json

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from posts.models import Post
from posts.wordpress.models import Imported, Run
from tests.posts.wordpress.wxr import BLOG, item, wxr

pytestmark = pytest.mark.django_db


@pytest.fixture
def export(tmp_path):
    path = tmp_path / "export.xml"
    path.write_bytes(wxr(item("One"), item("Two", number=2), item("Menu", number=3, kind="nav_menu_item")))
    return path


def said(*files, **options) -> dict[str, int]:
    out = io.StringIO()
    call_command("import_wordpress", *map(str, files), no_fetch=True, stdout=out, **options)
    return json.loads(out.getvalue().splitlines()[-1])


def test_its_last_line_is_the_account(export):
    told = said(export)
    assert told == {"items": 3, "imported": 2, "updated": 0, "unchanged": 0, "skipped": 1, "failed": 0}
    assert said(export) == {"items": 3, "imported": 0, "updated": 0, "unchanged": 2, "skipped": 1, "failed": 0}


def test_a_rehearsal_leaves_nothing(export, tmp_path):
    report = tmp_path / "report.json"
    told = said(export, dry_run=True, report=str(report))
    assert told["imported"] == 2
    assert [model.objects.count() for model in (Post, Imported, Run)] == [0, 0, 0]
    assert "Two" in report.read_text()


def test_several_files_are_one_blog(export, tmp_path):
    other = tmp_path / "second.xml"
    other.write_bytes(wxr(item("Four", number=4)))
    assert said(export, other)["items"] == 4


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"media_root": "/nowhere/at/all"}, "--media-root"),
        ({"report": "/nowhere/at/all.json"}, "--report"),
        ({"source_pattern": "(["}, "--source-pattern"),
        ({"resume": True}, "--resume"),
        ({"resume": True, "dry_run": True}, "--dry-run"),
    ],
)
def test_bad_options_are_told_in_one_line_before_anything_is_done(export, options, words):
    with pytest.raises(CommandError, match=words) as caught:
        said(export, **options)
    assert "\n" not in str(caught.value)
    assert not Run.objects.exists()


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(CommandError, match="no such file"):
        said(tmp_path / "missing.xml")


@pytest.mark.parametrize("content", [b"", b"Not XML", b"<rss><channel>", b"\x00\x01"])
@pytest.mark.parametrize("options", [{}, {"dry_run": True}])
def test_a_file_that_cannot_be_read_changes_nothing(tmp_path, content, options):
    path = tmp_path / "bad.xml"
    path.write_bytes(content)
    with pytest.raises(CommandError) as caught:
        said(path, **options)
    assert "\n" not in str(caught.value)
    assert not Post.objects.exists()


def test_a_finished_import_is_not_gone_on_with(export):
    said(export)
    with pytest.raises(CommandError, match="--resume"):
        said(export, resume=True)


def test_a_full_disk_is_told_in_one_line_and_gone_on_with(tmp_path, monkeypatch):
    path, folder = tmp_path / "export.xml", tmp_path / "uploads/2013/03"
    folder.mkdir(parents=True)
    (folder / "map.pdf").write_bytes(b"%PDF-1.4 that no other test has")
    path.write_bytes(wxr(item("One", f'<a href="{BLOG}/wp-content/uploads/2013/03/map.pdf">Map</a>')))

    def full(*_: object, **__: object) -> str:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(default_storage, "save", full)
        with pytest.raises(CommandError, match="No space left on device") as caught:
            said(path, media_root=str(tmp_path / "uploads"))
    assert "\n" not in str(caught.value)
    assert Run.objects.get().state == Run.State.STOPPED
    assert said(path, media_root=str(tmp_path / "uploads"), resume=True)["imported"] == 1
