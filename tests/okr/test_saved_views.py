"""Views that people keep: their own, or shared; one opens the page; a name once; nobody changes another's."""

from dataclasses import replace

import pytest

from milepost.okr import actions, queries
from milepost.okr.actions.saved_views import MOST_OF_ONE
from milepost.okr.models import SavedView
from milepost.workspace import actions as workspace
from milepost.workspace.errors import Invalid, NotAllowed, NotFound, Stale
from milepost.workspace.models import Event
from tests.people import NOW, Company, build_company

pytestmark = pytest.mark.django_db


def save(
    company: Company, who: str = "lead", name: str = "Mine", query: str = "as=list&view=mine", **given: bool
) -> int:
    return actions.save_view(by=company.actor(who), name=name, query=query, now=NOW, **given)


def names(company: Company, who: str) -> list[str]:
    return [view.name for view in queries.list_views(company.actor(who))]


def test_a_private_view_is_for_its_owner_alone_even_before_admins(company: Company) -> None:
    pk = save(company)
    assert names(company, "lead") == ["Mine"]
    for who in ("admin", "member", "viewer", "manager"):
        assert names(company, who) == []
        with pytest.raises(NotFound):
            queries.show_view(company.actor(who), pk)
    for who in ("admin", "member", "manager"):
        with pytest.raises(NotFound):
            actions.change_view(by=company.actor(who), view_id=pk, name="Theirs", now=NOW)
        with pytest.raises(NotFound):
            actions.delete_view(by=company.actor(who), view_id=pk, now=NOW)


def test_a_shared_view_is_seen_by_everybody_and_changed_by_its_owner_and_admins(company: Company) -> None:
    pk = save(company, is_shared=True)
    outsider = build_company("Other").actor()
    with pytest.raises(NotFound):
        queries.show_view(outsider, pk)
    assert queries.list_views(outsider) == ()
    for who in ("admin", "member", "viewer"):
        assert names(company, who) == ["Mine"]
    with pytest.raises(NotAllowed):
        actions.change_view(by=company.actor("member"), view_id=pk, name="Theirs", now=NOW)
    with pytest.raises(NotAllowed):
        actions.delete_view(by=company.actor("manager"), view_id=pk, now=NOW)
    actions.change_view(by=company.actor("admin"), view_id=pk, name="Tidy", now=NOW)
    assert names(company, "lead") == ["Tidy"]
    actions.change_view(by=company.actor("lead"), view_id=pk, is_shared=False, now=NOW)
    assert names(company, "admin") == []


def test_one_view_opens_the_page_of_a_person(company: Company) -> None:
    first = save(company, is_default=True)
    assert queries.default_view(company.actor("lead")) == "as=list&view=mine"
    second = save(company, name="Map", query="as=map", is_default=True, is_shared=True)
    assert queries.default_view(company.actor("lead")) == "as=map"
    assert queries.default_view(company.actor("member")) is None
    actions.change_view(by=company.actor("lead"), view_id=first, is_default=True, now=NOW)
    assert queries.default_view(company.actor("lead")) == "as=list&view=mine"
    assert queries.show_view(company.actor("admin"), second)["is_default"] is False
    actions.change_view(by=company.actor("lead"), view_id=first, is_default=False, now=NOW)
    assert queries.default_view(company.actor("lead")) is None


def test_a_view_of_somebody_else_opens_nobodys_page(company: Company) -> None:
    pk = save(company, is_shared=True)
    with pytest.raises(Invalid, match="Only your own views"):
        actions.change_view(by=company.actor(), view_id=pk, is_default=True, now=NOW)


def test_a_name_is_taken_once_by_a_person_and_again_by_another(company: Company) -> None:
    save(company)
    save(company, who="member")
    with pytest.raises(Invalid, match="There is a view called Mine already"):
        save(company)
    other = save(company, name="Other")
    with pytest.raises(Invalid, match="There is a view called Mine already"):
        actions.change_view(by=company.actor("lead"), view_id=other, name="Mine", now=NOW)


@pytest.mark.parametrize(
    ("name", "query", "field"), [("", "as=list", "name"), ("x" * 61, "", "name"), ("A", "as=pie", "query")]
)
def test_what_cannot_be_kept_is_refused_beside_its_field(company: Company, name: str, query: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        save(company, name=name, query=query)
    assert refused.value.field == field


def test_a_viewer_and_a_program_that_stands_for_nobody_keep_none(company: Company) -> None:
    with pytest.raises(NotAllowed):
        save(company, who="viewer")
    robot = replace(company.actor(), membership_id=None)
    with pytest.raises(Invalid, match="stands for nobody"):
        actions.save_view(by=robot, name="Mine", query="", now=NOW)
    assert queries.list_views(robot) == ()
    assert queries.default_view(robot) is None


def test_nobody_keeps_more_than_they_can_look_through(company: Company) -> None:
    lead = company.ids["lead"]
    SavedView.objects.bulk_create(
        SavedView(workspace_id=company.workspace_id, owner_id=lead, name=f"View {n}", query="as=map", created_at=NOW)
        for n in range(MOST_OF_ONE)
    )
    with pytest.raises(Invalid, match="Delete one"):
        save(company)


def test_a_later_version_is_not_overwritten_unseen(company: Company) -> None:
    pk = save(company)
    actions.change_view(by=company.actor("lead"), view_id=pk, query="as=map", seen=1, now=NOW)
    with pytest.raises(Stale):
        actions.change_view(by=company.actor("lead"), view_id=pk, name="Late", seen=1, now=NOW)


def test_a_change_that_changes_nothing_leaves_no_event_and_no_version(company: Company) -> None:
    pk = save(company)
    before = Event.objects.count()
    actions.change_view(by=company.actor("lead"), view_id=pk, name=" Mine ", query="view=mine&as=list", now=NOW)
    assert (Event.objects.count(), SavedView.objects.get(pk=pk).version) == (before, 1)


def test_the_trail_names_no_private_view(company: Company) -> None:
    pk = save(company, name="Zebra watch", query="as=list&q=zebra")
    actions.change_view(by=company.actor("lead"), view_id=pk, name="Zebra deal", query="as=map&q=zebra", now=NOW)
    actions.delete_view(by=company.actor("lead"), view_id=pk, now=NOW)
    told = Event.objects.filter(kind="view").values_list("data", flat=True)
    assert len(told) == 3
    assert "zebra" not in repr(list(told)).lower()


def test_a_shared_view_outlives_the_membership_of_its_owner_and_a_private_one_is_seen_by_nobody(
    company: Company,
) -> None:
    save(company, name="Ours", is_shared=True)
    save(company, name="Mine")
    workspace.remove_member(by=company.actor(), membership_id=company.ids["lead"], now=NOW)
    assert names(company, "admin") == ["Ours"]
