"""The editor's desk: posts."""

import datetime as dt
from functools import wraps
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from posts import autosaving
from posts.admin.assisting import Assists, autosave
from posts.admin.bulk import ACTIONS, ActsInBulk
from posts.admin.clipping import begin_clipping
from posts.admin.post_list import (
    CategoryFilter,
    MarkFilter,
    MineFilter,
    OutletFilter,
    PostColumns,
    StatusFilter,
    TagFilter,
)
from posts.admin.previews import Previews, open_links
from posts.admin.revisions import Revisions, names_of_people, words_of
from posts.admin.unsaved import drop_unsaved, unsaved_list
from posts.answering import keeps_what_was_typed
from posts.citing import report_also
from posts.clipping import near_titles, page_at, pages_beside, warn_of_clips, warn_of_titles
from posts.comparing import compare_fields
from posts.dating import byline_moment
from posts.emptying import delete_for_good
from posts.forms import ALSO_MOST, PostForm
from posts.life import Act, State
from posts.models import Autosave, Correction, Note, Post, Visit
from posts.models.correction import render_corrections
from posts.prefilling import prefilled
from sources.choosing import ChoosesRows
from sources.locking import OneAtATime, hold_the_desk
from sources.models import Source
from sources.naming import tidy_name

GONE_BACK = 200  # the last posts, among which one looks for what a form has made already
GONE_BACK_FOR = dt.timedelta(hours=12)
# What those see of a post who may not change it.
TO_READ = [
    "title", "slug", "body", "excerpt", "source", "link", "also", "categories", "shown_tags", "published_at", "notice",
    "editor",
]  # fmt: skip
SAID = {
    Act.SUBMIT: "is in review: the other editors see it there",
    Act.WITHDRAW: "is withdrawn: its address says so, and it stands on no page and in no feed any longer",
    Act.REDRAFT: "is a draft again",
    Act.CORRECT: "is saved, and the correction stands above it",
    Act.TAKE_DOWN: "is taken down: nothing of it is left but the word that it is gone",
}


