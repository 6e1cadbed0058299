"""The desk: the workbench of tags. Each page asks the same few questions, however many tags there are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_safe

from posts import merging
from posts.life import UNPUBLISHED, State
from posts.likeness import look_alikes
from posts.models import Tag, TagAct, TagAlias, TagEntry, TaggedPost, Unlike
from sources.locking import alone
from sources.merging import MERGE_MOST
from sources.naming import fold

PAGE = 50
ORPHANS_MOST = 1_000  # deleted at once
SECTIONS = {
    "all": "All tags",
    "orphans": "Orphans",
    "look-alikes": "Look-alikes",
    "synonyms": "Other names",
    "log": "Log",
}
ORDERS = {
    "name": ("Name", ["name_key"]),
    "most": ("Most posts", [F("tally__count").desc(nulls_last=True), "name_key"]),
    "least": ("Fewest posts", [F("tally__count").asc(nulls_first=True), "name_key"]),
    "last": ("Last use", [F("tally__last_at").desc(nulls_last=True), "name_key"]),
    "longest": ("Longest unused", [F("tally__last_at").asc(nulls_first=True), "name_key"]),
}
SELECT_SOME = f"Select from two to {MERGE_MOST} tags; then choose which of them stays."


def section_address(section: str, **query: Any) -> str:
    address = reverse(f"admin:posts_tag_{section.replace('-', '_')}")
    return f"{address}?{urlencode(query)}" if query else address


def merge_address(*ids: int) -> str:
    return f"{reverse('admin:posts_tag_merge')}?{urlencode([('tag', pk) for pk in ids])}"


class Workbench:
    """For the ModelAdmin of tags."""

    admin_site: Any
    opts: Any
    has_view_permission: Any
    has_change_permission: Any
    has_delete_permission: Any
    log_change: Any

    def workbench_urls(self) -> list[URLPattern]:
        acting = require_http_methods(["GET", "HEAD", "POST"])

        def page(address: str, view: Any, name: str, methods: Any = acting) -> Any:
            return path(address, self.admin_site.admin_view(methods(partial(alone, view))), name=f"posts_tag_{name}")

        return [
            page("workbench/", self.all_page, "all", require_safe),
            page("workbench/orphans/", self.orphans_page, "orphans"),
            page("workbench/look-alikes/", self.look_alikes_page, "look_alikes"),
            page("workbench/synonyms/", self.synonyms_page, "synonyms"),
            page("workbench/log/", self.log_page, "log", require_safe),
            page("workbench/log/<int:pk>/undo/", self.undo_page, "undo"),
            page("merge/", self.merge_page, "merge"),
        ]

    def _show(self, request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
        section = context.get("section")
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "sections": [(section_address(key), words, key == section) for key, words in SECTIONS.items()],
            "may_change": self.has_change_permission(request),
            "may_delete": self.has_delete_permission(request),
            **context,
        }
        return TemplateResponse(request, f"admin/posts/tag/{template}.html", context)

    def _show_section(self, request: HttpRequest, section: str, rows: Any, **context: Any) -> HttpResponse:
        """Show a page of these rows; the search and what else is in the address stay from page to page."""
        page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
        kept = [(name, value) for name, value in request.GET.items() if name not in ("page", "tag") and value]
        title = f"Tags: {SECTIONS[section].lower()}"
        return self._show(
            request, section.replace("-", "_"), title, section=section, page=page, q=_searched(request),
            query=f"{urlencode(kept)}&" if kept else "", **context,
        )  # fmt: skip

    def _check(self, may: bool) -> None:
        if not may:
            raise PermissionDenied

    # --- All tags, and those that stand on nothing

    def all_page(self, request: HttpRequest) -> HttpResponse:
        self._check(self.has_view_permission(request))
        order = request.GET.get("o") if request.GET.get("o") in ORDERS else "name"
        fields: Any = ORDERS[str(order)][1]
        tags = Tag.objects.searched(_searched(request)).select_related("tally").order_by(*fields)
        is_unpublished = request.GET.get("show") == "unpublished"
        if is_unpublished:
            tags = _unpublished(tags)
        orders = [(key, words) for key, (words, _) in ORDERS.items()]
        return self._show_section(
            request, "all", _Described(tags), order=order, orders=orders, is_unpublished=is_unpublished
        )

    def orphans_page(self, request: HttpRequest) -> HttpResponse:
        self._check(self.has_view_permission(request))
        if request.method == "POST":
            self._check(self.has_delete_permission(request))
            return self._delete_orphans(request)
        orphans = Tag.objects.orphans().searched(_searched(request)).prefetch_related("aliases").order_by("name_key")
        return self._show_section(request, "orphans", orphans, unpublished=_unpublished(Tag.objects.all()).count())

    def _delete_orphans(self, request: HttpRequest) -> HttpResponse:
        """Ask with the number first; those that found a post meanwhile are spared."""
        orphans = Tag.objects.orphans().order_by("name_key")
        is_all = "all" in request.POST
        if is_all:
            orphans = orphans.searched(_searched(request))
        else:
            orphans = orphans.filter(pk__in=_numbers(request.POST.getlist("tag")))
        tags = list(orphans[:ORPHANS_MOST])
        back = HttpResponseRedirect(section_address("orphans", **_search_of(request)))
        if not tags:
            messages.warning(request, "Tick the tags that shall go. Those that stand on a post stay.")
            return back
        if request.POST.get("sure") != str(len(tags)):
            # Asked once more too when their number has changed since it was said.
            title = f"Delete {_count(len(tags), 'tag')}"
            return self._show(request, "delete", title, section="orphans", tags=tags, is_all=is_all, most=ORPHANS_MOST)
        deleted = merging.delete_orphans(tags, by=request.user)
        messages.success(request, f"Deleted {_count(deleted, 'tag')} that stood on no post.")
        return back

    # --- Merging

    def merge_selected(self, request: HttpRequest, queryset: QuerySet[Tag]) -> HttpResponse | None:
        """The action of the list; None: back to it."""
        tags = _chosen(list(queryset.values_list("pk", flat=True)[: MERGE_MOST + 1]))
        if not 2 <= len(tags) <= MERGE_MOST:
            messages.warning(request, SELECT_SOME)
            return None
        return self._merge(request, tags) if "kept" in request.POST else self._ask_which(request, tags)

    def merge_page(self, request: HttpRequest) -> HttpResponse:
        self._check(self.has_change_permission(request))
        given = request.POST if request.method == "POST" else request.GET
        asked = _numbers(given.getlist("tag"))
        tags = _chosen(asked[: MERGE_MOST + 1])
        if request.method == "POST":
            if len(asked) > MERGE_MOST:
                messages.warning(request, SELECT_SOME)
                return HttpResponseRedirect(section_address("all"))
            if len(tags) < len(asked) or len(tags) < 2:
                return self._say_gone(request, tags)
            return self._merge(request, tags)
        return self._add(request, tags, given.get("add", ""))

    def _add(self, request: HttpRequest, tags: list[Tag], name: str) -> HttpResponse:
        """Take in one more by its name, and show what is chosen so far."""
        name = name.replace("\x00", "")
        found = Tag.objects.named(name) if fold(name) else None
        if found and found not in tags:
            tags = _chosen([*(tag.pk for tag in tags), found.pk])
        if len(tags) > MERGE_MOST:
            messages.warning(request, SELECT_SOME)
            tags = tags[:MERGE_MOST]
        error = f"There is no tag “{name[:100]}”." if fold(name) and not found else ""
        return self._ask_which(request, tags, add_error=error, add=name if error else "")

    def _say_gone(self, request: HttpRequest, tags: list[Tag]) -> HttpResponse:
        if len(tags) < 2:
            messages.warning(
                request, "There is nothing to merge: the others were merged or deleted meanwhile, see here."
            )
            return HttpResponseRedirect(section_address("log"))
        return self._ask_which(request, tags, error="Some of the tags are gone since. These are left; look once more.")

    def _ask_which(self, request: HttpRequest, tags: list[Tag], **context: Any) -> HttpResponse:
        return self._show(
            request,
            "merge",
            f"Merge {_count(len(tags), 'tag')}",
            tags=tags,
            foreseen=merging.foresee(tags),
            kept=request.POST.get("kept", ""),
            new_name=request.POST.get("new_name", ""),
            is_enough=len(tags) >= 2,
            is_full=len(tags) >= MERGE_MOST,
            **context,
        )

    def _merge(self, request: HttpRequest, tags: list[Tag]) -> HttpResponse:
        choice, names = request.POST.get("kept", ""), {tag.pk: tag.name for tag in tags}
        kept = next((tag for tag in tags if str(tag.pk) == choice), None)
        try:
            if kept:
                kept.absorb(*(tag for tag in tags if tag != kept), by=request.user)
            elif choice == "new":
                kept = merging.merge_as(request.POST.get("new_name", "").replace("\x00", ""), tags, by=request.user)
            else:
                return self._ask_which(request, tags, error="Choose the one that stays.")
        except ValidationError as error:
            return self._ask_which(request, tags, error=" ".join(error.messages))
        others = [name for pk, name in names.items() if pk != kept.pk]
        for name in others:
            self.log_change(request, kept, f"Merged “{name}” into it.")
        said = ", ".join(f"“{name}”" for name in others)
        messages.success(request, f"Merged {said} into “{kept}”. The old names and addresses lead there.")
        return HttpResponseRedirect(section_address("log"))

    # --- Names that look alike

    def look_alikes_page(self, request: HttpRequest) -> HttpResponse:
        self._check(self.has_view_permission(request))
        if request.method == "POST":
            self._check(self.has_change_permission(request))
            return self._tell_apart(request)
        return self._show_section(request, "look-alikes", _pairs(_searched(request)))

    def _tell_apart(self, request: HttpRequest) -> HttpResponse:
        pair = _chosen(_numbers(request.POST.getlist("pair"))[:2])
        if len(pair) == 2:
            Unlike.objects.note(pair[0].name, pair[1].name)
            messages.success(request, f"“{pair[0]}” and “{pair[1]}” are not the same. They will not be shown again.")
        else:
            messages.warning(request, "One of the two is no longer here.")
        return HttpResponseRedirect(request.get_full_path())

    # --- Other names

    def synonyms_page(self, request: HttpRequest) -> HttpResponse:
        self._check(self.has_view_permission(request))
        if request.method == "POST":
            self._check(self.has_change_permission(request))
            return self._drop_synonym(request) if "drop" in request.POST else self._add_synonym(request)
        tag = next(iter(_chosen(_numbers([request.GET.get("tag", "")]))), None)
        return self._show_synonyms(request, of=tag.name if tag else "")

    def _show_synonyms(self, request: HttpRequest, **typed: Any) -> HttpResponse:
        key = fold(_searched(request))
        aliases = TagAlias.objects.names().select_related("tag").order_by("tag__name_key", "name_key")
        if key:
            aliases = aliases.filter(Q(name_key__contains=key) | Q(tag__name_key__contains=key))
        return self._show_section(request, "synonyms", aliases, **typed)

    def _add_synonym(self, request: HttpRequest) -> HttpResponse:
        name, of = (request.POST.get(field, "").replace("\x00", "") for field in ("name", "of"))
        tag = Tag.objects.named(of) if fold(of) else None
        if tag is None:
            error = f"There is no tag “{of[:100]}”." if of else "Write the tag that it leads to."
            return self._show_synonyms(request, name=name, of=of, of_error=error)
        try:
            alias = merging.add_synonym(tag, name, by=request.user)
        except ValidationError as error:
            return self._show_synonyms(request, name=name, of=of, name_error=_with_merge(error, tag))
        messages.success(request, f"“{alias}” leads to “{tag}” now.")
        return HttpResponseRedirect(section_address("synonyms", **_search_of(request)))

    def _drop_synonym(self, request: HttpRequest) -> HttpResponse:
        pk = _numbers([request.POST["drop"]])
        alias = TagAlias.objects.names().filter(pk__in=pk).select_related("tag").first()
        if alias:
            merging.drop_synonym(alias, by=request.user)
            messages.success(request, f"“{alias}” no longer leads to “{alias.tag}”.")
        else:
            messages.warning(request, "It is gone already.")
        return HttpResponseRedirect(request.get_full_path())

    # --- The log

    def log_page(self, request: HttpRequest) -> HttpResponse:
        self._check(self.has_view_permission(request))
        entries = TagEntry.objects.without_memory().annotate(
            is_undone=Exists(TagEntry.objects.filter(undoes=OuterRef("pk")))
        )
        if key := fold(_searched(request)):
            entries = entries.filter(Q(key__contains=key) | Q(actor__icontains=key))
        return self._show_section(request, "log", entries, merge_act=TagAct.MERGE)

    def undo_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        self._check(self.has_change_permission(request))
        merge = TagEntry.objects.filter(pk=pk, act=TagAct.MERGE).first() if pk < 2**63 else None
        if merge is None:
            raise Http404("There is no such merge.")
        if request.method == "POST":
            return self._undo(request, merge)
        number = len(merge.moved_posts) + len(merge.posts_of_both)
        title = f"Bring “{merge.other_name}” back"
        return self._show(
            request, "undo", title, section="log", merge=merge, number=number, refusal=merging.why_not(merge)
        )

    def _undo(self, request: HttpRequest, merge: TagEntry) -> HttpResponse:
        try:
            undone = merging.undo(merge, by=request.user)
        except ValidationError as error:
            messages.warning(request, " ".join(error.messages))
            return HttpResponseRedirect(section_address("log"))
        said = f"“{undone.tag}” is a tag of its own again, with {_count(undone.posts, 'post')}."
        if undone.skipped:
            said += f" {_count(undone.skipped, 'post')} of then went without: deleted since, or taken from the tag."
        if undone.lost:
            said += f" Not brought back, for others have them now: {', '.join(undone.lost)}."
        self.log_change(request, undone.tag, f"Undid its merge into “{merge.tag_name}”.")
        messages.success(request, said)
        return HttpResponseRedirect(section_address("log"))


# --- What was asked for


def _searched(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\x00", "")[:200]


def _search_of(request: HttpRequest) -> dict[str, str]:
    return {"q": q} if (q := _searched(request)) else {}


def _numbers(texts: Sequence[str]) -> list[int]:
    """Return those that can be the number of a row, each once."""
    return list(dict.fromkeys(int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 19))


def _chosen(ids: Sequence[int]) -> list[Tag]:
    return list(Tag.objects.filter(pk__in=ids).select_related("tally").order_by("name_key"))


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _with_merge(error: ValidationError, tag: Tag) -> str:
    """Say why, with a way out where the name is a tag's."""
    sentence = " ".join(error.messages)
    other = error.params.get("other") if error.code == "taken" and error.params else None
    if other is None:
        return sentence
    return format_html(
        '{} <a href="{}">Merge “{}” and “{}”</a>', sentence, merge_address(tag.pk, other.pk), tag, other
    )


