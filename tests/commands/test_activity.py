"""What is kept of agents and operators as seen last."""

from pathlib import Path

import pytest

from chaport_sync.cli.people import UnknownError
from chaport_sync.core.statuses.history import AgentSeen, OperatorSeen
from chaport_sync.store import Store
from tests.commands.asking import Asking
from tests.statuses.steps import polls, settled
from tests.world import World


def test_an_agent_and_an_operator_of_the_same_number(tmp_path: Path) -> None:
    """Both services number by themselves: who is gone on one side is not gone on the other."""
    store = Store.open(tmp_path / "state.db")
    store.statuses.record_seen([AgentSeen("5"), AgentSeen("6")], [OperatorSeen("5"), OperatorSeen("6")])
    store.statuses.record_seen([], [], ["5"], ["6"])
    assert (store.statuses.agents_seen(), store.statuses.operators_seen()) == (
        {"6": AgentSeen("6")},
        {"5": OperatorSeen("5")},
    )
    store.close()


async def test_who_has_left_the_company(world: World, asking: Asking) -> None:
    """S3: a deleted agent is not explained any more; its operator is nobody's."""
    ann, _ = world.pair("Ann")
    world.pair("Bob")
    await settled(world)
    world.deskie.delete_agent(ann)
    await polls(world, 2)
    with pytest.raises(UnknownError):
        asking.explain("ann@acme.example")
    assert [each["operator"]["name"] for each in asking.status()["operators"]] == ["Bob"]
