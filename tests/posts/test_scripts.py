"""In which language and direction texts and their parts are, as far as their letters tell."""

import pytest

from posts.rendering import PictureFacts, for_elsewhere, render_comment, render_post
from posts.scripts import direction_of, language_for, language_of
from tests.factories import make_link, make_post, make_source


def html(text: str, **options: str) -> str:
    return render_post(text, **options).html


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("탈북 여성의 증언", "ko"),
        ("탈북(脫北) 女性", "ko"),
        ("人身売買をなくす", "ja"),
        ("東京都が人身取引対策会議を開催", "ja"),
        ("ค้ามนุษย์", "th"),
        ("סחר בבני אדם", "he"),
        ("Εμπορία ανθρώπων", "el"),
        ("ការជួញដូរមនុស្ស", "km"),
        ("Human trafficking", ""),
        ("الاتجار بالبشر", ""),
        ("Торговля людьми", ""),
        ("人口贩运", ""),
        ("मानव तस्करी", ""),
        ("Seoul (서울) reported", ""),
        ("한국의 NGO", "ko"),
        ("", ""),
        ("2013 – 50 %", ""),
    ],
)
def test_a_script_tells_the_language_where_it_is_that_of_one(text, language):
    assert language_of(text) == language


def test_the_original_tells_what_its_script_does_not():
    assert language_of("الاتجار بالبشر", "ar") == "ar"
    assert language_of("الاتجار بالبشر", "fa") == "fa"
    assert language_of("人口贩运", "zh") == "zh"
    assert language_of("الاتجار بالبشر", "ru") == ""
    assert language_of("Some words", "ar") == ""
    assert language_of("탈북", "ar") == "ko"


def test_the_sites_language_is_that_of_letters_in_which_it_is_written():
    assert language_for("Some words", "en") == "en"
    assert language_for("2013", "en") == "en"
    assert language_for("الاتجار بالبشر", "en") == ""
    assert language_for("북한", "en") == "ko"
    assert language_for("Some words", "ko") == ""


@pytest.mark.parametrize(
    ("text", "direction"),
    [("abc א", "ltr"), ("1. (א) abc", "rtl"), ("١٢ ab", "ltr"), ("12 – !", ""), ("مرحبا", "rtl")],
)
def test_the_first_letter_says_the_direction(text, direction):
    assert direction_of(text) == direction


def test_a_text_of_one_direction_and_no_telling_script_says_nothing():
    assert html("One.\n\n> Two.\n\n- Three") == (
        "<p>One.</p>\n<blockquote>\n<p>Two.</p>\n</blockquote>\n<ul>\n<li>Three</li>\n</ul>"
    )


def test_a_paragraph_in_arabic_within_an_english_post_is_set_from_right_to_left():
    assert html("One.\n\nمرحبا.\n\nTwo.") == '<p dir="ltr">One.</p>\n<p dir="rtl">مرحبا.</p>\n<p dir="ltr">Two.</p>'


def test_an_english_quotation_in_an_arabic_list_is_set_from_left_to_right():
    found = html("- قائمة\n\n  > In English\n\n- أخرى")

    assert found.startswith('<ul dir="rtl">\n<li>\n<p>قائمة</p>\n<blockquote dir="ltr">\n<p>In English</p>')
    assert found.count("dir=") == 2


def test_nested_quotations_turn_each_where_they_differ():
    found = html("> One\n>\n> > اثنان\n> >\n> > > Three")

    assert found.replace("\n", "") == (
        '<blockquote dir="ltr"><p>One</p><blockquote dir="rtl"><p>اثنان</p><blockquote dir="ltr"><p>Three</p>'
        "</blockquote></blockquote></blockquote>"
    )


def test_the_cells_of_a_table_say_what_they_are():
    found = html("| a | שלום |\n|--|--|\n| 日本の会社 | 서울 |")

    assert '<th>a</th>\n<th dir="rtl" lang="he">שלום</th>' in found
    assert '<td lang="ja">日本の会社</td>\n<td lang="ko">서울</td>' in found


def test_what_an_author_says_stays():
    assert html('<blockquote lang="fa" dir="rtl">\n\nسلام\n\n</blockquote>') == (
        '<blockquote lang="fa" dir="rtl">\n<p>سلام</p>\n</blockquote>'
    )
    assert html('<p lang="en" dir="auto">북한</p>') == '<p lang="en" dir="auto">북한</p>'


def test_an_english_item_among_korean_ones_is_not_read_as_korean():
    assert '<li lang="ko">한국어\n<ul>\n<li lang="">English item</li>' in html("- 한국어\n  - English item")


def test_comments_say_it_too():
    assert render_comment("שלום\n\n> Hello") == (
        '<p dir="rtl" lang="he">שלום</p>\n<blockquote dir="ltr">\n<p>Hello</p>\n</blockquote>'
    )


def test_markup_in_words_is_none():
    found = html("שלום וברכה &lt;p dir=&quot;x&quot;&gt; `<p>`")

    assert found == '<p dir="rtl" lang="he">שלום וברכה &lt;p dir="x"&gt; <code>&lt;p&gt;</code></p>'


def test_a_picture_with_a_notice_in_korean_is_still_kept_back_elsewhere():
    facts = {"/media/a.webp": PictureFacts(alt="배", notice="폭력 장면")}
    rendered = render_post("![](/media/a.webp)", pictures=facts).html

    assert '<summary lang="ko">폭력 장면' in rendered
    assert for_elsewhere(rendered) == '<p><a class="kept-back" href="/media/a.webp"><span>폭력 장면</span></a></p>'


def test_a_post_takes_the_language_of_its_original(db):
    link = make_link(make_source(), language="ar")

    assert make_post(body="مرحبا", link=link, source=link.source).body_html == '<p dir="rtl" lang="ar">مرحبا</p>'
