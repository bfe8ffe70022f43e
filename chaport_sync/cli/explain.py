"""`explain`: why an operator or a chat is as it is: the facts, the reason, and what happens next and when."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from chaport_sync.cli.exits import Code
from chaport_sync.cli.explain_chat import MOST, chats_meant, explained_chats
from chaport_sync.cli.output import as_json as in_json
from chaport_sync.cli.output import named, print_json, say
from chaport_sync.cli.people import Chosen, UnknownError, as_number, chosen
from chaport_sync.cli.state_file import remembered
from chaport_sync.core.model import Person
from chaport_sync.core.statuses.explanation import OwnStatuses, answer, facts, idle, what_next
from chaport_sync.core.statuses.history import AgentSeen, OperatorSeen
from chaport_sync.core.statuses.lease import OperatorState
from chaport_sync.core.statuses.unattended import next_unread
from chaport_sync.core.wording import Clock, listed, number
from chaport_sync.remembered import Remembered
from chaport_sync.times import iso, span, zone


def run_explain(config: Path | None, who: str, *, as_json: bool) -> int:
    """Explain an operator, the operators of an agent, or the chats of a case or a visitor, from the state file.

    Raises:
        UnreadableFileError, StoreError: As `remembered`.
        UnknownError: Nobody has this name; the message gives the nearest names.
    """
    now = time.time()

    with remembered(config, now) as known:
        clock = known.clock
        chats = chats_meant(who, known)
        found = _people(who, known, only_exact=bool(chats))
        chats += [chat for chat in known.store.transcripts.chats_of(found.visitors) if chat not in chats]
        explained = _operators(found, known, clock)
        # An agent without an operator is explained by a sentence of its own.
        alone = [agent for agent in found.agents.values() if not _drives(agent.agent_id, found.operators)]
        told = explained_chats(chats, known, clock)
        poll = _poll(known, clock)
        answered = _answer(explained, alone, told)
        if as_json:
            print_json(
                {
                    "answer": answered,
                    "state_file": str(known.path),
                    "running": known.running,
                    "poll": poll,
                    "operators": explained,
                    "unpaired": [{"agent": in_json(each.person), "why": each.why} for each in alone],
                    "chats": told,
                    "more_chats": len(chats) - len(told),
                }
            )
        else:
            if trouble := known.trouble(clock):
                say(trouble, "bold red")
            say(f"{answered}\n", "bold")
            for chat in told:
                visitor = Person(**chat["visitor"])
                heading = f"Chat {chat['chat']} of {named(visitor)}" + (f" (visitor {visitor.id})" * bool(visitor.name))
                say("\n".join([heading, *(f"  {line}" for line in chat["lines"])]))
            if len(chats) > len(told):
                say(f"These are the {MOST} latest of {number(len(chats), 'chat', 'chats')}; a case's number tells one.")
            for one in explained:
                say("\n".join([named(Person(**one["operator"])), *(f"  {line}" for line in one["lines"])]))
            for agent in alone:
                say(f"{idle(agent)}.")
            say(f"\n{poll}\nFrom {known.heading}; times are {zone(now)}.")
    return Code.DONE


def _people(who: str, known: Remembered, *, only_exact: bool) -> Chosen:
    """Return the people that `who` means; with `only_exact` it must be a whole name, address or id."""
    try:
        return chosen(who, known.store, visitors=True, only_exact=only_exact)
    except UnknownError:
        kind, asked = as_number(who) or ("", "")
        if not asked.isdigit():
            raise
        nobody = "" if kind else ", and nobody has this id"
        raise UnknownError(
            f"no {kind or 'case or chat'} {asked} is known{nobody}; a chat and its case are forgotten when the chat has"
            f" been silent for {known.rules.keep} days ([state] keep)"
        ) from None


def _drives(agent_id: str, operators: Mapping[str, OperatorSeen]) -> bool:
    return any(agent_id in operator.agents for operator in operators.values())


def _operators(found: Chosen, known: Remembered, clock: Clock) -> list[dict[str, Any]]:
    states, agents = known.store.statuses.operators(), known.store.statuses.agents_seen()
    return [
        _explained(
            operator,
            states.get(operator.operator_id) or OperatorState(operator.operator_id),
            [agents[each] for each in operator.agents if each in agents],
            known,
            clock,
        )
        for operator in found.operators.values()
    ]


def _explained(
    operator: OperatorSeen, state: OperatorState, agents: Sequence[AgentSeen], known: Remembered, clock: Clock
) -> dict[str, Any]:
    names = known.store.marks.get(OwnStatuses).names
    at_work = known.at_work
    following = next_unread(operator, state, known.unread, known.presence, clock, known.now) or what_next(
        operator, state, agents, known.presence, clock, now=known.now, at_work=at_work
    )
    last, operator = operator, known.as_known(operator, state)
    lines = [
        f"{_shown(last, operator, known, clock)}.",
        *(f"{facts(agent, names, clock)}." for agent in agents),
        f"Why: {operator.reason}.",
        f"Next: {following}.",
    ]
    return {
        "operator": in_json(operator.person),
        "chaport_status": operator.status,
        "since": iso(operator.since),
        "agents": [
            {"agent": in_json(each.person), "status": each.status, "asks": each.asks, "since": iso(each.since)}
            for each in agents
        ],
        "rule": operator.rule,
        "reason": operator.reason,
        "next": following,
        "answer": answer(operator, agents, names, following, _seen(last, operator, known, clock)),
        "lines": lines,
    }


def _seen(last: OperatorSeen, operator: OperatorSeen, known: Remembered, clock: Clock) -> str:
    """Return when the operator was as it is told, empty if it is so now."""
    if not known.at_work:
        return "When the daemon was last at work"
    read = known.unread.chaport_read
    if read is None or operator.status != last.status:
        return ""
    return f"When Chaport was read last, at {clock(read)}"


def _shown(last: OperatorSeen, operator: OperatorSeen, known: Remembered, clock: Clock) -> str:
    """Return how Chaport shows an operator now, or showed it at the last look (`last`), and which lease ended since."""
    shows = f"{last.status or 'without a status'} since {clock(last.since)}"
    if not known.at_work:
        return f"When the daemon was last at work, Chaport showed it {shows}"
    read = known.unread.chaport_read
    if read is None:
        return f"Chaport shows it {shows}"
    ended = f"; its lease ended at {clock(operator.since)}: it is {operator.status}"
    showed = f"When Chaport was read last, at {clock(read)}, it showed it {shows}"
    return showed + (ended if operator.status != last.status else "")


def _answer(operators: Sequence[dict[str, Any]], alone: Sequence[AgentSeen], chats: Sequence[dict[str, Any]]) -> str:
    """Return the sentence about the only one that is meant; of several, about the first, or all statuses."""
    if len(operators) > 1:
        each = [f"{Person(**one['operator']).called} is {one['chaport_status'] or 'unknown'}" for one in operators]
        return f"{listed(each)} in Chaport; why, and what comes next, stands below."
    told = [each["answer"] for each in operators] + [f"{idle(each)}." for each in alone]
    told += [each["answer"] for each in chats]
    more = f" {number(len(told) - 1, 'more is', 'more are')} explained below." if len(told) > 1 else ""
    return f"{told[0]}{more}"


def _poll(known: Remembered, clock: Clock) -> str:
    last = known.beat("statuses")
    if last.good_at is None:
        return "No good poll of the statuses has been recorded yet."
    words = f"The last good poll was at {clock(last.good_at)}, {span(known.now - last.good_at)} ago."
    if last.failing_since is not None:
        words += f" Since {clock(last.failing_since)} it fails: {last.error}."
    return words
