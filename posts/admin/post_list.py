"""The desk: the list of posts."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.dateformat import format as format_date
from django.utils.html import format_html
from django.utils.timezone import now

from posts.dating import site_time
from posts.life import State
from posts.models import Post

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
            return queryset.filter(listed_at__lte=now())
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


class PostColumns:
    """What the list shows of each post."""

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
