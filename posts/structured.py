"""A post as search engines read it: JSON-LD in the words of schema.org. Pure, but for a post's corrections.

What is ours stands at the top, what is another's under `isBasedOn`, and further reports under `mentions`.
"""

import json
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import override

from posts.addressing import HOME
from posts.dating import site_time
from posts.listing import ListedPost, Report
from posts.models import Correction

DESCRIPTION_LENGTH = 200
# Nothing in it ends the script element that holds it, nor opens a comment there.
_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def written(data: dict[str, Any]) -> SafeString:
    """Return it as it may stand in a script element. Browsers run none of it: no policy has to allow it."""
    return SafeString(json.dumps(data, ensure_ascii=False).translate(_ESCAPES))


def posting(post: ListedPost) -> dict[str, Any]:
    """Describe a public post, read whole, in the site's language whoever asks."""
    with override(settings.LANGUAGE_CODE):
        return _posting(post)


def _posting(post: ListedPost) -> dict[str, Any]:
    assert post.published_at is not None  # noqa: S101  a public post has a date
    url = settings.SITE_URL + post.url
    publisher = {"@type": "Organization", "name": settings.SITE_NAME, "url": settings.SITE_URL + HOME}
    return {
        "@context": "https://schema.org",
        "@type": "BlogPosting",
        **_filled(
            {
                "@id": url,
                "url": url,
                "mainEntityOfPage": {"@type": "WebPage", "@id": url},
                "headline": post.display_title,
                "description": post.summary(DESCRIPTION_LENGTH, DESCRIPTION_LENGTH),
                "datePublished": site_time(post.published_at).isoformat(timespec="seconds"),
                "dateModified": site_time(max(post.updated_at, post.published_at)).isoformat(timespec="seconds"),
                "keywords": [tag.name for tag in post.tags],
                "articleSection": [category.name for category in post.categories],
                "author": publisher,
                "publisher": publisher,
                "correction": _corrections(post),
                "isBasedOn": _article(post.original) if post.original else None,
                "mentions": [_article(report) for report in post.also],
            }
        ),
    }


def _article(report: Report) -> dict[str, Any]:
    return {
        "@type": "NewsArticle",
        **_filled(
            {
                "url": report.address,
                "headline": report.headline,
                "author": {"@type": "Person", "name": report.byline} if report.byline else None,
                "publisher": {
                    "@type": "Organization",
                    **_filled({"name": report.outlet, "url": report.home_page}),
                },
                "datePublished": report.published_on.isoformat() if report.published_on else "",
                "inLanguage": report.language,
            }
        ),
    }


def _corrections(post: ListedPost) -> list[dict[str, str]]:
    if not post.corrections_html:
        return []
    rows = Correction.objects.filter(post=post.id).order_by("made_at", "pk").values_list("text", "made_at")
    return [
        {
            "@type": "CorrectionComment",
            "text": text,
            "datePublished": site_time(made_at).isoformat(timespec="seconds"),
        }
        for text, made_at in rows
    ]


def _filled(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}
