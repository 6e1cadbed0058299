"""Who helps: an organisation or a line, how it is reached, and when somebody last made sure that it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext_lazy as _

from posts.dating import site_date
from posts.help.ageing import SHOWN_MONTHS, VERIFIED_MONTHS, ends_on, oldest
from posts.help.naming import is_language
from posts.help.telephones import dialled, tidy_number, tidy_numbers
from posts.scripts import language_for, language_of
from sources.models import host_of
from sources.naming import tidy_name
from sources.places import country_choices

ADDRESS = "/get-help/"
WAYS = ("telephones", "text_number", "email", "web_address", "chat_address")
ADDRESS_LENGTH = 500
# Django takes ftp for an address of the web too.
_web = RegexValidator(r"(?i)^https?://", "Begin with https://")


class Kind(models.TextChoices):
    EMERGENCY = "emergency", _("Emergency")
    HELPLINE = "helpline", _("Helpline")
    SHELTER = "shelter", _("Shelter or organisation")
    LEGAL = "legal", _("Legal advice")
    CHILDREN = "children", _("For children and young people")


class State(models.TextChoices):
    """What the age of a contact's verification makes of it."""

    VERIFIED = "verified", "Verified"
    DUE = "due", "To be verified"
    HIDDEN = "hidden", "Hidden"
    NEVER = "never", "Never verified"


class ContactQuerySet(models.QuerySet["Contact"]):
    def current(self, at: dt.datetime | None = None) -> Self:
        """What readers see: verified within the last year."""
        return self.filter(verified_on__gte=oldest(_day(at), SHOWN_MONTHS))

    def hidden(self, at: dt.datetime | None = None) -> Self:
        """Those that readers do not see: not verified for more than a year, or never."""
        return self.filter(Q(verified_on=None) | Q(verified_on__lt=oldest(_day(at), SHOWN_MONTHS)))

    def to_verify(self, at: dt.datetime | None = None) -> Self:
        """Those at which an editor should look again, whether readers still see them or not."""
        return self.filter(Q(verified_on=None) | Q(verified_on__lt=oldest(_day(at), VERIFIED_MONTHS)))

    def in_state(self, state: str, at: dt.datetime | None = None) -> Self:
        if state == State.VERIFIED:
            return self.filter(verified_on__gte=oldest(_day(at), VERIFIED_MONTHS))
        if state == State.NEVER:
            return self.filter(verified_on=None)
        if state == State.DUE:
            return self.current(at).to_verify(at)
        return self.hidden(at).filter(verified_on__isnull=False)

    def speaking(self, language: str) -> Self:
        padded = Concat(Value(" "), "languages", Value(" "))
        return self.alias(padded=padded).filter(padded__contains=f" {language} ")

    def in_order(self) -> Self:
        """As readers find them within a country: what is urgent first."""
        is_urgent = Case(When(kind=Kind.EMERGENCY, then=0), default=1)
        return self.order_by(is_urgent, "position", "name", "pk")


def _day(at: dt.datetime | None) -> dt.date:
    return site_date(at or timezone.now())


