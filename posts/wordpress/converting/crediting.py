"""The closing line of an old post that says whose the text was ("Source: NK News"), taken off its content. Pure.

Only what a reader sees last is looked at. A line that says more than where the text is from stays: it is prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from posts.wordpress.converting.closing_lines import LONGEST, Content, Seen, page_address
from sources.naming import tidy_name

NAME_LENGTH = 100  # who has a longer name is a sentence
MOST_LINES = 4  # that name sources, one below the other
MOST_LISTED = 8  # sources in a list below the word "Sources"
MOST_SKIPPED = 6  # lines of buttons below the closing line
PATTERN_LENGTH = 2000

_WORDS = (
    r"(?:(?:the\s+)?(?:original|news|story|article|full)\s+)?sources?(?:\(s\))?(?:\s+(?:article|link|story|url))?"
    r"|quellen?|fuentes?|fontes?|bronn?(?:en)?|kilder?|källa|źródło|kaynak|nguồn"
    r"|(?:자료|기사)?\s?출처|원문|出典|引用元|情報源|ソース|(?:资料|資料|文章|新闻|新聞|信息)?(?:来源|來源)|出处|出處|原文"
    r"|(?:ال)?مصدر|источники?"
)
_PAGE = r"original\s+(?:article|post|report|story)|full\s+(?:article|report|story)"
_COLON = r"(?:\s*[:：﹕=]\s*|\s+-+\s+|\s*[–—]\s*)"
_LATELY = (
    r"(?:(?:this|the)\s+(?:article|piece|post|report|story)\s+)?(?:was\s+|has\s+been\s+)?(?:originally|first)\s+"
    r"(?:appeared|posted|printed|published|reported)\s+(?:at|by|in|on|with)"
)
_MORE = (
    r"(?:(?:continue\s+reading|read\s+(?:more|on|the\s+(?:full|rest|whole|entire|original)\s+(?:article|piece|report|story|text)"
    r"|the\s+rest)|(?:the\s+)?full\s+(?:article|report|story))\s+(?:at|in|on|from))"
)
_OPEN, _CLOSE = r"[(\[（［【〔]", r"[)\]）］】〕]"

# The option's default. A pattern is searched for, whatever the case, in the visible text of the closing line; what it
# finds is taken off, and its group `name` is the outlet.
DEFAULT_PATTERN = (
    rf"(?:^[\s*•·►▶→–—-]*|(?<=\s)(?={_OPEN}))(?P<open>{_OPEN}\s*)?"
    rf"(?:(?:{_WORDS}|{_PAGE}|via){_COLON}|{_OPEN}\s*(?:{_WORDS}|via)\s*{_CLOSE}\s*[:：]?\s*"
    rf"|(?P<loose>via|{_LATELY}|(?P<more>{_MORE}))(?:\s*[:：]\s*|\s+)"
    rf"|(?P<bare>{_WORDS}|{_PAGE}|via)\s*[:：]?(?=\s*{_CLOSE}?[.\s]*$))"
    rf"(?P<name>.*?)(?(open)\s*{_CLOSE}?[.\s]*)$"
)
_default = re.compile(DEFAULT_PATTERN, re.IGNORECASE)
_LABEL = re.compile(rf"(?:{_WORDS}|{_PAGE}|via)\s*(?P<colon>[:：﹕])?", re.IGNORECASE)
_SEVERAL = re.compile(r"\W*(?:sources|source\(s\)|quellen|fuentes|fontes|bronnen|kilder|источники)\b", re.IGNORECASE)
_VIA = re.compile(r"\W*via\b", re.IGNORECASE)
_BUTTONS = re.compile(
    r"(?:\[/?[a-z][\w-]*+(?:\s[^\[\]]*+)?\]\s*+)++"
    r"|(?:(?:share|like|tweet|print|email|e-mail|pin(?:terest)?|facebook|twitter|reddit|tumblr|linkedin|google\+?|digg"
    r"|stumbleupon|pocket|telegram|whatsapp|skype|loading|related|save|bookmark|more|this|on|to|it|by|and|rate|follow|us|rss"
    r"|[|:.…/,•·★☆+-])\s*+)++",
    re.IGNORECASE,
)

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_DATE = (
    rf"(?:{_MONTH}\s+{_DAY}(?:\s*,?\s*(?:19|20)\d\d)?|{_DAY}\s+(?:of\s+)?{_MONTH}(?:\s*,?\s*(?:19|20)\d\d)?"
    rf"|{_MONTH}\s+(?:19|20)\d\d|\d{{1,4}}[./-]\d{{1,2}}[./-]\d{{1,4}}\.?|(?:19|20)\d\d\s?[年년](?:\s?\d{{1,2}}\s?[月월](?:\s?\d{{1,2}}\s?[日일])?)?)"
)
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_TIME = r"(?:,?\s*(?:at\s+)?\d{1,2}[:.]\d\d(?:\s*[ap]\.?m\.?)?(?:\s+[A-Z]{2,4})?)?"
_WHEN = rf"(?:(?:published|posted|updated|accessed|retrieved|dated|on)[:\s]+)*{_WEEKDAY}{_DATE}{_TIME}"
_IS_ASIDE = re.compile(
    rf"(?:{_WHEN}|(?:19|20)\d\d|{_MONTH}|(?:mon|tues?|wednes|thurs|fri|satur|sun)day|\d{{1,2}}\.?\s\w+\.?\s(?:19|20)\d\d"
    r"|(?:by|von|par|por)[:\s]+\S.*|(?:pp?|pages?|vol|volume|issue|nr|no)\.?\s*[\d-]+"
    r"|(?:photo|image|picture|credit)s?\b.*)\.?",
    re.IGNORECASE,
)
_TAIL = re.compile(
    rf"[\s,;.–—-]*(?:\(\s*(?:{_WHEN}|(?:19|20)\d\d|in\s+\w+|[a-z]+\s+only|link|subscription[^()]*|pdf|video|english|korean|japanese|chinese)\s*\)"
    rf"|(?<!\w){_WHEN}|\s(?:and|&|with)\s(?:other\s)?(?:news\s)?agencies|\s(?:photos?|images?|pictures?)(?:\s+(?:by|credit))?\s*:.*|[\s(](?:by|By|BY)[\s:]+[A-Z][^()]*\)?)$",
    re.IGNORECASE,
)
_BYLINE = re.compile(r"\s\(?[Bb][Yy]:?\s+[A-Z][^\d()]*\)?$")
_URL = re.compile(r"[<(\[]?\b((?:https?://|www\.)[^\s<>\"“”]+[^\s<>\"“”.,;:!?)\]])[>)\]]?", re.IGNORECASE)
_PARTING = re.compile(r"\s*[,;、，；|｜]\s*|\s+[/–—]\s+|\s+-+\s+|\s+•\s+")
_AND = re.compile(r"\s+(?:and|und|y|et|e|&)\s+|\s+(?:및|와|과)\s+", re.IGNORECASE)
_FIRST_AND = re.compile(r"(?:and|und|y|et|e|&)\s+", re.IGNORECASE)
_VIA_INSIDE = re.compile(r"\s+\(?via:?\s+", re.IGNORECASE)
_GOES_ON = re.compile(r"(?:inc|ltd|llc|co|corp|gmbh|the|plc|d\.?c)\.?", re.IGNORECASE)
_ABBREVIATION = re.compile(
    r"(?:^|[\s.])(?:[A-Za-z]|st|inc|ltd|co|corp|jr|sr|assn|dept|univ|intl|bros|int|gov|rev|dr)\.$", re.IGNORECASE
)
_QUOTED = re.compile(r"[“\"„«‘'「『《].*[”\"»’'」』》]")
_SAYS = re.compile(
    r"\b(?:said|says|told|reported that|according|that the|was|were|is|are|has|have|had|will|would|who|which|because"
    r"|could)\b",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"(?:click\s+)?here|links?|(?:the\s+)?(?:original|full)(?:\s+(?:article|post|report|source|story|text))?|article|story"
    r"|sources?|anonymous|unknown|various|n/a|website|web|internet|web\s?site|원문|링크|기사|リンク|こちら|链接|原文|read\s+more|more|view|pdf",
    re.IGNORECASE,
)
_LANGUAGE = re.compile(
    r"(?:arabic|chinese|dutch|english|french|german|japanese|korean|print|russian|spanish|full)", re.IGNORECASE
)


class Credit(NamedTuple):
    """Whose the text was. Without a name, the page's host says whose it is."""

    name: str
    address: str  # as it was written, or ""


