"""The demo: a small watch, good enough to show to an editor."""

import datetime as dt
import secrets
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.contrib.flatpages.models import FlatPage
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from posts.citing import report_also
from posts.hooks import nested_modules
from posts.models import Category, Image, Post
from posts.picturing import read_picture
from sources.links.models import Link
from sources.models import Source, SourceAlias

DEMO_DIR = Path(__file__).parents[2] / "demo"
FILES = ("content.toml", "desk.toml")
WRITER = "wren"


class Command(BaseCommand):
    help = "Fills an empty database with the demo content; refuses a non-empty one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="leave a non-empty database alone without a word")

    def handle(self, *args: Any, **options: Any) -> None:
        if any(model.objects.exists() for model in (Post, Source, Category, FlatPage, Image)):
            if not options["if_empty"]:
                raise CommandError("The database is not empty; the demo fills only an empty one.")
            self._remind()
            return
        content, on_the_desk = (tomllib.loads((DEMO_DIR / name).read_text(encoding="utf-8")) for name in FILES)
        with transaction.atomic():
            fill(content)
            for module in nested_modules("demo"):
                module.fill()
            name, password = _make_editor()
            furnish(on_the_desk, User.objects.get(username=name))
        _keep_password(name, password)
        self.stdout.write(f"The demo is in: {len(content['posts'])} posts.")
        self._tell(name, password)

    def _tell(self, name: str, password: str) -> None:
        self.stdout.write(f"Log in to the desk as  {name}  with the password  {password}")

    def _remind(self) -> None:
        """Say once more how to log in, while the demo's password still holds."""
        try:
            name, password = _password_path().read_text().split()
        except (OSError, ValueError):
            return
        user = User.objects.filter(username=name).first()
        if user and user.check_password(password):
            self._tell(name, password)
        elif user:
            self.stdout.write(f"{name} has another password by now; manage.py changepassword {name} sets a new one.")


def fill(content: dict[str, Any]) -> None:
    """Write the demo's content: sources, categories, pictures, posts, pages."""
    sources = {row["name"]: _make_source(row) for row in content["sources"]}
    categories: dict[str, Category] = {}
    for row in content["categories"]:
        category = Category(
            name=row["name"], parent=categories.get(row.get("parent", "")), description=row.get("description", "")
        )
        category.full_clean()
        category.save()
        categories[category.name] = category
    pictures = {row["file"]: _make_image(row) for row in content["images"]}
    for row in sorted(content["posts"], key=lambda row: row["published"]):
        _make_post(row, sources, categories, pictures)
    for row in content["pages"]:
        page = FlatPage.objects.create(url=row["url"], title=row["title"], content=row["body"])
        page.sites.set([settings.SITE_ID])


def _make_source(row: dict[str, Any]) -> Source:
    columns = ("name", "slug", "home_page", "country", "language", "description")
    source = Source(**{column: row.get(column, "") for column in columns})
    source.full_clean(exclude=["slug"] if not source.slug else [])
    source.save()
    for name in row.get("aliases", []):
        SourceAlias.objects.create(source=source, name=name)
    return source


def _make_image(row: dict[str, Any]) -> Image:
    with (DEMO_DIR / "images" / row["file"]).open("rb") as file:
        image = Image.objects.get_or_store(read_picture(file))
    for column in ("alt", "caption", "credit", "licence"):
        setattr(image, column, row.get(column, ""))
    image.save()
    return image


def _make_post(
    row: dict[str, Any], sources: dict[str, Source], categories: dict[str, Category], pictures: dict[str, Image]
) -> None:
    body = row.get("body", "")
    for name, image in pictures.items():
        body = body.replace(f"(demo:{name}", f"({image.file.url}")
    source = sources.get(row["source"])
    post = Post(
        title=row["title"],
        slug=row.get("slug", ""),
        body=body.strip(),
        excerpt=row.get("excerpt", ""),
        source=source,
        link=_make_link(row, source) if source and row.get("address") else None,
    )
    post.publish(at=timezone.make_aware(row["published"], timezone.get_default_timezone()))
    post.categories.set(_named(row["categories"], categories))
    post.tags.set(row["tags"])


def _named(names: Iterable[str], categories: dict[str, Category]) -> list[Category]:
    return [categories[name] for name in names]


def _make_link(row: dict[str, Any], source: Source) -> Link:
    link = Link(
        source=source,
        given_address=row["address"],
        headline=row.get("headline", ""),
        byline=row.get("byline", ""),
        published_on=row.get("original_published_on"),
        retrieved_on=row["published"].date(),
        language=row.get("language", ""),
    )
    link.full_clean()
    link.save()
    return link


def furnish(on_the_desk: dict[str, Any], editor: User) -> None:
    """Lay on the desk what editors have at hand: texts at every stage, and what they added to published ones."""
    writer = User.objects.filter(username=WRITER).first() or User.objects.create_user(WRITER, is_staff=True)
    writer.groups.set(Group.objects.filter(name="Writers"))
    for row in on_the_desk["posts"]:
        _make_post_at_work(row, writer if row["state"] == "review" else editor)
    for row in on_the_desk["notices"]:
        post = _begins(row["post"])
        post.notice = row["notice"]
        post.save(by=editor)
    for row in on_the_desk["also"]:
        report_also(_begins(row["post"]), row["addresses"])
    for row in on_the_desk["corrections"]:
        _begins(row["post"]).correct(row["text"], by=editor)


def _begins(title: str) -> Post:
    return Post.objects.filter(title__startswith=title).order_by("pk")[0]


def _make_post_at_work(row: dict[str, Any], by: User) -> None:
    source = Source.objects.get(name=row["source"])
    post = Post(
        title=row["title"],
        body=row["body"].strip(),
        source=source,
        link=Link.objects.create(source=source, given_address=row["address"]) if "address" in row else None,
        is_sensitive=row.get("is_sensitive", False),
        editor=by,
        written_by=by,
    )
    post.save(by=by)
    post.categories.set(Category.objects.filter(name__in=row["categories"]))
    post.tags.set(row["tags"])
    if "note" in row:
        post.notes.create(text=row["note"], by=by, by_name=by.get_username())
    if row["state"] == "review":
        post.submit(by=by)
    elif row["state"] == "scheduled":
        post.publish(at=timezone.now() + dt.timedelta(days=row["days"]), by=by)
    elif row["state"] == "withdrawn":
        post.publish(at=timezone.make_aware(row["published"], timezone.get_default_timezone()), by=by)
        post.withdraw(row["reason"], by=by)


def _make_editor() -> tuple[str, str]:
    name = "editor" if not User.objects.filter(username="editor").exists() else "demo-editor"
    password = secrets.token_urlsafe(9)
    user = User.objects.create_user(name, f"{name}@watch.example", password, is_staff=True)
    user.groups.set(Group.objects.filter(name__in=["Editors", "Moderators", "Administrators"]))
    return name, password


def _password_path() -> Path:
    return settings.VAR_DIR / "demo-editor"


def _keep_password(name: str, password: str) -> None:
    """Keep it for the next `make run` to show; only this user can read the file."""
    path = _password_path()
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(f"{name} {password}\n")
