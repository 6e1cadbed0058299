"""Every address of the desk, with something at each."""

import re
import uuid
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.contrib.flatpages.models import FlatPage
from django.contrib.redirects.models import Redirect
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from htwatch.login.models import LoginEntry
from posts.comments.models import Ban, Comment, Discussion, Entry, Policy, Word
from posts.models import Image, Post
from posts.outbox.models import Delivery
from posts.picturing import read_picture
from posts.subscriptions.models import Announcement, Block, Bounce, Consent
from posts.subscriptions.models import Entry as Look
from posts.subscriptions.models import Policy as Rules
from posts.webhooks.models import Call, Endpoint
from posts.wordpress.models import Miss, Run
from tests.factories import (
    make_category,
    make_comment,
    make_contact,
    make_link,
    make_post,
    make_source,
    make_subscriber,
    picture_file,
)

# Written by hand or by the packages that bring them; what is not here has the name that Django gives it.
PARTS = re.compile(r"<(?:\w+:)?(\w+)>")


def make_one_of_everything(editor: User) -> Post:
    """Fill each table that the desk shows; return the post, published and that editor's."""
    source = make_source("The Quay")
    shelves = {"tags": ["long ways"], "categories": [make_category("On the way")]}
    post = make_post("The long way", **shelves, source=source, link=make_link(source))
    Post.objects.filter(pk=post.pk).update(editor=editor)
    post.correct("It was Tuesday.", by=editor)
    post.autosaves.create(user=editor, guid=post.guid, fields={"title": ["The long way"]})
    post.previews.create(label="Ann", by=editor)
    image = Image.objects.get_or_store(read_picture(picture_file()))
    Image.objects.filter(pk=image.pk).update(alt="A boat")
    page = FlatPage.objects.create(url="/about/", title="About", content="Words.")
    page.sites.set([1])
    make_comment(post, state=Comment.State.HELD)
    Ban.objects.create(kind="name", pattern="troll")
    Discussion.objects.create(post=post)
    Word.objects.create(pattern="casino", kind="disallowed")
    Policy.objects.create(pk=1)
    make_contact()
    Entry.objects.create(actor="mo", act="approve", comment_id=1, before="held", after="approved", batch=uuid.uuid4())
    endpoint = Endpoint.objects.create(name="Channel", address="https://channel.example/")
    Call.objects.create(endpoint=endpoint, key="1:test", kind="test", body={})
    Delivery.objects.create(key="a", kind="comments.answer", recipient="ann@reader.example")
    subscriber = make_subscriber("ann@reader.example", "/=post")
    Consent.objects.create(email="ben@reader.example", scopes={"/": "post"}, came_from="/")
    Bounce.objects.create(key="1", email=subscriber.email, kind="soft", words="Full")
    Block.objects.create(pattern="bad.example")
    Announcement.objects.create(post=post, finished_at=timezone.now())
    Look.objects.create(actor="ada", act="list")
    Rules.objects.create(pk=1)
    LoginEntry.objects.create(what="removed", user="edith")
    run = Run.objects.create(
        state="finished", files=["export.xml"], total=1, position=1, counts={"item": {"imported": 1}}
    )
    run.outcomes.create(
        kind="post", key="1", title="Boats", result="imported", reasons=[["no-source", "No line names an outlet."]],
        wants_hand=True, model="posts.post", row_id=post.pk, address="https://oldblog.example/?p=1",
    )  # fmt: skip
    Redirect.objects.create(site_id=1, old_path="/old-page/", new_path="/about/")
    Miss.objects.create(path="/missing/")
    return post


def addresses(post: Post) -> dict[str, str]:
    """Return the address of each view of the admin by its name, its parts filled in with rows that are there."""
    found: dict[str, str] = {}
    for name, route in _walk(get_resolver().url_patterns, "/"):
        if name and name not in found and route.startswith("/admin/"):
            found[name] = PARTS.sub(lambda part, name=name: _value(name, part[1], post), route)  # type: ignore[misc]
    return found


def _walk(patterns: list[Any], prefix: str) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and "(?P" not in route:
            yield pattern.name or "", route


def _value(name: str, part: str, post: Post) -> str:
    if part == "content_type_id":
        return str(ContentType.objects.get_for_model(Post).pk)
    if part == "revision":
        return str(post.history.latest().pk)
    model = _model_of(name)
    if model is Post or part in ("post_id",):
        return str(post.pk)
    row = model._default_manager.order_by("pk").first() if model else None
    return str(row.pk) if row else str(post.pk)


def _model_of(name: str) -> type[Model] | None:
    models = {f"{model._meta.app_label}_{model._meta.model_name}": model for model in apps.get_models()}
    fitting = [key for key in models if name.startswith(f"{key}_")]
    return models[max(fitting, key=len)] if fitting else None


def make_people() -> dict[str, User]:
    """Return a person for each role of the desk, and two who have no business there."""
    people = {"reader": User.objects.create_user("reader", password="secret")}
    people["nobody"] = User.objects.create_user("nobody", password="secret", is_staff=True)
    for role in ("Writers", "Editors", "Moderators", "Administrators"):
        people[role] = User.objects.create_user(role.lower(), password="secret", is_staff=True)
        people[role].groups.set([Group.objects.get(name=role)])
    people["superuser"] = User.objects.create_superuser("root", password="secret")
    return people
