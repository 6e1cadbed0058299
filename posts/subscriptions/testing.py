"""Letters as readers would get them, for those who send them: to look at before, and to have sent to oneself."""

import datetime as dt
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import override

from posts.addressing import HOME
from posts.dating import site_date
from posts.listing import ListedPost, read_posts
from posts.models import Post
from posts.outbox.composing import Message, NotWanted, composes
from posts.outbox.models import Delivery
from posts.subscriptions.mailing import Addressee, ask_letter, digest_letter, post_letter
from posts.subscriptions.models import Consent, Frequency
from posts.subscriptions.scopes import WHOLE_SITE

TESTS = "subscriptions.test"
# Stands where a subscriber's own would: it opens nothing.
MADE_UP_TOKEN = "this-is-only-a-preview"  # noqa: S105
REACHES = {Frequency.DAILY: 1, Frequency.WEEKLY: 7, Frequency.MONTHLY: 31}  # days
FEW, MOST = 5, 200  # posts of a digest where its days brought none, and where they brought many


@dataclass(frozen=True)
class Letter:
    """Which letter is meant."""

    what: str = "ask"  # "ask", "post", or the frequency of a digest
    post: int | None = None
    is_discreet: bool = False


def compose_letter(letter: Letter) -> Message:
    """Compose a letter to nobody. Raises NotWanted, in a sentence, where there is nothing that it could tell."""
    with override(settings.LANGUAGE_CODE):
        return _compose(letter)


def _compose(letter: Letter) -> Message:
    to = Addressee(MADE_UP_TOKEN, letter.is_discreet, [WHOLE_SITE.words])
    if letter.what == "post":
        # Of one that is held back no letter speaks, not even to an editor.
        posts = read_posts(Post.objects.filter(pk=letter.post or 0, review_on=None))
        if not posts:
            raise NotWanted("Choose the post that the letter is about.")
        return post_letter(_as_published(posts[0]), to)
    if letter.what in Frequency.values:
        return digest_letter(read_posts(Post.objects.filter(pk__in=_lately(letter.what))), to, letter.what)
    scopes = {HOME: Frequency.WEEKLY.value}
    return ask_letter(Consent(token=MADE_UP_TOKEN, scopes=scopes, is_discreet=letter.is_discreet))


def _as_published(post: ListedPost) -> ListedPost:
    """Return a draft as it would be if it were published now."""
    if post.published_at and post.published_on:
        return post
    now = post.published_at or timezone.now()
    return replace(post, published_at=now, published_on=site_date(now), slug=post.slug or "…")


def _lately(frequency: str) -> list[int]:
    """Return what a digest of today would tell of; where there is nothing, the last few posts."""
    posts = Post.objects.published().filter(is_quiet=False).newest_first().values_list("pk", flat=True)
    since = timezone.now() - dt.timedelta(days=REACHES[Frequency(frequency)])
    ids = list(posts.filter(listed_at__gt=since)[:MOST]) or list(posts[:FEW])
    if not ids:
        raise NotWanted("Nothing is published yet of which a digest could tell.")
    return ids


def send_test(letter: Letter, user: AbstractBaseUser) -> None:
    """Have a letter sent to who asks for it, each time anew."""
    key = f"subscriptions:test:{user.pk}:{get_random_string(16)}"
    Delivery.objects.queue(key, TESTS, user.email, **asdict(letter))  # type: ignore[attr-defined]


@composes(TESTS)
def compose_test(data: dict[str, Any]) -> Message:
    message = compose_letter(Letter(**data))
    return replace(message, subject=f"[Test] {message.subject}")
