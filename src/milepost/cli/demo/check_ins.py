"""The sample's check-ins: each week since the quarter began, the last one left open."""

from datetime import datetime, timedelta

from milepost.cli.demo.company import Company
from milepost.okr import actions
from milepost.okr.queries import KeyResultLine, objective_page
from milepost.workspace.queries import Place


def check_in_weekly(company: Company, plan: dict[int, tuple[str, dict[str, tuple[float, float]], int]]) -> None:
    """Check in each week since the quarter began, the last week left open."""
    # The last time is the due day before tomorrow's, so that everything but one is due tomorrow.
    moments = [company.now - timedelta(days=6 + 7 * k) for k in range(13, -1, -1)]
    moments = [at for at in moments if at.date() > company.first[0]]
    for index, at in enumerate(moments):
        share = (index + 1) / len(moments)
        for pk, (who, ends, confidence) in plan.items():
            values = {title: round(first + share * (last - first), 1) for title, (first, last) in ends.items()}
            if at == moments[-1]:
                values.pop("Help articles that solve the ticket", None)  # one check-in is overdue
            check_in_all(
                company,
                pk,
                who,
                at=at,
                confidence=confidence - (index % 3 == 2),
                values=values,
                ticks=share,
                note="",
            )
    _own_status(company, next(iter(plan)), company.now - timedelta(hours=2))


def _own_status(company: Company, objective_id: int, at: datetime) -> None:
    ana = company.place("ana", at)
    lines = _lines(ana, objective_id)
    k = next(k for k in lines if k.title == "Net promoter score")
    draft = actions.CheckInDraft(
        key_result_id=k.id,
        confidence=5,
        own_word="at_risk",
        note="The October panel was small; I would not trust it yet.",
    )
    actions.record_check_in(by=ana.actor, draft=draft, now=at)


def check_in_all(
    company: Company,
    objective_id: int,
    who: str,
    *,
    at: datetime,
    confidence: int,
    note: str,
    values: dict[str, float] | None = None,
    ticks: float = 1.0,
) -> None:
    for k in _lines(company.place(who, at), objective_id):
        lead = next(name for name, pk in company.ids.items() if pk == k.lead_id)
        value = (values or {}).get(k.title)
        left = [s for s in k.steps if not s.is_cancelled]
        far = ticks * (0.6 if k.kind == "tasks" else 1)
        steps = {s.id: 1.0 for n, s in enumerate(left, start=1) if n / len(left) <= far}
        if k.is_typed and value is None:
            continue
        is_judged = k.kind == "judged"
        draft = actions.CheckInDraft(
            key_result_id=k.id,
            confidence=max(1, min(10, confidence - (k.title == "First reply time") * 4)),
            value=value,
            note="Asked after each first call, most found their way alone" if is_judged else note,
            steps=steps,
            judged=round(0.45 * ticks, 2) if is_judged else None,
        )
        actions.record_check_in(by=company.place(lead, at).actor, draft=draft, now=at)


def _lines(place: Place, objective_id: int) -> tuple[KeyResultLine, ...]:
    return objective_page(place.actor, objective_id, today=place.today).key_results
