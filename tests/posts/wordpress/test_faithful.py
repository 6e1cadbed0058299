"""The words and links of the old page against those of ours."""

import pickle
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posts.rendering import PictureFacts, render_post
from posts.wordpress.converting import faithful
from posts.wordpress.converting.faithful import bring_over, compare
from posts.wordpress.converting.old_files import File, files_from

BASE = "https://oldblog.example"
OLD = f"{BASE}/wp-content/uploads/2013/03/boat.jpg"
FILES = files_from([(OLD, File("/media/images/2026/01/ab-8x6.jpg", alt="A boat", is_here=True, number=7))])


def codes(reasons):
    return [reason.code for reason in reasons]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<p>One&nbsp;two</p>", "<p>One two</p>"),
        ("One\n\nTwo", "<p>One</p>\n<p>Two</p>"),
        ("“One” don’t…", '<p>"One" don\'t...</p>'),
        ("o\u00adne\u200b", "<p>one</p>"),
        (f'<a href="{BASE}/2013/03/31/x/">x</a>', '<p><a href="/2013/03/31/x/">x</a></p>'),
        (f'<a href="{OLD}?w=3">x</a>', '<p><a href="/media/images/2026/01/ab-8x6.jpg">x</a></p>'),
        ('<a href="http://x.example/북한">x</a>', '<p><a href="http://x.example/%EB%B6%81%ED%95%9C">x</a></p>'),
        ('<a href="http://x.example/?a=1&amp;b=2">x</a>', '<p><a href="http://x.example/?a=1&amp;b=2">x</a></p>'),
        ("<a href=http://x.example/>x</a>", '<p><a href="http://x.example/">x</a></p>'),
        ("<a title=y href=http://x.example/a/>x</a>", '<p><a href="http://x.example/a/">x</a></p>'),
        ("<script>x</script>a<style>y</style><!-- z -->", "<p>a</p>"),
        ("a<a href='http://x.example/'></a>", "<p>a</p>"),
    ],
)
def test_pages_that_say_the_same_do_not_differ(old, new):
    assert compare(old, new, files=FILES, base=BASE) == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("One two", "<p>Onetwo</p>", "text-differs"),
        ("One two", "<p>One</p>", "text-differs"),
        ("One", "<p>One two</p>", "text-differs"),
        ("<p>One</p><p>two</p>", "<p>Onetwo</p>", "text-differs"),
        ("One &lt;b&gt;", "<p>One <b></b></p>", "text-differs"),
        ("<a href='http://x.example/'>x</a>", "<p>x</p>", "links-differ"),
        ("<a href='http://x.example/'>x</a>", "<p><a href='http://y.example/'>x</a></p>", "links-differ"),
        ("x", "<p><a href='http://y.example/'>x</a></p>", "links-differ"),
        (
            "<a href='http://x.example/'>x</a> <a href='http://y.example/'>y</a>",
            "<a href='http://y.example/'>x</a> <a href='http://x.example/'>y</a>",
            "links-differ",
        ),
    ],
)
def test_pages_that_do_not_say_the_same_differ(old, new, code):
    assert codes(compare(old, new)) == [code]


def test_a_difference_is_shown_with_what_stands_around_it():
    old, new = "Before " * 20 + "cat" + " after" * 20, "<p>" + "Before " * 20 + "dog" + " after" * 20 + "</p>"
    sentence = compare(old, new)[0].sentence
    assert "cat after" in sentence
    assert "dog after" in sentence
    assert "…" in sentence
    assert len(sentence) < 300


def test_a_text_is_brought_over_in_one_go():
    brought = bring_over(f'Lead.<!--more--><img src="{OLD}"> [foo_bar]', files=FILES, base=BASE)
    assert brought.lead_html == "<p>Lead.</p>"
    assert brought.body_html == render_post(brought.markdown).html
    assert brought.images == ("/media/images/2026/01/ab-8x6.jpg",)
    assert codes(brought.reasons) == ["unknown-shortcode"]
    assert pickle.loads(pickle.dumps(brought)) == brought  # noqa: S301  it comes from another process


def test_what_the_library_knows_of_pictures_is_no_difference():
    pictures = {"/media/images/2026/01/ab-8x6.jpg": PictureFacts(caption="From the library", credit="Ann")}
    brought = bring_over(f'<img src="{OLD}">', files=FILES, base=BASE, pictures=pictures)
    assert "From the library" in brought.body_html
    assert brought.reasons == []


