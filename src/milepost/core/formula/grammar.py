"""The language of calculated KPIs: from a text to a formula, or to what is wrong with it and where."""

import math
import re
from dataclasses import dataclass

from milepost.core.formula.tree import Call, Chain, Function, Name, Negative, Node, Number, Sign

LONGEST = 2000  # characters
DEEPEST = 40  # parentheses and calls inside each other
MOST_PARTS = 500
LONGEST_NAME = 200
SHOWN = 30

_SIGNS = {"+": Sign.PLUS, "-": Sign.MINUS, "−": Sign.MINUS, "*": Sign.TIMES, "×": Sign.TIMES, "·": Sign.TIMES,
          "/": Sign.OVER, "÷": Sign.OVER}  # fmt: skip
_RANKS = (frozenset({Sign.PLUS, Sign.MINUS}), frozenset({Sign.TIMES, Sign.OVER}))
_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>[0-9]+\.?[0-9]*|\.[0-9]+)"
    r"|(?P<name>[^\W\d]\w*)"
    r"|\[(?P<quoted>[^\[\]]*)\]"
    r"|(?P<mark>[-+−*×·/÷(),;])"
)
# How many arguments a function takes: at least, at most.
_ARGUMENTS = {Function.ABS: (1, 1), Function.IF_MISSING: (2, 2)}


class BadFormula(ValueError):
    """A text that is no formula; `position` is the character, from 1, at which that shows."""

    def __init__(self, position: int, sentence: str) -> None:
        self.position = position
        super().__init__(f"At character {position}: {sentence}")


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # number, name, mark or end
    text: str
    position: int


def read_formula(text: str, *, longest: int = LONGEST) -> Node:
    """Return the formula of a text.

    Names of KPIs stand as they are where they are letters, digits and "_", else in square brackets:
    `[first-response-time] ÷ tickets`. Four operations, parentheses, numbers with a point, and sum, avg,
    min, max, abs, if_missing.

    Args:
        longest: characters that the text may have; more where it was typed with shorter names.

    Raises:
        BadFormula: with the place and what could stand there; also for a text that is too long, nests too
            deep or has too many parts, with both numbers.

    Source: rule K7.
    """
    if len(text) > longest:
        raise BadFormula(longest + 1, f"the formula is {len(text)} characters long. Keep it to {longest}.")
    reader = _Reader(_tokens(text))
    node = reader.chain(0)
    reader.expect_end()
    return node


