from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("posts", "0008_roles")]

    operations = [
        migrations.AddIndex(
            model_name="post",
            index=models.Index(
                fields=["editor", "-updated_at", "-id"], name="post_drafts", condition=models.Q(published_on=None)
            ),
        ),
        migrations.AddIndex(
            model_name="post",
            index=models.Index(fields=["state", "id"], name="post_unpublished", condition=models.Q(published_on=None)),
        ),
        migrations.AddIndex(
            model_name="post",
            index=models.Index(
                fields=["review_on", "id"], name="post_held", condition=models.Q(review_on__isnull=False)
            ),
        ),
    ]
