"""What the first page of the desk shows of outgoing mail (see `panels.py` in posts.hooks). No address stands there."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Case, CharField, Count, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from posts.outbox.ledger import LOST_TWICE
from posts.outbox.models import Delivery

LATELY = dt.timedelta(days=14)
ROWS = 5


def panels(request: HttpRequest) -> Iterator[dict[str, Any]]:
    if request.user.has_perm("outbox.view_delivery"):
        failed = _failed_lately()
        reasons = list(failed.order_by("why").values_list("why").annotate(number=Count("pk")))
        yield {
            "title": "Failed mail",
            "order": 70,
            "url": f"{reverse('admin:outbox_delivery_changelist')}?state__exact=failed",
            "template": "admin/outbox/_panel.html",
            "days": LATELY.days,
            "number": sum(number for _, number in reasons),
            "reasons": reasons,
            "newest": failed.order_by("-queued_at", "-id").values("pk", "kind", "why", "at")[:ROWS],
        }


def _failed_lately() -> QuerySet[Any]:
    """Return what failed for good of the mail of the last days, each with the class of its reason.

    What the server said stays in the ledger: it may name the recipient.
    """
    since = timezone.now() - LATELY
    why = Case(
        When(is_refused=True, then=Value("the address was refused")),
        When(error__startswith=LOST_TWICE, then=Value("no answer came: it may have arrived")),
        When(error__regex=r"^[45][0-9][0-9]", then=Value("the mail server refused it")),
        default=Value("something went wrong here"),
        output_field=CharField(),
    )
    failed = Delivery.objects.filter(state=Delivery.State.FAILED, queued_at__gte=since)
    return failed.annotate(why=why, at=Coalesce("claimed_at", "queued_at"))
