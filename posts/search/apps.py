from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "posts.search"
    verbose_name = "Search"

    def ready(self) -> None:
        from posts.search.renaming import follow_names  # noqa: PLC0415  models can be imported once all are there

        follow_names()