@dataclass(slots=True)
class Credited:
    html: str
    credits: list[Credit] = field(default_factory=list)  # the first is the source, the others reported it too
    lines: list[str] = field(default_factory=list)  # what was taken off, as it was seen; the last one first


def credit(html: str, pattern: str | re.Pattern[str] | None = None) -> Credited:
    """Take the closing line, or lines, that name sources off the content. Raises ValueError for a bad pattern."""
    compiled = as_pattern(pattern)
    result, passed_on = Credited(html), list[Credit]()
    while len(result.lines) < MOST_LINES:
        content = Content(result.html)
        found = _closing(content, compiled)
        if found is None:
            break
        result.html = content.without(*found.span)
        result.lines.append(found.text)
        if found.is_via:
            passed_on = [*found.credits, *passed_on]
        else:
            result.credits = [*found.credits, *result.credits]
    result.credits = list(dict.fromkeys([*result.credits, *passed_on]))
    return result


# --- The pattern


def as_pattern(pattern: str | re.Pattern[str] | None) -> re.Pattern[str]:
    """Return the pattern that finds the outlet's name in a closing line. Raises ValueError, in a sentence."""
    if pattern is None or pattern in ("", DEFAULT_PATTERN):
        return _default
    if isinstance(pattern, str):
        if len(pattern) > PATTERN_LENGTH:
            raise ValueError(f"The pattern may have {PATTERN_LENGTH:,} characters; this one has {len(pattern):,}.")
        try:
            pattern = re.compile(pattern, re.IGNORECASE)
        except (re.error, OverflowError, RecursionError) as error:
            raise ValueError(f"The pattern is no regular expression: {error}.") from None
    if "name" not in pattern.groupindex:
        raise ValueError("The pattern has no group for the outlet’s name: write (?P<name>.+) where the name stands.")
    if pattern is not _default and _may_search_for_ever(pattern.pattern):
        raise ValueError(
            "The pattern repeats what can match in several ways, as (a+)+ does: it could search for ever."
        )
    return pattern


