"""What programs ask a blog of WordPress for, and this site answers in its own way."""

from django.urls import path

from posts import oembed
from posts.wordpress import views

app_name = "wordpress"

urlpatterns = [
    path("osd.xml", views.search_description, name="search-description"),
    path("wp-json/oembed/1.0/embed", oembed.show, name="oembed"),
    path("xmlrpc.php", views.no_remote_publishing, name="xmlrpc"),
]
