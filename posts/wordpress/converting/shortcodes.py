"""WordPress's shortcodes, as HTML. Those that nobody here knows stay as they were typed, and are told. Pure."""

import html
import json
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from posts.wordpress.converting.markup import unescape_attribute
from posts.wordpress.converting.old_files import File, Files
from posts.wordpress.reasons import Reason

# A tag, in which no shortcode is looked for; or what looks like a shortcode: [name …], [/name], [name …/], [[name]].
_TAG_OR_CODE = re.compile(
    r"<!--.*?-->|</?[a-zA-Z][^<>]*+>|(?P<before>\[?)\[(?P<end>/?)(?P<name>[a-zA-Z][\w-]*+)(?P<rest>[^\[\]]*+)\](?P<after>\]?)",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(
    r"([\w-]+)\s*=\s*\"([^\"]*)\"|([\w-]+)\s*=\s*'([^']*)'|([\w-]+)\s*=\s*([^\s\"'“”″]+)|\"([^\"]*)\"|(\S+)"
)
_ENDS_ITSELF = re.compile(r"(\A|[\s\"'])/\s*\Z")  # and no address that ends in a slash
_TYPOGRAPHIC = str.maketrans("“”″„’‘", '""""\'\'')
_PICTURE = re.compile(r"\s*((?:<a\s[^>]*>\s*)?<img\s[^>]*>(?:\s*</a>)?)(.*)\Z", re.DOTALL | re.IGNORECASE)
_PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|bmp|tiff?|heic)\Z", re.IGNORECASE)
_SCHEME = re.compile(r"(?:https?:)?//[^\s<>\"]+", re.IGNORECASE)
_HAS_VALUE = re.compile(r"[\w-]+\s*=\s*[\"'“”″\w]")

# [code]…[/code] is a shortcode, and [code] alone is none: these must be closed to be meant.
_CODES = set(
    (
        "sourcecode source code actionscript3 bash shell clojure coldfusion cpp csharp css delphi diff erlang fsharp "
        "groovy html java javafx javascript js latex matlab objc perl php powershell python py r ruby scala sql text "
        "vb xml"
    ).split()
)
_GALLERIES = {"gallery", "slideshow", "portfolio_slideshow", "tiled_gallery"}
_MEDIA = {"audio", "video", "playlist"}
_PLAYERS = {  # that take an address, or the number by which the service knows it
    "youtube": "https://www.youtube.com/watch?v={}",
    "vimeo": "https://vimeo.com/{}",
    "dailymotion": "https://www.dailymotion.com/video/{}",
    "ted": "https://www.ted.com/talks/view/id/{}",
    "soundcloud": "https://soundcloud.com/{}",
    "spotify": "https://open.spotify.com/{}",
    "instagram": "https://www.instagram.com/p/{}/",
    "tweet": "https://twitter.com/i/web/status/{}",
    "vine": "https://vine.co/v/{}",
    "wpvideo": "https://videopress.com/v/{}",
    "videopress": "https://videopress.com/v/{}",
    "gist": "https://gist.github.com/{}",
    "hulu": "https://www.hulu.com/watch/{}",
    "googlevideo": "https://video.google.com/videoplay?docid={}",
    "polldaddy": "https://polldaddy.com/poll/{}/",
    "crowdsignal": "https://polldaddy.com/poll/{}/",
    "slideshare": "https://www.slideshare.net/slideshow/embed_code/{}",
    "scribd": "https://www.scribd.com/doc/{}",
    "archiveorg": "https://archive.org/details/{}",
    "bandcamp": "https://bandcamp.com/EmbeddedPlayer/album={}/",
    "ustream": "https://www.ustream.tv/embed/{}",
    "livestream": "https://livestream.com/{}",
    "flickr": "https://www.flickr.com/photos/{}",
    "issuu": "https://issuu.com/{}",
    "storify": "https://storify.com/{}",
    "googlemaps": "{}",
    "facebook": "{}",
    "pinterest": "{}",
    "kickstarter": "{}",
    "medium": "{}",
    "getty": "{}",
    "googleapps": "{}",
    "iframe": "{}",
    "embedyt": "{}",
    "tiktok": "{}",
    "telegram": "{}",
    "pdf": "{}",
    "embeddoc": "{}",
}
_SERVICES = {
    "youtube": "YouTube", "vimeo": "Vimeo", "dailymotion": "Dailymotion", "ted": "TED", "soundcloud": "SoundCloud",
    "spotify": "Spotify", "instagram": "Instagram", "googlemaps": "Google Maps",
}  # fmt: skip
# Numbers under these names are what the service knows; the first that is there counts.
_NAMES_OF_ADDRESS = ("url", "src", "href", "link")
_NAMES_OF_NUMBER = ("id", "poll", "survey", "video", "album", "track", "doc", "username")
# Of plugins that many had; their codes come without attributes, too.
_KNOWN_ELSEWHERE = set(
    "adsense archives backlinks blog_subscription_form calendar cfdump contact-field contact-form contact-form-7 "
    "contactform digg feedburner form formidable gravityform jetpack-related-posts jetpack_subscription_form "
    "mailchimp mc4wp_form nggallery ninja_form ngg newsletter paypal poll print_gllr ratings recaptcha recent-posts "
    "related_posts sharethis sitemap subscribe2 social tag-cloud tagcloud toc tabs tab accordion twitter "
    "twitter-follow twitter-timeline wpforms wp-polls wysija_form googleplus google_map latest-posts display-posts "
    "members wp_sitemap_page column one_half one_third two_third dropcap pullquote button spoiler tooltip "
    "su_button su_quote su_spoiler vc_row vc_column vc_column_text et_pb_section et_pb_row et_pb_text".split()
)


