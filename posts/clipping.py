"""What the desk knows already of a page and of a title, so that nothing is clipped twice by accident."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from posts.dating import byline_date, byline_moment
from posts.life import UNPUBLISHED, State
from posts.models import Post
from sources.hosts import readable_host
from sources.links.canonical import canonical_address
from sources.links.models import Link, find_source, propose_source
from sources.models import Source
from sources.naming import fold, propose_slug

SHOWN = 5  # of the posts that have a page, or a title like this
LAST = 10_000  # posts whose titles are compared
TITLE_LENGTH = 300
NUMBERED = 20  # how many slugs of one title are looked for: title, title-2, …

# --- Titles: what makes two of them near-equal. Pure.

# Accents, and the vowel points of Arabic and Hebrew: written or left out as one likes. Marks of other scripts are
# letters like any other.
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u200b-\u200f\u2060\ufeff]")
_SILENT = str.maketrans("", "", "'’‘ʼ`´.")  # “don’t”, “U.S.”
_THOUSANDS = re.compile(r"(?<=\d),(?=\d)")
# In scripts that part no words, each sign is one.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W_\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
_MARKS = re.compile("[\u0900-\u0dff\u0e00-\u109f\u1780-\u17ff]")  # in these scripts vowels are marks, which are no \w
_INDIC_WORD = re.compile(r"[\w\u0900-\u0dff\u0e00-\u109f\u1780-\u17ff]+")
_DIGITS = re.compile(r"\d+")
_FOREIGN_DIGIT = re.compile(r"[^\D0-9]")
_COUNTING = re.compile(r"[b-z]|[ivx]{2,}")  # “Part B”, “Part II”
ARTICLES = frozenset({"a", "an", "the"})


@dataclass(frozen=True)
class Words:
    """The words of a title as they are compared, and the numbers in it."""

    words: tuple[str, ...]
    numbers: tuple[str, ...]

    @classmethod
    def of(cls, title: str) -> Words:
        return cls.in_plain(plain(title))

    @classmethod
    def in_plain(cls, text: str) -> Words:
        finder = _WORD if text.isascii() or not _MARKS.search(text) else _INDIC_WORD
        found = finder.findall(_THOUSANDS.sub("", text) if "," in text else text)
        words = [word for word in found if word not in ARTICLES] or found
        return cls(tuple(sorted(words)), tuple(sorted(_numbers(words))))

    def are_found_near(self, titles: Iterable[tuple[int, str]]) -> list[int]:
        """Return the keys of those titles that are near-equal; of most of them one look is enough to tell."""
        most = _most_changed(len(self.words) + 1)
        letters = sorted((word for word in self.words if word.isalpha()), key=len, reverse=True)
        # Of so many words at least one stands unchanged in whatever is near.
        probes = letters[: most + 1] if len(letters) > most else [""]
        spaces = 2 * len(self.words) + 6
        near = []
        for key, title in titles:
            text = plain(title)
            is_likely = any(probe in text for probe in probes) and text.count(" ") <= spaces
            if is_likely and are_near(self, Words.in_plain(text)):
                near.append(key)
        return near


def plain(title: str) -> str:
    """Return a title without what is nothing when titles are compared but the signs between its words."""
    text = title.casefold().translate(_SILENT)
    if text.isascii():
        return text
    text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text).casefold()).translate(_SILENT)
    return _FOREIGN_DIGIT.sub(lambda digit: str(int(digit[0])), text)


def _numbers(words: list[str]) -> Iterable[str]:
    for word in words:
        if word.isascii() and word.isalpha():
            if _COUNTING.fullmatch(word):
                yield word
        else:
            for run in _DIGITS.findall(word):
                yield str(int(run))


def are_near(one: Words, other: Words) -> bool:
    """Say whether two titles are most likely meant to be one: numbers alike, and hardly a word different.

    In up to three words one may be mistyped; four may have one more; in longer ones a word may differ, from eight on
    two. Order, case, punctuation and accents are nothing. Symmetric; true of a title and itself.
    """
    if not one.words or not other.words or one.numbers != other.numbers:
        return False
    if one.words == other.words:
        return True
    number = max(len(one.words), len(other.words))
    most = _most_changed(number)
    if abs(len(one.words) - len(other.words)) > most:
        return False
    left, right = Counter(one.words), Counter(other.words)
    mine, theirs = list((left - right).elements()), list((right - left).elements())
    changed = max(len(mine), len(theirs))
    if changed > most:
        return False
    return changed - _mistyped(mine, theirs) <= _may_differ(number, is_more=not mine or not theirs)


def _most_changed(number: int) -> int:
    return 2 if number >= 8 else 1


def _may_differ(number: int, *, is_more: bool) -> int:
    if number >= 8:
        return 2
    return int(number >= 5 or (number == 4 and is_more))


def _mistyped(mine: list[str], theirs: list[str]) -> int:
    """Return how many of at most two words on either side are the same but for a slip of the finger."""
    pairs = [[_is_slip(word, other) for other in theirs] for word in mine]
    if len(mine) == len(theirs) == 2 and ((pairs[0][0] and pairs[1][1]) or (pairs[0][1] and pairs[1][0])):
        return 2
    return int(any(map(any, pairs)))


def _is_slip(word: str, other: str) -> bool:
    """Say whether a letter is missing, too many, wrong or swapped; in long words two."""
    short = min(len(word), len(other))
    if short < 5 or word[0] != other[0] or any(sign.isdigit() for sign in word):
        return False
    most = 2 if short >= 9 else 1
    if abs(len(word) - len(other)) > most:
        return False
    return _edits(word[:60], other[:60]) <= most and word[60:] == other[60:]


def _edits(a: str, b: str) -> int:
    """Return the number of letters to put in, take out, change or swap (Damerau)."""
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, sign in enumerate(a, 1):
        row = [i]
        for j, other in enumerate(b, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (sign != other))
            if i > 1 and j > 1 and sign == b[j - 2] and a[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]


# --- Posts: which have this page, or a title like this


@dataclass(frozen=True)
class Clip:
    """A post that is there already, in words that the one who asks may read."""

    post_id: int
    title: str  # "" where it is another's draft
    status: str  # "published on March 31, 2013, by edith"
    address: str  # of its form, or of its page; "" where neither may be opened

    @classmethod
    def of(cls, post: Post, user: Any) -> Clip:
        if user.has_perm("posts.publish_post") or post.editor_id == user.pk:
            return cls(post.pk, post.display_title, _status(post), f"/admin/posts/post/{post.pk}/change/")
        if post.is_public:
            return cls(post.pk, post.display_title, _status(post), post.get_absolute_url())
        return cls(post.pk, "", _status(post), "")

    def as_html(self) -> SafeString:
        if not self.title:
            return format_html("a post of somebody else ({})", self.status)
        return format_html('<a href="{}" dir="auto">{}</a> ({})', self.address, self.title, self.status)


def _status(post: Post) -> str:
    by = f", by {post.editor.get_username()}" if post.editor else ""
    return f"{_state(post)}{by}"


def _state(post: Post) -> str:
    if post.state == State.TRASH:
        return "in the trash"
    if post.state in UNPUBLISHED or post.published_at is None or post.is_held:
        return post.status_label.lower()
    if post._comes_later():
        return f"scheduled for {byline_moment(post.published_at)}"
    return f"{post.status_label.lower()} on {byline_date(post.published_at)}"


def _briefly(posts: QuerySet[Post], user: Any) -> list[Clip]:
    columns = (
        "title", "slug", "state", "published_at", "published_on", "review_on", "listed_at", "editor",
        "editor__username",
    )  # fmt: skip
    found = posts.select_related("editor").only(*columns).order_by("-pk")[: SHOWN + 1]
    return [Clip.of(post, user) for post in found]


def _all_but(pk: int | None) -> QuerySet[Post]:
    return Post.objects.exclude(pk=pk) if pk else Post.objects.all()


def clips_of(address: str, *, user: Any, besides: int | None = None) -> list[Clip]:
    """Return the posts whose original this page is, or that name it as a further report; the newest first.

    In any state, the trash included; at most one more than are shown. Raises ValueError where it is no address.
    """
    pages = list(Link.objects.near(address).values_list("pk", flat=True))
    if not pages:
        return []
    others = _all_but(besides)
    clips = _briefly(others.filter(link__in=pages), user)
    beside = _briefly(others.filter(pk__in=others.filter(also_reported__link__in=pages).values("pk")), user)
    return list({clip.post_id: clip for clip in [*clips, *beside]}.values())[: SHOWN + 1]


def near_titles(title: str, *, user: Any, besides: int | None = None) -> list[Clip]:
    """Return the posts whose titles are near-equal: of the last ones, and of older ones those that are the same.

    An older post is found by its slug, which is made from the title and has an index.
    """
    title = title[:TITLE_LENGTH]
    asked = Words.of(title)
    if not asked.words:
        return []
    others = _all_but(besides).exclude(title="").order_by("-pk")
    near = asked.are_found_near(others.values_list("pk", "title")[:LAST])
    slug = propose_slug(title, fallback="-", max_length=190)
    slugs = [slug, *(f"{slug}-{number}" for number in range(2, NUMBERED))]
    older = others.filter(slug__in=slugs).values_list("pk", "title")[:LAST]
    near += [pk for pk, other in older if fold(other) == fold(title)]
    return _briefly(Post.objects.filter(pk__in=list(dict.fromkeys(near))[: SHOWN + 1]), user) if near else []


# --- What is said of it at the form's boxes


def warn_of_clips(clips: list[Clip]) -> SafeString:
    return _warning("Already clipped:", clips)


def warn_of_titles(clips: list[Clip]) -> SafeString:
    return _warning("A title much like this one:", clips)


def _warning(words: str, clips: list[Clip]) -> SafeString:
    """Say what is there already; nothing where nothing is."""
    if not clips:
        return SafeString("")
    named = format_html_join("; ", "{}", ((clip.as_html(),) for clip in clips[:SHOWN]))
    end = "; and more." if len(clips) > SHOWN else "."
    return format_html('<span class="found-warning"><strong>{}</strong> {}{}</span>', words, named, end)


@dataclass(frozen=True)
class Page:
    """What is known of the page at an address: whose it is, and which posts have it."""

    address: str  # canonical; "" where it is no address
    error: str = ""
    link: Link | None = None
    source: Source | None = None  # unsaved where it is new
    clips: tuple[Clip, ...] = ()

    @classmethod
    def at(cls, address: str, *, user: Any, besides: int | None) -> Page:
        try:
            canonical = canonical_address(address)
        except ValueError as error:
            return cls("", str(error))
        link = Link.objects.at(canonical)
        source = link.source if link else find_source(canonical) or propose_source(canonical)
        return cls(canonical, "", link, source, tuple(clips_of(canonical, user=user, besides=besides)))

    @property
    def outlet(self) -> str:
        """Whose page it is, in a sentence."""
        source = self.source
        if source is None:
            return self.error
        if source.pk is None:
            return f"“{source.name}” is new: it will be added as an outlet under this name."
        host = readable_host(source.host)
        return f"This is {source.name} ({host})." if host not in ("", source.name) else f"This is {source.name}."

    @property
    def warning(self) -> SafeString:
        return warn_of_clips(list(self.clips))

    @property
    def as_html(self) -> SafeString:
        return format_html("{} {}", self.outlet, self.warning)


def page_at(address: str, *, user: Any, besides: int | None = None) -> Page | None:
    """Return what is known of the page whose address was typed; None where none was."""
    address = with_scheme(address)
    return Page.at(address, user=user, besides=besides) if address else None


def with_scheme(address: str) -> str:
    """Return an address as it was typed or pasted, with https before it where nothing stood there."""
    address = address.strip()
    return f"https://{address}" if address and "://" not in address else address


def pages_beside(lines: list[str], original: Page | None, *, user: Any, besides: int | None = None) -> SafeString:
    """Say of each further report whose it is, and whether it is one of the others; as the items of a list."""
    said = []
    seen = {original.address} if original and original.address else set()
    for line in lines:
        page = Page.at(with_scheme(line), user=user, besides=besides)
        twice = original is not None and page.address == original.address
        if page.address and page.address in seen:
            words = "this is the original itself: it is left out." if twice else "this stands here twice."
            said.append((line, format_html('<span class="found-warning">{}</span>', words)))
        else:
            said.append((line, page.as_html))
        seen.add(page.address)
    items = format_html_join("", "<li>{}: {}</li>", ((_shortly(line), words) for line, words in said))
    return format_html("<ul>{}</ul>", items) if items else items


def _shortly(address: str) -> str:
    return f"{address[:60]}…" if len(address) > 60 else address
