from posts.wordpress.admin.runs import RunAdmin

__all__ = ["RunAdmin"]
