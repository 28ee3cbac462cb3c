"""The page of webhooks, as an admin uses it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from milepost.workspace import actions
from milepost.workspace.errors import Invalid
from milepost.workspace.models import Delivery, Webhook, Workspace
from tests.people import NOW, Company, build_company

pytestmark = pytest.mark.django_db
URL = "https://receiver.example/hooks"


@pytest.fixture
def ask(company: Company, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MILEPOST_NOW", NOW.isoformat())
    client = Client()
    client.force_login(company.users["admin"], backend="allauth.account.auth_backends.AuthenticationBackend")
    path = reverse("webhooks", args=[company.slug])

    def send(body: dict[str, object] | None = None, query: str = "") -> tuple[int, str]:
        answer = client.get(path + query) if body is None else client.post(path, body, follow=True)
        return answer.status_code, answer.content.decode()

    return send


def test_a_webhook_is_added_changed_tested_and_deleted(ask) -> None:
    assert "No webhooks" in ask()[1]
    status, page = ask({"url": URL, "events": ["checkin.created"]})
    hook = Webhook.objects.get()
    assert (status, hook.url, hook.events) == (200, URL, ["checkin.created"])
    assert "whsec_" in page
    assert "whsec_" not in ask()[1]  # shown once
    assert 'value="' + URL in ask(query=f"?edit={hook.pk}")[1]
    ask({"do": "change", "webhook": hook.pk, "url": URL + "/2", "events": ["cycle.closed", "checkin.created"]})
    hook.refresh_from_db()
    assert (hook.url, hook.events) == (URL + "/2", ["checkin.created", "cycle.closed"])
    old = hook.secret
    assert "whsec_" in ask({"do": "secret", "webhook": hook.pk})[1]
    hook.refresh_from_db()
    assert (hook.old_secret, hook.secret != old) == (old, True)
    assert "webhook.test" in ask({"do": "test", "webhook": hook.pk})[1]
    assert Delivery.objects.get().next_at == NOW
    assert "switched off" in ask({"do": "off", "webhook": hook.pk})[1]
    assert "Switch it on first" in ask({"do": "test", "webhook": hook.pk})[1]
    assert "switched on" in ask({"do": "on", "webhook": hook.pk})[1]
    assert "deleted" in ask({"do": "delete", "webhook": hook.pk})[1]
    assert not Webhook.objects.exists()


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_saved(ask) -> None:
    for body in ({"url": "ftp://x", "events": ["checkin.created"]}, {"url": URL}, {"url": URL, "events": ["all"]}, {}):
        status, page = ask(body)
        assert (status, Webhook.objects.count()) == (422, 0)
        assert 'class="err"' in page
    ask({"url": URL, "events": ["checkin.created"]})
    pk = Webhook.objects.get().pk
    status, page = ask({"do": "change", "webhook": pk, "url": "https://u:p@x.example", "events": ["checkin.created"]})
    assert (status, Webhook.objects.get().url) == (422, URL)
    assert "without a name or password" in page


def test_the_log_says_how_each_message_went(company: Company, ask) -> None:
    pk, _ = actions.create_webhook(by=company.actor(), url=URL, events=["objective.created"], now=NOW)
    for _ in range(4):
        actions.send_test(by=company.actor(), webhook_id=pk, now=NOW)
    arrived, again, dead, _ = Delivery.objects.order_by("id").values_list("id", flat=True)
    actions.delivered(delivery_id=arrived, status=202, took_ms=84, now=NOW)
    actions.not_delivered(delivery_id=again, status=503, took_ms=9, error="answered 503", now=NOW)
    Delivery.objects.filter(pk=dead).update(attempts=9)
    actions.not_delivered(delivery_id=dead, status=None, took_ms=9, error="ConnectError: refused", now=NOW)
    page = ask()[1]
    for words in ("Delivered, 202", "84&nbsp;ms", "Trying again, 503", "Given up", "ConnectError: refused", "Waiting"):
        assert words in page
    ask({"do": "replay", "webhook": pk, "delivery": dead})
    row = Delivery.objects.get(pk=dead)
    assert (row.next_at, row.attempts) == (NOW, 0)


def test_times_are_read_in_the_zone_of_the_workspace(company: Company, ask) -> None:
    late = NOW.replace(hour=23, minute=30) - timedelta(days=1)
    pk, _ = actions.create_webhook(by=company.actor(), url=URL, events=["objective.created"], now=NOW)
    actions.send_test(by=company.actor(), webhook_id=pk, now=late)
    Workspace.objects.filter(pk=company.workspace_id).update(time_zone="Asia/Tokyo")
    assert f"{NOW:%-d %b}, 08:30:00" in ask()[1]


def test_another_company_does_not_see_or_touch_it(company: Company, ask) -> None:
    other = build_company("Other")
    pk, _ = actions.create_webhook(by=other.actor(), url=URL, events=["objective.created"], now=NOW)
    assert ask(query=f"?log={pk}")[0] == ask(query=f"?edit={pk}")[0] == 404
    for do in ("change", "on", "off", "delete", "secret", "test", "replay"):
        assert ask({"do": do, "webhook": pk, "delivery": 1})[0] == 404
    assert URL not in ask()[1]


def test_a_workspace_has_twenty_webhooks_whatever_others_have(company: Company) -> None:
    def add(to: Company, number: int) -> None:
        actions.create_webhook(by=to.actor(), url=f"{URL}/{number}", events=["checkin.created"], now=NOW)

    for number in range(actions.MOST_WEBHOOKS):
        add(company, number)
    with pytest.raises(Invalid, match="at most 20 webhooks"):
        add(company, 20)
    add(build_company("Other"), 20)
    assert Webhook.objects.count() == actions.MOST_WEBHOOKS + 1
