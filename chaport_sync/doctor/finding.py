"""What an examination finds."""

from dataclasses import dataclass

OK, WARNING, FAILED = "ok", "warning", "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the check: how it is, what was looked at, what was found and what to do."""

    result: str
    subject: str
    finding: str
