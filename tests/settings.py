"""The settings of the tests: those of the site, with everything that is written going to a folder of its own."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ.setdefault("SECRET_KEY", "only-for-tests")
for _name in (
    "DEBUG", "SITE_URL", "SITE_NAME", "ALLOWED_HOSTS", "TIME_ZONE", "EMAIL_URL", "EMAIL_RATE", "CACHE_URL",
    "MEDIA_ROOT", "ANYMAIL_WEBHOOK_SECRET",
):  # fmt: skip
    os.environ.pop(_name, None)

from htwatch.settings import *  # noqa: E402, F403
from htwatch.settings import DATABASES  # noqa: E402

SITE_URL = "https://watch.example"
MAIL_HOST = "watch.example"
DEFAULT_FROM_EMAIL = "htwatch@watch.example"
MEDIA_ROOT = tempfile.mkdtemp(prefix="htwatch-media-")
STATIC_ROOT = Path(tempfile.mkdtemp(prefix="htwatch-static-"))
if "sqlite3" in str(DATABASES["default"]["ENGINE"]):
    # In a file, for in memory all threads share one connection, and a browser asks for several things at once.
    _in_memory = Path("/dev/shm")  # noqa: S108
    _database = tempfile.mkdtemp(prefix="htwatch-database-", dir=_in_memory if _in_memory.is_dir() else None)
    DATABASES["default"]["TEST"] = {"NAME": f"{_database}/test.sqlite3"}
    atexit.register(shutil.rmtree, _database, ignore_errors=True)
for _folder in (MEDIA_ROOT, STATIC_ROOT):
    atexit.register(shutil.rmtree, _folder, ignore_errors=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"allow_overwrite": True}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
ALLOWED_HOSTS = ["*"]
# A quick hash: tests log in often, and none of them is about hashing.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
