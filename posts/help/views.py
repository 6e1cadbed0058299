"""The page of those who help. The reader or the page they come from says for which country, never their address."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.contrib.flatpages.models import FlatPage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from posts.help.choosing import Choice, choose
from posts.help.models import ADDRESS, Contact
from posts.help.naming import in_order_of_names, is_country, is_language
from posts.hooks import shows_page
from posts.pages import Version, language_for_reader, texts_of
from posts.speaking import page_language
from sources.places import country_choices, country_name, language_name, own_language_name


@shows_page
@require_safe
def contact_list(request: HttpRequest, code: str = "") -> HttpResponse:
    """Contacts and the text of editors: in the language of the page, or in that of the code if there is one."""
    texts = texts_of(ADDRESS)
    if code and code not in texts:
        raise Http404
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
    helped = {contact.country for contact in contacts if contact.country}
    # Who reads the text in a language that they chose goes on reading it.
    here = f"{ADDRESS}{code}/" if code else ADDRESS
    context = {
        **_written(texts, code, choice),
        "choice": choice,
        "countries": _countries(helped, choice, here),
        "other_countries": _countries(dict(country_choices()).keys() - helped, choice, here),
        "languages": _languages(choice, here),
        "is_empty": not contacts,
        "address": here,
    }
    return render(request, "help/contact_list.html", context)


def _written(texts: dict[str, FlatPage], wanted: str, choice: Choice) -> dict[str, Any]:
    """Return what editors wrote for this page, in the wanted language or else in the first that there is."""
    language = language_for_reader(texts, wanted)
    page = texts.get(language)
    return {
        "flatpage": page,
        "text_language": language,
        "canonical": page.url if page else ADDRESS,
        "is_own_title": page is not None and language in ("", page_language()),
        "only_in": language_name(language) if language and len(texts) == 1 and language != page_language() else "",
        "versions": [
            Version(address(choice.country, choice.language, f"{ADDRESS}{each}/"), each, own_language_name(each))
            for each in texts
            if each not in ("", language)
        ],
    }


def address(country: str = "", language: str = "", page: str = ADDRESS) -> str:
    asked = {name: code for name, code in (("country", country), ("language", language)) if code}
    return f"{page}{'?' if asked else ''}{urlencode(asked)}"


def _countries(codes: Iterable[str], choice: Choice, page: str) -> list[dict[str, Any]]:
    """Return countries as links and as choices of the form."""
    return [
        {
            "code": code,
            "name": country_name(code),
            "url": f"{address(code, choice.language, page)}#contacts",
            "is_chosen": code == choice.country,
        }
        for code in in_order_of_names(codes)
    ]


def _languages(choice: Choice, page: str) -> list[dict[str, Any]]:
    codes = {*choice.languages, choice.language} - {""}
    return [
        {
            "code": code,
            "name": language_name(code),
            "own_name": own_language_name(code),
            "url": f"{address(choice.country, code, page)}#contacts",
            "is_chosen": code == choice.language,
        }
        for code in sorted(codes, key=language_name)
    ]
