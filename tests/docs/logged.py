"""What the program logs, read from its source: where, under which names, at which level, with which fields."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from chaport_sync.core.statuses.presence import Notice
from tests.docs.pages import ROOT

PRODUCT = ROOT / "chaport_sync"
NAME = re.compile(r"[a-z]+\.[a-z_]+")
LEVELS = ("debug", "info", "warning", "error")
#: The one place where the name comes from another module, and which names that can be.
ELSEWHERE: Mapping[str, frozenset[str]] = {"notice.value": frozenset(Notice)}
#: What the log calls a traceback.
RENAMED = {"exc_info": "exception"}
#: Stands for fields whose names are decided at run time.
MORE = "**"


@dataclass(frozen=True)
class Told:
    """A place in the program that logs.

    Attributes:
        where: The file and the line.
        level: Its level; empty where that is decided at run time.
        name: The event's name as the code has it: a text, or an expression.
        names: The events' names; more than one where the name is decided at run time.
        fields: The fields that are named there; `MORE` if there may be others.
    """

    where: str
    level: str
    name: str
    names: frozenset[str]
    fields: frozenset[str]


def _scope(function: ast.AST) -> dict[str, list[ast.expr]]:
    """Return what is assigned to each name in a function."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found.setdefault(node.targets[0].id, []).append(node.value)
    return found


def _texts(node: ast.AST) -> frozenset[str]:
    """Return the texts within an expression that have the form of an event's name."""
    found = (each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str))
    return frozenset(text for text in found if NAME.fullmatch(text))


def _is_logger(node: ast.AST) -> bool:
    """Return whether this is a method of a logger, such as `log.info`."""
    return (
        isinstance(node, ast.Attribute)
        and node.attr in (*LEVELS, "exception", "critical", "log")
        and (ast.unparse(node.value) == "log" or "get_logger" in ast.unparse(node.value))
    )


def _handed_over(module: ast.AST, function: ast.AST, name: str) -> frozenset[str]:
    """Return the names that callers hand over to a private function as this argument; callers are in its module."""
    if not isinstance(function, ast.FunctionDef) or not function.name.startswith("_"):
        return frozenset()
    arguments = [argument.arg for argument in function.args.args]
    place = arguments.index(name) - (arguments[0] == "self") if name in arguments else None
    calls = [
        node
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == function.name
    ]
    if place is None or not calls:
        return frozenset()
    given = [_texts(call.args[place]) for call in calls]
    return frozenset().union(*given) if all(given) else frozenset()


def _names(module: ast.AST, function: ast.AST, argument: ast.expr) -> frozenset[str]:
    """Return the names that the first argument of a log call can have; none if that cannot be told."""
    if ast.unparse(argument) in ELSEWHERE:
        return ELSEWHERE[ast.unparse(argument)]
    if not isinstance(argument, ast.Name):
        return _texts(argument)
    assigned = _scope(function).get(argument.id, [])
    if assigned:
        return frozenset().union(*(_texts(value) for value in assigned))
    return _handed_over(module, function, argument.id)


def _in_function(module: ast.AST, function: ast.AST, where: str) -> Iterator[Told]:
    loggers = {name for name, values in _scope(function).items() if any(map(_is_logger, map(_chosen, values)))}
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and (_is_logger(node.func) or ast.unparse(node.func) in loggers):
            method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            argument = node.args[1 if method == "log" else 0]
            fields = frozenset(RENAMED.get(each.arg, each.arg) if each.arg else MORE for each in node.keywords)
            level = method if method in LEVELS else ""
            names = _names(module, function, argument)
            yield Told(f"{where}:{node.lineno}", level, ast.unparse(argument), names, fields)
        elif isinstance(node, ast.Dict):  # an event that is made without a logger
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "event" and _texts(value):
                    yield Told(f"{where}:{node.lineno}", "", ast.unparse(value), _texts(value), frozenset({MORE}))


def _chosen(value: ast.expr) -> ast.expr:
    return value.body if isinstance(value, ast.IfExp) else value


@cache
def _modules() -> Mapping[str, ast.Module]:
    """Return each module of the program, by its path."""
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text("utf-8")) for path in sorted(PRODUCT.rglob("*.py"))}


@cache
def told() -> tuple[Told, ...]:
    """Return each place in the program that logs."""
    found: dict[str, Told] = {}
    for path, module in _modules().items():
        for function in ast.walk(module):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                found |= {each.where: each for each in _in_function(module, function, path)}
    return tuple(found.values())


def other_loggers() -> list[str]:
    """Return the places that get a logger under another name than `log`, where `told` would not see it."""
    return [
        f"{path}:{node.lineno}: {ast.unparse(node)}"
        for path, module in _modules().items()
        for node in ast.walk(module)
        if isinstance(node, ast.Assign)
        and "get_logger" in ast.unparse(node.value)
        and ast.unparse(node.targets[0]) != "log"
    ]