_QUANTITY = re.compile(r"[*+?]|\{(?P<least>\d*)(?P<comma>,?)(?P<most>\d*)\}")


def _may_search_for_ever(pattern: str) -> bool:
    """Say whether a group that can match in several ways is repeated: what that costs doubles with each sign."""
    groups, closed, i = [False], False, 0
    while i < len(pattern):
        sign, step, is_end = pattern[i], 1, False
        if sign == "\\":
            step = 2
        elif sign == "[":
            step = _class_length(pattern, i)
        elif sign == "(":
            groups.append(False)
            step = 2 if pattern.startswith("?", i + 1) else 1
        elif sign == ")" and len(groups) > 1:
            is_end = True
        elif sign == "|":
            groups[-1] = True
        elif quantity := _QUANTITY.match(pattern, i):
            if closed and _is_many(quantity):
                return True
            step, groups[-1] = len(quantity[0]), True
        closed = is_end and groups.pop()
        groups[-1] = groups[-1] or closed
        i += step
    return False


def _is_many(quantity: re.Match[str]) -> bool:
    most = quantity["most"] or ("" if quantity["comma"] else quantity["least"])
    return quantity[0] != "?" and (not most or int(most) > 3)


def _class_length(pattern: str, start: int) -> int:
    """Return how many signs a class as [^\\]a] has."""
    i = start + 1 + pattern.startswith("^", start + 1)
    i += pattern.startswith("]", i)
    while i < len(pattern) and pattern[i] != "]":
        i += 2 if pattern[i] == "\\" else 1
    return i + 1 - start


# --- The line


@dataclass(slots=True)
class _Found:
    text: str
    span: tuple[int, int]  # in the content
    credits: list[Credit]
    is_via: bool


