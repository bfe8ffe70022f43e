"""What the alert rules and the dashboard ask for is what the daemon serves, with one account and with many."""

import re
from pathlib import Path

import pytest

from tests.deploy import promtool
from tests.deploy.files import Selector, dashboard, rules, selectors, shown
from tests.deploy.served import of_many_accounts, of_one_account, unfound
from tests.deploy.test_rules import OF_CLUSTERS
from tests.world import World

ALL = ".*"
#: Only of many accounts the others go on without one, and tell of it; and only those can be a cluster's.
OF_MANY_ONLY = re.compile(r'chaport_sync_(flow_up\{flow=""\}|accounts_(un)?held\b|takeovers_total\b|cluster_up\b)')
#: What Prometheus itself adds to each series.
ADDED = {"instance"}


def asked_by_rules() -> set[Selector]:
    """Return what all alert rules ask for."""
    return {each for rule in rules().values() for each in selectors(rule["expr"])}


def asked_by_panels(account: str) -> set[Selector]:
    """Return what all panels ask for."""
    return {each for expressions in shown(account).values() for one in expressions for each in selectors(one)}


async def test_one_account(world: World, port: int) -> None:
    """Each name and each value of a label stands in what is served, but for those that only many accounts have."""
    asked = asked_by_rules() | asked_by_panels(ALL)
    assert len(asked) > 15
    missing = unfound(asked, await of_one_account(world, port))
    asked_in_full = {str(one) for each in asked for one in each.alternatives()}
    assert missing == {each for each in asked_in_full if OF_MANY_ONLY.match(each)}


async def test_many_accounts(world: World, port: int) -> None:
    """Each name and each value of a label stands in what is served; so it does if one account is chosen."""
    series = await of_many_accounts(world, port)
    assert unfound(asked_by_rules() | asked_by_panels(ALL), series) == set()
    chosen = {each for each in asked_by_panels("acme") if not any(each.finds(one.name, one.labels) for one in series)}
    assert chosen == set()


async def test_alerts_name_the_account(world: World, port: int) -> None:
    """Of many accounts an alert names the one; how late it is, and what was logged, is told of all together."""
    series = await of_many_accounts(world, port)
    together = {
        alert
        for alert, rule in rules().items()
        for selector in selectors(rule["expr"])
        for one in series
        if selector.finds(one.name, one.labels) and "account" not in one.labels
    }
    assert together == {"ChaportSyncLate", "ChaportSyncStateDamaged"} | OF_CLUSTERS


async def test_labels_that_panels_name(world: World, port: int) -> None:
    """What a panel sums up by, and what its legend says, is a label of its metrics."""
    series = await of_many_accounts(world, port)
    for panel in dashboard()["panels"]:
        for target in panel["targets"]:
            summed = " ".join(re.findall(r"by \(([^)]*)\)", target["expr"]))
            named = {*re.findall(r"\w+", summed), *re.findall(r"{{(\w+)}}", target["legendFormat"])}
            metrics = {each.name for each in selectors(target["expr"])}
            assert named - ADDED <= {label for one in series if one.name in metrics for label in one.labels}, panel[
                "title"
            ]


@promtool.needed
@pytest.mark.parametrize("account", [ALL, "acme", "(acme|beta)"])
async def test_each_panel_shows_something_of_many(world: World, port: int, tmp_path: Path, account: str) -> None:
    """Prometheus's own evaluation has a result for each expression, whichever accounts are chosen."""
    series = map(str, await of_many_accounts(world, port))
    promtool.find_something(tmp_path, series, [each for panel in shown(account).values() for each in panel])


@promtool.needed
async def test_each_panel_shows_something_of_one(world: World, port: int, tmp_path: Path) -> None:
    """So it has where no series has an account, and the only choice is all of them."""
    series = map(str, await of_one_account(world, port))
    asked = [each for panel in shown(ALL).values() for each in panel]
    promtool.find_something(tmp_path, series, [each for each in asked if not OF_MANY_ONLY.search(each)])
