"""What was wrong in a post, and is right now: said to its readers."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import override

from posts.dating import byline_date, site_time
from posts.rendering import fit

BREAK = SafeString("<br>")


class Correction(models.Model):
    post = models.ForeignKey("posts.Post", on_delete=models.CASCADE, related_name="corrections")
    text = models.TextField(max_length=1000)  # plain
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-made_at", "-id"]
        indexes = [models.Index(fields=["-made_at", "-id"], name="correction_listing")]

    def __str__(self) -> str:
        return self.text[:80]


def render_corrections(corrections: Any) -> str:
    """Return the notes that stand above a post's text, oldest first. In English: pages say it in theirs."""
    with override("en"):
        return format_html_join(
            "\n",
            '<p class="correction"><strong>Correction, <time datetime="{}">{}</time>:</strong> {}</p>',
            (
                (f"{site_time(each.made_at):%Y-%m-%d}", byline_date(each.made_at), _lines(each.text))
                for each in sorted(corrections, key=lambda each: (each.made_at, each.pk))
            ),
        )


def _lines(text: str) -> str:
    return format_html_join(BREAK, "{}", ((line,) for line in fit(text).splitlines() if line.strip()))
