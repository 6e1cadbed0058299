"""The addresses of an old blog: each leads to where its page lives now, in one hop."""

import datetime as dt
from urllib.parse import quote, unquote, urlencode

import pytest
from django.contrib.flatpages.models import FlatPage
from django.contrib.redirects.models import Redirect
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from posts.models import Category, FormerAddress, Image, Post
from posts.picturing import read_picture
from posts.wordpress.models import Blog, Imported, Kind
from tests.factories import make_category, make_comment, make_post, make_source, picture_file

pytestmark = pytest.mark.django_db

POST = "/2013/03/31/the-long-way/"
KOREAN = "탈북자의-긴-여정"


def make_blog(address: str = "https://oldblog.example") -> Blog:
    return Blog.objects.create(address=address, host=address.split("/")[2])


def make_imported(kind: Kind, row=None, *, blog: Blog | None = None, **fields) -> Imported:
    blog = blog or Blog.objects.first() or make_blog()
    fields.setdefault("key", f"{kind}-{Imported.objects.count()}")
    model = row._meta.label_lower if row is not None else ""
    return Imported.objects.create(
        blog=blog, kind=kind, model=model, row_id=row.pk if row is not None else None, digest="0", **fields
    )


def make_page(url: str = "/about/", title: str = "About") -> FlatPage:
    page = FlatPage.objects.create(url=url, title=title, content="Words.")
    page.sites.set([1])
    return page


def make_image() -> Image:
    return Image.objects.get_or_store(read_picture(picture_file()))


@pytest.fixture
def blog(db) -> Blog:
    """A blog that was brought over: a post with a tag, in a category, with a comment and a picture; and a page."""
    blog = make_blog()
    child = make_category("Fishing", make_category("Sea", slug="sea"), slug="fishing")
    post = make_post(
        "The long way", at="2013-03-31 15:17", tags=["boats", "long ways"], categories=[child], source=make_source()
    )
    page, image = make_page(), make_image()
    make_imported(Kind.POST, post, number=12, path="/2013/03/31/the-long-way")
    make_imported(Kind.PAGE, page, number=2, path="/about")
    make_imported(Kind.ATTACHMENT, image, number=13, parent=12, path="2013/03/boat.jpg")
    make_imported(Kind.ATTACHMENT, image, number=14, path="2013/03/loose.jpg")
    make_imported(Kind.CATEGORY, child, number=3, key="sea/fishing", path="/category/sea/fishing")
    make_imported(Kind.TAG, post.tags.get(name="boats"), number=4, key="boats", path="/tag/boats")
    make_imported(Kind.COMMENT, make_comment(post), number=5)
    for number in range(11):
        make_post(f"Other {number}", at=f"2012-05-01 10:{number:02}", tags=["many"], categories=[child])
    return blog


def image_url() -> str:
    return Image.objects.get().file.url


def comment_url() -> str:
    return f"{POST}#comment-{Imported.objects.get(kind=Kind.COMMENT).row_id}"


SERVED = [
    POST, "/2013/", "/2013/03/", "/2013/03/31/", "/2013/feed/", "/2013/03/feed/", "/2013/03/31/feed/", "/2012/page/2/",
    "/2012/05/page/2/", "/2012/05/01/page/2/", "/page/2/", "/tag/boats/", "/tag/many/page/2/", "/tag/boats/feed/",
    "/tag/boats+long-ways/", "/tag/boats,many/", "/category/sea/", "/category/sea/fishing/", "/category/sea/page/2/",
    "/category/sea/fishing/page/2/", "/category/sea/fishing/feed/", "/feed/", "/feed/atom/", "/comments/feed/",
    f"{POST}feed/", f"{POST}feed/atom/", "/sitemap.xml", "/robots.txt", "/favicon.ico", "/osd.xml", "/about/",
    # Ignored, as nobody is shown a preview by them.
    "/?preview=true", "/?preview_id=12&preview_nonce=abc", f"{POST}?preview=true",
]  # fmt: skip


def test_addresses_of_wordpress_that_are_ours_are_answered_where_they_are(client, blog):
    assert [address for address in SERVED if visit(client, address) != 200] == []


