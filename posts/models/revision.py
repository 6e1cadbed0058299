"""What a revision keeps beside the columns of the post."""

from django.db import models


class Filing(models.Model):
    """Base of the revisions, which django-simple-history makes from the columns of Post (see REVISIONS there)."""

    # What the post was filed under and cited then, see Post.filed: in words, for tags and pages go on changing.
    filed = models.JSONField(default=dict)

    class Meta:
        abstract = True
