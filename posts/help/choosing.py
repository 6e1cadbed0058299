"""Which contacts a reader is shown, in what order and under which headings."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from posts.help.models import Contact
from posts.help.naming import country_in_sentence
from sources.places import country_name, language_name

INTERNATIONAL = ""


@dataclass
class Section:
    heading: str
    contacts: list[Contact]
    note: str = ""  # what a reader is to know where there is none
    names_place: bool = False  # its contacts are of more than one place


@dataclass
class Choice:
    """What was asked for, as far as it is known here, and what there is."""

    country: str = ""
    language: str = ""
    notes: list[str] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)  # that contacts within reach speak


def choose(contacts: Sequence[Contact], country: str, language: str) -> Choice:
    """Sort the contacts for who is in this country and speaks this language; each may be "": any."""
    near = [contact for contact in contacts if not country or contact.country in (INTERNATIONAL, country)]
    languages = sorted({code for contact in near for code in contact.language_codes})
    choice = Choice(country, language, languages=languages)
    shown = [contact for contact in near if _speaks(contact, language)]
    if language and not any(language in contact.language_codes for contact in near):
        choice.notes.append(
            _("None of these contacts is known to speak %(language)s. Ask for an interpreter.")
            % {"language": language_name(language)}
        )
        shown = near
    choice.sections = _near_sections(shown, near, choice) if country else _by_country(shown)
    return choice


def _speaks(contact: Contact, language: str) -> bool:
    """Emergency numbers are for everybody, whatever they speak."""
    return not language or contact.is_urgent or language in contact.language_codes


def _by_country(contacts: Sequence[Contact]) -> list[Section]:
    codes = {contact.country for contact in contacts} - {INTERNATIONAL}
    ordered = [INTERNATIONAL, *sorted(codes, key=country_name)]
    return _filled([Section(_heading(code), _of(contacts, code)) for code in ordered])


def _near_sections(shown: Sequence[Contact], near: Sequence[Contact], choice: Choice) -> list[Section]:
    urgent = [contact for contact in shown if contact.is_urgent]
    others = [contact for contact in shown if not contact.is_urgent]
    urgent.sort(key=lambda contact: contact.country == INTERNATIONAL)  # the nearest first
    own = Section(_heading(choice.country), _of(others, choice.country))
    if not _of(near, choice.country):
        own.note = _("We have no contact here that was verified within the last year.")
    elif not own.contacts and choice.language and not all(each.is_urgent for each in _of(near, choice.country)):
        words = {"place": country_in_sentence(choice.country), "language": language_name(choice.language)}
        own.note = _("No other contact in %(place)s is known to speak %(language)s.") % words
    international = Section(_heading(INTERNATIONAL), _of(others, INTERNATIONAL))
    further = [own, international] if own.note else [international, own]
    return _filled([Section(_("In an emergency"), urgent, names_place=True), *further])


def _of(contacts: Sequence[Contact], country: str) -> list[Contact]:
    return [contact for contact in contacts if contact.country == country]


def _heading(country: str) -> str:
    return country_name(country) if country else _("International")


def _filled(sections: list[Section]) -> list[Section]:
    return [section for section in sections if section.contacts or section.note]
