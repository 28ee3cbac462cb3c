"""Code and method cite the same rules, and every public function of core says what it does and where it comes from."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "src/milepost/core"
METHOD = (ROOT / "docs/method.md").read_text(encoding="utf-8")
KEY = re.compile(r"\b([PRESGAKC])(\d{1,2})\b")
MODULES = sorted(CORE.rglob("*.py"))
# What a source may be besides a rule's key; the method's page has them as text.
OTHERS = (
    "ADR 0006",
    "XmR chart",
    "the edge cases of progress",
    "the introduction of rules P",
    "the head of the rules",
    "guidance",  # keys of docs/guidance.md
    "rules S",
)


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    def visit(body: list[ast.stmt]) -> Iterator[ast.FunctionDef]:
        for node in body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                yield from visit(node.body)
            elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                yield node

    return visit(ast.parse(path.read_text(encoding="utf-8")).body)


def keys(text: str) -> set[str]:
    """Return the rules named in a text, "P1 to P11" and "C1–C4" being all between."""
    found = {f"{letter}{number}" for letter, number in KEY.findall(text)}
    for letter, first, last in re.findall(r"\b([PRESGAKC])(\d+)(?: to |–)[PRESGAKC](\d+)\b", text):
        found |= {f"{letter}{n}" for n in range(int(first), int(last) + 1)}
    return found


def sources(text: str) -> list[str]:
    """Return what stands behind "Source:" in docstrings, with its second line if it has one."""
    return [
        " ".join(part.split())
        for part in re.findall(r"Source: (.+?)(?=\n\s*\n|\"\"\"|\n\s*Args:|\n\s*Raises:)", text, re.S)
    ]


def test_every_rule_stands_in_the_code_and_in_the_method() -> None:
    cited = set().union(
        *(keys(s) for path in (ROOT / "src").rglob("*.py") for s in sources(path.read_text(encoding="utf-8")))
    )
    explained = set().union(*(keys(row.split("|")[1]) for row in METHOD.splitlines() if row.startswith("| ")))
    assert cited - explained == set()
    assert explained - cited == set()
    wanted = {"P": 11, "R": 8, "E": 5, "S": 7, "G": 4, "K": 10, "C": 4}
    assert {f"{letter}{n}" for letter, last in wanted.items() for n in range(1, last + 1)} <= cited


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(CORE)))
def test_every_public_function_says_what_it_does_what_it_refuses_and_its_source(path: Path) -> None:
    for function in functions(path):
        doc = ast.get_docstring(function) or ""
        assert re.match(r"(Return|Do nothing|Yield)", doc), function.name
        (source,) = sources(doc + '"""') or ("",)
        assert keys(source) or source.startswith(OTHERS), (function.name, source)
        raised = {
            node.exc.func.id
            for node in ast.walk(function)
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name)
        }
        for name in raised:
            assert re.search(rf"Raises:.*\b{name}\b", doc, re.S), (function.name, name)


def test_core_knows_no_clock_and_only_the_standard_library() -> None:
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\.now\(|\.today\(|utcnow|time\.time\(|perf_counter|monotonic", text), path.name
        roots = {
            name.split(".")[0]
            for node in ast.walk(ast.parse(text))
            for name in (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
        }
        assert roots <= {"milepost", "bisect", "calendar", "collections", "dataclasses", "datetime", "decimal", "enum", "fractions", "functools", "hashlib",
                         "itertools", "json", "math", "re", "sys", "typing", "unicodedata", "zoneinfo"}, (path.name, roots)  # fmt: skip


def test_what_core_hands_around_is_frozen() -> None:
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for decorator in node.decorator_list if isinstance(node, ast.ClassDef) else []:
                if "dataclass" in ast.unparse(decorator):
                    assert "frozen=True" in ast.unparse(decorator), (path.name, node.name)
