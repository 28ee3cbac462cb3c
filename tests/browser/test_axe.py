"""No page breaks an accessibility rule, in light, in dark and on a phone, and none scrolls sideways."""

import time
from datetime import timedelta

import pytest

from milepost.okr import actions as okr
from milepost.okr.models import KeyResult
from milepost.rhythm import actions as talk
from milepost.workspace import actions as workspace
from tests.browser.conftest import Opener, listen, violations
from tests.people import NOW, PASSWORD, TODAY, Company

PATHS = (
    "week/", "goals/", "goals/?view=attention", "goals/?as=list&group=owner", "goals/?as=map", "goals/?as=chart", "goals/?as=timeline",
    "goals/choose/", "goals/views/", "goals/views/{view}/", "goals/new/", "goals/{goal}/", "goals/{goal}/edit/", "goals/{goal}/close/",
    "goals/{goal}/cancel/", "goals/{goal}/key-results/new/", "goals/{closed}/", "key-results/{key_result}/edit/",
    "check-ins/{check_in}/edit/", "kpis/", "kpis/new/", "kpis/{kpi}/", "kpis/{kpi}/edit/", "kpis/{kpi}/objective/",
    "kpis/{kpi}/import/", "people/", "person/{person}/", "team/{team}/", "team/new/", "team/{team}/edit/", "team/{team}/rhythm/", "settings/",
    "settings/cycles/", "settings/members/", "settings/tokens/", "settings/webhooks/", "settings/audit/", "settings/audit/?verb=amended&first=2026-01-01", "find/?q=first", "more/",
    "feed/", "notifications/", "comments/{comment}/edit/", "goals/{goal}/?timeline=comments", "goals/999999/",
    "goals/{goal}/alignment/", "goals/{goal}/clone/", "goals/{goal}/changes/", "goals/{goal}/template/", "goals/{goal}/guidance/",
    "goals/{goal}/initiatives/new/", "initiatives/{initiative}/", "initiatives/{initiative}/edit/", "key-results/{key_result}/transfer/", "key-results/{key_result}/initiative/",
    "strategy/", "strategy/edit/", "strategy/pillars/new/", "strategy/pillars/{pillar}/edit/", "guidance/", "guidance/?of=kpis", "examples/",
    "examples/?kind=kpi", "cycles/{cycle}/review/", "cycles/{cycle}/retrospective/", "cycles/{cycle}/plan/", "cycles/{cycle}/plan/remarks/",
    "cycles/{cycle}/plan/ask/", "goals/{goal}/send-back/",
    "goals/?cycle={cycle}&on={day}", "goals/?cycle={cycle}&on={day}&against=2026-10-20", "goals/{goal}/?on={day}", "kpis/?on={day}",
)  # fmt: skip
OPEN = (
    "/account/login/",
    "/account/reset/",
    "/account/reset/sent/",
    "/account/signup/",
    "/styleguide/",
    "/api/v1/docs",
)
# The password page comes first in them: the others ask for the password, and it was given just then.
SIGNED_IN = (
    "/workspaces/", "/account/password/", "/account/", "/account/second-step/app/", "/account/second-step/app/remove/",
    "/account/second-step/codes/", "/account/second-step/codes/new/", "/account/second-step/confirm/", "/account/passkeys/new/",
)  # fmt: skip
MODES = ((1440, "light"), (1440, "dark"), (390, "light"))