def _closing(content: Content, pattern: re.Pattern[str]) -> _Found | None:
    """Return the closing line that names a source. Below it may stand buttons to share the post, and pictures."""
    lines = _Lines(content)
    for number in range(MOST_SKIPPED):
        for seen in _candidates(lines, number):
            if not seen.is_apart and (found := _read(content, seen, pattern)):
                return found
        last = lines.at(number)
        if last is None or not _BUTTONS.fullmatch(last.text):
            return None
    return None


class _Lines:
    """The lines from the last one up, each looked at when it is asked for."""

    def __init__(self, content: Content) -> None:
        self._unseen = content.seen()
        self._seen: list[Seen] = []

    def at(self, number: int) -> Seen | None:
        while len(self._seen) <= number and (seen := next(self._unseen, None)):
            self._seen.append(seen)
        return self._seen[number] if number < len(self._seen) else None


def _candidates(lines: _Lines, number: int) -> Iterator[Seen]:
    """Yield a line; and with one above it that says just "Source:", this and all between as one line."""
    below = lines.at(number)
    if below is None:
        return
    yield below
    is_linked, listed = True, 0
    while len(below.text) < LONGEST and listed < MOST_LISTED:
        is_linked = is_linked and any(link >= 0 for _, _, link in below.places)
        listed += 1
        seen = lines.at(number + listed)
        if seen is None:
            return
        label = _LABEL.fullmatch(seen.text)
        if label and (listed == 1 or is_linked or _SEVERAL.match(seen.text)) and (label["colon"] or is_linked):
            yield seen.joined(below, " " if label["colon"] else ": ")
            return
        below = seen.joined(below, "; ")


def _read(content: Content, seen: Seen, pattern: re.Pattern[str]) -> _Found | None:
    match = pattern.search(seen.text)
    if match is None or match["name"] is None:
        return None
    reading = _Reading(content, seen, match, is_default=pattern is _default)
    credits_ = reading.credits()
    if not credits_:
        return None
    start, end = match.span()
    if start == end:
        return None
    # What the pattern leaves of a line must say something of its own.
    if not any(sign.isalnum() for sign in seen.text[:start]):
        start = 0
    if not any(sign.isalnum() for sign in seen.text[end:]):
        end = len(seen.text)
    from_, to = seen.places[start][0], seen.places[end - 1][1]
    for link in seen.links:
        mate = content.tokens[link].mate
        if end == len(seen.text) and content.tokens[link].start >= to and mate >= 0:  # around a picture
            to = content.tokens[mate].end
    return _Found(seen.text[start:end], (from_, to), credits_, _VIA.match(seen.text, start) is not None)


@dataclass(slots=True)
class _Part:
    """A stretch of what stands where the name should be, and the page it links to."""

    text: str
    address: str

    @property
    def is_title(self) -> bool:
        return _QUOTED.fullmatch(self.text) is not None or self.text.count(" ") > 6