LED = {
    "/2013/3/31/the-long-way": POST,
    "/2013/03/31/the-long-way": POST,
    "/2013/3/31/the-long-way/": POST,
    "/2013/03/31/the-long-way/2/": POST,
    "/2013/03/31/the-long-way/comment-page-2/": f"{POST}#comments",
    "/2013/03/31/the-long-way/comment-page-2": f"{POST}#comments",
    "/2013/03/31/the-long-way/?cpage=2": f"{POST}#comments",
    "/2013/03/31/the-long-way/?replytocom=5": comment_url,
    "/2013/03/31/the-long-way/?replytocom=77": f"{POST}#comment-77",
    "/2013/03/31/the-long-way/?replytocom=x": f"{POST}#comments",
    "/2013/03/31/the-long-way/feed": f"{POST}feed/",
    "/2013/03/31/the-long-way/feed/rss2/": f"{POST}feed/",
    "/2013/03/31/the-long-way/feed/rdf": f"{POST}feed/",
    "/2013/03/31/the-long-way/feed/atom": f"{POST}feed/atom/",
    "/2013/03/31/the-long-way/?feed=rss2": f"{POST}feed/",
    "/2013/03/31/the-long-way/trackback/": POST,
    "/2013/03/31/the-long-way/trackback": POST,
    "/2013/03/31/the-long-way/embed/": POST,
    "/2013/03/31/the-long-way/boat/": POST,
    "/2013/03/31/the-long-way/attachment/boat/": POST,
    "/2013/03/31/the-long-way/attachment/boat/feed/": POST,
    "/2013/3": "/2013/03/",
    "/2013": "/2013/",
    "/2013/3/31/": "/2013/03/31/",
    "/2013/3/feed": "/2013/03/feed/",
    "/2013/03/rss2/": "/2013/03/feed/",
    "/2012/5/page/2": "/2012/05/page/2/",
    "/2012/?paged=2": "/2012/page/2/",
    "/page/2": "/page/2/",
    "/page/1": "/",
    "/page/1/": "/",
    "/page/02/": "/page/2/",
    "/tag/Boats/": "/tag/boats/",
    "/tag/many/page/2": "/tag/many/page/2/",
    "/tag/boats/feed/rss2/": "/tag/boats/feed/",
    "/tag/boats/?feed=atom": "/tag/boats/feed/atom/",
    "/category/fishing/": "/category/sea/fishing/",
    "/category/fishing": "/category/sea/fishing/",
    "/category/wrong/fishing/": "/category/sea/fishing/",
    "/category/fishing/page/2/": "/category/sea/fishing/page/2/",
    "/category/fishing/feed/atom": "/category/sea/fishing/feed/atom/",
    "/feed": "/feed/",
    "/feed/rss2/": "/feed/",
    "/feed/rss/": "/feed/",
    "/feed/rdf/": "/feed/",
    "/feed/atom": "/feed/atom/",
    "/feed/feed/": "/feed/",
    "/rss/": "/feed/",
    "/rss": "/feed/",
    "/rss2/": "/feed/",
    "/rdf/": "/feed/",
    "/atom/": "/feed/atom/",
    "/wp-rss.php": "/feed/",
    "/wp-rss2.php": "/feed/",
    "/wp-rdf.php": "/feed/",
    "/wp-feed.php": "/feed/",
    "/wp-atom.php": "/feed/atom/",
    "/wp-commentsrss2.php": "/comments/feed/",
    "/comments/feed/rss2/": "/comments/feed/",
    "/comments/feed/atom": "/comments/feed/atom/",
    "/?p=12": POST,
    "/index.php?p=12": POST,
    "/index.php/2013/03/31/the-long-way/": POST,
    "/index.php": "/",
    "/?p=12&share=twitter": POST,
    "/?share=twitter&p=12": POST,
    "/?p=12&preview=true": POST,
    "/?p=12.": POST,
    "/?p=12)": POST,
    "/?p=12%23comment-5": POST,
    "/?p=12&replytocom=5": comment_url,
    "/?p=12&cpage=1": f"{POST}#comments",
    "/?p=12&feed=rss2": f"{POST}feed/",
    "/?feed=comments-rss2&p=12": f"{POST}feed/",
    "/?page_id=12": POST,
    "/?p=2": "/about/",
    "/?page_id=2": "/about/",
    "/?pagename=about": "/about/",
    "/?p=13": POST,
    "/?attachment_id=13": POST,
    "/?attachment_id=14": image_url,
    "/?cat=3": "/category/sea/fishing/",
    "/?cat=3&paged=2": "/category/sea/fishing/page/2/",
    "/?cat=3&feed=rss2": "/category/sea/fishing/feed/",
    "/?tag=boats": "/tag/boats/",
    "/?tag=Boats": "/tag/boats/",
    "/?tag=boats+long-ways": "/tag/boats+long-ways/",
    "/?tag=boats%2Blong-ways": "/tag/boats+long-ways/",
    "/?tag=boats,many": "/tag/boats,many/",
    "/?tag=many&paged=2": "/tag/many/page/2/",
    "/?tag_id=4": "/tag/boats/",
    "/?category_name=fishing": "/category/sea/fishing/",
    "/?category_name=sea/fishing": "/category/sea/fishing/",
    "/?category_name=sea": "/category/sea/",
    "/?m=2013": "/2013/",
    "/?m=201303": "/2013/03/",
    "/?m=20130331": "/2013/03/31/",
    "/?m=2012&paged=2": "/2012/page/2/",
    "/?year=2013": "/2013/",
    "/?year=2013&monthnum=3": "/2013/03/",
    "/?year=2013&monthnum=03&day=31": "/2013/03/31/",
    "/?year=2013&monthnum=3&day=31&name=the-long-way": POST,
    "/?s=north+korea": "/search/?q=north+korea",
    "/?s=%ED%83%88%EB%B6%81": "/search/?q=%ED%83%88%EB%B6%81",
    "/?s=x&paged=2": "/search/?q=x&page=2",
    "/?s=x&feed=rss2": "/search/feed/?q=x",
    "/search/north%20korea/": "/search/?q=north+korea",
    "/search/North+Korea": "/search/?q=North+Korea",
    "/search/x/page/2/": "/search/?q=x&page=2",
    "/search/x/feed/": "/search/feed/?q=x",
    "/search/x/feed/rss2": "/search/feed/?q=x",
    "/?feed=rss2": "/feed/",
    "/?feed=rss": "/feed/",
    "/?feed=rdf": "/feed/",
    "/?feed=atom": "/feed/atom/",
    "/?feed=comments-rss2": "/comments/feed/",
    "/?feed=comments-atom": "/comments/feed/atom/",
    "/?paged=2": "/page/2/",
    "/?paged=1": "/",
    "/?share=twitter": "/",
    "/?like_comment=7&_wpnonce=ab": "/",
    "/?shared=email&msg=fail": "/",
    "/?nb=1": "/",
    "/?amp": "/",
    "/?amp=1": "/",
    "/?p=": "/",
    "/amp/": "/",
    "/2013/03/31/the-long-way/?share=twitter&nb=1": POST,
    "/2013/03/31/the-long-way/?like_comment=7": POST,
    "/2013/03/31/the-long-way/?shared=email&msg=fail": POST,
    "/2013/03/31/the-long-way/?amp": POST,
    "/2013/03/31/the-long-way/amp/": POST,
    "/2013/03/31/the-long-way/amp": POST,
    "/2013/03/31/the-long-way/?share=x&utm_source=y": f"{POST}?utm_source=y",
    "/tag/boats/?share=twitter": "/tag/boats/",
    "/about/?share=twitter": "/about/",
    "/about?share=twitter": "/about/",
    "/About/": "/about/",
    "/about/feed/": "/about/",
    "/about/amp/": "/about/",
    "/about/trackback/": "/about/",
    "/about/2/": "/about/",
    "/about//": "/about/",
    "/wp-content/uploads/2013/03/boat.jpg": image_url,
    "/wp-content/uploads/2013/03/boat-300x200.jpg?w=300": image_url,
    "/wp-content/uploads/2013/03/boat-scaled.jpg": image_url,
    "/wp-content/uploads/sites/3/2013/03/boat.jpg": image_url,
    "/files/2013/03/boat.jpg": image_url,
    "/2013/03/boat.jpg": image_url,
    "/2013/03/boat.jpg?w=300&h=200": image_url,
    "/wp-sitemap.xml": "/sitemap.xml",
    "/wp-sitemap-posts-post-1.xml": "/sitemap.xml",
    "/news-sitemap.xml": "/sitemap.xml",
    "/sitemap_index.xml": "/sitemap.xml",
    "/2013/03/31/the-long-way/%C2%A0": POST,
    "/2013/03/31/the-long-way%C2%A0": POST,
    "/2013/03/31/the-long-way%C2%A0/": POST,
    "/2013/03/31/the-long-way%20/": POST,
    "/2013/03/31/the-long-way/%0A": POST,
    "/2013/03/31/the-long-way%E2%80%8B/": POST,
    "/2013//03/31//the-long-way/": POST,
    "/2013/03/31/The-Long-Way/": POST,
    "/2013/03/31/the-long-way/FEED/": f"{POST}feed/",
}  # fmt: skip


