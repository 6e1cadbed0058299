from django.contrib.auth import get_user_model
from django.tasks import task

from posts.subscriptions import importing
from posts.subscriptions.models import Entry
from posts.subscriptions.moderating import note


# Letters that somebody waits for do not wait behind a list.
@task(priority=-20)
def import_list(key: str, user_id: int) -> int:
    """Ask the addresses of a long list; what came of it stands in the log. Twice run, once asked."""
    parcel = importing.unpack(key)
    if parcel is None:
        return 0
    rows, terms = parcel
    asked = importing.invite_all(rows, terms)
    note(get_user_model().objects.get(pk=user_id), Entry.Act.IMPORT, importing.in_words(asked, len(rows) - asked))
    importing.throw_away(key)
    return asked
