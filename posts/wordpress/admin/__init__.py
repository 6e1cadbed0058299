from posts.wordpress.admin import redirects
from posts.wordpress.admin.runs import RunAdmin

__all__ = ["RunAdmin", "redirects"]
