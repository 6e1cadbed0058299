from django.apps import AppConfig


class LinksConfig(AppConfig):
    name = "sources.links"
    label = "links"
    verbose_name = "Original pages"