def test_a_link_that_our_pages_cannot_keep_is_told():
    brought = bring_over('<a href="http://exa mple:port/">Words</a>')
    assert "Words" in brought.body_html
    assert "links-differ" in codes(brought.reasons)


def test_where_all_fails_the_html_stays_and_that_is_told(monkeypatch):
    def fail(*args, **kwargs):
        raise ValueError

    monkeypatch.setattr(faithful, "convert", fail)
    brought = bring_over("<p>One <b>two</b></p>\n\n<script>x</script><p>three</p>")
    assert re.sub(r"<[^>]*>", " ", brought.body_html).split() == ["One", "two", "three"]
    assert codes(brought.reasons) == ["kept-as-html"]


_words = st.lists(
    st.sampled_from(
        "word a * _ ** ` `` [x] ](y) [ ] (z) 1. 2) - + # > | |-|-| --- === ~~ ~ < &lt;b&gt; &amp; &amp;lt; &copy; "
        "&nbsp; \\ \\\\ ! ![a](b) 강조 는 “강조” العربية 日本語。 é 😀 http://x.example/a_b snake_case 2*3*4 "
        "[x]: : ... ' \" @ \u200b \u00ad *a* _a_ [sic] [[x]] C:\\dir\\ &#42; &#95; </3 10.".split()
    ),
    min_size=1,
    max_size=5,
)
_text = st.builds(lambda words, between: between.join(words), _words, st.sampled_from(["", " ", "\n", " "]))
_LINKS = (
    "http://x.example/",
    "/2013/",
    "https://x.example/a_(b)?c=1&amp;d=2",
    "#top",
    "http://x.example/북한",
    f"{BASE}/x/",
)
_inline = st.recursive(
    _text | st.sampled_from(["<br>", "<br>\n", "\n\n", '<img src="/media/a-8x6.jpg" alt="*A*">', '<img src="http://e.example/b.jpg">']),
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>",
        st.sampled_from("b strong em i u sub code span s del small q kbd font".split()),
        st.lists(inner, max_size=3),
    ),
    max_leaves=6,
)  # fmt: skip
_linked = st.builds(lambda inner, address: f'<a href="{address}">{inner}</a>', _inline, st.sampled_from(_LINKS))
_block = st.recursive(
    _inline | _linked,
    lambda inner: st.builds(
        lambda tag, parts: (
            f"<{tag}>{''.join(f'<li>{part}</li>' for part in parts)}</{tag}>"
            if tag in ("ul", "ol")
            else f"<table>{''.join(f'<tr><td>{part}</td><td>x</td></tr>' for part in parts)}</table>"
            if tag == "table"
            else f"<{tag}>{''.join(parts)}</{tag}>"
        ),
        st.sampled_from("p div blockquote ul ol h2 h4 table pre center details b".split()),
        st.lists(inner, max_size=3),
    ),
    max_leaves=8,
)


@settings(max_examples=400, deadline=None)
@given(st.lists(_block, min_size=1, max_size=4), st.sampled_from(["", "\n", "\n\n"]))
def test_whatever_a_text_holds_its_words_and_links_come_over(blocks, between):
    old = between.join(blocks)
    brought = bring_over(old, base=BASE)
    assert [reason for reason in brought.reasons if reason.code.endswith(("differs", "differ", "html"))] == []


@settings(max_examples=200, deadline=None)
@given(st.lists(_block, min_size=1, max_size=3))
def test_every_word_of_letters_is_on_the_page(blocks):
    """Said once more without our own reader of HTML."""
    old = re.sub(r"<(?!/?[a-z][a-z0-9]*[ >])", "", "".join(blocks))  # signs that begin no tag
    letters = re.findall(r"word|강조|العربية|日本語|snake_case|C:\\\\dir", re.sub(r"<[^>]*>", "", old))
    new = re.sub(r"<[^>]*>", "", bring_over(old).body_html)
    assert re.findall(r"word|강조|العربية|日本語|snake_case|C:\\\\dir", new) == letters


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from("<>\"'=/abpiul[]()!*_`#&;:\\\n -|~북는.1\x00"), max_size=80))
def test_whatever_is_typed_is_brought_over_without_failing(text):
    assert "kept-as-html" not in codes(bring_over(text).reasons)
