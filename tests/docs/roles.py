"""Who may do what, as a page: one sentence for every route of the matrices, one column for every role."""

from dataclasses import dataclass
from pathlib import Path

from milepost.api.app import api
from tests.api.test_matrix import TABLE as OPERATIONS
from tests.api.test_matrix import expected, operations
from tests.docs.pages import FOLDER
from tests.web.test_matrix import CELLS, Cell

PAGE = FOLDER / "roles.md"
TEMPLATE = Path(__file__).with_name("roles.template.md")
ROLES = {
    "admin": "Admin", "manager": "Team manager", "lead": "Lead", "contributor": "Contributor", "member": "Member",
    "viewer": "Viewer",
}  # fmt: skip
MAY, NOT, OWN, ON_PAGE, BY_PROGRAM = "✓", "–", "their own", "on the page", "by program"
AUTHOR = "lead"  # who wrote the things of the matrices


@dataclass(frozen=True, slots=True)
class Line:
    """An action in a plain sentence, the pages and the operations that do it."""

    sentence: str
    pages: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    own: str = ""  # the sentence of what makes such a thing: then one's own
    world: str = "open"
    limit: str = ""  # for those who may and are no admin


ADD_TOKEN, ADD_NOTE, CHECK_IN = "Make a token for oneself", "Write a note", "Check in"
COMMENT = "Comment on a goal or a KPI, name people in it"
MAKE_TEMPLATE = "Make a template of an objective"
KEEP_VIEW = "Keep a view of goals, private or shared"
NOUNS: dict[str, tuple[Line, ...]] = {
    "Objectives": (
        Line(
            "See an objective, its tree, its history, and how its numbers are made", ("get goals", "get goal", "get goal_branch", "get goal_changes", "get goal_explanation"),
            ("list_objectives", "show_objective", "list_amendments", "explain_objective", "show_past_cycle", "show_past_objective", "list_differences"),
        ),
        Line("See what is worth a thought in goals and KPIs", ("get guidance", "get goal_guidance"), ("list_guidance", "objective_guidance")),
        Line("See examples and templates", ("get examples",), ("list_templates",)),
        Line(MAKE_TEMPLATE, ("post goal_template",), ("create_template",)),
        Line("Make a template of a KPI", ("post kpi_template",)),
        Line("Rename or delete a template", ("post template_change", "template_delete"), ("delete_template",), own=MAKE_TEMPLATE),
        Line("See one that is for its people alone", ("get goal", "get goal_branch", "get goal_changes", "get goal_explanation"), ("show_objective", "explain_objective", "show_past_objective"), world="private"),
        Line("Add an objective, also from a KPI", ("post goal_new", "post kpi_objective"), ("create_objective",)),
        Line("Start a draft", ("post goal_activate",), ("activate_objective",)),
        Line("See who approved an objective", ("get goal",), ("list_approvals",)),
        Line("Approve one in review that is not one's own", (), ("approve_objective",)),
        Line("Send one in review back with a reason, or take back one's own", ("post goal_send_back",), ("send_back",)),
        Line("Change an objective", ("post goal_edit",), ("update_objective",)),
        Line("See what it hangs below, what hangs below it, and the shares", ("get goal_alignment",), ("list_parents", "list_served", "list_shares")),
        Line("Hang it below others, or only support them, say what else it serves and how much its children count", ("post goal_alignment",), ("add_parent", "update_parent", "remove_parent", "serve", "stop_serving", "set_shares")),
        Line("Say yes or no to a goal that wants to count towards it", (), ("answer_request",)),
        Line("See who asks that of oneself", ("get week",), ("list_requests",)),
        Line("Clone an objective", ("post goal_clone",), ("copy_objective",)),
        Line("Pause it, or let it run again", ("post goal_pause",), ("pause_objective", "resume_objective")),
        Line("Cancel it, with a reason", ("post goal_cancel",), ("cancel_objective",)),
        Line("Grade and close it", ("post goal_close",), ("close_objective",)),
        Line("See saved views of goals: one's own and shared ones", ("get goal_views", "get goal_view", "get goals_choose"), ("list_views", "show_view")),
        Line(KEEP_VIEW, ("post goal_views",), ("create_view",)),
        Line("Rename, share or delete a view", ("post goal_view", "view_delete"), ("update_view", "delete_view"), own=KEEP_VIEW),
        Line("Grade a key result before the close", (), ("save_review",)),
        Line("Carry unfinished key results over into the next cycle", ("post review_carry",), ("carry_over",)),
        Line("Reopen it, with a reason", ("post goal_reopen",), ("reopen_objective",)),
    ),
    "Key results and check-ins": (
        Line("See key results", ("get goal", "get key_result_plan", "get key_result_explanation"), ("list_key_results", "show_key_result", "explain_key_result")),
        Line("Add a key result", ("post key_result_new",), ("add_key_result",)),
        Line("Change a key result", ("post key_result_edit",), ("update_key_result",)),
        Line("Take a key result out, with a reason", ("post key_result_cancel",), ("cancel_key_result",)),
        Line("Set a score in the place of the computed one, or take it back", ("post key_result_override",), ("set_override", "clear_override")),
        Line("Move a key result to another objective", ("post key_result_transfer",), ("transfer_key_result",)),
        Line("Put key results in another order", ("post key_result_move",), ("move_key_result",)),
        Line("Make an initiative of a key result that is work", ("post key_result_initiative",), ("make_initiative",)),
        Line("See initiatives", ("get goal", "get initiative"), ("list_initiatives", "show_initiative")),
        Line("Add an initiative, change it, say where it stands, or delete it", ("post initiative_new", "post initiative_edit", "post initiative_move", "post initiative_delete"), ("add_initiative", "update_initiative", "set_initiative_state", "delete_initiative")),
        Line("See check-ins, and what is due for oneself", ("get week", "get goal"), ("list_check_ins", "show_check_in", "show_week")),
        Line(CHECK_IN, ("post check_in", "check_in_found"), ("check_in",)),
        Line("Correct or take back a check-in", ("post check_in_edit", "post check_in_delete"), ("edit_check_in", "delete_check_in"), own=CHECK_IN),
    ),
    "KPIs": (
        Line(
            "See a KPI, its values and notes, and how its numbers are made", ("get kpis", "get kpi", "get kpi_explanation"),
            ("list_kpis", "show_kpi", "list_past_kpis", "list_readings", "list_targets", "list_notes", "explain_kpi", "show_proposal"),
        ),
        Line("See one that is for its people alone", ("get kpi", "get kpi_explanation"), ("show_kpi", "list_readings", "explain_kpi"), world="private"),
        Line("Add a KPI", ("post kpi_new",), ("create_kpi",)),
        Line("Change a KPI and its target", ("post kpi_edit",), ("update_kpi",)),
        Line("Archive a KPI", ("post kpi_archive",), ("archive_kpi",)),
        Line("Write values", ("post kpi_values", "post find"), ("record_readings",)),
        Line("Write values from a file", ("post kpi_import",)),
        Line(ADD_NOTE, ("post kpi_notes",), ("add_note",)),
        Line("Take a note back", ("post kpi_note_delete",), ("withdraw_note",), own=ADD_NOTE),
    ),
    "Comments, feed and notifications": (
        Line("Read what is said about a goal or a KPI, see who can be mentioned", ("get goal", "get kpi", "get goal_people", "get kpi_people"), ("list_objective_comments", "list_kpi_comments", "show_comment")),
        Line(COMMENT, ("post goal_comment", "post kpi_comment"), ("comment_on_objective", "comment_on_kpi")),
        Line("Change a comment", ("post comment_edit",), ("edit_comment",), own=COMMENT),
        Line("Delete a comment", ("post comment_delete",), ("delete_comment",), own=COMMENT),
        Line("Settle a flagged risk or opportunity on what one leads", ("post comment_settle",), ("settle_flag",), own=COMMENT),
        Line("React to a comment", ("post comment_react",), ("react", "unreact")),
        Line("Follow a goal or a KPI, or stop", ("post goal_follow", "post kpi_follow"), ("follow_objective", "unfollow_objective", "follow_kpi", "unfollow_kpi")),
        Line("See the feed and one's own notifications", ("get feed", "get notifications"), ("show_feed", "list_notifications", "show_choices")),
        Line("Mark one's notifications as read, choose what to hear of", ("post notifications", "notification_choices"), ("mark_read", "choose_notifications")),
    ),
    "Away": (
        Line("See who is away", ("get people", "get person"), ("list_away",)),
        Line("Say when somebody else is away, or take it back", ("post person_away", "away_end"), ("add_away", "end_away")),
    ),
    "Strategy": (
        Line("See mission, vision, values, and how the pillars stand", ("get strategy",), ("show_strategy", "list_pillars", "show_pillar")),
        Line("Write mission, vision and values", ("post strategy_edit",), ("update_strategy",)),
        Line(
            "Add, change, order and archive pillars", ("post pillar_new", "post pillar_edit", "post pillar_move", "post pillar_archive"),
            ("create_pillar", "update_pillar", "move_pillar", "archive_pillar", "restore_pillar"),
        ),
    ),
    "Cycles": (
        Line("See cycles", ("get goals",), ("list_cycles", "show_cycle")),
        Line("Add a cycle", ("post settings_cycles",), ("create_cycle",)),
        Line("Change a cycle", ("cycle_edit",), ("update_cycle",)),
        Line("Delete a cycle that holds nothing", ("cycle_delete",), ("delete_cycle",)),
        Line(
            "See the review of a cycle: grades, lessons, hit rates, how good confidence was", ("get review", "get retrospective"),
            ("list_reviews", "show_retrospective", "show_hit_rates", "show_calibration"),
        ),
        Line("See the plan of a cycle: drafts, limits, remarks, who was asked for drafts", ("get plan", "get plan_remarks", "get plan_copy"), ("list_draft_requests",)),
        Line("Ask teams for their drafts of a cycle", ("post plan_ask",), ("ask_for_drafts",)),
        Line("Copy objectives of an earlier cycle as drafts", ("post plan_copy",), ("copy_cycle",)),
        Line("Publish the drafts of a cycle; lock its plan or open it again", ("post plan_publish", "post plan_lock"), ("publish_cycle", "lock_cycle", "unlock_cycle")),
        Line("Close what still runs in a cycle that is over", ("post review_close",), ("close_cycle",), limit="what they may close"),
        Line("Write the retrospective of a cycle one took part in", ("post retrospective",), ("write_retrospective",)),
    ),
    "People and teams": (
        Line("See people and teams", ("get people", "get person", "get team"), ("list_people", "show_person", "list_teams", "show_team")),
        Line("See in which rhythm a team checks in", ("get team_rhythm",), ("show_team_rhythm",)),
        Line("Invite somebody", ("member_invite",), ("invite",)),
        Line("See who is invited; withdraw an invitation", ("get settings_members", "invitation_revoke"), ("list_invitations", "revoke_invitation")),
        Line("Give somebody another role", ("post settings_members",), ("change_role",)),
        Line("Take somebody out of the workspace", ("member_remove",), ("remove_person",)),
        Line("Add a team at the top", ("post team_new",), ("create_team",)),
        Line("Add a team below another", ("team_below",), ("create_team",)),
        Line("Rename a team", ("post team_edit",), ("update_team",)),
        Line("Move a team in the tree", ("team_move",), ("update_team",)),
        Line("Give a team a rhythm of its own, lock it, or let it follow", ("post team_rhythm",), ("set_team_rhythm", "clear_team_rhythm")),
        Line("Delete a team that owns nothing", ("post team_delete",), ("delete_team",)),
        Line("Put somebody into a team, or take them out", ("post team_members", "team_out"), ("set_team_member", "remove_team_member")),
        Line("Make somebody a team's manager", ("team_manager",), ("set_team_member",)),
    ),
    "Workspace": (
        Line("Come in, find things", ("get workspace", "get more", "get find", "get second_step"), ("show_me", "show_workspace", "search")),
        Line("See the settings", ("get settings", "get settings_cycles")),
        Line("Change the settings", ("post settings",), ("update_workspace",)),
        Line("See how status is told", ("get settings_status",), ("show_rules",)),
        Line("Change how status is told", ("post settings_status",), ("update_rules",)),
        Line("See the audit trail", ("get audit",), ("list_events",)),
        Line("Take the audit trail away as a file", ("post audit_csv", "post audit_xlsx")),
    ),
    "Tokens and webhooks": (
        Line("See one's own tokens", ("get tokens",)),
        Line("See everybody's tokens", (), ("list_tokens",)),
        Line(ADD_TOKEN, ("post tokens",), ("create_token",)),
        Line("End a token", ("token_revoke",), ("revoke_token",), own=ADD_TOKEN),
        Line("See webhooks and their messages", ("get webhooks",), ("list_webhooks", "show_webhook", "list_deliveries")),
        Line("Add a webhook", ("post webhooks",), ("create_webhook",)),
        Line("Change a webhook, switch it on or off", ("webhook_edit", "webhook_on", "webhook_off"), ("update_webhook",)),
        Line("Delete a webhook", ("webhook_delete",), ("delete_webhook",)),
        Line("Make a new secret for it", ("webhook_secret",), ("rotate_webhook_secret",)),
        Line("Send a test message, or one again", ("webhook_test", "webhook_replay"), ("send_test_message", "replay_delivery")),
    ),
}  # fmt: skip
LINES = tuple(line for lines in NOUNS.values() for line in lines)
# The form of a write that has a line, and what is asked while it is typed: who sees the form of a thing they see is no
# matter.
FORMS = {
    "get goal_new", "get goal_edit", "get goal_cancel", "get goal_send_back", "get plan_ask", "get goal_close", "get goal_reopen", "get key_result_new",
    "get key_result_edit", "get key_result_override", "get initiative_new", "get initiative_edit", "get check_in_edit", "get kpi_new", "post kpi_formula", "post guidance_hints", "get kpi_edit", "get kpi_objective", "get kpi_import",
    "get comment_edit", "get team_new", "get team_edit", "get goal_clone", "get goal_template", "get kpi_template", "get key_result_transfer", "get key_result_initiative", "get strategy_edit", "get pillar_new", "get pillar_edit",
}  # fmt: skip
# My week and the review save what the sender may say and pass over the rest, so their answers say nothing about who may.
# The matrix marks one notification of the lead's as read: nobody else finds it, whatever their role.
SILENT = {"post week", "post review", "notification_read"}


