"""Is this site able to serve? For load balancers and for the operator."""

import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer {"status": "ok"}, or 503 with the problems in words."""
    problems = list(find_problems())
    if problems:
        return JsonResponse({"status": "failing", "problems": problems}, status=503)
    return JsonResponse({"status": "ok"})


def find_problems() -> Iterator[str]:
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            yield "database: migrations are not applied; run manage.py migrate"
    except DatabaseError:
        yield "database: it does not answer"
    media = Path(settings.MEDIA_ROOT)
    if media.exists() and not os.access(media, os.W_OK):
        yield "media: the folder of uploads cannot be written to"
