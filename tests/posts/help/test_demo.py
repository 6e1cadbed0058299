"""The demo's contacts: in several countries, one to be verified, one hidden, none of them anybody's."""

import pytest

from posts.help import demo
from posts.help.models import Contact, State

pytestmark = pytest.mark.django_db


def test_it_has_something_for_the_desk_to_show(client):
    demo.fill()
    assert Contact.objects.count() == 14
    assert Contact.objects.in_state(State.DUE).count() == 1
    hidden = Contact.objects.hidden().get()
    html = client.get("/get-help/").content.decode()
    assert html.count('<article class="contact"') == 13
    assert hidden.name not in html


def test_nobody_has_their_addresses():
    demo.fill()
    for contact in Contact.objects.all():
        for address in (contact.web_host, contact.chat_host, contact.email):
            assert address == "" or address.endswith(".example")