class _Reader:
    """Reads tokens from left to right; never deeper than `DEEPEST`, so the stack holds."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = 0
        self.made = 0

    @property
    def token(self) -> _Token:
        return self.tokens[self.at]

    def chain(self, rank: int) -> Node:
        """Read operations of a rank: 0 plus and minus, 1 times and over."""
        if rank == len(_RANKS):
            return self.signed()
        first = self.chain(rank + 1)
        rest: list[tuple[Sign, Node]] = []
        while self.token.kind == "mark" and (sign := _SIGNS.get(self.token.text)) in _RANKS[rank]:
            self.at += 1
            rest.append((sign, self.chain(rank + 1)))
        return self.count(Chain(first, tuple(rest))) if rest else first

    def signed(self) -> Node:
        turned = False
        while self.token.kind == "mark" and _SIGNS.get(self.token.text) in _RANKS[0]:
            turned ^= _SIGNS[self.token.text] == Sign.MINUS
            self.at += 1
        node = self.primary()
        return self.count(Negative(node)) if turned else node

    def primary(self) -> Node:
        token = self.token
        if token.kind == "number":
            self.at += 1
            value = float(token.text)
            if not math.isfinite(value):
                raise BadFormula(token.position, f"{token.text[:SHOWN]} is no finite number. Write a smaller one.")
            self.refuse_neighbour(token)
            return self.count(Number(value))
        if token.kind in {"name", "quoted"}:
            self.at += 1
            if token.kind == "name" and self.token.text == "(" and self.token.kind == "mark":
                return self.call(token)
            if token.kind == "name" and token.text.lower() in set(Function):
                raise BadFormula(
                    token.position, f"“{token.text}” is a function. Write {token.text}(…), or [{token.text}] for a KPI."
                )
            self.refuse_neighbour(token)
            return self.count(Name(token.text, token.position))
        if token.text == "(" and token.kind == "mark":
            self.enter(token)
            node = self.chain(0)
            self.close(token)
            return node
        what = "the formula ends" if token.kind == "end" else f"“{token.text}” stands"
        raise BadFormula(token.position, f"{what} where a name, a number or “(” belongs.")

    def call(self, token: _Token) -> Node:
        name = token.text.lower()
        if name not in set(Function):
            raise BadFormula(
                token.position,
                f"“{token.text[:SHOWN]}” is no function. Use {', '.join(Function)}, or write × before “(”.",
            )
        function = Function(name)
        opening = self.token
        self.enter(opening)
        arguments = [] if self.token.text == ")" and self.token.kind == "mark" else [self.chain(0)]
        while self.token.kind == "mark" and self.token.text in {",", ";"}:
            self.at += 1
            arguments.append(self.chain(0))
        self.close(opening)
        least, most = _ARGUMENTS.get(function, (1, MOST_PARTS))
        if not least <= len(arguments) <= most:
            wants = "at least 1" if most == MOST_PARTS else f"{least}"
            raise BadFormula(token.position, f"{function} has {len(arguments)} arguments and takes {wants}.")
        return self.count(Call(function, tuple(arguments)))

    def enter(self, token: _Token) -> None:
        self.at += 1
        self.depth += 1
        if self.depth > DEEPEST:
            raise BadFormula(token.position, f"{self.depth} parentheses stand inside each other. Keep it to {DEEPEST}.")

    def close(self, opening: _Token) -> None:
        token = self.token
        if token.kind != "mark" or token.text != ")":
            what = "the formula ends" if token.kind == "end" else f"“{token.text}” stands"
            raise BadFormula(token.position, f"{what} where “)” belongs, for the “(” at character {opening.position}.")
        self.at += 1
        self.depth -= 1
        self.refuse_neighbour(token)

    def refuse_neighbour(self, token: _Token) -> None:
        """Refuse a number, name or “(” right after another one: 2x, a b, (a)(b)."""
        after = self.token
        if after.kind in {"number", "name", "quoted"} or (after.kind == "mark" and after.text == "("):
            raise BadFormula(
                after.position,
                f"“{after.text[:SHOWN]}” follows “{token.text[:SHOWN]}” without an operation. "
                "Write +, −, × or ÷ between them.",
            )

    def expect_end(self) -> None:
        token = self.token
        if token.kind != "end":
            fix = "It closes nothing."
            if token.text != ")":
                fix = "It parts the arguments of a function; decimals have a point."
            raise BadFormula(token.position, f"“{token.text}” has no place here. {fix}")

    def count(self, node: Node) -> Node:
        self.made += 1
        if self.made > MOST_PARTS:
            raise BadFormula(
                self.tokens[self.at - 1].position,
                f"the formula has more than {MOST_PARTS} parts. Split it into two KPIs.",
            )
        return node


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise BadFormula(at + 1, _stranger(text, at))
        kind = str(match.lastgroup)
        if kind == "quoted":
            found.append(_Token(kind, _quoted(match[kind], at + 1), at + 1))
        elif kind != "space":
            found.append(_Token(kind, match[kind], at + 1))
        at = match.end()
    return [*found, _Token("end", "", len(text) + 1)]


def _quoted(name: str, position: int) -> str:
    plain = " ".join(name.split())
    if not plain:
        raise BadFormula(position, "the brackets hold no name. Write the name of a KPI, for example [response time].")
    if len(plain) > LONGEST_NAME:
        raise BadFormula(position, f"the name is {len(plain)} characters long. Keep it to {LONGEST_NAME}.")
    return plain


def _stranger(text: str, at: int) -> str:
    if text[at] == "[":
        return "the “[” is not closed by “]”."
    if text[at] == "]":
        return "the “]” closes nothing."
    if text[at] == "%":
        return "a percentage is written as its number: 0.2 × x for 20 % of x."
    shown = text[at] if text[at].isprintable() else f"U+{ord(text[at]):04X}"
    return f"“{shown}” means nothing in a formula. Names with such characters stand in [ ]."
