"""Makes the report's sections of what was gathered; everything in it is hidden before it comes here, or here."""

import platform
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from chaport_sync import __version__
from chaport_sync.config import Settings
from chaport_sync.core.wording import number
from chaport_sync.doctor import Finding
from chaport_sync.questions.mask import Mask
from chaport_sync.questions.question import Outcome
from chaport_sync.questions.recorded import Evidence
from chaport_sync.questions.settings import told
from chaport_sync.questions.shapes import Shape, in_words, unfamiliar
from chaport_sync.questions.table import settled
from chaport_sync.report.document import Section
from chaport_sync.report.journal import Journal
from chaport_sync.report.ours import harmless

_LIBRARIES = ("httpx", "pydantic", "apscheduler", "structlog", "tenacity")


def versions(*, kept: bool) -> Section:
    """Return which versions run here; unless the key is `kept`, with the remark that it is for this report only."""
    rows = [("chaport-sync", __version__), ("Python", platform.python_version()), ("SQLite", sqlite3.sqlite_version)]
    with suppress(OSError):
        system = platform.freedesktop_os_release()
        named = f"{system.get('ID', '')} {system.get('VERSION_ID', '')}"
        rows.append(("system", named if re.fullmatch(r"[a-z0-9. _-]{1,40}", named) else "unknown"))
    for name in _LIBRARIES:
        with suppress(PackageNotFoundError):
            rows.append((name, version(name)))
    remark = "" if kept else "Names are hidden by a key for this report only."
    return Section("versions", "Versions", [{"what": what, "version": found} for what, found in rows], remark)


def configuration(settings: Settings, mask: Mask) -> Section:
    """Return the configuration in force; secrets are not in it."""
    rows = [{"key": key, "value": value} for key, value in told(settings, mask)]
    return Section("configuration", "Configuration", rows)


def questions(evidence: Evidence, settings: Settings) -> Section:
    """Return what the answers say of each open question; the settings are hidden as the answers are."""
    rows = [
        {
            "question": f"{question.code} {question.asks}",
            "assumed": f"we assume: {question.assumed}",
            "outcome": found.outcome.value,
            "words": f"{found.words}{f'; {found.change}' if found.change else ''}",
        }
        for question, found in settled(evidence, settings)
    ]
    counts = Counter(row["outcome"] for row in rows)
    remark = ", ".join(f"{outcome}: {counts[outcome]}" for outcome in Outcome)
    return Section("questions", "What the documentation leaves open, and what these answers say", rows, remark)


def news(shapes: Sequence[Shape]) -> Section:
    """Return where an answer has a form that nobody has seen before."""
    rows = [{"where": where, "what": what} for where, what in unfamiliar(shapes)]
    remark = "" if rows else "Each answer has a form that is known."
    return Section("unfamiliar", "Forms of answers that are new to chaport-sync", rows, remark)


def answers(shapes: Sequence[Shape]) -> Section:
    """Return the shape of each kind of answer."""
    rows: list[Mapping[str, Any]] = []
    for shape in shapes:
        statuses = ", ".join(f"{status} ({number(count, 'answer', 'answers')})" for status, count in shape.statuses)
        headers = f"headers: {', '.join(shape.headers) or 'none of those that are looked at'}"
        fields = "\n".join(f"{field.path} = {in_words(field)}" for field in shape.fields)
        about = {"request": f"{shape.service} GET {shape.kind}", "statuses": statuses, "headers": headers}
        rows.append({**about, "fields": fields})
    return Section("answers", "Shapes of answers", rows, "" if rows else "No service answered.")


def checked(here: Iterable[Finding], there: Sequence[Finding], real: Iterable[str], mask: Mask) -> Section:
    """Return the findings of `check`.

    Args:
        here: Findings about this machine; their words name files and are left out.
        there: Findings about both accounts, made of hidden answers.
        real: What the configuration says of people and hosts: an error's words may repeat a host.
        mask: Hides these.
    """
    rows = [{"finding": f"{each.result} {each.subject}", "words": ""} for each in here]
    rows += [
        {"finding": f"{each.result} {each.subject}", "words": _without(each.finding, real, mask)} for each in there
    ]
    return Section("check", "What `check` finds (words about files of this machine are left out)", rows)


def status(record: Mapping[str, Any] | None, problem: str, mask: Mask) -> Section:
    """Return what `status` says, or why it says nothing."""
    title = "What `status` says"
    if record is None:
        return Section("status", title, remark=problem)
    rows = [{"what": key, "value": _compact(value)} for key, value in harmless(dict(record), mask).items()]
    return Section("status", title, rows)


def events(journal: Journal, mask: Mask) -> Section:
    """Return the daemon's last events, or why there are none."""
    title = "The last events of the log"
    if journal.problem:
        return Section("events", title, remark=f"Left out: {journal.problem}.")
    others = f"{number(journal.others, 'line is', 'lines are')} no event and left out." if journal.others else ""
    return Section(
        "events", title, [{"event": _compact(harmless(dict(each), mask))} for each in journal.events], others
    )


def _compact(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_compact(each)}" for key, each in value.items()) or "none"
    if isinstance(value, list):
        return "; ".join(map(_compact, value)) or "none"
    if value is None or value == "":
        return "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _without(text: str, real: Iterable[str], mask: Mask) -> str:
    """Return text without these, in whatever case."""
    for each in sorted(set(real), key=len, reverse=True):
        text = re.sub(re.escape(each), lambda _, found=each: mask.identity(found), text, flags=re.IGNORECASE)  # type: ignore[misc]
    return text
