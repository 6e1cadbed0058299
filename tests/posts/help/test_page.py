"""The page of those who help, and the ways that lead there."""

import datetime as dt
import re
from itertools import pairwise

import pytest
from django.contrib.flatpages.models import FlatPage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sources.places import country_choices
from tests.factories import make_category, make_contact, make_link, make_post, make_source

pytestmark = pytest.mark.django_db

HIDDEN = "We know no contact in"
EMERGENCY = "If you are in danger in "
INTERPRETER = "Ask for an interpreter."


def page(client, query: str = "", **headers) -> str:
    response = client.get(f"/get-help/{query}", **headers)
    assert response.status_code == 200
    return response.content.decode()


def names(html: str) -> list[str]:
    return re.findall(r'<h4 [^>]*dir="auto">([^<]*)</h4>', html)


def headings(html: str) -> list[str]:
    return re.findall(r"<h3>([^<]*)</h3>", html)


def places(html: str, *parts: str) -> list[int]:
    """Return where these parts of a page begin, each of which it must have."""
    return [html.index(part) for part in parts]


def groups(html: str) -> dict[str, list[str]]:
    """Return what the form offers to choose, by the names of its groups."""
    found = re.findall(r'<optgroup label="([^"]*)">(.*?)</optgroup>', html, re.DOTALL)
    return {label: re.findall(r"<option [^>]*>([^<]*)</option>", options) for label, options in found}


def links(html: str, label: str) -> list[str]:
    [nav] = re.findall(rf'<nav class="help-links" aria-label="{label}">(.*?)</nav>', html, re.DOTALL)
    return re.findall(r"<a [^>]*>([^<]*)</a>", nav)


def write_page(text: str = "Some **words** of ours.", title: str = "Where to turn") -> FlatPage:
    written = FlatPage.objects.create(url="/get-help/", title=title, content=text)
    written.sites.set([1])
    return written


class TestOneContact:
    def test_it_says_who_they_are_and_how_they_are_reached(self, client):
        make_contact(
            "등불상담전화", what="Listens.", languages="ko en", telephones="+82 2 0000 0101\n112",
            text_number="+44 7700 900101", email="a@deungbul.example", web_address="https://www.deungbul.example/x",
            chat_address="https://chat.example/", hours="Day and night", is_free=True, is_anonymous=True,
            call_back="They never do.", country="KR", verified_on=dt.date(2026, 3, 3), days_ago=None,
        )  # fmt: skip
        html = page(client)
        for words in (
            'href="tel:+82200000101"', '<bdi dir="ltr">+82 2 0000 0101</bdi>', 'href="tel:112"',
            'href="sms:+447700900101"', 'href="mailto:a@deungbul.example"', 'href="https://www.deungbul.example/x"',
            'href="https://chat.example/"', "English, Korean", "Day and night", "Free of charge",
            "You may stay anonymous", "They never do.", "Last verified on March 3, 2026", 'lang="ko" dir="auto">등불',
        ):  # fmt: skip
            assert words in html, words

    def test_it_says_nothing_that_nobody_told_it(self, client):
        make_contact()
        html = page(client)
        for words in ("sms:", "mailto:", "Free of charge", "anonymous", "Hours", "call back"):
            assert words not in html, words

    def test_nothing_in_it_is_html(self, client):
        make_contact("<b>Bold</b>", what='"><script>alert(1)</script>', hours="<i>", call_back="<u>")
        html = page(client)
        assert "<b>Bold" not in html
        assert "<script>alert" not in html
        assert "<i>" not in html
        assert "<u>" not in html

    def test_days_and_names_are_in_the_readers_language(self, client):
        make_contact(languages="ko", country="KR", verified_on=dt.date(2026, 3, 3), days_ago=None)
        html = page(client, headers={"accept-language": "ko"})
        assert "2026년 3월 3일" in html
        assert "대한민국" in html
        assert "한국어" in html


