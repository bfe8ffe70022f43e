"""Who is meant by a name, an address or an id, and what is said when nobody is, or a time is none."""

from dataclasses import dataclass
from difflib import get_close_matches

from chaport_sync.core.seen import AgentSeen, OperatorSeen
from chaport_sync.store import Store


class UnknownError(LookupError):
    """Nobody is called so; the message names the nearest."""


class WrongTimeError(ValueError):
    """A time that cannot be understood; the message says what can be."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The operators that are meant, by id: those who are called so, and those who are driven by an agent called so."""

    operators: dict[str, OperatorSeen]
    agents: dict[str, AgentSeen]


def chosen(who: str, store: Store, *, only_exact: bool = False) -> Chosen:
    """Find whom a person means: an id, an address or a name; if there is none like it, all that begin so.

    With `only_exact`, what merely begins so is not meant.

    Raises:
        UnknownError: Nobody; the message names the nearest.
    """
    agents, operators = store.agents_seen(), store.operators_seen()
    wanted = who.strip().casefold()
    for fits in (_is,) if only_exact else (_is, _begins):
        called = {id_: agent for id_, agent in agents.items() if fits(wanted, _names(agent))}
        driven = {
            id_: operator
            for id_, operator in operators.items()
            if fits(wanted, _names(operator)) or called.keys() & set(operator.agents)
        }
        if called or driven:
            return Chosen(driven, called)
    people: list[AgentSeen | OperatorSeen] = [*agents.values(), *operators.values()]
    names = [name for each in people for name in _names(each)]
    nearest = list(dict.fromkeys(get_close_matches(wanted, names, n=5, cutoff=0.4)))
    if not names:
        raise UnknownError(f"nobody is known by {who!r}: no good poll has been recorded yet")
    hint = f"; the nearest are {', '.join(nearest)}" if nearest else "; `chaport-sync agents` lists everybody"
    raise UnknownError(f"nobody is known by {who!r}{hint}")


def _names(record: AgentSeen | OperatorSeen) -> tuple[str, ...]:
    number = record.agent_id if isinstance(record, AgentSeen) else record.operator_id
    return tuple(name.casefold() for name in (number, record.email, record.name) if name)


def _is(wanted: str, names: tuple[str, ...]) -> bool:
    return wanted in names


def _begins(wanted: str, names: tuple[str, ...]) -> bool:
    return bool(wanted) and any(name.startswith(wanted) for name in names)
