from django.tasks import task

from posts.outbox import delivering


@task()
def deliver(pk: int) -> bool:
    """Send one message. The queue is only a nudge: the row says whether it is due."""
    return delivering.deliver(pk)
