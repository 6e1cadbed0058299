from django.urls import path

from posts.search import downloads, feeds, views

app_name = "search"
urlpatterns = [
    path("search/", views.search, name="search"),
    path("search/suggest/", views.suggest, name="suggest"),
    *feeds.feed_addresses(),
    *downloads.download_addresses(),
]
