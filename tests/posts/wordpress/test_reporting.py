"""The account of an import: on a terminal, as JSON, as a table."""

import io
import json
import os

import pytest
from django.utils import timezone

from posts.life import State
from posts.models import Image, Post
from posts.picturing import read_picture
from posts.wordpress import reporting
from posts.wordpress.models import Blog, Run
from posts.wordpress.reasons import WANT_HAND
from posts.wordpress.reporting import NotWritable, as_csv, as_json, as_text, check_writable, write_report
from tests.factories import make_category, make_post, picture_file

pytestmark = pytest.mark.django_db


def make_run(**values) -> Run:
    blog, _ = Blog.objects.get_or_create(address="https://oldblog.example", host="oldblog.example")
    counts = {"item": {"imported": 2, "failed": 1}, "author": {"imported": 1}}
    return Run.objects.create(
        **{"state": "finished", "files": ["export.xml"], "blog": blog, "counts": counts} | values
    )


def make_outcome(run: Run, number: int = 1, *codes: str, **values):
    """An outcome with these reasons; each has a sentence of its own."""
    return run.outcomes.create(
        **{
            "kind": "post",
            "key": f"https://oldblog.example/?p={number}",
            "number": number,
            "title": f"Boats {number}",
            "address": f"https://oldblog.example/2013/03/31/boats-{number}/",
            "place": f"export.xml, item {number}",
            "result": "imported",
            "reasons": [[code, f"Sentence of {code}."] for code in codes],
            "wants_hand": any(code in WANT_HAND for code in codes),
        }
        | values
    )


def read(run: Run) -> dict:
    return json.loads("".join(as_json(run)))


def text_of(run: Run) -> str:
    out = io.StringIO()

    class Out:
        def write(self, line: str) -> None:
            out.write(f"{line}\n")

    as_text(run, Out())
    return out.getvalue()


class TestJson:
    def test_an_item_is_told_with_all_that_is_known_of_it(self):
        run = make_run(finished_at=timezone.now())
        post = make_post("Boats", at="2013-03-31 15:17")
        make_outcome(run, 12, "no-source", "date-odd", model="posts.post", row_id=post.pk)
        document = read(run)
        assert document["summary"] == {
            "items": 3, "imported": 2, "updated": 0, "unchanged": 0, "skipped": 0, "failed": 1
        }  # fmt: skip
        assert document["files"] == ["export.xml"]
        assert document["blog"] == "https://oldblog.example"
        assert document["is_rehearsal"] is False
        assert document["finished_at"] == run.finished_at.isoformat()
        assert document["items"] == [
            {
                "kind": "post",
                "key": "https://oldblog.example/?p=12",
                "number": 12,
                "title": "Boats 12",
                "old_address": "https://oldblog.example/2013/03/31/boats-12/",
                "place": "export.xml, item 12",
                "result": "imported",
                "reasons": [
                    {"code": "no-source", "sentence": "Sentence of no-source.", "wants_hand": True},
                    {"code": "date-odd", "sentence": "Sentence of date-odd.", "wants_hand": False},
                ],
                "address": post.get_absolute_url(),
                "admin": f"/admin/posts/post/{post.pk}/change/",
            }
        ]

    def test_authors_and_terms_stand_apart_from_the_items(self):
        run = make_run()
        make_outcome(run, 1)
        make_outcome(run, 2, kind="attachment")
        make_outcome(run, 3, kind="author", key="edith")
        make_outcome(run, 4, kind="tag", key="boats")
        assert [row["kind"] for row in read(run)["items"]] == ["post", "attachment"]
        assert [row["kind"] for row in read(run)["others"]] == ["author", "tag"]

    def test_a_run_without_anything_is_a_document_too(self):
        document = read(make_run(counts={}, blog=None, files=[]))
        assert document["items"] == document["others"] == []
        assert document["summary"]["items"] == 0

    def test_everything_that_has_an_address_here_is_told_with_it(self):
        category, image = make_category("Awareness"), Image.objects.get_or_store(read_picture(picture_file()))
        tag = make_post(tags=["탈북"]).tags.get()
        run = make_run()
        for number, (model, row) in enumerate(
            {"posts.category": category, "posts.tag": tag, "posts.image": image}.items()
        ):
            make_outcome(run, number, model=model, row_id=row.pk)
        addresses = [row["address"] for row in read(run)["items"]]
        assert addresses == [category.get_absolute_url(), tag.get_absolute_url(), image.file.url]

    def test_what_has_no_address_here_is_told_without_one(self):
        draft, trashed = make_post(draft=True), make_post("Gone")
        trashed.trash()
        run = make_run()
        for number, row_id in enumerate([draft.pk, trashed.pk, 999_999, None]):
            make_outcome(run, number, model="posts.post", row_id=row_id)
        make_outcome(run, 9, model="no.such", row_id=1)
        assert Post.objects.get(pk=trashed.pk).state == State.TRASH
        assert [row["address"] for row in read(run)["items"]] == [""] * 5
        assert read(run)["items"][4]["admin"] == ""

    def test_another_run_is_not_told(self):
        make_outcome(make_run(), 1)
        assert read(make_run())["items"] == []

    def test_it_asks_as_often_for_three_as_for_thirty(self, django_assert_num_queries):
        for number in (3, 30):
            run = make_run()
            for each in range(number):
                make_outcome(run, each, model="posts.post", row_id=make_post().pk)
            with django_assert_num_queries(3):  # items, others, and the posts of the batch
                "".join(as_json(run))

    def test_more_than_a_batch_is_told_whole_and_once(self):
        run = make_run()
        for number in range(reporting.BATCH + 3):
            make_outcome(run, number)
        assert [row["number"] for row in read(run)["items"]] == list(range(reporting.BATCH + 3))


