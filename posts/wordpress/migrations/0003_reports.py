"""A report is paged through, and what wants a hand is counted on the desk's first page."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wordpress", "0002_permissions")]

    operations = [
        migrations.AddIndex("outcome", models.Index(fields=["run", "id"], name="outcome_order")),
        migrations.AddIndex(
            "outcome", models.Index(condition=models.Q(("wants_hand", True)), fields=["run", "id"], name="outcome_hand")
        ),
    ]
