from posts.comments.models import Comment
from posts.listing import ListedPost, Shelf


def remark(posts: list[ListedPost]) -> None:
    """Say under each post of a listing how many comments it has: one query for all of them."""
    counts = Comment.objects.counts(post.id for post in posts)
    for post in posts:
        if number := counts.get(post.id):
            words = "1 comment" if number == 1 else f"{number} comments"
            post.remarks.append(Shelf(words, f"{post.url}#comments"))
