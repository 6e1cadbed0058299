"""Comments of the old blog come over once, with threads and states, and nobody is told of them."""

import datetime as dt
import json
import random

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from posts.comments import deciding, happening, mailing
from posts.comments.models import Comment, Entry, Follow, WordCount
from posts.comments.tidying import tidy
from posts.models import Post
from posts.outbox.models import Delivery
from posts.rendering import MAX_COMMENT_LENGTH, plain_text
from posts.wordpress.converting.remark_text import remark_text
from posts.wordpress.importing.old_comments import Remarked, store_remarks
from posts.wordpress.models import Blog, Imported
from posts.wordpress.records import Item, Meta, Remark
from tests.factories import keep_open, make_comment, make_post

AT = dt.datetime(2013, 4, 1, 10, tzinfo=dt.UTC)


@pytest.fixture
def post(db) -> Post:
    return keep_open(make_post("The long way", at="2013-03-31 15:17"))


@pytest.fixture
def blog(db) -> Blog:
    return Blog.objects.create(address="https://oldblog.example", host="oldblog.example")


def remark(number: int | None = 1, content: str = "Well said.", **fields) -> Remark:
    values = {"author": "Ann", "email": "ann@reader.example", "written_at": AT, **fields}
    return Remark(number=number, content=content, **values)


def store(post: Post, blog: Blog, *remarks: Remark, users: dict[int, int] | None = None) -> Remarked:
    with transaction.atomic():
        return store_remarks([(post, Item(guid="g1", remarks=list(remarks)))], blog, users or {})


def codes(remarked: Remarked, post: Post) -> list[str]:
    return [reason.code for reason in remarked.reasons[post.pk]]


class TestOne:
    def test_a_comment_comes_over_as_it_was(self, post, blog):
        result = store(post, blog, remark(address="http://ann.example/", content="<em>Well</em> said."))
        comment = Comment.objects.get()
        assert (comment.post, comment.name, comment.email) == (post, "Ann", "ann@reader.example")
        assert (comment.body, comment.body_html) == ("*Well* said.", "<p><em>Well</em> said.</p>")
        assert (comment.state, comment.written_at, comment.kind) == ("approved", AT, "comment")
        assert (comment.address, comment.writer, comment.is_editorial) == ("http://ann.example/", "", False)
        assert result.total == {"imported": 1}
        assert codes(result, post) == []
        comment.full_clean()

    @pytest.mark.parametrize(
        ("approved", "state", "reason"),
        [
            ("1", "approved", ""), ("0", "held", ""), ("", "held", ""), ("odd", "held", ""), ("spam", "spam", ""),
            ("trash", "removed", "other"), ("post-trashed", "removed", "other"),
        ],
    )  # fmt: skip
    def test_states(self, post, blog, approved, state, reason):
        store(post, blog, remark(approved=approved))
        comment = Comment.objects.get()
        assert (comment.state, comment.removal_reason) == (state, reason)

    def test_what_is_of_no_known_kind_waits_for_a_moderator(self, post, blog):
        result = store(post, blog, remark(kind="order_note"))
        assert Comment.objects.get().state == "held"
        assert codes(result, post) == ["comment-held"]

    def test_without_a_moment_it_stands_at_that_of_the_post(self, post, blog):
        store(post, blog, remark(written_at=None))
        assert Comment.objects.get().written_at == post.published_at

    def test_a_long_one_is_kept_whole_and_told(self, post, blog):
        result = store(post, blog, remark(content="word " * 2000))
        assert len(Comment.objects.get().body) > MAX_COMMENT_LENGTH
        assert codes(result, post) == ["comment-long"]

    @pytest.mark.parametrize(
        "email", ["no address", "@", "a@b", "x" * 300 + "@reader.example", "a\x00@reader.example"]
    )
    def test_an_address_that_is_none_is_dropped(self, post, blog, email):
        result = store(post, blog, remark(email=email))
        assert Comment.objects.get().email == ""
        assert codes(result, post) == ["comment-email-dropped"]

    def test_a_name_is_unescaped_and_cut(self, post, blog):
        result = store(post, blog, remark(1, author="O&#039;Brien &amp; Co"), remark(2, author="x" * 200))
        assert [comment.name for comment in Comment.objects.order_by("pk")] == ["O'Brien & Co", "x" * 79 + "…"]
        assert codes(result, post) == ["comment-name-cut"]

    @pytest.mark.parametrize("address", ["http://", "javascript:alert(1)", "x", "http://x.example/" + "a" * 600])
    def test_an_address_of_no_page_is_not_kept(self, post, blog, address):
        store(post, blog, remark(kind="pingback", address=address))
        assert Comment.objects.get().address == ""

    def test_whoever_writes_here_now_is_marked_as_the_desk(self, post, blog, editor):
        store(post, blog, remark(1, user=7), remark(2, user=8), users={7: editor.pk})
        first, second = Comment.objects.order_by("pk")
        assert (first.editor, first.is_editorial) == (editor, True)
        assert (second.editor, second.is_editorial) == (None, False)

    def test_custom_fields_are_kept(self, post, blog):
        store(post, blog, remark(meta=[Meta("rating", "5\x00")]))
        assert Imported.objects.get().extra == {"meta": [["rating", "5"]]}

    def test_mentions_keep_their_kind_and_page(self, client, post, blog):
        store(
            post, blog,
            remark(1, kind="pingback", author="A Blog &raquo; Post", address="http://ping.example/a?b=1&amp;c=2"),
            remark(2, kind="trackback", parent=1), remark(3, parent=1),
        )  # fmt: skip
        ping, track, comment = Comment.objects.order_by("pk")
        assert (ping.kind, ping.address, ping.email) == ("pingback", "http://ping.example/a?b=1&c=2", "")
        assert (track.kind, track.parent, comment.parent) == ("trackback", None, None)
        assert "A Blog » Post" in client.get(post.get_absolute_url()).content.decode()


