"""The made-up company."""

import pytest

from chaport_sync.sandbox import Sandbox
from chaport_sync.sandbox.company import make_company


@pytest.mark.parametrize(("agents", "visitors", "limit"), [(6, 5, 70), (1, 0, 20), (200, 300, 1500)])
def test_company(agents: int, visitors: int, limit: int) -> None:
    """Agents and operators are the same people, and nobody is there twice."""
    sandbox = Sandbox()
    company = make_company(sandbox, agents, visitors)
    emails = [agent.email for agent in company.agents]
    assert emails == [operator.email for operator in company.operators]
    assert len(set(emails)) == agents
    assert len({visitor.name for visitor in company.visitors}) == visitors
    assert sandbox.deskie.requests_per_minute == limit
    assert {agent.status_id for agent in company.agents} <= {status.id for status in sandbox.deskie.statuses}
    assert company.channel.key == "cch12"


@pytest.mark.parametrize("seed", range(5))
def test_people_are_easily_told_apart(seed: int) -> None:
    """In a company of usual size nobody shares a first name or a surname with a colleague."""
    names = [agent.name.split() for agent in make_company(Sandbox(), 20, seed=seed).agents]
    assert len({first for first, _ in names}) == len({last for _, last in names}) == 20


def test_equal_seeds() -> None:
    """The same company can be had again, and another one too."""

    def names(seed: int) -> list[str]:
        return [agent.name for agent in make_company(Sandbox(), seed=seed).agents]

    assert names(1) == names(1) != names(2)


def test_chats_are_at_every_stage() -> None:
    """Among many visitors some have no chat, some an open one and some a closed one."""
    visitors = make_company(Sandbox(), visitors=100).visitors
    stages = {chat.stage for visitor in visitors for chat in visitor.chats}
    assert stages == {"initiated", "responded", "closed"}
    assert any(not visitor.chats for visitor in visitors)
