"""How often words stood in comments that moderators approved, and in those that they marked as spam."""

from django.db import models


class WordCount(models.Model):
    """A word is kept as a keyed hash: the counts tell nothing of what people wrote. Key 0 counts whole comments."""

    key = models.BigIntegerField(primary_key=True)
    approved = models.IntegerField(default=0)
    spam = models.IntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.approved} approved, {self.spam} spam"
