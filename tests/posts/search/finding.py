"""What a query finds, as titles."""

from posts.models import Post
from posts.search import searching
from posts.search.indexing import catch_up


def found(text: str, order: searching.Order = "relevance", page: int = 1) -> list[str]:
    """Return the titles of what is found, in order."""
    catch_up()
    results = searching.run(searching.look_up(text), order, page)
    titles = dict(Post.objects.values_list("pk", "title"))
    return [titles[pk] for pk in results.ids]
