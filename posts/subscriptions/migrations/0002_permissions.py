"""Administrators moderate subscriptions; editors look at letters before they go, and may have one told again."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

MODERATING = ["view_subscriber", "change_subscriber", "moderate_subscriber", "view_entry", "view_policy", "change_policy",
              "view_announcement", "add_announcement", "view_bounce",
              *(f"{act}_block" for act in ("view", "add", "change", "delete"))]
GROUPS = {"Editors": ["view_announcement", "add_announcement"], "Administrators": MODERATING}


def give(apps, schema_editor):
    # Permissions come after all migrations; the groups need them now.
    create_permissions(installed.get_app_config("subscriptions"), verbosity=0, using=schema_editor.connection.alias)
    Permission = apps.get_model("auth", "Permission")
    for name, codenames in GROUPS.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        group.permissions.add(
            *Permission.objects.filter(content_type__app_label="subscriptions", codename__in=codenames)
        )


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0001_initial"), ("posts", "0002_groups")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
