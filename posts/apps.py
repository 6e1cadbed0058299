from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PostsConfig(AppConfig):
    name = "posts"

    def ready(self) -> None:
        from posts import keeping  # noqa: PLC0415  models must be loaded first

        keeping.connect()
        post_migrate.connect(keeping.follow_site_url, sender=self)
