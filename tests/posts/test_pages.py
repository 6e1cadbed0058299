"""The pages that editors write, in several languages: `/about/ko/` is `/about/` in Korean."""

import re

import pytest
from django.contrib.flatpages.models import FlatPage
from django.test import override_settings

from tests.factories import make_contact

pytestmark = pytest.mark.django_db

KOREAN = {"headers": {"accept-language": "ko"}}
ENGLISH_TEXT = "We clip what the press reports."
KOREAN_TEXT = "언론이 보도한 것을 모읍니다."


def write(url: str, title: str, text: str, *, is_for_members: bool = False) -> FlatPage:
    page = FlatPage.objects.create(url=url, title=title, content=text, registration_required=is_for_members)
    page.sites.set([1])
    return page


def shown(client, url: str, **asked) -> str:
    response = client.get(url, **asked)
    assert response.status_code == 200, url
    return response.content.decode()


def main(html: str) -> str:
    return html.partition("<main")[2].partition("</main>")[0]


def named(html: str) -> list[tuple[str, str]]:
    """Return the addresses and titles of pages that the head of the site leads to."""
    nav = html.partition('<nav class="masthead-nav"')[2].partition("</nav>")[0]
    return re.findall(r'<li><a href="([^"]*)"><bdi[^>]*>([^<]*)</bdi>', nav)


@pytest.fixture
def _about():
    write("/about/", "About", ENGLISH_TEXT)
    write("/about/ko/", "소개", KOREAN_TEXT)


@pytest.fixture
def _help():
    write("/get-help/", "Where to turn", ENGLISH_TEXT)
    write("/get-help/ko/", "도움을 청할 곳", KOREAN_TEXT)


