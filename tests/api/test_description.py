"""The description of the interface: nothing changes unseen, and nothing is answered that it does not say."""

import json
import os
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from milepost.api.app import api
from milepost.site.wsgi import application
from tests.api.conftest import Calling
from tests.people import Company
from tests.web.things import build_things

pytestmark = pytest.mark.django_db
SNAPSHOT = Path(__file__).parent / "openapi.json"
REQUESTS = int(os.environ.get("MILEPOST_API_REQUESTS", "500"))
CHECKS = (
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
    response_headers_conformance,
)  # fmt: skip


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """Keep the test's connection: a server would close it after each request."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def described() -> dict[str, Any]:
    return json.loads(json.dumps(api.get_openapi_schema(), default=str))


def test_a_changed_contract_shows_as_a_diff() -> None:
    """To change it on purpose: python -m tests.api.snapshot, then read the diff."""
    assert described() == json.loads(SNAPSHOT.read_text())


def test_the_description_is_made_once_for_each_path_it_is_served_at() -> None:
    assert api.get_openapi_schema() is api.get_openapi_schema(path_prefix="/api/v1/")
    assert "/below/api/v1/cycles" in api.get_openapi_schema(path_prefix="/below/api/v1/")["paths"]


def test_every_refusal_is_described_as_a_problem() -> None:
    for path, methods in described()["paths"].items():
        for method, operation in methods.items():
            answers = operation["responses"]
            assert {"401", "403", "422", "429"} <= set(answers), (path, method)
            assert ("404" in answers) or "{" not in path
            for status, answer in answers.items():
                media = list(answer.get("content", {}))
                if int(status) >= 400:
                    assert media == ["application/problem+json"], (path, status)
                else:
                    assert media in (["application/json"], []), (path, status)
            assert operation["summary"]
            assert operation["x-scope"]


def test_the_description_is_served_and_read_by_people(company: Company, client) -> None:
    served = client.get("/api/v1/openapi.json")
    assert (served.status_code, served.json()["openapi"]) == (200, "3.1.0")
    page = client.get("/api/v1/docs").content.decode()
    for operation in (
        "Write one value, or a list of them",
        "/api/v1/kpis/{slug}/readings",
        'id="problem-422"',
        "checkin:write",
    ):
        assert operation in page


@pytest.mark.usefixtures("_one_connection")
def test_generated_requests_get_described_answers(company: Company, calling: Calling, settings: Any) -> None:
    """What nobody thought of: every answer is one that the description names, and never a 500."""
    settings.API_REQUESTS_A_MINUTE = 10**9
    build_things(company)
    secret = calling("admin").secret
    schema = schemathesis.openapi.from_dict(described(), config=None)
    schema.app = application
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) > 50
    sent = 0
    each = max(2, REQUESTS // len(operations) // 2)
    for operation, mode in product(operations, (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)):

        @settings_for(each)
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: Any) -> None:
            nonlocal sent
            with transaction.atomic():  # everything stays as it was for the next one
                answer = case.call(headers={"Authorization": f"Bearer {secret}"})
                transaction.set_rollback(True)
            case.validate_response(answer, checks=CHECKS)
            sent += 1

        try:
            ask()
        except Unsatisfiable:  # an operation without parameters or body has no wrong input
            assert mode == GenerationMode.NEGATIVE
    assert sent > each * len(operations)


def settings_for(examples: int) -> Any:
    return hypothesis_settings(
        max_examples=examples, deadline=None, database=None, phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck), derandomize="MILEPOST_API_REQUESTS" not in os.environ,
    )  # fmt: skip
