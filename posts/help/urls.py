from django.urls import path

from posts.help import views

app_name = "help"
urlpatterns = [
    path("get-help/", views.contact_list, name="contact-list"),
    path("get-help/<slug:code>/", views.contact_list, name="contact-list-in"),
]
