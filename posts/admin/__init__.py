from posts.admin import images, log, pages, posts, shelves, tags

__all__ = ["images", "log", "pages", "posts", "shelves", "tags"]
