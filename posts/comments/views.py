"""What readers do: write, see what became of it, report, be told of answers, ask what is kept of them."""

import json
import logging
from typing import Any

from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from posts import limiting
from posts.answering import (
    form_from_anywhere,
    form_of_readers,
    keeps_what_was_typed,
    said,
    too_often,
    unkept,
    wait_in_words,
)
from posts.comments import mailing
from posts.comments.forms import AddressForm, CommentForm, ReportForm
from posts.comments.models import Comment, Discussion, Follow, Policy, Proof, Report
from posts.comments.privacy import erase, export
from posts.comments.syndication import latest
from posts.comments.writing import Draft, find_stored, new_stamp, once_of, write
from posts.finding import find_post
from posts.gone import tells_gone
from posts.limiting import Rule, TooOften
from posts.models import Post
from posts.rendering import MAX_COMMENT_LENGTH, render_comment

logger = logging.getLogger(__name__)

SEEN_FOR = 600  # seconds in which writers see their own comment that waits
REPORT_RULES = [Rule(10, 3600)]
MOST_OFFERED = 100
_seen = TimestampSigner(salt="posts.comments.sent")


# --- Writing


@form_of_readers
@require_http_methods(["GET", "HEAD", "POST"])
@keeps_what_was_typed
@tells_gone
def comment_write(request: HttpRequest, **address: Any) -> HttpResponse:
    """Take a comment: preview it, refuse it in words, or store it and lead to the page that says what happens next."""
    post = find_post(**address)
    if request.method != "POST":
        return redirect(f"{post.get_absolute_url()}#respond")
    form = CommentForm(request.POST)
    page, writer = _FormPage(request, post, form), limiting.writer_of(request)
    # Whatever became of post and parent since: what is stored is stored, and says so when it is sent again.
    stored = find_stored(once_of(page.draft(), writer)) if form.is_valid() and "preview" not in request.POST else None
    if stored is None:
        if refusal := _refusal(page):
            return refusal
        if "preview" in request.POST:
            return page.show(preview=form.cleaned_data["text"])
        try:
            stored = write(page.draft(), writer)
        except TooOften as error:
            return page.too_often(error)
    response = redirect("comments:sent", token=_seen.sign(str(stored.pk)).replace(":", "~"))
    response.status_code = 303  # RFC 9110, 15.4.4: look there for the answer; Reload does not send again
    return response


def _refusal(page: "_FormPage") -> HttpResponse | None:
    """Return the page that says why this form is not taken, or None."""
    is_valid = page.form.is_valid()
    pk = page.form.cleaned_data.get("parent")
    page.parent = _parent(page.post, pk) if pk else None
    if not _takes_comments(page.post):
        return page.show(_("Comments under this post are closed: yours cannot be sent."), status=403, is_closed=True)
    if not is_valid:
        return page.show(status=400)
    if pk and page.parent is None:
        return page.show(
            _("The comment that you answer is no longer here. Sent again, yours will stand for itself."), status=409
        )
    return None


def _takes_comments(post: Post) -> bool:
    discussion = Discussion.objects.filter(post=post).first()
    assert post.published_at is not None  # noqa: S101  a public post has a date
    return Policy.current().takes_comments(discussion, post.published_at, timezone.now())


def _parent(post: Post, pk: int) -> Comment | None:
    return Comment.objects.said().filter(pk=pk, post=post, state=Comment.State.APPROVED).first()