class TestWhichAreShown:
    @pytest.fixture
    def _some(self):
        make_contact("World", languages="en es")
        make_contact("World danger", kind="emergency", telephones="112")
        make_contact("Seoul B", country="KR", languages="ko", position=2)
        make_contact("Seoul A", country="KR", languages="en", position=1)
        make_contact("Seoul danger", country="KR", kind="emergency", position=9, telephones="119")
        make_contact("Paris", country="FR", languages="fr")
        make_contact("Paris, long ago", country="FR", days_ago=400)
        make_contact("Paris, never", country="FR", days_ago=None)
        make_contact("Rome, long ago", country="IT", days_ago=400)

    @pytest.mark.usefixtures("_some")
    def test_all_stand_by_country_what_is_urgent_first(self, client):
        html = page(client)
        assert headings(html) == ["International", "France", "South Korea"]
        assert names(html) == ["World danger", "World", "Paris", "Seoul danger", "Seoul A", "Seoul B"]

    @pytest.mark.usefixtures("_some")
    @pytest.mark.parametrize("query", ["?country=KR", "?country=kr", "?country=%20KR%20", "?country=FR&country=KR"])
    def test_a_country_comes_after_what_is_urgent_and_before_international(self, client, query):
        html = page(client, query)
        assert headings(html) == ["In an emergency", "South Korea", "International"]
        assert names(html) == ["Seoul danger", "World danger", "Seoul A", "Seoul B", "World"]
        assert '<option value="KR" selected>South Korea</option>' in html
        assert "South Korea –" in html

    @pytest.mark.usefixtures("_some")
    @pytest.mark.parametrize("query", ["", "?country=", "?country=all", "?language=all", "?nonsense=1"])
    def test_to_choose_nothing_is_to_see_all(self, client, query):
        html = page(client, query)
        assert len(names(html)) == 6
        assert "do not know" not in html

    @pytest.mark.usefixtures("_some")
    @pytest.mark.parametrize(
        "query",
        [
            "?country=XX", "?country=<script>alert(1)</script>", "?country=%00", "?country=KR%00", "?country=KOR",
            "?country=%FF", "?country=ß", f"?country={'K' * 5000}", "?language=xx", "?language=%00",
            "?language=<script>",
        ],
    )  # fmt: skip
    def test_what_is_not_known_is_said_and_hides_nothing(self, client, query):
        html = page(client, query)
        assert len(names(html)) == 6
        assert "We do not know this" in html
        assert "<script>" not in html
        assert "\x00" not in html

    @pytest.mark.usefixtures("_some")
    @pytest.mark.parametrize(
        ("country", "place", "number"),
        [
            ("IT", "Italy", "call 112: that is the emergency number in all of the European Union."),
            ("NL", "the Netherlands", "call 112: that is the emergency number in all of the European Union."),
            (
                "JP",
                "Japan",
                "call the emergency number there. If you do not know it, many mobile phones reach it by 112.",
            ),
        ],
    )
    def test_a_country_without_a_contact_says_so_and_what_to_do(self, client, country, place, number):
        html = page(client, f"?country={country}")
        assert f"We know no contact in {place}." in html
        assert f"{EMERGENCY}{place} now, {number}" in html
        assert headings(html) == ["In an emergency", place.removeprefix("the "), "International"]
        assert names(html) == ["World danger", "World"]
        assert "Rome" not in html
        assert "No other contact" not in html
        assert place.removeprefix("the ") not in links(html, "Countries")

    @pytest.mark.usefixtures("_some")
    def test_what_is_only_urgent_is_not_nothing(self, client):
        make_contact("Rome danger", country="IT", kind="emergency", telephones="113")
        html = page(client, "?country=IT")
        assert HIDDEN not in html
        assert EMERGENCY not in html
        assert names(html) == ["Rome danger", "World danger", "World"]

    @pytest.mark.usefixtures("_some")
    def test_of_a_country_whose_emergency_number_nobody_entered_the_general_truth_is_said(self, client):
        html = page(client, "?country=FR")
        assert EMERGENCY in html
        assert HIDDEN not in html
        assert names(html) == ["World danger", "Paris", "World"]
        assert EMERGENCY not in page(client, "?country=KR")

    def test_where_there_is_no_contact_at_all_a_country_is_still_answered(self, client):
        html = page(client, "?country=FR&language=ko")
        assert "We know no contact in France." in html
        assert EMERGENCY in html
        assert "known to speak" not in html
        assert "listed here" not in html

    @pytest.mark.usefixtures("_some")
    @pytest.mark.parametrize(
        ("query", "shown"),
        [
            ("?language=ko", ["World danger", "Seoul danger", "Seoul B"]),
            ("?language=en", ["World danger", "World", "Seoul danger", "Seoul A"]),
            ("?country=KR&language=ko", ["Seoul danger", "World danger", "Seoul B"]),
            ("?country=KR&language=es", ["Seoul danger", "World danger", "Seoul A", "Seoul B", "World"]),
            ("?country=FR&language=ko", ["World danger", "Paris", "World"]),
            ("?country=FR&language=en", ["World danger", "Paris", "World"]),
            ("?country=FR&language=fr", ["World danger", "Paris"]),
            ("?country=IT&language=es", ["World danger", "World"]),
        ],
    )
    def test_a_language_leaves_those_who_speak_it_and_what_is_urgent(self, client, query, shown):
        assert names(page(client, query)) == shown

    @pytest.mark.usefixtures("_some")
    @pytest.mark.parametrize(
        ("query", "language"), [("?country=KR&language=es", "Spanish"), ("?country=FR&language=en", "English")]
    )
    def test_of_a_country_where_nobody_speaks_it_all_are_shown_and_an_interpreter_named(self, client, query, language):
        html = page(client, query)
        own = html.index(f"None of these contacts is known to speak {language}. {INTERPRETER}")
        assert html.index("<h3>In an") < own < html.index("<h3>International")
        assert html.count(INTERPRETER) == 1
        assert "No other contact" not in html

    @pytest.mark.usefixtures("_some")
    def test_an_urgent_one_that_speaks_it_does_not_drop_the_others(self, client):
        make_contact("Rome danger", country="IT", kind="emergency", telephones="113", languages="th")
        make_contact("Rome", country="IT", languages="it")
        html = page(client, "?country=IT&language=th")
        assert names(html) == ["Rome danger", "World danger", "Rome", "World"]
        assert html.count(INTERPRETER) == 2

    @pytest.mark.usefixtures("_some")
    def test_where_nobody_at_all_speaks_it_all_are_shown(self, client):
        html = page(client, "?country=KR&language=th")
        assert "None of these contacts is known to speak Thai." in html
        assert len(names(html)) == 5

    @pytest.mark.usefixtures("_some")
    def test_countries_and_languages_are_offered_as_links_that_keep_the_other_choice(self, client):
        html = page(client, "?country=KR&language=ko")
        assert '<a href="/get-help/?country=FR&amp;language=ko#contacts">France</a>' in html
        assert 'href="/get-help/?country=KR&amp;language=en#contacts"' in html
        assert '<input type="hidden" name="language" value="ko">' in html
        assert links(html, "Countries") == ["All countries", "France", "South Korea"]

    @pytest.mark.usefixtures("_some")
    def test_every_country_can_be_chosen_those_with_contacts_first(self, client):
        offered = groups(page(client))
        assert list(offered) == ["With contacts", "Other countries"]
        assert offered["With contacts"] == ["France", "South Korea"]
        assert {"Italy", "Japan", "Kosovo", "North Korea"} <= set(offered["Other countries"])
        assert not {"France", "South Korea"} & set(offered["Other countries"])
        assert sum(map(len, offered.values())) == len(country_choices())
        assert not [name for name in offered["Other countries"] if "Pseudo" in name]

    @pytest.mark.usefixtures("_some")
    def test_they_stand_in_the_order_of_the_readers_alphabet(self, client):
        english = groups(page(client))["Other countries"]
        assert places(str(english), "'Afghanistan'", "Åland", "Albania") == sorted(
            places(str(english), "'Afghanistan'", "Åland", "Albania")
        )
        assert english.index("Côte d’Ivoire") < english.index("Croatia") < english.index("Zimbabwe")
        with_contacts, others = groups(page(client, headers={"accept-language": "ko"})).values()
        assert with_contacts == ["대한민국", "프랑스"]
        assert others == sorted(others)
        assert "일본" in others

    @pytest.mark.usefixtures("_some")
    def test_a_country_without_contacts_stays_chosen_in_the_form(self, client):
        assert '<option value="JP" selected>Japan</option>' in page(client, "?country=JP")

    @pytest.mark.usefixtures("_some")
    def test_neither_an_address_nor_the_browser_says_where_a_reader_is(self, client):
        here = page(client)
        there = page(client, headers={"accept-language": "en-KR,en"}, REMOTE_ADDR="175.45.176.1")
        assert names(here) == names(there)
        assert "selected" not in there

    @pytest.mark.usefixtures("_some")
    def test_nothing_is_kept_of_what_was_chosen(self, client):
        response = client.get("/get-help/?country=KR&language=ko")
        assert not response.cookies
        assert "KR" not in page(client).partition("<main")[0]

    def test_names_of_countries_take_their_article(self, client):
        make_contact(country="US", languages="en")
        assert "in danger in the United States now" in page(client, "?country=US")

    def test_it_is_said_where_a_choice_can_be_found_later(self, client):
        make_contact()
        html = page(client)
        assert "in the browser’s history" in html
        assert html.index("in the address of the page") < html.index('<a href="/safety/">how to leave fewer traces')

    def test_one_contact_and_thirty_cost_the_same_queries(self, client, django_assert_num_queries):
        make_contact(country="KR", languages="ko")
        write_page()
        with CaptureQueriesContext(connection) as one:
            page(client)
        for number in range(30):
            make_contact(f"Line {number}", country=["KR", "FR", "US"][number % 3], languages="ko en fr")
        for query in ("", "?country=KR", "?country=KR&language=ko"):
            with django_assert_num_queries(len(one)):
                page(client, query)