class TestThreads:
    def test_parents_may_come_in_any_order(self, post, blog):
        store(post, blog, remark(3, parent=2), remark(2, parent=1), remark(1), remark(4, parent=99))
        parents = {c.body: c.parent for c in Comment.objects.all()}
        one, two, three, four = (
            Comment.objects.get(pk=Imported.objects.get(number=number).row_id) for number in (1, 2, 3, 4)
        )
        assert (one.parent, two.parent, three.parent, four.parent) == (None, one, two, None)
        assert parents

    def test_those_that_answer_each_other_in_a_circle_stand_for_themselves(self, post, blog):
        store(
            post,
            blog,
            remark(1, parent=2),
            remark(2, parent=3),
            remark(3, parent=1),
            remark(4, parent=1),
            remark(5, parent=5),
        )
        tops = set(Comment.objects.filter(parent=None).values_list("once", flat=True))
        assert len(tops) == 4
        assert Comment.objects.exclude(parent=None).get().parent == Comment.objects.get(
            pk=Imported.objects.get(number=1).row_id
        )

    def test_an_answer_that_comes_later_finds_what_it_answers(self, post, blog):
        store(post, blog, remark(1))
        store(post, blog, remark(2, parent=1))
        assert Comment.objects.get(parent__isnull=False).parent.pk == Imported.objects.get(number=1).row_id

    def test_a_circle_over_two_exports_is_not_closed(self, post, blog):
        store(post, blog, remark(1))
        store(post, blog, remark(2, parent=1))
        store(post, blog, remark(1, "Changed.", parent=2))
        assert Comment.objects.filter(parent=None).count() == 1

    def test_the_parent_of_another_post_is_none(self, post, blog):
        store(post, blog, remark(1))
        store(make_post(), blog, remark(2, parent=1))
        assert Comment.objects.filter(parent=None).count() == 2

    def test_a_long_chain_costs_no_more_queries_than_a_short_one(self, post, blog):
        numbers = []
        for start, length in ((1, 3), (1000, 400)):
            with CaptureQueriesContext(connection) as queries:
                store(post, blog, *(remark(start + n, parent=start + n - 1 if n else None) for n in range(length)))
            numbers.append(len(queries))
        assert numbers[0] == numbers[1]


