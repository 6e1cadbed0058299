# PLACEHOLDER of branch wt-import: take the file of wt-export.
"""Our own fields in an export of ours."""

from dataclasses import dataclass, field
from typing import Any

from posts.wordpress.records import Item


@dataclass
class Ours:
    markdown: str | None = None
    fields: dict[str, Any] = field(default_factory=dict)


def ours_of(item: Item) -> Ours | None:
    return None
