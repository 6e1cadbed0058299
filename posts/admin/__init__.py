from django.contrib import admin
from taggit.models import Tag

from posts.admin import images, pages, posts, shelves

__all__ = ["images", "pages", "posts", "shelves"]

# The site has tags of its own: in taggit's table nobody finds anything.
if admin.site.is_registered(Tag):
    admin.site.unregister(Tag)
