"""How a new clipping begins: from the box on the first page of the desk, or from an address that fills in the form."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import reverse

from posts.clipping import Clip, clips_of, with_scheme
from posts.rendering import fit
from sources.links.canonical import canonical_address
from sources.links.models import ADDRESS_LENGTH, find_source
from sources.models import Source

# What the address of the form for a new post may fill in: `?original_address=…&title=…&body=…&tags=a,b&categories=1,2`
TYPED = (
    "title", "slug", "body", "excerpt", "notice", "original_address", "original_headline", "original_byline",
    "original_published_on", "original_language", "also_reported",
)  # fmt: skip


def prefilled(query: QueryDict) -> dict[str, Any]:
    """Return what a form for a new post begins with, of what its address says; what no field could take is left."""
    initial: dict[str, Any] = {name: fit(query.get(name, "")) for name in TYPED if name in query}
    if tags := [fit(name).strip() for name in query.get("tags", "").split(",") if fit(name).strip()]:
        initial["tags"] = tags
    if categories := _numbers(query.get("categories", "")):
        initial["categories"] = categories
    if source := _numbers(query.get("source", "")):
        initial["source"] = source[0]
    elif outlet := _outlet_at(initial.get("original_address", "")):
        initial["source"] = outlet.pk
    return initial


def _outlet_at(address: str) -> Source | None:
    try:
        return find_source(with_scheme(address)) if address else None
    except ValueError:
        return None


def _numbers(text: str) -> list[int]:
    return [int(each) for each in text.split(",") if each.strip().isdecimal() and len(each) <= 18]


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

    def clips(self, user: Any) -> list[Clip]:
        """Return the posts in which that page is clipped already, in words that this person may read."""
        address = self.cleaned_data.get("original_address") if self.is_valid() else ""
        return clips_of(address, user=user) if address else []

    @property
    def next_address(self) -> str:
        """Where it is written: the form for a new post, with this filled in."""
        said = {name: value for name, value in self.cleaned_data.items() if value}
        return f"{reverse('admin:posts_post_add')}?{urlencode(said)}"
