"""What tests of posts and of their nested apps share."""

from typing import Any

import pytest
from django.core import mail

from posts.outbox import delivering
from posts.outbox.models import Delivery


@pytest.fixture
def delivered(db):
    """Do what the task worker does; return the mail that went out since it was last asked."""

    def deliver() -> list[Any]:
        mail.outbox.clear()
        delivering.deliver(Delivery.objects.filter(state="queued").order_by("pk").values_list("pk", flat=True))
        return list(mail.outbox)

    return deliver
