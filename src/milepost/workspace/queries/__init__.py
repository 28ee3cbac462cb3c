"""Reads around people and workspaces: one function each."""

from milepost.workspace.queries.access import (
    Place,
    TokenFacts,
    find_lead,
    get_place,
    is_set_up,
    job_place,
    list_all_workspaces,
    list_workspaces,
    operator_place,
    place_of,
    place_of_token,
)
from milepost.workspace.queries.audit import Head, Verdict, trail_head, verify_trail
from milepost.workspace.queries.away import AwayRow, list_away, show_away
from milepost.workspace.queries.events import HANDS, every_event, list_events
from milepost.workspace.queries.listing import (
    list_all_invitations,
    list_all_people,
    list_all_teams,
    show_person,
    show_team,
    show_workspace,
)
from milepost.workspace.queries.paging import Page
from milepost.workspace.queries.past import Then, all_stood, put_back, stood, then_of
from milepost.workspace.queries.people import (
    InvitationRow,
    MemberRow,
    Option,
    TeamChoice,
    list_everybody,
    list_invitations,
    list_members,
    list_people,
    list_teams,
    names_of,
)
from milepost.workspace.queries.rhythms import TeamRhythmPage, rhythm_of_team, rhythms_of, team_rhythm
from milepost.workspace.queries.rules import TELLING, list_rules, rules_in_force, show_rules, telling_of
from milepost.workspace.queries.second_steps import SecondSteps, Step, list_second_steps, what_demands
from milepost.workspace.queries.sessions import SessionRow, list_sessions
from milepost.workspace.queries.strategy import list_all_pillars, list_pillars, show_pillar, show_strategy
from milepost.workspace.queries.tokens import TokenRow, list_tokens
from milepost.workspace.queries.webhooks import list_deliveries, list_webhooks, show_webhook, whom_to_tell

__all__ = [
    "HANDS",
    "TELLING",
    "AwayRow",
    "Head",
    "InvitationRow",
    "MemberRow",
    "Option",
    "Page",
    "Place",
    "SecondSteps",
    "SessionRow",
    "Step",
    "TeamChoice",
    "TeamRhythmPage",
    "Then",
    "TokenFacts",
    "TokenRow",
    "Verdict",
    "all_stood",
    "every_event",
    "find_lead",
    "get_place",
    "is_set_up",
    "job_place",
    "list_all_invitations",
    "list_all_people",
    "list_all_pillars",
    "list_all_teams",
    "list_all_workspaces",
    "list_away",
    "list_deliveries",
    "list_events",
    "list_everybody",
    "list_invitations",
    "list_members",
    "list_people",
    "list_pillars",
    "list_rules",
    "list_second_steps",
    "list_sessions",
    "list_teams",
    "list_tokens",
    "list_webhooks",
    "list_workspaces",
    "names_of",
    "operator_place",
    "place_of",
    "place_of_token",
    "put_back",
    "rhythm_of_team",
    "rhythms_of",
    "rules_in_force",
    "show_away",
    "show_person",
    "show_pillar",
    "show_rules",
    "show_strategy",
    "show_team",
    "show_webhook",
    "show_workspace",
    "stood",
    "team_rhythm",
    "telling_of",
    "then_of",
    "trail_head",
    "verify_trail",
    "what_demands",
    "whom_to_tell",
]
