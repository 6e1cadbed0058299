"""The desk: a picture, new or of the library, with the words that a text shows it with."""

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, JsonResponse

from posts.admin.picture_list import as_choice
from posts.models import Image
from posts.models.image import WORDS
from posts.picturing import UnusablePicture, read_picture
from posts.rendering import MISSING_ALT, says_something
from sources.locking import hold_the_desk

OF_THE_LIBRARY = ("credit", "licence", "notice")  # a text has no words of its own for these


class WordsForm(forms.ModelForm):
    """What is said of a picture where it is put into a text: it has to be described, or marked as decorative."""

    class Meta:
        model = Image
        fields = WORDS

    def clean_alt(self) -> str:
        alt = self.cleaned_data["alt"]
        return alt if says_something(alt) and alt != MISSING_ALT else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "alt" in cleaned and not cleaned["alt"] and not cleaned["is_decorative"]:
            self.add_error("alt", "Write what the picture shows, or tick that it is decorative.")
        elif cleaned.get("alt") and cleaned["is_decorative"]:
            self.add_error("is_decorative", "A decorative picture has no description: empty it, or untick the box.")
        return cleaned


def take_picture(request: HttpRequest) -> JsonResponse:
    """Store the picture that came, or find the one chosen; answer the Markdown that shows it.

    With `look`, answer only what the library knows of such a picture, and store nothing. Without words (no `alt`)
    the Markdown asks for a description. What is refused is answered in a sentence, with the `field` it is about.
    """
    if not request.user.has_perm("posts.add_image"):
        return JsonResponse({"error": "You may not add pictures."}, status=403)
    words = WordsForm(request.POST) if "alt" in request.POST else None
    try:
        if "look" in request.POST:
            return JsonResponse({"known": _known(request)})
        if words and not words.is_valid():
            name = next(iter(words.errors))
            return _refused(name, str(words.errors[name][0]))
        image = _chosen(request) or _stored(request)
        if words is None:
            return JsonResponse({"image_code": image.as_markdown()})
        return _with_words(request, image, words.cleaned_data)
    except (UnusablePicture, LookupError) as error:
        return _refused("image", str(error.args[0]))


def _refused(field: str, sentence: str) -> JsonResponse:
    return JsonResponse({"error": sentence, "field": field}, status=400)


def _chosen(request: HttpRequest) -> Image | None:
    """Return the picture of the library that was chosen. Raises LookupError where it is gone."""
    chosen = request.POST.get("picture")
    if not chosen:
        return None
    is_number = chosen.isdecimal() and len(chosen) <= 18
    image = Image.objects.filter(pk=int(chosen)).first() if is_number else None
    if image is None:
        raise LookupError("This picture is no longer in the library: choose another.")
    return image


def _stored(request: HttpRequest) -> Image:
    return Image.objects.get_or_store(_read(request))


def _read(request: HttpRequest) -> Any:
    file = request.FILES.get("image")
    if file is None:
        raise LookupError("No file came with the request.")
    return read_picture(file)


def _known(request: HttpRequest) -> dict[str, Any] | None:
    image = Image.objects.filter(digest=_read(request).digest).first()
    return as_choice(image) if image else None


def _with_words(request: HttpRequest, image: Image, words: dict[str, Any]) -> JsonResponse:
    with transaction.atomic():
        hold_the_desk()
        image.refresh_from_db()
        gained = _gained(request, image, words)
        for name in OF_THE_LIBRARY:
            if words[name] and words[name] not in (getattr(image, name), gained.get(name)):
                return _refused(name, _says_otherwise(image, name))
        if words["is_decorative"] and image.alt:
            return _refused(
                "is_decorative", f"The library describes this picture as “{image.alt}”: describe it here too."
            )
        if gained:
            _save_words(image, gained)
    return JsonResponse({"image_code": image.as_markdown(alt=words["alt"], caption=words["caption"])})


def _gained(request: HttpRequest, image: Image, words: dict[str, Any]) -> dict[str, Any]:
    """Return what the library learns; of a picture that texts show already, only from who may change pictures."""
    if not request.user.has_perm("posts.change_image") and image.posts.exists():
        return {}
    names = ["caption", *OF_THE_LIBRARY]
    if not image.alt and not image.is_decorative:
        names += ["alt", "is_decorative"]
    return {name: words[name] for name in names if words[name] and not getattr(image, name)}


def _save_words(image: Image, words: dict[str, Any]) -> None:
    for name, value in words.items():
        setattr(image, name, value)
    image.save()


def _says_otherwise(image: Image, name: str) -> str:
    label = image._meta.get_field(name).verbose_name  # type: ignore[union-attr]
    stored = getattr(image, name)
    said = f"The library says “{stored}”" if stored else "The library has none, and other texts show this picture"
    return f"{said}: the {label} is changed there, for all texts at once."
