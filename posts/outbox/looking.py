"""Somebody of the desk looked at the ledger, where addresses stand. Apps whose readers these are note it."""

from django.dispatch import Signal

looked = Signal()  # with `user`, and in `words` at what: numbers, never an address
