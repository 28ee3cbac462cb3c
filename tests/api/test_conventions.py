"""Tokens, retries, versions, limits and refusals: the conventions that programs rely on."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from milepost.metrics.models import Reading
from milepost.okr.models import CheckIn, KeyResult, Objective
from milepost.workspace import actions
from milepost.workspace.errors import Invalid, NotAllowed
from milepost.workspace.models import ApiToken, Event, IdempotencyKey, Membership
from tests.api.conftest import Calling, read
from tests.people import NOW, Company, build_company

pytestmark = pytest.mark.django_db


def test_a_secret_is_shown_once_and_kept_as_a_hash(company: Company, calling: Calling) -> None:
    caller = calling("lead", "read")
    row = ApiToken.objects.get()
    assert caller.secret.startswith("mp_")
    assert row.token_hash != caller.secret
    assert caller.secret.endswith(row.hint)
    assert caller.ok("GET", "/me")["person_id"] == company.ids["lead"]
    row.refresh_from_db()
    assert row.last_used_at == NOW
    with CaptureQueriesContext(connection) as asked:
        caller.ok("GET", "/me")
    assert not [q for q in asked.captured_queries if q["sql"].startswith("UPDATE")]  # written down once in ten minutes


def test_a_token_without_force_is_refused_the_same_way(company: Company, calling: Calling) -> None:
    expired = calling("lead", "read", days=1, at=NOW - timedelta(days=2))
    ended = calling("lead", "read")
    actions.revoke_token(by=company.actor("lead"), token_id=ApiToken.objects.order_by("-id")[0].pk, now=NOW)
    gone = calling("member", "read")
    Membership.objects.filter(pk=company.ids["member"]).update(removed_at=NOW)
    locked = calling("viewer", "read")
    company.users["viewer"].is_active = False
    company.users["viewer"].save()
    none = calling("lead", "read")
    none.secret = ""
    wrong = calling("lead", "read")
    wrong.secret = "mp_" + "x" * 43
    answers = [caller("GET", "/me") for caller in (expired, ended, gone, locked, none, wrong)]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0]["WWW-Authenticate"].startswith("Bearer")
    assert answers[0]["Content-Type"] == "application/problem+json"


def test_what_is_no_token_is_refused_the_same_way(company: Company, calling: Calling) -> None:
    secret = calling("lead", "read").secret
    odd = ("", secret, f"Basic {secret}", f"Bearer{secret}", "Bearer ü", "Bearer a\0b", "Bearer " + "x" * 5000)
    answers = [Client().get("/api/v1/me", headers={"Authorization": sent}) for sent in odd]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert Client().get("/api/v1/me", headers={"Authorization": f"bearer  {secret} "}).status_code == 200


def test_scopes_hold_inside_what_the_holder_may_do(company: Company, calling: Calling) -> None:
    reader = calling("admin", "read")
    answer = reader("POST", "/cycles", {"name": "Q1", "first_day": "2027-01-01", "last_day": "2027-03-31"})
    assert answer.status_code == 403
    assert "admin" in read(answer)["detail"]
    with pytest.raises(Invalid, match="cannot give"):
        actions.create_token(by=company.actor("viewer"), name="x", scopes=["goal:write"], days=1, now=NOW)
    with pytest.raises(NotAllowed):
        actions.create_token(by=company.actor("lead"), name="x", scopes=["read"], days=1, for_workspace=True, now=NOW)
    lead = calling("lead")
    theirs = company.objective("Theirs", who="member")
    assert lead("PATCH", f"/objectives/{theirs}", {"title": "Mine", "reason": "x"}).status_code == 403


def test_the_token_of_a_workspace_writes_values_and_checks_in_for_nobody(company: Company, calling: Calling) -> None:
    robot = calling("admin", "read", "kpi:write", "checkin:write", own=False)
    assert robot.ok("GET", "/me")["person_id"] is None
    kpi = company.kpi()
    assert robot.ok("POST", f"/kpis/{kpi}/readings", {"period": "2026-W46", "value": 43})["written"] == 1
    assert Reading.objects.get().source == "api"
    assert Event.objects.filter(verb="recorded").get().actor_kind == "token"
    key = KeyResult.objects.get(objective_id=company.objective()).pk
    answer = robot("POST", "/check-ins", {"key_result_id": key, "value": 80, "confidence": 5})
    assert (answer.status_code, CheckIn.objects.count()) == (422, 0)
    assert "from a person" in read(answer)["detail"]


def test_a_retry_with_its_key_acts_once(company: Company, calling: Calling) -> None:
    lead = calling("lead")
    body = {"title": "Once", "cycle_id": company.cycle, "key_results": [{"title": "K", "start": 0, "target": 1}]}
    first = lead("POST", "/objectives", body, Idempotency_Key="abc")
    second = lead("POST", "/objectives", body, Idempotency_Key="abc")
    assert (first.status_code, second.status_code, first.content) == (201, 201, second.content)
    assert second["Idempotent-Replayed"] == "true"
    assert (first["ETag"], first["Location"]) == (second["ETag"], second["Location"])
    assert Objective.objects.filter(title="Once").count() == 1
    other = lead("POST", "/objectives", body | {"title": "Another"}, Idempotency_Key="abc")
    assert (other.status_code, read(other)["errors"][0]["field"]) == (422, "Idempotency-Key")
    assert lead("POST", "/objectives", {"title": ""}, Idempotency_Key="bad").status_code == 422
    assert not IdempotencyKey.objects.filter(key="bad").exists()  # a refusal may be mended and sent again
    mended = lead("POST", "/objectives", body | {"title": "Mended"}, Idempotency_Key="bad")
    assert mended.status_code == 201
    assert actions.forget_old_answers(now=NOW + timedelta(hours=25)) == 2
    for key in ("", "x" * 256, "a\tb"):
        assert lead("POST", "/objectives", body, Idempotency_Key=key or " ").status_code in {201, 422}


def test_keys_of_two_tokens_do_not_meet(company: Company, calling: Calling) -> None:
    kpi = company.kpi()
    for who in ("lead", "admin"):
        caller = calling(who)
        answer = caller("POST", f"/kpis/{kpi}/readings", {"period": "2026-W46", "value": 43}, Idempotency_Key="k")
        assert answer.status_code == 200
        assert "Idempotent-Replayed" not in answer


def test_nobody_is_overwritten_unseen(company: Company, calling: Calling) -> None:
    goal = company.objective()
    lead = calling("lead")
    seen = lead("GET", f"/objectives/{goal}")["ETag"]
    assert lead("PATCH", f"/objectives/{goal}", {"title": "First", "reason": "x"}, If_Match=seen).status_code == 200
    late = lead("PATCH", f"/objectives/{goal}", {"title": "Second", "reason": "x"}, If_Match=seen)
    assert late.status_code == 412
    assert read(late)["version"] == read(lead("GET", f"/objectives/{goal}"))["version"]
    assert Objective.objects.get(pk=goal).title == "First"
    for wrong in ("yesterday", '"x-1"', "9" * 40):
        assert lead("PATCH", f"/objectives/{goal}", {"title": "No", "reason": "x"}, If_Match=wrong).status_code == 400
    assert lead("PATCH", f"/objectives/{goal}", {"title": "Any", "reason": "x"}, If_Match="*").status_code == 200


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("/kpis/first-reply-time", {"group": "Customers"}), ("/cycles/{cycle}", {"name": "Autumn"}),
        ("/teams/{team}", {"name": "Help"}), ("/workspace", {"name": "Acme & Co"}),
        ("/key-results/{key}", {"target": 40, "reason": "x"}),
    ],
)  # fmt: skip
def test_every_versioned_thing_keeps_its_word(
    company: Company, calling: Calling, path: str, change: dict[str, object]
) -> None:
    company.kpi()
    key = KeyResult.objects.get(objective_id=company.objective()).pk
    where = path.format(cycle=company.cycle, team=company.team, key=key)
    admin = calling("admin")
    etag = admin("GET", where)["ETag"]
    assert admin("GET", where, If_None_Match=etag).status_code == 304
    changed = admin("PATCH", where, change, If_Match=etag)
    assert changed.status_code == 200, changed.content
    assert changed["ETag"] != etag
    assert admin("PATCH", where, change, If_Match=etag).status_code == 412
    assert admin("GET", where, If_None_Match=etag).status_code == 200


def test_what_is_left_of_the_minute_is_told_and_then_refused(company: Company, calling: Calling, settings) -> None:
    settings.API_REQUESTS_A_MINUTE = 3
    caller = calling("lead", "read")
    left = [caller("GET", "/me") for _ in range(4)]
    assert [answer.status_code for answer in left] == [200, 200, 200, 429]
    assert [answer["RateLimit-Remaining"] for answer in left] == ["2", "1", "0", "0"]
    assert int(left[3]["Retry-After"]) <= 60
    assert read(left[3])["title"] == "Too many requests"
    assert calling("admin", "read")("GET", "/me").status_code == 200  # each token has its own


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "field"),
    [
        ("POST", "/check-ins", {"key_result_id": "one", "confidence": 5}, 422, "body"),
        ("POST", "/cycles", {"name": "Q", "first_day": "soon", "last_day": "2027-03-31"}, 422, "body.first_day"),
        ("POST", "/cycles", {"name": "Q", "colour": "red"}, 422, "body.colour"),
        ("GET", "/objectives?limit=100000", None, 422, "query.limit"),
        ("GET", "/objectives?page=2", None, 422, "page"),
        ("GET", "/objectives?sort=score", None, 422, "query.sort"),
        ("GET", "/objectives?cursor=nonsense", None, 422, "cursor"),
        ("GET", "/objectives?cursor=WyJ0aXRsZSIsMSwxXQ", None, 422, "cursor"),
        ("POST", "/kpis/first-reply-time/readings", {"period": "2027-W01", "value": 1}, 422, "period"),
        ("POST", "/kpis/first-reply-time/readings", {"period": "never", "value": 1}, 422, None),
        ("POST", "/kpis/first-reply-time/readings", {"period": "2026-W46"}, 422, None),
        ("POST", "/kpis/first-reply-time/readings", {"period": "2026-W46", "numerator": 1}, 422, None),
        ("POST", "/kpis/first-reply-time/readings", b'{"value": NaN}', 400, None),
        ("POST", "/kpis/first-reply-time/readings", b'{"value": 1e400}', 400, None),
        ("POST", "/kpis/first-reply-time/readings", b"{", 400, None),
        ("POST", "/kpis/first-reply-time/readings", b"\xff\xfe", 400, None),
        ("POST", "/kpis/first-reply-time/readings", [{"value": 1}, {"value": "x"}], 422, "body.1.value"),
        ("POST", "/kpis/first-reply-time/readings", [], 422, "body"),
        ("POST", "/kpis", {"name": "a\0b"}, 422, "body.name"),
        ("POST", "/kpis", {"name": "x" * 1_000_000}, 422, "body.name"),
        ("POST", "/teams", {"name": "a\nb"}, 422, "name"),
        ("GET", "/objectives/99999999999999999999999", None, 422, "path.objective_id"),
        ("GET", "/objectives/one", None, 422, "path.objective_id"),
        ("GET", "/nothing", None, 404, None),
        ("PUT", "/objectives", None, 405, None),
    ],
)  # fmt: skip
def test_what_is_wrong_is_a_problem_with_its_field(
    company: Company, calling: Calling, method: str, path: str, body: object, status: int, field: str | None
) -> None:
    company.kpi()
    answer = calling("admin")(method, path, body)
    said = read(answer)
    assert answer.status_code == status, said
    assert answer["Content-Type"] == "application/problem+json"
    assert said["status"] == status
    assert said["detail"]
    if field is not None:
        assert any(e["field"].startswith(field) for e in said["errors"]), said


def test_a_body_over_the_limit_is_refused_before_it_is_read(company: Company, calling: Calling) -> None:
    company.kpi()
    answer = calling("admin")("POST", "/kpis/first-reply-time/readings", b" " * (6 * 1024 * 1024))
    assert answer.status_code == 413
    assert "6,291,456 bytes" in read(answer)["detail"]


def test_a_foreign_id_answers_exactly_like_a_missing_one(company: Company, calling: Calling) -> None:
    other = build_company("Other")
    theirs = {"objectives": other.objective("Theirs"), "cycles": other.cycle, "teams": other.team}
    theirs |= {"people": other.ids["lead"], "kpis": other.kpi("Theirs alone")}
    theirs["key-results"] = KeyResult.objects.get(objective_id=theirs["objectives"]).pk
    admin = calling("admin")
    for noun, pk in theirs.items():
        foreign, missing = (
            admin("GET", f"/{noun}/{pk}"),
            admin("GET", f"/{noun}/{'none' if noun == 'kpis' else 999999}"),
        )
        assert (foreign.status_code, foreign.content) == (404, missing.content), noun
    body = {"title": "x", "cycle_id": other.cycle}
    assert admin("POST", "/objectives", body).status_code == 404
    assert Client().get("/api/v1/objectives").status_code == 401


def test_a_batch_is_one_event_and_one_refresh(company: Company, calling: Calling) -> None:
    kpi = company.kpi()
    lead = calling("lead")
    values = [{"period": f"2026-W{week}", "value": 40 + week % 5} for week in range(10, 47)]
    stored = lead.ok("POST", f"/kpis/{kpi}/readings", values)
    assert (stored["written"], stored["unchanged"], stored["kpi"]["value"]) == (37, 0, 41)
    again = lead.ok("POST", f"/kpis/{kpi}/readings", values)
    assert (again["written"], again["unchanged"]) == (0, 37)
    assert Event.objects.filter(verb="recorded").get().data["count"] == 37
    bad = lead("POST", f"/kpis/{kpi}/readings", [*values[:3], {"period": "2026-W60", "value": 1}])
    assert (bad.status_code, Reading.objects.count()) == (422, 37)
    taken = lead.ok("POST", f"/kpis/{kpi}/readings", {"period": "2026-W46", "value": None})
    assert taken["kpi"]["value"] == 40
    page = lead.ok("GET", f"/kpis/{kpi}/readings?limit=2")
    assert [r["value"] for r in page["items"]] == [None, 41]
