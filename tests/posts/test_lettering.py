"""What a post's text becomes in a letter."""

import io
import json
import re
from html.parser import HTMLParser

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from posts.lettering import letter_html, letter_text
from posts.rendering import render_post

PAGE = "https://watch.example/2026/05/01/a-boat/"
PICTURE = "/media/ab-8x6.jpg"


def html(text: str) -> str:
    return letter_html(render_post(text).html, PAGE)


def text(markdown: str) -> str:
    return letter_text(render_post(markdown).html)


# --- HTML


@pytest.mark.parametrize(
    ("address", "whole"),
    [
        ("/tag/china/", "https://watch.example/tag/china/"),
        ("#boats", f"{PAGE}#boats"),
        ("?page=2", f"{PAGE}?page=2"),
        ("next", f"{PAGE}next"),
        ("//there.example/a", "https://there.example/a"),
        ("https://there.example/a?b=c&d#", "https://there.example/a?b=c&amp;d#"),
        ("mailto:desk@watch.example", "mailto:desk@watch.example"),
        ("//[", "//["),
    ],
)
def test_every_link_leads_where_it_led_on_the_page(address, whole):
    assert f'<a href="{whole}"' in html(f'<a href="{address}">words</a>')


def test_who_is_quoted_where_is_a_whole_address_too():
    assert '<q cite="https://watch.example/a/">' in html('<q cite="/a/">words</q>')


def test_an_address_in_a_sample_of_code_stays_as_it_was_typed():
    assert html('`<a href="/x">`') == '<p><code>&lt;a href="/x"&gt;</code></p>'


def test_a_picture_fits_the_window_and_is_not_waited_for():
    assert html(f'![A boat]({PICTURE} "At sea")') == (
        '<figure style="margin:16px 0"><img src="https://watch.example/media/ab-8x6.jpg" alt="A boat" width="8" '
        'height="6" style="max-width:100%;height:auto"><figcaption>At sea</figcaption></figure>'
    )


def test_a_table_has_thin_lines_and_no_frame_that_scrolls():
    cell = 'style="border:1px solid #888;padding:4px 8px"'
    assert html("|a|\n|-|\n|1|").replace("\n", "") == (
        f'<table style="border-collapse:collapse"><thead><tr><th {cell}>a</th></tr></thead>'
        f"<tbody><tr><td {cell}>1</td></tr></tbody></table>"
    )


def test_a_frame_of_the_author_stays():
    assert html("<div lang='ko'>북한</div>") == '<div lang="ko">북한</div>'


def test_a_quote_is_set_off_by_a_line():
    assert html("> a") == (
        '<blockquote style="margin:0;padding-left:16px;border-left:3px solid #888">\n<p>a</p>\n</blockquote>'
    )


def test_words_and_headings_stay_as_they_are():
    same = '<h3>A &amp; b</h3>\n<ol start="3">\n<li><em>it\'s</em> &lt;b&gt; "so"</li>\n</ol>'
    assert html('# A & b\n\n3. *it\'s* \\<b> "so"') == same


def test_an_end_that_ends_nothing_is_left_out():
    assert letter_html("<p>a</p></div>", PAGE) == "<p>a</p>"


FOLDED = """Before.

<details><summary>How it <em>ends</em></summary>

The butler. ![The butler](/media/ab-8x6.jpg)

<details><summary>And why</summary>Money.</details>

</details>

After."""


def test_what_is_folded_stays_folded():
    assert html(FOLDED).replace("\n", "") == (
        f'<p>Before.</p><p>How it ends <a href="{PAGE}">(folded: open it on the page)</a></p><p>After.</p>'
    )
    assert text(FOLDED) == "Before.\n\nHow it ends (folded: open it on the page)\n\nAfter."


def test_plain_text_leads_to_what_is_folded_where_the_page_is_known():
    written = letter_text(render_post(FOLDED).html, PAGE)
    assert "How it ends (folded: open it on the page) [1]\n" in written
    assert written.endswith(f"\n\nLinks:\n[1] {PAGE}")


@pytest.mark.parametrize(
    "folded",
    [
        "<details>secret</details>",
        "<details><div><summary>secret</summary></div></details>",
        "<details><summary></summary>secret<summary>secret</summary></details>",
        "<details><summary>Details<details>secret</details></summary></details>",
        "<details><details><summary>secret</summary></details></details>",
    ],
)
def test_only_a_summary_of_its_own_stands_for_what_is_folded(folded):
    assert text(folded) == "Details (folded: open it on the page)"
    assert "secret" not in html(folded)


