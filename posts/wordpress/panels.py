"""What the first page of the desk shows of what came from WordPress: what wants a hand still, or nothing."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest
from django.urls import reverse

from posts.wordpress.models import Kind, Outcome, Run


def panels(request: HttpRequest) -> Iterator[dict[str, Any]]:
    if request.user.has_perm("wordpress.view_run"):
        run = _last_with_something_to_do()
        if run is not None:
            yield {
                "title": "Moved from WordPress",
                "order": 72,
                "url": reverse("admin:wordpress_run_change", args=[run.pk]),
                "template": "admin/wordpress/_panel.html",
                "list": f"{reverse('admin:wordpress_run_items', args=[run.pk])}?hand=1",
                **run.outcomes.wanting_a_hand().aggregate(
                    posts=Count("pk", filter=Q(kind=Kind.POST)), others=Count("pk", filter=~Q(kind=Kind.POST))
                ),
            }


def _last_with_something_to_do() -> Run | None:
    waiting = Outcome.objects.wanting_a_hand().filter(run=OuterRef("pk"))
    ended = Run.objects.for_real().filter(state__in=[Run.State.FINISHED, Run.State.STOPPED])
    return ended.filter(Exists(waiting)).order_by("-pk").first()
