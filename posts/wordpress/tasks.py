from django.tasks import task


# Letters that somebody waits for do not wait behind a whole blog.
@task(priority=-30)
def work_at_import(pk: int) -> None:
    """Go on with an import. The queue is only a nudge: the row says whether it waits."""
    from posts.wordpress import importing  # noqa: PLC0415

    importing.work(pk, seconds=importing.TURN)
