"""The dashboard: Grafana can import it, it explains itself, and Prometheus understands what it asks."""

import re
from itertools import chain
from pathlib import Path

import pytest

from tests.deploy import promtool
from tests.deploy.files import DASHBOARD, GRAFANAS, dashboard, shown

PANELS = [panel["title"] for panel in dashboard()["panels"]]
#: The last version of this form; later ones of Grafana have another form, and take this one too.
LAST = 42


def test_it_can_be_imported() -> None:
    """As a new dashboard, whose address stays the same when it is imported again."""
    found = dashboard()
    assert (found["id"], found["uid"], found["schemaVersion"]) == (None, "chaport-sync", LAST)


@pytest.mark.parametrize("title", PANELS)
def test_each_panel_explains_itself(title: str) -> None:
    """It has a title of its own, says in sentences what it shows, and asks for something."""
    (panel,) = (panel for panel in dashboard()["panels"] if panel["title"] == title)
    assert title
    assert panel["description"].endswith(".")
    assert all(target["expr"] for target in panel["targets"])
    assert panel["targets"]
    assert "unit" in panel["fieldConfig"]["defaults"] or panel["fieldConfig"]["defaults"]["mappings"]


def test_ids_are_unique() -> None:
    """Each panel has its number, and each target of a panel its letter."""
    found = dashboard()["panels"]
    assert len({panel["id"] for panel in found}) == len(found)
    for panel in found:
        assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])


def test_panels_do_not_overlap() -> None:
    """Each place of the grid, 24 columns wide, has one panel."""
    taken = [
        (column, row)
        for place in (panel["gridPos"] for panel in dashboard()["panels"])
        for column in range(place["x"], place["x"] + place["w"])
        for row in range(place["y"], place["y"] + place["h"])
    ]
    assert len(set(taken)) == len(taken)
    assert {column for column, _ in taken} == set(range(24))


def test_variables_exist() -> None:
    """What stands behind a dollar is a variable of the dashboard, or one of Grafana's own."""
    named = set(re.findall(r"\$\{?(\w+)", DASHBOARD.read_text("utf-8"))) - {"__all"}
    assert named - GRAFANAS.keys() == {each["name"] for each in dashboard()["templating"]["list"]}


def test_all_accounts_are_shown_at_first() -> None:
    """All stands for whatever the label is, also for none: a daemon with one account has no such label."""
    (account,) = (each for each in dashboard()["templating"]["list"] if each["name"] == "account")
    assert (account["includeAll"], account["multi"], account["allValue"]) == (True, True, ".*")
    assert account["current"]["value"] == ["$__all"]
    asked = [target["expr"] for panel in dashboard()["panels"] for target in panel["targets"]]
    assert [each for each in asked if each.count("$account") != len(re.findall(r'account=~"\$account\|?"', each))] == []
    assert [each for each in asked if "$account" not in each] == []


def test_all_data_come_from_the_chosen_source() -> None:
    """No panel is bound to the Prometheus of whoever made the dashboard."""
    sources = [each["datasource"] for each in (*dashboard()["panels"], *dashboard()["templating"]["list"][1:])]
    assert {(source["type"], source["uid"]) for source in sources} == {("prometheus", "${datasource}")}


@promtool.needed
@pytest.mark.parametrize("account", [".*", "(acme|beta)"])
def test_prometheus_understands_it(tmp_path: Path, account: str) -> None:
    """Each expression is accepted, for all accounts and for some."""
    promtool.parse(tmp_path, chain.from_iterable(shown(account).values()))
