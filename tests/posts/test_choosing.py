"""What readers choose about how pages are shown, what it leaves behind, and the page that says what it cannot hide."""

import re

import pytest
from django.contrib.flatpages.models import FlatPage
from django.test import Client
from django.urls import path

from htwatch.urls import handler400, handler500, urlpatterns  # noqa: F401
from posts.life import Reason
from posts.preferences import EXITS
from posts.views import home
from tests.factories import make_post

pytestmark = pytest.mark.django_db

PAGES = ["/", "/tag/", "/archive/", "/search/", "/subscribe/", "/about/", "/reading/", "/safety/", "/nothing/here/"]
DEFAULT_EXIT = "https://www.bbc.com/weather"


def broken(request):
    raise RuntimeError


urlpatterns = [path("broken/", broken), path("", home), *urlpatterns]


@pytest.fixture(autouse=True)
def about(db):
    page = FlatPage.objects.create(url="/about/", title="About", content="We clip.")
    page.sites.set([1])


def choose(client, **choices):
    return client.post("/reading/", choices)


def kept(response) -> dict[str, str]:
    return {name: cookie.value for name, cookie in response.cookies.items()}


def page_of(response) -> str:
    return response.content.decode()


class TestQuickExit:
    @pytest.mark.parametrize("address", PAGES)
    def test_every_page_has_it_and_help_at_the_same_place(self, client, address):
        page = page_of(client.get(address))
        bar = page[page.index("<body>") : page.index('<header class="masthead">')]
        assert bar.index("Skip to the text") < bar.index("Leave this site now") < bar.index('href="/get-help/"')
        links = re.findall(r'<a class="(?:skip|exit)" href="([^"]*)" rel="([^"]*)" data-exit>', bar)
        assert links == [(DEFAULT_EXIT, "noreferrer noopener nofollow")] * 2
        assert "target=" not in bar.replace("data-target=", "")

    def test_pages_of_failures_have_it_too_and_obey_the_choices(self, client, settings):
        settings.ROOT_URLCONF = __name__
        client.raise_request_exception = False
        client.cookies["exit"] = "encyclopedia"
        client.cookies["discreet"] = "on"
        settings.ALLOWED_HOSTS = ["testserver"]
        refused = client.get("/", headers={"host": "elsewhere.example"})
        failed = client.get("/broken/")
        gone = make_post("Gone", at="2013-03-31 15:17")
        gone.withdraw(Reason.PROTECTION)
        for response, status in ((refused, 400), (failed, 500), (client.get("/2013/03/31/gone/"), 410)):
            page = page_of(response)
            assert response.status_code == status
            assert 'class="exit" href="https://www.wikipedia.org/"' in page
            assert "<title>Notes</title>" in page
            assert "no-store" in response["Cache-Control"]

    def test_a_form_that_expired_has_it_too(self):
        client = Client(enforce_csrf_checks=True)
        response = client.post("/admin/login/", {"username": "x"})
        assert response.status_code == 403
        assert 'class="exit"' in page_of(response)

    def test_the_desk_has_none(self, editor_client):
        for address in ("/admin/", "/admin/posts/post/"):
            response = editor_client.get(address)
            assert "data-exit" not in page_of(response)

    def test_nothing_is_asked_of_the_other_site_before(self, client):
        page = page_of(client.get("/"))
        assert not re.search(r'rel="[^"]*(?:preconnect|prefetch|preload|dns-prefetch)', page)
        assert page.count(DEFAULT_EXIT) == 3  # two links and the script's own

    def test_there_are_several_and_all_are_plain_and_safe(self):
        assert len(EXITS) >= 3
        for _name, url in EXITS.values():
            assert re.fullmatch(r"https://[a-z.]+/[a-z]*", url)