@dataclass
class Expanded:
    html: str
    reasons: list[Reason] = field(default_factory=list)


@dataclass
class _Code:
    """One [name …], as it stands in the text."""

    name: str
    rest: str
    start: int
    end: int
    is_end: bool
    is_escaped: bool
    is_self_closing: bool
    written: str
    closes_escape: bool = False  # "]]" of [[name]…[/name]]

    @property
    def attributes(self) -> tuple[dict[str, str], list[str]]:
        """Return its named values, and the others in order."""
        named: dict[str, str] = {}
        plain: list[str] = []
        rest = self.rest
        if '"' not in rest and "'" not in rest:  # an editor made references or typographic signs of them
            rest = unescape_attribute(rest).translate(_TYPOGRAPHIC)
        rest = rest.replace("&nbsp;", " ").replace("\u00a0", " ").strip()
        rest = _ENDS_ITSELF.sub(r"\1", rest).strip()
        if rest.startswith(("=", ":")):  # [youtube=http://…], [audio:http://…]
            rest = rest[1:].strip().strip("\"'")
            return {}, rest.split()[:1]
        for found in _ATTRIBUTE.findall(rest):
            name = found[0] or found[2] or found[4]
            if name and not _SCHEME.match(f"{name}:"):
                named.setdefault(name.lower(), found[1] or found[3] or found[5])
            else:
                plain.append(found[6] or found[7])
        return named, [value for value in plain if value]


def expand(text: str, files: Files) -> Expanded:
    """Return the HTML that the shortcodes in this text stand for."""
    if "[" not in text:
        return Expanded(text)
    return _Expander(text, files).expand()


