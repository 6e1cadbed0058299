from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "posts.search"
    verbose_name = "Search"