# --- Plain text


def test_paragraphs_are_separated_by_one_empty_line_and_not_wrapped():
    assert text(f"One {'word ' * 60}\nend.\n\n\n&nbsp;\n\nTwo.") == f"One {'word ' * 60}end.\n\nTwo."


def test_a_break_ends_the_line():
    assert text("One  \ntwo<br><br><br><br>three") == "One\ntwo\n\nthree"


def test_a_heading_is_underlined_as_wide_as_it_is():
    assert text("# Words\n\nText.") == "Words\n-----\n\nText."
    assert text("# 북한 e\u0301\n\nText.") == "북한 e\u0301\n------\n\nText."


def test_only_emphasis_is_marked():
    assert text("*so* **strong** `code` <mark>m</mark> <i>a <em>b</em> </i>c") == "*so* strong code m *a b* c"


def test_a_mark_ends_with_its_block_and_begins_anew():
    assert text("<del>\n<p>a</p><p>b</p></del>") == "~~a~~\n\n~~b~~"


def test_links_are_numbered_and_the_same_address_has_the_same_number():
    written = text("[A](https://a.example/), [b ](/tag/b/)and [c](https://a.example/).")
    assert written == ("A [1], b [2] and c [1].\n\nLinks:\n[1] https://a.example/\n[2] https://watch.example/tag/b/")


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("<https://a.example/x>", "https://a.example/x"),
        ("[a.example](https://a.example/)", "https://a.example/"),
        ("[북한](#there)", "북한"),
        ("<desk@watch.example>", "desk@watch.example"),
        ("[Write](mailto:desk@watch.example?subject=Hello)", "Write (desk@watch.example)"),
        ("[Ring](tel:+49301234)", "Ring (+49301234)"),
        ("a <a href='https://a.example'></a> b", "a b"),
    ],
)
def test_a_link_that_needs_no_number_has_none(markdown, expected):
    assert text(markdown) == expected


def test_a_link_around_blocks_is_numbered_below_them():
    assert letter_text('<a href="/x"><p>a</p></a>') == "a\n[1]\n\nLinks:\n[1] https://watch.example/x"


def test_lists_are_nested_by_indentation():
    assert text("- a\n- b\n  1. c\n  2. d\n     - e\n- f\n\nText.") == (
        "- a\n- b\n  1. c\n  2. d\n     - e\n- f\n\nText."
    )


def test_entries_of_paragraphs_stand_apart():
    assert text("- a\n\n  > b\n\n- c") == "- a\n\n  > b\n\n- c"


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("9. a\n10. b\n\n    c", "9. a\n\n10. b\n\n    c"),
        ("<ol reversed><li>a<ul><li>x</ul><li>b</ol>", "2. a\n   - x\n1. b"),
        ("<ol reversed start='7'><li>a<li>b</ol>", "7. a\n6. b"),
        ("<ol start='x'><li>a</ol>", "1. a"),
        ("<li>a", "- a"),
    ],
)
def test_numbers_are_those_of_the_list(markdown, expected):
    assert text(markdown) == expected


def test_every_line_of_a_quote_is_marked():
    assert text("> a\\\n> b\n>\n> > c\n>\n> d\n\ne\n\n> f") == "> a\n> b\n>\n> > c\n>\n> d\n\ne\n\n> f"


def test_code_is_written_as_it_is():
    assert text("a\n\n```\n\ndef  x():\n\ty  \n\n\n\nz\n\n```\n\nb") == (
        "a\n\n    def  x():\n        y\n\n\n\n    z\n\nb"
    )


def test_a_rule_is_three_stars():
    assert text("a\n\n---\n\nb") == "a\n\n* * *\n\nb"


def test_a_narrow_table_has_columns():
    assert text("| Ship | 북한 |\n|-|-|\n| A *b* c | 1 |\n| D | [x](/x) |") == (
        "Ship    | 북한\n---------------\nA *b* c | 1\nD       | x [1]\n\nLinks:\n[1] https://watch.example/x"
    )


def test_a_wide_table_has_rows():
    long = "word " * 20
    assert text(f"| A | B |\n|-|-|\n| {long} | 1 |\n| C | |") == f"A | B\n-----\n{long}| 1\nC |"


