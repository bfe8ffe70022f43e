"""`python -m benchmarks`: each figure gives its rows, and a missed goal is told."""

import json
import math
from collections.abc import Iterator, Mapping

import pytest
from click.testing import CliRunner, Result

from benchmarks import __main__ as entrance
from benchmarks.row import Goal, Row, middle


@pytest.mark.processes
@pytest.mark.parametrize("name", entrance.FIGURES)
def test_each_figure_gives_rows(name: str) -> None:
    """In its smallest size it takes no time, and measures nothing that counts."""
    rows = list(entrance.FIGURES[name](small=True))
    assert rows
    assert len({(row.figure, row.reference_is) for row in rows}) == len(rows)
    assert all(math.isfinite(row.ours) for row in rows)


@pytest.mark.parametrize(
    ("goal", "met", "words"),
    [
        pytest.param(Goal("ours", 6), True, "≤ 6 ms: met", id="at most"),
        pytest.param(Goal("ours", 5.9), False, "≤ 5.9 ms: MISSED", id="more than that"),
        pytest.param(Goal("ratio", 1.5), True, "≤ 1.5: met", id="in references"),
        pytest.param(Goal("ratio", 1.4), False, "≤ 1.4: MISSED", id="more references than that"),
        pytest.param(Goal("ratio", 1.5, at_least=True), True, "≥ 1.5: met", id="at least"),
        pytest.param(Goal("ratio", 1.6, at_least=True), False, "≥ 1.6: MISSED", id="less than that"),
        pytest.param(Goal("more", 2), True, "≤ 2 ms more: met", id="beyond the reference"),
        pytest.param(Goal("more", 1.9), False, "≤ 1.9 ms more: MISSED", id="further beyond"),
    ],
)
def test_goals(goal: Goal, met: bool, words: str) -> None:  # noqa: FBT001 - a table's column
    """A goal bounds our number, its ratio to the reference, or what it is above it; the row says so."""
    row = Row("a figure", 6, "ms", 4, "another", goal)
    assert row.met is met
    assert row.cells() == ("a figure", "6 ms", "4 ms, another", "1.50", words)


def test_what_is_only_told_is_met() -> None:
    """A row without a goal or without a reference leaves those cells empty."""
    assert Row("a figure", 1234.5, "units").cells() == ("a figure", "1,234 units", "", "", "")
    assert Row("a figure", 1, "units").met


def asked(monkeypatch: pytest.MonkeyPatch, figures: Mapping[str, float], *arguments: str) -> Result:
    """Run the entrance with figures that have these numbers, of which none is to be above 1."""

    def figure(name: str) -> entrance.Figure:
        def rows(*, small: bool) -> Iterator[Row]:
            assert not small
            if math.isnan(figures[name]):
                raise ZeroDivisionError
            yield Row(name, figures[name], "s", 2, "bare client", Goal("ours", 1))

        return rows

    monkeypatch.setattr(entrance, "FIGURES", {name: figure(name) for name in figures})
    return CliRunner().invoke(entrance.main, arguments)


@pytest.mark.parametrize(("ours", "code"), [(1.0, 0), (1.1, 1)])
def test_the_exit_code_tells_a_missed_goal(monkeypatch: pytest.MonkeyPatch, ours: float, code: int) -> None:
    """Whoever runs it by a timer need not read the table."""
    result = asked(monkeypatch, {"good": 0.5, "other": ours})
    assert result.exit_code == code
    assert [("good" in line, "MISSED" in line) for line in result.stdout.splitlines()[1:3]] == [
        (True, False),
        (False, bool(code)),
    ]


def test_json_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """With `--json` the rows are for a program, and nothing else is printed there."""
    result = asked(monkeypatch, {"slow": 3.0}, "--json")
    assert json.loads(result.stdout) == [
        {
            "figure": "slow",
            "ours": 3.0,
            "unit": "s",
            "reference": 2,
            "reference_is": "bare client",
            "goal": {"of": "ours", "bound": 1, "at_least": False},
            "spread": None,
            "ratio": 1.5,
            "met": False,
        }
    ]


def test_what_was_measured_before_an_error_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some figures take minutes: an error, or Ctrl-C, in a later one does not lose them."""
    result = asked(monkeypatch, {"good": 0.5, "broken": math.nan})
    assert isinstance(result.exception, ZeroDivisionError)
    assert "good" in result.stdout


def test_only_figures_that_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A goal that another figure misses does not count."""
    result = asked(monkeypatch, {"talk": 0.5, "idle": 3.0}, "talk", "--json")
    assert (result.exit_code, [row["figure"] for row in json.loads(result.stdout)]) == (0, ["talk"])


def test_the_middle_of_several_runs() -> None:
    """One run may meet a busy machine: the medians count, also for the goal, and the spread is told."""
    runs = [
        Row("a figure", ours, "ms", reference, "bare", Goal("ratio", 2)) for ours, reference in ((9, 2), (3, 4), (4, 3))
    ]
    found = middle(runs)
    assert (found.ours, found.reference, found.spread, found.met) == (4, 3, (3, 9), True)
    assert "4 (3 to 9) ms" in found.cells()


def test_runs_are_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each figure is measured so often."""
    (row,) = json.loads(asked(monkeypatch, {"talk": 0.5}, "--runs", "3", "--json").stdout)
    assert (row["ours"], row["spread"]) == (0.5, [0.5, 0.5])
