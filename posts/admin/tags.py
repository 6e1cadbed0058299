"""The desk: tags. What is done to several of them, and to their other names, is in `posts.admin.workbench`."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from django.utils.html import format_html

from posts.admin.shelves import CountColumn
from posts.admin.workbench import Workbench, merge_address
from posts.models import Tag, TagAlias
from sources.deleting import CountsWhatGoes
from sources.locking import OneAtATime


class TagForm(forms.ModelForm):
    class Meta:
        model = Tag
        fields = ["name", "slug"]

    def _post_clean(self) -> None:
        """Whose name or address is taken already is led to the merge."""
        super()._post_clean()  # type: ignore[misc]
        for errors in self.errors.as_data().values():
            for error in errors:
                if error.code == "taken":
                    error.message = self._with_way_out(str(error.message), error.params["other"])  # type: ignore[index]

    def _with_way_out(self, sentence: str, other: Tag) -> str:
        if self.instance.pk:
            address, words = merge_address(self.instance.pk, other.pk), "Merge them"
        else:
            address, words = reverse("admin:posts_tag_change", args=[other.pk]), f"Open “{other}”"
        return format_html('{} <a href="{}">{}</a>', sentence, address, words)


class TagAliasInline(admin.TabularInline):
    model = TagAlias
    fields = ["name", "slug"]
    readonly_fields = ["name", "slug"]
    extra = 0
    verbose_name_plural = "other names and former addresses, which lead here"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Tag)
class TagAdmin(CountsWhatGoes, Workbench, OneAtATime, CountColumn, admin.ModelAdmin):
    form = TagForm
    list_display = ["name", "slug", "post_count"]
    list_select_related = ["tally"]
    list_per_page = 200
    search_fields = ["name", "slug", "aliases__name"]
    fields = ["name", "slug"]
    inlines = [TagAliasInline]
    actions = ["merge"]
    change_list_template = "admin/posts/tag/change_list.html"
    change_form_template = "admin/posts/tag/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        return [*self.workbench_urls(), *super().get_urls()]

    def save_model(self, request: HttpRequest, obj: Tag, form: Any, change: bool) -> None:
        obj.save(by=request.user)

    @admin.action(description="Merge the selected tags into one", permissions=["change"])
    def merge(self, request: HttpRequest, queryset: QuerySet[Tag]) -> HttpResponse | None:
        return self.merge_selected(request, queryset)
