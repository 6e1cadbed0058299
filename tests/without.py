"""The settings of the tests without one nested app, which the environment's WITHOUT names."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import INSTALLED_APPS, TICK_COMMANDS

INSTALLED_APPS.remove(os.environ["WITHOUT"])
TICK_COMMANDS.remove("remind_moderators")
