"""Finds the people that a name, an address or an id means; an error for unknown names."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches

from chaport_sync.core.model import Person
from chaport_sync.core.statuses.history import AgentSeen, OperatorSeen
from chaport_sync.store import Store


class UnknownError(LookupError):
    """Nobody has this name; the message gives the nearest names."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The people that a name means, by id: operators, agents with this name's operators, and visitors."""

    operators: dict[str, OperatorSeen] = field(default_factory=dict)
    agents: dict[str, AgentSeen] = field(default_factory=dict)
    visitors: dict[str, Person] = field(default_factory=dict)

    @property
    def nobody(self) -> bool:
        """Whether nobody was found."""
        return not (self.operators or self.agents or self.visitors)


def chosen(who: str, store: Store, *, visitors: bool = False, past: bool = False, only_exact: bool = False) -> Chosen:
    """Return the people whose id, address or name is `who`; else with this word in the name; else that begin with it.

    Args:
        who: The typed text.
        store: The state file, which knows all people.
        visitors: Whether to search visitors too.
        past: Whether to search people of recorded changes too, who may be gone.
        only_exact: Whether `who` must be a whole id, address or name; then the result may be empty.

    Raises:
        UnknownError: Nobody has this name; the message gives the nearest names.
    """
    known = everybody(store, visitors=visitors, past=past)
    wanted = " ".join(who.casefold().split())
    for fits in (_is,) if only_exact else (_is, _has_word, _begins):
        found = _called(wanted, known, fits)
        if only_exact or not found.nobody:
            return found
    raise UnknownError(_unknown(who, wanted, known))


def everybody(store: Store, *, visitors: bool, past: bool) -> Chosen:
    """Return all people that the state file knows, as `chosen` searches them."""
    gone = _gone(store) if past else Chosen()
    return Chosen(
        gone.operators | store.statuses.operators_seen(),
        gone.agents | store.statuses.agents_seen(),
        {visitor.id: visitor for visitor in store.transcripts.visitors()} if visitors else {},
    )


def as_number(who: str) -> tuple[str, str] | None:
    """Return the kind ("case", "chat" or "") and the id of "2001", "case 2001" or "chat 7"; None for several words."""
    found = re.fullmatch(r"(?:(case|chat)\s+)?#?(\S+)", who.strip(), re.IGNORECASE)
    return ((found[1] or "").lower(), found[2]) if found else None


def _called(wanted: str, known: Chosen, fits: Callable[[str, Person], bool]) -> Chosen:
    agents = {id_: agent for id_, agent in known.agents.items() if fits(wanted, agent.person)}
    operators = {
        id_: operator
        for id_, operator in known.operators.items()
        if fits(wanted, operator.person) or agents.keys() & set(operator.agents)
    }
    visitors = {id_: visitor for id_, visitor in known.visitors.items() if fits(wanted, visitor)}
    return Chosen(operators, agents, visitors)


def _unknown(who: str, wanted: str, known: Chosen) -> str:
    staff = [*(each.person for each in known.agents.values()), *(each.person for each in known.operators.values())]
    people = [*staff, *known.visitors.values()]
    names = [name for person in people for name in _names(person)]
    if not names:
        return f"nobody is known by {who!r}: no good poll has been recorded yet"
    nearest = list(dict.fromkeys(get_close_matches(wanted, names, n=5, cutoff=0.4)))
    hint = f"the nearest are {', '.join(nearest)}" if nearest else "`chaport-sync agents` lists everybody"
    return f"nobody is known by {who!r}; {hint}"


def _gone(store: Store) -> Chosen:
    """Return all operators with a recorded change, and the agents who drove them then."""
    then = store.statuses.people_of_changes()
    agents = {agent.id: AgentSeen(*agent) for _, agents in then for agent in agents}
    drivers: dict[str, dict[str, None]] = {}
    for operator, driving in then:
        drivers.setdefault(operator.id, {}).update(dict.fromkeys(agent.id for agent in driving))
    return Chosen({person.id: OperatorSeen(*person, agents=(*drivers[person.id],)) for person, _ in then}, agents)


def _names(person: Person) -> list[str]:
    return [" ".join(name.casefold().split()) for name in person if name]


def _is(wanted: str, person: Person) -> bool:
    return wanted in _names(person)


def _has_word(wanted: str, person: Person) -> bool:
    return wanted in person.name.casefold().split()


def _begins(wanted: str, person: Person) -> bool:
    names = [*_names(person), *person.name.casefold().split()]
    return bool(wanted) and any(name.startswith(wanted) for name in names)
