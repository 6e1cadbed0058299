from posts.admin import images, pages, posts, shelves

__all__ = ["images", "pages", "posts", "shelves"]
