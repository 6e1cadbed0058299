"""The desk: who is told, and the ledger of what was."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User

from posts.webhooks import calling
from posts.webhooks.models import Call, Endpoint
from tests.posts.webhooks.conftest import make_call, make_endpoint

pytestmark = pytest.mark.django_db

ENDPOINTS, CALLS = "/admin/webhooks/endpoint/", "/admin/webhooks/call/"
FORM = {"name": "Ours", "address": "https://operator.example/told", "kinds": ["post.published"], "is_active": "on"}


@pytest.fixture
def admin_client(client):
    """An administrator by group, and not one who may do everything."""
    user = User.objects.create_user("ada", password="secret", is_staff=True)
    user.groups.set(Group.objects.filter(name="Administrators"))
    client.force_login(user)
    return client


def run(client, address: str, action: str, *rows) -> str:
    data = {"action": action, "_selected_action": [row.pk for row in rows], "index": "0"}
    response = client.post(address, data, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def press(client, address: str, action: str, row, **more: str) -> str:
    """Run an action from a row's own form."""
    page = client.get(f"{address}{row.pk}/change/").content.decode()
    name = re.search(r'<select name="([^"]*action)"', page)[1]
    assert f'value="{action}"' in page
    data = {name: action, "_selected_action": row.pk, "index": "0", **more}
    response = client.post(f"{address}{row.pk}/change/", data, follow=True)
    assert response.status_code == 200
    return response.content.decode()


class TestEndpoints:
    def test_one_is_added_and_has_a_secret_of_its_own(self, admin_client):
        assert "whsec_" not in admin_client.get(f"{ENDPOINTS}add/").content.decode()
        response = admin_client.post(f"{ENDPOINTS}add/", FORM)
        assert response.status_code == 302, response.content.decode()
        endpoint = Endpoint.objects.get()
        assert (endpoint.kinds, endpoint.is_active) == (["post.published"], True)
        assert endpoint.listens_since is not None
        page = admin_client.get(f"{ENDPOINTS}{endpoint.pk}/change/").content.decode()
        assert endpoint.secret.replace("+", "&#x2B;") in page or endpoint.secret in page
        assert "HMAC-SHA256" in page

    def test_lists_do_not_show_the_secret(self, admin_client):
        make_endpoint()
        page = admin_client.get(ENDPOINTS).content.decode()
        assert "https://operator.example/told" in page
        assert "post.published, comment.held" in page
        assert "whsec_" not in page

    def test_who_may_only_look_does_not_see_the_secret(self, client):
        endpoint = make_endpoint()
        user = User.objects.create_user("vi", is_staff=True)
        user.user_permissions.set(
            Group.objects.get(name="Administrators").permissions.filter(codename="view_endpoint")
        )
        client.force_login(user)
        page = client.get(f"{ENDPOINTS}{endpoint.pk}/change/").content.decode()
        assert "operator.example" in page
        assert "whsec_" not in page

    def test_it_is_switched_off_and_on(self, admin_client):
        endpoint = make_endpoint()
        address = f"{ENDPOINTS}{endpoint.pk}/change/"
        admin_client.post(address, {**FORM, "is_active": ""})
        endpoint.refresh_from_db()
        assert (endpoint.is_active, endpoint.listens_since) == (False, None)
        admin_client.post(address, FORM)
        endpoint.refresh_from_db()
        assert endpoint.listens_since is not None

    @pytest.mark.parametrize("fields", [{"kinds": []}, {"kinds": ["x"]}, {"address": "ftp://x.example/"}])
    def test_what_cannot_be_is_said_at_its_field(self, admin_client, fields):
        response = admin_client.post(f"{ENDPOINTS}add/", {**FORM, **fields})
        assert 'class="errorlist"' in response.content.decode()
        assert not Endpoint.objects.exists()

    @pytest.mark.parametrize("how", [run, press])
    def test_a_test_call_is_queued_and_says_so(self, admin_client, how):
        endpoint = make_endpoint()
        place = (admin_client, ENDPOINTS, "send_test", endpoint)
        assert "is queued" in how(*place)
        assert Call.objects.get().kind == "test"

    def test_a_new_secret_asks_first(self, admin_client):
        endpoint = make_endpoint()
        old = endpoint.secret
        page = press(admin_client, ENDPOINTS, "renew_secret", endpoint)
        assert "the one it has now ends at once" in page
        assert old not in page
        endpoint.refresh_from_db()
        assert endpoint.secret == old

    def test_a_new_secret(self, admin_client):
        endpoint = make_endpoint()
        old = endpoint.secret
        page = press(admin_client, ENDPOINTS, "renew_secret", endpoint)
        answer = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
        assert answer.pop("sure") == "1"
        assert answer.pop("_selected_action") == str(endpoint.pk)
        del answer["csrfmiddlewaretoken"]
        assert list(answer.values()) == ["renew_secret"]
        assert "has a new secret" in press(admin_client, ENDPOINTS, "renew_secret", endpoint, sure="1", **answer)
        endpoint.refresh_from_db()
        assert endpoint.secret != old
        assert LogEntry.objects.get().change_message == "Made a new secret."

    def test_a_new_secret_is_made_by_nobody_who_may_only_look(self, client):
        endpoint = make_endpoint()
        old = endpoint.secret
        user = User.objects.create_user("vi", is_staff=True)
        user.user_permissions.set(
            Group.objects.get(name="Administrators").permissions.filter(codename="view_endpoint")
        )
        client.force_login(user)
        data = {"CHANGE_FORM-action": "renew_secret", "_selected_action": endpoint.pk, "sure": "1"}
        client.post(f"{ENDPOINTS}{endpoint.pk}/change/", data)
        endpoint.refresh_from_db()
        assert endpoint.secret == old

    def test_to_delete_one_deletes_its_calls(self, admin_client, receiver, endpoint):
        calling.call([make_call(endpoint).pk])
        response = admin_client.post(f"{ENDPOINTS}{endpoint.pk}/delete/", {"post": "yes"}, follow=True)
        assert "was deleted" in response.content.decode()
        assert not Endpoint.objects.exists()
        assert not Call.objects.exists()

    def test_several_at_once_too(self, admin_client, endpoint):
        make_call(endpoint)
        data = {"action": "delete_selected", "_selected_action": [endpoint.pk], "index": "0", "post": "yes"}
        admin_client.post(ENDPOINTS, data)
        assert not Call.objects.exists()


