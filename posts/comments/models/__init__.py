from posts.comments.models.comment import Comment, CommentQuerySet, Report
from posts.comments.models.follow import Follow, Proof
from posts.comments.models.log import Entry
from posts.comments.models.rules import Ban, Discussion, Policy, Word
from posts.comments.models.training import WordCount

__all__ = [
    "Ban", "Comment", "CommentQuerySet", "Discussion", "Entry", "Follow", "Policy", "Proof", "Report", "Word",
    "WordCount",
]  # fmt: skip
