"""What other systems may be told of: somebody has confirmed a subscription. Not who."""

import datetime as dt
from collections.abc import Iterator

from posts.hooks import Happening
from posts.subscriptions.models import Consent


def happened(since: dt.datetime) -> Iterator[Happening]:
    rows = Consent.objects.filter(confirmed_at__gt=since).order_by("confirmed_at")
    for consent in rows:
        assert consent.confirmed_at is not None  # noqa: S101  as filtered
        follows = [{"address": each, "frequency": often} for each, often in consent.scopes.items()]
        data = {"consent": consent.pk, "follows": follows}
        yield Happening("subscription.confirmed", f"subscription.confirmed:{consent.pk}", consent.confirmed_at, data)
