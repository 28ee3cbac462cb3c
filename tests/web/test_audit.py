"""The audit page: who changed what, in words; narrowed, paged, and taken away as a file that is an event itself."""

import csv
import io
from datetime import datetime, timedelta

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from milepost.exchange import xlsx_out
from milepost.exchange.csv_out import text_of
from milepost.metrics import actions as metrics
from milepost.okr import actions
from milepost.okr.models import KeyResult
from milepost.workspace import actions as workspace
from milepost.workspace.models import Event
from milepost.workspace.queries import place_of_token, verify_trail
from tests.people import NOW, Company

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(company: Company, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setenv("MILEPOST_NOW", (NOW + timedelta(hours=1)).isoformat())
    client = Client()
    client.force_login(company.users["admin"], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def text(client: Client, company: Company, query: str = "") -> str:
    answer = client.get(reverse("audit", args=[company.slug]) + query)
    assert answer.status_code == 200
    return " ".join(
        answer.content.decode()
        .replace('<span class="vh">was </span>', "")
        .replace('<span class="vh">now </span>', "")
        .split()
    )


def amended(company: Company) -> int:
    key_result = KeyResult.objects.get(objective_id=company.objective())
    draft = actions.KeyResultDraft(title=key_result.title, start=100, target=50, lead_id=company.ids["member"])
    actions.edit_key_result(
        by=company.actor("lead"), key_result_id=key_result.pk, draft=draft, reason="Too easy", now=NOW
    )
    return key_result.pk


def test_before_and_after_are_told_in_words_with_a_link_to_the_thing(company: Company, admin: Client) -> None:
    pk = amended(company)
    page = text(admin, company, "?verb=amended")
    assert '<dt>Target</dt><dd><del>60</del><span aria-hidden="true"> → </span><ins>50</ins></dd>' in page
    assert '<dt>Lead</dt><dd><del>Lead Acme</del><span aria-hidden="true"> → </span><ins>Member Acme</ins></dd>' in page
    assert f'#kr-{pk}">Tickets older than 24 h</a>' in page
    assert "Too easy" in page
    assert page.count('<td class="when">') == 1


@pytest.mark.parametrize(
    ("query", "verbs"),
    [
        ("?kind=team", {"created", "changed"}), ("?hand=operator&kind=cycle", {"created"}), ("?kind=token", set()),
        ("?first=2026-11-22&last=2026-11-22", {"amended"}), ("?first=2026-11-23", set()), ("?last=2026-10-01&kind=objective", {"created", "activated"}),
    ],
)  # fmt: skip
def test_the_trail_is_narrowed(company: Company, admin: Client, query: str, verbs: set[str]) -> None:
    amended(company)
    shown = text(admin, company, query).count('<td class="when">')
    body = {pair.split("=")[0]: pair.split("=")[1] for pair in query[1:].split("&")}
    answer = admin.post(reverse("audit_csv", args=[company.slug]), body)
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert {row["What was done"] for row in rows} == verbs
    assert shown == len({row["Number"] for row in rows})


def test_by_person_and_by_token(company: Company, admin: Client) -> None:
    amended(company)
    made = workspace.create_token(by=company.actor(), name="CRM numbers", scopes=["kpi:write"], days=9, now=NOW)
    place, _ = place_of_token(made.secret, now=NOW)
    slug = company.kpi()
    actions.record_readings(by=place.actor, kpi=slug, readings=[actions.NewReading(day=NOW.date(), value=43)], now=NOW)
    page = text(admin, company, "?hand=token")
    assert "by the token CRM numbers" in page
    assert "<dt>16 Nov</dt><dd><ins>43</ins></dd>" in page
    page = text(admin, company, f"?person={company.ids['lead']}")
    assert "Lead Acme" in page and 'scope="row">Ada Admin' not in page


def test_pages_follow_each_other_without_a_gap(company: Company, admin: Client) -> None:
    for number in range(60):
        workspace.create_team(by=company.actor(), name=f"Team {number}", parent_id=None, now=NOW)
    seen: list[int] = []
    query = ""
    for _ in range(3):
        answer = admin.get(reverse("audit", args=[company.slug]) + query)
        seen += [line.sequence for line in answer.context["lines"]]
        query = answer.context["older"]
        if not query:
            break
    assert seen == list(range(max(seen), 0, -1))


def test_a_bad_filter_is_said_beside_its_field(company: Company, admin: Client) -> None:
    answer = admin.get(reverse("audit", args=[company.slug]) + "?first=yesterday&person=99")
    assert answer.status_code == 422
    assert admin.post(reverse("audit_csv", args=[company.slug]), {"first": "yesterday"}).status_code == 400
    assert admin.get(reverse("audit", args=[company.slug]) + "?cursor=nonsense").status_code == 400


def test_taking_the_trail_away_is_an_event_and_no_cell_of_the_file_is_a_formula(
    company: Company, admin: Client
) -> None:
    pk = company.objective('=HYPERLINK("http://x";"y")')
    actions.cancel_objective(by=company.actor("lead"), objective_id=pk, reason="-1+1", now=NOW)
    before = Event.objects.count()
    answer = admin.post(reverse("audit_csv", args=[company.slug]), {"kind": "objective"})
    assert answer["Content-Type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [c for row in rows for c in row if c.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    assert rows[-1][12] == "'-1+1"
    assert rows[-1][8].startswith("'=HYPERLINK")
    exported = Event.objects.order_by("-id")[0]
    assert (exported.verb, exported.kind, exported.data) == ("exported", "audit", {"filters": {"kind": "objective"}})
    assert Event.objects.count() == before + 1
    assert verify_trail(company.workspace_id).wrong == ""


def test_what_is_gone_keeps_its_name_without_a_link(company: Company, admin: Client) -> None:
    pk = workspace.create_team(by=company.actor(), name="Night shift", parent_id=None, now=NOW)
    workspace.delete_team(by=company.actor(), team_id=pk, now=NOW)
    page = text(admin, company, "?kind=team&verb=deleted")
    assert "<b>Night shift</b>" in page


def test_every_kind_of_thing_finds_its_place(company: Company, admin: Client) -> None:
    amended(company)
    slug = company.kpi()
    metrics.add_note(by=company.actor("lead"), slug=slug, day=NOW.date(), text="Form", fiscal_month=1, now=NOW)
    workspace.create_webhook(by=company.actor(), url="https://a.example/h", events=["checkin.created"], now=NOW)
    workspace.create_token(by=company.actor(), name="t", scopes=["read"], days=9, now=NOW)
    workspace.invite(by=company.actor(), label="Noor", role="member", team_id=None, now=NOW)
    page = text(admin, company)
    lines = admin.get(reverse("audit", args=[company.slug])).context["lines"]
    for line in lines:
        if line.address:
            assert admin.get(line.address).status_code == 200, line
    assert {line.kind for line in lines if line.address} == {
        "Objective", "Key result", "KPI", "Cycle", "Team", "Person", "Webhook", "Workspace",
    }  # fmt: skip
    assert "invited <b>Noor</b>" in page


def sheet_of(answer) -> list[list[object]]:
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return [[cell.value for cell in row] for row in book.active.iter_rows()]


def test_the_sheet_has_what_the_csv_has_and_is_an_event_too(company: Company, admin: Client) -> None:
    pk = company.objective('=HYPERLINK("http://x";"y")')
    actions.cancel_objective(by=company.actor("lead"), objective_id=pk, reason="-1+1", now=NOW)
    amended(company)
    before = Event.objects.count()
    answer = admin.post(reverse("audit_xlsx", args=[company.slug]), {"kind": "objective"})
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    assert answer["Content-Disposition"].endswith('-audit-2026-11-22.xlsx"')
    head, *rows = sheet_of(answer)
    exported = Event.objects.order_by("-id")[0]
    assert (exported.verb, exported.kind, exported.data) == ("exported", "audit", {"filters": {"kind": "objective"}})
    assert Event.objects.count() == before + 1
    answer = admin.post(reverse("audit_csv", args=[company.slug]), {"kind": "objective"})
    there, *lines = csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    assert head == there
    assert [[text_of(c) for c in line] for line in lines] == [
        [f"{v:%Y-%m-%dT%H:%M:%SZ}" if isinstance(v, datetime) else "" if v is None else str(v) for v in row]
        for row in rows
    ]
    assert {row[12] for row in rows} >= {"-1+1"}
    assert [row for row in rows if row[8] == '=HYPERLINK("http://x";"y")']


def test_a_trail_that_no_sheet_holds_is_refused_and_is_no_event(company: Company, admin: Client, monkeypatch) -> None:
    monkeypatch.setattr(xlsx_out, "MOST_ROWS", 3)
    before = Event.objects.count()
    answer = admin.post(reverse("audit_xlsx", args=[company.slug]))
    assert answer.status_code == 400
    assert "more than the 3 rows that a sheet holds. Narrow it, or take it as CSV." in answer.content.decode()
    assert admin.post(reverse("audit_xlsx", args=[company.slug]), {"first": "yesterday"}).status_code == 400
    assert Event.objects.count() == before