def test_whatever_a_cell_holds_is_one_line():
    cell = "<p>a<br>b</p><ul><li>c</ul><table><tr><td>d<td>e</table>"
    assert text(f"<table><tr><td>{cell}<td>f</table>") == "a b c d e | f"


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        (f"![A boat]({PICTURE})", "[Picture: A boat]"),
        (f'![A boat]({PICTURE} "At sea")', "[Picture: A boat]\nAt sea"),
        (f'![]({PICTURE} "At sea")', "[Picture]\nAt sea"),
        (f"a\n\n![]({PICTURE})\n\nb", "a\n\nb"),
        (f"See ![A boat]({PICTURE}), ![]({PICTURE})too", "See [Picture: A boat], too"),
    ],
)
def test_a_picture_is_told_in_words(markdown, expected):
    assert text(markdown) == expected


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("<dl><dt>A<dd>b<dd>c<dt>D<dd>e</dl>", "A\n    b\n    c\nD\n    e"),
        ("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>", "漢(kan)"),
        ("CO<sub>2</sub>, 10<sup>-6</sup>, 1<sup>st</sup>", "CO₂, 10⁻⁶, 1st"),
        ("~~old~~ <ins>new</ins>", "~~old~~ new"),
        ("<q>words</q>", "“words”"),
        ("&amp; &lt;b&gt; &euro; &#x5317;", "& <b> € 北"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("<p>\u3000中文\u3000 한국어 دفتر الميناء a\u00a0b</p>", "\u3000中文\u3000 한국어 دفتر الميناء a\u00a0b"),
        ("a<wbr>b\tc", "ab c"),
        ("", ""),
    ],
)
def test_the_rest_reads_as_somebody_would_type_it(markdown, expected):
    assert text(markdown) == expected


# --- Whatever is typed


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


FRAGMENTS = (
    "<p>|</p>|<em>|</em>|<div>|</div>|<a href=/x>|</a>|<img src=//a.example/x onload=x>|<img src=/m/a-1x1.png>|<q>|"
    "<sup>|<ul>|<li>|</ul>|<ol reversed>|</ol>|<table lang=ko>|<table>|<tr>|<td>|</table>|<blockquote>|<pre>|</pre>|"
    "<script>|<details class=x>|<summary>|</details>|*|~~a~~|> |# |- |a|북|![x](/a.png)|[x](x)|&#13;|&#7;|\n|\n\n"
).split("|")
TYPED = st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join)


@settings(max_examples=300, deadline=None)
@given(st.one_of(TYPED, st.text(max_size=60)))
def test_no_letter_asks_anybody_else_or_tells_who_reads(typed):
    read = _Reader()
    read.feed(html(typed))
    for _, attributes in read.tags:
        assert not [name for name in attributes if name.startswith(("on", "aria-"))]
        assert not attributes.keys() & {"class", "id", "loading", "decoding", "role", "tabindex", "srcset"}
        assert (attributes.get("src") or "https://watch.example/").startswith("https://watch.example/")
    assert not {"details", "script"} & {tag for tag, _ in read.tags}


@settings(max_examples=300, deadline=None)
@given(TYPED)
def test_no_tag_is_left_in_plain_text(typed):
    assert not re.search(r"</?[a-z]", text(typed))


@settings(max_examples=300, deadline=None)
@given(st.one_of(TYPED, st.text(max_size=60)))
def test_plain_text_is_lines_of_signs_without_blanks_at_their_ends(typed):
    written = text(typed)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", written)
    assert all(line == line.rstrip() for line in written.split("\n"))
    assert "<pre" in html(typed) or "\n\n\n" not in written


# --- The command


def render_text(pipeline: str, texts: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(texts)))
    call_command("render_text", pipeline)


def test_the_command_shows_what_a_text_becomes_in_a_letter(monkeypatch, capsys):
    render_text("email", ["[*a*](#b)", "북한"], monkeypatch)
    assert json.loads(capsys.readouterr().out) == [
        '<p><a href="https://watch.example/#b"><em>a</em></a></p>',
        '<p lang="ko">북한</p>',
    ]


def test_the_command_names_the_letter_among_its_pipelines(monkeypatch):
    with pytest.raises(CommandError, match="post, comment, title, email"):
        render_text("letter", [], monkeypatch)
