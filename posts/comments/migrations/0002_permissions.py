"""What the three groups of the desk may do with comments."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

MODERATING = ["view_comment", "change_comment", "moderate_comment", "add_comment", "view_entry", "view_policy",
              "change_policy", *(f"{act}_{model}" for model in ("word", "ban", "discussion")
                                 for act in ("view", "add", "change", "delete"))]
GROUPS = {
    "Editors": ["view_comment", "add_comment", "view_discussion", "add_discussion", "change_discussion"],
    "Moderators": MODERATING,
    "Administrators": MODERATING,
}


def give(apps, schema_editor):
    # Permissions come after all migrations; the groups need them now.
    create_permissions(installed.get_app_config("comments"), verbosity=0, using=schema_editor.connection.alias)
    Permission = apps.get_model("auth", "Permission")
    for name, codenames in GROUPS.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        group.permissions.add(*Permission.objects.filter(content_type__app_label="comments", codename__in=codenames))


class Migration(migrations.Migration):
    dependencies = [("comments", "0001_initial"), ("posts", "0002_groups")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
