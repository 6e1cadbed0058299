"""What an address names: the listing, its heading, and what else its page shows. Pages and feeds find alike."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.cache import patch_cache_control
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from posts import corrections, listing
from posts.addressing import archive_url, tag_url, tags_url
from posts.dating import period, written_date, written_month, written_year
from posts.gone import Gone
from posts.listing import Listing
from posts.models import Category, FormerAddress, Post, Tag
from sources.models import Source
from sources.naming import tidy_slug

MOST_TAGS = 3


@dataclass
class Found:
    """A listing that an address names, with what heads its page. `url` is where it lives: elsewhere means redirect."""

    listing: Listing
    heading: str
    description: str
    context: dict[str, Any]

    @property
    def url(self) -> str:
        return self.listing.url


def lead_to(address: str) -> HttpResponse:
    """Send whoever asked to where it lives for good. Browsers are to ask again: a merge can be undone."""
    response = redirect(address, permanent=True)
    patch_cache_control(response, no_cache=True)
    return response


def find_post(year: int, month: int, day: int, slug: str) -> Post:
    """Find the public post that lives at an address, or once did: where it is now, it says itself.

    Raises Gone where readers had one that is here no longer, and Http404 where there is none for them.
    """
    return for_readers(post_at(year, month, day, slug))


def for_readers(post: Post | None) -> Post:
    if post is not None and post.is_gone:
        raise Gone(post)
    if post is None or not post.is_public:
        raise Http404("There is no such post.")
    return post


def post_at(year: int, month: int, day: int, slug: str) -> Post | None:
    """Return the post of that day and slug, or the one that left this address, whatever its state.

    Raises Gone where that is deleted for good, and Http404 for an impossible date.
    """
    try:
        period(year, month, day)
    except (ValueError, OverflowError) as error:
        raise Http404("No calendar has this date.") from error
    address = {"published_on": f"{year:04}-{month:02}-{day:02}", "slug": tidy_slug(slug)}
    posts = Post.objects.defer(*Post.TEXTS)
    post = posts.filter(**address).first()
    former = None if post else FormerAddress.objects.filter(**address).first()
    if former is None:
        return post
    if former.post_id is None:
        raise Gone
    return posts.filter(pk=former.post_id).first()


def find_corrections() -> Found:
    words = _("What was wrong on %(site)s, and is right now.") % {"site": settings.SITE_NAME}
    return Found(corrections.of_public_posts(), _("Corrections"), words, {})


def find_home() -> Found:
    return Found(listing.whole_site(), settings.SITE_NAME, "", {})


def find_period(year: int, month: int | None = None, day: int | None = None) -> Found:
    """Find a year, a month or a day in the site's time zone; an empty or an impossible one is not found."""
    if month == 0 or day == 0:
        raise Http404("No calendar has this date.")
    try:
        start, end = period(year, month, day)
    except (ValueError, OverflowError) as error:
        raise Http404("No calendar has this date.") from error
    posts = listing.of_period(start, end, archive_url(year, month, day))
    if not posts.count:
        raise Http404("Nothing was published then.")
    first = dt.date(year, month or 1, day or 1)
    heading = written_date(first) if day else written_month(first) if month else written_year(first)
    above = [(written_year(first), archive_url(year))] if month else []
    above += [(format_date(first, "F"), archive_url(year, month))] if month and day else []
    return Found(posts, heading, _("What was published in %(time)s.") % {"time": heading}, {"above": above})


def find_tag(slug: str) -> Found:
    """Find a tag, or up to three: `a+b` is both, `a,b` either. An alias is found at its tag's address."""
    if "+" in slug or "," in slug:
        return _find_tags(slug)
    tag = Tag.objects.at_slug(slug)
    if tag is None:
        raise Http404("There is no such tag.")
    of_tag = listing.of_tag(tag)
    if not of_tag.count:
        raise Http404("Nothing is published under this tag.")
    context = {"tag": tag, "related": _related_tags(tag, of_tag)}
    heading = _("Posts Tagged ‘%(name)s’") % {"name": tag.name}
    return Found(of_tag, heading, _("What we clipped about %(name)s.") % {"name": tag.name}, context)


@dataclass(frozen=True)
class RelatedTag:
    """A tag that often stands beside another, with the address of what carries both."""

    name: str
    url: str
    together_url: str


def _related_tags(tag: Tag, of_tag: Listing) -> list[RelatedTag]:
    ids = of_tag.tally.related if of_tag.tally else []
    rows = {
        pk: RelatedTag(name, tag_url(slug), tags_url([tag.slug, slug], "+"))
        for pk, name, slug in Tag.objects.filter(pk__in=ids).values_list("pk", "name", "slug")
    }
    return [rows[pk] for pk in ids if pk in rows]


def _find_tags(slug: str) -> Found:
    is_all = "+" in slug
    slugs = slug.split("+" if is_all else ",")
    if len(slugs) > MOST_TAGS or not all(slugs):
        raise Http404("Up to three tags can be read together.")
    found_tags = [tag if tag and listing.of_tag(tag).count else None for tag in map(Tag.objects.at_slug, slugs)]
    tags = list(dict.fromkeys(tag for tag in found_tags if tag))
    if not tags or (is_all and None in found_tags):
        raise Http404("There is no such tag.")
    if len(tags) == 1:
        return find_tag(tags[0].slug)
    sign = "+" if is_all else ","
    address = tags_url([tag.slug for tag in tags], sign)
    found = (listing.of_all_tags if is_all else listing.of_any_tag)(tags, address)
    between = pgettext("between names", " and ") if is_all else pgettext("between names", " or ")
    values = {"names": between.join(f"‘{tag.name}’" for tag in tags)}
    context = {"tags": tags, "each_tag": _each_and_the_others(tags, sign)}
    return Found(found, _("Posts Tagged %(names)s") % values, _("Posts tagged %(names)s.") % values, context)


def _each_and_the_others(tags: list[Tag], sign: str) -> list[tuple[Tag, str]]:
    """Return each of these tags with the address of the list without it."""
    return [(tag, tags_url([other.slug for other in tags if other != tag], sign)) for tag in tags]


def find_category(path: str) -> Found:
    path = tidy_slug(path)
    category = get_object_or_404(Category.objects.select_related("tally", "parent"), path=path)
    children = Category.objects.filter(parent=category, tally__count__gt=0)
    context = {"category": category, "children": children.order_by("name")}
    of_category = listing.of_category(category)
    if not of_category.count:
        raise Http404("Nothing is published in this category.")
    return Found(of_category, category.name, category.description, context)


def find_source(slug: str) -> Found:
    slug = tidy_slug(slug)
    sources = Source.objects.select_related("tally")
    source = sources.filter(slug=slug).first() or sources.filter(aliases__slug=slug).first()
    if source is None:
        raise Http404("There is no such outlet.")
    of_source = listing.of_source(source)
    if not of_source.count:
        raise Http404("Nothing of this outlet is published.")
    return Found(of_source, source.name, source.description, {"source": source})
