"""The desk: links that show a post to somebody outside before it is public."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods, require_POST

from posts.life import Act
from posts.models import Post, PreviewLink
from posts.previewing import is_previewable
from sources.locking import hold_the_desk

LINKS_SHOWN = 200
DOUBLE_CLICK = dt.timedelta(seconds=10)


class LinkForm(forms.ModelForm):
    class Meta:
        model = PreviewLink
        fields = ["label"]


class Previews:
    """For the ModelAdmin of posts; beside `Revisions`, which opens the post."""

    open_post: Any
    _show: Any

    def preview_urls(self, view: Any) -> list[URLPattern]:
        return [
            path("<int:pk>/previews/", view(self.previews_view), name="posts_post_previews"),
            path("<int:pk>/previews/revoke/", view(self.revoke_view), name="posts_post_revoke"),
        ]

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def previews_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """All links to this post; a POST makes one more."""
        post = self.open_post(request, pk, to_change=True)
        form = LinkForm(request.POST if request.method == "POST" else None)
        if form.is_bound and form.is_valid():
            return self._make(request, pk, form.cleaned_data["label"])
        context = {
            "form": form,
            "links": post.previews.select_related("by")[:LINKS_SHOWN],
            "is_any_open": open_links(post).exists(),
            "is_previewable": is_previewable(post),
        }
        title = f"Preview links of “{post.display_title}”"
        return self._show(request, post, "previews", title, context, status=400 if form.errors else 200)

    def _make(self, request: HttpRequest, pk: int, label: str) -> HttpResponse:
        with transaction.atomic():
            hold_the_desk()
            post = self.open_post(request, pk, to_change=True)
            lately = timezone.now() - DOUBLE_CLICK
            if not is_previewable(post):
                messages.error(request, "Nobody can be given a link to this post as it stands.")
            elif open_links(post).filter(by=request.user.pk, label=label, made_at__gt=lately).exists():
                messages.success(request, "The link is there.")
            else:
                post.previews.create(label=label, by=request.user)
                post.log(Act.PREVIEW, request.user, f"for {label}" if label else "")
                messages.success(request, "The link is made. Copy it from here, and send it.")
        return _back(post)

    @method_decorator(require_POST)
    def revoke_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """End one of the links, or all that are open."""
        with transaction.atomic():
            hold_the_desk()
            post = self.open_post(request, pk, to_change=True)
            links = list(_named(open_links(post), request.POST.get("link", "")))
            for link in links:
                link.revoked_at = timezone.now()
                link.save(update_fields=["revoked_at"])
                post.log(Act.REVOKE, request.user, f"for {link.label}" if link.label else "")
        one = "The link leads nowhere any longer."
        several = f"{len(links)} links lead nowhere any longer."
        messages.success(request, {0: "Nothing was open any longer.", 1: one}.get(len(links), several))
        return _back(post)


def open_links(post: Post) -> QuerySet[PreviewLink]:
    return PreviewLink.objects.filter(post=post).open().select_related("by")


def _named(links: QuerySet[PreviewLink], link: str) -> QuerySet[PreviewLink]:
    if link == "all":
        return links
    return links.filter(pk=int(link)) if link.isdecimal() and len(link) < 19 else links.none()


def _back(post: Post) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:posts_post_previews", args=[post.pk]))
