"""Posts that have to do with one: they share a rare tag with it, or rare words, and the reason is said."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache
from django.db.models import IntegerField, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from posts.addressing import post_url
from posts.dating import byline_date
from posts.listing import ListedPost
from posts.models import Post, TaggedPost, Tally
from posts.rendering import plain_text
from posts.search.engine import engine
from posts.search.expressions import TEXT, Expression, Needle
from posts.search.models import EPOCH, LAST_NUMBER, SearchDocument, position_of, post_of
from posts.search.words import indexed_words

MOST = 5
RARE_TAGS, RARE_WORDS = 4, 8  # of a post, the rarest so many are looked at
OF_EACH_TAG, OF_WORDS = 30, 60  # posts, the newest
COMMON_SHARE = 2  # a tag on more than half of all posts says nothing
SAMPLE = 300  # the newest posts, in which a word is found common or not
COMMON_WORD = 0.02  # share of the sample, and never fewer posts than
FEW = 4
A_DAY = 24 * 60 * 60  # seconds
ENOUGH = 2  # words in common, or one that stands in both titles
SHORTEST = 3  # letters of a word that says something; pairs of CJK have two
A_WEEK = dt.timedelta(days=7)


@dataclass
class Related:
    title: str
    url: str
    date: str
    reason: str


@dataclass
class _Candidate:
    tags: set[int] = field(default_factory=set)
    words: list[str] = field(default_factory=list)
    is_in_both_titles: bool = False
    score: float = 0.0


def related_to(post: ListedPost) -> list[Related]:
    """Return the public posts that have most to do with this one, in a number of queries that does not grow."""
    tags = _rare_tags(post.id)
    words = _rare_words(post)
    candidates = {pk: _Candidate() for pk in _by_tags(tags) | _by_words(words) if pk != post.id}
    _weigh_tags(candidates, tags)
    _weigh_words(candidates, words, set(indexed_words(post.display_title)))
    kept = {pk: each for pk, each in candidates.items() if _is_enough(each)}
    best = sorted(kept, key=lambda pk: (-round(kept[pk].score, 6), -pk))[:MOST]
    reasons = {pk: _reason(kept[pk], tags, words) for pk in best}
    if not reasons:
        reasons = _of_the_same_week(post)
    return _read(reasons)


# --- By tags


@dataclass(frozen=True)
class _RareTag:
    name: str
    weight: float


def _rare_tags(post: int) -> dict[int, _RareTag]:
    """Return its rarest tags that stand on other posts too, with a weight each: the rarer the more."""
    site = Tally.objects.filter(is_site=True).values_list("count", flat=True).first() or 0
    rows = TaggedPost.objects.filter(content_object=post, tag__tally__count__gt=1)
    rarest = rows.order_by("tag__tally__count", "tag__name_key").values_list("tag", "tag__name", "tag__tally__count")
    return {
        pk: _RareTag(name, math.log(site / count))
        for pk, name, count in rarest[:RARE_TAGS]
        if count * COMMON_SHARE <= max(site, 2 * COMMON_SHARE)
    }


def _by_tags(tags: Collection[int]) -> set[int]:
    asked = [_newest_of(tag) for tag in tags]
    return {pk for pk, _tag in asked[0].union(*asked[1:], all=True).order_by()} if asked else set()


def _newest_of(tag: int) -> QuerySet[Any, Any]:
    entries = TaggedPost.objects.filter(tag=tag, listed_at__lte=timezone.now())
    newest = entries.order_by("-listed_at", "-content_object_id").values("pk")[:OF_EACH_TAG]
    rows = TaggedPost.objects.filter(pk__in=newest).annotate(of=Value(tag, output_field=IntegerField()))
    return rows.order_by().values_list("content_object_id", "of")


def _weigh_tags(candidates: dict[int, _Candidate], tags: dict[int, _RareTag]) -> None:
    shared = TaggedPost.objects.filter(content_object__in=candidates, tag__in=tags)
    for pk, tag in shared.values_list("content_object_id", "tag"):
        candidates[pk].tags.add(tag)
        candidates[pk].score += tags[tag].weight


# --- By words


def _rare_words(post: ListedPost) -> dict[str, str]:
    """Return its rarest words as the index has them, with how they stand in the text; the title's before others.

    Of a text under a content notice no word is shown: only the title counts.
    """
    title = _surfaces(post.display_title if post.title else "")
    text = {} if post.notice else _surfaces(plain_text(post.text_html))
    counts = {word: len(written) for word, written in text.items()}
    known = _sample()
    common = max(FEW, known["size"] * COMMON_WORD)
    seen: dict[str, int] = known["words"]
    says = [
        word
        for word in {**title, **text}
        if len(word) >= (SHORTEST if word.isascii() else 2) and not word.isdecimal() and seen.get(word, 0) <= common
    ]
    says.sort(key=lambda word: (word not in title, -counts.get(word, 0), seen.get(word, 0), word))
    return {word: (title.get(word) or text[word])[0] for word in says[:RARE_WORDS]}


def _surfaces(text: str) -> dict[str, list[str]]:
    """Return for each word of the index how it is written in the text."""
    surfaces: dict[str, list[str]] = {}
    for written in text.split():
        for word in indexed_words(written):
            surfaces.setdefault(word, []).append(written.strip(".,;:!?…()[]“”‘’\"'«»—–-"))
    return surfaces


def _sample() -> dict[str, Any]:
    """Return in how many of the newest posts each word stands, counted anew after each new post."""
    newest = SearchDocument.objects.order_by("-position").values_list("position", flat=True).first()
    key = f"search-sample-{newest}"
    sample = cache.get(key)
    if sample is None:
        words: Counter[str] = Counter()
        rows = list(SearchDocument.objects.order_by("-position").values_list("title", "body")[:SAMPLE])
        for title, body in rows:
            words.update(set(title.split()) | set(body.split()))
        # What stands in one post alone is rare without being noted.
        sample = {"size": len(rows), "words": {word: number for word, number in words.items() if number > 1}}
        cache.set(key, sample, A_DAY)
    return sample


def _by_words(words: Collection[str]) -> set[int]:
    if not words:
        return set()
    needle = Needle(tuple(((word,), False) for word in words), TEXT)
    high = position_of(timezone.now(), LAST_NUMBER)
    return {post_of(each) for each in engine().newest(Expression((needle,)), position_of(EPOCH), high, OF_WORDS)}


def _weigh_words(candidates: dict[int, _Candidate], words: dict[str, str], title: set[str]) -> None:
    rows = SearchDocument.objects.filter(post__in=candidates)
    for pk, other_title, body, notice in rows.values_list("post", "title", "body", "post__notice"):
        # Nor may the reason tell what stands in the other's text, if that lies under a notice.
        in_title, in_text = set(other_title.split()), set() if notice else set(body.split())
        candidate = candidates[pk]
        candidate.words = [word for word in words if word in in_title or word in in_text]
        candidate.is_in_both_titles = any(word in in_title and word in title for word in candidate.words)
        candidate.score += sum(1.0 + (word in in_title and word in title) for word in candidate.words)


def _is_enough(candidate: _Candidate) -> bool:
    return bool(candidate.tags) or len(candidate.words) >= ENOUGH or candidate.is_in_both_titles


# --- Saying why


def _reason(candidate: _Candidate, tags: dict[int, _RareTag], words: dict[str, str]) -> str:
    names = [each.name for pk, each in tags.items() if pk in candidate.tags]
    if names:
        return ngettext("Also tagged %(names)s", "Also tagged %(names)s", len(names)) % {"names": _listed(names)}
    written = list(dict.fromkeys(f"“{words[word]}”" for word in candidate.words))
    return _("Also about %(words)s") % {"words": _listed(written)}


def _listed(names: Sequence[str]) -> str:
    """Return up to three names as a sentence lists them."""
    names = names[:3]
    if len(names) < 2:
        return "".join(names)
    return _("%(names)s and %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}


def _of_the_same_week(post: ListedPost) -> dict[int, str]:
    if not post.source_slug or post.published_at is None:
        return {}
    near = (post.published_at - A_WEEK / 2, post.published_at + A_WEEK / 2)
    posts = Post.objects.published().filter(source__slug=post.source_slug, listed_at__range=near).exclude(pk=post.id)
    reason = _("From the same outlet, in the same week")
    return dict.fromkeys(posts.newest_first().values_list("pk", flat=True)[:MOST], reason)


def _read(reasons: dict[int, str]) -> list[Related]:
    rows = (
        Post.objects.published().filter(pk__in=reasons).values("pk", "title", "slug", "published_at", "published_on")
    )
    posts: dict[int, Any] = {row["pk"]: dict(row) for row in rows}
    return [_one(posts[pk], reason) for pk, reason in reasons.items() if pk in posts]


def _one(row: dict[str, Any], reason: str) -> Related:
    date = byline_date(row["published_at"])
    return Related(row["title"] or date, post_url(row["published_on"], row["slug"]), date, reason)
