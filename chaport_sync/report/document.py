"""The report as it is read: sections of rows, as text for people and as JSON for programs."""

import json
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_WIDTH = 100
_INDENT = "    "

INTRODUCTION = """\
This file is for whoever helps you. chaport-sync has sent it to nobody. Please read it before you send it.

It has no key, no text of a customer, and no name, address or number of a person. Each of them is replaced, such as by
text:1a2b3c4d or 1a2b3c4d@hidden.example. Equal ones are replaced alike, so that one can see what belongs together. The
key by which this is done stays on this machine."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report.

    `name` is for programs. Each row has the same fields; in the text the first one leads. A `remark` says what is
    missing, and why.
    """

    name: str
    title: str
    rows: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    remark: str = ""


def as_text(sections: Sequence[Section], made: str) -> str:
    """Return the report for people; `made` says when and by which version."""
    parts = [f"chaport-sync report, {made}\n\n{INTRODUCTION}\n"]
    for place, section in enumerate(sections, 1):
        title = f"{place}. {section.title}"
        lines = [title, "-" * len(title)]
        lines += _wrapped(section.remark, "") if section.remark else []
        for row in section.rows:
            lines += _row(row)
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def as_json(sections: Sequence[Section], made: str) -> str:
    """Return the report for programs."""
    found = {each.name: {"rows": list(each.rows), "remark": each.remark} for each in sections}
    return json.dumps({"made": made, **found}, indent=2, ensure_ascii=True) + "\n"


def _row(row: Mapping[str, Any]) -> list[str]:
    first, *others = [str(value) for value in row.values()]
    lines = [first, *(f"{_INDENT}{line}" for other in others for line in _wrapped(other, _INDENT))]
    # A short row is one line.
    if len(others) == 1 and "\n" not in others[0] and len(first) + len(others[0]) < _WIDTH:
        return [f"{first}: {others[0]}" if others[0] else first]
    return lines


def _wrapped(text: str, indent: str) -> list[str]:
    lines = text.split("\n")
    # A line to paste must not be broken.
    width = _WIDTH - len(indent)
    return [part for line in lines for part in ([line] if " = " in line else textwrap.wrap(line, width))]
