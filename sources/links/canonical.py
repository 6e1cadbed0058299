"""One form for the many addresses of a page (RFC 3986, section 6). Pure."""

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
    parts = urlsplit(url_normalize(address) or "")
    if not parts.hostname or "." not in parts.hostname.strip("."):
        raise ValueError("The address names no website.")
    if parts.username or parts.password:
        raise ValueError("The address holds a user name; take that part out.")
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if not _tracks(name)]
    query = parts.query if len(kept) == len(pairs) else urlencode(kept)
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", query, ""))


def _tracks(name: str) -> bool:
    return name.lower() in TRACKING_PARAMETERS or name.lower().startswith("utm_")
