from posts.models.category import Category, CategoryEntry
from posts.models.image import Image
from posts.models.post import Post, PostQuerySet
from posts.models.tag import Tag, TagAlias, TaggedPost
from posts.models.tally import Tally

__all__ = ["Category", "CategoryEntry", "Image", "Post", "PostQuerySet", "Tag", "TagAlias", "TaggedPost", "Tally"]
