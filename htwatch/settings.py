"""Settings, all from the environment, in Django's own order.

A missing or malformed setting ends the start with one line that names it; nothing is guessed. The names are
explained in README.md, "Settings". Everything a running site writes lies under `var/` unless told otherwise.
"""

import os
import secrets
import sys
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit
from zoneinfo import ZoneInfo

import environ
import idna
from django.utils.csp import CSP

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
LOOPBACK_HOSTS = ["127.0.0.1", "localhost", "[::1]"]


def setting[T](name: str, parse: Callable[[str], T], default: str | None = None) -> T:
    """Return `parse` of the environment's value, or of `default`; stop with one line where that cannot be."""
    value = os.environ.get(name, default)
    if value is None:
        sys.exit(f"{name}: this setting is missing; README.md, “Settings”, says what it holds.")
    try:
        return parse(value)
    except (ValueError, LookupError, OSError, environ.ImproperlyConfigured) as error:
        sys.exit(f"{name}: {error}")


def switch(value: str) -> bool:
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if value.strip().lower() not in words:
        raise ValueError(f"“{value}” is neither on nor off (write 1 or 0).")
    return words[value.strip().lower()]


def filled(value: str) -> str:
    if not value.strip():
        raise ValueError("this setting is empty.")
    return value.strip()


def choice(*known: str) -> Callable[[str], str]:
    def one_of(value: str) -> str:
        if value not in known:
            raise ValueError(f"“{value}” is not known; it may be {', '.join(known)}.")
        return value

    return one_of


def hosts(value: str) -> list[str]:
    return [host.strip() for host in value.split(",") if host.strip()]


