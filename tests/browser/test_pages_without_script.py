"""Every kind of page where no script runs."""

import pytest

from tests.browser.pages import looked_at

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.looks
@pytest.mark.usefixtures("demo")
def test_no_page_has_a_fault_that_axe_finds_nor_scrolls_sideways(new_context):
    assert list(looked_at(new_context, scripts=False)) == []
