"""Take a nested app out of INSTALLED_APPS, and all the rest works."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
VISIT = """
import django; django.setup()
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from pathlib import Path
import os, sys
settings.VAR_DIR = Path(sys.argv[1])
call_command("migrate", verbosity=0)
call_command("demo", verbosity=0)
call_command("make_posts", 20, verbosity=0)
call_command("tick")
call_command("check", fail_level="WARNING")
from posts.models import Post
WITHOUT = os.environ["WITHOUT"]
TRACES = {
    "posts.comments": b"/comment/", "posts.subscriptions": b"subscribe", "posts.webhooks": b"webhook",
    "posts.search": b"/search/", "posts.wordpress": b"wordpress", "posts.help": b"/get-help/?country",
}
GONE = {
    "posts.comments": ["/comments/feed/"], "posts.subscriptions": ["/subscribe/"], "posts.webhooks": [],
    "posts.search": ["/search/"], "posts.wordpress": ["/rss/", "/xmlrpc.php"],
    "posts.help": [],
}
client = Client()
post = Post.objects.filter(title__startswith="A fee refunded").get()
for address in ["/", "/tag/north-korea/", "/archive/", "/feed/", "/sitemap.xml", post.get_absolute_url()]:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    assert TRACES[WITHOUT] not in response.content, address
for address in GONE[WITHOUT]:
    assert client.get(address).status_code == 404, address
client.force_login(User.objects.create_superuser("root"))
for address in ["/admin/", f"/admin/posts/post/{post.pk}/change/", "/admin/posts/post/"]:
    assert client.get(address).status_code == 200, address
post.withdraw()
post.delete()
print("fine")
"""


@pytest.mark.parametrize(
    "app", ["posts.comments", "posts.help", "posts.search", "posts.subscriptions", "posts.webhooks", "posts.wordpress"]
)
def test_the_site_runs_without(app, tmp_path):
    result = subprocess.run(
        [sys.executable, "-c", VISIT, str(tmp_path)],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.without",
            "WITHOUT": app,
            "DATABASE_URL": f"sqlite:///{tmp_path / 'site.sqlite3'}",
        },
        capture_output=True,
        text=True,
    )
    assert result.stdout.strip().endswith("fine"), result.stdout + result.stderr
