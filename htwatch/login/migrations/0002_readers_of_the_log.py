"""Administrators read the log of logins."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations


def give(apps, schema_editor):
    # Permissions come after all migrations; the group needs this one now.
    create_permissions(installed.get_app_config("login"), verbosity=0, using=schema_editor.connection.alias)
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name="Administrators")
    Permission = apps.get_model("auth", "Permission")
    group.permissions.add(*Permission.objects.filter(content_type__app_label="login", codename="view_loginentry"))


class Migration(migrations.Migration):
    dependencies = [
        ("login", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
