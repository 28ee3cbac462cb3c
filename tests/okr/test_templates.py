"""Our examples are good by our own measure; a workspace's own keep words and shapes and nothing else."""

import json
from datetime import timedelta

import pytest

from milepost.core.guidance import lint_kpi, lint_objective
from milepost.core.series import Aggregation
from milepost.core.target import Direction
from milepost.metrics import actions as metrics
from milepost.metrics.library import kpi_examples
from milepost.metrics.models import Metric
from milepost.okr import actions, queries
from milepost.okr.library import DEPARTMENTS, INDUSTRIES, objective_examples
from milepost.okr.models import Objective, Template
from milepost.workspace.errors import Invalid, NotAllowed, NotFound
from tests.people import NOW, TODAY, Company, build_company

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.mark.parametrize("example", objective_examples(), ids=lambda one: one.slug)
def test_an_example_of_an_objective_passes_our_own_linter(example) -> None:
    assert lint_objective(example.facts, today=TODAY) == ()
    assert 2 <= len(example.key_results) <= 4
    assert all(k.source for k in example.key_results)


@pytest.mark.parametrize("example", kpi_examples(), ids=lambda one: one.slug)
def test_an_example_of_a_kpi_passes_our_own_linter(example) -> None:
    assert lint_kpi(example.facts, today=TODAY) == ()
    assert example.direction in set(Direction)
    assert example.aggregation in set(Aggregation)


def test_there_are_thirty_and_forty_for_every_department_and_industry() -> None:
    assert (len(objective_examples()), len(kpi_examples())) == (30, 40)
    for found in (objective_examples(), kpi_examples()):
        assert {one.department for one in found} == set(DEPARTMENTS)
        assert {industry for one in found for industry in one.industries} == set(INDUSTRIES)
        assert len({one.slug for one in found}) == len(found)
    titles = [k.title for one in objective_examples() for k in one.key_results]
    assert len(set(titles)) == len(titles)


def test_every_example_can_be_made(company: Company) -> None:
    for one in objective_examples():
        drafts = [actions.KeyResultDraft(k.title, start=k.start, target=k.target, unit=k.unit) for k in one.key_results]
        company.objective(one.title, key_results=drafts, why=one.why)
    assert Objective.objects.count() == 30
    for one in kpi_examples():
        draft = metrics.KpiDraft(
            name=one.name, unit=one.unit, direction=one.direction, frequency=one.frequency, aggregation=one.aggregation,
            target=None, lead_id=company.ids["lead"], description=one.why,
        )  # fmt: skip
        metrics.create_kpi(by=company.actor(), draft=draft, today=TODAY, now=NOW)
    assert Metric.objects.filter(is_kpi=True).count() == 40


def test_examples_are_found_by_words_department_and_industry(company: Company) -> None:
    actor = company.actor("viewer")
    assert len(queries.list_templates(actor)) == 70
    found = queries.list_templates(actor, kind="objective", q="REPLY help", department="", industry="")
    assert [row.slug for row in found] == ["answers-the-same-day"]
    health = queries.list_templates(actor, kind="kpi", industry="health care")
    assert "seen-within-four-hours" in {row.slug for row in health}
    assert "cash-runway" in {row.slug for row in health}  # for every industry
    assert "uptime" not in {row.slug for row in health}
    assert {row.department for row in queries.list_templates(actor, department="finance")} == {"finance"}
    assert queries.list_templates(actor, q="nothing has this word") == ()


def private_goal(company: Company) -> int:
    kpi = company.kpi("Secret pulse", visibility="private")
    drafts = [
        actions.KeyResultDraft("Reply time", kpi=kpi, start=7919, target=7103),
        actions.KeyResultDraft("Doors open", kind="milestone", steps=[actions.StepDraft("Lease signed", due_on=TODAY)]),
        actions.KeyResultDraft("Uptime", kind="keep", unit="%", low=99.83),
    ]
    return company.objective("Second site", key_results=drafts, why="Because", visibility="private")