class TestAgain:
    def test_the_same_again_changes_nothing(self, post, blog):
        remarks = [remark(1), remark(2, parent=1), remark(None, "No number."), remark(4, approved="0")]
        store(post, blog, *remarks)
        before = list(Comment.objects.values()), list(Imported.objects.values())
        result = store(post, blog, *remarks)
        assert result.total == {"unchanged": 4}
        assert not result.is_changed(post.pk)
        assert (list(Comment.objects.values()), list(Imported.objects.values())) == before

    def test_what_was_changed_there_is_changed_here(self, post, blog):
        store(post, blog, remark(approved="0"))
        result = store(post, blog, remark(content="Better said.", approved="1"))
        comment = Comment.objects.get()
        assert (comment.body, comment.state) == ("Better said.", "approved")
        assert result.total == {"updated": 1}
        assert store(post, blog, remark(content="Better said.", approved="1")).total == {"unchanged": 1}

    def test_what_a_moderator_decided_stays(self, post, blog, moderator):
        store(post, blog, remark(approved="0"))
        deciding.decide([Comment.objects.get().pk], Entry.Act.SPAM, moderator)
        result = store(post, blog, remark(content="Changed.", approved="1"))
        assert Comment.objects.get().state == "spam"
        assert result.total == {"skipped": 1}
        assert codes(result, post) == ["comment-edited-here"]

    def test_an_address_that_was_erased_here_does_not_come_back(self, post, blog):
        store(post, blog, remark())
        Comment.objects.update(email="")
        store(post, blog, remark(content="Changed."))
        assert Comment.objects.get().email == ""

    def test_what_was_deleted_here_does_not_come_back(self, post, blog):
        store(post, blog, remark(1), remark(2, parent=1))
        Comment.objects.all().forget()
        assert store(post, blog, remark(1), remark(2, parent=1)).total == {"unchanged": 2}
        changed = store(post, blog, remark(1, "Changed."), remark(2, "Changed.", parent=1))
        assert changed.total == {"skipped": 2}
        assert codes(changed, post) == ["comment-deleted-here"]
        assert not Comment.objects.exclude(body="").exists()

    def test_one_that_stands_twice_is_taken_once(self, post, blog):
        result = store(post, blog, remark(1), remark(1), remark(None), remark(None))
        assert Comment.objects.count() == 2
        assert result.total == {"imported": 2, "skipped": 2}

    def test_two_under_one_number_are_both_kept(self, post, blog):
        for _ in range(2):
            store(post, blog, remark(1, "One."), remark(1, "Another."))
        assert set(Comment.objects.values_list("body", flat=True)) == {"One.", "Another."}

    def test_two_blogs_may_count_alike(self, post, blog):
        other = Blog.objects.create(address="https://other.example", host="other.example")
        store(post, blog, remark(1))
        store(post, other, remark(1))
        assert Comment.objects.count() == 2

    def test_a_blog_that_was_forgotten_brings_nothing_twice(self, post, blog):
        store(post, blog, remark(1))
        Comment.objects.update(body="Mended here.")
        blog.delete()
        again = Blog.objects.create(address="https://oldblog.example", host="oldblog.example")
        assert store(post, again, remark(1)).total == {"unchanged": 1}
        assert Comment.objects.get().body == "Mended here."
        assert Imported.objects.get().row_id == Comment.objects.get().pk


class TestTellingNobody:
    def test_no_letter_no_call_and_nothing_learnt(self, post, blog, moderator):
        asked = make_comment(post, email="ben@reader.example")
        Follow.objects.create(comment=asked, confirmed_at=timezone.now())
        since = timezone.now() - dt.timedelta(hours=1)
        store(post, blog, *(remark(n, approved=state) for n, state in enumerate(("1", "0", "spam", "trash"), 1)))
        assert list(happening.happened(since)) == []
        deciding.decide(
            Comment.objects.filter(state="held").values_list("pk", flat=True), Entry.Act.APPROVE, moderator
        )
        for comment in Comment.objects.exclude(pk=asked.pk):
            mailing.tell(comment)
            mailing.ask(comment)
        assert not Delivery.objects.exists()
        assert Follow.objects.count() == 1
        assert mail.outbox == []

    def test_nothing_is_learnt_of_words_that_nobody_judged_here(self, post, blog):
        store(post, blog, remark(1), remark(2, approved="spam"))
        assert not WordCount.objects.exists()

    def test_what_waits_is_kept_for_some_weeks_from_now_on(self, post, blog):
        store(post, blog, remark(1, approved="0"), remark(2, approved="spam"), remark(3))
        tidy(timezone.now() + dt.timedelta(days=1))
        assert Comment.objects.count() == 3
        tidy(timezone.now() + dt.timedelta(days=31))
        assert Comment.objects.get().state == "approved"

    def test_no_network_address_is_anywhere(self, post, blog):
        store(post, blog, remark())
        rows = json.dumps([*Comment.objects.values(), *Imported.objects.values()], default=str)
        assert "203.0.113" not in rows
        assert Comment.objects.get().writer == ""


