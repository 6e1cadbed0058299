"""The desk: what a post said before, what is different now, and bringing it back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_safe

from posts.comparing import compare_fields, count_changes
from posts.dating import byline_moment
from posts.life import Reason, State
from posts.models import Post, PostEntry
from posts.restoring import name_of, prepare, restore
from sources.locking import hold_the_desk

REVISIONS_A_PAGE = 25
ENTRIES_SHOWN = 50


class Revisions:
    """For the ModelAdmin of posts: history, comparison, restoring."""

    admin_site: Any
    opts: Any
    get_object: Any
    has_change_permission: Any
    has_view_or_change_permission: Any

    def revision_urls(self, view: Any) -> list[URLPattern]:
        return [
            path("<int:pk>/history/compare/", view(self.compare_view), name="posts_post_compare"),
            path("<int:pk>/history/<int:revision>/restore/", view(self.restore_view), name="posts_post_restore"),
        ]

    @method_decorator(require_safe)
    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """All revisions, newest first, and below them the log of acts."""
        post = self.get_object(request, unquote(object_id))
        if post is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        if not request.user.has_perm("posts.change_post"):
            raise PermissionDenied
        page = Paginator(_revisions(post), REVISIONS_A_PAGE).get_page(request.GET.get("p"))
        rows = _rows(post, page)
        chosen = _chosen(post, request, rows)
        context = {
            "rows": rows,
            "page": page,
            "chosen": chosen,
            "elsewhere": [each for each in chosen if each.pk not in {row.revision.pk for row in rows}],
            "entries": PostEntry.objects.filter(post_id=post.pk)[:ENTRIES_SHOWN],
            "has_log": request.user.has_perm("posts.view_postentry"),
            "may_restore": _may_restore(self, request, post),
        }
        return self._show(request, post, "history", f"History of “{post.display_title}”", context)

    @method_decorator(require_safe)
    def compare_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Two revisions side by side, the older one left; the last two where none are named."""
        post = self.open_post(request, pk)
        chosen = _chosen(post, request, _revisions(post)[:2])
        if len(chosen) < 2:
            messages.warning(request, "Choose two different revisions that are still here.")
            return HttpResponseRedirect(reverse("admin:posts_post_history", args=[post.pk]))
        newer, older = chosen
        people = names_of_people([older.editor_id, newer.editor_id])
        differences = compare_fields(
            words_of(older, older.filed, people, older.history_date),
            words_of(newer, newer.filed, people, newer.history_date),
            headings=(heading_of(older), heading_of(newer)),
        )
        context = {
            "older": older,
            "newer": newer,
            "differences": differences,
            "may_restore": _may_restore(self, request, post),
        }
        return self._show(request, post, "compare", f"Two versions of “{post.display_title}”", context)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def restore_view(self, request: HttpRequest, pk: int, revision: int) -> HttpResponse:
        """Show what would be different; the button, which knows the version that was looked at, does it."""
        if request.method != "POST":
            return self._ask_to_restore(request, self.open_post(request, pk, to_change=True), revision)
        with transaction.atomic():
            hold_the_desk()
            return self._restore(request, self.open_post(request, pk, to_change=True), revision)

    def _restore(self, request: HttpRequest, post: Post, number: int) -> HttpResponse:
        version, form = post.version, HttpResponseRedirect(reverse("admin:posts_post_change", args=[post.pk]))
        revision = _revision_of(post, number)
        if post.state == State.TRASH:
            return self._ask_to_restore(request, post, number)
        if not _differences(post, revision):
            messages.success(request, f"“{post.display_title}” says what it said in version {revision.version}.")
            return form
        if request.POST.get("version") != str(version):
            stale = "Somebody has saved this post since you opened this page, so nothing was restored. Look again."
            return self._ask_to_restore(request, post, number, faults=[stale], status=409)
        try:
            restored = restore(_as_stored(post), revision, by=request.user)
        except ValidationError as error:
            return self._ask_to_restore(request, post, number, faults=error.messages, status=422)
        gone = ", ".join(f"“{name}”" for name in restored.left_out)
        words = f" These categories are gone, and were left out: {gone}." if gone else ""
        said = format_html("“{}” is restored from version {}.{}", restored.post, revision.version, words)
        messages.success(request, said)
        return form

    def _ask_to_restore(
        self, request: HttpRequest, post: Post, number: int, faults: Iterable[str] = (), status: int = 200
    ) -> HttpResponse:
        revision = _revision_of(post, number)
        context = {
            "revision": revision,
            "revision_name": name_of(revision),
            "version": post.version,
            "is_in_trash": post.state == State.TRASH,
            "differences": _differences(post, revision),
            "left_out": prepare(_as_stored(post), revision).left_out,
            "faults": faults,
            "corrected_since": post.corrections.filter(made_at__gt=revision.history_date),
        }
        title = f"Restore “{post.display_title}”"
        return self._show(request, post, "restore", title, context, status=status)

    # --- For every page about one post

    def open_post(self, request: HttpRequest, pk: int, *, to_change: bool = False) -> Post:
        """Return the post, if this person may see what it once said, or change it; who only reads may not."""
        post = self.get_object(request, str(pk))
        if post is None:
            raise Http404("There is no such post.")
        may = self.has_change_permission if to_change else self.has_view_or_change_permission
        if not request.user.has_perm("posts.change_post") or not may(request, post):
            raise PermissionDenied
        return post

    def _show(
        self, request: HttpRequest, post: Post, page: str, title: str, context: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        request.current_app = self.admin_site.name
        context |= {**self.admin_site.each_context(request), "title": title, "opts": self.opts, "post": post}
        return TemplateResponse(request, f"admin/posts/post/{page}.html", context, status=status)


# --- Rows


@dataclass(frozen=True)
class Row:
    """A revision as the history shows it, against the one before."""

    revision: Any
    name: str
    who: str
    why: str
    changed: list[str]  # names of what differs
    added: int  # words of title, text and excerpt
    removed: int
    is_current: bool


def _revisions(post: Post) -> Any:
    return post.history.select_related("history_user").order_by("-history_id")


def _rows(post: Post, page: Any) -> list[Row]:
    start = max(page.start_index() - 1, 0)
    revisions = list(_revisions(post)[start : start + REVISIONS_A_PAGE + 1])  # with the one before the last
    pairs = enumerate(pairwise([*revisions, None]), start)
    rows = [_row(revision, before, is_current=number == 0) for number, (revision, before) in pairs]
    return rows[:REVISIONS_A_PAGE]


def _row(revision: Any, before: Any, *, is_current: bool) -> Row:
    added, removed = count_changes(_text_of(before) if before else "", _text_of(revision))
    return Row(
        revision=revision,
        name=name_of(revision),
        who=str(revision.history_user or "the site"),
        why=revision.history_change_reason or ("Saved" if before else "Begun"),
        changed=_changed(before, revision) if before else [],
        added=added,
        removed=removed,
        is_current=is_current,
    )


def _text_of(revision: Any) -> str:
    return "\n".join((revision.title, revision.body, revision.excerpt))


def _changed(before: Any, after: Any) -> list[str]:
    old, new = words_of(before, before.filed), words_of(after, after.filed)
    return [name for name in old if old[name] != new[name]]


def _chosen(post: Post, request: HttpRequest, fallback: Any) -> list[Any]:
    """Return the two revisions that the address names, newest first; where it names none, the first two of these."""
    named = [request.GET.get(name, "") for name in ("from", "to")]
    if not any(named):
        return [getattr(each, "revision", each) for each in fallback[:2]]
    ids = [int(name) for name in named if name.isdecimal() and len(name) < 19]
    return list(_revisions(post).filter(pk__in=ids))


def _revision_of(post: Post, number: int) -> Any:
    revision = _revisions(post).filter(pk=number).first()
    if revision is None:
        raise Http404("There is no such revision.")
    return revision


def _may_restore(desk: Any, request: HttpRequest, post: Post) -> bool:
    return post.state != State.TRASH and desk.has_change_permission(request, post)


def _as_stored(post: Post) -> Post:
    return Post.objects.select_related("link", "source").get(pk=post.pk)


def _differences(post: Post, revision: Any) -> Any:
    """Compare the post as it is stored with what restoring would make of it."""
    people = names_of_people([post.editor_id])
    stored, restoring = _as_stored(post), prepare(_as_stored(post), revision)
    return compare_fields(
        words_of(stored, stored.filed(), people),
        words_of(restoring.post, restoring.filed(), people),
        headings=("Now", f"As in {name_of(revision)}"),
    )


# --- Words


def heading_of(revision: Any) -> str:
    return f"{name_of(revision)}, by {revision.history_user or 'the site'}"


def names_of_people(ids: Iterable[int | None]) -> dict[Any, str]:
    people = get_user_model().objects.filter(pk__in=[pk for pk in ids if pk])
    return {person.pk: person.get_username() for person in people}


def words_of(
    version: Any, filed: dict[str, Any], people: dict[Any, str] | None = None, at: dt.datetime | None = None
) -> dict[str, str]:
    """Return what a post, or a revision of it, says and is filed under, by the names that the form has for it.

    `filed` is as of Post.filed, `people` the names of those whose it may be, `at` when it stood so.
    """
    original, editor = filed.get("original") or {}, version.editor_id
    return {
        "Title": version.title,
        "Slug": version.slug,
        "Text": version.body,
        "Excerpt": version.excerpt,
        "Original": original.get("address", ""),
        "Outlet": filed.get("source", ""),
        "Headline there": original.get("headline", ""),
        "Byline there": original.get("byline", ""),
        "Published there on": original.get("published_on", ""),
        "Language there": original.get("language", ""),
        "Also reported by": "\n".join(filed.get("also", [])),
        "Categories": ", ".join(sorted(filed.get("categories", []))),
        "Tags": ", ".join(sorted(filed.get("tags", []))),
        "Date": byline_moment(version.published_at) if version.published_at else "",
        "Tell nobody": _yes(version.is_quiet),
        "Pinned": _yes(version.is_sticky),
        "Content notice": version.notice,
        "Sensitive": _yes(version.is_sensitive),
        "Held back, to look again on": str(version.review_on or ""),
        "Status": _status_of(version, at),
        "Why it ended": str(Reason(version.reason).label) if version.reason else "",
        "Whose it is": (people or {}).get(editor, f"person {editor}") if editor else "",
    }


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"


def _status_of(version: Any, at: dt.datetime | None) -> str:
    is_coming = version.state == State.PUBLISHED and version.published_at > (at or timezone.now())
    return "Scheduled" if is_coming else str(State(version.state).label)
