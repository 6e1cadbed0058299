"""How a post is cited: as a sentence, as BibTeX, as CSL-JSON."""

import datetime as dt
import json
import re

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from posts.listing import ListedPost, Report
from posts.referencing import bibtex, csl, prose
from posts.referencing.references import one_line, references_of
from tests.factories import make_link, make_post, make_source
from tests.posts.referencing.reading import plain, read

TODAY = dt.date(2026, 11, 25)
NASTY = r'{ } % & # _ ~ ^ \ $ " {{ \} “é” 북한 العربية @article{x, title={y}}'


@pytest.fixture(autouse=True)
def in_english():
    """What one request speaks stays with the thread."""
    with translation.override("en"):
        yield


def listed(title="Escape", **fields) -> ListedPost:
    """Return a post with plain values, and its original."""
    given = {
        "id": 12, "slug": "escape-from-north-korea", "guid": "urn:x", "excerpt": "", "notice": "",
        "published_at": dt.datetime(2013, 3, 31, 15, 17, tzinfo=dt.UTC), "published_on": dt.date(2013, 3, 31),
        "updated_at": dt.datetime(2013, 3, 31, 15, 17, tzinfo=dt.UTC), "is_sticky": False, "corrections_html": "",
        "text_html": "", "is_cut": False, "source_name": "NK News", "source_slug": "nk-news",
        "link_address": None, "link_language": None,
    }  # fmt: skip
    return ListedPost(title=title, **(given | fields))


def original(**fields) -> Report:
    given = {
        "outlet": "NK News", "home_page": "", "address": "https://nknews.example/a", "language": "ko",
        "headline": "Refugees", "byline": "Jane Doe", "published_on": dt.date(2013, 3, 30),
        "retrieved_on": dt.date(2013, 4, 1),
    }  # fmt: skip
    return Report(**(given | fields))


class TestSentence:
    def test_it_names_the_post_and_its_original(self):
        assert prose.cited(listed(original=original()), TODAY) == (
            "Human Traffic Watch. “Escape.” March 31, 2013. Retrieved 25 November 2026. "
            f"{self.address()}. Original: Jane Doe, “Refugees,” NK News, March 30, 2013, https://nknews.example/a."
        )

    def test_what_nobody_knows_is_left_out(self):
        words = prose.cited(listed(original=original(byline="", published_on="")), TODAY)
        assert words.endswith("Original: “Refugees,” NK News, https://nknews.example/a.")
        assert prose.cited(listed(original=Report("NK News", "")), TODAY).endswith("/. Original: NK News.")
        assert prose.cited(listed(source_name=None), TODAY).endswith(f"{self.address()}.")

    def test_a_question_keeps_its_mark(self):
        assert "“Why?” March" in prose.cited(listed("Why?"), TODAY)

    def test_an_untitled_post_is_called_by_its_date(self):
        assert "“March 31, 2013.”" in prose.cited(listed(""), TODAY)

    @staticmethod
    def address() -> str:
        return "https://watch.example/2013/03/31/escape-from-north-korea/"


class TestBibTeX:
    def test_an_entry_for_the_post_and_one_for_the_original(self):
        post, article = read(bibtex.written(references_of(listed(original=original()), TODAY)))
        assert post[:2] == ("online", "humantrafficwatch2013-escape-from-north-korea-12")
        assert post[2] == {
            "author": "{Human Traffic Watch}", "title": "{Escape}", "organization": "{Human Traffic Watch}",
            "year": "2013", "date": "2013-03-31", "url": TestSentence.address(), "urldate": "2026-11-25",
            "language": "en", "note": "Source: NK News",
        }  # fmt: skip
        assert article[:2] == ("article", "nknews2013-escape-from-north-korea-12-original")
        assert article[2] == {
            "author": "{Jane Doe}", "title": "{Refugees}", "journal": "{NK News}", "entrysubtype": "newspaper",
            "year": "2013", "date": "2013-03-30", "url": "https://nknews.example/a", "urldate": "2013-04-01",
            "language": "ko",
        }  # fmt: skip

    def test_any_sign_in_a_title_is_a_sign_in_the_title(self):
        [(_, _, fields)] = read(bibtex.written(references_of(listed(NASTY), TODAY)))
        assert plain(fields["title"]) == NASTY

    def test_no_byline_names_no_author(self):
        _, (_, _, fields) = read(bibtex.written(references_of(listed(original=original(byline="")), TODAY)))
        assert "author" not in fields

    def test_names_joined_by_and_stay_as_they_were_written(self):
        _, (_, _, fields) = read(bibtex.written(references_of(listed(original=original(byline="A and B")), TODAY)))
        assert fields["author"] == "{A and B}"

    @given(st.text(), st.text(), st.text(), st.text())
    def test_whatever_is_written_comes_back(self, title, outlet, headline, byline):
        known = original(outlet=outlet, headline=headline, byline=byline)
        entries = read(bibtex.written(references_of(listed(title, original=known), TODAY)))
        assert len(entries) == 2
        if one_line(title):
            assert plain(entries[0][2]["title"]) == one_line(title)
        if one_line(byline):
            assert plain(entries[1][2]["author"]) == one_line(byline)
        assert plain(entries[1][2]["journal"]) == one_line(outlet)

    @given(st.text(min_size=1))
    def test_whatever_an_address_holds_it_ends_where_it_should(self, address):
        entries = read(
            bibtex.written(references_of(listed(original=original(address=f"https://a.b/{address}")), TODAY))
        )
        assert not set('{}\\" ') & set(entries[1][2]["url"])

    @given(st.text(), st.text(max_size=200))
    def test_keys_are_plain_and_stay(self, outlet, slug):
        post = listed(original=original(outlet=outlet), slug=slug)
        keys = [reference.key for reference in references_of(post, TODAY)]
        assert all(re.fullmatch(r"[a-z][a-z0-9-]*", key) for key in keys)
        assert len(set(keys)) == 2
        assert keys == [reference.key for reference in references_of(post, dt.date(2030, 1, 1))]

    def test_no_two_posts_share_a_key(self):
        keys = {references_of(listed(id=pk, slug=slug), TODAY)[0].key for pk, slug in ((12, "post"), (2, "post-1"))}
        assert len(keys) == 2