def site_address(value: str) -> str:
    """An http(s) address without a path, such as https://watch.example."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError(f"“{value}” is not an address such as https://watch.example (no path).")
    port = f":{parts.port}" if parts.port is not None else ""  # ValueError where the port is no number
    return f"{parts.scheme}://{host_name(parts.hostname)}{port}"


def host_name(name: str) -> str:
    """Write a host as browsers send it: in punycode (RFC 5891), and an IPv6 address in brackets."""
    if ":" in name:
        return f"[{name}]"
    return name if name.isascii() else idna.encode(name, uts46=True).decode()


def time_zone(value: str) -> str:
    value = filled(value)
    try:
        ZoneInfo(value)
    except (LookupError, OSError) as error:
        raise ValueError(f"“{value}” is not a time zone; write one such as Europe/London.") from error
    return value


def database(value: str) -> dict[str, object]:
    """A database address, sqlite:///file or postgresql://user:password@host:port/name, in Django's own form."""
    scheme = urlsplit(value).scheme
    if scheme not in ("sqlite", "postgres", "postgresql"):
        raise ValueError("it begins with neither sqlite:/// nor postgresql:// and is not understood.")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            config = dict(environ.Env.db_url_config(value))
        except (ValueError, UserWarning) as error:
            # The address may hold a password: say what is wrong, never the address itself.
            raise ValueError(f"it is not an address such as {scheme}://user:password@host:5432/name.") from error
    if config["NAME"] in ("", ":memory:"):
        raise ValueError("it does not name a database that stays.")
    if scheme == "sqlite":
        options = {
            # FULL: what a reader was thanked for outlives a power cut.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32000;",
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
        }
        return {**config, "OPTIONS": options, "CONN_MAX_AGE": None}
    return {**config, "CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}


def mailer(value: str) -> dict[str, object]:
    """Where mail goes: smtp://, smtp+tls:// or smtps://[user:password@]host:port, or file:///folder."""
    parts = urlsplit(value)
    if parts.scheme == "file" and parts.path:
        backend = "django.core.mail.backends.filebased.EmailBackend"
        return {"BACKEND": backend, "OPTIONS": {"file_path": unquote(parts.path)}}
    if parts.scheme not in ("smtp", "smtp+tls", "smtps") or not parts.hostname:
        raise ValueError("it is neither smtp://host:port nor file:///folder.")
    options = {
        "host": parts.hostname,
        "port": parts.port or {"smtp": 25, "smtp+tls": 587, "smtps": 465}[parts.scheme],
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_tls": parts.scheme == "smtp+tls",
        "use_ssl": parts.scheme == "smtps",
        "timeout": 20,
    }
    return {"BACKEND": "posts.outbox.smtp.EmailBackend", "OPTIONS": options}


def rate(value: str) -> float:
    """A number a second, more than nothing."""
    number = float(value)
    if not 0 < number < 100_000:
        raise ValueError(f"“{value}” is no number of letters a second, such as 10.")
    return number


def webhook_secret(value: str) -> str:
    """The user:password with which a mail service comes to tell what became of letters."""
    user, _, password = value.partition(":")
    if value and not (user and password and value.isascii() and value.isprintable() and " " not in value):
        # It is a secret: say what is wrong, never what it is.
        raise ValueError("it is not of the form user:password, in plain letters without a space.")
    if value and not find_spec("anymail"):
        raise ValueError("it needs the package django-anymail, which is not installed.")
    return value


def cache(value: str) -> dict[str, object]:
    config = dict(environ.Env.cache_url_config(filled(value)))
    if "BACKEND" not in config:
        raise ValueError("it does not name a cache.")
    return config


def networks(value: str) -> list[IPv4Network | IPv6Network]:
    """Addresses or networks, with commas between; ValueError says which is none."""
    return [ip_network(part.strip(), strict=False) for part in value.split(",") if part.strip()]


def local_secret_key() -> str:
    """Make and keep a key for a site that nobody but this machine reaches."""
    path = VAR_DIR / "secret-key"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        partial = path.with_name(f"secret-key.{os.getpid()}")
        partial.touch(mode=0o600)
        partial.write_text(secrets.token_urlsafe(50))
        partial.replace(path)
    return path.read_text()


# Core

DEBUG = setting("DEBUG", switch, "off")
SITE_URL = setting("SITE_URL", site_address, "http://127.0.0.1:8000")
SITE_NAME = setting("SITE_NAME", filled, "Human Traffic Watch")
_site_host = host_name(urlsplit(SITE_URL).hostname or "")
_is_local_address = _site_host in LOOPBACK_HOSTS
ALLOWED_HOSTS = setting("ALLOWED_HOSTS", hosts, ",".join(LOOPBACK_HOSTS) if _is_local_address else _site_host)
# Only a site that nobody else can reach makes its own key: on several machines the keys would differ.
_is_local = _is_local_address and set(ALLOWED_HOSTS) <= set(LOOPBACK_HOSTS)
SECRET_KEY = setting(
    "SECRET_KEY", filled, local_secret_key() if _is_local and "SECRET_KEY" not in os.environ else None
)

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sites",
    "django.contrib.flatpages",
    "django.contrib.redirects",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django_tasks_db",
    "allauth.account",
    "allauth.mfa",
    "simple_history",
    "taggit",
    "markdownx",
    "htwatch",
    "htwatch.login",
    "sources",
    "sources.links",
    "posts",
    "posts.outbox",
    "posts.comments",
    "posts.webhooks",
    "posts.help",
    "posts.subscriptions",
    "posts.search",
    "posts.wordpress",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "htwatch.language.LanguageMiddleware",
    "posts.preferences.PreferencesMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "htwatch.login.middleware.SecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    *(["posts.wordpress.middleware.OldAddressMiddleware"] if "posts.wordpress" in INSTALLED_APPS else []),
    "django.contrib.flatpages.middleware.FlatpageFallbackMiddleware",
]

ROOT_URLCONF = "htwatch.urls"
WSGI_APPLICATION = "htwatch.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["django.templatetags.i18n", "posts.templatetags.watch"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.csp",
            ],
        },
    },
]

# Database, cache, background work

