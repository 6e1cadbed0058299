"""The desk: rules, words, bans and the log; and what one post's comments do, on the form of the post."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from posts.admin.bases import OneRowAdmin, ReadOnly
from posts.comments.models import Ban, Discussion, Entry, Policy, Word
from posts.comments.models.comment import TEXTS_OF_POST
from posts.models import Post
from sources.choosing import ChoosesRows


@admin.register(Policy)
class PolicyAdmin(OneRowAdmin, admin.ModelAdmin):
    pass


@admin.register(Word)
class WordAdmin(admin.ModelAdmin):
    list_display = ["pattern", "kind", "hits", "last_hit_at"]
    list_filter = ["kind"]
    search_fields = ["pattern_key"]
    ordering = ["-hits", "pattern_key"]
    readonly_fields = ["hits", "last_hit_at"]


@admin.register(Ban)
class BanAdmin(admin.ModelAdmin):
    list_display = ["__str__", "until", "is_over", "hits", "note", "made_by"]
    list_filter = ["kind"]
    list_select_related = ["made_by"]
    fields = ["kind", "pattern", "until", "note"]

    @admin.display(boolean=True, description="over")
    def is_over(self, ban: Ban) -> bool:
        return ban.is_over

    def get_readonly_fields(self, request: HttpRequest, obj: Ban | None = None) -> list[str]:
        return ["kind", "pattern"] if obj and obj.kind == Ban.Kind.NETWORK else []

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "kind":
            # A network is banned from a comment that came from it: nobody could type its hash.
            kwargs["choices"] = [c for c in Ban.Kind.choices if c[0] != Ban.Kind.NETWORK]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Ban, form: Any, change: bool) -> None:
        obj.made_by_id = request.user.pk
        super().save_model(request, obj, form, change)


@admin.register(Entry)
class EntryAdmin(ReadOnly, admin.ModelAdmin):
    """The log: to be read, and nothing else."""

    list_display = ["made_at", "actor", "words", "change", "comment", "note"]
    list_display_links = None
    list_filter = ["act", "actor"]
    search_fields = ["comment_id", "actor", "note"]
    date_hierarchy = "made_at"
    list_per_page = 100
    show_full_result_count = False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": "Log of decisions", **(extra_context or {})})

    @admin.display(description="what", ordering="act")
    def words(self, entry: Entry) -> str:
        return entry.words

    @admin.display(description="comment")
    def comment(self, entry: Entry) -> str:
        address = reverse("admin:comments_comment_change", args=[entry.comment_id])
        return format_html('<a href="{}">{}</a>', address, entry.comment_id)


@admin.register(Discussion)
class DiscussionAdmin(ChoosesRows, admin.ModelAdmin):
    """Whether one post takes comments. Its form is opened from that of the post."""

    list_display = ["post", "opening"]
    list_filter = ["opening"]
    list_select_related = ["post"]
    autocomplete_fields = ["post"]

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Discussion | None:
        # Its key is another table's, whose size Django does not check.
        return super().get_object(request, object_id, from_field) if len(object_id) <= 18 else None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Discussion]:
        discussions = super().get_queryset(request)
        return discussions.defer(*TEXTS_OF_POST)

    def get_readonly_fields(self, request: HttpRequest, obj: Discussion | None = None) -> list[str]:
        return ["post"] if obj else []

    def get_urls(self) -> list[URLPattern]:
        of_post = self.admin_site.admin_view(self.of_post)
        return [path("of/<int:pk>/", of_post, name="comments_discussion_of"), *super().get_urls()]

    def of_post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Open the form of a post's discussion, or one that has the post filled in."""
        get_object_or_404(Post.objects.only("pk"), pk=pk)
        if Discussion.objects.filter(pk=pk).exists():
            return HttpResponseRedirect(reverse("admin:comments_discussion_change", args=[pk]))
        return HttpResponseRedirect(f"{reverse('admin:comments_discussion_add')}?post={pk}")

    def response_post_save_add(self, request: HttpRequest, obj: Discussion) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:posts_post_change", args=[obj.pk]))

    response_post_save_change = response_post_save_add
