"""What the desk knows already of a page and of a title."""

import time

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from posts.clipping import LAST, clips_of, near_titles
from posts.life import Reason
from posts.models import AlsoReported, Post
from posts.near_titles import Words, are_near
from sources.links.models import Link
from sources.models import Source
from tests.factories import make_link, make_post, make_source
from tests.posts.test_admin import ADD, errors_of, filled

KNOWN = "/admin/posts/post/known/"
PAGE = "https://www.paper.example/2026/story"


def near(one: str, other: str) -> bool:
    return are_near(Words.of(one), Words.of(other))


@pytest.fixture
def writer(db) -> User:
    user = User.objects.create_user("will", password="secret", is_staff=True)
    user.groups.set(Group.objects.filter(name="Writers"))
    return user


@pytest.fixture
def paper(db) -> Source:
    return make_source("The Paper", home_page="https://www.paper.example/")


class TestTitles:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Escape from North Korea", "ESCAPE FROM NORTH KOREA"),
            ("Escape from “North Korea”!", "Escape from North  Korea"),
            ("Réfugiés à la frontière", "Refugies a la frontiere"),
            ("The boats at sea", "Boats at sea"),
            ("Trafficking ring broken up in Kabul", "Traficking ring broken up in Kabul"),
            ("Trafficking", "Traffikcing"),
            ("Kabul: trafficking ring broken up", "Trafficking ring broken up: Kabul"),
            ("Escape from North Korea: a refugee crisis", "Escape from North Korea: a modern refugee crisis"),
            ("Police free forty women from a house in Phnom Penh", "Police free forty men from a house in Phnom Penh"),
            ("U.S. report: 1,000 victims", "US report: 1000 victims"),
            ("Survivors’ voices", "Survivors' voices"),
            ("북한 난민 중국에서 체포", "북한 난민, 중국에서 체포!"),
            ("هَجَرَ المُهاجرون", "هجر المهاجرون"),
            ("تقرير ٢٠١٢", "تقرير 2012"),
            ("北韩难民在中国边境被捕", "北韩难民在中国边境被捕了"),
            ("मानव तस्करी", "मानव  तस्करी!"),
        ],
    )
    def test_what_is_most_likely_one_title(self, one, other):
        assert near(one, other)
        assert near(other, one)

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Iran", "Iraq"),
            ("Report 2012", "Report 2013"),
            ("Report on the trade in people of 2012", "Report on the trade in people of 2013"),
            ("Escape from Iran", "Escape from Iraq"),
            ("Escape from North Korea", "Escape from South Korea"),
            ("Gambia", "Zambia"),
            ("Report, part II", "Report, part III"),
            ("북한", "남한"),
            ("2012년 보고서", "2013년 보고서"),
            ("", ""),
            ("", "Words"),
            ("!!!", "???"),
            ("Boats", "Boats sink off the coast"),
        ],
    )
    def test_what_are_two(self, one, other):
        assert not near(one, other)
        assert not near(other, one)

    @settings(deadline=None)
    @given(st.text(max_size=80), st.text(max_size=80))
    def test_it_works_both_ways_for_any_two(self, one, other):
        assert near(one, other) == near(other, one)

    @settings(deadline=None)
    @given(
        st.lists(st.sampled_from("boat boats abot refugees refugee refuges korea 2012 iran".split()), max_size=9),
        st.data(),
    )
    def test_it_works_both_ways_for_titles_that_are_alike(self, words, data):
        other = data.draw(st.permutations(words))
        other = [*other[1:], *data.draw(st.lists(st.sampled_from(["refugees", "boats", "x"]), max_size=2))]
        assert near(" ".join(words), " ".join(other)) == near(" ".join(other), " ".join(words))

    @settings(deadline=None)
    @given(st.text(max_size=300))
    def test_any_title_that_has_a_word_is_near_itself(self, title):
        words = Words.of(title)
        assert are_near(words, words) == bool(words.words)

    @settings(deadline=None)
    @given(st.lists(st.text(max_size=40), max_size=5), st.text(max_size=40))
    def test_the_quick_look_misses_nothing(self, titles, title):
        asked = Words.of(title)
        assert asked.are_found_near(enumerate(titles)) == [
            key for key, other in enumerate(titles) if are_near(asked, Words.of(other))
        ]

    def test_ten_thousand_are_compared_in_a_moment(self):
        words = [f"word{letter}{other}" for letter in "abcdefghijklm" for other in "nopqrstuvw"]
        titles = [" ".join(words[(number * step) % 130] for step in range(1, 10)) for number in range(LAST)]
        began = time.process_time()
        Words.of("North Korean refugees reach the border in the middle of the night").are_found_near(enumerate(titles))
        assert time.process_time() - began < 0.5  # 0.05 on a quiet machine


