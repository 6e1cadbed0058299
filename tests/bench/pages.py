"""The pages that are measured: where they are, and which posts they show."""

from dataclasses import dataclass

from posts import listing
from posts.addressing import archive_url
from posts.dating import period
from posts.listing import PAGE_SIZE, Listing
from posts.models import Category, Post, Tag
from posts.syndication import LENGTH as FEED_LENGTH
from sources.models import Source

DEEP = 500
MONTH = (2018, 3)


@dataclass(frozen=True)
class Page:
    name: str
    url: str
    post_ids: tuple[int, ...]

    @property
    def bare_url(self) -> str:
        return "/" + ",".join(map(str, self.post_ids))


def home() -> Listing:
    return listing.whole_site()


def commonest_tag() -> Listing:
    return listing.of_tag(Tag.objects.order_by("-tally__count").first())


def commonest_category() -> Listing:
    return listing.of_category(Category.objects.order_by("-tally__count").first())


def commonest_source() -> Listing:
    return listing.of_source(Source.objects.filter(tally__isnull=False).order_by("-tally__count").first())


def month() -> Listing:
    return listing.of_period(*period(*MONTH), archive_url(*MONTH))


def deep(of: Listing) -> int:
    """Return the number of the deep page, or of the last full one where there are fewer."""
    return min(DEEP, max(1, of.count // PAGE_SIZE))


def pages() -> list[Page]:
    tag = commonest_tag()
    newest = home().posts(stop=FEED_LENGTH)
    post = next(post for post in newest if post.link_address and post.tags and post.title)
    return [
        _page("home", home()),
        _page("tag, page 1", tag),
        _page(f"tag, page {deep(tag)}", tag, deep(tag)),
        _page("category", commonest_category()),
        _page("source", commonest_source()),
        _page("month", month()),
        Page("post", Post.objects.get(pk=post.id).get_absolute_url(), (post.id,)),
        Page("old post", (old := Post.objects.published().earliest("listed_at")).get_absolute_url(), (old.pk,)),
        Page("feed", "/feed/", tuple(post.id for post in newest)),
    ]


def _page(name: str, of: Listing, number: int = 1) -> Page:
    page = of.page(number)
    return Page(name, page.url_of(number), tuple(post.id for post in page.rows))
