"""The desk: pictures."""

from typing import Any

from django.contrib import admin
from django.contrib.flatpages.models import FlatPage
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from posts.admin.picture_list import picture_list
from posts.forms import ImageForm
from posts.models import Image, Post
from posts.models.image import names_in
from sources.locking import OneAtATime

USES_SHOWN = 200


class UseFilter(admin.SimpleListFilter):
    title = "use"
    parameter_name = "use"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("used", "Shown somewhere"), ("unused", "Shown nowhere")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> QuerySet[Image]:
        if self.value() not in ("used", "unused"):
            return queryset
        is_shown = Q(Exists(_showings())) | Q(file__in=_names_on_pages())
        return queryset.filter(is_shown if self.value() == "used" else ~is_shown)


class WordsFilter(admin.SimpleListFilter):
    title = "words"
    parameter_name = "words"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("undescribed", "Without description"), ("notice", "With a content notice")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Image]:
        if self.value() == "undescribed":
            return queryset.undescribed()  # type: ignore[attr-defined]
        return queryset.exclude(notice="") if self.value() == "notice" else queryset


@admin.register(Image)
class ImageAdmin(OneAtATime, admin.ModelAdmin):
    form = ImageForm
    list_display = ["thumbnail", "__str__", "caption", "credit", "licence", "uses"]
    list_display_links = ["__str__"]
    list_filter = [UseFilter, WordsFilter]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["alt", "caption", "credit", "licence", "file"]
    date_hierarchy = "created_at"
    readonly_fields = ["thumbnail", "markdown", "used_in"]
    fieldsets = [
        (None, {"fields": ["file", "thumbnail", "markdown", "used_in"]}),
        ("What is said of it", {
            "description": "What you change here changes in every text that shows the picture, "
            "unless the text has words of its own for it.",
            "fields": ["alt", "is_decorative", "caption", "credit", "licence", "notice"],
        }),
    ]  # fmt: skip

    def get_urls(self) -> list[URLPattern]:
        return [
            path("choose/", self.admin_site.admin_view(picture_list), name="posts_image_choose"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Image]:
        """With the number of posts that show each."""
        counts = _showings().order_by().values("image").annotate(number=Count("pk")).values("number")
        return super().get_queryset(request).annotate(uses=Coalesce(Subquery(counts), 0))

    def get_fieldsets(self, request: HttpRequest, obj: Image | None = None) -> Any:
        """A new picture has nothing to look at yet; one that texts may show keeps its file, and so its address."""
        hidden = {"file"} if obj else {*self.readonly_fields}
        if not request.user.has_perm("posts.publish_post"):
            hidden.add("used_in")  # posts of others, some of them held back
        return [
            (name, {**options, "fields": [field for field in options["fields"] if field not in hidden]})
            for name, options in self.fieldsets or []
        ]

    # --- What the list and the form show

    @admin.display(description="picture")
    def thumbnail(self, image: Image) -> str:
        return format_html('<img class="thumbnail" src="{}" alt="" loading="lazy">', image.thumbnail_url)

    @admin.display(description="to show it, put this into a text")
    def markdown(self, image: Image) -> str:
        return format_html("<code>{}</code>", image.as_markdown())

    @admin.display(description="posts", ordering="uses")
    def uses(self, image: Any) -> int:
        return image.uses

    @admin.display(description="where it is shown")
    def used_in(self, image: Image) -> str:
        uses = _uses_of(image)
        items = [(*use,) for use in uses[:USES_SHOWN]]
        if len(uses) > USES_SHOWN:
            items.append((SafeString("…"), "there are more"))
        shown = format_html_join("", '<li>{} <span class="quiet">{}</span></li>', items)
        return format_html('<ul class="desk-uses">{}</ul>', shown) if shown else "Nowhere yet."

    # --- Deleting

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """A picture that a text shows is not deleted, be it a draft's or in the trash."""
        to_delete, counts, lacking, protected = super().get_deleted_objects(objs, request)
        # What was read is what hangs on a picture: the rows that say which post shows it.
        uses = [use for image in objs for use in _uses_of(image)]
        protected = [*protected, *(format_html("{} ({})", link, status) for link, status in uses[:USES_SHOWN])]
        return to_delete, counts, lacking, protected


def _showings() -> QuerySet[Any]:
    return Post.images.through.objects.filter(image=OuterRef("pk"))


def _names_on_pages() -> set[str]:
    """Return the files that the pages show: they are few, and read whole."""
    return {name for text in FlatPage.objects.values_list("content", flat=True) for name in names_in(text)}


def _uses_of(image: Image) -> list[tuple[SafeString, str]]:
    """Return a link to each text that shows the picture, and how that text stands."""
    posts = image.posts.defer(*Post.TEXTS).order_by("-pk")[: USES_SHOWN + 1]
    links = [
        (_link(reverse("admin:posts_post_change", args=[post.pk]), post.display_title), post.status_label)
        for post in posts
    ]
    for page in FlatPage.objects.filter(content__contains=str(image.file.name)):
        links.append((_link(reverse("admin:flatpages_flatpage_change", args=[page.pk]), page.title), "Page"))
    return links


def _link(address: str, words: str) -> SafeString:
    return format_html('<a href="{}" dir="auto">{}</a>', address, words)
