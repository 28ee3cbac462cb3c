"""The pages of docs/ as blocks, and how what they show is compared with what came back."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "docs"
ANY = "…"  # stands for what varies; as a member or an item of its own, for all that is left out
_FENCE = re.compile(r"^```(\S*)[ ]?(.*?)\n(.*?)^```$", re.M | re.S)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, the word behind it, its text, the line it begins in."""

    language: str
    name: str
    text: str
    line: int


def blocks(page: str) -> list[Block]:
    text = (FOLDER / page).read_text(encoding="utf-8")
    return [Block(m[1], m[2], m[3], text.count("\n", 0, m.start()) + 1) for m in _FENCE.finditer(text)]


def as_json(text: str) -> Any:
    """Read JSON in which … may stand bare for a value, for members and for items."""
    inside: list[str] = []
    made, last = [], ""
    for token in re.findall(rf'"(?:[^"\\]|\\.)*"|{ANY}|[^"{ANY}]', text):
        if token in "{[":
            inside.append(token)
        elif token in "}]":
            inside.pop()
        is_member = token == ANY and last in "{," and inside[-1] == "{"
        made.append(f'"{ANY}": 0' if is_member else f'"{ANY}"' if token == ANY else token)
        last = last if token.isspace() else token
    return json.loads("".join(made))


def differences(shown: Any, came: Any, where: str = "") -> list[str]:
    """Return what a page shows and an answer does not have, or the other way round."""
    if shown == ANY:
        return []
    if isinstance(shown, dict) and isinstance(came, dict):
        return _of_members(shown, came, where)
    if isinstance(shown, list) and isinstance(came, list):
        return _of_items(shown, came, where)
    if isinstance(shown, str) and isinstance(came, str):
        return [] if is_like(shown, came) else [f"{where}: shown {shown!r}, came {came!r}"]
    same = type(shown) is type(came) or {type(shown), type(came)} == {int, float}
    return [] if same and shown == came else [f"{where}: shown {shown!r}, came {came!r}"]


def _of_members(shown: dict[str, Any], came: dict[str, Any], where: str) -> list[str]:
    found = [f"{where}.{name}: shown, did not come" for name in shown if name not in came and name != ANY]
    if ANY not in shown:
        found += [f"{where}.{name}: came, is not shown" for name in came if name not in shown]
    return found + [d for n in shown if n in came for d in differences(shown[n], came[n], f"{where}.{n}")]


def _of_items(shown: list[Any], came: list[Any], where: str) -> list[str]:
    is_cut = bool(shown) and shown[-1] == ANY
    wanted = shown[:-1] if is_cut else shown
    if len(came) < len(wanted) or (len(came) > len(wanted) and not is_cut):
        return [f"{where}: shown {len(wanted)} items, came {len(came)}"]
    return [d for i, one in enumerate(wanted) for d in differences(one, came[i], f"{where}[{i}]")]


def text_differences(shown: str, came: str) -> list[str]:
    """Compare line by line; a line that is … alone stands for any number of lines."""
    wanted, got = _lines(shown), _lines(came)
    rows = ["(?:.*\n)*?" if line == ANY else _like(line) + "\n" for line in wanted]
    if re.fullmatch("".join(rows), "".join(f"{line}\n" for line in got)):
        return []
    return ["shown:", *wanted, "came:", *got]


def is_like(shown: str, came: str) -> bool:
    return re.fullmatch(_like(shown), came) is not None


def _like(shown: str) -> str:
    return ".*".join(re.escape(part) for part in shown.split(ANY))


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip("\n").splitlines()]
