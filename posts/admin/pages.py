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
from sources.locking import OneAtATime
from sources.places import language_name

admin.site.unregister(FlatPage)


class PageForm(FlatpageForm):
    class Meta:
        model = FlatPage
        fields = ["url", "title", "content"]

    content = forms.CharField(
        label="Text", required=False, max_length=MAX_TEXT_LENGTH, widget=AdminMarkdownxWidget, help_text="Markdown."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "url" in self.fields:  # who may only look has no such field
            self.fields["url"].help_text = f"{self.fields['url'].help_text} {_words_on_versions()}"

    def clean_url(self) -> str:
        url = super().clean_url()
        if FlatPage.objects.filter(url=url).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("Another page has this address.")
        if is_taken(url) or "//" in url or "/../" in url or "/./" in url:
            raise forms.ValidationError("No page can stand at this address: the site itself answers there.")
        return url


def _words_on_versions() -> str:
    codes = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
    examples = [f"“/about/{code}/” is “/about/” in {language_name(code)}" for code in codes]
    return f"A page in another language stands below its original: {', '.join(examples)}. Each leads to the other."


@admin.register(FlatPage)
class PageAdmin(OneAtATime, admin.ModelAdmin):
    form = PageForm
    list_display = ["title", "url"]
    search_fields = ["title", "url"]
    fields = ["title", "url", "content"]

    class Media:
        js = ["js/post_form.js"]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        form.instance.sites.set([settings.SITE_ID])
