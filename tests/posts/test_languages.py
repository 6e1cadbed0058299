"""Pages in the language of their reader; what machines read in that of the site."""

import json
import re
from html.parser import HTMLParser

import pytest
from django.test import override_settings

from posts.comments.models import Comment, Follow, Proof
from posts.life import Reason
from posts.subscriptions.models import Consent
from posts.subscriptions.models.consent import WORDINGS
from tests.factories import (
    keep_open,
    make_category,
    make_comment,
    make_contact,
    make_link,
    make_post,
    make_source,
    make_subscriber,
)
from tests.messages import read

KOREAN = {"headers": {"accept-language": "ko-KR,ko;q=0.9,en;q=0.1"}}


class _Visible(HTMLParser):
    """The words that somebody reads or hears, but for what is marked as another language's and what machines read."""

    VOID = set("area base br col hr img input link meta source wbr".split())

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        is_hidden = tag in ("script", "style", "pre") or given.get("lang", "ko") != "ko"
        is_hidden = (self.open[-1][1] if self.open else False) if not is_hidden and "lang" not in given else is_hidden
        if not is_hidden:
            self.words += [given[name] for name in ("aria-label", "placeholder", "alt") if given.get(name)]
        if tag not in self.VOID:
            self.open.append((tag, is_hidden))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if not (self.open and self.open[-1][1]):
            self.words.append(data)


def visible(response) -> str:
    parser = _Visible()
    parser.feed(response.content.decode())
    return " ".join(" ".join(parser.words).split())


def plain(word: str) -> str:
    return " ".join(re.sub(r"<[^>]*>|%\(\w+\)[sd]", " ", word.replace("&gt;", ">")).split())


ENGLISH = {
    text
    for word in read("ko")
    if word.id
    for each in ([word.id] if isinstance(word.id, str) else word.id)
    if len(re.findall(r"[A-Za-z]{2,}", text := plain(each))) > 2
}


# Latin words that Koreans see too: what the site and its rows are called, what others call their formats and services,
# and what one types into a search.
NAMES = set(
    "Human Traffic Watch Ann Author Awareness Korea NK News Post Refugees Some The title words nowhere none "
    "ann bob eve example org Harbour Line "
    "Atom RSS JSON CSV ZIP OPML BibTeX CSL DNS UTC https Ctrl Command Shift BBC Bing "
    "Bluesky Facebook LINE Telegram WhatsApp category from source tag".split()
)


@pytest.fixture
def site(db):
    """A site that has one of everything, its own words in English; returns the addresses of all kinds of pages."""
    source = make_source()
    link = make_link(
        source, headline="Refugees", byline="A. Author", published_on="2013-02-01", retrieved_on="2013-03-01"
    )
    category = make_category("Awareness")
    make_category("Below", category)
    post = make_post(
        "The title", tags=["Korea", "북한"], categories=[category], source=source, link=link, notice="Violence",
        body="Some words.\n\n<!--more-->\n\n| a | b |\n|--|--|\n| c | d |",
    )  # fmt: skip
    for number in range(11):
        make_post(tags=["Korea"], categories=[category], source=source, at=f"2013-04-{number + 1:02} 10:00")
    post.correct("It was two.")
    keep_open(post)
    comment = make_comment(post, "Well.", name="Ann", email="ann@example.org", state="approved")
    make_comment(post, "Indeed.", parent=comment, state="approved", is_edited=True)
    gone = make_post("Gone", at="2013-05-05 10:00")
    gone_url = gone.get_absolute_url()
    gone.withdraw(reason=Reason.ERROR)
    follow = Follow.objects.create(comment=comment)
    proof = Proof.objects.create(email="ann@example.org")
    reader = make_subscriber("bob@example.org", "/tag/korea/=weekly")
    consent = Consent.objects.create(
        email="eve@example.org", scopes={"/": "weekly", "/tag/korea/": "daily"}, wording=2
    )
    return [
        "/", "/page/2/", post.get_absolute_url(), f"{post.get_absolute_url()}?reply={comment.pk}", "/tag/korea/",
        "/tag/korea+북한/", "/category/awareness/", "/category/", "/source/nk-news/", "/2013/", "/2013/03/",
        "/2013/03/31/", "/corrections/", gone_url, "/nowhere/", "/comments/", f"/comments/{comment.pk}/report/",
        "/comments/privacy/", f"/comments/privacy/{proof.token}/", f"/c/{follow.token}/", "/subscribe/",
        "/subscribe/sent/", f"/u/{reader.token}/", f"/subscribe/confirm/{consent.token}/", "/archive/", "/tag/",
        "/tag/?q=kor", "/source/", "/source/?country=KR", "/search/", "/search/?q=words", "/search/?q=nowhere",
        "/search/?q=tag:none", "/search/suggest/?q=ko", "/reading/", "/safety/", "/get-help/", "/get-help/?country=KR",
        "/get-help/?country=xx",
    ]  # fmt: skip


