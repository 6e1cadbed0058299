"""The editor's form: a post with its tags and the page that it cites."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminDateWidget, AdminTextInputWidget, AutocompleteMixin
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Max, QuerySet
from django.http import QueryDict
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from posts.autosaving import opened, seal, seal_of
from posts.clipping import Clip, clips_of, warn_of_clips, with_scheme
from posts.life import OTHER_EYES, PUBLIC_ACTS, SEEN_BY_NOBODY_ELSE, TRANSITIONS, Act, Reason, State
from posts.models import Autosave, Image, Post
from posts.picturing import UnusablePicture, read_picture
from sources.links.canonical import canonical_address
from sources.links.models import ADDRESS_LENGTH, Link, find_or_propose_source
from sources.models import Source
from sources.naming import fold, tidy_name
from sources.places import language_choices

TAG_LENGTH = 100
TAGS_MOST = 50
ALSO_MOST = 10
ENDINGS = (Act.WITHDRAW, Act.TAKE_DOWN)
MADE_ON_SAVING = ("slug", "published_at", "source", "editor")  # where nothing was typed
# Which of the ways to log in knows of permissions (there are several).
BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class Before:
    """The post as it is stored, before the form lays hands on it."""

    state: State
    version: int | None
    is_sensitive: bool
    review_on: dt.date | None
    written_by_id: int | None
    editor_id: int | None
    texts: dict[str, str]

    @classmethod
    def of(cls, post: Post) -> Before:
        texts = {name: getattr(post, name) for name in PostForm.TEXTS}
        is_new = post.pk is None
        return cls(
            State(post.state), None if is_new else post.version, post.is_sensitive and not is_new, post.review_on,
            post.written_by_id, post.editor_id, texts,
        )  # fmt: skip


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n")


def target_of(act: Act, state: State) -> State:
    """Return where an act leads from any state in which it is done."""
    return next(iter(TRANSITIONS[act].values()), state)


def writing_people() -> QuerySet[Any]:
    """Those to whom a post may be handed."""
    users = get_user_model().objects
    return (
        users.with_perm("posts.add_post", backend=BACKEND).filter(is_active=True, is_staff=True).order_by("username")
    )


def content_faults(said: Mapping[str, Any]) -> dict[str, str]:
    """Return why a post of these words cannot stand before readers, by the field at which it is mended."""
    if not any(said.get(name) for name in ("title", "body", "source", "original_address")):
        return {"body": "There is nothing to publish yet: write a title or a text, or name a source."}
    return {}


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


class SaysWhatIsFound:
    """For a widget: below it stands what the desk knows of what was typed there (see posts.clipping)."""

    found: SafeString | str = ""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        place = f"{(attrs or {}).get('id', name)}_found"
        described = f"{(attrs or {}).get('aria-describedby', '')} {place}".strip()
        box = super().render(name, value, {**(attrs or {}), "aria-describedby": described}, renderer)  # type: ignore[misc]
        return format_html('{}<div class="found" id="{}" role="status">{}</div>', box, place, self.found)


class AddressInput(SaysWhatIsFound, forms.URLInput):
    pass


class AddressesInput(SaysWhatIsFound, forms.Textarea):
    pass


class TitleInput(SaysWhatIsFound, AdminTextInputWidget):
    pass


class CarriedField(forms.CharField):
    """What a form carries along for itself: nobody types it, so it is no change."""

    widget = forms.HiddenInput

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


class CarriedNumber(forms.IntegerField):
    widget = forms.HiddenInput

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


def check_address(address: str) -> None:
    """Raise ValidationError where this is no address under which a page could be kept."""
    try:
        canonical = canonical_address(address)
    except ValueError as error:
        raise ValidationError(str(error)) from error
    if len(canonical) > ADDRESS_LENGTH:
        raise ValidationError("This address is too long.")


class AddressesField(forms.CharField):
    """Addresses of pages, one a line."""

    widget = AddressesInput
    line = forms.URLField(assume_scheme="https", max_length=ADDRESS_LENGTH)

    def to_python(self, value: str | None) -> list[str]:  # type: ignore[override]
        return list(dict.fromkeys(with_scheme(line) for line in (value or "").splitlines() if line.strip()))

    def prepare_value(self, value: list[str] | str | None) -> str:
        return value if isinstance(value, str) else "\n".join(value or [])

    def validate(self, value: list[str]) -> None:
        super().validate(value)
        if len(value) > ALSO_MOST:
            raise ValidationError(f"At most {ALSO_MOST} further reports are named; these are {len(value)}.")
        for address in value:
            try:
                self.line.clean(address)
                check_address(address)
            except ValidationError as error:
                raise ValidationError([f"{address[:60]}: {message}" for message in error.messages]) from error

    def run_validators(self, value: Any) -> None:
        """The length of each is checked above; of all together there is nothing to check."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or []) != self.to_python(data)


