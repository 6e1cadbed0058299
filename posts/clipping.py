"""A new clipping: where its address leads, what is clipped of that page already, and what a form begins with."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from posts.models import AlsoReported, Post
from posts.rendering import fit
from sources.links.canonical import canonical_address
from sources.links.models import ADDRESS_LENGTH, Link

# What the address of the form for a new post may fill in: `?original_address=…&title=…&body=…&tags=a,b&categories=1,2`
TYPED = (
    "title", "slug", "body", "excerpt", "notice", "original_address", "original_headline", "original_byline",
    "original_published_on", "original_language", "also_reported",
)  # fmt: skip
MOST_CITING = 10  # posts that are named


def prefilled(query: QueryDict) -> dict[str, Any]:
    """Return what a form for a new post begins with, of what its address says; what no field could take is left."""
    initial: dict[str, Any] = {name: fit(query.get(name, "")) for name in TYPED if name in query}
    if tags := [fit(name).strip() for name in query.get("tags", "").split(",") if fit(name).strip()]:
        initial["tags"] = tags
    if categories := _numbers(query.get("categories", "")):
        initial["categories"] = categories
    if source := _numbers(query.get("source", "")):
        initial["source"] = source[0]
    return initial


def _numbers(text: str) -> list[int]:
    return [int(each) for each in text.split(",") if each.strip().isdecimal() and len(each) <= 18]


def posts_citing(address: str) -> QuerySet[Post]:
    """Return the posts, of whatever state, that cite this page or name it as a further report; newest first."""
    link = Link.objects.at(address)
    if link is None:
        return Post.objects.none()
    # Two short reads of an index each: with one OR over both tables the databases would read all posts.
    ids = {
        *Post.objects.filter(link=link).values_list("pk", flat=True),
        *AlsoReported.objects.filter(link=link).values_list("post", flat=True),
    }
    return Post.objects.filter(pk__in=ids).defer(*Post.TEXTS).select_related("editor").order_by("-id")


class ClippingForm(forms.Form):
    """The box on the first page of the desk. It saves nothing: it leads to the form for a new post."""

    original_address = forms.URLField(
        label="Address of the original",
        required=False,
        max_length=ADDRESS_LENGTH,
        assume_scheme="https",
        error_messages={"invalid": "This is no address of a page. Copy it whole, as https://example.org/a-report."},
        widget=forms.URLInput(attrs={"class": "vLargeTextField", "placeholder": "https://"}),
    )
    title = forms.CharField(
        label="Title, if you have one",
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"class": "vLargeTextField", "dir": "auto"}),
    )

    def clean_original_address(self) -> str:
        address = self.cleaned_data["original_address"]
        if address:
            try:
                canonical_address(address)
            except ValueError as error:
                raise ValidationError(str(error)) from error
        return address

    @property
    def citing(self) -> list[Post]:
        """The posts in which that page is clipped already."""
        address = self.cleaned_data.get("original_address") if self.is_valid() else ""
        return list(posts_citing(address)[:MOST_CITING]) if address else []

    @property
    def next_address(self) -> str:
        """Where it is written: the form for a new post, with this filled in."""
        said = {name: value for name, value in self.cleaned_data.items() if value}
        return f"{reverse('admin:posts_post_add')}?{urlencode(said)}"
