"""The desk: letters before they go. What each says, one to oneself, and a post told again."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from posts.dating import byline_moment
from posts.models import Post
from posts.models.post import NEWS_FOR
from posts.outbox.composing import NotWanted
from posts.outbox.previewing import preview_of, show_html
from posts.subscriptions import announcing
from posts.subscriptions.models import Announcement, Entry
from posts.subscriptions.moderating import note
from posts.subscriptions.testing import Letter, compose_letter, send_test
from sources.locking import hold_the_desk

LETTERS = [
    ("ask", "the first letter, which asks"),
    ("post", "about one post"),
    ("daily", "the daily digest"),
    ("weekly", "the weekly digest"),
    ("monthly", "the monthly digest"),
]
NEWEST = 20  # posts to choose from


class LetterForm(forms.Form):
    """Which letter: what is asked for by a page, kept in its address."""

    what = forms.ChoiceField(choices=LETTERS, required=False)
    post = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    discreet = forms.BooleanField(required=False)

    def letter(self) -> Letter:
        """Return what was chosen; what is no choice is the first one."""
        self.is_valid()
        data = self.cleaned_data
        what = data.get("what") or ("post" if data.get("post") else "ask")
        return Letter(what, data.get("post"), bool(data.get("discreet")))


class LetterPages:
    """For the ModelAdmin of announcements: the pages of letters, and the buttons on them."""

    admin_site: Any
    opts: Any

    def letters_view(self, request: HttpRequest) -> HttpResponse:
        """Show a letter as it would go out; beside that of a post, what was told of it."""
        letter = self._asked_for(request, request.GET)
        try:
            preview, why_not = preview_of(compose_letter(letter)), ""
        except NotWanted as error:
            preview, why_not = None, str(error)
        post = _post(letter)
        context = {
            **self.admin_site.each_context(request),
            "title": "Letters",
            "opts": self.opts,
            "letter": letter,
            "letters": LETTERS,
            "newest": _newest(post) if letter.what == "post" else [],
            "preview": preview,
            "why_not": why_not,
            "html_url": f"{reverse('admin:subscriptions_letters_html')}?{_query(letter)}",
            "needs_address": _where_to_add_address(request),
            **(_told(request, post) if post else {}),
        }
        return TemplateResponse(request, "admin/subscriptions/letters.html", context)

    def html_view(self, request: HttpRequest) -> HttpResponse:
        letter = self._asked_for(request, request.GET)
        try:
            return show_html(request, compose_letter(letter))
        except NotWanted as error:
            raise Http404(str(error)) from error

    def test_view(self, request: HttpRequest) -> HttpResponse:
        """Send a letter to whoever asks."""
        return require_POST(self._send_test)(request)

    def _send_test(self, request: HttpRequest) -> HttpResponse:
        letter, user = self._asked_for(request, request.POST), request.user
        if needed := _where_to_add_address(request):
            messages.warning(request, needed)
        else:
            try:
                compose_letter(letter)
            except NotWanted as error:
                messages.warning(request, str(error))
            else:
                send_test(letter, user)  # type: ignore[arg-type]
                messages.success(request, f"It goes to {user.email} in a moment.")  # type: ignore[union-attr]
        return _to(letter)

    def tell_again_view(self, request: HttpRequest) -> HttpResponse:
        """Have a post told once more."""
        return require_POST(self._tell_again)(request)

    def _tell_again(self, request: HttpRequest) -> HttpResponse:
        letter = self._asked_for(request, request.POST)
        if not request.user.has_perm("subscriptions.add_announcement"):
            raise PermissionDenied
        post = get_object_or_404(Post, pk=letter.post)
        with transaction.atomic():
            hold_the_desk()
            if refusal := _why_not_again(request, post):
                messages.warning(request, refusal)
            else:
                announcing.tell_again(post, request.user.get_username())
                note(request.user, Entry.Act.TELL, f"Post {post.pk}")  # type: ignore[arg-type]
                messages.success(request, "The letters are written within a minute.")
        return _to(letter)

    def _asked_for(self, request: HttpRequest, data: Any) -> Letter:
        if not request.user.has_perm("subscriptions.view_announcement"):
            raise PermissionDenied
        return LetterForm(data).letter()


def _to(letter: Letter) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('admin:subscriptions_letters')}?{_query(letter)}")


def _query(letter: Letter) -> str:
    discreet = {"discreet": "on"} if letter.is_discreet else {}
    post = {"post": letter.post} if letter.post else {}
    return urlencode({"what": letter.what, **post, **discreet})


def _where_to_add_address(request: HttpRequest) -> SafeString | str:
    """Say where somebody without an address gets one; "" to who has one."""
    if request.user.email:  # type: ignore[union-attr]
        return ""
    if request.user.has_perm("auth.change_user"):
        own = reverse("admin:auth_user_change", args=[request.user.pk])
        return format_html('You have no e-mail address. <a href="{}">Add one to your user</a>.', own)
    return "You have no e-mail address: ask an administrator to add one to your user."


# --- One post


def _post(letter: Letter) -> Post | None:
    if letter.what != "post" or letter.post is None:
        return None
    return Post.objects.defer(*Post.TEXTS).filter(pk=letter.post).first()


def _newest(chosen: Post | None) -> list[Post]:
    """Return the posts to choose from: the newest, drafts too, and the one that is shown."""
    posts = list(Post.objects.defer(*Post.TEXTS)[:NEWEST])
    return posts if chosen is None or chosen in posts else [chosen, *posts]


def _told(request: HttpRequest, post: Post) -> dict[str, Any]:
    """Return what was told of a post, and what telling it again would do."""
    announcements = list(Announcement.objects.filter(post=post))
    may_tell = request.user.has_perm("subscriptions.add_announcement") and post.is_public
    at_once, later = announcing.count_readers(post) if may_tell else (0, 0)
    return {
        "post": post,
        "announcements": announcements,
        "is_told": _standing(post, announcements),
        "may_tell": may_tell and not _is_under_way(post, announcements),
        "at_once": at_once,
        "later": later,
        "last": _last(announcements),
    }


def _standing(post: Post, announcements: list[Announcement]) -> str:
    """Say why a post was not told of, or when it will be; "" where it was."""
    if announcements:
        return ""
    if not post.is_public:
        when = byline_moment(post.published_at) if post.is_scheduled and post.published_at else ""
        return f"It is told when it appears, on {when}." if when else "It is not published: nobody is told of it."
    if post.is_quiet:
        return "It is marked “tell nobody”, and nobody was told."
    if _is_news(post):
        return "It is about to be told: the letters are written within a minute."
    hours = int(NEWS_FOR.total_seconds() // 3600)
    return f"Nobody was told: when it was first seen here its date lay more than {hours} hours back."


def _is_news(post: Post) -> bool:
    return Post.objects.news(timezone.now()).filter(pk=post.pk).exists()


def _is_under_way(post: Post, announcements: list[Announcement]) -> bool:
    """It is being told, or will be by itself."""
    if not announcements:
        return _is_news(post)
    return any(each.finished_at is None for each in announcements)


def _last(announcements: list[Announcement]) -> int:
    return max((each.number for each in announcements), default=0)


def _why_not_again(request: HttpRequest, post: Post) -> str:
    announcements = list(Announcement.objects.filter(post=post))
    if not post.is_public:
        return "It is not public, so nobody is told of it."
    if _is_under_way(post, announcements):
        return "It is just being told: wait until that is done."
    if request.POST.get("last") != str(_last(announcements)):
        return "Somebody had it told meanwhile. Look at what was told, and decide again."
    if "mean_it" not in request.POST:
        return "Tick “I mean it”: letters cannot be called back. Nothing was done."
    return ""
