"""The words of decided comments, learnt and unlearnt."""

from collections import Counter
from collections.abc import Iterable, Sequence

from django.utils.crypto import salted_hmac

from posts.comments.models import Comment, WordCount
from posts.comments.moderation import Submission, WordTally, telling_words
from posts.rendering import links_of
from sources.models import host_of

WHOLE = 0  # the key that counts whole comments


def known(words: Sequence[str]) -> tuple[WordTally, dict[str, WordTally]]:
    """Return how many comments were learnt, and how often each of these words stood in them."""
    keys = {_key(word): word for word in words}
    rows = {row.key: row for row in WordCount.objects.filter(key__in=[WHOLE, *keys])}
    tallies = {word: WordTally(rows[key].approved, rows[key].spam) for key, word in keys.items() if key in rows}
    whole = rows.get(WHOLE)
    return WordTally(whole.approved, whole.spam) if whole else WordTally(0, 0), tallies


def learn(comments: Iterable[Comment]) -> None:
    """Count the words of comments under what they are now, and no longer under what they were counted as before.

    Sets `trained_as`, which the caller saves. Inside the transaction that decides on them.
    """
    changes: dict[str, Counter[int]] = {"approved": Counter(), "spam": Counter()}
    for comment in comments:
        now = comment.state if comment.state in changes else ""
        if now == comment.trained_as:
            continue
        keys = [WHOLE, *map(_key, telling_words(submission_of(comment)))]
        if comment.trained_as:
            changes[comment.trained_as].subtract(keys)
        if now:
            changes[now].update(keys)
        comment.trained_as = now
    _count(changes)


def _count(changes: dict[str, Counter[int]]) -> None:
    keys = sorted(key for key in changes["approved"].keys() | changes["spam"].keys())
    if not keys:
        return
    WordCount.objects.bulk_create([WordCount(key=key) for key in keys], ignore_conflicts=True)
    # In the order of the keys, so that two who learn at once wait for each other and never both.
    rows = list(WordCount.objects.select_for_update().filter(key__in=keys).order_by("key"))
    for row in rows:
        row.approved = max(0, row.approved + changes["approved"][row.key])
        row.spam = max(0, row.spam + changes["spam"][row.key])
    WordCount.objects.bulk_update(rows, ["approved", "spam"], batch_size=500)


def submission_of(comment: Comment) -> Submission:
    """Return a stored comment as it once came, as far as its words go."""
    hosts = [host_of(address) for address in links_of(comment.body_html)]
    return Submission(comment.name, comment.email, comment.body, hosts, seconds=None)


def _key(word: str) -> int:
    """Return the keyed hash of a word: 63 bits, never that of the whole."""
    digest = salted_hmac("posts.comments.word", word, algorithm="sha256").digest()
    return int.from_bytes(digest[:8]) >> 1 or 1
