"""The desk: the queue of comments. Everything is a button of one form; the script only makes them keys."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME, ActionForm
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.safestring import SafeString

from posts.comments import deciding
from posts.comments.deciding import Outcome
from posts.comments.forms import row_number
from posts.comments.models import Comment, Entry, Report
from posts.comments.models.comment import TEXTS_OF_POST
from posts.comments.models.rules import BAN_DAYS, Ban
from posts.rendering import is_readable, links_of


class StateFilter(admin.SimpleListFilter):
    """What waits comes first: it is what a moderator opens the list for."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*Comment.State.choices, ("reported", "Reported"), ("all", "All")]

    def choices(self, changelist: Any) -> Any:
        chosen, numbers = self.value(), _numbers()
        for value, label in [(None, "Waiting"), *self.lookup_choices]:
            wanted = {"new_params": {"state": value}} if value else {"remove": ["state"]}
            yield {
                "selected": chosen == value,
                "query_string": changelist.get_query_string(**wanted),
                "display": f"{label} ({numbers[value]:,})",
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Comment]) -> QuerySet[Comment]:
        if self.value() is None:
            return queryset.filter(pk__in=Comment.objects.waiting().values("pk"))
        if self.value() == "reported":
            return queryset.filter(open_reports__gt=0)
        return queryset if self.value() == "all" else queryset.filter(state=self.value())


def _numbers() -> dict[str | None, int]:
    """Return how many comments each choice of the filter holds; None stands for those that wait."""
    by_state = dict(Comment.objects.order_by().values_list("state").annotate(number=Count("*")))
    reported = Comment.objects.filter(open_reports__gt=0)
    return {
        **{state: by_state.get(state, 0) for state in Comment.State.values},
        None: Comment.objects.waiting().count(),
        "reported": reported.count(),
        "all": sum(by_state.values()),
    }


class QueueForm(ActionForm):
    """What bulk actions need to know besides."""

    reason = forms.ChoiceField(
        label="Reason", choices=[("", "for removing …"), *deciding.REASONS.items()], required=False
    )


class CommentForm(forms.ModelForm):
    def clean_body(self) -> str:
        body = self.cleaned_data["body"]
        if not is_readable(body):
            raise forms.ValidationError("Nothing would be left to read: remove the comment instead.")
        return body


