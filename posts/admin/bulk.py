"""The desk: one act over many posts. The list's menu notes which; a page of their own asks, and tells the result."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import ActionLocation
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.cache import never_cache

from posts.bulking import AT_ONCE, foresee, may, work
from posts.forms import TagsField, writing_people
from posts.life import Reason
from posts.models import BulkAct, BulkJob, Category, Post, Tag
from sources.models import Source

NAMED = 20  # posts that are named before
REFUSED_A_PAGE = 100
LOOKS_AGAIN = "3"  # seconds
IN_TRASH = (BulkAct.RESTORE, BulkAct.DELETE)  # what the list of the trash offers, and no other
# For a form with a box that finds while one types.
BOXES = forms.Media(js=["admin/js/autocomplete.js", "js/post_form.js"])
WIDE = {"class": "vLargeTextField"}


# --- With what


class ActForm(forms.Form):
    """An act that asks for nothing more."""

    def parameters(self) -> dict[str, Any]:
        """Return what was chosen as a job keeps it."""
        return {}

    def words(self) -> str:
        """Return the same for people."""
        return ""


class WithdrawForm(ActForm):
    reason = forms.ChoiceField(
        label="Why they end",
        choices=lambda: [("", "---------"), *Reason.choices],
        help_text="Who opens one of the addresses reads it.",
        error_messages={"required": "Say why: who opens the address will read it."},
    )
    note = forms.CharField(
        label="Note for the log",
        required=False,
        max_length=1000,
        widget=forms.TextInput(attrs=WIDE),
        help_text="Only editors see it.",
    )

    def parameters(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["reason"], "note": self.cleaned_data["note"]}

    def words(self) -> str:
        return str(Reason(self.cleaned_data["reason"]).label)


class AddTagsForm(ActForm):
    tags = TagsField(
        help_text="Type and choose; a name that is not there yet becomes a new tag. Several have commas between them.",
        error_messages={"required": "Name at least one tag."},
    )

    def parameters(self) -> dict[str, Any]:
        return {"tags": self.cleaned_data["tags"]}

    def words(self) -> str:
        return ", ".join(self.cleaned_data["tags"])


class RemoveTagsForm(AddTagsForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tags"].help_text = "Type and choose. Several have commas between them."

    def clean_tags(self) -> list[str]:
        unknown = [name for name in self.cleaned_data["tags"] if Tag.objects.named(name) is None]
        if unknown:
            raise ValidationError(f"There is no such tag: {', '.join(f'“{name}”' for name in unknown)}.")
        return list(self.cleaned_data["tags"])


class CategoriesForm(ActForm):
    categories = forms.ModelMultipleChoiceField(
        Category.objects.all(),
        widget=forms.SelectMultiple(attrs={"size": 10}),
        help_text="Hold down Control, or Command on a Mac, to choose more than one.",
        error_messages={"required": "Choose at least one category."},
    )

    def parameters(self) -> dict[str, Any]:
        return {"categories": [category.pk for category in self.cleaned_data["categories"]]}

    def words(self) -> str:
        return ", ".join(category.name for category in self.cleaned_data["categories"])


class OutletSelect(AutocompleteSelect):
    """The admin's own, which asks the database even for what cannot be a number of an outlet."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:
        value = super().value_from_datadict(data, files, name) or ""
        return value if value.isdecimal() and len(value) <= 18 else ""


class SourceForm(ActForm):
    source = forms.ModelChoiceField(
        Source.objects.all(),
        label="Outlet",
        required=False,
        widget=OutletSelect(Post._meta.get_field("source"), admin.site),
        help_text="A post that cites a page keeps the outlet to which that page belongs.",
    )
    # For a browser without scripts, where the box above offers nothing.
    source_name = forms.CharField(label="Name of the outlet", required=False, max_length=200)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        name = cleaned.get("source_name", "")
        if name and not cleaned.get("source"):
            cleaned["source"] = Source.objects.named(name)
            if cleaned["source"] is None:
                self.add_error("source", f"There is no outlet “{name}”.")
        elif not cleaned.get("source") and "source" not in self.errors:
            self.add_error("source", "Choose an outlet.")
        return cleaned

    def parameters(self) -> dict[str, Any]:
        return {"source": self.cleaned_data["source"].pk}

    def words(self) -> str:
        return str(self.cleaned_data["source"])


