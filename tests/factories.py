"""Small creators with defaults that a test overrides where it matters."""

import datetime as dt
import io
import itertools
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.crypto import get_random_string
from PIL import Image as Pillow

from posts.comments.models import Comment, Discussion
from posts.dating import site_date
from posts.help.models import Contact
from posts.models import Category, Post, Tag
from posts.subscriptions.changing import follow
from posts.subscriptions.models import Consent, Frequency, Subscriber
from posts.subscriptions.scopes import find_scope
from sources.links.models import Link
from sources.models import Source

_numbers = itertools.count(1)


def moment(text: str) -> dt.datetime:
    """Return a moment in the site's time zone: "2013-03-31 15:17"."""
    return timezone.make_aware(dt.datetime.fromisoformat(text), timezone.get_default_timezone())


def make_post(
    title: str | None = None,
    *,
    at: str | dt.datetime | None = "2013-03-31 15:17",
    tags: list[str | Tag] = (),
    categories: list[Category] = (),
    draft: bool = False,
    **fields: Any,
) -> Post:
    """Return a saved post: published at that moment, or a draft."""
    fields.setdefault("body", "Some words.")
    post = Post(title=f"Post {next(_numbers)}" if title is None else title, **fields)
    if draft:
        post.save()
    else:
        post.publish(at=moment(at) if isinstance(at, str) else at)
    post.categories.set(categories)
    post.tags.set(list(tags))
    return post


def make_category(name: str, parent: Category | None = None, **fields: Any) -> Category:
    category = Category(name=name, parent=parent, **fields)
    category.full_clean()
    category.save()
    return category


def make_source(name: str = "NK News", **fields: Any) -> Source:
    source = Source(name=name, **fields)
    source.save()
    return source


def make_link(source: Source, address: str = "https://nknews.example/2013/02/refugees", **fields: Any) -> Link:
    link = Link(source=source, given_address=address, **fields)
    link.full_clean()
    link.save()
    return link


def make_comment(post: Post | None = None, body: str = "Well said.", **fields: Any) -> Comment:
    """Return a saved comment, approved unless told otherwise."""
    fields.setdefault("state", Comment.State.APPROVED)
    return Comment.objects.create(post=post or make_post(), body=body, once=get_random_string(32), **fields)


def make_contact(name: str = "Harbour Line", *, days_ago: int | None = 1, **fields: Any) -> Contact:
    """Return a saved contact, verified so many days ago, or never."""
    fields.setdefault("what", "Listens, and finds an interpreter.")
    fields.setdefault("telephones", "+44 20 7946 0101")
    if days_ago is not None:
        fields.setdefault("verified_on", site_date(timezone.now()) - dt.timedelta(days=days_ago))
    contact = Contact(name=name, **fields)
    contact.full_clean()
    contact.save()
    return contact


def make_subscriber(email: str = "", *follows: str, since: dt.datetime | None = None, **fields: Any) -> Subscriber:
    """Return a confirmed subscriber; what they follow is given as "/tag/north-korea/=daily"."""
    email = email or f"reader{next(_numbers)}@reader.example"
    since = since or timezone.now() - dt.timedelta(days=1)
    subscriber = Subscriber.objects.create(email=email, made_at=since, **fields)
    scopes = dict(each.split("=") for each in follows or ["/=post"])
    for address, frequency in scopes.items():
        follow(subscriber, find_scope(address), Frequency(frequency), at=since)
    Consent.objects.create(
        email=email, scopes=scopes, asked_at=since, confirmed_at=since, subscriber=subscriber, came_from="/"
    )
    return subscriber


def keep_open(post: Post) -> Post:
    """Have an old post take comments."""
    Discussion.objects.create(post=post, opening=Discussion.Opening.OPEN)
    return post


def picture_file(
    name: str = "picture.png", kind: str = "PNG", size: tuple[int, int] = (40, 30), **options: Any
) -> SimpleUploadedFile:
    out = io.BytesIO()
    Pillow.new("RGB", size, "#7c1d1d").save(out, kind, **options)
    return SimpleUploadedFile(name, out.getvalue(), content_type=f"image/{kind.lower()}")