class _FormPage:
    """The form on a page of its own, with all that was typed."""

    parent: Comment | None = None

    def __init__(self, request: HttpRequest, post: Post, form: CommentForm) -> None:
        self.request, self.post, self.form = request, post, form

    def draft(self) -> Draft:
        data = self.form.cleaned_data
        return Draft(
            post=self.post,
            parent_id=data["parent"],
            name=data["name"],
            email=data["email"],
            text=data["text"],
            stamp=data["stamp"],
            is_trap_filled=bool(data["website"]),
        )

    def show(
        self, sentence: str = "", *, preview: str = "", status: int = 200, retry: int = 0, is_closed: bool = False
    ) -> HttpResponse:
        text = self.request.POST.get("text", "")
        context = {
            "post": self.post,
            "form": self.form,
            "sentence": sentence,
            "preview": render_comment(preview) if preview else "",
            "parent": self.parent,
            "is_closed": is_closed,
            "trusts_known_writers": Policy.current().trusts_known_writers,
            "stamp": self.form["stamp"].value() or new_stamp(),
            "length": len(text.replace("\r\n", "\n").strip()),
            "max_length": MAX_COMMENT_LENGTH,
            "post_url": self.post.get_absolute_url(),
        }
        response = render(self.request, "comments/comment_write.html", context, status=status)
        if retry:
            response.headers["Retry-After"] = str(retry)
        return response

    def too_often(self, error: TooOften) -> HttpResponse:
        words = _("Too many comments came from your network lately. Your text is still here: send it in %(time)s.")
        return self.show(words % {"time": wait_in_words(error)}, status=429, retry=error.wait)


@form_of_readers
@require_safe
def comment_sent(request: HttpRequest, token: str) -> HttpResponse:
    """Say what happens next, and show writers their own comment for ten minutes."""
    try:
        pk = _seen.unsign(token.replace("~", ":"), max_age=SEEN_FOR)
    except SignatureExpired:
        words = _("It showed your comment for ten minutes. Once the comment is approved, it stands under the post.")
        return said(request, _("This link is no longer valid"), words, 410)
    except BadSignature as error:
        raise Http404("There is no such page.") from error
    comment = get_object_or_404(Comment.objects.select_related("post"), pk=pk)
    context = {"comment": comment, "is_visible": comment.is_visible}
    return unkept(render(request, "comments/comment_sent.html", context))


@require_safe
def comment_list(request: HttpRequest) -> HttpResponse:
    """The latest comments of the whole site: what its feed holds."""
    return render(request, "comments/comment_list.html", {"comments": latest(Comment.objects.visible().said())})


@require_safe
def comment_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A comment's own address, which stays when its post moves: leads to it under its post."""
    comment = Comment.objects.visible().select_related("post").filter(pk=pk).first()
    if comment is None:
        raise Http404("There is no such comment.")
    return redirect(comment.get_absolute_url())


# --- Reporting


@form_of_readers
@require_http_methods(["GET", "HEAD", "POST"])
def comment_report(request: HttpRequest, pk: int) -> HttpResponse:
    comment = Comment.objects.visible().select_related("post").filter(pk=pk).first()
    if comment is None:
        raise Http404("There is no such comment.")
    form = ReportForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = 400 if request.method == "POST" else 200
        return render(request, "comments/comment_report.html", {"comment": comment, "form": form}, status=status)
    try:
        _store_report(comment, form.instance, limiting.writer_of(request))
    except TooOften as error:
        return too_often(request, error, _("Many reports came from your network lately. Try again in an hour."))
    words = _("A moderator will look at this comment before any other.")
    return said(request, _("Thank you"), words, back_url=comment.get_absolute_url(), back=_("Back to the post"))


@transaction.atomic
def _store_report(comment: Comment, report: Report, writer: limiting.Writer) -> None:
    """Store a report; a second one by the same network, while the first is open, says nothing new."""
    if Report.objects.filter(comment=comment, settled_at=None, writer__in=writer.hashes).exists():
        return
    limiting.take_turn("report", writer, REPORT_RULES)
    report.comment, report.writer = comment, writer.hash
    try:
        with transaction.atomic():
            report.save(force_insert=True)
    except IntegrityError:
        return
    Comment.objects.filter(pk=comment.pk).update(open_reports=F("open_reports") + 1)


# --- Being told of answers


