"""Deliberate faults in telling who wrote what (T1)."""

from collections.abc import Collection, Iterable

from chaport_sync.core.model import Operator
from chaport_sync.core.transcripts.authors import OperatorsListed
from chaport_sync.sync.transcripts.operator_list import OperatorList
from tests.simulation.deliberate import Sabotage

_WITH_LIST = OperatorsListed.with_list
TOLD = "each author is told rightly"


def _forgotten_if_gone(
    before: OperatorsListed, listed: Collection[Operator], looked_for: Iterable[str] = ()
) -> OperatorsListed:
    return _WITH_LIST(OperatorsListed({}, before.missed), listed, {*looked_for, *before.known})


async def _never(operators: OperatorList, _: frozenset[str]) -> OperatorsListed:
    return operators.so_far


AUTHORS = {
    "former-operator-is-a-bot": Sabotage(TOLD, [(OperatorsListed, "with_list", _forgotten_if_gone)], 11),
    "unlisted-stays-unknown": Sabotage(TOLD, [(OperatorList, "look_for", _never)], 11),
}
