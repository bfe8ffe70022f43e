"""The rules that code and tests cite are written down, and each of them is tested."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ANCHOR = re.compile(r'<a id="([A-Z]\d+)"></a>\1 ')
CITED = re.compile(r"(?<![\w.#&/-])([STRP]\d{1,2}|C[1-9])(?:\s?\(?[abc]\)?)?(?![\w.:]*\w)")
ANCHORS = frozenset(ANCHOR.findall((ROOT / "docs" / "rules.md").read_text("utf-8")))


def cited(folder: str) -> dict[str, str]:
    """Return the rules that the docstrings and comments of a folder cite, each with a file that does."""
    files = [path for path in sorted((ROOT / folder).rglob("*.py")) if path != Path(__file__)]
    prose = re.compile(r'"""(?:.|\n)*?"""|#.*')
    return {
        rule: str(path.relative_to(ROOT))
        for path in files
        for text in prose.findall(path.read_text("utf-8"))
        for rule in CITED.findall(text)
    }


@pytest.mark.parametrize("folder", ["chaport_sync", "tests", "benchmarks"])
def test_what_is_cited_is_written_down(folder: str) -> None:
    """Whoever meets a rule's number finds it in docs/rules.md."""
    assert {rule: file for rule, file in cited(folder).items() if rule not in ANCHORS} == {}


def test_what_is_written_down_is_tested() -> None:
    """Each rule has a test that cites it."""
    assert sorted(ANCHORS - cited("tests").keys()) == []


def test_where_rules_are_decided() -> None:
    """Each file and folder that the rules name is there."""
    text = (ROOT / "docs" / "rules.md").read_text("utf-8")
    named = set(re.findall(r"`([a-z_]+(?:/[a-z_]+)*(?:\.py|/))`", text))
    assert named
    assert [name for name in sorted(named) if not (ROOT / "chaport_sync" / name).exists()] == []
