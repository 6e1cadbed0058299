"""Who may publish; and a fourth group, of those who write and hand in."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

PUBLISHERS = ("Editors", "Administrators")
# Of the posts only their own drafts, see posts.admin; `delete` puts such a draft into the trash.
WRITERS = {
    "posts": ["add_post", "change_post", "delete_post", "view_post", "add_image", "view_image", "view_tag", "view_category"],
    "sources": ["view_source"],
}
READERS_OF_THE_LOG = ("Editors", "Administrators")


def give(apps, schema_editor):
    for label in ("posts", "sources"):
        create_permissions(installed.get_app_config(label), verbosity=0, using=schema_editor.connection.alias)
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")

    def permissions(label, *names):
        return Permission.objects.filter(content_type__app_label=label, codename__in=names)

    for name in PUBLISHERS:
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(*permissions("posts", "publish_post", "view_postentry"))
    writers, _ = Group.objects.get_or_create(name="Writers")
    for label, names in WRITERS.items():
        writers.permissions.add(*permissions(label, *names))


def take(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name="Writers").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("posts", "0007_the_desk"),
        ("posts", "0002_groups"),
        ("sources", "0001_initial"),
    ]

    operations = [migrations.RunPython(give, take)]
