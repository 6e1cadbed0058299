"""The desk: the list of posts. It answers at once with a hundred thousand of them."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Max, Min, QuerySet
from django.http import HttpRequest
from django.utils.dateformat import format as format_date
from django.utils.html import format_html
from django.utils.timezone import now

from posts.admin.searching import search, tagged_with
from posts.dating import site_time, start_of
from posts.life import State
from posts.models import Category, Correction, Post, Tag
from posts.models.post import PostQuerySet
from posts.models.tally import year_of
from sources.models import Source
from sources.naming import fold

TAGS_SHOWN = 4


class StatusFilter(admin.SimpleListFilter):
    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("draft", "Draft"), ("review", "In review"), ("scheduled", "Scheduled"), ("public", "Published"),
            ("held", "Held back"), ("withdrawn", "Withdrawn"), ("removed", "Taken down"), ("trash", "In the trash"),
        ]  # fmt: skip

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        yield first | {"display": "All but the trash"}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Post]) -> QuerySet[Post]:
        if self.value() == "public":
            # The state says nothing new, but has the database read one index alone.
            return queryset.filter(state=State.PUBLISHED, listed_at__lte=now())
        if self.value() == "scheduled":
            return queryset.filter(listed_at__gt=now())
        if self.value() == "held":
            return queryset.filter(review_on__isnull=False).exclude(state=State.TRASH)
        return queryset.filter(state=self.value()) if self.value() else queryset.exclude(state=State.TRASH)


class MineFilter(admin.SimpleListFilter):
    title = "whose"
    parameter_name = "whose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("mine", "Mine")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Post]) -> QuerySet[Post]:
        return queryset.filter(editor=request.user.pk) if self.value() == "mine" else queryset


class CategoryFilter(admin.SimpleListFilter):
    title = "category"
    parameter_name = "categories__id__exact"  # as Django's own filter, so that old links go on working

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(each.pk), f"{'– ' * each.depth}{each.name}") for each in Category.objects.in_tree_order()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Post]) -> QuerySet[Post]:
        if not self.value():
            return queryset
        if self.value() not in {key for key, _ in self.lookup_choices}:
            return queryset.none()
        return queryset.filter(
            pk__in=Post.categories.through.objects.filter(category=int(self.value() or 0)).values("post")
        )


class NamedFilter(admin.SimpleListFilter):
    """A box for a name, where a choice of thousands would be no choice."""

    template = "admin/posts/post/named_filter.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return []

    def has_output(self) -> bool:
        return True

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Yield the one box, with what else the address asks for."""
        others = [
            (name, value)
            for name, values in changelist.filter_params.items()
            for value in values
            if name != self.parameter_name
        ]
        if changelist.query:
            others.append(("q", changelist.query))
        yield {
            "name": self.parameter_name,
            "value": self.value() or "",
            "others": others,
            "without": changelist.get_query_string(remove=[self.parameter_name]),
        }


class OutletFilter(NamedFilter):
    title = "outlet"
    parameter_name = "outlet"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Post]) -> QuerySet[Post]:
        key = fold(self.value() or "")
        if not key:
            return queryset
        named = Source.objects.named(key)
        if named:
            return queryset.filter(source=named)
        sources = Source.objects.filter(name_key__contains=key)
        return queryset.filter(source__in=sources.order_by().values("pk"))


class TagFilter(NamedFilter):
    title = "tag"
    parameter_name = "tag"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Post]) -> QuerySet[Post]:
        key = fold(self.value() or "")
        if not key:
            return queryset
        named = Tag.objects.named(key)
        tags = Tag.objects.filter(pk=named.pk) if named else Tag.objects.filter(name_key__contains=key)
        return queryset.filter(pk__in=tagged_with(tags))


class MarkFilter(admin.SimpleListFilter):
    title = "mark"
    parameter_name = "mark"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("sensitive", "Sensitive"), ("notice", "With a content notice"), ("corrected", "Corrected")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Post]) -> QuerySet[Post]:
        if self.value() == "sensitive":
            return queryset.filter(is_sensitive=True)
        if self.value() == "notice":
            return queryset.exclude(notice="")
        if self.value() == "corrected":
            return queryset.filter(pk__in=Correction.objects.order_by().values("post"))
        return queryset


class ListedPosts(PostQuerySet):
    def datetimes(self, field_name: str, kind: Any, order: Any = "ASC", tzinfo: Any = None) -> Any:
        """As Django's own; but years are told by comparing: to cut a date, SQLite calls Python for each row."""
        if kind != "year":
            return super().datetimes(field_name, kind, order, tzinfo)
        # Of all posts: that is read from an index alone, whatever is searched for.
        bounds = Post.objects.order_by().aggregate(first=Min(field_name), last=Max(field_name))
        if bounds["first"] is None:
            return []
        dated = self.order_by().filter(**{f"{field_name}__isnull": False})
        year = year_of(field_name, bounds["first"], bounds["last"])
        years = dated.annotate(its_year=year).values_list("its_year", flat=True).distinct()
        return [start_of(dt.date(number, 1, 1)) for number in sorted(years)]


class PostColumns:
    """For the ModelAdmin of posts: what the list shows of each, and how it is searched."""

    show_facets = admin.ShowFacets.NEVER  # a count beside each choice of each filter is a reading of all posts

    def get_queryset(self, request: HttpRequest) -> QuerySet[Post]:
        posts = super().get_queryset(request)  # type: ignore[misc]
        return ListedPosts(model=posts.model, query=posts.query, using=posts._db)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Post], search_term: str
    ) -> tuple[QuerySet[Post], bool]:
        return search(queryset, search_term), False

    @admin.display(description="title", ordering="title")
    def shown_title(self, post: Post) -> str:
        return post.display_title

    @admin.display(description="status", ordering="state")
    def status(self, post: Post) -> str:
        label = post.status_label
        return format_html('<span class="status status-{}">{}</span>', label.lower(), label)

    @admin.display(description="date", ordering="published_at")
    def shown_moment(self, post: Post) -> str:
        return format_date(site_time(post.published_at), "Y-m-d H:i") if post.published_at else "–"

    @admin.display(description="categories")
    def shown_categories(self, post: Post) -> str:
        return ", ".join(category.name for category in post.categories.all()) or "–"

    @admin.display(description="tags")
    def shown_tags(self, post: Post) -> str:
        names = [tagged.tag.name for tagged in post.tagged.all()]
        more = f" +{len(names) - TAGS_SHOWN}" if len(names) > TAGS_SHOWN else ""
        return (", ".join(names[:TAGS_SHOWN]) or "–") + more
