"""What becomes of a comment when it comes. Pure: values in, a decision with its reasons out.

Nothing appears that nobody looked at: the best that a stranger's comment can become here is *held*. What speaks
against one is weighed only to sort the queue (what is clearly spam need not stand between the others) and to tell the
moderator.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from sources.naming import fold

HELD, APPROVED, SPAM = "held", "approved", "spam"

TOO_QUICK = 4  # seconds from the form's being shown to its being sent: nobody reads and writes in less
SPAM_WEIGHT = 4
APPROVALS_TO_BE_KNOWN = 2
MANY_LINKS_MORE = 4  # more links than go without saying, by so many, are taken for spam
REPEATS_OF_SPAM = 3

# The word score speaks once it has read so many comments of both kinds, and goes by the most telling words.
LEAST_TRAINING = 20
TELLING_WORDS = 15
SCORE_NOTED, SCORE_SPAM = 0.8, 0.98

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+")  # scripts without spaces between words


@dataclass(frozen=True)
class Submission:
    """A comment as it came."""

    name: str
    email: str
    text: str
    link_hosts: Sequence[str]  # one for each link, in order
    seconds: float | None  # from the form's being shown to its being sent; None: the form's stamp is none of ours
    is_trap_filled: bool = False  # the field that people do not see


@dataclass(frozen=True)
class WatchedWord:
    id: int
    pattern: str  # folded; may end in *
    is_disallowed: bool


@dataclass(frozen=True)
class WordTally:
    approved: int
    spam: int


@dataclass(frozen=True)
class Knowledge:
    """What is known when a comment comes."""

    most_links: int = 2
    trusts_known_writers: bool = False
    approvals: int = 0  # of this writer's address, before
    repeats: int = 0  # of this very text, lately
    bans: Sequence[tuple[int, str]] = ()  # those that meet it: id, what they say
    words: Sequence[WatchedWord] = ()
    trained: WordTally = WordTally(0, 0)  # whole comments
    tallies: Mapping[str, WordTally] = field(default_factory=dict)  # of the words of this comment


@dataclass(frozen=True)
class Reason:
    code: str
    words: str
    weight: int


@dataclass(frozen=True)
class Decision:
    state: str
    reasons: tuple[Reason, ...]
    word_ids: tuple[int, ...]  # which watched words it holds


def decide(submission: Submission, knowledge: Knowledge) -> Decision:
    """Held, unless it is clearly spam, or its writer is known and trusted and nothing speaks against it."""
    hits = [word for word in knowledge.words if holds(submission, word.pattern)]
    reasons = (
        *_trap_reasons(submission),
        *(Reason("ban", words, SPAM_WEIGHT) for _, words in knowledge.bans),
        *(_word_reason(word) for word in hits),
        *_link_reasons(len(submission.link_hosts), knowledge.most_links),
        *_repeat_reasons(knowledge.repeats),
        *_score_reasons(score(knowledge.trained, knowledge.tallies)),
    )
    return Decision(_state(reasons, knowledge), reasons, tuple(word.id for word in hits))


def _state(reasons: Sequence[Reason], knowledge: Knowledge) -> str:
    if sum(reason.weight for reason in reasons) >= SPAM_WEIGHT:
        return SPAM
    is_known = knowledge.approvals >= APPROVALS_TO_BE_KNOWN
    return APPROVED if knowledge.trusts_known_writers and is_known and not reasons else HELD


def _trap_reasons(submission: Submission) -> Iterable[Reason]:
    if submission.is_trap_filled:
        yield Reason("trap", "The field that people do not see was filled in.", SPAM_WEIGHT)
    if submission.seconds is None:
        yield Reason("stamp", "It did not come from our form.", 2)
    elif submission.seconds < TOO_QUICK:
        yield Reason("quick", f"It was sent {submission.seconds:.0f} s after the form was shown.", 1)


def _word_reason(word: WatchedWord) -> Reason:
    if word.is_disallowed:
        return Reason("disallowed", f"Disallowed word: {word.pattern}", SPAM_WEIGHT)
    return Reason("watched", f"Watched word: {word.pattern}", 1)


def _link_reasons(links: int, most: int) -> Iterable[Reason]:
    if links > most:
        yield Reason("links", f"It has {links} links.", SPAM_WEIGHT if links >= most + MANY_LINKS_MORE else 1)


def _repeat_reasons(repeats: int) -> Iterable[Reason]:
    if repeats:
        times = "once" if repeats == 1 else f"{repeats} times"
        weight = SPAM_WEIGHT if repeats >= REPEATS_OF_SPAM else 1
        yield Reason("repeated", f"The same text came {times} before.", weight)


def _score_reasons(probability: float | None) -> Iterable[Reason]:
    if probability is not None and probability >= SCORE_NOTED:
        weight = SPAM_WEIGHT if probability >= SCORE_SPAM else 1
        # Never a round hundred: a score is a guess.
        yield Reason("score", f"Its words are those of spam ({min(99, round(100 * probability))} %).", weight)


# --- Words


def holds(submission: Submission, pattern: str) -> bool:
    """Say whether a watched word stands in the name, the address, the text or the links."""
    everything = "\n".join((submission.name, submission.email, submission.text, *submission.link_hosts))
    return bool(_pattern(pattern).search(fold_text(everything)))


@lru_cache(maxsize=1000)
def _pattern(pattern: str) -> re.Pattern[str]:
    stem = pattern.rstrip("*")
    # A word ends where no letter follows; scripts that put no spaces have no such ends.
    has_ends = not _UNSPACED.search(stem)
    before = r"(?<!\w)" if has_ends and stem[:1].isalnum() else ""
    after = r"(?!\w)" if has_ends and stem[-1:].isalnum() and stem == pattern else ""
    return re.compile(before + re.escape(stem) + after)


def fold_text(text: str) -> str:
    """Return the text as it is compared: folded, its white space collapsed."""
    return fold(text)


def telling_words(submission: Submission) -> list[str]:
    """Return the words by which a comment is scored, each once: of its text and name, and the hosts of its links."""
    text = fold_text(f"{submission.name}\n{submission.text}")
    words = {word for word in _WORD.findall(_UNSPACED.sub(" ", text)) if 3 <= len(word) <= 30 and not word.isdigit()}
    for run in _UNSPACED.findall(text):
        words |= {run[i : i + 2] for i in range(max(len(run) - 1, 1))}
    # Korean puts particles behind its words: the first two syllables say which word it is.
    words |= {word[:2] for word in _WORD.findall(text) if "\uac00" <= word[0] <= "\ud7a3"}
    return sorted(words | {f"host:{host}" for host in submission.link_hosts})


def score(trained: WordTally, tallies: Mapping[str, WordTally]) -> float | None:
    """Return how likely these words are spam, from 0 to 1; None while too little was learnt to say.

    Naive Bayes over the most telling words, with a count of one added on both sides (Graham 2002, Laplace).
    """
    if min(trained.approved, trained.spam) < LEAST_TRAINING:
        return None
    odds = (
        math.log((tally.spam + 1) / (trained.spam + 2)) - math.log((tally.approved + 1) / (trained.approved + 2))
        for tally in tallies.values()
        if tally.spam + tally.approved > 0
    )
    total = sum(sorted(odds, key=abs, reverse=True)[:TELLING_WORDS])
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
