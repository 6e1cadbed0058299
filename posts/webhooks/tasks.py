from django.tasks import task

from posts.webhooks import calling


# After the letter that somebody waits for, before those that go to thousands.
@task(priority=-5)
def call(pks: list[int]) -> int:
    """Send these calls; return how many were taken. The queue is only a nudge: the rows say whether they are due."""
    return calling.call(pks)