class TestAnyPage:
    @pytest.mark.usefixtures("_about")
    def test_each_version_leads_to_the_other_in_that_ones_own_name(self, client):
        english, korean = shown(client, "/about/"), shown(client, "/about/ko/")
        assert '<a href="/about/ko/" rel="alternate" hreflang="ko" lang="ko">한국어</a>' in english
        assert '<a href="/about/" rel="alternate" hreflang="en" lang="en">English</a>' in korean
        assert main(english).index("한국어") < main(english).index(ENGLISH_TEXT)
        assert 'hreflang="en"' not in english

    @pytest.mark.usefixtures("_about")
    def test_what_is_not_in_the_language_of_its_reader_is_marked(self, client):
        english, korean = shown(client, "/about/", **KOREAN), shown(client, "/about/ko/")
        assert '<h1 class="post-title" dir="auto" lang="en">About</h1>' in english
        assert '<div class="post-body" dir="auto" lang="en">' in english
        assert '<h1 class="post-title" dir="auto" lang="ko">소개</h1>' in korean
        assert '<div class="post-body" dir="auto" lang="ko">' in korean
        assert '<h1 class="post-title" dir="auto">소개</h1>' in shown(client, "/about/ko/", **KOREAN)
        assert '<div class="post-body" dir="auto">' in shown(client, "/about/ko/", **KOREAN)

    def test_one_without_another_version_names_none_and_says_its_language(self, client):
        write("/about/", "About", ENGLISH_TEXT)
        assert "hreflang" not in main(shown(client, "/about/"))
        assert '<div class="post-body" dir="auto" lang="en">' in shown(client, "/about/", **KOREAN)

    def test_a_page_in_other_letters_than_those_of_the_site_is_in_their_language(self, client):
        write("/about/", "소개", KOREAN_TEXT)
        write("/about/en/", "About", ENGLISH_TEXT)
        assert '<div class="post-body" dir="auto" lang="ko">' in shown(client, "/about/")
        assert '<a href="/about/en/" rel="alternate" hreflang="en" lang="en">English</a>' in shown(client, "/about/")
        assert '<a href="/about/" rel="alternate" hreflang="ko" lang="ko">한국어</a>' in shown(client, "/about/en/")

    @pytest.mark.usefixtures("_about")
    def test_the_head_of_the_site_names_a_page_once_in_the_language_of_its_reader(self, client):
        write("/team/", "Team", "Us.")
        assert named(shown(client, "/")) == [("/about/", "About"), ("/team/", "Team")]
        assert named(shown(client, "/", **KOREAN)) == [("/about/ko/", "소개"), ("/team/", "Team")]
        assert '<bdi lang="en">Team</bdi>' in shown(client, "/", **KOREAN)

    @pytest.mark.parametrize("url", ["/team/ko/", "/team/xx/", "/team/kor/", "/ko/", "/team/KO/"])
    def test_what_is_no_version_of_a_page_is_one_of_its_own(self, client, url):
        write(url, "Team", "Us.")
        if url != "/team/ko/":
            write("/team/", "The team", "Us.")
        assert (url, "Team") in named(shown(client, "/"))
        assert "hreflang" not in main(shown(client, url))

    def test_versions_without_a_page_above_them_are_one_page_too(self, client):
        write("/about/en/", "About", ENGLISH_TEXT)
        write("/about/ko/", "소개", KOREAN_TEXT)
        assert named(shown(client, "/")) == [("/about/en/", "About")]
        assert named(shown(client, "/", **KOREAN)) == [("/about/ko/", "소개")]

    def test_a_version_for_members_alone_is_named_to_nobody(self, client):
        write("/about/", "About", ENGLISH_TEXT)
        write("/about/ko/", "소개", KOREAN_TEXT, is_for_members=True)
        assert named(shown(client, "/", **KOREAN)) == [("/about/", "About")]
        assert "hreflang" not in main(shown(client, "/about/", **KOREAN))

    def test_one_of_another_site_is_not_a_version(self, client):
        write("/about/", "About", ENGLISH_TEXT)
        FlatPage.objects.create(url="/about/ko/", title="소개", content=KOREAN_TEXT)
        assert "hreflang" not in main(shown(client, "/about/"))

    @override_settings(LANGUAGE_CODE="ko")
    def test_on_a_korean_site_the_page_without_a_code_is_korean(self, client):
        write("/about/", "소개", KOREAN_TEXT)
        write("/about/en/", "About", ENGLISH_TEXT)
        assert named(shown(client, "/", headers={"accept-language": "en"})) == [("/about/en/", "About")]
        assert 'hreflang="ko" lang="ko">한국어</a>' in shown(client, "/about/en/")

    def test_a_title_is_no_html(self, client):
        write("/about/", "<i>A</i> & B", "Ours.")
        html = shown(client, "/about/")
        assert "<i>" not in html
        assert ">&lt;i&gt;A&lt;/i&gt; &amp; B</h1>" in html

    @pytest.mark.usefixtures("_about", "_help")
    def test_the_sitemap_names_each_version(self, client):
        sitemap = shown(client, "/sitemap-pages.xml")
        for url in ("/about/", "/about/ko/", "/get-help/", "/get-help/ko/"):
            assert sitemap.count(f"{url}</loc>") == 1, url

    def test_the_sitemap_names_no_page_that_readers_do_not_see(self, client):
        write("/inside/", "Inside", ENGLISH_TEXT, is_for_members=True)
        FlatPage.objects.create(url="/elsewhere/", title="Of another site", content=ENGLISH_TEXT)
        sitemap = shown(client, "/sitemap-pages.xml")
        assert "/inside/" not in sitemap
        assert "/elsewhere/" not in sitemap

    def test_versions_cost_no_query_each(self, client, django_assert_num_queries):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        write("/about/", "About", ENGLISH_TEXT)
        shown(client, "/about/")
        with CaptureQueriesContext(connection) as alone:
            shown(client, "/about/")
        write("/about/ko/", "소개", KOREAN_TEXT)
        with django_assert_num_queries(len(alone)):
            shown(client, "/about/")


class TestTheDesk:
    @pytest.mark.parametrize("url", ["/about/ko/", "/get-help/ko/"])
    def test_a_version_is_written_like_any_page(self, editor_client, url):
        words = {"url": url, "title": "소개", "content": KOREAN_TEXT}
        assert editor_client.post("/admin/flatpages/flatpage/add/", words).status_code == 302
        assert KOREAN_TEXT in shown(editor_client, url)

    def test_the_form_says_at_which_address(self, editor_client):
        html = shown(editor_client, "/admin/flatpages/flatpage/add/")
        assert "“/about/ko/” is “/about/” in Korean" in html

    @override_settings(LANGUAGE_CODE="ko")
    def test_and_on_a_korean_site_for_english(self, editor_client):
        assert "“/about/en/” is “/about/” in English" in shown(editor_client, "/admin/flatpages/flatpage/add/")


