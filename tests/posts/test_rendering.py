"""The one road from text to HTML."""

import re
import time
from html.parser import HTMLParser

import pytest
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from posts.models import Post
from posts.rendering import plain_text, render_post, render_title
from tests.factories import make_post


def html(text: str) -> str:
    return render_post(text).html


def test_markdown_becomes_html():
    assert html("One *two* **three**.") == "<p>One <em>two</em> <strong>three</strong>.</p>"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Top\n\n## Below", "<h3>Top</h3>\n<h4>Below</h4>"),
        ("### Key Conclusions", "<h3>Key Conclusions</h3>"),
        ("## A\n\n#### B", "<h3>A</h3>\n<h5>B</h5>"),
        ("<h1>Raw</h1>", "<h3>Raw</h3>"),
    ],
)
def test_headings_start_at_h3_and_keep_their_order(text, expected):
    assert html(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<img src="/x.png" onerror="alert(1)">',
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        '<a href="java\nscript:alert(1)">x</a>',
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        '<iframe src="https://elsewhere.example"></iframe>',
        '<object data="x"></object><embed src="x"><form action="/x"><input></form>',
        '<p style="position:fixed">x</p>',
        '<p id="content" class="masthead">x</p>',
        "<svg><script>alert(1)</script></svg>",
        "<math><mi><style><img title='</style><img src=x onerror=alert(1)>'>",
        "<!--<img src=x onerror=alert(1)>-->",
        '<base href="//elsewhere.example/"><meta http-equiv="refresh" content="0;url=//elsewhere.example">',
        '![x](javascript:alert(1) "t")',
        '<a href="x" title=\'"><img src=x onerror=alert(1)>\'>x</a>',
    ],
)
def test_nothing_that_runs_or_dresses_up_gets_through(text):
    read = _Reader()
    read.feed(html(text))
    assert not read.tags & {"script", "iframe", "object", "embed", "form", "input", "style", "svg", "base", "meta"}
    assert not [name for name, _ in read.attributes if name.startswith("on") or name in ("style", "class", "id")]
    assert not [
        value for _, value in read.attributes if re.match(r"\s*(javascript|data|vbscript):", value or "", re.I)
    ]


