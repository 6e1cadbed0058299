"""The desk: what was done to posts, by whom and why."""

from typing import Any

from django.contrib import admin
from django.db.models import CharField, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from posts.admin.bases import ReadOnly
from posts.models import Post, PostEntry


@admin.register(PostEntry)
class PostEntryAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["made_at", "shown_post", "act", "change", "reason", "note", "actor"]
    list_display_links = ["made_at"]
    list_filter = ["act", "actor"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["post_id__exact"]
    search_help_text = "The number of a post"
    date_hierarchy = "made_at"
    ordering = ["-id"]
    fields = ["made_at", "shown_post", "act", "change", "reason", "note", "actor"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PostEntry]:
        title = Post.objects.filter(pk=OuterRef("post_id")).values("title")[:1]
        return super().get_queryset(request).annotate(title=Subquery(title, output_field=CharField()))

    @admin.display(description="post", ordering="post_id")
    def shown_post(self, entry: Any) -> str:
        """The post by its number, as a link while it exists."""
        if entry.title is None:
            return f"{entry.post_id}, deleted"
        address = reverse("admin:posts_post_change", args=[entry.post_id])
        return format_html('<a href="{}">{}</a> {}', address, entry.post_id, entry.title[:80])

    @admin.display(description="state")
    def change(self, entry: PostEntry) -> str:
        return entry.change
