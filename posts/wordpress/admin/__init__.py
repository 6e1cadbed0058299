from posts.wordpress.admin import redirects

__all__ = ["redirects"]
