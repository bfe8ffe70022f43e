"""Examines both accounts; each step uses what the steps before it have read."""

from collections.abc import Callable, Iterator, Mapping

from chaport_sync.api.connection import Carrier, Encryption
from chaport_sync.app import connect_both
from chaport_sync.clock import Clock
from chaport_sync.config import Settings
from chaport_sync.doctor import NOTE, WARNING, Finding, accounts, chats, further, people, talks
from chaport_sync.doctor.settled import against
from chaport_sync.questions.recorded import Evidence
from chaport_sync.questions.recorder import Recorder


async def examine(
    settings: Settings,
    clock: Clock,
    over: Carrier | None = None,
    by_name: Mapping[str, str] | None = None,
    *,
    recorder: Recorder | None = None,
    read_on: Callable[[str], None] | None = None,
) -> list[Finding]:
    """Return the findings about both accounts; nothing is written.

    `by_name` holds the configured words of statuses that the file calls by name; their ids are looked up. In tests
    `over` carries the requests instead of the network. The `recorder` keeps the answers, and hides what is in them.
    With `read_on` cases and events are read too, for a report; it is called with what is read next.
    """
    encryptions: dict[str, Encryption] = {}
    recorder = recorder or Recorder()
    clients = connect_both(settings, clock, dry_run=True, over=over, heard=encryptions.setdefault, gate=recorder)
    settings = recorder.settings(settings)
    try:
        deskie = await accounts.deskie(settings, clients, by_name or {})
        chaport = await accounts.chaport(clients)
        findings = [*deskie.findings, *chaport.findings]
        if deskie.refused and chaport.refused:
            words = "both services refuse the login; perhaps each key is in the other's place"
            findings.append(Finding(WARNING, "keys", words))
        clocks = {"Deskie": clients.deskie.clock_there, "Chaport": clients.chaport.clock_there}
        for service, encryption in encryptions.items():
            ahead = clocks[service].ahead if clocks[service].known else None
            findings += accounts.connection(service, encryption, ahead, clock.now())
        agents, operators = deskie.people, chaport.people
        # An empty list of operators is reported above; later steps would only repeat it.
        if settings.status.enabled and agents is not None and operators:
            findings += people.pairs(settings, agents, operators, clock.now())
        if settings.transcripts.enabled and agents is not None and operators:
            findings += people.replies(settings, agents, operators)
        if settings.transcripts.enabled and operators is not None:
            found, writers, finding = await chats.recent(settings, clients)
            findings += [finding, *chats.bots(settings, found, writers)]
            if agents is not None:
                findings.append(talks.capacity(settings, found, writers, agents, clients.budget.limit))
            findings.append(chats.at_once(settings))
        if read_on is not None and agents is not None:
            await further.read_deskie(clients, read_on)
        if read_on is not None and operators is not None:
            await further.read_chaport(clients, read_on)
        findings += against(Evidence(tuple(recorder.exchanges)), settings)
        return [*findings, *_skipped(settings, deskie=agents is None, chaport=operators is None)]
    finally:
        await clients.aclose()


def _skipped(settings: Settings, *, deskie: bool, chaport: bool) -> Iterator[Finding]:
    """Return what was not examined; an argument is true if that account could not be read."""
    statuses, transcripts = settings.status.enabled, settings.transcripts.enabled
    left_out = {
        "statuses": statuses and deskie,
        "channel": transcripts and settings.cases.create and deskie,
        "pairs": statuses,
        "replies": transcripts,
        "recent chats": transcripts and chaport,
        "capacity": transcripts,
    }
    if deskie or chaport:
        subjects = ", ".join(subject for subject, is_left_out in left_out.items() if is_left_out)
        who = "neither Deskie nor Chaport" if deskie and chaport else "Deskie" if deskie else "Chaport"
        how = "could be read" if deskie and chaport else "could not be read"
        yield Finding(NOTE, "not looked at", f"{subjects}: {who} {how}")