@admin.register(Post)
class PostAdmin(ChoosesRows, ActsInBulk, Assists, Revisions, Previews, PostColumns, OneAtATime, admin.ModelAdmin):
    form = PostForm
    list_display = ["shown_title", "status", "shown_moment", "source", "shown_categories", "shown_tags", "editor"]
    list_display_links = ["shown_title"]
    list_filter = [StatusFilter, MineFilter, OutletFilter, TagFilter, MarkFilter, CategoryFilter]
    list_select_related = ["source", "editor"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["title"]  # and more, see get_search_results
    search_help_text = "Words of the title, a tag or an outlet; an address, of the original or of ours; a number"
    date_hierarchy = "published_at"
    actions = ACTIONS
    ordering = ["-id"]
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["source", "categories"]
    readonly_fields = ["shown_notes"]
    change_form_template = "admin/posts/post/change_form.html"
    delete_confirmation_template = "admin/posts/post/delete_confirmation.html"

    # --- Who may do what: writers have their own drafts, and nothing else

    @staticmethod
    def may_publish(request: HttpRequest) -> bool:
        return request.user.has_perm("posts.publish_post")

    def _is_own_draft(self, request: HttpRequest, post: Post | None) -> bool:
        return post is None or post.is_own_draft(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Post | None = None) -> bool:
        if obj is not None and obj.state == State.REMOVED:
            return False  # there is nothing to change
        may = super().has_change_permission(request, obj)
        return may and (self.may_publish(request) or self._is_own_draft(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Post | None = None) -> bool:
        if obj is not None and obj.state == State.REMOVED:
            return False  # the stub stays, and says why
        may = super().has_delete_permission(request, obj)
        return may and (self.may_publish(request) or self._is_own_draft(request, obj))

    def _is_writer(self, request: HttpRequest) -> bool:
        return super().has_change_permission(request) and not self.may_publish(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Post]:
        posts: Any = super().get_queryset(request)
        if self._is_writer(request):
            posts = posts.filter(editor=request.user.pk)
        elif not super().has_change_permission(request):
            posts = posts.published()  # who only looks on sees what readers see
        # A list reads no text: neither the Markdown nor its HTML.
        if request.resolver_match and request.resolver_match.url_name == "posts_post_changelist":
            return posts.defer(*Post.TEXTS).prefetch_related("categories", "tagged__tag")
        posts = posts.select_related("source", "link")
        # Two who save at once come one after the other, and the second reads what the first has written.
        return posts.select_for_update(of=("self",)) if request.method == "POST" and _changes_one(request) else posts

    # --- Addresses

    def get_urls(self) -> list[URLPattern]:
        def view(function: Any) -> Any:
            return self.admin_site.admin_view(function)

        # Both addresses of markdownx are ours, instead of its own, which are open to anybody.
        return [
            path("markdown/", self.render_markdown, name="posts_post_markdown"),
            path("picture/", self.upload_picture, name="posts_post_picture"),
            path("tag-names/", view(self.tag_names), name="posts_post_tag_names"),
            path("clip/", view(self.begin_clipping), name="posts_post_clip"),
            path("known/", self.known, name="posts_post_known"),
            path("autosave/", autosave, name="posts_post_autosave"),
            path("unsaved/", view(self.unsaved_list), name="posts_post_unsaved"),
            path("unsaved/<int:pk>/drop/", view(drop_unsaved), name="posts_post_drop_unsaved"),
            *self.revision_urls(view),
            *self.preview_urls(view),
            path("add/", self._keeps_text(view(self.add_view)), name="posts_post_add"),
            path("<path:object_id>/change/", self._keeps_text(view(self.change_view)), name="posts_post_change"),
            *super().get_urls(),
        ]

    def unsaved_list(self, request: HttpRequest) -> HttpResponse:
        return unsaved_list(request, self.admin_site)

    def begin_clipping(self, request: HttpRequest) -> HttpResponse:
        return begin_clipping(request, self.admin_site)

    def _keeps_text(self, view: Any) -> Any:
        """Whatever keeps a form from being taken, what was typed is kept and offered again."""

        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            is_in = request.user.is_active and request.user.is_staff
            if request.method == "POST" and not is_in:
                kept = autosaving.rescue(request)
                if kept:
                    return autosaving.lead_back(request, kept)
            try:
                return keeps_what_was_typed(view)(request, *args, **kwargs)
            except PermissionDenied:
                if request.method != "POST" or not is_in or not autosaving.rescue(request):
                    raise
                messages.error(request, "You may not change this post any longer. What you typed is kept here.")
                return HttpResponseRedirect(reverse("admin:posts_post_unsaved"))

        return wrapped

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        if request.method == "POST" and autosaving.rescue(request):
            messages.error(request, "This post is no longer here. What you typed is kept.")
            return HttpResponseRedirect(reverse("admin:posts_post_unsaved"))
        return super()._get_obj_does_not_exist_redirect(request, opts, object_id)  # type: ignore[misc]

    # --- The form

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any) -> Any:
        with transaction.atomic():
            if request.method == "POST" and object_id is None:
                hold_the_desk()
                object_id = self._made_before(request)
            return super().changeform_view(request, object_id, *args, **kwargs)

    def _made_before(self, request: HttpRequest) -> str | None:
        """Return the post that a form for a new one has made already: it was sent twice, or gone back to."""
        sealed = autosaving.opened(request.POST.get("seal", ""))
        if sealed is None:
            return None
        post = Post.objects.filter(guid=sealed.guid).only("pk").first() or self._same_words(request)
        return str(post.pk) if post else None

    def _same_words(self, request: HttpRequest) -> Post | None:
        """Return what this person has just made of these very words: Back brings the old words in a new form."""
        title, body = tidy_name(request.POST.get("title", "")), request.POST.get("body", "").replace("\r\n", "\n")
        if not title and not body:
            return None
        latest = Post.objects.order_by("-pk").values("pk")[:GONE_BACK]
        made = Post.objects.filter(pk__in=list(latest.values_list("pk", flat=True)), editor=request.user.pk)
        since = timezone.now() - GONE_BACK_FOR
        return made.filter(title=title, body=body, created_at__gt=since).only("pk").order_by("-pk").first()

    def get_fieldsets(self, request: HttpRequest, obj: Post | None = None) -> Any:
        if obj and not self.has_change_permission(request, obj):
            return [(None, {"fields": TO_READ})]
        may_publish = self.may_publish(request)
        ways = ["published_at", "is_quiet", "notice", "is_sensitive"]
        sets: list[Any] = [
            (None, {"fields": ["title", "slug", "body", "excerpt"]}),
            ("Where it comes from", {
                "fields": [
                    "original_address", "source", "original_headline",
                    ("original_byline", "original_published_on", "original_language"), "also_reported",
                ],
            }),
            ("Where it belongs", {"fields": ["categories", "tags"]}),
            ("When and how it appears", {"fields": [*ways, *(["review_on", "is_sticky"] if may_publish else [])]}),
            ("Between editors", {
                "fields": [*(["editor"] if may_publish else []), *(["shown_notes"] if obj else []), "new_note"],
            }),
        ]  # fmt: skip
        return sets

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "tags":
            return None
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "editor" and field:
            # Handing over is not making a user.
            for way in ("can_add_related", "can_change_related", "can_view_related", "can_delete_related"):
                setattr(field.widget, way, False)
        return field

    def get_form(self, request: HttpRequest, obj: Post | None = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.user, form.taken = request.user, self._taken(request, obj)
        return form

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return prefilled(request.GET)

    def _taken(self, request: HttpRequest, post: Post | None) -> Autosave | None:
        """Return the text that the address asks to take up again, if it is this person's and this post's."""
        asked = request.GET.get("take", "")
        if request.method == "POST" or not asked.isdecimal() or len(asked) > 18:
            return None
        return Autosave.objects.filter(pk=int(asked), user=request.user.pk, post=post).first()

    @admin.display(description="notes so far")
    def shown_notes(self, post: Post) -> str:
        notes = ((note.by_name, byline_moment(note.made_at), note.text) for note in post.notes.all())
        said = format_html_join("", '<li><span class="quiet">{}, {}:</span> <span dir="auto">{}</span></li>', notes)
        return format_html('<ul class="desk-notes">{}</ul>', said) if said else "None yet."

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Offer the acts that the post is ready for, as it stands in the database and not in a form that failed."""
        original = context.get("original")
        post = Post.objects.filter(pk=original.pk).select_related("link", "source").first() if original else None
        form = context["adminform"].form
        if post and request.method != "POST":
            Visit.objects.note(request.user, post.pk)
        context |= {
            "post_before": post,
            "acts": self._acts(request, post),
            "is_published": post is not None and post.state == State.PUBLISHED,
            "is_scheduled": post is not None and post.is_scheduled,
            "others": Visit.objects.others(request.user, post.pk) if post else (),
            "taken": getattr(form, "taken", None),
            "unsaved": self._unsaved(request, form, post),
            "open_previews": open_links(post) if post else (),
            "is_previewable": post is not None and not post.is_held and post.state != State.REMOVED,
        }
        if getattr(form, "collides", False) and post:
            context["differences"] = compare_fields(
                words_of_post(post), words_of_form(form, post), headings=("Stored now", "What you typed")
            )
            form.data = form.data.copy()
            form.data["version"] = str(post.version)
        if "original_address" in form.fields:
            say_what_is_known(form, request.user, post)
        return super().render_change_form(request, context, *args, **kwargs)

    def _acts(self, request: HttpRequest, post: Post | None) -> set[str]:
        """Return the names of the buttons that this person has on this post."""
        if post is None:
            acts = {"submit", "publish", "schedule"}
        else:
            is_waiting = post.state == State.PUBLISHED and post._comes_later()
            acts = {
                State.DRAFT: {"submit", "publish", "schedule"},
                State.REVIEW: {"redraft", "publish", "schedule"},
                State.PUBLISHED: {"publish", "schedule", "redraft", "withdraw"}
                if is_waiting
                else {"correct", "withdraw", "takedown"},
                State.WITHDRAWN: {"publish", "redraft", "takedown"},
                State.TRASH: {"redraft"},
                State.REMOVED: set(),
            }[State(post.state)]
        return acts if self.may_publish(request) else acts & {"submit", "redraft"}

    def _unsaved(self, request: HttpRequest, form: Any, post: Post | None) -> Any:
        """Return what this person typed for this post, or for new ones, and did not save."""
        if request.method == "POST" or getattr(form, "taken", None):
            return ()
        return Autosave.objects.filter(user=request.user.pk, post=post).order_by("-made_at")[:5]

    # --- Saving

    def save_model(self, request: HttpRequest, obj: Post, form: Any, change: bool) -> None:
        if form.is_repeat:
            return
        act, said = form.act, form.cleaned_data
        if act == Act.TAKE_DOWN:
            Post.objects.get(pk=obj.pk).take_down(said["reason"], note=said["act_note"], by=request.user)
            obj.refresh_from_db()  # what is said and logged of it after this names it without its title
            return
        if not change and not obj.editor_id:
            obj.editor_id = request.user.pk
        if not change or form.changes_text(said):
            obj.written_by_id = request.user.pk
        if act == Act.CORRECT:
            Correction.objects.create(post=obj, text=said["correction"], by_id=request.user.pk)
            obj.corrections_html = render_corrections(obj.corrections.all())
        obj.save(by=request.user, because=act.label if act else "")
        self._log(request, obj, form)

    def _log(self, request: HttpRequest, post: Post, form: Any) -> None:
        by, before, said = request.user, form.before, form.cleaned_data
        if form.act:
            post.log(form.act, by, said.get("act_note", ""), before=before.state)
        elif form.was_public and form.changed_data:
            post.log(Act.UPDATE, by)
        if post.review_on != before.review_on:
            day = f"until looked at again on {post.review_on}" if post.review_on else ""
            post.log(Act.HOLD if post.review_on else Act.RELEASE, by, day)
        if before.version is not None and post.editor_id != before.editor_id:
            post.log(Act.HAND_OVER, by, f"to {post.editor}" if post.editor else "to nobody")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        if not form.is_repeat and form.act != Act.TAKE_DOWN:
            super().save_related(request, form, formsets, change)
            report_also(form.instance, form.cleaned_data["also_reported"])
            self._tell(request, form, change)
            if form.cleaned_data["new_note"]:
                Note.objects.create(
                    post=form.instance,
                    text=form.cleaned_data["new_note"],
                    by_id=request.user.pk,
                    by_name=request.user.get_username(),
                )
        sealed = autosaving.opened(form.cleaned_data.get("seal") or "")
        if sealed and sealed.user_id == request.user.pk:
            autosaving.forget(sealed)

    def _tell(self, request: HttpRequest, form: Any, change: bool) -> None:
        """Say what saving did by itself, and what was there already."""
        for source in Source.objects.filter(pk__gt=form.last_outlet_id).order_by("pk"):
            words = '“{}” was not known and has been added as an outlet. <a href="{}">Give it its name</a>.'
            address = reverse("admin:sources_source_change", args=[source.pk])
            messages.warning(request, format_html(words, source.name, address))
        for address in form.named_twice():
            messages.info(request, f"{address[:200]} is named already, so it is left out of “Also reported by”.")
        if form.untold and (not change or "original_address" in form.changed_data or form.act):
            messages.warning(request, warn_of_clips(form.untold))
        if not change or "title" in form.changed_data:
            told = (form.cleaned_data.get("warned") or "").split(",")
            near = near_titles(form.instance.title, user=request.user, besides=form.instance.pk)
            untold = [clip for clip in near if str(clip.post_id) not in told and clip not in form.untold]
            if untold:
                messages.warning(request, warn_of_titles(untold))

    def response_add(self, request: HttpRequest, obj: Post, post_url_continue: str | None = None) -> HttpResponse:
        return self._stay(request, obj)

    def response_change(self, request: HttpRequest, obj: Post) -> HttpResponse:
        return self._stay(request, obj)

    def _stay(self, request: HttpRequest, post: Post) -> HttpResponse:
        """Say what has happened and stay at the text; each button here does one thing and leaves nothing."""
        act = next((act for name, act in PostForm.BUTTONS.items() if name in request.POST), None)
        moment = byline_moment(post.published_at) if post.published_at else ""
        said = {Act.PUBLISH: f"is published, dated {moment}", Act.SCHEDULE: f"will appear on {moment}", **SAID}
        what = said[act] if act else f"is saved ({post.status_label.lower()})"
        if post.is_held:
            what += "; it is held back, so no reader sees it"
        is_shown = not post.is_held and act != Act.TAKE_DOWN
        view = format_html('<a href="{}">View on site</a>', post.get_absolute_url()) if is_shown else ""
        messages.success(request, format_html("“{}” {}. {}", post.display_title, what, view))
        if "_addanother" in request.POST:
            return HttpResponseRedirect(reverse("admin:posts_post_add"))
        return HttpResponseRedirect(reverse("admin:posts_post_change", args=[post.pk]))

    # --- Deleting: into the trash first, and from there for good

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What hangs on a post goes with it: who may delete the one needs no further permission for the other."""
        to_delete, counts, _, protected = super().get_deleted_objects(objs, request)
        return to_delete, counts, set(), protected

    def render_delete_form(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        is_final = context["object"].state == State.TRASH
        title = "Delete for good" if is_final else "Move to the trash"
        return super().render_delete_form(request, {**context, "title": title, "subtitle": None})

    def delete_model(self, request: HttpRequest, obj: Post) -> None:
        if obj.state == State.TRASH:
            delete_for_good(obj.pk, by=request.user)
        else:
            obj.trash(by=request.user)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: Any) -> HttpResponse:
        post = Post.objects.filter(pk=obj_id).first()
        if post:
            back = reverse("admin:posts_post_change", args=[post.pk])
            messages.success(
                request, format_html('“{}” is in the trash. <a href="{}">Look at it there</a>.', post, back)
            )
        else:
            messages.success(request, f"“{obj_display}” is deleted for good.")
        return HttpResponseRedirect(reverse("admin:posts_post_changelist"))


def say_what_is_known(form: PostForm, user: Any, post: Post | None) -> None:
    """Put under the boxes what is known of the pages that stand in them, and note which posts were named so."""
    whose = {"user": user, "besides": post.pk if post else None}
    page = page_at(str(form["original_address"].value() or ""), **whose)
    lines = str(form["also_reported"].value() or "").splitlines()
    beside = pages_beside([line for line in lines if line.strip()][:ALSO_MOST], page, **whose)
    for name, found in (("original_address", page.as_html if page else ""), ("also_reported", beside)):
        # What an error says there need not be said again.
        form.fields[name].widget.found = "" if name in form.errors else found
    told = ",".join(str(clip.post_id) for clip in page.clips) if page else ""
    if form.is_bound:
        form.data = form.data.copy()  # type: ignore[attr-defined]
        form.data["warned"] = told  # type: ignore[index]
    else:
        form.initial["warned"] = told


def words_of_post(post: Post) -> dict[str, str]:
    """Return what stands in the boxes of the form, as the post is stored."""
    return words_of(post, post.filed(), names_of_people([post.editor_id]))


def words_of_form(form: PostForm, post: Post) -> dict[str, str]:
    """Return the same as somebody typed it; what could not be read is left out."""
    said = form.cleaned_data
    words = {
        "Title": said.get("title"),
        "Slug": said.get("slug") or post.slug,
        "Text": said.get("body"),
        "Excerpt": said.get("excerpt"),
        "Content notice": said.get("notice"),
        "Date": byline_moment(said["published_at"]) if said.get("published_at") else "",
        "Original": said.get("original_address"),
        "Outlet": said["source"].name if said.get("source") else (post.source.name if post.source else ""),
        "Headline there": said.get("original_headline"),
        "Byline there": said.get("original_byline"),
        "Published there on": str(said.get("original_published_on") or ""),
        "Language there": said.get("original_language"),
        "Also reported by": "\n".join(said.get("also_reported") or []),
        "Categories": ", ".join(sorted(category.name for category in said.get("categories") or [])),
        "Tags": ", ".join(sorted(said.get("tags") or [])),
    }
    stored = words_of_post(post)
    return {name: stored[name] if words.get(name) is None else str(words[name]) for name in stored}


def _changes_one(request: HttpRequest) -> bool:
    return bool(request.resolver_match and request.resolver_match.url_name == "posts_post_change")