def end_of(client, address: str) -> str:
    """Return where an address leads in one hop, and see to it that something stands there."""
    response = client.get(address)
    assert response.status_code == 301, (address, response.status_code)
    assert not response.cookies
    there = response["Location"]
    assert there != address
    if not there.startswith("/search/"):
        assert visit(client, there.partition("#")[0]) == 200, there
    return there


def visit(client, address: str) -> int:
    response = client.get(address)
    for close in response._resource_closers:  # of a file: `close` would close the database too
        close()
    return response.status_code


def test_an_old_address_leads_to_its_page_in_one_hop(client, blog):
    expected = {address: end() if callable(end) else end for address, end in LED.items()}
    assert {address: end_of(client, address) for address in LED} == expected
    assert {client.head(address).status_code for address in LED} == {301}


@pytest.mark.parametrize("address", ["//2013/03/31/the-long-way/", "///2013/03/31/the-long-way"])
def test_slashes_before_it_all_are_one(client, blog, address):
    response = client.generic("GET", "/", PATH_INFO=address)
    assert (response.status_code, response["Location"]) == (301, POST)


MISSING = [
    "/2011/", "/2013/02/", "/2013/13/", "/2013/2/30/", "/2013/00/", "/2013/03/31/nothing/",
    "/2013/03/31/nothing/feed/",
    "/2013/03/31/the-long-way/a/b/", "/2013/03/31/the-long-way/wp-login.php", "/page/99/", "/page/0/", "/2013/page/2/",
    "/tag/none/", "/tag/none/feed/", "/tag/boats/page/9/", "/category/none/", "/category/none/fish/",
    "/author/edith/", "/author/edith/page/2/", "/author/edith/feed/", "/type/aside/", "/?p=99", "/?p=abc", "/?p=-12",
    "/?p=99999999999999999999999", "/?page_id=99", "/?attachment_id=99", "/?cat=99", "/?cat=-3", "/?tag=none",
    "/?tag_id=99", "/?category_name=none", "/?m=2011", "/?m=20130", "/?m=201313", "/?m=x", "/?year=2011",
    "/?year=2013&monthnum=13", "/?author=1", "/?author=99", "/?author_name=edith", "/?p=12&author=1", "/?feed=odd",
    "/?paged=99", "/?p=%00", "/?tag=%00", "/wp-json/", "/wp-json/wp/v2/users/1", "/wp-admin/", "/wp-admin/post.php",
    "/wp-admin", "/wp-login.php", "/wp-login.php?redirect_to=/admin/", "/wp-includes/js/jquery.js", "/wp-cron.php",
    "/wp-content/uploads/2013/03/other.jpg", "/wp-content/themes/x/style.css", "/2013/03/other.jpg",
    "/2013/03/31/the-long-way)./", "/2013/03/31/the-long-wa/", "/%00/", "/2013/03/31/%00/",
    "/2013/03/31/the-long-way/%00/",
]  # fmt: skip


