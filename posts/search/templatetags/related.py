"""Where related posts stand on the page of a post."""

from django import template

from posts.listing import ListedPost
from posts.search.related import Related, related_to

register = template.Library()


@register.simple_tag
def related_posts(post: ListedPost) -> list[Related]:
    return related_to(post)
