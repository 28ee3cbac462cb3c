"""Words, icons and colours of every status: the only such table."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StatusLook:
    """How a word is shown: its label, its icon, and the suffix of its colour classes."""

    label: str
    icon: str
    colour: str


LOOKS = {
    # goals (S1)
    "off_track": StatusLook("Off track", "octagon-x", "off"),
    "at_risk": StatusLook("At risk", "triangle-alert", "risk"),
    "on_track": StatusLook("On track", "circle-check", "on"),
    "ahead": StatusLook("Ahead", "chevrons-up", "on"),
    "reached": StatusLook("Reached", "flag", "on"),
    "ended": StatusLook("Ended", "clock", "ended"),
    "done": StatusLook("Done", "flag", "done"),
    "early": StatusLook("Early", "circle-dashed", "none"),
    "no_value": StatusLook("No value", "circle-dashed", "none"),
    # KPIs (K3)
    "off_target": StatusLook("Off target", "octagon-x", "off"),
    "close": StatusLook("Close", "triangle-alert", "risk"),
    "on_target": StatusLook("On target", "circle-check", "on"),
    "watching": StatusLook("Watching", "circle-dashed", "none"),
    "unknown": StatusLook("Unknown", "circle-question-mark", "none"),
    # second steps of an account
    "step_on": StatusLook("On", "circle-check", "on"),
    "step_off": StatusLook("Off", "circle-dashed", "none"),
    # grades (G1)
    "missed": StatusLook("Missed", "octagon-x", "off"),
    "partly": StatusLook("Partly", "triangle-alert", "risk"),
    "grade_reached": StatusLook("Reached", "circle-check", "on"),
    # states of a goal (A2) that stand in the place of a status
    "draft": StatusLook("Draft", "circle-dashed", "none"),
    "in_review": StatusLook("In review", "circle-dashed", "none"),
    "paused": StatusLook("Paused", "circle-dashed", "none"),
    "cancelled": StatusLook("Cancelled", "circle-dashed", "none"),
    "active": StatusLook("Active", "circle-dashed", "none"),
    "closed": StatusLook("Closed", "flag", "done"),
    "late": StatusLook("Overdue", "clock", "ended"),
    # webhooks and their messages
    "hook_on": StatusLook("On", "circle-check", "on"),
    "hook_failing": StatusLook("Failing", "triangle-alert", "risk"),
    "hook_off": StatusLook("Off", "circle-dashed", "none"),
    "delivered": StatusLook("Delivered", "circle-check", "on"),
    "waiting": StatusLook("Waiting", "circle-dashed", "none"),
    "trying_again": StatusLook("Trying again", "triangle-alert", "risk"),
    "given_up": StatusLook("Given up", "octagon-x", "off"),
}
STATES_FIRST = frozenset({"draft", "in_review", "paused", "cancelled"})

VERDICTS = {
    "moved_and_holds": "Moved and holds",
    "moved": "Moved",
    "no_change": "No change beyond ordinary variation",
    "worse": "Worse",
    "too_early": "Too early to say",
}
FREQUENCIES = {"day": "daily", "week": "weekly", "month": "monthly", "quarter": "quarterly", "year": "yearly"}
AGGREGATIONS = {
    "flow": "Sum, such as deals won",
    "stock": "Last value, such as cash",
    "stock_mean": "Mean of the values",
    "ratio": "Ratio of two counts",
    "max": "Highest",
    "min": "Lowest",
    "distinct": "Distinct count or percentile",
}
DIRECTIONS = {"higher": "higher", "lower": "lower", "within": "within a range"}
AMBITIONS = {
    "committed": "Committed: we promise all of it",
    "aspirational": "Aspirational: 70 % would be good",
    "learning": "Learning: no grade",
}
KEY_RESULT_KINDS = {
    "reach": "Reach a value",
    "keep": "Keep a level",
    "levels": "Floor, target and stretch",
    "milestone": "Milestone in steps",
    "tasks": "Tasks",
    "percent": "Percent done",
    "judged": "Judged by its lead",
    "baseline": "Measure a baseline first",
    "children": "Made of other key results",
}
COMBINES = {
    "mean": "The mean of their scores",
    "weighted_mean": "The weighted mean of their scores",
    "sum": "The sum of their values",
}
# Of key results that have steps; the others have a gauge (a KPI) or a target.
STEP_ICONS = {"milestone": "list-checks", "tasks": "list-checks"}
INITIATIVE_STATES = {"planned": "Planned", "doing": "In progress", "done": "Done", "cancelled": "Cancelled"}
INITIATIVE_ICONS = {"planned": "circle-dashed", "doing": "rotate-cw", "done": "check", "cancelled": "x"}
CURVES = {
    "linear": "A straight line",
    "front": "Front-loaded: more at the beginning",
    "back": "Back-loaded: more at the end",
    "s": "An S: slow, fast, slow",
    "checkpoints": "Through checkpoints",
}
OUTCOMES = {
    "keep": "Keep",
    "drop": "Drop",
    "carry": "Carry over",
    "kpi": "Turn into KPI",
    "raise": "Raise KPI target",
}
GRADES = {"reached": "grade_reached", "partly": "partly", "missed": "missed"}  # which look a word of G1 has
PRIORITIES = [("", "none"), ("0", "0, the first"), ("1", "1"), ("2", "2"), ("3", "3"), ("4", "4, the last")]
VISIBILITIES = {
    "everybody": "everybody here",
    "team": "the team that owns it",
    "private": "only its people",
}
WALLS = {1: "Team only", 2: "Private"}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FIELDS = {
    "title": "Title",
    "why": "Why",
    "owner_team": "Owner",
    "owner_person": "Owner",
    "lead": "Lead",
    "ambition": "Kind",
    "counts": "Made of",
    "cycle": "Cycle",
    "parent": "Contributes to",
    "parents": "Contributes to",
    "shares": "Shares",
    "key_results": "New key result",
    "start": "Start",
    "target": "Target",
    "target_since": "Target in force from",
    "low": "At least",
    "high": "At most",
    "tolerance": "Tolerance",
    "floor": "Floor",
    "stretch": "Stretch",
    "at_close": "Only the last period counts",
    "curve": "Curve",
    "checkpoints": "Checkpoints",
    "priority": "Priority",
    "lesson": "Lesson",
    "outcome": "What becomes of it",
    "keeps_progress": "Keeps its progress",
    "carried_from": "Goes on with",
    "coach": "Coach",
    "kept": "Kept",
    "changed": "Changed",
    "learned": "Learned",
    "override": "Score",
    "judged": "Judged",
    "weight": "Weight",
    "share": "Share",
    "window": "Value read",
    "steps": "Steps",
    "combine": "Put together as",
    "parts": "Made of",
    "state": "State",
    "key_result": "Is meant to move",
    "due_on": "Due",
    "link": "Kept at",
    "checklist": "Checklist",
    "pillar": "Pillar",
    "tags": "Tags",
    "sharing_teams": "Shared with",
    "ends_on": "Ends on",
    "stand_in": "Stands in",
    "perspective": "Perspective",
    "visibility": "Seen by",
    "contributors": "Contributors",
    "name": "Name",
    "role": "Role",
    "team": "Team",
    "teams": "Teams",
    "until": "Until",
    "scopes": "May",
    "place": "In the team as",
    "url": "Address",
    "events": "Told of",
    "is_on": "On",
    "unit": "Unit",
    "direction": "Good is",
    "frequency": "Measured",
    "aggregation": "Counted as",
    "group": "Group",
    "description": "Description",
    "lag_days": "Days until late",
    "formula": "Formula",
    "archived": "Archived",
    "note": "Note",
    "first_day": "First day",
    "last_day": "Last day",
    "running": "Running objectives",
    "grade": "Grade",
    "final_score": "Score at the close",
    "value": "Value",
    "flag": "Flag",
    "settled": "Settled",
    "confidence": "Confidence",
    "own_word": "Lead's status",
    "position": "Position",
    "kind": "Measured by",
    "kpi": "KPI",
    "time_zone": "Time zone",
    "fiscal_month": "Year begins in month",
    "rhythm_weeks": "Weeks between check-ins",
    "rhythm_weekday": "Check-ins on",
    "rhythm_hour": "Asked for by mail from",
    "rhythm_skip_days": "Not asked after an update within days",
    "rhythm_is_locked": "Teams below follow this rhythm",
    "reviewers": "Reviewers",
    "demands_second_step": "Second step demanded",
    "second_step": "Second step",
    "rule_set": "Status compares",
    "ahead_from": "Ahead from",
    "on_track_from": "On track from",
    "at_risk_from": "At risk from",
    "early_until": "Early until",
    "objective_word": "An objective's word",
    "working_days": "Days that count",
    "holidays": "Holidays",
}
PERSPECTIVES = {
    "financial": "Financial",
    "customer": "Customer",
    "process": "Process",
    "learning": "Learning and growth",
}
RULE_KINDS = {
    "gap": "Gap: points before or behind the plan",
    "ratio": "Ratio: progress as percent of the plan",
    "strict": "Strict: on track only from the plan on",
}
OBJECTIVE_RULES = {"own": "from its own score and plan", "weakest_child": "that of its weakest child"}
# The audit trail: what an event is about, and by what hand it was made.
KINDS = {
    "objective": "Objective",
    "key_result": "Key result",
    "kpi": "KPI",
    "cycle": "Cycle",
    "team": "Team",
    "pillar": "Pillar",
    "strategy": "Strategy",
    "person": "Person",
    "invitation": "Invitation",
    "template": "Template",
    "token": "Token",
    "view": "Saved view",
    "webhook": "Webhook",
    "workspace": "Workspace",
    "audit": "Audit trail",
}
HANDS = {
    "person": "By hand",
    "token": "By a program",
    "import": "By an import",
    "job": "By Milepost itself",
    "operator": "By the operator",
}
SOURCES = {
    "hand": ("by hand", "pencil-line"),
    "file": ("from a file", "file-text"),
    "api": ("by API", "plug"),
    "formula": ("calculated", "sigma"),
}
VERBS = {
    "checked_in": "checked in",
    "edited_check_in": "edited a check-in on",
    "deleted_check_in": "deleted a check-in of",
    "created": "added",
    "changed": "changed",
    "amended": "amended",
    "activated": "started",
    "closed": "closed",
    "reopened": "reopened",
    "recorded": "recorded a value of",
    "commented": "commented on",
    "edited_comment": "edited a comment on",
    "deleted_comment": "deleted a comment on",
    "settled_flag": "settled a flag on",
    "noted": "wrote a note on",
    "paused": "paused",
    "resumed": "resumed",
    "cancelled": "cancelled",
    "deleted": "deleted",
    "archived": "archived",
    "restored": "took up again",
    "sent_to_review": "sent to review",
    "approved": "approved",
    "asked_for_drafts": "asked teams for their drafts of",
    "published": "published",
    "locked": "locked the plan of",
    "unlocked": "opened the plan of",
    "sent_back": "asked for changes to",
    "ordered": "reordered",
    "graded": "graded",
    "looked_back": "looked back on",
    "withdrew_note": "took back a note on",
    "invited": "invited",
    "joined": "joined",
    "revoked": "ended",
    "added": "let in",
    "removed": "removed",
    "set_password": "set the password of",
    "added_step": "added a second step of",
    "removed_step": "removed a second step of",
    "forgot_steps": "took the second steps away of",
    "rotated_secret": "gave a new secret to",
    "tested": "sent a test to",
    "replayed": "sent a message again to",
    "switched_off": "switched off",
    "exported": "took away",
    "erased": "erased",
    "away": "set the absence of",
    "back": "ended the absence of",
    "accepted": "said yes to",
    "declined": "said no to",
}


def look(word: str) -> StatusLook:
    """Return how a status word is shown."""
    return LOOKS.get(word, LOOKS["no_value"])


# What people answer to a comment without words: by the kind of the reaction.
REACTION_ICONS = {
    "agree": "thumbs-up",
    "thanks": "handshake",
    "heart": "heart",
    "eyes": "eye",
    "question": "circle-question-mark",
}
FLAGS = {"risk": ("Risk", "triangle-alert"), "opportunity": ("Opportunity", "lightbulb")}
