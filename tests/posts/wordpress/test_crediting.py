"""The closing line that says whose a text was leaves the content, and nothing else does."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posts.wordpress.converting.crediting import DEFAULT_PATTERN, as_pattern, credit

PAGE = "http://www.nknews.org/2013/03/refugees"
LINKED = f'<a href="{PAGE}">NK News</a>'
TEXT = "<p>The women crossed the river.</p>"


def named(line: str) -> list[tuple[str, str]]:
    """Return who is named in a closing line; what stands before it must stay."""
    credited = credit(f"{TEXT}\n<p>{line}</p>")
    if credited.credits:
        assert credited.html == TEXT
    else:
        assert credited.html == f"{TEXT}\n<p>{line}</p>"
    return [tuple(each) for each in credited.credits]


class TestForms:
    @pytest.mark.parametrize(
        "line",
        [
            "Source: NK News", "Source : NK News", "SOURCE – NK News", "Source - NK News", "source—NK News",
            "Source&nbsp;: NK News", "Source&#58; NK News", "Source：NK News", "Source(s): NK News",
            "Original source: NK News", "News Source: NK News", "Via NK News", "via: NK News", "VIA NK News",
            "(Source: NK News)", "[Source: NK News]", "(via NK News)", "(Source: NK News).", "[Source] NK News",
            "Originally published by NK News", "Originally published in NK News.", "First appeared on NK News",
            "This article was originally published at NK News on March 31, 2013.",
            "출처: NK News", "출처 : NK News", "[출처] NK News", "(출처=NK News)", "出典：NK News", "【出典】NK News",
            "来源：NK News", "來源: NK News", "資料來源：NK News", "Fuente: NK News", "Quelle: NK News",
            "Fonte: NK News", "Bron: NK News", "المصدر: NK News", "Источник: NK News",
            "<em>Source: NK News</em>", "<strong>Source:</strong> NK News", "<b>Source</b>: <i>NK News</i>",
            "<small><font color='red'>Source: NK News</font></small>", '<span lang="en">Source: </span>NK News',
            "– Source: NK News", "Source: “NK News”", "Source: NK\u200b News",
            "  Source:   NK   News  ",
        ],
    )  # fmt: skip
    def test_a_line_that_names_an_outlet_leaves_the_text(self, line):
        assert named(line) == [("NK News", "")]

    @pytest.mark.parametrize(
        "line",
        [
            f"Source: {LINKED}", f'<a href="{PAGE}">Source: NK News</a>', f'<a href="{PAGE}">Source</a>: NK News',
            f"<em>Source: {LINKED}</em>", f"Source: <em>{LINKED}</em>, March 31, 2013", f"(Source: {LINKED})",
            f"Source: NK News {PAGE}", f"Source: NK News ({PAGE})", f"Source: NK News: {PAGE}",
            f"Via {LINKED}", f"via: {LINKED}.", f"Read more at {LINKED}.", f"Read the full article at {LINKED}",
            f'Source: <a title="a > b" target=_blank href={PAGE}>NK News</a>', f"Original article: {LINKED}",
            f'Source: <a href="{PAGE}">Escape from North Korea, a modern crisis of refugees</a>, NK News',
            f'Source: NK News – <a href="{PAGE}">“Escape from North Korea”</a>',
            f'Source: <a href="{PAGE}">Escape from North Korea - NK News</a>',
            f'Source: <a href="{PAGE}">NK News, March 31, 2013</a>',
        ],
    )  # fmt: skip
    def test_its_link_is_the_page(self, line):
        assert named(line) == [("NK News", PAGE)]

    @pytest.mark.parametrize(
        "line",
        [
            f"Source: {PAGE}", f'Source: <a href="{PAGE}">{PAGE[:25]}…</a>', f'<a href="{PAGE}">Source</a>',
            f'(<a href="{PAGE}">source</a>)', f'Source: <a href="{PAGE}">here</a>', f'<a href="{PAGE}">Via</a>',
            f'Source: <a href="{PAGE}"><img src="logo.png" alt=""></a>', f"Source: {PAGE}.", f"Source: &lt;{PAGE}&gt;",
        ],
    )  # fmt: skip
    def test_without_a_name_the_page_alone_is_known(self, line):
        assert [address for _, address in named(line)] == [PAGE]
        assert named(line)[0][0] in ("", f"{PAGE[:25]}…")

    def test_the_address_is_unescaped_and_kept_with_what_tracks(self):
        assert named('Source: <a href="http://a.example/?x=1&amp;utm_source=b#c">A</a>') == [
            ("A", "http://a.example/?x=1&utm_source=b#c")
        ]

    @pytest.mark.parametrize(
        "href", ["/a", "a.html", "#a", "javascript:alert(1)", "mailto:a@b.example", "", "http://"]
    )
    def test_what_leads_to_no_page_is_no_address(self, href):
        assert named(f'Source: <a href="{href}">NK News</a>') == [("NK News", "")]

    @pytest.mark.parametrize(
        ("line", "names"),
        [
            ("Sources: A Times, B Post and C News", ["A Times", "B Post", "C News"]),
            ("Sources: A Times and B Post", ["A Times", "B Post"]),
            ("Sources: A, B, and the U.S. Department of State.", ["A", "B", "the U.S. Department of State"]),
            ("Sources: A Times; B Post", ["A Times", "B Post"]),
            ("Source: Yonhap / Reuters", ["Yonhap", "Reuters"]),
            ("Source: Reuters via Yahoo News", ["Reuters", "Yahoo News"]),
            ("Source: Department of Health and Human Services", ["Department of Health and Human Services"]),
            ("Source: Example Media, Inc.", ["Example Media, Inc."]),
        ],
    )
    def test_several_are_several(self, line, names):
        assert [name for name, _ in named(line)] == names

    def test_each_of_several_has_its_own_link(self):
        line = 'Sources: <a href="http://a.example/1">A</a>, B and <a href="http://c.example/1">C &amp; Co</a>'
        assert named(line) == [("A", "http://a.example/1"), ("B", ""), ("C & Co", "http://c.example/1")]

    @pytest.mark.parametrize(
        ("written", "name"),
        [
            ("NK News.", "NK News"), ("Yahoo!", "Yahoo!"), ("Asahi.com", "Asahi.com"), ("U.S. News", "U.S. News"),
            ("Embassy of the U.S.", "Embassy of the U.S."), ("Example Inc.", "Example Inc."),
            ("nknews.org", "nknews.org"), ("AFP/Getty Images", "AFP/Getty Images"), ("38 North", "38 North"),
            ("NK News, by John Smith", "NK News"), ("NK News by John Smith", "NK News"),
            ("NK News | 31 March 2013", "NK News"),
            ("NK News (31 March 2013)", "NK News"), ("NK News, 2013-03-31", "NK News"),
            ("NK News, 31 mars 2013", "NK News"),
            ("NK News, Sunday, March 31, 2013 at 3:17 pm", "NK News"), ("NK News (in Korean)", "NK News"),
            ("데일리NK, 2013년 3월 31일", "데일리NK"), ("NK News, p. 4", "NK News"), ("France 24", "France 24"),
            ("Committee for Human Rights in North Korea (HRNK)", "Committee for Human Rights in North Korea (HRNK)"),
            ("O&#8217;Reilly &amp; Co", "O’Reilly & Co"), ("Al Jazeera and agencies", "Al Jazeera"),
        ],
    )  # fmt: skip
    def test_date_byline_and_dot_are_no_part_of_the_name(self, written, name):
        assert named(f"Source: {written}")[0] == (name, "")


class TestProse:
    @pytest.mark.parametrize(
        "line",
        [
            "Source: officials said that the border was closed.",
            "Source: an official of the ministry, who asked not to be named.",
            "Source: " + "very long words " * 10,
            "Source of all the troubles", "Sources close to the ministry told us so.", "The source: unknown",
            "Via this route the women came to China.", "via a broker", "Read more at NK News", "Read on.",
            "Originally published in 1975.", "Originally published in English.", "h/t NK News", "From: NK News",
            "Source:", "Source: ", "Source: …", "Source: 31 March 2013", "Source: unknown", "Resource: NK News",
            "She said: “Source: NK News” and left.", "See (Source: NK News) for more.",
        ],
    )  # fmt: skip
    def test_what_is_no_credit_stays(self, line):
        assert named(line) == []

    @pytest.mark.parametrize(
        "content",
        [
            "<p>Source: NK News</p><p>The women crossed.</p>",
            "Source: NK News\n\nThe women crossed.",
            "<p>The women. Source: NK News</p>",
            "<table><tr><td>Source: NK News</td></tr></table>",
            '<figure><img src="a.jpg"><figcaption>Source: NK News</figcaption></figure>',
            '[caption id="a"]<img src="a.jpg" /> Source: NK News[/caption]',
            "<pre>Source: NK News</pre>",
            "<p>A</p><!-- Source: NK News -->",
            "<p>A</p><script>Source: NK News</script>",
            "", " ", "\n", "<p></p>", "<", "&nbsp;",
        ],
    )  # fmt: skip
    def test_only_the_last_line_of_the_text_counts(self, content):
        credited = credit(content)
        assert (credited.html, credited.credits, credited.lines) == (content, [], [])


class TestTakingOff:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("A.\n\nSource: X", "A."),
            ("A.\nSource: X\n", "A.\n"),
            ("A.\n\n<em>Source: X</em>\n\n&nbsp;", "A.\n\n&nbsp;"),
            ("<p>A.<br />\nSource: X</p>", "<p>A.</p>"),
            ("<p>A.<br><br>Source: X<br></p>", "<p>A.<br></p>"),
            ("<p>A <em>b.<br/>Source: X</em></p>", "<p>A <em>b.</em></p>"),
            ("<p>A.</p><p>Source: X</p><p>&nbsp;</p><p> </p>", "<p>A.</p><p>&nbsp;</p><p> </p>"),
            ("<div><p>A.</p>\n<div align=right><p><b>Source: X</b></p></div>\n</div>", "<div><p>A.</p>\n</div>"),
            ("<blockquote><p>A.</p><p>Source: X</p></blockquote>", "<blockquote><p>A.</p></blockquote>"),
            ("<p>A. (Source: X)</p>", "<p>A.</p>"),
            ("<p>A.</p><p>Source: X", "<p>A.</p>"),
            ("<p>A.</p>\n[gallery ids='1']\n<p>Source: X</p>", "<p>A.</p>\n[gallery ids='1']"),
            ("<p>A.</p><p>Source: X</p>\n[gallery ids='1']", "<p>A.</p>\n[gallery ids='1']"),
            ("<p>A.</p><p>Source: X</p><p><img src='a.jpg' /></p>", "<p>A.</p><p><img src='a.jpg' /></p>"),
            ("Source: X", ""),
            ("<p>Source: X</p>", ""),
            (
                "<!-- wp:paragraph -->\n<p>A.</p>\n<!-- /wp:paragraph -->\n\n"
                '<!-- wp:paragraph {"align":"right"} -->\n<p class="x">Source:\nX</p>\n<!-- /wp:paragraph -->',
                "<!-- wp:paragraph -->\n<p>A.</p>\n<!-- /wp:paragraph -->",
            ),
            (
                "<!-- wp:paragraph -->\n<p>A.<br>Source: X</p>\n<!-- /wp:paragraph -->",
                "<!-- wp:paragraph -->\n<p>A.</p>\n<!-- /wp:paragraph -->",
            ),
            ("<p>A &amp; “b”  c&nbsp;d</P >\n\n\n<p>Source: X</p>", "<p>A &amp; “b”  c&nbsp;d</P >"),
        ],
    )
    def test_what_stands_before_stays_as_it_was(self, before, after):
        credited = credit(before)
        assert [each.name for each in credited.credits] == ["X"]
        assert credited.html == after

    @pytest.mark.parametrize(
        "buttons",
        [
            '<div class="sharedaddy sd-sharing-enabled"><h3>Share this:</h3><ul><li>X</li></ul></div>',
            '<p><a class="a2a_dd" href="http://www.addtoany.com/share_save"><img src="a.png" alt="Share"/></a></p>',
            "<p>Share this: Twitter | Facebook</p>", "[sharethis]",
            "<div id='jp-post-flair'>Like this: Loading...</div>",
        ],
    )  # fmt: skip
    def test_buttons_below_do_not_hide_the_line(self, buttons):
        credited = credit(f"{TEXT}<p>Source: NK News</p>{buttons}")
        assert [each.name for each in credited.credits] == ["NK News"]
        assert credited.html == f"{TEXT}{buttons}"

    def test_two_closing_lines_give_both_and_the_source_comes_first(self):
        for lines in ("<p>Source: Y</p><p>Via X</p>", "<p>Via X</p><p>Source: Y</p>"):
            credited = credit(TEXT + lines)
            assert [each.name for each in credited.credits] == ["Y", "X"]
            assert credited.html == TEXT

    def test_a_word_above_a_list_names_all_of_it(self):
        content = '<p>Sources:</p><ul><li><a href="http://a.example/1">A</a></li><li><a href="http://b.example/1">B</a></li></ul>'
        credited = credit(TEXT + content)
        assert credited.credits == [("A", "http://a.example/1"), ("B", "http://b.example/1")]
        assert credited.html == TEXT

    def test_a_word_on_a_line_of_its_own_names_the_one_below(self):
        credited = credit(f"{TEXT}Source:\n{LINKED}")
        assert (credited.credits, credited.html) == ([("NK News", PAGE)], TEXT)

    def test_what_was_taken_off_is_told(self):
        assert credit(f"{TEXT}<p>Source: NK News, p. 4</p>").lines == ["Source: NK News, p. 4"]


class TestPattern:
    def test_the_default_is_an_expression_that_anybody_may_write(self):
        assert credit(f"{TEXT}<p>Source: X</p>", DEFAULT_PATTERN) == credit(f"{TEXT}<p>Source: X</p>")
        assert re.compile(DEFAULT_PATTERN).groupindex["name"]
        assert credit(f"{TEXT}<p>Source: X</p>", "").credits

    def test_another_one_finds_other_lines(self):
        pattern = r"^Taken from (?P<name>.+)$"
        credited = credit(f"{TEXT}<p>Taken from {LINKED}</p>", pattern)
        assert (credited.credits, credited.html) == ([("NK News", PAGE)], TEXT)
        assert credit(f"{TEXT}<p>Source: NK News</p>", pattern).credits == []
        assert credit(f"{TEXT}<p>TAKEN FROM NK News.</p>", re.compile(pattern, re.I)).credits == [("NK News", "")]

    def test_what_it_leaves_of_a_line_stays(self):
        credited = credit("<p>Ends here. Taken from X</p>", r"Taken from (?P<name>\w+)$")
        assert (credited.credits, credited.html) == ([("X", "")], "<p>Ends here.</p>")

    @pytest.mark.parametrize(
        "pattern",
        [
            "(", "Source: (.+)", "(?P<name>", "(?P<name>(a+)+)$", r"(?P<name>(\w+\s?)*)$", "(?P<name>(a|a)*)b",
            "(?P<name>(?:a*){9})", "x" * 3000, "(?P<name>a{99999999999})", "[", r"(?P<name>\)",
        ],
    )  # fmt: skip
    def test_one_that_is_wrong_is_refused_in_a_sentence(self, pattern):
        with pytest.raises(ValueError, match=r"^The pattern .+\.$"):
            as_pattern(pattern)

    @pytest.mark.parametrize(
        "pattern",
        [
            r"^Source:\s*(?P<name>.+?)\s*$", r"(?:Source|Via): (?P<name>[^(]+)(?: \(.*\))?$",
            r"[(+*](?P<name>.+)[+)]+",
            r"(?i)quelle: (?P<name>.*)", r"\(+(?P<name>.+)\)+", r"(?P<name>[^\]]+)]",
        ],
    )  # fmt: skip
    def test_one_that_is_right_is_taken(self, pattern):
        assert as_pattern(pattern)

    def test_a_name_that_is_not_there_is_no_credit(self):
        assert credit(TEXT, r"river(?P<name>x)?").credits == []
        assert credit(TEXT, r"(?P<name>)").credits == []


_PIECES = [
    "<p>", "</p>", "<em>", "</em>", "<br />", "<div class='x'>", "</div>", "<a href='http://a.example/'>", "</a>",
    "<blockquote>", "</blockquote>", "<!-- wp:paragraph -->", "<!-- /wp:paragraph -->", "<!--more-->", "<ul>", "<li>",
    "</li>", "</ul>", "<img src='x'>", "&nbsp;", "\n", "\n\n", " ", "Source: ", "Via ", "NK News", "A line.", ", ",
    "(", ")", "[", "]", "<", "&", "http://b.example/c", "March 31, 2013", "출처: ", "and ", "Sources:", "[x]", "…",
]  # fmt: skip


def seen_words(html: str) -> str:
    return "".join(re.sub(r"<!--.*?-->|<[^<>]*>", "", html, flags=re.S).replace("&nbsp;", " ").split())


class TestAnything:
    @given(st.text())
    def test_any_text_is_read(self, html):
        credited = credit(html)
        assert bool(credited.credits) == bool(credited.lines)
        if not credited.credits:
            assert credited.html == html

    @given(st.lists(st.sampled_from(_PIECES), max_size=40).map("".join))
    def test_nothing_is_lost_but_the_closing_lines(self, html):
        credited = credit(html)
        kept, whole = seen_words(credited.html), seen_words(html)
        assert len(whole) - len(kept) <= sum(len("".join(line.split())) for line in credited.lines)
        for each in credited.credits:
            assert each.name or each.address
            assert not each.address or each.address.startswith(("http://", "https://"))

    @given(st.lists(st.sampled_from(_PIECES), max_size=40).map("".join))
    def test_the_beginning_stays_byte_for_byte(self, html):
        text = "<p>Nobody is named here.</p><p>An end that is no line of that kind, as it goes on.</p>"
        assert credit(text + html).html.startswith(text)

    @pytest.mark.parametrize(
        "hostile",
        [
            "<", "<a ", "<!--", '<a "', "<a href='x", "<p>", "</p>", "<em>", "&nbsp;", " ", "<br>", "Source: ", "(",
            "Source: X\n", '<a href="http://x.example/">z</a>, ', "google+", "<!-- wp:x -->", "&", "[x] ",
            "Sources:\n", "<p>&nbsp;<br>", "http://", "-", "Share this\n",
        ],
    )  # fmt: skip
    def test_time_grows_with_the_length_and_no_faster(self, hostile):
        def took(number: int) -> float:
            start = time.process_time()
            credit(f"{hostile * number}Source: X{hostile * number}")
            return time.process_time() - start

        # Of the processor's time, whatever else it does meanwhile: sixteen times as much may take as many times as
        # long, and ten times that at the most.
        assert min(took(16_000) for _ in range(2)) < 16 * 10 * max(min(took(1000) for _ in range(3)), 0.005)
