"""Finding guards in the source, and taking one out."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src"
ROOMS = ("workspace", "metrics", "okr", "exchange", "web", "api")
# The operator and the doctor look at everything: nothing in them is a guard.
NOT_GUARDS = {
    "milepost/okr/queries/integrity.py",
    "milepost/workspace/actions/operator.py",
    "milepost/workspace/actions/personal.py",
}
REFUSALS = {"NotAllowed", "OutOfScope", "NoToken"}
OF_A_TENANT = "workspace_id"
OF_A_READER = {"user", "user_id", "workspace__slug"}
ENDED = {"removed_at", "revoked_at", "membership__removed_at", "user__is_active", "expires_at__gt"}


@dataclass(frozen=True, slots=True)
class Site:
    """One guard: where it stands, what it is and what is left when it is gone.

    `kind` is check (a call of `require`), refusal (an `if` that raises), grant (a condition that allows) or
    bar (one that forbids), wall (what hides a goal inside a workspace), tenant (what hides the other
    workspaces), reader (whose row it is) or ended (what shuts out who had access before).
    """

    path: str
    line: int
    column: int
    kind: str
    text: str

    @property
    def key(self) -> str:
        """Return a name to find it again by."""
        return f"{self.path}:{self.line}:{self.column}:{self.kind}"

    @property
    def module(self) -> str:
        """Return the module it stands in."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def find_sites() -> list[Site]:
    """Return every guard of the source, by file and line."""
    found: list[Site] = []
    for room in ROOMS:
        for file in sorted((SOURCE / "milepost" / room).rglob("*.py")):
            path = file.relative_to(SOURCE).as_posix()
            if "/migrations/" in path or path in NOT_GUARDS:
                continue
            text = file.read_text()
            lines = text.splitlines()
            for node, kind in guards_in(ast.parse(text)):
                found.append(Site(path, node.lineno, node.col_offset, kind, lines[node.lineno - 1].strip()))
    return found


