"""What the desk knows already of a page and of a title, so that nothing is clipped twice by accident."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from posts.dating import byline_date, byline_moment
from posts.life import UNPUBLISHED, State
from posts.models import Post
from posts.near_titles import Words
from sources.hosts import readable_host
from sources.links.canonical import canonical_address
from sources.links.models import Link, find_or_propose_source
from sources.models import Source
from sources.naming import fold, propose_slug

SHOWN = 5  # of the posts that have a page, or a title like this
LAST = 10_000  # posts whose titles are compared
TITLE_LENGTH = 300
NUMBERED = 20  # how many slugs of one title are looked for: title, title-2, …

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
        return cls(post.pk, "", "not public", "")

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
        source = link.source if link else find_or_propose_source(canonical)
        return cls(canonical, "", link, source, tuple(clips_of(canonical, user=user, besides=besides)))

    @property
    def outlet(self) -> str:
        """Whose page it is, in a sentence."""
        source = self.source
        if source is None:
            return self.error
        if source.pk is None:
            return f"“{source.name}” is new: it will be added as an outlet by this name, unless you choose a source."
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