def test_what_was_nowhere_is_not_found(client, blog):
    assert [address for address in MISSING if client.get(address).status_code != 404] == []


def test_nobody_learns_from_a_page_of_an_author_who_can_log_in(client, blog, editor):
    known, unknown = client.get("/author/edith/"), client.get("/author/nobody/")
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert client.get("/?author=1").content == client.get("/?author=9999").content == known.content


def test_the_door_for_programs_that_write_is_walled_up(client, blog):
    assert client.get("/xmlrpc.php").status_code == 410
    assert client.post("/xmlrpc.php", "<methodCall/>", content_type="text/xml").status_code == 410


@pytest.mark.parametrize("address", [f"{POST}trackback/", f"{POST}trackback", "/2013/03/31/nothing/trackback/"])
def test_nobody_sends_trackbacks(client, blog, address):
    response = client.post(address, {"url": "https://spam.example"})
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("address", ["/?p=12", "/2013/3/31/the-long-way/", "/rss/", "/?share=x", "/wp-rss2.php"])
def test_a_form_is_never_led_on(client, blog, address):
    assert client.post(address, {"a": "b"}).status_code in (404, 405)


def test_what_opensearch_says_leads_to_the_search(client, blog):
    response = client.get("/osd.xml")
    assert response["Content-Type"].startswith("application/opensearchdescription+xml")
    assert 'template="https://watch.example/search/?q={searchTerms}"' in response.content.decode()


