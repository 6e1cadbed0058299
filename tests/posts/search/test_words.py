"""The words under which texts are found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posts.search.queries import MOST_CHARACTERS, parse
from posts.search.snippets import Marker
from posts.search.words import indexed_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Rescued, from the U.S.", "rescu from the us"),
        ("Korea’s traffickers don't", "korea traffick dont"),
        ("Café in Łódź; Straße", "cafe in lodz strass"),
        ("state-sponsored x_y 1,000", "state sponsor x y 1 000"),
        ("서울에서 북", "서울 울에 에서 서 북"),
        ("東京の人身売買", "東京 京の の人 人身 身売 売買 買"),
        ("الاتجار بالبشر في القاهرة", "اتجار بشر في قاهره"),
        ("मानव तस्करी", "मानव तस्करी"),
        ("", ""),
        ("!!! — …", ""),
    ],
)
def test_a_text_is_these_words(text, words):
    assert " ".join(indexed_words(text)) == words


@given(st.text())
def test_any_text_is_words_without_white_space_or_quotes(text):
    assert all(word and not any(sign in word for sign in " \t\n\"'\x00") for word in indexed_words(text))


class TestQueries:
    def test_words_phrases_and_what_is_left_out(self):
        query = parse('boats "forced labor" -china -"at sea"')
        assert [(term.words, term.is_excluded) for term in query.terms] == [
            (("boat",), False), (("forc", "labor"), False), (("china",), True), (("at", "sea"), True),
        ]  # fmt: skip

    def test_filters_take_slugs_and_quoted_names(self):
        query = parse('tag:north-korea source:"NK News" -category:labor')
        assert [(each.field, each.name, each.is_excluded) for each in query.filters] == [
            ("tag", "north-korea", False), ("source", "NK News", False), ("category", "labor", True),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("text", "since", "until"),
        [
            ("from:2013", "2013-01-01", None),
            ("to:2013-02", None, "2013-02-28"),
            ("from:2012-12 to:2012-12", "2012-12-01", "2012-12-31"),
            ("from:2013-03-31", "2013-03-31", None),
        ],
    )
    def test_times_are_years_months_or_days(self, text, since, until):
        query = parse(text)
        assert (query.since and query.since.isoformat(), query.until and query.until.isoformat()) == (since, until)

    @pytest.mark.parametrize("text", ["from:yesterday", "to:2013-13", "from:2013-02-30", "to:0000"])
    def test_a_date_that_is_none_is_said(self, text):
        query = parse(text)
        assert "names no date" in query.problems[0]
        assert query.is_empty

    def test_what_holds_no_word_is_said(self):
        assert parse("*** !!").problems == ["There is no word in it to search for."]
        assert parse("   ").problems == []

    def test_what_is_too_long_is_cut_and_said(self):
        assert str(MOST_CHARACTERS) in parse("word " * 200).problems[0]

    @given(st.text())
    def test_any_text_is_understood(self, text):
        query = parse(text)
        assert all(all(term.words) for term in query.terms)


class TestSnippets:
    def test_the_words_are_marked_whatever_their_form(self):
        marker = Marker(parse("rescue 서울 traff*").terms)
        marked = marker.marked("She was RESCUED; 서울에서. Traffickers <b>")
        assert marked == (
            "She was <mark>RESCUED</mark>; <mark>서울</mark>에서. <mark>Traffickers</mark> &lt;b&gt;"
        )  # fmt: skip

    def test_the_part_that_has_most_of_the_words_is_shown(self):
        text = (
            "Boats. " + "Nothing here. " * 100 + "The boats were searched for forced labour at night." + " More." * 100
        )
        snippet = Marker(parse("boats forced labour").terms).snippet(text)
        assert "<mark>boats</mark> were searched for <mark>forced</mark> <mark>labour</mark>" in snippet
        assert snippet.startswith("… ")
        assert snippet.endswith(" …")

    def test_a_text_without_the_words_shows_its_beginning(self):
        assert Marker(parse("zebra").terms).snippet("The first words.") == "The first words."

    @given(st.text(), st.text())
    def test_any_text_comes_out_as_html(self, query, text):
        snippet = Marker(parse(query).terms).snippet(text)
        assert "<" not in snippet.replace("<mark>", "").replace("</mark>", "")