def test_a_template_of_a_private_goal_keeps_words_and_shapes_and_no_value_nor_person(company: Company) -> None:
    goal = private_goal(company)
    pk = actions.save_objective_template(by=company.actor("lead"), objective_id=goal, name="A site", now=LATER)
    (row,) = (r for r in queries.list_templates(company.actor("member")) if r.id == pk)  # everybody sees it
    assert (row.name, row.title, row.why, row.can_edit) == ("A site", "Second site", "Because", False)
    shapes = [(k.title, k.kind, k.unit, k.rises, k.steps) for k in row.key_results]
    assert shapes == [
        ("Reply time", "reach", "min", False, ()),
        ("Doors open", "milestone", "", None, ("Lease signed",)),
        ("Uptime", "keep", "%", None, ()),
    ]
    kept = json.dumps(Template.objects.get().body)
    for secret in ("7919", "7103", "99.83", "Secret pulse", "secret-pulse", "2026", "Lead"):
        assert secret not in kept


def test_a_template_of_a_kpi_keeps_its_definition_alone(company: Company) -> None:
    slug = company.kpi(description="Median minutes", group="Customers")
    pk = actions.save_kpi_template(by=company.actor("lead"), slug=slug, now=LATER)
    row = queries.find_template(company.actor("viewer"), kind="kpi", template_id=pk)
    assert (row.name, row.why, row.unit, row.direction, row.frequency) == (
        "First reply time", "Median minutes", "min", "lower", "week",
    )  # fmt: skip
    assert "30" not in json.dumps(Template.objects.get().body)


def test_only_who_may_change_the_goal_may_make_one_and_nobody_hears_of_a_hidden_one(company: Company) -> None:
    opened, hidden = company.objective(), private_goal(company)
    with pytest.raises(NotAllowed):
        actions.save_objective_template(by=company.actor("member"), objective_id=opened, now=LATER)
    with pytest.raises(NotFound):
        actions.save_objective_template(by=company.actor("member"), objective_id=hidden, now=LATER)
    with pytest.raises(NotFound):
        actions.save_kpi_template(by=company.actor("member"), slug="secret-pulse", now=LATER)
    assert not Template.objects.exists()


def test_its_author_or_an_admin_renames_and_deletes_it(company: Company) -> None:
    pk = actions.save_objective_template(by=company.actor("lead"), objective_id=company.objective(), now=LATER)
    for who in ("member", "manager", "viewer"):
        with pytest.raises(NotAllowed):
            actions.rename_template(by=company.actor(who), template_id=pk, name="Mine", now=LATER)
        with pytest.raises(NotAllowed):
            actions.delete_template(by=company.actor(who), template_id=pk, now=LATER)
    actions.rename_template(by=company.actor("lead"), template_id=pk, name="Renamed", now=LATER)
    assert Template.objects.get().name == "Renamed"
    actions.delete_template(by=company.actor("admin"), template_id=pk, now=LATER)
    assert not Template.objects.exists()
    with pytest.raises(NotFound):
        actions.delete_template(by=company.actor("admin"), template_id=pk, now=LATER)


def test_two_templates_of_a_kind_have_two_names(company: Company) -> None:
    goal, by = company.objective(), company.actor("lead")
    first = actions.save_objective_template(by=by, objective_id=goal, name="One", now=LATER)
    with pytest.raises(Invalid, match="already"):
        actions.save_objective_template(by=by, objective_id=goal, name="One", now=LATER)
    actions.save_objective_template(by=by, objective_id=goal, name="Two", now=LATER)
    with pytest.raises(Invalid, match="already"):
        actions.rename_template(by=by, template_id=first, name="Two", now=LATER)
    assert sorted(Template.objects.values_list("name", flat=True)) == ["One", "Two"]


def test_another_workspace_has_its_own(company: Company) -> None:
    other = build_company("Other")
    pk = actions.save_objective_template(by=other.actor("lead"), objective_id=other.objective(), now=LATER)
    assert all(row.id is None for row in queries.list_templates(company.actor()))
    with pytest.raises(NotFound):
        queries.find_template(company.actor(), kind="objective", template_id=pk)
    with pytest.raises(NotFound):
        actions.rename_template(by=company.actor(), template_id=pk, name="Mine", now=LATER)
