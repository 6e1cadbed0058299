from posts.models.also import AlsoReported
from posts.models.attempt import Attempt, PrefixKey
from posts.models.bulk import BulkAct, BulkJob, BulkRefusal
from posts.models.category import Category, CategoryEntry
from posts.models.correction import Correction
from posts.models.desk import Autosave, Note, PreviewLink, Visit
from posts.models.entry import PostEntry
from posts.models.former import FormerAddress
from posts.models.image import Image
from posts.models.post import Post
from posts.models.tag import Tag, TagAlias, TaggedPost
from posts.models.tag_entry import TagAct, TagEntry, Unlike
from posts.models.tally import Tally

__all__ = [
    "AlsoReported",
    "Attempt",
    "Autosave",
    "BulkAct",
    "BulkJob",
    "BulkRefusal",
    "Category",
    "CategoryEntry",
    "Correction",
    "FormerAddress",
    "Image",
    "Note",
    "Post",
    "PostEntry",
    "PrefixKey",
    "PreviewLink",
    "Tag",
    "TagAct",
    "TagAlias",
    "TagEntry",
    "TaggedPost",
    "Tally",
    "Unlike",
    "Visit",
]
