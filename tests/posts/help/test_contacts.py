"""Contacts: what they hold, how long they count as true, and in which language their words are."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from posts.help.ageing import ends_on, oldest
from posts.help.models import Contact, State
from posts.help.naming import country_called
from posts.help.telephones import dialled, tidy_number, tidy_numbers
from tests.factories import make_contact, moment

DAYS = st.dates(dt.date(1950, 1, 1), dt.date(2150, 1, 1))


class TestTelephones:
    @pytest.mark.parametrize(
        ("text", "shown", "number"),
        [
            ("+44 20 7946 0101", "+44 20 7946 0101", "+442079460101"),
            (" +44  (0)20-7946.0101 ", "+44 (0)20-7946.0101", "+442079460101"),
            ("tel:+1-202-555-0101", "+1-202-555-0101", "+12025550101"),
            ("＋８２ ２ ００００ ０１０１", "+82 2 0000 0101", "+82200000101"),
            ("١١٢", "112", "112"),
            ("116 123", "116 123", "116123"),
            ("+82–2–0000–0101", "+82-2-0000-0101", "+82200000101"),
        ],
    )
    def test_people_write_them_in_many_ways(self, text, shown, number):
        assert tidy_number(text) == shown
        assert dialled(shown) == number

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("020 7946 0101", "country’s code"),
            ("0044 20 7946 0101", "place of 00"),
            ("+044 20 7946 0101", "never begins with 0"),
            ("+44 20", "7 to 15 digits"),
            ("+1234567890123456", "7 to 15 digits"),
            ("112 or 119", "only the number"),
            ("call us", "only the number"),
            ("+", "only the number"),
            ("1+12", "only the number"),
            ("1", "2 to 6 digits"),
            ("<script>", "only the number"),
            ("112\x00", "only the number"),
        ],
    )
    def test_what_cannot_be_dialled_is_said_in_a_sentence(self, text, words):
        with pytest.raises(ValidationError, match=words):
            tidy_number(text)

    def test_each_line_is_one_and_each_number_stands_once(self):
        assert tidy_numbers("\n 112 \r\n+44 20 7946 0101\n\n+44 2079460101\n") == "112\n+44 20 7946 0101"

    def test_each_wrong_line_is_told_of(self):
        with pytest.raises(ValidationError) as error:
            tidy_numbers("112\nhello\n0800 111 1")
        assert len(error.value.messages) == 2

    @given(st.text())
    def test_anything_is_a_number_or_a_sentence(self, text):
        try:
            number = tidy_number(text)
        except ValidationError:
            return
        assert dialled(number).removeprefix("+").isdecimal()
        assert tidy_number(number) == number


class TestAgeing:
    @given(DAYS, DAYS, st.sampled_from([6, 12]))
    def test_a_row_and_the_database_agree_on_what_is_too_old(self, verified_on, today, months):
        assert (today >= ends_on(verified_on, months)) == (verified_on < oldest(today, months))

    @pytest.mark.parametrize(
        ("verified_on", "months", "ends"),
        [
            (dt.date(2026, 3, 3), 6, dt.date(2026, 9, 4)),
            (dt.date(2024, 2, 29), 12, dt.date(2025, 3, 1)),
            (dt.date(2025, 8, 31), 6, dt.date(2026, 3, 1)),
            (dt.date(2025, 12, 31), 12, dt.date(2027, 1, 1)),
        ],
    )
    def test_months_are_those_of_the_calendar(self, verified_on, months, ends):
        assert ends_on(verified_on, months) == ends


@pytest.mark.django_db
class TestStates:
    NOW = moment("2026-11-25 12:00")

    @pytest.mark.parametrize(
        ("verified_on", "state", "words", "is_shown", "waits"),
        [
            ("2026-11-25", State.VERIFIED, "Shown", True, False),
            ("2026-05-25", State.VERIFIED, "Shown", True, False),
            ("2026-05-24", State.DUE, "To be verified since November 25, 2026", True, True),
            ("2025-11-25", State.DUE, "To be verified since May 26, 2026", True, True),
            ("2025-11-24", State.HIDDEN, "Hidden since November 25, 2026", False, True),
            (None, State.NEVER, "Hidden: never verified", False, True),
        ],
    )
    def test_the_age_of_its_verification_says_who_sees_it(self, verified_on, state, words, is_shown, waits):
        contact = make_contact(verified_on=verified_on and dt.date.fromisoformat(verified_on), days_ago=None)
        contacts = Contact.objects
        assert contact.state_at(self.NOW) == state
        assert contact.standing(self.NOW) == words
        assert contacts.current(self.NOW).exists() == is_shown
        assert contacts.hidden(self.NOW).exists() != is_shown
        assert contacts.to_verify(self.NOW).exists() == waits
        assert [each for each in State.values if contacts.in_state(each, self.NOW).exists()] == [state]

    def test_the_day_is_the_sites(self, settings):
        settings.TIME_ZONE = "Asia/Seoul"
        contact = make_contact(verified_on=dt.date(2025, 11, 25), days_ago=None)
        assert contact.state_at(dt.datetime(2026, 11, 25, 14, 59, tzinfo=dt.UTC)) == State.DUE
        assert contact.state_at(dt.datetime(2026, 11, 25, 15, 1, tzinfo=dt.UTC)) == State.HIDDEN

    def test_to_verify_writes_who_and_when(self, editor):
        contact = make_contact(days_ago=500)
        contact.verify(editor, self.NOW)
        contact.refresh_from_db()
        assert (contact.verified_on, contact.verified_by) == (dt.date(2026, 11, 25), editor)

    def test_who_verified_it_may_leave(self, editor):
        contact = make_contact()
        contact.verify(editor)
        editor.delete()
        contact.refresh_from_db()
        assert contact.verified_by is None
        assert contact.verified_on


@pytest.mark.django_db
class TestWhatIsTrueOfOne:
    @pytest.mark.parametrize(
        ("field", "fields"),
        [
            ("name", {"name": " \x00 "}),
            ("what", {"what": " "}),
            ("telephones", {"telephones": ""}),
            ("telephones", {"telephones": " \n "}),
            ("telephones", {"telephones": "0800 CALL", "email": "a@b.example"}),
            ("text_number", {"text_number": "+44"}),
            # Longer in their tidy form than typed, where PostgreSQL would refuse them: NFC has two signs for this one.
            ("name", {"name": "\u0958" * 150}),
            ("what", {"what": "\u0958" * 200}),
            ("text_number", {"text_number": "+44 20 7946 0101" + "…" * 40}),
            ("email", {"email": "nobody"}),
            ("web_address", {"web_address": "javascript:alert(1)"}),
            ("web_address", {"web_address": "ftp://x.example/"}),
            ("chat_address", {"chat_address": "not an address"}),
            ("languages", {"languages": "en xx-nowhere"}),
            ("country", {"country": "ZZ"}),
            ("kind", {"kind": "friend"}),
            ("verified_on", {"verified_on": dt.date(2999, 1, 1)}),
        ],
    )
    def test_what_cannot_be_is_said_at_its_field(self, field, fields):
        with pytest.raises(ValidationError) as error:
            make_contact(**fields)
        assert list(error.value.message_dict) == [field]
        assert not Contact.objects.exists()

    @pytest.mark.parametrize(
        "fields",
        [
            {"email": "a@b.example"}, {"web_address": "https://b.example/"}, {"chat_address": "http://b.example/x"},
            {"text_number": "233733"},
        ],
    )  # fmt: skip
    def test_any_one_way_is_enough(self, fields):
        assert make_contact(telephones="", **fields).pk

    def test_the_database_takes_none_that_nobody_can_reach(self):
        contact = make_contact()
        with pytest.raises(IntegrityError), transaction.atomic():
            Contact.objects.filter(pk=contact.pk).update(telephones="")

    def test_each_language_stands_once(self):
        assert make_contact(languages="  ko en  ko").language_codes == ["ko", "en"]

    def test_a_language_is_found_and_no_part_of_one(self):
        make_contact("Filipino", languages="en fil")
        make_contact("Finnish", languages="fi")
        make_contact("None")
        assert [each.name for each in Contact.objects.speaking("fi")] == ["Finnish"]
        assert [each.name for each in Contact.objects.speaking("fil")] == ["Filipino"]
        assert [each.name for each in Contact.objects.speaking("%")] == []


@pytest.mark.parametrize(
    ("text", "spoken", "language"),
    [
        ("등불상담전화", "en ko", "ko"), ("خط القنديل", "fr ar", "ar"), ("خط", "fa en", "fa"), ("خط", "", ""),
        ("Línea Farol", "es", "es"), ("Lantern", "en es", "en"), ("Lantern", "", "en"), ("12", "ko", ""),
        ("Нічна лінія", "uk", "uk"), ("救助", "ja", "ja"), ("", "", "en"),
    ],
)  # fmt: skip
def test_the_language_of_a_name_is_guessed_from_its_script_and_what_they_speak(text, spoken, language):
    assert Contact(name=text, languages=spoken).name_language == language


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("South Korea", "KR"), ("south korea", "KR"), ("대한민국", "KR"), ("한국", "KR"), ("North Korea", "KP"),
        ("북한", "KP"), ("Myanmar", "MM"), ("Burma", "MM"), ("UK", "GB"), ("refugees", ""), ("KR", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_country_is_known_by_its_names(name, code):
    assert country_called(name) == code
