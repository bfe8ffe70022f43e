"""`explain`: why an operator or a chat is as it is: the facts, the rule, and what will happen next and when."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from chaport_sync.cli.exits import Code
from chaport_sync.cli.explain_chat import explained_chats
from chaport_sync.cli.remembered import Remembered, iso, moment, remembered, span
from chaport_sync.cli.show import print_json, say
from chaport_sync.cli.who import Chosen, UnknownError, chosen
from chaport_sync.core.explanation import facts, idle, what_next
from chaport_sync.core.lease import OperatorState, PresenceRules
from chaport_sync.core.seen import AgentSeen, OperatorSeen


def run_explain(config: Path | None, who: str, *, as_json: bool) -> int:
    """Explain an operator, each one that an agent drives, or the chats of a case, from what the daemon remembers.

    Raises:
        UnreadableFileError, StoreError: As `remembered`.
        UnknownError: Nobody is called so; the message names the nearest.
    """
    now = time.time()
    with remembered(config) as known:
        chats = explained_chats(who, known, now)
        found = _people(who, known, only_exact=bool(chats))
        states, agents = known.store.operators(), known.store.agents_seen()
        names = known.store.recall("status_names", {})
        explained = [
            _explained(
                operator,
                states.get(operator.operator_id) or OperatorState(operator.operator_id),
                [agents[each] for each in operator.agents if each in agents],
                known.presence,
                names,
                now,
            )
            for operator in found.operators.values()
        ]
        # An agent who drives nobody is explained by that.
        alone = [agent for agent in found.agents.values() if not _drives(agent.agent_id, found.operators)]
        poll = _poll(known, now)
        if as_json:
            unpaired = [{"agent": each.email or each.agent_id, "why": each.why} for each in alone]
            print_json(
                {
                    "state_file": str(known.path),
                    "poll": poll,
                    "operators": explained,
                    "unpaired": unpaired,
                    "chats": chats,
                }
            )
        else:
            for chat in chats:
                heading = f"Chat {chat['chat']} of the visitor {chat['visitor']}"
                say("\n".join([heading, *(f"  {line}" for line in chat["lines"])]))
            for one in explained:
                say("\n".join([one["operator"], *(f"  {line}" for line in one["lines"])]))
            for agent in alone:
                say(idle(agent))
            say(f"\n{poll}\nFrom {known.heading}")
    return Code.DONE


def _people(who: str, known: Remembered, *, only_exact: bool) -> Chosen:
    """Find whom else a number may mean; a person only if that is all of a name, an address or an id."""
    try:
        return chosen(who, known.store, only_exact=only_exact)
    except UnknownError:
        if only_exact:
            return Chosen({}, {})
        raise


def _drives(agent_id: str, operators: dict[str, OperatorSeen]) -> bool:
    return any(agent_id in operator.agents for operator in operators.values())


def _explained(
    operator: OperatorSeen,
    state: OperatorState,
    agents: Sequence[AgentSeen],
    rules: PresenceRules,
    names: Mapping[str, str],
    now: float,
) -> dict[str, Any]:
    def clock(at: float) -> str:
        return moment(at, now)

    following = what_next(operator, state, agents, rules, clock, now=now)
    lines = [
        f"Chaport shows it {operator.status or 'without a status'} since {clock(operator.since)}.",
        *(f"{facts(agent, names, clock)}." for agent in agents),
        f"Rule {operator.reason}.",
        f"Next: {following}.",
    ]
    return {
        "operator": operator.name or operator.email or operator.operator_id,
        "operator_id": operator.operator_id,
        "email": operator.email,
        "chaport_status": operator.status,
        "since": iso(operator.since),
        "agents": [
            {"agent": each.email or each.agent_id, "status": each.status, "asks": each.asks, "since": iso(each.since)}
            for each in agents
        ],
        "rule": operator.reason,
        "next": following,
        "lines": lines,
    }


def _poll(known: Remembered, now: float) -> str:
    last = known.store.beat("statuses")
    if last.good_at is None:
        return "No good poll of the statuses has been recorded yet."
    words = f"The last good poll was at {moment(last.good_at, now)}, {span(now - last.good_at)} ago."
    if last.failing_since is not None:
        words += f" Since {moment(last.failing_since, now)} it fails: {last.error}."
    return words
