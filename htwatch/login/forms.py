"""allauth's forms, with the wait, and without a way for odd input to break them."""

from __future__ import annotations

import unicodedata
from typing import Any

from allauth.account.forms import LoginForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.contrib.admin.forms import AdminPasswordChangeForm
from django.core.exceptions import ValidationError

from htwatch.login import waiting
from htwatch.login.models import LoginEntry

WRONG_CODE = "This code is not right, was used before, or is over by now."
WRONG_PASSKEY = "This passkey was not taken. Try again, or log in another way."
# What fido2 raises on what is no answer of a browser at all.
NO_ANSWER = (TypeError, ValueError, LookupError, AttributeError, AssertionError, OverflowError)


class DeskLoginForm(LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
            field.help_text = ""
        self.fields["login"].widget.attrs |= {"autofocus": True, "autocapitalize": "none"}

    def add_prefix(self, field_name: str) -> str:
        # As the admin's own form calls it, and password managers know it.
        return super().add_prefix("username" if field_name == "login" else field_name)

    def clean_login(self) -> str:
        return unicodedata.normalize("NFKC", super().clean_login())


class CodeWaits:
    """A code is a try with the name, like a password; and a code of an app is taken once."""

    fields: dict[str, forms.Field]
    cleaned_data: dict[str, Any]
    user: Any
    authenticator: Authenticator

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].max_length = 64  # type: ignore[attr-defined]
        self.fields["code"].widget.attrs |= {"autofocus": True, "inputmode": "numeric", "maxlength": 64}
        self.fields["code"].widget.attrs.pop("placeholder", None)

    def clean_code(self) -> str:
        name = self.user.get_username()
        turn = waiting.take_turn(context.request, name)
        try:
            code = super().clean_code()  # type: ignore[misc]
        except ValidationError:
            raise turn.refusal(WRONG_CODE) from None
        if self.authenticator.type == Authenticator.Type.TOTP and not waiting.take_code(name, _digits(code)):
            raise turn.refusal(WRONG_CODE)
        turn.give_back()
        return code


def _digits(code: str) -> str:
    """A code as it is compared: with or without spaces it is the same one."""
    return "".join(character for character in code if character.isdigit())


class CodeForm(CodeWaits, AuthenticateForm):
    pass


class CodeAgainForm(CodeWaits, ReauthenticateForm):
    pass


class AppForm(ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = "Code that the app shows now"
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "maxlength": 64}
        self.fields["code"].widget.attrs.pop("placeholder", None)


class TakesPasskey:
    """Whatever comes instead of a browser's answer is refused like a wrong one."""

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except (ValidationError, *NO_ANSWER):
            raise ValidationError(WRONG_PASSKEY) from None


class PasskeyForm(TakesPasskey, AuthenticateWebAuthnForm):
    pass


class PasskeyAgainForm(TakesPasskey, ReauthenticateWebAuthnForm):
    pass


class PasskeyLoginForm(TakesPasskey, LoginWebAuthnForm):
    pass


class AddPasskeyForm(AddWebAuthnForm):
    name = forms.CharField(
        label="Name", required=False, max_length=60, help_text="So that you know it again: “Laptop”, “Key on my ring”."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].label = "Log in with it alone, without the password"
        self.fields["passwordless"].help_text = "It then asks for your finger, your face or its PIN each time."
        self.fields["passwordless"].initial = True

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()
        except (ValidationError, *NO_ANSWER):
            raise ValidationError(WRONG_PASSKEY) from None


class RenamePasskeyForm(EditWebAuthnForm):
    name = forms.CharField(label="Name", max_length=60)


class PasswordForm(AdminPasswordChangeForm):
    """The old password is a try like one at login; a new one ends all other sessions (Django sees to that)."""

    def clean_old_password(self) -> str:
        turn = waiting.take_turn(context.request, self.user.get_username())
        try:
            password = super().clean_old_password()
        except ValidationError as error:
            raise turn.refusal(str(error.message)) from None
        turn.give_back()
        return password

    def save(self, commit: bool = True) -> Any:
        user = super().save(commit)
        LoginEntry.objects.note(LoginEntry.What.PASSWORD, user)
        return user
