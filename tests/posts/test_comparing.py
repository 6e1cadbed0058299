"""Two texts side by side, word by word."""

import html
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posts.comparing import compare_fields, compare_texts, count_changes, split_words, tidy

CELL = re.compile(r'<td dir="auto">(.*?)</td>', re.DOTALL)
CHANGE = re.compile(r"<(del|ins)>(.*?)</\1>", re.DOTALL)
# What a hand might type, and what it would not: scripts with and without blanks, marks, flags, ends of lines.
ALPHABET = "aab ä\n\n\r\t.,'’<&\"一北京가나مرحبا\u0301\u200dกำ👩🏽🇰🇷\u3000\u2028\x00"
TEXTS = st.text(ALPHABET, max_size=60) | st.text(max_size=40)


def sides(table: str) -> tuple[str, str]:
    """Return what stands in the left and in the right column."""
    cells = [html.unescape(re.sub(r"</?(?:del|ins)>", "", cell)) for cell in CELL.findall(table)]
    return "\n".join(cells[::2]), "\n".join(cells[1::2])


def changes(table: str) -> list[tuple[str, str]]:
    return [(element, html.unescape(words).strip()) for element, words in CHANGE.findall(table)]


def visible(text: str) -> str:
    """The text without what the table may lay out anew, or shows by its number: blanks, and signs nobody sees."""
    text = re.sub(r"↵|\[U\+[0-9A-F]{4,6}\]", "", text)
    return "".join(sign for sign in text if sign.isprintable() and not sign.isspace())


class TestWords:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("Don't stop, please.", ["Don't ", "stop", ", ", "please", "."]),
            ("it’s 3.5 km", ["it’s ", "3", ".", "5 ", "km"]),
            ("북한 인권", ["북한 ", "인권"]),
            ("北京,上海", ["北", "京", ",", "上", "海"]),
            ("مَرْحَبًا بك", ["مَرْحَبًا ", "بك"]),
            ("👩🏽‍⚕️🇰🇷🇰🇵", ["👩🏽‍⚕️", "🇰🇷", "🇰🇵"]),
            ("กำ", ["กำ"]),
            ("a\n b", ["a", "\n", " ", "b"]),
            ("", []),
        ],
    )
    def test_a_word_is_what_a_reader_takes_for_one(self, text, words):
        assert split_words(text) == words

    @given(TEXTS)
    def test_joined_they_are_the_text_again(self, text):
        assert "".join(split_words(text)) == text


class TestCounting:
    @pytest.mark.parametrize(
        ("before", "after", "counts"),
        [
            ("one two three", "one two three", (0, 0)),
            ("one two three", "one 2 three", (1, 1)),
            ("", "one two", (2, 0)),
            ("one two", "", (0, 2)),
            ("one\r\ntwo  \r\n", "one\ntwo", (0, 0)),
            ("one, two", "one; two", (0, 0)),  # signs are no words
            ("cafe\u0301", "café", (0, 0)),
            ("북한 인권 보고서", "북한 인권 소식", (1, 1)),
            ("他在北京", "他在上海", (2, 2)),
            ("a b c\n\nd e f", "d e f\n\na b c", (3, 3)),
        ],
    )
    def test_it_says_how_many_words_came_and_went(self, before, after, counts):
        assert count_changes(before, after) == counts

    @given(TEXTS, TEXTS)
    def test_what_came_less_what_went_is_the_difference_in_length(self, before, after):
        def number(text: str) -> int:
            return sum(any(sign.isalnum() for sign in word) for word in split_words(tidy(text)))

        added, removed = count_changes(before, after)
        assert added - removed == number(after) - number(before)


