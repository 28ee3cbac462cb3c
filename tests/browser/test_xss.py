"""Hundreds of hostile texts in every field that people fill, shown by a real browser: nothing runs."""

import os
from dataclasses import dataclass, field
from urllib.parse import quote

from playwright.sync_api import Page

from milepost.core.target import Target, TargetRule
from milepost.metrics import actions as metrics
from milepost.okr import actions as okr
from milepost.okr.models import KeyResult
from milepost.rhythm import actions as talk
from milepost.workspace import actions as workspace
from milepost.workspace.models import User, Workspace
from milepost.workspace.queries import show_rules
from tests.browser.conftest import Opener
from tests.people import NOW, TODAY, Company
from tests.support.payloads import PAYLOADS

# A round shows one page of each kind, every field of it with another text. `make qa` goes all the way round, so
# that each text stands in each field once.
ROUNDS = min(len(PAYLOADS), int(os.environ.get("MILEPOST_XSS_ROUNDS", "11")))
LISTED = min(len(PAYLOADS), max(60, ROUNDS))

# Elements that no page of ours has, and that a text would have to make to do harm.
LOOK = """() => {
    const wrong = [];
    for (const s of document.scripts) if (!s.nonce) wrong.push("script " + s.outerHTML.slice(0, 80));
    for (const e of document.querySelectorAll("iframe,object,embed,base,img,video,audio,math,template,animate,body style,body link,form[action^='//']"))
        wrong.push(e.outerHTML.slice(0, 80));
    for (const e of document.querySelectorAll("*")) for (const a of e.attributes)
        if (/^on|^hx-on|^data-hx|^style$/.test(a.name) || /^\\s*(javascript|data|vbscript):/i.test(a.value) && /href|src|action/.test(a.name))
            wrong.push(a.name + " of " + e.outerHTML.slice(0, 80));
    if (window.hit) wrong.push("it ran");
    return wrong;
}"""


def one_line(text: str, most: int = 120) -> str:
    """Return a text as a name may be: such a name is refused with line ends, and cut where fields end."""
    return " ".join(text.split()).replace("\u2028", "").replace("\u2029", "")[:most].strip() or "x"


@dataclass
class Watch:
    page: Page
    pages: int = 0
    shown: set[tuple[str, int]] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def visit(self, path: str) -> str:
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        self.pages += 1
        self.wrong += [f"{path}: {found}" for found in self.page.evaluate(LOOK)]
        return self.page.content()


def text(number: int) -> str:
    return PAYLOADS[number % len(PAYLOADS)]


def test_there_are_enough_of_them() -> None:
    assert len(PAYLOADS) >= 350


