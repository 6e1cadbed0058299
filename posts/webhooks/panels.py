"""What the first page of the desk shows of webhooks (see `panels.py` in posts.hooks): those that fail, or nothing."""

import datetime as dt
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Max, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from posts.webhooks.models import Call

LATELY = dt.timedelta(days=14)
ROWS = 7


def panels(request: HttpRequest) -> Iterator[dict[str, Any]]:
    if request.user.has_perm("webhooks.view_call"):
        ledger = reverse("admin:webhooks_call_changelist")
        failing = [
            {**row, "url": f"{ledger}?{urlencode({'endpoint__id__exact': row['endpoint_id']})}"} for row in _failing()
        ]
        if failing:
            template = "admin/webhooks/_panel.html"
            yield {"title": "Failing webhooks", "order": 75, "url": ledger, "template": template, "rows": failing}


def _failing() -> Any:
    """Return a row for each endpoint that did not take what it was told lately, the latest first."""
    is_failed = Q(state=Call.State.FAILED, queued_at__gte=timezone.now() - LATELY)
    is_tried_again = Q(state=Call.State.QUEUED, attempts__gt=0)
    return (
        Call.objects.filter(is_failed | is_tried_again)
        .order_by()
        .values("endpoint_id", name=F("endpoint__name"), is_active=F("endpoint__is_active"))
        .annotate(
            failed=Count("pk", filter=is_failed), again=Count("pk", filter=is_tried_again), last=Max("queued_at")
        )
        .order_by("-last", "endpoint_id")[:ROWS]
    )
