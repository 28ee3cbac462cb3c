"""The REST interface described for people, from its own description."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from milepost.api.app import ABOUT, api
from milepost.api.problems import TITLES
from milepost.links import absolute

SHOWN_DEPTH = 4


@require_GET
def docs(request: HttpRequest) -> HttpResponse:
    schema = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
            example = sample(body, schema) if body else None
            groups.setdefault(operation["tags"][0], []).append(
                {
                    "method": method.upper(), "path": path, "summary": operation["summary"],
                    "scope": operation["x-scope"], "id": operation["operationId"],
                    "query": [p for p in operation.get("parameters", []) if p["in"] == "query"],
                    "statuses": [s for s in operation["responses"] if int(s) < 300],  # noqa: PLR2004 - what went well
                    "curl": curl(method.upper(), path, example, base=absolute(request, "/").rstrip("/")),
                }
            )  # fmt: skip
    context = {
        "groups": groups,
        "about": [part for part in ABOUT.replace("`", "").split("\n\n") if part.strip()],
        "problems": sorted(TITLES.items()),
    }
    return render(request, "api/docs.html", context)


def curl(method: str, path: str, body: Any, *, base: str) -> str:
    """Return a request as one line for a terminal."""
    says_itself = method == "GET" or (method == "POST" and body is not None)
    parts = ["curl"] if says_itself else ["curl", f"-X {method}"]
    parts += ['-H "Authorization: Bearer $MILEPOST_TOKEN"', f"{base}{path}"]
    if body is not None:
        parts += [f"--json '{json.dumps(body)}'"]
    return " ".join(parts)


def sample(shape: dict[str, Any], schema: dict[str, Any], depth: int = 0) -> Any:
    """Return something that could be sent: the examples, and what is required."""
    if "$ref" in shape:
        shape = schema["components"]["schemas"][shape["$ref"].rsplit("/", 1)[1]]
    if shape.get("examples"):
        return shape["examples"][0]
    if "anyOf" in shape:
        return sample(shape["anyOf"][0], schema, depth)
    if shape.get("type") == "object" and depth < SHOWN_DEPTH:
        required = shape.get("required", [])
        return {
            name: sample(part, schema, depth + 1)
            for name, part in shape.get("properties", {}).items()
            if name in required or part.get("examples")
        }
    if shape.get("type") == "array":
        return [sample(shape.get("items", {}), schema, depth + 1)]
    if "enum" in shape:
        return shape["enum"][0]
    return {"string": "…", "integer": 1, "number": 1, "boolean": True}.get(shape.get("type", ""))