def test_no_text_runs_anywhere(living: Company, open_as: Opener) -> None:
    admin = living.actor()
    page = open_as("admin", f"/w/{living.slug}/week/")
    watch = Watch(page)

    def opened(dialog) -> None:
        watch.wrong.append(f"a dialog on {page.url}")
        dialog.dismiss()

    page.on("dialog", opened)
    for number in range(0, len(PAYLOADS), len(PAYLOADS) // LISTED):
        name = one_line(text(number), 100)
        watch.shown |= {("lists", number)}
        workspace.create_team(by=admin, name=f"{number} {name}", parent_id=None, now=NOW)
        workspace.create_token(by=admin, name=name, scopes=["read"], days=1, now=NOW)
        workspace.invite(by=admin, label=name, role="viewer", team_id=None, now=NOW)
        workspace.add_member(
            by=admin,
            email=f"p{number}@acme.example",
            name=name,
            role="viewer",
            password="correct horse battery",
            now=NOW,
        )
        okr.create_cycle(
            by=admin, name=one_line(f"{number} {text(number)}", 60), first_day=TODAY, last_day=TODAY, now=NOW
        )
    for path in ("people/", "settings/members/", "settings/tokens/", "settings/cycles/", "goals/new/", "kpis/new/"):
        watch.visit(f"/w/{living.slug}/{path}")
    for number in range(0, len(PAYLOADS), len(PAYLOADS) // ROUNDS):
        round_of_pages(living, watch, number)
    goals, board = watch.visit(f"/w/{living.slug}/goals/"), watch.visit(f"/w/{living.slug}/kpis/")
    assert "alert(1)" in goals  # it is shown, as text
    assert "alert(1)" in board
    watch.visit(f"/w/{living.slug}/week/")
    watch.visit(f"/w/{living.slug}/goals/?view=attention")
    assert watch.wrong == []
    assert len({number for _, number in watch.shown}) >= 200
    assert watch.pages > 10 * ROUNDS


def round_of_pages(company: Company, watch: Watch, number: int) -> None:
    """Fill one of everything with texts, each field with another one, and look at all of its pages."""

    def take(kind: str, offset: int) -> str:
        index = (number + offset * 29) % len(PAYLOADS)
        watch.shown.add((kind, index))
        return PAYLOADS[index]

    lead = company.actor("lead")
    Workspace.objects.filter(pk=company.workspace_id).update(name=one_line(take("workspace", 0)))
    User.objects.filter(pk=company.users["lead"].pk).update(name=one_line(take("person", 1)))
    steps = [okr.StepDraft(one_line(take("step", 2))), okr.StepDraft("Other")]
    goal = company.objective(
        one_line(take("title", 3), 200),
        why=f"{take('why', 4)}\n\n{take('why', 5)}\n\n- {one_line(take('why', 6), 900)}",
        key_results=[
            okr.KeyResultDraft(title=one_line(take("key result", 7), 200), start=100, target=60),
            okr.KeyResultDraft(title="Steps", kind="milestone", steps=steps),
        ],
    )
    key_result = KeyResult.objects.filter(objective_id=goal, kind="reach").get()
    draft = okr.CheckInDraft(
        key_result_id=key_result.pk,
        value=85,
        confidence=4,
        note=take("note", 8),
        own_word="at_risk",
        blockers=take("blockers", 9),
    )
    check_in = okr.record_check_in(by=lead, draft=draft, now=NOW)
    kpi = company.kpi(
        one_line(f"{number} {take('kpi', 10)}", 100), description=take("description", 11),
        group=one_line(take("group", 12), 60), unit=one_line(take("unit", 13), 20),
        target=Target(TargetRule.AT_MOST, high=30, as_given=one_line(take("target", 20), 200)),
    )  # fmt: skip
    okr.record_readings(by=lead, kpi=kpi, readings=[okr.NewReading(day=TODAY, value=41.0)], now=NOW)
    metrics.add_note(by=lead, slug=kpi, day=TODAY, text=one_line(take("kpi note", 14), 200), fiscal_month=1, now=NOW)
    reason = one_line(take("reason", 15), 500)
    edited = okr.KeyResultDraft(title=key_result.title, start=100, target=50)
    okr.edit_key_result(by=lead, key_result_id=key_result.pk, draft=edited, reason=reason, now=NOW)
    made_of = okr.KeyResultDraft(
        title="Made of it", kind="children", combine="mean", parts=[okr.PartDraft(key_result.pk)]
    )
    above = company.objective(one_line(take("parent", 21), 200), key_results=[made_of])
    whole = KeyResult.objects.get(objective_id=above)
    okr.set_override(by=lead, key_result_id=whole.pk, score=0.4, why=one_line(take("override", 22), 500), now=NOW)
    calculated = company.kpi(f"{number} calculated", formula=f"[{kpi}] × 2", lead_id=company.ids["lead"])
    there = show_rules(company.actor())
    rules = okr.patched_rules(there, {"on_track": -0.11 if there["on_track"] == -0.10 else -0.10})
    okr.change_rules(by=company.actor(), draft=rules, reason=one_line(take("rules", 23), 500), now=NOW)
    subject = talk.Subject(objective_id=goal)
    said = talk.CommentDraft(text=f"{take('comment', 24)}\n\n@[{company.ids['lead']}]", flag="risk")
    first = talk.post_comment(by=lead, subject=subject, draft=said, now=NOW)
    answer = talk.CommentDraft(text=f"@[{company.ids['lead']}] {take('reply', 25)}", reply_to=first)
    reply = talk.post_comment(by=company.actor(), subject=subject, draft=answer, now=NOW)
    talk.set_reaction(by=lead, comment_id=reply, kind="heart", now=NOW)
    about_kpi = talk.CommentDraft(text=f"{take('kpi comment', 26)} @Ada Admin")
    talk.post_comment(by=lead, subject=talk.Subject(kpi=kpi), draft=about_kpi, now=NOW)
    talk.set_follow(by=company.actor(), subject=subject, is_on=True, now=NOW)
    base = f"/w/{company.slug}/"
    pages = [
        f"comments/{reply}/edit/", f"goals/{goal}/people/?q=", "feed/", "notifications/",
        f"goals/{goal}/explanation/", f"goals/{above}/", f"key-results/{key_result.pk}/explanation/",
        f"key-results/{key_result.pk}/plan/", f"key-results/{whole.pk}/explanation/",
        f"key-results/{whole.pk}/edit/", f"key-results/{whole.pk}/score/", f"kpis/{kpi}/explanation/",
        f"kpis/{calculated}/", f"kpis/{calculated}/edit/", f"kpis/{calculated}/explanation/", "settings/status/",
        f"goals/{goal}/", f"goals/{goal}/edit/", f"goals/{goal}/close/", f"key-results/{key_result.pk}/edit/",
        f"check-ins/{check_in}/edit/", f"kpis/{kpi}/", f"kpis/{kpi}/edit/", f"kpis/{kpi}/objective/",
        f"person/{company.ids['lead']}/", f"find/?q={quote(take('search', 16))}",
    ]  # fmt: skip
    for path in pages:
        watch.visit(base + path)
    other = company.objective("To close", who="lead")
    result = KeyResult.objects.get(objective_id=other)
    okr.record_check_in(by=lead, draft=okr.CheckInDraft(key_result_id=result.pk, value=65, confidence=8), now=NOW)
    okr.close_objective(
        by=lead, objective_id=other, grade=okr.GradeDraft(grade=0.3, reason=take("grade", 17)),
        key_results={result.pk: okr.GradeDraft(lesson=take("lesson", 18))}, now=NOW,
    )  # fmt: skip
    watch.visit(f"{base}goals/{other}/")
    watch.visit(f"/account/reset/?next={quote(take('next', 19))}")