@pytest.mark.django_db
class TestPages:
    def test_a_page_is_known_in_any_state_and_form_of_address(self, editor, paper):
        draft = make_post(link=make_link(paper, PAGE), draft=True)
        trashed = make_post(link=Link.objects.get())
        trashed.trash()
        for address in (
            PAGE, f"{PAGE}?utm_source=x#top", f"{PAGE}/", PAGE.replace("https", "http"), PAGE.replace("www.", ""),
            PAGE.replace("www.", "m."), PAGE.replace("www.", "amp."), f"{PAGE}/amp/", "https://paper.example/amp/2026/story",
        ):  # fmt: skip
            assert [clip.post_id for clip in clips_of(address, user=editor)] == [trashed.pk, draft.pk], address
        assert not clips_of(f"{PAGE}?id=2", user=editor)
        assert not clips_of("https://www.paper.example/2026/another", user=editor)

    def test_a_further_report_counts_and_the_post_itself_does_not(self, editor, paper):
        post, link = make_post(), make_link(paper, PAGE)
        AlsoReported.objects.create(post=post, link=link)
        assert [clip.post_id for clip in clips_of(PAGE, user=editor)] == [post.pk]
        assert not clips_of(PAGE, user=editor, besides=post.pk)

    def test_a_writer_learns_of_anothers_draft_but_not_what_it_is_called(self, client, writer, editor, paper):
        link = make_link(paper, PAGE)
        make_post("Secret story of a survivor", link=link, draft=True, editor=editor)
        held = make_post("Secret and held", link=link)
        held.review_on = "2100-01-01"
        held.save()
        public = make_post("Open to all", link=link)
        own = make_post("Mine", link=link, draft=True, editor=writer)
        client.force_login(writer)
        said = client.get(KNOWN, {"address": PAGE, "title": "Secret story of a survivor"}).json()["found"]
        assert "Secret" not in str(said)
        assert "a post of somebody else (not public)" in said["original_address"]
        assert "a post of somebody else (not public)" in said["title"]
        assert f'href="{public.get_absolute_url()}"' in said["original_address"]
        assert f"/admin/posts/post/{own.pk}/change/" in said["original_address"]

    def test_titles_of_any_state_are_compared_and_older_ones_by_what_is_the_same(self, editor, monkeypatch):
        old = make_post("Boats at sea, once more")
        monkeypatch.setattr("posts.clipping.LAST", 1)
        trashed = make_post("Boats at the sea once more", draft=True)
        trashed.trash()
        found = [clip.post_id for clip in near_titles("Boats at sea, once more", user=editor)]
        assert found == [trashed.pk, old.pk]
        assert not near_titles("", user=editor)

    def test_the_number_of_queries_does_not_grow(self, editor_client, paper):
        def count() -> int:
            with CaptureQueriesContext(connection) as queries:
                assert editor_client.get(KNOWN, {"address": PAGE, "title": "Boats at sea"}).status_code == 200
            return len(queries)

        make_post("Boats at sea", link=make_link(paper, PAGE))
        editor_client.get(KNOWN)
        one = count()
        for _ in range(8):
            make_post("Boats at sea", link=Link.objects.get())
        assert count() == one


