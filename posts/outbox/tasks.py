from django.tasks import task

from posts.outbox import delivering


@task()
def deliver(pk: int) -> bool:
    """Send one message. The queue is only a nudge: the row says whether it is due."""
    return bool(delivering.deliver([pk]))


# Whoever waits for a single letter, to confirm an address, does not wait behind thousands.
@task(priority=-10)
def deliver_batch(pks: list[int]) -> int:
    """Send many over one connection; return how many went out."""
    return delivering.deliver(pks)
