"""The parts of a formula, and its text."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from re import fullmatch


class Function(StrEnum):
    """What a formula may call (rule K7)."""

    SUM = "sum"
    AVG = "avg"
    MIN = "min"
    MAX = "max"
    ABS = "abs"
    IF_MISSING = "if_missing"


class Sign(StrEnum):
    """The four operations."""

    PLUS = "+"
    MINUS = "−"
    TIMES = "×"
    OVER = "÷"


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written; finite, 0 or more."""

    value: float


@dataclass(frozen=True, slots=True)
class Name:
    """The KPI of that name; `position` is where it stands in the text, from 1."""

    name: str
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Negative:
    """A part with its sign turned."""

    of: "Node"


@dataclass(frozen=True, slots=True)
class Chain:
    """Operations of one rank from left to right: plus and minus, or times and over."""

    first: "Node"
    rest: tuple[tuple[Sign, "Node"], ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function of its arguments."""

    function: Function
    arguments: tuple["Node", ...]


Node = Number | Name | Negative | Chain | Call
SUMS = frozenset({Sign.PLUS, Sign.MINUS})


def parts(node: Node) -> Iterator[Node]:
    """Yield a formula's parts, itself first, each before those inside it and from left to right.

    Source: rule K7.
    """
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        match part:
            case Negative(of):
                waiting.append(of)
            case Chain(first, rest):
                waiting += [one for _, one in reversed(rest)]
                waiting.append(first)
            case Call(_, arguments):
                waiting += reversed(arguments)


def names(node: Node) -> tuple[str, ...]:
    """Return the names that a formula reads, each once, in the order of its text.

    Source: rule K7.
    """
    return tuple(dict.fromkeys(part.name for part in _names(node)))


def size(node: Node) -> int:
    """Return of how many parts a formula is made: the steps of working it out once.

    Source: rule K7.
    """
    return sum(1 for _ in parts(node))


def write(node: Node, *, instead: Callable[[str], str] | None = None) -> str:
    """Return the text of a formula as the product writes it; `grammar.read_formula` reads it back.

    Args:
        instead: what to write in place of a name, for example its value; None writes names.

    Source: rule K7.
    """
    match node:
        case Number(value):
            return f"{Decimal(repr(value)):f}".removesuffix(".0")
        case Name(name):
            if instead is not None:
                return instead(name)
            return write_name(name)
        case Negative(of):
            return f"{Sign.MINUS}{_inside(of, instead, of_sums_only=False)}"
        case Chain(first, rest):
            adds = rest[0][0] in SUMS
            text = _inside(first, instead, of_sums_only=adds)
            return text + "".join(f" {sign} {_inside(one, instead, of_sums_only=adds)}" for sign, one in rest)
        case Call(function, arguments):
            return f"{function}({', '.join(write(one, instead=instead) for one in arguments)})"


def write_name(name: str) -> str:
    """Return a name as it stands in a formula: in brackets unless it is one word of letters, digits and "_".

    Source: rule K7.
    """
    return name if _is_plain(name) else f"[{name}]"


def rename(text: str, node: Node, called: Mapping[str, str]) -> str:
    """Return a formula's text with other names in place of its own, the rest as it was typed.

    Args:
        node: what the text was read into, so that it knows where each name stands.
        called: the new name of each old one; one that is left out stays.

    Source: rule K7.
    """
    found, at = [], 0
    for part in sorted(_names(node), key=lambda name: name.position):
        start = part.position - 1
        end = text.index("]", start) + 1 if text[start] == "[" else start + len(part.name)
        found += [text[at:start], write_name(called.get(part.name, part.name))]
        at = end
    return "".join([*found, text[at:]])


def _names(node: Node) -> Iterator[Name]:
    return (part for part in parts(node) if isinstance(part, Name))


def _inside(node: Node, instead: Callable[[str], str] | None, *, of_sums_only: bool) -> str:
    """Return a part's text, in parentheses if it is a chain: of any kind, or of sums only."""
    text = write(node, instead=instead)
    if isinstance(node, Chain) and (node.rest[0][0] in SUMS or not of_sums_only):
        return f"({text})"
    return text


def _is_plain(name: str) -> bool:
    return bool(fullmatch(r"[^\W\d]\w*", name)) and name.lower() not in set(Function)
