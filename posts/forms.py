"""The editor's form: a post with its tags and the page that it cites."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminDateWidget, AutocompleteMixin
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils import timezone

from posts.models import Image, Post
from posts.models.image import MISSING_ALT
from posts.picturing import UnusablePicture, read_picture
from sources.links.canonical import canonical_address
from sources.links.models import ADDRESS_LENGTH, Link, find_source, propose_source
from sources.models import Source
from sources.naming import fold, tidy_name
from sources.places import language_choices

TAG_LENGTH = 100
TAGS_MOST = 50


class TagWidget(forms.SelectMultiple):
    """The admin's own Select2 over tag names; what is typed and not found becomes a new tag."""

    def build_attrs(self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None) -> dict[str, Any]:
        return super().build_attrs(base_attrs, extra_attrs) | {
            "class": "admin-autocomplete",
            "data-theme": "admin-autocomplete",
            "data-ajax--url": str(reverse_lazy("admin:posts_post_tag_names")),
            "data-ajax--cache": "true",
            "data-ajax--delay": "250",
            "data-ajax--type": "GET",
            "data-tags": "true",
            "data-token-separators": '[","]',
            "data-placeholder": "",
        }

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> list[Any]:
        """Only what is chosen: the rest is asked for while typing."""
        options = [self.create_option(name, tag, tag, True, index) for index, tag in enumerate(value)]
        return [(None, options, 0)]

    def format_value(self, value: Any) -> list[str]:
        return [str(tag) for tag in value or []]

    @property
    def media(self) -> forms.Media:
        # The same files as the admin's other autocompletes.
        return AutocompleteMixin(None, admin.site).media


class TagsField(forms.Field):
    """Names of tags, each given by itself or several with commas between."""

    widget = TagWidget

    def prepare_value(self, value: Any) -> list[str]:
        return [getattr(tag, "name", tag) for tag in value or []]

    def to_python(self, value: Iterable[str] | str | None) -> list[str]:
        given = [value] if isinstance(value, str) else value or []
        names = (tidy_name(name) for entry in given for name in entry.replace("，", ",").split(","))
        return list({fold(name): name for name in reversed(list(names)) if name}.values())[::-1]

    def validate(self, value: list[str]) -> None:
        super().validate(value)
        if len(value) > TAGS_MOST:
            raise ValidationError(f"A post carries at most {TAGS_MOST} tags; these are {len(value)}.")
        for name in value:
            if len(name) > TAG_LENGTH:
                raise ValidationError(f"A tag has at most {TAG_LENGTH} characters: “{name[:40]}…” is longer.")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return set(self.prepare_value(initial)) != set(self.to_python(data))


