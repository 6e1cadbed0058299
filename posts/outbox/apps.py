from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class OutboxConfig(AppConfig):
    name = "posts.outbox"
    verbose_name = "Outgoing mail"

    def ready(self) -> None:
        # Each app that sends mail says in its `mailing.py` how its messages are composed.
        autodiscover_modules("mailing")
