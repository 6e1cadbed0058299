"""The desk's list of original pages."""

from django.contrib import admin

from sources.admin import UsedChoicesFilter
from sources.choosing import ChoosesRows
from sources.links.models import Link
from sources.locking import OneAtATime


@admin.register(Link)
class LinkAdmin(ChoosesRows, OneAtATime, admin.ModelAdmin):
    list_display = ["headline_or_address", "source", "byline", "published_on", "language"]
    list_filter = [("language", UsedChoicesFilter), "published_on"]
    list_select_related = ["source"]
    search_fields = ["headline", "address", "source__name", "byline"]
    autocomplete_fields = ["source"]
    readonly_fields = ["address"]
    fields = [
        "given_address", "address", "source", "headline", "byline", "published_on", "retrieved_on", "language",
    ]  # fmt: skip
    date_hierarchy = "retrieved_on"

    @admin.display(description="page", ordering="headline")
    def headline_or_address(self, link: Link) -> str:
        return str(link)
