"""What a row of the ledger says, to look at: without a trace, and without what acts for the reader."""

import pytest
from django.contrib.auth.models import Group, User

from posts.outbox import composing
from posts.outbox.composing import Message, NotWanted, composes
from posts.outbox.models import Delivery
from posts.outbox.previewing import without_tokens

pytestmark = pytest.mark.django_db

TOKEN = "k3Yv-0_abcDEFghiJKLmno"
LINK = f"https://watch.example/u/{TOKEN}/"


@pytest.fixture
def desk(client):
    user = User.objects.create_user("ada", is_staff=True)
    user.groups.set(Group.objects.filter(name="Administrators"))
    client.force_login(user)
    return client


@pytest.fixture
def row(monkeypatch) -> Delivery:
    """A message whose composer writes, as some do."""
    monkeypatch.setattr(composing, "_composers", {})

    @composes("greet")
    def compose(data):
        Delivery.objects.create(key="made while composing", kind="x", recipient="x@x.example")
        if "raises" in data:
            raise {"gone": NotWanted("They have left."), "fault": ValueError("no such thing")}[data["raises"]]
        headers = {"List-Unsubscribe": f"<{LINK}>"}
        return Message(
            "Hello <you>", f"Hello\n\n{LINK}\n", f'<p style="margin:0"><a href="{LINK}">Hello</a></p>', headers
        )

    return Delivery.objects.create(key="1", kind="greet", recipient="ann@reader.example")


def address(row: Delivery, part: str = "") -> str:
    return f"/admin/outbox/delivery/{row.pk}/preview/{part}"


class TestThePage:
    def test_it_shows_what_would_go_out(self, desk, row):
        page = desk.get(address(row)).content.decode()
        for words in ("Hello &lt;you&gt;", "Human Traffic Watch &lt;htwatch@watch.example&gt;", "Auto-Submitted",
                      "List-Unsubscribe", "https://watch.example/u/…/"):  # fmt: skip
            assert words in page

    def test_the_ledgers_page_leads_to_it(self, desk, row):
        assert f'href="{address(row)}"' in desk.get(f"/admin/outbox/delivery/{row.pk}/change/").content.decode()

    def test_nothing_that_acts_for_the_reader_is_shown(self, desk, row):
        assert TOKEN not in desk.get(address(row)).content.decode()
        assert TOKEN not in desk.get(address(row, "html/")).content.decode()

    def test_composing_leaves_no_trace(self, desk, row):
        desk.get(address(row))
        desk.get(address(row, "html/"))
        assert list(Delivery.objects.values_list("state", flat=True)) == ["queued"]

    @pytest.mark.parametrize(
        ("raises", "words"),
        [("gone", "not be sent any longer. They have left."), ("fault", "ValueError: no such thing")],
    )
    def test_what_cannot_be_composed_says_why(self, desk, row, raises, words):
        Delivery.objects.update(data={"raises": raises})
        assert words in desk.get(address(row)).content.decode()
        assert desk.get(address(row, "html/")).status_code == 404
        assert Delivery.objects.count() == 1

    def test_of_an_app_that_is_gone_it_says_so(self, desk):
        row = Delivery.objects.create(key="2", kind="nobody.knows", recipient="ann@reader.example")
        assert "Nothing here composes messages" in desk.get(address(row)).content.decode()

    def test_a_row_that_is_gone(self, desk):
        assert desk.get("/admin/outbox/delivery/999/preview/").status_code == 404


class TestAsHtml:
    def test_it_stands_in_a_box_of_its_own(self, desk, row):
        response = desk.get(address(row, "html/"))
        assert response.content.decode().startswith("<p style=")
        policy = response["Content-Security-Policy"].split("; ")
        assert {"default-src 'none'", "sandbox", "frame-ancestors 'none'"} <= set(policy)


@pytest.mark.parametrize("group", ["Editors", "Moderators"])
def test_only_administrators_look(client, row, group):
    user = User.objects.create_user("someone", is_staff=True)
    user.groups.set(Group.objects.filter(name=group))
    client.force_login(user)
    assert client.get(address(row)).status_code == 403
    assert client.get(address(row, "html/")).status_code == 403


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"https://watch.example/u/{TOKEN}/", "https://watch.example/u/…/"),
        (f"https://watch.example/u/{TOKEN}", "https://watch.example/u/…"),
        (f"/c/{TOKEN}/?x=1", "/c/…/?x=1"),
        ("/2013/03/31/a-much-longer-slug-than-twenty-two/", "/2013/03/31/a-much-longer-slug-than-twenty-two/"),
        ("/tag/short/", "/tag/short/"),
        (f"{TOKEN} alone", f"{TOKEN} alone"),
    ],
)
def test_what_acts_is_a_segment_of_22_characters(before, after):
    message = without_tokens(Message("s", before, before, {"X": before}))
    assert (message.text, message.html, message.headers["X"]) == (after, after, after)
