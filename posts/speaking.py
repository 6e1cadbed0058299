"""In which language what is shown is: the words of the page in its reader's, what stands there in its own."""

import re
from html import escape

from django.conf import settings
from django.utils.dateparse import parse_date
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from posts.dating import written_date
from posts.scripts import TOLD, language_for

_FOLDED = re.compile(r"(<details class=\"(post-notice|notice)\"[^>]*><summary[^>]*>.*?)</summary>", re.DOTALL)
_CORRECTION = re.compile(r"<strong>Correction, (<time datetime=\"[0-9]{4}-[0-9]{2}-[0-9]{2}\">)([^<]*)(</time>):")
_RIGHTS = re.compile(r"(<span class=\"credit\">)(Credit|Licence): ")
_TABLE = 'aria-label="Table"'


def page_language() -> str:
    """Return the language of the page that is being made."""
    return get_language() or settings.LANGUAGE_CODE


def lang(text: str, likely: str = "") -> SafeString:
    """Return the attribute that says in which language a text is, where it is another than that of the page.

    It is in the likely one, else in that of the site, unless its letters tell another.
    """
    return lang_of(language_for(text, likely or settings.LANGUAGE_CODE))


def lang_of(language: str) -> SafeString:
    """Return the attribute of a part in a language that we know, where it is another than that of the page."""
    return _attribute(language) if language and language != page_language() else SafeString("")


def content_lang() -> SafeString:
    """Return the attribute of a part that is in the site's language unless a block in it says another."""
    # Where letters tell the site's language, its blocks say it, and what is in other letters is in another.
    language = settings.LANGUAGE_CODE
    return SafeString("") if language in (page_language(), *TOLD) else _attribute(language)


def page_lang() -> SafeString:
    """Return the attribute of our words within such a part."""
    return SafeString("") if page_language() == settings.LANGUAGE_CODE else _attribute(page_language())


def _attribute(language: str) -> SafeString:
    return SafeString(f' lang="{escape(language)}"')


def in_words_of_page(html: str, *, has_folds: bool = True) -> SafeString:
    """Return a text that was rendered once, for all, with the words in it that are ours in the language of the page.

    They are stored in English. On a page, what is folded says how to open it; elsewhere nobody knows that style.
    """
    if not has_folds:
        pass
    elif '"post-notice"' in html or '"notice"' in html:
        html = _FOLDED.sub(_opened, html)
    if page_language() != "en":
        html = _CORRECTION.sub(_dated, html)
        html = _RIGHTS.sub(lambda found: f"{found[1]}{_rights_word(found[2])}: ", html)
        html = html.replace(_TABLE, f'aria-label="{escape(gettext("Table"))}"')
    return SafeString(html)  # made by posts.rendering, and words of ours


def _opened(found: re.Match[str]) -> str:
    if found[2] == "notice":
        show, hide = gettext("Show the picture"), gettext("Hide the picture")
    else:
        show, hide = gettext("Show the text"), gettext("Hide the text")
    return (
        f'{found[1]} <span class="fold-show"{page_lang()}>{escape(show)}</span> '
        f'<span class="fold-hide"{page_lang()}>{escape(hide)}</span></summary>'
    )


def _dated(found: re.Match[str]) -> str:
    day = parse_date(found[1].split('"')[1])
    time = f"{found[1]}{written_date(day) if day else found[2]}{found[3]}"
    return f"<strong{page_lang()}>" + gettext("Correction, %(date)s:") % {"date": time}


def _rights_word(word: str) -> str:
    return gettext("Credit") if word == "Credit" else gettext("Licence")
