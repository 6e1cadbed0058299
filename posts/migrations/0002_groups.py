"""The three groups of the desk, with what each may do."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

GROUPS = {
    "Editors": {
        "posts": ["post", "category", "tag", "tagalias", "image"],
        "sources": ["source", "sourcealias"],
        "links": ["link"],
        "flatpages": ["flatpage"],
    },
    # Comments and subscriptions bring their own permissions; to judge them one sees the posts.
    "Moderators": {},
    "Administrators": {
        "posts": ["post", "category", "tag", "tagalias", "image"],
        "sources": ["source", "sourcealias"],
        "links": ["link"],
        "flatpages": ["flatpage"],
        "auth": ["user", "group"],
    },
}
SEEN_BY_MODERATORS = [("posts", "view_post"), ("sources", "view_source")]


def make_groups(apps, schema_editor):
    # Permissions come after all migrations; the groups need them now.
    for label in ("posts", "sources", "links", "flatpages", "auth", "contenttypes"):
        config = installed.get_app_config(label)
        create_permissions(config, verbosity=0, using=schema_editor.connection.alias)
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    for name, models in GROUPS.items():
        group, _ = Group.objects.get_or_create(name=name)
        for label, names in models.items():
            group.permissions.add(
                *Permission.objects.filter(content_type__app_label=label, content_type__model__in=names)
            )
    moderators = Group.objects.get(name="Moderators")
    for label, codename in SEEN_BY_MODERATORS:
        moderators.permissions.add(*Permission.objects.filter(content_type__app_label=label, codename=codename))


def drop_groups(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=GROUPS).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("posts", "0001_initial"),
        ("sources", "0001_initial"),
        ("links", "0001_initial"),
        ("flatpages", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_groups, drop_groups)]
