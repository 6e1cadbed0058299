import django.db.models.deletion
from django.db import migrations, models

from posts.search import postgres, sqlite

# Whatever changes one of these changes what a post is found by. The column holds the post's number.
TOUCHES = [
    ("search_post_in", "posts_post", "INSERT", "new.id"),
    ("search_post_out", "posts_post", "DELETE", "old.id"),
    (
        "search_post_changed", "posts_post",
        "UPDATE OF title, body_html, excerpt, state, published_at, review_on, source_id", "new.id",
    ),
    ("search_tag_in", "posts_taggedpost", "INSERT", "new.content_object_id"),
    ("search_tag_changed", "posts_taggedpost", "UPDATE OF tag_id", "new.content_object_id"),
    ("search_tag_out", "posts_taggedpost", "DELETE", "old.content_object_id"),
    ("search_category_in", "posts_categoryentry", "INSERT", "new.post_id"),
    ("search_category_out", "posts_categoryentry", "DELETE", "old.post_id"),
]  # fmt: skip


def install(apps, schema_editor):
    engine = postgres if schema_editor.connection.vendor == "postgresql" else sqlite
    for statement in engine.INSTALL:
        _execute(schema_editor, statement)
    for trigger in TOUCHES:
        _execute(schema_editor, engine.touch_trigger(*trigger))
    # What is there already is indexed by the clock.
    _execute(schema_editor, "INSERT INTO search_touched(post_id) SELECT id FROM posts_post")


def remove(apps, schema_editor):
    engine = postgres if schema_editor.connection.vendor == "postgresql" else sqlite
    for name, table, *_ in TOUCHES:
        _execute(schema_editor, engine.drop_touch_trigger(name, table))
    for statement in engine.REMOVE:
        _execute(schema_editor, statement)


def _execute(schema_editor, statement):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(statement.replace("%%", "%"))


class Migration(migrations.Migration):
    initial = True
    dependencies = [("posts", "0011_tag_merges")]
    operations = [
        migrations.CreateModel(
            name="Touched",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("post_id", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="SearchDocument",
            fields=[
                ("position", models.BigIntegerField(primary_key=True, serialize=False)),
                ("title", models.TextField()),
                ("names", models.TextField()),
                ("body", models.TextField()),
                ("labels", models.TextField()),
                (
                    "post",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="posts.post"
                    ),
                ),
            ],
        ),
        migrations.RunPython(install, remove),
    ]
