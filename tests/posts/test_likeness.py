"""Names that may mean the same are found; those that only look so are left alone."""

import random
import string
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posts.likeness import ORDER, PLURAL, SIGNS, TYPO, Name, distance, look_alikes, why_alike


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("North Korea", "north-korea", SIGNS),
        ("북한 인권", "북한인권", SIGNS),
        ("café", "Cafe", SIGNS),
        ("Ｃｈｉｎａ", "China", SIGNS),
        ("Straße", "Strasse", SIGNS),
        ("U.S.", "US", SIGNS),
        ("women's rights", "womens rights", SIGNS),
        ("R&D", "R and D", SIGNS),
        ("Fishing & seafood", "fishing and seafood", SIGNS),
        ("#metoo", "Me Too", SIGNS),
        ("COVID-19", "covid 19", SIGNS),
        ("Refugee", "refugees", PLURAL),
        ("Country", "Countries", PLURAL),
        ("Church", "churches", PLURAL),
        ("house", "houses", PLURAL),
        ("woman", "women", PLURAL),
        ("child", "children", PLURAL),
        ("human right defender", "human rights defenders", PLURAL),
        ("Korea, North", "North Korea", ORDER),
        ("traficking", "trafficking", TYPO),
        ("human trafficking", "human traficing", TYPO),
        ("Forced labor", "forced labour", TYPO),
        ("organisation", "organization", TYPO),
        ("Suvivors", "Survivors", TYPO),
        ("refugee camp", "refuege camp", TYPO),
    ],
)
def test_these_may_be_the_same(one, other, reason):
    assert why_alike(Name(one), Name(other)) == why_alike(Name(other), Name(one)) == reason
    assert [pair.reason for pair in look_alikes((one, "something else", other))] == [reason]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2012", "2013"), ("Report 2012", "Report 2013"), ("Article 3", "Article 13"), ("covid-19", "covid-18"),
        ("1.5", "15"), ("1-2", "12"), ("World War I", "World War II"), ("Chapter viii", "Chapter xiii"),
        ("Iran", "Iraq"), ("Oman", "Omen"), ("Mali", "Malawi"), ("Niger", "Nigeria"), ("Gambia", "Zambia"),
        ("Austria", "Australia"), ("Slovakia", "Slovenia"), ("North Korea", "South Korea"), ("Maria", "Mario"),
        ("C", "C++"), ("C", "C#"), ("Hepatitis B", "Hepatitis C"), ("US", "U"), ("news", "new"), ("🔥", "✊"),
        ("Kim Jong-il", "Kim Jong-un"), ("racism", "racist"), ("employer", "employee"), ("prosecution", "persecution"),
        ("くが", "くか"), ("й", "и"), ("한국", "중국"), ("", "?!"), ("male", "female"),
    ],
)  # fmt: skip
def test_these_are_not_called_the_same(one, other):
    assert why_alike(Name(one), Name(other)) == why_alike(Name(other), Name(one)) == ""
    assert look_alikes((one, other)) == ()


NAMES = st.text(st.one_of(st.sampled_from("abésßñi -&.'#İﬁ１2북한がう"), st.characters()), max_size=20)


@given(NAMES, NAMES)
def test_any_two_names_are_alike_either_way_round(one, other):
    assert why_alike(Name(one), Name(other)) == why_alike(Name(other), Name(one))


@given(st.lists(NAMES, max_size=12, unique=True))
def test_what_is_suggested_is_alike_and_each_pair_comes_once(names):
    pairs = look_alikes(tuple(names))
    assert len({(pair.first, pair.second) for pair in pairs}) == len(pairs)
    for pair in pairs:
        assert pair.first < pair.second
        assert why_alike(Name(names[pair.first]), Name(names[pair.second])) == pair.reason


@settings(max_examples=60)
@given(st.lists(st.text("abcde s-&", min_size=1, max_size=14), min_size=2, max_size=9, unique=True))
def test_nothing_that_is_alike_is_missed_among_a_few(names):
    found = {(pair.first, pair.second) for pair in look_alikes(tuple(names))}
    for i, one in enumerate(names):
        for j, other in enumerate(names[i + 1 :], i + 1):
            reason = why_alike(Name(one), Name(other))
            assert not reason or (i, j) in found or _is_reached(names, i, j, found), (one, other, reason)


def _is_reached(names, i, j, found) -> bool:
    """Of names written with the same letters one stands for the others."""
    return any(Name(names[k]).words in (Name(names[i]).words, Name(names[j]).words) for pair in found for k in pair)


@given(st.text("abc", max_size=8), st.text("abc", max_size=8))
def test_the_distance_is_the_same_either_way_and_never_more_than_the_longer_word(one, other):
    steps = distance(one, other, most=9)
    assert steps == distance(other, one, most=9) <= max(len(one), len(other))
    assert (steps == 0) == (one == other)


@given(st.text(st.characters(categories=["Lu", "Ll", "Lo"]), min_size=1, max_size=20))
def test_a_name_is_alike_itself_in_its_other_writing(name):
    composed, apart = unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name)
    assert Name(composed).words == Name(apart).words


def _word(letters: str, length: int) -> str:
    return "".join(random.choice(letters) for _ in range(length))


@pytest.mark.parametrize(
    "make",
    [
        lambda number: " ".join(_word(string.ascii_lowercase, random.randint(3, 13)) for _ in range(2)),
        lambda number: f"Tag {number}",
        lambda number: _word("eéèë", 9),
        lambda number: _word("ab", 14),
        lambda number: _word(string.ascii_lowercase, 100),
    ],
    ids=["words", "numbers", "accents", "two letters", "long"],
)
def test_ten_thousand_names_of_any_kind_are_compared_in_seconds(make):
    random.seed(5)
    names = tuple({make(number): None for number in range(10_000)})
    began = time.process_time()
    look_alikes(names)
    assert time.process_time() - began < 20
