"""The desk: finding posts in the list by what an editor types or pastes.

What the small tables hold (tags, outlets, pages) is looked up there, and only their posts are asked for: one join over
all of them would read every post with every tag for every question.
"""

import datetime as dt
import re
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.text import smart_split, unescape_string_literal

from posts.models import AlsoReported, FormerAddress, Post, Tag, TaggedPost
from sources.links.canonical import canonical_address
from sources.links.models import Link
from sources.models import Source
from sources.naming import fold, tidy_slug

WORDS_MOST = 12  # each narrows what is found; a pasted paragraph would find nothing after so many anyway
KEPT_MOST = 2000  # ids that are handed from one question to the next
NUMBER_DIGITS = 18
PERMALINK = re.compile(r"/(\d{4})/(\d{2})/(\d{2})/([^/]+)/?$")


def search(posts: QuerySet[Post], text: str) -> QuerySet[Post]:
    """Return those of these posts in which each word is found; words in quotes are one."""
    words = _words(text)
    if not words:
        return posts
    wanted = Q()
    for word in words:
        wanted &= _with(word)
    found = posts.filter(wanted)
    # The list asks four things of what is found: how many, which page of it, and for its dates.
    ids = list(found.order_by().values_list("pk", flat=True)[: KEPT_MOST + 1])
    return posts.filter(pk__in=ids) if len(ids) <= KEPT_MOST else found


def _words(text: str) -> list[str]:
    words = []
    for bit in smart_split(text):
        is_quoted = len(bit) > 1 and bit[0] == bit[-1] and bit[0] in "\"'"
        words.append(unescape_string_literal(bit) if is_quoted else bit)
    return [word for word in words if word.strip()][:WORDS_MOST]


def _with(word: str) -> Q:
    if word.lower().startswith(("http://", "https://")):
        return _at_address(word)
    found = Q(title__icontains=word) | Q(slug__icontains=word)
    if word.isdecimal() and len(word) <= NUMBER_DIGITS:
        found |= Q(pk=int(word))
    key = fold(word)
    if key:
        tags = Tag.objects.filter(name_key__contains=key)
        own_tag = TaggedPost.objects.filter(content_object=OuterRef("pk"), tag__in=tags.order_by().values("pk"))
        found |= _among(tagged_with(tags), Q(Exists(own_tag)))
        named = Source.objects.filter(Q(name_key__contains=key) | Q(aliases__name_key__contains=key))
        found |= Q(source__in=set(named.order_by().values_list("pk", flat=True)))
    if "/" in word:
        found |= _here(f"/{word.lstrip('/')}")
    if "." in word or "/" in word:
        found |= _citing(Link.objects.filter(address__icontains=word))
    return found


def _among(ids: QuerySet[Any, int], otherwise: Q) -> Q:
    """The posts with these ids where they are few; else what asks the same of each post.

    Both databases look into a short list at once. What a common word finds is too long for one, and most posts that
    are asked say yes.
    """
    few = set(ids[: KEPT_MOST + 1])
    return Q(pk__in=few) if len(few) <= KEPT_MOST else otherwise


def tagged_with(tags: QuerySet[Tag]) -> QuerySet[TaggedPost, int]:
    """Return the ids of the posts that carry one of these."""
    return TaggedPost.objects.filter(tag__in=tags.order_by().values("pk")).values_list("content_object", flat=True)


def _at_address(address: str) -> Q:
    """Those that cite this page, in whichever of its forms it is given; or the post that has this address of ours."""
    try:
        canonical = canonical_address(address)
    except ValueError:
        return _here(address)
    at = Link.objects.near(canonical)
    if not at.exists():  # the beginning of an address
        at = Link.objects.filter(address__startswith=canonical.rstrip("/"))
    return _citing(at) | _here(address)


def _citing(links: QuerySet[Link]) -> Q:
    pages = links.order_by().values("pk")
    beside = AlsoReported.objects.filter(link__in=pages)
    first = _among(Post.objects.filter(link__in=pages).order_by().values_list("pk", flat=True), Q(link__in=pages))
    return first | _among(
        beside.order_by().values_list("post", flat=True), Q(Exists(beside.filter(post=OuterRef("pk"))))
    )


def _here(address: str) -> Q:
    """The post at an address of this site, or at one that it had before."""
    path = address.removeprefix(settings.SITE_URL)
    parts = PERMALINK.search(urlsplit(path).path) if path != address or "://" not in address else None
    if parts is None:
        return Q(pk__in=[])
    year, month, day, slug = parts.groups()
    try:
        published_on = dt.date(int(year), int(month), int(day))
    except ValueError:
        return Q(pk__in=[])
    at = {"published_on": published_on, "slug": tidy_slug(unquote(slug))}
    former = FormerAddress.objects.filter(**at, post__isnull=False)
    return Q(**at) | Q(pk__in=former.values("post"))
