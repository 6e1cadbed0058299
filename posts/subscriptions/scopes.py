"""What one can follow, named by the address of its listing: the same name in forms, in consents, in lists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from django.utils.translation import gettext as _

from posts.addressing import HOME, category_url, source_url, tag_url
from posts.models import Category, Tag
from posts.subscriptions.models import Subscription
from sources.models import Source
from sources.naming import tidy_slug

LONGEST = 600  # characters of an address


@dataclass(frozen=True)
class Scope:
    """The whole site, or a tag, a category, an outlet."""

    kind: str  # "all", "tag", "category", "source"
    pk: int
    name: str
    url: str

    @property
    def columns(self) -> dict[str, int]:
        """The columns of a subscription to it."""
        return {} if self.kind == "all" else {f"{self.kind}_id": self.pk}

    @property
    def words(self) -> str:
        """As it stands in a sentence: “posts tagged ‘North Korea’”."""
        forms = {
            "tag": _("posts tagged ‘%(name)s’"),
            "category": _("posts in %(name)s"),
            "source": _("posts from %(name)s"),
        }
        return forms[self.kind] % {"name": self.name} if self.kind in forms else _("all posts")


WHOLE_SITE = Scope("all", 0, "Everything", HOME)


def find_scope(address: str) -> Scope | None:
    """Return what an address names, also an old one that leads on; None where there is nothing to follow."""
    # Only now, for an address may hold any sign in its other writing.
    if len(address) > LONGEST or "\x00" in unquote(address):
        return None
    if address == HOME:
        return WHOLE_SITE
    kind, _slash, name = unquote(address).strip("/").partition("/")
    find = {"tag": _at_tag, "category": _at_category, "source": _at_source}.get(kind)
    return find(name) if find and name else None


def _at_tag(slug: str) -> Scope | None:
    return of_tag(Tag.objects.at_slug(slug))


def _at_category(path: str) -> Scope | None:
    return of_category(Category.objects.filter(path=tidy_slug(path)).first())


def _at_source(slug: str) -> Scope | None:
    slug = tidy_slug(slug)
    return of_source(Source.objects.filter(slug=slug).first() or Source.objects.filter(aliases__slug=slug).first())


def find_scopes(addresses: Iterable[str]) -> list[Scope]:
    """Return what these name, each once, without those that name nothing: the site, then each kind by name."""
    found = {scope for scope in map(find_scope, addresses) if scope}
    return sorted(found, key=lambda scope: (scope.kind, scope.name))


def of_tag(tag: Tag | None) -> Scope | None:
    return Scope("tag", tag.pk, tag.name, tag_url(tag.slug)) if tag else None


def of_category(category: Category | None) -> Scope | None:
    return Scope("category", category.pk, category.name, category_url(category.path)) if category else None


def of_source(source: Source | None) -> Scope | None:
    return Scope("source", source.pk, source.name, source_url(source.slug)) if source else None


def of_subscription(subscription: Subscription) -> Scope:
    """Return what is followed; read its tag, category and source with it (`with_scopes`)."""
    scope = of_tag(subscription.tag) or of_category(subscription.category) or of_source(subscription.source)
    return scope or WHOLE_SITE
