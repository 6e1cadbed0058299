"""The HTML of every kind of page is what the standard asks for (https://html.spec.whatwg.org/multipage/parsing.html)."""

from collections import Counter
from xml.etree.ElementTree import Element

import html5lib
import pytest
from django.core.management import call_command

from tests.browser.pages import PAGES

pytestmark = pytest.mark.django_db

# Attributes that name other elements of the page by their ids.
REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "form", "list", "headers")
# What is pressed, and what else may be pressed inside it.
PRESSED = {"a": set(), "button": set(), "select": set(), "textarea": set(), "label": {"button", "select", "textarea"}}
# Elements that may stand in a list or a table, and no others.
CHILDREN = {
    "ul": {"li", "script", "template"},
    "ol": {"li", "script", "template"},
    "dl": {"dt", "dd", "div", "script", "template"},
    "tr": {"th", "td", "script", "template"},
    "select": {"option", "optgroup", "hr"},
}
WORDS_ONLY = set("p h1 h2 h3 h4 h5 h6 span label summary button strong em".split())
BLOCKS = {
    "p",
    "div",
    "ul",
    "ol",
    "dl",
    "table",
    "section",
    "article",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "form",
    "figure",
}


def faults(html: bytes) -> list[str]:
    """Return what is wrong with a page: what a strict parser stumbles over, and what it would not see."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    page = parser.parse(html, transport_encoding="utf-8")
    found = [f"line {line}: {code} {about}" for (line, _), code, about in parser.errors]
    elements = list(page.iter())
    ids = Counter(each.get("id") for each in elements if isinstance(each.tag, str) and each.get("id") is not None)
    found += [f"the id “{name}” stands {number} times" for name, number in ids.items() if number > 1]
    found += [f"an id with a space: “{name}”" for name in ids if not name or " " in name]
    for each in elements:
        if isinstance(each.tag, str):
            found += _faults_of(each, set(ids))
    return found


def _faults_of(element: Element, ids: set[str | None]) -> list[str]:
    found = [
        f"<{element.tag} {name}> names “{other}”, which is not there"
        for name in REFERENCES
        for other in (element.get(name) or "").split()
        if other not in ids
    ]
    inside = [each for each in element if isinstance(each.tag, str)]
    if element.tag in CHILDREN:
        found += [f"<{each.tag}> in <{element.tag}>" for each in inside if each.tag not in CHILDREN[element.tag]]
    if element.tag in WORDS_ONLY:
        found += [f"<{each.tag}> in <{element.tag}>" for each in inside if each.tag in BLOCKS]
    if element.tag in PRESSED:
        others = {each.tag for each in element.iter() if each is not element} & set(PRESSED)
        found += [f"<{other}> in <{element.tag}>" for other in others - PRESSED[element.tag]]
    if element.tag == "img" and element.get("alt") is None:
        found.append(f"<img src={element.get('src')}> without alt")
    return found


@pytest.mark.looks
def test_the_html_of_every_kind_of_page_is_valid(client, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    call_command("demo", verbosity=0)
    wrong = {address: faults(client.get(address).content) for address in PAGES}
    assert {address: found for address, found in wrong.items() if found} == {}


@pytest.mark.parametrize(
    "html",
    [
        '<!doctype html><title>x</title><p id="a"><p id="a">',
        '<!doctype html><title>x</title><label for="b">b</label>',
        "<!doctype html><title>x</title><ul><p>x</p></ul>",
        "<!doctype html><title>x</title><b><p>x</b></p>",
        '<!doctype html><title>x</title><a href="/"><button>x</button></a>',
        "<title>x</title>",
    ],
)
def test_a_fault_is_found(html):
    assert faults(html.encode()) != []
