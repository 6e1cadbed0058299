"""The settings of the bench: those of the site in production, everything written going to a folder that is removed.

The database is the server's that DATABASE_URL names, in a database of its own; without DATABASE_URL it is SQLite.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

FOLDER = Path(tempfile.mkdtemp(prefix="htwatch-bench-"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)

for _name in ("DEBUG", "SITE_URL", "SITE_NAME", "ALLOWED_HOSTS", "TIME_ZONE", "CACHE_URL"):
    os.environ.pop(_name, None)
os.environ |= {"SECRET_KEY": "only-for-the-bench", "MEDIA_ROOT": str(FOLDER), "EMAIL_URL": f"file://{FOLDER}/mail"}
os.environ.setdefault("DATABASE_URL", f"sqlite:///{FOLDER}/unused.sqlite3")

from htwatch.settings import *  # noqa: E402, F403
from htwatch.settings import DATABASES  # noqa: E402

STATIC_ROOT = FOLDER / "static"
_is_sqlite = DATABASES["default"]["ENGINE"].endswith("sqlite3")
DATABASES["default"]["TEST"] = {
    "NAME": str(FOLDER / "bench.sqlite3") if _is_sqlite else f"htwatch_bench_{os.getpid()}"
}
