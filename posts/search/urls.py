from django.urls import path

from posts.search import downloads, views

app_name = "search"
urlpatterns = [
    path("search/", views.search, name="search"),
    *downloads.download_addresses(),
]