class HandOverForm(ActForm):
    editor: Any = forms.ModelChoiceField(
        None, label="To whom", error_messages={"required": "Choose who shall have them."}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["editor"].queryset = writing_people()  # type: ignore[attr-defined]

    def parameters(self) -> dict[str, Any]:
        return {"editor": self.cleaned_data["editor"].pk}

    def words(self) -> str:
        return f"to {self.cleaned_data['editor']}"


class DeleteForm(ActForm):
    is_sure = forms.BooleanField(
        label="Delete them for good",
        help_text="Text, revisions and notes go with them. Nobody can bring them back.",
        error_messages={"required": "Tick this if you are sure."},
    )


FORMS: dict[BulkAct, type[ActForm]] = {
    BulkAct.WITHDRAW: WithdrawForm,
    BulkAct.ADD_TAGS: AddTagsForm,
    BulkAct.REMOVE_TAGS: RemoveTagsForm,
    BulkAct.ADD_CATEGORIES: CategoriesForm,
    BulkAct.REMOVE_CATEGORIES: CategoriesForm,
    BulkAct.SET_SOURCE: SourceForm,
    BulkAct.HAND_OVER: HandOverForm,
    BulkAct.DELETE: DeleteForm,
}


# --- The menu of the list


def _action(act: BulkAct) -> Any:
    def note_selection(modeladmin: Any, request: HttpRequest, queryset: QuerySet[Post]) -> HttpResponse:
        """Note which posts are meant, as they are at this moment, and go to the page that asks the rest."""
        if not may(request.user, act):
            raise PermissionDenied
        ids = sorted(set(queryset.order_by().values_list("pk", flat=True)))
        job = BulkJob.objects.create(act=act, by_id=request.user.pk, ids=ids, total=len(ids))
        return HttpResponseRedirect(reverse("admin:posts_post_bulk", args=[job.pk]))

    # Under the name of Django's own action, which deletes for good, this one takes its place.
    note_selection.__name__ = "delete_selected" if act == BulkAct.TRASH else f"bulk_{act.value}"
    return admin.action(description=str(act.label))(note_selection)


_MENU = {act: _action(act) for act in BulkAct}
ACTIONS = list(_MENU.values())
_ACT_OF = {action.__name__: act for act, action in _MENU.items()}


class ActsInBulk:
    """For the ModelAdmin of posts: acts over many, in the list's menu and on a page for each."""

    admin_site: Any

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(never_cache(bulk))
        return [
            path("bulk/<int:pk>/", view, {"site": self.admin_site}, name="posts_post_bulk"),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def get_actions(
        self, request: HttpRequest, action_location: ActionLocation = ActionLocation.CHANGE_LIST
    ) -> dict[str, Any]:
        """What this person may do with what this list shows."""
        actions = super().get_actions(request, action_location=action_location)  # type: ignore[misc]
        is_trash = request.GET.get("status") == "trash"
        return {
            name: action
            for name, action in actions.items()
            if name not in _ACT_OF or (may(request.user, _ACT_OF[name]) and (_ACT_OF[name] in IN_TRASH) == is_trash)
        }

    def response_action(
        self,
        request: HttpRequest,
        queryset: QuerySet[Post],
        action_location: ActionLocation = ActionLocation.CHANGE_LIST,
    ) -> Any:
        """No number of a post has letters, or so many digits: such a selection is none."""
        given = request.POST.copy()
        chosen = given.getlist(ACTION_CHECKBOX_NAME)
        given.setlist(ACTION_CHECKBOX_NAME, [pk for pk in chosen if pk.isdecimal() and len(pk) <= 18])
        request.POST = given  # type: ignore[assignment]
        return super().response_action(request, queryset, action_location=action_location)  # type: ignore[misc]


# --- The page of one act: asks before, tells while, and after


def bulk(request: HttpRequest, pk: int, site: Any) -> HttpResponse:
    job = get_object_or_404(BulkJob.objects.defer("ids"), pk=pk, by=request.user.pk)
    act = BulkAct(job.act)
    if not may(request.user, act):
        raise PermissionDenied
    if request.method == "POST" and "cancel" in request.POST:
        job.cancel()
        return HttpResponseRedirect(request.path)
    if job.state == BulkJob.State.NEW:
        form = FORMS.get(act, ActForm)(request.POST if request.method == "POST" else None)
        if form.is_valid():
            _begin(job, form)
            return HttpResponseRedirect(request.path)
        return _ask(request, site, job, form)
    if request.method == "POST":  # the same form again: what it ordered is done, or on its way
        return HttpResponseRedirect(request.path)
    return _tell(request, site, job)


def _begin(job: BulkJob, form: ActForm) -> None:
    """Do few posts now, and have many done by a task; sent twice, once begun."""
    with transaction.atomic():
        is_first = job.begin(form.parameters(), form.words())
        if is_first and job.total > AT_ONCE:
            BulkJob.objects.nudge(job.pk)
    if is_first and job.total <= AT_ONCE:
        work(job.pk)


def _ask(request: HttpRequest, site: Any, job: BulkJob, form: ActForm) -> HttpResponse:
    context = {
        **site.each_context(request),
        "title": f"{BulkAct(job.act).label}: {_posts(job.total)}",
        "job": job,
        "form": form,
        "media": form.media + BOXES if str(form.media) else "",
        "outlook": foresee(job, request.user),
        "named": _posts_named(job.ids[-NAMED:][::-1]),
        "more": max(0, job.total - NAMED),
    }
    return TemplateResponse(request, "admin/posts/post/bulk_ask.html", context)


def _tell(request: HttpRequest, site: Any, job: BulkJob) -> HttpResponse:
    page = Paginator(job.refusals.order_by("pk"), REFUSED_A_PAGE).get_page(request.GET.get("page"))
    posts = {post.pk: post for post in _posts_named([refusal.post_id for refusal in page])}
    is_still = "still" in request.GET
    context = {
        **site.each_context(request),
        "title": f"{job.label}: {_posts(job.total)}",
        "job": job,
        "page": page,
        "refusals": [(posts.get(refusal.post_id), refusal) for refusal in page],
        "is_still": is_still,
    }
    response = TemplateResponse(request, "admin/posts/post/bulk.html", context)
    if job.is_open and not is_still:
        response["Refresh"] = LOOKS_AGAIN
    return response


def _posts(number: int) -> str:
    return f"{number:,} post{'' if number == 1 else 's'}"


def _posts_named(ids: list[int]) -> list[Post]:
    return list(Post.objects.filter(pk__in=ids).defer(*Post.TEXTS).order_by("-pk"))
