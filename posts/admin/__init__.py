from posts.admin import images, pages, posts, shelves, tags

__all__ = ["images", "pages", "posts", "shelves", "tags"]
