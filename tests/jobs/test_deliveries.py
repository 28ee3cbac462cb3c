"""Webhooks: written with the change, signed, tried again, given up with a word to the admins."""

import json
import socket
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from django.core import mail
from django.db import transaction
from standardwebhooks.webhooks import Webhook as Verifier

from milepost.jobs import addresses, deliveries
from milepost.jobs.addresses import Refused, is_public, reachable
from milepost.jobs.deliveries import deliver
from milepost.okr import actions as okr
from milepost.okr.models import KeyResult
from milepost.rhythm import actions as rhythm
from milepost.workspace import actions
from milepost.workspace.errors import Invalid, NotAllowed, NotFound
from milepost.workspace.models import Delivery, Webhook, WebhookEvent
from milepost.workspace.queries import show_webhook
from tests.people import NOW, Company, build_company

pytestmark = pytest.mark.django_db
URL = "https://receiver.example/hooks"


class Receiver:
    """A program that is told; answers what it is given to answer."""

    def __init__(self, *answers: int | Exception) -> None:
        self.answers = list(answers) or [200]
        self.got: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.got.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer)

    def deliver(self, now: datetime = NOW) -> int:
        return deliver(now=now, transport=httpx.MockTransport(self))


@pytest.fixture(autouse=True)
def _public_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """The receiver's name leads to a public address; no name is looked up for real."""
    monkeypatch.setattr(addresses.socket, "getaddrinfo", _resolver("93.184.216.34"))


def _resolver(*addresses: str) -> Callable[..., list[Any]]:
    return lambda *_args, **_kwargs: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, 443)) for a in addresses]


def hook(company: Company, *events: str) -> tuple[int, str]:
    wanted = events or tuple(WebhookEvent.values)
    return actions.create_webhook(by=company.actor(), url=URL, events=wanted, now=NOW)


def check_in(company: Company, value: float = 80) -> int:
    goal = company.objective()
    draft = okr.CheckInDraft(key_result_id=KeyResult.objects.get(objective_id=goal).pk, value=value, confidence=6)
    return okr.record_check_in(by=company.actor("lead"), draft=draft, now=NOW)


def types() -> list[str]:
    return list(Delivery.objects.order_by("id").values_list("type", flat=True))


def test_a_check_in_is_told_with_a_signature_that_holds(company: Company) -> None:
    _, secret = hook(company, "checkin.created", "key_result.status_changed")
    made = check_in(company)
    assert types() == ["checkin.created", "key_result.status_changed"]
    receiver = Receiver()
    assert receiver.deliver() == 2
    sent = receiver.got[0]
    body = sent.content.decode()
    assert json.loads(body)["data"]["check_in_id"] == made
    signature = sent.headers["webhook-signature"]
    assert signature.startswith("v1,")
    signed = Verifier(secret)
    parsed = f"{sent.headers['webhook-id']}"
    assert signed.sign(parsed, NOW, body) == signature
    assert Verifier("whsec_" + "A" * 44).sign(parsed, NOW, body) != signature
    assert sent.headers["host"] == "receiver.example"
    assert str(sent.url).startswith("https://93.184.216.34/")  # the address that was checked, not the name again
    assert sent.extensions["sni_hostname"] == "receiver.example"
    row = Delivery.objects.order_by("id")[0]
    assert (row.delivered_at, row.status, row.next_at, row.attempts) == (NOW, 200, None, 1)
    assert receiver.deliver() == 0


def test_a_change_that_is_rolled_back_tells_nobody(company: Company) -> None:
    hook(company)
    company.objective()
    before = Delivery.objects.count()
    with pytest.raises(RuntimeError), transaction.atomic():
        check_in(company)
        raise RuntimeError
    assert Delivery.objects.count() == before


def test_every_event_is_told_by_what_causes_it(company: Company) -> None:
    hook(company)
    slug = company.kpi()
    goal = company.objective("Quick", key_results=[okr.KeyResultDraft(title="Reply", kpi=slug, start=48, target=30)])
    by = company.actor("lead")
    values = [okr.NewReading(day=NOW.date() - timedelta(weeks=k), value=28.0 + k % 3) for k in range(40, 12, -1)]
    okr.record_readings(by=by, kpi=slug, readings=values, now=NOW)
    jump = [okr.NewReading(day=NOW.date() - timedelta(weeks=k), value=48.0 + k % 3) for k in range(12, 0, -1)]
    okr.record_readings(by=by, kpi=slug, readings=jump, now=NOW)
    okr.edit_objective(
        by=by, objective_id=goal, now=NOW, reason="Words",
        draft=okr.ObjectiveDraft(title="Quicker", cycle_id=company.cycle, lead_id=company.ids["lead"]),
    )  # fmt: skip
    check_in(company)
    subject = rhythm.Subject(objective_id=goal)
    rhythm.post_comment(by=by, subject=subject, draft=rhythm.CommentDraft(text="Which queue?"), now=NOW)
    company.objective("Draft", activate=False)
    okr.publish_cycle(by=company.actor(), cycle_id=company.cycle, now=NOW)
    late = datetime.fromisoformat("2027-01-04T09:00:00+00:00")
    okr.close_cycle(by=company.actor("admin", late), cycle_id=company.cycle, now=late)
    assert set(types()) == set(WebhookEvent.values)
    recorded = [
        json.loads(b)["data"] for b in Delivery.objects.filter(type="kpi.value_recorded").values_list("body", flat=True)
    ]
    assert [d["count"] for d in recorded] == [28, 12]  # one message a batch
    signal = json.loads(Delivery.objects.filter(type="kpi.signal_detected").latest("id").body)["data"]
    assert signal["level"] > signal["level_before"]


