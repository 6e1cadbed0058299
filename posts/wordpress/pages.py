# PLACEHOLDER of branch wt-import: take the file of wt-files.
"""Pages of the old blog."""

from django.conf import settings
from django.contrib.flatpages.models import FlatPage

from posts.models import Post
from posts.wordpress.converting import Brought
from posts.wordpress.models import Blog
from posts.wordpress.paths import old_path
from posts.wordpress.reasons import Reason
from posts.wordpress.records import Item


def store_page(item: Item, brought: Brought, blog: Blog) -> tuple[FlatPage | Post | None, list[Reason]]:
    if item.status != "publish":
        post = Post(title=item.title, body=brought.markdown, is_quiet=True, guid=item.guid)
        post.save()
        return post, []
    url = f"{old_path(item.link)}/"
    page, _ = FlatPage.objects.update_or_create(url=url, defaults={"title": item.title, "content": brought.markdown})
    page.sites.add(settings.SITE_ID)
    return page, []
