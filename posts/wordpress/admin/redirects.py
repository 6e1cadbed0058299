"""The desk: where old addresses lead, and those that lead nowhere yet."""

from typing import Any
from urllib.parse import urlencode, urlsplit

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.redirects.models import Redirect
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.encoding import uri_to_iri
from django.utils.html import format_html

from posts.wordpress.addresses import misses
from posts.wordpress.addresses.asked import asked
from posts.wordpress.addresses.asking import Answer, Asker
from posts.wordpress.addresses.redirecting import LONGEST, key_of
from posts.wordpress.middleware import NOT_OURS
from posts.wordpress.models import Miss
from sources.locking import OneAtATime

admin.site.unregister(Redirect)


class RedirectForm(forms.ModelForm):
    class Meta:
        model = Redirect
        fields = ["old_path", "new_path"]

    # Longer than the columns, for what is typed may be a whole address, or be written with escapes.
    old_path = forms.CharField(
        label="Old address",
        max_length=2000,
        help_text="On this site, without the name of the host, as /2013/03/an-old-post/ or /?p=12.",
        widget=forms.TextInput(attrs={"class": "vURLField"}),
    )
    new_path = forms.CharField(
        label="Leads to",
        max_length=2000,
        required=False,
        help_text="A page of this site, as /2013/03/31/a-post/, or an address elsewhere that begins with https://. "
        "Left empty, the old address says that what stood there is gone.",
        widget=forms.TextInput(attrs={"class": "vURLField"}),
    )

    def clean_old_path(self) -> str:
        typed = _on_this_site(self.cleaned_data["old_path"])
        if not typed.startswith("/") or typed.startswith("//"):
            raise forms.ValidationError("Write an address on this site: it begins with one slash.")
        parts = urlsplit(typed)
        key = key_of(asked(uri_to_iri(parts.path), _query(parts.query)))
        if key == "/":
            raise forms.ValidationError("The first page of the site stands there.")
        if len(key) > LONGEST:
            raise forms.ValidationError(f"The address is longer than the {LONGEST} characters that the table holds.")
        others = Redirect.objects.filter(site=settings.SITE_ID, old_path=key).exclude(pk=self.instance.pk)
        if others.exists():
            raise forms.ValidationError("Another redirect has this old address: change that one.")
        self._check_is_free(key)
        return key

    def _check_is_free(self, key: str) -> None:
        if key.startswith(NOT_OURS):
            raise forms.ValidationError("Nothing is ever led on from this address.")
        answer = _ask(key, has_table=False)
        if answer.status == 200 and not answer.hops:
            raise forms.ValidationError("A page answers at this address: nobody would be led on from it.")
        if answer.status == 200 or answer.is_elsewhere:
            raise forms.ValidationError(f"This address leads to {answer.address} already.")
        if answer.status == 410 and not answer.hops:
            raise forms.ValidationError("This address says already that what stood there is gone.")
        if answer.status != 404:
            raise forms.ValidationError("The site itself answers at this address.")

    def clean_new_path(self) -> str:
        typed = _on_this_site(self.cleaned_data["new_path"])
        if not typed or typed.startswith("https://"):
            return _checked_elsewhere(typed)
        if not typed.startswith("/") or typed.startswith("//"):
            raise forms.ValidationError(
                "Write an address of this site that begins with one slash, or one that begins with https://."
            )
        answer = _ask(typed)
        if answer.is_loop:
            raise forms.ValidationError("This address leads in a circle.")
        if answer.is_elsewhere:
            return _checked_elsewhere(answer.address)
        if answer.status != 200:
            raise forms.ValidationError(f"No page answers at this address (it says {answer.status}).")
        address = uri_to_iri(answer.address)
        if len(address) > LONGEST:
            raise forms.ValidationError(f"The address is longer than the {LONGEST} characters that the table holds.")
        return address

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        old, new = data.get("old_path"), data.get("new_path")
        if old and new and new.startswith("/") and key_of(_taken_apart(new)) == old:
            self.add_error("new_path", "It leads to itself.")
        return data


