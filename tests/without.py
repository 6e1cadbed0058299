"""The settings of the tests without one nested app, which the environment's WITHOUT names."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import INSTALLED_APPS, TICK_COMMANDS

JOBS = {
    "posts.comments": "remind_moderators", "posts.subscriptions": "announce", "posts.webhooks": "call",
    "posts.wordpress": "import_due",
}  # fmt: skip

INSTALLED_APPS.remove(os.environ["WITHOUT"])
TICK_COMMANDS.remove(JOBS[os.environ["WITHOUT"]])
