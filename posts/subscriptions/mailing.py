"""What the letters say. What is queued are ids; who has left by then, or what was withdrawn, gets or is no letter."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override

from posts.lettering import letter_html, letter_text
from posts.listing import ListedPost, read_posts
from posts.models import Post
from posts.outbox.composing import Message, NotWanted, composes, render_message
from posts.subscriptions.announcing import TELLS, followers_of
from posts.subscriptions.asking import ASKED, is_shut_out
from posts.subscriptions.digesting import COLLECTS
from posts.subscriptions.models import Announcement, Consent, Frequency, Subscriber, Subscription
from posts.subscriptions.models.consent import WORDINGS, language_of
from posts.subscriptions.scopes import find_scope, of_subscription

# What a letter is called where its name may be seen by others: on a locked screen, in a list of letters.
NEUTRAL_SENDER, NEUTRAL_SUBJECT = gettext_lazy("Newsletter"), gettext_lazy("Your newsletter")
# The first lines are shown there too, some hundred signs of them: these say nothing.
NEUTRAL_OPENING = gettext_lazy(
    "Here is the newsletter that you asked for. As you wished, neither its name nor its first lines tell what it is "
    "about, so that nobody learns it who only sees the list of your mail. At its end stands how to stop it."
)
NEUTRAL_QUESTION = gettext_lazy(
    "This letter asks whether a newsletter may be sent to this address. Somebody, we hope you, asked for it, and "
    "wished that neither its name nor its first lines tell what it is about. What it is about follows below."
)
MOST_IN_DIGEST = 50
SUMMARY = 300  # characters of each post in a digest


def letters_url(token: str) -> str:
    """Return the address of a subscriber's own page, by which mailboxes leave for them too (RFC 8058)."""
    return f"{settings.SITE_URL}/u/{token}/"


def confirm_url(token: str) -> str:
    return f"{settings.SITE_URL}/subscribe/confirm/{token}/"


@dataclass(frozen=True)
class Addressee:
    """For whom a letter is written."""

    token: str
    is_discreet: bool = False
    reasons: list[str] = field(default_factory=list)  # what they follow, in words


@dataclass(frozen=True)
class LetterPost:
    """A post as a letter shows it."""

    post: ListedPost
    url: str
    html: SafeString
    text: str
    summary: str
    categories: str

    @classmethod
    def of(cls, post: ListedPost) -> "LetterPost":
        url = settings.SITE_URL + post.url
        return cls(
            post=post,
            url=url,
            html=SafeString(letter_html(post.html, url)),
            text=letter_text(post.html, url),
            summary=post.summary(SUMMARY, SUMMARY),
            categories=", ".join(shelf.name for shelf in post.categories),
        )


# --- Composing what was queued


@composes(ASKED)
def compose_ask(data: dict[str, Any]) -> Message:
    consent = Consent.objects.filter(pk=data["consent"], confirmed_at=None).first()
    if consent is None or is_shut_out(consent.email):
        raise NotWanted("They have answered, or their time is over.")
    subscriber = Subscriber.objects.filter(email=consent.email).first()
    consent.is_discreet = consent.is_discreet or (subscriber is not None and subscriber.is_discreet)
    return ask_letter(consent)


@composes(TELLS)
def compose_post(data: dict[str, Any]) -> Message:
    subscriber = _subscriber(data["subscriber"])
    announcement = Announcement.objects.select_related("post").defer(*_texts()).filter(pk=data["announcement"]).first()
    if announcement is None:
        raise NotWanted("The post is gone.")
    # However often by now: what was promised before a change is kept, and digests leave it out.
    reasons = _reasons(followers_of(announcement.post).filter(subscriber=subscriber))
    if not reasons:
        raise NotWanted("They do not follow this any longer.")
    posts = _public([announcement.post_id])
    if not posts:
        raise NotWanted("The post is withdrawn.")
    return post_letter(posts[0], Addressee(subscriber.token, subscriber.is_discreet, reasons))


@composes(COLLECTS)
def compose_digest(data: dict[str, Any]) -> Message:
    subscriber = _subscriber(data["subscriber"])
    announced = Announcement.objects.filter(pk__in=data["announcements"]).values_list("post", flat=True)
    posts = _public(list(announced))
    if not posts:
        raise NotWanted("All of it is withdrawn.")
    reasons = _reasons(subscriber.subscriptions.active().exclude(frequency=Frequency.POST))
    return digest_letter(posts, Addressee(subscriber.token, subscriber.is_discreet, reasons), data["frequency"])


