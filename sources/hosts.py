"""Hosts: to which domain they belong, and how they are written. Pure; no list of all public suffixes."""

import ipaddress
import re

import idna

# Below these everybody has a name of their own: a.blogspot.com has nothing to do with b.blogspot.com.
_BY_NAME = frozenset(
    {
        "blogger.com", "blogspot.com", "blogs.com", "cloudfront.net", "github.io", "gitlab.io", "herokuapp.com",
        "livejournal.com", "medium.com", "neocities.org", "netlify.app", "over-blog.com", "pages.dev",
        "s3.amazonaws.com", "squarespace.com", "substack.com", "tistory.com", "tumblr.com", "typepad.com",
        "vercel.app", "webflow.io", "weebly.com", "wixsite.com", "wordpress.com", "workers.dev",
    }
)  # fmt: skip
# On these everybody has a path of their own: the host alone does not say whose page it is.
_BY_PATH = frozenset(
    {
        "archive.org", "archive.ph", "archive.today", "bit.ly", "blog.naver.com", "bsky.app", "docs.google.com",
        "drive.google.com", "dropbox.com", "facebook.com", "flickr.com", "instagram.com", "issuu.com", "linkedin.com",
        "medium.com", "patreon.com", "reddit.com", "scribd.com", "sites.google.com", "soundcloud.com", "t.co", "t.me",
        "telegram.me", "threads.net", "tiktok.com", "tinyurl.com", "twitter.com", "vimeo.com", "vk.com",
        "web.archive.org", "weibo.com", "x.com", "youtu.be", "youtube.com",
    }
)  # fmt: skip
# What stands before a country's two letters where names are given below it: co.uk, com.au, or.kr.
_BELOW_COUNTRIES = frozenset({"ac", "co", "com", "edu", "go", "gob", "gouv", "gov", "mil", "ne", "net", "or", "org"})
_BLOGSPOT = re.compile(r"blogspot\.([a-z]{2}|com?\.[a-z]{2})")


def domains_of(host: str) -> list[str]:
    """Return the host and the domains above it that belong to the same people, the nearest first."""
    if _is_number(host):
        return [host]
    labels = host.split(".")
    above = (".".join(labels[i:]) for i in range(1, len(labels) - 1))
    domains = [host]
    for domain in above:
        if gives_names_away(domain):
            break
        domains.append(domain)
    return domains[:1] + domains[1:][-4:]


def gives_names_away(domain: str) -> bool:
    first, _, rest = domain.partition(".")
    return (
        domain in _BY_NAME or _BLOGSPOT.fullmatch(domain) is not None or (first in _BELOW_COUNTRIES and len(rest) == 2)
    )


def is_shared(host: str) -> bool:
    """Say whether pages of many people stand on this very host."""
    return host in _BY_PATH or any(domain in _BY_PATH for domain in domains_of(host))


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def ascii_host(host: str) -> str:
    """Return a host as it is looked up: xn--3e0b707e.example."""
    try:
        return host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        return host


def readable_host(host: str) -> str:
    """Return a host as people write it: 한국.example."""
    try:
        return idna.decode(host) if "xn--" in host else host
    except idna.IDNAError:
        return host
