from django.apps import AppConfig, apps


class SubscriptionsConfig(AppConfig):
    name = "posts.subscriptions"
    verbose_name = "Subscriptions"

    def ready(self) -> None:
        from posts.subscriptions import following, moderating  # noqa: PLC0415  models are known by now

        following.connect()
        moderating.connect()
        if apps.is_installed("anymail"):
            from posts.subscriptions import tracking  # noqa: PLC0415

            tracking.connect()