class TestChoosing:
    def test_each_choice_is_a_cookie_that_no_script_reads(self, client):
        response = choose(client, language="ko", theme="dark", discreet="on", exit="search")
        assert response.status_code == 303
        assert kept(response) == {"language": "ko", "theme": "dark", "discreet": "on", "exit": "search"}
        for name, cookie in response.cookies.items():
            assert cookie["httponly"]
            assert cookie["samesite"] == "Lax"
            assert cookie["path"] == "/"
            assert not cookie["secure"]
            assert cookie["max-age"] == ("" if name == "discreet" else 365 * 24 * 60 * 60)

    def test_under_https_they_are_sent_under_https_alone(self, client):
        response = client.post("/reading/", {"theme": "dark"}, secure=True)
        assert response.cookies["theme"]["secure"]

    def test_what_stands_anyway_leaves_none_and_takes_an_old_one_away(self, client):
        defaults = {"language": "en", "theme": "system", "discreet": "off", "exit": "weather"}
        assert kept(choose(client, **defaults)) == {}
        choose(client, language="ko", theme="dark", discreet="on", exit="search")
        response = choose(client, **defaults)
        assert kept(response) == dict.fromkeys(defaults, "")
        assert all(cookie["max-age"] == 0 for cookie in response.cookies.values())

    def test_the_language_that_stands_anyway_is_the_one_the_browser_asks_for(self):
        client = Client(headers={"accept-language": "ko-KR,ko;q=0.9"})
        assert kept(choose(client, language="ko")) == {}
        assert kept(choose(client, language="en")) == {"language": "en"}
        assert '<html lang="en"' in page_of(client.get("/"))
        assert kept(choose(client, language="ko")) == {"language": ""}
        assert '<html lang="ko"' in page_of(client.get("/"))

    def test_what_is_not_sent_stays(self, client):
        choose(client, theme="dark")
        assert kept(choose(client, language="ko")) == {"language": "ko"}
        assert client.cookies["theme"].value == "dark"

    def test_forgetting_takes_all_away(self, client):
        choose(client, language="ko", theme="dark", discreet="on", exit="search")
        response = choose(client, forget="1", next="/archive/")
        assert response["Location"] == "/archive/#forgotten"
        assert kept(response) == {"language": "", "theme": "", "discreet": "", "exit": ""}

    @pytest.mark.parametrize("choices", [{"theme": "pink"}, {"language": "xx"}, {"exit": "https://evil.example/"},
                                         {"discreet": ""}, {"theme": "dark\x00"}, {"theme": "d" * 9999}])  # fmt: skip
    def test_what_is_none_of_the_choices_changes_nothing(self, client, choices):
        response = choose(client, **{"language": "ko", "theme": "dark", **choices})
        assert response.status_code == 400
        assert "none of the choices" in page_of(response)
        assert not response.cookies

    def test_a_form_of_another_site_is_refused(self, client):
        response = client.post("/reading/", {"theme": "dark"}, headers={"sec-fetch-site": "cross-site"})
        assert response.status_code == 403
        assert not response.cookies

    @pytest.mark.parametrize("method", ["put", "delete", "patch"])
    def test_other_methods_are_refused(self, client, method):
        assert getattr(client, method)("/reading/").status_code == 405
        assert client.post("/safety/").status_code == 405

    @pytest.mark.parametrize("value", ["pink", "", "on,x", "é", "\x00", '"on"x', "x" * 4000])
    def test_a_malformed_cookie_is_none(self, client, value):
        plain = page_of(client.get("/archive/"))
        for name in ("theme", "discreet", "exit", "language"):
            response = client.get("/archive/", headers={"cookie": f"{name}={value}"})
            assert response.status_code == 200
            assert page_of(response) == plain

    def test_the_form_shows_what_is_chosen(self, client):
        choose(client, theme="light", exit="portal", language="ko")
        page = page_of(client.get("/reading/"))
        checked = re.findall(r'name="(\w+)" value="(\w+)" checked', page)
        assert checked == [("language", "ko"), ("theme", "light"), ("discreet", "off"), ("exit", "portal")]
        assert '<label lang="ko">' in page
        assert "한국어" in page

    def test_nothing_is_stored_on_the_server(self, client, django_assert_num_queries):
        with django_assert_num_queries(0):
            choose(client, language="ko", theme="dark", discreet="on", exit="search", next="/tag/")


