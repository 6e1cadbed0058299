"""Pingbacks and trackbacks of an old blog: shown apart, counted as no comments, and nobody can answer or make them."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from posts.comments import deciding
from posts.comments.models import Comment, Entry
from posts.comments.privacy import export
from posts.models import Post
from tests.factories import make_comment, make_post
from tests.posts.test_views import words

pytestmark = pytest.mark.django_db


def make_mention(post: Post, name: str = "Another blog", **fields) -> Comment:
    fields.setdefault("kind", Comment.Kind.PINGBACK)
    fields.setdefault("address", "https://other.example/post?a=1&b=2")
    return make_comment(post, "[…] said of it […]", name=name, **fields)


def mentions(client, post: Post) -> str:
    page = client.get(post.get_absolute_url()).content.decode()
    found = re.search(r'<section class="mentions".*?</section>', page, re.S)
    return found[0] if found else ""


class TestReaders:
    def test_a_mention_links_to_the_page_and_lends_it_no_weight(self, client, post):
        mention = make_mention(post, "A <b>blog</b>")
        shown = mentions(client, post)
        assert 'href="https://other.example/post?a=1&amp;b=2" rel="nofollow ugc noopener noreferrer"' in shown
        assert "A &lt;b&gt;blog&lt;/b&gt;" in shown
        assert words(shown).startswith("Mentioned by A <b>blog</b>")
        assert f'id="comment-{mention.pk}"' in shown

    def test_it_is_no_comment(self, client, post):
        make_comment(post, "A word.", name="Ann")
        make_mention(post, kind=Comment.Kind.TRACKBACK)
        page = client.get(post.get_absolute_url()).content.decode()
        assert "<h2>1 comment</h2>" in page
        assert page.count('class="comment comment-depth') == 1
        assert "1 comment<" in client.get("/").content.decode()
        assert "said of it" not in page

    def test_without_a_page_there_is_but_the_name(self, client, post):
        make_mention(post, address="")
        assert "<a " not in mentions(client, post)
        assert "Another blog" in mentions(client, post)

    def test_without_a_name_the_address_stands_for_it(self, client, post):
        make_mention(post, "")
        assert ">https://other.example/post?a=1&amp;b=2<" in mentions(client, post).replace("<bdi>", "")

    @pytest.mark.parametrize(("state", "reason"), [("held", ""), ("spam", ""), ("removed", "other")])
    def test_what_is_not_approved_is_not_shown(self, client, post, state, reason):
        make_mention(post, state=state, removal_reason=reason)
        assert mentions(client, post) == ""

    def test_the_page_of_somebody_who_comments_is_not_shown(self, client, post):
        make_comment(post, "A word.", name="Ann", address="https://ann.example/")
        assert "ann.example" not in client.get(post.get_absolute_url()).content.decode()

    def test_no_feed_of_comments_has_it_nor_their_list(self, client, post):
        make_mention(post)
        make_comment(post, "A word.")
        for url in ("/comments/feed/", f"{post.get_absolute_url()}feed/", "/comments/"):
            page = client.get(url).content.decode()
            assert "A word." in page
            assert "said of it" not in page

    def test_its_old_address_leads_to_it(self, client, post):
        mention = make_mention(post)
        assert client.get(f"/comments/{mention.pk}/")["Location"] == f"{post.get_absolute_url()}#comment-{mention.pk}"

    def test_many_cost_no_more_queries_than_one(self, client, post):
        numbers = []
        for count in (1, 5):
            for _ in range(count):
                make_mention(post)
            client.get(post.get_absolute_url())
            with CaptureQueriesContext(connection) as queries:
                client.get(post.get_absolute_url())
            numbers.append(len(queries))
        assert numbers[0] == numbers[1]


class TestNobodyAnswersOrMakesOne:
    def test_the_form_does_not_answer_one(self, client, post, reader, slowly):
        mention = make_mention(post)
        page = client.get(f"{post.get_absolute_url()}?reply={mention.pk}").content.decode()
        assert 'name="parent"' not in page
        response = reader.send("An answer.", parent=str(mention.pk))
        assert response.status_code == 409
        assert not Comment.objects.filter(parent=mention).exists()

    def test_the_desk_does_not_answer_one(self, post, moderator):
        with pytest.raises(ValidationError, match="cannot be answered"):
            deciding.answer(make_mention(post), "An answer.", moderator)

    def test_the_desk_is_not_offered_to(self, moderator_client, post):
        mention = make_mention(post)
        assert (
            f"/{mention.pk}/answer/" not in moderator_client.get("/admin/comments/comment/?state=all").content.decode()
        )
        page = moderator_client.post(f"/admin/comments/comment/{mention.pk}/answer/", {"body": "An answer."})
        assert "cannot be answered" in page.content.decode()

    def test_the_form_makes_only_comments(self, reader, slowly):
        reader.write("A word.", kind="pingback", address="https://other.example/")
        comment = Comment.objects.get()
        assert (comment.kind, comment.address) == ("comment", "")

    def test_the_database_knows_three_kinds(self, post):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_comment(post, kind="other")

    def test_a_row_written_without_a_kind_is_a_comment(self, post):
        make_comment(post)
        with connection.cursor() as cursor:
            columns = [
                f.column for f in Comment._meta.local_fields if f.column not in ("id", "kind", "address", "once")
            ]
            names = ", ".join(columns)
            cursor.execute(
                f"INSERT INTO comments_comment ({names}, once) SELECT {names}, 'x' FROM comments_comment"  # noqa: S608
            )
        assert Comment.objects.get(once="x").kind == "comment"


class TestTheDesk:
    def test_the_queue_says_what_it_is_and_from_where(self, moderator_client, post):
        mention = make_mention(post, state="held", kind=Comment.Kind.TRACKBACK)
        page = moderator_client.get("/admin/comments/comment/").content.decode()
        card = page[page.index(f'id="card-{mention.pk}"') :]
        assert "Trackback" in card
        assert "https://other.example/post?a=1&amp;b=2" in card
        assert "Trackback" in moderator_client.get(f"/admin/comments/comment/{mention.pk}/change/").content.decode()

    def test_a_comment_is_called_nothing_else(self, moderator_client, post):
        make_comment(post, state="held", address="https://ann.example/")
        page = moderator_client.get("/admin/comments/comment/").content.decode()
        assert "Pingback" not in page
        assert "ann.example" not in page

    def test_it_is_decided_on_as_a_comment_is(self, client, post, moderator):
        mention = make_mention(post, state="held")
        deciding.decide([mention.pk], Entry.Act.APPROVE, moderator)
        assert "Another blog" in mentions(client, post)


class TestThePageOfAWriter:
    def test_it_is_shown_to_whoever_proves_to_be_the_writer(self, post):
        make_comment(post, email="ann@reader.example", address="https://ann.example/")
        assert export("ann@reader.example")["comments"][0]["page"] == "https://ann.example/"

    def test_it_is_forgotten_with_the_rest(self):
        parent = make_comment(make_post(), address="https://ann.example/")
        make_comment(parent.post, parent=parent)
        Comment.objects.filter(pk=parent.pk).forget()
        parent.refresh_from_db()
        assert (parent.removal_reason, parent.address) == ("forgotten", "")
