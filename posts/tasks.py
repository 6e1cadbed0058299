from django.tasks import task

from posts import bulking


# Letters that somebody waits for do not wait behind ten thousand posts.
@task(priority=-20)
def work_at_bulk(pk: int) -> None:
    """Go on with an act over many posts. The queue is only a nudge: the row says whether it waits."""
    bulking.work(pk, seconds=bulking.TURN)
