"""The desk: pages such as About, which are flatpages with a Markdown text."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.flatpages.forms import FlatpageForm
from django.contrib.flatpages.models import FlatPage
from django.http import HttpRequest
from markdownx.widgets import AdminMarkdownxWidget

from posts.hooks import is_taken
from posts.rendering import MAX_TEXT_LENGTH

admin.site.unregister(FlatPage)


class PageForm(FlatpageForm):
    class Meta:
        model = FlatPage
        fields = ["url", "title", "content"]

    content = forms.CharField(
        label="Text", required=False, max_length=MAX_TEXT_LENGTH, widget=AdminMarkdownxWidget, help_text="Markdown."
    )

    def clean_url(self) -> str:
        url = super().clean_url()
        if FlatPage.objects.filter(url=url).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("Another page has this address.")
        if is_taken(url) or "//" in url or "/../" in url or "/./" in url:
            raise forms.ValidationError("No page can stand at this address: the site itself answers there.")
        return url


@admin.register(FlatPage)
class PageAdmin(admin.ModelAdmin):
    form = PageForm
    list_display = ["title", "url"]
    search_fields = ["title", "url"]
    fields = ["title", "url", "content"]

    class Media:
        js = ["js/post_form.js"]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        form.instance.sites.set([settings.SITE_ID])
