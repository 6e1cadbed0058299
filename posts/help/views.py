"""The page of those who help. The reader or the page they come from says for which country, never their address."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.flatpages.models import FlatPage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from posts.help.choosing import Choice, choose
from posts.help.models import ADDRESS, Contact
from posts.help.naming import is_country, is_language, own_language_name
from posts.hooks import shows_page
from sources.places import country_name, language_name


@shows_page
@require_safe
def contact_list(request: HttpRequest) -> HttpResponse:
    country, language = (request.GET.get(name, "").strip() for name in ("country", "language"))
    # Upper and lower case of ASCII alone: "ß" would become a country.
    known_country = country.upper() if country.isascii() and is_country(country.upper()) else ""
    known_language = language.lower() if language.isascii() and is_language(language.lower()) else ""
    contacts = list(Contact.objects.current().in_order())
    choice = choose(contacts, known_country, known_language)
    if country not in ("", "all") and not known_country:
        choice.notes.insert(0, _("We do not know this country. Here are the contacts in all countries."))
    if language not in ("", "all") and not known_language:
        choice.notes.insert(0, _("We do not know this language. Here are contacts in every language."))
    context = {
        "flatpage": _written(),
        "choice": choice,
        "countries": _countries(contacts, choice),
        "languages": _languages(choice),
        "is_empty": not contacts,
        "address": ADDRESS,
    }
    return render(request, "help/contact_list.html", context)


def _written() -> FlatPage | None:
    """Return what editors wrote for this page. One for members alone, as a blog may bring, is not for readers."""
    return FlatPage.objects.filter(url=ADDRESS, sites=settings.SITE_ID, registration_required=False).first()


def address(country: str = "", language: str = "") -> str:
    asked = {name: code for name, code in (("country", country), ("language", language)) if code}
    return f"{ADDRESS}{'?' if asked else ''}{urlencode(asked)}"


def _countries(contacts: list[Contact], choice: Choice) -> list[dict[str, Any]]:
    """Return the countries that have contacts, and the chosen one, as links and as choices of the form."""
    codes = {contact.country for contact in contacts} | {choice.country}
    names = sorted((country_name(code), code) for code in codes if code)
    return [
        {
            "code": code,
            "name": name,
            "url": f"{address(code, choice.language)}#contacts",
            "is_chosen": code == choice.country,
        }
        for name, code in names
    ]


def _languages(choice: Choice) -> list[dict[str, Any]]:
    codes = {*choice.languages, choice.language} - {""}
    return [
        {
            "code": code,
            "name": language_name(code),
            "own_name": own_language_name(code),
            "url": f"{address(choice.country, code)}#contacts",
            "is_chosen": code == choice.language,
        }
        for code in sorted(codes, key=language_name)
    ]
