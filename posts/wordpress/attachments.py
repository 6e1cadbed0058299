# PLACEHOLDER of branch wt-import: take the file of wt-files.
"""Files of the old blog."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from posts.models import Image
from posts.wordpress.models import Blog, Imported, Kind
from posts.wordpress.old_files import File, Files
from posts.wordpress.reasons import Reason
from posts.wordpress.records import Item


@dataclass
class Supply:
    media_root: str | None = None
    zips: Sequence[str] = ()
    fetch: bool = True


def bring_attachment(item: Item, blog: Blog, supply: Supply) -> tuple[Image | None, list[Reason]]:
    from posts.picturing import read_picture  # noqa: PLC0415
    from posts.wordpress.paths import file_path  # noqa: PLC0415

    path = Path(supply.media_root or "/nowhere") / file_path(item.attachment_url)
    if not path.is_file():
        return None, [Reason("file-missing", f"The file could not be had: {item.attachment_url}")]
    with path.open("rb") as file:
        picture = read_picture(file)
    image = Image.objects.get_or_store(picture)
    Image.objects.filter(pk=image.pk, alt="").update(alt=item.first_meta("_wp_attachment_image_alt"))
    return image, []


def files_of(items: Sequence[Item], blog: Blog) -> list[Files]:
    rows = list(Imported.objects.filter(blog=blog, kind=Kind.ATTACHMENT))
    images = Image.objects.in_bulk([row.row_id for row in rows if row.row_id])
    files = Files()
    for row in rows:
        image = images.get(row.row_id or 0)
        file = File(image.file.url, image.alt, image.caption, True) if image else File(row.address)
        files.addresses[row.address] = file
        if row.number:
            files.numbers[row.number] = file
    return [files for _ in items]


def with_featured(markdown: str, item: Item, files: Files) -> str:
    return markdown
