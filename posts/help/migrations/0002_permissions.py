"""Editors answer for the contacts; writers and moderators look at them."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

LOOKING = ["view_contact"]
ANSWERING = [f"{act}_contact" for act in ("view", "add", "change", "delete")]
GROUPS = {"Editors": ANSWERING, "Administrators": ANSWERING, "Writers": LOOKING, "Moderators": LOOKING}


def give(apps, schema_editor):
    create_permissions(installed.get_app_config("help"), verbosity=0, using=schema_editor.connection.alias)
    Permission = apps.get_model("auth", "Permission")
    for name, codenames in GROUPS.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        group.permissions.add(*Permission.objects.filter(content_type__app_label="help", codename__in=codenames))


class Migration(migrations.Migration):
    dependencies = [("help", "0001_initial"), ("posts", "0008_roles")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
