"""The addresses of those who want to be told."""

from django.urls import path

import posts.urls  # noqa: F401  registers the converter of tokens
from posts.subscriptions import views

app_name = "subscriptions"

urlpatterns = [
    path("subscribe/", views.subscribe, name="subscribe"),
    path("subscribe/sent/", views.sent, name="sent"),
    path("subscribe/confirm/<token:token>/", views.confirm, name="confirm"),
    path("u/<token:token>/", views.letters, name="letters"),
]
