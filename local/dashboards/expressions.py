"""Metric math, as far as our dashboards and alarms use it."""

import ast
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from local.dashboards.values import Points, Values, Window

Number = float | None
"""None: there is no data."""
OPERATORS: Mapping[type[ast.AST], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.GtE: operator.ge,
    ast.Gt: operator.gt,
    ast.LtE: operator.le,
    ast.Lt: operator.lt,
}
SEARCH = re.compile(r"SEARCH\('\{(?P<schema>[^}]*)\} (?P<terms>.*)', '(?P<statistic>[^']+)'\)")
TERM = re.compile(r'(\w+)="([^"]*)"')


def evaluated(expression: str, known: Mapping[str, Points], window: Window) -> Points:
    """An expression's value for each period in which it has one.

    Raises:
        ValueError: it says something that is not known here.
    """
    tree = ast.parse(expression, mode="eval").body
    found = {start: _Moment(known, start, window.period).value(tree) for start in window.periods()}
    return {start: value for start, value in found.items() if value is not None}


class _Moment:
    """What an expression is worth in one period."""

    def __init__(self, known: Mapping[str, Points], at: int, period: int) -> None:
        self._known = known
        self._at = at
        self._period = period

    def value(self, node: ast.expr) -> Number:
        match node:
            case ast.Constant(value=int() | float() as value):
                return float(value)
            case ast.Name(id=name):
                return self._known[name].get(self._at)
            case ast.BinOp(left, op, right) | ast.Compare(left, [op], [right]):
                return _combined(OPERATORS[type(op)], self.value(left), self.value(right))
            case ast.Call(ast.Name(id=name), arguments) if name in self._functions:
                return self._functions[name](arguments)
        raise ValueError(f"{ast.unparse(node)} is not known here")

    @property
    def _functions(self) -> Mapping[str, Callable[[list[ast.expr]], Number]]:
        return {
            "IF": self._if,
            "FILL": self._fill,
            "PERIOD": lambda _: float(self._period),
            "SUM": lambda _: self._sum(),
        }

    def _if(self, arguments: list[ast.expr]) -> Number:
        condition, yes, no = arguments
        is_met = self.value(condition)
        return None if is_met is None else self.value(yes if is_met else no)

    def _fill(self, arguments: list[ast.expr]) -> Number:
        part, otherwise = arguments
        value = self.value(part)
        return self.value(otherwise) if value is None else value

    def _sum(self) -> Number:
        """Of all metrics: SUM(METRICS())."""
        values = [points[self._at] for points in self._known.values() if self._at in points]
        return sum(values) if values else None


def _combined(combine: Callable[[float, float], float], left: Number, right: Number) -> Number:
    if left is None or right is None:
        return None
    try:
        return float(combine(left, right))
    except ZeroDivisionError:
        return None


def searched(expression: str, values: Values, window: Window) -> dict[str, Points]:
    """A line for each metric that a SEARCH finds, by the dimensions that tell them apart.

    Raises:
        ValueError: it is no search.
    """
    found = SEARCH.fullmatch(expression)
    if found is None:
        raise ValueError(f"{expression} is no search")
    namespace, *names = found["schema"].split(",")
    terms = dict(TERM.findall(found["terms"]))
    metric = terms.pop("MetricName")
    lines: dict[str, Points] = {}
    for dimensions in values.dimensions_of(namespace, metric):
        fits = set(dimensions) == set(names) and all(dimensions.get(name) == value for name, value in terms.items())
        points = values.points(namespace, metric, dimensions, found["statistic"], window) if fits else {}
        if points:
            apart = [dimensions[name] for name in names if name not in terms]
            lines[" ".join(apart) or metric] = points
    return lines


Lines = dict[str, Points]


def lines_of(metrics: list[Any], values: Values, window: Window) -> Lines:
    """What the metrics of a widget draw: points by label. `metrics` is as a dashboard's body has it."""
    known: dict[str, Points] = {}
    lines: Lines = {}
    for number, metric in enumerate(metrics):
        options = metric[-1] if isinstance(metric[-1], dict) else {}
        plain = [part for part in metric if not isinstance(part, dict)]
        if plain:
            points = values.points(plain[0], plain[1], _pairs(plain[2:]), options.get("stat", "Average"), window)
            known[options.get("id", f"line{number}")] = points
            if options.get("visible", True):
                lines[_free(options.get("label") or plain[1], lines)] = points
    for metric in metrics:
        expression = metric[0].get("expression") if isinstance(metric[0], dict) else None
        if expression and expression.startswith("SEARCH"):
            lines |= {_free(label, lines): points for label, points in searched(expression, values, window).items()}
        elif expression:
            lines[_free(metric[0].get("label", expression), lines)] = evaluated(expression, known, window)
    return lines


def _pairs(parts: list[str]) -> dict[str, str]:
    return dict(zip(parts[::2], parts[1::2], strict=True))


def _free(label: str, taken: Mapping[str, object]) -> str:
    number, free = 2, label
    while free in taken:
        free, number = f"{label} {number}", number + 1
    return free
