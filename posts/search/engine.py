"""The index of the database that is used."""

from types import ModuleType

from django.db import connection

from posts.search import postgres, sqlite


def engine() -> ModuleType:
    return postgres if connection.vendor == "postgresql" else sqlite