class TestTheWayBack:
    @pytest.mark.parametrize(
        "address", ["/", "/tag/north-korea/?x=1&y=2", "/2013/03/31/a/", "/tag/%EB%B6%81%ED%95%9C/"]
    )
    def test_it_leads_to_where_the_reader_came_from(self, client, address):
        assert choose(client, theme="dark", next=address)["Location"] == f"{address}#kept"

    @pytest.mark.parametrize(
        "address",
        ["", "https://evil.example/", "//evil.example/", "/\\evil.example/", "\\\\evil.example", "javascript:alert(1)",
         "evil.example", "///evil.example", "/reading/", "/reading/?next=/reading/", "http:///evil.example",
         "/" + "x" * 5000, " /x/", "//"],
    )  # fmt: skip
    def test_it_leads_nowhere_else(self, client, address):
        assert choose(client, theme="dark", next=address)["Location"] == "/reading/#kept"
        page = page_of(client.get("/reading/", {"next": address}))
        assert 'name="next" value="/reading/"' in page
        assert "evil" not in page.split("<footer")[0]

    def test_odd_signs_are_written_as_addresses_are(self, client):
        where = choose(client, theme="dark", next="/a\r\nSet-Cookie: x=1\t/b")["Location"]
        assert "\r" not in where
        assert "\n" not in where
        assert choose(client, theme="dark", next="/a\x00b").status_code == 303

    def test_a_place_on_the_page_gives_way_to_the_word(self, client):
        assert choose(client, theme="dark", next="/tag/#letter-b")["Location"] == "/tag/#kept"

    def test_without_a_word_of_the_form_it_is_the_page_before(self, client):
        def back(referer):
            return client.post("/reading/", {"theme": "dark"}, headers={"referer": referer})["Location"]

        assert back("http://testserver/tag/?a=1#b") == "/tag/?a=1#kept"
        for elsewhere in ("http://evil.example/tag/", "http://testserver//evil.example/", "http://testserver",
                          "/tag/", "http://[", "http://testserver/reading/"):  # fmt: skip
            assert back(elsewhere) == "/reading/#kept"
        page = page_of(client.get("/reading/", headers={"referer": "http://testserver/tag/"}))
        assert 'name="next" value="/tag/"' in page

    def test_pages_say_the_word_and_not_their_own_address(self, client):
        page = page_of(client.get("/tag/?a=okapi"))
        assert "Your choice is kept in this browser." in page
        assert "okapi" not in page
        buttons = re.findall(r'<button type="submit" name="language" value="(\w+)" lang="(\w+)"', page)
        assert buttons == [("en", "en"), ("ko", "ko")]

    def test_a_discreet_browser_does_not_tell_so_the_page_does(self, client):
        client.cookies["discreet"] = "on"
        page = page_of(client.get("/tag/?a=1&b=“2”"))
        assert 'href="/reading/?next=/tag/%3Fa%3D1%26b%3D' in page
        assert page.count('name="next" value="/tag/?a=1&amp;b=') == 2
        assert 'name="next"' not in page_of(client.post("/subscribe/", {"email": "x"}))


class TestColours:
    def dark_of(self, client) -> str:
        found = re.search(
            r'<link rel="stylesheet" href="/static/css/dark.css"[^>]*>', page_of(client.get("/archive/"))
        )
        return found[0] if found else ""

    def scheme_of(self, client) -> str:
        return re.search(r'<meta name="color-scheme" content="([^"]*)">', page_of(client.get("/archive/")))[1]

    def test_they_are_those_of_the_system_unless_chosen(self, client):
        assert self.dark_of(client).endswith('media="(prefers-color-scheme: dark)">')
        assert self.scheme_of(client) == "light dark"
        choose(client, theme="dark")
        assert self.dark_of(client).endswith('dark.css">')
        assert self.scheme_of(client) == "dark"
        choose(client, theme="light")
        assert self.dark_of(client) == ""
        assert self.scheme_of(client) == "light"