def furnish(company: Company) -> dict[str, object]:
    """Fill the company with one of everything."""
    slug = company.kpi(group="Customers")
    readings = [
        okr.NewReading(day=TODAY - timedelta(weeks=k), value=(43.0 if k < 9 else 48.0) + k % 3) for k in range(40)
    ]
    okr.record_readings(by=company.actor("lead"), kpi=slug, readings=readings, now=NOW)
    company.kpi("Uptime", unit="%", direction="higher", target=None, lead_id=company.ids["admin"])
    steps = [okr.StepDraft("Rota agreed"), okr.StepDraft("Hired")]
    goal = company.objective(why="Because.", who="admin", key_results=[
        okr.KeyResultDraft(title="First reply time", kpi=slug, start=48, target=30, share=0.4),
        okr.KeyResultDraft(title="Tickets", start=100, target=60, unit="tickets"),
        okr.KeyResultDraft(title="Rota", kind="milestone", steps=steps),
        okr.KeyResultDraft(title="Reopened", kind="keep", high=6, tolerance=2, unit="%"),
    ])  # fmt: skip
    tickets = KeyResult.objects.get(title="Tickets")
    draft = okr.CheckInDraft(
        key_result_id=tickets.pk, value=85, confidence=4, note="Slow", own_word="at_risk", blockers="Rota"
    )
    check_in = okr.record_check_in(by=company.actor(), draft=draft, now=NOW - timedelta(days=9))
    closed = company.objective("Closed one", who="admin")
    key_result = KeyResult.objects.get(objective_id=closed)
    okr.record_check_in(
        by=company.actor(), draft=okr.CheckInDraft(key_result_id=key_result.pk, value=65, confidence=8), now=NOW
    )
    okr.close_objective(by=company.actor(), objective_id=closed, grade=okr.GradeDraft(), key_results={}, now=NOW)
    subject, said = talk.Subject(objective_id=goal), talk.CommentDraft(text="It may slip, @Ada Admin", flag="risk")
    first = talk.post_comment(by=company.actor("lead"), subject=subject, draft=said, now=NOW)
    reply = talk.CommentDraft(text="Say **when**", reply_to=first)
    comment = talk.post_comment(by=company.actor(), subject=subject, draft=reply, now=NOW)
    talk.set_reaction(by=company.actor(), comment_id=first, kind="eyes", now=NOW)
    company.objective("Below it", who="admin", parent_id=goal, counts="both")
    rota = okr.StepDraft("Staffed", due_on=TODAY + timedelta(days=9))
    company.objective("Loose one", key_results=[okr.KeyResultDraft(title="Rota", kind="milestone", steps=[rota])])
    view = okr.save_view(by=company.actor(), name="By owner", query="as=list&group=owner", is_shared=True, now=NOW)
    pillar = workspace.create_pillar(by=company.actor(), name="Customers who stay", perspective="customer", now=NOW)
    workspace.create_pillar(by=company.actor(), name="People who stay", now=NOW)
    work = okr.InitiativeDraft(
        "Write macros", due_on=TODAY - timedelta(days=2), items=[okr.ItemDraft("Count what is asked")]
    )
    initiative = okr.add_initiative(by=company.actor(), objective_id=goal, draft=work, now=NOW)
    company.objective("A draft on a pillar", pillar_id=pillar, activate=False)
    okr.refresh_day(by=company.operator(), now=NOW)
    return {
        "pillar": pillar, "initiative": initiative, "cycle": company.cycle, "day": "2026-11-20",
        "comment": comment,
        "goal": goal, "closed": closed, "key_result": tickets.pk, "check_in": check_in, "kpi": slug,
        "view": view, "person": company.ids["lead"], "team": company.team,
    }  # fmt: skip


@pytest.mark.parametrize(("width", "scheme"), MODES)
def test_no_page_breaks_a_rule(living: Company, open_as: Opener, width: int, scheme: str) -> None:
    ids = furnish(living)
    found: dict[str, object] = {}
    page = open_as("admin", "/account/reauthenticate/", width=width, scheme=scheme)
    faults_of_forms = violations(page)
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.goto("/account/second-step/app/")
    faults_of_forms += violations(page)
    page.fill("#id_code", code_of(page.locator("code").inner_text()))
    page.get_by_role("button", name="Switch it on").click()
    assert page.url.endswith("/account/second-step/codes/")
    paths = [*SIGNED_IN, *(f"/w/{living.slug}/{path.format(**ids)}" for path in PATHS)]
    stranger = open_as(None, "/account/login/", width=width, scheme=scheme)
    for where, addresses in ((page, paths), (stranger, OPEN)):
        for address in addresses:
            where.goto(address)
            wrong = violations(where)
            sideways = where.evaluate("document.documentElement.scrollWidth - innerWidth")
            if wrong or sideways > 0:
                found[address] = [*wrong, f"{sideways} px too wide"] if sideways > 0 else wrong
    assert (found, faults_of_forms) == ({}, [])


def code_of(secret: str) -> str:
    """Return what an authenticator app shows now."""
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def test_the_first_start_breaks_no_rule_and_closes_itself(transactional_db: None, live_server, chromium) -> None:
    heard: list[str] = []
    page = listen(chromium.new_context(base_url=live_server.url).new_page(), heard)
    page.goto("/")
    assert page.url.endswith("/start/")
    assert violations(page) == []
    for name, value in (
        ("workspace_name", "Acme"),
        ("name", "Ada"),
        ("email", "ada@acme.example"),
        ("password", "correct horse battery"),
    ):
        page.fill(f"#id_{name}", value)
    page.get_by_role("button", name="Set up Milepost").click()
    assert page.url.endswith("/w/acme/settings/cycles/")
    assert page.goto("/start/").status == 404
    page.context.close()
    assert heard == []


def test_the_policy_is_in_force_and_its_breaches_are_heard(
    living: Company, open_as: Opener, chromium, live_server
) -> None:
    heard: list[str] = []
    page = listen(chromium.new_context(base_url=live_server.url).new_page(), heard)
    page.goto("/account/login/")
    page.evaluate("""() => {
        document.body.insertAdjacentHTML("beforeend", "<p style='color:red'>x</p><img src=x onerror='window.hit=1'>");
        const script = document.createElement("script");
        script.src = "/static/milepost/js/milepost.js";
        document.body.append(script);
    }""")
    page.wait_for_timeout(300)
    assert page.evaluate("window.hit") is None
    assert any("policy style-src-attr" in line for line in heard)
    assert any("policy script-src-attr" in line for line in heard)  # the handler
    assert any("policy script-src-elem" in line for line in heard)  # a file of our own, but not named by the page
    page.context.close()
