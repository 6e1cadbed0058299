"""The desk: pictures."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html

from posts.forms import ImageForm
from posts.models import Image


@admin.register(Image)
class ImageAdmin(admin.ModelAdmin):
    form = ImageForm
    list_display = ["thumbnail", "__str__", "caption", "credit", "licence", "created_at"]
    list_display_links = ["thumbnail", "__str__"]
    search_fields = ["alt", "caption", "credit", "file"]
    date_hierarchy = "created_at"
    readonly_fields = ["thumbnail", "markdown"]
    fields = ["file", "thumbnail", "markdown", "alt", "is_decorative", "caption", "credit", "licence"]

    class Media:
        css = {"all": ["css/admin.css"]}

    def get_fields(self, request: HttpRequest, obj: Image | None = None) -> Any:
        return [name for name in self.fields or [] if obj or name not in self.readonly_fields]

    @admin.display(description="picture")
    def thumbnail(self, image: Image) -> str:
        return format_html('<img class="thumbnail" src="{}" alt="" loading="lazy">', image.file.url)

    @admin.display(description="to show it, put this into a text")
    def markdown(self, image: Image) -> str:
        return format_html("<code>{}</code>", image.as_markdown())