class TestThePage:
    def test_it_helps_also_where_nobody_wrote_anything(self, client):
        html = page(client)
        assert "call the emergency number of the place where you are" in html
        assert "No organisation is listed here at the moment." in html
        assert "<select" not in html
        assert html.count("<h1") == 1

    def test_contacts_that_are_all_hidden_are_none(self, client):
        make_contact("Old line", days_ago=400)
        html = page(client)
        assert "Old line" not in html
        assert "No organisation is listed here" in html

    def test_what_editors_wrote_stands_on_top(self, client):
        write_page("Some **words** of ours.\n\n<script>alert(1)</script>")
        make_contact()
        html = page(client)
        assert "<strong>words</strong>" in html
        assert '<h1 class="post-title" dir="auto">Where to turn</h1>' in html
        assert html.index("of ours") < html.index("Harbour Line")
        assert "<script>alert" not in html

    @pytest.mark.parametrize("query", ["?country=KR", "?language=ko", "?country=ZZ", "?country=KR&language=ko"])
    def test_whoever_asked_for_something_sees_contacts_first_and_the_text_after_the_choices(self, client, query):
        write_page("A long text of ours.\n\n### More\n\nWords.")
        make_contact("World")
        make_contact("Seoul", country="KR", languages="ko")
        html = page(client, query)
        order = places(html, "<h1", 'id="contacts"', "Seoul</h4>", 'id="choices"', "<select", "text of ours")
        assert order == sorted(order)
        assert html.count("<select") == html.count('id="contacts"') == 1

    def test_without_a_choice_a_line_and_the_choice_come_before_the_text(self, client):
        write_page("A long text of ours.")
        make_contact("Seoul", country="KR", languages="ko")
        html = page(client)
        order = places(
            html, "<h1", "call the emergency number of the place", "<select", "text of ours", 'id="contacts"'
        )
        assert order == sorted(order)
        assert '<form class="ask" action="/get-help/#contacts" method="get">' in html

    @pytest.mark.parametrize("query", ["", "?country=KR", "?country=IT", "?language=ko"])
    def test_no_level_of_headings_is_left_out(self, client, query):
        write_page("Ours.\n\n### More\n\nWords.")
        make_contact("Seoul", country="KR", languages="ko")
        levels = [int(level) for level in re.findall(r"<h([1-6])", page(client, query).partition("<main")[2])]
        assert levels[0] == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))

    def test_what_is_for_members_alone_is_not_shown(self, client):
        write_page("For members.")
        FlatPage.objects.update(registration_required=True)
        assert "For members." not in page(client)

    def test_it_leads_to_what_is_said_of_safety(self, client):
        assert 'href="/safety/"' in page(client)

    def test_without_its_slash_it_redirects(self, client):
        response = client.get("/get-help?country=KR")
        assert (response.status_code, response["Location"]) == (301, "/get-help/?country=KR")

    @pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
    def test_it_is_only_read(self, client, method):
        assert getattr(client, method)("/get-help/").status_code == 405

    @pytest.mark.parametrize("is_written", [True, False])
    def test_the_sitemap_names_it_once(self, client, is_written):
        if is_written:
            write_page()
        assert client.get("/sitemap-pages.xml").content.decode().count("/get-help/<") == 1

    def test_editors_write_it_at_the_desk(self, editor_client):
        words = {"url": "/get-help/", "title": "Help", "content": "Ours."}
        assert editor_client.post("/admin/flatpages/flatpage/add/", words).status_code == 302
        assert "Ours." in page(editor_client)
        words["url"] = "/search/"
        refused = editor_client.post("/admin/flatpages/flatpage/add/", words)
        assert "the site itself answers there" in refused.content.decode()