class TestTheLedger:
    def test_it_is_read_with_what_came_back(self, admin_client, receiver, endpoint):
        receiver.status, receiver.words = 500, b"<b>out of order</b>"
        call = make_call(endpoint)
        calling.call([call.pk])
        assert "It answered 500." in admin_client.get(CALLS, {"endpoint__id__exact": endpoint.pk}).content.decode()
        page = admin_client.get(f"{CALLS}{call.pk}/change/").content.decode()
        assert "&lt;b&gt;out of order" in page
        assert call.webhook_id in page
        assert "whsec_" not in page

    @pytest.mark.parametrize("query", ["state__exact=sent", "kind=test", "q=post.published:1"])
    def test_it_is_filtered(self, admin_client, endpoint, query):
        make_call(endpoint)
        response = admin_client.get(f"{CALLS}?{query}")
        assert response.status_code == 200
        assert ("1 call" in response.content.decode()) == (query == "kind=test")

    def test_nothing_is_added_or_deleted(self, admin_client, endpoint):
        call = make_call(endpoint)
        assert admin_client.get(f"{CALLS}add/").status_code == 403
        assert admin_client.post(f"{CALLS}{call.pk}/delete/", {"post": "yes"}).status_code == 403

    @pytest.mark.parametrize("how", [run, press])
    def test_send_again(self, admin_client, receiver, endpoint, how):
        call = make_call(endpoint)
        calling.call([call.pk])
        assert "1 call queued again" in how(admin_client, CALLS, "send_again", call)
        assert calling.call([call.pk]) == 1
        assert receiver.ids == [call.webhook_id] * 2

    def test_a_long_list_costs_as_many_queries_as_a_short_one(
        self, admin_client, endpoint, django_assert_max_num_queries
    ):
        for _ in range(3):
            make_call(endpoint)
        with django_assert_max_num_queries(12):
            admin_client.get(CALLS)


@pytest.mark.parametrize("address", [ENDPOINTS, f"{ENDPOINTS}add/", CALLS])
def test_editors_and_moderators_see_nothing_of_it(editor_client, moderator, address):
    make_endpoint()
    assert editor_client.get(address).status_code == 403
    assert "Webhooks" not in editor_client.get("/admin/").content.decode()
    editor_client.force_login(moderator)
    assert editor_client.get(address).status_code == 403
