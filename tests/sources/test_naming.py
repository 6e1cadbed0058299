"""Names and the slugs made from them."""

import pytest

from sources.naming import fold, propose_slug, tidy_name


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Escape from North Korea: A Modern Refugee Crisis", "escape-from-north-korea-a-modern-refugee-crisis"),
        (
            "U.S. Names N. Korea One of Worst Countries of Human Trafficking",
            "u-s-names-n-korea-one-of-worst-countries-of-human-trafficking",
        ),
        ("S. Korean embassy staff add to NK defectors’ blues", "s-korean-embassy-staff-add-to-nk-defectors-blues"),
        (
            "N. Korea’s human rights condition ‘extremely poor,’ U.S. gov’t",
            "n-koreas-human-rights-condition-extremely-poor-u-s-govt",
        ),
        ("Either/or – a choice", "either-or-a-choice"),
        ("북한 인권", "북한-인권"),
        ("هل تعلم؟", "هل-تعلم"),
        ("no\u00a0break", "no-break"),
        ("???", "post"),
    ],
)
def test_slugs_are_those_of_the_old_blog(title, slug):
    assert propose_slug(title, fallback="post") == slug


def test_a_taken_slug_gets_a_number_and_stays_short():
    assert propose_slug("note", fallback="x", taken={"note", "note-2"}) == "note-3"
    assert propose_slug("x" * 300, fallback="x", taken={"x" * 100}) == "x" * 98 + "-2"


def test_names_are_tidied():
    assert tidy_name("  North\t\nKorea\x00 ") == "North Korea"
    assert fold("ÉCOLE  Normale") == fold("école normale")