@pytest.mark.django_db
class TestAsking:
    def test_it_tells_whose_page_it_is_and_what_is_known_of_it(self, editor_client, paper):
        link = make_link(paper, PAGE, headline="A story", byline="Ann", published_on="2026-02-03", language="en")
        post = make_post("Ours <b>", link=link, at="2026-03-31 15:17")
        response = editor_client.get(KNOWN, {"address": PAGE})
        answer = response.json()
        assert "no-store" in response["Cache-Control"]
        assert answer["source"] == {"id": paper.pk, "name": "The Paper"}
        assert answer["page"] == {
            "original_headline": "A story", "original_byline": "Ann", "original_published_on": "2026-02-03",
            "original_language": "en",
        }  # fmt: skip
        said = answer["found"]["original_address"]
        assert "This is The Paper (paper.example)." in said
        assert "Already clipped:" in said
        assert f'<a href="/admin/posts/post/{post.pk}/change/" dir="auto">Ours &lt;b&gt;</a>' in said
        assert "published on March 31, 2026" in said
        assert answer["warned"] == [post.pk]

    def test_an_outlet_that_nobody_knows_is_announced_and_not_made(self, editor_client):
        answer = editor_client.get(KNOWN, {"address": "https://www.new.example:8080/a"}).json()
        assert "“new.example” is new" in answer["found"]["original_address"]
        assert "source" not in answer
        assert not Source.objects.exists()

    def test_further_reports_are_told_apart(self, editor_client, paper):
        also = "\n".join([PAGE + "?fbclid=1", "other.example/a", "https://other.example/a#b", "no address"])
        said = editor_client.get(KNOWN, {"address": PAGE, "also": also}).json()["found"]["also_reported"]
        assert "this is the original itself" in said
        assert "“other.example” is new" in said
        assert "this stands here twice" in said
        assert "The address has white space" in said

    def test_only_those_who_write_posts_are_answered(self, client, moderator):
        assert client.get(KNOWN).status_code == 403
        client.force_login(moderator)
        assert client.get(KNOWN, {"address": PAGE}).status_code == 403

    def test_it_takes_nothing_but_get(self, editor_client):
        assert editor_client.post(KNOWN, {"address": PAGE}).status_code == 405

    @pytest.mark.parametrize("post", ["", "0", "x", "-1", "9" * 40, "\x00", "٣"])
    @pytest.mark.parametrize(
        "typed",
        [
            "",
            "\x00",
            "x" * 5000,
            "https://" + "a" * 300 + ".example/",
            "http://[::1",
            "https://a.b:99999/",
            "//",
            "\ud800",
        ],
    )
    def test_whatever_is_asked_is_answered(self, editor_client, post, typed):
        typed = typed.encode("utf-8", "surrogatepass")
        response = editor_client.get(KNOWN, {"address": typed, "title": typed, "also": typed, "post": post})
        assert response.status_code == 200


@pytest.mark.django_db
class TestWithoutScript:
    def test_a_draft_is_saved_and_what_is_there_is_said(self, editor_client, paper):
        make_post("Boats at sea", link=make_link(paper, PAGE))
        fields = filled(title="The boats at sea", original_address=f"{PAGE}#x", warned="", _save="Save draft")
        page = editor_client.post(ADD, fields, follow=True).content.decode()
        assert Post.objects.count() == 2
        assert page.count("Already clipped:") == 2  # above the form and at the box
        assert "This is The Paper (paper.example)." in page

    def test_a_near_title_is_said_after_saving_and_only_then(self, editor_client):
        make_post("Boats at sea")
        page = editor_client.post(ADD, filled(title="The boats at sea", _save="x"), follow=True).content.decode()
        assert "A title much like this one:" in page
        post = Post.objects.get(title="The boats at sea")
        changed = filled(title="The boats at sea", body="More", _save="x")
        page = editor_client.post(f"/admin/posts/post/{post.pk}/change/", changed, follow=True).content.decode()
        assert "A title much like this one:" not in page

    @pytest.mark.parametrize("button", ["_publish", "_schedule"])
    def test_readers_are_shown_a_page_twice_only_after_a_second_press(self, editor_client, paper, button):
        first = make_post(link=make_link(paper, PAGE))
        moment = {"published_at_0": "2100-01-01", "published_at_1": "10:00"} if button == "_schedule" else {}
        fields = filled(
            title="Again", body="All my words", original_address=PAGE, warned="", **moment, **{button: "x"}
        )
        response = editor_client.post(ADD, fields)
        assert "press the button again" in str(errors_of(response)["original_address"])
        page = response.content.decode()
        assert "All my words" in page
        assert f'name="warned" value="{first.pk}"' in page
        assert Post.objects.count() == 1
        response = editor_client.post(ADD, {**fields, "warned": str(first.pk)})
        assert response.status_code == 302
        assert Post.objects.get(title="Again").state == "published"

    def test_who_was_told_in_place_is_not_asked(self, editor_client, paper):
        first = make_post(link=make_link(paper, PAGE))
        told = filled(title="Again", original_address=PAGE, warned=f"{first.pk}", _publish="x")
        assert editor_client.post(ADD, told).status_code == 302

    def test_an_own_page_is_no_question(self, editor_client, paper):
        post = make_post("Mine", link=make_link(paper, PAGE), draft=True)
        fields = filled(title="Mine", source=paper.pk, original_address=PAGE, warned="", _publish="x")
        assert editor_client.post(f"/admin/posts/post/{post.pk}/change/", fields).status_code == 302
        assert Post.objects.get().is_public

    @pytest.mark.parametrize("warned", ["x", "\x01", "1,2,,9" * 500, "-1"])
    def test_what_is_carried_along_may_be_anything(self, editor_client, paper, warned):
        make_post(link=make_link(paper, PAGE))
        response = editor_client.post(ADD, filled(title="x", original_address=PAGE, warned=warned, _save="x"))
        assert response.status_code == 302