class TestTable:
    def test_only_the_words_that_differ_are_marked(self):
        table = compare_texts("They crossed the river at night.", "They crossed the border at night.")
        assert changes(table) == [("del", "river"), ("ins", "border")]
        assert sides(table) == ("They crossed the river at night.", "They crossed the border at night.")

    @pytest.mark.parametrize(
        ("before", "after", "marked"),
        [
            ("북한 주민이 국경을 넘었다", "북한 주민이 강을 넘었다", [("del", "국경을"), ("ins", "강을")]),
            ("他们在北京过夜。", "他们在上海过夜。", [("del", "北京"), ("ins", "上海")]),
            ("عبر الحدود ليلا", "عبر النهر ليلا", [("del", "الحدود"), ("ins", "النهر")]),
            ("Flag 🇰🇷 there", "Flag 🇰🇵 there", [("del", "🇰🇷"), ("ins", "🇰🇵")]),
            ("A 👩🏽‍⚕️ came", "A 👨🏽‍⚕️ came", [("del", "👩🏽‍⚕️"), ("ins", "👨🏽‍⚕️")]),
        ],
    )
    def test_in_any_script(self, before, after, marked):
        assert changes(compare_texts(before, after)) == marked

    def test_each_cell_takes_the_direction_of_its_words(self):
        assert compare_texts("عبر", "النهر").count('<td dir="auto">') == 2

    def test_ends_of_lines_of_another_system_are_no_difference(self):
        assert "no difference" in compare_texts("one\r\ntwo\rthree", "one\ntwo\nthree")

    @pytest.mark.parametrize(("before", "after"), [("a b", "a  b"), ("a  \nb", "a\nb")])
    def test_blanks_alone_are_said_so(self, before, after):
        [each] = compare_fields({"Text": before}, {"Text": after})
        assert "only in blanks" in each.html

    def test_signs_that_nobody_sees_or_that_turn_the_line_are_shown_by_number(self):
        assert changes(compare_texts("a", "a\u202eb\x00")) == [("ins", "[U+202E]b[U+0000]")]

    def test_lines_far_from_a_change_are_folded(self):
        lines = [f"Line number {n} stands here." for n in range(40)]
        after = [*lines[:20], "Another line.", *lines[21:]]
        table = compare_texts("\n".join(lines), "\n".join(after))
        assert "… 18 lines alike …" in table
        assert "… 17 lines alike …" in table
        assert "number 5 " not in table
        assert "number 5 " in compare_texts("\n".join(lines), "\n".join(after), context=None)

    def test_a_new_paragraph_stands_beside_nothing(self):
        table = compare_texts("One.\n\nThree.", "One.\n\nTwo.\n\nThree.")
        assert changes(table) == [("ins", "Two.")]
        assert '<td dir="auto"></td>' in table

    def test_a_paragraph_that_is_split_or_joined_keeps_its_words(self):
        table = compare_texts("One two three four.", "One two\n\nthree four.")
        assert changes(table) == [("ins", "↵\n↵")]

    @pytest.mark.parametrize(
        "evil", ["<script>alert(1)</script>", "</td></table>", '"><img src=x>', "&lt;b&gt;", "</ins>"]
    )
    def test_what_was_typed_is_never_taken_for_html(self, evil):
        table = compare_texts(evil, f"b {evil} c", caption=evil, headings=(evil, evil), context=None)
        assert html.escape(evil) in table
        assert not re.search(r"<(?!/?(?:table|caption|thead|tbody|tr|th|td|del|ins|span)\b)", table)
        assert table.count("<table") == table.count("</table>") == 1
        assert sides(table) == (evil, f"b {evil} c")

    @settings(max_examples=300)
    @given(TEXTS, TEXTS)
    def test_both_sides_give_the_texts_back(self, before, after):
        table = compare_texts(before, after, context=None)
        if "<table" in table:
            left, right = sides(table)
            assert (visible(left), visible(right)) == (visible(tidy(before)), visible(tidy(after)))
        else:
            assert visible(tidy(before)) == visible(tidy(after))

    @settings(max_examples=100)
    @given(st.lists(TEXTS, max_size=6), st.lists(TEXTS, max_size=6), st.lists(TEXTS, max_size=6))
    def test_what_was_put_in_alone_is_all_that_is_marked(self, first, middle, last):
        before, after = "\n".join([*first, *last]), "\n".join([*first, *middle, *last])
        removed = sum(
            len(visible(words)) for element, words in changes(compare_texts(before, after)) if element == "del"
        )
        added = sum(
            len(visible(words)) for element, words in changes(compare_texts(before, after)) if element == "ins"
        )
        assert added - removed == len(visible(tidy(after))) - len(visible(tidy(before)))


class TestFields:
    def test_only_those_that_differ_come_back_by_name_and_in_order(self):
        differences = compare_fields(
            {"Title": "A", "Slug": "a", "Text": "x\r\n"}, {"Title": "B", "Slug": "a", "Text": "x", "Tags": "china"}
        )
        assert [(each.name, each.before, each.after) for each in differences] == [
            ("Title", "A", "B"),
            ("Tags", "", "china"),
        ]
        assert "<caption>Title</caption>" in differences[0].html


# Texts of which each way of comparing would need the square of their length, as long as a post may be.
LENGTH = 100_000
HOSTILE = {
    "two words in another order": ("a b " * (LENGTH // 4), "b a " * (LENGTH // 4)),
    "few words, many times": ("a b c a a " * (LENGTH // 10), "c a b b a " * (LENGTH // 10)),
    "few signs without blanks": ("北京上" * (LENGTH // 3), "上北北" * (LENGTH // 3)),
    "all words others": (" ".join(map(str, range(17_000))), " ".join(map(str, range(20_000, 36_000)))),
    "all words turned round": (" ".join(map(str, range(17_000))), " ".join(map(str, range(17_000)[::-1]))),
    "lines turned round": ("\n".join(map(str, range(17_000))), "\n".join(map(str, range(17_000)[::-1]))),
    "short lines": ("a\nb\n" * (LENGTH // 4), "b\na\na\n" * (LENGTH // 6)),
    "nothing but marks": ("a" + "\u0301" * (LENGTH - 1), "e" + "\u0302" * (LENGTH - 1)),
    "joined signs": ("👩\u200d" * (LENGTH // 2), "👨\u200d" * (LENGTH // 2)),
    "flags": ("🇦🇧" * (LENGTH // 2), "🇧🇦" * (LENGTH // 2)),
    "blanks": (" " * LENGTH, " \t" * (LENGTH // 2) + "x"),
    "ends of lines": ("\n" * LENGTH, "\r\n \n" * (LENGTH // 4) + "x"),
    "apostrophes": ("a'" * (LENGTH // 2), "a’" * (LENGTH // 2)),
    "every other word changed": (
        " ".join(f"w{n}" for n in range(15_000)),
        " ".join(f"w{n}" if n % 2 else f"v{n}" for n in range(15_000)),
    ),
}


def seconds(compare, *texts: str) -> float:
    start = time.process_time()
    compare(*texts)
    return time.process_time() - start


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("compare", [compare_texts, count_changes])
def test_no_text_takes_long(name, compare):
    """Twice as long takes little more than twice the time: measured in the same run, whatever the machine."""
    before, after = HOSTILE[name]
    half = min(seconds(compare, before[: LENGTH // 2], after[: LENGTH // 2]) for _ in range(2))
    whole = min(seconds(compare, before, after) for _ in range(2))
    assert whole < 3 * half + 0.2
