"""Prometheus's own tool, which says whether it would take a file; without it, the tests that need it are skipped."""

import json
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

needed = pytest.mark.skipif(
    not shutil.which("promtool"), reason="promtool is not installed (Debian's package prometheus)"
)


def promtool(*arguments: str | Path) -> str:
    """Run it, and return what it says; a complaint fails the test."""
    done = subprocess.run(["promtool", *arguments], capture_output=True, text=True, check=False)  # noqa: S603, S607
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def parse(folder: Path, expressions: Iterable[str]) -> None:
    """Let it read expressions, each as a rule that records it."""
    rules = [{"record": f"expression:{number}", "expr": each} for number, each in enumerate(expressions)]
    promtool("check", "rules", _written(folder / "rules.yml", {"groups": [{"name": "expressions", "rules": rules}]}))


def find_something(folder: Path, series: Iterable[str], expressions: Iterable[str]) -> None:
    """Let it evaluate expressions on series that have stood still for half an hour: each has to give a result."""
    test = {
        "interval": "1m",
        "input_series": [{"series": each, "values": "1+0x30"} for each in series],
        "promql_expr_test": [
            {
                "expr": f"count({each}) > bool 0",
                "eval_time": "30m",
                "exp_samples": [{"labels": "{}", "value": 1}],
            }
            for each in expressions
        ],
    }
    promtool("test", "rules", _written(folder / "test.yml", {"tests": [test]}))


def _written(path: Path, content: dict[str, Any]) -> Path:
    """Write a file in JSON, which is YAML too."""
    path.write_text(json.dumps(content), "utf-8")
    return path
