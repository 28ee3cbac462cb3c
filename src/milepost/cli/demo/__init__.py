"""The sample company: invented people and numbers in a workspace of their own, made by ordinary actions."""

import secrets
from dataclasses import dataclass

from milepost import clock
from milepost.cli.demo.company import NAME, PEOPLE, Company
from milepost.cli.demo.goals import last_quarter, this_quarter
from milepost.cli.demo.kpis import make_kpis
from milepost.cli.demo.looking_back import looking_back
from milepost.cli.demo.next_quarter import next_quarter
from milepost.cli.demo.people import look_around
from milepost.cli.demo.talk import talk
from milepost.cli.demo.views import make_views
from milepost.okr import actions
from milepost.workspace import actions as workspace
from milepost.workspace.queries import list_all_workspaces


@dataclass(frozen=True, slots=True)
class Made:
    """How to sign in; the password is new at each start of the demo."""

    email: str
    password: str
    others: tuple[str, ...]


def make_demo() -> Made:
    """Make the sample company unless it is there, give its people a new password, and return the sign-in."""
    password = secrets.token_urlsafe(9)
    if all(name != NAME for _, _, name in list_all_workspaces()):
        _build(password)
    for _, email, _ in PEOPLE:
        workspace.set_password(email=email, password=password, now=clock.now())
    return Made("tom@example.com", password, tuple(email for _, email, _ in PEOPLE if email != "tom@example.com"))


def _build(password: str) -> None:
    """Build the sample, step by step, at the moments it is said to have happened."""
    company = Company(now=clock.now(), password=password)
    kpis = make_kpis(company)
    last_quarter(company, kpis)
    this_quarter(company, kpis)
    talk(company, kpis)
    look_around(company)
    make_views(company)
    looking_back(company)
    next_quarter(company, kpis)  # last: its rows come after those that pages of docs name
    actions.refresh_day(by=company.root.actor, now=company.now)
