from posts.comments.models import Comment

MODELS = [Comment]
