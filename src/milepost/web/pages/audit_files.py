"""The audit trail as a file, narrowed to what was asked for; taking it away is an event itself."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.http import FileResponse, StreamingHttpResponse
from django.views.decorators.http import require_POST

from milepost import clock
from milepost.exchange.csv_out import lines
from milepost.exchange.xlsx_out import book
from milepost.web.access import PlacedRequest, page
from milepost.web.pages.audit import asked_of
from milepost.web.pages.audit_words import known, name_of, value_of
from milepost.workspace import actions
from milepost.workspace.errors import Invalid
from milepost.workspace.queries import Place, every_event, trail_head

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADER = (
    "Number", "When (UTC)", "Person", "By what hand", "Token", "What was done", "Kind", "Id", "Name", "Field", "Before",
    "After", "Reason", "Fingerprint",
)  # fmt: skip


@require_POST
@page
def as_csv(request: PlacedRequest) -> StreamingHttpResponse:
    place = request.place
    filters, told = _narrowed(request)
    until = actions.record_export(by=place.actor, filters=told, now=clock.now())
    rows = _rows(place, every_event(place.actor, filters=filters, until=until))
    answer = StreamingHttpResponse(
        (line.encode() for line in lines(HEADER, rows)), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="{_name(place)}.csv"'
    return answer


@require_POST
@page
def as_xlsx(request: PlacedRequest) -> FileResponse:
    """Send the trail as a sheet: it is written whole before it is sent, so that what does not fit is said."""
    place, now = request.place, clock.now()
    filters, told = _narrowed(request)
    until = trail_head(place.workspace_id).sequence
    rows = _rows(place, every_event(place.actor, filters=filters, until=until))
    file = book(HEADER, rows, title="Audit trail", now=now)
    actions.record_export(by=place.actor, filters=told, now=now)
    return FileResponse(file, as_attachment=True, filename=f"{_name(place)}.xlsx", content_type=XLSX)


def _narrowed(request: PlacedRequest) -> tuple[dict[str, object], dict[str, str]]:
    """Return what narrows the trail, and how that was said."""
    form, filters = asked_of(request, request.POST)
    if form.errors:
        raise Invalid("This cannot be narrowed so. Go back to Audit, change it there, and take the file from there.")
    return filters, {name: str(value) for name, value in request.POST.items() if name in form.fields and value}


def _name(place: Place) -> str:
    return f"{place.slug}-audit-{place.today}"


def _rows(place: Place, parts: Iterable[Sequence[Mapping[str, Any]]]) -> Iterator[tuple[object, ...]]:
    """Return the rows of the file: one for each changed field, one for an event that changed none."""
    for part in parts:
        things, names = known(place, part)
        for item in part:
            token = things.get(("token", item["token_id"] or 0))
            first = (
                item["sequence"], item["at"], item["person_name"] or "", item["hand"], token.name if token else "",
                item["verb"], item["kind"], item["object_id"], name_of(item, things),
            )  # fmt: skip
            for field, (old, new) in item["changes"].items() or [("", (None, None))]:
                yield (
                    *first,
                    field,
                    value_of(field, old, names),
                    value_of(field, new, names),
                    item["reason"],
                    item["hash"],
                )
