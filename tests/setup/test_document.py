"""A configuration's text is changed where it has to be, and nowhere else."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from chaport_sync.setup.document import HEADING, KeyPath, edited, value_at

EXAMPLE = (Path(__file__).parents[2] / "config.example.toml").read_text("utf-8")
HAND_MADE = """\
# ours
[deskie] # the help desk
url = "https://old.deskie.io" # moved in May
email='a@acme.example'

# about what follows
[status]
poll = 30
map = { 1 = "online" }
[agents]
pairs = [
    # the boss
    { agent = "boss@acme.example", operator = "b@acme.example" },
]
"""


def test_a_new_file() -> None:
    """P8: each key that is set stands below its section, with its words above it."""
    text = edited(
        "",
        {("deskie", "url"): "https://acme.deskie.io", ("status", "map", "7"): "keep"},
        {
            ("deskie", "url"): "The address",
            ("status", "map", "7"): "Lunch",
        },
    )
    assert text == (
        f'{HEADING}\n[deskie]\n# The address\nurl = "https://acme.deskie.io"\n\n[status.map]\n7 = "keep"  # Lunch\n'
    )


CHANGES: dict[str, dict[KeyPath, Any]] = {
    "a value": {("deskie", "url"): "https://new.deskie.io"},
    "a new key": {("deskie", "requests_per_minute"): 9},
    "several new keys": {("deskie", "requests_per_minute"): 9, ("status", "lease"): 900, ("status", "hold"): 1},
    "a new section": {("cases", "channel"): "cch1"},
    "a table in a line": {("status", "map", "2"): "keep"},
    "a list of tables": {("agents", "pairs"): [{"agent": "a", "operator": "b"}, {"agent": "c", "operator": "d"}]},
    "a key that goes": {("status", "map", "1"): None},
}


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize(
    "before", [HAND_MADE, EXAMPLE, HAND_MADE.replace("\n", "\r\n")], ids=["hand", "example", "crlf"]
)
def test_only_what_changes(before: str, changes: dict[KeyPath, Any]) -> None:
    """P8: the changed keys have their new values, all others their old ones."""
    after, expected = tomllib.loads(edited(before, changes, {})), tomllib.loads(before)
    for path, value in changes.items():
        table = expected
        for part in path[:-1]:
            table = table.setdefault(part, {})
        if value is None:
            table.pop(path[-1], None)
        else:
            table[path[-1]] = value
    assert after == expected


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)
def test_comments_stay(changes: dict[KeyPath, Any]) -> None:
    """P8: no comment goes but those in a list that is written anew."""
    lost = {"# the boss"} if ("agents", "pairs") in changes else set()
    after = edited(HAND_MADE, changes, {})
    assert {
        each
        for each in ("# ours", "# the help desk", "# moved in May", "# about what follows", "# the boss")
        if each not in after
    } == lost


def test_nothing_to_change() -> None:
    """P8: what is so already leaves the file as it is, to the letter."""
    same = {("deskie", "url"): "https://old.deskie.io", ("status", "map", "1"): "online", ("log", "level"): None}
    assert edited(HAND_MADE, same, {}) == HAND_MADE


def test_the_line_that_shows_a_default() -> None:
    """P8: a key takes the place of the line that shows its default, below the words that explain it."""
    after = edited(EXAMPLE, {("transcripts", "timezone"): "Europe/Istanbul", ("status", "map", "7"): "keep"}, {})
    changed = set(after.splitlines()) ^ set(EXAMPLE.splitlines())
    assert changed == {'#timezone = ""', 'timezone = "Europe/Istanbul"', '7 = "keep"'}
    assert value_at(tomllib.loads(after), ("status", "map")) == {"7": "keep"}


def test_a_line_of_another_section() -> None:
    """P8: a key of the same name in another section is another key."""
    text = edited("[deskie]\n[status]\n#poll = 15\n", {("deskie", "poll"): 9}, {("deskie", "poll"): "How often"})
    assert text == "[deskie]\n# How often\npoll = 9\n[status]\n#poll = 15\n"


def test_what_only_looks_like_a_section() -> None:
    """P8: a text of several lines that looks like a section stays what it is."""
    text = "[cases]\nsubject = '''\n[status]\n'''\n"
    assert tomllib.loads(edited(text, {("status", "poll"): 9}, {})) == {
        "cases": {"subject": "[status]\n"},
        "status": {"poll": 9},
    }