class _Expander:
    def __init__(self, text: str, files: Files) -> None:
        self.text = text
        self.files = files
        self.reasons: list[Reason] = []
        self.unknown: dict[str, None] = {}
        self.codes = [self._read(found) for found in _TAG_OR_CODE.finditer(text) if found["name"]]
        # Where each name is opened and closed, by place in `codes`.
        self.starts: dict[str, list[int]] = defaultdict(list)
        self.ends: dict[str, list[int]] = defaultdict(list)
        for place, code in enumerate(self.codes):
            (self.ends if code.is_end else self.starts)[code.name].append(place)
        self.makers: dict[str, Callable[[_Code, str], str]] = {}
        for maker, names in (
            (self._caption, {"caption", "wp_caption"}),
            (self._embed, {"embed"}),
            (self._gallery, _GALLERIES),
            (self._media, _MEDIA),
            (self._player, _PLAYERS),
            (self._code, _CODES),
        ):
            self.makers |= dict.fromkeys(names, maker)

    def _read(self, found: re.Match[str]) -> _Code:
        is_escaped = bool(found["before"] and found["after"])
        before, after = (0, 0) if is_escaped else (len(found["before"]), len(found["after"]))
        start, end = found.start() + before, found.end() - after
        rest = found["rest"]
        code = _Code(
            found["name"], rest, start, end, bool(found["end"]), is_escaped,
            bool(_ENDS_ITSELF.search(rest)), self.text[start:end],
        )  # fmt: skip
        code.closes_escape = bool(found["end"] and found["after"])
        return code

    def expand(self) -> Expanded:
        parts: list[str] = []
        done = place = 0
        while place < len(self.codes):
            code = self.codes[place]
            place += 1
            if code.start < done or code.is_end:
                continue
            made, end, following = self._make(code, place)
            if made is not None:
                parts += [self.text[done : code.start], made]
                done, place = end, following
        parts.append(self.text[done:])
        if self.unknown:
            names = ", ".join(f"[{name}]" for name in list(self.unknown)[:10])
            self.reasons.append(
                Reason("unknown-shortcode", f"The text still has what only WordPress understood: {names}.")
            )
        return Expanded("".join(parts), self.reasons)

    def _make(self, code: _Code, place: int) -> tuple[str | None, int, int]:
        """Return what stands for it, where it ends in the text, and the place of the code after it.

        [[name]] and [[name]…[/name]] show a shortcode as it is.
        """
        end = self._end_of(code, place)
        if code.is_escaped:
            return (code.written[1:-1] if self._means_something(code, end) else None), code.end, place
        if end is not None and self._is_escaped_pair(code, end):
            code.start -= 1
            closing = self.codes[end]
            return self.text[code.start + 1 : closing.end], closing.end + 1, end + 1
        maker = self.makers.get(code.name)
        inner, stop, following = "", code.end, place
        if end is not None:
            closing = self.codes[end]
            inner, stop, following = self.text[code.end : closing.start], closing.end, end + 1
        made = maker(code, inner) if maker and not (code.name in _CODES and end is None) else ""
        if made:
            return made, stop, following
        if self._means_something(code, end):
            self.unknown.setdefault(code.name)
        return None, code.end, place

    def _end_of(self, code: _Code, place: int) -> int | None:
        """Return the place of what closes it, unless another of its name is opened before."""
        if code.is_self_closing:
            return None
        end, start = (_next(places.get(code.name, []), place) for places in (self.ends, self.starts))
        return None if start is not None and end is not None and start < end else end

    def _is_escaped_pair(self, code: _Code, end: int) -> bool:
        return self.codes[end].closes_escape and self.text[code.start - 1 : code.start] == "["

    def _means_something(self, code: _Code, end: int | None) -> bool:
        """Whether this is a shortcode at all, and no [sic], [1] or [the source]."""
        if code.name in _KNOWN_ELSEWHERE or end is not None or code.is_self_closing:
            return True
        if code.name in self.makers and code.name not in _CODES:
            return not code.rest.strip() or bool(_HAS_VALUE.search(code.rest) or _SCHEME.search(code.rest))
        if "_" in code.name and code.written[1:].startswith(code.name):
            return True
        return bool(_HAS_VALUE.search(code.rest)) and "=" in code.rest

    def _caption(self, code: _Code, inner: str) -> str:
        named, _ = code.attributes
        found = _PICTURE.match(inner)
        if not found:
            return inner
        words = named.get("caption") or found[2].strip()
        return f"<figure>{found[1]}<figcaption>{words}</figcaption></figure>" if words else f"<p>{found[1]}</p>"

    def _embed(self, code: _Code, inner: str) -> str:
        named, plain = code.attributes
        address = re.sub(r"<[^>]*>", "", inner).strip() or named.get("src", "") or (plain[0] if plain else "")
        address = unescape_attribute(address)
        return _link(address, address) if _SCHEME.match(address) else ""

    def _player(self, code: _Code, inner: str) -> str:
        named, plain = code.attributes
        value = next((named[name] for name in _NAMES_OF_ADDRESS if named.get(name)), "")
        value = value or (plain[0] if plain else "")
        value = value or next((named[name] for name in _NAMES_OF_NUMBER if named.get(name)), "")
        within = "" if value else re.sub(r"<[^>]*>", "", inner).strip()
        address = _player_address(code.name, unescape_attribute(value or within).strip())
        if not address:
            return ""
        words = named.get("title") or _SERVICES.get(code.name) or host_of(address)
        return _link(address, words) + ("" if within else inner)

    def _media(self, code: _Code, inner: str) -> str:
        named, plain = code.attributes
        sources = [named[name] for name in _MEDIA_ATTRIBUTES if named.get(name)]
        sources = sources or [value for value in plain if _SCHEME.match(value)]
        sources = sources or [found[0] for found in _SCHEME.finditer(inner)][:1]
        if sources:
            address = sources[0].partition("|")[0]
            file = self.files.by_address(address)
            link = _link(address, named.get("title") or (file.title if file else "") or name_of(address))
            return link + ("" if _SCHEME.search(inner) else inner)
        numbers = _numbers(named.get("ids", "") or named.get("id", ""))
        known = [file for number in numbers if (file := self.files.by_number(number))]
        self._tell_missing(code, numbers, known)
        return "".join(_link(file.address, file.title or name_of(file.address)) for file in known)

    def _gallery(self, code: _Code, inner: str) -> str:
        named, _ = code.attributes
        numbers = _numbers(named.get("ids", "") or named.get("include", ""))
        if numbers:
            known = [file for number in numbers if (file := self.files.by_number(number))]
            self._tell_missing(code, numbers, known)
        elif named.get("id") and not self.files.children():
            known = []
            self._tell_missing(code, [0], known)
        else:
            left_out = set(_numbers(named.get("exclude", "")))
            known = [
                file
                for file in self.files.children()
                if file.number not in left_out
                and (file.is_here or _PICTURE_FILE.search(file.address.partition("?")[0]))
            ]
            if not known and code.name == "gallery":
                self.reasons.append(Reason("gallery-empty", "The text has a gallery in which there is no picture."))
        if named.get("order", "").upper() == "DESC" and not numbers:
            known.reverse()
        if known:
            return f"<div>{''.join(map(_figure, known))}</div>{inner}"
        return "<p></p>" if code.name == "gallery" else ""  # only there WordPress itself showed nothing

    def _tell_missing(self, code: _Code, numbers: Iterable[int], known: list[File]) -> None:
        missing = [str(number) for number in numbers if number not in {file.number for file in known}]
        if missing:
            which = f"numbers {', '.join(missing[:20])}" if missing != ["0"] else "those of another post"
            self.reasons.append(
                Reason("file-missing", f"[{code.name}] shows files that the export does not have: {which}.")
            )

    def _code(self, code: _Code, inner: str) -> str:
        """What is shown as it was typed; editors wrote the signs as they are, or as references."""
        named, plain = code.attributes
        language = named.get("language") or named.get("lang") or (plain[0] if plain else "")
        if not language and code.name not in ("code", "sourcecode", "source"):
            language = code.name
        language = language if re.fullmatch(r"[\w+#-]{1,30}", language) else ""
        words = html.escape(html.unescape(inner.strip("\r\n")), quote=False)
        if code.name == "latex" or ("\n" not in words and code.name == "code"):
            return f"<code>{words}</code>"
        return f'\n\n<pre class="language-{language}">\n{words}</pre>\n\n'


