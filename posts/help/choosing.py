"""Which contacts a reader is shown, in what order and under which headings."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from posts.help.models import Contact
from posts.help.naming import country_in_sentence, in_order_of_names
from sources.places import country_name, language_name

INTERNATIONAL = ""
# 112 is the number of the whole European Union (Directive (EU) 2018/1972, Article 109), and mobile telephones take it
# for an emergency call wherever they are (3GPP TS 22.101, 10.1). What a country's own number is, only editors can say.
OF_THE_UNION = set("AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE".split())
IN_THE_UNION = gettext_lazy(
    "If you are in danger in %(place)s now, call 112: that is the emergency number in all of the European Union."
)
ELSEWHERE = gettext_lazy(
    "If you are in danger in %(place)s now, call the emergency number there. If you do not know it, many mobile "
    "phones reach it by 112."
)


@dataclass
class Section:
    heading: str
    contacts: list[Contact]
    note: str = ""  # what a reader is to know before them, or where there is none
    names_place: bool = False  # its contacts are of more than one place


@dataclass
class Choice:
    """What was asked for, as far as it is known here, and what there is."""

    country: str = ""
    language: str = ""
    notes: list[str] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)  # that contacts within reach speak

    @property
    def is_made(self) -> bool:
        """Whether somebody asked for something, known here or not: the answer comes before all else then."""
        return bool(self.country or self.language or self.notes)


def choose(contacts: Sequence[Contact], country: str, language: str) -> Choice:
    """Sort the contacts for who is in this country and speaks this language; each may be "": any."""
    near = [contact for contact in contacts if not country or contact.country in (INTERNATIONAL, country)]
    languages = sorted({code for contact in near for code in contact.language_codes})
    choice = Choice(country, language, languages=languages)
    if near and language not in ("", *languages):
        choice.notes.append(_nobody_speaks(language))
        language = ""
    choice.sections = _near_sections(near, country, language) if country else _by_country(near, language)
    return choice


def _nobody_speaks(language: str) -> str:
    words = _("None of these contacts is known to speak %(language)s. Ask for an interpreter.")
    return words % {"language": language_name(language)}


def _speaks(contact: Contact, language: str) -> bool:
    """Emergency numbers are for everybody, whatever they speak."""
    return not language or contact.is_urgent or language in contact.language_codes


def _by_country(contacts: Sequence[Contact], language: str) -> list[Section]:
    shown = [contact for contact in contacts if _speaks(contact, language)]
    codes = {contact.country for contact in shown} - {INTERNATIONAL}
    return _filled([Section(_heading(code), _of(shown, code)) for code in (INTERNATIONAL, *in_order_of_names(codes))])


def _near_sections(near: Sequence[Contact], country: str, language: str) -> list[Section]:
    """What is urgent comes first, then those of the country, then those who help everywhere."""
    others = [contact for contact in near if not contact.is_urgent]
    own = _understood(country, others, language)
    international = _understood(INTERNATIONAL, others, language)
    if own.contacts and not own.note and international.note:
        international.contacts, international.note = [], ""  # somebody nearer speaks it, and none of these does
    if not _of(near, country):
        own.note = _("We know no contact in %(place)s.") % _place(country)
    return _filled([_urgent(near, country), own, international])


def _urgent(near: Sequence[Contact], country: str) -> Section:
    contacts = [contact for contact in near if contact.is_urgent]
    contacts.sort(key=lambda contact: contact.country == INTERNATIONAL)  # the nearest first
    section = Section(_("In an emergency"), contacts, names_place=True)
    if not _of(contacts, country):
        section.note = (IN_THE_UNION if country in OF_THE_UNION else ELSEWHERE) % _place(country)
    return section


def _understood(country: str, contacts: Sequence[Contact], language: str) -> Section:
    """Those of a country who speak a language; where nobody does, all of them, for some call an interpreter."""
    there = _of(contacts, country)
    speaking = [contact for contact in there if _speaks(contact, language)]
    if there and not speaking:
        return Section(_heading(country), there, _nobody_speaks(language))
    return Section(_heading(country), speaking)


def _place(country: str) -> dict[str, str]:
    return {"place": country_in_sentence(country)}


def _of(contacts: Sequence[Contact], country: str) -> list[Contact]:
    return [contact for contact in contacts if contact.country == country]


def _heading(country: str) -> str:
    return country_name(country) if country else _("International")


def _filled(sections: list[Section]) -> list[Section]:
    return [section for section in sections if section.contacts or section.note]