def name_of(cell: Cell) -> str:
    return cell.deed or f"{cell.method} {cell.name}"


# A write is asked with a body that would be saved where there is one: those stand behind the empty ones.
PAGES = {name_of(cell): cell for cell in CELLS if set(cell.said.values()) != {405}}
ROUTES = operations()
SCOPES = {
    operation["operationId"]: str(operation["x-scope"])
    for methods in api.get_openapi_schema()["paths"].values()
    for operation in methods.values()
}


def may_on_page(name: str, who: str, world: str = "open") -> bool:
    return PAGES[name].expected(who, world) < 400


def may_by_program(name: str, who: str, world: str = "open") -> bool:
    return expected(name, OPERATIONS[name], ROUTES[name][0], who, world) < 400


def mark(line: Line, who: str) -> str:
    """Return what stands in the column of a role: pages agree among themselves, and so do operations."""
    page = {may_on_page(name, who, line.world) for name in line.pages}
    program = {may_by_program(name, who, line.world) for name in line.operations}
    assert len(page) < 2 and len(program) < 2, f"{who} may do a part of “{line.sentence}”: split it in two"
    both = page | program
    if line.own and (not any(both) or who == AUTHOR):
        made = mark(line_of(line.own), who)
        return NOT if made == NOT else OWN if made == MAY else f"{OWN}, {made}"
    if both == {True, False}:
        return ON_PAGE if True in page else BY_PROGRAM
    said = line.limit if line.limit and who != "admin" else MAY
    return said if both == {True} else NOT


