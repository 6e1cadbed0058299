"""Pictures of a text where they are stored."""

import re
from typing import IO

from django.conf import settings
from django.core.files.storage import default_storage

_PATH = re.compile(r"(?!.*\.\.)[\w./-]{1,200}")


def open_picture(address: str) -> IO[bytes] | None:
    """Open an uploaded picture by its address on the site; None where that is no upload, or the file is not there."""
    name = address.partition("?")[0].partition("#")[0].removeprefix(settings.MEDIA_URL)
    if not address.startswith(settings.MEDIA_URL) or not _PATH.fullmatch(name):
        return None
    try:
        return default_storage.open(name)
    except (OSError, ValueError):  # ValueError: a name that leads out of the folder
        return None
