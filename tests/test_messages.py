"""The catalogs: every word that readers see, in every language, with the same blanks to fill."""

import re

import pytest

from tests import messages
from tests.messages import LANGUAGES, collected, compiled, po_path, read, words_of_template, written

_BLANK = re.compile(r"%\((\w+)\)([sd])|%%")
_TAG = re.compile(r"</?[a-z]+")


@pytest.fixture(scope="module")
def words():
    return [*messages.words_of_code(), *messages.words_of_templates()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalog_holds_just_what_is_said(language, words):
    assert po_path(language).read_bytes() == written(collected(language, words, read(language))), "run `make messages`"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_translated(language):
    untranslated = [word.id for word in read(language) if word.id and (word.fuzzy or not word.string)]
    untranslated += [
        word.id for word in read(language) if word.id and not isinstance(word.string, str) and not all(word.string)
    ]

    assert untranslated == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_blanks_and_the_tags_of_what_it_translates(language):
    for word in read(language):
        if not word.id:
            continue
        source = word.id if isinstance(word.id, str) else word.id[-1]
        for translation in [word.string] if isinstance(word.string, str) else word.string:
            assert sorted(_BLANK.findall(translation)) == sorted(_BLANK.findall(source)), source
            assert sorted(_TAG.findall(translation)) == sorted(_TAG.findall(source)), source


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_compiled_is_what_is_written(language):
    path = po_path(language)

    assert path.with_suffix(".mo").read_bytes() == compiled(path.read_bytes(), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_second_collection_changes_no_byte(language, words):
    first = written(collected(language, words, read(language)))
    again = messages.read_po(messages.BytesIO(first), locale=language)

    assert written(collected(language, words[::-1], again)) == first


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ('{% translate "One" %}', [(None, "One")]),
        ("{% translate 'Two' as words %}{{ words }}", [(None, "Two")]),
        ('{% translate "May" context "month" %}', [("month", "May")]),
        ("{% blocktranslate trimmed %}\n  A\n  b\n{% endblocktranslate %}", [(None, "A b")]),
        (
            "{% blocktranslate count n=3 with x=y %}{{ n }} for {{ x }}{% plural %}{{ n }}s{% endblocktranslate %}",
            [(None, ("%(n)s for %(x)s", "%(n)ss"))],
        ),
        ("{% blocktranslate context 'c' asvar words %}50% off{% endblocktranslate %}", [("c", "50%% off")]),
        ('{{ name|default:_("None") }}{% include "x" with y=_("So (it") %}', [(None, "None"), (None, "So (it")]),
        ("<p title=\"it's {\">\n   <b>)\n {% translate 'Here' %}", [(None, "Here")]),
    ],
)  # fmt: skip
def test_words_of_templates_are_found(template, expected):
    assert list(words_of_template(template)) == expected


def test_a_translation_stays_when_other_words_come_and_go():
    known = messages.new_catalog("ko")
    known.add("Old", "옛")
    known.add("Kept", "남은")

    catalog = collected("ko", [(None, "Kept"), (None, "New")], known)

    assert {word.id: word.string for word in catalog if word.id} == {"Kept": "남은", "New": ""}


def test_a_word_that_is_said_and_counted_is_one_entry():
    known = messages.new_catalog("ko")
    known.add("%(n)s post", "글 %(n)s편")

    catalog = collected("ko", [(None, "%(n)s post"), (None, ("%(n)s post", "%(n)s posts"))], known)

    assert [(word.id, word.string) for word in catalog if word.id] == [
        (("%(n)s post", "%(n)s posts"), ("글 %(n)s편",))
    ]
