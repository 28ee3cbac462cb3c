"""Finding guards in the source, and taking one out."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

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
            yield from _of_call(node, node.func)


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


class Change(ast.NodeTransformer):
    """Takes guards out of a module, or has each of them note who passes it.

    Args:
        out: the guard to take out; None takes out none.
        noted: the guards that note who passes, with the number each is noted under.
    """

    def __init__(self, *, out: Site | None, noted: dict[tuple[int, int, str], int]) -> None:
        self.out = (out.line, out.column, out.kind) if out else None
        self.noted = noted

    def applied_to(self, text: str, path: str) -> ast.Module:
        """Return the changed module."""
        tree = ast.parse(text, path)
        for node, kind in list(guards_in(tree)):
            node.guards = [*getattr(node, "guards", ()), kind]  # type: ignore[union-attr]
        body: list[ast.stmt] = self.visit(tree).body
        after = 1 if ast.get_docstring(tree) is not None else 0
        while isinstance(body[after], ast.ImportFrom) and body[after].module == "__future__":  # type: ignore[attr-defined]
            after += 1
        body[after:after] = ast.parse("from qa.guards import lifted as __guard__").body
        return ast.fix_missing_locations(tree)

    def visit(self, node: ast.AST) -> ast.AST:
        """Return what stands in a node's place."""
        if isinstance(node, ast.FunctionDef) and _is_decorated(node, "prepared"):
            numbers = (self._number(n, k) for n, k in guards_in(node))
            inside = [number for number in numbers if number is not None]
            if inside:  # it is compiled once, so who runs it is noted at the call
                node.decorator_list.insert(0, _helper("runs", *map(ast.Constant, inside)))
        if isinstance(node, ast.Call):
            self._open(node)
        kinds = getattr(node, "guards", ())
        node = self.generic_visit(node)
        for kind in kinds:
            where = (node.lineno, node.col_offset, kind)  # type: ignore[attr-defined]
            if where == self.out:
                return _without(node, kind)
            if (number := self.noted.get(where)) is not None:
                node = _noting(node, number)
        return node

    def _open(self, call: ast.Call) -> None:
        """Take the filter that is to go out of a call: it stays in the question, as one that everything passes."""
        for keyword in call.keywords:
            if any((keyword.lineno, keyword.col_offset, k) == self.out for k in getattr(keyword, "guards", ())):
                call.keywords.remove(keyword)
                call.args.append(_helper("or_any", ast.Constant(keyword.arg), keyword.value))

    def _number(self, node: ast.AST, kind: str) -> int | None:
        return self.noted.get((node.lineno, node.col_offset, kind))  # type: ignore[attr-defined]


def _helper(name: str, *args: ast.expr) -> ast.Call:
    return ast.Call(ast.Attribute(ast.Name("__guard__", ast.Load()), name, ast.Load()), list(args), [])


def _without(node: ast.AST, kind: str) -> ast.AST:
    """Return what is left where a guard stood."""
    left: ast.AST
    match node:
        case ast.stmt():
            left = ast.Pass()
        case ast.Call(func=ast.Attribute(value=rows, attr="visible_to"), args=args) if kind == "wall":
            left = _helper("within_walls", rows, *args)
        case ast.Call(func=ast.Attribute(value=rows, attr="visible_to"), args=args):
            left = _helper("of_every_workspace", rows, *args)
        case ast.Call(func=ast.Attribute(value=rows, attr="seen"), args=args):
            left = _helper("seen_of_every_workspace", rows, *args)
        case ast.Call(func=ast.Attribute(attr="seen_by")):
            left = _helper("or_any", node)
        case ast.Call(func=ast.Attribute(value=rows, attr="standing")):
            left = ast.Call(ast.Attribute(rows, "all", ast.Load()), [], [])
        case ast.Attribute(attr="sight"):
            left = _helper("whole", node)
        case _:
            left = ast.Constant(kind == "grant")
    return ast.copy_location(left, node)


def _noting(node: ast.AST, number: int) -> ast.AST:
    """Return the same guard, noting who passes."""
    match node:
        case ast.stmt():
            note = ast.copy_location(ast.Expr(_helper("passed", ast.Constant(number))), node)
            return ast.copy_location(ast.If(ast.Constant(True), [note, node], []), node)
        case ast.keyword(arg=name, value=value):
            return ast.copy_location(ast.keyword(name, _helper("passed", ast.Constant(number), value)), node)
        case ast.expr():
            return ast.copy_location(_helper("passed", ast.Constant(number), node), node)
    raise TypeError(f"Nobody can pass {ast.dump(node)}.")
