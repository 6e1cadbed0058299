"""The desk: who answers for the contacts, and who is to be verified again."""

import csv
import datetime as dt
import io
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.utils import timezone

from posts.dating import site_date
from posts.help.ageing import ends_on
from posts.help.models import Contact
from tests.factories import make_contact

pytestmark = pytest.mark.django_db

LIST = "/admin/help/contact/"
FORM = {
    "name": "Lantern Line", "what": "Listens.", "kind": "helpline", "country": "KR", "languages": ["ko", "en"],
    "telephones": "+82 2 0000 0101\r\n112", "position": "0", "verified_on": "",
}  # fmt: skip


def today() -> dt.date:
    return site_date(timezone.now())


def shown(client, query: str = "") -> str:
    response = client.get(f"{LIST}{query}")
    assert response.status_code == 200
    return response.content.decode()


class TestTheForm:
    def test_a_contact_is_added(self, editor_client, editor):
        response = editor_client.post(f"{LIST}add/", {**FORM, "verified_on": f"{today():%Y-%m-%d}"})
        assert response.status_code == 302, response.content.decode()
        contact = Contact.objects.get()
        assert contact.languages == "ko en"
        assert contact.telephones == "+82 2 0000 0101\n112"
        assert contact.verified_by == editor
        assert "Lantern Line" in editor_client.get("/get-help/").content.decode()

    def test_one_that_nobody_verified_is_not_shown_to_readers(self, editor_client):
        editor_client.post(f"{LIST}add/", FORM)
        contact = Contact.objects.get()
        assert (contact.verified_on, contact.verified_by) == (None, None)
        assert "Lantern Line" not in editor_client.get("/get-help/").content.decode()
        assert "Hidden: never verified" in shown(editor_client, f"{contact.pk}/change/")

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"telephones": ""}, "Give at least one way to reach them"),
            ({"telephones": "020 7946 0101"}, "begin with + and the country’s code"),
            ({"verified_on": "2999-01-01"}, "still to come"),
            ({"web_address": "javascript:alert(1)"}, "valid URL"),
            ({"languages": ["klingon"]}, "Select a valid choice"),
            ({"name": ""}, "required"),
            ({"name": "a\x00b"}, "Null characters"),
            ({"position": "9" * 30}, "less than or equal"),
        ],
    )
    def test_what_cannot_be_is_said_at_its_field_and_nothing_typed_is_lost(self, editor_client, fields, words):
        typed = {"what": "Listens to everybody.", **fields}
        html = editor_client.post(f"{LIST}add/", {**FORM, **typed}).content.decode()
        assert words in html
        assert "Listens to everybody." in html
        assert not Contact.objects.exists()

    def test_what_was_ticked_stands_first(self, editor_client):
        contact = make_contact(languages="zu")
        html = shown(editor_client, f"{contact.pk}/change/")
        assert html.index('value="zu"') < html.index('value="sq"')

    def test_an_unchanged_form_changes_nothing(self, editor_client):
        editor_client.post(f"{LIST}add/", FORM)
        contact = Contact.objects.get()
        editor_client.post(f"{LIST}{contact.pk}/change/", FORM)
        assert LogEntry.objects.order_by("pk").last().get_change_message() == "No fields changed."

    def test_nobody_overwrites_what_another_saved_meanwhile(self, editor_client):
        editor_client.post(f"{LIST}add/", FORM)
        url = f"{LIST}{Contact.objects.get().pk}/change/"
        [seen] = re.findall(r'name="seen" value="([^"]+)"', editor_client.get(url).content.decode())
        right = {**FORM, "telephones": "119", "seen": seen}
        assert editor_client.post(url, right).status_code == 302
        late = editor_client.post(url, {**FORM, "hours": "Day and night", "seen": seen, "_verified": "1"})
        assert "Somebody has saved this contact since you opened it" in late.content.decode()
        assert "Day and night" in late.content.decode()
        contact = Contact.objects.get()
        assert (contact.telephones, contact.hours, contact.verified_on) == ("119", "", None)
        # Who presses twice has said nothing else.
        assert editor_client.post(url, right).status_code == 302

    def test_a_button_saves_and_notes_that_all_of_it_was_verified_today(self, editor_client, editor):
        contact = make_contact(country="KR", days_ago=400)
        response = editor_client.post(
            f"{LIST}{contact.pk}/change/", {**FORM, "verified_on": f"{contact.verified_on}", "_verified": "1"}
        )
        assert response.status_code == 302
        contact.refresh_from_db()
        assert (contact.name, contact.verified_on, contact.verified_by) == ("Lantern Line", today(), editor)
        assert "1 contact verified today." in editor_client.get(LIST).content.decode()
        log = LogEntry.objects.filter(user=editor).values_list("change_message", flat=True)
        assert "Verified today." in log

    def test_the_button_of_a_form_that_is_refused_verifies_nothing(self, editor_client):
        contact = make_contact(days_ago=400)
        editor_client.post(f"{LIST}{contact.pk}/change/", {**FORM, "telephones": "hello", "_verified": "1"})
        contact.refresh_from_db()
        assert contact.verified_on != today()
        assert not LogEntry.objects.exists()

    def test_a_change_that_is_no_verification_keeps_who_verified_it(self, editor_client, moderator):
        contact = make_contact()
        contact.verify(moderator)
        editor_client.post(f"{LIST}{contact.pk}/change/", {**FORM, "verified_on": f"{today():%Y-%m-%d}"})
        contact.refresh_from_db()
        assert (contact.name, contact.verified_by) == ("Lantern Line", moderator)

    def test_it_is_seen_on_the_site(self, editor_client):
        contact = make_contact(country="KR")
        assert contact.get_absolute_url() == f"/get-help/?country=KR#contact-{contact.pk}"
        assert f'id="contact-{contact.pk}"' in editor_client.get(contact.get_absolute_url()).content.decode()

    @pytest.mark.parametrize("pk", ["0", "999999999999999999999999", "x", "%00"])
    def test_one_that_is_not_there_leads_back(self, editor_client, pk):
        assert editor_client.get(f"{LIST}{pk}/change/").status_code in (302, 404)


