"""How a folder was made, in words. Pure."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from posts.dating import site_date


@dataclass(frozen=True)
class Facts:
    heading: str
    url: str
    count: int
    newest: dt.datetime | None
    oldest: dt.datetime | None
    retrieved_on: dt.date
    has_pictures: bool


def how_made(facts: Facts) -> str:
    parts = [_which(facts), _files(facts), _rules(facts)]
    return "\n\n".join("\n".join(lines) for lines in parts) + "\n"


def _which(facts: Facts) -> list[str]:
    posts = ngettext("%(number)s post", "%(number)s posts", facts.count) % {"number": facts.count}
    lines = [
        settings.SITE_NAME if facts.heading == settings.SITE_NAME else f"{settings.SITE_NAME}: {facts.heading}",
        f"{settings.SITE_URL}{facts.url}",
        "",
        posts,
    ]
    if facts.newest and facts.oldest:
        dates = {"newest": site_date(facts.newest).isoformat(), "oldest": site_date(facts.oldest).isoformat()}
        lines.append(_("The newest is of %(newest)s, the oldest of %(oldest)s.") % dates)
    return lines


def _files(facts: Facts) -> list[str]:
    lines = [
        _("What is in this folder:"),
        _("index.html: the list, with a link to the page of each post"),
        _("posts/: a page for each post, with its text, its source and its tags"),
    ]
    if facts.has_pictures:
        lines.append(_("pictures/: the pictures that these pages show"))
    return [
        *lines,
        _("posts.csv: the same as a table (UTF-8, commas, one row a post, newest first)"),
        _("references.bib: the posts and their originals for BibTeX and biblatex"),
        _("references.json: the same as CSL-JSON, for Zotero and other reference managers"),
        _("style.css: how the pages look"),
        _("SHA256SUMS: the check sums of all other files"),
    ]


def _rules(facts: Facts) -> list[str]:
    return [
        _("How it was made:"),
        _("The texts are the site’s own words; originals belong to their outlets."),
        _("Only what was public is in it. The same posts make the same folder, byte for byte."),
        _("For that reason “retrieved” means the day of the newest change among these posts: %(day)s.")
        % {"day": facts.retrieved_on.isoformat()},
        _("Dates and hours are those of the site’s time zone, %(zone)s.") % {"zone": settings.TIME_ZONE},
        _("A text with a content notice is folded on its page; in the table the notice has a column of its own."),
        _("A picture with a content notice, or one that was not at hand, is left out: its description stands for it."),
        _(
            "In the table an apostrophe stands before each cell that begins with =, +, -, @, a tab or a line break, "
            "so that no spreadsheet takes it for a formula; before each that begins with apostrophes and such a sign "
            "stands one more. Take one away to have the words as they were."
        ),
        _("To check that all is as it was made, in this folder: %(command)s") % {"command": "sha256sum -c SHA256SUMS"},
    ]
