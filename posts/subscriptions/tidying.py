import datetime as dt

from posts.subscriptions.models import Bounce, Consent
from posts.subscriptions.models.consent import UNCONFIRMED_LIVES

BOUNCES_DAYS = 90


def tidy(at: dt.datetime) -> None:
    """Forget who asked and did not confirm in a week, and letters that came back long ago."""
    Consent.objects.filter(confirmed_at=None, asked_at__lte=at - UNCONFIRMED_LIVES).delete()
    Bounce.objects.filter(at__lte=at - dt.timedelta(days=BOUNCES_DAYS)).delete()
