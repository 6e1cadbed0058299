"""Uploaded pictures."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone

if TYPE_CHECKING:
    from posts.picturing import Picture


def picture_path(image: Image, filename: str) -> str:
    """Return the path of a picture: its name carries its size, so that a page can reserve the room."""
    extension = filename.rpartition(".")[2]
    return f"images/{timezone.now():%Y/%m}/{image.digest[:16]}-{image.width}x{image.height}.{extension}"


_SHOWN = re.compile(r"/media/(images/[\w./-]+)")


class ImageQuerySet(models.QuerySet["Image"]):
    def shown_in(self, text: str) -> list[Image]:
        """Return the pictures that this Markdown or HTML shows."""
        names = set(_SHOWN.findall(text))
        return list(self.filter(file__in=names).only("pk")) if names else []

    def notices_in(self, text: str) -> dict[str, str]:
        """Return the content notices of the pictures that this Markdown shows, by address."""
        names = set(_SHOWN.findall(text))
        rows = self.filter(file__in=names).exclude(notice="").values_list("file", "notice") if names else ()
        return {f"/media/{name}": notice for name, notice in rows}

    def get_or_store(self, picture: Picture) -> Image:
        """Return the image that holds these very bytes, storing it where it is new."""
        known = self.filter(digest=picture.digest).first()
        if known is not None:
            return known
        image = Image()
        image.take(picture)
        image.save()
        return image


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

    def __str__(self) -> str:
        return self.alt or self.caption or str(self.file.name).rpartition("/")[2]

    def take(self, picture: Picture) -> None:
        """Hold this picture's bytes; the file is written when the image is saved."""
        self.digest, self.width, self.height = picture.digest, picture.width, picture.height
        self.file = picture.as_file()

    def as_markdown(self) -> str:
        """Return the Markdown that shows this picture in a text."""
        caption = self.caption
        if self.credit:
            stop = "" if not caption or caption.endswith((".", "!", "?", "…")) else "."
            caption = f"{caption}{stop} Credit: {self.credit}".strip()
        title = f' "{_escaped(caption, '"')}"' if caption else ""
        alt = "" if self.is_decorative else self.alt or MISSING_ALT
        return f"![{_escaped(alt, '[]')}]({self.file.url}{title})"


# Stands in a new picture's Markdown until the editor writes what the picture shows; until then nothing is published.
MISSING_ALT = "Write here what the picture shows"


def _escaped(text: str, characters: str) -> str:
    return "".join(f"\\{c}" if c in characters + "\\" else c for c in text)