def _unpublished(tags: Any) -> Any:
    """Those that stand on posts, none of which readers see."""
    rows = TaggedPost.objects.filter(tag=OuterRef("pk"))
    return tags.filter(Exists(rows), ~Exists(rows.filter(listed_at__lte=timezone.now())))


class _Described:
    """Tags for a Paginator: those of the page come with what the page says of them."""

    def __init__(self, tags: QuerySet[Tag]) -> None:
        self.tags = tags

    def count(self) -> int:
        return self.tags.count()

    def __getitem__(self, part: slice) -> list[Tag]:
        tags: list[Any] = list(self.tags.prefetch_related("aliases")[part])
        hidden: dict[int, list[str]] = {}
        for pk, state, number in _hidden(tags):
            hidden.setdefault(pk, []).append(_in_words(state, number))
        for tag in tags:
            tag.hidden = ", ".join(hidden.get(tag.pk, ()))
            tag.others = ", ".join(alias.name for alias in tag.aliases.all() if alias.name_key)
        return tags


def _hidden(tags: list[Tag]) -> Any:
    """Count the posts of these tags that readers do not see, by their state; the others stand in the tally."""
    rows = TaggedPost.objects.filter(Q(listed_at=None) | Q(listed_at__gt=timezone.now()), tag__in=tags)
    return (
        rows.order_by("tag", "content_object__state").values_list("tag", "content_object__state").annotate(Count("pk"))
    )


def _in_words(state: str, number: int) -> str:
    if state in UNPUBLISHED:
        return _count(number, "draft") if state == State.DRAFT else f"{number:,} in review"
    return {State.TRASH: f"{number:,} in the trash", State.PUBLISHED: f"{number:,} scheduled or held"}.get(
        State(state), f"{number:,} withdrawn"
    )


def _pairs(q: str) -> list[dict[str, Any]]:
    """Return the tags that look alike and of which nobody has said that they are not, two by two."""
    rows = list(Tag.objects.order_by("name_key").values_list("pk", "name", "name_key", "slug", "tally__count"))
    apart, key = Unlike.objects.pairs(), fold(q)
    pairs = []
    for alike in look_alikes(tuple(row[1] for row in rows)):
        two = [rows[alike.first], rows[alike.second]]
        keys = sorted(row[2] for row in two)
        if (keys[0], keys[1]) in apart or (key and not any(key in each for each in keys)):
            continue
        tags = [{"pk": pk, "name": name, "slug": slug, "count": count or 0} for pk, name, _, slug, count in two]
        pairs.append({"tags": tags, "reason": alike.reason, "address": merge_address(two[0][0], two[1][0])})
    return pairs