def _on_this_site(typed: str) -> str:
    """Return a whole address of this site as the path that it is."""
    typed = "".join(letter for letter in typed if letter.isprintable()).strip()
    for host in (settings.SITE_URL, settings.SITE_URL.replace("https://", "http://", 1)):
        if typed == host or typed.startswith((f"{host}/", f"{host}?")):
            return typed.removeprefix(host) or "/"
    return typed


def _checked_elsewhere(address: str) -> str:
    try:
        host = urlsplit(address).hostname if address else "none"
    except ValueError:
        host = None
    if not host or any(letter.isspace() for letter in address):
        raise forms.ValidationError("This is no address: it begins with https:// and the name of a host.")
    if len(address) > LONGEST:
        raise forms.ValidationError(f"The address is longer than the {LONGEST} characters that the table holds.")
    return address


def _query(text: str) -> dict[str, str]:
    return {name: str(value) for name, value in QueryDict(text).items() if value}


def _taken_apart(address: str) -> Any:
    parts = urlsplit(address)
    return asked(uri_to_iri(parts.path), _query(parts.query))


def _ask(address: str, *, has_table: bool = True) -> Answer:
    try:
        return Asker(has_table=has_table).ask(address)
    except ValueError as error:
        raise forms.ValidationError("This is no address.") from error


@admin.register(Redirect)
class RedirectAdmin(OneAtATime, admin.ModelAdmin):
    form = RedirectForm
    list_display = ["old_path", "leads_to"]
    search_fields = ["old_path", "new_path"]
    ordering = ["old_path"]
    list_per_page = 100
    fields = ["old_path", "new_path"]

    @admin.display(description="leads to", ordering="new_path")
    def leads_to(self, redirect: Redirect) -> str:
        return redirect.new_path or "says that it is gone"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Redirect]:
        return super().get_queryset(request).filter(site=settings.SITE_ID)

    def save_model(self, request: HttpRequest, obj: Redirect, form: Any, change: bool) -> None:
        obj.site_id = settings.SITE_ID
        super().save_model(request, obj, form, change)
        misses.forget(obj.old_path)
        # What led here leads on at once: nobody is sent from one redirect to the next.
        here = {obj.old_path, obj.old_path.rstrip("/")}
        Redirect.objects.filter(site=settings.SITE_ID, new_path__in=here).update(new_path=obj.new_path)


class IgnoredFilter(admin.SimpleListFilter):
    title = "which"
    parameter_name = "which"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("ignored", "Ignored")]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        yield first | {"display": "Not ignored"}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Miss]) -> QuerySet[Miss]:
        return queryset.filter(is_ignored=self.value() == "ignored")


@admin.register(Miss)
class MissAdmin(OneAtATime, admin.ModelAdmin):
    """At what people find nothing, the most asked for first."""

    list_display = ["path", "count", "way_out", "last_on", "first_on"]
    list_filter = [IgnoredFilter]
    search_fields = ["path"]
    list_per_page = 100
    show_full_result_count = False
    fields = ["path", "count", "first_on", "last_on", "is_ignored"]
    readonly_fields = ["path", "count", "first_on", "last_on"]
    actions = ["ignore", "heed"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": "Missing addresses", **(extra_context or {})})

    def get_list_display(self, request: HttpRequest) -> Any:
        may_redirect = request.user.has_perm("redirects.add_redirect")
        return [name for name in self.list_display if name != "way_out" or may_redirect]

    @admin.display(description="what to do")
    def way_out(self, miss: Miss) -> str:
        address = f"{reverse('admin:redirects_redirect_add')}?{urlencode({'old_path': miss.path})}"
        return format_html(
            '<a class="row-act" href="{}">Make a redirect<span class="visually-hidden"> of {}</span></a>',
            address,
            miss.path,
        )

    @admin.action(description="Ignore the selected addresses", permissions=["change"])
    def ignore(self, request: HttpRequest, queryset: QuerySet[Miss]) -> None:
        number = queryset.update(is_ignored=True)
        messages.success(request, f"{number} address{'' if number == 1 else 'es'} ignored: they are listed no longer.")

    @admin.action(description="Heed the selected addresses again", permissions=["change"])
    def heed(self, request: HttpRequest, queryset: QuerySet[Miss]) -> None:
        number = queryset.update(is_ignored=False)
        messages.success(request, f"{number} address{'' if number == 1 else 'es'} listed again.")
