"""Who may open what at the desk: every address of it, for every role."""

import re

import pytest
from django.apps import apps
from django.test import Client

from tests.desk import addresses, make_one_of_everything, make_people

pytestmark = pytest.mark.django_db

LETTERS = {
    "reader": "r", "nobody": "n", "Writers": "W", "Editors": "E", "Moderators": "M", "Administrators": "A",
    "superuser": "S",
}  # fmt: skip
EVERYBODY_AT_THE_DESK = "nWEMAS"
# By the names of the addresses, the first that fits; an address that none fits, or that opens to somebody else, fails.
OPEN_TO = [
    # The desk itself, and one's own login.
    (r"index|jsi18n|password_change(_done)?", EVERYBODY_AT_THE_DESK),
    (r"view_on_site", EVERYBODY_AT_THE_DESK),  # leads to the public page
    (r"login|account_login|mfa_authenticate|mfa_login_webauthn|autocomplete", ""),
    (r"mfa_deactivate_totp", ""),  # there is none to be removed
    (r"mfa_\w+|account_reauthenticate|login_(qr|recovery_codes_file|sessions)", EVERYBODY_AT_THE_DESK),
    # Forms that are only sent.
    (r"logout|account_logout|login_end_session|subscriptions_letters_(test|tell)", ""),
    (r"posts_post_(markdown|picture|autosave|drop_unsaved|revoke)", ""),
    # Logs are read, and never changed.
    (r"(posts_postentry|login_loginentry)_(add|delete)", ""),
    (r"posts_postentry_\w+", "EAS"),
    (r"login_loginentry_\w+", "AS"),
    # Posts: writers have their own drafts, see below; moderators read what is public.
    (r"posts_post_changelist", "WEMAS"),
    (r"posts_post_change", "EMAS"),
    (r"posts_post_(delete|history|compare|restore|previews)", "EAS"),
    (r"posts_post_(add|tag_names|clip|known)", "WEAS"),
    (r"posts_post_unsaved", EVERYBODY_AT_THE_DESK),  # one's own, also of who lost the right to write
    (r"posts_post_bulk", ""),  # each has their own
    (r"posts_image_(delete)", "EAS"),
    (r"posts_image_\w+", "WEAS"),
    (r"posts_tag_(all|orphans|look_alikes|synonyms|log)", "WEAS"),
    (r"posts_tag_merge", "EAS"),
    (r"posts_tag_undo", ""),  # nothing is merged
    (r"posts_(tag|category)_(changelist|change|history)", "WEAS"),
    (r"posts_(tag|category)_(add|delete)", "EAS"),
    (r"sources_source_(changelist|change|history)", "WEMAS"),
    (r"sources_source_(add|delete)|links_link_\w+|flatpages_flatpage_\w+", "EAS"),
    (r"wordpress_miss_add", ""),
    (r"redirects_redirect_\w+|wordpress_miss_\w+", "EAS"),
    # Who helps: editors answer for it.
    (r"help_contact_(changelist|change|history)", "WEMAS"),
    (r"help_contact_\w+", "EAS"),
    # Comments: editors read and answer, moderators decide.
    (r"comments_comment_(answer|changelist|change|history)", "EMAS"),
    (r"comments_(comment|entry|policy)_(add|delete)", ""),
    (r"comments_(policy|word|ban|entry)_\w+|comments_discussion_delete", "MAS"),
    (r"comments_discussion_\w+", "EMAS"),
    # Readers' addresses: administrators.
    (r"subscriptions_letters(_html)?|subscriptions_announcement_(changelist|history|change)", "EAS"),
    (r"subscriptions_(subscriber|consent|bounce|entry|announcement|policy)_(add|delete)", ""),
    (r"subscriptions_consent_history", ""),
    (r"subscriptions_\w+", "AS"),
    (r"outbox_delivery_(add|delete|html)|webhooks_call_(add|delete)", ""),
    (r"outbox_\w+|webhooks_\w+", "AS"),
    # What came from WordPress: administrators import, editors read what became of it.
    (r"wordpress_run_add", "AS"),
    (r"wordpress_run_delete", ""),
    (r"wordpress_run_\w+", "EAS"),
    (r"auth_\w+", "AS"),
    # What nobody but a superuser has to do with.
    (r"sites_site_\w+|django_tasks_database_dbtaskresult_changelist", "S"),
    (r"django_tasks_database_\w+", ""),
]

# Lead a stranger elsewhere than to the login: the way out, and what is public anyway.
OPEN_TO_STRANGERS = ("login", "logout", "account_login", "account_logout", "view_on_site")
SENT_BY_ANYBODY = ("login", "logout", "account_login", "account_logout", "password_change")


def expected(name: str) -> str | None:
    return next((roles for pattern, roles in OPEN_TO if re.fullmatch(pattern, name)), None)


def opens(client: Client, address: str) -> bool:
    """Say whether the address answers a page of its own, not a refusal, a login, or the way back to the list."""
    response = client.get(address, follow=True)
    last = response.redirect_chain[-1][0] if response.redirect_chain else address
    is_login = last.partition("?")[0] == "/admin/login/"
    return response.status_code == 200 and not is_login and (last == address or not last.endswith("/admin/"))


def test_every_address_of_the_desk_opens_to_those_whose_business_it_is(client):
    people = make_people()
    post = make_one_of_everything(people["Editors"])
    found = {}
    for name, address in addresses(post).items():
        roles = ""
        for role, person in people.items():
            client.force_login(person)
            roles += LETTERS[role] if opens(client, address) else ""
        found[name] = roles
    assert {name: roles for name, roles in found.items() if roles != expected(name)} == {}


def test_who_is_not_logged_in_finds_nothing_but_the_login(client):
    post = make_one_of_everything(make_people()["Editors"])
    for name, address in addresses(post).items():
        response = client.get(address, follow=True)
        last = response.redirect_chain[-1][0] if response.redirect_chain else address
        is_shut = response.status_code in (403, 404, 405)
        assert "/admin/login/" in last or is_shut or name in OPEN_TO_STRANGERS, address


@pytest.mark.parametrize("role", ["nobody", "Writers", "Moderators", "Editors"])
def test_what_is_sent_to_an_address_that_is_not_open_changes_nothing(client, role):
    people = make_people()
    post = make_one_of_everything(people["Administrators"])
    client.force_login(people[role])
    before = everything()
    for name, address in addresses(post).items():
        if LETTERS[role] not in (expected(name) or "") and name not in SENT_BY_ANYBODY:
            client.post(address, {"post": "yes", "title": "Taken over", "name": "Taken over", "_publish": "x"})
    assert everything() == before


def everything() -> dict[str, list[dict[str, object]]]:
    """Return all rows of all tables but those in which the login keeps its own books."""
    books = ("sessions", "login")
    models = [model for model in apps.get_models() if model._meta.app_label not in books]
    return {model.__name__: list(model._base_manager.order_by("pk").values()) for model in models}
