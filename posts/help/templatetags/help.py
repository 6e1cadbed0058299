"""What templates ask about who helps."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.template import Context
from django.utils.translation import get_language

from posts.help.models import Contact
from posts.help.naming import country_called, country_in_sentence, long_date
from posts.help.views import address
from posts.listing import ListedPost
from sources.places import country_name, language_name

register = template.Library()


register.filter("country_name", country_name)
register.filter("language_name", language_name)
register.filter("long_date", long_date)


@register.filter
def named_languages(codes: list[str]) -> str:
    """Return the names of languages, in the reader's, with commas between."""
    comma = "、" if get_language() in ("ja", "zh-hans", "zh-hant") else ", "
    return comma.join(sorted(map(language_name, codes)))


@register.simple_tag(takes_context=True)
def help_of_listing(context: Context) -> list[dict[str, str]]:
    """Return where help is found in the countries that the tags or the category of a listing are called."""
    return _leading(
        shelf for shelf in (context.get("tag"), context.get("category"), *(context.get("tags") or [])) if shelf
    )


@register.simple_tag
def help_of_post(post: ListedPost) -> list[dict[str, str]]:
    """Return where help is found in the countries that a post is about; where its outlet sits says nothing of that."""
    return _leading((*post.categories, *post.tags))


def _leading(shelves: Iterable[Any]) -> list[dict[str, str]]:
    """Return the name and the address of each country that has contacts, asking only where there is a country."""
    asked = {code for shelf in shelves if (code := country_called(shelf.name))}
    if not asked:
        return []
    rows: Any = Contact.objects.current().filter(country__in=asked).order_by().values_list("country", flat=True)
    places = [{"place": country_in_sentence(code), "url": address(code)} for code in set(rows)]
    return sorted(places, key=lambda each: each["place"])