def test_only_what_was_asked_for_is_told_and_only_at_home(company: Company) -> None:
    hook(company, "objective.created")
    check_in(company)
    other = build_company("Other")
    other.objective()
    assert types() == ["objective.created"]


def test_a_message_that_does_not_arrive_is_tried_again_later_and_later(company: Company) -> None:
    hook(company, "checkin.created")
    check_in(company)
    receiver = Receiver(500, httpx.ConnectTimeout("slow"), 302, 200)
    now, waits = NOW, []
    for _ in range(3):
        assert receiver.deliver(now) == 1
        row = Delivery.objects.get()
        assert row.next_at is not None
        waits.append((row.next_at - now).total_seconds())
        assert receiver.deliver(now) == 0  # not before its time
        now = row.next_at
    assert waits == [5, 300, 1800]
    assert Webhook.objects.get().failing_since == NOW
    receiver.deliver(now)
    row = Delivery.objects.get()
    assert (row.delivered_at, row.attempts, row.error) == (now, 4, "")
    assert Webhook.objects.get().failing_since is None
    assert len({request.headers["webhook-id"] for request in receiver.got}) == 1  # the receiver sees a repetition


def test_an_address_that_fails_for_days_is_switched_off_and_the_admins_hear_of_it(company: Company) -> None:
    pk, _ = hook(company, "checkin.created")
    check_in(company)
    receiver, now = Receiver(503), NOW
    while Webhook.objects.get().is_on:
        receiver.deliver(now)
        now += timedelta(hours=6)
        if Delivery.objects.filter(next_at=None).exists() and Webhook.objects.get().is_on:
            actions.replay(by=company.actor(), delivery_id=Delivery.objects.get().pk, now=now)
    assert now - NOW >= timedelta(days=5)
    assert [message.to for message in mail.outbox] == [["admin@acme.example"]]
    assert URL in mail.outbox[0].body
    check_in(company)
    assert Delivery.objects.count() == 1  # nothing is written for who is switched off
    actions.edit_webhook(by=company.actor(), webhook_id=pk, is_on=True, now=now)
    assert show_webhook(company.actor(), pk)["failing_since"] is None