def test_no_page_for_koreans_has_english_words_of_ours(client, site):
    for address in site:
        response = client.get(address, **KOREAN)
        words = visible(response)

        assert '<html lang="ko"' in response.content.decode(), address
        assert [text for text in ENGLISH if text in words] == [], address
        assert re.search("[가-힣]{2}", words), address


def test_no_page_for_koreans_has_english_that_nobody_marked(client, site):
    make_contact(country="KR", languages="ko en", telephones="112", is_free=True, is_anonymous=True)
    for address in [*site, "/get-help/?country=KR&language=ko"]:
        shown = re.sub(r"https?://\S+", "", visible(client.get(address, **KOREAN)))
        words = set(re.findall("[A-Za-z]{3,}", shown))

        assert words - NAMES == set(), address


def test_pages_say_their_language_and_that_it_depends_on_who_asks(client, site):
    for address in site:
        for language in ("ko", "en"):
            response = client.get(address, headers={"accept-language": language})

            assert response.headers["Content-Language"] == language, address
            assert "Accept-Language" in response.headers["Vary"], address
            assert f'<html lang="{language}"' in response.content.decode(), address


def test_the_cookie_goes_before_the_browser(client, site):
    client.cookies["language"] = "ko"

    assert '<html lang="ko"' in client.get("/", headers={"accept-language": "en"}).content.decode()


def test_english_readers_see_what_they_saw(client, site):
    html = client.get("/2013/03/31/the-title/").content.decode()

    meta = re.sub(r"<[^>]*>", "", re.search(r'<p class="post-meta">(.*?)</p>', html)[1])
    assert meta == "In Awareness on March 31, 2013 at 3:17 pm"
    assert re.sub(r"<[^>]*>", "", re.search(r'<p class="post-source">(.*?)</p>', html)[1]) == "Source: NK News"
    assert "<strong>Content notice:</strong> <bdi>Violence</bdi>" in html
    assert '<p class="correction"><strong>Correction, <time' in html


def test_korean_readers_see_dates_as_they_write_them(client, site):
    html = client.get("/2013/03/31/the-title/", **KOREAN).content.decode()

    assert "2013년 3월 31일 오후 3:17" in html
    assert "<strong>내용 안내:</strong>" in html
    assert "<h1>2013년 3월</h1>" in client.get("/2013/03/", **KOREAN).content.decode()


def test_what_is_in_another_language_than_its_page_says_so(client, site):
    korean = client.get("/2013/03/31/the-title/", **KOREAN).content.decode()
    english = client.get("/2013/03/31/the-title/").content.decode()

    assert '<h1 class="post-title" dir="auto" lang="en">The title</h1>' in korean
    assert '<div class="post-body" dir="auto" lang="en">' in korean
    assert '<a href="/tag/korea/" rel="tag" lang="en">Korea</a>' in korean
    assert '<div class="post-body" dir="auto">' in english
    assert 'rel="tag" lang="ko">북한</a>' in english
    assert 'rel="tag">북한</a>' in korean


def test_what_is_folded_says_how_to_open_it_in_the_language_of_the_page(client, site):
    assert '<span class="fold-show">Show the text</span>' in client.get("/2013/03/31/the-title/").content.decode()
    korean = client.get("/2013/03/31/the-title/", **KOREAN).content.decode()
    assert '<span class="fold-show" lang="ko">본문 보기</span>' in korean


@pytest.mark.parametrize("ending", ["", "atom/", "json/"])
def test_a_feed_is_in_the_sites_language_whoever_asks(client, site, ending):
    for address in (
        "/feed/",
        "/tag/korea/feed/",
        "/corrections/feed/",
        "/comments/feed/",
        "/2013/03/31/the-title/feed/",
    ):
        asked = client.get(address + ending, headers={"accept-language": "en"})
        by_korean = client.get(address + ending, **KOREAN)

        assert by_korean.content == asked.content, address
        assert by_korean.headers["Content-Language"] == "en"
        assert b"fold-show" not in asked.content


