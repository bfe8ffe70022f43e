"""The examinations of `check`: what each finds, with what to do."""

from dataclasses import dataclass

#: The results. A note is neither good nor bad, but an administrator should know it.
OK, NOTE, WARNING, FAILED = "ok", "note", "warning", "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the check: the result, its subject, and what was found, with what to do.

    `code` is for programs: the number in docs/chaport-api.md of the question that a probe answers.
    """

    result: str
    subject: str
    finding: str
    code: str = ""
