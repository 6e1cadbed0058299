"""What WordPress stored of a text, as our Markdown."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posts.rendering import render_post
from posts.wordpress.converting.markdown import convert
from posts.wordpress.converting.old_files import File, files_from

BASE = "https://oldblog.example"
UPLOADS = f"{BASE}/wp-content/uploads/2013/03"
BOAT = File("/media/images/2026/01/ab-800x600.jpg", alt="A boat", is_here=True, number=7)
GONE = File(f"{UPLOADS}/gone.jpg", caption="Lost at sea", number=8)
FILES = files_from([(f"{UPLOADS}/boat.jpg", BOAT), (f"{UPLOADS}/gone.jpg", GONE)], hosts=["oldblog.example"])
SHOWN = "![A boat](/media/images/2026/01/ab-800x600.jpg)"


def markdown(text: str) -> str:
    return convert(text, files=FILES, base=BASE).markdown


def codes(text: str) -> list[str]:
    return [reason.code for reason in convert(text, files=FILES, base=BASE).reasons]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One.\n\nTwo.", "One.\n\nTwo."),
        ("One.\r\n\r\nTwo\r\nlines.", "One.\n\nTwo\\\nlines."),
        ("<p>One.</p>\n<p>Two\nlines.</p>", "One.\n\nTwo\\\nlines."),
        ("One<br />\nline", "One\\\nline"),
        ("One<br><br>Two", "One\n\nTwo"),
        ("<b>One\n\nTwo</b>", "**One**\n\n**Two**"),
        ("One\n<blockquote>Two\n\nThree</blockquote>\nFour", "One\n\n> Two\n>\n> Three\n\nFour"),
        ("<ul>\n<li>a</li>\n<li>b\nc</li>\n</ul>", "- a\n- b\\\n  c"),
        ("<pre>a\n\nb</pre>", "```\na\n\nb\n```"),
        ("One.\n\n&nbsp;\n\n<p></p>\n<p>&nbsp;</p>Two.", "One.\n\nTwo."),
        ("", ""),
        ("\n \n", ""),
    ],
)
def test_lines_are_paragraphs_as_wordpress_shows_them(text, expected):
    assert markdown(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<!-- wp:paragraph {\"align\":\"left\"} -->\n<p>One\ntwo</p>\n<!-- /wp:paragraph -->", "One two"),
        ("<!-- wp:heading --><h2>Head</h2><!-- /wp:heading -->", "## Head"),
        ("<!-- wp:separator --><hr class=\"wp-block-separator\"/><!-- /wp:separator -->", "---"),
        ("<!-- wp:spacer --><div style=\"height:9px\"></div><!-- /wp:spacer -->", ""),
        (
            "<!-- wp:list --><ul><!-- wp:list-item --><li>a<!-- wp:list --><ol start=\"3\"><li>b</li></ol>"
            "<!-- /wp:list --></li><!-- /wp:list-item --></ul><!-- /wp:list -->",
            "- a\n\n  3. b",
        ),
        ("<!-- wp:code --><pre class=\"wp-block-code\"><code>a &lt; b</code></pre><!-- /wp:code -->",
         "```\na < b\n```"),
        ("<!-- wp:verse --><pre class=\"wp-block-verse\">Roses\nare <em>red</em></pre><!-- /wp:verse -->",
         "Roses\\\nare *red*"),
        ("<!-- wp:columns --><div><div><p>a</p></div><div><p>b</p></div></div><!-- /wp:columns -->", "a\n\nb"),
        (
            "<!-- wp:embed --><figure class=\"wp-block-embed\"><div>\nhttps://www.youtube.com/watch?v=a\n</div>"
            "<figcaption>Film</figcaption></figure><!-- /wp:embed -->",
            "<https://www.youtube.com/watch?v=a>\n\nFilm",
        ),
        ("<!-- wp:quote --><blockquote><p>Q</p><cite>Me</cite></blockquote>", "> Q\n>\n> <cite>Me</cite>"),
        ("<!-- wp:social-link {\"url\":\"https://x.example/me\",\"label\":\"Me\"} /-->", "[Me](https://x.example/me)"),
    ],
)  # fmt: skip
def test_blocks_are_read(text, expected):
    assert markdown(text) == expected


def test_a_block_that_wordpress_filled_in_is_told():
    reasons = convert('<!-- wp:block {"ref":123} /-->Text').reasons
    assert [reason.code for reason in reasons] == ["removed-markup"]
    assert "block 123" in reasons[0].sentence


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("Above.<!--more-->Below.", "<p>Above.</p>"),
        ("<p>Above.</p>\n<!--more Read on-->\n<p>Below.</p>", "<p>Above.</p>"),
        ("<p>Above.<!--more--></p><p>Below.</p>", "<p>Above.</p>"),
        ("<!-- wp:more -->\n<!--more-->\n<!-- /wp:more -->", ""),
        ("<div><p>Above.</p><!--more--></div>Below", "<p>Above.</p>"),
        ("Above.<!--more-->Middle<!--more-->Below", "<p>Above.</p>"),
    ],
)
def test_the_part_above_the_more_mark_is_the_lead(text, lead):
    assert render_post(markdown(text)).lead_html == lead


def test_pages_are_joined_and_comments_are_left_out():
    assert markdown("One.<!--nextpage-->Two.<!--noteaser--><!-- hidden -->") == "One.\n\nTwo."


@pytest.mark.parametrize(
    "text",
    [
        "1. Not a list", "2) nor this", "+ plus", "- minus", "* star", "# hash", "> greater", "| a | b |\n|---|---|",
        "~~not struck~~", "_not_ *emphasis*", "`no code`", "[x](y)", "![x](y)", "[x]: http://y.example",
        "&lt;b&gt; &amp;lt; &amp;amp;", "a\n===", "a\n---", "---", "***", "___", "    four spaces", ":--|--:",
        "back\\slash \\* \\", "snake_case_word", "2*3*4", "http://x.example/a_b_(c)?d=e&amp;copy=1 and", "~~~", "```",
        "a < b > c", "5 &lt; 6", "&lt;!-- no comment --&gt;", "&lt;http://x.example&gt;", "C# # ##", "Hello![x]",
        "#hashtag", "\\", "&#42;a&#42;", "1986. A great year", "[sic] [1] [...] [the source]", "😀 👩‍👩‍👧", "سلام‌ها",
    ],
)  # fmt: skip
def test_text_that_markdown_would_misread_is_shown_as_it_was(text):
    import html

    shown = html.unescape(re.sub(r"<[^>]*>", " ", render_post(markdown(text)).html))
    assert shown.split() == html.unescape(text).split()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a <b> word </b>b", "<p>a <strong>word</strong> b</p>"),
        ("<strong>강조</strong>는", '<p lang="ko"><strong>강조</strong>는</p>'),
        ("<strong>“강조”</strong>는", '<p lang="ko"><strong>“강조”</strong>는</p>'),
        ("<em>a</em><strong>b</strong><em>c</em>", "<p><em>a</em><strong>b</strong><em>c</em></p>"),
        ("<em><strong>a</strong></em>b", "<p><em><strong>a</strong></em>b</p>"),
        ("<b><b>a</b></b>", "<p><strong>a</strong></p>"),
        ("<b></b>a<i> </i>b", "<p>a b</p>"),
        ("<b>a<br></b>b", "<p><strong>a</strong><br>\nb</p>"),
        ("w<em>or</em>d", "<p>w<em>or</em>d</p>"),
        ("H<sub>2</sub>O <u>u</u> <kbd>k</kbd> <mark>m</mark>",
         "<p>H<sub>2</sub>O <u>u</u> <kbd>k</kbd> <mark>m</mark></p>"),
        ("<strike>s</strike> <del>d</del>", "<p><s>s</s> <del>d</del></p>"),
        ('<abbr title="United Nations">UN</abbr>', '<p><abbr title="United Nations">UN</abbr></p>'),
        ('<span style="font-weight: bold">a</span>', "<p><strong>a</strong></p>"),
        ('<b style="font-weight:normal">a</b>', "<p>a</p>"),
        ("<code>a`b</code> <tt>*</tt><code>x</code>", "<p><code>a`b</code> <code>*</code><code>x</code></p>"),
        ("<font color=red><span>a</span></font> <center>b</center>", "<p>a</p>\n<p>b</p>"),
        ('<span lang="ko">북한</span>', '<p lang="ko"><span lang="ko">북한</span></p>'),
        ('<p dir="rtl" lang="ar">سلام</p>', '<div lang="ar" dir="rtl">\n<p>سلام</p>\n</div>'),
        ('<span lang="EN-US" style="mso-x">Word</span><o:p></o:p>', "<p>Word</p>"),
    ],
)  # fmt: skip
def test_words_keep_their_emphasis(text, expected):
    assert render_post(markdown(text)).html == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("read<a href='http://x.example/'> more</a>now", "read [more](http://x.example/)now"),
        ("read <a href='http://x.example/'>more </a>now", "read [more](http://x.example/) now"),
        ('<a href="http://x.example/" title="The &quot;x&quot;">x</a>', '[x](http://x.example/ "The \\"x\\"")'),
        ("<a href='http://x.example/a_(b)'>x</a>", "[x](http://x.example/a_(b))"),
        ("<a href='http://x.example/a)'>x</a>", "[x](http://x.example/a\\))"),
        ("<a href='http://x.example/a b'>x</a>", "[x](http://x.example/a%20b)"),
        (f"<a href='{BASE}/2013/03/31/x/#c'>x</a>", "[x](/2013/03/31/x/#c)"),
        ("<a href='http://www.oldblog.example/?p=3'>x</a>", "[x](/?p=3)"),
        (f"<a href='{BASE}'>x</a>", "[x](/)"),
        (f"<a href='{BASE}.evil.example/'>x</a>", f"[x]({BASE}.evil.example/)"),
        (f"<a href='{UPLOADS}/boat.jpg'>x</a>", "[x](/media/images/2026/01/ab-800x600.jpg)"),
        (f"<a href='{UPLOADS}/report.pdf'>x</a>", f"[x]({UPLOADS}/report.pdf)"),
        ("<a href='mailto:a@b.example'>x</a> <a href='#top'>y</a> <a href='tel:1'>z</a>",
         "[x](mailto:a@b.example) [y](#top) [z](tel:1)"),
        ("<a name='x'></a>Text <a id='y'>anchor</a>", "Text anchor"),
        ("a<a href='http://x.example/'></a>b", "ab"),
        ("Hello!<a href='http://x.example/'>x</a>", "Hello\\![x](http://x.example/)"),
        ("<a href='http://x.example/'>[x] *y*</a>", "[\\[x\\] \\*y\\*](http://x.example/)"),
        ("<a href='http://x.example/'><b>x</b></a>", "[**x**](http://x.example/)"),
        ("<a href='http://x.example/'><h3>A</h3><p>b</p></a>", "### [A](http://x.example/)\n\n[b](http://x.example/)"),
        ("Text\n\nhttps://youtu.be/abc\n\nText", "Text\n\n<https://youtu.be/abc>\n\nText"),
    ],
)  # fmt: skip
def test_links_lead_where_they_led(text, expected):
    assert markdown(text) == expected


def test_a_link_that_runs_something_keeps_its_words_and_is_told():
    assert markdown('<a href=" java\nscript:alert(1)">Words</a>') == "Words"
    assert codes('<a href="javascript:alert(1)">Words</a>') == ["removed-markup"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n  - b\n- c"),
        ("<ul><li>a</li></ul><ul><li>b</li></ul>", "- a\n\n* b"),
        ("<ol start='4'><li>a<li>b</ol>", "4. a\n5. b"),
        ("<ul><li>a</li><ul><li>b</li></ul></ul>", "- a\n  - b"),
        ("<ul><li><p>a</p><p>b</p></li></ul>", "- a\n\n  b"),
        ("<ul><li></li><li>a</li></ul>", "- a"),
        ("<ul><li>1. x</li></ul>", "- 1\\. x"),
        ('<blockquote cite="http://x.example/"><p>a</p></blockquote>',
         '<blockquote cite="http://x.example/">\n\na\n\n</blockquote>'),
        ("<dl><dt>a</dt><dd>b</dd></dl>", "<dl>\n<dt>a</dt>\n<dd>b</dd></dl>"),
        ("<details><summary>S</summary>T</details>", "<details><summary>S</summary>\n\nT\n\n</details>"),
        ("<address>a<br>b</address>", "a\\\nb"),
        ("<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2<br>3</td></tr></table>",
         "| a | b |\n| --- | --- |\n| 1 | 2<br>3 |"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "<table>\n<tr><td>a</td><td>b</td></tr></table>"),
        ("<table><tr><td><p>All the text.</p></td></tr></table>", "All the text."),
        ("<h2>C #</h2>", "## C \\#"),
        ("<h2><br></h2>", ""),
    ],
)  # fmt: skip
def test_lists_quotations_and_tables_keep_their_form(text, expected):
    assert markdown(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f'<img src="{UPLOADS}/boat-300x200.jpg" class="alignleft" title="boat" />Text', f"{SHOWN}\n\nText"),
        (f'<img src="{UPLOADS}/boat.jpg?w=300" alt="Own *words*">', SHOWN.replace("A boat", "Own \\*words\\*")),
        (f'<a href="{UPLOADS}/boat.jpg"><img src="{UPLOADS}/boat.jpg"></a>',
         f"[{SHOWN}](/media/images/2026/01/ab-800x600.jpg)"),
        (f'a <img src="{UPLOADS}/boat.jpg"> b', f"a {SHOWN} b"),
        (f'a\n<img src="{UPLOADS}/boat.jpg">\nb', f"a\n\n{SHOWN}\n\nb"),
        (f'[caption id="a" width="3"]<img src="{UPLOADS}/boat.jpg"> The "boat"[/caption]',
         SHOWN.replace(".jpg)", '.jpg "The \\"boat\\"")')),
        (f'[caption id="a" caption="The boat"]<img src="{UPLOADS}/boat.jpg">[/caption]',
         SHOWN.replace(".jpg)", '.jpg "The boat")')),
        (f'<div class="wp-caption"><img src="{UPLOADS}/boat.jpg"><p class="wp-caption-text">The boat</p></div>',
         SHOWN.replace(".jpg)", '.jpg "The boat")')),
        (f'[caption]<img src="{UPLOADS}/boat.jpg"> By <a href="http://ap.example/">AP</a>[/caption]',
         '<figure><img src="/media/images/2026/01/ab-800x600.jpg" alt="A boat">'
         '<figcaption>By <a href="http://ap.example/">AP</a></figcaption></figure>'),
        ('[gallery ids="7"]', SHOWN),
        ('<img src="https://s.w.org/images/core/emoji/1f600.png" alt="😀" class="emoji">', "😀"),
        ('<img data-src="/media/x.jpg" src="data:image/gif;base64,AA" alt="A">', "![A](/media/x.jpg)"),
    ],
)  # fmt: skip
def test_pictures_that_are_here_are_shown(text, expected):
    assert markdown(text) == expected


def test_a_picture_that_is_not_here_keeps_its_old_address_and_its_caption():
    text = f'[caption]<img src="{UPLOADS}/gone-300x200.jpg" alt="Sea"> Lost[/caption]'
    assert f'<img src="{UPLOADS}/gone-300x200.jpg" alt="Sea"> <figcaption>Lost' in markdown(text) or (
        f'<img src="{UPLOADS}/gone-300x200.jpg" alt="Sea"><figcaption>Lost' in markdown(text)
    )
    assert codes(text) == ["file-missing"]


def test_a_gallery_without_numbers_shows_what_hangs_at_the_post():
    files = files_from([], attached=[BOAT, File("https://oldblog.example/r.pdf", number=9)])
    assert convert("[gallery]", files=files).markdown == SHOWN
    assert [reason.code for reason in convert("[gallery]").reasons] == ["gallery-empty"]
    assert codes('[gallery ids="7,99"]') == ["file-missing"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('<img src="/media/x.jpg">', "no-description"),
        ('<img src="http://there.example/x.jpg" alt="x">', "file-missing"),
        ('<img src="data:image/png;base64,AAAA">', "removed-markup"),
        ('<img src="http://stats.wordpress.com/b.gif" width="1" height="1">', "counter-left-out"),
        ("<script>alert(1)</script>Text", "removed-markup"),
        ("<form><input name='q'> Find</form>", "removed-markup"),
        ("<svg><text>x</text></svg>", "removed-markup"),
        ("<iframe></iframe>", "removed-markup"),
    ],
)
def test_what_cannot_come_over_is_told(text, code):
    assert codes(text) == [code]


@pytest.mark.parametrize(
    "text",
    ["<style>p{}</style>", "<!--[if gte mso 9]><xml>junk</xml><![endif]-->", "<xml>junk</xml>", "<title>x</title>",
     "<p class='MsoNormal' style='x' onclick='y()'></p>", "\u200b\u00ad\ufeff"],
)  # fmt: skip
def test_residue_of_word_goes_without_a_word(text):
    assert markdown(f"Text{text}") == "Text"
    assert codes(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('<iframe src="//www.youtube.com/embed/x?rel=0"></iframe>', "[youtube.com](https://www.youtube.com/embed/x?rel=0)"),
        ('<iframe title="A film" src="https://v.example/1"></iframe>', "[A film](https://v.example/1)"),
        ('<object><param name="movie" value="http://v.example/x"><embed src="http://v.example/x"></object>',
         "[v.example](http://v.example/x)"),
        ('<video controls><source src="http://x.example/v.mp4">No video.</video>', "[v.mp4](http://x.example/v.mp4)"),
        ('<audio src="http://x.example/a.mp3"></audio>', "[a.mp3](http://x.example/a.mp3)"),
        ("[youtube=http://www.youtube.com/watch?v=a]", "[YouTube](http://www.youtube.com/watch?v=a)"),
        ("[youtube http://youtu.be/b]", "[YouTube](http://youtu.be/b)"),
        ("[vimeo 123]", "[Vimeo](https://vimeo.com/123)"),
        ("[embed width=3]http://x.example/p?a=b&amp;c=d[/embed]", "[http://x.example/p?a=b&c=d](http://x.example/p?a=b&c=d)"),
        ("[audio http://x.example/a.mp3]", "[a.mp3](http://x.example/a.mp3)"),
        ("[audio:http://x.example/a.mp3|x=1]", "[a.mp3](http://x.example/a.mp3)"),
        ('[video mp4="http://x.example/v.mp4"][/video]', "[v.mp4](http://x.example/v.mp4)"),
        ('[soundcloud url="https://soundcloud.com/x" params="a=b" /]', "[SoundCloud](https://soundcloud.com/x)"),
        ("[googlemaps https://maps.google.com/?q=a&amp;b=c]", "[Google Maps](https://maps.google.com/?q=a&b=c)"),
    ],
)  # fmt: skip
def test_players_become_links(text, expected):
    assert markdown(text) == expected
    assert codes(text) == []


@pytest.mark.parametrize(
    "text",
    ["[sic]", "[1]", "[...]", "[the source]", "[VIDEO] Escape", "[see http://x.example/]", "[Ed. note: x]", "[a b=c",
     "[video-link below]", "[N. Korea]", "[…]", "[python]"],
)  # fmt: skip
def test_words_in_brackets_are_no_shortcodes(text):
    assert codes(text) == []


@pytest.mark.parametrize(
    "text",
    ['[contact-form-7 id="1" title="x"]', "[spoiler]x[/spoiler]", "[my_plugin]", "[ad id=3]", "[foo /]",
     "[nggallery id=2]"],
)  # fmt: skip
def test_unknown_shortcodes_stay_and_are_told(text):
    shown = re.sub(r"<[^>]*>", "", render_post(markdown(text)).html)
    assert shown.replace("&quot;", '"') == text
    reasons = convert(text).reasons
    assert [reason.code for reason in reasons] == ["unknown-shortcode"]
    assert re.match(r"\[[\w-]+", text)[0] in reasons[0].sentence


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[[gallery ids="1"]]', '[gallery ids="1"]'),
        ("[[caption]x[/caption]]", "[caption]x[/caption]"),
        ("[code]a <b> c[/code]", "`a <b> c`"),
        ('[sourcecode language="php"]\n<?php echo 1;\n\n# x\n[/sourcecode]', "```php\n<?php echo 1;\n\n# x\n```"),
        ("[sourcecode]a &lt; b\nc[/sourcecode]", "```\na < b\nc\n```"),
        ("[caption]Only words[/caption]", "Only words"),
    ],
)
def test_shortcodes_shown_as_text_stay_text(text, expected):
    assert markdown(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000, "<" * 100_000, "<div>" * 5_000 + "x", "<b><i>" * 3_000 + "x", "<ul><li>" * 3_000 + "x",
        "<blockquote>" * 3_000 + "x", "<table><tr><td>" * 2_000 + "x", '<a href="' * 10_000, "<p title='" * 10_000,
        "<!--" * 20_000, "<script>" * 10_000, "[gallery " * 10_000, "[caption]" * 8_000, "\x00" * 50_000, "&" * 50_000,
        "`" * 50_000, "*" * 50_000, "</p>" * 15_000, "<a " * 25_000, "<a =" * 20_000, "\n" * 50_000,
        "<em>" * 9_000 + "<p>x",
    ],
    ids=lambda text: text[:9].encode("unicode_escape").decode(),
)  # fmt: skip
def test_hostile_text_comes_out_in_time(text):
    start = time.process_time()
    convert(text)
    assert time.process_time() - start < 5


def test_no_text_is_lost_however_deep_it_lies():
    for tag in ("div", "ul><li", "blockquote", "b", "table><tr><td"):
        assert "x" in render_post(markdown(f"<{tag}>" * 500 + "x")).html


def test_what_we_rendered_comes_back_the_same():
    text = (
        "One *two* **three** [four](https://x.example/a_b).\\\nLine\n\n## Head\n\n- a\n  - b\n- c\n\n3. x\n\n"
        "> Q\n>\n> R\n\n"
        '![A boat](/media/ab-8x6.jpg "At sea")\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\n```\ncode\n```\n\n---\n\n'
        '<span lang="ko">북한</span> `x` ~~y~~ H<sub>2</sub>O'
    )
    rendered = render_post(text).html
    assert render_post(convert(rendered).markdown).html == rendered


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("<>\"'=/ab[]()!*_`#&;:\\\n -|~üpli북는.1\x00\u202e\u200b"), max_size=80))
def test_whatever_stands_there_comes_out(text):
    convert(text, files=FILES, base=BASE)
