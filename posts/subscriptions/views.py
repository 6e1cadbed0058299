"""What readers do: ask to be told, confirm it, change what comes, leave. A GET changes nothing, ever: mail scanners
follow links."""

import json
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from posts import limiting
from posts.answering import (
    form_from_anywhere,
    form_of_readers,
    keeps_what_was_typed,
    said,
    unkept,
    wait_in_words,
)
from posts.limiting import TooOften
from posts.outbox.models import KEPT_DAYS, Delivery
from posts.subscriptions import asking
from posts.subscriptions.changing import change_frequency, follow, leave
from posts.subscriptions.forms import ScopesForm, SubscribeForm, category_scopes, hour_choices
from posts.subscriptions.models import Bounce, Consent, Frequency, Policy, Subscriber, Subscription
from posts.subscriptions.models.consent import WORDINGS, shown_wording
from posts.subscriptions.scopes import WHOLE_SITE, Scope, find_scope, find_scopes, of_subscription

# --- Asking


@form_of_readers
@require_http_methods(["GET", "HEAD", "POST"])
@keeps_what_was_typed
def subscribe(request: HttpRequest) -> HttpResponse:
    """Ask to be told. The answer is the same for an address that is known and for one that is not."""
    if request.method != "POST":
        return _show_form(request, None)
    form = SubscribeForm(request.POST)
    if not form.is_valid():
        return _show_form(request, form, status=400)
    if not form.cleaned_data["website"]:
        try:
            asking.ask(form.wish(), limiting.writer_of(request))
        except TooOften as error:
            words = _("Too many such requests came from your network lately. Send it again in %(time)s.")
            sentence = words % {"time": wait_in_words(error)}
            return _show_form(request, form, sentence=sentence, status=429, retry=error.wait)
    response = redirect("subscriptions:sent")
    response.status_code = 303  # RFC 9110, 15.4.4: look there for the answer; Reload does not send again
    return response


def _show_form(
    request: HttpRequest, form: SubscribeForm | None, *, sentence: str = "", status: int = 200, retry: int = 0
) -> HttpResponse:
    given = (request.POST if form else request.GET).getlist("scope")[: asking.MOST_SCOPES]
    chosen = find_scopes(given) or ([] if form else [WHOLE_SITE])
    categories = category_scopes()
    listed = {WHOLE_SITE.url, *(url for _depth, _name, url in categories)}
    data: Any = request.POST if form else {}
    context = {
        "form": form,
        "sentence": sentence,
        "chosen": {scope.url for scope in chosen},
        "others": [scope for scope in chosen if scope.url not in listed],
        "whole_site": WHOLE_SITE,
        "categories": categories,
        "frequencies": Frequency.choices,
        "frequency": data.get("frequency") or Frequency.POST,
        "hours": hour_choices(),
        "hour": data.get("hour", ""),
        "is_discreet": "discreet" in data,
        "wording": WORDINGS[shown_wording()],
        "page": data.get("page") or request.GET.get("page", ""),
        "needs_approval": Policy.current().waits_for_approval,
    }
    response = render(request, "subscriptions/subscribe.html", context, status=status)
    if retry:
        response.headers["Retry-After"] = str(retry)
    return response


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    return render(request, "subscriptions/sent.html")


# --- Confirming


