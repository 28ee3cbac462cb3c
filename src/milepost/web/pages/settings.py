"""Settings of a workspace: general, cycles, members."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from milepost import clock
from milepost.core.calendar import add_months
from milepost.links import absolute
from milepost.okr import actions as okr
from milepost.okr.queries import get_cycle, list_cycles_with_counts
from milepost.web import format as words
from milepost.web.access import PlacedRequest, page
from milepost.web.forms.fields import attempt, optional_id
from milepost.web.forms.people import CycleForm, InviteForm, SettingsForm
from milepost.web.forms.versions import attempt_on, status_of
from milepost.web.pages.choices import people
from milepost.web.pages.choices import teams as team_choices
from milepost.workspace import actions
from milepost.workspace.errors import Invalid, NotAllowed, NotFound
from milepost.workspace.queries import MemberRow, list_invitations, list_members, show_workspace

ROLES = (("admin", "Admin"), ("member", "Member"), ("viewer", "Viewer"))


@require_http_methods(["GET", "POST"])
@page
def general(request: PlacedRequest) -> HttpResponse:
    place = request.place
    _admins_only(request)
    shown = show_workspace(place.actor)
    initial = {
        "name": place.name,
        "time_zone": place.time_zone,
        "fiscal_month": place.fiscal_month,
        "rhythm_weeks": 0 if place.rhythm.monthly else place.rhythm.every_weeks,
        "rhythm_weekday": place.rhythm.weekday,
        "rhythm_hour": place.rhythm.hour,
        "rhythm_skip_days": place.rhythm.skip_days or 0,
        "rhythm_is_locked": shown["rhythm_is_locked"],
        "reviewers": place.reviewers,
        "demands_second_step": place.demands_second_step,
        "version": shown["version"],
    }
    form = SettingsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        settings = actions.WorkspaceSettings(**given)
        saved = attempt_on(
            form,
            lambda seen: actions.change_settings(by=place.actor, settings=settings, seen=seen, now=clock.now()) or True,
        )
        if saved:
            messages.success(request, "Settings saved.")
            return redirect("settings", place.slug)
    context = {"form": form, "has_second_step": place.has_second_step}
    return render(request, "settings/general.html", context, status=status_of(request, form))


@require_http_methods(["GET", "POST"])
@page
def cycles(request: PlacedRequest) -> HttpResponse:
    place = request.place
    _admins_only(request)
    rows = list_cycles_with_counts(place.actor, today=place.today)
    wanted = optional_id(request.GET.get("edit", ""))
    editing = next((c for c in rows if c.id == wanted), None)
    if wanted is not None and editing is None:
        raise NotFound
    initial: dict[str, Any] = _next_quarter(request, rows)
    if editing is not None:
        version = get_cycle(place.actor, editing.id).version
        initial = {
            "name": editing.name, "first_day": editing.first_day, "last_day": editing.last_day, "version": version,
            "coach_id": editing.coach_id or "",
        }  # fmt: skip
    form = CycleForm(request.POST or None, people=people(place), initial=initial)
    if request.method == "POST":
        if editing is not None and request.POST.get("do") == "delete":
            okr.delete_cycle(by=place.actor, cycle_id=editing.id, now=clock.now())
            return redirect("settings_cycles", place.slug)
        if form.is_valid() and _save(request, form, editing.id if editing else None):
            return redirect("settings_cycles", place.slug)
    context = {
        "cycles": rows,
        "form": form,
        "editing": editing,
        "form_heading": f"Change {editing.name}" if editing else "Add a cycle",
        "lede": f"{words.count(len(rows), 'cycle').capitalize()}. They may overlap and nest, "
        "such as a year over its quarters.",
    }
    return render(request, "settings/cycles.html", context, status=status_of(request, form))


def _save(request: PlacedRequest, form: CycleForm, cycle_id: int | None) -> bool:
    by, now = request.place.actor, clock.now()
    given = {name: value for name, value in form.cleaned_data.items() if name != "version"}
    if cycle_id is None:
        return bool(attempt(form, lambda: okr.create_cycle(by=by, now=now, **given)))
    return bool(
        attempt_on(form, lambda seen: okr.edit_cycle(by=by, cycle_id=cycle_id, seen=seen, now=now, **given) or True)
    )


def _next_quarter(request: PlacedRequest, rows: tuple[Any, ...]) -> dict[str, Any]:
    """Return the first quarter, from this one on, that is no cycle yet."""
    today = request.place.today
    first = today.replace(month=3 * ((today.month - 1) // 3) + 1, day=1)
    taken = {(c.first_day, c.last_day) for c in rows}
    for _ in range(40):
        after = add_months(first, 3)
        last = after.fromordinal(after.toordinal() - 1)
        if (first, last) not in taken:
            return {
                "name": f"Q{(first.month - 1) // 3 + 1} {first.year}",
                "first_day": first,
                "last_day": last,
            }
        first = after
    return {}


@require_http_methods(["GET", "POST"])
@page
def members(request: PlacedRequest) -> HttpResponse:
    place = request.place
    _admins_only(request)
    form = InviteForm(None, teams=team_choices(place), initial={"role": "member"})
    link = ""
    status = 200
    if request.method == "POST":
        if request.POST.get("do") != "invite":
            _change(request)
            return redirect("settings_members", place.slug)
        form = InviteForm(request.POST, teams=team_choices(place))
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            token = attempt(
                form,
                lambda: actions.invite(
                    by=place.actor,
                    label=data["label"],
                    role=data["role"],
                    team_id=optional_id(data["team"]),
                    now=clock.now(),
                ),
            )
            if token:
                link, status = absolute(request, reverse("join", args=[token])), 200
                form = InviteForm(None, teams=team_choices(place), initial={"role": "member"})
    rows = list_members(place.actor)
    context = {
        "members": rows,
        "form": form,
        "link": link,
        "roles": ROLES,
        "invitations": list_invitations(place.actor, now=clock.now()),
        "lede": f"{words.count(len(rows), 'person', 'people').capitalize()}, "
        f"{words.count(sum(m.role == 'admin' for m in rows), 'admin')}. "
        f"{_without_second_step(rows, is_demanded=place.demands_second_step)}",
    }
    return render(request, "settings/members.html", context, status=status)


def _without_second_step(rows: tuple[MemberRow, ...], *, is_demanded: bool) -> str:
    without = sum(not m.has_second_step for m in rows)
    if not without:
        return "All sign in with a second step."
    if is_demanded:
        return f"{words.count(without, 'person sets', 'people set').capitalize()} up a second step before they come in."
    return f"{words.count(without, 'person signs', 'people sign').capitalize()} in with a password alone."


def _change(request: PlacedRequest) -> None:
    by, now, do = request.place.actor, clock.now(), request.POST.get("do", "")
    member = optional_id(request.POST.get("member", ""))
    invitation = optional_id(request.POST.get("invitation", ""))
    if do == "role" and member is not None:
        actions.change_role(by=by, membership_id=member, role=request.POST.get("role", ""), now=now)
    elif do == "remove" and member is not None:
        actions.remove_member(by=by, membership_id=member, now=now)
    elif do == "revoke" and invitation is not None:
        actions.revoke_invitation(by=by, invitation_id=invitation, now=now)
    else:
        raise Invalid("Choose what to do with whom.")


def _admins_only(request: PlacedRequest) -> None:
    if not request.place.actor.is_admin:
        raise NotAllowed("Settings are for admins. Ask one of them.")