def line_of(sentence: str) -> Line:
    return next(line for line in LINES if line.sentence == sentence)


def text() -> str:
    """Return the page."""
    page = TEMPLATE.read_text(encoding="utf-8")
    tables = (f"### {noun}\n\n{_table(lines)}" for noun, lines in NOUNS.items())
    return page.replace("<!-- robots -->", _robots()).replace("<!-- tables -->\n", "\n\n".join(tables) + "\n")


def _table(lines: tuple[Line, ...]) -> str:
    head = ("", *ROLES.values(), "Scope")
    rows = [head, ("---", *[":-:"] * len(ROLES), "---")]
    rows += [(line.sentence, *(mark(line, who) for who in ROLES), _scope(line)) for line in lines]
    return "\n".join(f"| {' | '.join(row)} |".replace("|  |", "| |") for row in rows)


def _scope(line: Line) -> str:
    scopes = " ".join(f"`{scope}`" for scope in sorted({SCOPES[name] for name in line.operations}))
    if not scopes:
        return "page only"
    return scopes if line.pages else f"{scopes}, no page"


def _robots() -> str:
    """Return what the workspace's own token may not, though an admin may."""
    beyond = [
        line
        for line in LINES
        if line.operations and any(may_by_program(n, "admin") and not may_by_program(n, "write token") for n in line.operations)
    ]  # fmt: skip
    return "\n".join(f"- {line.sentence[0].lower()}{line.sentence[1:]}" for line in beyond)
