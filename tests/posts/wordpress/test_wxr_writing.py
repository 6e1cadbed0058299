"""Whatever a text holds, what is written of it can be read."""

import datetime as dt
import xml.etree.ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posts.wordpress.exporting.wxr_writing import END, begin, nicename, tidy, unique_nicenames, write_item, write_term
from posts.wordpress.records import Filed, Item, Meta, Remark, Site, Term

AT = dt.datetime(2013, 3, 31, 22, 30, tzinfo=dt.UTC)
WP = "{http://wordpress.org/export/1.2/}"
SEOUL = ZoneInfo("Asia/Seoul")
_odd = st.text() | st.sampled_from(
    ["]]>", "]]]]>>", "<![CDATA[", "&amp;", "\r\n\r", "\x00\x0b\ufffe", "😀", "</item>"]
)
_texts = st.lists(_odd, max_size=4).map("".join)


def channel_of(*pieces):
    root = ET.fromstring(begin(Site(title="<&>", address="https://a.example"), AT) + "".join(pieces) + END)
    return root[0]


@given(_texts, _texts)
def test_any_text_comes_back_without_what_xml_cannot_hold(first, second):
    item = Item(
        title=first, content=second, guid=first, link=second, slug="a", meta=[Meta(first, second)],
        filed=[Filed(first, second, first)], remarks=[Remark(author=first, address=second, content=first)],
    )  # fmt: skip

    channel = channel_of(write_item(item, dt.UTC))

    read = channel.find("item")
    assert (read.findtext("title"), read.findtext("link"), read.findtext("guid")) == (
        tidy(first), tidy(second), tidy(first),
    )  # fmt: skip
    assert read.findtext(f"{WP}postmeta/{WP}meta_value") == tidy(second)
    assert read.findtext(f"{WP}comment/{WP}comment_content") == tidy(first)
    assert read.find("category").text in (tidy(first), None)


@given(st.lists(st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=120), max_size=12))
def test_nicenames_are_short_enough_and_no_two_alike(slugs):
    names = unique_nicenames(slugs)

    assert len(set(names)) == len(names) == len(slugs)
    assert all(len(name) <= 200 and name.isascii() and name == name.lower() for name in names)


@pytest.mark.parametrize("length", [0, 1, 21, 22, 23, 200])
def test_a_slug_is_cut_between_its_letters(length):
    assert nicename("탈" * length) == "%ed%83%88" * min(length, 22)


def test_moments_stand_in_both_times_and_what_has_none_has_zeros():
    item = Item(local_at=dt.datetime(2013, 4, 1, 7, 30, 59, 999), published_at=AT, modified_at=AT)

    told = channel_of(write_item(item, SEOUL), write_item(Item(), SEOUL)).findall("item")

    names = ["post_date", "post_date_gmt", "post_modified", "post_modified_gmt"]
    assert [told[0].findtext(WP + name) for name in names] == [
        "2013-04-01 07:30:59", "2013-03-31 22:30:00", "2013-04-01 07:30:00", "2013-03-31 22:30:00",
    ]  # fmt: skip
    assert {told[1].findtext(WP + name) for name in names} == {"0000-00-00 00:00:00"}
    assert (told[0].findtext("pubDate"), told[1].findtext("pubDate")) == ("Sun, 31 Mar 2013 22:30:00 +0000", "")


@pytest.mark.parametrize(("taxonomy", "element"), [("category", "category"), ("post_tag", "tag"), ("series", "term")])
def test_each_term_stands_in_the_element_of_its_kind(taxonomy, element):
    term = Term(taxonomy, "slug", name="A ]]> name", number=3, meta=[Meta("colour", "red")])

    channel = channel_of(write_term(term))

    assert "A ]]> name" in [child.text for child in channel.find(f"{WP}{element}")]
    assert channel.findtext(f"{WP}{element}/{WP}termmeta/{WP}meta_value") == "red"
