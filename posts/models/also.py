"""Who reported a matter besides the original."""

from django.db import models

from sources.links.models import Link


class AlsoReported(models.Model):
    """A further page on the same matter, in the order in which the editor named them."""

    post = models.ForeignKey("posts.Post", on_delete=models.CASCADE, related_name="also_reported")
    link = models.ForeignKey(Link, on_delete=models.PROTECT, related_name="also_in")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["post", "link"], name="also_reported_once")]

    def __str__(self) -> str:
        return str(self.link)
