"""What the letters say, down to the raw bytes of their headers."""

import datetime as dt
import email
import email.policy
import re

import pytest
from django.utils import timezone

from posts.outbox.delivering import as_email
from posts.outbox.models import Delivery
from posts.subscriptions.digesting import send_digests
from tests.factories import make_category, make_link, make_post, make_source, make_subscriber

pytestmark = pytest.mark.django_db


def raw_of(letter) -> bytes:
    return letter.message(policy=email.policy.SMTP).as_bytes()


def headers_of(raw: bytes) -> list[bytes]:
    return raw.partition(b"\r\n\r\n")[0].split(b"\r\n")


@pytest.fixture
def one_letter(announced):
    def write(*follows: str, post: dict | None = None, **subscriber):
        reader = make_subscriber("ann@reader.example", *follows, **subscriber)
        make_post(**{"title": "The long way", "at": timezone.now(), **(post or {})})
        [letter] = announced()
        return letter, reader

    return write


class TestTheRawHeaders:
    def test_as_the_standards_want_them(self, one_letter):
        letter, reader = one_letter()
        lines = headers_of(raw_of(letter))
        url = f"https://watch.example/u/{reader.token}/".encode()
        assert b"List-Unsubscribe: <" + url + b">" in lines
        assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines
        assert b"List-Id: <letters.watch.example>" in lines
        assert b"Auto-Submitted: auto-generated" in lines
        assert b"Precedence: bulk" in lines
        assert b"Subject: The long way" in lines
        assert b"From: Human Traffic Watch <htwatch@watch.example>" in lines
        assert b"To: ann@reader.example" in lines
        assert b"Message-ID: " + Delivery.objects.get().message_id.encode() in lines
        assert len([line for line in lines if line.startswith(b"Date: ")]) == 1
        assert all(len(line) <= 998 and line.isascii() for line in lines)

    def test_the_address_that_leaves_stays_whole_on_a_site_with_a_long_name(self, one_letter, settings):
        settings.SITE_URL = "https://a-very-long-name-of-a-charity.under-a-long-domain.of-some-country.example"
        letter, reader = one_letter()
        line = f"List-Unsubscribe: <{settings.SITE_URL}/u/{reader.token}/>".encode()
        assert line in headers_of(raw_of(letter))

    @pytest.mark.parametrize(
        "title",
        [
            "북한 난민 " * 20,
            "x" * 300,
            'He said "no", she said <yes>',
            "a\u2028b",
            "Ünïcödé – “quotes”",
        ],
    )
    def test_any_title_survives_as_the_subject(self, one_letter, title):
        letter, _ = one_letter(post={"title": title})
        raw = raw_of(letter)
        assert all(len(line) <= 998 for line in headers_of(raw))
        read = email.message_from_bytes(raw, policy=email.policy.default)
        assert read["Subject"] == " ".join(title.split())

    def test_a_title_cannot_add_headers(self, one_letter):
        letter, _ = one_letter(post={"title": "Hello\r\nBcc: everybody@watch.example"})
        read = email.message_from_bytes(raw_of(letter), policy=email.policy.default)
        assert "Bcc" not in read
        assert read["Subject"] == "Hello Bcc: everybody@watch.example"

    def test_an_untitled_post_is_called_by_its_date(self, one_letter):
        letter, _ = one_letter(post={"title": ""})
        assert re.fullmatch(r"\w+ \d+, \d{4}", letter.subject)

    def test_seven_bits_whatever_the_script(self, one_letter):
        letter, _ = one_letter(post={"body": "북한 " * 5000})
        raw = raw_of(letter)
        assert raw.isascii()
        assert max(map(len, raw.split(b"\r\n"))) <= 998


