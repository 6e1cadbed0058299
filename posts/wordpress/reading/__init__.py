from posts.wordpress.reading.opening import NotReadable
from posts.wordpress.reading.surveying import Survey, read, survey

__all__ = ["NotReadable", "Survey", "read", "survey"]
