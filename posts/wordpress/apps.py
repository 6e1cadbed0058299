from django.apps import AppConfig


class WordpressConfig(AppConfig):
    name = "posts.wordpress"
    verbose_name = "WordPress"
