from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "posts.webhooks"
    verbose_name = "Webhooks"