def test_the_feed_of_a_korean_site_is_korean(client, site):
    with override_settings(LANGUAGE_CODE="ko"):
        feed = json.loads(client.get("/tag/korea/feed/json/", headers={"accept-language": "en"}).content)

    assert feed["title"].startswith("‘Korea’ 태그가 달린 글")


def test_a_korean_site_does_not_say_of_english_texts_that_they_are_korean(client, db):
    with override_settings(LANGUAGE_CODE="ko"):
        post = make_post("The title", body="Some words.\n\n탈북 여성의 증언.")
        html = client.get(post.get_absolute_url(), headers={"accept-language": "en"}).content.decode()

    assert '<div class="post-body" dir="auto"><p>Some words.</p>\n<p lang="ko">탈북 여성의 증언.</p></div>' in html
    assert '<h1 class="post-title" dir="auto">The title</h1>' in html


def test_what_machines_read_in_a_page_is_in_the_sites_language(client, db):
    make_post("", body="Some words.", notice="Violence")
    html = client.get("/").content.decode()
    address = re.search(r'rel="bookmark"', html) and re.search(r'<a href="([^"]*)" rel="bookmark"', html)[1]

    korean = client.get(address, **KOREAN).content.decode()

    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', korean)[1])
    assert data["headline"] == "March 31, 2013"
    assert data["description"] == "Content notice: Violence."
    assert ">2013년 3월 31일</h1>" in korean


def test_refusals_are_said_in_the_language_of_the_reader(client, site):
    words = visible(client.post("/subscribe/", {"email": "nonsense", "tags": "Unheard"}, **KOREAN))

    assert "올바른 이메일 주소가 아닙니다." in words
    assert "“Unheard” 태그는 이곳에 없습니다." in words


def test_a_consent_keeps_the_very_words_that_were_shown(client, site):
    for language, version in (("ko", 2), ("en", 1)):
        page = client.get("/subscribe/", headers={"accept-language": language}).content.decode()
        asked = {"email": f"{language}@example.org", "scope": "/", "frequency": "weekly"}
        client.post("/subscribe/", asked, headers={"accept-language": language})

        assert WORDINGS[version] in page
        assert Consent.objects.get(email=f"{language}@example.org").wording == version


def test_the_letter_that_asks_is_in_the_language_in_which_somebody_asked(client, site, delivered):
    asked = {"scope": "/", "frequency": "weekly", "discreet": "on"}
    client.post("/subscribe/", {"email": "zoe@example.org", **asked}, **KOREAN)
    client.post("/subscribe/", {"email": "ann@example.org", **asked, "discreet": ""})
    letters = {each.to[0]: each for each in delivered()}
    korean, english = letters["zoe@example.org"], letters["ann@example.org"]

    assert english.subject.startswith("Please confirm")
    assert korean.subject == "확인해 주십시오"
    assert '<html lang="ko">' in korean.alternatives[0][0]
    assert "원하신다면 이 페이지를 열어 단추를 눌러 주십시오." in korean.body
    assert korean.from_email.startswith("Newsletter <")


def test_pages_name_discreet_letters_as_they_will_be_called(client, site):
    for language, sender, subject in (("en", "Newsletter", "Your newsletter"), ("ko", "소식지", "요청하신 소식지")):
        with override_settings(LANGUAGE_CODE=language):
            page = re.sub("<[^>]*>", "", client.get("/subscribe/", **KOREAN).content.decode())
        assert f"“{sender}”" in page
        assert f"“{subject}”" in page


def test_the_desk_is_english(admin_client, site):
    with override_settings(LANGUAGE_CODE="ko"):
        response = admin_client.get("/admin/posts/post/", **KOREAN)

    assert '<html lang="en' in response.content.decode()
    assert "Select post to change" in response.content.decode()


def test_a_fault_is_told_in_the_readers_language(client, site, monkeypatch):
    def fail() -> None:
        raise RuntimeError

    monkeypatch.setattr("posts.views.find_home", fail)
    client.raise_request_exception = False

    response = client.get("/", **KOREAN)

    assert response.status_code == 500
    assert '<html lang="ko"' in response.content.decode()
    assert "문제가 생겼습니다" in visible(response)


def test_a_comment_that_waits_is_spoken_of_in_korean(client, site):
    post = Comment.objects.order_by("pk").first().post
    response = client.post(
        f"{post.get_absolute_url()}comment/", {"text": "Good.", "stamp": "x"}, follow=True, **KOREAN
    )

    assert "감사합니다. 댓글이 저장되었습니다" in visible(response)
