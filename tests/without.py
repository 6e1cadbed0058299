"""The settings of the tests without one nested app, which the environment's WITHOUT names."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import INSTALLED_APPS, MIDDLEWARE, TICK_COMMANDS

WITHOUT = os.environ["WITHOUT"]
JOBS = {
    "posts.comments": "remind_moderators", "posts.subscriptions": "announce", "posts.webhooks": "call",
    "posts.search": "index", "posts.wordpress": "import_due",
}  # fmt: skip

INSTALLED_APPS.remove(WITHOUT)
MIDDLEWARE[:] = [name for name in MIDDLEWARE if not name.startswith(f"{WITHOUT}.")]
TICK_COMMANDS[:] = [job for job in TICK_COMMANDS if job != JOBS.get(WITHOUT)]