class TestText:
    def test_it_counts_and_names_what_wants_a_hand(self):
        run = make_run()
        for number in range(5):
            make_outcome(run, number, "no-source")
        make_outcome(run, 5, "failed", title="", result="failed")
        make_outcome(run, 6, "meta-kept")
        text = text_of(run)
        assert "Items: 2 imported, 1 failed" in text
        assert "Authors: 1 imported" in text
        assert "No closing line names an outlet: 5" in text
        assert "“Boats 2” (export.xml, item 2)" in text
        assert "“Boats 3”" not in text
        assert "and 2 more" in text
        assert "“https://oldblog.example/2013/03/31/boats-5/”" in text
        assert "Boats 6" not in text
        assert "--report FILE" in text

    def test_where_nothing_wants_a_hand_it_is_short(self):
        run = make_run()
        make_outcome(run)
        assert text_of(run) == "Items: 2 imported, 1 failed\nAuthors: 1 imported\n"

    def test_a_rehearsal_says_that_nothing_was_written(self):
        assert "nothing was written" in text_of(make_run(options={"is_rehearsal": True}))

    def test_no_title_breaks_its_line(self):
        run = make_run()
        make_outcome(run, 1, "no-source", title="Boats\r\nand\tmore\u2028boats")
        assert "“Boats and more boats”" in text_of(run)


class TestGroups:
    def test_a_reason_counts_each_outcome_once(self):
        run = make_run()
        make_outcome(run, 1, "unknown-shortcode", "unknown-shortcode", "no-source")
        make_outcome(run, 2, "unknown-shortcode")
        make_outcome(run, 3, "meta-kept")
        make_outcome(make_run(), 4, "no-source")
        found = {group.code: (group.number, group.to_do) for group in reporting.groups(run)}
        assert found == {"unknown-shortcode": (2, 2), "no-source": (1, 1), "meta-kept": (1, 0)}

    def test_what_is_seen_to_is_no_longer_to_be_done(self):
        run = make_run()
        make_outcome(run, 1, "no-source")
        make_outcome(run, 2, "no-source", wants_hand=False)
        assert [(group.number, group.to_do) for group in reporting.to_do(run)] == [(2, 1)]

    def test_a_sentence_that_quotes_a_code_is_not_taken_for_it(self):
        run = make_run()
        make_outcome(run, reasons=[["failed", '["no-source", "x"] stood in the text']])
        assert not run.outcomes.because("no-source")
        assert run.outcomes.because("failed")

    def test_every_reason_that_wants_a_hand_says_what_to_do(self):
        assert set(WANT_HAND) <= set(reporting.HEADINGS)
        assert reporting.heading_of("meta-kept") == "Meta kept"


class TestTable:
    def test_no_cell_is_a_formula(self):
        run = make_run()
        make_outcome(run, 1, "no-source", title="=HYPERLINK(1)")
        lines = "".join(as_csv(run)).splitlines()
        assert lines[0].startswith("\ufeffresult,kind,number,title")
        assert "'=HYPERLINK(1)" in lines[1]
        assert "Sentence of no-source." in lines[1]


class TestFile:
    def test_it_replaces_what_was_there(self, tmp_path):
        run, path = make_run(), tmp_path / "report.json"
        make_outcome(run)
        path.write_text("old")
        check_writable(path)
        assert path.read_text() == "old"
        write_report(run, path)
        assert len(json.loads(path.read_text())["items"]) == 1
        assert [each.name for each in tmp_path.iterdir()] == ["report.json"]

    def test_looking_whether_it_can_be_written_leaves_nothing(self, tmp_path):
        check_writable(tmp_path / "report.json")
        assert list(tmp_path.iterdir()) == []

    def test_a_report_that_fails_half_way_leaves_the_old_one(self, tmp_path):
        run, path = make_run(), tmp_path / "report.json"
        make_outcome(run, reasons=["no pair"])
        path.write_text("old")
        with pytest.raises(ValueError, match="unpack"):
            write_report(run, path)
        assert path.read_text() == "old"
        assert [each.name for each in tmp_path.iterdir()] == ["report.json"]

    def test_a_pipe_takes_it_too(self):
        write_report(make_run(), os.devnull)
        check_writable(os.devnull)

    @pytest.mark.parametrize("name", ["", "no/such/folder/report.json", "x" * 300, "a\0b"])
    def test_where_it_cannot_be_written_is_told_in_a_line(self, tmp_path, name):
        with pytest.raises(NotWritable, match=r"^--report: .*\.$") as error:
            check_writable(f"{tmp_path}/{name}")
        assert "\n" not in str(error.value)

    def test_a_folder_that_is_gone_meanwhile_is_told_in_a_line(self, tmp_path):
        with pytest.raises(NotWritable, match="cannot write"):
            write_report(make_run(), tmp_path / "gone" / "report.json")
