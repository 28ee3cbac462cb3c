"""Tables of people, teams and the audit trail."""

from milepost.workspace.models.append_only import AppendOnlyLift
from milepost.workspace.models.away import Away
from milepost.workspace.models.due_work import DueWork
from milepost.workspace.models.event import ActorKind, Event, EventHead
from milepost.workspace.models.former import Former
from milepost.workspace.models.invitation import Invitation
from milepost.workspace.models.membership import Membership, Role
from milepost.workspace.models.remembered import Remembered
from milepost.workspace.models.rule_set import RuleSetVersion
from milepost.workspace.models.search import SearchWord
from milepost.workspace.models.strategy import Perspective, Pillar, Strategy
from milepost.workspace.models.team import Team, TeamMembership
from milepost.workspace.models.token import ApiToken, IdempotencyKey, Scope
from milepost.workspace.models.user import User
from milepost.workspace.models.visibility import GuardedManager, Reader, Sight, Visibility
from milepost.workspace.models.webhook import TEST_MESSAGE, Delivery, Webhook, WebhookEvent
from milepost.workspace.models.workspace import Workspace

__all__ = [
    "TEST_MESSAGE",
    "ActorKind",
    "ApiToken",
    "AppendOnlyLift",
    "Away",
    "Delivery",
    "DueWork",
    "Event",
    "EventHead",
    "Former",
    "GuardedManager",
    "IdempotencyKey",
    "Invitation",
    "Membership",
    "Perspective",
    "Pillar",
    "Reader",
    "Remembered",
    "Role",
    "RuleSetVersion",
    "Scope",
    "SearchWord",
    "Sight",
    "Strategy",
    "Team",
    "TeamMembership",
    "User",
    "Visibility",
    "Webhook",
    "WebhookEvent",
    "Workspace",
]