class _Reading:
    """Reads out of a closing line who is named in it, and where they published."""

    def __init__(self, content: Content, seen: Seen, match: re.Match[str], *, is_default: bool) -> None:
        self.content, self.seen, self.match = content, seen, match
        self.is_default = is_default
        self.is_several = _SEVERAL.match(match[0]) is not None
        groups = match.groupdict()
        self.is_loose, self.is_more = bool(groups.get("loose")), bool(groups.get("more"))
        # Of the whole line: `<a>Source</a>: NK News` links it from its first word.
        links = [self.seen.places[i][2] for i in range(*match.span()) if i < len(self.seen.places)]
        self.addresses = list(dict.fromkeys(filter(None, map(content.address, [*links, *seen.links]))))

    def credits(self) -> list[Credit]:
        """Return who is named; nobody where the line is prose."""
        written = self.match["name"]
        if len(_URL.sub("", written)) > 2 * NAME_LENGTH or "[/" in written or not self._is_whole():
            return []
        if not any(sign.isalnum() for sign in written) or _NO_NAME.fullmatch(written.strip(" .>»→")):
            return [Credit("", self.addresses[0])] if self.addresses else []
        parts = [part for part in self._parts() if part.text or part.address]
        if self.is_default and self._is_prose(parts):
            return []
        if not self.is_several:
            parts = self._gathered(parts)
        found = [Credit(_name_of(part.text), part.address) for part in parts]
        return list(dict.fromkeys(each for each in found if each.name or each.address))

    def _is_whole(self) -> bool:
        """Say whether brackets that the line opens it closes at its end, and not before."""
        if not self.match.groupdict().get("open"):
            return True
        depth = 0
        for sign in self.match["name"]:
            depth += (sign in "([（［【〔") - (sign in ")]）］】〕")
            if depth < 0:
                return False
        is_inside = self.match.start() == 0 or self.match[0].rstrip(" .")[-1:] in ")]）］】〕"
        return depth == 0 and is_inside

    def _is_prose(self, parts: list[_Part]) -> bool:
        names = [_name_of(part.text) for part in parts]
        if not any(names) and not any(part.address for part in parts):
            return True
        if any(self._tells(name, is_linked=bool(part.address)) for part, name in zip(parts, names, strict=True)):
            return True
        if self.is_more or self.addresses:
            return not self.addresses
        return self.is_loose and (not _is_proper(names[0]) or _LANGUAGE.fullmatch(names[0]) is not None)

    def _tells(self, name: str, *, is_linked: bool) -> bool:
        """Say whether this tells something and names nobody."""
        number = len(name.split())
        if len(name) > NAME_LENGTH or re.search(r"[a-z]{4}[.?!]\s+[A-Z]\w+\s+\w+\s+\w+", name):
            return True
        if is_linked:
            return False
        is_small = not any(sign.isupper() or sign.isdigit() or not sign.isascii() for sign in name) and "." not in name
        is_sentence = number > 10 or (number > 2 and _SAYS.search(name) is not None)
        return is_sentence or (is_small and number > (0 if self.is_loose else 3))

    def _parts(self) -> list[_Part]:
        """Part what stands for the name at commas and the like, but never inside a link."""
        start, end = self.match.span("name")
        text = self.seen.text
        # An address in plain sight is a link, whoever made it one.
        urls = {found.span(): page_address(found[1]) for found in _URL.finditer(text, start, end)}
        hidden = list(text[:end])
        links = [self.seen.places[i][2] for i in range(end)]
        for span in urls:
            hidden[slice(*span)] = ["\x00"] * (span[1] - span[0])
        shown = "".join(
            "\x01" if link >= 0 and sign != "\x00" else sign for sign, link in zip(hidden, links, strict=True)
        )
        parts, at = [], start
        for cut in [*self._cuts(shown, start, end), (end, end)]:
            if cut[0] > at or cut[0] == end:
                parts += self._part(at, cut[0], urls, links)
            at = cut[1]
        return parts

    def _cuts(self, shown: str, start: int, end: int) -> list[tuple[int, int]]:
        found = [each.span() for each in _PARTING.finditer(shown, start, end)]
        found += [each.span() for each in _VIA_INSIDE.finditer(shown, start, end) if each.start() > start]
        # "A, B and C" are three; "Bread and Roses" is one.
        ands = [each.span() for each in _AND.finditer(shown, start, end)]
        is_linked_apart = len({link for _, _, link in self.seen.places[start:end] if link >= 0}) > 1
        if self.is_several or is_linked_apart:
            first = found[-1][1] if found and not is_linked_apart else start
            found += [span for span in ands if span[0] >= first]
        return sorted(found)

    def _part(self, start: int, end: int, urls: dict[tuple[int, int], str], links: list[int]) -> list[_Part]:
        address = next(filter(None, (self.content.address(link) for link in dict.fromkeys(links[start:end]))), "")
        inside = [(span, url) for span, url in urls.items() if start <= span[0] and span[1] <= end]
        text = self.seen.text[start:end]
        if start > self.match.start("name") and (also := _FIRST_AND.match(text)):  # "A, B, and C"
            text = text[also.end() :]
        for span, url in inside:
            text = text.replace(self.seen.text[slice(*span)], " ", 1)
            address = address or url
        text = text.strip(" \t,;:：()<>[]-–—→»") if inside else text.strip()
        is_parted = not inside and any(link >= 0 for link in links[start:end])
        return [_Part(_best(text, address) if is_parted else text, address)]

    def _gathered(self, parts: list[_Part]) -> list[_Part]:
        """Return the parts of a line that names one source: asides dropped, and a title's link given to its outlet."""
        kept: list[_Part] = []
        for part in parts:
            name = _name_of(part.text)
            if kept and _GOES_ON.fullmatch(part.text):
                kept[-1].text += f", {part.text}"
            elif name or part.address:
                kept.append(part)
        names = [part for part in kept if part.text and not part.is_title]
        addresses = list(dict.fromkeys([part.address for part in kept if part.address] + self.addresses))
        if names and len(names) < len(kept):
            kept = names
        liked = next((part for part in kept for address in addresses if is_like_host(part.text, address)), None)
        linked = next((part for part in kept if part.address and part.text), None)
        first = liked or linked or kept[0] if kept else None
        if first is None:
            return [_Part("", self.addresses[0])] if self.addresses else []
        given = {part.address for part in kept}
        if not first.address:
            first.address = next((a for a in addresses if a not in given), addresses[0] if addresses else "")
        others = [p for p in kept if p is not first and (p.address != first.address or not p.address)]
        # “translated by Minji”, “thanks to Ruth”: no names of outlets, and no pages.
        rest = [p for p in others if p.address or not _name_of(p.text)[:1].islower()]
        return [first, *rest]


