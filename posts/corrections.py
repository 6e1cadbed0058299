"""The corrections of public posts as a listing: each note, the newest first."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString

from posts.addressing import CORRECTIONS, post_url
from posts.dating import byline_date
from posts.listing import Listing
from posts.models import Correction
from posts.models.correction import render_corrections

_COLUMNS = (
    "pk", "text", "made_at", "post__title", "post__slug", "post__published_at", "post__published_on",
)  # fmt: skip


@dataclass(frozen=True)
class ListedCorrection:
    pk: int
    text: str
    made_at: dt.datetime
    title: str  # of its post
    url: str

    @property
    def html(self) -> SafeString:
        """The note as it stands above the post's text."""
        return SafeString(render_corrections([self]))


class CorrectionListing(Listing):
    def rows(self, start: int, stop: int) -> list[Any]:
        found = Correction.objects.filter(pk__in=self.ids[start:stop]).order_by("-made_at", "-pk")
        return [
            ListedCorrection(pk, text, made_at, title or byline_date(published_at), post_url(published_on, slug))
            for pk, text, made_at, title, slug, published_at, published_on in found.values_list(*_COLUMNS)
        ]


def of_public_posts() -> CorrectionListing:
    public = Correction.objects.filter(post__listed_at__lte=timezone.now())
    return CorrectionListing(public.order_by("-made_at", "-pk").values("pk"), public.count(), CORRECTIONS)