def test_the_number_of_queries_does_not_grow(blog):
    chance, numbers = random.Random(1), []
    for posts, each in ((1, 2), (20, 15)):
        pairs = []
        for _ in range(posts):
            item = Item(guid=f"g{chance.random()}")
            item.remarks = [remark(chance.randrange(10**9), parent=None) for _ in range(each)]
            pairs.append((make_post(), item))
        for changes in ("", " again", " again"):
            for _, item in pairs:
                for n, old in enumerate(item.remarks):
                    old.content += changes
                    old.parent = item.remarks[n - 1].number if n else None
            with CaptureQueriesContext(connection) as queries, transaction.atomic():
                store_remarks(pairs, blog, {})
            numbers.append(len(queries))
    assert numbers[:3] == numbers[3:]


class TestText:
    @pytest.mark.parametrize(
        ("html", "text"),
        [
            ("One.\nTwo.\n\nThree.", "One.\nTwo.\n\nThree."),
            ("<p>One<br />two</p><p>Three</p>", "One\ntwo\n\nThree"),
            ("<strong>b</strong> <em>i</em> <b><i>both</i></b>", "**b** *i* ***both***"),
            ('<a href="http://a.example/x" rel="nofollow">there</a>', "[there](http://a.example/x)"),
            ('<a href="http://a.example/x">http://a.example/x</a>', "http://a.example/x"),
            ('<a href="javascript:alert(1)">there</a>', "there"),
            ("<blockquote>One\n\ntwo</blockquote>\nAnswer", "> One\n>\n> two\n\nAnswer"),
            ("<ul>\n<li>One</li>\n<li>Two</li>\n</ul>", "- One\n- Two"),
            ("<ol><li>One</li><li>Two</li></ol>", "1. One\n2. Two"),
            ("1. no list\n- neither\n> no quote", "1\\. no list\n\\- neither\n\\> no quote"),
            ("a *star* and [x](y)", "a \\*star\\* and [x\\](y)"),
            ("http://a.example/_a_*b", "http://a.example/_a_*b"),
            ("<code>x * y</code>", "x \\* y"),
            ("O&#8217;Brien &amp; Co", "O’Brien & Co"),
            ("<script>alert(1)</script>", "<script>alert(1)</script>"),
            ("wo<em>“r”</em>d", "wo“r”d"),
            ("", ""),
        ],
    )
    def test_simple_html_becomes_our_text(self, html, text):
        assert remark_text(html)[0] == text

    @given(st.text(st.sampled_from("ab *_[](){}<>!#-+1.\\`~&;|\n\"'/:@é탈“”"), max_size=80))
    def test_every_word_is_shown_as_it_was_written(self, text):
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        rendered = remark_text(escaped)[1]
        assert "".join(plain_text(rendered).split()) == "".join(text.split())

    @given(
        st.lists(
            st.sampled_from(
                "<em> </em> <b> </b> <ul> </ul> <ol> <li> </li> <blockquote> </blockquote> <p> </p> <br> x y. * _ \n"
                ' \n\n <a href="http://a.example/b"> </a> <q> </q> <img> 1. - > http://c.example/ & <'.split(" ")
            ),
            max_size=25,
        )
    )
    def test_any_markup_ends_in_text(self, pieces):
        text, rendered = remark_text(" ".join(pieces))
        assert "x" in text or "x" not in pieces
        assert rendered.count("<p>") == rendered.count("</p>")

    @pytest.mark.parametrize(
        "piece",
        [
            "<", "<a ", "<em>", "</em>", "<blockquote>", "<ul><li>", "*", "[", "\n", "&", "<!--", "_a", "a\n\n",
            '<a href="http://x.example">',
        ],
    )  # fmt: skip
    def test_a_hostile_comment_is_read_in_time(self, piece):
        remark_text(piece * 3000)