@form_of_readers
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link of the first letter; its button confirms."""
    consent = asking.find_open(token)
    if consent is None:
        words = _("Either its week is over, or you have left since. Ask again, and a new letter comes.")
        heading = _("This link is no longer valid")
        return said(request, heading, words, 404, back_url="/subscribe/", back=_("Ask again"))
    if consent.confirmed_at and (later := asking.asked_besides(consent.email)):
        # A further wish on the same day has no letter of its own yet: this link proves as much.
        consent = later
    chosen, listed = set(request.POST.getlist("scope")), request.POST.get("listed")
    is_nothing = listed is not None and not chosen
    # A form that was shown for an earlier wish says nothing about a later one.
    is_meant = request.method == "POST" and listed in (consent.token, None if consent.token == token else "")
    if is_meant and not is_nothing:
        asking.confirm(consent, chosen or None)
        consent.refresh_from_db()
    often = dict(Frequency.choices)
    context = {
        "consent": consent,
        "rows": [(scope, often[each]) for scope, each in _wished(consent)],
        "wording": WORDINGS[consent.wording],
        "waits": _waits(consent.subscriber),
        "is_nothing": is_nothing and is_meant,
        "needs_approval": Policy.current().waits_for_approval,
    }
    return unkept(render(request, "subscriptions/confirm.html", context))


def _wished(consent: Consent) -> list[tuple[Scope, str]]:
    found = [(find_scope(address), often) for address, often in consent.scopes.items()]
    return sorted([(scope, often) for scope, often in found if scope], key=lambda row: (row[0].kind, row[0].name))


def _waits(subscriber: Subscriber | None) -> bool:
    waiting = Subscription.objects.filter(subscriber=subscriber, state=Subscription.State.WAITING)
    return subscriber is not None and waiting.exists()


# --- Changing and leaving


@form_from_anywhere
@require_http_methods(["GET", "HEAD", "POST"])
def letters(request: HttpRequest, token: str) -> HttpResponse:
    """A subscriber's own page. A bare POST leaves: that is what mailboxes send for one click (RFC 8058), with either
    encoding, no cookie, and any number of times."""
    subscriber = Subscriber.objects.filter(token=token).first()
    if request.method == "POST":
        act = _act(request)
        if act is None:
            words = _(
                "What you sent did not arrive whole, so nothing was changed. Open the page anew, and send it again."
            )
            return said(request, _("Not saved"), words, 400)
        if act == "leave":
            if subscriber:
                leave(subscriber)
            words = _("No letters come any longer, and your address is deleted, with all that was kept with it.")
            return said(request, _("You have left"), words)
    form = ScopesForm(request.POST if request.method == "POST" else None)
    is_saved = request.method == "POST" and subscriber is not None and form.is_valid()
    if is_saved:
        subscriber = _save(request, token, form)
    if subscriber is None:
        words = _("You have left, or the address of this page is not whole. Nothing is sent to you from here.")
        heading = _("There are no letters here")
        return said(request, heading, words, 404, back_url="/subscribe/", back=_("Subscribe"))
    if "download" in request.GET:
        return _download(subscriber)
    return unkept(_show_letters(request, subscriber, form, is_saved=is_saved))


def _act(request: HttpRequest) -> str | None:
    """Return which button a POST means: "leave" where it is bare; None where it did not arrive whole."""
    try:
        typed = request.POST
    except (MultiPartParserError, RequestDataTooBig, TooManyFieldsSent, OSError):
        return None
    if not typed or "leave" in typed or "List-Unsubscribe" in typed:
        return "leave"
    # A field at the end of the form tells that nothing after the button is missing.
    return next((act for act in ("resume", "save") if act in typed and "whole" in typed), None)


@transaction.atomic
def _save(request: HttpRequest, token: str, form: ScopesForm) -> Subscriber | None:
    """Do what the page says; return the subscriber as changed, None where they have left meanwhile."""
    subscriber = Subscriber.objects.select_for_update().filter(token=token).first()
    if subscriber is None:
        return None
    if "resume" in request.POST and subscriber.reason in asking.LIFTED_BY_READERS:
        subscriber.resume()
    hour = request.POST.get("hour", "")
    if hour in {str(value) for value, _words in hour_choices()}:
        subscriber.hour = int(hour)
    subscriber.is_discreet = "discreet" in request.POST
    subscriber.save(update_fields=["hour", "is_discreet"])
    for subscription in subscriber.subscriptions.select_for_update().select_related("subscriber"):
        often = request.POST.get(f"often-{subscription.pk}", "")
        if often == "stop":
            subscription.delete()
        elif often in Frequency.values:
            change_frequency(subscription, Frequency(often))
    waits = Policy.current().waits_for_approval
    often = request.POST.get("frequency", "")
    frequency = Frequency(often) if often in Frequency.values else Frequency.WEEKLY
    for scope in form.cleaned_data["scopes"]:
        follow(subscriber, scope, frequency, waits=waits)
    return subscriber


def _show_letters(
    request: HttpRequest, subscriber: Subscriber, form: ScopesForm, *, is_saved: bool = False
) -> HttpResponse:
    typed = QueryDict() if is_saved else request.POST
    subscriptions = [(row, of_subscription(row)) for row in subscriber.subscriptions.with_scopes()]
    followed = {scope.url for _row, scope in subscriptions}
    context = {
        "subscriber": subscriber,
        # What was typed and refused is still there; what is stored otherwise.
        "rows": [(row, scope, typed.get(f"often-{row.pk}", row.frequency)) for row, scope in subscriptions],
        "hour": typed.get("hour", str(subscriber.hour)),
        "is_discreet": "discreet" in typed if typed else subscriber.is_discreet,
        "frequency": typed.get("frequency", Frequency.POST),
        "chosen": set(typed.getlist("scope")),
        "asked": asking.asked_besides(subscriber.email),
        "form": ScopesForm() if is_saved else form,
        "is_saved": is_saved,
        "may_resume": subscriber.reason in asking.LIFTED_BY_READERS,
        "frequencies": Frequency.choices,
        "hours": hour_choices(),
        "categories": [row for row in category_scopes() if row[2] not in followed],
        "whole_site": None if WHOLE_SITE.url in followed else WHOLE_SITE,
        "consents": subscriber.consents.all(),
        "letters_days": KEPT_DAYS,
    }
    status = 400 if request.method == "POST" and not is_saved else 200
    return render(request, "subscriptions/letters.html", context, status=status)


def _download(subscriber: Subscriber) -> HttpResponse:
    """All that is kept with this address, as JSON."""
    kept = {
        "address": subscriber.email,
        "state": subscriber.state_label,
        "hour": subscriber.hour,
        "discreet": subscriber.is_discreet,
        "follows": [
            {"address": of_subscription(row).url, "frequency": row.frequency, "since": row.starts_at.isoformat()}
            for row in subscriber.subscriptions.with_scopes()
        ],
        "consents": [_consent(consent) for consent in subscriber.consents.all()],
        "letters": [
            {"kind": kind, "state": state, "queued_at": queued_at.isoformat()}
            for kind, state, queued_at in Delivery.objects.filter(
                recipient=subscriber.email, kind__startswith="subscriptions."
            ).values_list("kind", "state", "queued_at")
        ],
        "came_back": [
            {"kind": bounce.kind, "code": bounce.code, "at": bounce.at.isoformat()}
            for bounce in Bounce.objects.filter(email=subscriber.email)
        ],
    }
    answer = json.dumps(kept, ensure_ascii=False, indent=2)
    response = HttpResponse(answer, content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="letters.json"'
    return unkept(response)


def _consent(consent: Consent) -> dict[str, Any]:
    return {
        "asked_at": consent.asked_at.isoformat(),
        "asked_on": consent.came_from,
        "confirmed_at": consent.confirmed_at and consent.confirmed_at.isoformat(),
        "scopes": consent.scopes,
        "wording": WORDINGS[consent.wording],
        "proof": consent.proof,
    }
