"""`check --probe OPERATOR`: asks for consent, tries statuses on one operator, and says how Chaport treats them."""

import asyncio
import os
import sys
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

import click

from chaport_sync import logs
from chaport_sync.api.request_queue import Share
from chaport_sync.app import connect_both, secrets
from chaport_sync.cli.check import print_findings, print_findings_json
from chaport_sync.cli.exits import Code
from chaport_sync.cli.output import say
from chaport_sync.cli.people import UnknownError
from chaport_sync.clock import Clock
from chaport_sync.config import Settings, load
from chaport_sync.core.model import Operator
from chaport_sync.doctor import FAILED, Finding
from chaport_sync.doctor.conclusions import conclude
from chaport_sync.doctor.probe import Probe
from chaport_sync.paths import find_config
from chaport_sync.state_beside import worked_on_by
from chaport_sync.store import Busy

CONSENT = """This sets the status of {who} in Chaport several times within four
minutes: online, away, invisible and offline, each for a minute at most. While it is
online your website may offer the chat. In the end it is put back to {status}. Best take
an operator whose Chaport app is closed, at a quiet hour.
Shall it be done?"""


def run_probe(config: Path | None, who: str, *, consent: bool, as_json: bool) -> int:
    """Probe one operator and print the findings; return 1 if one failed, or without consent.

    Raises:
        ConfigError: The configuration cannot be used.
        Busy: A daemon runs, which would set the operator as well.
        UnknownError: There is no such operator; the message gives the nearest names.
        ApiError: Chaport does not answer.
    """
    settings = load(find_config(config, os.environ))
    logs.setup("error", settings.log.format, secrets=secrets(settings))
    if who_works := worked_on_by(settings):
        raise Busy(f"{who_works} and would set the operator as well; stop it for the probe")
    findings = asyncio.run(_probed(settings, who, consent=consent))
    if as_json:
        print_findings_json(findings)
    elif findings:
        print_findings(findings)
    return Code.FAILED if not findings or any(each.result == FAILED for each in findings) else Code.DONE


async def _probed(settings: Settings, who: str, *, consent: bool) -> list[Finding]:
    # The probe needs Chaport's own words, so no word is configured as the one for invisible.
    plain = settings.model_copy(update={"chaport": settings.chaport.model_copy(update={"invisible_word": "\0"})})
    clock = Clock()
    clients = connect_both(plain, clock)
    try:
        operator = _chosen(who, await clients.chaport.operators(Share.STATUS))
        if not consent and not await asyncio.to_thread(_agreed, operator):
            return []
        return conclude(await Probe(clients.chaport, operator, clock, _tell).run(), settings)
    finally:
        await clients.aclose()


def _chosen(who: str, operators: tuple[Operator, ...]) -> Operator:
    wanted = who.strip().casefold()
    for operator in operators:
        if wanted in (operator.id.casefold(), operator.email.casefold(), operator.name.casefold()):
            return operator
    names = [name for each in operators for name in (each.email, each.name) if name]
    nearest = ", ".join(get_close_matches(wanted, names, n=3, cutoff=0.4) or sorted(names)[:5])
    raise UnknownError(f"Chaport has no operator {who!r}" + (f"; the nearest are {nearest}" if nearest else ""))


def _agreed(operator: Operator) -> bool:
    who = operator.email or operator.name or operator.id
    if not sys.stdin.isatty():
        say("A probe needs your consent: run it in a terminal, or add --yes.")
        return False
    return click.confirm(CONSENT.format(who=who, status=operator.status or "offline"), err=True)


def _tell(step: str) -> None:
    sys.stderr.write(f"{datetime.now():%H:%M:%S}  {step}\n")  # noqa: DTZ005 - as people here read it
    sys.stderr.flush()
