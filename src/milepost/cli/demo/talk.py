"""What the sample's people say to each other."""

from datetime import timedelta

from milepost.cli.demo.company import Company
from milepost.okr.queries import list_parents
from milepost.rhythm import actions
from milepost.rhythm.actions import CommentDraft, Subject


def talk(company: Company, kpis: dict[str, str]) -> None:
    """Let them comment, answer, flag a risk, react and follow, in the last days; made last, so that ids stay."""
    ana = company.place("ana", company.now).actor
    titles = {title: pk for pk, title in list_parents(ana, cycle_id=company.cycle[0])}
    goal = Subject(objective_id=titles["Be the tool support teams recommend"])
    asked = _say(company, goal, "ana", "Was it the Saturday queue again? @Tom Baker", hours=50)
    _say(company, goal, "tom", "Yes. From next week **two people** are on the rota.", hours=47, reply_to=asked)
    _react(company, asked, "lena", "eyes")
    risk = "The macros cover billing only. If the new plan ships this month, replies slow down first."
    flagged = _say(company, goal, "mina", risk, hours=20, flag="risk")
    _react(company, flagged, "tom", "agree")
    _react(company, flagged, "ana", "agree")
    _say(
        company, Subject(kpi=kpis["First reply time"]), "lena", "Does the median hide the weekend, @Tom Baker?", hours=5
    )
    by = company.place("jon", company.now - timedelta(hours=4)).actor
    actions.set_follow(by=by, subject=goal, is_on=True, now=company.now - timedelta(hours=4))
    for who in company.ids:  # what was long ago has been read
        actor = company.place(who, company.now).actor
        actions.mark_read(by=actor, now=company.now - timedelta(hours=6), until=company.now - timedelta(hours=60))


def _say(
    company: Company,
    subject: Subject,
    who: str,
    text: str,
    *,
    hours: int,
    flag: str = "",
    reply_to: int | None = None,
) -> int:
    at = company.now - timedelta(hours=hours)
    draft = CommentDraft(text=text, flag=flag, reply_to=reply_to)
    return actions.post_comment(by=company.place(who, at).actor, subject=subject, draft=draft, now=at)


def _react(company: Company, comment_id: int, who: str, kind: str) -> None:
    at = company.now - timedelta(hours=4)
    actions.set_reaction(by=company.place(who, at).actor, comment_id=comment_id, kind=kind, is_on=True, now=at)
