"""Who wants to be told of answers, and proofs that somebody reads an address."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from posts.comments.models.comment import Comment
from posts.models.bases import new_token


class Follow(models.Model):
    """The writer of a comment asked to be told of answers to it. Who leaves is deleted."""

    comment = models.OneToOneField(Comment, on_delete=models.CASCADE, related_name="follow")
    token = models.CharField(max_length=22, unique=True, default=new_token)
    asked_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)  # until then nothing is sent but the question

    def __str__(self) -> str:
        return f"Answers to comment {self.comment_id}"


class Proof(models.Model):
    """A link mailed to an address: whoever opens it reads that address."""

    email = models.EmailField()
    token = models.CharField(max_length=22, unique=True, default=new_token)
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"Proof of {self.made_at:%Y-%m-%d}"