class TestTheList:
    def test_each_says_what_readers_see_of_it(self, editor_client):
        make_contact("Fresh")
        make_contact("Stale", days_ago=200)
        make_contact("Old", days_ago=400)
        html = shown(editor_client)
        assert '<span class="desk-mark">To be verified since' in html
        assert '<span class="desk-mark">Hidden since' in html
        assert ">Shown<" in html

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("?state=to-verify", "Stale Old Never"), ("?state=due", "Stale"), ("?state=hidden", "Old"),
            ("?state=never", "Never"), ("?state=verified", "Fresh"), ("?language=ko", "Fresh"),
            ("?country__exact=KR", "Stale"), ("?kind__exact=legal", "Old"), ("?q=fresh", "Fresh"),
            ("?state=nonsense", "Fresh Stale Old Never"), ("?language=%00", "Fresh Stale Old Never"),
        ],
    )  # fmt: skip
    def test_it_is_filtered(self, editor_client, query, names):
        make_contact("Fresh", languages="ko")
        make_contact("Stale", days_ago=200, country="KR")
        make_contact("Old", days_ago=400, kind="legal")
        make_contact("Never", days_ago=None)
        html = shown(editor_client, query)
        for name in ("Fresh", "Stale", "Old", "Never"):
            assert (f">{name}</a>" in html) == (name in names.split()), name

    def test_several_are_verified_at_once(self, editor_client, editor):
        rows = [make_contact("One", days_ago=400), make_contact("Two", days_ago=None)]
        left = make_contact("Three", days_ago=400)
        data = {"action": "verify_today", "_selected_action": [row.pk for row in rows], "index": "0"}
        html = editor_client.post(LIST, data, follow=True).content.decode()
        assert "2 contacts verified today." in html
        assert set(Contact.objects.filter(verified_on=today(), verified_by=editor)) == set(rows)
        assert [entry.change_message for entry in LogEntry.objects.all()] == ["Verified today."] * 2
        assert left in Contact.objects.hidden()

    @pytest.mark.parametrize(
        ("number", "words"),
        [
            (1, "1 contact verified today. Readers see it until"),
            (2, "2 contacts verified today. Readers see them until"),
        ],
    )
    def test_it_is_said_how_long_that_holds(self, editor_client, number, words):
        rows = [make_contact(f"Line {each}", days_ago=400) for each in range(number)]
        data = {"action": "verify_today", "_selected_action": [row.pk for row in rows], "index": "0"}
        html = editor_client.post(LIST, data, follow=True).content.decode()
        last_day = ends_on(today(), 12) - dt.timedelta(days=1)
        assert words in html
        assert f"until {last_day:%B} {last_day.day}, {last_day.year};" in html
        asked_on = ends_on(today(), 6)
        assert f"from {asked_on:%B} {asked_on.day}, {asked_on.year}, the first page" in html
        for day, is_shown in ((last_day, True), (last_day + dt.timedelta(days=1), False)):
            at = dt.datetime.combine(day, dt.time(12), dt.UTC)
            assert Contact.objects.current(at).exists() == is_shown

    def test_they_leave_as_a_table(self, editor_client):
        make_contact("=1+1", what="＝1+1", telephones="+44 20 7946 0101\n112", languages="ko en", is_free=True)
        hidden = make_contact("Old", days_ago=400)
        data = {"action": "export_csv", "_selected_action": [row.pk for row in Contact.objects.all()], "index": "0"}
        response = editor_client.post(LIST, data)
        assert response["Content-Disposition"] == 'attachment; filename="contacts.csv"'
        first, second = sorted(
            csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))), key=lambda r: r["name"]
        )
        assert (first["name"], first["what"]) == ("'=1+1", "'＝1+1")
        assert first["telephones"] == "'+44 20 7946 0101; 112"
        assert (first["languages"], first["is_free"], first["is_anonymous"]) == ("ko en", "yes", "no")
        assert second["verified_on"] == f"{hidden.verified_on}"

    def test_many_cost_as_many_queries_as_few(self, editor_client, django_assert_max_num_queries):
        for number in range(30):
            make_contact(f"Line {number}", languages="ko en", country="KR")
        with django_assert_max_num_queries(12):
            editor_client.get(LIST)


