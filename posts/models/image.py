"""Uploaded pictures."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models, transaction
from django.utils import timezone

from posts import renditions
from posts.rendering import MISSING_ALT, PictureFacts, says_something
from sources.locking import hold_the_desk

if TYPE_CHECKING:
    from posts.picturing import Picture


def picture_path(image: Image, filename: str) -> str:
    """Return the path of a picture: its name carries its size, so that a page can reserve the room."""
    extension = filename.rpartition(".")[2]
    return f"images/{timezone.now():%Y/%m}/{image.digest[:16]}-{image.width}x{image.height}.{extension}"


_NAMED = re.compile(r"/media/(images/[\w./-]+)")
_SHOWN = re.compile(r' (?:src|href)="/media/(images/[\w./-]+)"')
_MARKS = re.compile(r'[\\\[\]"*_`<]|&(?=#|\w+;)')
WORDS = ("alt", "is_decorative", "caption", "credit", "licence", "notice")  # what is known of a picture


def names_in(text: str) -> set[str]:
    """Return the names of the files that this Markdown may show."""
    return set(_NAMED.findall(text))


class ImageQuerySet(models.QuerySet["Image"]):
    def shown_in(self, rendered: str) -> list[Image]:
        """Return the pictures that HTML of posts.rendering shows, or leads to."""
        names = set(_SHOWN.findall(rendered))
        return list(self.filter(file__in=names).only("pk")) if names else []

    def facts_in(self, text: str) -> dict[str, PictureFacts]:
        """Return what the library knows of the pictures that this Markdown names, by address."""
        names = names_in(text)
        rows = self.filter(file__in=names).values_list("file", *WORDS) if names else ()
        return {f"/media/{name}": PictureFacts(*words) for name, *words in rows}

    def undescribed(self) -> ImageQuerySet:
        """Those that say neither what they show nor that it adds nothing."""
        return self.filter(alt="", is_decorative=False)

    def get_or_store(self, picture: Picture) -> Image:
        """Return the image that holds these very bytes, storing it where it is new."""
        known = self.filter(digest=picture.digest).first()
        if known is not None:
            return known
        image = Image()
        image.take(picture)  # makes the renditions, which takes its time, before the desk is held
        with transaction.atomic():
            hold_the_desk()
            known = self.filter(digest=picture.digest).first()
            if known is None:
                image.save()
            return known or image


class Image(models.Model):
    file = models.ImageField(upload_to=picture_path)
    digest = models.CharField(max_length=64, unique=True, editable=False)  # SHA-256 of the stored bytes, in hex
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    alt = models.CharField(
        "alternative text",
        max_length=500,
        blank=True,
        help_text="What the picture shows, for those who do not see it.",
    )
    is_decorative = models.BooleanField(default=False, help_text="It adds nothing to the text: readers skip it.")
    caption = models.CharField(max_length=500, blank=True)
    credit = models.CharField(max_length=200, blank=True, help_text="Who made it.")
    licence = models.CharField(max_length=100, blank=True, help_text="For example CC BY 4.0.")
    notice = models.CharField(
        "content notice",
        max_length=200,
        blank=True,
        db_default="",
        help_text="What readers should know before they see it. The picture is blurred until asked for.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ImageQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(is_decorative=True) | models.Q(alt=""),
                name="image_decorative_has_no_alt",
                violation_error_message="A decorative picture has no alternative text: empty it, or untick the box.",
            ),
        ]

    _copies: dict[str, bytes] | None = None  # the renditions of a picture just taken, to be written

    def __str__(self) -> str:
        return self.alt or self.caption or self.file_name

    @property
    def file_name(self) -> str:
        return str(self.file.name).rpartition("/")[2]

    @property
    def thumbnail_url(self) -> str:
        """The smallest copy; blurred where readers are asked before they see it."""
        url = self.file.url
        return (renditions.blurred(url) if self.notice else "") or renditions.smallest(url)

    def clean(self) -> None:
        if self.alt == MISSING_ALT or (self.alt and not says_something(self.alt)):
            raise ValidationError({"alt": "Write what the picture shows, or leave this empty."})

    def take(self, picture: Picture) -> None:
        """Hold this picture's bytes; its files are written when the image is saved."""
        self.digest, self.width, self.height = picture.digest, picture.width, picture.height
        self.file = picture.as_file()
        self._copies = picture.renditions

    def save(self, **kwargs: Any) -> None:
        """Save; a picture just taken is written with all its renditions, or not at all."""
        if self._copies is None:
            super().save(**kwargs)
            return
        try:
            with transaction.atomic():
                super().save(**kwargs)
                self._write_renditions(self._copies)
        except Exception:
            self.delete_files()
            raise
        self._copies = None

    def file_names(self) -> list[str]:
        """Return the names of all its files: the picture first, then its renditions."""
        name = str(self.file.name)
        return [name, *renditions.rendition_names(name).values()]

    def add_missing_renditions(self) -> int:
        """Make the renditions that are not there; return how many. Raises OSError where the picture cannot be read."""
        from posts.picturing import make_renditions  # noqa: PLC0415  it brings Pillow, which pages never need

        wanted = renditions.rendition_names(str(self.file.name))
        missing = {kind for kind, name in wanted.items() if not self.file.storage.exists(name)}
        if missing:
            with self.file.storage.open(str(self.file.name)) as file:
                copies = make_renditions(file.read())
            self._write_renditions({kind: data for kind, data in copies.items() if kind in missing})
        return len(missing)

    def _write_renditions(self, copies: dict[str, bytes]) -> None:
        names = renditions.rendition_names(str(self.file.name))
        for kind, data in copies.items():
            self.file.storage.save(names[kind], ContentFile(data))

    def delete_files(self) -> None:
        """Delete its files, unless a row still has them: the same bytes may have been stored anew."""
        if self.file.name and not Image.objects.filter(file=self.file.name).exists():
            for name in self.file_names():
                self.file.storage.delete(name)

    def facts(self) -> PictureFacts:
        return PictureFacts(*(getattr(self, name) for name in WORDS))

    def as_markdown(self, alt: str | None = None, caption: str = "") -> str:
        """Return the Markdown that shows this picture in a text.

        It carries the description, so that the text reads well by itself; caption, credit and licence come from the
        library when it is rendered, unless the text has a caption of its own.
        """
        if alt is None:
            alt = "" if self.is_decorative else self.alt or MISSING_ALT
        title = f' "{_escaped(caption)}"' if caption and caption != self.caption else ""
        return f"![{_escaped(alt)}]({self.file.url}{title})"


def _escaped(words: str) -> str:
    """Return words of which Markdown makes nothing else."""
    return _MARKS.sub(r"\\\g<0>", " ".join(words.split()))
