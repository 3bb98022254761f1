"""The language of validation rules: codes, `CODE[category]`, numbers, `+ - *`, `prev()` and `state()`.

A small parser of our own turns a side of a rule into a tree; nothing is ever evaluated as code. Every message names the
place, because headquarters write rules by hand.

    expression = term { ("+" | "-") term }
    term       = factor { "*" factor }
    factor     = number | figure | ("prev" | "state") "(" expression ")" | "(" expression ")"
    figure     = CODE [ "[" [ breakdown ":" ] category "]" ]
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

from django.utils.translation import gettext_lazy as _

from operations.domain.errors import DomainError, Text
from operations.models import Category

LONGEST = 500
DEEPEST = 20
_TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<figure>[A-Z]{3}[0-9]{2})(?:\[(?P<category>[A-Za-z_:]+)\])?"
    r"|(?P<scope>prev|state)(?=\s*\()|(?P<sign>[-+*()]))"
)


class RuleSyntaxError(DomainError):
    """The text is no expression of the rule language."""

    code = "rule_syntax"


@dataclass(frozen=True)
class Number:
    value: Fraction


@dataclass(frozen=True)
class Reference:
    """A figure: the indicator's own value, or one category of a breakdown (`breakdown` empty when not named)."""

    code: str
    category: str = Category.TOTAL
    breakdown: str = ""

    def __str__(self) -> str:
        if self.category == Category.TOTAL:
            return self.code
        return f"{self.code}[{self.breakdown + ':' if self.breakdown else ''}{self.category}]"


@dataclass(frozen=True)
class Sum:
    left: "Node"
    right: "Node"
    is_difference: bool


@dataclass(frozen=True)
class Product:
    left: "Node"
    right: "Node"


@dataclass(frozen=True)
class Scoped:
    """`prev(…)`: earlier periods of the operation. `state(…)`: all agencies of the state."""

    scope: str
    inner: "Node"


Node: TypeAlias = Number | Reference | Sum | Product | Scoped


@lru_cache(maxsize=1024)
def parse(text: str) -> Node:
    """The tree of one side of a rule; raises `RuleSyntaxError`."""
    if len(text) > LONGEST:
        raise RuleSyntaxError(_("The expression is longer than %(limit)s characters.") % {"limit": LONGEST})
    parser = _Parser(list(_tokens(text)), text)
    node = parser.expression(depth=0)
    parser.expect_end()
    return node


def references(node: Node) -> Iterator[tuple[str, Reference]]:
    """Every figure that the tree names, with its scope: "" for the return itself, else prev or state."""
    if isinstance(node, Reference):
        yield "", node
    elif isinstance(node, Scoped):
        for _scope, reference in references(node.inner):
            yield node.scope, reference
    elif isinstance(node, Sum | Product):
        yield from references(node.left)
        yield from references(node.right)


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    place: int
    category: str = ""


def _tokens(text: str) -> Iterator[_Token]:
    place = 0
    end = len(text.rstrip())
    while place < end:
        match = _TOKEN.match(text, place)
        if match is None:
            raise RuleSyntaxError(
                _(
                    "Character %(place)s of “%(text)s” is not understood. Allowed: codes such as VIO01 or VIO01[AM], "
                    "numbers, + - *, prev(…) and state(…)."
                )
                % {"place": place + 1, "text": text}
            )
        kind = next(name for name in ("number", "figure", "scope", "sign") if match[name] is not None)
        yield _Token(kind, match[kind], match.start(kind), match["category"] or "")
        place = match.end()


class _Parser:
    def __init__(self, tokens: list[_Token], text: str) -> None:
        self.tokens = tokens
        self.text = text
        self.place = 0
        self.in_scope = False

    def expression(self, *, depth: int) -> Node:
        if depth > DEEPEST:
            raise RuleSyntaxError(_("The brackets are nested too deep."))
        node = self.term(depth=depth)
        while (sign := self.take("+", "-")) is not None:
            node = Sum(node, self.term(depth=depth), is_difference=sign == "-")
        return node

    def term(self, *, depth: int) -> Node:
        node = self.factor(depth=depth)
        while self.take("*") is not None:
            node = Product(node, self.factor(depth=depth))
        return node

    def factor(self, *, depth: int) -> Node:
        token = self.next(_("A number, a code or a bracket is missing after “%(text)s”."))
        if token.kind == "number":
            return Number(Fraction(token.text))
        if token.kind == "figure":
            breakdown, _colon, category = token.category.rpartition(":")
            return Reference(token.text, category or Category.TOTAL, breakdown)
        if token.kind == "scope":
            return self.scoped(token, depth=depth)
        if token.text == "(":
            node = self.expression(depth=depth + 1)
            self.close()
            return node
        raise self.unexpected(token)

    def scoped(self, token: _Token, *, depth: int) -> Node:
        if self.in_scope:
            raise RuleSyntaxError(_("prev() and state() do not stand inside one another."))
        self.place += 1  # the bracket, which the token itself looked ahead for
        self.in_scope = True
        node = Scoped(token.text, self.expression(depth=depth + 1))
        self.in_scope = False
        self.close()
        return node

    def take(self, *signs: str) -> str | None:
        if self.place < len(self.tokens) and self.tokens[self.place].text in signs:
            self.place += 1
            return self.tokens[self.place - 1].text
        return None

    def next(self, otherwise: Text) -> _Token:
        if self.place >= len(self.tokens):
            raise RuleSyntaxError(str(otherwise) % {"text": self.text})
        self.place += 1
        return self.tokens[self.place - 1]

    def close(self) -> None:
        if self.take(")") is None:
            raise RuleSyntaxError(_("A closing bracket is missing in “%(text)s”.") % {"text": self.text})

    def expect_end(self) -> None:
        if self.place < len(self.tokens):
            raise self.unexpected(self.tokens[self.place])

    def unexpected(self, token: _Token) -> RuleSyntaxError:
        return RuleSyntaxError(
            _("“%(token)s” at character %(place)s of “%(text)s” is out of place.")
            % {"token": token.text, "place": token.place + 1, "text": self.text}
        )