class TestCsl:
    def test_an_item_for_the_post_and_one_for_the_original(self):
        assert json.loads(csl.written(references_of(listed(original=original()), TODAY))) == [
            {
                "id": "humantrafficwatch2013-escape-from-north-korea-12",
                "type": "post-weblog",
                "title": "Escape",
                "container-title": "Human Traffic Watch",
                "author": [{"literal": "Human Traffic Watch"}],
                "issued": {"date-parts": [[2013, 3, 31]]},
                "accessed": {"date-parts": [[2026, 11, 25]]},
                "URL": TestSentence.address(),
                "language": "en",
                "note": "Source: NK News",
            },
            {
                "id": "nknews2013-escape-from-north-korea-12-original",
                "type": "article-newspaper",
                "title": "Refugees",
                "container-title": "NK News",
                "author": [{"literal": "Jane Doe"}],
                "issued": {"date-parts": [[2013, 3, 30]]},
                "accessed": {"date-parts": [[2013, 4, 1]]},
                "URL": "https://nknews.example/a",
                "language": "ko",
            },
        ]

    @given(st.text(), st.text())
    def test_it_is_json_whatever_is_written(self, title, headline):
        items = json.loads(csl.written(references_of(listed(title, original=original(headline=headline)), TODAY)))
        assert all(isinstance(item["title"], str) and item["title"] for item in items)


@pytest.mark.django_db
class TestOnThePage:
    def cited(self, client, post) -> str:
        return re.search(
            r'<details class="cite">(.*?)</details>', client.get(post.get_absolute_url()).content.decode(), re.DOTALL
        )[1]

    def test_a_post_says_how_to_cite_it_without_a_script(self, client):
        link = make_link(make_source(), headline="Refugees & <others>", byline="Jane Doe")
        post = make_post("At “sea” <b>", slug="at-sea", source=link.source, link=link)
        words = self.cited(client, post)
        assert "At “sea” &lt;b&gt;" in words
        assert "Refugees &amp; &lt;others&gt;" in words
        assert 'href="/2013/03/31/at-sea/cite.bib"' in words
        assert 'href="/2013/03/31/at-sea/cite.json"' in words
        assert "@online{" in words

    def test_the_head_names_it_for_reference_managers(self, client):
        page = client.get(make_post('A "quoted" title').get_absolute_url()).content.decode()
        assert '<meta name="citation_title" content="A &quot;quoted&quot; title">' in page
        assert '<meta name="citation_publication_date" content="2013/03/31">' in page

    def test_a_preview_is_not_cited(self, editor_client):
        page = editor_client.get(make_post(draft=True).get_absolute_url()).content.decode()
        assert 'class="cite"' not in page
        assert "citation_title" not in page


@pytest.mark.django_db
class TestFiles:
    TYPES = {"bib": "application/x-bibtex; charset=utf-8", "json": "application/vnd.citationstyles.csl+json"}

    @pytest.mark.parametrize("kind", TYPES)
    def test_they_stand_beside_the_post(self, client, kind):
        link = make_link(make_source(), headline="Refugees")
        post = make_post("At sea", source=link.source, link=link)
        response = client.get(f"{post.get_absolute_url()}cite.{kind}")
        assert (response.status_code, response["Content-Type"]) == (200, self.TYPES[kind])
        assert response["X-Robots-Tag"] == "noindex"
        text = response.content.decode()
        assert timezone.localdate().isoformat() in text or str(timezone.localdate().day) in text
        assert len(read(text) if kind == "bib" else json.loads(text)) == 2

    @pytest.mark.parametrize("kind", TYPES)
    def test_a_former_address_leads_on_in_one_step(self, client, kind):
        post = make_post("At sea", slug="at-sea")
        post.slug = "on-land"
        post.save()
        response = client.get(f"/2013/03/31/at-sea/cite.{kind}")
        assert (response.status_code, response["Location"]) == (301, f"/2013/03/31/on-land/cite.{kind}")
        response = client.get(f"/2013/03/31/On-Land/cite.{kind}")
        assert (response.status_code, response["Location"]) == (301, f"/2013/03/31/on-land/cite.{kind}")

    @pytest.mark.parametrize("kind", TYPES)
    def test_what_is_not_public_has_none(self, editor_client, kind):
        gone, held = make_post("Gone"), make_post("Held", review_on="2030-01-01")
        later = make_post("Later", at=timezone.now() + dt.timedelta(days=1))
        gone.withdraw()
        for post, status in ((gone, 410), (held, 404), (later, 404)):
            address = f"/{post.published_on:%Y/%m/%d}/{post.slug}/"
            response = editor_client.get(f"{address}cite.{kind}")
            assert response.status_code == status
            assert post.title.encode() not in response.content
        assert editor_client.get(f"{make_post(draft=True).get_absolute_url()}cite.{kind}").status_code == 404
        for address in ("/2013/02/30/x/", "/0000/01/01/x/", "/2013/03/31/none/"):
            assert editor_client.get(f"{address}cite.{kind}").status_code == 404

    def test_they_speak_the_sites_language(self, client):
        post = make_post("", at="2013-02-17 08:53")
        client.cookies["language"] = "ko"
        assert "February 17, 2013" in client.get(f"{post.get_absolute_url()}cite.bib").content.decode()
