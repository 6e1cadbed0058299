"""A content notice: readers see it first, and the text when they ask for it."""

import json
import re
from xml.etree import ElementTree as ET

import pytest
from django.utils import timezone

from posts.subscriptions.announcing import announce
from posts.subscriptions.digesting import send_digests
from tests.factories import make_post, make_subscriber

pytestmark = pytest.mark.django_db

CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
ATOM = "{http://www.w3.org/2005/Atom}"
NOTICE = "Describes <violence> & worse"
WRITTEN = "Describes &lt;violence&gt; &amp; worse"
OPENS = "Show the text Hide the text"
FOLDED = re.compile(r"<details class=\"post-notice\"><summary[^>]*>(.*?)</summary>(.*?)</details>", re.DOTALL)


def make_noticed(**fields):
    return make_post("The cellar", body="Okapi words.\n\n<!--more-->\n\nQuokka words.", notice=NOTICE, **fields)


def folded(html: str) -> tuple[str, str, str]:
    """Return the words of the notice, what is folded under it, and all the rest."""
    found = FOLDED.search(html)
    return re.sub("<[^>]*>", "", found[1]), found[2], FOLDED.sub("", html)


class TestOnTheSite:
    def test_the_page_shows_it_first_and_the_text_when_asked(self, client):
        page = client.get(make_noticed().get_absolute_url()).content.decode()
        words, text, rest = folded(page)
        assert words == f"Content notice: {WRITTEN} {OPENS}"
        assert "Okapi" in text
        assert "Quokka" in text
        assert "Okapi" not in rest
        assert "Quokka" not in rest

    @pytest.mark.parametrize("address", ["/", "/tag/boats/", "/2013/03/31/"])
    def test_a_listing_too_with_what_it_shows_of_the_text(self, client, address):
        post = make_noticed(tags=["boats"])
        words, text, rest = folded(client.get(address).content.decode())
        assert words == f"Content notice: {WRITTEN} {OPENS}"
        assert "Okapi" in text
        assert "Quokka" not in text + rest
        assert "Okapi" not in rest
        assert f'<a href="{post.get_absolute_url()}">Read on' in rest

    def test_without_a_text_there_is_nothing_to_fold(self, client):
        page = client.get(make_post("The cellar", body="", notice="Names victims").get_absolute_url()).content.decode()
        assert '<details class="post-notice"' not in page
        assert "Names victims" in page

    def test_search_engines_are_told_the_notice_and_not_a_word_of_the_text(self, client):
        page = client.get(make_noticed().get_absolute_url()).content.decode()
        assert f'<meta name="description" content="Content notice: {WRITTEN}.">' in page
        assert "data-nosnippet" in folded(page)[1]
        data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[1])
        assert data["description"] == f"Content notice: {NOTICE}."

    def test_an_excerpt_that_was_written_for_them_follows_it(self, client):
        page = client.get(make_noticed(excerpt="A trial.").get_absolute_url()).content.decode()
        assert f'content="Content notice: {WRITTEN}. A trial."' in page

    def test_the_posts_before_and_after_say_nothing_of_it(self, client):
        make_noticed()
        other = make_post("Other", at="2013-04-01 10:00")
        page = client.get(other.get_absolute_url()).content.decode()
        assert "The cellar" in page
        assert "Okapi" not in page

    def test_a_notice_that_is_taken_away_unfolds_the_text(self, client):
        post = make_noticed()
        post.notice = ""
        post.save()
        page = client.get(post.get_absolute_url()).content.decode()
        assert '<details class="post-notice"' not in page
        assert "Okapi" in page


class TestElsewhere:
    def test_each_feed_folds_the_text_and_sums_up_the_notice(self, client):
        make_noticed()
        item = ET.fromstring(client.get("/feed/").content).find("channel/item")
        entry = ET.fromstring(client.get("/feed/atom/").content).find(f"{ATOM}entry")
        [read] = client.get("/feed/json/").json()["items"]
        summaries = [item.findtext("description"), entry.findtext(f"{ATOM}summary"), read["summary"]]
        assert summaries == [f"Content notice: {NOTICE}."] * 3
        contents = [item.findtext(f"{CONTENT}encoded"), entry.findtext(f"{ATOM}content"), read["content_html"]]
        for content in contents:
            words, text, rest = folded(content)
            assert words == f"Content notice: {WRITTEN}"
            assert "Quokka" in text
            assert "Quokka" not in rest

    def test_a_control_character_in_it_breaks_no_feed(self, client):
        make_post(notice="Bell\x07s and \x0bothers")
        for address in ("/feed/", "/feed/atom/"):
            assert ET.fromstring(client.get(address).content) is not None

    def test_a_letter_names_it_and_leads_to_the_page(self, delivered):
        make_subscriber()
        post = make_noticed(at=timezone.now())
        list(announce())
        [letter] = delivered()
        html = letter.alternatives[0][0]
        url = f"https://watch.example{post.get_absolute_url()}"
        assert f"Content notice: {NOTICE}" in letter.body
        assert f"Content notice: {WRITTEN}" in html
        for text in (letter.body, html):
            assert url in text
            assert "Okapi" not in text

    def test_a_digest_has_the_notice_for_a_summary(self, delivered):
        make_subscriber("", "/=daily", since=timezone.now() - timezone.timedelta(days=3))
        make_noticed(at=timezone.now() - timezone.timedelta(hours=30))
        list(announce(timezone.now() - timezone.timedelta(hours=29)))
        list(send_digests())
        [letter] = delivered()
        for text in (letter.body, letter.alternatives[0][0]):
            assert "Content notice: Describes" in text
            assert "Okapi" not in text