# --- The name


_KOREAN_TAIL = re.compile(r"\s+(?:\d{4}\s*[년年.]|\S+\s+기자).*\Z", re.DOTALL)  # a date, a reporter


def _best(text: str, address: str) -> str:
    """Return of a link's words those that name an outlet: its host tells, or else they come first."""
    pieces = [piece for piece in _PARTING.split(text) if piece and not _IS_ASIDE.fullmatch(piece)]
    if len(pieces) < 2:
        return pieces[0] if pieces else text
    return next((piece for piece in pieces if is_like_host(piece, address)), pieces[0])


def is_like_host(name: str, address: str) -> bool:
    """Say whether a host may be this outlet's: nknews.org of "NK News", nytimes.com of "The New York Times"."""
    found = re.match(r"https?://([^/?#]+)", address, re.IGNORECASE)
    words = re.findall(r"[a-z0-9]+", name.lower())
    if not found or not words:
        return False
    words = words[1:] if words[0] == "the" and len(words) > 1 else words
    labels = found[1].lower().removeprefix("www.").replace("-", "").split(".")
    return any(_may_stand_for(label, words) for label in labels[:-1] or labels)


def _may_stand_for(label: str, words: list[str]) -> bool:
    whole, initials = "".join(words), "".join(word[0] for word in words)
    return (
        label in (whole, f"the{whole}", initials[:-1] + words[-1])
        or (len(whole) > 3 and whole in label)
        or (len(label) > 5 and whole.startswith(label))
        or (len(initials) > 2 and label.startswith(initials))
    )


def _name_of(text: str) -> str:
    """Return the outlet's name in what was written: without date, byline, quotes and the dot at the end."""
    name = tidy_name(text).strip(" ,;:：|–—-→»>*")
    for _ in range(4):
        if _IS_ASIDE.fullmatch(name):
            return ""
        shorter = _BYLINE.sub("", _TAIL.sub("", _KOREAN_TAIL.sub("", name))).strip(" ,;:|–—-")
        shorter = _without_dot(_unquoted(shorter))
        if shorter == name:
            break
        name = shorter
    if not any(sign.isalnum() for sign in name) or _NO_NAME.fullmatch(name):
        return ""
    return name


def _without_dot(name: str) -> str:
    """Take the dot off that ends the sentence, not the one of "U.S." or "Inc."."""
    if name.endswith((".", "。")) and not _ABBREVIATION.search(name):
        return name.rstrip(".。… ")
    return name


def _unquoted(name: str) -> str:
    pairs = {"“": "”", '"': '"', "„": "“", "«": "»", "‘": "’", "'": "'", "「": "」", "『": "』", "《": "》"}
    end = pairs.get(name[:1])
    return name[1:-1].strip() if end and len(name) > 2 and name.endswith(end) and end not in name[1:-1] else name


def _is_proper(name: str) -> bool:
    """Say whether this is a name and not a way or a means: "Reuters", "the Guardian", never "this route"."""
    words = name.split()
    words = words[1:] if words and words[0].lower() == "the" else words
    return bool(words) and len(words) <= 6 and (not words[0][0].islower() or "." in words[0])
