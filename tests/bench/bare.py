"""The bare Django view: no middleware, one pattern, a minimal template, the same posts as the page beside it.

It is what a page would cost if it were nothing but its posts, read as Django's documentation shows it: one query for
the posts with their outlets, and prefetches for their categories, tags and links.
"""

from functools import cache
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import override_settings
from django.urls import path

from posts.models import Post

TEMPLATE = """<!doctype html><title>Posts</title>
{% for post in posts %}<h2>{{ post.title }}</h2>
<p>{{ post.published_at|date:"F j, Y" }}</p>
<p>{% for category in post.categories.all %}{{ category.name }} {% endfor %}</p>
{{ post.body_html|safe }}
<p>{{ post.source.name }} {{ post.link.address }}</p>
<p>{% for tag in post.tags.all %}{{ tag.name }} {% endfor %}</p>
{% endfor %}"""


def bare(request: HttpRequest, ids: str) -> HttpResponse:
    posts = Post.objects.filter(pk__in=ids.split(",")).order_by("-listed_at", "-id")
    posts = posts.select_related("source").prefetch_related("categories", "tags", "link")
    return HttpResponse(_template().render({"posts": posts}))


@cache
def _template() -> Any:
    """Compiled once, as the pages' templates are by the cached loader."""
    return engines["django"].from_string(TEMPLATE)


urlpatterns = [path("<ids>", bare)]


class BareHandler(WSGIHandler):
    """Django's own handler, which knows this view and nothing else."""

    def load_middleware(self, is_async: bool = False) -> None:
        with override_settings(MIDDLEWARE=[]):
            super().load_middleware(is_async)

    def get_response(self, request: HttpRequest) -> HttpResponse:
        request.urlconf = __name__
        return super().get_response(request)