class TestMoved:
    def test_everything_that_is_wrong_at_once_is_put_right_in_one_hop(self, client, blog):
        post = make_post("Journey", at="2013-04-02 10:00", slug="탈북")
        post.slug = "여정"
        post.save()
        post.published_at += dt.timedelta(days=1)
        post.save()
        old = "/2013//4/2/" + quote("탈북") + "/amp"
        assert (
            end_of(client, f"{old}?share=twitter&nb=1") == post.get_absolute_url() == f"/2013/04/03/{quote('여정')}/"
        )

    def test_the_date_of_the_old_blog_may_be_another_than_ours(self, client, blog):
        post = make_post("Late", at="2013-06-02 00:30")
        make_imported(Kind.POST, post, number=40, path="/2013/06/01/late")
        for old in ("/2013/06/01/late/", "/2013/6/1/late", "/2013/06/01/late/amp/"):
            assert end_of(client, old) == "/2013/06/02/late/"
        assert end_of(client, "/2013/06/01/late/feed/") == "/2013/06/02/late/feed/"
        assert end_of(client, "/2013/06/01/late/boat/") == "/2013/06/02/late/"

    def test_a_slug_that_was_cut_within_a_letter_still_finds_its_post(self, client, blog):
        post = make_post("Journey", at="2013-06-01 10:00", slug=KOREAN)
        cut = quote(KOREAN).lower() + "%ec%97"
        assert end_of(client, f"/2013/06/01/{cut}/") == post.get_absolute_url()
        assert end_of(client, f"/2013/06/01/{cut}") == post.get_absolute_url()
        other = make_post("Other", at="2013-06-02 10:00")
        make_imported(Kind.POST, other, path=f"/2013/06/{KOREAN}�")
        assert end_of(client, f"/2013/06/{cut}/") == other.get_absolute_url()

    def test_an_address_that_was_escaped_twice_is_found(self, client, blog):
        post = make_post("Journey", at="2013-06-01 10:00", slug=KOREAN)
        assert end_of(client, f"/2013/06/01/{quote(quote(KOREAN))}/") == post.get_absolute_url()

    def test_a_renamed_tag_and_a_moved_category_keep_their_numbers_and_addresses(self, client, blog):
        tag = Post.objects.get(title="The long way").tags.get(name="boats")
        tag.name, tag.slug = "Ships", "ships"
        tag.save()
        assert end_of(client, "/?tag_id=4") == "/tag/ships/"
        assert end_of(client, "/tag/boats/feed/rss2/") == "/tag/ships/feed/"
        child = make_category("Elsewhere", slug="elsewhere")
        fishing = Category.objects.get(path="sea/fishing")
        fishing.parent, fishing.slug = child, "catch"
        fishing.save()
        assert end_of(client, "/?cat=3") == "/category/elsewhere/catch/"
        assert end_of(client, "/category/sea/fishing/page/2") == "/category/elsewhere/catch/page/2/"

    def test_a_category_of_which_there_are_two_is_not_guessed(self, client, blog):
        other = make_category("Fishing", make_category("Lake"), slug="fishing")
        make_post(categories=[other])
        assert client.get("/category/fishing/").status_code == 404


