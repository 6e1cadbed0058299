"""How many comments a post has, said on listings: a column of the query that reads them, and no query more."""

from typing import Any

from django.db.models import IntegerField
from django.db.models.expressions import RawSQL
from django.utils.translation import ngettext

from posts.listing import ListedPost, Shelf

# Plain SQL, the same for both databases: every listing asks, and to build it from words takes longer than to run it.
_COUNT = (
    "(SELECT COUNT(*) FROM comments_comment WHERE post_id = posts_post.id AND comments_comment.state = %s "
    "AND comments_comment.kind = %s)"
)

COLUMNS = {"comment_count": RawSQL(_COUNT, ["approved", "comment"], output_field=IntegerField())}  # noqa: S611  nothing is put in


def remark(post: ListedPost, values: dict[str, Any]) -> None:
    if number := values["comment_count"]:
        words = ngettext("%(number)d comment", "%(number)d comments", number) % {"number": number}
        post.remarks.append(Shelf(words, f"{post.url}#comments"))
