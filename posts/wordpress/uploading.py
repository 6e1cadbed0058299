"""Files that came by the desk: where they lie while a task reads them, and when they go.

They hold drafts and readers' addresses: nobody but this site's own processes may read them, and none is kept longer
than it is needed. Web server and task worker must see the same disk.
"""

from __future__ import annotations

import datetime as dt
import gzip
import io
import os
import re
import secrets
import shutil
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.move import file_move_safe

from posts.wordpress.models import Run

MOST_BYTES = 4 * 1024**3  # of one file
MOST_FILES = 50
# A rehearsal may be followed by the real thing, and what was stopped may go on; after that the files are gone.
KEPT = dt.timedelta(days=7)
# A form that was refused keeps the files that came with it, until somebody has mended the rest.
FORM_KEPT = dt.timedelta(days=1)
HEAD = 64 * 1024  # bytes at the beginning, in which an export says what it is


class NotAnExport(ValueError):
    """What was sent is plainly no export of WordPress; the message says so to whoever sent it."""


# --- A glance at it. Whether all of it can be read is found out by reading it (see reading.survey).


def glance_at(file: Any) -> None:
    """Refuse what is plainly no export. Raises NotAnExport."""
    head = file.read(HEAD)
    file.seek(0)
    if not head:
        raise NotAnExport("is empty.")
    if head.startswith(b"PK"):
        glance_at_zip(file)
    elif head.startswith(b"\x1f\x8b"):
        _glance_at_xml(_unpacked(head))
    else:
        _glance_at_xml(head)


def glance_at_zip(file: Any) -> None:
    """Refuse what is no zip that can be opened. Raises NotAnExport."""
    is_zip = zipfile.is_zipfile(file)
    file.seek(0)
    if not is_zip:
        raise NotAnExport("is no zip that can be opened; perhaps it did not arrive whole.")


def _unpacked(head: bytes) -> bytes:
    """Return what the beginning of a gzip holds, as far as it goes."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(head)) as packed:
            return packed.read1(HEAD)
    except (OSError, EOFError, zlib.error) as error:
        raise NotAnExport("cannot be unpacked; perhaps it did not arrive whole.") from error


def _glance_at_xml(head: bytes) -> None:
    encoding = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    text = head.decode(encoding, errors="replace").lstrip().lower()
    if text.startswith(("<!doctype html", "<html")):
        raise NotAnExport("is a web page. Log in to the old blog, and save what “Tools, Export” offers there.")
    if not text.startswith("<"):
        raise NotAnExport("is no export of WordPress, which is XML (.xml), or a zip or gzip of it.")
    if "<rss" not in text:
        raise NotAnExport("is XML, but no export of WordPress.")


# --- Where they lie


def imports_folder() -> Path:
    return Path(settings.VAR_DIR) / "imports"


def keep(uploads: Iterable[Any], folder: Path | None = None) -> list[Path]:
    """Move uploaded files to a folder that nobody can guess; return where they are. Raises OSError."""
    folder = folder or _new_folder()
    return [_move(upload, folder) for upload in uploads]


def _new_folder() -> Path:
    folder = imports_folder() / secrets.token_urlsafe(16)
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700)
    return folder


def _move(upload: Any, folder: Path) -> Path:
    goal = _free(folder, safe_name(upload.name))
    if hasattr(upload, "temporary_file_path"):
        file_move_safe(upload.temporary_file_path(), str(goal))
    else:
        with os.fdopen(os.open(goal, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            shutil.copyfileobj(upload, out)
    goal.chmod(0o600)
    return goal


def safe_name(name: str) -> str:
    """Return a name that means nothing to a file system, and still tells people which file it was."""
    plain = re.sub(r"[^\w.-]+", "-", name.replace("\\", "/").rpartition("/")[2]).strip("-.") or "export"
    return plain[-80:].lstrip("-.")


def _free(folder: Path, name: str) -> Path:
    goal, number = folder / name, 1
    while goal.exists():
        number += 1
        goal = folder / f"{number}-{name}"
    return goal


def paths_of(run: Run) -> list[Path]:
    """Return where the files of a run lie that came by the desk; nothing for others."""
    paths = [Path(path) for path in run.options.get("paths", [])]
    return paths if run.is_background and all(path.parent.parent == imports_folder() for path in paths) else []


def folder_of(run: Run) -> Path | None:
    return next((path.parent for path in paths_of(run)), None)


def are_here(run: Run) -> bool:
    """Say whether the uploaded files of a run are there still."""
    paths = paths_of(run)
    return bool(paths) and all(path.is_file() for path in paths)


def kept_until(run: Run) -> dt.datetime:
    """Return when the files of what was rehearsed or stopped go."""
    return (run.finished_at or run.made_at) + KEPT


# --- When they go


def forget_files(at: dt.datetime) -> None:
    """Delete the files that no import needs any longer."""
    if not imports_folder().is_dir():
        return
    runs: dict[Path | None, list[Run]] = {}
    for run in Run.objects.filter(is_background=True).order_by("pk"):
        runs.setdefault(folder_of(run), []).append(run)
    for folder in imports_folder().iterdir():
        if not _is_needed(folder, runs.get(folder, []), at):
            shutil.rmtree(folder, ignore_errors=True)


def _is_needed(folder: Path, runs: list[Run], at: dt.datetime) -> bool:
    if not runs:  # of a form that somebody is mending, or of a run that is just being made
        return dt.datetime.fromtimestamp(folder.stat().st_mtime, tz=dt.UTC) + FORM_KEPT > at
    return any(run.is_open for run in runs) or (may_be_wanted_again(runs[-1]) and kept_until(runs[-1]) > at)


def may_be_wanted_again(run: Run) -> bool:
    return run.state == Run.State.STOPPED or (run.state == Run.State.FINISHED and run.is_rehearsal)
