"""Other systems are told: look for what happened, write it down for each; claim the row, sign, POST, record."""

import datetime as dt
import json
import logging
import time
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import batched

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from posts.dating import byline_moment
from posts.hooks import Happening, nested_modules
from posts.models import Post
from posts.models.post import NEWS_FOR
from posts.outbox.ledger import BATCH
from posts.webhooks.models import TEST, WORDS_LENGTH, Answer, Call, Endpoint, Kind
from posts.webhooks.signing import sign
from sources.http import REDIRECTS, Failed, Fetched, Refused, fetch

logger = logging.getLogger(__name__)

# How long something stays worth telling, should the clock have stood still. Shorter than calls are kept: once a call
# is forgotten, nothing else knows that it was made.
LOOKS_BACK = NEWS_FOR
SECONDS, MAX_BYTES = 10.0, 64 * 1024  # of one answer
PATIENCE = 30.0  # seconds of a batch for one endpoint
GONE = 410
SWITCHED_OFF = "The endpoint is switched off."
NOT_PUBLIC = "The post that it would name is not public any longer."
SENT_ELSEWHERE = "It answered {}, a redirect: a signed call goes only to the address that was given."


def look(at: dt.datetime | None = None) -> int:
    """Write down a call for all that happened lately and that an active endpoint wants; return how many are new."""
    at = at or timezone.now()
    endpoints = list(Endpoint.objects.filter(is_active=True))
    starts = [endpoint.listens_since for endpoint in endpoints if endpoint.listens_since]
    if not starts:
        return 0
    since = max(at - LOOKS_BACK, min(starts))
    # Spares writing again, each minute, what is there; that it is there once, the unique key says.
    known = set(Call.objects.filter(queued_at__gt=since).values_list("key", flat=True))
    calls = [
        Call.about(happening, endpoint)
        for happening in _happened(since, at)
        for endpoint in endpoints
        if endpoint.wants(happening)
    ]
    new = [row for row in calls if row.key not in known]
    return sum(Call.objects.write(rows) for rows in batched(new, BATCH))


def _happened(since: dt.datetime, at: dt.datetime) -> Iterator[Happening]:
    news = Post.objects.news(at).filter(listed_at__gt=since).order_by("listed_at", "id")
    posts = news.select_related("source", "link").defer(*Post.TEXTS, "source__description")
    yield from map(_publication, posts.prefetch_related("categories", "tagged__tag"))
    for module in nested_modules("happening"):
        yield from module.happened(since)


def _publication(post: Post) -> Happening:
    assert post.published_at is not None  # noqa: S101  what is news is published
    data = {
        "id": post.pk,
        "title": post.display_title,
        "url": settings.SITE_URL + post.get_absolute_url(),
        "published_at": post.published_at.isoformat(),
        "source": post.source.name if post.source else None,
        "original": post.link.address if post.link else None,
        "tags": sorted(tagged.tag.name for tagged in post.tagged.all()),
        "categories": sorted(category.name for category in post.categories.all()),
    }
    return Happening(Kind.POST_PUBLISHED, f"{Kind.POST_PUBLISHED}:{post.pk}", post.published_at, data)


def queue_test(endpoint: Endpoint) -> None:
    """Have a call made that tells of nothing but that it arrives."""
    happening = Happening(TEST, f"{TEST}:{uuid.uuid4()}", timezone.now(), {"site": settings.SITE_URL})
    Call.objects.write([Call.about(happening, endpoint)])


def call(pks: Iterable[int], at: dt.datetime | None = None) -> int:
    """Send those of these calls that are due and that nobody else has; return how many were taken.

    What goes wrong is recorded, not raised. An endpoint that does not answer, or takes its time, has no more of this
    batch: what else it is to be told waits a little, and the others do not wait for it.
    """
    taken = 0
    spent: defaultdict[int, float] = defaultdict(float)  # seconds, by endpoint
    for pk in pks:
        row = Call.objects.filter(pk=pk, state=Call.State.QUEUED).first()
        answer = _try(row, at) if row else None
        if row is None or answer is None:
            continue
        taken += answer.is_taken
        spent[row.endpoint_id] += answer.seconds
        if answer.status is None or spent[row.endpoint_id] > PATIENCE:
            Call.objects.filter(endpoint=row.endpoint_id).postpone(at)
    return taken


def _try(row: Call, at: dt.datetime | None) -> Answer | None:
    """Send one; None where there was nothing to send, or it could not be tried."""
    try:
        return _send(row, at) if row.claim(at) else None
    except Exception as error:  # one call's fault must not hold up the others
        logger.warning("Call %s was not sent: %s", row.pk, type(error).__name__)
        row.record_failure(f"{type(error).__name__}: {error}", at=at)
        return None


def _send(row: Call, at: dt.datetime | None) -> Answer | None:
    if not row.endpoint.is_active and row.kind != TEST:
        row.record_failure(SWITCHED_OFF, is_final=True, at=at)
        return None
    if not _is_still_to_be_told(row):
        row.record_failure(NOT_PUBLIC, is_final=True, at=at)
        return None
    if not row.hand_over(at):
        return None
    answer = _post(row, at or timezone.now())
    with transaction.atomic():
        answer.save()
        _record(row, answer, at)
    return answer


def _is_still_to_be_told(row: Call) -> bool:
    """Say whether what a call was written for may still be named: meanwhile a post may be held back, or gone."""
    data = row.body.get("data", {})
    if row.kind == Kind.POST_PUBLISHED and not Post.objects.published().filter(pk=data.get("id")).exists():
        return False
    asked = (module for module in nested_modules("happening") if hasattr(module, "is_still_to_be_told"))
    return all(module.is_still_to_be_told(row.kind, data) for module in asked)


def _post(row: Call, at: dt.datetime) -> Answer:
    """POST it, and return what came of it, not yet saved."""
    body = json.dumps(row.body, ensure_ascii=False, separators=(",", ":")).encode()
    timestamp = int(at.timestamp())
    headers = {
        "Content-Type": "application/json",
        "webhook-id": row.webhook_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(row.endpoint.secret, row.webhook_id, timestamp, body),
    }
    begun = time.monotonic()
    try:
        # The status is the answer; of the rest the beginning is kept for whoever reads the ledger.
        fetched = fetch(
            row.endpoint.address,
            content=body,
            headers=headers,
            follow=False,
            cuts=True,
            max_bytes=MAX_BYTES,
            seconds=SECONDS,
        )
        status, words = fetched.status, _words(fetched)
    except (Refused, Failed) as error:
        status, words = None, str(error)
    seconds = round(time.monotonic() - begun, 3)
    return Answer(call=row, at=at, status=status, words=words[:WORDS_LENGTH], seconds=seconds)


def _words(fetched: Fetched) -> str:
    words = fetched.body.decode("utf-8", "replace").replace("\x00", "")
    return f"Location: {fetched.headers.get('location', '')}\n{words}" if fetched.status in REDIRECTS else words


def _record(row: Call, answer: Answer, at: dt.datetime | None) -> None:
    if answer.is_taken:
        row.record_sent(at)
    elif answer.status == GONE:
        row.record_failure("It answered 410 Gone, and was switched off.", is_final=True, at=at)
        row.endpoint.switch_off(f"Switched off on {byline_moment(answer.at)}: it answered 410 Gone.")
    elif answer.status in REDIRECTS:
        row.record_failure(SENT_ELSEWHERE.format(answer.status), at=at)
    else:
        row.record_failure(f"It answered {answer.status}." if answer.status else answer.words, at=at)