class TestOtherStructures:
    @pytest.mark.parametrize(
        "path", ["/archives/123", "/2013/03/a-slug", "/a-slug", "/world/a-slug", "/2013/a-slug.html"]
    )
    def test_however_the_old_blog_built_its_paths(self, client, path):
        post = make_post("A title")
        make_imported(Kind.POST, post, number=123, path=path)
        url = post.get_absolute_url()
        ends = {
            "": url, "/": url, "/amp/": url, "/trackback/": url, "/embed": url, "/2/": url, "/boat/": url,
            "/attachment/boat/": url, "/comment-page-2/": f"{url}#comments", "/feed/": f"{url}feed/",
            "/feed/atom": f"{url}feed/atom/", "/?replytocom=9": f"{url}#comment-9", "?share=x": url,
        }  # fmt: skip
        for end, there in ends.items():
            assert end_of(client, path + end) == there, end
        assert end_of(client, path.upper()) == url

    def test_a_blog_in_a_folder(self, client):
        make_blog("https://old.example/Blog")
        post = make_post("A title", tags=["boats"])
        make_imported(Kind.POST, post, number=7, path="/blog/2013/03/31/a-title")
        for old in ("/blog/2013/03/31/a-title/", "/blog/?p=7", "/Blog/index.php?p=7", "/blog/2013/3/31/a-title"):
            assert end_of(client, old) == post.get_absolute_url(), old
        assert end_of(client, "/blog/feed/") == "/feed/"
        assert end_of(client, "/blog/tag/boats/") == "/tag/boats/"
        assert end_of(client, "/blog/") == "/"

    @pytest.mark.parametrize("front", ["/archives", "/blog", "/blog/archives", "/archives/date"])
    def test_what_stood_before_the_names_of_posts_stood_before_shelves_and_dates(self, client, front):
        """With “/archives/%post_id%”, WordPress had “/archives/tag/boats/” and “/archives/date/2013/03/”."""
        make_blog("https://old.example/blog")
        make_post("A title", at="2013-03-31 15:17", tags=["boats"], categories=[make_category("Sea", slug="sea")])
        assert end_of(client, f"{front}/2013/3") == "/2013/03/"
        if not front.endswith("date"):
            assert end_of(client, f"{front}/tag/boats/feed/rss2/") == "/tag/boats/feed/"
            assert end_of(client, f"{front}/category/sea") == "/category/sea/"
            assert client.get(f"{front}/tag/none/").status_code == 404
            assert client.get(f"{front}/author/edith/").status_code == 404

    @pytest.mark.parametrize("folder", ["", "/archives", "/world/asia", "/2013/03"])
    def test_an_old_slug_is_known_however_the_paths_were_built(self, client, folder):
        post = make_post("A title", at="2013-03-31 15:17", slug="new-name")
        FormerAddress.objects.create(published_on=post.published_on, slug="old-name", post=post)
        make_imported(Kind.POST, post, number=8, path=f"{folder}/new-name")
        url = post.get_absolute_url()
        for end, there in {
            "": url,
            "/": url,
            "/feed/": f"{url}feed/",
            "/boat/": url,
            "/?replytocom=9": f"{url}#comment-9",
        }.items():
            assert end_of(client, f"{folder}/old-name{end}") == there, end
        assert client.get("/elsewhere/old-name/").status_code == 404
        post.withdraw()
        assert client.get(f"{folder}/old-name/").status_code == 410
        Post.objects.filter(pk=post.pk).update(state="published", review_on="2030-01-01")
        assert client.get(f"{folder}/old-name/").status_code == 404

    def test_of_two_blogs_the_one_whose_host_is_asked_comes_first(self, client):
        first, second = make_blog("https://one.example"), make_blog("https://two.example")
        posts = [make_post("One"), make_post("Two")]
        for blog, post in zip((first, second), posts, strict=True):
            make_imported(Kind.POST, post, blog=blog, number=7, path="/archives/7")
        for address in ("/?p=7", "/archives/7"):
            assert client.get(address)["Location"] == posts[0].get_absolute_url()
            assert client.get(address, headers={"host": "two.example"})["Location"] == posts[1].get_absolute_url()
            assert client.get(address, headers={"host": "two.example:8000"})["Location"] == posts[1].get_absolute_url()


class TestHidden:
    """What readers do not see is not found by its old number or path either."""

    OLD = (
        "/?p=50",
        "/?attachment_id=51",
        "/archives/50/",
        "/archives/50/feed/",
        "/archives/50/boat/",
        "/?p=50&feed=rss2",
    )

    def make_old(self, post: Post) -> None:
        make_imported(Kind.POST, post, number=50, path="/archives/50")
        make_imported(Kind.ATTACHMENT, make_image(), number=51, parent=50, path="2013/03/boat.jpg")

    def statuses(self, client) -> set[int]:
        return {client.get(address).status_code for address in self.OLD}

    def test_a_draft_one_to_come_and_one_held_back(self, client, editor):
        hidden = [
            make_post("Secret", draft=True),
            make_post("Secret", at=timezone.now() + dt.timedelta(days=2)),
            make_post("Secret", at="2013-05-05 10:00", slug="secret", review_on="2030-01-01"),
        ]
        for post in hidden:
            Imported.objects.all().delete()
            self.make_old(post)
            assert self.statuses(client) == {404}
            assert b"secret" not in client.get("/?p=50").content.lower()
        client.force_login(editor)
        assert self.statuses(client) == {404}

    def test_one_that_is_gone_says_so(self, client):
        post = make_post("Gone soon", at="2013-05-05 10:00", slug="gone-soon")
        self.make_old(post)
        assert self.statuses(client) == {301}
        post.withdraw()
        assert self.statuses(client) == {410}
        assert client.get("/2013/5/5/gone-soon/amp").status_code == 410
        post.take_down("other")
        assert self.statuses(client) == {410}

    def test_one_that_is_deleted_for_good_says_so_where_its_address_is_known(self, client):
        post = make_post("Gone soon", at="2013-05-05 10:00", slug="gone-soon")
        make_imported(Kind.POST, post, number=50, path="/2013/05/05/gone-soon")
        post.delete()
        assert client.get("/?p=50").status_code == 410
        draft = make_post("Never seen", draft=True)
        make_imported(Kind.POST, draft, number=60, path="/2013/05/06/never-seen")
        draft.delete()
        assert client.get("/?p=60").status_code == 404

    def test_what_nothing_was_made_of(self, client):
        make_imported(Kind.PAGE, number=70, path="/nothing")
        make_imported(Kind.CATEGORY, number=71, key="nothing")
        for address in ("/?p=70", "/?page_id=70", "/nothing/", "/?cat=71"):
            assert client.get(address).status_code == 404