def _texts() -> list[str]:
    return [f"post__{name}" for name in Post.TEXTS]


def _subscriber(pk: int) -> Subscriber:
    subscriber = Subscriber.objects.filter(pk=pk, state=Subscriber.State.ACTIVE).first()
    if subscriber is None:
        raise NotWanted("They have left, or are suspended.")
    return subscriber


def _public(posts: list[int]) -> list[ListedPost]:
    return read_posts(Post.objects.published().filter(pk__in=posts))


def _reasons(subscriptions: Any) -> list[str]:
    rows: Iterable[Subscription] = subscriptions.with_scopes()
    return [of_subscription(row).words for row in rows]


# --- The letters


def neutral_names() -> dict[str, str]:
    """Return from whom discreet letters come and what they are called: in the language of the site, as all letters."""
    with override(settings.LANGUAGE_CODE):
        return {"sender": str(NEUTRAL_SENDER), "subject": str(NEUTRAL_SUBJECT)}


def ask_letter(consent: Consent) -> Message:
    """May we write to you? In the language of the words that were agreed to; they stand in it."""
    with override(language_of(consent.wording)):
        return _ask_letter(consent)


def _ask_letter(consent: Consent) -> Message:
    subject = _("Please confirm: letters from %(site)s") % {"site": settings.SITE_NAME}
    often = dict(Frequency.choices)
    found = [(url, find_scope(url)) for url in sorted(consent.scopes)]
    context = {
        "url": confirm_url(consent.token),
        "scopes": [f"{scope.words}, {often[consent.scopes[url]]}" for url, scope in found if scope],
        "opening": NEUTRAL_QUESTION if consent.is_discreet else "",
        "wording": WORDINGS[consent.wording],
        "proof": consent.proof,
    }
    if consent.is_discreet:
        return render_message("subscription_ask", _("Please confirm"), context, sender=neutral_names()["sender"])
    return render_message("subscription_ask", subject, context)


def post_letter(post: ListedPost, to: Addressee) -> Message:
    """One post, as a listing shows it."""
    return _letter("subscription_post", post.display_title, {"item": LetterPost.of(post)}, to)


def digest_letter(posts: list[ListedPost], to: Addressee, frequency: str) -> Message:
    """Several posts, each with its first words."""
    first, more = posts[0].display_title, len(posts) - 1
    subject = first if not more else _("%(title)s, and %(number)d more") % {"title": first, "number": more}
    context = {
        "items": [LetterPost.of(post) for post in posts[:MOST_IN_DIGEST]],
        "heading": _collected(frequency, len(posts)),
        "more": max(0, len(posts) - MOST_IN_DIGEST),
    }
    return _letter("subscription_digest", subject, context, to)


def _collected(frequency: str, number: int) -> str:
    values = {"number": number}
    if frequency == Frequency.DAILY:
        return ngettext("%(number)d post since yesterday", "%(number)d posts since yesterday", number) % values
    if frequency == Frequency.WEEKLY:
        return ngettext("%(number)d post in the last week", "%(number)d posts in the last week", number) % values
    if frequency == Frequency.MONTHLY:
        return ngettext("%(number)d post in the last month", "%(number)d posts in the last month", number) % values
    return ngettext("%(number)d post lately", "%(number)d posts lately", number) % values


def _in_a_row(words: list[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return _("%(all_but_last)s and %(last)s") % {"all_but_last": ", ".join(words[:-1]), "last": words[-1]}


def _letter(template: str, subject: str, context: dict[str, Any], to: Addressee) -> Message:
    url = letters_url(to.token)
    headers = {
        "List-Id": f"<letters.{settings.MAIL_HOST}>",
        "List-Unsubscribe": f"<{url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Precedence": "bulk",
    }
    opening = NEUTRAL_OPENING if to.is_discreet else ""
    context = {**context, "url": url, "reasons": _in_a_row(to.reasons), "opening": opening}
    if to.is_discreet:
        return render_message(template, str(NEUTRAL_SUBJECT), context, headers, sender=str(NEUTRAL_SENDER))
    return render_message(template, subject, context, headers)
