"""Editors see to old addresses and read what an import did; administrators import."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

SEEING_TO_ADDRESSES = {
    "redirects": [f"{act}_redirect" for act in ("view", "add", "change", "delete")],
    "wordpress": ["view_miss", "change_miss", "delete_miss", "view_run", "view_outcome"],
}
GROUPS = {
    "Editors": SEEING_TO_ADDRESSES,
    "Administrators": {**SEEING_TO_ADDRESSES, "wordpress": [*SEEING_TO_ADDRESSES["wordpress"], "add_run"]},
}


def give(apps, schema_editor):
    # Permissions come after all migrations; the groups need them now.
    for label in SEEING_TO_ADDRESSES:
        create_permissions(installed.get_app_config(label), verbosity=0, using=schema_editor.connection.alias)
    Permission = apps.get_model("auth", "Permission")
    for name, given in GROUPS.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        for label, codenames in given.items():
            group.permissions.add(*Permission.objects.filter(content_type__app_label=label, codename__in=codenames))


class Migration(migrations.Migration):
    dependencies = [("wordpress", "0001_initial"), ("posts", "0002_groups"), ("redirects", "0001_initial")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