class TestWaysThere:
    LINK = '<a href="/get-help/?country=KR">Get help in South Korea</a>'

    def test_where_an_outlet_sits_leads_nowhere(self, client):
        make_contact(country="KR")
        source = make_source("Yonhap", country="KR")
        post = make_post(source=source, link=make_link(source), tags=["Lebanon"])
        for address in ("/source/yonhap/", post.get_absolute_url()):
            assert "Get help in" not in client.get(address).content.decode(), address

    @pytest.mark.parametrize("name", ["South Korea", "대한민국"])
    def test_a_tag_and_a_category_that_are_called_like_a_country_lead_there(self, client, name):
        make_contact(country="KR")
        post = make_post(tags=[name, "boats"], categories=[make_category(name)])
        tag, category = post.tags.get(name=name), post.categories.get()
        for address in (f"/tag/{tag.slug}/", f"/category/{category.path}/", post.get_absolute_url()):
            assert client.get(address).content.decode().count(self.LINK) == 1, address
        assert "Get help in" not in client.get("/tag/boats/").content.decode()

    def test_of_two_tags_each_counts(self, client):
        make_contact(country="KR")
        make_post(tags=["South Korea", "boats"])
        assert self.LINK in client.get("/tag/south-korea+boats/").content.decode()

    @pytest.mark.parametrize("days", [400, None])
    def test_nothing_leads_to_what_is_hidden(self, client, days):
        make_contact(country="KR", days_ago=days)
        make_contact("World")
        post = make_post(tags=["South Korea"])
        for address in ("/tag/south-korea/", post.get_absolute_url(), "/"):
            assert "Get help in" not in client.get(address).content.decode()

    def test_it_is_said_in_the_readers_language(self, client):
        make_contact(country="KR")
        make_post(tags=["South Korea"])
        html = client.get("/tag/south-korea/", headers={"accept-language": "ko"}).content.decode()
        assert "대한민국" in html