DATABASES = {"default": setting("DATABASE_URL", database, f"sqlite:///{VAR_DIR / 'htwatch.sqlite3'}")}
if "DATABASE_URL" not in os.environ:
    VAR_DIR.mkdir(exist_ok=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": setting("CACHE_URL", cache, "locmemcache://")}

TASKS_ENGINE = setting("TASKS_ENGINE", choice("database"), "database")
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# E-mail

MAILERS = {"default": setting("EMAIL_URL", mailer, f"file://{VAR_DIR / 'mail'}")}
# Letters a second that one worker sends, at the most.
EMAIL_RATE = setting("EMAIL_RATE", rate, "100")
# In the names of our mail; an IPv6 address cannot stand there as it is.
MAIL_HOST = "localhost" if _site_host.startswith("[") else _site_host
DEFAULT_FROM_EMAIL = SERVER_EMAIL = f"htwatch@{MAIL_HOST}"
# With one, a mail service may tell at /anymail/… which letters came back.
ANYMAIL_WEBHOOK_SECRET = setting("ANYMAIL_WEBHOOK_SECRET", webhook_secret, "")
if ANYMAIL_WEBHOOK_SECRET:
    INSTALLED_APPS += ["anymail"]
    ANYMAIL = {"WEBHOOK_SECRET": ANYMAIL_WEBHOOK_SECRET}

# Security

_is_https = SITE_URL.startswith("https://")
SECURE_SSL_REDIRECT = _is_https
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _is_https else None
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if _is_https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _is_https
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # the preload list of browsers is a promise each operator makes alone
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _is_https
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "posts.autosaving.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

# Login: the desk's alone, readers have none

LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
SESSION_ENGINE = "htwatch.login.sessions"
# Superusers and the group Administrators must have a second factor.
REQUIRE_SECOND_FACTOR = setting("REQUIRE_SECOND_FACTOR", switch, "off")
# Keeps what was typed into a form that cannot be taken now; returns the address where it is offered again.
KEEP_TYPED = "posts.autosaving.keep_typed"
ACCOUNT_ADAPTER = "htwatch.login.adapters.DeskAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_FORMS = {"login": "htwatch.login.forms.DeskLoginForm"}
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False  # htwatch.login.waiting is the one that counts
ACCOUNT_SESSION_REMEMBER = True
MFA_ADAPTER = "htwatch.login.adapters.SecondFactorAdapter"
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "htwatch.login.forms.CodeForm",
    "reauthenticate": "htwatch.login.forms.CodeAgainForm",
    "activate_totp": "htwatch.login.forms.AppForm",
    "authenticate_webauthn": "htwatch.login.forms.PasskeyForm",
    "reauthenticate_webauthn": "htwatch.login.forms.PasskeyAgainForm",
    "login_webauthn": "htwatch.login.forms.PasskeyLoginForm",
    "add_webauthn": "htwatch.login.forms.AddPasskeyForm",
    "edit_webauthn": "htwatch.login.forms.RenamePasskeyForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute off

# Language and time

LANGUAGES = [("en", "English"), ("ko", "한국어")]
# Of the site: its feeds and letters, and the pages of readers who ask for none of these.
LANGUAGE_CODE = setting("LANGUAGE_CODE", choice("en", "ko"), "en")
LANGUAGE_COOKIE_NAME = "language"
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = setting("TIME_ZONE", time_zone, "UTC")
USE_I18N = True
USE_TZ = True

# Files

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_ROOT = BASE_DIR / "static" / "root"  # what browsers ask for at the top: /favicon.ico
WHITENOISE_MAX_AGE = 365 * 24 * 60 * 60 if not DEBUG else 0
MEDIA_URL = "/media/"
MEDIA_ROOT = setting("MEDIA_ROOT", filled, str(VAR_DIR / "media"))
MEDIA_STORAGE = setting("MEDIA_STORAGE", choice("files"), "files")
STORAGES = {
    # A picture's name is made from its bytes: the same name is the same picture.
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"allow_overwrite": True}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
FILE_UPLOAD_PERMISSIONS = 0o644
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# What the apps bring

# Outlets do not know that there are pages about them; the project does.
ABSOLUTE_URL_OVERRIDES = {"sources.source": lambda source: f"/source/{quote(source.slug)}/"}

SITE_ID = 1
TAGGIT_CASE_INSENSITIVE = True
MARKDOWNX_URLS_PATH = "/admin/posts/post/markdown/"
MARKDOWNX_UPLOAD_URLS_PATH = "/admin/posts/post/picture/"

# The jobs of `tick`, in order: commands that find what is due, safe to run at any time and twice.
TICK_COMMANDS = [
    "recount",
    "bulk",
    *(["remind_moderators"] if "posts.comments" in INSTALLED_APPS else []),
    *(["announce"] if "posts.subscriptions" in INSTALLED_APPS else []),
    *(["call"] if "posts.webhooks" in INSTALLED_APPS else []),
    *(["index"] if "posts.search" in INSTALLED_APPS else []),
    *(["import_due"] if "posts.wordpress" in INSTALLED_APPS else []),
    "deliver",
    "tidy",
    "tidy_logins",
]

# A key switches on that comments are shown to Akismet too; without one, nothing of theirs leaves this site.
AKISMET_KEY = setting("AKISMET_KEY", str.strip, "")

# An address, or a network in CIDR form, that the outside door may reach although it is private: for tests.
FETCH_ALLOW = setting("FETCH_ALLOW", networks, "")

# How often one network may send a form. Off for measuring only.
LIMITS = setting("LIMITS", switch, "on")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # A reader's odd address is no news for the operator.
    "loggers": {
        "django.request": {"level": "ERROR"},
        **{
            f"django.security.{odd}": {"level": "CRITICAL"}
            for odd in ("DisallowedHost", "RequestDataTooBig", "TooManyFieldsSent", "TooManyFilesSent")
        },
    },
}
