"""How status is told."""

from django.http import HttpResponse
from ninja import Router

from milepost import clock
from milepost.api.auth import ApiRequest
from milepost.api.routes import reply, route, seen_version
from milepost.api.schemas.rules import RulesOut, RulesPatch
from milepost.exchange.country_days import NoSuchCountry, holidays_of
from milepost.okr import actions
from milepost.workspace import queries
from milepost.workspace.errors import Invalid
from milepost.workspace.permissions import Scope

router = Router(tags=["People"])
MAY_BE_NULL = frozenset({"ahead", "working_days"})


@route(router, "GET", "/workspace/rules", scope=Scope.READ, answer=RulesOut, summary="Show how status is told")
def show_rules(request: ApiRequest) -> HttpResponse:
    return _rules(request)


@route(
    router, "PATCH", "/workspace/rules", scope=Scope.ADMIN, answer=RulesOut, versioned=True,
    summary="Tell status by other rules, from today on",
)  # fmt: skip
def update_rules(request: ApiRequest, body: RulesPatch) -> HttpResponse:
    place = request.place
    there = queries.show_rules(place.actor)
    sent = body.model_dump(exclude_unset=True, exclude={"reason", "holidays_of"})
    given = {name: value for name, value in sent.items() if value is not None or name in MAY_BE_NULL}
    draft = actions.patched_rules(there, given)
    if body.holidays_of is not None:
        days = draft.working_days or (0, 1, 2, 3, 4)
        try:
            holidays = holidays_of(body.holidays_of, today=place.today, working_days=days)
        except NoSuchCountry as error:
            raise Invalid(str(error), field="holidays_of") from None
        draft = actions.patched_rules(there, given | {"working_days": days, "holidays": holidays})
    actions.change_rules(
        by=place.actor, draft=draft, reason=body.reason, seen=seen_version(request, there), now=clock.now()
    )
    return _rules(request)


def _rules(request: ApiRequest) -> HttpResponse:
    actor = request.place.actor
    versions = [{k: v for k, v in row.items() if k != "by"} for row in queries.list_rules(actor)]
    shown = queries.show_rules(actor)
    return reply({**shown, "versions": versions}, version=shown["version"])