class _Reader(HTMLParser):
    """Reads HTML as a browser would and notes what there is."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs


def test_outside_links_tell_the_other_side_nothing():
    assert html("[a](https://there.example/)") == (
        '<p><a href="https://there.example/" rel="noopener noreferrer">a</a></p>'
    )


def test_links_within_the_site_stay_plain():
    assert html("[a](/tag/china/)") == '<p><a href="/tag/china/">a</a></p>'


def test_a_picture_of_the_site_reserves_its_room():
    assert html("Look: ![A boat](/media/images/2026/01/ab-800x600.jpg)") == (
        '<p>Look: <img src="/media/images/2026/01/ab-800x600.jpg" alt="A boat" width="800" height="600" '
        'loading="lazy" decoding="async"></p>'
    )


def test_a_picture_alone_becomes_a_figure_with_its_caption():
    rendered = html('![A boat](/media/ab-8x6.jpg "At sea. Credit: Ann & Co")')
    assert rendered.startswith('<figure><img src="/media/ab-8x6.jpg" alt="A boat"')
    assert rendered.endswith("<figcaption>At sea. Credit: Ann &amp; Co</figcaption></figure>")
    assert "title=" not in rendered


@pytest.mark.parametrize(
    "address",
    ["https://there.example/a.png", "//there.example/a.png", "/\\there.example/a.png", "http:/there.example"],
)
def test_a_picture_from_elsewhere_is_never_asked_for(address):
    assert "<img" not in html(f'<img src="{address}" alt="A boat">')
    assert "A boat" in html(f'<img src="{address}" alt="A boat">')


def test_a_picture_from_elsewhere_inside_a_link_stays_one_link():
    assert html("[![A boat](https://there.example/a.png)](https://there.example/)").count("<a ") == 1


def test_a_wide_table_can_be_scrolled_with_the_keyboard():
    rendered = html("|a|b|\n|-|-|\n|1|2|")
    assert rendered.startswith('<div class="wide" role="group" aria-label="Table" tabindex="0"><table>')
    assert rendered.endswith("</table></div>")


def test_the_part_above_the_more_mark_is_the_lead():
    rendered = render_post("Above.\n\n<!--more-->\n\nBelow.")
    assert rendered.lead_html == "<p>Above.</p>"
    assert "Below" in rendered.html
    assert render_post("All of it.").lead_html == ""


def test_language_and_direction_of_a_part_are_kept():
    assert html('<span lang="ko" dir="ltr">북한</span>') == '<p lang="ko"><span lang="ko" dir="ltr">북한</span></p>'


@pytest.mark.parametrize(
    "text",
    ["[" * 20_000, "![" * 10_000, "*a _b " * 4_000, "> " * 10_000, "<a " * 8_000, "`" * 20_001, "|a" * 9_000 + "\n|-"],
)
def test_hostile_text_renders_in_time_that_grows_with_its_length(text):
    start = time.process_time()
    html(text[: len(text) // 8])
    eighth = time.process_time() - start
    start = time.process_time()
    html(text)
    # Quadratic would be 64 times; linear with all its noise stays far below.
    assert time.process_time() - start < max(eighth, 0.01) * 40


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from("<>\"'=/ab[]()!*_`#&;:\\\n -ü북\x00\u202e"), max_size=80))
def test_whatever_is_typed_comes_out_well_formed(text):
    rendered = html(text)
    assert "<script" not in rendered
    assert "\x00" not in rendered
    assert rendered.count("<a") == rendered.count("</a>") + rendered.count("<abbr")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<b>Bold</b> & “quoted”", "&lt;b&gt;Bold&lt;/b&gt; &amp; “quoted”"),
        ("  two\n lines ", "two lines"),
        ("북한", "북한"),
    ],
)
def test_a_title_shows_what_was_typed(text, expected):
    assert render_title(text) == expected


@pytest.mark.parametrize("odd", ["\x00", "\x08", "\x0b", "\x1f", "\x7f", "\ud800", "\uffff"])
def test_what_cannot_be_shown_is_left_out(odd):
    assert html(f"one{odd}two") == "<p>onetwo</p>"
    assert html(f"<p>one{odd}two</p>") == "<p>onetwo</p>"
    assert plain_text(f"one{odd}two") == "onetwo"


@pytest.mark.parametrize("reference", ["&#8;", "&#x1f;", "&#11;"])
def test_what_cannot_be_shown_does_not_come_in_by_its_number(reference):
    for text in (f"one{reference}two", f"<p>one{reference}two</p>"):
        assert not re.search("[\x00-\x08\x0b-\x1f]", html(text))


def test_plain_text_ends_at_a_word():
    assert plain_text("<p>One two.</p>\n<p>Three &amp; four</p>") == "One two. Three & four"
    assert plain_text("<p>One two three</p>", 9) == "One two…"


def test_plain_text_keeps_words_whole_and_leaves_captions_out():
    assert plain_text(html("“*Never*” again, **여덟 명**이")) == "“Never” again, 여덟 명이"
    assert (
        plain_text(html('Before.\n\n![A boat](/media/a-1x1.png "At sea. Credit: Ann")\n\nAfter.')) == "Before. After."
    )


@pytest.mark.django_db
def test_rerender_renews_texts_of_an_older_version(capsys):
    post = make_post(body="*New*")
    Post.objects.filter(pk=post.pk).update(body_html="<p>old</p>", rendering_version=0)
    call_command("rerender")
    post.refresh_from_db()
    assert post.body_html == "<p><em>New</em></p>"
    assert "1 of them look different" in capsys.readouterr().out


@pytest.mark.django_db
def test_rerender_leaves_a_text_alone_that_is_saved_meanwhile(monkeypatch):
    post = make_post(body="A name.")
    Post.objects.filter(pk=post.pk).update(rendering_version=0)
    render = Post.render

    def render_while_somebody_saves(row):
        render(row)
        monkeypatch.setattr(Post, "render", render)
        post.body = "No name."
        post.save()

    monkeypatch.setattr(Post, "render", render_while_somebody_saves)
    call_command("rerender")
    post.refresh_from_db()
    assert post.body_html == "<p>No name.</p>"


def test_a_table_with_a_language_scrolls_in_its_own_frame():
    html = render_post('<table lang="ko"><tr><td>북한</td></tr></table>').html
    assert html.startswith('<div class="wide" role="group" aria-label="Table" tabindex="0"><table lang="ko">')
    assert html.count("<div") == html.count("</div>") == 1
