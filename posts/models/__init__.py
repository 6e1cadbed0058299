from posts.models.attempt import Attempt, PrefixKey
from posts.models.category import Category, CategoryEntry
from posts.models.image import Image
from posts.models.post import Post, PostQuerySet
from posts.models.tag import Tag, TagAlias, TaggedPost
from posts.models.tally import Tally

__all__ = [
    "Attempt",
    "Category",
    "CategoryEntry",
    "Image",
    "Post",
    "PostQuerySet",
    "PrefixKey",
    "Tag",
    "TagAlias",
    "TaggedPost",
    "Tally",
]