_MEDIA_ATTRIBUTES = ("src", "mp3", "mp4", "m4a", "m4v", "ogg", "oga", "ogv", "wav", "webm", "flv", "wmv", "wma", "url")


def _player_address(name: str, value: str) -> str:
    """The address for what a service is told by: a whole one, one without its beginning, or a number."""
    if _SCHEME.match(value):
        return value
    if re.match(r"(?:www\.)?[\w.-]+\.[a-z]{2,}/", value):
        return f"https://{value}"
    is_number = bool(re.fullmatch(r"[\w./:-]+", value)) and _PLAYERS[name] != "{}"
    return _PLAYERS[name].format(value) if is_number else ""


def _next(places: list[int], place: int) -> int | None:
    at = bisect_left(places, place)
    return places[at] if at < len(places) else None


def _numbers(written: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d{1,18}", written)]


def _figure(file: File) -> str:
    caption = "" if file.is_here or not file.caption else f"<figcaption>{html.escape(file.caption)}</figcaption>"
    picture = f'<img src="{html.escape(file.address)}" alt="{html.escape(file.alt)}">'
    return f"<figure>{picture}{caption}</figure>"


def _link(address: str, words: str) -> str:
    if address.startswith("//"):
        address = f"https:{address}"
    return f'<p><a href="{html.escape(address)}">{html.escape(words)}</a></p>'


def host_of(address: str) -> str:
    """Return the words that say where an address leads: "youtube.com"."""
    host = re.sub(r"^(?:[a-z]+:)?//", "", address, flags=re.IGNORECASE)
    host = re.split(r"[/?#:]", host, maxsplit=1)[0].rpartition("@")[2]
    return host.lower().removeprefix("www.") or address


def name_of(address: str) -> str:
    """Return the name of a file, or else of its host."""
    name = address.partition("?")[0].partition("#")[0].rpartition("/")[2]
    return name if "." in name else host_of(address)


def block_says(written: str) -> tuple[str, dict[str, Any]]:
    """Return name and attributes of a block that holds nothing itself: `block {"ref":3}`."""
    name, _, said = written.partition(" ")
    try:
        attributes = json.loads(said) if said else {}
    except (ValueError, RecursionError):
        attributes = {}
    return name, attributes if isinstance(attributes, dict) else {}
