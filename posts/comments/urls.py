"""The addresses of what readers say. Those of the feeds are WordPress's."""

from django.urls import path

from posts.comments import views
from posts.comments.syndication import find_all, find_of_post, items_of
from posts.syndication import feed_addresses
from posts.urls import POST

app_name = "comments"

urlpatterns = [
    path("comments/", views.comment_list, name="list"),
    *feed_addresses("comments/", find_all, "feed", items_of),
    *feed_addresses(POST, find_of_post, "post-feed", items_of),
    path(f"{POST}comment/", views.comment_write, name="write"),
    path("comments/<int:pk>/", views.comment_detail, name="detail"),
    path("comments/<int:pk>/report/", views.comment_report, name="report"),
    path("comments/sent/<token>/", views.comment_sent, name="sent"),
    path("comments/privacy/", views.privacy_ask, name="privacy"),
    path("comments/privacy/<token:token>/", views.privacy_detail, name="privacy-detail"),
    path("c/<token:token>/", views.follow_detail, name="follow"),
]
