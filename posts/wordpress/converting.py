# PLACEHOLDER of branch wt-import: take the file of wt-convert.
"""The old HTML as our Markdown."""

from dataclasses import dataclass, field

from markdownify import markdownify

from posts.rendering import render_post
from posts.wordpress.old_files import NO_FILES, Files
from posts.wordpress.reasons import Reason


@dataclass
class Brought:
    markdown: str = ""
    reasons: list[Reason] = field(default_factory=list)
    body_html: str = ""
    lead_html: str = ""


def bring_over(html: str, files: Files = NO_FILES, base: str = "https://oldblog.example") -> Brought:
    markdown = markdownify(html).strip()
    for address, file in getattr(files, "addresses", {}).items():
        markdown = markdown.replace(address, file.address)
    rendered = render_post(markdown)
    return Brought(markdown, [], rendered.html, rendered.lead_html)
