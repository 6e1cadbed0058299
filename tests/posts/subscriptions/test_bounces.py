"""Reports of mail servers, read. The mails in tests/data/bounces are shaped like those of known servers."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posts.subscriptions import bounces
from posts.subscriptions.bounces import COMPLAINT, HARD, SOFT, Notice, find_code, parse, tidy, weigh

MAILS = Path(__file__).parents[2] / "data" / "bounces"
AT = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
LETTER = "<letter-1@watch.example>"


def raw(name: str) -> bytes:
    return (MAILS / f"{name}.eml").read_bytes()


def read(name: str) -> list[Notice]:
    return parse(raw(name), AT)


def report(*fields: str, head: str = "", original: str = "") -> bytes:
    """Return a status notification with these fields for its one recipient."""
    lines = ["Action: failed", "Final-Recipient: rfc822; ann@reader.example", *fields]
    text = (
        f"{head}Content-Type: multipart/report; boundary=b\n\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x.example\n\n"
        + "\n".join(lines)
        + f"\n\n--b\nContent-Type: message/rfc822\n\n{original}\n--b--\n"
    )
    return text.encode()


@pytest.mark.parametrize(
    ("name", "recipient", "kind", "code", "words"),
    [
        (
            "postfix_unknown_user", "ann@reader.example", HARD, "5.1.1",
            "550 5.1.1 <ann@reader.example>: Recipient address rejected: there is nobody of that name here",
        ),
        (
            "exchange_full", "bob+news@office.example", SOFT, "5.2.2",
            "554 5.2.2 mailbox full; STOREDRV.Deliver: quota",
        ),
        (
            "gmail_policy", "ann@reader.example", SOFT, "5.7.26",
            "550-5.7.26 This mail is not signed by whom it says it is from. 550 5.7.26 192.0.2.7 is not known to us.",
        ),
        ("exim_general_status", "ann@reader.example", HARD, "5.0.0", "550 No such person at this address"),
        ("utf8", "rené@bücher.example", HARD, "5.1.1", "550 5.1.1 kein Postfach für rené"),
        ("utf8_base64", "rené@bücher.example", HARD, "5.1.1", "550 5.1.1 kein Postfach für rené"),
        ("complaint", "ann@reader.example", COMPLAINT, "", "abuse"),
        ("complaint_without_recipient", "ann@reader.example", COMPLAINT, "", "abuse"),
    ],
)  # fmt: skip
def test_a_report_tells_whose_letter_it_was_and_why_it_came_back(name, recipient, kind, code, words):
    [notice] = read(name)
    assert (notice.recipient, notice.kind, notice.code, notice.words) == (recipient, kind, code, words)
    assert notice.message_id == LETTER
    assert notice.at is not None
    assert notice.at.date() in (dt.date(2026, 11, 10), dt.date(2026, 11, 11))


def test_a_report_without_the_letter_tells_of_the_address_alone():
    [notice] = read("no_third_part")
    assert (notice.recipient, notice.message_id, notice.kind) == ("ann@reader.example", "", HARD)


def test_a_report_that_leaves_the_letter_out_may_answer_to_it():
    [notice] = parse(
        raw("no_third_part").replace(b"MIME-Version", f"In-Reply-To: {LETTER}\nMIME-Version".encode()), AT
    )
    assert notice.message_id == LETTER


def test_of_several_recipients_only_those_count_whose_letter_failed():
    notices = read("several_recipients")
    assert [(notice.recipient, notice.kind, notice.code) for notice in notices] == [
        ("ann@reader.example", HARD, "5.1.1"),
        ("bob@reader.example", SOFT, "4.4.7"),
    ]
    assert len({notice.key for notice in notices}) == 2


@pytest.mark.parametrize(
    "name", ["delayed", "delivered", "vacation", "receipt", "spam", "not_spam", "broken_mime", "forwarded_report"]
)
def test_what_is_no_report_of_failure_says_nothing(name):
    assert raw(name)
    assert read(name) == []


def test_the_same_report_read_twice_has_the_same_key():
    first, again = read("postfix_unknown_user"), read("postfix_unknown_user")
    assert first == again
    assert first[0].key != read("exim_general_status")[0].key


def test_a_report_without_a_name_is_known_by_its_bytes():
    [one], [other] = parse(report("Status: 5.1.1")), parse(report("Status: 5.1.2"))
    assert one.key == parse(report("Status: 5.1.1"))[0].key != other.key


@pytest.mark.parametrize(
    ("original", "final", "meant"),
    [
        ("rfc822;ann+2Bnews@reader.example", "rfc822;a.smith@reader.example", "ann+news@reader.example"),
        ("rfc822;Ann+24@Reader.example", "rfc822;ann+24@reader.example", "ann+24@reader.example"),
        ("rfc822; <ann@reader.example>", "x400;/G=Ann/", "ann@reader.example"),
        ("unknown;ann", "RFC822;ann@reader.example", "ann@reader.example"),
        ("rfc822;no address", "rfc822;ann@reader.example", "ann@reader.example"),
        (r"utf-8;ren\x{E9}@reader.example", "rfc822;r@reader.example", "rené@reader.example"),
        (r"utf-8;ren\x{FFFFF}\x{D800}@reader.example", "rfc822;r@reader.example", "r@reader.example"),
    ],
)
def test_the_recipient_is_whom_we_wrote_to(original, final, meant):
    mail = report(f"Original-Recipient: {original}").replace(b"rfc822; ann@reader.example\n", f"{final}\n".encode(), 1)
    assert parse(mail)[0].recipient == meant


@pytest.mark.parametrize(
    ("date", "at"),
    [
        ("Tue, 10 Nov 2026 08:00:05 +0000 (UTC)", dt.datetime(2026, 11, 10, 8, 0, 5, tzinfo=dt.UTC)),
        ("Tue, 10 Nov 2026 08:00:05 -0000", dt.datetime(2026, 11, 10, 8, 0, 5, tzinfo=dt.UTC)),
        ("Sat, 21 Nov 2026 08:00:05 +0000", None),
        ("Tue, 10 Nov 2020 08:00:05 +0000", None),
        ("Tue, 99 Nov 2026 08:00:05 +9999", None),
        ("Mon, 01 Jan 0001 00:00:00 +2300", None),
        ("yesterday", None),
    ],
)
def test_the_time_is_that_of_the_report_where_it_can_be(date, at):
    [notice] = parse(report("Status: 5.1.1", head=f"Date: {date}\n"), AT)
    assert notice.at == at


@pytest.mark.parametrize(
    ("status", "words", "code", "kind"),
    [
        ("5.1.1", "", "5.1.1", HARD),
        ("5.1.2", "", "5.1.2", HARD),
        ("5.1.10", "", "5.1.10", HARD),
        ("5.1.6", "", "5.1.6", HARD),
        ("5.1.7", "", "5.1.7", SOFT),
        ("5.1.8", "", "5.1.8", SOFT),
        ("5.2.0", "", "5.2.0", SOFT),
        ("5.2.1", "", "5.2.1", HARD),
        ("5.2.2", "", "5.2.2", SOFT),
        ("5.3.4", "", "5.3.4", SOFT),
        ("5.4.4", "", "5.4.4", HARD),
        ("5.4.1", "550 5.4.1 access denied", "5.4.1", SOFT),
        ("5.5.0", "", "5.5.0", SOFT),
        ("5.6.7", "", "5.6.7", SOFT),
        ("5.7.1", "550 5.7.1 not from there", "5.7.1", SOFT),
        ("4.4.7", "", "4.4.7", SOFT),
        ("4.0.0", "550 nobody", "4.0.0", SOFT),
        ("5.0.0", "", "5.0.0", HARD),
        ("5.0.0", "it did not work", "5.0.0", HARD),
        ("5.0.0", "550 5.1.1 nobody", "5.1.1", HARD),
        ("5.0.0", "550 5.7.1 blocked", "5.7.1", SOFT),
        ("5.0.350", "550 5.0.350 elsewhere: 550 5.1.1 nobody", "5.1.1", HARD),
        ("5.0.0", "452 4.2.2 full", "4.2.2", SOFT),
        ("5.0.0", "552 full", "5.0.0", SOFT),
        ("5.0.0", "553 not his name", "5.0.0", HARD),
        ("", "550 5.1.1. Nobody", "5.1.1", HARD),
        ("", "551 elsewhere", "", HARD),
        ("", "554 no", "", SOFT),
        ("", "host 192.0.2.5.1.1 and version 15.1.1", "", SOFT),
        ("2.0.0", "", "", SOFT),
        ("", "", "", SOFT),
    ],
)
def test_what_says_that_there_is_no_mailbox_is_told_from_all_else(status, words, code, kind):
    assert (find_code(status, words), weigh(find_code(status, words), words)) == (code, kind)
    [notice] = parse(report(f"Status: {status}", f"Diagnostic-Code: smtp; {words}"))
    assert (notice.code, notice.kind, notice.words) == (code, kind, words)


def test_words_are_one_short_line():
    [notice] = parse(report("Status: 5.1.1", "Diagnostic-Code: smtp; 550\tno\x00\u202e \u2066" + "x" * 5000))
    assert notice.words.startswith("550 no x")
    assert len(notice.words) == 300
    assert tidy("") == ""


def test_windows_lines_are_lines():
    assert [n.message_id for n in parse(raw("exchange_full").replace(b"\n", b"\r\n"), AT)] == [LETTER]


def test_of_a_huge_mail_the_beginning_is_read():
    mail = report("Status: 5.1.1", original=f"Message-ID: {LETTER}\n\n" + "x" * 5_000_000)
    assert [notice.message_id for notice in parse(mail)] == [LETTER]
    assert parse(b"x: " + b"y" * bounces.LONGEST + b"\n" + report("Status: 5.1.1")) == []


def test_a_report_of_thousands_of_recipients_is_cut():
    block = "\n\nAction: failed\nFinal-Recipient: rfc822; ann@reader.example\nStatus: 5.1.1"
    assert len(parse(report("Status: 5.1.1", block * 10_000))) <= bounces.MOST_RECIPIENTS


def test_multiparts_within_multiparts_stop_nobody():
    nested = "".join(f"Content-Type: multipart/report; boundary=b{n}\n\n--b{n}\n" for n in range(20_000))
    assert parse(nested.encode()) == []


def test_an_error_of_the_email_package_stops_nobody(monkeypatch):
    def fail(*args):
        raise AssertionError

    monkeypatch.setattr(bounces, "_notices", fail)
    assert read("postfix_unknown_user") == []


@given(st.binary(max_size=2000))
def test_no_bytes_raise_an_error(data):
    parse(data)
    parse(b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n" + data)


@given(st.data())
def test_no_damage_to_a_report_raises_an_error(data):
    mail = bytearray(raw(data.draw(st.sampled_from(["exchange_full", "utf8_base64", "complaint"]))))
    for _ in range(data.draw(st.integers(1, 5))):
        start = data.draw(st.integers(0, len(mail)))
        mail[start : start + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=20))
    for notice in parse(bytes(mail), AT):
        assert notice.recipient or notice.message_id
        assert len(notice.recipient) <= 254
        assert notice.words.isprintable() or not notice.words