@pytest.mark.django_db
class TestAlsoReported:
    def save(self, client, post: Post, *lines: str, **fields):
        said = filled(title=post.title, slug=post.slug, also_reported="\r\n".join(lines), **fields)
        if post.published_at:
            said |= {"published_at_0": "2013-03-31", "published_at_1": "15:17:00"}
        said.setdefault("_save", "x")
        return client.post(f"/admin/posts/post/{post.pk}/change/", said, follow=True)

    def test_they_keep_their_order_and_lines_that_are_gone_go(self, editor_client):
        post = make_post(draft=True)
        self.save(editor_client, post, "https://c.example/1", "a.example/2", "https://b.example/3")
        assert post.also_addresses() == ["https://c.example/1", "https://a.example/2", "https://b.example/3"]
        self.save(editor_client, post, "https://b.example/3", "", "https://c.example/1")
        assert post.also_addresses() == ["https://b.example/3", "https://c.example/1"]
        self.save(editor_client, post)
        assert post.also_addresses() == []

    def test_the_original_and_what_stands_twice_are_left_out_with_a_word(self, editor_client, paper):
        post = make_post(draft=True)
        lines = [f"{PAGE}?utm_source=x", "https://b.example/3", "https://b.example/3#top"]
        page = self.save(editor_client, post, *lines, original_address=PAGE).content.decode()
        assert post.also_addresses() == ["https://b.example/3"]
        assert page.count("is named already, so it is left out") == 2

    def test_an_outlet_that_is_new_is_made_once_and_told(self, editor_client):
        post = make_post(draft=True)
        lines = ["https://new.example/1", "https://www.new.example/2"]
        page = self.save(editor_client, post, *lines, original_address="https://new.example/0").content.decode()
        assert Source.objects.get().name == "new.example"
        assert page.count("has been added as an outlet") == 1

    @pytest.mark.parametrize(
        ("lines", "sentence"),
        [
            ([f"https://a.example/{number}" for number in range(11)], "At most 10 further reports"),
            (["https://a.example/1", "ftp://b.example/"], "ftp://b.example/:"),
            (["https://a.example/1", "two words"], "https://two words:"),
            (["https://a.example/" + "x" * 2000], "https://a.example/"),
            (["https://a.example/" + "é" * 700], "too long"),
            (["https://a.example/\x00"], "https://a.example/"),
            (["https://" + "a" * 64 + ".example/"], "https://"),
        ],
    )
    def test_what_cannot_be_named_is_refused_and_all_that_was_typed_stays(self, editor_client, lines, sentence):
        post = make_post(draft=True)
        response = self.save(editor_client, post, *lines, body="My words")
        assert sentence in str(errors_of(response)["also_reported"])
        assert "My words" in response.content.decode()
        assert lines[0][:60] in response.content.decode()
        assert not Link.objects.exists()
        assert not Source.objects.exists()

    def test_a_public_posts_reports_stand_in_its_revision(self, editor_client):
        post = make_post("Seen")
        self.save(editor_client, post, "https://a.example/1")
        assert post.history.first().filed["also"] == ["https://a.example/1"]


@pytest.mark.django_db
def test_what_was_taken_down_is_nobodys_clip(editor, paper):
    post = make_post("Gone", link=make_link(paper, PAGE))
    post.take_down(Reason.LEGAL)
    assert not clips_of(PAGE, user=editor)
    assert not near_titles("Gone", user=editor)
