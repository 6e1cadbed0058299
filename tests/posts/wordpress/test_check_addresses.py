"""A list of old addresses is proved, as a reader would meet each, and without the network."""

import io
import sys

import pytest
from django.contrib.redirects.models import Redirect
from django.core.management import CommandError, call_command

from posts.wordpress.models import Kind, Miss
from tests.factories import make_post
from tests.posts.wordpress.test_addresses import make_imported

pytestmark = pytest.mark.django_db


def check(path, text: str | bytes) -> tuple[int, list[str]]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return run(str(path))


def run(file: str) -> tuple[int, list[str]]:
    out, code = io.StringIO(), 0
    try:
        call_command("check_addresses", file, stdout=out, stderr=io.StringIO())
    except SystemExit as end:
        code = int(end.code or 0)
    return code, out.getvalue().splitlines()


@pytest.fixture
def file(tmp_path):
    return tmp_path / "old.txt"


def test_each_address_gets_a_line_and_all_of_them_one(file):
    make_imported(Kind.POST, make_post("Here"), number=12)
    make_post("Gone").withdraw()
    code, lines = check(
        file,
        b"\xef\xbb\xbf# The old blog\r\n\r\nhttps://oldblog.example/2013/03/31/here\r\n"
        b"  /?p=12  \r\n/2013/03/31/gone/\r\n"
        b"http://other.example:8000/?p=12&share=x#top\r\n/2013/03/31/here/",
    )
    assert code == 0
    assert [line.split("\t")[:3] for line in lines[:-1]] == [
        ["200", "1", "/2013/03/31/here/"],
        ["200", "1", "/2013/03/31/here/"],
        ["410", "0", "/2013/03/31/gone/"],
        ["200", "1", "/2013/03/31/here/"],
        ["200", "0", "/2013/03/31/here/"],
    ]
    assert lines[-1] == "5 addresses: 5 live on, 0 take more than one redirect, 0 are lost."


def test_one_that_is_lost_fails_the_list_and_is_not_counted(file):
    make_post("Here")
    code, lines = check(file, "/2013/03/31/here/\n/lost/\nhttps://[::1/\n/?p=9\n")
    assert code == 1
    assert [line.split("\t")[0] for line in lines[:-1]] == ["200", "404", "400", "404"]
    assert lines[1].split("\t") == ["404", "0", "/lost/", "/lost/", "lost"]
    assert lines[-1].endswith("3 are lost.")
    assert not Miss.objects.exists()


def test_one_without_its_first_slash_is_one_of_this_site(file):
    make_post("Here")
    code, lines = check(file, "2013/3/31/here\nlost\njavascript:alert(1)\n")
    assert code == 1
    assert [line.split("\t")[:3] for line in lines[:-1]] == [
        ["200", "1", "/2013/03/31/here/"], ["404", "0", "/lost"], ["404", "0", "/alert(1)"],
    ]  # fmt: skip


def test_letters_of_any_script_are_understood_escaped_or_not(file):
    post = make_post("Journey", slug="탈북")
    code, lines = check(file, "/2013/03/31/탈북\n/2013/03/31/%ed%83%88%eb%b6%81/\n")
    assert code == 0
    assert {line.split("\t")[2].upper() for line in lines[:-1]} == {post.get_absolute_url().upper()}


def test_what_leads_to_another_site_lives_on_and_nobody_is_asked_there(file):
    Redirect.objects.create(site_id=1, old_path="/away/", new_path="https://elsewhere.example/a")
    code, lines = check(file, "/away/")
    assert (code, lines[0].split("\t")[:3]) == (0, ["301", "1", "https://elsewhere.example/a"])


def test_a_file_that_is_none_is_told_in_one_line(file, tmp_path):
    for bad in (str(tmp_path / "none.txt"), str(tmp_path)):
        with pytest.raises(CommandError, match=r"^[^\n]+$"):
            run(bad)
    with pytest.raises(CommandError, match="line 2 is not UTF-8"):
        check(file, b"/a\n\xff\xfe\n")


def test_the_list_may_come_by_the_standard_input(monkeypatch):
    make_post("Here")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"/2013/3/31/here\n")))
    assert run("-")[0] == 0


def test_an_empty_list_is_no_fault(file):
    assert check(file, "# nothing\n\n") == (0, ["0 addresses: 0 live on, 0 take more than one redirect, 0 are lost."])
