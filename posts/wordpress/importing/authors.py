"""Authors of the old blog as users here. A login there gives no right here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from posts.wordpress.importing.accounts import Account, short_key
from posts.wordpress.importing.digests import digest_of_record
from posts.wordpress.models import Blog, Imported, Kind, Result
from posts.wordpress.reasons import Reason
from posts.wordpress.records import Author
from sources.naming import tidy_name

NAME_LENGTH = 150
_UNFIT = re.compile(r"[^\w.@+-]+")  # what Django's user names do not hold


class Users:
    """Who each author of a blog is here, by login and by number."""

    def __init__(self, blog: Blog) -> None:
        self.blog = blog
        self.by_login: dict[str, int | None] = {}
        self.by_number: dict[int, int] = {}
        rows = list(Imported.objects.filter(blog=blog, kind=Kind.AUTHOR).values_list("key", "number", "row_id"))
        there = set(User.objects.filter(pk__in=[pk for *_, pk in rows if pk]).values_list("pk", flat=True))
        for key, number, pk in rows:
            self._know(key, number, pk if pk in there else None)

    def _know(self, key: str, number: int | None, pk: int | None) -> None:
        self.by_login[key] = pk
        if number is not None and pk is not None:
            self.by_number[number] = pk

    def of(self, login: str) -> int | None:
        return self.by_login.get(short_key(login.strip()))

    def meet(self, logins: Iterable[str], account: Account) -> None:
        """Make those whom the file does not introduce: WXR 1.0 names authors on their posts alone."""
        new = {login.strip() for login in logins if login.strip()}
        self.bring([Author(login) for login in sorted(new) if short_key(login) not in self.by_login], account)

    def bring(self, authors: Iterable[Author], account: Account) -> None:
        for author in {short_key(a.login.strip()): a for a in authors if a.login.strip()}.values():
            self._bring(author, account)

    def _bring(self, author: Author, account: Account) -> None:
        login = author.login.strip()
        key, digest = short_key(login), digest_of_record(author)
        told: dict[str, Any] = {"number": author.number, "title": login}
        known = Imported.objects.filter(blog=self.blog, kind=Kind.AUTHOR, key=key).first()
        if known is not None:
            user = User.objects.filter(pk=known.row_id or 0).first()
            if user is None:
                gone = Reason("deleted-here", "This user was deleted here, so the posts belong to nobody.")
                account.tell(Kind.AUTHOR, key, Result.SKIPPED, [gone], **told)
            else:
                account.tell(Kind.AUTHOR, key, Result.UNCHANGED, row=user, **told)
            self._know(key, known.number, user.pk if user else None)
            return
        user = _find(login, author.email)
        reasons = [Reason("user-found", f"This is the user “{user}”.")] if user else []
        user = user or _make(author)
        Imported.objects.create(
            blog=self.blog, kind=Kind.AUTHOR, key=key, number=author.number, model="auth.user", row_id=user.pk,
            digest=digest, extra={"display_name": author.name} if author.name else {},
        )  # fmt: skip
        account.tell(Kind.AUTHOR, key, Result.IMPORTED, reasons, row=user, **told)
        self._know(key, author.number, user.pk)


def _find(login: str, email: str) -> User | None:
    """Return who is meant: by login first, to the letter and else whatever its case, then by e-mail."""
    users = User.objects.order_by("-is_active", "pk")
    found = users.filter(username=login).first() or users.filter(username__iexact=login).first()
    if found is None and email.strip():
        found = users.filter(email__iexact=email.strip()).first()
    return found


def _make(author: Author) -> User:
    """Make a user who cannot log in."""
    user = User(
        username=_free_name(author.login),
        email=_fit_email(author.email),
        first_name=tidy_name(author.first_name)[:NAME_LENGTH],
        last_name=tidy_name(author.last_name)[:NAME_LENGTH],
        is_active=False,
        is_staff=False,
    )
    user.set_unusable_password()
    user.save()
    return user


def _free_name(login: str) -> str:
    base = _UNFIT.sub("-", unicodedata.normalize("NFKC", login)).strip("-")[:NAME_LENGTH] or "author"
    name, number = base, 1
    while User.objects.filter(username__iexact=name).exists():
        number += 1
        name = f"{base[: NAME_LENGTH - len(str(number)) - 1]}-{number}"
    return name


def _fit_email(email: str) -> str:
    try:
        validate_email(email.strip())
    except ValidationError:
        return ""
    return email.strip() if len(email.strip()) <= 254 else ""
