"""The editor's desk: posts."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils.dateformat import format as format_date
from django.utils.html import format_html
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from posts.dating import byline_moment, site_time
from posts.forms import PostForm
from posts.models import Image, Post, Tag
from posts.picturing import UnusablePicture, read_picture
from posts.rendering import MAX_TEXT_LENGTH, render_post
from sources.locking import OneAtATime
from sources.naming import fold

TAG_NAMES_A_PAGE = 20
TAGS_SHOWN = 4


class StatusFilter(admin.SimpleListFilter):
    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("draft", "Draft"), ("scheduled", "Scheduled"), ("public", "Published"), ("withdrawn", "Withdrawn")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Post]) -> QuerySet[Post]:
        if self.value() == "public":
            return queryset.filter(listed_at__lte=now())
        if self.value() == "scheduled":
            return queryset.filter(listed_at__gt=now())
        return queryset.filter(state=self.value()) if self.value() else queryset


@admin.register(Post)
class PostAdmin(OneAtATime, admin.ModelAdmin):
    form = PostForm
    list_display = ["shown_title", "status", "shown_moment", "source", "shown_categories", "shown_tags", "editor"]
    list_display_links = ["shown_title"]
    list_filter = [StatusFilter, "categories"]
    list_select_related = ["source", "editor"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["title", "slug", "source__name", "tagged__tag__name", "link__address"]
    search_help_text = "Words of the title, a tag, an outlet or the original's address"
    date_hierarchy = "published_at"
    ordering = ["-id"]
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["source", "categories"]
    change_form_template = "admin/posts/post/change_form.html"
    fieldsets = [
        (None, {"fields": ["title", "slug", "body", "excerpt"]}),
        ("Where it comes from", {
            "fields": [
                "original_address", "source", "original_headline",
                ("original_byline", "original_published_on", "original_language"),
            ],
        }),
        ("Where it belongs", {"fields": ["categories", "tags"]}),
        ("When it appears", {"fields": ["published_at", "is_quiet"]}),
    ]  # fmt: skip

    class Media:
        css = {"all": ["css/admin.css"]}
        # After the autocomplete's own script, whose defaults it sets before the page is ready.
        js = ["admin/js/autocomplete.js", "js/post_form.js"]

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What hangs on a post goes with it: who may delete the one needs no further permission for the other."""
        to_delete, counts, _, protected = super().get_deleted_objects(objs, request)
        return to_delete, counts, set(), protected

    # --- The list

    def get_queryset(self, request: HttpRequest) -> QuerySet[Post]:
        # A list reads no text: neither the Markdown nor its HTML.
        posts = super().get_queryset(request)
        if request.resolver_match and request.resolver_match.url_name == "posts_post_changelist":
            return posts.defer(*Post.TEXTS).prefetch_related("categories", "tagged__tag")
        posts = posts.select_related("source", "link")
        # Two who save at once come one after the other, and the second reads what the first has written.
        return posts.select_for_update(of=("self",)) if request.method == "POST" and _changes_one(request) else posts

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

    # --- The form

    def get_urls(self) -> list[URLPattern]:
        # Both addresses of markdownx, ours instead of its own, which are open to anybody.
        return [
            path("markdown/", self.render_markdown, name="posts_post_markdown"),
            path("picture/", self.upload_picture, name="posts_post_picture"),
            path("tag-names/", self.admin_site.admin_view(self.tag_names), name="posts_post_tag_names"),
            *super().get_urls(),
        ]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "tags":
            return None
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Offer the acts that the post is ready for, as it stands in the database and not in a form that failed."""
        post = Post.objects.filter(pk=context["original"].pk).first() if context.get("original") else None
        context |= {
            "post_before": post,
            "is_draft": post is None or post.state == Post.State.DRAFT,
            "is_published": post is not None and post.state == Post.State.PUBLISHED,
            "is_scheduled": post is not None and post.is_scheduled,
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Post, form: Any, change: bool) -> None:
        if not change:
            obj.editor_id = request.user.pk
        super().save_model(request, obj, form, change)
        if form.proposed:
            source = form.proposed.source
            messages.warning(
                request,
                format_html(
                    '“{}” was not known and has been added as an outlet. <a href="{}">Give it its name</a>.',
                    source.name,
                    reverse("admin:sources_source_change", args=[source.pk]),
                ),
            )

    def response_add(self, request: HttpRequest, obj: Post, post_url_continue: str | None = None) -> HttpResponse:
        return self._stay(request, obj)

    def response_change(self, request: HttpRequest, obj: Post) -> HttpResponse:
        return self._stay(request, obj)

    def _stay(self, request: HttpRequest, post: Post) -> HttpResponse:
        """Say what has happened and stay at the text; each button here does one thing and leaves nothing."""
        said = {
            "_publish": f"is published, dated {byline_moment(post.published_at)}" if post.published_at else "",
            "_schedule": f"will appear on {byline_moment(post.published_at)}" if post.published_at else "",
            "_withdraw": "is withdrawn: it stands on no page and in no feed any longer",
        }
        act = next((act for act in said if act in request.POST), None)
        what = said[act] if act else f"is saved ({post.status_label.lower()})"
        view = format_html('<a href="{}">View on site</a>', post.get_absolute_url())
        messages.success(request, format_html("“{}” {}. {}", post.display_title, what, view))
        if "_addanother" in request.POST:
            return HttpResponseRedirect(reverse("admin:posts_post_add"))
        return HttpResponseRedirect(reverse("admin:posts_post_change", args=[post.pk]))

    # --- What the editor's scripts ask for

    def render_markdown(self, request: HttpRequest) -> HttpResponse:
        """Preview: the text as the site will show it."""
        return self._for_editors(request, _render_markdown)

    def upload_picture(self, request: HttpRequest) -> HttpResponse:
        """Take a picture that was dropped on the text; answer the Markdown that shows it, or why it was refused."""
        return self._for_editors(request, _take_picture)

    def _for_editors(self, request: HttpRequest, answer: Any) -> HttpResponse:
        """A script cannot follow to a login page: say in a sentence that the session is over."""
        if not (request.user.is_active and request.user.is_staff and self._may_edit(request)):
            return _refused(request, "You are logged out, or may not edit. Copy your text, then log in again.", 403)
        return never_cache(require_POST(answer))(request)

    def _may_edit(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request) or self.has_change_permission(request)

    def tag_names(self, request: HttpRequest) -> HttpResponse:
        if not self._may_edit(request):
            raise PermissionDenied
        return require_safe(_tag_names)(request)


def _changes_one(request: HttpRequest) -> bool:
    return bool(request.resolver_match and request.resolver_match.url_name == "posts_post_change")


def _refused(request: HttpRequest, sentence: str, status: int) -> HttpResponse:
    if request.path.endswith("/picture/"):
        return JsonResponse({"error": sentence}, status=status)
    return HttpResponse(format_html("<p><em>{}</em></p>", sentence), status=status)


def _render_markdown(request: HttpRequest) -> HttpResponse:
    text = request.POST.get("content")
    if text is None:
        return _refused(request, "There is no text to show.", 400)
    if len(text) > MAX_TEXT_LENGTH:
        return _refused(request, f"The text is longer than {MAX_TEXT_LENGTH:,} characters.", 400)
    return HttpResponse(render_post(text).html)


def _take_picture(request: HttpRequest) -> JsonResponse:
    if not request.user.has_perm("posts.add_image"):
        return JsonResponse({"error": "You may not add pictures."}, status=403)
    file = request.FILES.get("image")
    if file is None:
        return JsonResponse({"error": "No file came with the request."}, status=400)
    try:
        image = Image.objects.get_or_store(read_picture(file))
    except UnusablePicture as error:
        return JsonResponse({"error": str(error)}, status=400)
    return JsonResponse({"image_code": image.as_markdown()})


def _tag_names(request: HttpRequest) -> JsonResponse:
    """Names for the tag box: those that begin so first, then those that have it anywhere (as Select2 wants them)."""
    term = fold(request.GET.get("term", "").replace("\x00", ""))
    page = request.GET.get("page", "")
    start = (int(page) - 1) * TAG_NAMES_A_PAGE if page.isdecimal() and 0 < int(page) < 1000 else 0
    tags = Tag.objects.filter(name_key__contains=term).order_by("name_key")
    beginning = tags.filter(name_key__startswith=term)
    within = tags.exclude(name_key__startswith=term)
    rows = _names_between(beginning, within, start, start + TAG_NAMES_A_PAGE + 1)
    results = [{"id": name, "text": name} for name in rows[:TAG_NAMES_A_PAGE]]
    return JsonResponse({"results": results, "pagination": {"more": len(rows) > TAG_NAMES_A_PAGE}})


def _names_between(beginning: QuerySet[Tag], within: QuerySet[Tag], start: int, stop: int) -> list[str]:
    names = list(beginning.values_list("name", flat=True)[:stop])
    if len(names) < stop:
        names += within.values_list("name", flat=True)[: stop - len(names)]
    return names[start:]