class TestOnePost:
    @pytest.fixture
    def letter(self, one_letter):
        source = make_source("NK News")
        body = (
            "He walked *for weeks*. [A map](/media/map.pdf) shows it.\n\n"
            '![The river](/media/river-800x600.webp "At night")\n\n'
            "<details><summary>How he was beaten</summary>Cruel details.</details>\n"
        )
        letter, self.reader = one_letter(
            post={
                "body": body,
                "source": source,
                "link": make_link(source, "https://nknews.example/way"),
                "categories": [make_category("Awareness")],
            }
        )
        return letter

    def test_the_text_says_all_that_the_html_says(self, letter):
        text = letter.body
        assert text.startswith("The long way\nIn Awareness on ")
        assert "He walked *for weeks*." in text
        assert "https://watch.example/media/map.pdf" in text
        assert "Source: NK News" in text
        assert "https://nknews.example/way" in text
        assert "You get this because you follow all posts." in text
        assert f"https://watch.example/u/{self.reader.token}/" in text
        assert "\n\n\n" not in text
        assert "<" not in text

    def test_the_html_asks_nobody_but_this_site_and_tells_nobody(self, letter):
        [html] = [part.content for part in letter.alternatives]
        assert 'src="https://watch.example/media/river-800x600.webp"' in html
        assert re.findall(r'src="(?!https://watch\.example/media/)', html) == []
        assert "He walked <em>for weeks</em>" in html
        assert '<a href="https://nknews.example/way">NK News</a>' in html
        # Every address is the plain one: nothing counts who clicks.
        assert set(re.findall(r'href="(https://watch[^"]+)"', html)) == {
            "https://watch.example/",
            "https://watch.example/media/map.pdf",
            f"https://watch.example{self.post_url()}",
            f"https://watch.example/u/{self.reader.token}/",
        }

    def post_url(self) -> str:
        from posts.models import Post

        return Post.objects.get().get_absolute_url()

    def test_what_is_folded_on_the_page_stays_folded(self, letter):
        [html] = [part.content for part in letter.alternatives]
        for part in (html, letter.body):
            assert "How he was beaten" in part
            assert "Cruel details" not in part

    def test_it_leaves_light_and_dark_to_the_mail_program(self, letter):
        [html] = [part.content for part in letter.alternatives]
        assert '<meta name="color-scheme" content="light dark">' in html
        assert not re.search(r"style=\"([^\"]*;)?\s*(color|background)", html)

    def test_a_long_text_ends_where_the_listing_ends_it(self, one_letter):
        letter, _ = one_letter(post={"body": "Lead.\n\n<!--more-->\n\nThe rest.", "slug": "long"})
        assert "Lead." in letter.body
        assert "The rest." not in letter.body
        assert "Read on: https://watch.example/" in letter.body

    def test_a_post_without_text(self, one_letter):
        letter, _ = one_letter(post={"body": "", "source": make_source("NK News")})
        assert "Source: NK News" in letter.body


class TestDiscretion:
    def test_name_subject_and_first_words_tell_nothing(self, one_letter):
        letter, _ = one_letter(is_discreet=True)
        assert letter.subject == "Your newsletter"
        assert letter.from_email == "Newsletter <htwatch@watch.example>"
        assert letter.body.startswith("Here is the newsletter that you asked for.")
        # Lists of mail show the first hundred signs and some.
        assert letter.body.index("The long way") > 180
        [html] = [part.content for part in letter.alternatives]
        assert "<title>Your newsletter</title>" in html
        body = html[html.index("<body") :]
        assert body.index("Here is the newsletter") < body.index("The long way")

    def test_the_first_letter_too(self, visitor, delivered):
        visitor.ask(discreet="on")
        [letter] = delivered()
        assert (letter.subject, letter.from_email) == ("Please confirm", "Newsletter <htwatch@watch.example>")
        assert letter.body.index("Human Traffic Watch") > 180


class TestDigests:
    def test_say_how_many_and_name_each_with_its_source(self, delivered):
        reader = make_subscriber("ann@reader.example", "/=daily", since=timezone.now() - dt.timedelta(days=3))
        from posts.subscriptions import announcing

        for number in range(3):
            make_post(
                f"Post {number}", at=timezone.now() - dt.timedelta(hours=3 - number), source=make_source(f"S{number}")
            )
        list(announcing.announce())
        from posts.subscriptions.models import Announcement

        Announcement.objects.update(made_at=timezone.now() - dt.timedelta(hours=2))
        reader.hour = timezone.localtime().hour
        reader.save()
        list(send_digests(timezone.now() + dt.timedelta(minutes=5)))
        [letter] = delivered()
        assert letter.subject == "Post 2, and 2 more"
        assert letter.body.startswith("3 posts since yesterday\n\nPost 2\n")
        for number in range(3):
            assert f"Source: S{number}" in letter.body
        assert "\n\n\n" not in letter.body
        assert letter.extra_headers["List-Unsubscribe"].endswith(f"/u/{reader.token}/>")


class TestTheFirstLetter:
    def test_names_what_was_asked_for_and_has_no_list_headers(self, visitor, delivered):
        make_post(tags=["North Korea"])
        visitor.ask(scope=["/tag/north-korea/", "/"])
        [letter] = delivered()
        assert "  - all posts, each post\n  - posts tagged ‘North Korea’, each post\n" in letter.body
        assert "Somebody, we hope you" in letter.body
        assert "List-Unsubscribe" not in letter.extra_headers
        assert letter.extra_headers["Auto-Submitted"] == "auto-generated"

    def test_what_a_name_holds_is_text(self, visitor, delivered):
        make_post(tags=["<b>bold</b>"])
        from posts.models import Tag

        visitor.ask(scope=Tag.objects.get().get_absolute_url())
        [letter] = delivered()
        [html] = [part.content for part in letter.alternatives]
        assert "&lt;b&gt;bold" in html
        assert "<b>bold</b>" in letter.body


def test_a_message_of_the_ledger_is_the_same_each_time_but_for_its_date(one_letter):
    letter, _ = one_letter()
    from posts.outbox.composing import compose

    delivery = Delivery.objects.get()
    again = as_email(delivery, compose(delivery.kind, delivery.data))
    assert again.extra_headers == letter.extra_headers
    assert again.body == letter.body