class TestFiles:
    def test_a_file_that_is_no_picture(self, client):
        make_imported(
            Kind.ATTACHMENT, path="2013/03/Report.pdf", number=1, extra={"file": "/media/files/2013/03/r.pdf"}
        )
        for address in ("/wp-content/uploads/2013/03/Report.pdf", "/2013/03/Report.pdf", "/?attachment_id=1"):
            assert client.get(address)["Location"] == "/media/files/2013/03/r.pdf"

    def test_one_that_could_not_be_had_is_still_where_it_was(self, client):
        old = "https://boat.files.wordpress.com/2013/03/boat.jpg"
        make_imported(Kind.ATTACHMENT, path="2013/03/boat.jpg", number=1, address=old)
        for address in ("/wp-content/uploads/2013/03/boat.jpg", "/?attachment_id=1"):
            response = client.get(address)
            assert (response.status_code, response["Location"]) == (302, old)

    @pytest.mark.parametrize(
        "old",
        ["https://testserver/wp-content/uploads/2013/03/boat.jpg", "https://watch.example/boat.jpg",
         "javascript:alert(1)",
         "", "//evil.example/boat.jpg", "https://[::1/boat.jpg", "http://TestServer:80/boat.jpg"],
    )  # fmt: skip
    def test_one_that_nobody_has_is_gone(self, client, old):
        make_imported(Kind.ATTACHMENT, path="2013/03/boat.jpg", number=1, address=old)
        assert client.get("/wp-content/uploads/2013/03/boat.jpg").status_code == 410
        assert client.get("/?attachment_id=1").status_code == 410

    def test_a_picture_that_was_deleted_is_gone(self, client):
        image = make_image()
        make_imported(Kind.ATTACHMENT, image, path="2013/03/boat.jpg", number=1)
        image.delete()
        assert client.get("/wp-content/uploads/2013/03/boat.jpg").status_code == 410


class TestTable:
    def make(self, old: str, new: str = "") -> Redirect:
        return Redirect.objects.create(site_id=1, old_path=old, new_path=new)

    @pytest.mark.parametrize(
        "address", ["/old-page/", "/old-page", "/Old-Page/", "//old-page//", "/old-page/?share=x"]
    )
    def test_a_redirect_of_the_editors_is_followed_however_it_is_asked_for(self, client, blog, address):
        self.make("/old-page/", POST)
        if address.startswith("//"):
            assert client.generic("GET", "/", PATH_INFO=address)["Location"] == POST
        else:
            assert end_of(client, address) == POST

    def test_a_number_may_be_led_elsewhere(self, client, blog):
        self.make("/?p=99", POST)
        assert end_of(client, "/?p=99") == POST
        assert client.get("/").status_code == 200

    def test_one_without_an_end_says_that_it_is_gone(self, client, blog):
        self.make("/old-page/")
        assert client.get("/old-page/").status_code == 410

    def test_it_leads_elsewhere(self, client):
        self.make("/old-page/", "https://elsewhere.example/a")
        assert client.get("/old-page/")["Location"] == "https://elsewhere.example/a"

    def test_a_page_that_is_there_stands_before_it(self, client, blog):
        self.make(POST, "/about/")
        assert client.get(POST).status_code == 200

    def test_what_has_moved_since_is_found_in_one_hop(self, client, blog):
        post = make_post("Moved", at="2013-07-01 10:00", slug="before")
        self.make("/old-page/", "/2013/07/01/before/")
        self.make("/older-page/", "/old-page/")
        post.slug = "after"
        post.save()
        assert end_of(client, "/old-page/") == "/2013/07/01/after/"
        assert end_of(client, "/older-page/") == "/2013/07/01/after/"

    def test_a_circle_is_no_trap(self, client):
        self.make("/a-page/", "/b-page/")
        self.make("/b-page/", "/a-page/")
        assert client.get("/a-page/").status_code == 404

    def test_rows_that_were_written_otherwise_are_found(self, client, blog):
        self.make("/2013/03/31/" + quote("탈북").lower() + "/", POST)
        self.make("/short", POST)
        assert end_of(client, "/2013/03/31/" + quote("탈북") + "/") == POST
        assert end_of(client, "/short/") == POST


