"""What the desk shows of subscriptions."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import template
from django.utils.dateformat import format as format_date
from django.utils.safestring import SafeString

from posts.models import Tag
from posts.subscriptions import counting
from posts.templatetags.watch import draw_bars

register = template.Library()


@dataclass(frozen=True)
class Chart:
    words: str
    drawing: SafeString


@register.simple_tag
def subscriber_numbers() -> counting.Numbers:
    return counting.count_subscribers()


@register.simple_tag
def tag_followers(tags: Sequence[Tag]) -> counting.Followers:
    return counting.count_followers(tags)


@register.simple_tag
def subscription_charts() -> list[Chart]:
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
