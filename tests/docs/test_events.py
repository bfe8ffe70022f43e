"""docs/events.md names each event that the program logs and each metric that it serves, and no others."""

import re
from typing import Any

import pytest
from prometheus_client import Counter, Info

from chaport_sync.monitoring.metrics import GAUGES, Metrics
from chaport_sync.monitoring.share import Share, ShareFigures
from tests.docs.logged import MORE, NAME, other_loggers, told
from tests.docs.pages import ROOT, rows

EVENTS = ROOT / "docs" / "events.md"


def documented() -> dict[str, tuple[str, frozenset[str]]]:
    """Return the events of docs/events.md: level and fields by name."""
    found = {}
    for row in rows(EVENTS):
        if NAME.fullmatch(row[0].strip("`")):
            assert len(row) == 5, row
            found[row[0].strip("`")] = (row[1], frozenset(re.findall(r"`(\w+)`", row[3])))
    return found


def test_loggers_are_called_log() -> None:
    """So that nothing is logged past these tests."""
    assert other_loggers() == []


def test_names_can_be_told() -> None:
    """Where a name is decided at run time, the names to choose from stand in the same function or at its callers."""
    assert [f"{each.where}: {each.name}" for each in told() if not each.names] == []


def test_each_event_is_explained_and_each_explained_is_logged() -> None:
    """Neither is an event missing in docs/events.md, nor is there one that is not logged any more."""
    logged = {name for each in told() for name in each.names}
    assert len(logged) > 50
    assert sorted(logged ^ documented().keys()) == []


@pytest.mark.parametrize("name", sorted(documented()))
def test_levels_and_fields_are_explained(name: str) -> None:
    """Each level at which an event is logged and each field that it has stands in its row, and no other field does."""
    level, explained = documented()[name]
    places = [each for each in told() if name in each.names]
    assert [each.where for each in places if each.level not in level] == []
    logged = {field for each in places for field in each.fields}
    assert sorted(logged - explained - {MORE}) == []
    assert MORE in logged or sorted(explained - logged) == []


def test_each_metric_is_explained_and_each_explained_is_served() -> None:
    """Names and labels are those that Prometheus sees, of one account and of many."""
    served = set()
    metrics = Metrics()
    for gauge in GAUGES:
        served.add(f"{gauge.name}{{{gauge.label}}}" if gauge.label else gauge.name)
        if gauge.own:
            (value, *more) = gauge.own
            which = gauge.label if more else f'{gauge.label}="{value}"'
            served.add(f"{gauge.name}{{{which},account}}")
    collectors: set[Any] = set(metrics.registry._names_to_collectors.values()) - {metrics}
    for collector in collectors:
        name, labels = collector._name, ",".join(collector._labelnames)
        if isinstance(collector, Counter):
            name = f"{name}_total"
        if isinstance(collector, Info):
            name, labels = f"{name}_info", ",".join(collector._value)
        served.add(f"{name}{{{labels}}}" if labels else name)
    for family in ShareFigures(Share).collect():
        served.add(f"{family.name}_total" if family.type == "counter" else family.name)
    explained = {match[1] for row in rows(EVENTS) if (match := re.fullmatch(r"`(chaport_sync_[^` ]+)`", row[0]))}
    assert sorted(served ^ explained) == []
