"""oEmbed: what another site gets for the address of a post."""

import re
from html import unescape
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest

from posts.life import Reason
from tests.factories import make_post, make_source

pytestmark = pytest.mark.django_db

SITE = "https://watch.example"


def ask(client, url: str, **more: str):
    return client.get("/oembed/", {"url": url, **more})


def test_a_post_is_described(client):
    post = make_post("A <b> & “c”", body="Okapi <script>x</script> words.", source=make_source("NK News"))
    response = ask(client, SITE + post.get_absolute_url(), format="json")
    fields = response.json()
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert not response.cookies
    assert (fields["type"], fields["version"], fields["title"]) == ("rich", "1.0", "A <b> & “c”")
    assert (fields["author_name"], fields["author_url"]) == ("NK News", f"{SITE}/source/nk-news/")
    assert (fields["provider_name"], fields["provider_url"]) == ("Human Traffic Watch", f"{SITE}/")
    assert fields["cache_age"] > 0
    assert fields["html"].startswith("<blockquote")
    assert f'<a href="{SITE}{post.get_absolute_url()}">A &lt;b&gt; &amp; “c”</a>' in fields["html"]
    assert "<script" not in fields["html"]
    assert client.get(fields["thumbnail_url"].removeprefix(SITE)).status_code == 200
    assert (fields["thumbnail_width"], fields["thumbnail_height"]) == (1200, 630)


def test_under_a_notice_no_word_of_the_text_is_quoted(client):
    post = make_post(body="Okapi words.", notice="Describes violence")
    html = ask(client, SITE + post.get_absolute_url()).json()["html"]
    assert "Okapi" not in html
    assert "Describes violence" in html


def test_it_says_the_same_in_xml(client):
    post = make_post("A & b\x0b <c>", slug="a")
    answers = [ask(client, f"{SITE}{post.get_absolute_url()}", format=name) for name in ("json", "xml")]
    root = ET.fromstring(answers[1].content)
    assert answers[1].headers["Content-Type"] == "text/xml; charset=utf-8"
    assert root.tag == "oembed"
    assert {each.tag: each.text for each in root} == {name: str(value) for name, value in answers[0].json().items()}


def test_a_post_is_known_by_every_way_to_write_its_address(client):
    post = make_post("북한", slug="북한")
    path = post.get_absolute_url()
    for url in (
        f"{SITE}{path}", f"http://watch.example{path}", f"{SITE}{path[:-1]}", f"{SITE}{path}?utm_source=x#comments",
        "https://WATCH.example/2013/03/31/북한/", f"https://watch.example:443{path}",
    ):  # fmt: skip
        assert ask(client, url).status_code == 200, url


def test_a_former_address_is_answered_with_the_present_one(client):
    post = make_post(slug="old-name")
    post.slug = "new-name"
    post.save()
    assert "/new-name/" in ask(client, f"{SITE}/2013/03/31/old-name/").json()["html"]


def test_what_is_not_public_and_what_is_not_ours_are_unknown_alike(client, editor_client):
    withdrawn, held = make_post(), make_post(review_on="2030-01-01")
    withdrawn.withdraw(Reason.PROTECTION)
    public, scheduled, draft = make_post(), make_post(at="2199-01-01 10:00"), make_post(draft=True)
    unknown = [
        *(SITE + post.get_absolute_url() for post in (withdrawn, held, scheduled, draft)),
        f"https://elsewhere.example{public.get_absolute_url()}", f"https://watch.example:8443{public.get_absolute_url()}",
        f"ftp://watch.example{public.get_absolute_url()}", public.get_absolute_url(), SITE, f"{SITE}/",
        f"{SITE}/tag/x/", f"{SITE}/admin/", f"{SITE}/2013/02/31/x/", f"{SITE}/2013/03/31/%00/", "http://[", "https://watch.example:x/",
        "\x00", "x" * 5000, "https://watch.example:99999999/", "https://%/", f"{SITE}/2013/03/31/%FF/",
    ]  # fmt: skip
    answers = {(a.status_code, a.content) for url in unknown for a in (ask(client, url), ask(editor_client, url))}
    assert [status for status, _ in answers] == [404]


def test_a_problem_is_told_as_json(client):
    post = make_post()
    url = SITE + post.get_absolute_url()
    for query, status in (
        ({}, 400), ({"url": ""}, 400), ({"url": url, "format": "yaml"}, 501), ({"url": f"{SITE}/nothing/"}, 404),
        ({"url": url, "maxwidth": "wide"}, 400), ({"url": url, "maxheight": "-5"}, 400),
        ({"url": url, "maxwidth": "9" * 5000}, 400),
    ):  # fmt: skip
        response = client.get("/oembed/", query)
        problem = response.json()
        assert (response.status_code, problem["status"]) == (status, status), query
        assert response.headers["Content-Type"] == "application/problem+json"
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert problem["title"]
        assert problem["detail"]


def test_nothing_is_larger_than_was_asked_for(client):
    url = SITE + make_post().get_absolute_url()
    small = ask(client, url, maxwidth="300", maxheight="100").json()
    assert (small["width"], small["height"]) == (300, 100)
    assert not [name for name in small if name.startswith("thumbnail")]
    large = ask(client, url, maxwidth="1200", maxheight="630").json()
    assert large["thumbnail_width"] == 1200


def test_the_page_of_a_post_leads_there(client):
    post = make_post("A & “b”", slug="북한")
    page = client.get(post.get_absolute_url()).content.decode()
    for kind in ("json", "xml"):
        [address] = re.findall(rf'<link rel="alternate" type="[a-z]+/{kind}\+oembed" href="([^"]*)"', page)
        path = unescape(address).removeprefix(SITE)
        assert path == f"/oembed/?url={quote(SITE + post.get_absolute_url(), safe='')}&format={kind}"
        assert client.get(path).status_code == 200


def test_wordpress_s_old_address_answers_the_same(client):
    url = SITE + make_post().get_absolute_url()
    old = client.get("/wp-json/oembed/1.0/embed", {"url": url})
    assert old.json() == ask(client, url).json()


def test_other_pages_are_not_opened_to_scripts_of_others(client):
    post = make_post()
    for address in ("/", post.get_absolute_url(), f"{post.get_absolute_url()}card.png", "/feeds.opml"):
        assert "Access-Control-Allow-Origin" not in client.get(address).headers, address


def test_it_is_not_written_to(client):
    assert client.post("/oembed/").status_code == 405
