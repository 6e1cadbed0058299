"""Why an item ended as it did. The codes stand in reports that others read, so they stay as they are."""

from typing import NamedTuple


class Reason(NamedTuple):
    code: str
    sentence: str  # for people: what, where, what to do


# Codes that ask an editor for a hand; the others only tell.
WANT_HAND = frozenset(
    {
        "no-source",  # no closing line names an outlet
        "source-differs", "bad-address",  # the page is kept as another outlet’s; it links to no page
        "doubtful-outlet",
        "text-differs", "links-differ", "kept-as-html",  # the page does not say what the old one said
        "unknown-shortcode", "removed-markup",
        "file-missing", "not-a-picture", "no-description",
        "edited-here", "deleted-here", "page-withdrawn", "address-taken", "guid-taken", "same-guid", "shortened",
        "failed", "twice-unlike",
        "no-date", "unknown-kind", "unknown-status", "long-text",
    }
)  # fmt: skip


def wants_hand(reasons: list[Reason]) -> bool:
    return any(reason.code in WANT_HAND for reason in reasons)
