"""The public pages: what a reader gets."""

import datetime as dt
import html
import re

import pytest
from django.contrib.flatpages.models import FlatPage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from posts.models import Post
from tests.factories import make_category, make_link, make_post, make_source

pytestmark = pytest.mark.django_db

LISTINGS = ["/", "/tag/boats/", "/category/fishing/", "/source/nk-news/", "/2013/", "/2013/03/", "/2013/03/31/"]


def words(fragment: str) -> str:
    """Return the text of HTML as a reader sees it."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", fragment)).split())


def part(page: str, name: str) -> list[str]:
    return [
        words(found) for found in re.findall(rf'class="[^"]*\b{name}\b[^"]*"[^>]*>(.*?)</(?:p|h1|h2)>', page, re.S)
    ]


def make_shelved(count: int = 1, **fields) -> list[Post]:
    source, category = make_source(), make_category("Fishing")
    return [
        make_post(tags=["boats"], categories=[category], source=source, at=f"2013-03-31 10:{number:02}", **fields)
        for number in range(count)
    ]


class TestListings:
    def test_an_article_says_what_the_old_blog_said(self, client):
        make_post(
            "Escape from North Korea",
            at="2013-03-31 15:17",
            tags=["north korea"],
            categories=[make_category("Human Trafficking"), make_category("Awareness")],
            source=make_source("The International"),
        )
        page = client.get("/tag/north-korea/").content.decode()
        assert "<h1" in page
        assert "Posts Tagged ‘north korea’" in page
        assert part(page, "post-title") == ["Escape from North Korea"]
        assert part(page, "post-meta") == ["In Awareness, Human Trafficking on March 31, 2013 at 3:17 pm"]
        assert part(page, "post-source") == ["Source: The International"]
        assert 'href="/2013/03/31/escape-from-north-korea/"' in page

    def test_the_source_is_linked_where_the_page_is_known(self, client):
        make_post(link=make_link(make_source(), "https://nknews.example/a?utm_source=x"))
        assert '<a href="https://nknews.example/a"' in client.get("/").content.decode()

    def test_a_post_without_a_category_begins_with_its_date(self, client):
        make_post(at="2013-03-31 15:17")
        assert part(client.get("/").content.decode(), "post-meta") == ["On March 31, 2013 at 3:17 pm"]

    def test_an_untitled_post_links_its_date(self, client):
        post = make_post("", at="2013-02-17 08:53")
        page = client.get("/").content.decode()
        assert f'<a href="/2013/02/17/{post.pk}/" rel="bookmark">February 17, 2013</a>' in page

    def test_markup_in_a_title_is_shown_as_typed(self, client):
        make_post("Why “survivor” & not <victim>", slug="why")
        page = client.get("/").content.decode()
        assert "Why “survivor” &amp; not &lt;victim&gt;</a>" in page
        assert "<title>Why “survivor” &amp; not &lt;victim&gt; – " in client.get("/2013/03/31/why/").content.decode()

    def test_newest_first_and_of_one_minute_the_last_written(self, client):
        for title, at in (("Old", "2013-01-01 10:00"), ("First", "2013-03-31 10:00"), ("Second", "2013-03-31 10:00")):
            make_post(title, at=at)
        assert part(client.get("/").content.decode(), "post-title") == ["Second", "First", "Old"]

    @pytest.mark.parametrize("address", LISTINGS)
    def test_ten_posts_a_page_and_nothing_beyond_the_end(self, client, address):
        make_shelved(21)
        pages = [client.get(address), client.get(f"{address}page/2/"), client.get(f"{address}page/3/")]
        assert [page.content.decode().count("<article") for page in pages] == [10, 10, 1]
        assert client.get(f"{address}page/4/").status_code == 404

    @pytest.mark.parametrize("address", LISTINGS)
    def test_page_one_has_one_address(self, client, address):
        make_shelved()
        response = client.get(f"{address}page/1/")
        assert (response.status_code, response["Location"]) == (301, address)

    @pytest.mark.parametrize("address", [a for a in LISTINGS if a != "/"])
    def test_without_its_slash_an_address_redirects(self, client, address):
        make_shelved()
        response = client.get(address.rstrip("/"))
        assert (response.status_code, response["Location"]) == (301, address)

    @pytest.mark.parametrize("address", LISTINGS)
    def test_one_post_and_thirty_cost_the_same_queries(self, client, address, django_assert_num_queries):
        [post] = make_shelved()
        post.tags.add("china")
        with CaptureQueriesContext(connection) as one:
            client.get(address)
        Post.objects.all().delete()
        source, category = make_source("Other"), make_category("Other")
        for number in range(30):
            make_post(
                tags=["boats", f"tag {number}"],
                categories=[category],
                source=source,
                at=f"2013-03-31 11:{number:02}",
            )
        addresses = {"/category/fishing/": "/category/other/", "/source/nk-news/": "/source/other/"}
        for page in ("", "page/3/"):
            with django_assert_num_queries(len(one)):
                client.get(addresses.get(address, address) + page)

    @pytest.mark.parametrize("address", LISTINGS)
    def test_what_is_not_public_stands_nowhere(self, client, address):
        [shown] = make_shelved(title="Shown")
        shelves = {"categories": list(shown.categories.all()), "source": shown.source, "tags": ["boats"]}
        make_post("A draft", draft=True, **shelves)
        make_post("Tomorrow", at=timezone.now() + dt.timedelta(days=1), **shelves)
        make_post("Gone", at="2013-03-31 12:00", **shelves).withdraw()
        assert part(client.get(address).content.decode(), "post-title") == ["Shown"]

    def test_a_text_with_a_more_mark_ends_there(self, client):
        post = make_post(body="Above.\n\n<!--more-->\n\nBelow.")
        page = client.get("/").content.decode()
        assert "Above." in page
        assert "Below." not in page
        assert "Read on" in page
        assert "Below." in client.get(post.get_absolute_url()).content.decode()

    def test_an_empty_site_says_so(self, client):
        assert "Nothing is published here yet" in client.get("/").content.decode()

    def test_page_numbers_stay_useful_with_five_thousand_pages(self):
        from posts.listing import Listing, ListingPage

        page = ListingPage(Listing(Post.objects.none(), 50_000, "/tag/x/"), 2345, 5000)
        numbers = [int(number) for number, _ in page.numbers if number]
        assert {1, 1000, 2000, 2300, 2340, 2343, 2345, 2347, 2350, 2400, 3000, 5000} <= set(numbers)
        assert len(numbers) < 30
        assert dict(page.numbers)["1"] == "/tag/x/"

    def test_a_year_leads_to_the_page_on_which_it_begins(self, client):
        for year, count in ((2012, 5), (2013, 13), (2014, 12)):
            for number in range(count):
                make_post(f"{year} {number}", tags=["boats"], at=f"{year}-06-01 10:{number:02}")
        page = client.get("/tag/boats/").content.decode()
        assert re.search(r'href="/tag/boats/page/2/#y2013">2013 <', page)
        assert re.search(r'href="/tag/boats/page/3/#y2012">2012 <', page)
        page = client.get("/tag/boats/page/2/").content.decode()
        assert re.search(r'id="y2013">.*?2013 12<', page, re.DOTALL)
        assert page.count('id="y') == 2


class TestTags:
    def test_the_page_tells_count_dates_years_and_related_tags(self, client):
        make_post(tags=["boats", "china"], at="2012-05-28 10:00")
        make_post(tags=["boats"], at="2014-03-31 10:00")
        page = client.get("/tag/boats/").content.decode()
        assert "2 posts, from May 28, 2012 to March 31, 2014" in page
        assert "Posts a year. 2012: 1, 2013: 0, 2014: 1." in page
        assert re.search(r'related-tags.*?href="/tag/china/"', page, re.S)
        assert 'type="application/rss+xml" href="/tag/boats/feed/"' in page

    def test_two_tags_with_a_plus_are_both(self, client):
        make_post("Both", tags=["boats", "china"])
        make_post("One", tags=["boats"])
        page = client.get("/tag/boats+china/").content.decode()
        assert part(page, "post-title") == ["Both"]
        assert "Posts Tagged ‘boats’ and ‘china’" in page

    def test_two_tags_with_a_comma_are_either(self, client):
        make_post("Both", tags=["boats", "china"])
        make_post("One", tags=["boats"])
        make_post("None", tags=["law"])
        assert part(client.get("/tag/boats,china/").content.decode(), "post-title") == ["One", "Both"]

    @pytest.mark.parametrize(
        "address", ["/tag/a,b,c,d/", "/tag/a+b+c+d/", "/tag/a+b,c/", "/tag/a+/", "/tag/,/", "/tag/+/", "/tag/a+nope/"]
    )
    def test_more_or_other_than_three_tags_is_not_found(self, client, address):
        make_post(tags=["a", "b", "c", "d"])
        assert client.get(address).status_code == 404

    def test_a_tag_only_drafts_carry_does_not_exist_for_readers(self, client):
        make_post(draft=True, tags=["secret"])
        assert client.get("/tag/secret/").status_code == 404
        assert "secret" not in client.get("/tag/").content.decode()

    def test_the_index_goes_by_letters_of_every_script(self, client):
        make_post(tags=["école", "Edge", "exit", "zoo", "2013 report", "북한", "브로커", "#metoo"])
        index = client.get("/tag/").content.decode().replace("</li>", " ")
        assert "# #metoo 1 0–9 2013 report 1 E école 1 Edge 1 exit 1 Z zoo 1 ㅂ 북한 1 브로커 1" in words(index)


class TestCategoriesAndSources:
    def test_a_parent_shows_the_posts_of_its_children(self, client):
        parent = make_category("Forced Labor")
        make_post("At sea", categories=[make_category("Fishing", parent)])
        assert part(client.get("/category/forced-labor/").content.decode(), "post-title") == ["At sea"]
        assert part(client.get("/category/forced-labor/fishing/").content.decode(), "post-title") == ["At sea"]

    def test_a_post_filed_under_parent_and_child_is_shown_once(self, client):
        parent = make_category("Forced Labor")
        make_post("At sea", categories=[parent, make_category("Fishing", parent)])
        assert part(client.get("/category/forced-labor/").content.decode(), "post-title") == ["At sea"]

    def test_a_merged_outlet_leads_to_the_one_that_stays(self, client):
        stays, goes = make_source("New York Times"), make_source("NYT")
        make_post(source=goes)
        stays.absorb(goes)
        assert client.get("/source/nyt/")["Location"] == "/source/new-york-times/"

    def test_the_page_of_an_outlet_says_who_it_is(self, client):
        source = make_source(
            country="KR", language="en", home_page="https://www.nknews.example/", description="A site."
        )
        make_post(source=source)
        page = client.get("/source/nk-news/").content.decode()
        assert "South Korea" in page
        assert "English" in page
        assert "A site." in page
        assert "nknews.example" in page


class TestArchive:
    @pytest.mark.parametrize(
        "address",
        [
            "/2013/02/30/",
            "/2013/13/",
            "/2013/00/",
            "/2013/04/00/",
            "/0000/",
            "/9999/",
            "/9999/12/31/",
            "/2012/",
            "/2013/13/01/x/",
        ],
    )
    def test_an_impossible_or_an_empty_time_is_not_found(self, client, address):
        make_post(at="2013-03-31 15:17")
        assert client.get(address).status_code == 404

    def test_all_years_and_months_with_their_counts(self, client):
        make_post(at="2013-03-31 15:17")
        make_post(at="2013-03-01 15:17")
        make_post(at="2012-12-31 23:59")
        page = words(client.get("/archive/").content.decode())
        assert re.search("2013 2 .*MarMarch 2013: 2.* 2012 1 .*DecDecember 2012: 1", page)


class TestPost:
    def test_a_post_shows_where_it_comes_from(self, client):
        link = make_link(
            make_source(), headline="A headline", byline="A. Writer", published_on=dt.date(2013, 3, 1), language="ko"
        )
        page = client.get(make_post(link=link).get_absolute_url()).content.decode()
        assert "The original: A headline by A. Writer, published on March 1, 2013, retrieved on" in words(page)
        assert 'lang="ko"' in page

    def test_an_address_in_capitals_leads_to_its_own_form(self, client):
        make_post("Weekly note")
        assert client.get("/2013/03/31/Weekly-Note/")["Location"] == "/2013/03/31/weekly-note/"

    def test_an_editor_sees_a_draft_on_the_real_page_and_nobody_keeps_it(self, editor_client):
        post = make_post("My draft", draft=True)
        response = editor_client.get(post.get_absolute_url())
        assert "My draft" in response.content.decode()
        assert "no-store" in response["Cache-Control"]
        assert response["X-Robots-Tag"] == "noindex"

    def test_a_draft_is_not_found_by_everyone_else(self, client, django_user_model):
        post = make_post(draft=True)
        assert client.get(post.get_absolute_url()).status_code == 404
        client.force_login(django_user_model.objects.create_user("reader", is_staff=True))
        assert client.get(post.get_absolute_url()).status_code == 404

    def test_scheduled_and_withdrawn_posts_show_at_their_address_to_editors_alone(self, client, editor):
        tomorrow = make_post(at=timezone.now() + dt.timedelta(days=1))
        gone = make_post()
        gone.withdraw()
        assert client.get(tomorrow.get_absolute_url()).status_code == 404
        assert client.get(gone.get_absolute_url()).status_code == 410
        client.force_login(editor)
        for post in (tomorrow, gone):
            assert client.get(post.get_absolute_url()).status_code == 200


class TestEverything:
    @pytest.mark.parametrize(
        "address",
        [
            "/page/0/", "/page/abc/", "/page/-1/", "/page/99999999999999999999/", "/tag/" + "x" * 10_000 + "/",
            "/tag/%00/", "/%00/", "/2013/03/31/%00/", "/category/%00/", "/source/%00/", "/tag/a%00b/feed/", "/x%00",
            "/category/" + "a/" * 2_000, "/media/%00", "/media/../../etc/passwd", "/tag/x/page/0/", "/tag/..%2f..%2f/",
            "/2013/03/31/" + "%f0%9f%94%a5" * 500 + "/", "/tag/%ff%fe/", "/preview/999999999999999999999999/",
        ],
    )  # fmt: skip
    def test_an_odd_address_is_not_found_and_never_an_error(self, client, address):
        make_post(tags=["x"])
        assert client.get(address).status_code == 404

    def test_not_found_looks_like_the_site(self, client):
        page = client.get("/nothing/here/").content.decode()
        assert "There is no such page" in page
        assert "masthead" in page

    def test_an_error_looks_like_the_site_and_asks_no_database(self, client, monkeypatch, django_assert_num_queries):
        client.raise_request_exception = False
        monkeypatch.setattr("posts.views.find_home", lambda: 1 / 0)
        with django_assert_num_queries(0):
            response = client.get("/")
        assert response.status_code == 500
        assert "Something went wrong" in response.content.decode()
        assert "masthead" in response.content.decode()

    def test_a_page_that_editors_wrote_is_markdown(self, client):
        page = FlatPage.objects.create(url="/about/", title="About", content="We *clip*.<script>x</script>")
        page.sites.set([1])
        answer = client.get("/about/").content.decode()
        assert "<p>We <em>clip</em>.</p>" in answer
        assert "<script>" not in answer
        assert client.get("/about")["Location"] == "/about/"

    @pytest.mark.parametrize("address", ["/", "/tag/boats/", "/archive/", "/feed/", "/nothing/"])
    def test_no_cookie_is_set_and_the_policy_is_strict(self, client, address):
        make_shelved()
        response = client.get(address)
        assert not response.cookies
        # What people read looks as its reader chose; what machines read is the same for all.
        assert ("Cookie" in response.get("Vary", "")) == response["Content-Type"].startswith("text/html")
        policy = response["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert response["Referrer-Policy"] == "same-origin"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["X-Frame-Options"] == "DENY"

    @pytest.mark.parametrize("address", [*LISTINGS, "/tag/", "/category/", "/source/", "/archive/"])
    def test_a_page_asks_nobody_else_and_runs_nothing_but_the_quick_exit(self, client, address):
        make_shelved()
        page = client.get(address).content.decode()
        assert not re.search(r'(?:src|<link[^>]* href)="(?:https?:)?//', page.replace('rel="canonical" href', ""))
        filtering = ["/static/js/tag_filter.js"] if address == "/tag/" else []
        assert re.findall(r'<script src="([^"]*)"', page) == ["/static/js/quick_exit.js", *filtering]
        assert page.count("<script") == 1 + len(filtering)
        assert " style=" not in page

    @pytest.mark.parametrize("address", [*LISTINGS, "/tag/", "/archive/"])
    def test_writing_to_a_page_is_refused(self, client, address):
        make_shelved()
        assert client.post(address).status_code == 405

    def test_robots_name_the_sitemap(self, client):
        assert "Sitemap: https://watch.example/sitemap.xml" in client.get("/robots.txt").content.decode()