class TestThePageOfThoseWhoHelp:
    @pytest.mark.usefixtures("_help")
    @pytest.mark.parametrize("query", ["", "?country=KR", "?language=ko"])
    def test_its_text_is_in_the_language_of_its_reader(self, client, query):
        make_contact(country="KR", languages="ko")
        korean, english = shown(client, f"/get-help/{query}", **KOREAN), shown(client, f"/get-help/{query}")
        assert '<h1 class="post-title" dir="auto">도움을 청할 곳</h1>' in korean
        assert KOREAN_TEXT in korean
        assert ENGLISH_TEXT not in korean
        assert '<h1 class="post-title" dir="auto">Where to turn</h1>' in english
        assert KOREAN_TEXT not in english

    def test_a_text_that_is_only_in_another_language_says_so_and_is_marked(self, client):
        write("/get-help/", "Where to turn", ENGLISH_TEXT)
        korean = main(shown(client, "/get-help/", **KOREAN))
        assert 'lang="en">Where to turn</h2>' in korean
        assert '<div class="post-body" dir="auto" lang="en">' in korean
        assert "영어" in korean[: korean.index(ENGLISH_TEXT)]
        assert "only in" not in shown(client, "/get-help/")

    def test_a_korean_text_alone_says_so_to_others(self, client):
        write("/get-help/ko/", "도움을 청할 곳", KOREAN_TEXT)
        html = shown(client, "/get-help/")
        assert "This text is only in Korean." in html
        assert '<div class="post-body" dir="auto" lang="ko">' in html
        assert ">Get help</h1>" in html
        assert ">Get help" in shown(client, "/").partition("<main")[0]
        assert named(shown(client, "/")) == []

    def test_without_any_text_nothing_is_said_of_languages(self, client):
        html = shown(client, "/get-help/", **KOREAN)
        assert "page-versions" not in html
        assert "You need no papers to ask for help" in shown(client, "/get-help/")

    @pytest.mark.usefixtures("_help")
    def test_each_text_has_its_address_with_the_contacts_beside_it(self, client):
        make_contact("Seoul", country="KR", languages="ko")
        html = shown(client, "/get-help/ko/?country=KR&language=ko")
        assert KOREAN_TEXT in html
        assert "Seoul</h4>" in html
        assert '<a href="/get-help/en/?country=KR&amp;language=ko" rel="alternate" hreflang="en"' in html
        assert '/get-help/ko/">' in html.partition("</head>")[0]
        assert ENGLISH_TEXT in shown(client, "/get-help/en/", **KOREAN)
        assert '/get-help/">' in shown(client, "/get-help/en/").partition("</head>")[0]

    @pytest.mark.usefixtures("_help")
    def test_who_chose_its_language_keeps_it_with_another_country(self, client):
        make_contact("Seoul", country="KR", languages="ko en")
        html = main(shown(client, "/get-help/ko/?country=KR"))
        for words in (
            'action="/get-help/ko/#contacts"', 'href="/get-help/ko/?country=KR#contacts"',
            'href="/get-help/ko/?country=KR&amp;language=en#contacts"', 'href="/get-help/ko/#contacts"',
        ):  # fmt: skip
            assert words in html, words
        assert 'action="/get-help/#contacts"' in shown(client, "/get-help/?country=KR")

    @pytest.mark.parametrize("code", ["ko", "xx", "en", "0", "KO", "ko-kr"])
    def test_a_language_without_a_text_is_no_page(self, client, code):
        write("/get-help/", "도움", KOREAN_TEXT) if code == "en" else None
        assert client.get(f"/get-help/{code}/").status_code == 404

    @pytest.mark.usefixtures("_help")
    def test_the_head_of_the_site_names_it_in_no_language(self, client):
        for asked in ({}, KOREAN):
            assert named(shown(client, "/", **asked)) == []

    def test_one_for_members_alone_is_no_text_of_it(self, client):
        write("/get-help/ko/", "도움", KOREAN_TEXT, is_for_members=True)
        assert KOREAN_TEXT not in shown(client, "/get-help/", **KOREAN)
        assert client.get("/get-help/ko/").status_code == 302
