from posts.admin import images, log, pages, posts, shelves

__all__ = ["images", "log", "pages", "posts", "shelves"]
