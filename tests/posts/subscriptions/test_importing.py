"""A list from elsewhere: each address is asked once, and a file that is none does nothing."""

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.tasks import task_backends
from django_tasks_db.models import DBTaskResult

from htwatch.login.models import Session
from posts.outbox.models import Delivery
from posts.subscriptions import importing
from posts.subscriptions.importing import Reading, Unreadable, read_list
from posts.subscriptions.models import Block, Consent, Entry, Invited, Subscriber
from posts.subscriptions.scopes import WHOLE_SITE, Scope
from posts.subscriptions.tasks import import_list
from tests.factories import make_post, make_subscriber

IMPORT = "/admin/subscriptions/subscriber/import/"


def find(address: str) -> Scope | None:
    """As scopes.find_scope, with a tag that is always there."""
    known = {"/": WHOLE_SITE, "/tag/korea/": Scope("tag", 1, "Korea", "/tag/korea/")}
    return known.get(address)


def read(text: str | bytes) -> Reading:
    return read_list(text if isinstance(text, bytes) else text.encode(), find)


def emails(reading: Reading) -> list[str]:
    return [row.email.partition("@")[0] for row in reading.rows]


class TestReading:
    @pytest.mark.parametrize(
        "text",
        [
            "ann@a.example\nben@b.example\n",
            "\ufeffann@a.example\r\nben@b.example",
            "email\nann@a.example\nben@b.example",
            "Name,E-Mail\nAnn,ann@a.example\nBen,ben@b.example",
            "Address;Name\nann@a.example;Ann\nben@b.example;Ben",
            "name\temail\nAnn\tann@a.example\nBen\tben@b.example",
            "\n\n email , name\n\n ANN@a.example ,Ann\n,\nben@b.example",
            '"email","name"\n"ann@a.example","Ann, with\na line"\n"ben@b.example",""',
        ],
    )
    def test_lists_as_programs_write_them(self, text):
        reading = read(text)
        assert (emails(reading), reading.malformed, reading.duplicates) == (["ann", "ben"], 0, 0)

    def test_what_each_follows(self):
        [row] = read('email;follows\nann@a.example;"/tag/korea/=daily;/=weekly"').rows
        assert row.follows == {"/tag/korea/": "daily", "/": "weekly"}
        assert (row.hour, row.is_discreet) == (None, False)

    def test_hour_and_discretion_are_kept(self):
        [row] = read("email,hour,discreet\nann@a.example,17,yes").rows
        assert (row.hour, row.is_discreet) == (17, True)

    def test_malformed_rows_are_named_by_line_without_the_address(self):
        reading = read(
            "email,follows\nann@a.example,\nnonsense,\nben@b.example,/tag/none/=daily\ncy@c.example,/=hourly\n"
            "däd@d.example,\n"
        )
        assert emails(reading) == ["ann"]
        assert reading.malformed == 4
        assert [error.partition(":")[0] for error in reading.errors] == ["Line 3", "Line 4", "Line 5", "Line 6"]
        assert "nonsense" not in " ".join(reading.errors)

    def test_twenty_are_named_and_all_are_counted(self):
        reading = read("email\n" + "x\n" * 30)
        assert (len(reading.errors), reading.malformed) == (20, 30)

    def test_the_same_address_twice_is_one(self):
        reading = read("ann@a.example\nANN@a.example\nann@a.example")
        assert (emails(reading), reading.duplicates) == (["ann"], 2)

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (b"", "empty"),
            (b"\n \n", "empty"),
            (b"\xff\xfea\x00n\x00n\x00", "UTF-8"),
            ("ännchen@a.example".encode("latin-1"), "UTF-8"),
            (b"ann@a.example\x00", "no text"),
            (b"PK\x03\x04\x14\x00\x06\x00", "no text"),
            (b"name,city\nAnn,Paris", "No column"),
            (b"email,e-mail\na@a.example,b@b.example", "Two columns"),
            (b'email\n"ann@a.example', "breaks off"),
            (b'email\n"ann"x@a.example', "breaks off"),
            (b"email\n" + b"x" * 200_000, "breaks off"),
            (b"a@b.example\n" * 20_001, "more than 20,000 rows"),
            (b"x" * (5 * 1024 * 1024 + 1), "larger than 5 MB"),
        ],
    )
    def test_a_file_that_is_no_list_is_refused_in_a_sentence(self, data, words):
        with pytest.raises(Unreadable, match=words):
            read(data)

    def test_more_scopes_than_one_asking_holds(self):
        def find_any(address: str) -> Scope:
            return Scope("tag", 1, address, address)

        many = ";".join(f"/tag/{number}/=daily" for number in range(31))
        assert read_list(f'email,follows\na@a.example,"{many}"'.encode(), find_any).malformed == 1


@pytest.fixture
def desk(client, db):
    user = User.objects.create_user("ada", is_staff=True)
    user.groups.set(Group.objects.filter(name="Administrators"))
    client.force_login(user)
    return client