@admin.register(Comment)
class CommentAdmin(admin.ModelAdmin):
    list_display = ["__str__"]  # see get_list_display
    list_display_links = None
    list_filter = [StateFilter, "is_editorial"]
    list_per_page = 50
    list_max_show_all = 1000
    show_full_result_count = False
    form = CommentForm
    show_facets = admin.ShowFacets.NEVER
    search_fields = ["body", "name", "email", "post__title"]
    search_help_text = "Words of the comment, a name, an address, a post’s title"
    actions = ["approve_selected", "mark_selected_as_spam", "remove_selected", "ban_selected", "hold_selected"]
    action_form = QueueForm
    actions_selection_counter = True
    change_list_template = "admin/comments/queue.html"
    readonly_fields = ["email", "about"]

    class Media:
        js = ["js/queue.js"]

    # --- Who may

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # one writes under a post, or answers

    def has_change_permission(self, request: HttpRequest, obj: Comment | None = None) -> bool:
        is_forgotten = obj is not None and obj.is_forgotten
        return request.user.has_perm("comments.moderate_comment") and not is_forgotten

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("comments.moderate_comment")

    def has_delete_permission(self, request: HttpRequest, obj: Comment | None = None) -> bool:
        return False  # removing keeps the thread whole; what is kept of a person is erased by their own link

    # --- The list

    def get_queryset(self, request: HttpRequest) -> QuerySet[Comment]:
        reports = Report.objects.filter(settled_at=None)
        return (
            super()
            .get_queryset(request)
            .select_related("post", "parent")
            .defer(*TEXTS_OF_POST, "parent__body")
            .prefetch_related(Prefetch("reports", reports, to_attr="waiting_reports"))
        )

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        """Reported ones first; what waits is read from its oldest, the rest from its newest."""
        return ["-open_reports", "id"] if "state" not in request.GET else ["-open_reports", "-id"]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """The card needs to know who looks: buttons are for those who may press them."""

        may_moderate, may_answer = self.has_moderate_permission(request), _may_answer(request)
        back = urlencode({"back": request.get_full_path()})

        def comment(row: Comment) -> SafeString:
            return self.card(row, may_moderate=may_moderate, may_answer=may_answer, back=back)

        comment.short_description = "comment"  # type: ignore[attr-defined]
        return [comment]

    def card(self, comment: Comment, *, may_moderate: bool, may_answer: bool, back: str) -> SafeString:
        """A comment with all that a decision needs, and the buttons."""
        context = {
            "comment": comment,
            "links": list(dict.fromkeys([*links_of(comment.body_html), *_page_of(comment)])),
            "reasons": deciding.REASONS.items(),
            "bannable": [(kind, Ban.Kind(kind).label) for kind in deciding.bannable(comment)],
            "ban_days": BAN_DAYS,
            "may_moderate": may_moderate and not comment.is_forgotten,
            "back": back,
            "may_answer": may_answer
            and not comment.is_mention
            and comment.state in (Comment.State.HELD, Comment.State.APPROVED),
        }
        return render_to_string("admin/comments/_card.html", context)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.method == "POST" and "act" in request.POST:
            return self._press(request)
        last = _last_batch(request) if self.has_moderate_permission(request) else None
        context = {"title": "Comments", "last": last, "shown_at": timezone.now().isoformat()}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    # --- Buttons

    def _press(self, request: HttpRequest) -> HttpResponse:
        """Do what one button says: `act` names the act, the comment, the state in which it was seen, and details."""
        if not self.has_moderate_permission(request):
            raise PermissionDenied
        act, _, rest = request.POST["act"].partition(" ")
        if not act:
            # What the Enter key presses in a field of the list: it must do nothing.
            return self._answer(request, "Nothing was done: press the button that you mean.", None, is_refused=True)
        try:
            sentence, outcome = self._done(request, act, rest.split())
        except (ValueError, LookupError):
            return self._answer(request, "That button is not known here. Reload the page.", None, is_refused=True)
        if not outcome.changed and not outcome.lifted and outcome.left:
            return self._answer(request, " ".join(outcome.left), None, state=_state(outcome.kept), is_refused=True)
        return self._answer(request, sentence, outcome, state=_state(outcome.changed))

    def _done(self, request: HttpRequest, act: str, words: list[str]) -> tuple[str, Outcome]:
        if act == "undo":
            outcome = deciding.undo(uuid.UUID(words[0]), request.user)  # type: ignore[arg-type]
            only = f": {outcome.changed[0]}" if len(outcome.changed) == 1 else ""
            what = f"{_counted(len(outcome.changed))} as before{only}" if outcome.changed else ""
            lifted = "The ban is lifted." if outcome.lifted else ""
            return " ".join(filter(None, ["Undone.", lifted, what])), outcome
        pk, seen = row_number(words[0]), words[1]
        if pk is None:
            raise ValueError("There is no such row.")
        note = request.POST.get(f"note-{pk}", "").replace("\x00", "").strip()[:1000]
        if act == "ban":
            found = list(Comment.objects.filter(pk=pk))
            days = _days(request.POST.get(f"days-{pk}", ""))
            outcome = deciding.ban(found, [words[2]], request.user, days=days, note=note, seen=seen)  # type: ignore[arg-type]
            return "Banned, and marked as spam.", outcome
        reason = words[2] if act == Entry.Act.REMOVE else ""
        decision = Entry.Act(act)
        outcome = deciding.decide([pk], decision, request.user, reason=reason, note=note, seen=seen)  # type: ignore[arg-type]
        return f"{decision.label}.", outcome

    def _answer(
        self,
        request: HttpRequest,
        sentence: str,
        outcome: Outcome | None,
        *,
        state: str | None = None,
        is_refused: bool = False,
    ) -> HttpResponse:
        """To the script, the sentence, the state it led to and the name of the batch; to a plain form, the list."""
        if "application/json" in request.headers.get("Accept", ""):
            batch = str(outcome.batch) if outcome else ""
            answer = {"sentence": sentence, "batch": batch, "state": state, "is_refused": is_refused}
            return JsonResponse({**answer, "at": timezone.now().isoformat()})
        (messages.warning if is_refused else messages.success)(request, sentence)
        return HttpResponseRedirect(request.get_full_path())

    # --- Bulk actions

    @admin.action(description="Approve", permissions=["moderate"])
    def approve_selected(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        self._decide_selected(request, queryset, Entry.Act.APPROVE)

    @admin.action(description="Mark as spam", permissions=["moderate"])
    def mark_selected_as_spam(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        self._decide_selected(request, queryset, Entry.Act.SPAM)

    @admin.action(description="Remove (choose the reason)", permissions=["moderate"])
    def remove_selected(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        reason = request.POST.get("reason", "")
        if reason not in deciding.REASONS:
            messages.warning(request, "Choose the reason for removing, beside the action. Nothing was changed.")
            return
        self._decide_selected(request, queryset, Entry.Act.REMOVE, reason)

    @admin.action(description="Mark as spam and ban their networks", permissions=["moderate"])
    def ban_selected(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        comments = list(queryset)
        outcome = deciding.ban(
            comments,
            [Ban.Kind.NETWORK],
            request.user,  # type: ignore[arg-type]
            days=BAN_DAYS,
            shown_at=_shown_at(request),
        )
        kept = {comment.pk for comment in outcome.kept}
        known = sum(bool(comment.writer) for comment in comments if comment.pk not in kept)
        networks = f" {known} came from a network that is still known, and is banned while it is."
        left = _left_alone(request, len(comments), outcome)
        messages.success(request, f"Marked as spam: {_counted(len(outcome.changed))}.{left}{networks}")

    @admin.action(description="Hold again", permissions=["moderate"])
    def hold_selected(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        self._decide_selected(request, queryset, Entry.Act.HOLD)

    def _decide_selected(
        self, request: HttpRequest, queryset: QuerySet[Comment], act: Entry.Act, reason: str = ""
    ) -> None:
        ids = list(queryset.order_by("pk").values_list("pk", flat=True))
        outcome = deciding.decide(ids, act, request.user, reason=reason, shown_at=_shown_at(request))  # type: ignore[arg-type]
        left = _left_alone(request, len(ids), outcome)
        messages.success(request, f"{act.label}: {_counted(len(outcome.changed))}.{left}")

    # --- One comment

    def get_fields(self, request: HttpRequest, obj: Comment | None = None) -> list[Any]:
        """What only moderators need to know only they see."""
        if self.has_moderate_permission(request):
            return ["name", "email", "body", "note", "about"]
        return ["name", "body", "about"]

    @admin.display(description="about it")
    def about(self, comment: Comment) -> str:
        log = Entry.objects.filter(comment_id=comment.pk)
        return render_to_string("admin/comments/_about.html", {"comment": comment, "log": log})

    def save_model(self, request: HttpRequest, obj: Comment, form: Any, change: bool) -> None:
        deciding.edit(obj, request.user, form.changed_data)  # type: ignore[arg-type]

    def get_urls(self) -> list[URLPattern]:
        return [
            path("<int:pk>/answer/", self.admin_site.admin_view(self.answer_view), name="comments_comment_answer"),
            *super().get_urls(),
        ]

    def answer_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Answer a comment from the desk; the answer carries the mark of the desk."""
        comment = get_object_or_404(Comment.objects.select_related("post"), pk=pk)
        if not _may_answer(request):
            raise PermissionDenied
        text, error, back = request.POST.get("body", "").replace("\x00", ""), "", _back(request)
        if request.method == "POST":
            try:
                once = request.POST.get("once", "")
                reply = deciding.answer(comment, text, request.user, once)  # type: ignore[arg-type]
            except ValidationError as refusal:
                error = " ".join(refusal.messages)
            else:
                link = format_html('<a href="{}">Look at it</a>', reply.get_absolute_url())
                messages.success(request, format_html("Answered. {}", link))
                return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": "Answer a comment",
            "opts": self.opts,
            "comment": comment,
            "text": text,
            "once": request.POST.get("once") or get_random_string(16),
            "back": back,
            "error": error,
            "may_moderate": self.has_moderate_permission(request),
        }
        return TemplateResponse(request, "admin/comments/answer.html", context)


def _page_of(comment: Comment) -> list[str]:
    """Return the page that links to the post; the pages of people are not for opening."""
    return [comment.address] if comment.is_mention and comment.address else []


def _may_answer(request: HttpRequest) -> bool:
    return request.user.has_perm("comments.add_comment")


def _back(request: HttpRequest) -> str:
    """Return where in the list one came from."""
    back = request.GET.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return back if is_ours else reverse("admin:comments_comment_changelist")


def _left_alone(request: HttpRequest, found: int, outcome: Outcome) -> str:
    """Say what a bulk action has not changed of what was ticked, and why."""
    ticked = 0 if request.POST.get("select_across") == "1" else len(set(request.POST.getlist(ACTION_CHECKBOX_NAME)))
    decided = len(outcome.kept) + max(0, ticked - found)
    unchanged = found - len(outcome.changed) - len(outcome.kept)
    sentences = []
    if decided:
        sentences.append(f" Decided on meanwhile, and left as it is: {_counted(decided)}.")
    if unchanged:
        sentences.append(f" {unchanged} needed no change.")
    return "".join(sentences)


def _shown_at(request: HttpRequest) -> dt.datetime | None:
    """Return when the list was shown from which somebody acts: what was decided later is not theirs to change."""
    try:
        shown_at = dt.datetime.fromisoformat(request.POST.get("shown_at", ""))
    except ValueError:
        return None
    return shown_at if shown_at.tzinfo else None


def _state(comments: list[Comment]) -> str | None:
    return comments[0].state_label if len(comments) == 1 else None


def _counted(number: int) -> str:
    return f"{number} comment" if number == 1 else f"{number:,} comments"


def _days(text: str) -> int:
    return min(int(text), 3650) if text.isascii() and text.isdecimal() and int(text) > 0 else BAN_DAYS


def _last_batch(request: HttpRequest) -> dict[str, Any] | None:
    """Return the moderator's latest act that can be taken back, in words."""
    mine = Entry.objects.filter(actor_id=request.user.pk, undoes=None).exclude(
        act__in=[Entry.Act.EDIT, Entry.Act.ANSWER]
    )
    undone = Entry.objects.filter(actor_id=request.user.pk).exclude(undoes=None).values("undoes")
    last = mine.exclude(batch__in=undone).first()
    if last is None:
        return None
    number = Entry.objects.filter(batch=last.batch, act=last.act).count()
    what = "Banned the writers of" if last.act == Entry.Act.BAN else f"{last.words}:"
    return {"batch": last.batch, "words": f"{what} {_counted(number)}", "made_at": last.made_at}
