"""One form for the many addresses of a page (RFC 3986, section 6). Pure."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from url_normalize import url_normalize

# Parameters that say who sent the reader, not what is shown. Never the whole query: `?p=123` is the page.
TRACKING_PARAMETERS = frozenset(
    {
        "_ga", "_gl", "_hsenc", "_hsmi", "dclid", "fb_action_ids", "fb_action_types", "fb_ref", "fb_source", "fbclid",
        "gbraid", "gclid", "gclsrc", "igshid", "mc_cid", "mc_eid", "mkt_tok", "msclkid", "ref_src", "ref_url", "s_cid",
        "smid", "soc_src", "soc_trk", "spm", "srsltid", "trk", "twclid", "vero_id", "wbraid", "wt_mc", "xtor", "yclid",
    }
)  # fmt: skip

NO_WEBSITE = "The address names no website."
HOST_LENGTH = 185  # a name may have 253 characters; with more than these no home page could be kept
_NARROW = ("m", "mobile", "amp")  # what stands before a host, for telephones
_AMP_PATH = re.compile(r"(?:/amp(?=/.))?(/.*?)(?:/amp)?/?")


def canonical_address(address: str) -> str:
    """Return the address under which a page is kept once.

    Scheme and host in lower case, default port, fragment and tracking parameters gone, percent-encoding in one form;
    the order of the remaining parameters is kept. Raises ValueError where it is no http(s) address of a host.
    """
    address = address.strip()
    if any(ord(character) < 33 or ord(character) == 127 for character in address):
        raise ValueError("The address has white space or control characters in it.")
    scheme = urlsplit(address).scheme.lower()
    if scheme not in ("http", "https"):
        raise ValueError("The address begins with neither http:// nor https://.")
    urlsplit(address).port  # noqa: B018  raises ValueError where the port is no number
    try:
        parts = urlsplit(url_normalize(address) or "")
    except UnicodeError:  # of the codec for names in other scripts
        raise ValueError(NO_WEBSITE) from None
    host = parts.hostname or ""
    if "." not in host.strip(".") or ":" in host or len(host) > HOST_LENGTH:
        raise ValueError(NO_WEBSITE)
    if parts.username or parts.password:
        raise ValueError("The address holds a user name; take that part out.")
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if not _tracks(name)]
    query = parts.query if len(kept) == len(pairs) else urlencode(kept)
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", query, ""))


def _tracks(name: str) -> bool:
    return name.lower() in TRACKING_PARAMETERS or name.lower().startswith("utm_")


def forms_of(canonical: str) -> list[str]:
    """Return the addresses, itself the first, at which the very same page is met on most sites.

    With http and https, with and without `www.`, for telephones, as AMP, with and without a slash at the end.
    """
    parts = urlsplit(canonical)
    path = _AMP_PATH.fullmatch(parts.path or "/")
    plain = path[1].rstrip("/") if path else parts.path
    paths = dict.fromkeys([parts.path, plain or "/", f"{plain}/", f"{plain}/amp", f"{plain}/amp/", f"/amp{plain}"])
    hosts = dict.fromkeys([parts.netloc, *_forms_of_host(parts.netloc)])
    forms = [
        urlunsplit((scheme, host, path, parts.query, ""))
        for scheme in (parts.scheme, "https", "http")
        for host in hosts
        for path in paths
    ]
    return list(dict.fromkeys([canonical, *forms]))


def _forms_of_host(host: str) -> list[str]:
    labels = host.split(".")
    if labels[0] in ("www", *_NARROW) and len(labels) > 2:
        labels = labels[1:]
    if len(labels) > 3 and labels[1] in _NARROW:  # en.m.wikipedia.org
        labels = [labels[0], *labels[2:]]
    plain = ".".join(labels)
    forms = [plain, *(f"{prefix}.{plain}" for prefix in ("www", *_NARROW))]
    return [*forms, ".".join([labels[0], "m", *labels[1:]])] if len(labels) > 2 else forms