class TestDiscreetReading:
    @pytest.fixture
    def discreet(self, client):
        client.cookies["discreet"] = "on"
        return client

    @pytest.mark.parametrize("address", [*PAGES, "/2013/03/31/the-cellar/", "/tag/boats/", "/comments/"])
    def test_the_head_of_a_page_gives_nothing_away(self, discreet, client, address):
        make_post("The cellar", tags=["boats"])
        response = discreet.get(address)
        head = page_of(response).split("</head>")[0]
        assert "<title>Notes</title>" in head
        assert 'href="/static/img/sheet.svg"' in head
        for word in ("icon.svg", "description", "og:", "ld+json", 'rel="alternate"', "Human Traffic"):
            assert word not in head
        assert "no-store" in response["Cache-Control"]
        assert response["Referrer-Policy"] == "no-referrer"
        assert "Discreet reading is on." in page_of(response)
        assert "ETag" not in response

    def test_off_the_page_says_who_it_is(self, client):
        make_post("The cellar")
        response = client.get("/2013/03/31/the-cellar/")
        head = page_of(response).split("</head>")[0]
        assert "<title>The cellar – Human Traffic Watch</title>" in head
        assert "ld+json" in head
        assert "no-store" not in response["Cache-Control"]
        assert response["Referrer-Policy"] == "same-origin"
        assert "Discreet reading is on." not in page_of(response)

    def test_pictures_and_feeds_are_not_kept_either(self, discreet):
        assert "no-store" in discreet.get("/feed/")["Cache-Control"]

    def test_the_desk_works_as_before(self, editor_client):
        editor_client.cookies["discreet"] = "on"
        response = editor_client.get("/admin/posts/post/add/")
        assert response["Referrer-Policy"] == "same-origin"


class TestCaches:
    @pytest.mark.parametrize("address", ["/archive/", "/", "/2013/03/31/the-cellar/"])
    def test_another_choice_is_another_page(self, client, address):
        make_post("The cellar")
        first = client.get(address)
        assert "Cookie" in first["Vary"]
        asked = {"if-none-match": first["ETag"]}
        assert client.get(address, headers=asked).status_code == 304
        for choice in ({"theme": "dark"}, {"exit": "search"}, {"language": "ko"}):
            choose(client, **choice)
            again = client.get(address, headers=asked)
            assert again.status_code == 200
            assert again["ETag"] != first["ETag"]
        choose(client, discreet="on")
        assert client.get(address, headers=asked).status_code == 200

    @pytest.mark.parametrize("address", ["/feed/", "/feed/atom/", "/sitemap.xml", "/robots.txt"])
    def test_what_machines_read_is_the_same_for_all(self, client, address):
        make_post()
        plain = client.get(address)
        assert "Cookie" not in plain.get("Vary", "")
        choose(client, theme="dark", exit="search")
        assert client.get(address).content == plain.content

    def test_the_choices_are_not_for_search_engines(self, client):
        response = client.get("/reading/")
        assert response["X-Robots-Tag"] == "noindex"
        assert "private" in response["Cache-Control"]


class TestSafety:
    def test_it_says_what_cannot_be_hidden(self, client):
        page = page_of(client.get("/safety/"))
        for word in ("history", "router", "provider", "employer", "DNS", "stalkerware", "download", "private window",
                     "E-mail", "Discreet letters", "scripts", "another one", "words you looked for",
                     "names of our files"):  # fmt: skip
            assert word.lower() in page.lower(), word

    def test_pages_lead_to_it(self, client):
        for address in ("/", "/reading/"):
            assert 'href="/safety/"' in page_of(client.get(address))

    def test_what_editors_wrote_there_stands_above_ours(self, client):
        page = FlatPage.objects.create(
            url="/safety/", title="Safety", content="Ask *Ann* in room 7.<script>x</script>"
        )
        page.sites.set([1])
        shown = page_of(client.get("/safety/"))
        assert shown.index("Ask <em>Ann</em> in room 7.") < shown.index("stalkerware")
        assert "<script>" not in shown
        assert shown.count("<h1") == 1

    def test_they_can_write_it_in_each_language(self, client):
        for url, words in (("/safety/", "Ask Ann."), ("/safety/ko/", "안에게 물어보십시오.")):
            FlatPage.objects.create(url=url, title="x", content=words).sites.set([1])
        korean = page_of(client.get("/safety/", headers={"accept-language": "ko"}))
        assert ("안에게 물어보십시오." in korean, "Ask Ann." in korean) == (True, False)
        FlatPage.objects.get(url="/safety/ko/").delete()
        assert "Ask Ann." in page_of(client.get("/safety/", headers={"accept-language": "ko"}))