def test_a_mail_to_the_admins_that_does_not_leave_stands_in_the_log(
    company: Company, settings, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: object, *_: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("smtplib.SMTP.connect", refused)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    hook(company, "checkin.created")
    check_in(company)
    Receiver(410).deliver()
    assert not Webhook.objects.get().is_on
    assert f"nobody was told that webhook {URL} is switched off. Nobody listens at" in caplog.text


def test_an_address_that_says_gone_is_switched_off_at_once(company: Company) -> None:
    hook(company, "checkin.created")
    check_in(company)
    Receiver(410).deliver()
    assert not Webhook.objects.get().is_on


def test_a_message_is_sent_again_on_demand(company: Company) -> None:
    hook(company, "checkin.created")
    check_in(company)
    receiver = Receiver()
    receiver.deliver()
    delivery = Delivery.objects.get()
    actions.replay(by=company.actor(), delivery_id=delivery.pk, now=NOW)
    receiver.deliver()
    assert [r.headers["webhook-id"] for r in receiver.got] == [delivery.message_id] * 2
    with pytest.raises(NotFound):
        actions.replay(by=build_company("Other").actor(), delivery_id=delivery.pk, now=NOW)
    with pytest.raises(NotAllowed):
        actions.replay(by=company.actor("lead"), delivery_id=delivery.pk, now=NOW)


def test_a_new_secret_signs_beside_the_old_one_for_a_day(company: Company) -> None:
    pk, old = hook(company, "checkin.created")
    new = actions.rotate_secret(by=company.actor(), webhook_id=pk, now=NOW)
    check_in(company)
    receiver = Receiver()
    receiver.deliver()
    sent = receiver.got[0]
    signatures = sent.headers["webhook-signature"].split(" ")
    expected = [Verifier(s).sign(sent.headers["webhook-id"], NOW, sent.content.decode()) for s in (new, old)]
    assert signatures == expected
    later = NOW + timedelta(days=2)
    actions.replay(by=company.actor(), delivery_id=Delivery.objects.get().pk, now=later)
    receiver.deliver(later)
    assert len(receiver.got[1].headers["webhook-signature"].split(" ")) == 1


def test_secrets_are_kept_encrypted(company: Company, settings) -> None:
    _, secret = hook(company, "checkin.created")
    row = Webhook.objects.get()
    assert secret not in row.secret
    check_in(company)
    settings.SECRET_KEY = "another key"
    Receiver().deliver()
    assert "Make a new one" in Delivery.objects.get().error


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.8",
        "169.254.169.254",
        "192.168.1.1",
        "::1",
        "fe80::1",
        "::ffff:127.0.0.1",
        "0.0.0.0",
        "100.64.0.1",
        "224.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::a00:1",
    ],
)
def test_nothing_is_sent_into_private_networks(
    company: Company, settings, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(addresses.socket, "getaddrinfo", _resolver("93.184.216.34", address))  # one bad is enough
    with pytest.raises(Refused, match="private network"):
        reachable("receiver.example", 443, inside=False)
    assert not is_public(address)
    hook(company, "checkin.created")
    check_in(company)
    receiver = Receiver()
    receiver.deliver()
    assert not receiver.got
    assert "MILEPOST_PRIVATE_WEBHOOKS" in Delivery.objects.get().error
    settings.WEBHOOKS_MAY_STAY_INSIDE = True
    assert reachable("receiver.example", 443, inside=True)


def test_a_dead_workers_messages_are_taken_by_the_next_one(company: Company) -> None:
    hook(company, "checkin.created")
    check_in(company)
    assert len(actions.claim_deliveries(now=NOW)) == 1  # and then it dies
    assert actions.claim_deliveries(now=NOW + timedelta(minutes=1)) == []
    assert len(actions.claim_deliveries(now=NOW + timedelta(minutes=3))) == 1


@pytest.mark.parametrize(
    "url", ["", "ftp://x", "https://", "javascript:alert(1)", "https://u:p@x.example", "https://x\ny", "x" * 600]
)
def test_an_address_that_is_none_is_refused(company: Company, url: str) -> None:
    with pytest.raises(Invalid, match="Write an address"):
        actions.create_webhook(by=company.actor(), url=url, events=["checkin.created"], now=NOW)


def test_old_messages_are_forgotten(company: Company) -> None:
    hook(company, "checkin.created")
    check_in(company)
    Receiver().deliver()
    assert actions.forget_old_deliveries(now=NOW + timedelta(days=20)) == 0
    assert actions.forget_old_deliveries(now=NOW + timedelta(days=31)) == 1


def test_addresses_that_lead_out_are_allowed() -> None:
    for address in ("93.184.216.34", "2606:4700::1111", "::ffff:93.184.216.34"):
        assert is_public(address)


def test_a_test_message_says_only_that(company: Company) -> None:
    pk, _ = hook(company, "objective.closed")
    made = actions.send_test(by=company.actor(), webhook_id=pk, now=NOW)
    receiver = Receiver()
    assert receiver.deliver() == 1
    body = json.loads(receiver.got[0].content)
    assert (body["type"], body["data"]["webhook_id"]) == ("webhook.test", pk)
    assert Delivery.objects.get(pk=made).delivered_at == NOW
    actions.edit_webhook(by=company.actor(), webhook_id=pk, is_on=False, now=NOW)
    with pytest.raises(Invalid, match="switched off"):
        actions.send_test(by=company.actor(), webhook_id=pk, now=NOW)
    with pytest.raises(NotFound):
        actions.send_test(by=build_company("Other").actor(), webhook_id=pk, now=NOW)


def test_an_address_that_does_not_answer_waits_a_minute_with_all_its_messages(company: Company) -> None:
    hook(company, "checkin.created")
    for value in (90, 80, 70):
        check_in(company, value)
    claimed = actions.claim_deliveries(now=NOW, most=1)
    actions.not_delivered(delivery_id=claimed[0].id, status=None, took_ms=10_000, error="slow", now=NOW)
    waits = [(at - NOW).total_seconds() for at in Delivery.objects.order_by("id").values_list("next_at", flat=True)]
    assert waits == [5, 60, 60]
    assert actions.claim_deliveries(now=NOW) == []


def test_a_receiver_that_never_ends_its_answer_holds_nobody_up(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "LONGEST", 0.2)
    let_go = threading.Event()
    hook(company, "checkin.created")
    check_in(company)

    def dribble(_: httpx.Request) -> httpx.Response:
        let_go.wait(20)
        return httpx.Response(200)

    assert deliver(now=NOW, transport=httpx.MockTransport(dribble)) == 1
    let_go.set()
    row = Delivery.objects.get()
    assert (row.delivered_at, row.status, row.attempts) == (None, None, 1)
    assert "no answer" in row.error


def test_a_webhook_deleted_while_its_message_is_on_its_way_is_no_matter(company: Company) -> None:
    pk, _ = hook(company, "checkin.created")
    check_in(company)
    message = actions.claim_deliveries(now=NOW)[0]
    actions.delete_webhook(by=company.actor(), webhook_id=pk, now=NOW)
    actions.delivered(delivery_id=message.id, status=200, took_ms=5, now=NOW)
    assert not actions.not_delivered(delivery_id=message.id, status=500, took_ms=5, error="x", now=NOW)


def test_a_workspace_has_twenty_webhooks_at_most(company: Company) -> None:
    for _ in range(20):
        hook(company)
    with pytest.raises(Invalid, match="at most 20"):
        hook(company)
