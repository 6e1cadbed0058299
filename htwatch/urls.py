"""All addresses: the admin, and each app's own by string."""

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path

from htwatch.health import healthz
from htwatch.login.forms import PasswordForm
from htwatch.media import uploaded_file

urlpatterns = [
    path("admin/", include("htwatch.login.urls")),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    re_path(r"^media/(?P<path>(?!.*\.\.)[\w./-]{1,200})$", uploaded_file),
    *(
        path("", include(f"{app}.urls"))
        for app in ("posts.comments", "posts.help", "posts.subscriptions", "posts.search", "posts.wordpress")
        if apps.is_installed(app)
    ),
    *([path("anymail/", include("anymail.urls"))] if apps.is_installed("anymail") else []),
    path("", include("posts.urls")),
]

handler400 = "htwatch.errors.bad_request"
handler500 = "htwatch.errors.server_error"

admin.site.site_header = admin.site.site_title = settings.SITE_NAME
admin.site.index_title = "The desk"
admin.site.password_change_form = PasswordForm
