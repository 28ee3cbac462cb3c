"""Every example of the method's page is what `core` makes of its numbers."""

import ast
import importlib
import inspect
import pkgutil
import re
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from tests.core.test_sources import CORE, KEY, METHOD, functions, keys, sources
from tests.docs import method
from tests.docs.method.words import EXAMPLES

for _module in pkgutil.iter_modules(method.__path__):
    importlib.import_module(f"{method.__name__}.{_module.name}")

ROWS = {
    match[0]: [cell.strip() for cell in row.strip("|").split("|")]
    for row in METHOD.splitlines()
    if row.startswith("| ") and (match := KEY.match(row.split("|")[1].strip()))
}
# For every function of core, by file and name, the rules its docstring names.
CITED = {
    (str(path), function.name): set().union(*(keys(s) for s in sources((ast.get_docstring(function) or "") + '"""')))
    for path in CORE.rglob("*.py")
    for function in functions(path)
}


def test_every_rule_has_an_example_and_every_example_its_rule() -> None:
    assert len(ROWS) > 40
    assert sorted(EXAMPLES) == sorted(ROWS)


@pytest.mark.parametrize("key", ROWS)
def test_an_example_is_what_core_makes_of_it(key: str) -> None:
    assert EXAMPLES[key]() == ROWS[key][2], f"{key}: left is what core computes, right what docs/method.md says"


@pytest.mark.parametrize("key", ROWS)
def test_an_example_asks_a_function_that_names_its_rule(key: str) -> None:
    called: set[tuple[str, str]] = set()

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(str(CORE)):
            called.add((frame.f_code.co_filename, frame.f_code.co_name))

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        EXAMPLES[key]()
    finally:
        sys.setprofile(before)
    assert key in set().union(*(CITED.get(one, set()) for one in called)), sorted(name for _, name in called)


@pytest.mark.parametrize("key", ROWS)
def test_no_number_of_an_example_stands_in_its_words(key: str) -> None:
    """What is shown is put in, so that a number can neither be wrong on both sides nor go stale on one."""
    function = EXAMPLES[key]
    tree = ast.parse(Path(inspect.getfile(function)).read_text(encoding="utf-8"))
    (found,) = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == function.__name__]
    texts = [
        part.value
        for node in ast.walk(found)
        if isinstance(node, ast.JoinedStr)
        for part in node.values
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]
    assert texts, f"{key} puts nothing in"
    assert [text for text in texts if re.search(r"\d", text)] == []