class TestTheFirstPage:
    def test_editors_see_who_is_to_be_verified(self, editor_client):
        make_contact("Fresh")
        make_contact("Stale", days_ago=200)
        make_contact("Old", days_ago=400)
        html = editor_client.get("/admin/").content.decode()
        assert "Contacts to verify: 2" in html
        assert f"{LIST}?state=to-verify" in html
        assert html.index(">Old<") < html.index(">Stale<")
        assert "Fresh" not in html
        assert html.count("hidden from readers") == 1

    def test_where_all_is_fresh_nothing_is_said(self, editor_client):
        make_contact()
        assert "Contacts to verify" not in editor_client.get("/admin/").content.decode()

    def test_many_are_counted_and_few_named(self, editor_client):
        for number in range(9):
            make_contact(f"Line {number}", days_ago=300)
        html = editor_client.get("/admin/").content.decode()
        assert "Contacts to verify: 9" in html
        assert html.count("To be verified since") == 7

    def test_who_may_not_change_them_is_not_asked(self, moderator_client):
        make_contact(days_ago=400)
        assert "Contacts to verify" not in moderator_client.get("/admin/").content.decode()


@pytest.mark.parametrize("group", ["Writers", "Moderators"])
def test_writers_and_moderators_look_and_change_nothing(client, group):
    contact = make_contact(days_ago=400)
    user = User.objects.create_user("vi", is_staff=True)
    user.groups.set([Group.objects.get(name=group)])
    client.force_login(user)
    html = shown(client, f"{contact.pk}/change/")
    assert "Harbour Line" in html
    assert "verified today" not in html
    assert client.post(f"{LIST}{contact.pk}/change/", {**FORM, "_verified": "1"}).status_code == 403
    client.post(LIST, {"action": "verify_today", "_selected_action": [contact.pk], "index": "0"})
    assert client.get(f"{LIST}add/").status_code == 403
    contact.refresh_from_db()
    assert contact.name == "Harbour Line"
    assert contact.verified_on != today()
