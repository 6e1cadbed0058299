"""The desk: categories and tags."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from taggit.models import Tag as UnusedTag

from posts.models import Category, Tag, TagAlias
from sources.locking import OneAtATime
from sources.merging import MergesInto

admin.site.unregister(UnusedTag)  # taggit's own table stays empty: ours stands in its place


class CountColumn:
    """The number of public posts, from the tally that came with the row."""

    @admin.display(description="posts", ordering="tally__count")
    def post_count(self, shelf: Any) -> int:
        return shelf.tally.count if hasattr(shelf, "tally") else 0


@admin.register(Category)
class CategoryAdmin(OneAtATime, CountColumn, admin.ModelAdmin):
    list_display = ["indented_name", "path", "post_count"]
    list_select_related = ["tally", "parent"]
    list_per_page = 500
    search_fields = ["name"]
    ordering = ["path"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["parent"]
    fields = ["name", "slug", "parent", "description"]

    @admin.display(description="name", ordering="path")
    def indented_name(self, category: Category) -> str:
        return "— " * category.path.count("/") + category.name


class TagAliasInline(admin.TabularInline):
    model = TagAlias
    fields = ["name", "slug"]
    readonly_fields = ["name", "slug"]
    extra = 0
    verbose_name_plural = "former names and addresses, which lead here"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Tag)
class TagAdmin(OneAtATime, CountColumn, MergesInto, admin.ModelAdmin):
    list_display = ["name", "slug", "post_count"]
    list_select_related = ["tally"]
    list_per_page = 200
    search_fields = ["name", "slug", "aliases__name"]
    fields = ["name", "slug"]
    inlines = [TagAliasInline]
    actions = ["merge"]

    @admin.action(description="Merge the selected tags into one", permissions=["change"])
    def merge(self, request: HttpRequest, queryset: QuerySet[Tag]) -> HttpResponse | None:
        return self.merge_selected(request, queryset)
