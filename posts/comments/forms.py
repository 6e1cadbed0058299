"""What readers send: comments, reports, an address of which they want to know what is kept."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from posts.answering import EMAIL_LENGTH, AddressField
from posts.comments.models import Report
from posts.comments.models.comment import NAME_LENGTH
from posts.rendering import MAX_COMMENT_LENGTH, fit, is_readable, without_turns
from sources.naming import tidy_name


def _tidy_text(text: str) -> str:
    """Return a text without what cannot be shown or turns its direction unseen, its line ends as one sign."""
    return without_turns(fit(text.replace("\r\n", "\n").replace("\r", "\n"))).strip()


def row_number(text: str) -> int | None:
    """Return the number that a text is, if a row could have it."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


class _AnyText(forms.CharField):
    """Text in which signs that nobody can see are dropped and not complained of."""

    def to_python(self, value: Any) -> str:
        return fit(str(value)) if value else ""


class CommentForm(forms.Form):
    name = _AnyText(label=gettext_lazy("Name"), required=False)
    email = _AnyText(label=gettext_lazy("E-mail"), required=False)
    text = _AnyText(label=gettext_lazy("Comment"), required=False, strip=False)
    parent = forms.CharField(required=False, widget=forms.HiddenInput)
    stamp = forms.CharField(required=False, widget=forms.HiddenInput)
    website = forms.CharField(required=False)  # the trap: people do not see it

    def clean_name(self) -> str:
        name = without_turns(tidy_name(self.cleaned_data["name"]))
        if len(name) > NAME_LENGTH:
            raise forms.ValidationError(
                _("A name may have %(most)s characters; this one has %(number)s."),
                params={"most": NAME_LENGTH, "number": len(name)},
            )
        return name

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].strip()
        if not email:
            return ""
        if len(email) > EMAIL_LENGTH:
            raise forms.ValidationError(
                _("An address may have %(most)s characters; this one has %(number)s."),
                params={"most": EMAIL_LENGTH, "number": len(email)},
            )
        return AddressField(
            error_messages={"invalid": _("This is no e-mail address. Mend it, or leave the field empty.")}
        ).clean(email)

    def clean_text(self) -> str:
        text = _tidy_text(self.cleaned_data["text"])
        if len(text) > MAX_COMMENT_LENGTH:
            raise forms.ValidationError(
                _("A comment may have %(most)s characters; this one has %(number)s."),
                params={"most": f"{MAX_COMMENT_LENGTH:,}", "number": f"{len(text):,}"},
            )
        if not is_readable(text):
            raise forms.ValidationError(_("Write something: the comment is empty."))
        return text

    def clean_parent(self) -> int | None:
        return row_number(self.cleaned_data["parent"])

    def clean_stamp(self) -> str:
        return self.cleaned_data["stamp"][:200]


class ReportForm(forms.ModelForm):
    words = _AnyText(
        label=gettext_lazy("In your words, if you like"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 500}),
    )

    class Meta:
        model = Report
        fields = ["reason", "words"]
        widgets = {"reason": forms.RadioSelect}
        error_messages = {"reason": {"required": gettext_lazy("Choose what is wrong with it.")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = Report.Reason.choices  # type: ignore[attr-defined]

    def clean_words(self) -> str:
        words = _tidy_text(self.cleaned_data["words"])
        if len(words) > 500:
            raise forms.ValidationError(
                _("500 characters at most; these are %(number)s."), params={"number": f"{len(words):,}"}
            )
        return words


class AddressForm(forms.Form):
    email = AddressField(label=gettext_lazy("Your e-mail address"))