def guards_in(tree: ast.AST) -> Iterator[tuple[ast.expr | ast.stmt | ast.keyword, str]]:
    """Yield each guard of a module with its kind; a call of `visible_to` is a wall and a tenant filter."""
    ending = {id(n.func.value) for n in ast.walk(tree) if isinstance(n, ast.Call) and _is_update(n.func)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and _name(node.value.func) == "require":
            yield node, "check"
        elif isinstance(node, ast.If) and _refuses(node):
            yield node, "refusal"
        elif isinstance(node, ast.FunctionDef) and _is_decorated(node, "predicate"):
            yield from _conditions_of(node)
        elif isinstance(node, ast.Attribute) and node.attr == "sight" and isinstance(node.ctx, ast.Load):
            if _name(node.value) != "reader":  # the one place that all others lead to
                yield node, "wall"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            for part, kind in _of_call(node, node.func):
                if kind != "ended" or id(node) not in ending:  # what has ended ends once: nobody is shut out by that
                    yield part, kind


def _of_call(node: ast.Call, method: ast.Attribute) -> Iterator[tuple[ast.expr | ast.keyword, str]]:
    if method.attr == "visible_to" and _name(method.value) != "get_queryset":
        yield node, "wall"
        yield node, "tenant"
    elif method.attr == "seen" and _is_starred(node):
        yield node, "tenant"
    elif method.attr == "seen_by" and _is_starred(node):
        yield node, "wall"
    elif method.attr == "standing":
        yield node, "ended"
    elif method.attr in {"filter", "get"}:
        for keyword in node.keywords:
            name = keyword.arg or ""
            if name == OF_A_TENANT or name.endswith(f"__{OF_A_TENANT}"):
                yield keyword, "tenant"
            elif name in OF_A_READER:
                yield keyword, "reader"
            elif name in ENDED:
                yield keyword, "ended"


def _is_starred(call: ast.Call) -> bool:
    """Return whether a reader's sight is handed on."""
    return any(isinstance(argument, ast.Starred) for argument in call.args)


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(attr=name):
            return name
        case ast.Call(func=func):
            return _name(func)
    return ""


def _is_update(func: ast.expr) -> TypeGuard[ast.Attribute]:
    return isinstance(func, ast.Attribute) and func.attr == "update"


def _refuses(node: ast.If) -> bool:
    last = node.body[-1]
    return isinstance(last, ast.Raise) and last.exc is not None and _name(last.exc) in REFUSALS and not node.orelse


def _is_decorated(node: ast.FunctionDef, by: str) -> bool:
    return any(_name(d) == by for d in node.decorator_list)


def _conditions_of(node: ast.FunctionDef) -> Iterator[tuple[ast.expr, str]]:
    """Yield the conditions that a permission is made of; what only asks whether there is anything is none."""
    barring = {id(n) for part in ast.walk(node) if isinstance(part, ast.If) for n in ast.walk(part.test)}
    for part in ast.walk(node):
        conditions: Sequence[ast.expr] = ()
        if isinstance(part, ast.BoolOp):
            conditions = part.values
        elif isinstance(part, ast.Return) and part.value and not isinstance(part.value, ast.BoolOp | ast.Constant):
            conditions = [part.value]
        for condition in conditions:
            is_presence = isinstance(condition, ast.Compare) and isinstance(condition.ops[0], ast.Is | ast.IsNot)
            if not is_presence and "actor" in {_name(n) for n in ast.walk(condition) if isinstance(n, ast.expr)}:
                yield condition, "bar" if id(condition) in barring else "grant"


class Switched(ast.NodeTransformer):
    """Puts a switch before each guard of a module, so that one can be taken out while the tests run.

    Args:
        numbers: line, column and kind of the guards, with the number each is known by.
    """

    def __init__(self, numbers: dict[tuple[int, int, str], int]) -> None:
        self._numbers = numbers

    def applied_to(self, text: str, path: str) -> ast.Module:
        """Return the module with its switches."""
        tree = ast.parse(text, path)
        for node, kind in list(guards_in(tree)):
            numbers = getattr(node, "guards", {})
            numbers[kind] = self._numbers[node.lineno, node.col_offset, kind]
            node.guards = numbers  # type: ignore[union-attr]
        self.visit(tree)
        after = 1 if ast.get_docstring(tree) is not None else 0
        tree.body[after:after] = ast.parse("from qa.guards import switch as __guard__").body
        return ast.fix_missing_locations(tree)

    def visit(self, node: ast.AST) -> ast.AST:
        """Return what stands in a node's place."""
        if isinstance(node, ast.FunctionDef) and _is_decorated(node, "prepared"):
            inside = [n for part in ast.walk(node) for n in getattr(part, "guards", {}).values()]
            if inside:  # it is composed once, so who asks is noted at the call
                node.decorator_list.insert(0, _helper("asked", *map(ast.Constant, inside)))
        if isinstance(node, ast.Call):
            _open(node)
        guards = getattr(node, "guards", {})
        node = self.generic_visit(node)
        original = node
        for kind, number in guards.items():
            test = _helper("stands", ast.Constant(number))
            if isinstance(node, ast.stmt):
                node = ast.copy_location(ast.If(test, [node], []), original)
            elif isinstance(node, ast.expr):
                node = ast.copy_location(ast.IfExp(test, node, _without(original, kind)), original)
        return node


def _open(call: ast.Call) -> None:
    """Make the filters of a call that are guards into conditions with a switch."""
    for keyword in [k for k in call.keywords if getattr(k, "guards", {})]:
        (number,) = keyword.guards.values()  # type: ignore[attr-defined]
        call.keywords.remove(keyword)
        call.args.append(_helper("where", ast.Constant(number), ast.Constant(keyword.arg), keyword.value))


def _helper(name: str, *args: ast.expr) -> ast.Call:
    return ast.Call(ast.Attribute(ast.Name("__guard__", ast.Load()), name, ast.Load()), list(args), [])


def _without(node: ast.AST, kind: str) -> ast.expr:
    """Return what is left where a guard stood."""
    match node:
        case ast.Call(func=ast.Attribute(value=rows, attr="visible_to"), args=args) if kind == "wall":
            return _helper("within_walls", rows, *args)
        case ast.Call(func=ast.Attribute(value=rows, attr="visible_to"), args=args):
            return _helper("of_every_workspace", rows, *args)
        case ast.Call(func=ast.Attribute(value=rows, attr="seen"), args=args):
            return _helper("seen_of_every_workspace", rows, *args)
        case ast.Call(func=ast.Attribute(attr="seen_by")):
            return _helper("or_any", node)
        case ast.Call(func=ast.Attribute(value=rows, attr="standing")):
            return ast.Call(ast.Attribute(rows, "all", ast.Load()), [], [])
        case ast.Attribute(attr="sight"):
            return _helper("whole", node)
    return ast.Constant(kind == "grant")
