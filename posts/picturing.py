"""Uploaded pictures: decoded, checked, turned upright and written anew without what the camera noted. Pure."""

import hashlib
import io
import warnings
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import IO, Any

from django.core.files.base import ContentFile
from PIL import Image as Pillow
from PIL import ImageCms, ImageFilter, ImageOps, UnidentifiedImageError

from posts.renditions import BLURRED, WIDTHS

MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 50_000_000
MAX_SIDE = 2400  # pixels of a stored picture's longer side
# What may come in, and as what it is kept (MPO is a camera's JPEG with a second picture behind the first). Moving
# pictures keep their first frame; SVG is a program and stays out.
READ = ["JPEG", "PNG", "WEBP", "GIF"]
KEPT_AS = {"JPEG": "JPEG", "MPO": "JPEG", "PNG": "PNG", "WEBP": "WEBP", "GIF": "PNG"}
SAVED_WITH: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 85, "optimize": True},
    "PNG": {"optimize": True},
    "WEBP": {"quality": 85},
}
EXTENSIONS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
RENDITION_QUALITY = 80
BLURRED_FROM, BLURRED_TO = 12, 160  # pixels of the longer side: so few cannot show who or what it is


class UnusablePicture(ValueError):
    """Says in a sentence why a file cannot be taken as a picture."""


@dataclass(frozen=True)
class Picture:
    data: bytes
    extension: str
    width: int
    height: int

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @cached_property
    def renditions(self) -> dict[str, bytes]:
        """The copies that belong beside it, see posts.renditions, as WebP."""
        return make_renditions(self.data)

    def as_file(self) -> ContentFile:
        return ContentFile(self.data, name=f"picture.{self.extension}")


def read_picture(file: IO[bytes]) -> Picture:
    """Return the picture in a file, written anew: upright, at most 2400 pixels a side, without camera data.

    The type is what the bytes are, whatever the file's name says. Raises UnusablePicture.
    """
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise UnusablePicture(f"The file is larger than {MAX_BYTES // 1024 // 1024} MB; make the picture smaller.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd camera data, and Pillow's own limit, for which ours stands
            image = Pillow.open(io.BytesIO(data), formats=READ)
            kind = KEPT_AS[image.format or ""]
            if image.width * image.height > MAX_PIXELS:
                raise UnusablePicture(
                    f"The picture has {image.width} × {image.height} pixels; "
                    f"at most {MAX_PIXELS // 1_000_000} million in all can be taken."
                )
            image.seek(0)
            image.load()
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((MAX_SIDE, MAX_SIDE), Pillow.Resampling.LANCZOS)
            return _written(upright, kind)
    except UnidentifiedImageError:
        raise UnusablePicture("This file is not a picture; it may be JPEG, PNG, WebP or GIF.") from None
    except UnusablePicture:
        raise
    except Exception as error:
        raise UnusablePicture("The picture is damaged and cannot be read.") from error


def make_renditions(data: bytes) -> dict[str, bytes]:
    """Return the copies of a stored picture, by what they are: "320", "640", …, "blurred"."""
    with Pillow.open(io.BytesIO(data), formats=READ) as stored:
        image = stored.convert("RGBA" if _has_alpha(stored) else "RGB")
    widths = [width for width in WIDTHS if width < image.width]
    copies = {str(width): _as_webp(_narrowed(image, width)) for width in widths}
    return copies | {BLURRED: _as_webp(_blurred(image))}


def _narrowed(image: Pillow.Image, width: int) -> Pillow.Image:
    height = max(1, round(image.height * width / image.width))
    return image.resize((width, height), Pillow.Resampling.LANCZOS)


def _blurred(image: Pillow.Image) -> Pillow.Image:
    few = _within(image, BLURRED_FROM, Pillow.Resampling.BOX)
    return _within(few.filter(ImageFilter.GaussianBlur(1)), BLURRED_TO, Pillow.Resampling.BICUBIC)


def _within(image: Pillow.Image, side: int, resampling: Pillow.Resampling) -> Pillow.Image:
    scale = side / max(image.size)
    return image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))), resampling)


def _as_webp(image: Pillow.Image) -> bytes:
    out = io.BytesIO()
    _bare(image).save(out, "WEBP", quality=RENDITION_QUALITY)
    return out.getvalue()


def _written(image: Pillow.Image, kind: str) -> Picture:
    if image.mode.startswith("I;16"):
        image = image.point(lambda value: value / 256).convert("L")  # convert alone would clip it to white
    image = _in_common_colours(image)
    bare = _bare(image.convert("RGBA" if _has_alpha(image) and kind != "JPEG" else "RGB"))
    out = io.BytesIO()
    bare.save(out, kind, **SAVED_WITH[kind])
    return Picture(out.getvalue(), EXTENSIONS[kind], bare.width, bare.height)


def _has_alpha(image: Pillow.Image) -> bool:
    return image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info


def _in_common_colours(image: Pillow.Image) -> Pillow.Image:
    """Turn the colours into those that every screen takes for granted (sRGB): the profile itself does not go on."""
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "RGBA", "CMYK"):
        with suppress(ImageCms.PyCMSError, OSError):  # a profile that is damaged, or another space's
            mode = "RGBA" if image.mode == "RGBA" else "RGB"
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            turned = ImageCms.profileToProfile(image, given, ImageCms.createProfile("sRGB"), outputMode=mode)
            return turned or image
    return image


def _bare(image: Pillow.Image) -> Pillow.Image:
    """Return the pixels alone: neither EXIF nor comments, profiles or thumbnails."""
    bare = Pillow.new(image.mode, image.size)
    bare.paste(image)
    return bare
