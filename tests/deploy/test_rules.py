"""The alert rules: each says what happened and what tells more, and its unit tests show how it rises and falls."""

import re
import shutil
from pathlib import Path

import pytest
import yaml

from tests.deploy import promtool
from tests.deploy.files import RULES, UNIT_TESTS, rules, unit_tests
from tests.docs.logged import NAME, told
from tests.docs.pages import ROOT, blocks
from tests.docs.test_commands import PROGRAM

ALERTS = sorted(rules())
PAGE = ROOT / "docs" / "operations.md"
#: One account alone would not start at all, and the daemon is down.
OF_MANY_ONLY = {"ChaportSyncAccountNotRunning"}
#: These are about workers, not about an account.
OF_CLUSTERS = {"ChaportSyncNobodyHolds", "ChaportSyncDatabaseGone", "ChaportSyncTakeoversNeverEnd"}


@pytest.mark.parametrize("alert", ALERTS)
def test_what_it_says(alert: str) -> None:
    """How bad it is, what happened and to which account, and a command that exists and tells more."""
    rule = rules()[alert]
    assert rule["labels"]["severity"] in ("critical", "warning")
    assert ("$labels.account" in rule["annotations"]["summary"]) == (alert not in OF_CLUSTERS)
    said = rule["annotations"]["description"]
    commands = [code.split() for code in re.findall(r"`([^`]+)`", said)]
    assert commands
    typed = [words[1] for words in commands if words[0] == "chaport-sync"]
    assert [word for word in typed if (word,) not in PROGRAM] == []
    assert {words[0] for words in commands} <= {"chaport-sync", "systemctl", "journalctl"}


@pytest.mark.parametrize("alert", ALERTS)
def test_events_that_it_names_are_logged(alert: str) -> None:
    """Whoever looks for an event of that name in the log finds it."""
    words = {word.strip(".,:;()") for word in rules()[alert]["annotations"]["description"].split()}
    logged = {name for each in told() for name in each.names}
    assert {word for word in words if NAME.fullmatch(word)} - logged == set()


@pytest.mark.parametrize("alert", ALERTS)
def test_it_rises_and_falls(alert: str) -> None:
    """In one unit test it is silent, then fires, then is silent again; with a label for the account and without."""
    forms = set()
    for test in unit_tests():
        moments = [each["exp_alerts"] for each in test["alert_rule_test"] if each["alertname"] == alert]
        if moments:
            assert [bool(alerts) for alerts in (moments[0], moments[-1])] == [False, False], test["name"]
            assert any(moments), test["name"]
            forms |= {"account" in each["exp_labels"] for alerts in moments for each in alerts}
    assert forms == ({True} if alert in OF_MANY_ONLY else {False} if alert in OF_CLUSTERS else {True, False})


def test_unit_tests_are_of_alerts_that_exist() -> None:
    """A wrong name would be silent for ever, and its test green."""
    named = {each["alertname"] for test in unit_tests() for each in test["alert_rule_test"]}
    assert named == set(ALERTS)


def test_moments_stand_in_their_order() -> None:
    """So that what is read as a rise and a fall is one."""
    for test in unit_tests():
        minutes = [int(each["eval_time"].removesuffix("m")) for each in test["alert_rule_test"]]
        assert minutes == sorted(set(minutes)), test["name"]


@promtool.needed
def test_prometheus_takes_them() -> None:
    """As it would when it loads them."""
    assert f"SUCCESS: {len(ALERTS)} rules found" in promtool.promtool("check", "rules", RULES)


@promtool.needed
def test_they_pass_their_unit_tests() -> None:
    """Each alert fires when it should, with the labels and the words that are expected, and not otherwise."""
    assert "SUCCESS" in promtool.promtool("test", "rules", UNIT_TESTS)


def test_the_example_is_the_job_that_the_rules_expect() -> None:
    """Whoever copies the page's configuration is told when the daemon is silent."""
    example = yaml.safe_load(blocks(PAGE, "yaml")[0])
    (job,) = (each["job_name"] for each in example["scrape_configs"])
    assert set(re.findall(r'job="([^"]*)"', rules()["ChaportSyncDown"]["expr"])) == {job}
    assert example["rule_files"] == [RULES.name]


@promtool.needed
def test_prometheus_takes_the_example(tmp_path: Path) -> None:
    """With the rules beside it, as the page says."""
    shutil.copy(RULES, tmp_path)
    (tmp_path / "prometheus.yml").write_text(blocks(PAGE, "yaml")[0], "utf-8")
    assert f"{len(ALERTS)} rules found" in promtool.promtool("check", "config", tmp_path / "prometheus.yml")
