"""The feeds of comments, for the list of all feeds of the site."""

from django.utils.translation import gettext as _

from posts.addressing import HOME


def feeds() -> list[tuple[str, str]]:
    """Return the name of each, and the address of what it is the feed of."""
    return [(_("Comments"), f"{HOME}comments/")]
