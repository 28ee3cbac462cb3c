"""Every action called directly by who may not, past the page that would have refused first: nothing happens."""

from dataclasses import replace

import pytest
from django.db import transaction

from milepost.workspace.errors import Invalid, NotAllowed, NotFound
from milepost.workspace.models import Event
from milepost.workspace.permissions import Actor, Role
from tests.people import NOW, Company, build_company
from tests.workspace.test_every_action import TABLE, World

pytestmark = pytest.mark.django_db
# Done by nobody who has a role: before there is anybody, by the operator, by invitation, to one's own account.
NO_ROLE = {
    "workspace.set_up_installation", "workspace.create_workspace", "workspace.accept_invitation",
    "workspace.add_second_step", "workspace.remove_second_step",
}  # fmt: skip
OF_PEOPLE = [name for name, row in TABLE.items() if row.actor == "person" and name not in NO_ROLE]
# What names nothing of another workspace, so an admin there does it in their own; and what viewers do.
AT_HOME = {
    "workspace.change_settings", "workspace.record_export", "workspace.create_token", "workspace.create_webhook",
    "okr.create_cycle", "okr.change_rules", "workspace.edit_strategy", "workspace.create_pillar", "okr.save_view",
}  # fmt: skip
OF_MEMBERS = {
    "metrics.create_kpi", "metrics.add_note", "okr.create_objective", "workspace.create_token", "rhythm.post_comment",
    "okr.clone_objective", "okr.copy_cycle", "okr.save_view",
    "okr.answer_request",  # the member leads what is asked
}  # fmt: skip


def refused(company: Company, name: str, stranger: Actor, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Prepare an action as those who may, do it as the stranger, and return whether it was refused."""
    with transaction.atomic():
        deed = TABLE[name].prepare(World(company))
        trail = list(Event.objects.filter(workspace_id=company.workspace_id).values_list("pk", flat=True))
        with monkeypatch.context() as patched:
            patched.setattr(Company, "actor", lambda self, who="admin", now=NOW: stranger)
            try:
                with transaction.atomic():
                    deed()
            except (NotAllowed, NotFound, Invalid):
                was_refused = True
            else:
                was_refused = False
        if was_refused:
            assert list(Event.objects.filter(workspace_id=company.workspace_id).values_list("pk", flat=True)) == trail
        transaction.set_rollback(True)
    return was_refused


def test_a_viewer_is_refused_every_action(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    viewer = company.actor("viewer")
    let = [name for name in OF_PEOPLE if not refused(company, name, viewer, monkeypatch)]
    assert let == []


def test_an_admin_of_another_workspace_is_refused_every_action(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = build_company("Other").actor()
    let = [name for name in OF_PEOPLE if not refused(company, name, stranger, monkeypatch)]
    assert set(let) == AT_HOME


def test_a_member_is_refused_what_is_not_theirs(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    member = company.actor("member")
    let = {name for name in OF_PEOPLE if not refused(company, name, member, monkeypatch)}
    assert let == OF_MEMBERS


@pytest.mark.parametrize("who", ["lead", "manager"])
def test_a_viewer_changes_nothing_whatever_they_lead(
    company: Company, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = replace(company.actor(who), role=Role.VIEWER)
    let = [name for name in OF_PEOPLE if not refused(company, name, viewer, monkeypatch)]
    assert let == []
