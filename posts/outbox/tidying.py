import datetime as dt

from posts.outbox.models import KEPT_DAYS, Delivery


def tidy(at: dt.datetime) -> None:
    """Forget messages that came to their end a while ago, and with them the addresses."""
    ended = Delivery.objects.filter(state__in=[Delivery.State.SENT, Delivery.State.FAILED])
    ended.filter(queued_at__lte=at - dt.timedelta(days=KEPT_DAYS)).delete()
