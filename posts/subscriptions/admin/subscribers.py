"""The desk: subscribers. Whoever looks at one, or at the list, leaves a line in the log."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from posts.admin.bases import ReadOnly
from posts.dating import site_date
from posts.models import Category, Tag
from posts.outbox.models import Delivery
from posts.subscriptions import moderating
from posts.subscriptions.admin.imports import ImportPage
from posts.subscriptions.admin.looking import NotesLooks, often_in_short
from posts.subscriptions.admin.rules import counted
from posts.subscriptions.admin.sure import ask_whether
from posts.subscriptions.exporting import export
from posts.subscriptions.models import Bounce, Consent, Entry, Frequency, Subscriber, Subscription
from posts.subscriptions.models.consent import WORDINGS
from posts.subscriptions.scopes import find_scope, of_subscription
from sources.models import Source
from sources.naming import fold

FOLLOWS_SHOWN = 4
LETTERS_SHOWN = 100
DOMAINS_NAMED = 20
MOST_AT_ONCE = 5_000  # subscribers of one act


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*Subscriber.State.choices, *Subscriber.Reason.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Subscriber]) -> QuerySet[Subscriber]:
        if self.value() not in dict(self.lookup_choices):
            return queryset
        return queryset.filter(Q(state=self.value()) | Q(reason=self.value()))


class WaitingFilter(admin.SimpleListFilter):
    title = "approval"
    parameter_name = "waiting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Waits for approval")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Subscriber]) -> QuerySet[Subscriber]:
        waiting = Subscription.objects.filter(state=Subscription.State.WAITING)
        return _having(queryset, waiting) if self.value() else queryset


class FrequencyFilter(admin.SimpleListFilter):
    title = "how often"
    parameter_name = "often"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(value, label[0].upper() + label[1:]) for value, label in Frequency.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Subscriber]) -> QuerySet[Subscriber]:
        if self.value() not in Frequency.values:
            return queryset
        return _having(queryset, Subscription.objects.filter(frequency=self.value()))


class FollowsFilter(admin.SimpleListFilter):
    """Who follows one thing. It is chosen by a link in the list; the search finds more, by name."""

    title = "what they follow"
    parameter_name = "follows"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        scope = find_scope(self.value() or "")
        return [(str(self.value()), scope.name)] if scope else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Subscriber]) -> QuerySet[Subscriber]:
        scope = find_scope(self.value() or "")
        if scope is None:
            return queryset
        columns = {"tag_id": None, "category_id": None, "source_id": None, **scope.columns}
        return _having(queryset, Subscription.objects.filter(**columns))


def _having(subscribers: QuerySet[Subscriber], subscriptions: QuerySet[Subscription]) -> QuerySet[Subscriber]:
    return subscribers.filter(Exists(subscriptions.filter(subscriber=OuterRef("pk"))))


@admin.register(Subscriber)
class SubscriberAdmin(ReadOnly, NotesLooks, ImportPage, admin.ModelAdmin):
    list_display = ["email", "shown_state", "follows", "since", "came_from", "last_letter"]
    list_filter = [StateFilter, WaitingFilter, FrequencyFilter, "is_discreet", FollowsFilter]
    search_fields = ["email"]  # see get_search_results
    search_help_text = "A part of an address, or of the name of a tag, a category, an outlet"
    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions_selection_counter = True
    actions = ["approve", "suspend", "resume", "block_address", "block_domain", "erase", "export_selected"]
    change_list_template = "admin/subscriptions/subscribers.html"

    # --- Who may

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("subscriptions.moderate_subscriber")

    # --- The list

    def get_queryset(self, request: HttpRequest) -> QuerySet[Subscriber]:
        consents = Consent.objects.filter(subscriber=OuterRef("pk")).order_by("-id")
        # Not by the state: that has an index of its own, and SQLite would walk all that was ever sent.
        letters = _letters_to(OuterRef("email")).exclude(sent_at=None).order_by("-sent_at")
        return (
            super()
            .get_queryset(request)
            .annotate(signed_up_on=Subquery(consents.values("came_from")[:1]))
            .annotate(told_at=Subquery(letters.values("sent_at")[:1]))
            .prefetch_related(Prefetch("subscriptions", Subscription.objects.with_scopes()))
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Subscriber], search_term: str
    ) -> tuple[QuerySet[Subscriber], bool]:
        term = search_term.strip()
        if request.resolver_match and request.resolver_match.url_name == "autocomplete":
            raise PermissionDenied  # it would tell who is here letter by letter, and leave no line in the log
        if not term:
            return queryset, False
        named = (
            Q(tag__in=Tag.objects.filter(name_key__contains=fold(term)))
            | Q(category__in=Category.objects.filter(name__icontains=term))
            | Q(source__in=Source.objects.filter(name_key__contains=fold(term)))
        )
        follows = Subscription.objects.filter(named, subscriber=OuterRef("pk"))
        return queryset.filter(Q(email__contains=term.lower()) | Exists(follows)), False

    @admin.display(description="state", ordering="state")
    def shown_state(self, subscriber: Subscriber) -> str:
        waits = any(row.state == Subscription.State.WAITING for row in subscriber.subscriptions.all())
        if waits and not subscriber.reason:
            return "Waits for approval"
        return f"{subscriber.state_label}; waits for approval" if waits else subscriber.state_label

    @admin.display(description="follows")
    def follows(self, subscriber: Subscriber) -> SafeString:
        rows = list(subscriber.subscriptions.all())
        links = format_html_join(", ", '<a href="?follows={}">{}</a> ({})', map(_as_link, rows[:FOLLOWS_SHOWN]))
        more = f" +{len(rows) - FOLLOWS_SHOWN}" if len(rows) > FOLLOWS_SHOWN else ""
        return format_html("{}{}", links or "–", more)

    @admin.display(description="signed up on")
    def came_from(self, subscriber: Any) -> str:
        return subscriber.signed_up_on or ""

    @admin.display(description="last letter")
    def last_letter(self, subscriber: Any) -> str:
        return _day(subscriber.told_at) if subscriber.told_at else ""

    @admin.display(description="since", ordering="made_at")
    def since(self, subscriber: Subscriber) -> str:
        return _day(subscriber.made_at)

    # --- Acts

    @admin.action(description="Approve", permissions=["moderate"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Subscriber]) -> HttpResponse | None:
        return self._act(request, queryset, _approve)

    @admin.action(description="Suspend", permissions=["moderate"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[Subscriber]) -> HttpResponse | None:
        return self._act(request, queryset, _suspend)

    @admin.action(description="Resume", permissions=["moderate"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Subscriber]) -> HttpResponse | None:
        return self._act(request, queryset, _resume)

    @admin.action(description="Block the address", permissions=["moderate"])
    def block_address(self, request: HttpRequest, queryset: QuerySet[Subscriber]) -> HttpResponse | None:
        return self._act(request, queryset, _block)

    @admin.action(description="Block the whole domain …", permissions=["moderate"])
    def block_domain(self, request: HttpRequest, queryset: QuerySet[Subscriber]) -> HttpResponse | None:
        domains = sorted({moderating.domain_of(email) for email in queryset.values_list("email", flat=True)})
        if "sure" not in request.POST:
            title = f"Block {len(domains)} domain{'' if len(domains) == 1 else 's'}"
            sentences = [_others(domain, queryset) for domain in domains[:DOMAINS_NAMED]]
            if len(domains) > DOMAINS_NAMED:
                sentences.append(f"And {len(domains) - DOMAINS_NAMED} more domains.")
            sentences.append("All of them are suspended, and nobody there can subscribe any longer.")
            return ask_whether(self, request, title=title, sentences=sentences, action="block_domain")
        suspended = moderating.block(domains, _who(request))
        messages.success(request, f"Blocked. Suspended by it: {counted(suspended)}.")
        return self._back(request)

    @admin.action(description="Erase …", permissions=["moderate"])
    def erase(self, request: HttpRequest, queryset: QuerySet[Subscriber]) -> HttpResponse | None:
        if "sure" in request.POST:
            return self._act(request, queryset, _erase)
        sentences = [
            "Their addresses are deleted, with all they follow, their consents, what came back, and the record of "
            "letters to them.",
            "This cannot be undone. It keeps nobody from subscribing again: for that, block the address first.",
        ]
        title = f"Erase {counted(queryset.count())}"
        return ask_whether(self, request, title=title, sentences=sentences, action="erase")

    def _act(
        self, request: HttpRequest, queryset: QuerySet[Subscriber], act: Callable[[list[int], Any], str]
    ) -> HttpResponse | None:
        ids = list(queryset.order_by("pk").values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
        if len(ids) > MOST_AT_ONCE:
            messages.warning(request, f"More than {MOST_AT_ONCE:,} at once: filter the list. Nothing was done.")
        else:
            messages.success(request, act(ids, request.user))
        return self._back(request)

    def _back(self, request: HttpRequest) -> HttpResponse | None:
        """Whoever acted on the page of one subscriber goes back to it; None stands for the list."""
        one = request.POST.get("one", "")
        if one.isdecimal() and Subscriber.objects.filter(pk=one).exists():
            return HttpResponseRedirect(reverse("admin:subscriptions_subscriber_change", args=[one]))
        return None

    # --- Taking a copy

    @admin.action(description="Export as CSV", permissions=["moderate"])
    def export_selected(self, request: HttpRequest, queryset: QuerySet[Subscriber]) -> StreamingHttpResponse:
        moderating.note(_who(request), Entry.Act.EXPORT, counted(queryset.count()))
        response = StreamingHttpResponse(export(queryset), content_type="text/csv; charset=utf-8")
        name = f"subscribers-{site_date(timezone.now())}.csv"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("export/", view(self.export_view), name="subscriptions_subscriber_export"),
            path("import/", view(self.import_view), name="subscriptions_subscriber_import"),
            *super().get_urls(),
        ]

    def export_view(self, request: HttpRequest) -> Any:
        """All that the filters and the search of the list let through, on every page of it."""
        if not self.has_moderate_permission(request):
            raise PermissionDenied
        try:
            changelist = self.get_changelist_instance(request)
        except IncorrectLookupParameters:
            return HttpResponseRedirect(reverse("admin:subscriptions_subscriber_changelist"))
        return self.export_selected(request, changelist.get_queryset(request))

    # --- One subscriber

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """All that is known of one, and the acts."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        subscriber = self.get_object(request, object_id)
        if subscriber is None:
            raise Http404("There is no such subscriber.")
        moderating.note(_who(request), Entry.Act.LOOK, subscriber_id=subscriber.pk)
        may_see_letters = request.user.has_perm("outbox.view_delivery")
        subscriptions = [(row, of_subscription(row)) for row in subscriber.subscriptions.all()]
        context = {
            **self.admin_site.each_context(request),
            "title": "Subscriber",
            "opts": self.opts,
            "subscriber": subscriber,
            "subscriptions": subscriptions,
            "waits": any(row.state == Subscription.State.WAITING for row, _ in subscriptions),
            "consents": [(each, WORDINGS[each.wording]) for each in subscriber.consents.all()],
            "bounces": Bounce.objects.filter(email=subscriber.email)[:LETTERS_SHOWN],
            "may_see_letters": may_see_letters,
            "letters": _letters_to(subscriber.email).order_by("-id")[:LETTERS_SHOWN] if may_see_letters else [],
            "may_moderate": self.has_moderate_permission(request),
            "domain": moderating.domain_of(subscriber.email),
        }
        return TemplateResponse(request, "admin/subscriptions/subscriber.html", context)


