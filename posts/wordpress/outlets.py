# PLACEHOLDER of branch wt-import: take the file of wt-credit.
"""Outlets and pages for the credits of posts."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from posts.wordpress.crediting import Credit
from posts.wordpress.reasons import Reason
from sources.links.models import Link
from sources.models import Source


@dataclass
class Settled:
    source_id: int | None = None
    link_id: int | None = None
    also: list[int] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)


def settle(credits: Sequence[Sequence[Credit]]) -> list[Settled]:
    return [_settle_one(each) for each in credits]


def _settle_one(named: Sequence[Credit]) -> Settled:
    settled = Settled()
    for each in named:
        source = Source.objects.named(each.name) or Source.objects.create(name=each.name)
        link = None
        if each.address:
            link = Link.objects.at(each.address)
            link = link or Link.objects.create(given_address=each.address, source=source)
        if settled.source_id is None:
            settled.source_id = link.source_id if link else source.pk
            settled.link_id = link.pk if link else None
        elif link:
            settled.also.append(link.pk)
    return settled
