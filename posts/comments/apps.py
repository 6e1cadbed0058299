from django.apps import AppConfig


class CommentsConfig(AppConfig):
    name = "posts.comments"

    def ready(self) -> None:
        from posts.comments import erasing  # noqa: PLC0415  models are known by now

        erasing.connect()