class PostForm(forms.ModelForm):
    """Each of its buttons is an act of `posts.life`, or saves. The pages cited are found or made on saving.

    It knows when its post was changed since it was opened (`version`), and which post it will make (`seal`): so
    nothing is overwritten unseen, and a form that is sent twice makes one post.
    """

    tags = TagsField(required=False, help_text="Type and choose; a name that is not there yet becomes a new tag.")
    original_address = forms.URLField(
        label="Address of the original",
        required=False,
        max_length=ADDRESS_LENGTH,
        assume_scheme="https",
        widget=AddressInput(attrs={"class": "vLargeTextField"}),
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

    also_reported = AddressesField(
        label="Also reported by",
        required=False,
        widget=AddressesInput(attrs={"rows": 2, "class": "vLargeTextField"}),
        help_text="Addresses of further reports on the matter, one a line. Readers see the outlets' names.",
    )
    correction = forms.CharField(
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
        help_text="What was wrong, and what is right. It stands above the text, with today's date, and under "
        "/corrections/. For small things nobody was misled by, just save the changes.",
    )
    reason = forms.ChoiceField(
        label="Why it ends",
        required=False,
        choices=lambda: [("", "---------"), *Reason.choices],
        help_text="Who opens the address reads it.",
    )
    act_note = forms.CharField(
        label="Note for the log",
        required=False,
        max_length=1000,
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
        help_text="Only editors see it.",
    )
    is_sure = forms.BooleanField(
        label="Take down for good",
        required=False,
        help_text="Taking down erases title, text, sources, tags and all revisions. Nobody can bring them back.",
    )
    new_note = forms.CharField(
        label="A word to the other editors",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
        help_text="Never shown to readers.",
    )
    version = CarriedNumber(required=False)
    seal = CarriedField(required=False)
    # Which posts the form has already named as having this page, or a title like this: each is told once.
    warned = CarriedField(required=False)

    BUTTONS = {
        "_submit": Act.SUBMIT,
        "_publish": Act.PUBLISH,
        "_schedule": Act.SCHEDULE,
        "_correct": Act.CORRECT,
        "_withdraw": Act.WITHDRAW,
        "_redraft": Act.REDRAFT,
        "_takedown": Act.TAKE_DOWN,
    }
    TEXTS = ("title", "body", "excerpt")
    LINK_FIELDS = {
        "original_address": "given_address",
        "original_headline": "headline",
        "original_byline": "byline",
        "original_published_on": "published_on",
        "original_language": "language",
    }

    class Meta:
        model = Post
        fields = [
            "title", "slug", "body", "excerpt", "notice", "published_at", "is_quiet", "source", "categories", "tags",
            "is_sensitive", "review_on", "is_sticky", "editor",
        ]  # fmt: skip
        help_texts = {
            "body": "A passage in a language that its letters do not tell, such as Arabic or French, stands between "
            "&lt;blockquote lang=&quot;ar&quot;&gt; and &lt;/blockquote&gt;, or &lt;div&gt;, with empty lines around."
        }
        widgets = {"title": TitleInput, "excerpt": forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"})}

    class Media:
        # After the autocomplete's own script, whose defaults the next one sets before the page is ready.
        js = ["admin/js/autocomplete.js", "js/post_form.js", "js/pictures.js", "js/autosave.js", "js/clipping.js"]

    # Set by the admin for each request: who sits before it, and the text that was kept unsaved and is taken up again.
    user: Any = None
    taken: Autosave | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        instance = kwargs.get("instance")
        if instance and instance.link:
            link = {name: getattr(instance.link, column) for name, column in self.LINK_FIELDS.items()}
            kwargs["initial"] = {**link, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.link: Link | None = None
        self.is_waiting = bool(instance and instance.pk and instance._comes_later())
        self.was_public = bool(instance and instance.pk and instance.is_public)
        self.before = Before.of(self.instance)
        self.collides = self.is_repeat = False
        self.untold: list[Clip] = []
        self.last_outlet_id = 0  # before saving: those with a greater number were added by it
        if moment := self.fields.get("published_at"):
            moment.error_messages |= {"invalid_date": "Write the day too.", "invalid_time": "Write the time too."}
        if "editor" in self.fields:
            people = writing_people()
            if instance and instance.editor_id:  # whoever writes no longer, or wrote for an old blog, stays named
                people |= get_user_model().objects.filter(pk=instance.editor_id)
            self.fields["editor"].queryset = people  # type: ignore[attr-defined]
        if instance and instance.pk:
            self.initial.update(tags=instance.tags.all(), also_reported=instance.also_addresses())
        self.initial["version"] = self.instance.version if self.instance.pk else 0
        if self.taken:
            self._take_up(self.taken)
        if not self.is_bound and self.user:
            guid = self.instance.guid
            self.initial["seal"] = seal_of(self.taken, self.user, guid) if self.taken else seal(self.user, guid)

    def _take_up(self, taken: Autosave) -> None:
        """Begin with what was kept: each box as it was typed."""
        data = QueryDict(mutable=True)
        for name, values in taken.fields.items():
            data.setlist(name, values)
        for name, field in self.fields.items():
            if name != "seal":
                self.initial[name] = field.widget.value_from_datadict(data, {}, self.add_prefix(name))

    @property
    def act(self) -> Act | None:
        """What the button that was pressed does, beyond saving."""
        return next((act for name, act in self.BUTTONS.items() if name in self.data), None)

    def clean_original_address(self) -> str:
        address = self.cleaned_data["original_address"]
        if address:
            check_address(address)
        return address

    def clean_body(self) -> str:
        # Browsers send line ends as CRLF (HTML, 4.10.21.4); a text is kept with the plain ones.
        return self.cleaned_data["body"].replace("\r\n", "\n")

    def clean_excerpt(self) -> str:
        return self.cleaned_data["excerpt"].replace("\r\n", "\n")

    def clean_seal(self) -> str:
        given = self.cleaned_data["seal"]
        sealed = opened(given)
        if sealed and self.instance.pk is None and self.user and sealed.user_id == self.user.pk:
            self.instance.guid = sealed.guid
        return given

    def clean_review_on(self) -> dt.date | None:
        day = self.cleaned_data["review_on"]
        if day and day != self.before.review_on and day < timezone.localdate():
            raise ValidationError("This day has passed: choose one to come, on which somebody looks again.")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self._is_stale(cleaned):
            return cleaned
        self._check_rights(cleaned)
        self._apply_act(cleaned)
        if "original_address" in cleaned and "source" in cleaned:
            self._find_link(cleaned)
            self._look_for_clips(cleaned)
        self.last_outlet_id = Source.objects.aggregate(last=Max("pk"))["last"] or 0
        return cleaned

    def _look_for_clips(self, cleaned: dict[str, Any]) -> None:
        """Say which posts have this page already; where readers are to see it, before and not after."""
        if self.user is None or not cleaned["original_address"]:
            return
        told = set((cleaned.get("warned") or "").split(","))
        clips = clips_of(cleaned["original_address"], user=self.user, besides=self.instance.pk)
        self.untold = [clip for clip in clips if str(clip.post_id) not in told]
        # The form that was opened in a browser brings `warned`: what asks can be answered there.
        if self.untold and self.act in (Act.PUBLISH, Act.SCHEDULE) and "warned" in self.data:
            question = "{} Nothing is stored yet. To publish it all the same, press the button again."
            self.add_error("original_address", ValidationError(format_html(question, warn_of_clips(self.untold))))

    def _post_clean(self) -> None:
        """A form that is refused takes no step: who looks at it again may do what they might before."""
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            self.instance.state = self.before.state

    def _apply_act(self, cleaned: dict[str, Any]) -> None:
        now = timezone.now()
        stored = self.instance.published_at
        if self.act in ENDINGS and "published_at" in self.errors:
            # An hour that this zone has twice cannot be typed; withdrawing must not wait for it.
            del self.errors["published_at"]
            cleaned["published_at"] = stored
        moment = cleaned.get("published_at")
        if stored and (moment == stored.replace(microsecond=0) or (moment is None and self.act == Act.PUBLISH)):
            # The form shows no fractions of a second, and a form sent again no date at all: the stored moment stays.
            moment = cleaned["published_at"] = stored
        if self.act == Act.SCHEDULE:
            self._check_moment(cleaned, now)
        elif self.act is None and self.is_waiting and moment and moment <= now:
            self.add_error("published_at", "This moment has passed: choose one to come, or press Publish now.")
        elif self.act not in (Act.PUBLISH, *ENDINGS) and self.was_public and moment and moment > now:
            self.add_error("published_at", "Readers see this post; a date to come would hide it. Withdraw it instead.")
        self._check_ending(cleaned)
        if self.act and not self.errors:
            try:
                self.instance.step(self.act)
            except ValidationError as error:
                self.add_error(None, error)
        if self.act == Act.PUBLISH:
            # A past date is the post's own: it was typed, or it had it before. Pressed twice, the first time counts.
            cleaned["published_at"] = min(moment or now, now)
        if self.act in (Act.PUBLISH, Act.SCHEDULE) or (self.act is None and self.instance.state == State.PUBLISHED):
            self._check_content(cleaned)

    def _check_ending(self, cleaned: dict[str, Any]) -> None:
        correction, is_correcting = cleaned.get("correction"), self.act == Act.CORRECT
        if is_correcting and self.instance.is_scheduled:
            self.add_error("correction", "Nobody has read this yet: empty the box, and just save the changes.")
        elif is_correcting and not correction:
            self.add_error("correction", "Write what was wrong and what is right; or press Save changes.")
        if correction and not is_correcting and self.act not in ENDINGS:
            self.add_error("correction", "This is not said yet: press Save and correct, or empty the box.")
        if self.act in ENDINGS:
            if cleaned.get("reason"):
                self.instance.reason = cleaned["reason"]
            elif "reason" not in self.errors:
                self.add_error("reason", "Say why: who opens the address will read it.")
        if self.act == Act.TAKE_DOWN and not cleaned.get("is_sure"):
            self.add_error("is_sure", "Taking down erases everything for good: tick this if you are sure.")

    def _is_stale(self, cleaned: dict[str, Any]) -> bool:
        """Say whether somebody saved the post since this form was opened; the same form sent twice is no harm."""
        version = cleaned.get("version")
        if version is None or self.before.version in (None, version):
            return False
        untyped = {name for name in MADE_ON_SAVING if not cleaned.get(name)}
        for name in untyped & cleaned.keys():
            if not version:
                cleaned[name] = getattr(self.instance, name)  # the form for a new post did not know it yet
        self.is_repeat = self._says_what_is_stored(cleaned, untyped)
        if not version and not self.is_repeat and not self.changes_text(cleaned):
            return False  # gone back to: these very words are stored, and nobody's are lost
        self.collides = not self.is_repeat
        if self.collides:
            self.add_error(
                None,
                "Somebody has saved this post since you opened it, so nothing was stored. What you typed is all here; "
                "what differs stands below. Take over what you want of theirs, then press the button again.",
            )
        return True

    def _says_what_is_stored(self, cleaned: dict[str, Any], untyped: set[str]) -> bool:
        if self.act and (target_of(self.act, self.before.state) != self.before.state or self.act == Act.CORRECT):
            return False
        said_once = {
            name
            for name, said in (
                ("new_note", self.instance.notes.values_list("text", flat=True)),
                ("correction", self.instance.corrections.values_list("text", flat=True)),
            )
            if cleaned.get(name) in said
        }
        ignored = {"reason", "act_note", "is_sure", *untyped, *said_once}
        changed = {name for name in self.changed_data if name not in ignored}
        return all(name in self.TEXTS and cleaned.get(name) == _plain(self.before.texts[name]) for name in changed)

    def _check_rights(self, cleaned: dict[str, Any]) -> None:
        """A button that is not shown can be pressed all the same."""
        if self.user is None:
            return
        if self.act in PUBLIC_ACTS and not self.user.has_perm("posts.publish_post"):
            self.add_error(None, "Only editors publish and withdraw. Submit it for review.")
        writer_id = self.user.pk if self.changes_text(cleaned) else self.before.written_by_id
        is_last_writer = writer_id == self.user.pk
        if is_last_writer and self.before.is_sensitive and not cleaned.get("is_sensitive"):
            self.add_error("is_sensitive", "You changed the text last: another editor takes this mark away.")
        elif is_last_writer and cleaned.get("is_sensitive") and self.act in (Act.PUBLISH, Act.SCHEDULE):
            self.add_error("is_sensitive", f"{OTHER_EYES} Submit it now.")
        is_before_readers = self.before.state == State.PUBLISHED and self.act not in (Act.REDRAFT, *ENDINGS)
        if self.before.is_sensitive and is_before_readers and self.changes_text(cleaned):
            self.add_error(None, SEEN_BY_NOBODY_ELSE)

    def changes_text(self, cleaned: dict[str, Any]) -> bool:
        return any(name in cleaned and cleaned[name] != _plain(self.before.texts[name]) for name in self.TEXTS)

    def _check_content(self, cleaned: dict[str, Any]) -> None:
        for name, sentence in content_faults(cleaned).items():
            self.add_error(name, sentence)

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
            source = known.source if known else find_or_propose_source(address)
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

    def named_twice(self) -> list[str]:
        """Return the further reports that are the original itself, or stand there before."""
        original = self.cleaned_data["original_address"]
        seen, twice = {canonical_address(original)} if original else set(), []
        for address in self.cleaned_data["also_reported"]:
            if canonical_address(address) in seen:
                twice.append(address)
            seen.add(canonical_address(address))
        return twice

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
        fields = ["file", "alt", "is_decorative", "caption", "credit", "licence", "notice"]
        widgets = {"file": forms.FileInput}  # the admin's own has no label

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

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        was_described = self.initial.get("alt") or self.initial.get("is_decorative")
        if self.instance.pk and was_described and not cleaned.get("alt") and not cleaned.get("is_decorative"):
            self.add_error("alt", "Texts may show this picture: say what it shows, or mark it as decorative.")
        return cleaned

    def save(self, commit: bool = True) -> Image:
        if hasattr(self, "picture"):
            self.instance.take(self.picture)
        return super().save(commit)