class Contact(models.Model):
    name = models.CharField(max_length=200, help_text="As they call themselves, in their own script.")
    what = models.CharField(
        "what they do", max_length=300, help_text="For whom and with what, in a sentence or two. Readers see it."
    )
    kind = models.CharField(max_length=9, choices=Kind, default=Kind.HELPLINE)
    country = models.CharField(
        max_length=2, blank=True, choices=country_choices, help_text="Left empty, they help in every country."
    )
    # ISO codes with spaces between: both databases find a word in a text alike.
    languages = models.CharField(
        "languages spoken", max_length=400, blank=True, help_text="In which somebody can be spoken to."
    )
    telephones = models.TextField(
        "telephone",
        max_length=300,
        blank=True,
        help_text="One number a line: +44 20 7946 0000, with the country’s code, or a short number such as 112.",
    )
    text_number = models.CharField(
        "text messages (SMS)", max_length=60, blank=True, help_text="The number to which a message is sent."
    )
    email = models.EmailField("e-mail", blank=True)
    web_address = models.URLField(max_length=ADDRESS_LENGTH, blank=True, validators=[_web])
    chat_address = models.URLField(
        max_length=ADDRESS_LENGTH, blank=True, validators=[_web], help_text="The page on which one writes with them."
    )
    hours = models.CharField(
        max_length=200, blank=True, help_text="When somebody answers, with the time zone: Mon–Fri 9 am – 6 pm (KST)."
    )
    is_free = models.BooleanField("free of charge", default=False)
    is_anonymous = models.BooleanField("anonymous", default=False, help_text="One may ask without saying who one is.")
    call_back = models.CharField(
        "safe to call back?",
        max_length=300,
        blank=True,
        help_text="Whether they call back, what their number shows, whether a bill names the call. Readers see it.",
    )
    position = models.PositiveSmallIntegerField(
        default=0, help_text="Within a country, lower numbers stand first; emergencies stand before all."
    )
    verified_on = models.DateField(
        "last verified on",
        null=True,
        blank=True,
        help_text="The day on which somebody reached them and found all of this true. Empty: readers do not see it.",
    )
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["country", "position", "name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(**dict.fromkeys(WAYS, "")),
                name="contact_is_reached",
                violation_error_message="Give at least one way to reach them.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{ADDRESS}{f'?country={self.country}' if self.country else ''}#contact-{self.pk}"

    # --- What is true of it

    def clean(self) -> None:
        self.name, self.what = tidy_name(self.name), tidy_name(self.what)
        self.languages = " ".join(dict.fromkeys(self.languages.split()))
        faults = {
            "name": "" if self.name else "Write who they are.",
            "what": "" if self.what else "Write what they do.",
            "languages": self._fault_of_languages(),
            "verified_on": self._fault_of_day(),
            "telephones": self._tidied("telephones", tidy_numbers),
            "text_number": self._tidied("text_number", tidy_number),
        }
        for field in ("name", "what", "text_number"):
            faults[field] = faults[field] or self._fault_of_length(field)
        if not any(getattr(self, way) for way in WAYS):
            faults["telephones"] = (
                "Give at least one way to reach them: a telephone, a number for messages, or an e-mail, web or chat "
                "address."
            )
        if faults := {field: fault for field, fault in faults.items() if fault}:
            raise ValidationError(faults)

    def _fault_of_length(self, field: str) -> str:
        """In its tidy form a text may have more characters than it was typed with: “…” is three of them."""
        column: Any = self._meta.get_field(field)
        is_long = len(getattr(self, field)) > column.max_length
        return f"Write at most {column.max_length} characters." if is_long else ""

    def _fault_of_languages(self) -> str:
        unknown = next((code for code in self.languages.split() if not is_language(code)), "")
        return f"No language here has the code “{unknown}”." if unknown else ""

    def _fault_of_day(self) -> str:
        is_to_come = self.verified_on is not None and self.verified_on > _day(None)
        return "This day is still to come. Give the day on which they were last reached." if is_to_come else ""

    def _tidied(self, field: str, tidy: Callable[[str], str]) -> Any:
        """Write a field in its tidy form; return what is wrong with it."""
        try:
            setattr(self, field, tidy(getattr(self, field)) if getattr(self, field).strip() else "")
        except ValidationError as error:
            return error.messages
        return ""

    def verify(self, by: Any, at: dt.datetime | None = None) -> None:
        """Note that this person has made sure today that all of it is true."""
        self.verified_on, self.verified_by = _day(at), by
        self.save(update_fields=["verified_on", "verified_by"])

    def state_at(self, at: dt.datetime | None = None) -> State:
        if self.verified_on is None:
            return State.NEVER
        if _day(at) >= ends_on(self.verified_on, SHOWN_MONTHS):
            return State.HIDDEN
        return State.DUE if _day(at) >= ends_on(self.verified_on, VERIFIED_MONTHS) else State.VERIFIED

    def standing(self, at: dt.datetime | None = None) -> str:
        """Say for editors what readers see of it, and since when."""
        state = self.state_at(at)
        if self.verified_on is None:
            return "Hidden: never verified"
        if state == State.VERIFIED:
            return "Shown"
        months = SHOWN_MONTHS if state == State.HIDDEN else VERIFIED_MONTHS
        since = format_date(ends_on(self.verified_on, months), "F j, Y")
        return f"Hidden since {since}" if state == State.HIDDEN else f"To be verified since {since}"

    # --- As a page shows it

    @property
    def is_urgent(self) -> bool:
        return self.kind == Kind.EMERGENCY

    @property
    def language_codes(self) -> list[str]:
        return self.languages.split()

    @property
    def telephone_links(self) -> list[tuple[str, str]]:
        """Each number as it is shown and as it is dialled."""
        return [(number, dialled(number)) for number in self.telephones.splitlines()]

    @property
    def text_dialled(self) -> str:
        return dialled(self.text_number)

    @property
    def web_host(self) -> str:
        return host_of(self.web_address)

    @property
    def chat_host(self) -> str:
        return host_of(self.chat_address)

    @property
    def name_language(self) -> str:
        return self._language_of(self.name)

    @property
    def what_language(self) -> str:
        return self._language_of(self.what)

    def _language_of(self, text: str) -> str:
        """Return the one of the languages spoken that these words can be in, first that in which editors write."""
        own, spoken = settings.LANGUAGE_CODE, self.language_codes
        told = next(filter(None, (language_of(text, code) for code in spoken)), "")
        # Letters that nearly all languages use: the first of theirs, where ours is not among them.
        return told or language_for(text, spoken[0] if spoken and own not in spoken else own)
