"""The desk: lists to read. What came back, what was announced, who looked and acted."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from posts.admin.bases import ReadOnly
from posts.models import Post
from posts.subscriptions.admin.letters import LetterPages
from posts.subscriptions.admin.looking import NotesLooks
from posts.subscriptions.models import Announcement, Bounce, Entry, Subscriber


@admin.register(Bounce)
class BounceAdmin(ReadOnly, NotesLooks, admin.ModelAdmin):
    list_display = ["at", "email", "kind", "code", "words"]
    list_display_links = None
    list_filter = ["kind"]
    search_fields = ["email"]
    search_help_text = "A part of an address"
    date_hierarchy = "at"
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:subscriptions_bounce_changelist"))


@admin.register(Announcement)
class AnnouncementAdmin(ReadOnly, LetterPages, admin.ModelAdmin):
    """Of what readers were told. Its addresses hold the letters, too."""

    list_display = ["shown_post", "number", "made_at", "told", "is_finished", "asked_by"]
    list_display_links = None
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["post__title"]
    search_help_text = "Words of the post’s title"
    date_hierarchy = "made_at"
    change_list_template = "admin/subscriptions/announcements.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Announcement]:
        announcements = super().get_queryset(request)
        return announcements.select_related("post").defer(*(f"post__{name}" for name in Post.TEXTS))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("letters/", view(self.letters_view), name="subscriptions_letters"),
            path("letters/html/", view(self.html_view), name="subscriptions_letters_html"),
            path("letters/test/", view(self.test_view), name="subscriptions_letters_test"),
            path("letters/tell-again/", view(self.tell_again_view), name="subscriptions_letters_tell"),
            *super().get_urls(),
        ]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """What there is to see of an announcement stands beside its letter."""
        announcement = get_object_or_404(Announcement, pk=object_id if object_id.isdecimal() else None)
        return HttpResponseRedirect(f"{reverse('admin:subscriptions_letters')}?what=post&post={announcement.post_id}")

    @admin.display(description="post", ordering="post__title")
    def shown_post(self, announcement: Announcement) -> str:
        address = f"{reverse('admin:subscriptions_letters')}?what=post&post={announcement.post_id}"
        return format_html('<a href="{}">{}</a>', address, announcement.post.display_title)

    @admin.display(description="finished", boolean=True)
    def is_finished(self, announcement: Announcement) -> bool:
        return announcement.finished_at is not None


@admin.register(Entry)
class EntryAdmin(ReadOnly, admin.ModelAdmin):
    """The log: to be read, and nothing else."""

    list_display = ["made_at", "actor", "act", "subscriber", "words"]
    list_display_links = None
    list_filter = ["act", "actor"]
    search_fields = ["=subscriber_id", "actor"]
    search_help_text = "The number of a subscriber, a name of the desk"
    date_hierarchy = "made_at"
    list_per_page = 100
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": "Log of looks and acts", **(extra_context or {})})

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Find out at once which of the subscribers named on this page are still there."""
        changelist = super().get_changelist_instance(request)
        ids = {entry.subscriber_id for entry in changelist.result_list if entry.subscriber_id}
        there = set(Subscriber.objects.filter(pk__in=ids).values_list("pk", flat=True))
        for entry in changelist.result_list:
            entry.is_there = entry.subscriber_id in there
        return changelist

    @admin.display(description="subscriber", ordering="subscriber_id")
    def subscriber(self, entry: Any) -> str:
        if not entry.is_there:
            return str(entry.subscriber_id or "")
        address = reverse("admin:subscriptions_subscriber_change", args=[entry.subscriber_id])
        return format_html('<a href="{}">{}</a>', address, entry.subscriber_id)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:subscriptions_entry_changelist"))
