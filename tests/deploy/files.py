"""The alert rules and the dashboard of deploy/, and the series that their expressions ask for."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from tests.docs.pages import ROOT

RULES = ROOT / "deploy" / "prometheus" / "chaport-sync.rules.yml"
UNIT_TESTS = RULES.with_name("chaport-sync.rules.test.yml")
DASHBOARD = ROOT / "deploy" / "grafana" / "chaport-sync.json"

#: What Grafana itself fills in.
GRAFANAS = {"__rate_interval": "5m"}

_SELECTOR = re.compile(r"\b(chaport_sync_\w+)(?:\{([^}]*)\})?")
_MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')

Labels = Mapping[str, str]


@dataclass(frozen=True)
class Selector:
    """A metric by its name, and what its labels have to be."""

    name: str
    matchers: tuple[tuple[str, str, str], ...]

    def __str__(self) -> str:
        return self.name + "{" + ", ".join(f'{label}{how}"{value}"' for label, how, value in self.matchers) + "}"

    def finds(self, name: str, labels: Labels) -> bool:
        """Return whether it finds a series; as in Prometheus, a label that is missing is an empty one."""
        return name == self.name and all(
            (bool(re.fullmatch(value, labels.get(label, ""))) if "~" in how else labels.get(label, "") == value)
            == (how[0] == "=")
            for label, how, value in self.matchers
        )

    def alternatives(self) -> Iterator["Selector"]:
        """Yield it for each of the values that a matcher allows, one at a time."""
        yield self
        for place, (label, how, value) in enumerate(self.matchers):
            for one in value.split("|") if how == "=~" else ():
                yield Selector(self.name, (*self.matchers[:place], (label, how, one), *self.matchers[place + 1 :]))


def selectors(expression: str) -> Iterator[Selector]:
    """Yield what an expression asks of the daemon; what Prometheus itself knows, such as `up`, is left out."""
    for name, matchers in _SELECTOR.findall(expression):
        yield Selector(name, tuple(_MATCHER.findall(matchers)))


def rules() -> dict[str, dict[str, Any]]:
    """Return each alert rule by its name."""
    (group,) = yaml.safe_load(RULES.read_text("utf-8"))["groups"]
    found = {rule["alert"]: rule for rule in group["rules"]}
    assert len(found) == len(group["rules"])
    return found


def unit_tests() -> list[dict[str, Any]]:
    """Return the unit tests of the alert rules."""
    tests: list[dict[str, Any]] = yaml.safe_load(UNIT_TESTS.read_text("utf-8"))["tests"]
    return tests


def dashboard() -> dict[str, Any]:
    """Return the dashboard."""
    found: dict[str, Any] = json.loads(DASHBOARD.read_text("utf-8"))
    return found


def shown(account: str) -> dict[str, list[str]]:
    """Return each panel's expressions by its title, with an account chosen as Grafana would fill it in."""
    values = GRAFANAS | {"account": account}
    return {
        panel["title"]: [
            re.sub(r"\$(\w+)", lambda variable: values[variable[1]], target["expr"]) for target in panel["targets"]
        ]
        for panel in dashboard()["panels"]
    }
