"""The desk: redirects, and the addresses that lead nowhere."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.redirects.models import Redirect

from posts.wordpress.models import Kind, Miss
from tests.factories import make_post
from tests.posts.wordpress.test_addresses import make_imported

pytestmark = pytest.mark.django_db

ADD, MISSES = "/admin/redirects/redirect/add/", "/admin/wordpress/miss/"


def save(client, old: str, new: str = "", at: str = ADD):
    return client.post(at, {"old_path": old, "new_path": new})


def errors(response) -> str:
    assert response.status_code == 200
    return " ".join(str(error) for errors in response.context_data["errors"] for error in errors)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("/old-page/", "/old-page/"), ("/Old-Page", "/old-page/"), ("//x".replace("//", "/"), "/x/"),
        ("https://watch.example/old-page", "/old-page/"), ("http://watch.example/old-page/", "/old-page/"),
        (" /old%2Dpage/ ", "/old-page/"), ("/%ed%83%88%eb%b6%81/", "/탈북/"), ("/old.html", "/old.html"),
        ("/?p=99", "/?p=99"), ("/?p=99&x=y", "/?p=99"), ("/a//b/?utm=1", "/a/b/"),
    ],
)  # fmt: skip
def test_an_old_address_is_kept_as_it_will_be_looked_up(editor_client, typed, kept):
    post = make_post("Here")
    response = save(editor_client, typed, post.get_absolute_url())
    assert response.status_code == 302
    row = Redirect.objects.get()
    assert (row.old_path, row.new_path, row.site_id) == (kept, "/2013/03/31/here/", 1)
    editor_client.logout()
    assert editor_client.get(kept)["Location"] == "/2013/03/31/here/"


@pytest.mark.parametrize(
    ("old", "words"),
    [
        ("old-page", "begins with one slash"), ("//evil.example/", "begins with one slash"),
        ("https://other.example/x", "begins with one slash"), ("/", "first page"), ("/?x=y", "first page"),
        ("/2013/03/31/here/", "A page answers"), ("/2013/3/31/here", "leads to /2013/03/31/here/ already"),
        ("/?p=12", "leads to /2013/03/31/here/ already"), ("/2013/03/31/gone/", "that what stood there is gone"),
        ("/" + "x" * 300 + "/", "longer"), ("/admin/", "Nothing is ever led on"), ("/taken/", "Another redirect"),
        ("", "required"), ("/static/a.css", "Nothing is ever led on"), ("/media/boat.jpg", "Nothing is ever led on"),
        ("/admin/old-page/", "Nothing is ever led on"),
    ],
)  # fmt: skip
def test_an_old_address_that_cannot_lead_anywhere_is_refused_at_its_field(editor_client, old, words):
    make_imported(Kind.POST, make_post("Here"), number=12)
    make_post("Gone").withdraw()
    Redirect.objects.create(site_id=1, old_path="/taken/", new_path="/")
    response = save(editor_client, old, "/archive/")
    assert words in errors(response)
    assert old in response.content.decode()
    assert Redirect.objects.count() == 1


@pytest.mark.parametrize(
    ("new", "words"),
    [
        ("/nothing/", "No page answers"), ("nothing", "begins with one slash"), ("//evil.example/", "one slash"),
        ("http://other.example/", "begins with https://"), ("javascript:alert(1)", "begins with https://"),
        ("https://", "no address"), ("https://[::1/", "no address"), ("https://a b.example/", "no address"),
        ("/2013/03/31/gone/", "410"), ("/old-page/", "No page answers"), ("https://x.example/" + "y" * 200, "longer"),
    ],
)  # fmt: skip
def test_what_it_leads_to_must_be_there(editor_client, new, words):
    make_post("Gone").withdraw()
    assert words in errors(save(editor_client, "/old-page/", new))
    assert not Redirect.objects.exists()


@pytest.mark.parametrize(
    ("new", "kept"),
    [
        ("/2013/03/31/here", "/2013/03/31/here/"), ("/2013/3/31/HERE/amp/", "/2013/03/31/here/"),
        ("/?p=12", "/2013/03/31/here/"), ("https://watch.example/archive/", "/archive/"), ("/b/", "/2013/03/31/here/"),
        ("https://other.example/a?b=c#d", "https://other.example/a?b=c#d"),
        ("/2013/03/31/here/#comments", "/2013/03/31/here/#comments"),
        ("", ""),
    ],
)  # fmt: skip
def test_it_leads_to_the_end_at_once(editor_client, new, kept):
    make_imported(Kind.POST, make_post("Here"), number=12)
    Redirect.objects.create(site_id=1, old_path="/b/", new_path="/2013/03/31/here/")
    assert save(editor_client, "/a/", new).status_code == 302
    assert Redirect.objects.get(old_path="/a/").new_path == kept


def test_what_led_to_an_old_address_follows_it(editor_client):
    make_post("Here")
    Redirect.objects.create(site_id=1, old_path="/a/", new_path="/b/")
    save(editor_client, "/b/", "/2013/03/31/here/")
    assert Redirect.objects.get(old_path="/a/").new_path == "/2013/03/31/here/"


def test_two_redirects_do_not_make_a_circle(editor_client):
    Redirect.objects.create(site_id=1, old_path="/a/", new_path="/b/")
    assert errors(save(editor_client, "/b/", "/a/"))
    assert Redirect.objects.count() == 1


def test_one_is_changed_and_may_stay_as_it_is(editor_client):
    make_post("Here")
    row = Redirect.objects.create(site_id=1, old_path="/a/", new_path="/archive/")
    at = f"/admin/redirects/redirect/{row.pk}/change/"
    assert save(editor_client, "/a/", "/archive/", at).status_code == 302
    assert save(editor_client, "/a/", "/2013/03/31/here/", at).status_code == 302
    row.refresh_from_db()
    assert row.new_path == "/2013/03/31/here/"
    assert LogEntry.objects.exists()


def test_the_list_of_missing_addresses_offers_to_make_a_redirect_of_each(editor_client):
    make_post("Here")
    Miss.objects.create(path="/lost&found/", count=7)
    Miss.objects.create(path="/?p=77", count=9)
    page = editor_client.get(MISSES).content.decode()
    assert page.index("/?p=77") < page.index("/lost&amp;found/")
    assert f'href="{ADD}?old_path=%2Flost%26found%2F"' in page
    form = editor_client.get(f"{ADD}?old_path=%2F%3Fp%3D77").content.decode()
    assert 'value="/?p=77"' in form
    save(editor_client, "/?p=77", "/2013/03/31/here/")
    assert [miss.path for miss in Miss.objects.all()] == ["/lost&found/"]


def test_what_is_ignored_is_listed_apart_and_comes_back(editor_client):
    miss = Miss.objects.create(path="/lost/")
    editor_client.post(MISSES, {"action": "ignore", "_selected_action": [miss.pk]})
    assert "/lost/" not in editor_client.get(MISSES).content.decode()
    assert "/lost/" in editor_client.get(f"{MISSES}?which=ignored").content.decode()
    editor_client.post(f"{MISSES}?which=ignored", {"action": "heed", "_selected_action": [miss.pk]})
    assert "/lost/" in editor_client.get(MISSES).content.decode()


def test_the_lists_take_the_same_queries_for_one_row_and_for_many(editor_client, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries() -> list[int]:
        numbers = []
        for address in (MISSES, "/admin/redirects/redirect/"):
            with CaptureQueriesContext(connection) as seen:
                editor_client.get(address)
            numbers.append(len(seen))
        return numbers

    def make(number: int) -> None:
        Miss.objects.create(path=f"/lost-{number}/")
        Redirect.objects.create(site_id=1, old_path=f"/old-{number}/", new_path="/")

    make(0)
    queries()
    few = queries()
    for number in range(1, 6):
        make(number)
    assert queries() == few
