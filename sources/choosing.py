"""The admin's boxes in which rows are chosen by typing."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteMixin, AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError

MOST_DIGITS = 18  # of a key that both databases can hold


class _ShowsRowsOnly(AutocompleteMixin):
    """Shown again after an error, what no row can have for a key is left out; Django would ask the database for it."""

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        return super().optgroups(name, [each for each in value if is_key(each)], attr)


class _One(_ShowsRowsOnly, AutocompleteSelect):
    pass


class _Several(_ShowsRowsOnly, AutocompleteSelectMultiple):
    pass


def is_key(value: Any) -> bool:
    return str(value).isdecimal() and len(str(value)) <= MOST_DIGITS


class KeyField(forms.ModelChoiceField):
    def to_python(self, value: Any) -> Any:
        if value not in self.empty_values and not is_key(value):
            raise ValidationError(
                self.error_messages["invalid_choice"], code="invalid_choice", params={"value": value}
            )
        return super().to_python(value)


class KeysField(forms.ModelMultipleChoiceField):
    def clean(self, value: Any) -> Any:
        for each in value if isinstance(value, list | tuple) else ():
            if not is_key(each):
                raise ValidationError(self.error_messages["invalid_pk_value"], params={"pk": each})
        return super().clean(value)


class ChoosesRows:
    """For a ModelAdmin with autocompletes: a key that is none is refused at its field, and nothing typed is lost."""

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, form_class=KeyField, **kwargs)  # type: ignore[misc]
        return _tolerant(field, _One)

    def formfield_for_manytomany(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_manytomany(db_field, request, form_class=KeysField, **kwargs)  # type: ignore[misc]
        return _tolerant(field, _Several)


def _tolerant(field: Any, kind: Any) -> Any:
    old = getattr(field, "widget", None)
    if isinstance(old, AutocompleteMixin):
        field.widget = kind(old.field, old.admin_site, attrs=old.attrs, using=old.db)
        field.widget.choices = old.choices
    return field