def send(client, text: str | bytes, **fields) -> str:
    data = text if isinstance(text, bytes) else text.encode()
    form = {"file": SimpleUploadedFile("list.csv", data), "proof": "Signed at the fair in 2012", "scope": "/",
            "frequency": "weekly", **fields}  # fmt: skip
    response = client.post(IMPORT, form)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.django_db
class TestThePage:
    def test_each_is_asked_once_and_nobody_subscribes_by_it(self, desk):
        make_post(tags=["Korea"])
        page = send(desk, "email,follows\nann@a.example,\nben@b.example,/tag/korea/=daily\n")
        assert "Asked: 2. Left out: 0." in page
        ann, ben = Consent.objects.order_by("email")
        assert (ann.scopes, ben.scopes) == ({"/": "weekly"}, {"/tag/korea/": "daily"})
        assert ann.proof == "Signed at the fair in 2012"
        assert ann.came_from.startswith("A list imported on ")
        assert not Subscriber.objects.exists()
        assert Delivery.objects.filter(kind="subscriptions.ask").count() == 2
        assert "Asked: 0. Left out: 2." in send(desk, "ann@a.example\nben@b.example")
        assert Delivery.objects.count() == 2

    def test_who_is_known_blocked_or_was_asked_is_one_number(self, desk):
        make_subscriber("ann@a.example")
        Block.objects.create(pattern="bad.example")
        send(desk, "cy@c.example")
        page = send(desk, "ann@a.example\nben@mail.bad.example\ncy@c.example\ndee@d.example\ndee@d.example\nx")
        assert "Asked: 1. Left out: 3." in page
        assert "Twice in the file: 1. Malformed: 1." in page
        assert "Line 6: This is no e-mail address." in page
        assert not Consent.objects.filter(email__contains="bad.example").exists()

    def test_it_is_noted_in_numbers(self, desk):
        send(desk, "ann@a.example")
        assert [(each.act, each.words) for each in Entry.objects.all()] == [("import", "Asked: 1. Left out: 0.")]

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"proof": " "}, "This field is required"),
            ({"scope": "/tag/none/"}, "There is no such listing here"),
            ({"frequency": "hourly"}, "Select a valid choice"),
        ],
    )
    def test_what_is_missing_is_said_and_nothing_is_done(self, desk, fields, words):
        page = send(desk, "ann@a.example", **fields)
        assert words in page
        assert "Nothing was imported." in page
        assert not Invited.objects.exists()
        assert not Entry.objects.exists()

    def test_a_file_that_cannot_be_read_does_nothing(self, desk):
        page = send(desk, b'email\nann@a.example\n"ben@b.example')
        assert "breaks off" in page
        assert not Invited.objects.exists()

    def test_a_file_of_nothing_but_errors_asks_nobody(self, desk):
        assert "Nobody is asked" in send(desk, "email\nx\ny\n")

    def test_what_a_hostile_file_says_is_not_shown_as_markup(self, desk):
        assert "<script>x" not in send(desk, "email\n<script>x</script>\n")


@pytest.mark.django_db
class TestALongList:
    @pytest.fixture(autouse=True)
    def short(self, monkeypatch):
        monkeypatch.setattr(importing, "AT_ONCE", 1)

    def test_it_is_asked_by_a_task_and_the_page_says_so(self, desk):
        page = send(desk, "ann@a.example\nben@b.example")
        assert "2 addresses are being asked in the background" in page
        assert not Consent.objects.exists()
        assert Entry.objects.get().words == "Begun: 2 addresses"
        sessions = Session.objects.count()
        [result] = DBTaskResult.objects.filter(task_path__endswith="import_list")
        assert "@" not in str(result.args_kwargs)
        assert import_list.func(*result.args_kwargs["args"]) == 2
        assert Consent.objects.count() == 2
        assert Entry.objects.first().words == "Asked: 2. Left out: 0."
        assert Session.objects.count() == sessions - 1

    def test_twice_run_once_asked(self, desk):
        send(desk, "ann@a.example\nben@b.example")
        [result] = DBTaskResult.objects.filter(task_path__endswith="import_list")
        arguments = result.args_kwargs["args"]
        assert [import_list.func(*arguments), import_list.func(*arguments)] == [2, 0]
        assert Delivery.objects.count() == 2

    def test_it_can_be_queued(self, desk):
        assert task_backends["default"].supports_defer
        assert import_list.priority < 0


@pytest.mark.django_db
def test_slices_are_transactions_of_their_own(monkeypatch):
    monkeypatch.setattr(importing, "SLICE", 2)
    rows = read("\n".join(f"r{number}@a.example" for number in range(5))).rows
    terms = importing.Terms({"/": "post"}, "A list", "Proof")
    assert importing.invite_all(rows, terms) == 5
    assert Invited.objects.count() == 5