def _who(request: HttpRequest) -> Any:
    return request.user


def _letters_to(address: Any) -> QuerySet[Delivery]:
    """What we sent to an address as letters of subscriptions; what else there is has its own reasons."""
    return Delivery.objects.filter(recipient=address, kind__startswith="subscriptions.")


def _day(moment: dt.datetime) -> str:
    return format_date(site_date(moment), "M j, Y")


def _as_link(subscription: Subscription) -> tuple[str, str, str]:
    scope = of_subscription(subscription)
    return scope.url, scope.name, often_in_short(subscription.frequency)


def _others(domain: str, selected: QuerySet[Subscriber]) -> str:
    met = Subscriber.objects.filter(moderating.met_by(domain))
    others = met.exclude(pk__in=selected.order_by().values("pk")).count()
    return f"{domain}: {counted(others)} besides the selected, there and at the domains below it."


# --- What was done, in words


def _approve(ids: list[int], user: Any) -> str:
    return f"Approved: {counted(moderating.approve(ids, user))}."


def _suspend(ids: list[int], user: Any) -> str:
    return f"Suspended: {counted(moderating.suspend(ids, user))}."


def _resume(ids: list[int], user: Any) -> str:
    resumed, blocked = moderating.resume(ids, user)
    kept = f" Still kept out by a block: {counted(blocked)}." if blocked else ""
    return f"Resumed: {counted(resumed)}.{kept}"


def _block(ids: list[int], user: Any) -> str:
    addresses = Subscriber.objects.filter(pk__in=ids).values_list("email", flat=True)
    moderating.block(list(addresses), user)
    return f"Blocked, and suspended: {counted(len(ids))}."


def _erase(ids: list[int], user: Any) -> str:
    return f"Erased: {counted(moderating.erase(Subscriber.objects.filter(pk__in=ids), user))}."
