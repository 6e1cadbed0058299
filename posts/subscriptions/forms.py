"""What readers fill in: an address, what they want to be told of, and how often."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from posts.answering import AddressField
from posts.models import Category, Tag
from posts.subscriptions.asking import MOST_SCOPES, Wish
from posts.subscriptions.models import Frequency
from posts.subscriptions.models.subscriber import HOURS
from posts.subscriptions.scopes import Scope, find_scope, of_source, of_tag
from sources.models import Source

LONGEST_NAMES = 2000  # characters


def hour_choices() -> list[tuple[int, str]]:
    return [(hour, f"{hour:02}:00") for hour in HOURS]


class ScopesForm(forms.Form):
    """What to follow: addresses of listings, and names of tags and outlets with commas between."""

    tags = forms.CharField(required=False, max_length=LONGEST_NAMES)
    sources = forms.CharField(required=False, max_length=LONGEST_NAMES)

    def clean_tags(self) -> list[Scope | None]:
        refusal = _("There is no tag %(names)s here. Look up how it is written.")
        return [of_tag(tag) for tag in self._named("tags", Tag.objects.named, refusal)]

    def clean_sources(self) -> list[Scope | None]:
        refusal = _("There is no outlet %(names)s here. Look up how it is written.")
        return [of_source(source) for source in self._named("sources", Source.objects.named, refusal)]

    def _named(self, field: str, find: Callable[[str], Any], refusal: str) -> list[Any]:
        names = [name.strip() for name in self.cleaned_data[field].split(",") if name.strip()]
        found = {name: find(name) for name in names[: MOST_SCOPES + 1]}
        if unknown := [f"“{name}”" for name, row in found.items() if row is None]:
            raise forms.ValidationError(refusal, params={"names": ", ".join(unknown)})
        return list(found.values())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        given = self.data.getlist("scope") if isinstance(self.data, QueryDict) else []
        found = [find_scope(address) for address in given[: MOST_SCOPES + 1]]
        named = [*cleaned.get("tags", []), *cleaned.get("sources", [])]
        scopes = list(dict.fromkeys(scope for scope in [*found, *named] if scope))
        if len(scopes) > MOST_SCOPES:
            words = _("That is more than %(most)s things at once: choose “Everything”, or fewer.")
            self.add_error(None, words % {"most": MOST_SCOPES})
        cleaned["scopes"] = scopes
        return cleaned


class SubscribeForm(ScopesForm):
    email = AddressField(label=gettext_lazy("Your e-mail address"))
    frequency = forms.ChoiceField(choices=Frequency.choices, widget=forms.RadioSelect, initial=Frequency.WEEKLY)
    hour = forms.ChoiceField(choices=hour_choices, required=False)
    discreet = forms.BooleanField(required=False)
    website = forms.CharField(required=False)  # the trap: people do not see it
    page = forms.CharField(required=False)  # of ours, where they asked

    field_order = ["email", "frequency", "tags", "sources"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned["scopes"] and not self.errors:
            self.add_error(None, _("Choose what you want to be told of."))
        return cleaned

    def clean_page(self) -> str:
        page = self.cleaned_data["page"]
        return page[:300] if page.startswith("/") and page.isprintable() else ""

    def wish(self) -> Wish:
        data = self.cleaned_data
        return Wish(
            email=data["email"],
            scopes={scope.url: data["frequency"] for scope in data["scopes"]},
            hour=int(data["hour"]) if data["hour"] else None,
            is_discreet=data["discreet"],
            came_from=data["page"],
        )


def category_scopes() -> list[tuple[int, str, str]]:
    """Return depth, name and address of each category that shows posts, in the order of the tree."""
    shown = Category.objects.select_related("tally").in_tree_order()
    return [(min(each.depth, 3), each.name, each.get_absolute_url()) for each in shown if _is_shown(each)]


def _is_shown(category: Category) -> bool:
    return hasattr(category, "tally") and category.tally.count > 0
