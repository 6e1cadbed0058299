"""The desk: people, groups and the log of logins. Nobody gives what they do not have."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.contrib.auth import admin as django_admin
from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from htwatch.login import factors, sessions
from htwatch.login.models import LoginEntry

for model in (User, Group, EmailAddress, Authenticator):  # addresses are not confirmed here; secrets are not shown
    admin.site.unregister(model)


def held_by(user: Any) -> QuerySet[Permission]:
    """What somebody may do, also while they are shut out: they may be let in again."""
    return Permission.objects.filter(Q(user=user.pk) | Q(group__user=user.pk))


def beyond(user: Any) -> QuerySet[Permission]:
    """What somebody may not do."""
    if user.is_superuser:
        return Permission.objects.none()
    return Permission.objects.exclude(pk__in=held_by(user).values("pk"))


def exceeds(other: Any, user: Any) -> bool:
    """Whether `other` may do anything that `user` may not."""
    if user.is_superuser:
        return False
    return other.is_superuser or held_by(other).filter(pk__in=beyond(user).values("pk")).exists()


@admin.register(User)
class UserAdmin(django_admin.UserAdmin):
    change_form_template = "admin/auth/user/desk_change_form.html"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and exceeds(obj, request.user))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and exceeds(obj, request.user))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else (*fields, "is_superuser", "user_permissions")

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            kwargs["queryset"] = Group.objects.exclude(permissions__in=beyond(request.user))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    # --- Login and security of somebody else

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/security/", view(self.security_view), name="auth_user_security"),
            path("<int:pk>/security/end/", view(self.end_view), name="auth_user_end_sessions"),
            path("<int:pk>/security/remove/", view(self.remove_view), name="auth_user_remove_factor"),
            *super().get_urls(),
        ]

    def _changed(self, request: HttpRequest, pk: int) -> User:
        user = get_object_or_404(User, pk=pk)
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        return user

    def security_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What protects somebody's login, where they are logged in, and what was noted lately."""
        user = self._changed(request, pk)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Login and security of {user.get_username()}",
            "opts": self.opts,
            "original": user,
            "factors": [
                (factors.in_words(factor), factor) for factor in Authenticator.objects.filter(user=user).order_by("pk")
            ],
            "sessions": sessions.sessions_of(user),
            "entries": LoginEntry.objects.filter(user_id=user.pk)[:20],
        }
        return TemplateResponse(request, "admin/auth/user/security.html", context)

    def end_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        user = self._changed(request, pk)
        if request.method == "POST":
            number = sessions.end_sessions(user, but=request.session.session_key, by=request.user)
            messages.success(request, f"Ended: {number}.")
        return HttpResponseRedirect(reverse("admin:auth_user_security", args=[pk]))

    def remove_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask first, also who is asking: this takes a lock off somebody's door."""
        user = self._changed(request, pk)
        return self._remove(request, user)

    def _remove(self, request: HttpRequest, user: User) -> HttpResponse:
        def answer(request: HttpRequest) -> HttpResponse:
            if request.method == "POST":
                number = factors.remove_all(user, by=request.user)
                messages.success(request, "The second factor is removed." if number else "There was none.")
                return HttpResponseRedirect(reverse("admin:auth_user_security", args=[user.pk]))
            context = {
                **self.admin_site.each_context(request),
                "title": f"Remove the second factor of {user.get_username()}?",
                "opts": self.opts,
                "original": user,
            }
            return TemplateResponse(request, "admin/auth/user/remove_factor.html", context)

        return reauthentication_required(answer, app="allauth.mfa")(request)


@admin.register(Group)
class GroupAdmin(django_admin.GroupAdmin):
    def _exceeds(self, request: HttpRequest, group: Any) -> bool:
        return group is not None and group.permissions.filter(pk__in=beyond(request.user).values("pk")).exists()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not self._exceeds(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not self._exceeds(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # By their names groups are known: who must have a second factor, for one.
        return ("name",) if obj and not request.user.is_superuser else ()

    def formfield_for_manytomany(self, db_field: Any, request: Any = None, **kwargs: Any) -> Any:
        if db_field.name == "permissions" and not request.user.is_superuser:
            kwargs["queryset"] = Permission.objects.exclude(pk__in=beyond(request.user).values("pk"))
        return super().formfield_for_manytomany(db_field, request, **kwargs)


@admin.register(LoginEntry)
class LoginEntryAdmin(admin.ModelAdmin[LoginEntry]):
    list_display = ("made_at", "what", "whose", "detail", "by_whom")
    list_filter = ("what", "made_at")
    search_fields = ("user",)
    list_display_links = None
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="whose", ordering="user")
    def whose(self, entry: LoginEntry) -> str:
        return entry.user or "a name that is not known here"

    @admin.display(description="by")
    def by_whom(self, entry: LoginEntry) -> str:
        return entry.actor or "themselves"
