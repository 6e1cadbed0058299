"""What the first page of the desk shows of subscriptions (see `panels.py` in posts.hooks)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.dateformat import format as format_date
from django.utils.safestring import SafeString

from posts.subscriptions import counting
from posts.templatetags.watch import draw_bars


@dataclass(frozen=True)
class Chart:
    words: str
    drawing: SafeString


def panels(request: HttpRequest) -> Iterator[dict[str, Any]]:
    if request.user.has_perm("subscriptions.view_subscriber"):
        yield {
            "title": "Subscriptions",
            "order": 90,
            "url": reverse("admin:subscriptions_subscriber_changelist"),
            "template": "admin/subscriptions/_panel.html",
            "numbers": counting.count_subscribers(),
            "charts": _charts(),
        }
    if request.user.has_perm("subscriptions.view_announcement"):
        url = reverse("admin:subscriptions_letters")
        yield {"title": "Letters", "order": 80, "url": url, "template": "admin/subscriptions/_panel_letters.html"}


def _charts() -> list[Chart]:
    """Return growth, letters and failures of the last days, each as a picture and in a sentence."""
    days = counting.last_days()
    names = [format_date(day, "F j") for day in days]
    joined, left = counting.count_growth(days)
    sent, failed = counting.count_letters(days)

    def chart(what: str, words: str, values: Sequence[int], below: Sequence[int] = ()) -> Chart:
        return Chart(words, draw_bars(f"{what}, last {len(days)} days", list(zip(names, values, strict=True)), below))

    return [
        chart("Joined and left a day", f"{sum(joined):,} joined, {sum(left):,} left", joined, left),
        chart("Letters sent a day", f"{sum(sent):,} letter{_s(sum(sent))} sent", sent),
        chart("Letters failed a day", f"{sum(failed):,} letter{_s(sum(failed))} failed", failed),
    ]


def _s(number: int) -> str:
    return "" if number == 1 else "s"