@form_from_anywhere
@require_http_methods(["GET", "HEAD", "POST"])
def follow_detail(request: HttpRequest, token: str) -> HttpResponse:
    """Say yes to being told of answers, or leave. A GET changes nothing: mail scanners follow links.

    A bare POST leaves: that is what mailboxes send for one click (RFC 8058), with either encoding and no cookie.
    """
    follow = Follow.objects.select_related("comment__post").filter(token=token).first()
    if request.method == "POST" and "confirm" not in request.POST:
        if follow:
            _leave(follow.comment.email)
        words = _(
            "We shall not write to you about answers any more, and have deleted your address from your comments."
        )
        return said(request, _("You have left"), words)
    if follow is None:
        words = _("Either you have left already, or the link is older than a week. Nothing is sent to you from here.")
        return said(request, _("This link is no longer valid"), words, 404)
    follows = _of_address(follow).select_related("comment__post").order_by("pk")
    if request.method == "POST":
        _of_address(follow).filter(confirmed_at=None).update(confirmed_at=timezone.now())
    context = {
        "asked": [each for each in follows if each.confirmed_at is None],
        "followed": [each for each in follows if each.confirmed_at],
        "is_done": request.method == "POST",
    }
    return render(request, "comments/follow_detail.html", context)


@transaction.atomic
def _leave(email: str) -> None:
    """Stop, and forget the address: it was given for nothing else."""
    # The comments first, and in their order, as everybody who touches them does.
    ids = list(Comment.objects.select_for_update().filter(email=email).order_by("pk").values_list("pk", flat=True))
    Comment.objects.filter(pk__in=ids).update(email="")
    Follow.objects.filter(comment__in=ids).delete()


def _of_address(follow: Follow) -> Any:
    """All that this address follows: who proves to read it for one comment proves it for all."""
    return Follow.objects.filter(comment__email=follow.comment.email)


# --- What is kept of somebody


@form_of_readers
@require_http_methods(["GET", "HEAD", "POST"])
def privacy_ask(request: HttpRequest) -> HttpResponse:
    """What is kept of those who comment; and a link by mail to see, take or erase it.

    The answer is the same for an address that is known and for one that is not.
    """
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            mailing.send_proof(form.cleaned_data["email"], limiting.writer_of(request))
        except TooOften as error:
            return too_often(request, error, _("Many such requests came from your network. Try again in an hour."))
        words = _("A letter is on its way to that address. The link in it is valid for a day.")
        return said(request, _("Look into your mailbox"), words)
    return render(request, "comments/privacy.html", {"form": form}, status=400 if form.is_bound else 200)


@form_of_readers
@require_http_methods(["GET", "HEAD", "POST"])
def privacy_detail(request: HttpRequest, token: str) -> HttpResponse:
    since = timezone.now() - mailing.PROOF_LIVES
    proof = Proof.objects.filter(token=token, made_at__gt=since).first()
    if proof is None:
        words = _("It is valid for a day, and until everything is erased.")
        return said(
            request, _("This link is no longer valid"), words, 404, back_url="/comments/privacy/", back=_("Ask again")
        )
    if request.method == "POST" and "erase" in request.POST:
        number = erase(proof.email)
        words = ngettext(
            "%(number)d comment, and every record of mail to this address.",
            "%(number)d comments, and every record of mail to this address.",
            number,
        ) % {"number": number}
        return said(request, _("Everything is erased"), words)
    kept = export(proof.email)
    if "download" in request.GET:
        response = HttpResponse(
            json.dumps(kept, ensure_ascii=False, indent=2), content_type="application/json; charset=utf-8"
        )
        response.headers["Content-Disposition"] = 'attachment; filename="comments.json"'
        return unkept(response)
    comments = Comment.objects.filter(email=proof.email).select_related("post").order_by("-id")
    context = {"proof": proof, "comments": comments[:MOST_OFFERED], "kept": kept, "count": len(kept["comments"])}
    return unkept(render(request, "comments/privacy_detail.html", context))
