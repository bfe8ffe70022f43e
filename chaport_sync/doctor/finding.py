"""What an examination finds."""

from dataclasses import dataclass

#: How it is. A note is neither good nor a mistake: something that an administrator should know.
OK, NOTE, WARNING, FAILED = "ok", "note", "warning", "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the check: how it is, what was looked at, what was found and what to do.

    `code` is the reference's number of what a probe settles, for programs; people are told in words.
    """

    result: str
    subject: str
    finding: str
    code: str = ""
