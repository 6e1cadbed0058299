from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "posts.webhooks"
    verbose_name = "Webhooks"

    def ready(self) -> None:
        from posts.webhooks import erasing  # noqa: PLC0415  models are known by now

        erasing.connect()
