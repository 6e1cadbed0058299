"""The typefaces that this machine has, and which of them can show a text.

Whether one can is found by asking it for each character: what it has no sign for, it draws as the very box that it
draws for a character that does not exist.
"""

import io
import os
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts")
# Files of well-known families, as Linux distributions name them. The first that can show all of a text is taken.
_OF_SCRIPTS = (
    "NotoSerifCJK-Bold.ttc", "NotoSansCJK-Bold.ttc", "NotoSansCJK-Regular.ttc", "NotoSerifKR-Bold.otf",
    "NotoSansKR-Bold.otf", "NanumMyeongjoBold.ttf", "NanumMyeongjo.ttf", "NanumGothicBold.ttf", "NanumGothic.ttf",
    "NanumBarunGothicBold.ttf", "NanumBarunGothic.ttf", "UnBatangBold.ttf", "UnBatang.ttf", "UnDotum.ttf",
    "baekmuk.ttf", "wqy-zenhei.ttc", "wqy-microhei.ttc", "uming.ttc", "ukai.ttc", "DroidSansFallbackFull.ttf",
    "ipaexg.ttf", "ipagp.ttf", "ipag.ttf", "TakaoPGothic.ttf", "VL-PGothic-Regular.ttf",
    "NotoNaskhArabic-Bold.ttf", "NotoSansArabic-Bold.ttf", "Amiri-Bold.ttf", "KacstBook.ttf",
    "NotoSerifHebrew-Bold.ttf", "NotoSansHebrew-Bold.ttf", "NotoSerifThai-Bold.ttf", "NotoSansThai-Bold.ttf",
    "Loma-Bold.ttf", "Garuda-Bold.ttf", "NotoSerifDevanagari-Bold.ttf", "NotoSansDevanagari-Bold.ttf",
    "NotoSerifBengali-Bold.ttf", "NotoSansBengali-Bold.ttf", "NotoSerifTamil-Bold.ttf", "NotoSansTamil-Bold.ttf",
    "NotoSerifKhmer-Bold.ttf", "NotoSansKhmer-Bold.ttf", "NotoSerifLao-Bold.ttf", "NotoSansLao-Bold.ttf",
    "NotoSerifMyanmar-Bold.ttf", "NotoSansMyanmar-Bold.ttf", "NotoSerifEthiopic-Bold.ttf",
    "NotoSansEthiopic-Bold.ttf", "FreeSerifBold.ttf", "FreeSansBold.ttf", "FreeSerif.ttf", "unifont.ttf",
)  # fmt: skip
HEADLINE = (
    "NotoSerif-Bold.ttf", "DejaVuSerif-Bold.ttf", "LiberationSerif-Bold.ttf", "NotoSans-Bold.ttf",
    "DejaVuSans-Bold.ttf", "LiberationSans-Bold.ttf", *_OF_SCRIPTS,
)  # fmt: skip
LINE = (
    "NotoSans-Regular.ttf", "DejaVuSans.ttf", "LiberationSans-Regular.ttf", "NotoSansArabic-Regular.ttf",
    "NotoSansHebrew-Regular.ttf", "NotoSansThai-Regular.ttf", *_OF_SCRIPTS,
)  # fmt: skip

# What shaping leaves out, in the words of HarfBuzz: joiners, marks of direction, the choice of a variant.
IGNORED = re.compile(
    "[\u00ad\u034f\u061c\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff0-\ufff8"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)

BUILT_IN = ""  # the face that Pillow brings
NOBODYS = "\U0010ffff"  # no character, and never will be one
TRIED_AT = 20  # pixels


@lru_cache(maxsize=1)
def installed() -> dict[str, str]:
    """Return where the files of the families above lie, by their names. Looked for once: fonts come with a restart."""
    wanted = {*HEADLINE, *LINE}
    found: dict[str, str] = {}
    for top in FOLDERS:
        for folder, _, names in os.walk(top):
            for name in wanted.intersection(names):
                found.setdefault(name, str(Path(folder, name)))
    return found


def face_for(text: str, names: Iterable[str]) -> str | None:
    """Return the file of the first of these faces that can show all of a text, or None."""
    faces = [path for name in names if (path := installed().get(name))]
    return next((face for face in [*faces, BUILT_IN] if can_show(face, text)), None)


def can_show(face: str, text: str) -> bool:
    try:
        font = load(face, TRIED_AT, shaped=False)
        box = _drawn(font, NOBODYS)
        return all(_drawn(font, sign) != box for sign in set(text) if not is_unseen(sign))
    except OSError:  # a broken file, or one whose signs are pictures of another size
        return False


def is_unseen(sign: str) -> bool:
    return sign.isspace() or bool(IGNORED.match(sign))


def _drawn(font: ImageFont.FreeTypeFont, sign: str) -> tuple[tuple[int, int], bytes]:
    mask = font.getmask(sign)
    return mask.size, bytes(mask)


@lru_cache(maxsize=64)
def load(face: str, size: int, *, shaped: bool) -> ImageFont.FreeTypeFont:
    """Return a face at a size in pixels; `shaped` lays out scripts that join, or run from the right."""
    engine = ImageFont.Layout.RAQM if shaped else ImageFont.Layout.BASIC
    return ImageFont.truetype(face or io.BytesIO(_built_in()), size, layout_engine=engine)


@lru_cache(maxsize=1)
def _built_in() -> bytes:
    font = ImageFont.load_default(TRIED_AT)
    if not isinstance(font, ImageFont.FreeTypeFont) or not isinstance(font.path, io.BytesIO):
        raise OSError("This Pillow was built without FreeType.")
    return font.path.getvalue()
