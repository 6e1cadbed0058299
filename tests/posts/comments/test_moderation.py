"""What becomes of a comment when it comes: values in, a decision out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posts.comments.moderation import (
    Knowledge,
    Submission,
    WatchedWord,
    WordTally,
    decide,
    holds,
    score,
    telling_words,
)  # fmt: skip


def submitted(text: str = "A quiet word on this.", **fields) -> Submission:
    return Submission(**{"name": "Ann", "email": "", "text": text, "link_hosts": [], "seconds": 60.0, **fields})


def codes(submission: Submission, knowledge: Knowledge | None = None) -> list[str]:
    return [reason.code for reason in decide(submission, knowledge or Knowledge()).reasons]


class TestHeldByDefault:
    def test_a_plain_comment_is_held_and_nothing_speaks_against_it(self):
        decision = decide(submitted(), Knowledge())
        assert (decision.state, decision.reasons) == ("held", ())

    def test_a_known_writer_is_let_through_where_the_rules_say_so(self):
        assert decide(submitted(), Knowledge(trusts_known_writers=True, approvals=2)).state == "approved"
        assert decide(submitted(), Knowledge(trusts_known_writers=True, approvals=1)).state == "held"
        assert decide(submitted(), Knowledge(trusts_known_writers=False, approvals=9)).state == "held"

    @pytest.mark.parametrize("fields", [{"link_hosts": ["a.example"] * 3}, {"seconds": 1.0}, {"seconds": None}])
    def test_a_known_writer_waits_where_something_speaks_against_the_comment(self, fields):
        assert decide(submitted(**fields), Knowledge(trusts_known_writers=True, approvals=5)).state == "held"


class TestReasons:
    def test_the_trap(self):
        assert decide(submitted(is_trap_filled=True), Knowledge()).state == "spam"

    def test_the_stamp(self):
        assert codes(submitted(seconds=None)) == ["stamp"]
        assert codes(submitted(seconds=1.2)) == ["quick"]
        assert codes(submitted(seconds=5)) == []
        assert codes(submitted(seconds=100_000)) == []

    def test_links(self):
        assert codes(submitted(link_hosts=["a.example"] * 2)) == []
        assert codes(submitted(link_hosts=["a.example"] * 3)) == ["links"]
        assert decide(submitted(link_hosts=["a.example"] * 3), Knowledge()).state == "held"
        assert decide(submitted(link_hosts=["a.example"] * 6), Knowledge()).state == "spam"

    def test_repeated_text(self):
        assert codes(submitted(), Knowledge(repeats=1)) == ["repeated"]
        assert decide(submitted(), Knowledge(repeats=3)).state == "spam"

    def test_a_ban(self):
        decision = decide(submitted(), Knowledge(bans=[(1, "Banned: Name: ann")]))
        assert decision.state == "spam"
        assert decision.reasons[0].words == "Banned: Name: ann"

    def test_small_faults_add_up(self):
        many = submitted(seconds=None, link_hosts=["a.example"] * 3)
        assert decide(many, Knowledge(repeats=1)).state == "spam"


class TestWords:
    @pytest.mark.parametrize(
        ("pattern", "text", "is_met"),
        [
            ("loan", "Cheap LOAN here", True),
            ("loan", "sloane square", False),
            ("loan", "loans", False),
            ("loan*", "loans", True),
            ("cheap loans", "cheap\n loans", True),
            ("café", "CAFE\u0301", True),
            ("대출", "급전대출상담", False),
            ("대출*", "대출상담", True),
            ("贷款", "快速贷款服务", True),
            ("c++", "learn c++ now", True),
            ("loans.example", "see https://loans.example/x", True),
            (".*", "anything", False),
        ],
    )
    def test_whole_words_in_any_script(self, pattern, text, is_met):
        assert holds(submitted(text), pattern) is is_met

    def test_names_and_addresses_are_looked_at_too(self):
        assert holds(submitted(name="Best Loans"), "loans")
        assert holds(submitted(email="x@loans.example"), "loans.example")

    def test_disallowed_is_spam_and_watched_is_held(self):
        bad = [WatchedWord(1, "loan", is_disallowed=True), WatchedWord(2, "car", is_disallowed=False)]
        decision = decide(submitted("A loan for a car"), Knowledge(words=bad))
        assert (decision.state, decision.word_ids) == ("spam", (1, 2))
        watched = decide(submitted("A car"), Knowledge(words=bad, trusts_known_writers=True, approvals=9))
        assert (watched.state, watched.word_ids) == ("held", (2,))


class TestScore:
    def test_it_is_silent_until_it_has_learnt(self):
        assert score(WordTally(19, 400), {"loan": WordTally(0, 300)}) is None

    def test_words_of_spam_and_words_of_readers(self):
        trained = WordTally(100, 100)
        assert score(trained, {"loan": WordTally(1, 60), "cheap": WordTally(2, 50)}) > 0.98
        assert score(trained, {"refugees": WordTally(60, 1), "report": WordTally(50, 2)}) < 0.02
        assert score(trained, {}) == 0.5

    def test_it_decides_only_where_it_is_sure(self):
        trained = WordTally(100, 100)
        sure = Knowledge(trained=trained, tallies={"loan": WordTally(0, 80), "cheap": WordTally(0, 70)})
        assert decide(submitted(), sure).state == "spam"
        unsure = Knowledge(trained=trained, tallies={"loan": WordTally(5, 40)})
        decision = decide(submitted(), unsure)
        assert decision.state == "held"
        assert "%" in decision.reasons[0].words

    def test_telling_words_of_several_scripts(self):
        words = telling_words(
            submitted("It's a 100 report; 이주노동자들이 왔다. 人身売買", link_hosts=["a.example"], name="")
        )
        assert {"report", "이주", "人身", "身売", "売買", "host:a.example"} <= set(words)
        assert "100" not in words


@given(st.text(max_size=500), st.text(max_size=50))
def test_no_text_makes_it_stumble(text, pattern):
    submission = submitted(text)
    decide(submission, Knowledge(words=[WatchedWord(1, pattern.casefold(), is_disallowed=False)]))
    telling_words(submission)
