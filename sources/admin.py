"""The desk's lists of outlets."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from sources.deleting import CountsWhatGoes
from sources.locking import OneAtATime
from sources.merging import MergesInto
from sources.models import Source, SourceAlias


class SourceAliasInline(admin.TabularInline):
    model = SourceAlias
    extra = 1
    fields = ["name"]


class UsedChoicesFilter(admin.ChoicesFieldListFilter):
    """Offers the choices that some row has made: of 250 countries, those we quote from."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        rows = changelist.root_queryset.order_by().values_list(self.field_path, flat=True)
        used = set(rows.distinct())
        every, *single = super().choices(changelist)
        yield every
        for (value, _), choice in zip(self.field.flatchoices, single, strict=False):
            if value in used:
                yield choice


@admin.register(Source)
class SourceAdmin(CountsWhatGoes, OneAtATime, MergesInto, admin.ModelAdmin):
    list_display = ["name", "alias_names", "home_page", "country", "language"]
    list_filter = [("country", UsedChoicesFilter), ("language", UsedChoicesFilter)]
    search_fields = ["name", "aliases__name", "home_page"]
    fields = ["name", "slug", "home_page", "country", "language", "description"]
    inlines = [SourceAliasInline]
    actions = ["merge"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Source]:
        return super().get_queryset(request).prefetch_related("aliases")

    @admin.display(description="also known as")
    def alias_names(self, source: Source) -> str:
        return ", ".join(alias.name for alias in source.aliases.all())

    @admin.action(description="Merge the selected outlets into one", permissions=["change"])
    def merge(self, request: HttpRequest, queryset: QuerySet[Source]) -> HttpResponse | None:
        return self.merge_selected(request, queryset)
