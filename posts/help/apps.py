from django.apps import AppConfig


class HelpConfig(AppConfig):
    name = "posts.help"
    verbose_name = "Get help"
