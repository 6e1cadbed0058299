"""Administrators read the ledger of mail, and have failed messages tried again."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations


def give(apps, schema_editor):
    create_permissions(installed.get_app_config("outbox"), verbosity=0, using=schema_editor.connection.alias)
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name="Administrators")
    group.permissions.add(
        *apps.get_model("auth", "Permission").objects.filter(
            content_type__app_label="outbox", codename__in=["view_delivery", "change_delivery"]
        )
    )


class Migration(migrations.Migration):
    dependencies = [("outbox", "0001_initial"), ("posts", "0002_groups")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
