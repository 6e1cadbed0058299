"""`python -m tests.bench`: fill a database of its own, measure the pages, hold them against the limits."""

import os
import sys

import django

# The models can be imported once the settings are known.
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
django.setup()

from tests.bench.running import run  # noqa: E402

sys.exit(run(sys.argv[1:]))
