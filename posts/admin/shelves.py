"""The desk: categories."""

from typing import Any

from django.contrib import admin
from taggit.models import Tag as UnusedTag

from posts.models import Category
from sources.choosing import ChoosesRows
from sources.deleting import CountsWhatGoes
from sources.locking import OneAtATime

admin.site.unregister(UnusedTag)  # taggit's own table stays empty: ours stands in its place


class CountColumn:
    """The number of public posts, from the tally that came with the row."""

    @admin.display(description="posts", ordering="tally__count")
    def post_count(self, shelf: Any) -> int:
        return shelf.tally.count if hasattr(shelf, "tally") else 0


@admin.register(Category)
class CategoryAdmin(ChoosesRows, CountsWhatGoes, OneAtATime, CountColumn, admin.ModelAdmin):
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
