"""The desk: each time that somebody brought an old blog over. What was ordered, how far it is, what became of it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from posts.admin.bases import ReadOnly
from posts.models import Post
from posts.wordpress import reporting, uploading
from posts.wordpress.admin.imports import ImportPage, begin
from posts.wordpress.models import Kind, Outcome, OutcomeQuerySet, Result, Run
from posts.wordpress.reasons import WANT_HAND
from sources.locking import hold_the_desk

OUTCOMES_A_PAGE = 100
LOOKS_AGAIN = "3"  # seconds
GONE = "The uploaded files are gone: they are kept for a week. Send them again."
_CODE = re.compile(r"[a-z0-9-]{1,60}")


@admin.register(Run)
class RunAdmin(ReadOnly, ImportPage, admin.ModelAdmin):
    list_display = ["made_at", "shown_state", "shown_files", "blog", "by", "shown_items"]
    list_filter = ["state"]
    list_select_related = ["blog", "by"]
    list_per_page = 50
    show_full_result_count = False
    change_list_template = "admin/wordpress/runs.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("wordpress.add_run")

    def get_urls(self) -> list[URLPattern]:
        def view(act: Any, name: str, route: str) -> URLPattern:
            return path(f"<int:pk>/{route}", self.admin_site.admin_view(act), name=f"wordpress_run_{name}")

        return [
            view(self.items_view, "items", "items/"),
            view(self.json_view, "json", "report.json"),
            view(self.csv_view, "csv", "report.csv"),
            *super().get_urls(),
        ]

    # --- The list

    @admin.display(description="state", ordering="state")
    def shown_state(self, run: Run) -> str:
        return f"{run.get_state_display()}{', a rehearsal' if run.is_rehearsal else ''}"

    @admin.display(description="files")
    def shown_files(self, run: Run) -> str:
        return ", ".join(run.files)

    @admin.display(description="items")
    def shown_items(self, run: Run) -> str:
        counts = run.summary()
        words = ", ".join(f"{counts[result]:,} {result}" for result in Result.values if counts[result])
        return words or "–"

    # --- The page of one

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        run = self._open(request, unquote(object_id))
        if request.method == "POST":
            return self._act(request, run)
        is_still = "still" in request.GET
        context = {
            "run": run,
            "rows": _summary(run),
            "groups": [] if run.is_open else reporting.to_do(run),
            "wanting": 0 if run.is_open else run.outcomes.wanting_a_hand().count(),
            "is_still": is_still,
            "is_behind": run.state == Run.State.QUEUED and Run.objects.open_before(run).exists(),
            "may_import": self.has_add_permission(request),
            "is_again_possible": uploading.may_be_wanted_again(run) and uploading.are_here(run),
            "kept_until": uploading.kept_until(run),
        }
        response = self._page(request, run, "run", str(run), context)
        if run.is_open and not is_still:
            response["Refresh"] = LOOKS_AGAIN
        return response

    def _open(self, request: HttpRequest, pk: str) -> Run:
        if not self.has_view_permission(request):
            raise PermissionDenied
        run = self.get_object(request, pk)
        if run is None:
            raise Http404
        return run

    def _page(self, request: HttpRequest, run: Run, name: str, title: str, context: dict[str, Any]) -> HttpResponse:
        whole = {**self.admin_site.each_context(request), "opts": self.opts, "run": run, "title": title, **context}
        return TemplateResponse(request, f"admin/wordpress/{name}.html", whole)

    def _act(self, request: HttpRequest, run: Run) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        act = request.POST.get("act")
        if act == "stop" and run.is_open and "sure" not in request.POST:
            return self._page(request, run, "stop", "Stop the import", {})
        if act == "stop":
            run.stop()
        elif act == "go_on":
            _go_on(request, run)
        elif act == "for_real":
            run = _for_real(request, run)
        return HttpResponseRedirect(reverse("admin:wordpress_run_change", args=[run.pk]))

    # --- What became of each

    def items_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = self._open(request, str(pk))
        may_tick = request.user.has_perm("posts.change_post")
        if request.method == "POST":
            if not may_tick:
                raise PermissionDenied
            _tick_off(request, run)
            return HttpResponseRedirect(request.get_full_path())
        chosen = Chosen(request)
        page = Paginator(chosen.among(run.outcomes.order_by("id")), OUTCOMES_A_PAGE).get_page(request.GET.get("page"))
        context = {
            "chosen": chosen,
            "page": page,
            "query": f"{chosen.query()}&" if chosen.query() else "",
            "lines": _lines(request, list(page)),
            "filters": _filters(run, chosen),
            "may_tick": may_tick and not run.is_rehearsal and any(outcome.wants_hand for outcome in page),
        }
        return self._page(request, run, "items", f"{run}: {chosen.words}", context)

    def json_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = self._open(request, str(pk))
        return _download(reporting.as_json(run), "application/json", f"import-{run.pk}.json")

    def csv_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = self._open(request, str(pk))
        return _download(reporting.as_csv(run), "text/csv; charset=utf-8", f"import-{run.pk}.csv")


def _download(parts: Any, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(parts, content_type=content_type, headers=headers)  # type: ignore[return-value]


# --- What can be done


def _go_on(request: HttpRequest, run: Run) -> None:
    """Have what was stopped go on where it was."""
    if not uploading.are_here(run):
        messages.error(request, GONE)
    elif run.go_on():
        messages.success(request, "It goes on where it was stopped.")


def _for_real(request: HttpRequest, run: Run) -> Run:
    """Import what was rehearsed, from the same files; sent twice, once begun."""
    with transaction.atomic():
        hold_the_desk()
        begun = Run.objects.filter(options__rehearsal=run.pk).exclude(state=Run.State.REFUSED).first()
        if begun or not run.is_rehearsal:
            return begun or run
        if not uploading.may_be_wanted_again(run) or not uploading.are_here(run):
            messages.error(request, GONE)
            return run
        return begin(run.files, {**run.options, "is_rehearsal": False, "rehearsal": run.pk}, request.user)


def _tick_off(request: HttpRequest, run: Run) -> None:
    """Note that these are seen to."""
    chosen = [int(pk) for pk in request.POST.getlist("outcome") if pk.isdecimal() and len(pk) <= 18]
    number = run.outcomes.wanting_a_hand().filter(pk__in=chosen[:OUTCOMES_A_PAGE]).update(wants_hand=False)
    if number:
        messages.success(request, f"{number} {'is' if number == 1 else 'are'} seen to.")
    else:
        messages.warning(request, "None was chosen.")


# --- What is shown


def _summary(run: Run) -> list[tuple[str, str, list[tuple[str, int]]]]:
    """Return a row of numbers for each thing that is counted."""
    return [
        (key, label, [(result, int(run.counts.get(key, {}).get(result, 0))) for result in Result.values])
        for key, label in reporting.COUNTED.items()
        if key == "item" or run.counts.get(key)
    ]


class Chosen:
    """Which outcomes a page of them shows."""

    def __init__(self, request: HttpRequest) -> None:
        given = request.GET
        self.result = given.get("result", "") if given.get("result") in Result.values else ""
        self.kind = given.get("kind", "") if given.get("kind") in Kind.values else ""
        self.reason = given.get("reason", "") if _CODE.fullmatch(given.get("reason", "")) else ""
        self.hand = "1" if given.get("hand") == "1" else ""
        self.q = given.get("q", "").replace("\x00", "").strip()[:200]

    def among(self, outcomes: OutcomeQuerySet) -> OutcomeQuerySet:
        if self.result:
            outcomes = outcomes.filter(result=self.result)
        if self.kind:
            outcomes = outcomes.filter(kind=self.kind)
        if self.hand:
            outcomes = outcomes.wanting_a_hand()
        if self.reason:
            outcomes = outcomes.because(self.reason)
        if self.q:
            outcomes = outcomes.filter(Q(title__icontains=self.q) | Q(address__icontains=self.q))
        return outcomes

    def query(self, **changes: str) -> str:
        """Return the query of the same choice but for these changes."""
        values = {name: getattr(self, name) for name in ("result", "kind", "reason", "hand", "q")} | changes
        return urlencode({name: value for name, value in values.items() if value})

    @property
    def words(self) -> str:
        parts = [
            reporting.heading_of(self.reason) if self.reason else "",
            str(Result(self.result).label) if self.result else "",
            str(Kind(self.kind).label) if self.kind else "",
            "what needs a hand" if self.hand else "",
            f"“{self.q}”" if self.q else "",
        ]
        return ", ".join(filter(None, parts)) or "everything"


def _filters(run: Run, chosen: Chosen) -> list[tuple[str, list[tuple[str, str, int | None, bool]]]]:
    """Return links by which to choose: for each question its answers, with their numbers in the whole run."""
    counted = run.outcomes.order_by().values_list("result", "kind").annotate(number=Count("pk"))
    results: dict[str, int] = {}
    kinds: dict[str, int] = {}
    for result, kind, number in counted:
        results[result] = results.get(result, 0) + number
        kinds[kind] = kinds.get(kind, 0) + number
    reasons = [(group.code, group.heading, group.number) for group in reporting.groups(run)]

    def links(name: str, answers: list[tuple[str, str, int]]) -> list[tuple[str, str, int | None, bool]]:
        now = getattr(chosen, name)
        every = ("All", chosen.query(**{name: ""}), None, not now)
        return [every, *((label, chosen.query(**{name: key}), number, key == now) for key, label, number in answers)]

    return [
        (
            "Result",
            links("result", [(key, str(label), results[key]) for key, label in Result.choices if key in results]),
        ),
        ("Kind", links("kind", [(key, str(label), kinds[key]) for key, label in Kind.choices if key in kinds])),
        ("Reason", links("reason", reasons)),
    ]


def _lines(request: HttpRequest, outcomes: list[Outcome]) -> list[dict[str, Any]]:
    """Return what a page says of each outcome."""
    ids = {outcome.row_id for outcome in outcomes if outcome.model == "posts.post" and outcome.row_id}
    posts = {post.pk: post for post in Post.objects.filter(pk__in=ids).select_related("source").defer(*Post.TEXTS)}
    return [_line(request.user, outcome, posts) for outcome in outcomes]


def _line(user: Any, outcome: Outcome, posts: dict[int, Post]) -> dict[str, Any]:
    post = posts.get(outcome.row_id or 0) if outcome.model == "posts.post" else None
    is_gone = outcome.model == "posts.post" and outcome.row_id is not None and post is None
    lacks_source = any(code == "no-source" for code, _ in outcome.reasons)
    return {
        "outcome": outcome,
        "form": ""
        if is_gone or not _may_open(user, outcome.model)
        else reporting.admin_url(outcome.model, outcome.row_id),
        "title": post.display_title if post else outcome.title or outcome.key,
        "is_gone": is_gone,
        "reasons": [(sentence, code in WANT_HAND) for code, sentence in outcome.reasons],
        "old_page": outcome.address if _scheme(outcome.address) in ("http", "https") else "",
        "has_to_have_outlet": lacks_source and post is not None and post.source is None,
        "outlet": post.source if lacks_source and post else None,
    }


def _scheme(address: str) -> str:
    try:
        return urlsplit(address).scheme
    except ValueError:
        return ""


def _may_open(user: Any, model: str) -> bool:
    app, _, name = model.partition(".")
    return bool(name) and (user.has_perm(f"{app}.view_{name}") or user.has_perm(f"{app}.change_{name}"))