class PostForm(forms.ModelForm):
    """Each of its buttons is an act: save, publish, schedule, withdraw. The page cited is found or made on saving."""

    tags = TagsField(required=False, help_text="Type and choose; a name that is not there yet becomes a new tag.")
    original_address = forms.URLField(
        label="Address of the original",
        required=False,
        max_length=ADDRESS_LENGTH,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"class": "vLargeTextField"}),
        help_text="The page on the outlet's site. The outlet is found by it where it is known, and added where not.",
    )
    original_headline = forms.CharField(
        label="Headline there",
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
    )
    original_byline = forms.CharField(label="Byline there", required=False, max_length=200)
    original_published_on = forms.DateField(label="Published there on", required=False, widget=AdminDateWidget)
    original_language = forms.ChoiceField(
        label="Language there", required=False, choices=lambda: [("", "---------"), *language_choices()]
    )

    ACTS = ("_publish", "_schedule", "_withdraw")
    LINK_FIELDS = {
        "original_address": "given_address",
        "original_headline": "headline",
        "original_byline": "byline",
        "original_published_on": "published_on",
        "original_language": "language",
    }

    class Meta:
        model = Post
        fields = ["title", "slug", "body", "excerpt", "published_at", "is_quiet", "source", "categories", "tags"]
        widgets = {"excerpt": forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        instance = kwargs.get("instance")
        if instance and instance.link:
            link = {name: getattr(instance.link, column) for name, column in self.LINK_FIELDS.items()}
            kwargs["initial"] = {**link, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.link: Link | None = None
        self.proposed: Link | None = None
        self.was_public = bool(instance and instance.pk and instance.is_public)
        if instance and instance.pk:
            self.initial["tags"] = instance.tags.all()

    @property
    def act(self) -> str:
        return next((act for act in self.ACTS if act in self.data), "_save")

    def clean_original_address(self) -> str:
        address = self.cleaned_data["original_address"]
        if address:
            try:
                canonical_address(address)
            except ValueError as error:
                raise ValidationError(str(error)) from error
        return address

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._apply_act(cleaned)
        if "original_address" in cleaned and "source" in cleaned:
            self._find_link(cleaned)
        return cleaned

    def _apply_act(self, cleaned: dict[str, Any]) -> None:
        now = timezone.now()
        stored = self.instance.published_at
        if self.act == "_withdraw" and "published_at" in self.errors:
            # An hour that this zone has twice cannot be typed; withdrawing must not wait for it.
            del self.errors["published_at"]
            cleaned["published_at"] = stored
        moment = cleaned.get("published_at")
        if stored and (moment == stored.replace(microsecond=0) or (moment is None and self.act == "_publish")):
            # The form shows no fractions of a second, and a form sent again no date at all: the stored moment stays.
            moment = cleaned["published_at"] = stored
        if self.act == "_publish":
            # A past date is the post's own: it was typed, or it had it before. Pressed twice, the first time counts.
            cleaned["published_at"] = min(moment or now, now)
            self.instance.state = Post.State.PUBLISHED
        elif self.act == "_schedule":
            self._check_moment(cleaned, now)
            if "published_at" not in self.errors:
                self.instance.state = Post.State.PUBLISHED
        elif self.act == "_withdraw" and self.instance.state == Post.State.PUBLISHED:
            self.instance.state = Post.State.WITHDRAWN
        elif self.was_public and moment and moment > now:
            self.add_error("published_at", "Readers see this post; a date to come would hide it. Withdraw it instead.")
        if self.instance.state == Post.State.PUBLISHED:
            self._check_content(cleaned)

    def _check_content(self, cleaned: dict[str, Any]) -> None:
        if not any(cleaned.get(name) for name in ("title", "body", "source", "original_address")):
            self.add_error("body", "There is nothing to publish yet: write a title or a text, or name a source.")
        if MISSING_ALT in cleaned.get("body", ""):
            self.add_error("body", f"A picture has no description yet: replace “{MISSING_ALT}” by one.")

    def _check_moment(self, cleaned: dict[str, Any], now: Any) -> None:
        moment = cleaned.get("published_at")
        if moment is None and "published_at" not in self.errors:
            self.add_error("published_at", "Choose the day and the time at which the post shall appear.")
        elif moment and moment <= now:
            self.add_error("published_at", "This moment has passed: choose one to come, or press Publish now.")

    def _find_link(self, cleaned: dict[str, Any]) -> None:
        """Find or prepare the page cited and its outlet; they are written by `save`."""
        address, source = cleaned["original_address"], cleaned["source"]
        if not address:
            self.link = None
            self.instance.link = None
            return
        known = Link.objects.at(address)
        self.link = known or Link(given_address=address)
        self._take_link_fields(cleaned, known)
        if source is None:
            source = known.source if known else find_source(address)
            if source is None:
                source = propose_source(address)
                self.proposed = self.link
        elif known and known.source_id != source.pk and known.posts.exclude(pk=self.instance.pk).exists():
            self.add_error("source", f"Other posts cite this page as {known.source}'s: choose that outlet.")
            return
        self.link.source = source
        # The model checks that outlet and page agree; until both are written there is nothing to compare.
        self.instance.link = None

    def _take_link_fields(self, cleaned: dict[str, Any], known: Link | None) -> None:
        """Take what is written about the page; an empty box beside a newly typed address forgets nothing known."""
        is_own = known is not None and known.pk == getattr(self.initial_link, "pk", None)
        for name, column in self.LINK_FIELDS.items():
            value = cleaned.get(name)
            if column != "given_address" and (value or is_own or known is None):
                setattr(self.link, column, value or (None if column == "published_on" else ""))

    @property
    def initial_link(self) -> Link | None:
        pk = Post.objects.filter(pk=self.instance.pk).values_list("link", flat=True).first()
        return Link(pk=pk) if pk else None

    def save(self, commit: bool = True) -> Post:
        if self.link is not None:
            source = self.link.source
            if source.pk is None:
                # Another editor may have named the same outlet a moment ago.
                source = Source.objects.named(source.name) or source
                source.save()
            self.link.source = source
            self.link.save()
            self.instance.source, self.instance.link = source, self.link
        return super().save(commit)


class ImageForm(forms.ModelForm):
    class Meta:
        model = Image
        fields = ["file", "alt", "is_decorative", "caption", "credit", "licence"]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if "file" not in self.changed_data:
            return file
        try:
            file.seek(0)
            self.picture = read_picture(file)
        except UnusablePicture as error:
            raise ValidationError(str(error)) from error
        if Image.objects.filter(digest=self.picture.digest).exclude(pk=self.instance.pk).exists():
            raise ValidationError("This very picture is already in the library.")
        return self.picture.as_file()

    def save(self, commit: bool = True) -> Image:
        if "file" in self.changed_data:
            self.instance.take(self.picture)
        return super().save(commit)
