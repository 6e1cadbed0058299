"""All addresses of the login. allauth has more of them; those that are not named here do not exist."""

from allauth.account.views import reauthenticate
from allauth.mfa.base import views as codes
from allauth.mfa.recovery_codes.views import generate_recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.contrib import admin
from django.urls import path

from htwatch.login import views
from htwatch.login.views import desk_page, page

urlpatterns = [
    path("login/", page(views.DeskLoginView.as_view(), "Log in"), name="account_login"),
    path("login/code/", page(codes.authenticate, "Second factor"), name="mfa_authenticate"),
    path("login/passkey/", page(views.PasskeyLoginView.as_view(), "Log in"), name="mfa_login_webauthn"),
    path("logout/", views.log_out, name="account_logout"),
    path("account/", admin.site.admin_view(views.security), name="mfa_index"),
    path("account/", admin.site.admin_view(views.security), name="mfa_list_webauthn"),
    path("account/again/", desk_page(reauthenticate, "Is it you?"), name="account_reauthenticate"),
    path("account/again/code/", desk_page(codes.reauthenticate, "Is it you?"), name="mfa_reauthenticate"),
    path(
        "account/again/passkey/",
        desk_page(views.PasskeyAgainView.as_view(), "Is it you?"),
        name="mfa_reauthenticate_webauthn",
    ),
    path("account/app/", desk_page(totp.activate_totp, "Set up an authenticator app"), name="mfa_activate_totp"),
    path("account/app/qr.svg", admin.site.admin_view(views.qr_code), name="login_qr"),
    path(
        "account/app/remove/",
        desk_page(totp.deactivate_totp, "Remove the authenticator app"),
        name="mfa_deactivate_totp",
    ),
    path("account/passkeys/add/", desk_page(passkeys.add_webauthn, "Add a passkey"), name="mfa_add_webauthn"),
    path(
        "account/passkeys/<int:pk>/rename/",
        desk_page(passkeys.edit_webauthn, "Rename a passkey"),
        name="mfa_edit_webauthn",
    ),
    path(
        "account/passkeys/<int:pk>/remove/",
        desk_page(passkeys.remove_webauthn, "Remove a passkey"),
        name="mfa_remove_webauthn",
    ),
    path("account/recovery-codes/", admin.site.admin_view(views.recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "account/recovery-codes/recovery-codes.txt",
        admin.site.admin_view(views.recovery_codes_file),
        name="login_recovery_codes_file",
    ),
    path(
        "account/recovery-codes/new/",
        desk_page(generate_recovery_codes, "New recovery codes"),
        name="mfa_generate_recovery_codes",
    ),
    path("account/sessions/", admin.site.admin_view(views.session_list), name="login_sessions"),
    path("account/sessions/end/", admin.site.admin_view(views.end_session), name="login_end_session"),
]
