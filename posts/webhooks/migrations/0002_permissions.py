"""Administrators say who is told, and read the ledger of what was."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

GIVEN = [*(f"{act}_endpoint" for act in ("view", "add", "change", "delete")), "view_call", "change_call", "view_answer"]


def give(apps, schema_editor):
    create_permissions(installed.get_app_config("webhooks"), verbosity=0, using=schema_editor.connection.alias)
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name="Administrators")
    group.permissions.add(
        *apps.get_model("auth", "Permission").objects.filter(content_type__app_label="webhooks", codename__in=GIVEN)
    )


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0001_initial"), ("posts", "0002_groups")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
