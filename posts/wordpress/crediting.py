# PLACEHOLDER of branch wt-import: take the file of wt-credit.
"""The closing line that names the outlet."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple


class Credit(NamedTuple):
    name: str
    address: str = ""


@dataclass
class Credited:
    html: str
    credits: list[Credit] = field(default_factory=list)


_LINE = re.compile(r'<p>Source: (?:<a href="([^"]*)">)?([^<]+)(?:</a>)?</p>\s*\Z')


def credit(html: str, pattern: str | None = None) -> Credited:
    found = _LINE.search(html)
    if not found:
        return Credited(html)
    return Credited(html[: found.start()], [Credit(found[2].strip(), found[1] or "")])