class TestSuggestions:
    def test_a_page_that_is_not_there_offers_what_begins_alike(self, client, blog):
        page = client.get("/2013/03/31/the-long-w/").content.decode()
        assert "Is it one of these?" in page
        assert f'<a href="{POST}"><bdi>The long way</bdi></a>' in page

    @pytest.mark.parametrize(
        "address",
        ["/2013/03/31/the-long-way)./", "/the-long-road/", "/archive/the-long-way-home.html", "/news/boats/"],
    )
    def test_also_where_something_else_follows(self, client, blog, address):
        assert POST in client.get(address).content.decode()

    def test_never_what_readers_do_not_see_and_five_at_the_most(self, client):
        for number in range(8):
            make_post(f"Harbour {number}", at=f"2013-05-0{number + 1} 10:00")
        make_post("Harbour draft", slug="harbour-draft", draft=True)
        make_post("Harbour held", slug="harbour-a-held", review_on="2030-01-01")
        make_post("Harbour <b>later</b>", slug="harbour-a-later", at=timezone.now() + dt.timedelta(days=2))
        page = client.get("/harbour/").content.decode()
        assert page.count("<bdi>") == 5
        assert not any(word in page for word in ("draft", "held", "later"))

    @pytest.mark.parametrize("address", ["/wp-login.php", "/.env", "/author/the-long-way/", "/xx/"])
    def test_none_where_there_is_nothing_alike(self, client, blog, address):
        assert b"Is it one of these?" not in client.get(address).content


class TestCost:
    @pytest.mark.parametrize(
        "address", ["/", POST, "/tag/boats/", "/feed/", "/about/", "/2013/03/31/the-long-way/?utm_source=x"]
    )
    def test_a_page_that_is_there_asks_the_database_nothing_more(self, client, blog, address, settings):
        client.get(address)
        with CaptureQueriesContext(connection) as ours:
            client.get(address)
        settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "wordpress" not in name]
        plain = Client()
        with CaptureQueriesContext(connection) as others:
            plain.get(address)
        assert len(ours) <= len(others)

    def test_a_page_that_is_not_there_takes_the_same_few_queries_however_much_there_is(self, client, blog):
        def queries() -> int:
            with CaptureQueriesContext(connection) as seen:
                assert client.get("/2013/03/31/the-long-w/").status_code == 404
            return len(seen)

        queries()
        few = queries()
        for number in range(20):
            post = make_post(f"The long winter {number}", at="2013-03-31 11:00")
            make_imported(Kind.POST, post, number=100 + number, path=f"/2013/03/31/the-long-{number}")
        assert queries() <= few <= 25


PARTS = st.sampled_from(
    ["2013", "03", "3", "31", "the-long-way", "THE-LONG-WAY", "feed", "atom", "rss2", "page", "2", "0", "99", "amp",
     "embed", "trackback", "comment", "comment-page-2", "attachment", "boat", "boat.jpg", "tag", "boats", "ships",
     "boats+many", "a,b", "category", "sea", "fishing", "source", "nk-news", "search", "author", "archive", "comments",
     "corrections", "about", "index.php", "wp-content", "uploads", "wp-json", "wp-login.php", "%C2%A0", "%ed%83",
     "%00",
     "%2e%2e", "", "%2F", "%25ed", "osd.xml", "sitemap.xml", "preview", "1", "%F0%9F%9A%A4", "%E2%80%8B", "old-page"]
)  # fmt: skip
NAMES = st.sampled_from(
    ["p", "page_id", "attachment_id", "cat", "tag", "tag_id", "category_name", "m", "year", "monthnum", "day", "s",
     "author", "feed", "paged", "replytocom", "share", "nb", "amp", "cpage", "preview", "name", "pagename", "x"]
)  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(
        ["12", "2", "13", "3", "4", "5", "0", "-1", "boats", "sea/fishing", "2013", "201303", "20130331", "rss2"]
    ),
    st.text(max_size=8),
    st.integers(0, 10**25).map(str),
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PARTS, max_size=7), st.booleans(), st.dictionaries(NAMES, VALUES, max_size=3))
@example(["2013", "03", "31", "the-long-way", "comment"], False, {})
@example(["comments", "1"], False, {})
@example(["corrections", "page", "1"], False, {})
def test_no_address_is_an_error_and_none_takes_more_than_one_hop(client, blog, parts, is_closed, query):
    path = f"/{'/'.join(parts)}{'/' if is_closed else ''}"
    response = client.generic(
        "GET", "/", PATH_INFO=unquote(path, "latin-1"), QUERY_STRING=urlencode(query, errors="replace")
    )
    assert response.status_code in (200, 301, 302, 404, 410), path
    if response.status_code in (301, 302):
        there = response["Location"].partition("#")[0]
        assert there.startswith("/")
        assert not there.startswith("//")
        assert visit(client, there) in (200, 404, 410), (path, there)
