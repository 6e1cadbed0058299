import datetime as dt

from posts.webhooks.models import KEPT_DAYS, Call


def tidy(at: dt.datetime) -> None:
    """Forget calls that came to their end a while ago, and what was answered."""
    Call.objects.ended().filter(queued_at__lte=at - dt.timedelta(days=KEPT_DAYS)).delete()
