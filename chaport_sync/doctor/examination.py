"""The whole examination of both accounts, in the order in which one thing needs another."""

from chaport_sync.api.connection import Carrier, Contact
from chaport_sync.app import connect_both
from chaport_sync.clock import Clock
from chaport_sync.config import Settings
from chaport_sync.doctor import accounts, chats, people, replies
from chaport_sync.doctor.finding import Finding


async def examine(settings: Settings, clock: Clock, over: Carrier | None = None) -> list[Finding]:
    """Ask both accounts and write nothing.

    Args:
        settings: The configuration.
        clock: The shell's clock.
        over: What carries the requests in tests; None is the network.
    """
    contacts: dict[str, tuple[Contact, float]] = {}

    def heard(service: str, contact: Contact) -> None:
        contacts.setdefault(service, (contact, clock.now()))

    clients = connect_both(settings, clock, dry_run=True, over=over, heard=heard)
    try:
        agents, findings = await accounts.deskie(settings, clients)
        operators, more = await accounts.chaport(clients)
        findings += more
        for service, (contact, at) in contacts.items():
            findings += accounts.connection(service, contact, at)
        if settings.status.enabled and agents and operators:
            findings += people.pairs(settings, agents, operators, clock.now())
        if settings.transcripts.enabled and agents and operators:
            findings += replies.replies(settings, agents, operators)
        if settings.transcripts.enabled and operators:
            found, finding = await chats.recent(clients)
            findings += [finding, *chats.bots(settings, found, operators)]
            findings.append(chats.capacity(settings, found, operators, agents, clients.budget.limit))
            findings.append(chats.at_once(settings))
        return findings
    finally:
        await clients.aclose()
